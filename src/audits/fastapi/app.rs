//! How an application is put together: middleware, mounts.

use super::super::project::{ProjectAudit, ProjectMatch};
use super::PYTHON;
use crate::facts::python::{Expr, Function, PythonFacts, ScopeKind, StatementKind, visit_statements};
use crate::model::fastapi::{Callable, FastApi, MiddlewareKind, words};
use crate::model::modules::Class;
use crate::model::{Place, Project};

/// Middleware that protects and is added nowhere.
pub(in super::super) const SECURITY_MIDDLEWARE_UNUSED: ProjectAudit = ProjectAudit {
    name: "fastapi-security-middleware-unused",
    kinds: PYTHON,
    variants: &[],
    run: security_middleware_unused,
};

/// Checks that are handed over wrongly from another file, or that nothing asks for.
pub(in super::super) const DEPENDENCY_NOT_APPLIED: ProjectAudit = ProjectAudit {
    name: "fastapi-dependency-not-applied",
    kinds: PYTHON,
    variants: &["imported", "unused"],
    run: dependency_not_applied,
};

/// CORS inside of what answers by itself.
pub(in super::super) const MIDDLEWARE_ORDER: ProjectAudit =
    ProjectAudit { name: "fastapi-middleware-order", kinds: PYTHON, variants: &[], run: middleware_order };

/// Mounted applications that rely on dependencies of the one around them.
pub(in super::super) const MOUNT_BYPASSES_DEPENDENCIES: ProjectAudit = ProjectAudit {
    name: "fastapi-mount-bypasses-dependencies",
    kinds: PYTHON,
    variants: &[],
    run: mount_bypasses_dependencies,
};

const MIDDLEWARE_BASES: &[&str] =
    &["starlette.middleware.base.BaseHTTPMiddleware", "fastapi.middleware.base.BaseHTTPMiddleware"];

fn security_middleware_unused(project: &Project) -> Vec<ProjectMatch> {
    let modules = project.modules();
    let model = project.fastapi();
    if !model.apps().any(|(_, host, _)| !host.is_test) {
        return Vec::new();
    }
    let mut found = Vec::new();
    for (file, facts) in modules.python_files() {
        for (id, class) in facts.classes() {
            let words = words::words(&class.name);
            let protects = words.iter().any(|word| {
                matches!(
                    word.as_str(),
                    "security"
                        | "headers"
                        | "csrf"
                        | "auth"
                        | "authentication"
                        | "ratelimit"
                        | "limit"
                        | "limiter"
                        | "hsts"
                        | "csp"
                        | "size"
                        | "throttle"
                )
            });
            let is_middleware = modules.inherits(&Class::Local(file, id), MIDDLEWARE_BASES);
            if protects && is_middleware && !is_named_elsewhere(project, &class.name) {
                let place = Place { file, span: class.name_span };
                let mut one = ProjectMatch::new(place, &*class.name);
                one.captures.push(("name".to_owned(), class.name.to_string()));
                found.push(one);
            }
        }
    }
    found
}

fn dependency_not_applied(project: &Project) -> Vec<ProjectMatch> {
    let model = project.fastapi();
    if !model.apps().any(|(_, host, _)| !host.is_test) {
        return Vec::new();
    }
    let mut found = imported_factories(project);
    found.extend(unused_checks(project));
    found
}

/// Functions of other files that make a check, handed over instead of what they make.
fn imported_factories(project: &Project) -> Vec<ProjectMatch> {
    let mut found = Vec::new();
    for dependency in &project.fastapi().dependencies {
        let Callable::Function(file, id) = dependency.callable else { continue };
        let declared = &dependency.declared;
        if declared.file == file || dependency.made_by.is_some() || declared.call().is_some() {
            continue;
        }
        let Some(facts) = project.modules().facts(file) else { continue };
        let function = facts.function(id);
        if returns_own_function(facts, function) {
            let mut one = ProjectMatch::new(declared.place(), &*dependency.name);
            one.captures.push(("name".to_owned(), dependency.name.to_string()));
            let made = Place { file, span: function.name_span };
            one.related.push((made, "it returns the function that checks, and checks nothing itself".to_owned()));
            one.variant = Some("imported");
            found.push(one);
        }
    }
    found
}

