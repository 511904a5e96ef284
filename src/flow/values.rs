//! Values: what an expression is known to be, within one file.
//!
//! An expression is a constant, one of a closed set of constants, a text with holes (what string building leaves open), or
//! unknown. Each language's own expressions are folded in `python_values` and `rust_values`.

use super::Names;
use super::assigned::Assigned;
use crate::syntax::{Field, Kind, Language, NodeId, Tree};
use rustc_hash::FxHashSet;
use std::cell::{Cell, OnceCell};

/// Expressions looked at for one question; beyond it the answer is unknown.
const MAX_STEPS: u32 = 4_000;
/// How deep definitions of definitions are followed.
const MAX_DEPTH: u32 = 24;

/// A value known exactly.
#[derive(Debug, Clone, PartialEq)]
pub enum Constant {
    Str(String),
    /// Content as text, bytes above 127 as `\xNN`.
    Bytes(String),
    /// A number, as its value; integers beyond 2^53 lose precision.
    Number(f64),
    Bool(bool),
    None,
}

/// A place in a text that is not known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hole {
    /// The expression that fills it.
    pub node: NodeId,
    /// Whether only a number can stand there (`%d`, `int(x)`).
    pub numeric: bool,
}

/// A piece of a text.
#[derive(Debug, Clone, PartialEq)]
pub enum Part {
    Literal(String),
    Hole(Hole),
}

/// A text made of constant pieces and holes.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Text {
    /// The pieces in order.
    pub parts: Vec<Part>,
}

impl Text {
    /// A text of one constant.
    pub fn literal(text: impl Into<String>) -> Self {
        Self { parts: vec![Part::Literal(text.into())] }
    }

    /// A text of one hole.
    pub fn hole(node: NodeId, numeric: bool) -> Self {
        Self { parts: vec![Part::Hole(Hole { node, numeric })] }
    }

    /// Adds another text behind.
    pub fn append(&mut self, other: Self) {
        for part in other.parts {
            match (self.parts.last_mut(), part) {
                (Some(Part::Literal(last)), Part::Literal(next)) => last.push_str(&next),
                (_, part) => self.parts.push(part),
            }
        }
    }

    /// The holes.
    pub fn holes(&self) -> impl Iterator<Item = Hole> + '_ {
        self.parts.iter().filter_map(|part| match part {
            Part::Hole(hole) => Some(*hole),
            Part::Literal(_) => None,
        })
    }

    /// The text with `{}` for each hole.
    pub fn skeleton(&self) -> String {
        self.parts.iter().map(|part| if let Part::Literal(text) = part { text.as_str() } else { "{}" }).collect()
    }

    /// Whether a constant piece of at least one character is in it.
    pub fn has_literal(&self) -> bool {
        self.parts.iter().any(|part| matches!(part, Part::Literal(text) if !text.is_empty()))
    }

    fn into_constant(self) -> Result<String, Self> {
        if self.parts.iter().all(|part| matches!(part, Part::Literal(_))) { Ok(self.skeleton()) } else { Err(self) }
    }
}

/// What is known of an expression.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// Exactly this.
    Constant(Constant),
    /// One of these: a closed set that the program itself lists.
    OneOf(Vec<Constant>),
    /// A text with at least one hole.
    Text(Text),
    /// A list, tuple or set literal whose items are known as far as they are.
    List(Vec<Value>),
    /// Nothing is known; `numeric` when it can only be a number.
    Unknown {
        /// Whether it can only be a number.
        numeric: bool,
    },
}

impl Value {
    /// Nothing known.
    pub const UNKNOWN: Self = Self::Unknown { numeric: false };
    /// A number that is not known.
    pub const NUMBER: Self = Self::Unknown { numeric: true };

    /// A constant string.
    pub fn string(text: impl Into<String>) -> Self {
        Self::Constant(Constant::Str(text.into()))
    }

    /// Whether it is a constant or one of a closed set of constants.
    pub fn is_constant(&self) -> bool {
        match self {
            Self::Constant(_) | Self::OneOf(_) => true,
            Self::List(items) => items.iter().all(Self::is_constant),
            _ => false,
        }
    }

