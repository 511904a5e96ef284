//! Calls of well-known functions.

use super::super::Constant;
use super::calls::{Argument, is_class_name};
use super::interpreter::Interpreter;
use super::known::{self, Effect};
use super::lanes::LaneSet;
use super::value::{Callable, Known, Value};
use super::weakness::{Protection, Weakness};
use crate::facts::flow::{Action, FlowType, Piece, Slot};
use crate::syntax::{Field, Kind, NodeId};
use std::rc::Rc;

impl Interpreter<'_> {
    pub fn known_function(&mut self, id: NodeId, effect: Effect, arguments: &[Argument]) -> Value {
        let first = arguments.first().map(|argument| argument.value.clone()).unwrap_or_default();
        let values: Vec<Value> = arguments.iter().map(|argument| argument.value.clone()).collect();
        let label = self.tree.child(id, Field::Callee).map_or("", |callee| self.tree.label(callee));
        match effect {
            Effect::Nothing => match (label, &first.known) {
                ("len", Known::List(items)) => constant_number(items.len()),
                ("len", Known::Dict(entries)) => constant_number(entries.len()),
                ("len", Known::Constant(text)) => match &**text {
                    Constant::Str(text) => constant_number(text.chars().count()),
                    _ => Value::default(),
                },
                ("bool", _) => {
                    first.truth().map_or_else(Value::default, |truth| Value::constant(Constant::Bool(truth)))
                }
                _ => Value::default(),
            },
            Effect::Made(protection) => {
                if let (Some(constant), 1) = (first.as_constant(), values.len())
                    && label == "str"
                {
                    return Value::constant(Constant::Str(constant.to_text()));
                }
                let cleared = self.cleared_by(protection);
                let resolved = matches!(first.known, Known::ResolvedPath) && matches!(label, "str" | "fspath" | "Path");
                let mut value = self.made_of(&values, id, cleared);
                if resolved {
                    value.known = Known::ResolvedPath;
                }
                if let Some(callee) = self.tree.child(id, Field::Callee)
                    && let Some(dotted) = self.imported_name(callee)
                    && is_class_name(&dotted)
                {
                    let name = self.graph.name(&dotted);
                    value.class = Some(self.type_ix(FlowType::Named(name)));
                }
                value
            }
            Effect::Validated(protection) => {
                let cleared = self.cleared_by(protection);
                let value = self.made_of(&values, id, cleared);
                if let (Some(Constant::Str(text)), "int") = (first.as_constant(), label)
                    && let Ok(number) = text.trim().parse::<i32>()
                {
                    return Value::constant(Constant::Number(number.into()));
                }
                if let Some(subject) = arguments.first().and_then(|argument| argument.node) {
                    self.clear(subject, cleared);
                }
                value
            }
            Effect::First if values.is_empty() => match label {
                "list" | "tuple" | "set" => Value::known(Known::List(Rc::default())),
                "dict" => Value::known(Known::Dict(Rc::default())),
                _ => Value::default(),
            },
            Effect::First if label == "dict" => self.dict_call(id, arguments),
            Effect::First if matches!(first.known, Known::Dict(_)) => match label {
                "dict" => first,
                _ => Value::default(),
            },
            Effect::First if values.len() == 1 => match (&first.known, label) {
                (Known::List(items), "reversed") => {
                    Value::known(Known::List(Rc::new(items.iter().rev().cloned().collect())))
                }
                (Known::List(items), "list" | "tuple") => Value::known(Known::List(Rc::new(items.to_vec()))),
                _ => {
                    let from = self.node_of(&first, id);
                    let node = self.derived(from, id, Action::Same, LaneSet::NONE);
                    Value { node, class: first.class, ..Value::default() }
                }
            },
            Effect::First => self.made_of(&values, id, LaneSet::NONE),
            Effect::Nth(index) => values.get(index).cloned().unwrap_or_default(),
            Effect::Element => {
                if values.len() > 1 {
                    // `min(size, LIMIT)`: no larger than the limit.
                    let cleared = if label == "min" && values.iter().any(|value| value.node.is_none()) {
                        self.cleared_by(Protection::NONE.and(Weakness::Size))
                    } else {
                        LaneSet::NONE
                    };
                    return self.made_of(&values, id, cleared);
                }
                self.element(id, &first)
            }
            Effect::Enumerated => {
                let element = self.element(id, &first);
                self.tuples(id, &[Value::default(), element])
            }
            Effect::Zipped => {
                let elements: Vec<Value> = values.iter().map(|value| self.element(id, value)).collect();
                self.tuples(id, &elements)
            }
            Effect::Resolved => {
                let made = self.made_of(&values, id, LaneSet::NONE);
                Value { known: Known::ResolvedPath, ..made }
            }
            Effect::UrlParts => {
                let made = self.made_of(&values[..values.len().min(1)], id, LaneSet::NONE);
                let subject = arguments.first().and_then(|argument| argument.node);
                let name = subject.filter(|&subject| self.tree.kind(subject) == Kind::Name).map(|s| self.tree.label(s));
                Value { known: Known::UrlParts(name.unwrap_or("").into()), ..made }
            }
            Effect::Pattern => {
                let made = self.made_of(&values, id, LaneSet::NONE);
                let known = match first.as_text() {
                    Some(text) => Known::Pattern(text.into()),
                    None => Known::Unknown,
                };
                Value { known, ..made }
            }
            Effect::Partial => self.partial(id, arguments),
            Effect::Leaves => {
                self.frame.state.is_alive = false;
                Value::default()
            }
        }
    }

    /// A sequence of tuples of these values.
    pub fn tuples(&mut self, id: NodeId, parts: &[Value]) -> Value {
        let tuple = Value::known(Known::List(Rc::new(parts.to_vec())));
        let Some(node) = self.node_of(&tuple, id) else { return Value::default() };
        Value::of_node(self.derived(Some(node), id, Action::Store(Piece::Element), LaneSet::NONE))
    }

    pub fn dict_call(&mut self, id: NodeId, arguments: &[Argument]) -> Value {
        let mut entries: Vec<(Constant, Value)> = Vec::new();
        for argument in arguments {
            match (argument.slot, &argument.value.known) {
                (Slot::Keyword(name), _) => {
                    let key = self.graph.facts.names[name as usize].to_string();
                    entries.push((Constant::Str(key), argument.value.clone()));
                }
                (Slot::Position(0) | Slot::Keywords, Known::Dict(more)) => entries.extend(more.iter().cloned()),
                _ => {
                    let values: Vec<Value> = arguments.iter().map(|argument| argument.value.clone()).collect();
                    let node = self.silent(id);
                    for value in values {
                        if let Some(from) = self.node_of(&value, id) {
                            self.graph.edge(from, node, Action::Same);
                            self.graph.edge(from, node, Action::Store(Piece::Element));
                        }
                    }
                    return Value::of_node(Some(node));
                }
            }
        }
        Value::known(Known::Dict(Rc::new(entries)))
    }

    pub fn partial(&mut self, id: NodeId, arguments: &[Argument]) -> Value {
        let Some((first, rest)) = arguments.split_first() else { return Value::default() };
        let Known::Callable(callable) = &first.value.known else {
            let values: Vec<Value> = arguments.iter().map(|argument| argument.value.clone()).collect();
            return self.made_of(&values, id, LaneSet::NONE);
        };
        let mut bound = callable.bound.clone();
        for argument in rest {
            let name = match argument.slot {
                Slot::Keyword(name) => Some(Rc::from(&*self.graph.facts.names[name as usize])),
                Slot::Position(_) => None,
                Slot::Rest | Slot::Keywords => continue,
            };
            bound.push((name, argument.value.clone()));
        }
        Value::known(Known::Callable(Rc::new(Callable { bound, ..(**callable).clone() })))
    }

    /// `map(int, values)`: a well-known function over each element.
    pub fn converted(&mut self, id: NodeId, callee: NodeId, arguments: &[Argument]) -> Option<Value> {
        if self.tree.label(callee) != "map" || self.tree.kind(callee) != Kind::Name {
            return None;
        }
        let (first, rest) = arguments.split_first()?;
        let function = first.node?;
        let name = match self.imported_name(function) {
            Some(name) => name,
            None if self.tree.kind(function) == Kind::Name => self.tree.label(function).to_owned(),
            None => return None,
        };
        let cleared = match known::python_function(&name)? {
            Effect::Nothing => return Some(Value::default()),
            Effect::Made(protection) | Effect::Validated(protection) => self.cleared_by(protection),
            _ => return None,
        };
        let elements: Vec<Value> = rest.iter().map(|argument| self.element(id, &argument.value)).collect();
        let made = self.made_of(&elements, id, cleared);
        Some(Value::of_node(self.derived(made.node, id, Action::Store(Piece::Element), LaneSet::NONE)))
    }
}

fn constant_number(number: usize) -> Value {
    u32::try_from(number).map_or_else(|_| Value::default(), |number| Value::constant(Constant::Number(number.into())))
}
