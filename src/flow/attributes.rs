//! Attributes of classes in this file: `self.TABLE`, `Config.NAME`, `settings.name` of `settings = Settings()`.

use super::scopes::DefinitionKind;
use super::values::Values;
use crate::syntax::{Field, Kind, NodeId};

impl Values<'_> {
    /// The expression of the only assignment to a name or to a class attribute.
    pub fn single_definition(&self, node: NodeId) -> Option<NodeId> {
        let tree = self.tree();
        let scopes = self.names().scopes();
        match tree.kind(node) {
            Kind::Name => match scopes.visible(scopes.scope_of(tree, node), tree.label(node)) {
                [definition] if definition.kind == DefinitionKind::Assign => definition.value,
                _ => None,
            },
            Kind::Attribute => {
                let class = self.class_of(tree.child(node, Field::Object)?, node)?;
                let scope = scopes.ids().find(|&scope| scopes.node(scope) == class)?;
                match scopes.local(scope, tree.label(node)) {
                    [definition] => definition.value,
                    _ => None,
                }
            }
            _ => None,
        }
    }

    /// The class in this file that an expression is, or is an instance of.
    fn class_of(&self, object: NodeId, user: NodeId) -> Option<NodeId> {
        let tree = self.tree();
        if tree.kind(object) == Kind::Name && matches!(tree.label(object), "self" | "cls") {
            return tree.ancestors(user).find(|&id| tree.kind(id) == Kind::ClassDef);
        }
        let name = match tree.kind(object) {
            Kind::Call => tree.child(object, Field::Callee)?,
            Kind::Name => match self.single_definition(object) {
                Some(made) if tree.kind(made) == Kind::Call => tree.child(made, Field::Callee)?,
                _ => object,
            },
            _ => return None,
        };
        let scopes = self.names().scopes();
        if tree.kind(name) != Kind::Name {
            return None;
        }
        match scopes.visible(scopes.scope_of(tree, name), tree.label(name)) {
            [definition] if tree.kind(definition.site) == Kind::ClassDef => Some(definition.site),
            // `settings = get_settings()` with a function that returns `Settings()`.
            [definition] if tree.kind(definition.site) == Kind::FunctionDef => {
                let made = tree.subtree(definition.site).find(|&id| tree.kind(id) == Kind::Return)?;
                let made = tree.child(made, Field::Value).filter(|&made| tree.kind(made) == Kind::Call)?;
                let callee = tree.child(made, Field::Callee)?;
                match scopes.visible(scopes.scope_of(tree, callee), tree.label(callee)) {
                    [definition] if tree.kind(definition.site) == Kind::ClassDef => Some(definition.site),
                    _ => None,
                }
            }
            _ => None,
        }
    }
}
