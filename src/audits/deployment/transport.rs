//! Encryption on the way: no TLS at all, plain HTTP beside TLS, redirects that never end.

use super::view::{App, Building as _, NginxWay, Reports, View, is_known, request_header, server_name};
use crate::model::Place;
use crate::model::deployment::{Deployment, Role, Site};
use crate::model::nginx::{Directive, Server};

pub(super) fn check(view: &View<'_>, reports: &mut Reports) {
    for app in &view.apps {
        no_tls(view, app, reports);
        not_enforced(view, app, reports);
        redirect_loop(view, app, reports);
    }
}

/// Where the application handles what must not be read on the way: logins, tokens, sessions.
pub(super) fn credentials(app: &App<'_>) -> Option<Place> {
    const MAKERS: [&str; 8] = [
        "OAuth2PasswordBearer",
        "HTTPBearer",
        "HTTPBasic",
        "APIKeyHeader",
        "APIKeyCookie",
        "OAuth2PasswordRequestForm",
        "set_cookie",
        "SessionMiddleware",
    ];
    let sites = &app.program.sites;
    sites.iter().find(|site| site.expr.last_name().is_some_and(|name| MAKERS.contains(&name))).map(Site::place)
}

/// Whether something else than the scanned files may end TLS in front: another proxy, a tunnel, a load balancer.
fn may_end_tls_in_front(deployment: &Deployment, ways: &[NginxWay<'_>]) -> bool {
    const IN_FRONT: [&str; 8] = ["cloudflared", "traefik", "caddy", "ngrok", "tailscale", "certbot", "acme", "swag"];
    let another = deployment.services.iter().any(|service| {
        service.role == Role::Proxy
            || service.image.as_ref().is_some_and(|image| IN_FRONT.iter().any(|name| image.value.contains(name)))
    });
    another
        || ways.iter().any(|way| {
            let told = request_header(way.block, "X-Forwarded-Proto")
                .is_some_and(|(_, value)| value.contains("http_x_forwarded_proto") || value == "https");
            let behind = way.block.effective("set_real_ip_from").is_some()
                || way.server.listens().iter().any(|listen| listen.proxy_protocol);
            told || behind
        })
}

fn no_tls(view: &View<'_>, app: &App<'_>, reports: &mut Reports) {
    let ways = app.ways(view);
    let Some(secret) = credentials(app) else { return };
    for (way, reference, ingress) in view.ingress_rules(app.deployment, app.index) {
        // Load balancers of clouds have their own annotations for certificates.
        let by_annotation = ingress.annotations.iter().any(|(key, _)| {
            ["cert", "ssl", "tls", "https"].iter().any(|word| key.text.contains(word))
                && !key.text.contains("ssl-redirect")
        });
        if ingress.tls.is_some() || by_annotation {
            continue;
        }
        let Some(found) = reports.add("no-tls-on-chain", way.place, app.deployment, &app.service.name) else {
            continue;
        };
        found.via(secret, "the application takes credentials here").instead_of("kubernetes/ingress-no-tls", way.place);
        let _ = reference;
    }
    if ways.is_empty() || app.service.server.as_ref().is_some_and(|server| server.tls().is_some()) {
        return;
    }
    let has_tls = |way: &NginxWay<'_>| way.server.siblings().any(Server::speaks_tls);
    // nginx in a container is public where its port is; on the machine it is.
    let is_open = |way: &NginxWay<'_>| way.proxy.is_none_or(|proxy| proxy.open_port().is_some());
    if ways.iter().any(has_tls) || may_end_tls_in_front(app.deployment, &ways) {
        return;
    }
    let Some(way) = ways.iter().find(|way| is_open(way) && is_known(way.block) && way.server.speaks_plain_http())
    else {
        return;
    };
    // A name that only this machine or this network resolves is no public one.
    let is_private = |name: &&str| {
        *name == "localhost"
            || [".local", ".test", ".internal", ".lan", ".localhost"].iter().any(|end| name.ends_with(end))
    };
    if way.server.names().iter().any(is_private) {
        return;
    }
    let listen = way.server.listens().iter().find_map(|listen| listen.directive);
    let place = listen.map_or_else(|| way.server.block.name_place(), |listen| listen.argument_place(0));
    let published = way.proxy.and_then(|proxy| proxy.open_port()).map(|port| port.place);
    let Some(found) = reports.add("no-tls-on-chain", place, app.deployment, &app.service.name) else { return };
    found
        .via_some(published, "the port is open to everybody")
        .via(way.way.place, "requests are passed on as they came")
        .via(secret, "the application takes credentials here");
}

/// A plain server that passes requests for a name on which a TLS server has too.
fn not_enforced(view: &View<'_>, app: &App<'_>, reports: &mut Reports) {
    let ways = app.ways(view);
    let redirects = app.program.code.middleware(&app.program.sites, "HTTPSRedirectMiddleware").next();
    for way in &ways {
        let server = way.server;
        if !server.speaks_plain_http() || server.speaks_tls() || redirects.is_some() || is_for_machines(way) {
            continue;
        }
        let names = server.names();
        let twin =
            server.siblings().find(|other| other.speaks_tls() && other.names().iter().any(|name| names.contains(name)));
        let Some(twin) = twin else { continue };
        if redirects_in_nginx(way) {
            continue;
        }
        let listen = server.listens().iter().find_map(|listen| listen.directive);
        let place = listen.map_or_else(|| server.block.name_place(), Directive::name_place);
        let Some(found) = reports.add("https-not-enforced", place, app.deployment, &app.service.name) else { continue };
        found
            .with("name", server_name(server))
            .via(way.way.place, "requests without TLS are passed on here")
            .via(twin.block.name_place(), "the same name with TLS")
            .instead_of("nginx/plain-http-content", server.block.place());
    }
}

/// Paths that have to work without TLS.
fn is_for_machines(way: &NginxWay<'_>) -> bool {
    let path = way.block.location().map_or_else(String::new, |location| location.arguments().join(" "));
    path.contains("acme-challenge") || path.contains("health") || path.contains("ping")
}

/// An `if` or `return` that sends the browser to https.
fn redirects_in_nginx(way: &NginxWay<'_>) -> bool {
    way.block.levels().chain(std::iter::once(way.server.block)).any(|level| {
        level.children().any(|directive| {
            let sends = |directive: crate::model::nginx::Directive<'_>| {
                directive.is(&["return", "rewrite"])
                    && directive.arguments().iter().any(|word| word.starts_with("https://"))
            };
            sends(directive) || (directive.name() == "if" && directive.children().any(sends))
        })
    })
}

