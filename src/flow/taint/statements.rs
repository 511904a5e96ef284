//! Statements: branches, loops, exceptions, and what they do to the state.

use super::super::Constant;
use super::interpreter::{Interpreter, Loop};
use super::lanes::LaneSet;
use super::state::{Changes, Outcome};
use super::value::{self, Callable, Known, Value};
use super::weakness::Protection;
use crate::facts::flow::{Action, Callee, NodeIx};
use crate::syntax::{Field, Kind, Language, NodeId};
use std::rc::Rc;

/// Methods that change their receiver.
pub(super) const MUTATORS: &[&str] = &[
    "append",
    "appendleft",
    "extend",
    "insert",
    "add",
    "update",
    "setdefault",
    "push",
    "push_str",
    "insert_str",
    "write",
    "writelines",
    "writerow",
    "put",
    "put_nowait",
    "set",
    "pop",
    "remove",
    "clear",
    "discard",
    "add_header",
    "set_cookie",
];

impl<'a> Interpreter<'a> {
    /// Runs a block, or a statement that stands for one.
    pub fn block(&mut self, id: NodeId) {
        if self.tree.kind(id) != Kind::Block && self.tree.kind(id) != Kind::Module {
            self.execute(id);
            return;
        }
        for statement in self.tree.children(id) {
            if !self.frame.state.is_alive {
                return;
            }
            self.execute(statement);
        }
    }

    /// Runs a block and gives its value: the last expression in Rust, nothing in Python.
    pub fn block_value(&mut self, id: NodeId) -> Value {
        self.execute(id);
        Value::default()
    }

    fn child_block(&mut self, id: NodeId, field: Field) {
        if let Some(block) = self.tree.child(id, field) {
            self.block(block);
        }
    }

    /// Runs a statement.
    pub fn execute(&mut self, id: NodeId) {
        self.deeper(|this| this.statement(id));
    }

    fn statement(&mut self, id: NodeId) {
        let tree = self.tree;
        match tree.kind(id) {
            Kind::Assign => self.assignment(id),
            Kind::AugmentedAssign => self.augmented(id),
            Kind::If => self.branch(id),
            Kind::While | Kind::Loop => self.while_loop(id),
            Kind::For => self.for_loop(id),
            Kind::Try => self.try_statement(id),
            Kind::With => {
                for item in tree.children_by(id, Field::Item) {
                    let value = self.child_value(item, Field::Value);
                    if let Some(target) = tree.child(item, Field::Target) {
                        self.assign(target, value, item);
                    }
                }
                self.child_block(id, Field::Body);
            }
            Kind::Match => self.match_statement(id),
            Kind::Return => self.return_statement(id),
            Kind::Raise => {
                let value = self.child_value(id, Field::Value);
                self.child_value(id, Field::Cause);
                if self.is_marked(id) {
                    self.sinks(id, &[value]);
                }
                self.frame.state.is_alive = false;
            }
            Kind::Assert => {
                if let Some(condition) = tree.child(id, Field::Condition) {
                    self.evaluate(condition);
                    self.refine(condition, true);
                }
            }
            Kind::Break | Kind::Continue => self.jump(id),
            Kind::Delete => {
                for target in tree.children_by(id, Field::Target) {
                    if tree.kind(target) == Kind::Name {
                        let slot = self.frame.state.slot(tree.label(target));
                        self.frame.state.forget_paths(slot, None);
                        self.frame.state.set(slot, None);
                    }
                }
            }
            Kind::ScopeDeclaration => {
                if tree.label(id) == "global" {
                    for name in tree.children_by(id, Field::Target) {
                        self.frame.globals.insert(tree.label(name));
                    }
                }
            }
            Kind::FunctionDef => self.function_statement(id),
            Kind::ClassDef => self.class_statement(id),
            Kind::Block | Kind::KeywordBlock => {
                if tree.kind(id) == Kind::Block {
                    self.block(id);
                } else {
                    self.child_block(id, Field::Body);
                }
            }
            Kind::Import | Kind::ImportFrom | Kind::Pass | Kind::TypeAlias => {}
            Kind::Error | Kind::Other => {
                for child in tree.children(id) {
                    self.execute(child);
                }
            }
            _ => {
                self.evaluate(id);
            }
        }
    }

