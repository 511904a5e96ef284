//! Response headers, counted once over proxy and application.

use super::view::{App, Building as _, NginxWay, Reports, View, is_known, server_name};
use crate::model::Place;
use crate::model::deployment::SetHeader;
use crate::model::nginx::{Directive, SECURITY_HEADERS, Server};
use std::collections::BTreeMap;

/// Packages that send security headers by themselves.
const PACKAGES: [&str; 6] =
    ["secure", "Secweb", "secweb", "fastapi_security_headers", "starlette_security_headers", "asgi_security_headers"];

pub(super) fn check(view: &View<'_>, reports: &mut Reports) {
    for app in &view.apps {
        let mut by_server: BTreeMap<_, Vec<NginxWay<'_>>> = BTreeMap::new();
        for way in app.ways(view) {
            by_server.entry(way.server.block.id()).or_default().push(way);
        }
        let host = app.host_place(view);
        let mut is_covered = !by_server.is_empty() && app.service.open_port().is_none();
        for ways in by_server.values() {
            let server = ways[0].server;
            is_covered &= missing(app, host, server, ways, reports);
            missing_hsts(app, server, ways, reports);
            for way in ways {
                conflicts(app, way, reports);
            }
        }
        // Whatever way a request takes, a proxy adds what the application leaves out.
        if let Some(host) = host.filter(|_| is_covered) {
            for local in LOCAL_IN_APP {
                reports.disprove(local, host);
            }
        }
    }
}

/// The rules that ask the application alone for these headers.
const LOCAL_IN_APP: [&str; 2] = ["fastapi/missing-security-headers", "fastapi/missing-frame-options"];

/// Whether the application sends a header: it sets it, names it, or leaves that to a package.
fn may_send(app: &App<'_>, name: &str) -> bool {
    let program = &app.program;
    program.headers.iter().any(|header| header.name == name)
        || program.mentions(&[name]).is_some()
        || PACKAGES.iter().any(|package| program.code.imports(package))
}

fn nginx_sends(block: Directive<'_>, name: &str) -> bool {
    block.response_headers(None).iter().any(|header| header.name == name)
}

/// Whether all headers are there.
fn missing(
    app: &App<'_>,
    host: Option<Place>,
    server: Server<'_>,
    ways: &[NginxWay<'_>],
    reports: &mut Reports,
) -> bool {
    const LOCAL: &str = "nginx/missing-security-headers";
    if ways.iter().any(|way| !is_known(way.block)) {
        return false;
    }
    // Beside a server with TLS, one without should only redirect: that is another class.
    let names = server.names();
    let has_twin = |other: Server<'_>| other.speaks_tls() && other.names().iter().any(|name| names.contains(name));
    if !server.speaks_tls() && server.siblings().any(has_twin) {
        return true;
    }
    let serves_pages = app.program.serves_pages();
    let mut lacking: Vec<(&str, NginxWay<'_>)> = Vec::new();
    for way in ways {
        let has = |name: &str| nginx_sends(way.block, name) || may_send(app, name);
        let frames = has("x-frame-options")
            || way
                .block
                .response_headers(None)
                .iter()
                .any(|header| header.name == "content-security-policy" && header.value.contains("frame-ancestors"))
            || app.program.headers.iter().any(|header| {
                header.name == "content-security-policy"
                    && header.value.as_ref().is_none_or(|value| value.contains("frame-ancestors"))
            });
        for (name, shown) in [
            ("x-content-type-options", "X-Content-Type-Options"),
            ("content-security-policy", "Content-Security-Policy"),
            ("x-frame-options", "X-Frame-Options (or frame-ancestors)"),
            ("referrer-policy", "Referrer-Policy"),
        ] {
            // What frames or loads nothing needs no policy for it.
            let matters = serves_pages || name == "x-content-type-options";
            let is_there = if name == "x-frame-options" { frames } else { has(name) };
            if matters && !is_there && lacking.iter().all(|(known, _)| *known != shown) {
                lacking.push((shown, *way));
            }
        }
    }
    let place = server.block.name_place();
    // Files that nginx serves itself are its own business: the local rule goes on about them.
    let serves_files =
        server.locations().any(|location| location.proxy_target().is_none() && location.effective("root").is_some());
    if lacking.is_empty() {
        if !serves_files {
            reports.disprove(LOCAL, server.block.place());
        }
        return true;
    }
    let list = lacking.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(", ");
    let Some(found) = reports.add("missing-security-headers", place, app.deployment, &app.service.name) else {
        return false;
    };
    found
        .with("missing", list)
        .with("name", server_name(server))
        .via(lacking[0].1.way.place, "requests are passed on from here, and nothing is added to the answers")
        .via(app.application.place, "the application does not send them either")
        .instead_of(LOCAL, server.block.place());
    if let Some(host) = host {
        for local in LOCAL_IN_APP {
            found.instead_of(local, host);
        }
    }
    false
}

fn missing_hsts(app: &App<'_>, server: Server<'_>, ways: &[NginxWay<'_>], reports: &mut Reports) {
    const NAME: &str = "strict-transport-security";
    const LOCAL: &str = "nginx/missing-hsts";
    if !server.speaks_tls() || ways.iter().any(|way| !is_known(way.block)) {
        return;
    }
    if may_send(app, NAME) {
        if ways.len() == server.locations().count().max(1) {
            reports.disprove(LOCAL, server.block.name_place());
        }
        return;
    }
    let Some(way) = ways.iter().find(|way| !nginx_sends(way.block, NAME)) else { return };
    let place = server.block.name_place();
    let Some(found) = reports.add("missing-hsts", place, app.deployment, &app.service.name) else { return };
    found
        .with("name", server_name(server))
        .via(way.way.place, "requests are passed on from here, and nothing is added to the answers")
        .via(app.application.place, "the application does not send it either")
        .instead_of(LOCAL, place);
}

/// The same header from both layers, with different values.
fn conflicts(app: &App<'_>, way: &NginxWay<'_>, reports: &mut Reports) {
    let hidden: Vec<String> = way
        .block
        .effective("proxy_hide_header")
        .map(|hidden| hidden.directives.iter().filter_map(|one| one.argument(0)).map(str::to_ascii_lowercase).collect())
        .unwrap_or_default();
    for header in way.block.response_headers(None) {
        let Some((_, shown)) = SECURITY_HEADERS.iter().find(|(name, _)| *name == header.name) else { continue };
        if hidden.contains(&header.name) || header.value.contains('$') {
            continue;
        }
        let of_app: Vec<&SetHeader> = app.program.headers.iter().filter(|set| set.name == header.name).collect();
        let differs = |set: &&SetHeader| set.value.as_ref().is_some_and(|value| !same_value(value, header.value));
        let Some(other) = of_app.into_iter().find(differs) else { continue };
        let place = header.directive.argument_place(header.argument);
        let Some(found) = reports.add("header-conflict", place, app.deployment, &app.service.name) else { continue };
        found
            .with("header", *shown)
            .via(way.way.place, "the answer comes from the service behind this")
            .via(other.place, format!("the application sends `{}`", other.value.as_deref().unwrap_or("")));
    }
}

fn same_value(left: &str, right: &str) -> bool {
    let parts = |text: &str| {
        let mut parts: Vec<String> = text
            .split(';')
            .map(|part| part.split_whitespace().collect::<Vec<_>>().join(" ").to_ascii_lowercase())
            .filter(|part| !part.is_empty())
            .collect();
        parts.sort();
        parts
    };
    parts(left) == parts(right)
}
