//! Literals as text with their places, and texts inside them.

use crate::source::Span;
use crate::syntax::{Field, Kind, Language, NodeId, Tree};

/// A constant text in a tree.
#[derive(Debug, Clone)]
pub(super) struct Literal {
    pub(super) node: NodeId,
    pub(super) text: String,
    /// The literal with its quotes, in the tree's text.
    pub(super) span: Span,
    /// Without its quotes.
    pub(super) secret: Span,
}

impl Literal {
    /// The literal that a node is: strings, words without variables, numbers of YAML.
    pub(super) fn of(tree: &Tree, node: NodeId) -> Option<Self> {
        match tree.kind(node) {
            Kind::Str | Kind::Bytes => {}
            // A number in JSON or code is a number; in YAML it is a password that nobody quoted.
            Kind::Number if tree.language() == Language::Yaml => {}
            Kind::Word if tree.child(node, Field::Part).is_none() => {}
            _ => return None,
        }
        let span = tree.span(node);
        let secret = tree.label_span(node).unwrap_or_else(|| unquoted(tree, node));
        Some(Self { node, text: tree.label(node).to_owned(), span, secret })
    }

    /// The part of the literal from a byte of its text on, when that part stands in the source as it is.
    pub(super) fn tail(&self, tree: &Tree, from: usize) -> Option<Self> {
        self.part(tree, from, self.text.len())
    }

    /// A part of the literal's text, by bytes.
    pub(super) fn part(&self, tree: &Tree, from: usize, to: usize) -> Option<Self> {
        let text = self.text.get(from..to)?;
        let source = tree.text().get(self.secret.range())?;
        // Where escapes were resolved, the part is looked up in the source; its first occurrence will do for masking.
        let at = if source == self.text { from } else { source.find(text)? };
        let start = self.secret.start as usize + at;
        let span = Span::from_range(start..start + text.len());
        Some(Self { node: self.node, text: text.to_owned(), span, secret: span })
    }

    /// The same with quotes around the text taken off.
    pub(super) fn without_quotes(self, tree: &Tree) -> Self {
        let length = self.text.len();
        let quoted = length >= 2
            && matches!(self.text.as_bytes()[0], b'"' | b'\'')
            && self.text.as_bytes()[0] == self.text.as_bytes()[length - 1];
        if quoted { self.part(tree, 1, length - 1).unwrap_or(self) } else { self }
    }
}

/// The inside of a string literal's quotes, prefixes (`b`, `r#`) and all.
fn unquoted(tree: &Tree, node: NodeId) -> Span {
    let span = tree.span(node);
    let source = tree.source(node);
    let Some(open) = source.find(['"', '\'']) else { return span };
    let quote = &source[open..=open];
    let Some(close) = source.rfind(quote) else { return span };
    if close <= open {
        return span;
    }
    let triple = quote.repeat(3);
    let inner = source[open..].starts_with(&triple) && source.len() >= open + 6;
    let width = if inner { 3 } else { 1 };
    let start = span.start as usize + open + width;
    let end = (span.start as usize + close + 1).saturating_sub(width);
    Span::from_range(start..end.max(start))
}
