//! What is test code: by path, and in Rust by attribute.

use crate::secrets::is_test_path;
use crate::syntax::{Field, Kind, Language, NodeId, Tree};

/// Whether a place is test code. `place` is the file's path below the scanned root.
pub(super) fn is_test_code(place: &str, tree: &Tree, node: NodeId) -> bool {
    is_test_path(place) || (tree.language() == Language::Rust && is_under_test_attribute(tree, node))
}

/// `#[cfg(test)]`, `#[test]`, `#[tokio::test]`, `#[bench]` on an enclosing item.
fn is_under_test_attribute(tree: &Tree, node: NodeId) -> bool {
    std::iter::once(node).chain(tree.ancestors(node)).any(|item| {
        matches!(tree.kind(item), Kind::FunctionDef | Kind::ModuleDef | Kind::ImplDef)
            && tree.children_by(item, Field::Decorator).any(|attribute| {
                let text = tree.source(attribute);
                text.contains("test") || text.contains("bench")
            })
    })
}
