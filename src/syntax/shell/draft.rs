//! A tree in the making whose nodes can still get children when later ones exist: a here-document belongs to a redirect
//! that was read a line earlier, and a pipeline is known only behind its first command.

use crate::source::Span;
use crate::syntax::{Field, Kind, NodeId, Problem, TreeBuilder};

/// A node of a draft.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct DraftId(usize);

#[derive(Debug)]
enum Label {
    None,
    /// Stands in the tree's text as it is.
    At(Span),
    Text(Box<str>),
}

#[derive(Debug)]
struct DraftNode {
    kind: Kind,
    field: Field,
    span: Span,
    label: Label,
    children: Vec<DraftId>,
}

/// Nodes, comments and problems, all in offsets of the tree's text.
#[derive(Debug)]
pub(super) struct Draft<'text> {
    /// The tree's text.
    real: &'text str,
    nodes: Vec<DraftNode>,
    pub(super) comments: Vec<Span>,
    pub(super) problems: Vec<Problem>,
}

/// A point to come back to.
#[derive(Debug, Clone, Copy)]
pub(super) struct Mark {
    nodes: usize,
    comments: usize,
    problems: usize,
}

impl<'text> Draft<'text> {
    pub(super) const fn new(real: &'text str) -> Self {
        Self { real, nodes: Vec::new(), comments: Vec::new(), problems: Vec::new() }
    }

    pub(super) fn add(&mut self, kind: Kind, field: Field, span: Span) -> DraftId {
        self.nodes.push(DraftNode { kind, field, span, label: Label::None, children: Vec::new() });
        DraftId(self.nodes.len() - 1)
    }

    pub(super) fn adopt(&mut self, parent: DraftId, child: DraftId) {
        self.nodes[parent.0].children.push(child);
    }

    pub(super) fn span(&self, id: DraftId) -> Span {
        self.nodes[id.0].span
    }

    pub(super) fn set_span(&mut self, id: DraftId, span: Span) {
        self.nodes[id.0].span = span;
    }

    pub(super) fn set_kind(&mut self, id: DraftId, kind: Kind) {
        self.nodes[id.0].kind = kind;
    }

    pub(super) fn set_field(&mut self, id: DraftId, field: Field) {
        self.nodes[id.0].field = field;
    }

    /// Sets a label; `place` is where it may stand in the tree's text.
    pub(super) fn label(&mut self, id: DraftId, label: &str, place: Span) {
        self.nodes[id.0].label = if label.is_empty() {
            Label::None
        } else if self.real.get(place.range()) == Some(label) {
            Label::At(place)
        } else {
            Label::Text(label.into())
        };
    }

    /// The label given to a node so far.
    pub(super) fn label_of(&self, id: DraftId) -> &str {
        match &self.nodes[id.0].label {
            Label::None => "",
            Label::At(span) => self.real.get(span.range()).unwrap_or(""),
            Label::Text(text) => text,
        }
    }

    /// Where the label stands in the tree's text, or the node where it does not.
    pub(super) fn label_place(&self, id: DraftId) -> Span {
        match self.nodes[id.0].label {
            Label::At(span) => span,
            Label::None | Label::Text(_) => self.nodes[id.0].span,
        }
    }

    /// The children with a role.
    pub(super) fn children(&self, id: DraftId, field: Field) -> impl Iterator<Item = DraftId> + '_ {
        self.nodes[id.0].children.iter().copied().filter(move |child| self.nodes[child.0].field == field)
    }

    pub(super) fn child_count(&self, id: DraftId) -> usize {
        self.nodes[id.0].children.len()
    }

    /// Lets go of all but the first children.
    pub(super) fn keep_children(&mut self, id: DraftId, count: usize) {
        self.nodes[id.0].children.truncate(count);
    }

    pub(super) fn mark(&self) -> Mark {
        Mark { nodes: self.nodes.len(), comments: self.comments.len(), problems: self.problems.len() }
    }

    /// Forgets what came after a mark. Nothing older may have adopted it.
    pub(super) fn rewind(&mut self, mark: Mark) {
        self.nodes.truncate(mark.nodes);
        self.comments.truncate(mark.comments);
        self.problems.truncate(mark.problems);
    }

    /// Writes a node and all below it. The nesting was bounded when the draft was made.
    pub(super) fn emit(&self, builder: &mut TreeBuilder, id: DraftId) -> NodeId {
        let node = &self.nodes[id.0];
        let written = builder.open(node.kind, node.field, node.span);
        match &node.label {
            Label::None => {}
            Label::At(span) => builder.label_span(written, *span),
            Label::Text(text) => builder.label(written, text),
        }
        let mut span = node.span;
        for &child in &node.children {
            let child = self.emit(builder, child);
            span = span.cover(builder.span(child));
        }
        builder.set_span(written, span);
        builder.close(written);
        written
    }
}
