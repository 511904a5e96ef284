//! What is test code: by path, and in Rust by attribute.

use crate::secrets::is_test_path;
use crate::syntax::{Language, NodeId, Tree, rust};

/// Whether a place is test code. `place` is the file's path below the scanned root.
pub(super) fn is_test_code(place: &str, tree: &Tree, node: NodeId) -> bool {
    is_test_path(place) || (tree.language() == Language::Rust && rust::is_test_code(tree, node))
}
