//! Which names a scope binds.

use super::{AssignmentId, ClassId, FunctionId, PythonFacts, ScopeId, ScopeKind};

/// What a name is bound to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bound {
    /// Index into [`PythonFacts::imports`].
    Import(u32),
    Function(FunctionId),
    Class(ClassId),
    Assignment(AssignmentId),
    /// Index into the function's parameters.
    Parameter(u32),
    /// One item of what a `for` goes over: index into [`PythonFacts::iterations`].
    Item(u32),
    /// A part of an unpacked value, `with .. as`, `except .. as`.
    Unknown,
}

/// A name bound in a scope.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Binding {
    /// Where.
    pub scope: ScopeId,
    /// The name.
    pub name: Box<str>,
    /// To what.
    pub what: Bound,
}

impl PythonFacts {
    /// Takes the bindings, in order of the text.
    pub(super) fn set_bindings(&mut self, mut bindings: Vec<Binding>) {
        // A stable sort keeps the order of the text among equal names.
        bindings.sort_by(|left, right| (left.scope, &left.name).cmp(&(right.scope, &right.name)));
        self.bindings = bindings;
    }

    /// What a scope itself binds a name to, in order of the text.
    pub fn bound(&self, scope: ScopeId, name: &str) -> &[Binding] {
        let start = self.bindings.partition_point(|binding| (binding.scope, &*binding.name) < (scope, name));
        let length = self.bindings[start..].partition_point(|binding| binding.scope == scope && &*binding.name == name);
        &self.bindings[start..start + length]
    }

    /// All that a scope itself binds, by name.
    pub fn bindings(&self, scope: ScopeId) -> &[Binding] {
        let start = self.bindings.partition_point(|binding| binding.scope < scope);
        let length = self.bindings[start..].partition_point(|binding| binding.scope == scope);
        &self.bindings[start..start + length]
    }

    /// What a name means in a scope: bindings of the innermost scope that has any. Classes around a function do not count,
    /// as Python has it.
    pub fn lookup(&self, scope: ScopeId, name: &str) -> &[Binding] {
        let mut at = scope;
        loop {
            let scope_itself = self.scope(at);
            let counts = at == scope || !matches!(scope_itself.kind, ScopeKind::Class(_));
            let found = if counts { self.bound(at, name) } else { &[] };
            if !found.is_empty() || at == ScopeId::MODULE {
                return found;
            }
            at = scope_itself.parent;
        }
    }
}
