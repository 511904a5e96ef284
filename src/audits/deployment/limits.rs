//! Limits: of bodies, and of how often somebody may ask.

use super::view::{App, Building as _, NginxWay, Reports, View, is_known};
use crate::facts::python::{Call, ExprKind};
use crate::model::Place;
use crate::model::nginx::location_of;
use crate::query::values::size;

pub(super) fn check(view: &View<'_>, reports: &mut Reports) {
    for app in &view.apps {
        bodies(view, app, reports);
        per_process(view, app, reports);
        limited_by_proxy(view, app, reports);
    }
}

/// Routes that the application does not limit and every way to them does.
fn limited_by_proxy(view: &View<'_>, app: &App<'_>, reports: &mut Reports) {
    const LOCAL: &str = "fastapi/missing-rate-limit";
    let ways = app.ways(view);
    let rules = view.ingress_rules(app.deployment, app.index);
    if (ways.is_empty() && rules.is_empty()) || app.service.open_port().is_some() {
        return;
    }
    let by_ingress = rules.iter().all(|(_, _, ingress)| {
        ["limit-rps", "limit-rpm", "limit-connections"].iter().any(|name| ingress.annotation(name).is_some())
    });
    let model = view.project.fastapi();
    let Some(place) = app.host_place(view) else { return };
    let of_app = model.apps().find(|(_, host, _)| host.place == place).map(|(id, ..)| id);
    for route in model.routes.iter().filter(|route| route.root == of_app && route.is_mutating()) {
        // Where the proxy changes the path, only a limit on all ways says something about one route.
        let by_nginx = ways.iter().all(|way| {
            let block = match way.block.proxy_target().and_then(|target| target.path) {
                Some(path) if path != "/" => Some(way.block),
                _ => location_of(way.server.block, &route.path),
            };
            block.unwrap_or(way.block).effective("limit_req").is_some()
        });
        if by_nginx && by_ingress {
            reports.disprove(LOCAL, route.place);
        }
    }
}

/// Where the application itself looks at a body's size.
fn limits_bodies(app: &App<'_>) -> bool {
    app.program.mentions(&["content-length"]).is_some()
        || app.program.sites.iter().any(|site| {
            site.expr.last_name().is_some_and(|name| {
                let name = name.to_ascii_lowercase();
                name.contains("contentsizelimit")
                    || name.contains("limituploadsize")
                    || name.contains("max_body")
                    || name.contains("maxbody")
            })
        })
}

fn bodies(view: &View<'_>, app: &App<'_>, reports: &mut Reports) {
    let Some(taken) = app.program.takes_bodies() else { return };
    if limits_bodies(app) {
        // What the application refuses the proxy may let through.
        for way in app.ways(view) {
            if let Some(limit) =
                way.block.effective("client_max_body_size").and_then(|set| set.directives.first().copied())
            {
                reports.disprove("nginx/body-size-unlimited", limit.argument_place(0));
            }
        }
        return;
    }
    for way in app.ways(view) {
        let Some(limit) = way.block.effective("client_max_body_size").and_then(|set| set.directives.last().copied())
        else {
            continue;
        };
        if limit.argument(0).and_then(size::parse) != Some(0.0) || !is_known(way.block) {
            continue;
        }
        let place = limit.argument_place(0);
        let Some(found) = reports.add("missing-body-limit", place, app.deployment, &app.service.name) else { continue };
        found
            .via(way.way.place, "bodies of any size are passed on here")
            .via(taken, "the application takes them, and looks at no size")
            .instead_of("nginx/body-size-unlimited", place);
    }
    for (way, _, ingress) in view.ingress_rules(app.deployment, app.index) {
        let Some((_, value)) = ingress.annotation("proxy-body-size") else { continue };
        if size::parse(&value.text) != Some(0.0) {
            continue;
        }
        let place = Place { file: way.place.file, span: value.span };
        let Some(found) = reports.add("missing-body-limit", place, app.deployment, &app.service.name) else { continue };
        found
            .via(way.place, "bodies of any size are passed on here")
            .via(taken, "the application takes them, and looks at no size");
    }
}

/// A limiter, a session store or a cache in the memory of one process, while several run.
fn per_process(view: &View<'_>, app: &App<'_>, reports: &mut Reports) {
    let workers = app.service.workers().filter(|workers| workers.value > 1);
    let replicas = app.service.replicas.as_ref().filter(|replicas| replicas.value > 1);
    if workers.is_none() && replicas.is_none() {
        return;
    }
    let many = match (&workers, replicas) {
        (Some(workers), Some(replicas)) => format!("{} workers in each of {} replicas", workers.value, replicas.value),
        (Some(workers), None) => format!("{} workers", workers.value),
        (None, Some(replicas)) => format!("{} replicas", replicas.value),
        (None, None) => return,
    };
    let ways = app.ways(view);
    let limited = |way: &NginxWay<'_>| way.block.effective("limit_req").is_some();
    if !ways.is_empty() && ways.iter().all(limited) {
        return;
    }
    let program = &app.program;
    for (site, call) in program.code.calls(&program.sites, "Limiter") {
        let qualified = program.code.external(site, &call.callee);
        if !qualified.is_some_and(|name| name.starts_with("slowapi") || name.starts_with("flask_limiter"))
            || !in_memory(call)
        {
            continue;
        }
        // `storage_uri` may come by a variable that the library reads itself.
        if app.service.variables().keys().any(|name| name.starts_with("RATELIMIT_STORAGE")) {
            continue;
        }
        let place = Place { file: site.file, span: call.callee.span };
        let Some(found) = reports.add("limiter-per-process", place, app.deployment, &app.service.name) else {
            continue;
        };
        found.with("many", many.clone());
        if let Some(workers) = &workers {
            found.via(workers.place, "the number of worker processes");
        }
        if let Some(replicas) = replicas {
            found.via(replicas.place, "the number of replicas");
        }
    }
}

/// Whether a limiter counts in its own memory.
fn in_memory(call: &Call) -> bool {
    if call.splats().next().is_some() || call.keyword("storage").is_some() {
        return false;
    }
    match call.keyword("storage_uri") {
        None => true,
        Some(uri) => {
            matches!(&uri.kind, ExprKind::Constant(_)) && uri.as_str().is_some_and(|uri| uri.starts_with("memory://"))
        }
    }
}
