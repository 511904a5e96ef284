//! Who the client is: addresses that the client writes itself, and addresses that are the proxy's.

use super::transport::trusts_proxy;
use super::view::{App, Building as _, NginxWay, Reports, View, is_known, request_header};
use crate::facts::python::{Call, Expr, ExprKind};
use crate::model::Place;
use crate::model::deployment::{Platform, RunningServer, Site};

/// Headers with the address of the client, and those with who the client is.
const ADDRESS: [&str; 5] = ["x-forwarded-for", "x-real-ip", "x-client-ip", "true-client-ip", "forwarded"];
const IDENTITY: [&str; 12] = [
    "x-user",
    "x-user-id",
    "x-user-email",
    "x-forwarded-user",
    "x-forwarded-email",
    "x-forwarded-groups",
    "x-remote-user",
    "remote-user",
    "x-auth-user",
    "x-authenticated-user",
    "x-authenticated-userid",
    "x-client-cert",
];

pub(super) fn check(view: &View<'_>, reports: &mut Reports) {
    for app in &view.apps {
        let reads = header_reads(app);
        spoofable(view, app, &reads, reports);
        trusts_everybody(view, app, reports);
        shared_bucket(view, app, reports);
        identity(view, app, &reads, reports);
    }
}

/// A place where the code reads a request header.
struct Read<'p> {
    name: String,
    site: Site<'p>,
}

/// `request.headers["X"]`, `request.headers.get("X")`.
fn header_reads<'p>(app: &App<'p>) -> Vec<Read<'p>> {
    let mut reads = Vec::new();
    for site in &app.program.sites {
        let named =
            |expr: &Expr| app.program.code.text(site.file, site.scope, expr).map(|name| name.to_ascii_lowercase());
        let name = match &site.expr.kind {
            ExprKind::Call(call) if matches!(call.name(), Some("get" | "getlist")) => call
                .receiver()
                .filter(|receiver| receiver.last_name() == Some("headers"))
                .and(call.arguments.first())
                .and_then(named),
            ExprKind::Subscript(object, index) if object.last_name() == Some("headers") => {
                index.first().and_then(named)
            }
            _ => None,
        };
        // An answer's header is set, not read: `response.headers["x"] = y` is a target, which stands among the sites too.
        let is_response = match &site.expr.kind {
            ExprKind::Subscript(object, _) => object.dotted().is_some_and(|name| name.starts_with("res")),
            _ => false,
        };
        if let Some(name) = name.filter(|_| !is_response) {
            reads.push(Read { name, site: *site });
        }
    }
    reads
}

/// What a way does with a request header that the client sent.
enum Handed<'p> {
    /// Nothing: it arrives as it was sent.
    AsSent,
    /// It is handed on or added to.
    Appended(Place, &'p str),
    /// The proxy writes it itself.
    Overwritten,
}

fn handed<'p>(way: &NginxWay<'p>, name: &str) -> Handed<'p> {
    match request_header(way.block, name) {
        None => Handed::AsSent,
        Some((line, value)) => {
            let lower = value.to_ascii_lowercase();
            let client = format!("$http_{}", name.replace('-', "_"));
            if lower.contains("$proxy_add_x_forwarded_for") || lower.contains(&client) {
                Handed::Appended(line.argument_place(1), value)
            } else {
                Handed::Overwritten
            }
        }
    }
}

