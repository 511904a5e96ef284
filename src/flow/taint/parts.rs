//! Parts of values: attributes, items, slices, elements.

use super::super::Constant;
use super::interpreter::Interpreter;
use super::lanes::LaneSet;
use super::value::{self, Callable, Known, Value};
use crate::facts::flow::{Action, Callee, FlowType, Piece};
use crate::syntax::{Field, Kind, NodeId};
use std::rc::Rc;

impl Interpreter<'_> {
    pub fn attribute(&mut self, id: NodeId) -> Value {
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

    pub fn class_attribute(&mut self, id: NodeId, class: u32, label: &str) -> Value {
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
    pub fn class_constant(&self, class: u32, label: &str) -> Option<Value> {
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

    pub fn subscript(&mut self, id: NodeId) -> Value {
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

    pub fn slice(&mut self, id: NodeId, whole: &Value, slice: NodeId) -> Value {
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
}
