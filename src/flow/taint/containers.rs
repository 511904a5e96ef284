//! Methods of lists, dictionaries and sets: what they put in, take out and leave.

use super::super::Constant;
use super::calls::Argument;
use super::interpreter::Interpreter;
use super::lanes::LaneSet;
use super::value::{self, Known, MAX_ITEMS, Value};
use crate::facts::flow::{Action, FlowType, Piece, Slot};
use crate::syntax::{Kind, NodeId};
use std::rc::Rc;

impl Interpreter<'_> {
    /// Methods of lists, dictionaries and sets.
    pub fn container_method(
        &mut self,
        id: NodeId,
        method: &str,
        receiver: &Value,
        object: NodeId,
        arguments: &[Argument],
    ) -> Option<Value> {
        let values: Vec<Value> = arguments.iter().map(|argument| argument.value.clone()).collect();
        let first = values.first().cloned().unwrap_or_default();
        match (&receiver.known, receiver.node) {
            (Known::List(items), None) => {
                let mut items = items.to_vec();
                let mut result = Value::default();
                match method {
                    "append" | "add" | "appendleft" if values.len() == 1 => {
                        if method == "appendleft" {
                            items.insert(0, first);
                        } else {
                            items.push(first);
                        }
                    }
                    "insert" if values.len() == 2 => {
                        let at = usize::try_from(first.as_index()?).ok()?.min(items.len());
                        items.insert(at, values[1].clone());
                    }
                    "extend" => match &first.known {
                        Known::List(more) => items.extend(more.iter().cloned()),
                        _ => return Some(self.grow(id, object, &first, Action::Same)),
                    },
                    "pop" | "popleft" => {
                        let index = if method == "popleft" {
                            0
                        } else if values.is_empty() {
                            -1
                        } else {
                            first.as_index()?
                        };
                        if let Some(place) = value::place(index, items.len()) {
                            result = items.remove(place);
                        }
                    }
                    "clear" => items.clear(),
                    "reverse" => items.reverse(),
                    "copy" => return Some(Value::known(Known::List(Rc::new(items)))),
                    "remove" | "discard" if first.as_constant().is_some() => {
                        let is_it = |item: &Value| match (item.as_constant(), first.as_constant()) {
                            (Some(left), Some(right)) => Some(left == right),
                            _ => item.node.is_some().then_some(false).filter(|_| false),
                        };
                        let place = items.iter().position(|item| is_it(item) != Some(false));
                        match place {
                            Some(place) if is_it(&items[place]) == Some(true) => {
                                items.remove(place);
                            }
                            Some(_) => return None,
                            None => {}
                        }
                    }
                    _ => return None,
                }
                if items.len() > MAX_ITEMS {
                    return Some(self.grow(
                        id,
                        object,
                        &values.last().cloned().unwrap_or_default(),
                        Action::Store(Piece::Element),
                    ));
                }
                self.replace_known(object, receiver, Known::List(Rc::new(items)));
                Some(result)
            }
            (Known::Dict(entries), None) => {
                let known = |key: &Value| -> Option<Option<Value>> {
                    let key = key.as_constant()?;
                    Some(entries.iter().rev().find(|(known, _)| known == key).map(|(_, value)| value.clone()))
                };
                match method {
                    "get" | "setdefault" | "pop" => {
                        let default = values.get(1).cloned().unwrap_or_default();
                        match known(&first) {
                            Some(Some(value)) => {
                                if method == "pop" {
                                    let rest =
                                        entries.iter().filter(|(key, _)| Some(key) != first.as_constant()).cloned();
                                    let rest = rest.collect();
                                    self.replace_known(object, receiver, Known::Dict(Rc::new(rest)));
                                }
                                Some(value)
                            }
                            Some(None) => {
                                if method == "setdefault" {
                                    self.store_item(object, &first, None, default.clone());
                                }
                                Some(default)
                            }
                            None => {
                                let loaded = self.loaded(id, receiver, Piece::Element);
                                Some(self.joined(&[loaded, default], id))
                            }
                        }
                    }
                    "values" => Some(Value::known(Known::List(Rc::new(
                        entries.iter().map(|(_, value)| value.clone()).collect(),
                    )))),
                    "keys" => Some(Value::known(Known::List(Rc::new(
                        entries.iter().map(|(key, _)| Value::constant(key.clone())).collect(),
                    )))),
                    "items" => Some(Value::known(Known::List(Rc::new(
                        entries
                            .iter()
                            .map(|(key, value)| {
                                let pair = vec![Value::constant(key.clone()), value.clone()];
                                Value::known(Known::List(Rc::new(pair)))
                            })
                            .collect(),
                    )))),
                    "copy" => Some(receiver.clone()),
                    "update" => {
                        let mut entries = entries.to_vec();
                        for argument in arguments {
                            match (argument.slot, &argument.value.known) {
                                (Slot::Keyword(name), _) => {
                                    let key = Constant::Str(self.graph.facts.names[name as usize].to_string());
                                    entries.retain(|(known, _)| *known != key);
                                    entries.push((key, argument.value.clone()));
                                }
                                (_, Known::Dict(more)) => {
                                    entries.retain(|(known, _)| !more.iter().any(|(key, _)| key == known));
                                    entries.extend(more.iter().cloned());
                                }
                                _ => return Some(self.grow(id, object, &first, Action::Same)),
                            }
                        }
                        self.replace_known(object, receiver, Known::Dict(Rc::new(entries)));
                        Some(Value::default())
                    }
                    _ => None,
                }
            }
            _ => self.unknown_container(id, method, receiver, object, &values),
        }
    }

    /// Methods that only containers have, on a value that is not known item by item.
    pub fn unknown_container(
        &mut self,
        id: NodeId,
        method: &str,
        receiver: &Value,
        object: NodeId,
        values: &[Value],
    ) -> Option<Value> {
        let first = values.first().cloned().unwrap_or_default();
        let is_plain = receiver.class.is_none();
        match (method, values.len()) {
            ("append" | "appendleft", 1) => Some(self.grow(id, object, &first, Action::Store(Piece::Element))),
            ("add", 1) if is_plain && self.tree.kind(object) == Kind::Name => {
                Some(self.grow(id, object, &first, Action::Store(Piece::Element)))
            }
            ("insert", 2) if is_plain => Some(self.grow(id, object, &values[1], Action::Store(Piece::Element))),
            ("extend", 1) => Some(self.grow(id, object, &first, Action::Same)),
            ("update", 1) if is_plain => Some(self.grow(id, object, &first, Action::Same)),
            ("write" | "writelines", 1) if self.is_text_buffer(receiver) => {
                Some(self.grow(id, object, &first, Action::Into))
            }
            ("setdefault", 2) if is_plain => {
                self.store_item(object, &first, None, values[1].clone());
                let loaded = self.item(id, receiver, &first);
                Some(self.joined(&[loaded, values[1].clone()], id))
            }
            // A look-up gives what was put in, whatever it is looked up by.
            ("get" | "pop", 1 | 2) if is_plain && (first.as_constant().is_some() || values.len() == 2) => {
                let loaded = self.item(id, receiver, &first);
                match values.get(1) {
                    Some(default) => Some(self.joined(&[loaded, default.clone()], id)),
                    None => Some(loaded),
                }
            }
            ("items", 0) => {
                let value = self.loaded(id, receiver, Piece::Element);
                // Keys of what came from outside came from outside too.
                let from = self.node_of(receiver, id);
                let key = Value::of_node(self.derived(from, id, Action::Load(Piece::Element), LaneSet::NONE));
                Some(self.tuples(id, &[key, value]))
            }
            ("values" | "keys" | "copy" | "most_common" | "elements", 0) => {
                let from = self.node_of(receiver, id);
                Some(Value::of_node(self.derived(from, id, Action::Same, LaneSet::NONE)))
            }
            _ => None,
        }
    }

    pub fn is_text_buffer(&self, receiver: &Value) -> bool {
        receiver.class.is_some_and(|class| match self.graph.facts.types[class as usize] {
            FlowType::Named(name) => {
                matches!(&*self.graph.facts.names[name as usize], "io.StringIO" | "io.BytesIO")
            }
            _ => false,
        })
    }

    /// A container takes something in.
    pub fn grow(&mut self, id: NodeId, object: NodeId, value: &Value, action: Action) -> Value {
        let whole = self.current(object);
        let node = self.node_of(value, id);
        if node.is_none() && !whole.known.is_container() {
            return Value::default();
        }
        let newer = self.silent(object);
        if let Some(old) = self.node_of(&whole, object) {
            self.graph.edge(old, newer, Action::Same);
        }
        let part = node.map(|node| {
            self.graph.edge(node, newer, action);
            (node, Piece::Element)
        });
        self.mutated(object, newer, part, &whole);
        if let Some((root, path)) = self.path_of(object)
            && self.tree.kind(object) != Kind::Name
        {
            let slot = self.frame.state.path_slot(root, &path);
            let state = Value { node: Some(newer), known: Known::Unknown, class: whole.class, parameter: None };
            self.frame.state.set(slot, Some(state));
        }
        Value::default()
    }
}