    /// The constant string, if it is exactly one.
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Self::Constant(Constant::Str(text) | Constant::Bytes(text)) => Some(text),
            _ => None,
        }
    }

    /// A text as value: a constant when it has no holes.
    pub fn from_text(text: Text) -> Self {
        match text.into_constant() {
            Ok(constant) => Self::string(constant),
            Err(text) => Self::Text(text),
        }
    }

    /// Whether it is, or holds as an item of a list, a text that `wanted` accepts.
    pub fn has_text(&self, wanted: &dyn Fn(&str) -> bool) -> bool {
        match self {
            Self::Constant(constant) => matches!(constant, Constant::Str(text) | Constant::Bytes(text) if wanted(text)),
            Self::OneOf(options) => options
                .iter()
                .any(|option| matches!(option, Constant::Str(text) | Constant::Bytes(text) if wanted(text))),
            Self::List(items) => items.iter().any(|item| item.has_text(wanted)),
            Self::Text(_) | Self::Unknown { .. } => false,
        }
    }

    /// The value as text, as string building would print it; a hole for `node` when unknown.
    pub fn into_text(self, node: NodeId) -> Text {
        match self {
            Self::Constant(constant) => Text::literal(constant.to_text()),
            Self::OneOf(options) => Text::literal(options.first().map_or_else(String::new, Constant::to_text)),
            Self::Text(text) => text,
            Self::List(_) => Text::hole(node, false),
            Self::Unknown { numeric } => Text::hole(node, numeric),
        }
    }

    /// What holds if either may be the case.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        match (self, other) {
            (left, right) if left == right => left,
            // A text with holes says most about what can happen.
            (Self::Text(text), _) | (_, Self::Text(text)) => Self::Text(text),
            (Self::Unknown { numeric: left }, Self::Unknown { numeric: right }) => {
                Self::Unknown { numeric: left && right }
            }
            // Either list: what one of them may hold.
            (Self::List(mut left), Self::List(right)) => {
                left.extend(right);
                Self::List(left)
            }
            (Self::Unknown { .. }, _) | (_, Self::Unknown { .. }) | (Self::List(_), _) | (_, Self::List(_)) => {
                Self::UNKNOWN
            }
            (left, right) => {
                let mut options = left.into_options();
                for option in right.into_options() {
                    if !options.contains(&option) {
                        options.push(option);
                    }
                }
                Self::OneOf(options)
            }
        }
    }

    fn into_options(self) -> Vec<Constant> {
        match self {
            Self::Constant(constant) => vec![constant],
            Self::OneOf(options) => options,
            _ => Vec::new(),
        }
    }
}

impl Constant {
    /// The constant as `str()` would print it.
    pub fn to_text(&self) -> String {
        match self {
            Self::Str(text) | Self::Bytes(text) => text.clone(),
            Self::Number(number) => number.to_string(),
            Self::Bool(true) => "True".to_owned(),
            Self::Bool(false) => "False".to_owned(),
            Self::None => "None".to_owned(),
        }
    }
}

/// Values of one tree.
#[derive(Debug)]
pub struct Values<'a> {
    names: &'a Names<'a>,
    steps: Cell<u32>,
    /// Rust functions of the file that return `&'static str`.
    pub(super) static_texts: OnceCell<FxHashSet<String>>,
}

impl<'a> Values<'a> {
    /// Values over resolved names.
    pub const fn new(names: &'a Names<'a>) -> Self {
        Self { names, steps: Cell::new(0), static_texts: OnceCell::new() }
    }

    /// The names.
    pub const fn names(&self) -> &'a Names<'a> {
        self.names
    }

