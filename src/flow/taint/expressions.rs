//! Expressions: what each makes of the values of its parts.

use super::super::{Constant, DefinitionKind, ScopeId};
use super::interpreter::{Declared, Interpreter};
use super::lanes::LaneSet;
use super::state::Outcome;
use super::value::{self, Callable, Known, MAX_ITEMS, Value};
use super::weakness::{Protection, Weakness};
use crate::facts::flow::{Action, Callee, FlowType, NodeIx, Piece};
use crate::syntax::{Field, Kind, Language, NodeId};
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
    fn construct(&mut self, id: NodeId) -> Value {
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

    // ---- names --------------------------------------------------------------------------------------------------------

    pub fn name_value(&mut self, id: NodeId) -> Value {
        let name = self.tree.label(id);
        let is_global = self.frame.globals.contains(name);
        if !is_global {
            if let Some(&cell) = self.frame.cells.get(name) {
                return Value::of_node(Some(cell));
            }
            if let Some(value) = self.frame.state.read(name) {
                return value.clone();
            }
            if let Some(value) = self.frame.closure.as_ref().and_then(|closure| closure.get(name)) {
                return value.clone();
            }
            if let Some(class) = self.frame.class_body
                && let Some(Some(value)) = self.class_values.get(&(class, name.into()))
            {
                return value.clone();
            }
        }
        self.module_name(id, name)
    }

    fn module_name(&mut self, id: NodeId, name: &str) -> Value {
        match self.declared.get(name) {
            Some(Declared::Function(function)) => return Self::callable(Callee::Function(*function)),
            Some(Declared::Class(class)) => return Self::callable(Callee::Class(*class)),
            None => {}
        }
        if let Some(value) = self.module_values.get(name) {
            return value.clone();
        }
        if self.names.is_imported(name)
            && let Some(dotted) = self.names.qualified(id).into_iter().next()
        {
            let node = self.imported_cell(&dotted);
            let callee = Callee::Named(self.graph.name(&dotted));
            return Value { node: Some(node), ..Self::callable(callee) };
        }
        let is_variable = self
            .names
            .scopes()
            .local(ScopeId::MODULE, name)
            .iter()
            .any(|definition| !matches!(definition.kind, DefinitionKind::Declaration | DefinitionKind::Import));
        if is_variable && (self.frame.function != 0 || self.frame.globals.contains(name)) {
            let node = self.module_cell(name);
            let class = self.module_types.get(name).copied();
            return Value { node: Some(node), class, ..Value::default() };
        }
        Value::default()
    }

    pub fn callable(callee: Callee) -> Value {
        Value::known(Known::Callable(Rc::new(Callable { callee, bound: Vec::new(), receiver: None })))
    }

    /// Whether a chain of attributes begins with an imported name that nothing here hides.
    pub fn imported_name(&mut self, id: NodeId) -> Option<String> {
        let tree = self.tree;
        let mut root = id;
        while matches!(tree.kind(root), Kind::Attribute)
            || tree.kind(root) == Kind::Subscript && tree.language() == Language::Rust
        {
            root = tree.child(root, Field::Object)?;
        }
        if tree.kind(root) != Kind::Name {
            return None;
        }
        let name = tree.label(root);
        let may_resolve =
            self.names.is_imported(name) || tree.language() == Language::Rust && self.names.may_resolve(name);
        if !may_resolve {
            return None;
        }
        let is_hidden = self.frame.function != 0
            && (self.frame.state.read(name).is_some()
                || self.frame.closure.as_ref().is_some_and(|closure| closure.get(name).is_some()));
        if is_hidden {
            return None;
        }
        self.names.qualified(id).into_iter().next()
    }

    // ---- parts of values ----------------------------------------------------------------------------------------------

    fn attribute(&mut self, id: NodeId) -> Value {
        let tree = self.tree;
        let label = tree.label(id);
        let Some(object) = tree.child(id, Field::Object) else { return Value::default() };
        if let Some(dotted) = self.imported_name(id) {
            // Marks inside the chain count: `request.args` of a source `flask.request`.
            if tree.subtree(object).any(|part| self.is_marked(part)) {
                let value = self.evaluate(object);
                if value.node.is_some() {
                    return self.load_attribute(id, &value, label);
                }
            }
            let node = self.imported_cell(&dotted);
            let callee = Callee::Named(self.graph.name(&dotted));
            return Value { node: Some(node), ..Self::callable(callee) };
        }
        let value = self.evaluate(object);
        self.load_attribute(id, &value, label)
    }

    /// Reads an attribute of a value.
    pub fn load_attribute(&mut self, id: NodeId, value: &Value, label: &str) -> Value {
        let mut known = Known::Unknown;
        match (&value.known, label) {
            (Known::UrlParts(subject), "hostname" | "netloc" | "host") => known = Known::UrlHost(Rc::clone(subject)),
            (Known::Callable(callable), _) => {
                if let Callee::Class(class) = callable.callee {
                    return self.class_attribute(id, class, label);
                }
            }
            _ => {}
        }
        let class = value.class.map(|class| self.graph.facts.types[class as usize]);
        let mut cell = None;
        if let Some(FlowType::Class(class)) = class {
            if let Some(found) = self.class_constant(class, label) {
                return found;
            }
            if let Some(function) = self.method_here(class, label) {
                if self.graph.facts.functions[function as usize].is_property {
                    return self.call_known(
                        id,
                        Callee::Function(function),
                        Some((value.clone(), None)),
                        Vec::new(),
                        true,
                    );
                }
                let callable =
                    Callable { callee: Callee::Function(function), bound: Vec::new(), receiver: Some(value.clone()) };
                return Value::known(Known::Callable(Rc::new(callable)));
            }
            cell = Some(self.attribute_cell(class, label));
        }
        let name = self.graph.name(label);
        let class = value.class.map(|class| self.type_ix(FlowType::Attribute(class, name)));
        let from = self.node_of(value, id);
        if from.is_none() && cell.is_none() {
            return Value { known, class, ..Value::default() };
        }
        let node = self.silent(id);
        if let Some(from) = from {
            self.graph.edge(from, node, Action::Load(Piece::Attribute(name)));
        }
        if let Some(cell) = cell {
            self.graph.edge(cell, node, Action::Same);
        }
        Value { node: Some(node), known, class, parameter: None }
    }

    fn class_attribute(&mut self, id: NodeId, class: u32, label: &str) -> Value {
        if let Some(found) = self.class_constant(class, label) {
            return found;
        }
        if let Some(function) = self.method_here(class, label) {
            return Self::callable(Callee::Function(function));
        }
        let cell = self.attribute_cell(class, label);
        Value::of_node(self.derived(Some(cell), id, Action::Same, LaneSet::NONE))
    }

    /// The value that a class body gives an attribute which nobody else sets.
    fn class_constant(&self, class: u32, label: &str) -> Option<Value> {
        self.lineage(class)
            .into_iter()
            .find_map(|class| Some((class, self.class_values.get(&(class, label.into()))?)))
            .filter(|&(class, _)| !self.is_filled_by_constructor(class, label))
            .and_then(|(_, value)| value.clone())
    }

    /// Whether an attribute of a class is a field of a record: a model or a data class, whose constructor gives it another
    /// value than the default in the class body.
    fn is_filled_by_constructor(&self, class: u32, label: &str) -> bool {
        let facts = &self.graph.facts;
        let own = &facts.classes[class as usize];
        let has_constructor = own.methods.iter().any(|&(name, _)| &*facts.names[name as usize] == "__init__");
        let is_field = own.fields.iter().any(|&(name, ..)| &*facts.names[name as usize] == label);
        is_field && (!own.bases.is_empty() || !has_constructor)
    }

    fn subscript(&mut self, id: NodeId) -> Value {
        let tree = self.tree;
        let Some(object) = tree.child(id, Field::Object) else { return Value::default() };
        let whole = self.evaluate(object);
        let mut indexes = tree.children_by(id, Field::Index);
        let (Some(index), None) = (indexes.next(), indexes.next()) else {
            for index in tree.children_by(id, Field::Index) {
                self.evaluate(index);
            }
            return self.loaded(id, &whole, Piece::Element);
        };
        if tree.kind(index) == Kind::Slice {
            return self.slice(id, &whole, index);
        }
        let key = self.evaluate(index);
        self.item(id, &whole, &key)
    }

    /// `whole[key]`.
    pub fn item(&mut self, id: NodeId, whole: &Value, key: &Value) -> Value {
        match (&whole.known, key.as_constant()) {
            (Known::List(items), Some(_)) => {
                if let Some(place) = key.as_index().and_then(|index| value::place(index, items.len())) {
                    return items[place].clone();
                }
            }
            (Known::Dict(entries), Some(constant)) => {
                return entries
                    .iter()
                    .rev()
                    .find(|(known, _)| known == constant)
                    .map_or_else(Value::default, |(_, value)| value.clone());
            }
            (Known::Constant(text), Some(_)) => {
                if let (Constant::Str(text), Some(index)) = (&**text, key.as_index()) {
                    let found = value::place(index, text.chars().count()).and_then(|place| text.chars().nth(place));
                    return found.map_or_else(Value::default, |c| Value::constant(Constant::Str(c.to_string())));
                }
            }
            _ => {}
        }
        let piece = key.as_constant().cloned().map_or(Piece::Element, |key| self.piece(&key));
        self.loaded(id, whole, piece)
    }

    /// A piece of a value.
    pub fn loaded(&mut self, id: NodeId, whole: &Value, piece: Piece) -> Value {
        let from = self.node_of(whole, id);
        let node = self.derived(from, id, Action::Load(piece), LaneSet::NONE);
        Value::of_node(node)
    }

    fn slice(&mut self, id: NodeId, whole: &Value, slice: NodeId) -> Value {
        let tree = self.tree;
        let bound = |this: &mut Self, field| tree.child(slice, field).map(|bound| this.evaluate(bound));
        let (lower, upper, step) = (bound(self, Field::Lower), bound(self, Field::Upper), bound(self, Field::Step));
        let limits = |length: usize| -> Option<(usize, usize)> {
            if step.is_some() {
                return None;
            }
            let length = i64::try_from(length).ok()?;
            let at = |bound: &Option<Value>, default: i64| -> Option<i64> {
                let Some(bound) = bound else { return Some(default) };
                let index = bound.as_index()?;
                Some(if index < 0 { (index + length).max(0) } else { index.min(length) })
            };
            let (first, last) = (at(&lower, 0)?, at(&upper, length)?);
            Some((usize::try_from(first).ok()?, usize::try_from(last.max(first)).ok()?))
        };
        match &whole.known {
            Known::List(items) => {
                if let Some((first, last)) = limits(items.len()) {
                    return Value::known(Known::List(Rc::new(items[first..last].to_vec())));
                }
            }
            Known::Constant(text) => {
                if let Constant::Str(text) = &**text
                    && let Some((first, last)) = limits(text.chars().count())
                {
                    let piece = text.chars().skip(first).take(last - first).collect();
                    return Value::constant(Constant::Str(piece));
                }
            }
            _ => {}
        }
        let from = self.node_of(whole, id);
        Value::of_node(self.derived(from, id, Action::Same, LaneSet::NONE))
    }

    /// What a loop over a value gets.
    pub fn element(&mut self, id: NodeId, whole: &Value) -> Value {
        if matches!(whole.known, Known::Dict(_)) {
            return Value::default();
        }
        self.loaded(id, whole, Piece::Element)
    }

    // ---- texts --------------------------------------------------------------------------------------------------------

    fn formatted(&mut self, id: NodeId) -> Value {
        let tree = self.tree;
        let mut parts: Vec<(Value, bool)> = Vec::new();
        for part in tree.children(id) {
            let value = self.evaluate(part);
            let mut is_number = false;
            if let Some(format) = tree.child(part, Field::Format).filter(|_| tree.kind(part) == Kind::Interpolation) {
                if tree.kind(format) == Kind::FString {
                    self.evaluate(format);
                }
                is_number = tree.label(format).ends_with(['d', 'f', 'e', 'g', 'n', 'x', 'X', 'o', 'b', '%']);
            }
            parts.push((value, is_number));
        }
        self.text_of(id, &parts)
    }

    /// A text made of parts one behind the other; each with whether only a number can stand there.
    pub fn text_of(&mut self, id: NodeId, parts: &[(Value, bool)]) -> Value {
        let mut text = String::new();
        let mut is_constant = true;
        let mut is_start = true;
        let mut nodes: Vec<(NodeIx, LaneSet)> = Vec::new();
        for (part, is_number) in parts {
            if is_start && let Some(known) = part.prefix() {
                text.push_str(known);
            } else if is_start && let Some(constant) = part.as_constant() {
                text.push_str(&constant.to_text());
            }
            is_constant &= part.as_constant().is_some();
            if let Some(node) = self.node_of(part, id) {
                let is_first = matches!(part.known, Known::Prefix(_)) && is_start;
                let mut cleared = if is_first { LaneSet::NONE } else { self.cleared_behind(&text) };
                if *is_number {
                    cleared = cleared.union(self.cleared_by(Protection::SYNTAX));
                }
                nodes.push((node, cleared));
            }
            is_start &= part.as_constant().is_some();
        }
        if is_constant && nodes.is_empty() {
            return Value::constant(Constant::Str(text));
        }
        let known = if text.is_empty() || text.len() > 1_024 { Known::Unknown } else { Known::Prefix(text.into()) };
        if nodes.is_empty() {
            return Value::known(known);
        }
        let node = self.silent(id);
        for (from, cleared) in nodes {
            self.graph.filtered_edge(from, node, Action::Into, cleared);
        }
        Value { node: Some(node), known, ..Value::default() }
    }

    /// Lanes that end where a value stands behind a constant text: behind the host, nobody chooses the host any more.
    fn cleared_behind(&mut self, prefix: &str) -> LaneSet {
        let rest = prefix.split_once("://").map(|(_, rest)| rest);
        let is_fixed = match rest {
            Some(rest) => !rest.starts_with(['/', '?', '#']) && rest.contains(['/', '?', '#']),
            // `/path`: below this server, unless the next character can make it `//host`.
            None => {
                let mut characters = prefix.chars();
                characters.next() == Some('/') && characters.next().is_some_and(|second| !matches!(second, '/' | '\\'))
            }
        };
        if !is_fixed {
            return LaneSet::NONE;
        }
        self.cleared_by(Protection::NONE.and(Weakness::Url).and(Weakness::Redirect))
    }

    fn binary(&mut self, id: NodeId) -> Value {
        let tree = self.tree;
        let (Some(left), Some(right)) = (tree.child(id, Field::Left), tree.child(id, Field::Right)) else {
            return Value::default();
        };
        let operator = tree.label(id);
        let left_value = self.evaluate(left);
        if operator == "%" && tree.language() == Language::Python && left_value.prefix().is_some() {
            return self.percent(id, &left_value, right);
        }
        let right_value = self.evaluate(right);
        if let (Some(left), Some(right)) = (left_value.as_constant(), right_value.as_constant())
            && let Some(result) = value::arithmetic(operator, left, right)
        {
            return Value::constant(result);
        }
        match operator {
            "+" => match (&left_value.known, &right_value.known) {
                (Known::List(items), Known::List(more)) if items.len() + more.len() <= MAX_ITEMS => {
                    Value::known(Known::List(Rc::new(items.iter().chain(more.iter()).cloned().collect())))
                }
                (Known::List(_), _) | (_, Known::List(_)) => {
                    let node = self.silent(id);
                    for part in [&left_value, &right_value] {
                        if let Some(from) = self.node_of(part, id) {
                            self.graph.edge(from, node, Action::Same);
                        }
                    }
                    Value::of_node(Some(node))
                }
                _ => self.text_of(id, &[(left_value, false), (right_value, false)]),
            },
            "-" | "//" | "**" | "<<" | ">>" | "^" => {
                let cleared = self.cleared_by(Protection::SYNTAX);
                self.made_of(&[left_value, right_value], id, cleared)
            }
            _ => self.made_of(&[left_value, right_value], id, LaneSet::NONE),
        }
    }

    /// `"format" % arguments`.
    fn percent(&mut self, id: NodeId, format: &Value, right: NodeId) -> Value {
        let tree = self.tree;
        let arguments: Vec<Value> = match tree.kind(right) {
            Kind::Tuple => tree.children_by(right, Field::Item).map(|item| self.evaluate(item)).collect(),
            _ => vec![self.evaluate(right)],
        };
        let Some(text) = format.as_text().filter(|_| format.node.is_none()).map(str::to_owned) else {
            let mut parts = vec![format.clone()];
            parts.extend(arguments);
            return self.made_of(&parts, id, LaneSet::NONE);
        };
        let mut next = arguments.iter();
        let mut is_named = false;
        let mut parts: Vec<(Value, bool)> = Vec::new();
        for piece in super::super::format::percent(&text) {
            match piece {
                super::super::format::Piece::Literal(literal) => {
                    parts.push((Value::constant(Constant::Str(literal)), false));
                }
                super::super::format::Piece::Field { name, numeric } => {
                    is_named |= !name.is_empty();
                    let value = if name.is_empty() {
                        next.next().cloned().unwrap_or_default()
                    } else {
                        let key = Value::constant(Constant::Str(name));
                        let whole = arguments.first().cloned().unwrap_or_default();
                        self.item(right, &whole, &key)
                    };
                    parts.push((value, numeric));
                }
            }
        }
        if !is_named {
            parts.extend(next.map(|value| (value.clone(), false)));
        }
        self.text_of(id, &parts)
    }

    // ---- conditions ---------------------------------------------------------------------------------------------------

    fn compare(&mut self, id: NodeId) -> Value {
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

    fn boolean(&mut self, id: NodeId) -> Value {
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
    fn is_only_refined(&self, slot: super::state::SlotIx, value: Option<&Value>) -> bool {
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

    fn unary(&mut self, id: NodeId) -> Value {
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

    fn conditional(&mut self, id: NodeId) -> Value {
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

    fn sequence(&mut self, id: NodeId) -> Value {
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

    fn dict(&mut self, id: NodeId) -> Value {
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

    fn struct_literal(&mut self, id: NodeId) -> Value {
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

    fn comprehension(&mut self, id: NodeId) -> Value {
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
    fn lambda(&mut self, id: NodeId) -> Value {
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
