//! The part of a tree in which matches are wanted.

use super::bindings::Match;
use crate::source::Span;
use crate::syntax::{NodeId, Tree};
use std::ops::Range;

/// More matches than this are not followed one by one to what is around them.
const MAX_FOLLOWED: usize = 2000;

/// Where matches are wanted.
#[derive(Debug, Clone)]
pub(super) struct Scope<'a> {
    /// Matches lie in this span.
    pub within: Span,
    /// Ids of the nodes that do.
    pub ids: Range<u32>,
    /// Where only matches around certain places count: all nodes that contain one of them, by id. Matches of other nodes
    /// may be left out.
    pub around: Option<&'a [NodeId]>,
}

impl Scope<'_> {
    /// The whole tree.
    pub fn whole(tree: &Tree) -> Self {
        Self { within: tree.span(tree.root()), ids: tree.root().0..tree.subtree_end(tree.root()), around: None }
    }

    /// Whatever lies in a span. Conditions on metavariables search small parts of a tree many times.
    pub fn within(tree: &Tree, span: Span) -> Self {
        if span == tree.span(tree.root()) {
            return Self::whole(tree);
        }
        let node = tree.covering(span);
        Self { within: span, ids: node.0..tree.subtree_end(node), around: None }
    }

    /// Whatever lies in a node.
    pub fn node(tree: &Tree, node: NodeId) -> Self {
        let within = tree.span(node);
        let node = innermost(tree, node, within);
        Self { within, ids: node.0..tree.subtree_end(node), around: None }
    }

    /// The same without the restriction to certain places.
    pub fn everywhere(&self) -> Scope<'static> {
        Scope { within: self.within, ids: self.ids.clone(), around: None }
    }
}

/// The smallest node that covers a span which `node` covers.
fn innermost(tree: &Tree, node: NodeId, span: Span) -> NodeId {
    let mut at = node;
    while let Some(child) = tree.children(at).find(|&child| tree.span(child).contains(span)) {
        at = child;
    }
    at
}

/// All nodes that contain one of the matches, by id. `None`: too many, or a match is empty, which lies in neighbours at
/// once.
pub(super) fn around(found: &[Match], tree: &Tree) -> Option<Vec<NodeId>> {
    if found.len() > MAX_FOLLOWED || found.iter().any(|found| found.span.is_empty()) {
        return None;
    }
    let mut nodes = Vec::new();
    for one in found {
        let start = one.node.filter(|&node| tree.span(node).contains(one.span)).unwrap_or(NodeId::ROOT);
        let node = innermost(tree, start, one.span);
        nodes.push(node);
        nodes.extend(tree.ancestors(node));
    }
    nodes.sort_unstable();
    nodes.dedup();
    Some(nodes)
}