    /// The tree.
    pub const fn tree(&self) -> &'a Tree {
        self.names.tree()
    }

    /// What an expression is known to be.
    pub fn value(&self, node: NodeId) -> Value {
        self.steps.set(0);
        self.evaluate(node, MAX_DEPTH)
    }

    /// The expression as text: constants, and holes for what is unknown.
    pub fn text(&self, node: NodeId) -> Text {
        self.value(node).into_text(node)
    }

    /// The value at a bounded depth; the languages' own folding calls back here.
    pub(super) fn evaluate(&self, node: NodeId, depth: u32) -> Value {
        let steps = self.steps.get();
        if depth == 0 || steps >= MAX_STEPS {
            return Value::UNKNOWN;
        }
        self.steps.set(steps + 1);
        let tree = self.tree();
        match tree.kind(node) {
            Kind::Str => Value::string(tree.label(node)),
            Kind::Bytes => Value::Constant(Constant::Bytes(tree.label(node).to_owned())),
            Kind::Number => number(tree.label(node)).map_or(Value::NUMBER, |n| Value::Constant(Constant::Number(n))),
            Kind::Bool => Value::Constant(Constant::Bool(tree.label(node) == "true")),
            Kind::Null => Value::Constant(Constant::None),
            // `[x; n]`: any number of the same item.
            Kind::List if tree.label(node) == ";" => Value::List(
                tree.child(node, Field::Item).map(|item| self.evaluate(item, depth - 1)).into_iter().collect(),
            ),
            Kind::List | Kind::Tuple | Kind::Set => {
                Value::List(
                    tree.children_by(node, Field::Item)
                        .map(|item| {
                            if tree.kind(item) == Kind::Splat { Value::UNKNOWN } else { self.evaluate(item, depth - 1) }
                        })
                        .collect(),
                )
            }
            Kind::Name => self.name_value(tree.label(node), node, depth),
            Kind::Compare | Kind::Boolean => Value::NUMBER,
            Kind::Conditional => {
                let then = tree.child(node, Field::Consequence).map_or(Value::UNKNOWN, |n| self.evaluate(n, depth - 1));
                let other =
                    tree.child(node, Field::Alternative).map_or(Value::UNKNOWN, |n| self.evaluate(n, depth - 1));
                then.or(other)
            }
            Kind::NamedExpression | Kind::Await | Kind::Question => {
                tree.child(node, Field::Value).map_or(Value::UNKNOWN, |n| self.evaluate(n, depth - 1))
            }
            _ => match tree.language() {
                Language::Rust => self.rust_value(node, depth),
                _ => self.python_value(node, depth),
            },
        }
    }

    /// The value of a name as seen from a node.
    pub(super) fn name_value(&self, name: &str, at: NodeId, depth: u32) -> Value {
        let Assigned { bases, augments } = Assigned::reaching(self.names, name, at);
        let mut value: Option<Value> = None;
        for base in bases {
            let next = self.definition_value(&base, name, depth - 1);
            value = Some(match value {
                None => next,
                Some(value) => value.or(next),
            });
        }
        let Some(value) = value else { return Value::UNKNOWN };
        if augments.is_empty() {
            return value;
        }
        if let Value::List(mut items) = value {
            // `origins += [...]`, `origins.append(x)`.
            for added in augments.iter().filter_map(|augment| augment.value) {
                match self.evaluate(added, depth - 1) {
                    Value::List(more) => items.extend(more),
                    item => items.push(item),
                }
            }
            return Value::List(items);
        }
        let mut text = value.into_text(at);
        for augment in augments {
            let Some(added) = augment.value else { return Value::UNKNOWN };
            text.append(self.evaluate(added, depth - 1).into_text(added));
        }
        Value::from_text(text)
    }

    /// The expressions that an expression may stand for: itself, or what its name was assigned.
    pub fn sources(&self, node: NodeId) -> Vec<NodeId> {
        let tree = self.tree();
        if tree.kind(node) != Kind::Name {
            return vec![node];
        }
        let assigned = Assigned::reaching(self.names, tree.label(node), node);
        if assigned.bases.is_empty() || !assigned.augments.is_empty() {
            return vec![node];
        }
        assigned
            .bases
            .iter()
            .map(|base| match (base.kind, base.value) {
                (super::DefinitionKind::Assign, Some(value)) => value,
                _ => node,
            })
            .collect()
    }

    /// Whether `name` may hold anything but constants: the inverse of [`Value::is_constant`] for expressions.
    pub fn is_constant(&self, node: NodeId) -> bool {
        self.value(node).is_constant()
    }
}

/// The value of a number's source text: Python and Rust prefixes, underscores, suffixes.
pub fn number(text: &str) -> Option<f64> {
    let text = text.replace('_', "").to_ascii_lowercase();
    for (prefix, radix) in [("0x", 16), ("0o", 8), ("0b", 2)] {
        if let Some(digits) = text.strip_prefix(prefix) {
            let digits = digits.split(['u', 'i']).next().unwrap_or(digits);
            #[expect(clippy::cast_precision_loss, reason = "documented on Constant::Number")]
            return i128::from_str_radix(digits, radix).ok().map(|n| n as f64);
        }
    }
    let digits = text.trim_end_matches('j');
    digits.parse().ok().or_else(|| {
        let end = digits.find(['u', 'i', 'f'])?;
        digits.get(..end)?.parse().ok()
    })
}
