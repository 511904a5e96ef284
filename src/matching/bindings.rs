//! What metavariables stand for, and the matches that carry them.

use crate::source::Span;
use crate::syntax::{Kind, NodeId, Tree};
use std::sync::Arc;

/// What a metavariable is bound to.
#[derive(Debug, Clone, PartialEq)]
pub enum Binding {
    /// A node with all below it.
    Node(NodeId),
    /// A name or the content of a string: the label of a node.
    Label(NodeId),
    /// Sibling nodes, possibly none (`$...ARGS`), with the place where they would stand.
    Nodes(Vec<NodeId>, Span),
    /// Text that is no node of its own: a piece of a string, a regular expression's group, a resolved name.
    Text(String, Span),
}

impl Binding {
    /// The span in the tree's text.
    pub fn span(&self, tree: &Tree) -> Span {
        match self {
            Self::Node(node) => tree.span(*node),
            Self::Label(node) => tree.label_span(*node).unwrap_or_else(|| tree.span(*node)),
            Self::Nodes(nodes, at) => match (nodes.first(), nodes.last()) {
                (Some(first), Some(last)) => tree.span(*first).cover(tree.span(*last)),
                _ => *at,
            },
            Self::Text(_, span) => *span,
        }
    }

    /// The text as it stands in the source; the content for strings bound by `"$X"`.
    pub fn text<'a>(&'a self, tree: &'a Tree) -> &'a str {
        match self {
            Self::Node(node) => tree.source(*node),
            Self::Label(node) => tree.label(*node),
            Self::Nodes(..) => tree.text().get(self.span(tree).range()).unwrap_or(""),
            Self::Text(text, _) => text,
        }
    }

    /// The node, when it is exactly one.
    pub fn node(&self) -> Option<NodeId> {
        match self {
            Self::Node(node) | Self::Label(node) => Some(*node),
            Self::Nodes(nodes, _) => match nodes.as_slice() {
                [node] => Some(*node),
                _ => None,
            },
            Self::Text(..) => None,
        }
    }

    /// Whether both mean the same code: equal trees for nodes, equal text else.
    pub fn is_equal(&self, other: &Self, tree: &Tree) -> bool {
        match (self, other) {
            (Self::Node(left), Self::Node(right)) => same_code(tree, *left, *right),
            (Self::Nodes(left, _), Self::Nodes(right, _)) => {
                left.len() == right.len() && left.iter().zip(right).all(|(&left, &right)| same_code(tree, left, right))
            }
            (Self::Node(node), Self::Label(_) | Self::Text(..)) if tree.kind(*node) == Kind::Str => {
                tree.label(*node) == other.text(tree)
            }
            (Self::Label(_) | Self::Text(..), Self::Node(node)) if tree.kind(*node) == Kind::Str => {
                tree.label(*node) == self.text(tree)
            }
            _ => self.text(tree) == other.text(tree),
        }
    }
}

/// Whether two subtrees are the same code, wherever they stand and however they are laid out.
pub fn same_code(tree: &Tree, left: NodeId, right: NodeId) -> bool {
    if left == right {
        return true;
    }
    let (left_len, right_len) = (tree.subtree_end(left) - left.0, tree.subtree_end(right) - right.0);
    left_len == right_len
        && tree.subtree(left).zip(tree.subtree(right)).all(|(left, right)| {
            tree.kind(left) == tree.kind(right)
                && tree.label(left) == tree.label(right)
                && tree.subtree_end(left) - left.0 == tree.subtree_end(right) - right.0
        })
}

/// Metavariables and what they stand for, in order of binding.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Bindings(pub Vec<(Arc<str>, Binding)>);

impl Bindings {
    /// What a metavariable (with its `$`) stands for.
    pub fn get(&self, name: &str) -> Option<&Binding> {
        self.0.iter().find(|(bound, _)| &**bound == name).map(|(_, binding)| binding)
    }

    /// Both sets together, unless a metavariable means different code in them.
    pub fn merge(&self, other: &Self, tree: &Tree) -> Option<Self> {
        if !self.agrees(other, tree) {
            return None;
        }
        let mut merged = self.clone();
        for (name, binding) in &other.0 {
            if self.get(name).is_none() {
                merged.0.push((Arc::clone(name), binding.clone()));
            }
        }
        Some(merged)
    }

    /// Whether no metavariable means different code in the two sets.
    pub fn agrees(&self, other: &Self, tree: &Tree) -> bool {
        other.0.iter().all(|(name, binding)| self.get(name).is_none_or(|bound| bound.is_equal(binding, tree)))
    }
}

/// A place where a pattern or a formula holds.
#[derive(Debug, Clone, PartialEq)]
pub struct Match {
    /// The place, in the tree's text.
    pub span: Span,
    /// The node, when the place is one.
    pub node: Option<NodeId>,
    /// What the metavariables stand for.
    pub bindings: Bindings,
}
