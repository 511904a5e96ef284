//! Patterns of `match`, `let` and `case`: what they bind, and whether they match.

use super::interpreter::Interpreter;
use super::value::{self, Known, Value};
use crate::facts::flow::Piece;
use crate::syntax::{Field, Kind, Language, NodeId};

impl Interpreter<'_> {
    /// Binds the names of a pattern to the parts of a value.
    pub fn bind_pattern(&mut self, pattern: NodeId, value: &Value) {
        if !self.burn() {
            return;
        }
        let tree = self.tree;
        let is_rust = tree.language() == Language::Rust;
        match tree.kind(pattern) {
            Kind::Name => {
                let name = tree.label(pattern);
                if !(is_rust && name.starts_with(|c: char| c.is_uppercase())) {
                    self.assign_name(name, value.clone(), pattern);
                }
            }
            Kind::Capture => {
                if let Some(inner) = tree.child(pattern, Field::Pattern) {
                    self.bind_pattern(inner, value);
                }
                self.assign_name(tree.label(pattern), value.clone(), pattern);
            }
            Kind::OrPattern => {
                for option in tree.children(pattern) {
                    self.bind_pattern(option, value);
                }
            }
            Kind::Unary | Kind::Splat => {
                for inner in tree.children(pattern) {
                    self.bind_pattern(inner, value);
                }
            }
            Kind::Tuple | Kind::List => {
                for (index, item) in (0..).zip(tree.children_by(pattern, Field::Item)) {
                    let part = match &value.known {
                        Known::List(values) if values.len() > index as usize => values[index as usize].clone(),
                        _ if tree.kind(item) == Kind::Splat => value.clone(),
                        _ => self.loaded(item, value, Piece::Index(index)),
                    };
                    self.bind_pattern(item, &part);
                }
            }
            Kind::Dict => {
                for pair in tree.children_by(pattern, Field::Item) {
                    if tree.kind(pair) == Kind::Splat {
                        self.bind_pattern(pair, value);
                        continue;
                    }
                    let key = self.child_value(pair, Field::Key);
                    if let Some(inner) = tree.child(pair, Field::Value) {
                        let part = self.item(pair, value, &key);
                        self.bind_pattern(inner, &part);
                    }
                }
            }
            Kind::Call | Kind::StructLiteral => {
                let class = tree.child(pattern, Field::Callee).map_or("", |callee| tree.label(callee));
                for argument in tree.children_by(pattern, Field::Argument) {
                    if tree.kind(argument) == Kind::KeywordArgument {
                        let part = self.load_attribute(argument, value, tree.label(argument));
                        if let Some(inner) = tree.child(argument, Field::Value) {
                            self.bind_pattern(inner, &part);
                        }
                        continue;
                    }
                    let part = match class {
                        "int" | "float" | "bool" => self.number_of(value, argument),
                        _ if is_rust || matches!(class, "str" | "bytes" | "list" | "dict" | "tuple" | "set") => {
                            value.clone()
                        }
                        _ => self.loaded(argument, value, Piece::Element),
                    };
                    self.bind_pattern(argument, &part);
                }
            }
            _ => {}
        }
    }

    /// Whether a value matches a pattern, as far as is known.
    pub fn pattern_truth(&mut self, pattern: NodeId, value: &Value) -> Option<bool> {
        let tree = self.tree;
        match tree.kind(pattern) {
            Kind::Wildcard | Kind::Capture => Some(true),
            Kind::Name if tree.language() == Language::Python => Some(true),
            Kind::Str | Kind::Number | Kind::Bool | Kind::Null | Kind::Bytes => {
                let wanted = self.evaluate_unmarked(pattern);
                value::comparison("==", value.as_constant()?, wanted.as_constant()?)
            }
            Kind::OrPattern => {
                let options: Vec<Option<bool>> =
                    tree.children(pattern).map(|option| self.pattern_truth(option, value)).collect();
                if options.contains(&Some(true)) {
                    return Some(true);
                }
                options.iter().all(|option| *option == Some(false)).then_some(false)
            }
            _ => None,
        }
    }

    /// Whether a pattern is made of constants only: what matches it is one of a closed set.
    pub fn is_closed_pattern(&self, pattern: NodeId) -> bool {
        let tree = self.tree;
        match tree.kind(pattern) {
            Kind::Str | Kind::Number | Kind::Bool | Kind::Null | Kind::Bytes | Kind::Attribute => true,
            Kind::OrPattern => tree.children(pattern).all(|option| self.is_closed_pattern(option)),
            Kind::Capture => tree.child(pattern, Field::Pattern).is_some_and(|inner| self.is_closed_pattern(inner)),
            _ => false,
        }
    }
}
