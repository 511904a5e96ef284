//! Access paths: `name`, `name.attribute`, `name["key"]` as variables of their own.

use super::interpreter::Interpreter;
use super::lanes::LaneSet;
use super::value::{Known, Value};
use crate::facts::flow::Action;
use crate::syntax::{Field, Kind, NodeId};

impl<'a> Interpreter<'a> {
    /// The text of `name`, `name.attribute`, `name["key"]` and so on, with the root's name.
    pub fn path_of(&self, id: NodeId) -> Option<(&'a str, String)> {
        let tree = self.tree;
        let mut at = id;
        let mut pieces: Vec<String> = Vec::new();
        for _ in 0..6 {
            match tree.kind(at) {
                Kind::Name => {
                    let root = tree.label(at);
                    let mut text = root.to_owned();
                    for piece in pieces.iter().rev() {
                        text.push_str(piece);
                    }
                    return Some((root, text));
                }
                Kind::Attribute => {
                    pieces.push(format!(".{}", tree.label(at)));
                    at = tree.child(at, Field::Object)?;
                }
                Kind::Subscript => {
                    let mut indexes = tree.children_by(at, Field::Index);
                    let (index, None) = (indexes.next()?, indexes.next()) else { return None };
                    if !matches!(tree.kind(index), Kind::Str | Kind::Number) {
                        return None;
                    }
                    let quote = if tree.kind(index) == Kind::Str { "'" } else { "" };
                    pieces.push(format!("[{quote}{}{quote}]", tree.label(index)));
                    at = tree.child(at, Field::Object)?;
                }
                _ => return None,
            }
        }
        None
    }

    /// What an expression holds now, without running it: names and access paths, other expressions quietly.
    pub fn current(&mut self, id: NodeId) -> Value {
        if let Some(value) = self.recent.get(&id) {
            return value.clone();
        }
        match self.tree.kind(id) {
            Kind::Name => self.name_value(id),
            Kind::Attribute | Kind::Subscript => {
                if let Some((_, path)) = self.path_of(id)
                    && let Some(value) = self.frame.state.read(&path)
                {
                    return value.clone();
                }
                self.evaluate_unmarked(id)
            }
            Kind::KeywordArgument | Kind::Splat | Kind::Await | Kind::NamedExpression => {
                self.tree.child(id, Field::Value).map_or_else(Value::default, |value| self.current(value))
            }
            _ => self.evaluate_unmarked(id),
        }
    }

    /// Gives a name or an access path a value that is a newer state of what it holds.
    pub fn rebind(&mut self, id: NodeId, value: Value) {
        match self.tree.kind(id) {
            Kind::Name => {
                let name = self.tree.label(id);
                let slot = self.frame.state.slot(name);
                self.frame.state.set(slot, Some(value));
            }
            Kind::Attribute | Kind::Subscript => {
                if let Some((root, path)) = self.path_of(id) {
                    let slot = self.frame.state.path_slot(root, &path);
                    self.frame.state.set(slot, Some(value));
                }
            }
            Kind::Unary => {
                if let Some(operand) = self.tree.child(id, Field::Operand) {
                    self.rebind(operand, value);
                }
            }
            _ => {}
        }
    }

    /// A name or an access path is clean of some lanes from here on.
    pub fn clear(&mut self, id: NodeId, lanes: LaneSet) {
        if lanes.is_empty() {
            return;
        }
        let Some(subject) = self.subject(id) else { return };
        let value = self.current(subject);
        let Some(node) = self.node_of(&value, subject) else { return };
        let clean = self.silent(subject);
        self.graph.filtered_edge(node, clean, Action::Same, lanes);
        self.refined.insert(clean, (node, lanes));
        let known = if value.known.is_container() { Known::Unknown } else { value.known };
        self.rebind(subject, Value { node: Some(clean), known, ..value });
    }

    /// What a check of `str(x)`, `x.lower()` or `(x := ...)` is a check of.
    pub fn subject(&self, id: NodeId) -> Option<NodeId> {
        let tree = self.tree;
        let mut at = id;
        for _ in 0..8 {
            match tree.kind(at) {
                Kind::Name => return Some(at),
                Kind::Attribute | Kind::Subscript => return self.path_of(at).map(|_| at),
                Kind::NamedExpression => at = tree.child(at, Field::Target)?,
                Kind::Await | Kind::KeywordArgument | Kind::Question => at = tree.child(at, Field::Value)?,
                Kind::Unary if tree.label(at) != "not" => at = tree.child(at, Field::Operand)?,
                Kind::Call => {
                    let callee = tree.child(at, Field::Callee)?;
                    let argument = tree.child(at, Field::Argument);
                    at = match (tree.kind(callee), tree.label(callee)) {
                        (Kind::Name, "str" | "String") => argument?,
                        (
                            Kind::Attribute,
                            "lower" | "upper" | "casefold" | "strip" | "rstrip" | "lstrip" | "as_str" | "as_ref"
                            | "trim" | "to_lowercase" | "to_string" | "clone" | "resolve",
                        ) => tree.child(callee, Field::Object)?,
                        (_, "realpath" | "abspath") => argument?,
                        _ => return None,
                    };
                }
                _ => return None,
            }
        }
        None
    }
}
