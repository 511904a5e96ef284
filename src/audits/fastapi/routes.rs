//! Who may call a route: authentication, rights, WebSockets.

use super::super::project::{ProjectAudit, ProjectMatch};
use super::{PYTHON, at_route, has_any, is_public, words_of};
use crate::facts::python::{Expr, ExprKind, StatementKind, visit_exprs, visit_statements};
use crate::model::fastapi::{DependencyId, EvidenceKind, FastApi, Guard, GuardKind, HostId, Input, Route, RouteKind};
use crate::model::{Place, Project};
use std::collections::BTreeMap;

/// Routes that anybody may call in an application that authenticates elsewhere.
pub(in super::super) const UNAUTHENTICATED_ROUTE: ProjectAudit = ProjectAudit {
    name: "fastapi-unauthenticated-route",
    kinds: PYTHON,
    variants: &["read", "app"],
    run: unauthenticated_routes,
};

/// A scheme that lets unknown senders pass, and a handler that never looks.
pub(in super::super) const OPTIONAL_AUTH: ProjectAudit = ProjectAudit {
    name: "fastapi-optional-auth-unchecked",
    kinds: PYTHON,
    variants: &[],
    run: optional_auth_unchecked,
};

/// Administration without a look at the sender's rights.
pub(in super::super) const MISSING_ROLE_CHECK: ProjectAudit =
    ProjectAudit { name: "fastapi-missing-role-check", kinds: PYTHON, variants: &[], run: missing_role_checks };

/// Objects by id, whosever they are.
pub(in super::super) const OBJECT_LEVEL_AUTHORIZATION: ProjectAudit = ProjectAudit {
    name: "fastapi-object-level-authorization",
    kinds: PYTHON,
    variants: &[],
    run: object_level_authorization,
};

/// WebSockets that anybody may open in an application that authenticates elsewhere.
pub(in super::super) const WEBSOCKET_UNAUTHENTICATED: ProjectAudit = ProjectAudit {
    name: "fastapi-websocket-unauthenticated",
    kinds: PYTHON,
    variants: &[],
    run: unauthenticated_sockets,
};

/// WebSockets that believe a cookie and never look where the page came from.
pub(in super::super) const WEBSOCKET_ORIGIN: ProjectAudit =
    ProjectAudit { name: "fastapi-websocket-origin", kinds: PYTHON, variants: &[], run: sockets_without_origin };

/// The routes of each outermost application, test code left out.
fn by_root(model: &FastApi) -> BTreeMap<HostId, Vec<&Route>> {
    let mut found: BTreeMap<HostId, Vec<&Route>> = BTreeMap::new();
    for route in model.routes.iter().filter(|route| !route.is_test) {
        if let Some(root) = route.root {
            found.entry(root).or_default().push(route);
        }
    }
    found
}

/// The first route that asks who is calling. One that people log in with does not count: it asks everybody.
fn protected_example<'m>(routes: &[&'m Route]) -> Option<(&'m Route, &'m Guard)> {
    routes.iter().filter(|route| !is_public(route)).find_map(|route| Some((*route, route.authentication.as_ref()?)))
}

fn is_protected(route: &Route) -> bool {
    route.authentication.is_some() || route.authorisation.is_some()
}

/// Whether a writing method is used for what only reads: searches, computations.
fn only_computes(route: &Route) -> bool {
    const READS: &[&str] = &[
        "search",
        "query",
        "find",
        "list",
        "filter",
        "lookup",
        "predict",
        "prediction",
        "predictions",
        "inference",
        "infer",
        "classify",
        "calculate",
        "compute",
        "estimate",
        "preview",
        "validate",
        "echo",
        "convert",
        "translate",
        "embed",
        "embeddings",
        "completions",
        "similarity",
        "score",
    ];
    has_any(&words_of(route), READS)
}

fn unauthenticated_routes(project: &Project) -> Vec<ProjectMatch> {
    let model = project.fastapi();
    let mut found = Vec::new();
    for (root, routes) in by_root(model) {
        let open = |route: &&&Route| {
            route.kind == RouteKind::Api
                && !is_protected(route)
                && route.optional_authentication.is_none()
                && !is_public(route)
        };
        let Some((example, guard)) = protected_example(&routes) else {
            let writing: Vec<_> = routes.iter().filter(open).filter(|route| route.is_mutating()).collect();
            let host = model.host(root);
            if let [first, ..] = writing.as_slice()
                && !routes.iter().any(|route| is_protected(route) || route.optional_authentication.is_some())
                && !project.file(host.place.file).is_test
            {
                let mut whole = ProjectMatch::new(host.place, &*host.name);
                whole.captures = vec![
                    ("count".to_owned(), writing.len().to_string()),
                    ("example".to_owned(), format!("{} {}", super::methods(first), first.path)),
                ];
                whole.related.push((first.place, "one of the routes that change something".to_owned()));
                whole.variant = Some("app");
                found.push(whole);
            }
            continue;
        };
        for route in routes.iter().filter(open) {
            let mut one = at_route(route);
            one.captures.push(("guard".to_owned(), guard.name.to_string()));
            one.captures.push(("example".to_owned(), format!("{} {}", super::methods(example), example.path)));
            one.related.push((guard.place, format!("`{}` guards {} here", guard.name, example.path)));
            if !route.is_mutating() || only_computes(route) {
                one.variant = Some("read");
            }
            found.push(one);
        }
    }
    found
}

