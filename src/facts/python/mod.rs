//! What a Python module tells the rest of the project: a compact summary that owns its text.
//!
//! Functions, classes, imports and assignments stand in flat tables with ids; statements and expressions are kept in a
//! small form of their own ([`Statement`], [`Expr`]) with spans in the file. Names are bound per scope
//! ([`PythonFacts::bound`]). This module reads one tree; it knows no other file, no framework and no rule.

mod expr;
mod lower;
mod lower_expr;
mod names;
mod statement;
#[cfg(test)]
mod tests;

pub use expr::{Call, Expr, ExprKind, Keyword};
pub use names::{Binding, Bound};
pub use statement::{Handler, Statement, StatementKind, visit_calls, visit_exprs, visit_statements};

use crate::source::Span;
use crate::syntax::Tree;

/// Which function of a file: index into [`PythonFacts::functions`]. Methods, nested functions and lambdas count too.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FunctionId(pub u32);

/// Which class of a file: index into [`PythonFacts::classes`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ClassId(pub u32);

/// Which assignment of a file: index into [`PythonFacts::assignments`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AssignmentId(pub u32);

/// Which scope of a file: index into [`PythonFacts::scopes`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ScopeId(pub u32);

impl ScopeId {
    /// The module's own scope.
    pub const MODULE: Self = Self(0);
}

/// What a scope is the scope of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ScopeKind {
    Module,
    Function(FunctionId),
    Class(ClassId),
}

/// A scope: where names are bound.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Scope {
    /// Whose it is.
    pub kind: ScopeKind,
    /// The scope around it; the module's is its own.
    pub parent: ScopeId,
}

/// How an argument finds its way to a parameter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ParameterKind {
    PositionalOnly,
    Plain,
    /// `*args`.
    Star,
    KeywordOnly,
    /// `**kwargs`.
    DoubleStar,
}

/// A parameter of a function.
#[derive(Debug, Clone)]
pub struct Parameter {
    /// Its name, without stars.
    pub name: Box<str>,
    /// The whole parameter with annotation and default.
    pub span: Span,
    /// How it is given.
    pub kind: ParameterKind,
    /// Its annotation; one in quotes is parsed, and every part of it has the span of the string.
    pub annotation: Option<Expr>,
    /// Its default.
    pub default: Option<Expr>,
}

/// A function, method or lambda.
#[derive(Debug, Clone)]
pub struct Function {
    /// Its name; empty for a lambda.
    pub name: Box<str>,
    /// Where the name stands; a lambda's whole span.
    pub name_span: Span,
    /// From the first decorator to the last statement.
    pub span: Span,
    /// Whether it is `async`.
    pub is_async: bool,
    /// Whether its own body yields.
    pub is_generator: bool,
    /// Values of its decorators, outermost first.
    pub decorators: Vec<Expr>,
    /// Its parameters in order, without lone `*` and `/`.
    pub parameters: Vec<Parameter>,
    /// The annotation of what it returns.
    pub returns: Option<Expr>,
    /// Its statements; a lambda's is one return.
    pub body: Vec<Statement>,
    /// Its own scope.
    pub scope: ScopeId,
    /// The scope that it is defined in.
    pub parent: ScopeId,
}

impl Function {
    /// The parameter of a name.
    pub fn parameter(&self, name: &str) -> Option<&Parameter> {
        self.parameters.iter().find(|parameter| &*parameter.name == name)
    }
}

/// A class.
#[derive(Debug, Clone)]
pub struct Class {
    /// Its name.
    pub name: Box<str>,
    /// Where the name stands.
    pub name_span: Span,
    /// From the first decorator to the last statement.
    pub span: Span,
    /// Values of its decorators, outermost first.
    pub decorators: Vec<Expr>,
    /// Its bases in order.
    pub bases: Vec<Expr>,
    /// `metaclass=M` and what else is given by name.
    pub keywords: Vec<Keyword>,
    /// Its statements.
    pub body: Vec<Statement>,
    /// Its own scope.
    pub scope: ScopeId,
    /// The scope that it is defined in.
    pub parent: ScopeId,
}

/// One imported name.
#[derive(Debug, Clone)]
pub struct Import {
    /// `import a.b` has none; `from ..a import b` has `..a`.
    pub from: Option<Box<str>>,
    /// The dotted name as written: `a.b`, `b`, or `*`.
    pub name: Box<str>,
    /// The name that it is bound to, if `as` says so.
    pub alias: Option<Box<str>>,
    /// The imported name with its alias.
    pub span: Span,
    /// The scope that it is bound in.
    pub scope: ScopeId,
}

