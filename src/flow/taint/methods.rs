//! Methods whose names say what they do.

use super::calls::{Argument, OfProject};
use super::interpreter::Interpreter;
use super::known::{self};
use super::lanes::LaneSet;
use super::value::{self, Known, Value};
use super::weakness::{Protection, Weakness};
use crate::facts::flow::{Action, FlowType, Piece};
use crate::syntax::NodeId;

impl Interpreter<'_> {
    /// What a method does that is known by its name alone.
    pub fn known_method(
        &mut self,
        id: NodeId,
        method: &str,
        receiver: &Value,
        object: Option<NodeId>,
        arguments: &[Argument],
    ) -> Option<Value> {
        let values: Vec<Value> = arguments.iter().map(|argument| argument.value.clone()).collect();
        if let Some(text) = receiver.as_text().filter(|_| receiver.node.is_none()) {
            if method == "format" {
                let text = text.to_owned();
                return Some(self.brace_format(id, &text, arguments));
            }
            if method == "join" {
                return Some(self.joined_texts(id, text.to_owned().as_str(), &values));
            }
            if let Some(value) = value::text_method(text, method, &values) {
                return Some(value);
            }
        }
        if let Some(object) = object
            && let Some(value) = self.container_method(id, method, receiver, object, arguments)
        {
            return Some(value);
        }
        if self.is_config_parser(receiver)
            && let Some(value) = self.config_method(id, method, receiver, object, &values)
        {
            return Some(value);
        }
        if known::TEXT_METHODS.contains(&method) {
            if matches!(method, "replace") && values.len() == 2 {
                // What is replaced does not get into the result.
                return Some(self.made_of(&[receiver.clone(), values[1].clone()], id, LaneSet::NONE));
            }
            let mut parts = vec![receiver.clone()];
            parts.extend(values);
            return Some(self.made_of(&parts, id, LaneSet::NONE));
        }
        if known::DUMP_METHODS.contains(&method) && values.is_empty() && receiver.node.is_some() {
            let from = receiver.node;
            return Some(Value::of_node(self.derived(from, id, Action::All, LaneSet::NONE)));
        }
        if known::BARREN_METHODS.contains(&method) {
            return Some(Value::default());
        }
        if known::WORD_METHODS.contains(&method) {
            let cleared = self.cleared_by(Protection::SYNTAX.and(Weakness::Secret));
            return Some(self.made_of(std::slice::from_ref(receiver), id, cleared));
        }
        match method {
            "resolve" | "absolute" => {
                let made = self.made_of(std::slice::from_ref(receiver), id, LaneSet::NONE);
                let known = if method == "resolve" { Known::ResolvedPath } else { Known::Unknown };
                Some(Value { known, ..made })
            }
            // Raises unless the path is below.
            "relative_to" => {
                if let Some(object) = object
                    && matches!(receiver.known, Known::ResolvedPath)
                {
                    let lanes = self.cleared_by(Protection::NONE.and(Weakness::Path));
                    self.clear(object, lanes);
                }
                let lanes = self.cleared_by(Protection::NONE.and(Weakness::Path));
                Some(self.made_of(std::slice::from_ref(receiver), id, lanes))
            }
            _ => None,
        }
    }

    /// Whether the method may be one that the project defines.
    pub fn may_be_of_project(&self, receiver: &Value, method: &str) -> OfProject {
        let Some(class) = receiver.class else { return OfProject::No };
        match self.graph.facts.types[class as usize] {
            FlowType::Named(name) => {
                let name = &*self.graph.facts.names[name as usize];
                if known::python_function(name).is_some() || name.starts_with("configparser.") {
                    OfProject::No
                } else {
                    OfProject::Surely
                }
            }
            FlowType::Class(_) => OfProject::Surely,
            FlowType::Result(_) | FlowType::Attribute(..) if known::AMBIGUOUS_METHODS.contains(&method) => {
                OfProject::Maybe
            }
            FlowType::Result(_) | FlowType::Attribute(..) => OfProject::No,
        }
    }

    pub fn is_config_parser(&self, receiver: &Value) -> bool {
        receiver.class.is_some_and(|class| match self.graph.facts.types[class as usize] {
            FlowType::Named(name) => self.graph.facts.names[name as usize].starts_with("configparser."),
            _ => false,
        })
    }

    pub fn config_method(
        &mut self,
        id: NodeId,
        method: &str,
        receiver: &Value,
        object: Option<NodeId>,
        values: &[Value],
    ) -> Option<Value> {
        match (method, values) {
            ("get", [section, key, ..]) => {
                let section = self.item(id, receiver, section);
                Some(self.item(id, &section, key))
            }
            ("getint" | "getfloat" | "getboolean" | "add_section" | "has_section" | "has_option" | "read", _) => {
                Some(Value::default())
            }
            ("set", [section, key, value]) => {
                let object = object?;
                let old = self.item(id, receiver, section);
                let piece = key.as_constant().cloned().map_or(Piece::Element, |key| self.piece(&key));
                let newer = self.silent(id);
                if let Some(from) = self.node_of(&old, id) {
                    let action = if piece == Piece::Element { Action::Same } else { Action::Without(piece) };
                    self.graph.edge(from, newer, action);
                }
                if let Some(from) = self.node_of(value, id) {
                    self.graph.edge(from, newer, Action::Store(piece));
                }
                self.store_item(object, section, None, Value::of_node(Some(newer)));
                Some(Value::default())
            }
            _ => None,
        }
    }
}
