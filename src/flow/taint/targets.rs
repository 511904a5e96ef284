//! Assignment: names, unpacking, attributes and items, patterns.

use super::super::Constant;
use super::interpreter::Interpreter;
use super::lanes::LaneSet;
use super::value::{self, Known, MAX_ITEMS, Value};
use crate::facts::flow::{Action, FlowType, NodeIx, Piece, Step};
use crate::syntax::{Field, Kind, NodeId};
use std::rc::Rc;

impl<'a> Interpreter<'a> {
    /// Assigns a value to a target.
    pub fn assign(&mut self, target: NodeId, value: Value, site: NodeId) {
        let tree = self.tree;
        match tree.kind(target) {
            Kind::Name => {
                let value = if self.is_marked(target) { self.marked_value(target, value) } else { value };
                self.assign_name(tree.label(target), value, target);
            }
            Kind::Tuple | Kind::List => self.unpack(target, &value, site),
            Kind::Splat => {
                if let Some(inner) = tree.child(target, Field::Value) {
                    self.assign(inner, value, site);
                }
            }
            Kind::Attribute => {
                let Some(object) = tree.child(target, Field::Object) else { return };
                self.class_of_attribute(object, tree.label(target), &value);
                let value = if self.is_marked(target) { self.marked_value(target, value) } else { value };
                let piece = Piece::Attribute(self.graph.name(tree.label(target)));
                self.store(object, piece, Some(target), value);
            }
            Kind::Subscript => {
                let Some(object) = tree.child(target, Field::Object) else { return };
                let key = self.child_value(target, Field::Index);
                let value = if self.is_marked(target) { self.marked_value(target, value) } else { value };
                self.store_item(object, &key, Some(target), value);
            }
            // Rust: `*x = value`, patterns of `let`.
            Kind::Unary => {
                if let Some(operand) = tree.child(target, Field::Operand) {
                    self.assign(operand, value, site);
                }
            }
            Kind::Wildcard => {}
            _ => self.bind_pattern(target, &value),
        }
    }

    /// Gives a variable a value, with a step in the flow.
    pub fn assign_name(&mut self, name: &'a str, value: Value, at: NodeId) {
        let text = self.graph.name(name);
        let value = self.step(value, at, Step::Assigned(text));
        if let Some(class) = self.frame.class_body {
            let known = value.node.is_none().then(|| value.clone());
            if let Some(node) = self.node_of(&value, at) {
                let cell = self.attribute_cell(class, name);
                self.graph.edge(node, cell, Action::Same);
            }
            let entry = self.class_values.entry((class, name.into()));
            entry.and_modify(|old| *old = None).or_insert(known);
            return;
        }
        if self.frame.globals.contains(name) {
            if let Some(node) = self.node_of(&value, at) {
                let cell = self.module_cell(name);
                self.graph.edge(node, cell, Action::Same);
            }
            return;
        }
        if let Some(&cell) = self.frame.cells.get(name) {
            if let Some(node) = self.node_of(&value, at) {
                self.graph.edge(node, cell, Action::Same);
            }
            return;
        }
        if self.frame.function == 0 {
            if let Some(node) = self.node_of(&value, at) {
                let cell = self.module_cell(name);
                self.graph.edge(node, cell, Action::Same);
            }
            if let Some(class) = value.class {
                self.module_types.insert(name.into(), class);
            }
            let count = self.module_assignments.entry(name.into()).or_insert(0);
            *count += 1;
        }
        let slot = self.frame.state.slot(name);
        self.frame.state.forget_paths(slot, None);
        self.frame.state.set(slot, Some(value.clone()));
        self.frame.state.given.push((slot, value));
    }

    /// The same value, seen at a step of the flow.
    pub fn step(&mut self, value: Value, at: NodeId, step: Step) -> Value {
        let Some(from) = value.node else { return value };
        let node = self.stepped(at, step);
        self.graph.edge(from, node, Action::Same);
        self.refined.insert(node, (from, LaneSet::NONE));
        Value { node: Some(node), ..value }
    }

