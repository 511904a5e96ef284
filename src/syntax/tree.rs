//! The one tree: nodes in pre-order in a flat vector.
//!
//! A tree knows the text it was made from and nothing else: no rules, no file system. Its nodes carry spans in that text;
//! for a text cut out of a file (a Markdown fence, a notebook cell) [`Tree::file_span`] maps them to the file.

mod builder;

pub use builder::TreeBuilder;

use super::{Field, Kind, Language};
use crate::source::{OffsetMap, Span};
use std::sync::Arc;

/// Index of a node in its tree (0-based, pre-order; the root is 0).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct NodeId(pub u32);

impl NodeId {
    /// The root of every tree.
    pub const ROOT: Self = Self(0);

    /// The index for slices.
    pub const fn index(self) -> usize {
        self.0 as usize
    }
}

/// One node, 28 bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Node {
    /// What it is.
    pub kind: Kind,
    /// Its role in its parent.
    pub field: Field,
    /// Byte span in the tree's text.
    pub span: Span,
    /// Where the label stands: in the text, or behind it in the extra text.
    label: Span,
    /// Id just behind the last node of this subtree.
    end: u32,
}

/// A parsed text.
#[derive(Debug, Clone)]
pub struct Tree {
    language: Language,
    text: Arc<str>,
    /// Labels that do not stand in the text as they are (cooked strings, normalised names).
    extra: String,
    nodes: Vec<Node>,
    parents: std::sync::OnceLock<Vec<u32>>,
    comments: Vec<Span>,
    aliases: Vec<(NodeId, NodeId)>,
    map: Option<OffsetMap>,
}

impl Tree {
    /// The language of the text.
    pub const fn language(&self) -> Language {
        self.language
    }

    /// The text the spans of nodes point into.
    pub fn text(&self) -> &Arc<str> {
        &self.text
    }

    /// Number of nodes, at least one.
    pub fn len(&self) -> usize {
        self.nodes.len()
    }

