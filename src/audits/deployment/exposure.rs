//! What can be reached that should not be: services around the proxy, stores, administration, files behind the app's back.

use super::view::{App, Building as _, NginxWay, Reports, View, is_guarded, is_internal, is_known, start_of};
use crate::facts::python::{Expr, ExprKind};
use crate::flow::Constant;
use crate::model::Place;
use crate::model::deployment::{Deployment, Password, Platform, Role, Service, Site};
use crate::model::nginx::Directive;

pub(super) fn check(view: &View<'_>, reports: &mut Reports) {
    for deployment in &view.deployments {
        bypasses(view, deployment, reports);
        stores(deployment, reports);
        weak_database_users(deployment, reports);
        consoles(view, deployment, reports);
    }
    for app in &view.apps {
        metrics(view, app, reports);
        docs(view, app, reports);
        accelerated(view, app, reports);
        past_auth(view, app, reports);
        cached(view, app, reports);
    }
}

/// Answers of an application with logins, kept in a cache that does not look at who asks.
fn cached(view: &View<'_>, app: &App<'_>, reports: &mut Reports) {
    let Some(secret) = super::transport::credentials(app) else { return };
    for way in app.ways(view) {
        let Some(cache) = way.block.effective("proxy_cache").and_then(|set| set.directives.first().copied()) else {
            continue;
        };
        if cache.argument(0) == Some("off") || !is_known(way.block) {
            continue;
        }
        let arguments = |name: &str| {
            let set = way.block.effective(name);
            set.map(|set| {
                set.directives.iter().flat_map(|one| one.arguments()).collect::<Vec<_>>().join(" ").to_ascii_lowercase()
            })
        };
        // nginx keeps nothing that the application marks as private or that sets a cookie, unless it is told to.
        let ignores = arguments("proxy_ignore_headers")
            .is_some_and(|it| it.contains("cache-control") || it.contains("set-cookie"));
        let tells_apart = |text: Option<String>| {
            text.is_some_and(|text| text.contains("http_authorization") || text.contains("cookie"))
        };
        let skips = tells_apart(arguments("proxy_cache_bypass")) || tells_apart(arguments("proxy_no_cache"));
        if !ignores || skips || tells_apart(arguments("proxy_cache_key")) {
            continue;
        }
        let place = cache.argument_place(0);
        let Some(found) = reports.add("cache-of-private-response", place, app.deployment, &app.service.name) else {
            continue;
        };
        found
            .with("path", path_of(way.block))
            .via(way.way.place, "answers of this service are kept")
            .via(secret, "the application answers each user differently")
            .instead_of("nginx/cache-authenticated", place);
    }
}

/// A service behind a proxy whose port is open beside it.
fn bypasses(view: &View<'_>, deployment: &Deployment, reports: &mut Reports) {
    for (index, service) in deployment.services.iter().enumerate() {
        if service.role.is_proxy() || matches!(service.role, Role::Datastore(_)) {
            continue;
        }
        let by_labels = service.labels.iter().find(|(name, ..)| name.starts_with("traefik.http.routers."));
        let routed = by_labels.filter(|_| deployment.services.iter().any(|other| other.role == Role::Proxy));
        let way = deployment.ways_to(index).next();
        let (from, message) = match (way, routed) {
            (Some(way), _) => (way.place, "the way that is meant: through this proxy"),
            (None, Some((_, _, place))) => (*place, "the way that is meant: through Traefik"),
            (None, None) => continue,
        };
        // nginx on the machine itself can only reach a published port; on all addresses it still need not be.
        for port in service.published.iter().filter(|port| port.is_on_all_addresses == Some(true)) {
            let Some(found) = reports.add("backend-bypasses-proxy", port.place, deployment, &service.name) else {
                continue;
            };
            let outside =
                port.outside.map_or_else(|| "a port that is chosen at start".to_owned(), |port| format!("port {port}"));
            found.with("port", outside).via(from, message).instead_of("kubernetes/exposed-service", port.place);
            let _ = view;
        }
        if let Some(place) = service.host_network.filter(|_| deployment.is_proxied(index))
            && service.binds().iter().any(|bind| bind.value.is_reachable())
            && let Some(found) = reports.add("backend-bypasses-proxy", place, deployment, &service.name)
        {
            found
                .with("port", "its port on the host's network")
                .via(from, message)
                .instead_of("kubernetes/host-network", place)
                .instead_of("compose/host-network", place);
        }
    }
}

