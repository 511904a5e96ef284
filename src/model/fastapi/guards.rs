//! Says for each route what stands in front of its handler.

use super::FastApi;
use super::code::Code;
use super::host::HostId;
use super::judge::Judge;
use super::limits::{LimitKind, RateLimit};
use super::link::scope_evidence;
use super::middleware::MiddlewareKind;
use super::protection::{Evidence, EvidenceKind, Guard, GuardKind, Protection};
use super::route::Route;
use super::words::{is_about_authentication, is_about_rights};
use crate::facts::python::{ExprKind, FunctionId, PythonFacts, visit_exprs};
use crate::model::modules::{Definition, Modules};
use crate::model::{FileId, Place};

/// Fills in the guards of all routes.
pub(super) fn guard(modules: Modules<'_>, judge: &Judge<'_>, model: &mut FastApi) {
    let mut routes = std::mem::take(&mut model.routes);
    for route in &mut routes {
        by_dependencies(model, route);
        if let Some((file, id)) = route.function()
            && let Some(facts) = modules.facts(file)
        {
            by_decorators(modules, judge, file, facts, id, route);
            by_handler(judge, file, facts, id, route);
            route.uses_identity = identity(model, file, facts, id, route);
        }
        by_middleware(modules, model, route);
    }
    model.routes = routes;
}

fn take(route: &mut Route, protection: &Protection, by: GuardKind, name: &str, place: Place) {
    let guard = |evidence: &Evidence| Guard { by, name: name.into(), place, evidence: evidence.clone() };
    if let Some(evidence) = &protection.authentication {
        let slot =
            if protection.refusal.is_some() { &mut route.authentication } else { &mut route.optional_authentication };
        slot.get_or_insert_with(|| guard(evidence));
    }
    if let Some(evidence) = &protection.authorisation {
        route.authorisation.get_or_insert_with(|| guard(evidence));
    }
}

fn by_dependencies(model: &FastApi, route: &mut Route) {
    for (_, used) in route.dependencies.clone() {
        let Some(dependency) = model.dependencies.get(used.dependency.0 as usize) else { continue };
        let by = GuardKind::Dependency(used.dependency);
        take(route, &dependency.protection, by, &dependency.name, used.place);
        if !used.scopes.is_empty() && dependency.protection.authentication.is_some() {
            let evidence = scope_evidence(used.place);
            route.authorisation.get_or_insert(Guard { by, name: dependency.name.clone(), place: used.place, evidence });
        }
        if let Some(limit) = &dependency.protection.rate_limit
            && route.rate_limit.as_ref().is_none_or(|known| known.defect.is_some())
        {
            let (text, place) = (dependency.name.clone(), limit.place);
            route.rate_limit = Some(RateLimit { kind: LimitKind::Dependency, text, place, defect: None });
        }
    }
}

/// Decorators between the route's own and the function.
fn by_decorators(
    modules: Modules<'_>,
    judge: &Judge<'_>,
    file: FileId,
    facts: &PythonFacts,
    id: FunctionId,
    route: &mut Route,
) {
    let function = facts.function(id);
    let own = function
        .decorators
        .iter()
        .position(|decorator| route.registered.file == file && decorator.span == route.registered.expr.span);
    for decorator in function.decorators.iter().skip(own.map_or(0, |own| own + 1)) {
        let named = decorator.as_call().map_or(decorator, |call| &call.callee);
        let Some(name) = named.last_name() else { continue };
        let code = Code { file, scope: function.parent, expr: named.clone() };
        let protection = match code.definition(modules) {
            Some(Definition::Function(file, id)) => judge.function(file, id, true).protection,
            _ if is_about_authentication(name)
                || is_about_rights(name)
                || matches!(name, "requires" | "require" | "secured") =>
            {
                let kind = EvidenceKind::Name;
                let by_name = |sentence: &str| Some(Evidence { place: code.place(), kind, sentence: sentence.into() });
                Protection {
                    authentication: by_name("by its name it recognises the sender"),
                    refusal: by_name("by its name it refuses unknown senders"),
                    authorisation: is_about_rights(name).then(|| by_name("by its name it checks rights")).flatten(),
                    ..Protection::default()
                }
            }
            _ => continue,
        };
        take(route, &protection, GuardKind::Decorator, name, code.place());
    }
}