    /// Never true: a tree has its root.
    pub fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }

    /// The root's id.
    pub const fn root(&self) -> NodeId {
        NodeId::ROOT
    }

    /// A node by id. Ids come from this tree only.
    pub fn node(&self, id: NodeId) -> &Node {
        &self.nodes[id.index()]
    }

    /// Kind of a node.
    pub fn kind(&self, id: NodeId) -> Kind {
        self.nodes[id.index()].kind
    }

    /// Role of a node in its parent.
    pub fn field(&self, id: NodeId) -> Field {
        self.nodes[id.index()].field
    }

    /// Span of a node in the tree's text.
    pub fn span(&self, id: NodeId) -> Span {
        self.nodes[id.index()].span
    }

    /// The label: what it means for each kind stands at [`Kind`].
    pub fn label(&self, id: NodeId) -> &str {
        self.label_text(self.nodes[id.index()].label)
    }

    fn label_text(&self, label: Span) -> &str {
        let length = self.text.len();
        let range = label.range();
        if range.start >= length && !label.is_empty() {
            self.extra.get(range.start - length..range.end - length).unwrap_or("")
        } else {
            self.text.get(range).unwrap_or("")
        }
    }

    /// Where the label stands in the text, when it stands there as it is.
    pub fn label_span(&self, id: NodeId) -> Option<Span> {
        let label = self.nodes[id.index()].label;
        (!label.is_empty() && label.range().end <= self.text.len()).then_some(label)
    }

    /// The source text of a node.
    pub fn source(&self, id: NodeId) -> &str {
        self.text.get(self.span(id).range()).unwrap_or("")
    }

    /// Id just behind the last node of the subtree: `id.0..tree.subtree_end(id)` are the node and all below it.
    pub fn subtree_end(&self, id: NodeId) -> u32 {
        self.nodes[id.index()].end
    }

    /// The node and all below it, in pre-order.
    pub fn subtree(&self, id: NodeId) -> impl DoubleEndedIterator<Item = NodeId> + use<> {
        (id.0..self.subtree_end(id)).map(NodeId)
    }

    /// All nodes in pre-order.
    pub fn ids(&self) -> impl DoubleEndedIterator<Item = NodeId> + use<> {
        self.subtree(NodeId::ROOT)
    }

    /// Whether `inner` lies in the subtree of `outer` (equal counts).
    pub fn is_within(&self, inner: NodeId, outer: NodeId) -> bool {
        outer.0 <= inner.0 && inner.0 < self.subtree_end(outer)
    }

    /// The direct children in order.
    pub fn children(&self, id: NodeId) -> Children<'_> {
        Children { tree: self, next: id.0 + 1, end: self.subtree_end(id) }
    }

    /// The direct children with a role.
    pub fn children_by(&self, id: NodeId, field: Field) -> impl Iterator<Item = NodeId> + '_ {
        self.children(id).filter(move |&child| self.field(child) == field)
    }

    /// The first direct child with a role.
    pub fn child(&self, id: NodeId, field: Field) -> Option<NodeId> {
        self.children(id).find(|&child| self.field(child) == field)
    }

    /// The parent; `None` for the root. The table of parents is made at first use.
    pub fn parent(&self, id: NodeId) -> Option<NodeId> {
        let parents = self.parents.get_or_init(|| {
            let mut parents = vec![u32::MAX; self.nodes.len()];
            for parent in self.ids() {
                for child in self.children(parent) {
                    parents[child.index()] = parent.0;
                }
            }
            parents
        });
        let parent = parents[id.index()];
        (parent != u32::MAX).then_some(NodeId(parent))
    }

    /// Parent, its parent and so on up to the root; without the node itself.
    pub fn ancestors(&self, id: NodeId) -> impl Iterator<Item = NodeId> + '_ {
        std::iter::successors(self.parent(id), |&node| self.parent(node))
    }

    /// The smallest node whose span covers `span`.
    pub fn covering(&self, span: Span) -> NodeId {
        let mut at = NodeId::ROOT;
        while let Some(child) = self.children(at).find(|&child| self.span(child).contains(span)) {
            at = child;
        }
        at
    }

    /// Spans of comments in the tree's text, in order, with their markers.
    pub fn comments(&self) -> &[Span] {
        &self.comments
    }

    /// The node that a YAML alias stands for.
    pub fn alias_target(&self, alias: NodeId) -> Option<NodeId> {
        let index = self.aliases.binary_search_by_key(&alias, |&(from, _)| from).ok()?;
        Some(self.aliases[index].1)
    }

    /// A node as reports need it: its span in the file that the text was cut from.
    pub fn file_span(&self, id: NodeId) -> Span {
        self.to_file(self.span(id))
    }

    /// A span of the tree's text as a span of the file.
    pub fn to_file(&self, span: Span) -> Span {
        self.map.as_ref().map_or(span, |map| map.span(span))
    }

    /// A readable dump, one node a line: `Kind field "label" start..end`, for tests and debugging.
    pub fn dump(&self) -> String {
        self.written(true)
    }

    /// The dump without spans.
    pub fn outline(&self) -> String {
        self.written(false)
    }

    fn written(&self, with_spans: bool) -> String {
        use std::fmt::Write as _;
        let mut out = String::new();
        let mut open: Vec<u32> = Vec::new();
        for id in self.ids() {
            while open.last().is_some_and(|&end| id.0 >= end) {
                open.pop();
            }
            let node = self.node(id);
            let _ = write!(out, "{}{:?}", "  ".repeat(open.len()), node.kind);
            if node.field != Field::None {
                let _ = write!(out, " {:?}", node.field);
            }
            if !self.label(id).is_empty() {
                let _ = write!(out, " {:?}", self.label(id));
            }
            if with_spans {
                let _ = write!(out, " {}..{}", node.span.start, node.span.end);
            }
            out.push('\n');
            open.push(node.end);
        }
        out
    }

    /// Checks the invariants that every front end owes: spans nest, lie in the text on character boundaries, subtree
    /// ends nest. The error names the first node that breaks one.
    pub fn check(&self) -> Result<(), String> {
        for id in self.ids() {
            let node = self.node(id);
            if node.span.end as usize > self.text.len()
                || !self.text.is_char_boundary(node.span.start as usize)
                || !self.text.is_char_boundary(node.span.end as usize)
            {
                return Err(format!("{id:?} {:?}: span {:?} is not in the text", node.kind, node.span));
            }
            for child in self.children(id) {
                if !node.span.contains(self.span(child)) || self.subtree_end(child) > node.end {
                    return Err(format!(
                        "{child:?} {:?} {:?} does not lie in its parent {:?} {:?}",
                        self.kind(child),
                        self.span(child),
                        node.kind,
                        node.span
                    ));
                }
            }
        }
        Ok(())
    }
}

/// Iterator over direct children.
#[derive(Debug, Clone)]
pub struct Children<'tree> {
    tree: &'tree Tree,
    next: u32,
    end: u32,
}

impl Iterator for Children<'_> {
    type Item = NodeId;

    fn next(&mut self) -> Option<NodeId> {
        if self.next >= self.end {
            return None;
        }
        let id = NodeId(self.next);
        self.next = self.tree.subtree_end(id);
        Some(id)
    }
}

impl Tree {
    /// The same tree with its spans mapped into a file.
    #[must_use]
    pub fn with_map(mut self, map: OffsetMap) -> Self {
        self.map = Some(map);
        self
    }

    /// Whether the parent of a node is of a kind.
    pub fn parent_kind_is(&self, id: NodeId, kind: Kind) -> bool {
        self.parent(id).is_some_and(|parent| self.kind(parent) == kind)
    }
}
