//! Headers that a server block should send and does not. Only whole blocks that answer with pages over TLS (for HSTS) are
//! judged, and only where no include can bring the header.

use super::config::{Config, each, report};
use crate::audits::{ProjectAudit, ProjectMatch};
use crate::model::Project;
use crate::model::nginx::Directive;
use crate::model::nginx::{ResponseHeader, SECURITY_HEADERS};
use crate::syntax::FileKind;

pub(in crate::audits) const HSTS: ProjectAudit =
    ProjectAudit { name: "nginx-missing-hsts", kinds: &[FileKind::Nginx], variants: &[], run: missing_hsts };

pub(in crate::audits) const PAGE_HEADERS: ProjectAudit = ProjectAudit {
    name: "nginx-missing-security-headers",
    kinds: &[FileKind::Nginx],
    variants: &["proxied", "policy"],
    run: missing_security_headers,
};

fn missing_hsts(project: &Project) -> Vec<ProjectMatch> {
    each(project, missing_hsts_in)
}

fn missing_hsts_in(config: &Config<'_>) -> Vec<ProjectMatch> {
    config
        .named(&["server"])
        .filter(|server| speaks_tls(*server) && is_judged(*server))
        .filter(|server| !all_headers(*server).iter().any(|header| header.name == "strict-transport-security"))
        .map(|server| report(server, server.name_place(), &[("name", name(server))]))
        .collect()
}

fn missing_security_headers(project: &Project) -> Vec<ProjectMatch> {
    each(project, missing_security_headers_in)
}

fn missing_security_headers_in(config: &Config<'_>) -> Vec<ProjectMatch> {
    let mut found = Vec::new();
    for server in config.named(&["server"]).filter(|server| is_judged(*server)) {
        let headers = all_headers(server);
        let has = |name: &str| headers.iter().any(|header| header.name == name);
        let csp = headers.iter().find(|header| header.name == "content-security-policy");
        let mut missing = Vec::new();
        if !has("x-content-type-options") {
            missing.push("X-Content-Type-Options");
        }
        if csp.is_none() {
            missing.push("Content-Security-Policy");
        }
        let frames_are_ruled = csp.is_some_and(|csp| csp.value.contains("frame-ancestors") || csp.value.contains('$'));
        if !frames_are_ruled && !has("x-frame-options") {
            missing.push("X-Frame-Options (or frame-ancestors)");
        }
        if !has("referrer-policy") {
            missing.push("Referrer-Policy");
        }
        // Where nothing is served from disk and nginx sets no such header, the app is the one that sends them.
        let is_left_to_the_app = !serves_files(server) && !SECURITY_HEADERS.iter().skip(1).any(|(name, _)| has(name));
        if !missing.is_empty() {
            let mut one =
                report(server, server.name_place(), &[("missing", &missing.join(", ")), ("name", name(server))]);
            one.variant = is_left_to_the_app.then_some("proxied");
            found.push(one);
        }
        let policies: Vec<_> = SECURITY_HEADERS
            .iter()
            .filter(|(name, _)| {
                matches!(*name, "permissions-policy" | "cross-origin-opener-policy" | "cross-origin-resource-policy")
            })
            .filter(|(name, _)| !has(name))
            .map(|(_, name)| *name)
            .collect();
        if !policies.is_empty() && !is_left_to_the_app {
            let mut one =
                report(server, server.name_place(), &[("missing", &policies.join(", ")), ("name", name(server))]);
            one.variant = Some("policy");
            found.push(one);
        }
    }
    found
}