/// What gives a store a password; `None` where nothing does.
fn password_of(service: &Service) -> Option<bool> {
    let Role::Datastore(store) = service.role else { return None };
    let variables = service.variables();
    Some(match store.password {
        Password::Never => false,
        Password::Required(off) => {
            let is_off = |name: &&str| {
                variables
                    .get(*name)
                    .and_then(|setting| setting.known())
                    .is_some_and(|value| matches!(value.to_ascii_lowercase().as_str(), "trust" | "yes" | "1" | "true"))
            };
            !off.iter().any(is_off)
        }
        Password::Optional(names, flags) => {
            let by_flag = service.command.iter().any(|word| flags.iter().any(|flag| word.value.contains(flag)));
            let by_variable = names.iter().any(|name| {
                variables.get(*name).is_some_and(|setting| setting.known().is_none_or(|value| !value.is_empty()))
            });
            // A configuration file of its own may say one.
            let by_file = service.mounts.iter().any(|(_, mount)| {
                [".conf", ".acl", ".yml"].iter().any(|end| mount.target.ends_with(end))
                    || mount.target.contains("/etc/")
            });
            by_flag || by_variable || by_file || service.has_unknown_variables() || service.build.is_some()
        }
    })
}

/// A store without a password on a port that is open to the outside.
fn stores(deployment: &Deployment, reports: &mut Reports) {
    for service in &deployment.services {
        let Role::Datastore(store) = service.role else { continue };
        if password_of(service) != Some(false) {
            continue;
        }
        let Some(port) = service.open_port() else { continue };
        // What one compose file shows is said by its own rules.
        let started = service.image.as_ref().map_or(service.place, |image| image.place);
        if deployment.platform == Platform::Compose && started.file == port.place.file {
            continue;
        }
        let Some(found) = reports.add("unauthenticated-datastore-reachable", port.place, deployment, &service.name)
        else {
            continue;
        };
        found
            .with("store", store.name)
            .via(started, "it is started without a password")
            .instead_of("compose/published-datastore", port.place)
            .instead_of("compose/unauthenticated-datastore", service.place)
            .instead_of("kubernetes/exposed-service", port.place);
        if let Some(image) = &service.image {
            found.instead_of("compose/unauthenticated-datastore", image.place);
            found.instead_of("kubernetes/unauthenticated-datastore", image.place);
        }
        if let Some(word) = service.command.first() {
            found.instead_of("compose/unauthenticated-datastore", word.place);
        }
    }
}

/// An application that logs in as the superuser of its database.
fn weak_database_users(deployment: &Deployment, reports: &mut Reports) {
    for service in &deployment.services {
        for setting in service.variables().values() {
            let Some((scheme, rest)) = setting.known().and_then(|value| value.split_once("://")) else { continue };
            let Some((credentials, target)) = rest.split_once('@') else { continue };
            let user = credentials.split(':').next().unwrap_or("");
            let host = target.split(['/', ':', '?']).next().unwrap_or("");
            let is_super = match scheme.split('+').next().unwrap_or("") {
                "postgres" | "postgresql" => user == "postgres",
                "mysql" | "mariadb" => user == "root",
                "mssql" => user == "sa",
                _ => false,
            };
            let Some(store) =
                deployment.service_named(host).map(|index| &deployment.services[index]).filter(|_| is_super)
            else {
                continue;
            };
            if matches!(store.role, Role::Datastore(_))
                && let Some(found) = reports.add("datastore-credentials-weak", setting.place, deployment, &service.name)
            {
                found.with("user", user).via(store.place, "the database");
            }
        }
    }
}

/// Consoles that a public location leads to without asking who comes.
fn consoles(view: &View<'_>, deployment: &Deployment, reports: &mut Reports) {
    // Those that ask for a password themselves.
    const WITH_LOGIN: [&str; 6] = ["pgadmin4", "adminer", "phpmyadmin", "grafana", "portainer", "portainer-ce"];
    for (index, service) in deployment.services.iter().enumerate() {
        let asks = service.image.as_ref().is_some_and(|image| WITH_LOGIN.iter().any(|name| image.value.contains(name)));
        if service.role != Role::Console || asks {
            continue;
        }
        for way in ways(view, deployment, index) {
            if is_guarded(way.block) || !is_known(way.block) {
                continue;
            }
            let Some(found) = reports.add("admin-path-exposed", way.way.place, deployment, &service.name) else {
                continue;
            };
            found
                .with("path", path_of(way.block))
                .via(service.place, "an interface for operators that asks for no password");
        }
    }
}