    pub fn unpack(&mut self, target: NodeId, value: &Value, site: NodeId) {
        let tree = self.tree;
        let items: Vec<NodeId> = tree.children_by(target, Field::Item).collect();
        let star = items.iter().position(|&item| tree.kind(item) == Kind::Splat);
        for (index, &item) in items.iter().enumerate() {
            let part = match (&value.known, star) {
                (Known::List(values), None) if values.len() == items.len() => values[index].clone(),
                (Known::List(values), Some(star)) if values.len() + 1 >= items.len() => {
                    let rest = values.len() + 1 - items.len();
                    match index.cmp(&star) {
                        std::cmp::Ordering::Less => values[index].clone(),
                        std::cmp::Ordering::Equal => {
                            Value::known(Known::List(Rc::new(values[star..star + rest].to_vec())))
                        }
                        std::cmp::Ordering::Greater => values[index + rest - 1].clone(),
                    }
                }
                _ if star == Some(index) => {
                    let from = self.node_of(value, item);
                    Value::of_node(self.derived(from, item, Action::Same, LaneSet::NONE))
                }
                _ => {
                    let piece = match (star, u32::try_from(index)) {
                        (Some(star), _) if index > star => Piece::Element,
                        (_, Ok(index)) => Piece::Index(index),
                        _ => Piece::Element,
                    };
                    self.loaded(item, value, piece)
                }
            };
            self.assign(item, part, site);
        }
    }

    /// `object.piece = value`: a newer state of the object. `target` is the whole target, when there is one.
    pub fn store(&mut self, object: NodeId, piece: Piece, target: Option<NodeId>, value: Value) {
        let whole = self.current(object);
        let at = target.unwrap_or(object);
        let node = self.node_of(&value, at);
        if let (Some(node), Piece::Attribute(name)) = (node, piece)
            && let Some(class) = whole.class
            && let FlowType::Class(class) = self.graph.facts.types[class as usize]
        {
            let label = self.graph.facts.names[name as usize].clone();
            let cell = self.attribute_cell(class, &label);
            self.graph.edge(node, cell, Action::Same);
            if self.frame.class_body.is_none() {
                self.class_values.insert((class, label), None);
            }
        }
        let old = self.node_of(&whole, object);
        if old.is_some() || node.is_some() {
            let path = self.path_of(at).map(|(_, path)| path).unwrap_or_default();
            let text = self.graph.name(&path);
            let newer = self.stepped(at, Step::Stored(text));
            if let Some(old) = old {
                let action = if piece == Piece::Element { Action::Same } else { Action::Without(piece) };
                self.graph.edge(old, newer, action);
                self.refined.insert(newer, (old, LaneSet::NONE));
            }
            if let Some(node) = node {
                self.graph.edge(node, newer, Action::Store(piece));
            }
            self.mutated(object, newer, node.map(|node| (node, piece)), &whole);
        }
        if let Some(target) = target
            && let Some((root, path)) = self.path_of(target)
        {
            let slot = self.frame.state.path_slot(root, &path);
            let root = self.frame.state.slot(root);
            // `a.b` is new: what was known of `a.b.c` is not; what is known of `a.d` still holds.
            self.frame.state.forget_below(root, &path);
            self.frame.state.set(slot, Some(value));
        }
    }

    /// An object has a newer state: variables and what holds it see that.
    pub fn mutated(&mut self, object: NodeId, newer: NodeIx, part: Option<(NodeIx, Piece)>, whole: &Value) {
        let tree = self.tree;
        let state = Value { node: Some(newer), known: Known::Unknown, class: whole.class, parameter: whole.parameter };
        if let Some(parameter) = whole.parameter {
            let out = self.graph.facts.functions[self.frame.function as usize].parameters.get(parameter as usize);
            if let Some(out) = out.map(|parameter| parameter.out) {
                match part {
                    Some((node, piece)) => self.graph.edge(node, out, Action::Store(piece)),
                    None => self.graph.edge(newer, out, Action::Same),
                }
            }
        }
        match tree.kind(object) {
            Kind::Name => {
                let name = tree.label(object);
                if let Some(&cell) = self.frame.cells.get(name) {
                    self.graph.edge(newer, cell, Action::Same);
                } else if self.frame.state.read(name).is_some() {
                    let slot = self.frame.state.slot(name);
                    self.frame.state.set(slot, Some(state.clone()));
                    self.frame.state.given.push((slot, state));
                    if self.frame.function == 0 {
                        let cell = self.module_cell(name);
                        self.graph.edge(newer, cell, Action::Same);
                        self.module_assignments.insert(name.into(), 2);
                    }
                } else if !self.declared.contains_key(name) && !self.names.is_imported(name) {
                    let cell = self.module_cell(name);
                    self.graph.edge(newer, cell, Action::Same);
                }
            }
            Kind::Attribute => {
                if let Some(inner) = tree.child(object, Field::Object) {
                    let piece = Piece::Attribute(self.graph.name(tree.label(object)));
                    self.store(inner, piece, Some(object), state);
                }
            }
            Kind::Subscript => {
                if let Some(inner) = tree.child(object, Field::Object) {
                    let key = tree.child(object, Field::Index).map(|index| self.current(index)).unwrap_or_default();
                    let key = tree
                        .child(object, Field::Index)
                        .filter(|&index| matches!(tree.kind(index), Kind::Str | Kind::Number))
                        .map_or(key, |index| self.evaluate_unmarked(index));
                    self.store_item(inner, &key, Some(object), state);
                }
            }
            Kind::Unary => {
                if let Some(operand) = tree.child(object, Field::Operand) {
                    self.mutated(operand, newer, None, whole);
                }
            }
            _ => {}
        }
    }