/// A redirect to https in the application, behind a proxy that ends TLS and does not say so.
fn redirect_loop(view: &View<'_>, app: &App<'_>, reports: &mut Reports) {
    let Some((site, _)) = app.program.code.middleware(&app.program.sites, "HTTPSRedirectMiddleware").next() else {
        return;
    };
    for way in app.ways(view) {
        if !way.server.speaks_tls() || !is_known(way.block) {
            continue;
        }
        let proto = request_header(way.block, "X-Forwarded-Proto");
        let (reason, place) = match proto {
            None => ("the proxy does not say that the request came by TLS", way.way.place),
            Some(_) if !trusts_proxy(app) => {
                let place = app.service.trusted_proxies().map_or_else(|| app.command_place(), |trusted| trusted.place);
                ("the server does not believe the proxy's headers", place)
            }
            Some(_) => continue,
        };
        let Some(found) = reports.add("https-redirect-loop", site.place(), app.deployment, &app.service.name) else {
            continue;
        };
        found.with("reason", reason).via(place, reason);
    }
}

/// Whether the server behind a proxy in another container believes its headers, as far as is known.
pub(super) fn trusts_proxy(app: &App<'_>) -> bool {
    let Some(server) = &app.service.server else { return true };
    if !server.reads_proxy_headers() {
        return app.program.code.middleware(&app.program.sites, "ProxyHeadersMiddleware").next().is_some();
    }
    if app.program.code.middleware(&app.program.sites, "ProxyHeadersMiddleware").next().is_some() {
        return true;
    }
    match app.service.trusted_proxies() {
        None => true,
        Some(trusted) => {
            trusted.value.split(',').map(str::trim).any(|one| !matches!(one, "" | "127.0.0.1" | "::1" | "localhost"))
        }
    }
}