fn by_handler(judge: &Judge<'_>, file: FileId, facts: &PythonFacts, id: FunctionId, route: &mut Route) {
    let shown = judge.function(file, id, false);
    let function = facts.function(id);
    let place = Place { file, span: function.name_span };
    let mut protection = shown.protection;
    if shown.passes_unknown {
        protection.refusal = None;
    }
    // A handler that checks a password is the login itself: it recognises the sender, and is meant to be public.
    if protection.authentication.as_ref().is_some_and(|evidence| evidence.kind == EvidenceKind::Password) {
        protection.authentication = None;
    }
    // What only the name of something in the body says is too little.
    if protection.authentication.as_ref().is_some_and(|evidence| evidence.kind == EvidenceKind::Name) {
        protection.refusal = None;
    }
    // Rights can only be checked of a known sender.
    if route.authentication.is_none() && !protection.authenticates() {
        protection.authorisation = None;
    }
    take(route, &protection, GuardKind::Handler, &function.name, place);
}

/// Where the handler uses what an authenticating dependency hands in.
fn identity(model: &FastApi, file: FileId, facts: &PythonFacts, id: FunctionId, route: &Route) -> Option<Place> {
    let names: Vec<&str> = route
        .parameters
        .iter()
        .filter(|parameter| {
            parameter.dependency.as_ref().is_some_and(|used| {
                model
                    .dependencies
                    .get(used.dependency.0 as usize)
                    .is_some_and(|it| it.protection.authentication.is_some())
            })
        })
        .map(|parameter| &*parameter.name)
        .collect();
    let mut found = None;
    visit_exprs(facts, &facts.function(id).body, &mut |expr| {
        let is_used = match &expr.kind {
            ExprKind::Name(name) => names.contains(&&**name),
            ExprKind::Attribute(object, name) => {
                matches!(&**name, "user" | "session" | "user_id")
                    && matches!(object.last_name(), Some("request" | "state" | "self"))
            }
            _ => false,
        };
        if is_used && found.is_none() {
            found = Some(Place { file, span: expr.span });
        }
    });
    found
}

fn by_middleware(modules: Modules<'_>, model: &FastApi, route: &mut Route) {
    let apps: Vec<HostId> = [route.root, route.app].into_iter().flatten().collect();
    for app in apps {
        let Some(facts) = model.hosts.get(app.0 as usize).and_then(|host| host.app.as_ref()) else { continue };
        for middleware in &facts.middleware {
            let covers = middleware.covers(&route.path) && route.kind != super::RouteKind::WebSocket;
            if covers && middleware.kind != MiddlewareKind::Session {
                let mut protection = middleware.protection.clone();
                if middleware.function.is_none() && middleware.kind == MiddlewareKind::Authentication {
                    let is_starlettes = middleware.name.as_ref() == "AuthenticationMiddleware";
                    let sentence = "by its name it recognises the sender";
                    let evidence =
                        Evidence { place: middleware.place, kind: EvidenceKind::Name, sentence: sentence.into() };
                    protection.authentication = Some(evidence.clone());
                    protection.refusal = (!is_starlettes).then_some(evidence);
                }
                if protection.authentication.is_some() {
                    take(route, &protection, GuardKind::Middleware, &middleware.name, middleware.place);
                }
            }
            if covers
                && middleware.kind == MiddlewareKind::RateLimit
                && route.rate_limit.as_ref().is_none_or(|it| it.defect.is_some())
            {
                // slowapi's middleware applies default limits only.
                let is_slowapis = middleware.name.starts_with("SlowAPI");
                let has_defaults = facts.state.iter().any(|(name, value)| {
                    &**name == "limiter"
                        && value.clone().value(modules).is_some_and(|limiter| {
                            ["default_limits", "application_limits"]
                                .iter()
                                .any(|it| limiter.keyword(modules, it).is_some())
                        })
                });
                if !is_slowapis || has_defaults {
                    let (text, place) = (middleware.name.clone(), middleware.place);
                    route.rate_limit = Some(RateLimit { kind: LimitKind::Middleware, text, place, defect: None });
                }
            }
        }
    }
}
