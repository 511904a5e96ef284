//! Texts: formatting, concatenation, and what a constant beginning says of what follows.

use super::super::Constant;
use super::calls::Argument;
use super::interpreter::Interpreter;
use super::lanes::LaneSet;
use super::value::{self, Known, MAX_ITEMS, Value};
use super::weakness::{Protection, Weakness};
use crate::facts::flow::{Action, NodeIx, Slot};
use crate::syntax::{Field, Kind, Language, NodeId};
use std::rc::Rc;

impl Interpreter<'_> {
    pub fn formatted(&mut self, id: NodeId) -> Value {
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
    pub fn cleared_behind(&mut self, prefix: &str) -> LaneSet {
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

    pub fn binary(&mut self, id: NodeId) -> Value {
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
    pub fn percent(&mut self, id: NodeId, format: &Value, right: NodeId) -> Value {
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

    pub fn brace_format(&mut self, id: NodeId, format: &str, arguments: &[Argument]) -> Value {
        use super::super::format::{Piece as FormatPiece, braces};
        let positional: Vec<&Argument> =
            arguments.iter().filter(|argument| matches!(argument.slot, Slot::Position(_))).collect();
        let mut next = 0;
        let mut parts: Vec<(Value, bool)> = Vec::new();
        for piece in braces(format) {
            match piece {
                FormatPiece::Literal(literal) => parts.push((Value::constant(Constant::Str(literal)), false)),
                FormatPiece::Field { name, numeric } => {
                    let root = name.split(['.', '[']).next().unwrap_or(&name);
                    let argument = if root.is_empty() {
                        next += 1;
                        positional.get(next - 1).copied()
                    } else if let Ok(index) = root.parse::<usize>() {
                        positional.get(index).copied()
                    } else {
                        let root = self.graph.name(root);
                        arguments.iter().find(|argument| argument.slot == Slot::Keyword(root))
                    };
                    let value = argument
                        .or_else(|| {
                            arguments.iter().find(|argument| matches!(argument.slot, Slot::Rest | Slot::Keywords))
                        })
                        .map(|argument| argument.value.clone())
                        .unwrap_or_default();
                    parts.push((value, numeric));
                }
            }
        }
        self.text_of(id, &parts)
    }

    pub fn joined_texts(&mut self, id: NodeId, separator: &str, values: &[Value]) -> Value {
        let Some(first) = values.first() else { return Value::default() };
        if let Known::List(items) = &first.known {
            let mut parts: Vec<(Value, bool)> = Vec::new();
            for (index, item) in items.iter().enumerate() {
                if index > 0 {
                    parts.push((Value::constant(Constant::Str(separator.to_owned())), false));
                }
                parts.push((item.clone(), false));
            }
            return self.text_of(id, &parts);
        }
        self.made_of(values, id, LaneSet::NONE)
    }
}
