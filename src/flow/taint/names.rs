//! What names hold: variables, those of enclosing functions, of the file, of other files.

use super::super::{DefinitionKind, ScopeId};
use super::interpreter::{Declared, Interpreter};
use super::value::{Callable, Known, Value};
use crate::facts::flow::Callee;
use crate::syntax::{Field, Kind, Language, NodeId};
use std::rc::Rc;

impl Interpreter<'_> {
    pub fn name_value(&mut self, id: NodeId) -> Value {
        let name = self.tree.label(id);
        let is_global = self.frame.globals.contains(name);
        if !is_global {
            if let Some(&cell) = self.frame.cells.get(name) {
                return Value::of_node(Some(cell));
            }
            if let Some(value) = self.frame.state.read(name) {
                return value.clone();
            }
            if let Some(value) = self.frame.closure.as_ref().and_then(|closure| closure.get(name)) {
                return value.clone();
            }
            if let Some(class) = self.frame.class_body
                && let Some(Some(value)) = self.class_values.get(&(class, name.into()))
            {
                return value.clone();
            }
        }
        self.module_name(id, name)
    }

    pub fn module_name(&mut self, id: NodeId, name: &str) -> Value {
        match self.declared.get(name) {
            Some(Declared::Function(function)) => return Self::callable(Callee::Function(*function)),
            Some(Declared::Class(class)) => return Self::callable(Callee::Class(*class)),
            None => {}
        }
        if let Some(value) = self.module_values.get(name) {
            return value.clone();
        }
        if self.names.is_imported(name)
            && let Some(dotted) = self.names.qualified(id).into_iter().next()
        {
            let node = self.imported_cell(&dotted);
            let callee = Callee::Named(self.graph.name(&dotted));
            return Value { node: Some(node), ..Self::callable(callee) };
        }
        let is_variable = self
            .names
            .scopes()
            .local(ScopeId::MODULE, name)
            .iter()
            .any(|definition| !matches!(definition.kind, DefinitionKind::Declaration | DefinitionKind::Import));
        if is_variable && (self.frame.function != 0 || self.frame.globals.contains(name)) {
            let node = self.module_cell(name);
            let class = self.module_types.get(name).copied();
            return Value { node: Some(node), class, ..Value::default() };
        }
        Value::default()
    }

    pub fn callable(callee: Callee) -> Value {
        Value::known(Known::Callable(Rc::new(Callable { callee, bound: Vec::new(), receiver: None })))
    }

    /// Whether a chain of attributes begins with an imported name that nothing here hides.
    pub fn imported_name(&mut self, id: NodeId) -> Option<String> {
        let tree = self.tree;
        let mut root = id;
        while matches!(tree.kind(root), Kind::Attribute)
            || tree.kind(root) == Kind::Subscript && tree.language() == Language::Rust
        {
            root = tree.child(root, Field::Object)?;
        }
        if tree.kind(root) != Kind::Name {
            return None;
        }
        let name = tree.label(root);
        let may_resolve =
            self.names.is_imported(name) || tree.language() == Language::Rust && self.names.may_resolve(name);
        if !may_resolve {
            return None;
        }
        let is_hidden = self.frame.function != 0
            && (self.frame.state.read(name).is_some()
                || self.frame.closure.as_ref().is_some_and(|closure| closure.get(name).is_some()));
        if is_hidden {
            return None;
        }
        self.names.qualified(id).into_iter().next()
    }
}
