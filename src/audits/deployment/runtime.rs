//! How the application runs: development switches, ports, code that anybody can change, health routes that talk too much.

use super::view::{App, Building as _, Reports, View};
use crate::facts::python::{Expr, ExprKind};
use crate::flow::Constant;
use crate::model::Place;
use crate::model::deployment::{Deployment, Entrance, Platform, Role, Service};
use crate::query::values::boolean;
use crate::secrets::is_secret_name;
use crate::syntax::FileKind;

pub(super) fn check(view: &View<'_>, reports: &mut Reports) {
    for deployment in &view.deployments {
        ports(view, deployment, reports);
        for service in deployment.services.iter().filter(|service| service.server.is_some()) {
            reload(view, deployment, service, reports);
            code_mounts(deployment, service, reports);
        }
    }
    for app in &view.apps {
        if is_deployed(view, app.deployment, app.service) {
            debug(app, reports);
        }
        health(view, app, reports);
    }
}

/// The reloader or the debug switch of the server. Where the switch stands in a file that by itself says that it is for
/// production (a unit, a Procfile, an image, a pod), the file's own rules speak; a compose file is for whatever it is used.
fn reload(view: &View<'_>, deployment: &Deployment, service: &Service, reports: &mut Reports) {
    let Some(server) = &service.server else { return };
    for (place, what) in [(server.reload(), "the reloader"), (server.debug(), "debug pages")] {
        let Some(place) = place else { continue };
        if view.project.file(place.file).kind != FileKind::Compose || !is_deployed(view, deployment, service) {
            continue;
        }
        let Some(found) = reports.add("debug-in-production", place, deployment, &service.name) else { continue };
        found
            .with("what", format!("`{}` starts {what}", server.server().name()))
            .via(service.application.as_ref().map_or(service.place, |application| application.place), "what it serves");
    }
}

/// Whether a service is what visitors get, and not what a developer starts: compose files often serve both.
fn is_deployed(view: &View<'_>, deployment: &Deployment, service: &Service) -> bool {
    let by_name = deployment.files.iter().any(|file| {
        let name = view.project.file(*file).path().rsplit('/').next().unwrap_or("").to_ascii_lowercase();
        name.split(['.', '-', '_']).any(|part| matches!(part, "prod" | "production" | "live" | "deploy" | "stack"))
    });
    let by_variable = service.variables().iter().any(|(name, setting)| {
        let is_environment =
            matches!(name.to_ascii_uppercase().as_str(), "ENV" | "ENVIRONMENT" | "APP_ENV" | "STAGE" | "DEPLOY_ENV");
        is_environment && setting.known().is_some_and(|value| value.to_ascii_lowercase().starts_with("prod"))
    });
    let index = deployment.services.iter().position(|other| std::ptr::eq(other, service));
    deployment.platform != Platform::Compose
        || by_name
        || by_variable
        || index.is_some_and(|index| deployment.is_proxied(index))
}

/// Variables that switch debugging on and that the application reads.
fn debug(app: &App<'_>, reports: &mut Reports) {
    const NAMES: [&str; 6] = ["DEBUG", "APP_DEBUG", "FASTAPI_DEBUG", "FLASK_DEBUG", "PYTHONDEVMODE", "SQL_ECHO"];
    for (name, setting) in app.service.variables() {
        let upper = name.to_ascii_uppercase();
        if !NAMES.contains(&upper.as_str()) || setting.known().and_then(boolean::parse) != Some(true) {
            continue;
        }
        let read = field_or_read(app, name);
        let Some(read) = read.or((upper == "PYTHONDEVMODE").then_some(app.application.place)) else { continue };
        let Some(found) = reports.add("debug-in-production", setting.place, app.deployment, &app.service.name) else {
            continue;
        };
        found.with("what", format!("`{name}` is on"));
        for (file, named) in &app.service.env_files {
            if *file == setting.place.file {
                found.via(*named, "the service reads this file");
            }
        }
        found.via(read, "the application reads it here");
        for local in ["server/env-debug", "compose/debug-env", "kubernetes/debug-env", "docker/debug-env"] {
            found.instead_of(local, setting.place);
        }
    }
}

/// Where the code has a settings field of a variable, or reads the variable.
fn field_or_read(app: &App<'_>, name: &str) -> Option<Place> {
    for (file, facts) in app.program.code.files() {
        let field = facts.assignments.iter().find(|assignment| {
            assignment.annotation.is_some()
                && assignment.target.as_name().is_some_and(|field| field.eq_ignore_ascii_case(name))
        });
        if let Some(field) = field {
            return Some(Place { file, span: field.target.span });
        }
    }
    app.program.mentions(&[name])
}