/// What a handler does with a name.
#[derive(Debug, Default, Clone, Copy)]
struct NameUse {
    /// It decides a branch, or is handed to something that may decide.
    is_tested: bool,
    /// A part of it is read, which fails for `None`.
    is_opened: bool,
}

fn name_use(project: &Project, route: &Route, name: &str) -> Option<NameUse> {
    let (file, id) = route.function()?;
    let facts = project.modules().facts(file)?;
    let body = &facts.function(id).body;
    let mut seen = NameUse::default();
    visit_statements(body, &mut |statement| match &statement.kind {
        StatementKind::If(condition, ..) | StatementKind::While(condition, ..) | StatementKind::Assert(condition) => {
            seen.is_tested |= mentions(condition, name);
        }
        StatementKind::Match(subject, _) => seen.is_tested |= mentions(subject, name),
        _ => {}
    });
    visit_exprs(facts, body, &mut |expr| match &expr.kind {
        ExprKind::Attribute(object, _) if object.as_name() == Some(name) => seen.is_opened = true,
        ExprKind::Subscript(object, _) if object.as_name() == Some(name) => seen.is_opened = true,
        ExprKind::Conditional(parts) => seen.is_tested |= mentions(&parts.0, name),
        ExprKind::And(parts) | ExprKind::Or(parts) => {
            seen.is_tested |= mentions(&parts.0, name) || mentions(&parts.1, name);
        }
        ExprKind::Compare(_, operands) => seen.is_tested |= operands.iter().any(|operand| mentions(operand, name)),
        ExprKind::Not(operand) => seen.is_tested |= mentions(operand, name),
        // Whoever is handed the value may look at it.
        ExprKind::Call(call) => {
            let given = call.arguments.iter().chain(call.keywords.iter().map(|keyword| &keyword.value));
            seen.is_tested |= given.into_iter().any(|argument| argument.as_name() == Some(name));
        }
        _ => {}
    });
    Some(seen)
}

fn mentions(expr: &Expr, name: &str) -> bool {
    let mut found = false;
    expr.walk(&mut |part| found |= part.as_name() == Some(name));
    found
}

fn optional_auth_unchecked(project: &Project) -> Vec<ProjectMatch> {
    let model = project.fastapi();
    let mut found = Vec::new();
    for route in model.routes.iter().filter(|route| !route.is_test && route.kind == RouteKind::Api) {
        let Some(guard) = &route.optional_authentication else { continue };
        if is_protected(route) || is_public(route) {
            continue;
        }
        let GuardKind::Dependency(id) = guard.by else { continue };
        if is_looked_at(project, model, route, id) {
            continue;
        }
        let mut one = at_route(route);
        one.place = guard.place;
        one.captures.push(("guard".to_owned(), guard.name.to_string()));
        one.related.push((guard.evidence.place, format!("`{}` {}", guard.name, guard.evidence.sentence)));
        found.push(one);
    }
    // A dependency that is attached to a router stands for many routes: one finding.
    found.sort_by_key(|one| one.place);
    found.dedup_by_key(|one| one.place);
    found
}

/// Whether the handler looks at what a dependency found, in a parameter of its own.
fn is_looked_at(project: &Project, model: &FastApi, route: &Route, id: DependencyId) -> bool {
    route.parameters.iter().any(|parameter| {
        let Some(used) = &parameter.dependency else { return false };
        model.dependency_tree(used.dependency).contains(&id)
            && name_use(project, route, &parameter.name).is_none_or(|seen| seen.is_tested || seen.is_opened)
    })
}

fn missing_role_checks(project: &Project) -> Vec<ProjectMatch> {
    const ADMINISTRATION: &[&str] =
        &["admin", "admins", "administration", "superuser", "impersonate", "promote", "demote", "ban", "unban"];
    const RIGHTS: &[&str] = &["role", "roles", "permission", "permissions", "scopes"];
    let routes = project.fastapi().routes.iter();
    routes
        .filter(|route| !route.is_test && route.kind == RouteKind::Api && route.root.is_some())
        .filter(|route| {
            let words = words_of(route);
            has_any(&words, ADMINISTRATION) || (route.is_mutating() && has_any(&words, RIGHTS))
        })
        .filter_map(|route| {
            let guard = route.authentication.as_ref().filter(|_| route.authorisation.is_none())?;
            let names_rights = crate::model::fastapi::words::is_about_rights(&guard.name)
                || guard.name.to_lowercase().contains("admin");
            if names_rights {
                return None;
            }
            let mut one = at_route(route);
            one.captures.push(("guard".to_owned(), guard.name.to_string()));
            one.related.push((guard.place, format!("`{}` says who it is, not what they may do", guard.name)));
            Some(one)
        })
        .collect()
}