    fn assignment(&mut self, id: NodeId) {
        let tree = self.tree;
        let Some(node) = tree.child(id, Field::Value) else { return };
        let mut value = self.evaluate(node);
        if value.class.is_none()
            && let Some(annotation) = tree.child(id, Field::Type)
        {
            value.class = self.annotated_class(annotation);
        }
        if self.is_marked(id) {
            value = self.marked_value(id, value);
        }
        for target in tree.children_by(id, Field::Target) {
            self.assign(target, value.clone(), id);
        }
    }

    fn augmented(&mut self, id: NodeId) {
        let tree = self.tree;
        let Some(target) = tree.child(id, Field::Target) else { return };
        let old = self.current(target);
        let added = self.child_value(id, Field::Value);
        let operator = tree.label(id).trim_end_matches('=');
        let constant = match (old.as_constant(), added.as_constant()) {
            (Some(left), Some(right)) => value::arithmetic(operator, left, right),
            _ => None,
        };
        let value = match (constant, &old.known, &added.known) {
            (Some(constant), ..) => Value::constant(constant),
            (None, Known::List(items), Known::List(more)) if items.len() + more.len() <= value::MAX_ITEMS => {
                Value::known(Known::List(Rc::new(items.iter().chain(more.iter()).cloned().collect())))
            }
            (None, Known::List(_), _) | (None, _, Known::List(_)) => {
                let node = self.silent(id);
                for part in [&old, &added] {
                    if let Some(from) = self.node_of(part, id) {
                        self.graph.edge(from, node, Action::Same);
                    }
                }
                Value::of_node(Some(node))
            }
            _ if operator == "+" => self.text_of(id, &[(old, false), (added, false)]),
            _ => self.made_of(&[old, added], id, LaneSet::NONE),
        };
        let value = if self.is_marked(id) { self.marked_value(id, value) } else { value };
        self.assign(target, value, id);
    }

    fn branch(&mut self, id: NodeId) {
        let tree = self.tree;
        let Some(condition) = tree.child(id, Field::Condition) else { return };
        match self.evaluate(condition).truth() {
            Some(true) => {
                self.refine(condition, true);
                self.child_block(id, Field::Consequence);
                return;
            }
            Some(false) => {
                self.child_block(id, Field::Alternative);
                return;
            }
            None => {}
        }
        let mut outcomes = Vec::with_capacity(2);
        for (field, truth) in [(Field::Consequence, true), (Field::Alternative, false)] {
            let mark = self.frame.state.mark();
            self.frame.state.is_alive = true;
            self.refine(condition, truth);
            self.child_block(id, field);
            outcomes.push(self.frame.state.leave(mark));
        }
        self.join(outcomes, id);
    }

    // ---- loops --------------------------------------------------------------------------------------------------------

    /// Gives every variable that a loop assigns a node of its own: what it held before, and what the loop leaves in it.
    fn open_loop(&mut self, id: NodeId) -> Vec<(u32, NodeIx)> {
        let mut names = self.assigned_in(id);
        names.sort_unstable();
        names.dedup();
        let mut opened = Vec::new();
        for name in names {
            let Some(old) = self.frame.state.read(name).cloned() else { continue };
            let slot = self.frame.state.slot(name);
            let node = self.silent(id);
            if let Some(from) = self.node_of(&old, id) {
                self.graph.edge(from, node, Action::Same);
            }
            self.frame.state.forget_paths(slot, None);
            self.frame.state.set(slot, Some(Value { node: Some(node), known: Known::Unknown, ..old }));
            opened.push((slot, node));
        }
        opened
    }

