//! The tree of a pattern: code nodes with operators in between.

use crate::regexes::LazyRegex;
use crate::syntax::{Field, Kind};
use std::sync::Arc;

/// What a pattern node asks for.
#[derive(Debug, Clone)]
pub(super) enum Operator {
    /// A node of this kind, label and children.
    Code,
    /// `...`: any sequence where a sequence stands, any one thing elsewhere.
    Ellipsis,
    /// `$X`.
    Metavariable(Arc<str>),
    /// `$...XS`.
    MetaEllipsis(Arc<str>),
    /// `<... p ...>`: `p` (the only child) anywhere below.
    Deep,
    /// `($X: T)`: an expression that comes from one of these types or makers.
    Typed(Arc<str>, Vec<String>),
    /// `p. ... `: `p` (the only child) with any links of a chain behind it.
    Chain,
}

/// What a pattern node asks of a label.
#[derive(Debug, Clone)]
pub(super) enum Label {
    /// Anything: `"..."`, operators that are not compared.
    Any,
    /// Exactly this.
    Exact(Box<str>),
    /// Anything, bound: `"$X"`, `def $F`.
    Metavariable(Arc<str>),
    /// `"=~/regex/"`.
    Regex(LazyRegex),
    /// `"prefix $X suffix"`: a regular expression whose groups are the metavariables in order.
    Pieces(LazyRegex, Vec<Arc<str>>),
}

/// A node of a pattern.
#[derive(Debug, Clone)]
pub(super) struct PatternNode {
    pub operator: Operator,
    pub kind: Kind,
    pub field: Field,
    pub label: Label,
    pub children: Vec<PatternNode>,
}

impl PatternNode {
    pub const fn ellipsis(field: Field) -> Self {
        Self {
            operator: Operator::Ellipsis,
            kind: Kind::PatternEllipsis,
            field,
            label: Label::Any,
            children: Vec::new(),
        }
    }

    pub fn metavariable(name: &str, field: Field) -> Self {
        Self {
            operator: Operator::Metavariable(name.into()),
            kind: Kind::MetaVariable,
            field,
            label: Label::Any,
            children: Vec::new(),
        }
    }

    pub const fn is_code(&self, kind: Kind) -> bool {
        matches!(self.operator, Operator::Code) && self.kind as u8 == kind as u8
    }

    /// Whether it can stand for a sequence of nodes.
    pub const fn is_sequence(&self) -> bool {
        matches!(self.operator, Operator::Ellipsis | Operator::MetaEllipsis(_))
    }

    pub fn child(&self, field: Field) -> Option<&Self> {
        self.children.iter().find(|child| child.field == field)
    }

    pub fn children_by(&self, field: Field) -> impl Iterator<Item = &Self> {
        self.children.iter().filter(move |child| child.field == field)
    }

    /// The exact label, if it asks for one.
    pub fn exact(&self) -> Option<&str> {
        if let Label::Exact(label) = &self.label { Some(label) } else { None }
    }
}
