//! What the analysis knows of a value: its node in the graph and, as far as it goes, what it is.

use super::super::{Constant, number};
use crate::facts::flow::{Callee, NodeIx, TypeIx};
use std::rc::Rc;

/// Items of a container that are tracked one by one.
pub(super) const MAX_ITEMS: usize = 64;
/// Characters of a constant text.
const MAX_TEXT: usize = 4_096;

/// A value.
#[derive(Debug, Clone, Default)]
pub(super) struct Value {
    /// Its node; `None` when nothing from outside can be in it, or only in the parts of `known`.
    pub node: Option<NodeIx>,
    /// What it is.
    pub known: Known,
    /// Its class.
    pub class: Option<TypeIx>,
    /// The parameter whose object it is.
    pub parameter: Option<u32>,
}

/// What a value is known to be.
#[derive(Debug, Clone, Default)]
pub(super) enum Known {
    #[default]
    Unknown,
    Constant(Rc<Constant>),
    /// A list, tuple or set with all its items.
    List(Rc<Vec<Value>>),
    /// A dictionary with all its entries, keys as text.
    Dict(Rc<Vec<(Constant, Value)>>),
    /// Something that can be called, with arguments that are given already.
    Callable(Rc<Callable>),
    /// The parts of the URL in a variable.
    UrlParts(Rc<str>),
    /// The host of the URL in a variable.
    UrlHost(Rc<str>),
    /// A path without `..` and symbolic links.
    ResolvedPath,
    /// A compiled regular expression, as written.
    Pattern(Rc<str>),
    /// A text that begins with this.
    Prefix(Rc<str>),
}

/// A function as a value.
#[derive(Debug, Clone)]
pub(super) struct Callable {
    pub callee: Callee,
    /// Arguments that `partial` gave.
    pub bound: Vec<(Option<Rc<str>>, Value)>,
    /// The receiver of a bound method.
    pub receiver: Option<Value>,
}

impl Value {
    pub fn of_node(node: Option<NodeIx>) -> Self {
        Self { node, ..Self::default() }
    }

    pub fn constant(constant: Constant) -> Self {
        let is_long = matches!(&constant, Constant::Str(text) | Constant::Bytes(text) if text.len() > MAX_TEXT);
        if is_long {
            return Self::default();
        }
        Self { known: Known::Constant(Rc::new(constant)), ..Self::default() }
    }

    pub fn known(known: Known) -> Self {
        Self { known, ..Self::default() }
    }

    pub fn as_constant(&self) -> Option<&Constant> {
        match &self.known {
            Known::Constant(constant) => Some(constant),
            _ => None,
        }
    }

    pub fn as_text(&self) -> Option<&str> {
        match self.as_constant()? {
            Constant::Str(text) => Some(text),
            _ => None,
        }
    }

    /// The number, if it is a whole one.
    #[expect(clippy::cast_possible_truncation, reason = "the range is checked")]
    pub fn as_index(&self) -> Option<i64> {
        match self.as_constant()? {
            Constant::Number(number) if number.fract() == 0.0 && number.abs() < 1e9 => Some(*number as i64),
            _ => None,
        }
    }

    /// Whether it counts as true; `None` when unknown.
    pub fn truth(&self) -> Option<bool> {
        match &self.known {
            Known::Constant(constant) => Some(match &**constant {
                Constant::Str(text) | Constant::Bytes(text) => !text.is_empty(),
                Constant::Number(number) => *number != 0.0,
                Constant::Bool(truth) => *truth,
                Constant::None => false,
            }),
            Known::List(items) => Some(!items.is_empty()),
            Known::Dict(entries) => Some(!entries.is_empty()),
            Known::Callable(_) => Some(true),
            _ => None,
        }
    }

    /// What the text is known to begin with.
    pub fn prefix(&self) -> Option<&str> {
        match &self.known {
            Known::Prefix(prefix) => Some(prefix),
            _ => self.as_text(),
        }
    }

    /// Whether both are the same as far as is known.
    pub fn is_same(&self, other: &Self) -> bool {
        self.node == other.node && self.known.is_same(&other.known)
    }
}

impl Known {
    pub fn is_same(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Unknown, Self::Unknown) | (Self::ResolvedPath, Self::ResolvedPath) => true,
            (Self::Constant(left), Self::Constant(right)) => left == right,
            (Self::List(left), Self::List(right)) => {
                Rc::ptr_eq(left, right)
                    || left.len() == right.len()
                        && left.iter().zip(right.iter()).all(|(left, right)| left.is_same(right))
            }
            (Self::Dict(left), Self::Dict(right)) => Rc::ptr_eq(left, right),
            (Self::Callable(left), Self::Callable(right)) => Rc::ptr_eq(left, right),
            (Self::UrlParts(left), Self::UrlParts(right))
            | (Self::UrlHost(left), Self::UrlHost(right))
            | (Self::Pattern(left), Self::Pattern(right))
            | (Self::Prefix(left), Self::Prefix(right)) => left == right,
            _ => false,
        }
    }

    /// Whether it is a container that is known item by item.
    pub const fn is_container(&self) -> bool {
        matches!(self, Self::List(_) | Self::Dict(_))
    }
}

