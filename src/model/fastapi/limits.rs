//! Rate limits on routes: decorators of slowapi and its like, dependencies, middleware.

use super::code::Code;
use super::words::words;
use crate::facts::python::{Expr, Function, ScopeId};
use crate::model::modules::{Class, Modules};
use crate::model::{FileId, Place};
use crate::source::Span;

/// What limits how often a route may be called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RateLimit {
    /// How it is attached.
    pub kind: LimitKind,
    /// As it is written: `5/minute`; the name of what limits where nothing is written out.
    pub text: Box<str>,
    /// Where it stands.
    pub place: Place,
    /// Why it has no effect; `None` when it has.
    pub defect: Option<LimitDefect>,
}

/// How a limit is attached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LimitKind {
    /// `@limiter.limit("5/minute")` of slowapi.
    Slowapi,
    /// Another decorator.
    Decorator,
    /// `Depends(RateLimiter(...))`.
    Dependency,
    /// A middleware of the application, or slowapi's default limits with its middleware.
    Middleware,
    /// The handler's own statements answer 429.
    Handler,
}

/// Why a limit has no effect.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LimitDefect {
    /// The decorator stands above the route's: the route holds the function without it.
    AboveRoute,
    /// slowapi asks for a parameter `request` or `websocket`.
    NoRequest,
}

/// Whether a name is one of something that limits how often.
pub(super) fn is_about_rate(name: &str) -> bool {
    let words = words(name);
    let has = |word: &str| words.iter().any(|other| other == word);
    has("ratelimit")
        || has("ratelimiter")
        || has("throttle")
        || has("throttling")
        || has("throttled")
        || has("limiter")
        || (has("rate") && (has("limit") || has("limiter") || has("limited") || has("limits")))
}

/// The limit that a decorator sets.
pub(super) fn decorator_limit(
    modules: Modules<'_>,
    file: FileId,
    function: &Function,
    route_decorator: Option<Span>,
) -> Option<RateLimit> {
    let route =
        route_decorator.and_then(|span| function.decorators.iter().position(|decorator| decorator.span == span));
    for (index, decorator) in function.decorators.iter().enumerate() {
        let named = decorator.as_call().map_or(decorator, |call| &call.callee);
        let Some(name) = named.last_name() else { continue };
        let is_slowapi = matches!(name, "limit" | "shared_limit") && is_limiter(modules, file, function.parent, named);
        if !is_slowapi && !is_about_rate(name) {
            continue;
        }
        let code = Code { file, scope: function.parent, expr: decorator.clone() };
        let text = code.argument(0, "limit_value").and_then(|limit| limit.string(modules));
        let text = text.unwrap_or_else(|| code.text(modules).split_whitespace().collect());
        let has_request =
            function.parameters.iter().any(|parameter| matches!(&*parameter.name, "request" | "websocket"));
        let defect = match route {
            Some(route) if index < route => Some(LimitDefect::AboveRoute),
            _ if is_slowapi && !has_request => Some(LimitDefect::NoRequest),
            _ => None,
        };
        let kind = if is_slowapi { LimitKind::Slowapi } else { LimitKind::Decorator };
        return Some(RateLimit { kind, text: text.into(), place: code.place(), defect });
    }
    None
}

/// Whether `x` of `x.limit` is a limiter of slowapi, by its class or its name.
fn is_limiter(modules: Modules<'_>, file: FileId, scope: ScopeId, named: &Expr) -> bool {
    let crate::facts::python::ExprKind::Attribute(object, _) = &named.kind else { return false };
    match modules.class_of(file, scope, object) {
        Some(class @ Class::Local(..)) => modules.inherits(&class, &["slowapi.Limiter", "slowapi.extension.Limiter"]),
        Some(Class::External(name)) => name.contains("imiter"),
        None => object.last_name().is_some_and(|name| name.to_lowercase().contains("limit")),
    }
}
