//! Checks of FastAPI applications as a whole: they read the linked model, not a file.

mod app;
mod browser;
mod exposure;
mod inputs;
mod rate_limits;
mod responses;
mod routes;

pub(super) use app::{
    DEPENDENCY_NOT_APPLIED, MIDDLEWARE_ORDER, MOUNT_BYPASSES_DEPENDENCIES, SECURITY_MIDDLEWARE_UNUSED,
};
pub(super) use browser::{CSRF_MISSING, MISSING_HEADERS};
pub(super) use exposure::DOCS_EXPOSED;
pub(super) use inputs::{INPUT_BOUNDS, OVERPOSTING, UNTYPED_BODY};
pub(super) use rate_limits::MISSING_RATE_LIMIT;
pub(super) use responses::SENSITIVE_RESPONSE_FIELD;
pub(super) use routes::{
    MISSING_ROLE_CHECK, OBJECT_LEVEL_AUTHORIZATION, OPTIONAL_AUTH, UNAUTHENTICATED_ROUTE, WEBSOCKET_ORIGIN,
    WEBSOCKET_UNAUTHENTICATED,
};

use super::project::ProjectMatch;
use crate::facts::python::FunctionId;
use crate::model::fastapi::{Route, words};
use crate::model::{FileId, Project};
use crate::syntax::FileKind;

/// The files whose facts the model is made of.
const PYTHON: &[FileKind] = &[FileKind::Python, FileKind::Notebook, FileKind::Markdown];

/// A match at a route, with what messages say of it.
fn at_route(route: &Route) -> ProjectMatch {
    let mut found = ProjectMatch::new(route.place, &*route.name);
    found.captures = vec![
        ("methods".to_owned(), methods(route)),
        ("path".to_owned(), route.path.to_string()),
        ("handler".to_owned(), route.name.to_string()),
    ];
    found
}

fn methods(route: &Route) -> String {
    if route.methods.is_empty() { "WebSocket".to_owned() } else { route.methods.join(", ") }
}

/// A function as it is written, decorators included; empty for one that is not of Python.
fn function_text(project: &Project, (file, id): (FileId, FunctionId)) -> &str {
    let Some(facts) = project.modules().facts(file) else { return "" };
    let span = facts.function(id).span;
    project.file(file).source.text().get(span.start as usize..span.end as usize).unwrap_or_default()
}

/// The words of a route's path and handler.
fn words_of(route: &Route) -> Vec<String> {
    let mut found = words::words(&route.path);
    found.extend(words::words(&route.name));
    found
}

fn has_any(words: &[String], wanted: &[&str]) -> bool {
    words.iter().any(|word| wanted.contains(&word.as_str()))
}

/// Whether two words follow each other.
fn has_pair(words: &[String], first: &str, second: &str) -> bool {
    words.windows(2).any(|pair| pair[0] == first && pair[1] == second)
}

/// Whether a route is meant for people who have not proved who they are.
fn is_public(route: &Route) -> bool {
    const PUBLIC: &[&str] = &[
        "login",
        "signin",
        "logout",
        "signout",
        "register",
        "registration",
        "signup",
        "token",
        "tokens",
        "refresh",
        "forgot",
        "reset",
        "recover",
        "recovery",
        "verify",
        "verification",
        "confirm",
        "confirmation",
        "activate",
        "activation",
        "health",
        "healthz",
        "healthcheck",
        "livez",
        "readyz",
        "liveness",
        "readiness",
        "ready",
        "live",
        "alive",
        "ping",
        "status",
        "version",
        "metrics",
        "docs",
        "redoc",
        "openapi",
        "webhook",
        "webhooks",
        "hook",
        "callback",
        "oauth",
        "oauth2",
        "auth",
        "authorize",
        "public",
        "contact",
        "newsletter",
        "subscribe",
        "unsubscribe",
        "csp",
        "report",
        "robots",
        "favicon",
        "sitemap",
        "wellknown",
        "jwks",
        "otp",
        "captcha",
        "csrf",
        "guest",
        "anonymous",
        "invite",
        "invitation",
        "feedback",
        "error",
        "demo",
    ];
    let words = words_of(route);
    let own_path = route.own_path.trim_matches('/');
    has_any(&words, PUBLIC)
        || has_pair(&words, "sign", "in")
        || has_pair(&words, "sign", "up")
        || has_pair(&words, "sign", "out")
        || has_pair(&words, "log", "in")
        || has_pair(&words, "well", "known")
        || (own_path.is_empty() && !route.is_mutating() && route.path.trim_matches('/').is_empty())
}
