//! Building the tree from syn's: opening and closing nodes, spans, depth. What each construct becomes stands in the
//! sibling modules, which all extend [`Lowering`].
//!
//! Every lowering method adds one node (or none) and returns the span of the whole construct in the text, parentheses
//! included, which may be wider than the node's own.

use super::place::Place;
use super::recovery::Patch;
use crate::source::Span;
use crate::syntax::{Field, Kind, MAX_DEPTH, NodeId, Problem, TreeBuilder};
use proc_macro2::Ident;
use proc_macro2::Span as TokenSpan;

/// How deep left-leaning chains (`a.b().c()`, `a + b + c`, `if .. else if ..`) may make a tree. Builders with hundreds of
/// calls are real code, and a chain's links nest only in the tree, not in the text.
pub const CHAIN_DEPTH: usize = 3 * MAX_DEPTH;

/// The state of one file's lowering.
#[derive(Debug)]
pub(super) struct Lowering<'t> {
    pub builder: TreeBuilder,
    pub text: &'t str,
    /// Where the spans of the piece being lowered stand.
    pub place: Place<'t>,
    pub problems: Vec<Problem>,
    /// A body to be recovered in place of an empty one that stands for it.
    pub patch: Option<Patch>,
    /// Stack that the thread can spare for the parser.
    pub stack: u32,
    /// Bytes of macro arguments that may still be parsed; nested macros are parsed once a level.
    pub macro_bytes: usize,
    /// Inside an attribute `name = value` is an argument, not an assignment.
    pub in_attribute: bool,
    depth: usize,
    nesting: usize,
    /// The node that stands for everything too deep while it is being walked.
    cut: Option<NodeId>,
}

/// A node that is open, to be handed to [`Lowering::close`].
#[derive(Debug, Clone, Copy)]
#[must_use]
pub(super) struct Open {
    pub id: NodeId,
    link: bool,
}

impl<'t> Lowering<'t> {
    pub fn new(builder: TreeBuilder, text: &'t str, stack: u32) -> Self {
        Self {
            builder,
            text,
            place: Place::new("", 0),
            problems: Vec::new(),
            patch: None,
            stack,
            macro_bytes: text.len().saturating_mul(8).saturating_add(1 << 16),
            in_attribute: false,
            depth: 0,
            nesting: 0,
            cut: None,
        }
    }

    /// Opens a node one level further down. Beyond the depth limit an Error node is opened in its place, and whatever is
    /// added below it is thrown away when it closes.
    pub fn open(&mut self, kind: Kind, field: Field) -> Open {
        self.nesting += 1;
        self.open_at(kind, field, false)
    }

    /// Opens a node that continues a chain: not deeper in the text, only in the tree.
    pub fn open_link(&mut self, kind: Kind, field: Field) -> Open {
        self.open_at(kind, field, true)
    }

    fn open_at(&mut self, kind: Kind, field: Field, link: bool) -> Open {
        self.depth += 1;
        let too_deep = self.nesting > MAX_DEPTH || self.depth > CHAIN_DEPTH;
        let cutting = too_deep && self.cut.is_none();
        let kind = if cutting { Kind::Error } else { kind };
        let id = self.builder.open(kind, field, Span::default());
        if cutting {
            self.cut = Some(id);
        }
        Open { id, link }
    }

    /// Closes a node with its final span.
    pub fn close(&mut self, open: Open, span: Span) {
        self.depth -= 1;
        if !open.link {
            self.nesting -= 1;
        }
        self.builder.set_span(open.id, span);
        if self.cut == Some(open.id) {
            self.cut = None;
            self.builder.truncate(NodeId(open.id.0 + 1));
            self.problem(span, "nested too deeply to be read");
        }
        self.builder.close(open.id);
    }

    /// Closes a node with a label that stands in the text.
    pub fn close_labelled(&mut self, open: Open, span: Span, label: Span) {
        self.label_span(open, label);
        self.close(open, span);
    }

    pub fn label_span(&mut self, open: Open, label: Span) {
        if self.cut != Some(open.id) {
            self.builder.label_span(open.id, label);
        }
    }

    pub fn label(&mut self, open: Open, label: &str) {
        if self.cut != Some(open.id) {
            self.builder.label(open.id, label);
        }
    }

    /// Adds a node without children and label.
    pub fn leaf(&mut self, kind: Kind, field: Field, span: Span) -> Span {
        let id = self.builder.leaf(kind, field, span);
        self.builder.close(id);
        span
    }

    /// Adds a node without children whose label stands in the text.
    pub fn labelled_leaf(&mut self, kind: Kind, field: Field, span: Span, label: Span) -> Span {
        let id = self.builder.labelled_leaf(kind, field, span, label);
        self.builder.close(id);
        span
    }

    pub fn problem(&mut self, span: Span, message: impl Into<String>) {
        self.problems.push(Problem { span, message: message.into() });
    }

    pub fn start(&self, span: TokenSpan) -> usize {
        self.place.start(span)
    }

    pub fn end(&self, span: TokenSpan) -> usize {
        self.place.end(span)
    }

    pub fn range(&self, span: TokenSpan) -> Span {
        Span::from_range(self.start(span)..self.end(span))
    }

    /// Span of a token whose length is known.
    pub fn token(&self, span: TokenSpan, length: usize) -> Span {
        let start = self.start(span);
        Span::from_range(start..(start + length).min(self.text.len()))
    }

    /// An identifier's span, and the span of its name without `r#`.
    pub fn ident(&self, ident: &Ident) -> (Span, Span) {
        let start = self.start(ident.span());
        let bytes = self.text.as_bytes();
        let name = if bytes[start..].starts_with(b"r#") { start + 2 } else { start };
        let mut end = name;
        while bytes.get(end).is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte == b'_') {
            end += 1;
        }
        if bytes.get(end).is_some_and(|byte| *byte >= 0x80) {
            end = self.end(ident.span());
        }
        (Span::from_range(start..end), Span::from_range(name.min(end)..end))
    }

    /// Adds a [`Kind::Name`].
    pub fn name(&mut self, ident: &Ident, field: Field) -> Span {
        let (span, label) = self.ident(ident);
        self.labelled_leaf(Kind::Name, field, span, label)
    }

    /// Adds a [`Kind::Modifier`] for a word that stands in the text.
    pub fn modifier(&mut self, span: TokenSpan, length: usize) -> Span {
        let span = self.token(span, length);
        self.labelled_leaf(Kind::Modifier, Field::Modifier, span, span)
    }

    /// What stands between the brackets of a group, white space trimmed.
    pub fn inside(&self, group: Span) -> Span {
        let (start, end) = (group.start as usize + 1, (group.end as usize).saturating_sub(1));
        let inner = self.text.get(start..end).unwrap_or("");
        let left = inner.len() - inner.trim_start().len();
        Span::from_range(start + left..start + left + inner.trim().len())
    }
}

/// The span from one construct's start to another's end.
pub(super) fn between(first: Span, last: Span) -> Span {
    Span::new(first.start, last.end.max(first.end))
}

/// The span over one that may not be there and another.
pub(super) fn cover(first: Option<Span>, more: Span) -> Span {
    first.map_or(more, |span| span.cover(more))
}
