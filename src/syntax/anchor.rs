//! Names of what encloses a place: the part of a fingerprint that survives edits elsewhere.

use super::{Field, Kind, NodeId, Tree};

impl Tree {
    /// Names of the enclosing definitions, keys, blocks and stages, outermost first, joined by `/`.
    pub fn anchor(&self, node: NodeId) -> String {
        let tree = self;
        let mut names: Vec<String> = Vec::new();
        for id in std::iter::once(node).chain(tree.ancestors(node)) {
            let name = match tree.kind(id) {
                Kind::FunctionDef
                | Kind::ClassDef
                | Kind::ImplDef
                | Kind::TraitDef
                | Kind::ModuleDef
                | Kind::StructDef
                | Kind::Section
                | Kind::Stage
                | Kind::Instruction => tree.label(id).to_owned(),
                Kind::Pair if id != node => {
                    tree.child(id, Field::Key).map_or_else(String::new, |key| tree.label(key).to_owned())
                }
                Kind::Directive if id != node => {
                    let argument = tree.child(id, Field::Argument).map_or("", |argument| tree.label(argument));
                    format!("{} {argument}", tree.label(id)).trim_end().to_owned()
                }
                _ => continue,
            };
            if !name.is_empty() {
                names.push(name);
            }
        }
        names.reverse();
        names.join("/")
    }
}
