//! Which code is compiled into tests only.

use crate::syntax::{Field, Kind, NodeId, Tree};

/// Attributes that make a function a test or a benchmark, whatever crate they come from (`#[tokio::test]`,
/// `#[sqlx::test(..)]`).
const TEST_ATTRIBUTES: [&str; 7] =
    ["test", "bench", "rstest", "test_case", "quickcheck", "wasm_bindgen_test", "test_log"];

/// Whether a node belongs to test code: it, or something around it, carries `#[test]` or its kin, or `#[cfg(test)]`.
pub fn is_test_code(tree: &Tree, id: NodeId) -> bool {
    std::iter::once(id).chain(tree.ancestors(id)).any(|node| {
        tree.children_by(node, Field::Decorator)
            .filter_map(|decorator| tree.child(decorator, Field::Value))
            .any(|value| marks_test(tree, value))
    })
}

fn marks_test(tree: &Tree, value: NodeId) -> bool {
    match tree.kind(value) {
        Kind::Name | Kind::Attribute => TEST_ATTRIBUTES.contains(&tree.label(value)),
        Kind::Call => {
            let Some(callee) = tree.child(value, Field::Callee) else { return false };
            match tree.label(callee) {
                "cfg" => tree.child(value, Field::Argument).is_some_and(|condition| only_in_tests(tree, condition)),
                name => TEST_ATTRIBUTES.contains(&name),
            }
        }
        _ => false,
    }
}

/// Whether a `cfg` condition holds in test builds only: `test`, `all(test, ..)`, `any(..)` of such.
fn only_in_tests(tree: &Tree, condition: NodeId) -> bool {
    if tree.kind(condition) != Kind::Call {
        return tree.kind(condition) == Kind::Name && tree.label(condition) == "test";
    }
    let mut parts = tree.children_by(condition, Field::Argument);
    match tree.child(condition, Field::Callee).map(|callee| tree.label(callee)) {
        Some("all") => parts.any(|part| only_in_tests(tree, part)),
        Some("any") => {
            let mut parts = parts.peekable();
            parts.peek().is_some() && parts.all(|part| only_in_tests(tree, part))
        }
        _ => false,
    }
}
