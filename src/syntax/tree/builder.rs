//! Building a tree, node by node in pre-order.

use super::super::{Field, Kind, Language};
use super::{Node, NodeId, Tree};
use crate::source::{OffsetMap, Span};
use std::sync::Arc;

/// Builds a tree in pre-order: open a node, add its children, close it.
///
/// ```
/// use bartizan::syntax::{Field, Kind, Language, TreeBuilder};
/// use bartizan::source::Span;
/// let mut builder = TreeBuilder::new(Language::Python, "x");
/// let root = builder.open(Kind::Module, Field::None, Span::new(0, 1));
/// let name = builder.leaf(Kind::Name, Field::Statement, Span::new(0, 1));
/// builder.label_span(name, Span::new(0, 1));
/// builder.close(root);
/// let tree = builder.finish();
/// assert_eq!(tree.label(name), "x");
/// ```
#[derive(Debug)]
pub struct TreeBuilder {
    language: Language,
    text: Arc<str>,
    extra: String,
    nodes: Vec<Node>,
    comments: Vec<Span>,
    aliases: Vec<(NodeId, NodeId)>,
}

impl TreeBuilder {
    /// A builder for a text.
    pub fn new(language: Language, text: impl Into<Arc<str>>) -> Self {
        let text = text.into();
        let nodes = Vec::with_capacity(text.len() / 6 + 4);
        Self { language, text, extra: String::new(), nodes, comments: Vec::new(), aliases: Vec::new() }
    }

    /// The text that is being parsed.
    pub fn text(&self) -> &Arc<str> {
        &self.text
    }

    /// Adds a node and leaves it open: nodes added before [`TreeBuilder::close`] are below it.
    #[expect(clippy::cast_possible_truncation, reason = "fewer nodes than bytes in the text")]
    pub fn open(&mut self, kind: Kind, field: Field, span: Span) -> NodeId {
        let id = self.nodes.len() as u32;
        self.nodes.push(Node { kind, field, span, label: Span::default(), end: id + 1 });
        NodeId(id)
    }

    /// Adds a node without children (children may still follow if it is closed later).
    pub fn leaf(&mut self, kind: Kind, field: Field, span: Span) -> NodeId {
        self.open(kind, field, span)
    }

    /// Adds a node without children whose label stands in the text.
    pub fn labelled_leaf(&mut self, kind: Kind, field: Field, span: Span, label: Span) -> NodeId {
        let id = self.open(kind, field, span);
        self.label_span(id, label);
        id
    }

    /// Closes a node: what was added since its opening is its subtree.
    #[expect(clippy::cast_possible_truncation, reason = "fewer nodes than bytes in the text")]
    pub fn close(&mut self, id: NodeId) {
        self.nodes[id.index()].end = self.nodes.len() as u32;
    }

    /// Sets a label that stands in the text as it is.
    pub fn label_span(&mut self, id: NodeId, label: Span) {
        self.nodes[id.index()].label = label;
    }

    /// Sets a label that does not stand in the text as it is.
    #[expect(clippy::cast_possible_truncation, reason = "the reader refuses files of 4 GiB and more")]
    pub fn label(&mut self, id: NodeId, label: &str) {
        let start = (self.text.len() + self.extra.len()) as u32;
        self.extra.push_str(label);
        self.nodes[id.index()].label = Span::new(start, start + label.len() as u32);
    }

    /// Replaces the span of a node, for nodes whose end is known only after their children.
    pub fn set_span(&mut self, id: NodeId, span: Span) {
        self.nodes[id.index()].span = span;
    }

    /// Replaces kind and keeps all else, for constructs that are recognised only after their first child.
    pub fn set_kind(&mut self, id: NodeId, kind: Kind) {
        self.nodes[id.index()].kind = kind;
    }

    /// Replaces the role of a node.
    pub fn set_field(&mut self, id: NodeId, field: Field) {
        self.nodes[id.index()].field = field;
    }

    /// Id just behind the last node of a closed subtree.
    pub fn subtree_end(&self, id: NodeId) -> u32 {
        self.nodes[id.index()].end
    }

    /// The span given to a node so far.
    pub fn span(&self, id: NodeId) -> Span {
        self.nodes[id.index()].span
    }

    /// The kind given to a node so far.
    pub fn kind(&self, id: NodeId) -> Kind {
        self.nodes[id.index()].kind
    }

    /// The role given to a node so far.
    pub fn field(&self, id: NodeId) -> Field {
        self.nodes[id.index()].field
    }

    /// Wraps everything added from `first` on into a new node in front of it (`a` already added, then `.b` is seen).
    /// The wrapped node's role becomes `field_inside`; ids from `first` on grow by one.
    pub fn wrap(&mut self, first: NodeId, kind: Kind, span: Span, field_inside: Field) -> NodeId {
        let field = self.nodes[first.index()].field;
        self.nodes[first.index()].field = field_inside;
        self.nodes.insert(first.index(), Node { kind, field, span, label: Span::default(), end: 0 });
        for node in &mut self.nodes[first.index() + 1..] {
            node.end += 1;
        }
        self.close(first);
        first
    }

    /// Forgets everything added from `first` on.
    pub fn truncate(&mut self, first: NodeId) {
        self.nodes.truncate(first.index());
    }

    /// The id that the next node will get.
    #[expect(clippy::cast_possible_truncation, reason = "fewer nodes than bytes in the text")]
    pub fn next_id(&self) -> NodeId {
        NodeId(self.nodes.len() as u32)
    }

    /// Notes a comment (with its marker).
    pub fn comment(&mut self, span: Span) {
        self.comments.push(span);
    }

    /// Notes what an alias stands for.
    pub fn alias(&mut self, alias: NodeId, target: NodeId) {
        self.aliases.push((alias, target));
    }

    /// The tree. A builder without nodes gives a tree with an empty root.
    pub fn finish(self) -> Tree {
        self.finish_mapped(None)
    }

    /// The tree of a text that was cut out of a file.
    pub fn finish_mapped(mut self, map: Option<OffsetMap>) -> Tree {
        if self.nodes.is_empty() {
            self.open(Kind::Module, Field::None, Span::from_range(0..self.text.len()));
        }
        self.close(NodeId::ROOT);
        self.aliases.sort_unstable();
        self.comments.sort_unstable();
        Tree {
            language: self.language,
            text: self.text,
            extra: self.extra,
            nodes: self.nodes,
            parents: std::sync::OnceLock::new(),
            comments: self.comments,
            aliases: self.aliases,
            map,
        }
    }
}
