//! What an application that serves browsers must tell them.

use super::super::project::{ProjectAudit, ProjectMatch};
use super::PYTHON;
use crate::facts::python::Expr;
use crate::model::fastapi::{AppFacts, EvidenceKind, Host, HostId, Middleware, MiddlewareKind, Route};
use crate::model::{Place, Project};
use std::collections::BTreeSet;

/// Security headers that no middleware sets, once for an application. `api` are applications without pages, `frame` is the
/// protection against framing, `isolation` what keeps other sites out of the process.
pub(in super::super) const MISSING_HEADERS: ProjectAudit = ProjectAudit {
    name: "fastapi-missing-security-headers",
    kinds: PYTHON,
    variants: &["api", "frame", "isolation"],
    run: missing_headers,
};

/// Writing routes that believe a cookie, without anything that tells the own pages from others. `lax` where `SameSite`
/// keeps most of it out.
pub(in super::super) const CSRF_MISSING: ProjectAudit =
    ProjectAudit { name: "fastapi-csrf-missing", kinds: PYTHON, variants: &["lax"], run: csrf_missing };

/// Applications that are not inside another one, with what they have and their routes.
fn outermost(project: &Project) -> impl Iterator<Item = (HostId, &Host, &AppFacts, Vec<&Route>)> {
    let model = project.fastapi();
    model.apps().filter_map(move |(id, host, app)| {
        let routes: Vec<&Route> = model.routes.iter().filter(|route| route.root == Some(id)).collect();
        let is_inner = model.routes.iter().any(|route| route.app == Some(id) && route.root != Some(id));
        (!host.is_test && !is_inner && !routes.is_empty()).then_some((id, host, app, routes))
    })
}

fn missing_headers(project: &Project) -> Vec<ProjectMatch> {
    let mut found = Vec::new();
    for (_, host, app, routes) in outermost(project) {
        if app.middleware.iter().any(|middleware| sets_headers_unseen(project, middleware)) {
            continue;
        }
        let set: BTreeSet<&str> =
            app.middleware.iter().flat_map(|middleware| &middleware.headers).map(|header| &*header.name).collect();
        if set.contains("*") {
            continue;
        }
        let page = page(project, app, &routes);
        let mut missing = Vec::new();
        for (name, shown) in [
            ("x-content-type-options", "X-Content-Type-Options"),
            ("content-security-policy", "Content-Security-Policy"),
            ("referrer-policy", "Referrer-Policy"),
        ] {
            if !set.contains(name) {
                missing.push(shown);
            }
        }
        let mut report = |missing: &[&str], variant, related: Option<Place>| {
            let mut one = ProjectMatch::new(host.place, &*host.name);
            one.captures.push(("missing".to_owned(), missing.join(", ")));
            one.captures.push(("app".to_owned(), host.name.to_string()));
            one.related.extend(related.map(|place| (place, "a page for browsers is made here".to_owned())));
            one.variant = variant;
            found.push(one);
        };
        match page {
            Some(place) => {
                if !missing.is_empty() {
                    report(&missing, None, Some(place));
                }
                if !set.contains("x-frame-options") && !set.contains("content-security-policy") {
                    report(&["X-Frame-Options"], Some("frame"), Some(place));
                }
                let isolation: Vec<&str> = [
                    ("permissions-policy", "Permissions-Policy"),
                    ("cross-origin-opener-policy", "Cross-Origin-Opener-Policy"),
                    ("cross-origin-resource-policy", "Cross-Origin-Resource-Policy"),
                ]
                .into_iter()
                .filter(|(name, _)| !set.contains(name))
                .map(|(_, shown)| shown)
                .collect();
                if isolation.len() == 3 {
                    report(&isolation, Some("isolation"), Some(place));
                }
            }
            None if missing.contains(&"X-Content-Type-Options") => {
                report(&["X-Content-Type-Options"], Some("api"), None);
            }
            None => {}
        }
    }
    found
}

/// Whether a middleware leaves the headers to a package: what it sets is not written out here.
fn sets_headers_unseen(project: &Project, middleware: &Middleware) -> bool {
    if !middleware.headers.is_empty() {
        return false;
    }
    let Some((file, id)) = middleware.function else { return middleware.kind == MiddlewareKind::SecurityHeaders };
    super::function_text(project, (file, id)).to_lowercase().contains("secur")
}

/// Where an application makes a page for browsers or sets a cookie.
fn page(project: &Project, app: &AppFacts, routes: &[&Route]) -> Option<Place> {
    let modules = project.modules();
    let session = app.middleware.iter().find(|middleware| middleware.kind == MiddlewareKind::Session);
    if let Some(session) = session {
        return Some(session.place);
    }
    routes.iter().find_map(|route| {
        let is_page = |expr: &Expr| {
            expr.last_name().is_some_and(|name| matches!(name, "HTMLResponse" | "TemplateResponse" | "set_cookie"))
        };
        if let Some(class) = route.registered.keyword(modules, "response_class")
            && is_page(&class.expr)
        {
            return Some(class.place());
        }
        let (file, id) = route.function()?;
        let facts = modules.facts(file)?;
        let mut place = None;
        crate::facts::python::visit_calls(facts, &facts.function(id).body, &mut |call, span| {
            if place.is_none() && is_page(&call.callee) {
                place = Some(Place { file, span });
            }
        });
        place
    })
}

fn csrf_missing(project: &Project) -> Vec<ProjectMatch> {
    let modules = project.modules();
    let mut found = Vec::new();
    for (_, host, app, routes) in outermost(project) {
        if app.middleware.iter().any(|middleware| middleware.kind == MiddlewareKind::Csrf) {
            continue;
        }
        let by_cookie = |route: &&&Route| {
            route.is_mutating()
                && !super::is_public(route)
                && route
                    .authentication
                    .as_ref()
                    .is_some_and(|guard| matches!(guard.evidence.kind, EvidenceKind::Cookie | EvidenceKind::Session))
                && !speaks_of_csrf(project, route)
        };
        let writing: Vec<&&Route> = routes.iter().filter(by_cookie).collect();
        let [first, ..] = writing.as_slice() else { continue };
        let session = app.middleware.iter().find(|middleware| middleware.kind == MiddlewareKind::Session);
        let same_site = session.and_then(|session| session.registered.keyword(modules, "same_site"));
        let is_none = same_site
            .as_ref()
            .and_then(|value| value.string(modules))
            .is_some_and(|value| value.eq_ignore_ascii_case("none"));
        let place = session.map_or(host.place, |session| session.place);
        let mut one = ProjectMatch::new(place, &*host.name);
        one.captures.push(("example".to_owned(), format!("{} {}", super::methods(first), first.path)));
        one.captures.push(("count".to_owned(), writing.len().to_string()));
        one.related.push((first.place, "a writing route that believes the cookie".to_owned()));
        one.variant = (!is_none).then_some("lax");
        found.push(one);
    }
    found
}

/// Whether a route's own code or one of its dependencies speaks of what tells own pages from others.
fn speaks_of_csrf(project: &Project, route: &Route) -> bool {
    let model = project.fastapi();
    let is_about = |text: &str| {
        let text = text.to_lowercase();
        text.contains("csrf") || text.contains("xsrf") || text.contains("sec-fetch") || text.contains("\"origin\"")
    };
    route.dependencies.iter().any(|(_, used)| is_about(&model.dependency(used.dependency).name))
        || route.function().is_some_and(|function| is_about(super::function_text(project, function)))
}