/// A proxy calls a port on which the service does not listen.
fn ports(view: &View<'_>, deployment: &Deployment, reports: &mut Reports) {
    for way in &deployment.ways {
        let service = &deployment.services[way.target];
        let (Some(port), Some(server)) = (way.port, &service.server) else { continue };
        let bound: Vec<u16> = service.binds().iter().filter_map(|bind| bind.value.port_number()).collect();
        if bound.is_empty() || bound.contains(&port) || bound.len() != service.binds().len() {
            continue;
        }
        let place = match way.entrance {
            Entrance::Nginx { .. } => way.via.unwrap_or(way.place),
            Entrance::Ingress(_) => way.place,
        };
        let Some(found) = reports.add("container-port-mismatch", place, deployment, &service.name) else { continue };
        found
            .with("port", port.to_string())
            .with("listens", bound.iter().map(u16::to_string).collect::<Vec<_>>().join(", "));
        found.via(service.binds()[0].place, "the server listens here");
        let _ = (server, view);
    }
}

/// A bind mount of the source over the image's own.
fn code_mounts(deployment: &Deployment, service: &Service, reports: &mut Reports) {
    if deployment.platform != Platform::Compose || service.build.is_none() || service.role != Role::Application {
        return;
    }
    for (file, mount) in &service.mounts {
        let Some(source) = mount.source.as_deref().filter(|_| mount.is_bind && !mount.is_read_only) else { continue };
        let is_code = matches!(source, "." | "./" | "./app" | "./src" | "./backend" | "./api");
        if !is_code {
            continue;
        }
        let place = Place { file: *file, span: mount.span };
        let Some(found) = reports.add("writable-mount-of-code", place, deployment, &service.name) else { continue };
        found.with("source", source);
    }
}

/// A health route that answers with more than that it is well.
fn health(view: &View<'_>, app: &App<'_>, reports: &mut Reports) {
    const PATHS: [&str; 8] = ["/health", "/healthz", "/health/", "/livez", "/readyz", "/ready", "/status", "/ping"];
    if !app.is_public(view) {
        return;
    }
    for (file, facts) in app.program.code.files() {
        for function in &facts.functions {
            let path = function.decorators.iter().find_map(|decorator| {
                let call =
                    decorator.as_call().filter(|call| call.name() == Some("get") && call.receiver().is_some())?;
                call.argument(0, "path")?.as_str()
            });
            if !path.is_some_and(|path| PATHS.contains(&path))
                || asks(function.parameters.iter().flat_map(|it| it.default.iter().chain(&it.annotation)))
            {
                continue;
            }
            let of_function = app.program.sites.iter().filter(|site| site.file == file && site.scope == function.scope);
            for site in of_function {
                let ExprKind::Dict(pairs) = &site.expr.kind else { continue };
                for (key, value) in pairs {
                    let Some(key) = key else { continue };
                    let Some(what) = tells(value) else { continue };
                    let place = Place { file, span: key.span.cover(value.span) };
                    let Some(found) = reports.add("health-endpoint-leaks", place, app.deployment, &app.service.name)
                    else {
                        continue;
                    };
                    found.with("what", what).with("path", path.unwrap_or(""));
                    if let Some(way) = app.ways(view).first() {
                        found.via(way.way.place, "requests from outside come through here");
                    } else if let Some(port) = app.service.open_port() {
                        found.via(port.place, "the port is open to everybody");
                    }
                    // One finding a route: the first thing that it tells.
                    break;
                }
            }
        }
    }
}

fn asks<'e>(exprs: impl Iterator<Item = &'e Expr>) -> bool {
    let mut exprs = exprs;
    exprs.any(|expr| {
        expr.any(&|expr| {
            expr.last_name().is_some_and(|name| name == "Security" || name.to_ascii_lowercase().contains("user"))
        })
    })
}

/// What a value of an answer tells that nobody outside needs.
fn tells(value: &Expr) -> Option<&'static str> {
    let mut found = None;
    value.walk(&mut |expr| {
        if found.is_some() {
            return;
        }
        found = match &expr.kind {
            ExprKind::Attribute(object, name) => {
                let lower = name.to_ascii_lowercase();
                let of_settings = object.last_name().is_some_and(|object| {
                    let object = object.to_ascii_lowercase();
                    object.contains("setting") || object.contains("config")
                }) || object
                    .as_call()
                    .is_some_and(|call| call.name().is_some_and(|name| name.contains("settings")));
                if lower == "environ" {
                    Some("the environment")
                } else if of_settings && (lower.contains("url") || lower.contains("dsn") || is_secret_name(name)) {
                    Some("how it reaches its database or other services")
                } else {
                    None
                }
            }
            ExprKind::Call(call) => match (call.name(), call.arguments.first()) {
                (Some("format_exc"), _) => Some("stack traces"),
                (Some("str" | "repr"), Some(argument))
                    if matches!(argument.as_name(), Some("e" | "exc" | "error" | "err" | "ex")) =>
                {
                    Some("texts of exceptions")
                }
                (Some("getenv"), Some(name)) if name.as_str().is_some_and(is_secret_name) => Some("the environment"),
                _ => None,
            },
            ExprKind::Constant(Constant::Str(text)) if text.contains("://") && text.contains('@') => {
                Some("how it reaches its database or other services")
            }
            _ => None,
        };
    });
    found
}