fn object_level_authorization(project: &Project) -> Vec<ProjectMatch> {
    const CATALOGUE: &[&str] = &[
        "product",
        "products",
        "catalog",
        "catalogue",
        "category",
        "categories",
        "article",
        "articles",
        "post",
        "posts",
        "tag",
        "tags",
        "country",
        "countries",
        "public",
        "page",
        "pages",
        "item",
        "items",
        "book",
        "books",
        "movie",
        "movies",
        "admin",
        "news",
        "health",
        "me",
    ];
    let routes = project.fastapi().routes.iter();
    routes
        .filter(|route| !route.is_test && route.kind == RouteKind::Api && route.root.is_some())
        .filter(|route| route.uses_identity.is_none() && route.authorisation.is_none())
        .filter(|route| !has_any(&words_of(route), CATALOGUE))
        .filter_map(|route| {
            let guard = route.authentication.as_ref()?;
            let by_id = route.inputs_from(Input::Path).find(|parameter| {
                let name = parameter.name.to_lowercase();
                name == "id" || name.ends_with("_id") || name.ends_with("uuid")
            })?;
            let (file, id) = route.function()?;
            let facts = project.modules().facts(file)?;
            let mut loads = None;
            visit_exprs(facts, &facts.function(id).body, &mut |expr| {
                let ExprKind::Call(call) = &expr.kind else { return };
                let is_loader = call.name().is_some_and(|name| {
                    matches!(name, "get" | "get_or_404" | "filter" | "filter_by" | "where" | "find_one" | "fetch_one")
                        || name.starts_with("get_")
                        || name.starts_with("delete_")
                        || name.starts_with("update_")
                        || name == "delete"
                });
                if is_loader && loads.is_none() && mentions(expr, &by_id.name) {
                    loads = Some(expr.span);
                }
            });
            let span = loads?;
            let mut one = at_route(route);
            one.captures.push(("parameter".to_owned(), by_id.name.to_string()));
            one.captures.push(("guard".to_owned(), guard.name.to_string()));
            one.place = Place { file, span };
            one.related.push((route.place, "the route".to_owned()));
            Some(one)
        })
        .collect()
}

fn unauthenticated_sockets(project: &Project) -> Vec<ProjectMatch> {
    let model = project.fastapi();
    let mut found = Vec::new();
    for routes in by_root(model).into_values() {
        let Some((example, guard)) = protected_example(&routes) else { continue };
        for route in routes.iter().filter(|route| route.kind == RouteKind::WebSocket) {
            if is_protected(route) || route.optional_authentication.is_some() || is_public(route) {
                continue;
            }
            let mut one = at_route(route);
            one.captures.push(("guard".to_owned(), guard.name.to_string()));
            one.related.push((guard.place, format!("`{}` guards {} here", guard.name, example.path)));
            found.push(one);
        }
    }
    found
}

fn sockets_without_origin(project: &Project) -> Vec<ProjectMatch> {
    let model = project.fastapi();
    let sockets = model.routes.iter().filter(|route| !route.is_test && route.kind == RouteKind::WebSocket);
    sockets
        .filter_map(|route| {
            let guard = route.authentication.as_ref().or(route.optional_authentication.as_ref())?;
            let by_cookie = matches!(guard.evidence.kind, EvidenceKind::Cookie | EvidenceKind::Session);
            if !by_cookie || looks_at_origin(project, model, route) {
                return None;
            }
            let mut one = at_route(route);
            one.related.push((guard.evidence.place, format!("`{}` {}", guard.name, guard.evidence.sentence)));
            Some(one)
        })
        .collect()
}

/// Whether the handler, or a dependency in the same file, speaks of the origin.
fn looks_at_origin(project: &Project, model: &FastApi, route: &Route) -> bool {
    use crate::model::fastapi::Callable;
    let dependencies = route.dependencies.iter().flat_map(|(_, used)| model.dependency_tree(used.dependency));
    let functions = dependencies.filter_map(|id| match model.dependency(id).callable {
        Callable::Function(file, function) => Some((file, function)),
        _ => None,
    });
    route
        .function()
        .into_iter()
        .chain(functions)
        .any(|function| super::function_text(project, function).to_lowercase().contains("origin"))
}
