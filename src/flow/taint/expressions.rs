//! Expressions: what each makes of the values of its parts.

use super::super::Constant;
use super::interpreter::Interpreter;
use super::lanes::LaneSet;
use super::state::Outcome;
use super::value::{self, Known, MAX_ITEMS, Value};
use super::weakness::Protection;
use crate::facts::flow::{Action, Callee, NodeIx, Piece};
use crate::syntax::{Field, Kind, NodeId};
use std::rc::Rc;

impl Interpreter<'_> {
    /// Runs an expression, with the marks that the rules put on it.
    pub fn evaluate(&mut self, id: NodeId) -> Value {
        if matches!(self.tree.kind(id), Kind::Attribute | Kind::Subscript)
            && self.frame.state.has_paths()
            && let Some((_, path)) = self.path_of(id)
            && let Some(value) = self.frame.state.read(&path).cloned()
        {
            // What was assigned or checked here is newer than what a rule says of the place in general.
            if self.is_marked(id) {
                self.sinks(id, std::slice::from_ref(&value));
            }
            return value;
        }
        self.deeper(|this| {
            let value = this.evaluate_unmarked(id);
            let value = if this.is_marked(id) { this.marked_value(id, value) } else { value };
            if this.remembered.contains(&id) {
                this.recent.insert(id, value.clone());
            }
            value
        })
    }

    /// The value of a child, nothing if there is none.
    pub fn child_value(&mut self, id: NodeId, field: Field) -> Value {
        self.tree.child(id, field).map_or_else(Value::default, |child| self.evaluate(child))
    }

    pub fn evaluate_unmarked(&mut self, id: NodeId) -> Value {
        let tree = self.tree;
        match tree.kind(id) {
            Kind::Str => Value::constant(Constant::Str(tree.label(id).to_owned())),
            Kind::Bytes => Value::constant(Constant::Bytes(tree.label(id).to_owned())),
            Kind::Number => value::number_constant(tree.label(id)).map_or_else(Value::default, Value::constant),
            Kind::Bool => Value::constant(Constant::Bool(tree.label(id) == "true")),
            Kind::Null => Value::constant(Constant::None),
            Kind::Name => self.name_value(id),
            Kind::Attribute => self.attribute(id),
            Kind::Subscript => self.subscript(id),
            Kind::Call | Kind::MacroCall => self.call(id),
            Kind::FString => self.formatted(id),
            Kind::Binary => self.binary(id),
            Kind::Compare => self.compare(id),
            Kind::Boolean => self.boolean(id),
            Kind::Unary => self.unary(id),
            Kind::Conditional => self.conditional(id),
            Kind::Lambda => self.lambda(id),
            Kind::Await | Kind::Question | Kind::Splat | Kind::KeywordArgument | Kind::Interpolation => {
                self.child_value(id, Field::Value)
            }
            Kind::Cast => {
                let value = self.child_value(id, Field::Value);
                self.number_of(&value, id)
            }
            Kind::Yield => {
                let value = self.child_value(id, Field::Value);
                if let Some(node) = self.node_of(&value, id) {
                    let returns = self.returns_node();
                    self.graph.edge(node, returns, Action::Same);
                    self.graph.edge(node, returns, Action::Store(Piece::Element));
                }
                Value::default()
            }
            Kind::NamedExpression => {
                let value = self.child_value(id, Field::Value);
                if let Some(target) = tree.child(id, Field::Target) {
                    self.assign(target, value.clone(), id);
                }
                value
            }
            Kind::List | Kind::Tuple | Kind::Set => self.sequence(id),
            Kind::Dict => self.dict(id),
            Kind::Comprehension => self.comprehension(id),
            Kind::StructLiteral => self.struct_literal(id),
            Kind::Slice => {
                for child in tree.children(id) {
                    self.evaluate(child);
                }
                Value::default()
            }
            _ => self.construct(id),
        }
    }

    /// Statements that stand where an expression is asked for, and what no other kind describes.
    pub fn construct(&mut self, id: NodeId) -> Value {
        match self.tree.kind(id) {
            Kind::If | Kind::Match | Kind::Block | Kind::Loop | Kind::While | Kind::For | Kind::KeywordBlock => {
                self.block_value(id)
            }
            Kind::Return | Kind::Raise | Kind::Break | Kind::Continue | Kind::Assign | Kind::AugmentedAssign => {
                self.execute(id);
                Value::default()
            }
            Kind::Pair | Kind::Other | Kind::Error => {
                let parts: Vec<Value> = self.tree.children(id).map(|child| self.evaluate(child)).collect();
                self.made_of(&parts, id, LaneSet::NONE)
            }
            _ => Value::default(),
        }
    }

    // ---- conditions ---------------------------------------------------------------------------------------------------

    pub fn compare(&mut self, id: NodeId) -> Value {
        let tree = self.tree;
        let values: Vec<Value> = tree.children(id).map(|side| self.evaluate(side)).collect();
        let [left, right] = values.as_slice() else { return Value::default() };
        let operator = tree.label(id);
        let truth = match (left.as_constant(), right.as_constant(), &right.known) {
            (Some(left), Some(right), _) => value::comparison(operator, left, right),
            (Some(wanted), None, Known::List(items)) if matches!(operator, "in" | "not in") => {
                let constants: Option<Vec<&Constant>> = items.iter().map(Value::as_constant).collect();
                constants.map(|items| items.contains(&wanted) == (operator == "in"))
            }
            (Some(wanted), None, Known::Dict(entries)) if matches!(operator, "in" | "not in") => {
                Some(entries.iter().any(|(key, _)| key == wanted) == (operator == "in"))
            }
            _ => None,
        };
        truth.map_or_else(Value::default, |truth| Value::constant(Constant::Bool(truth)))
    }

    pub fn boolean(&mut self, id: NodeId) -> Value {
        let tree = self.tree;
        let (Some(left), Some(right)) = (tree.child(id, Field::Left), tree.child(id, Field::Right)) else {
            return Value::default();
        };
        let is_and = tree.label(id) == "and";
        let left_value = self.evaluate(left);
        match left_value.truth() {
            Some(truth) if truth != is_and => return left_value,
            Some(_) => return self.evaluate(right),
            None => {}
        }
        let mark = self.frame.state.mark();
        self.refine(left, is_and);
        let right_value = self.evaluate(right);
        let mut outcome = self.frame.state.leave(mark);
        // What the left side proved holds on the right side alone; behind both, values are what they were before.
        outcome.changes.retain(|&slot, value| !self.is_only_refined(slot, value.as_ref()));
        self.join(vec![outcome, Outcome { is_alive: true, changes: super::state::Changes::default() }], id);
        // What is false carries nothing.
        if is_and { right_value } else { self.joined(&[left_value, right_value], id) }
    }

    /// Whether a value is the one that a slot has now, with something proved about it.
    pub fn is_only_refined(&self, slot: super::state::SlotIx, value: Option<&Value>) -> bool {
        let Some(now) = self.frame.state.get(slot).and_then(|now| now.node) else { return false };
        let mut at = value.and_then(|value| value.node);
        for _ in 0..64 {
            match at {
                Some(node) if node == now => return true,
                Some(node) => at = self.refined.get(&node).map(|&(from, _)| from),
                None => return false,
            }
        }
        false
    }

    pub fn unary(&mut self, id: NodeId) -> Value {
        let value = self.child_value(id, Field::Operand);
        match self.tree.label(id) {
            "not" => value.truth().map_or_else(Value::default, |truth| Value::constant(Constant::Bool(!truth))),
            "-" => match value.as_constant() {
                Some(Constant::Number(number)) => Value::constant(Constant::Number(-number)),
                _ => self.number_of(&value, id),
            },
            "+" | "~" => self.number_of(&value, id),
            _ => value,
        }
    }

    /// A number made of a value: no room for syntax in it.
    pub fn number_of(&mut self, value: &Value, id: NodeId) -> Value {
        let cleared = self.cleared_by(Protection::SYNTAX);
        let from = self.node_of(value, id);
        Value::of_node(self.derived(from, id, Action::Into, cleared))
    }

    pub fn conditional(&mut self, id: NodeId) -> Value {
        let tree = self.tree;
        let (Some(condition), Some(then), Some(other)) =
            (tree.child(id, Field::Condition), tree.child(id, Field::Consequence), tree.child(id, Field::Alternative))
        else {
            return Value::default();
        };
        match self.evaluate(condition).truth() {
            Some(true) => return self.evaluate(then),
            Some(false) => return self.evaluate(other),
            None => {}
        }
        let mut values = Vec::new();
        let mut outcomes = Vec::new();
        for (branch, truth) in [(then, true), (other, false)] {
            let mark = self.frame.state.mark();
            self.refine(condition, truth);
            values.push(self.evaluate(branch));
            outcomes.push(self.frame.state.leave(mark));
        }
        self.join(outcomes, id);
        self.joined(&values, id)
    }

    // ---- containers ---------------------------------------------------------------------------------------------------

    pub fn sequence(&mut self, id: NodeId) -> Value {
        let tree = self.tree;
        let items: Vec<NodeId> = tree.children_by(id, Field::Item).collect();
        let is_repeat = tree.label(id) == ";";
        let has_splat = items.iter().any(|&item| tree.kind(item) == Kind::Splat);
        let values: Vec<Value> = items.iter().map(|&item| self.evaluate(item)).collect();
        if !has_splat && !is_repeat && values.len() <= MAX_ITEMS {
            return Value::known(Known::List(Rc::new(values)));
        }
        let mut whole = None;
        for (&item, value) in items.iter().zip(&values) {
            if let Some(node) = self.node_of(value, item) {
                let whole = *whole.get_or_insert_with(|| self.silent(id));
                let action = if tree.kind(item) == Kind::Splat { Action::Same } else { Action::Store(Piece::Element) };
                self.graph.edge(node, whole, action);
            }
        }
        Value::of_node(whole)
    }

    pub fn dict(&mut self, id: NodeId) -> Value {
        let tree = self.tree;
        let mut entries: Vec<(Constant, Value)> = Vec::new();
        let mut loose: Vec<(NodeIx, Action)> = Vec::new();
        let mut is_known = true;
        for pair in tree.children_by(id, Field::Item) {
            if tree.kind(pair) != Kind::Pair {
                let value = self.evaluate(pair);
                match (&value.known, value.node) {
                    (Known::Dict(more), None) => entries.extend(more.iter().cloned()),
                    _ => {
                        is_known = false;
                        if let Some(node) = self.node_of(&value, pair) {
                            loose.push((node, Action::Same));
                        }
                    }
                }
                continue;
            }
            let key = self.child_value(pair, Field::Key);
            let value = self.child_value(pair, Field::Value);
            if let Some(constant) = key.as_constant() {
                entries.push((constant.clone(), value));
            } else {
                is_known = false;
                for part in [&key, &value] {
                    if let Some(node) = self.node_of(part, pair) {
                        loose.push((node, Action::Store(Piece::Element)));
                    }
                }
            }
        }
        if is_known && entries.len() <= MAX_ITEMS {
            return Value::known(Known::Dict(Rc::new(entries)));
        }
        for (key, value) in entries {
            if let Some(node) = self.node_of(&value, id) {
                let piece = self.piece(&key);
                loose.push((node, Action::Store(piece)));
            }
        }
        if loose.is_empty() {
            return Value::default();
        }
        let whole = self.silent(id);
        for (node, action) in loose {
            self.graph.edge(node, whole, action);
        }
        Value::of_node(Some(whole))
    }

    pub fn struct_literal(&mut self, id: NodeId) -> Value {
        let tree = self.tree;
        let mut whole = None;
        for argument in tree.children_by(id, Field::Argument) {
            let value = self.evaluate(argument);
            let Some(node) = self.node_of(&value, argument) else { continue };
            let whole = *whole.get_or_insert_with(|| self.silent(id));
            let action = if tree.kind(argument) == Kind::Splat {
                Action::Same
            } else {
                Action::Store(Piece::Attribute(self.graph.name(tree.label(argument))))
            };
            self.graph.edge(node, whole, action);
        }
        Value::of_node(whole)
    }

    pub fn comprehension(&mut self, id: NodeId) -> Value {
        let tree = self.tree;
        let mark = self.frame.state.mark();
        for clause in tree.children_by(id, Field::Clause) {
            match tree.kind(clause) {
                Kind::ComprehensionFor => {
                    let iterable = self.child_value(clause, Field::Iterable);
                    if let Some(target) = tree.child(clause, Field::Target) {
                        let element = self.element(target, &iterable);
                        self.assign(target, element, clause);
                    }
                }
                _ => {
                    if let Some(condition) = tree.child(clause, Field::Condition) {
                        self.evaluate(condition);
                        self.refine(condition, true);
                    }
                }
            }
        }
        let mut parts = Vec::new();
        if let Some(item) = tree.child(id, Field::Item) {
            if tree.kind(item) == Kind::Pair {
                parts.push(self.child_value(item, Field::Key));
                parts.push(self.child_value(item, Field::Value));
            } else {
                parts.push(self.evaluate(item));
            }
        }
        let nodes: Vec<NodeIx> = parts.iter().filter_map(|part| self.node_of(part, id)).collect();
        self.frame.state.undo(mark);
        if nodes.is_empty() {
            return Value::default();
        }
        let whole = self.silent(id);
        for node in nodes {
            self.graph.edge(node, whole, Action::Store(Piece::Element));
        }
        Value::of_node(Some(whole))
    }

    /// A lambda is run where it stands: it sees the variables as they are there.
    pub fn lambda(&mut self, id: NodeId) -> Value {
        let tree = self.tree;
        let Some(&function) = self.functions.get(&id) else { return Value::default() };
        let mark = self.frame.state.mark();
        let parameters: Vec<NodeId> = tree.children_by(id, Field::Parameter).collect();
        for (index, parameter) in parameters.into_iter().enumerate() {
            if let Some(default) = tree.child(parameter, Field::Default) {
                self.evaluate(default);
            }
            let Some(node) = self.graph.facts.functions[function as usize].parameters.get(index).map(|p| p.node) else {
                continue;
            };
            let value = self.marked_parameter(parameter, Value::of_node(Some(node)));
            match tree.child(parameter, Field::Target) {
                Some(target) => self.assign(target, value, parameter),
                None => {
                    let slot = self.frame.state.slot(tree.label(parameter));
                    self.frame.state.set(slot, Some(value));
                }
            }
        }
        if let Some(body) = tree.child(id, Field::Body) {
            let outer = std::mem::replace(&mut self.frame.function, function);
            let alive = self.frame.state.is_alive;
            let value = self.evaluate(body);
            self.frame.state.is_alive = alive;
            if let Some(node) = self.node_of(&value, body) {
                let returns = self.returns_node();
                self.graph.edge(node, returns, Action::Same);
            }
            self.frame.function = outer;
        }
        self.frame.state.undo(mark);
        Self::callable(Callee::Function(function))
    }

    pub fn returns_node(&self) -> NodeIx {
        self.graph.facts.functions[self.frame.function as usize].returns
    }
}