/// Dependencies that check something and that nothing asks for.
fn unused_checks(project: &Project) -> Vec<ProjectMatch> {
    let model = project.fastapi();
    let mut found = Vec::new();
    for (file, facts) in project.modules().python_files() {
        for (id, function) in facts.functions() {
            let is_outer = facts.scope(function.parent).kind == ScopeKind::Module && function.decorators.is_empty();
            if is_outer
                && is_check(function)
                && model.routes_of(file, id).next().is_none()
                && !is_named_elsewhere(project, &function.name)
            {
                let mut one = ProjectMatch::new(Place { file, span: function.name_span }, &*function.name);
                one.captures.push(("name".to_owned(), function.name.to_string()));
                one.variant = Some("unused");
                found.push(one);
            }
        }
    }
    found
}

/// Whether a function refuses requests, by its name, and is handed something by the framework.
fn is_check(function: &Function) -> bool {
    const CHECKS: &[&str] = &["require", "verify", "check", "ensure"];
    let hands_in = |expr: &Expr| {
        let mut found = false;
        expr.walk(&mut |part| {
            found |= matches!(part.last_name(), Some("Depends" | "Security" | "Request" | "CurrentUser" | "User"));
        });
        found
    };
    let is_handed = function.parameters.iter().any(|parameter| {
        parameter.default.as_ref().is_some_and(hands_in) || parameter.annotation.as_ref().is_some_and(hands_in)
    });
    let mut refuses = false;
    visit_statements(&function.body, &mut |statement| refuses |= matches!(statement.kind, StatementKind::Raise(_)));
    let words = words::words(&function.name);
    is_handed && refuses && words.first().is_some_and(|word| CHECKS.contains(&word.as_str()))
}

/// Whether a function returns one that is defined in it.
fn returns_own_function(facts: &PythonFacts, function: &Function) -> bool {
    let mut returned = false;
    visit_statements(&function.body, &mut |statement| {
        if let StatementKind::Return(Some(value)) = &statement.kind
            && let Some(name) = value.as_name()
        {
            returned |= facts.functions.iter().any(|inner| inner.parent == function.scope && &*inner.name == name);
        }
    });
    returned
}

/// Whether a name stands anywhere but in its own definition.
fn is_named_elsewhere(project: &Project, name: &str) -> bool {
    let count: usize = project
        .modules()
        .python_files()
        .map(|(file, _)| {
            let text = project.file(file).source.text();
            let is_part = |character: char| character.is_alphanumeric() || character == '_';
            text.match_indices(name)
                .filter(|(at, _)| !text[..*at].ends_with(is_part) && !text[at + name.len()..].starts_with(is_part))
                .count()
        })
        .sum();
    count > 1
}

fn middleware_order(project: &Project) -> Vec<ProjectMatch> {
    let model = project.fastapi();
    let mut found = Vec::new();
    for (_, host, app) in model.apps().filter(|(_, host, _)| !host.is_test) {
        let Some(cors) = app.middleware.iter().position(|middleware| middleware.kind == MiddlewareKind::Cors) else {
            continue;
        };
        // A list given to the constructor is outermost first; what is added later stands further out.
        let outer = app.middleware[cors + 1..].iter().find(|middleware| {
            let refuses = middleware.protection.refusal.is_some() || middleware.kind == MiddlewareKind::RateLimit;
            refuses && middleware.registered.call().is_some_and(|call| call.name() != Some("Middleware"))
        });
        if let Some(outer) = outer {
            let mut one = ProjectMatch::new(app.middleware[cors].place, &*host.name);
            one.captures.push(("outer".to_owned(), outer.name.to_string()));
            one.related.push((outer.place, "this one answers by itself, and stands further out".to_owned()));
            found.push(one);
        }
    }
    found
}

fn mount_bypasses_dependencies(project: &Project) -> Vec<ProjectMatch> {
    let model: &FastApi = project.fastapi();
    let mut found: Vec<ProjectMatch> = Vec::new();
    for route in model.routes.iter().filter(|route| !route.is_test && route.root != route.app) {
        let (Some(root), Some(inner)) = (route.root, route.app) else { continue };
        let guard = model
            .host(root)
            .dependencies
            .iter()
            .find(|used| model.dependency(used.dependency).protection.authenticates());
        let is_open = route.authentication.is_none() && route.authorisation.is_none();
        let Some(guard) = guard.filter(|_| is_open) else { continue };
        let place = model.host(inner).place;
        if found.iter().any(|known| known.place == place) {
            continue;
        }
        let mut one = ProjectMatch::new(place, &*model.host(inner).name);
        one.captures.push(("guard".to_owned(), model.dependency(guard.dependency).name.to_string()));
        one.captures.push(("example".to_owned(), format!("{} {}", super::methods(route), route.path)));
        one.related.push((guard.place, "this dependency does not reach mounted applications".to_owned()));
        one.related.push((route.place, "a route that nothing protects".to_owned()));
        found.push(one);
    }
    found
}