/// The application reads the header by itself, and some way leaves what the client wrote in it.
fn spoofable(view: &View<'_>, app: &App<'_>, reads: &[Read<'_>], reports: &mut Reports) {
    const LOCAL: [&str; 3] =
        ["fastapi/spoofable-client-ip", "server/spoofable-client-ip", "python/spoofable-client-ip"];
    let ways = app.ways(view);
    if ways.is_empty() || ways.iter().any(|way| !is_known(way.block)) {
        return;
    }
    for read in reads.iter().filter(|read| ADDRESS.contains(&read.name.as_str())) {
        let takes_last = takes_last(app, read);
        let open = ways.iter().find_map(|way| match handed(way, &read.name) {
            Handed::Overwritten => None,
            // The last entry is the proxy's own.
            Handed::Appended(..) if takes_last => None,
            Handed::Appended(place, value) => Some((way, place, format!("nginx hands it on: `{value}`"))),
            Handed::AsSent => Some((way, way.way.place, "nginx leaves the header as the client sent it".to_owned())),
        });
        let bypass = app.service.open_port();
        match (open, bypass) {
            (Some((_, place, message)), _) => {
                let trust = app.service.trusted_proxies();
                let Some(found) =
                    reports.add("spoofable-client-ip", read.site.place(), app.deployment, &app.service.name)
                else {
                    continue;
                };
                found.with("header", read.name.clone()).via(place, message);
                if let Some(trust) = trust.filter(|trust| trust.value.contains('*')) {
                    found.via(trust.place, "the server believes every sender");
                }
                for local in LOCAL {
                    found.instead_of(local, read.site.place());
                    if let Some(split) = enclosing_split(app, read) {
                        found.instead_of(local, split);
                    }
                }
            }
            (None, Some(port)) => {
                let Some(found) =
                    reports.add("spoofable-client-ip", read.site.place(), app.deployment, &app.service.name)
                else {
                    continue;
                };
                found
                    .with("header", read.name.clone())
                    .via(port.place, "this port leads past the proxy that writes the header");
                for local in LOCAL {
                    found.instead_of(local, read.site.place());
                }
            }
            (None, None) => {
                for local in LOCAL {
                    reports.disprove(local, read.site.place());
                    if let Some(split) = enclosing_split(app, read) {
                        reports.disprove(local, split);
                    }
                }
            }
        }
    }
}

/// `[-1]` of the split header in the same function.
fn takes_last(app: &App<'_>, read: &Read<'_>) -> bool {
    app.program.sites.iter().any(|site| {
        site.file == read.site.file
            && site.scope == read.site.scope
            && matches!(&site.expr.kind, ExprKind::Subscript(object, index)
                if object.as_call().is_some_and(|call| matches!(call.name(), Some("split" | "rsplit")))
                    && index.first().is_some_and(is_minus_one))
    })
}

fn is_minus_one(expr: &Expr) -> bool {
    expr.as_number() == Some(-1.0)
        || matches!(&expr.kind, ExprKind::Other(inner) if inner.len() == 1 && inner[0].as_number() == Some(1.0))
}

/// `forwarded.split(",")[0]` in the same function, where the local rule points at.
fn enclosing_split(app: &App<'_>, read: &Read<'_>) -> Option<Place> {
    let site = app.program.sites.iter().find(|site| {
        site.file == read.site.file
            && site.scope == read.site.scope
            && site.expr.as_call().is_some_and(|call| matches!(call.name(), Some("split" | "partition")))
    })?;
    Some(site.place())
}

/// The server believes every sender, and the proxy adds to what the client wrote: the leftmost entry is the client's.
fn trusts_everybody(view: &View<'_>, app: &App<'_>, reports: &mut Reports) {
    let Some(server) = app.service.server.as_ref().filter(|server| server.reads_proxy_headers()) else { return };
    let Some(trusted) =
        app.service.trusted_proxies().filter(|trusted| trusted.value.split(',').any(|one| one.trim() == "*"))
    else {
        return;
    };
    let ways = app.ways(view);
    if ways.is_empty() || ways.iter().any(|way| !is_known(way.block)) {
        return;
    }
    let appended = ways.iter().find_map(|way| match handed(way, "x-forwarded-for") {
        Handed::Overwritten => None,
        Handed::Appended(place, value) => Some((place, format!("nginx adds to what the client wrote: `{value}`"))),
        Handed::AsSent => Some((way.way.place, "nginx leaves `X-Forwarded-For` as the client sent it".to_owned())),
    });
    let bypass = app.service.open_port().map(|port| (port.place, "this port leads past the proxy".to_owned()));
    match appended.or(bypass) {
        Some((place, message)) => {
            // Only where somebody looks at the address.
            let Some(used) = address_use(app) else { return };
            let Some(found) = reports.add("spoofable-client-ip", trusted.place, app.deployment, &app.service.name)
            else {
                return;
            };
            found
                .with("header", "x-forwarded-for")
                .via(place, message)
                .via(server.place(), "the server takes the leftmost entry")
                .via(used, "the address decides here")
                .instead_of("server/spoofable-client-ip", trusted.place);
        }
        // The proxy writes the header itself and nothing leads past it: whom the server believes does not matter.
        None => reports.disprove("server/spoofable-client-ip", trusted.place),
    }
}

/// Where the code uses the client's address: a limiter's key, `request.client.host`.
fn address_use(app: &App<'_>) -> Option<Place> {
    let sites = &app.program.sites;
    sites
        .iter()
        .find(|site| match &site.expr.kind {
            ExprKind::Attribute(object, name) => &**name == "host" && object.last_name() == Some("client"),
            ExprKind::Name(name) => &**name == "get_remote_address",
            _ => false,
        })
        .map(Site::place)
}

/// A limiter by address behind a proxy whose headers nobody reads: all clients share the proxy's.
fn shared_bucket(view: &View<'_>, app: &App<'_>, reports: &mut Reports) {
    if app.deployment.platform == Platform::Procfile || trusts_proxy(app) {
        return;
    }
    // nginx on the same machine is loopback, which the servers believe by themselves.
    let ways: Vec<NginxWay<'_>> = app.ways(view).into_iter().filter(|way| way.proxy.is_some()).collect();
    let Some(way) = ways.first() else { return };
    for (site, call) in app.program.code.calls(&app.program.sites, "Limiter") {
        let Some(key) = limiter_key(app, site, call) else { continue };
        let trusted = app.service.trusted_proxies();
        let server = app.service.server.as_ref().map(RunningServer::place);
        let Some(found) = reports.add("shared-rate-limit-bucket", key, app.deployment, &app.service.name) else {
            continue;
        };
        found
            .via(way.way.place, "every request comes from this proxy")
            .via_some(trusted.map(|trusted| trusted.place).or(server), "the server does not read the proxy's headers");
    }
}

/// The key function of a limiter that counts by the connection's address.
fn limiter_key(app: &App<'_>, site: Site<'_>, call: &Call) -> Option<Place> {
    let key = call.argument(0, "key_func")?;
    let place = Place { file: site.file, span: key.span };
    if matches!(key.last_name(), Some("get_remote_address" | "get_ipaddr")) {
        return Some(place);
    }
    let definition = app.program.code.modules.resolve(site.file, site.scope, key)?;
    let crate::model::modules::Definition::Function(file, id) = definition else { return None };
    let facts = app.program.code.modules.facts(file)?;
    let scope = facts.function(id).scope;
    let of_function: Vec<&Site<'_>> =
        app.program.sites.iter().filter(|site| site.file == file && site.scope == scope).collect();
    let reads_header = of_function.iter().any(|site| site.expr.last_name() == Some("headers"));
    let reads_host = of_function.iter().any(|site| {
        matches!(&site.expr.kind, ExprKind::Attribute(object, name) if &**name == "host" && object.last_name() == Some("client"))
    });
    (reads_host && !reads_header).then_some(place)
}

/// The application believes a header that says who the client is, and some way leaves what the client wrote in it.
fn identity(view: &View<'_>, app: &App<'_>, reads: &[Read<'_>], reports: &mut Reports) {
    let ways = app.ways(view);
    for read in reads.iter().filter(|read| IDENTITY.contains(&read.name.as_str())) {
        let open = ways
            .iter()
            .filter(|way| is_known(way.block))
            .find(|way| !matches!(handed(way, &read.name), Handed::Overwritten));
        let bypass = app.service.open_port();
        // Compared with a secret of the proxy's: no way to tell here who may know it.
        let (place, message) = match (open, bypass) {
            (Some(way), _) => (way.way.place, "this way neither sets nor clears the header"),
            (None, Some(port)) if !ways.is_empty() => (port.place, "this port leads past the proxy"),
            _ => continue,
        };
        let Some(found) = reports.add("trusted-identity-header", read.site.place(), app.deployment, &app.service.name)
        else {
            continue;
        };
        found.with("header", read.name.clone()).via(place, message);
        if let (Some(_), Some(port)) = (open, bypass) {
            found.via(port.place, "this port leads past the proxy");
        }
    }
}
