//! The front end as a whole: shapes, recovery, depth, hostile and real texts.

mod corpus;
mod depth;
mod hostile;
mod recovery;
mod shapes;

use crate::syntax::{Field, Kind, NodeId, Parsed, Tree};

fn parse(text: &str) -> Parsed {
    super::parse(text.into())
}

/// A text that must parse as a whole.
fn tree(text: &str) -> Tree {
    let parsed = parse(text);
    assert_eq!(parsed.problems, [], "{text}");
    parsed.tree.check().unwrap();
    parsed.tree
}

/// The one statement of a text.
fn statement(tree: &Tree) -> NodeId {
    let statements: Vec<NodeId> = tree.children_by(NodeId::ROOT, Field::Statement).collect();
    assert_eq!(statements.len(), 1, "{}", tree.dump());
    statements[0]
}

fn count(tree: &Tree, kind: Kind) -> usize {
    tree.ids().filter(|&id| tree.kind(id) == kind).count()
}

/// Levels from the root to the deepest node.
fn depth(tree: &Tree) -> usize {
    let mut open: Vec<u32> = Vec::new();
    let mut deepest = 0;
    for id in tree.ids() {
        while open.last().is_some_and(|&end| id.0 >= end) {
            open.pop();
        }
        open.push(tree.subtree_end(id));
        deepest = deepest.max(open.len());
    }
    deepest
}
