//! Response headers that a function sets.

use super::code::Code;
use super::middleware::HeaderSet;
use crate::facts::python::{
    Call, Expr, ExprKind, PythonFacts, ScopeId, Statement, StatementKind, visit_calls, visit_statements,
};
use crate::flow::Constant;
use crate::model::FileId;
use crate::model::modules::Modules;

/// Collects `response.headers["X"] = ...`, `.setdefault`, `.append` and `.update({...})`.
pub(super) struct Headers<'r, 'p> {
    modules: Modules<'p>,
    file: FileId,
    facts: &'r PythonFacts,
    scope: ScopeId,
    pub(super) found: Vec<HeaderSet>,
}

fn is_headers(expr: &Expr) -> bool {
    expr.last_name().is_some_and(|name| name.ends_with("headers"))
}

impl<'r, 'p> Headers<'r, 'p> {
    pub(super) fn new(modules: Modules<'p>, file: FileId, facts: &'r PythonFacts, scope: ScopeId) -> Self {
        Self { modules, file, facts, scope, found: Vec::new() }
    }

    fn code(&self, expr: &Expr) -> Code {
        Code { file: self.file, scope: self.scope, expr: expr.clone() }
    }

    fn add(&mut self, name: &Code, value: Code, is_conditional: bool) {
        if let Some(Constant::Str(text) | Constant::Bytes(text)) = name.constant(self.modules) {
            let name_text = text.to_lowercase().into();
            self.found.push(HeaderSet { name: name_text, value, place: name.place(), is_conditional });
        }
    }

    /// Reads statements; those of branches are conditional.
    pub(super) fn body(&mut self, body: &[Statement], is_conditional: bool) {
        for statement in body {
            match &statement.kind {
                StatementKind::Assign(id) => {
                    let assignment = self.facts.assignment(*id);
                    if let ExprKind::Subscript(object, index) = &assignment.target.kind
                        && is_headers(object)
                        && let (Some(name), Some(value)) = (index.first(), &assignment.value)
                    {
                        self.add(&self.code(name), self.code(value), is_conditional);
                    }
                }
                StatementKind::Expression(expr) => {
                    if let Some(call) = expr.as_awaited_call().filter(|call| call.receiver().is_some_and(is_headers)) {
                        self.call(call, is_conditional);
                    }
                }
                StatementKind::If(_, then, otherwise) => {
                    self.body(then, true);
                    self.body(otherwise, true);
                }
                StatementKind::For(id, inner, _) => {
                    // `for name, value in HEADERS.items(): response.headers[name] = value`.
                    let iterable = self.facts.iterations[*id as usize].iterable.as_call();
                    let dict = iterable.filter(|call| call.name() == Some("items")).and_then(Call::receiver);
                    match dict.filter(|_| self.writes_headers(inner)) {
                        Some(dict) => self.dict(&self.code(dict), is_conditional),
                        None => self.body(inner, is_conditional),
                    }
                }
                _ => statement.bodies().into_iter().for_each(|inner| self.body(inner, is_conditional)),
            }
        }
    }

    fn call(&mut self, call: &Call, is_conditional: bool) {
        let Some(first) = call.arguments.first() else { return };
        match call.name() {
            Some("setdefault" | "append" | "add" | "__setitem__") => match &call.arguments[..] {
                [name, value] => self.add(&self.code(name), self.code(value), is_conditional),
                _ => {
                    if let Some([name, value]) = first.as_items() {
                        self.add(&self.code(name), self.code(value), is_conditional);
                    }
                }
            },
            Some("update" | "extend") => self.dict(&self.code(first), is_conditional),
            _ => {}
        }
    }

    fn dict(&mut self, given: &Code, is_conditional: bool) {
        let Some(given) = given.clone().value(self.modules) else { return };
        if let ExprKind::Dict(pairs) = &given.expr.kind {
            for (name, value) in pairs {
                if let Some(name) = name {
                    self.add(&given.part(name), given.part(value), is_conditional);
                }
            }
        }
    }

    fn writes_headers(&self, body: &[Statement]) -> bool {
        let mut writes = false;
        visit_statements(body, &mut |statement| {
            if let StatementKind::Assign(id) = statement.kind
                && let ExprKind::Subscript(object, _) = &self.facts.assignment(id).target.kind
            {
                writes = writes || is_headers(object);
            }
        });
        visit_calls(self.facts, body, &mut |call, _| writes = writes || call.receiver().is_some_and(is_headers));
        writes
    }
}
