//! Folding of Python's ways to fill a text: `%`, `str.format`, `join`.

use super::format::{Piece, braces, percent};
use super::values::{Text, Value, Values};
use crate::syntax::{Field, Kind, NodeId};

impl Values<'_> {
    pub(super) fn percent_format(&self, format: &str, arguments: NodeId, depth: u32) -> Value {
        let tree = self.tree();
        let positional: Vec<NodeId> = match tree.kind(arguments) {
            Kind::Tuple => tree.children_by(arguments, Field::Item).collect(),
            _ => vec![arguments],
        };
        let mut next = positional.iter();
        let mut text = Text::default();
        for piece in percent(format) {
            match piece {
                Piece::Literal(literal) => text.append(Text::literal(literal)),
                Piece::Field { name, numeric } => {
                    let argument =
                        if name.is_empty() { next.next().copied() } else { self.dict_item(arguments, &name) };
                    text.append(self.filled(argument, arguments, numeric, depth));
                }
            }
        }
        Value::from_text(text)
    }

    /// The text that fills a field of a format.
    fn filled(&self, argument: Option<NodeId>, whole: NodeId, numeric: bool, depth: u32) -> Text {
        match argument {
            Some(argument) if numeric => match self.evaluate(argument, depth - 1) {
                Value::Constant(constant) => Text::literal(constant.to_text()),
                _ => Text::hole(argument, true),
            },
            Some(argument) => self.evaluate(argument, depth - 1).into_text(argument),
            None => Text::hole(whole, numeric),
        }
    }

    /// The value of a constant key in a dictionary literal (directly or by name).
    fn dict_item(&self, dict: NodeId, key: &str) -> Option<NodeId> {
        let tree = self.tree();
        if tree.kind(dict) != Kind::Dict {
            return None;
        }
        tree.children_by(dict, Field::Item).filter(|&pair| tree.kind(pair) == Kind::Pair).find_map(|pair| {
            let name = tree.child(pair, Field::Key)?;
            (tree.kind(name) == Kind::Str && tree.label(name) == key).then(|| tree.child(pair, Field::Value))?
        })
    }

    pub(super) fn brace_format(&self, format: &str, call: NodeId, depth: u32) -> Value {
        let tree = self.tree();
        let positional: Vec<NodeId> = tree
            .children_by(call, Field::Argument)
            .filter(|&argument| !matches!(tree.kind(argument), Kind::KeywordArgument | Kind::Splat))
            .collect();
        let mut next = 0;
        let mut text = Text::default();
        for piece in braces(format) {
            match piece {
                Piece::Literal(literal) => text.append(Text::literal(literal)),
                Piece::Field { name, numeric } => {
                    let root = name.split(['.', '[']).next().unwrap_or(&name);
                    let is_whole = root.len() == name.len();
                    let argument = if root.is_empty() {
                        next += 1;
                        positional.get(next - 1).copied()
                    } else if let Ok(index) = root.parse::<usize>() {
                        positional.get(index).copied()
                    } else {
                        tree.children_by(call, Field::Argument)
                            .find(|&argument| {
                                tree.kind(argument) == Kind::KeywordArgument && tree.label(argument) == root
                            })
                            .and_then(|argument| tree.child(argument, Field::Value))
                    };
                    text.append(if is_whole {
                        self.filled(argument, call, numeric, depth)
                    } else {
                        Text::hole(argument.unwrap_or(call), numeric)
                    });
                }
            }
        }
        Value::from_text(text)
    }

    /// `separator.join(items)`.
    pub(super) fn joined(&self, separator: &str, items: NodeId, depth: u32) -> Value {
        match self.evaluate(items, depth - 1) {
            Value::List(values) => {
                let mut text = Text::default();
                for (index, value) in values.into_iter().enumerate() {
                    if index > 0 {
                        text.append(Text::literal(separator));
                    }
                    text.append(value.into_text(items));
                }
                Value::from_text(text)
            }
            Value::OneOf(options) => Value::OneOf(options),
            Value::Constant(constant) => Value::Constant(constant),
            Value::Text(text) => Value::Text(text),
            Value::Unknown { numeric } => Value::Text(Text::hole(items, numeric)),
        }
    }
}