    /// `object[key] = value`.
    pub fn store_item(&mut self, object: NodeId, key: &Value, target: Option<NodeId>, value: Value) {
        let whole = self.current(object);
        if let Some(newer) = with_item(&whole, key, &value) {
            self.replace_known(object, &whole, newer);
            return;
        }
        let piece = key.as_constant().cloned().map_or(Piece::Element, |key| self.piece(&key));
        let target = target.filter(|&target| self.path_of(target).is_some());
        self.store(object, piece, target, value);
    }

    /// A container that is known item by item was changed: every variable that holds it sees that.
    pub fn replace_known(&mut self, object: NodeId, old: &Value, known: Known) {
        let tree = self.tree;
        let newer = Value { node: None, known, ..old.clone() };
        let is_it = |value: &Value| match (&value.known, &old.known) {
            (Known::List(left), Known::List(right)) => Rc::ptr_eq(left, right),
            (Known::Dict(left), Known::Dict(right)) => Rc::ptr_eq(left, right),
            _ => false,
        };
        let shared = match &old.known {
            Known::List(items) => Rc::strong_count(items) > 2,
            Known::Dict(entries) => Rc::strong_count(entries) > 2,
            _ => false,
        };
        if shared {
            for slot in self.frame.state.slots_where(is_it) {
                self.frame.state.set(slot, Some(newer.clone()));
            }
        }
        match tree.kind(object) {
            Kind::Name => {
                let name = tree.label(object);
                if self.frame.state.read(name).is_some() {
                    let slot = self.frame.state.slot(name);
                    self.frame.state.forget_paths(slot, None);
                    self.frame.state.set(slot, Some(newer.clone()));
                    self.frame.state.given.push((slot, newer.clone()));
                }
                if self.frame.function == 0 || self.frame.state.read(name).is_none() {
                    self.module_assignments.insert(name.into(), 2);
                    self.module_values.remove(name);
                    if let Some(node) = self.node_of(&newer, object) {
                        let cell = self.module_cell(name);
                        self.graph.edge(node, cell, Action::Same);
                    }
                }
            }
            Kind::Attribute | Kind::Subscript => {
                if let Some((root, path)) = self.path_of(object) {
                    let slot = self.frame.state.path_slot(root, &path);
                    self.frame.state.set(slot, Some(newer.clone()));
                }
                if let (Some(node), Some(inner)) = (self.node_of(&newer, object), tree.child(object, Field::Object))
                    && tree.kind(object) == Kind::Attribute
                {
                    let piece = Piece::Attribute(self.graph.name(tree.label(object)));
                    self.store(inner, piece, Some(object), Value { node: Some(node), ..newer });
                }
            }
            _ => {}
        }
    }

    /// Remembers what class `self.name` is of.
    pub fn class_of_attribute(&mut self, object: NodeId, name: &str, value: &Value) {
        let (Some(class), Some(made)) = (self.frame.class, value.class) else { return };
        if self.tree.kind(object) == Kind::Name && self.frame.parameters.first() == Some(&self.tree.label(object)) {
            let name = self.graph.name(name);
            let known = &mut self.graph.facts.classes[class as usize].attribute_types;
            if !known.iter().any(|&(known, _)| known == name) {
                known.push((name, made));
            }
        }
    }
}

/// A known container with one item replaced; `None` when that cannot be told item by item.
fn with_item(whole: &Value, key: &Value, value: &Value) -> Option<Known> {
    if whole.node.is_some() {
        return None;
    }
    match &whole.known {
        Known::List(items) => {
            let place = value::place(key.as_index()?, items.len())?;
            let mut items = items.to_vec();
            items[place] = value.clone();
            Some(Known::List(Rc::new(items)))
        }
        Known::Dict(entries) => {
            let key = key.as_constant()?;
            let mut entries: Vec<(Constant, Value)> =
                entries.iter().filter(|(known, _)| known != key).cloned().collect();
            entries.push((key.clone(), value.clone()));
            (entries.len() <= MAX_ITEMS).then(|| Known::Dict(Rc::new(entries)))
        }
        _ => None,
    }
}