fn ways<'p>(view: &View<'p>, deployment: &Deployment, index: usize) -> Vec<NginxWay<'p>> {
    let same = view.deployments.iter().find(|known| std::ptr::eq(**known, deployment));
    same.map(|deployment| view.public_ways(deployment, index)).unwrap_or_default()
}

fn path_of(block: Directive<'_>) -> String {
    block.location().map_or_else(|| "/".to_owned(), |location| location.arguments().join(" "))
}

/// Metrics of the application at a public location of their own.
fn metrics(view: &View<'_>, app: &App<'_>, reports: &mut Reports) {
    let ways = app.ways(view);
    let own = |way: &&NginxWay<'_>| {
        let path = path_of(way.block);
        let path = path.trim_start_matches(['=', '^', '~', '*', ' ']).trim_end_matches('/');
        matches!(path, "/metrics" | "/prometheus" | "/actuator" | "/debug" | "/stats" | "/internal/metrics")
    };
    for way in ways.iter().filter(own) {
        if is_guarded(way.block) || !is_known(way.block) {
            continue;
        }
        let Some(found) = reports.add("admin-path-exposed-metrics", way.way.place, app.deployment, &app.service.name)
        else {
            continue;
        };
        found.with("path", path_of(way.block)).via(app.application.place, "the application behind it");
    }
}

/// The interactive documentation behind a location that passes everything on.
fn docs(view: &View<'_>, app: &App<'_>, reports: &mut Reports) {
    let program = &app.program;
    let Some((site, call)) =
        program.code.calls(&program.sites, "FastAPI").find(|(site, _)| site.file == app.application.file)
    else {
        return;
    };
    if call.keyword("docs_url").is_some() || call.keyword("openapi_url").is_some() || call.splats().next().is_some() {
        return;
    }
    let ways = app.ways(view);
    let is_open = |way: &&NginxWay<'_>| {
        // A location of its own closes them.
        let closed = way.server.locations().any(|location| {
            let path = path_of(location);
            ["docs", "openapi", "redoc"].iter().any(|word| path.contains(word))
        });
        path_of(way.block) == "/" && !is_guarded(way.block) && !closed
    };
    let host = app.host_place(view);
    let Some(way) = ways.iter().find(is_open) else {
        // No way in leads to them.
        let is_sure =
            !ways.is_empty() && ways.iter().all(|way| is_known(way.block)) && app.service.open_port().is_none();
        if let Some(host) = host.filter(|_| is_sure) {
            reports.disprove("fastapi/docs-exposed", host);
        }
        return;
    };
    if !is_known(way.block) {
        return;
    }
    let place = Place { file: site.file, span: call.callee.span };
    let Some(found) = reports.add("docs-exposed", place, app.deployment, &app.service.name) else { return };
    found
        .via(way.way.place, "every path is passed on, `/docs` and `/openapi.json` too")
        .instead_of("fastapi/docs-exposed", host.unwrap_or(place));
}

/// `X-Accel-Redirect` to a location that answers requests from outside too.
fn accelerated(view: &View<'_>, app: &App<'_>, reports: &mut Reports) {
    for (site, path) in accel_targets(app) {
        for way in app.ways(view) {
            let location = crate::model::nginx::location_of(way.server.block, &path);
            let Some(location) = location.filter(|location| !is_guarded(*location) && is_known(*location)) else {
                continue;
            };
            if location.proxy_target().is_some() || location.effective("root").is_none() {
                continue;
            }
            let place = location.argument_place(location.argument_count().saturating_sub(1));
            let Some(found) = reports.add("accel-redirect-not-internal", place, app.deployment, &app.service.name)
            else {
                continue;
            };
            found
                .with("path", path_of(location))
                .via(site.place(), "the application hands out files through this location after its own checks");
        }
    }
}