/// Headers set anywhere in the server or around it.
fn all_headers(server: Directive<'_>) -> Vec<ResponseHeader<'_>> {
    let below = server.below().filter(|directive| directive.has_block());
    let levels = server.levels().chain(below);
    levels.flat_map(|level| level.own_headers().into_iter().chain(level.own_more_headers())).collect()
}

/// A server for browsers of which everything that matters stands in this file.
fn is_judged(server: Directive<'_>) -> bool {
    let is_stream = server.ancestors().any(|above| matches!(above.name(), "stream" | "mail" | "upstream"));
    // An include at a level whose own headers replace it brings nothing: the first level with headers decides.
    let mut decided = false;
    let mut unknown = false;
    for level in server.levels() {
        unknown |= !decided && (level.has_opaque_include() || level.has_unread_parts());
        decided |= !level.own_headers().is_empty();
    }
    server.has_block()
        && !is_stream
        && !unknown
        && sends_content(server)
        && !is_refusing(server)
        && !is_development(server)
}

fn speaks_tls(server: Directive<'_>) -> bool {
    server.children_named("listen").any(|listen| {
        let arguments = listen.arguments();
        arguments.iter().skip(1).any(|word| matches!(*word, "ssl" | "quic"))
    }) || server.children_named("ssl").any(|switch| switch.argument(0) == Some("on"))
}

fn is_refusing(server: Directive<'_>) -> bool {
    server.children_named("ssl_reject_handshake").any(|switch| switch.argument(0) == Some("on"))
}

/// Whether some request is answered with more than a redirect or a refusal.
fn sends_content(server: Directive<'_>) -> bool {
    if server.children_named("return").next().is_some() {
        return false;
    }
    if server.children_named("rewrite").any(|rewrite| {
        rewrite.arguments().last().is_some_and(|flag| matches!(*flag, "permanent" | "redirect"))
            && rewrite.argument(0).is_some_and(|regex| matches!(regex, "^" | ".*" | "^(.*)" | "^(.*)$" | "^/(.*)$"))
    }) {
        return false;
    }
    let mut locations = server.below().filter(|directive| directive.name() == "location").peekable();
    if locations.peek().is_none() {
        return server.children().any(|child| is_content(child));
    }
    locations.any(|location| {
        let is_challenge = location.arguments().iter().any(|path| path.contains("acme-challenge"));
        !is_challenge && location.children().any(is_content)
    })
}

fn is_content(directive: Directive<'_>) -> bool {
    directive.is(&[
        "proxy_pass",
        "fastcgi_pass",
        "uwsgi_pass",
        "scgi_pass",
        "root",
        "alias",
        "try_files",
        "index",
        "autoindex",
        "passenger_enabled",
    ])
}

fn serves_files(server: Directive<'_>) -> bool {
    server.children().chain(server.below()).any(|directive| {
        let is_file = directive.is(&["try_files", "index", "autoindex"])
            || (directive.is(&["root", "alias"])
                && directive.argument(0).is_some_and(|path| !path.contains("letsencrypt") && !path.contains("acme")));
        let in_challenge = directive.parent().is_some_and(|parent| {
            parent.arguments().iter().any(|path| path.contains("/.well-known") || path.contains("50x"))
        });
        is_file && !in_challenge
    })
}

/// Names that no public client knows, and addresses of this machine.
fn is_development(server: Directive<'_>) -> bool {
    const LOCAL: [&str; 7] = [".local", ".test", ".localhost", ".localdomain", ".lan", ".internal", ".home.arpa"];
    let is_local =
        |name: &str| matches!(name, "localhost" | "127.0.0.1" | "::1") || LOCAL.iter().any(|end| name.ends_with(end));
    let names: Vec<_> = server.children_named("server_name").flat_map(Directive::arguments).collect();
    let listens: Vec<_> = server.children_named("listen").filter_map(|listen| listen.argument(0)).collect();
    let is_loopback =
        |address: &&str| ["127.", "[::1]", "unix:", "localhost"].iter().any(|start| address.starts_with(start));
    (!names.is_empty() && names.iter().all(|name| is_local(name)))
        || (!listens.is_empty() && listens.iter().all(is_loopback))
}

fn name(server: Directive<'_>) -> &str {
    let names = server.children_named("server_name").filter_map(|names| names.argument(0));
    names.into_iter().find(|name| !matches!(*name, "_" | "")).unwrap_or("of this block")
}