    /// Names that a loop assigns or changes.
    fn assigned_in(&mut self, id: NodeId) -> Vec<&'a str> {
        let tree = self.tree;
        let mut names = Vec::new();
        let count = tree.subtree_end(id) - id.0;
        self.frame.fuel = self.frame.fuel.saturating_sub(count / 8);
        for node in tree.subtree(id) {
            match tree.kind(node) {
                Kind::Assign
                | Kind::AugmentedAssign
                | Kind::NamedExpression
                | Kind::For
                | Kind::WithItem
                | Kind::ExceptHandler
                | Kind::Delete
                | Kind::LetCondition => {
                    for target in tree.children_by(node, Field::Target) {
                        self.roots(target, &mut names);
                    }
                }
                Kind::Call => {
                    if let Some(callee) = tree.child(node, Field::Callee)
                        && tree.kind(callee) == Kind::Attribute
                        && MUTATORS.contains(&tree.label(callee))
                        && let Some(object) = tree.child(callee, Field::Object)
                    {
                        self.roots(object, &mut names);
                    }
                }
                Kind::Capture => names.push(tree.label(node)),
                _ => {}
            }
        }
        names
    }

    fn roots(&self, target: NodeId, names: &mut Vec<&'a str>) {
        let tree = self.tree;
        match tree.kind(target) {
            Kind::Name => names.push(tree.label(target)),
            Kind::Attribute | Kind::Subscript => {
                if let Some(object) = tree.child(target, Field::Object) {
                    self.roots(object, names);
                }
            }
            Kind::Tuple | Kind::List | Kind::Splat | Kind::Unary => {
                for child in tree.children(target) {
                    self.roots(child, names);
                }
            }
            _ => {}
        }
    }

    /// Runs a loop's body once and ties its end to its beginning.
    fn run_body(&mut self, id: NodeId, opened: &[(u32, NodeIx)], is_endless: bool) {
        let mark = self.frame.state.mark();
        self.frame.loops.push(Loop { mark, breaks: Vec::new(), continues: Vec::new() });
        self.child_block(id, Field::Body);
        let end = self.frame.state.leave(mark);
        let Some(Loop { breaks, continues, .. }) = self.frame.loops.pop() else { return };
        let mut again = vec![end];
        again.extend(continues);
        for outcome in again.iter().filter(|outcome| outcome.is_alive) {
            for (slot, node) in opened {
                if let Some(Some(value)) = outcome.changes.get(slot)
                    && let Some(from) = self.node_of(value, id)
                {
                    self.graph.edge(from, *node, Action::Same);
                }
            }
        }
        let mut outcomes = breaks;
        if !is_endless {
            self.frame.state.is_alive = true;
            let mark = self.frame.state.mark();
            let mut leaving = again;
            leaving.push(Outcome { is_alive: true, changes: Changes::default() });
            self.join(leaving, id);
            if let Some(condition) = self.tree.child(id, Field::Condition) {
                self.refine(condition, false);
            }
            self.child_block(id, Field::Alternative);
            outcomes.push(self.frame.state.leave(mark));
        }
        self.join(outcomes, id);
    }

    fn while_loop(&mut self, id: NodeId) {
        let condition = self.tree.child(id, Field::Condition);
        let opened = self.open_loop(id);
        let truth = match condition {
            Some(condition) => self.evaluate(condition).truth(),
            None => Some(true),
        };
        if truth == Some(false) {
            self.child_block(id, Field::Alternative);
            return;
        }
        let mark = self.frame.state.mark();
        if let Some(condition) = condition {
            self.refine(condition, true);
        }
        let refined = self.frame.state.changes(mark);
        self.frame.state.undo(mark);
        self.run_refined(id, &opened, truth == Some(true), refined);
    }

    /// Runs a body whose condition holds at its beginning.
    fn run_refined(&mut self, id: NodeId, opened: &[(u32, NodeIx)], is_endless: bool, refined: Changes) {
        if refined.is_empty() {
            self.run_body(id, opened, is_endless);
            return;
        }
        let before: Changes = refined.keys().map(|&slot| (slot, self.frame.state.get(slot).cloned())).collect();
        self.apply(refined);
        self.run_body(id, opened, is_endless);
        // What the condition proved holds inside only.
        for (slot, value) in before {
            let now = self.frame.state.get(slot).cloned();
            let values: Vec<Value> = now.into_iter().chain(value).collect();
            let value = self.joined(&values, id);
            self.frame.state.set(slot, Some(value));
        }
    }

    fn for_loop(&mut self, id: NodeId) {
        let tree = self.tree;
        let iterable = self.child_value(id, Field::Iterable);
        let opened = self.open_loop(id);
        let Some(target) = tree.child(id, Field::Target) else { return };
        let before = self.frame.state.mark();
        let element = self.element(target, &iterable);
        self.assign(target, element, id);
        let is_empty = iterable.truth() == Some(false);
        if is_empty {
            self.frame.state.undo(before);
            self.child_block(id, Field::Alternative);
            return;
        }
        self.run_body(id, &opened, false);
    }

    fn jump(&mut self, id: NodeId) {
        if let Some(around) = self.frame.loops.last().map(|around| around.mark) {
            let changes = self.frame.state.changes(around);
            let cost = u32::try_from(changes.len()).unwrap_or(u32::MAX);
            self.frame.fuel = self.frame.fuel.saturating_sub(cost);
            let outcome = Outcome { is_alive: self.frame.state.is_alive, changes };
            let is_break = self.tree.kind(id) == Kind::Break;
            if let Some(around) = self.frame.loops.last_mut() {
                if is_break {
                    around.breaks.push(outcome);
                } else {
                    around.continues.push(outcome);
                }
            }
        }
        self.frame.state.is_alive = false;
    }

    // ---- exceptions ---------------------------------------------------------------------------------------------------

    fn try_statement(&mut self, id: NodeId) {
        let tree = self.tree;
        let mark = self.frame.state.mark();
        self.child_block(id, Field::Body);
        let history = self.frame.state.history(mark);
        if self.frame.state.is_alive {
            self.child_block(id, Field::Alternative);
        }
        let mut outcomes = vec![self.frame.state.leave(mark)];
        let handlers: Vec<NodeId> = tree.children_by(id, Field::Handler).collect();
        let mut thrown: Vec<_> = history.into_iter().collect();
        thrown.sort_unstable_by_key(|&(slot, _)| slot);
        for handler in handlers {
            self.frame.state.is_alive = true;
            // An exception may come after any statement of the body.
            for (slot, values) in &thrown {
                if self.frame.state.is_path(*slot) {
                    self.frame.state.set(*slot, None);
                } else {
                    let value = self.joined(values, handler);
                    self.frame.state.set(*slot, Some(value));
                }
            }
            if let Some(target) = tree.child(handler, Field::Target) {
                let value = if self.is_marked(handler) {
                    self.marked_value(handler, Value::default())
                } else {
                    Value::default()
                };
                self.assign(target, value, handler);
            }
            self.child_block(handler, Field::Body);
            outcomes.push(self.frame.state.leave(mark));
        }
        self.join(outcomes, id);
        if let Some(last) = tree.child(id, Field::Finally) {
            let is_alive = std::mem::replace(&mut self.frame.state.is_alive, true);
            self.block(last);
            self.frame.state.is_alive &= is_alive;
        }
    }

    // ---- match --------------------------------------------------------------------------------------------------------

    fn match_statement(&mut self, id: NodeId) {
        let tree = self.tree;
        let Some(subject) = tree.child(id, Field::Subject) else { return };
        let value = self.evaluate(subject);
        let mut outcomes = Vec::new();
        let mut is_open = true;
        for arm in tree.children_by(id, Field::Case) {
            let Some(pattern) = tree.child(arm, Field::Pattern) else { continue };
            let guard = tree.child(arm, Field::Guard);
            let matches = self.pattern_truth(pattern, &value);
            if matches == Some(false) || !is_open {
                continue;
            }
            let mark = self.frame.state.mark();
            self.frame.state.is_alive = true;
            self.bind_pattern(pattern, &value);
            if self.is_closed_pattern(pattern) {
                let lanes = self.cleared_by(Protection::CLOSED_SET);
                self.clear(subject, lanes);
            }
            if let Some(guard) = guard {
                self.evaluate(guard);
                self.refine(guard, true);
            }
            self.child_block(arm, Field::Body);
            outcomes.push(self.frame.state.leave(mark));
            if matches == Some(true) && guard.is_none() {
                is_open = false;
            }
        }
        if is_open && tree.language() == Language::Python || outcomes.is_empty() {
            outcomes.push(Outcome { is_alive: true, changes: Changes::default() });
        }
        self.join(outcomes, id);
    }

    // ---- functions and classes ----------------------------------------------------------------------------------------

    fn return_statement(&mut self, id: NodeId) {
        let node = self.tree.child(id, Field::Value);
        let value = node.map_or_else(|| Value::constant(Constant::None), |node| self.evaluate(node));
        let value = if self.is_marked(id) { self.marked_value(id, value) } else { value };
        self.returned(id, &value);
        self.note_proofs(node, &value);
        self.note_checks();
        self.frame.state.is_alive = false;
    }

    /// A value leaves the function.
    pub fn returned(&mut self, id: NodeId, value: &Value) {
        if let Some(from) = self.node_of(value, id) {
            let returns = self.returns_node();
            self.graph.edge(from, returns, Action::Same);
        }
        let function = &mut self.graph.facts.functions[self.frame.function as usize];
        if function.class_of_result.is_none() {
            function.class_of_result = value.class;
        }
    }

    fn function_statement(&mut self, id: NodeId) {
        let tree = self.tree;
        for decorator in tree.children_by(id, Field::Decorator) {
            self.child_value(decorator, Field::Value);
        }
        for parameter in tree.children_by(id, Field::Parameter) {
            if let Some(default) = tree.child(parameter, Field::Default) {
                self.evaluate(default);
            }
        }
        let Some(&function) = self.functions.get(&id) else { return };
        if self.frame.class_body.is_none() {
            let callable = Callable { callee: Callee::Function(function), bound: Vec::new(), receiver: None };
            let slot = self.frame.state.slot(tree.label(id));
            let value = Value::known(Known::Callable(Rc::new(callable)));
            self.frame.state.given.push((slot, value.clone()));
            self.frame.state.set(slot, Some(value));
        }
        self.frame.nested.push(id);
    }

    fn class_statement(&mut self, id: NodeId) {
        let tree = self.tree;
        let Some(&class) = self.classes.get(&id) else { return };
        for decorator in tree.children_by(id, Field::Decorator) {
            self.child_value(decorator, Field::Value);
        }
        let outer = self.frame.class_body.replace(class);
        if let Some(body) = tree.child(id, Field::Body) {
            let is_alive = self.frame.state.is_alive;
            self.block(body);
            self.frame.state.is_alive = is_alive;
        }
        self.frame.class_body = outer;
        if self.frame.class_body.is_none() {
            let value = Self::callable(Callee::Class(class));
            let slot = self.frame.state.slot(tree.label(id));
            self.frame.state.given.push((slot, value.clone()));
            self.frame.state.set(slot, Some(value));
        }
    }

    // ---- what a function proves ---------------------------------------------------------------------------------------

    /// Lanes that were cleared of each parameter up to here.
    fn cleared_parameters(&mut self) -> Vec<LaneSet> {
        let names = self.frame.parameters.clone();
        names
            .iter()
            .enumerate()
            .map(|(index, name)| {
                let function = &self.graph.facts.functions[self.frame.function as usize];
                let Some(first) = function.parameters.get(index).map(|parameter| parameter.node) else {
                    return LaneSet::NONE;
                };
                let mut at = self.frame.state.read(name).and_then(|value| value.node);
                let mut lanes = LaneSet::NONE;
                for _ in 0..64 {
                    let Some(node) = at else { return LaneSet::NONE };
                    if node == first {
                        return lanes;
                    }
                    let Some(&(from, cleared)) = self.refined.get(&node) else { return LaneSet::NONE };
                    lanes = lanes.union(cleared);
                    at = Some(from);
                }
                LaneSet::NONE
            })
            .collect()
    }

    /// The function comes back here: what it checked of its parameters holds.
    pub fn note_checks(&mut self) {
        if self.frame.parameters.is_empty() || !self.frame.state.is_alive {
            return;
        }
        let here = self.cleared_parameters();
        self.frame.checked = Some(match self.frame.checked.take() {
            None => here,
            Some(known) => known.into_iter().zip(here).map(|(known, here)| known.intersection(here)).collect(),
        });
    }

    /// What it says of the parameters that the result is true, or false.
    fn note_proofs(&mut self, node: Option<NodeId>, value: &Value) {
        if self.frame.parameters.is_empty() || !self.frame.state.is_alive {
            return;
        }
        for truth in [true, false] {
            if value.truth() == Some(!truth) {
                continue;
            }
            let mark = self.frame.state.mark();
            if let Some(node) = node.filter(|_| value.truth().is_none()) {
                self.refine(node, truth);
            }
            let here = self.cleared_parameters();
            self.frame.state.undo(mark);
            let known = &mut self.frame.proofs[usize::from(truth)];
            *known = Some(match known.take() {
                None => here,
                Some(known) => known.into_iter().zip(here).map(|(known, here)| known.intersection(here)).collect(),
            });
        }
    }
}
