//! What an application takes in.

use super::super::project::{ProjectAudit, ProjectMatch};
use super::{PYTHON, at_route};
use crate::facts::python::{ExprKind, StatementKind, visit_calls, visit_statements};
use crate::model::fastapi::{Constraint, Input, Route, RouteKind, TypeKind, fields, words};
use crate::model::{Place, Project};
use std::collections::BTreeSet;

/// Texts and lists of bodies without a length (no variant), and sizes of pages without an upper bound (`paging`).
pub(in super::super) const INPUT_BOUNDS: ProjectAudit = ProjectAudit {
    name: "fastapi-missing-input-bounds",
    kinds: PYTHON,
    variants: &["paging"],
    run: missing_input_bounds,
};

/// Bodies that are any JSON.
pub(in super::super) const UNTYPED_BODY: ProjectAudit =
    ProjectAudit { name: "fastapi-untyped-body", kinds: PYTHON, variants: &[], run: untyped_body };

/// Models that let the client write what it must not.
pub(in super::super) const OVERPOSTING: ProjectAudit =
    ProjectAudit { name: "fastapi-overposting", kinds: PYTHON, variants: &["table"], run: overposting };

fn api_routes(project: &Project) -> impl Iterator<Item = &Route> {
    project.fastapi().routes.iter().filter(|route| !route.is_test && route.kind == RouteKind::Api)
}

fn has(constraints: &[Constraint], names: &[&str]) -> bool {
    constraints.iter().any(|constraint| names.contains(&&*constraint.name))
}

fn missing_input_bounds(project: &Project) -> Vec<ProjectMatch> {
    let mut found = Vec::new();
    let mut seen = BTreeSet::new();
    for route in api_routes(project) {
        for parameter in route.inputs_from(Input::Query) {
            let is_size = matches!(
                &*parameter.name.to_lowercase(),
                "limit"
                    | "page_size"
                    | "pagesize"
                    | "per_page"
                    | "size"
                    | "count"
                    | "top"
                    | "take"
                    | "first"
                    | "top_k"
                    | "max_results"
                    | "num_results"
            );
            let bounds = || parameter.constraints.iter().chain(&parameter.ty.constraints);
            let is_bounded = bounds().any(|constraint| matches!(&*constraint.name, "le" | "lt"));
            if !is_size || !matches!(parameter.ty.kind, TypeKind::Number) || is_bounded {
                continue;
            }
            if is_compared(project, route, &parameter.name) || !seen.insert(parameter.place) {
                continue;
            }
            let mut one = at_route(route);
            one.place = parameter.place;
            one.captures.push(("parameter".to_owned(), parameter.name.to_string()));
            one.variant = Some("paging");
            found.push(one);
        }
        for parameter in route.inputs_from(Input::Body) {
            let TypeKind::Model(file, class) = parameter.ty.kind else { continue };
            for field in fields(project.modules(), file, class) {
                let is_open = match &field.ty.kind {
                    TypeKind::Text | TypeKind::Bytes => {
                        !has(&field.constraints, &["max_length", "pattern", "regex"])
                            && !has(&field.ty.constraints, &["max_length", "pattern", "regex"])
                    }
                    TypeKind::Sequence(_) => {
                        !has(&field.constraints, &["max_length", "max_items"])
                            && !has(&field.ty.constraints, &["max_length", "max_items"])
                    }
                    _ => false,
                };
                if is_open && seen.insert(field.place) {
                    let mut one = at_route(route);
                    one.place = field.place;
                    one.captures.push(("parameter".to_owned(), field.name.to_string()));
                    one.related.push((route.place, "the route that takes it".to_owned()));
                    found.push(one);
                }
            }
        }
    }
    found
}

/// Whether a handler compares a parameter, or takes the smaller of it and something else.
fn is_compared(project: &Project, route: &Route, name: &str) -> bool {
    let Some((file, id)) = route.function() else { return true };
    let Some(facts) = project.modules().facts(file) else { return true };
    let function = facts.function(id);
    // A parameter of a dependency: the dependency may do it.
    if function.parameter(name).is_none() {
        return true;
    }
    let mut compared = false;
    crate::facts::python::visit_exprs(facts, &function.body, &mut |expr| match &expr.kind {
        ExprKind::Compare(_, operands) => {
            compared |= operands.iter().any(|operand| operand.as_name() == Some(name));
        }
        ExprKind::Call(call) if matches!(call.name(), Some("min" | "clamp" | "max")) => {
            compared |= call.arguments.iter().any(|argument| {
                let mut named = false;
                argument.walk(&mut |part| named |= part.as_name() == Some(name));
                named
            });
        }
        _ => {}
    });
    compared
}

fn untyped_body(project: &Project) -> Vec<ProjectMatch> {
    let mut found = Vec::new();
    for route in api_routes(project).filter(|route| !super::has_any(&super::words_of(route), &["webhook", "webhooks"]))
    {
        for parameter in route.parameters.iter().filter(|parameter| parameter.input == Input::Body) {
            if matches!(parameter.ty.kind, TypeKind::Any | TypeKind::Mapping(_)) {
                let mut one = at_route(route);
                one.place = parameter.place;
                one.captures.push(("parameter".to_owned(), parameter.name.to_string()));
                found.push(one);
            }
        }
    }
    found
}

/// Whether only the program itself may decide about a field of this name.
fn is_privileged(name: &str) -> bool {
    let words = words::words(name);
    let has = |word: &str| words.iter().any(|own| own == word);
    let flag = has("is") || words.len() == 1;
    (flag && (has("admin") || has("superuser") || has("staff") || has("verified") || has("approved")))
        || matches!(
            name,
            "role"
                | "roles"
                | "permissions"
                | "scopes"
                | "owner_id"
                | "user_id"
                | "tenant_id"
                | "balance"
                | "credit"
                | "credits"
                | "is_active"
                | "hashed_password"
                | "password_hash"
                | "is_paid"
                | "email_verified"
        )
}