/// The beginnings of paths that the application names in `X-Accel-Redirect`.
fn accel_targets<'p>(app: &App<'p>) -> Vec<(Site<'p>, String)> {
    let is_name = |site: &Site<'p>, expr: &Expr| {
        app.program
            .code
            .text(site.file, site.scope, expr)
            .is_some_and(|name| name.eq_ignore_ascii_case("x-accel-redirect"))
    };
    let mut found = Vec::new();
    let mut add = |site: &Site<'p>, value: &Expr| {
        if let Some(path) = beginning(app, site, value).filter(|path| path.starts_with('/')) {
            found.push((*site, path));
        }
    };
    for site in &app.program.sites {
        if let ExprKind::Dict(pairs) = &site.expr.kind {
            for (key, value) in pairs {
                if key.as_ref().is_some_and(|key| is_name(site, key)) {
                    add(site, value);
                }
            }
        }
    }
    for (file, facts) in app.program.code.files() {
        for assignment in &facts.assignments {
            if let (ExprKind::Subscript(_, index), Some(value)) = (&assignment.target.kind, &assignment.value)
                && let [index] = index.as_slice()
            {
                let site = Site { file, scope: assignment.scope, expr: value };
                if is_name(&site, index) {
                    add(&site, value);
                }
            }
        }
    }
    found
}

/// What a text begins with.
fn beginning(app: &App<'_>, site: &Site<'_>, value: &Expr) -> Option<String> {
    match &value.kind {
        ExprKind::FString(parts) => match &parts.first()?.kind {
            ExprKind::Constant(Constant::Str(text)) => Some(text.clone()),
            _ => None,
        },
        ExprKind::Binary(_, both) => beginning(app, site, &both.0),
        _ => app.program.code.text(site.file, site.scope, value),
    }
}

/// Files of a volume that the application shows only to their owners, served by nginx to everybody.
fn past_auth(view: &View<'_>, app: &App<'_>, reports: &mut Reports) {
    const PUBLIC: [&str; 9] = ["static", "assets", "public", "avatars", "favicon", "dist", "build", "html", "www"];
    let Some(read) = guarded_download(app) else { return };
    for way in app.ways(view) {
        let Some(proxy) = way.proxy else { continue };
        for location in way.server.locations() {
            if location.proxy_target().is_some() || is_guarded(location) || is_internal(location) || !is_known(location)
            {
                continue;
            }
            let Some(folder) = location.child("alias").or_else(|| location.child("root")) else { continue };
            let served = folder.argument(0).unwrap_or("").trim_end_matches('/');
            if PUBLIC.iter().any(|name| served.split('/').any(|part| part == *name))
                || path_of(location).contains("acme")
            {
                continue;
            }
            let shared = proxy.mounts.iter().find_map(|(file, mount)| {
                let inside = served == mount.target || served.starts_with(&format!("{}/", mount.target));
                let other =
                    app.service.mounts.iter().any(|(_, other)| {
                        !other.is_read_only && other.source.is_some() && other.source == mount.source
                    });
                (inside && other).then_some(Place { file: *file, span: mount.span })
            });
            let Some(shared) = shared else { continue };
            let place = location.argument_place(location.argument_count().saturating_sub(1));
            // A location that the application hands files out through is another class.
            if accel_targets(app)
                .iter()
                .any(|(_, path)| crate::model::nginx::location_of(way.server.block, path) == Some(location))
            {
                continue;
            }
            let Some(found) = reports.add("static-served-past-auth", place, app.deployment, &app.service.name) else {
                continue;
            };
            found
                .with("path", path_of(location))
                .via(shared, "the folder is the application's own")
                .via(start_of(read, 200), "the application asks who comes before it shows files");
        }
    }
}

/// A route that asks who comes and answers with a file.
fn guarded_download(app: &App<'_>) -> Option<Place> {
    let program = &app.program;
    for (file, facts) in program.code.files() {
        for function in &facts.functions {
            let is_route = function.decorators.iter().any(|decorator| {
                decorator.as_call().is_some_and(|call| call.name() == Some("get") && call.receiver().is_some())
            });
            if !is_route {
                continue;
            }
            let asks = function.parameters.iter().any(|parameter| {
                parameter.annotation.iter().chain(&parameter.default).any(|expr| {
                    expr.any(&|expr| {
                        expr.last_name().is_some_and(|name| {
                            let name = name.to_ascii_lowercase();
                            name.contains("currentuser")
                                || name.contains("current_user")
                                || name == "security"
                                || name.contains("require_")
                        })
                    })
                })
            });
            let sends = program.sites.iter().any(|site| {
                site.file == file
                    && site.scope == function.scope
                    && site.expr.as_call().is_some_and(|call| match call.name() {
                        Some("FileResponse" | "StreamingResponse") => true,
                        Some("Response") => call
                            .keyword("media_type")
                            .and_then(|it| it.as_str())
                            .is_some_and(|it| it == "application/octet-stream" || it.starts_with("image/")),
                        _ => false,
                    })
            });
            if asks && sends {
                return Some(Place { file, span: function.name_span });
            }
        }
    }
    None
}