/// `target = value`, `target: annotation = value`, `target += value`; one for each target of a chain, all but the last of
/// which have only the value's place.
#[derive(Debug, Clone)]
pub struct Assignment {
    /// What is assigned to.
    pub target: Expr,
    /// Its annotation.
    pub annotation: Option<Expr>,
    /// What is assigned. A walrus counts as an assignment too.
    pub value: Option<Expr>,
    /// Whether it adds to what was there before.
    pub is_augmented: bool,
    /// The whole statement.
    pub span: Span,
    /// The scope that it stands in.
    pub scope: ScopeId,
}

/// `for target in iterable`.
#[derive(Debug, Clone)]
pub struct Iteration {
    /// What is bound.
    pub target: Expr,
    /// What is looped over.
    pub iterable: Expr,
    /// The whole statement.
    pub span: Span,
}

/// The summary of one Python module.
#[derive(Debug, Clone, Default)]
pub struct PythonFacts {
    /// The module's own statements.
    pub body: Vec<Statement>,
    /// All scopes; the first is the module's.
    pub scopes: Vec<Scope>,
    /// All functions, in order of the text.
    pub functions: Vec<Function>,
    /// All classes, in order of the text.
    pub classes: Vec<Class>,
    /// All imported names, in order of the text.
    pub imports: Vec<Import>,
    /// All assignments, in order of the text.
    pub assignments: Vec<Assignment>,
    /// All `for` statements, in order of the text.
    pub iterations: Vec<Iteration>,
    /// `__all__`, where it is a list of strings.
    pub exports: Option<Vec<Box<str>>>,
    bindings: Vec<Binding>,
}

impl PythonFacts {
    /// Summarises a tree.
    pub fn collect(tree: &Tree) -> Self {
        lower::Lowering::new(tree).module()
    }

    /// A function.
    pub fn function(&self, id: FunctionId) -> &Function {
        &self.functions[id.0 as usize]
    }

    /// A class.
    pub fn class(&self, id: ClassId) -> &Class {
        &self.classes[id.0 as usize]
    }

    /// An assignment.
    pub fn assignment(&self, id: AssignmentId) -> &Assignment {
        &self.assignments[id.0 as usize]
    }

    /// A scope.
    pub fn scope(&self, id: ScopeId) -> Scope {
        self.scopes[id.0 as usize]
    }

    /// All functions with their ids.
    pub fn functions(&self) -> impl Iterator<Item = (FunctionId, &Function)> {
        (0..).map(FunctionId).zip(&self.functions)
    }

    /// All classes with their ids.
    pub fn classes(&self) -> impl Iterator<Item = (ClassId, &Class)> {
        (0..).map(ClassId).zip(&self.classes)
    }

    /// The function whose span, whole or of its name, begins where `span` begins.
    pub fn function_at(&self, span: Span) -> Option<FunctionId> {
        let found = self
            .functions()
            .find(|(_, function)| function.span.start == span.start || function.name_span.start == span.start);
        found.map(|(id, _)| id)
    }

    /// The class that a function is a method of.
    pub fn class_of(&self, function: FunctionId) -> Option<ClassId> {
        match self.scope(self.function(function).parent).kind {
            ScopeKind::Class(class) => Some(class),
            _ => None,
        }
    }

    /// A class's own method of a name; of several the last, as Python has it.
    pub fn method(&self, class: ClassId, name: &str) -> Option<FunctionId> {
        self.bound(self.class(class).scope, name)
            .iter()
            .rev()
            .find_map(|binding| if let Bound::Function(id) = binding.what { Some(id) } else { None })
    }

    /// Names of what encloses a scope and the scope itself, outermost first, joined by `.`; empty for the module.
    pub fn qualified(&self, scope: ScopeId) -> String {
        let mut names = Vec::new();
        let mut at = scope;
        while at != ScopeId::MODULE {
            let Scope { kind, parent } = self.scope(at);
            names.push(match kind {
                ScopeKind::Function(id) => &*self.function(id).name,
                ScopeKind::Class(id) => &*self.class(id).name,
                ScopeKind::Module => break,
            });
            at = parent;
        }
        names.reverse();
        names.join(".")
    }
}