fn overposting(project: &Project) -> Vec<ProjectMatch> {
    let modules = project.modules();
    let mut found = Vec::new();
    for route in api_routes(project).filter(|route| route.is_mutating() && route.authorisation.is_none()) {
        let Some((file, id)) = route.function() else { continue };
        let Some(facts) = modules.facts(file) else { continue };
        let body = &facts.function(id).body;
        let is_admins = super::has_any(&super::words_of(route), &["admin", "internal"]);
        for parameter in route.parameters.iter().filter(|parameter| parameter.input == Input::Body && !is_admins) {
            let TypeKind::Model(model_file, class) = parameter.ty.kind else { continue };
            let Some(field) = fields(modules, model_file, class).into_iter().find(|field| is_privileged(&field.name))
            else {
                continue;
            };
            let is_table = modules.class(model_file, class).is_some_and(|class| {
                class.keywords.iter().any(|keyword| &*keyword.name == "table" && keyword.value.as_bool() == Some(true))
            });
            let Some(span) = (if is_table { added(facts, body, &parameter.name) } else { None })
                .or_else(|| written_whole(facts, body, &parameter.name, &field.name))
            else {
                continue;
            };
            let mut one = at_route(route);
            one.place = Place { file, span };
            one.captures.push(("field".to_owned(), field.name.to_string()));
            one.captures.push(("model".to_owned(), parameter.annotation.to_string()));
            one.related.push((field.place, "the client may set this field".to_owned()));
            one.related.push((parameter.place, "the body".to_owned()));
            one.variant = is_table.then_some("table");
            found.push(one);
        }
    }
    found
}

/// `db.add(body)`.
fn added(
    facts: &crate::facts::python::PythonFacts,
    body: &[crate::facts::python::Statement],
    name: &str,
) -> Option<crate::source::Span> {
    let mut found = None;
    visit_calls(facts, body, &mut |call, _| {
        if found.is_none()
            && matches!(call.name(), Some("add" | "merge"))
            && let Some(first) = call.arguments.first().filter(|first| first.as_name() == Some(name))
        {
            found = Some(first.span);
        }
    });
    found
}

/// Where all fields of a body are written at once: `Model(**body.model_dump())`, `setattr` over its items. Nowhere when the
/// handler sets the privileged field itself afterwards or leaves it out.
fn written_whole(
    facts: &crate::facts::python::PythonFacts,
    body: &[crate::facts::python::Statement],
    name: &str,
    field: &str,
) -> Option<crate::source::Span> {
    let is_dump = |expr: &crate::facts::python::Expr| {
        expr.as_call().is_some_and(|call| {
            matches!(call.name(), Some("model_dump" | "dict"))
                && call.receiver().and_then(|object| object.as_name()) == Some(name)
                && call.keyword("exclude").is_none()
                && call.keyword("include").is_none()
        })
    };
    let mut dumps: Vec<&str> = Vec::new();
    let mut found = None;
    let mut is_set_apart = false;
    visit_statements(body, &mut |statement| match &statement.kind {
        StatementKind::Assign(id) => {
            let assignment = facts.assignment(*id);
            if let (Some(target), Some(value)) = (assignment.target.as_name(), &assignment.value)
                && is_dump(value)
            {
                dumps.push(target);
            }
            match &assignment.target.kind {
                ExprKind::Attribute(_, written) => is_set_apart |= &**written == field,
                ExprKind::Subscript(_, index) => {
                    is_set_apart |= index.first().and_then(|key| key.as_str()) == Some(field);
                }
                _ => {}
            }
        }
        StatementKind::For(id, inner, _) => {
            let iterable = &facts.iterations[*id as usize].iterable;
            let over = iterable.as_call().filter(|call| call.name() == Some("items")).and_then(|call| call.receiver());
            let is_whole = over.is_some_and(|object| {
                is_dump(object) || object.as_name().is_some_and(|object| dumps.contains(&object))
            });
            if is_whole {
                let mut sets = None;
                let mut has_condition = false;
                visit_statements(inner, &mut |statement| {
                    has_condition |= matches!(statement.kind, StatementKind::If(..));
                });
                visit_calls(facts, inner, &mut |call, span| {
                    if call.name() == Some("setattr") {
                        sets = Some(span);
                    }
                });
                if !has_condition && found.is_none() {
                    found = sets;
                }
            }
        }
        _ => {}
    });
    visit_calls(facts, body, &mut |call, _| {
        if call.name() == Some("pop") && call.arguments.first().and_then(|key| key.as_str()) == Some(field) {
            is_set_apart = true;
        }
        let is_constructor = call.name().is_some_and(|name| name.starts_with(|c: char| c.is_ascii_uppercase()));
        let is_writer = matches!(
            call.name(),
            Some("create" | "values" | "insert" | "update" | "patch" | "save" | "update_user" | "create_user")
        );
        if found.is_some() || !(is_constructor || is_writer) {
            return;
        }
        if call.keyword(field).is_some() {
            is_set_apart = true;
        }
        // `users.update(session, user, body.model_dump())`: a function that writes what it is handed.
        for given in call.arguments.iter().filter(|_| is_writer) {
            if is_dump(given) || given.as_name().is_some_and(|name| dumps.contains(&name)) {
                found = Some(given.span);
            }
        }
        for splat in call.splats() {
            if is_dump(splat) || splat.as_name().is_some_and(|name| dumps.contains(&name)) {
                found = Some(splat.span);
            }
        }
    });
    found.filter(|_| !is_set_apart)
}
