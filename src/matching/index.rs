//! One walk over a tree serves all patterns: nodes by kind, calls by the name that is called.

use crate::flow::Names;
use crate::syntax::{Field, Kind, NodeId, Tree};
use rustc_hash::FxHashMap;

/// Nodes of a tree by kind and by name.
#[derive(Debug)]
pub struct TreeIndex<'tree> {
    by_kind: FxHashMap<Kind, Vec<NodeId>>,
    /// Calls by the last name of the callee, imported names under the name they had before `as` too.
    calls: FxHashMap<&'tree str, Vec<NodeId>>,
    renamed_calls: FxHashMap<String, Vec<NodeId>>,
}

impl<'tree> TreeIndex<'tree> {
    /// Walks the tree.
    pub fn new(tree: &'tree Tree, names: &Names<'_>) -> Self {
        let mut index =
            Self { by_kind: FxHashMap::default(), calls: FxHashMap::default(), renamed_calls: FxHashMap::default() };
        for id in tree.ids() {
            let kind = tree.kind(id);
            index.by_kind.entry(kind).or_default().push(id);
            if matches!(kind, Kind::Call | Kind::MacroCall)
                && let Some(mut callee) = tree.child(id, Field::Callee)
            {
                if tree.kind(callee) == Kind::Subscript {
                    callee = tree.child(callee, Field::Object).unwrap_or(callee);
                }
                let label = tree.label(callee);
                index.calls.entry(label).or_default().push(id);
                if tree.kind(callee) == Kind::Name {
                    for qualified in names.qualified(callee) {
                        let last = qualified.rsplit('.').next().unwrap_or(&qualified);
                        if last != label {
                            index.renamed_calls.entry(last.to_owned()).or_default().push(id);
                        }
                    }
                }
            }
        }
        index
    }

    /// Nodes of a kind in order of the text.
    pub fn of_kind(&self, kind: Kind) -> &[NodeId] {
        self.by_kind.get(&kind).map_or(&[], Vec::as_slice)
    }

    /// Calls (also macro calls) whose callee's last name is `name`, directly or before an `as`.
    pub fn calls_of(&self, name: &str) -> impl Iterator<Item = NodeId> + '_ {
        let direct = self.calls.get(name).map_or(&[][..], Vec::as_slice);
        let renamed = self.renamed_calls.get(name).map_or(&[][..], Vec::as_slice);
        direct.iter().chain(renamed).copied()
    }
}
