//! Response headers as Python writes them: dictionary entries, `headers["name"] = value`, `setdefault`, `append`, pairs.
//!
//! Finds name and value; what a value means, the audits say.

use super::python_call::{called_name, positional};
use crate::syntax::{Field, Kind, NodeId, Tree};

/// A header that gets a value.
#[derive(Debug, Clone)]
pub(super) struct HeaderSite {
    /// The header's name in lower case.
    pub name: String,
    /// The value's expression.
    pub value: NodeId,
    /// What to show for the whole: the pair, the assignment's target or the call.
    pub shown: NodeId,
}

/// Sites looked at in one file.
const MAX_SITES: usize = 2_000;

/// The sites in a file whose header has one of these names (in lower case).
pub(super) fn header_sites(tree: &Tree, wanted: &[&str]) -> Vec<HeaderSite> {
    tree.ids()
        .filter_map(|id| {
            let (name, value, shown) = match tree.kind(id) {
                Kind::Pair => (tree.child(id, Field::Key)?, tree.child(id, Field::Value)?, id),
                Kind::Assign => {
                    let target = tree.child(id, Field::Target).filter(|&it| tree.kind(it) == Kind::Subscript)?;
                    (tree.child(target, Field::Index)?, tree.child(id, Field::Value)?, id)
                }
                Kind::Call
                    if matches!(called_name(tree, id), "setdefault" | "append" | "add" | "add_header" | "set") =>
                {
                    let mut arguments = positional(tree, id);
                    (arguments.next()?, arguments.next()?, id)
                }
                // Raw ASGI: `(b"x-frame-options", b"DENY")`.
                Kind::Tuple => {
                    let items: Vec<NodeId> = tree.children(id).take(3).collect();
                    let [name, value] = items.as_slice() else { return None };
                    (*name, *value, id)
                }
                _ => return None,
            };
            let name = header_name(tree, name)?;
            wanted.contains(&name.as_str()).then_some(HeaderSite { name, value, shown })
        })
        .take(MAX_SITES)
        .collect()
}

/// The name that an expression writes, in lower case: a text, or a constant that is called like the header.
fn header_name(tree: &Tree, node: NodeId) -> Option<String> {
    match tree.kind(node) {
        Kind::Str | Kind::Bytes => Some(tree.label(node).to_ascii_lowercase()),
        Kind::Call if called_name(tree, node) == "encode" => {
            let callee = tree.child(node, Field::Callee)?;
            header_name(tree, tree.child(callee, Field::Object)?)
        }
        Kind::Name | Kind::Attribute if tree.label(node).chars().all(|c| !c.is_lowercase()) => {
            Some(tree.label(node).to_ascii_lowercase().replace('_', "-"))
        }
        _ => None,
    }
}
