//! Statements in their small owned form, and walks over them.

use super::{AssignmentId, Call, ClassId, Expr, ExprKind, FunctionId, PythonFacts};
use crate::source::Span;

/// A statement.
#[derive(Debug, Clone)]
pub struct Statement {
    /// Where it stands in the file.
    pub span: Span,
    /// What it is.
    pub kind: StatementKind,
}

/// What a statement is.
#[derive(Debug, Clone)]
pub enum StatementKind {
    Expression(Expr),
    /// One for each target.
    Assign(AssignmentId),
    Return(Option<Expr>),
    Raise(Option<Expr>),
    /// Condition, body, otherwise.
    If(Expr, Vec<Statement>, Vec<Statement>),
    /// Condition, body, otherwise.
    While(Expr, Vec<Statement>, Vec<Statement>),
    /// Index into [`PythonFacts::iterations`], body, otherwise.
    For(u32, Vec<Statement>, Vec<Statement>),
    Try {
        body: Vec<Statement>,
        handlers: Vec<Handler>,
        otherwise: Vec<Statement>,
        finally: Vec<Statement>,
    },
    /// What is entered with what it is bound to, body.
    With(Vec<(Expr, Option<Expr>)>, Vec<Statement>),
    /// Subject, bodies of the cases.
    Match(Expr, Vec<Vec<Statement>>),
    Function(FunctionId),
    Class(ClassId),
    Assert(Expr),
    /// `break` and `continue`.
    Jump,
    /// Imports, `pass`, `del`, what did not parse.
    Other,
}

/// `except types as name:`.
#[derive(Debug, Clone)]
pub struct Handler {
    /// What is caught; everything without.
    pub types: Option<Expr>,
    /// What it is bound to.
    pub name: Option<Box<str>>,
    /// What is done.
    pub body: Vec<Statement>,
}

impl Statement {
    /// The bodies in it, in order of the text. Those of functions and classes are not among them.
    pub fn bodies(&self) -> Vec<&[Self]> {
        match &self.kind {
            StatementKind::If(_, body, otherwise)
            | StatementKind::While(_, body, otherwise)
            | StatementKind::For(_, body, otherwise) => vec![body, otherwise],
            StatementKind::Try { body, handlers, otherwise, finally } => {
                let mut bodies: Vec<&[Self]> = vec![body];
                bodies.extend(handlers.iter().map(|handler| &*handler.body));
                bodies.extend([&**otherwise, &**finally]);
                bodies
            }
            StatementKind::With(_, body) => vec![body],
            StatementKind::Match(_, cases) => cases.iter().map(|case| &**case).collect(),
            _ => Vec::new(),
        }
    }

    /// Its own expressions, without those of statements in it.
    pub fn exprs<'f>(&'f self, facts: &'f PythonFacts) -> Vec<&'f Expr> {
        match &self.kind {
            StatementKind::Expression(expr) | StatementKind::Assert(expr) => vec![expr],
            StatementKind::If(expr, ..) | StatementKind::While(expr, ..) | StatementKind::Match(expr, _) => vec![expr],
            StatementKind::Return(expr) | StatementKind::Raise(expr) => expr.iter().collect(),
            StatementKind::Assign(id) => {
                let assignment = facts.assignment(*id);
                std::iter::once(&assignment.target).chain(&assignment.value).collect()
            }
            StatementKind::For(id, ..) => vec![&facts.iterations[*id as usize].iterable],
            StatementKind::With(items, _) => items.iter().map(|(item, _)| item).collect(),
            StatementKind::Try { handlers, .. } => {
                handlers.iter().filter_map(|handler| handler.types.as_ref()).collect()
            }
            StatementKind::Function(_) | StatementKind::Class(_) | StatementKind::Jump | StatementKind::Other => {
                Vec::new()
            }
        }
    }
}

/// Tells `f` all statements of a body in order of the text, those inside others too; functions and classes are not entered.
pub fn visit_statements<'f>(body: &'f [Statement], f: &mut dyn FnMut(&'f Statement)) {
    for statement in body {
        f(statement);
        for inner in statement.bodies() {
            visit_statements(inner, f);
        }
    }
}

/// Tells `f` all expressions in a body, outermost first; functions, classes and lambdas are not entered.
pub fn visit_exprs<'f>(facts: &'f PythonFacts, body: &'f [Statement], f: &mut dyn FnMut(&'f Expr)) {
    visit_statements(body, &mut |statement| {
        for expr in statement.exprs(facts) {
            expr.walk(f);
        }
    });
}

/// Tells `f` all calls in a body with their spans, outermost first; functions, classes and lambdas are not entered.
pub fn visit_calls<'f>(facts: &'f PythonFacts, body: &'f [Statement], f: &mut dyn FnMut(&'f Call, Span)) {
    visit_exprs(facts, body, &mut |expr| {
        if let ExprKind::Call(call) = &expr.kind {
            f(call, expr.span);
        }
    });
}
