//! Registrations in loops over what is written out: `for router in ROUTERS: app.include_router(router)`.

use super::code::Code;
use crate::facts::python::{Bound, Call, Expr, ExprKind, Iteration, PythonFacts, ScopeId};
use crate::model::FileId;
use crate::model::modules::Modules;

/// Rounds of a loop that are looked at.
const MAX_ROUNDS: usize = 100;

/// The calls that a call in a loop stands for, one for each item. `None` for one whose names no loop binds, and for a loop
/// whose items are not written out.
pub(super) fn unrolled(
    modules: Modules<'_>,
    file: FileId,
    facts: &PythonFacts,
    scope: ScopeId,
    call: &Call,
) -> Option<Vec<Call>> {
    if facts.iterations.is_empty() {
        return None;
    }
    // The innermost loop around the call that binds one of its names.
    let mut found: Option<(&Iteration, ScopeId)> = None;
    let mut look = |expr: &Expr| {
        let Some(name) = expr.as_name().filter(|_| found.is_none()) else { return };
        let Some(binding) =
            facts.lookup(scope, name).iter().find(|it| matches!(it.what, Bound::Item(_) | Bound::Unknown))
        else {
            return;
        };
        let binds = |iteration: &&Iteration| {
            iteration.span.contains(call.callee.span)
                && match iteration.target.as_items() {
                    Some(targets) => targets.iter().any(|target| target.as_name() == Some(name)),
                    None => iteration.target.as_name() == Some(name),
                }
        };
        found = facts.iterations.iter().rev().find(binds).map(|iteration| (iteration, binding.scope));
    };
    call.callee.walk(&mut look);
    call.arguments.iter().for_each(|argument| argument.walk(&mut look));
    call.keywords.iter().for_each(|keyword| keyword.value.walk(&mut look));
    let (iteration, holder) = found?;
    let list = Code { file, scope: holder, expr: iteration.iterable.clone() };
    let items = list.items(modules);
    if items.is_empty() {
        return None;
    }
    let round = |item: &Code| {
        let mut values: Vec<(&str, Expr)> = Vec::new();
        match (iteration.target.as_name(), iteration.target.as_items()) {
            (Some(name), _) => values.extend(value(modules, file, item).map(|value| (name, value))),
            (None, Some(names)) => {
                let Some(given) = item.expr.as_items() else { return call.clone() };
                for (name, given) in names.iter().zip(given) {
                    if let (Some(name), Some(value)) = (name.as_name(), value(modules, file, &item.part(given))) {
                        values.push((name, value));
                    }
                }
            }
            (None, None) => {}
        }
        let mut whole = Expr { span: call.callee.span, kind: ExprKind::Call(Box::new(call.clone())) };
        whole.walk_mut(&mut |part| {
            let ExprKind::Name(name) = &part.kind else { return };
            if let Some((_, value)) = values.iter().find(|(known, _)| **known == **name) {
                part.kind = value.kind.clone();
            }
        });
        match whole.kind {
            ExprKind::Call(call) => *call,
            _ => call.clone(),
        }
    };
    Some(items.iter().take(MAX_ROUNDS).map(round).collect())
}

/// An item as it can be written in the loop's file: a constant, or what means the same there.
fn value(modules: Modules<'_>, file: FileId, item: &Code) -> Option<Expr> {
    if let Some(constant) = item.constant(modules) {
        return Some(Expr { span: item.expr.span, kind: ExprKind::Constant(constant) });
    }
    (item.file == file).then(|| item.expr.clone())
}
