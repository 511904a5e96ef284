//! How an application is put together: middleware, mounts.

use super::super::project::{ProjectAudit, ProjectMatch};
use super::PYTHON;
use crate::model::fastapi::{FastApi, MiddlewareKind, words};
use crate::model::modules::Class;
use crate::model::{Place, Project};

/// Middleware that protects and is added nowhere.
pub(in super::super) const SECURITY_MIDDLEWARE_UNUSED: ProjectAudit = ProjectAudit {
    name: "fastapi-security-middleware-unused",
    kinds: PYTHON,
    variants: &[],
    run: security_middleware_unused,
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
                        | "hsts"
                        | "csp"
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
