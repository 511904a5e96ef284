//! Origins answered twice, and origins that the deployment opens.

use super::view::{App, Building as _, NginxWay, Reports, View};
use crate::facts::python::ExprKind;
use crate::flow::Constant;
use crate::model::Place;

const ALLOW_ORIGIN: &str = "access-control-allow-origin";

pub(super) fn check(view: &View<'_>, reports: &mut Reports) {
    for app in &view.apps {
        for way in app.ways(view) {
            twice(app, &way, reports);
        }
        deployed_wildcard(app, reports);
    }
}

/// Where the application answers for origins.
fn answers(app: &App<'_>) -> Option<Place> {
    let program = &app.program;
    let middleware = program.code.middleware(&program.sites, "CORSMiddleware").next().map(|(site, _)| site.place());
    middleware.or_else(|| program.headers.iter().find(|header| header.name == ALLOW_ORIGIN).map(|header| header.place))
}

fn twice(app: &App<'_>, way: &NginxWay<'_>, reports: &mut Reports) {
    let Some(of_app) = answers(app) else { return };
    let is_hidden = way.block.effective("proxy_hide_header").is_some_and(|hidden| {
        hidden.directives.iter().any(|one| one.argument(0).is_some_and(|name| name.eq_ignore_ascii_case(ALLOW_ORIGIN)))
    });
    let header = way.block.response_headers(None).into_iter().find(|header| header.name == ALLOW_ORIGIN);
    let Some(header) = header.filter(|_| !is_hidden) else { return };
    // Only the block itself: an `if` for preflights answers instead of the application.
    let place = header.directive.argument_place(0);
    let Some(found) = reports.add("cors-conflict", place, app.deployment, &app.service.name) else { return };
    found
        .via(way.way.place, "the answer comes from the service behind this")
        .via(of_app, "the application answers for origins too");
}

/// A list of origins that the deployment sets to `*`, where credentials are allowed.
fn deployed_wildcard(app: &App<'_>, reports: &mut Reports) {
    let program = &app.program;
    for (site, call) in program.code.middleware(&program.sites, "CORSMiddleware") {
        let with_credentials = call
            .keyword("allow_credentials")
            .is_some_and(|value| matches!(program.code.constant(site, value), Some(Constant::Bool(true))));
        let Some(origins) = call.keyword("allow_origins").filter(|_| with_credentials) else { continue };
        // A list that stands in the code is judged there.
        let value = if origins.as_name().is_some() { program.code.value_of(site, origins).1 } else { origins };
        if matches!(value.kind, ExprKind::List(_) | ExprKind::Constant(_)) {
            continue;
        }
        for (name, setting) in app.service.variables() {
            let is_list = name.contains("ORIGIN")
                || (name.contains("CORS") && !name.contains("METHOD") && !name.contains("HEADER"));
            let is_open = setting.known().is_some_and(|value| {
                value
                    .split([',', ';', '[', ']', '"', '\'', ' '])
                    .any(|one| matches!(one, "*" | "http://*" | "https://*"))
            });
            if !is_list || !is_open {
                continue;
            }
            let Some(found) = reports.add("cors-wildcard-deployed", setting.place, app.deployment, &app.service.name)
            else {
                continue;
            };
            found
                .with("variable", name.clone())
                .via(site.place(), "the application allows these origins, with credentials");
        }
    }
}