/// `left op right` for constants.
pub(super) fn arithmetic(operator: &str, left: &Constant, right: &Constant) -> Option<Constant> {
    match (left, right) {
        (Constant::Number(left), Constant::Number(right)) => {
            let result = match operator {
                "+" => left + right,
                "-" => left - right,
                "*" => left * right,
                "/" if *right != 0.0 => left / right,
                "//" if *right != 0.0 => (left / right).floor(),
                "%" if *right != 0.0 => left - right * (left / right).floor(),
                "**" => left.powf(*right),
                _ => return None,
            };
            result.is_finite().then_some(Constant::Number(result))
        }
        (Constant::Str(left), Constant::Str(right)) if operator == "+" => {
            (left.len() + right.len() <= MAX_TEXT).then(|| Constant::Str(format!("{left}{right}")))
        }
        (Constant::Str(text), Constant::Number(times)) | (Constant::Number(times), Constant::Str(text))
            if operator == "*" && (0.0..=64.0).contains(times) && text.len() <= 64 =>
        {
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the range is checked")]
            let times = *times as usize;
            Some(Constant::Str(text.repeat(times)))
        }
        _ => None,
    }
}

/// `left op right` for constants, as a truth value.
pub(super) fn comparison(operator: &str, left: &Constant, right: &Constant) -> Option<bool> {
    match operator {
        "==" => Some(left == right),
        "!=" => Some(left != right),
        "is" => matches!((left, right), (Constant::None, _) | (_, Constant::None)).then(|| left == right),
        "is not" => matches!((left, right), (Constant::None, _) | (_, Constant::None)).then(|| left != right),
        "in" | "not in" => match (left, right) {
            (Constant::Str(piece), Constant::Str(text)) => Some(text.contains(piece.as_str()) == (operator == "in")),
            _ => None,
        },
        _ => {
            let order = match (left, right) {
                (Constant::Number(left), Constant::Number(right)) => left.partial_cmp(right)?,
                (Constant::Str(left), Constant::Str(right)) => left.cmp(right),
                _ => return None,
            };
            match operator {
                "<" => Some(order.is_lt()),
                "<=" => Some(order.is_le()),
                ">" => Some(order.is_gt()),
                ">=" => Some(order.is_ge()),
                _ => None,
            }
        }
    }
}

/// What a method of a constant text gives back.
pub(super) fn text_method(text: &str, method: &str, arguments: &[Value]) -> Option<Value> {
    let string = |text: String| Some(Value::constant(Constant::Str(text)));
    let truth = |truth: bool| Some(Value::constant(Constant::Bool(truth)));
    let first = arguments.first().and_then(Value::as_text);
    match (method, first) {
        ("upper", _) => string(text.to_uppercase()),
        ("lower" | "casefold", _) => string(text.to_lowercase()),
        ("strip", None) => string(text.trim().to_owned()),
        ("lstrip", None) => string(text.trim_start().to_owned()),
        ("rstrip", None) => string(text.trim_end().to_owned()),
        ("title", _) => None,
        ("startswith", Some(prefix)) => truth(text.starts_with(prefix)),
        ("endswith", Some(suffix)) => truth(text.ends_with(suffix)),
        ("removeprefix", Some(prefix)) => string(text.strip_prefix(prefix).unwrap_or(text).to_owned()),
        ("removesuffix", Some(suffix)) => string(text.strip_suffix(suffix).unwrap_or(text).to_owned()),
        ("replace", Some(old)) if !old.is_empty() && arguments.len() == 2 => {
            string(text.replace(old, arguments[1].as_text()?))
        }
        ("isdigit" | "isdecimal" | "isnumeric", _) => truth(!text.is_empty() && text.chars().all(char::is_numeric)),
        ("isalpha", _) => truth(!text.is_empty() && text.chars().all(char::is_alphabetic)),
        ("isalnum", _) => truth(!text.is_empty() && text.chars().all(char::is_alphanumeric)),
        ("split", Some(separator)) if !separator.is_empty() && arguments.len() == 1 => {
            let items: Vec<Value> =
                text.split(separator).map(|item| Value::constant(Constant::Str(item.to_owned()))).collect();
            (items.len() <= MAX_ITEMS).then(|| Value::known(Known::List(Rc::new(items))))
        }
        _ => None,
    }
}

/// The place in a sequence that a Python index means.
pub(super) fn place(index: i64, length: usize) -> Option<usize> {
    let length = i64::try_from(length).ok()?;
    let place = if index < 0 { index + length } else { index };
    (0..length).contains(&place).then(|| usize::try_from(place).ok()).flatten()
}

/// The constant that a number's source text means.
pub(super) fn number_constant(text: &str) -> Option<Constant> {
    number(text).map(Constant::Number)
}
