//! Which servers speak TLS, which should, and who answers for names that nobody has.

use super::config::{Config, each, report};
use super::guard::{returns, serves};
use crate::audits::{ProjectAudit, ProjectMatch};
use crate::findings::{Edit, Fix};
use crate::model::Project;
use crate::model::nginx::{Directive, Level, Listen, Server, location_of};
use crate::source::Span;
use crate::syntax::FileKind;
use std::collections::{BTreeMap, BTreeSet};

pub(in crate::audits) const AUTH_BASIC_CLEARTEXT: ProjectAudit = ProjectAudit {
    name: "nginx-auth-basic-cleartext",
    kinds: &[FileKind::Nginx],
    variants: &[],
    run: |project| each(project, auth_basic_cleartext),
};

pub(in crate::audits) const PLAIN_HTTP: ProjectAudit =
    ProjectAudit { name: "nginx-plain-http-content", kinds: &[FileKind::Nginx], variants: &[], run: plain_http };

pub(in crate::audits) const CATCH_ALL: ProjectAudit =
    ProjectAudit { name: "nginx-catch-all-server", kinds: &[FileKind::Nginx], variants: &["tls"], run: catch_all };

pub(in crate::audits) const MISDIRECTED: ProjectAudit =
    ProjectAudit { name: "nginx-http2-misdirected", kinds: &[FileKind::Nginx], variants: &[], run: misdirected };

pub(in crate::audits) const INSECURE_REDIRECT: ProjectAudit = ProjectAudit {
    name: "nginx-insecure-redirect",
    kinds: &[FileKind::Nginx],
    variants: &["plain"],
    run: |project| each(project, insecure_redirect),
};

pub(in crate::audits) const HARDENING: ProjectAudit = ProjectAudit {
    name: "nginx-tls-hardening",
    kinds: &[FileKind::Nginx],
    variants: &["stapling", "tickets", "parameters"],
    run: |project| each(project, hardening),
};

pub(in crate::audits) const CLIENT_CERTIFICATE: ProjectAudit = ProjectAudit {
    name: "nginx-client-cert-optional",
    kinds: &[FileKind::Nginx],
    variants: &[],
    run: |project| each(project, client_certificate),
};

/// Whether TLS ends in front: the server looks at what a proxy says of the connection, or trusts one.
fn is_behind_tls(server: Directive<'_>) -> bool {
    let mentions = |directive: Directive<'_>| {
        directive.arguments().iter().any(|word| {
            ["http_x_forwarded_proto", "http_x_forwarded_ssl", "http_cf_visitor", "http_x_scheme", "proxy_protocol"]
                .iter()
                .any(|name| word.contains(name))
        })
    };
    let root = server.root();
    let trusts_a_proxy =
        root.below_named("set_real_ip_from").any(|one| !one.argument(0).is_some_and(super::guard::is_everybody));
    trusts_a_proxy || root.below_named("map").any(mentions) || server.below().any(mentions)
}

fn plain_port_80(server: Server<'_>) -> Option<Listen<'_>> {
    let listens = server.listens();
    if listens.iter().any(|listen| listen.proxy_protocol || listen.address.is_local()) {
        return None;
    }
    listens.into_iter().find(|listen| !listen.ssl && listen.address.port() == Some(80))
}

fn auth_basic_cleartext(config: &Config<'_>) -> Vec<ProjectMatch> {
    let realms = config.named(&["auth_basic"]).filter(|realm| realm.argument(0) != Some("off"));
    realms
        .filter(|realm| {
            let Some(block) = realm.server() else { return false };
            let server = Server { block };
            let names_a_port = block.child("listen").is_some();
            names_a_port
                && plain_port_80(server).is_some()
                && !server.speaks_tls()
                && !is_behind_tls(block)
                && !returns(block)
        })
        .map(|realm| report(realm, realm.name_place(), &[("value", realm.argument(0).unwrap_or(""))]))
        .collect()
}

/// Names of the open network.
fn public_names(server: Server<'_>) -> BTreeSet<String> {
    const LOCAL: [&str; 7] = [".local", ".test", ".localhost", ".localdomain", ".lan", ".internal", ".home.arpa"];
    let is_public = |name: &&str| {
        !matches!(*name, "_" | "" | "localhost")
            && name.contains('.')
            && !name.contains(['$', '{', '<', '~'])
            && !LOCAL.iter().any(|end| name.ends_with(end))
            && name.parse::<std::net::IpAddr>().is_err()
    };
    server.names().into_iter().filter(is_public).map(str::to_ascii_lowercase).collect()
}

/// Whether the block that serves `/` sends content without a condition on the scheme.
fn sends_content(server: Server<'_>) -> bool {
    let block = location_of(server.block, "/").unwrap_or(server.block);
    let asks_scheme = |level: Directive<'_>| {
        level.children_named("if").any(|condition| {
            condition.arguments().iter().any(|word| {
                ["$scheme", "$https", "$server_port", "$ssl_protocol"].iter().any(|name| word.contains(name))
            }) || condition
                .child("return")
                .is_some_and(|answer| answer.arguments().iter().any(|to| to.starts_with("https:")))
        })
    };
    server.block.has_block()
        && server.block.is_wholly_known()
        && block.is_wholly_known()
        && !returns(server.block)
        && !asks_scheme(server.block)
        && !asks_scheme(block)
        && serves(block)
}

fn plain_http(project: &Project) -> Vec<ProjectMatch> {
    let mut found: Vec<ProjectMatch> = Vec::new();
    // Servers over TLS by configuration and name.
    let mut over_tls = BTreeMap::new();
    for server in project.nginx().servers().filter(|server| server.speaks_tls()) {
        for name in public_names(server) {
            over_tls.entry((server.block.root().id(), name)).or_insert(server);
        }
    }
    for server in project.nginx().servers() {
        let Some(listen) = plain_port_80(server) else { continue };
        let names = public_names(server);
        if names.is_empty() || is_behind_tls(server.block) || !sends_content(server) {
            continue;
        }
        let key = server.block.root().id();
        let twin = names.iter().find_map(|name| over_tls.get(&(key, name.clone())).copied());
        let Some(twin) = twin else { continue };
        let name = names.intersection(&public_names(twin)).next().cloned().unwrap_or_default();
        let directive = listen.directive.unwrap_or(server.block);
        let place = listen.directive.map_or_else(|| server.block.name_place(), |listen| listen.argument_place(0));
        let mut one = report(directive, place, &[("name", &name)]);
        if let Some(tls) = twin.listens().iter().find(|listen| listen.ssl).and_then(|listen| listen.directive) {
            one.related.push((tls.argument_place(0), "The same name over TLS".to_owned()));
        }
        if found.iter().all(|known| known.place != place) {
            found.push(one);
        }
    }
    found
}

/// Whether a server turns everybody away.
fn is_rejecting(server: Server<'_>) -> bool {
    server.block.is_on("ssl_reject_handshake")
        || returns(server.block)
        || location_of(server.block, "/").is_some_and(returns)
}

fn catch_all(project: &Project) -> Vec<ProjectMatch> {
    let mut found: Vec<ProjectMatch> = Vec::new();
    for server in project.nginx().servers() {
        let is_whole = matches!(server.block.root().level(), Level::Main | Level::Http);
        if !is_whole || server.is_local() || is_rejecting(server) {
            continue;
        }
        for listen in server.listens() {
            if server.default_at(&listen) != Some(server) {
                continue;
            }
            let has_siblings = server.count_at(&listen) > 1;
            let block = location_of(server.block, "/").unwrap_or(server.block);
            let place = listen.directive.map_or_else(|| server.block.name_place(), |listen| listen.argument_place(0));
            let name = server.name().unwrap_or("_");
            let variant = if listen.ssl && has_siblings && !listen.default_server {
                Some("tls")
            } else if server.name().is_none() && block.proxy_target().is_some() && !server.speaks_tls() {
                None
            } else {
                continue;
            };
            let mut one = report(listen.directive.unwrap_or(server.block), place, &[("name", name)]);
            one.variant = variant;
            if found.iter().all(|known| known.place != place) {
                found.push(one);
            }
            break;
        }
    }
    found
}

fn misdirected(project: &Project) -> Vec<ProjectMatch> {
    let rejecting = project.nginx().servers().filter(|server| server.block.is_on("ssl_reject_handshake"));
    let servers = rejecting.filter(|server| {
        let speaks_http2 = server.listens().iter().any(|listen| listen.ssl && listen.http2)
            || server.siblings().any(|other| other.listens().iter().any(|listen| listen.ssl && listen.http2));
        let answers_421 =
            server.block.below().any(|answer| answer.name() == "return" && answer.argument(0) == Some("421"));
        speaks_http2 && !answers_421
    });
    let mut found: Vec<ProjectMatch> = Vec::new();
    for server in servers {
        let Some(switch) = server.block.child("ssl_reject_handshake") else { continue };
        let place = switch.argument_place(0);
        if found.iter().all(|known| known.place != place) {
            found.push(report(switch, place, &[]));
        }
    }
    found
}

fn insecure_redirect(config: &Config<'_>) -> Vec<ProjectMatch> {
    config
        .named(&["return", "rewrite"])
        .filter_map(|directive| {
            let index = if directive.name() == "rewrite" { 1 } else { directive.argument_count().checked_sub(1)? };
            let target = directive.argument(index)?;
            let rest = target.strip_prefix("http://")?;
            if ["localhost", "127.", "[::1]"].iter().any(|local| rest.starts_with(local)) {
                return None;
            }
            let speaks_tls = directive.server().is_some_and(|block| Server { block }.speaks_tls());
            let mut found = report(directive, directive.argument_place(index), &[("value", target)]);
            found.variant = (!speaks_tls).then_some("plain");
            // Behind TLS the same place is there over TLS.
            let written = directive.source().slice(found.place.span);
            found.fix = written.find("http://").filter(|_| speaks_tls).map(|at| {
                let start = found.place.span.start + u32::try_from(at).unwrap_or(0);
                let edit = Edit { span: Span::new(start, start + 7), replacement: "https://".to_owned() };
                Fix { description: "Redirect to TLS".to_owned(), edits: vec![edit], safe: true }
            });
            Some(found)
        })
        .collect()
}

/// Curves that are too short.
const SHORT_CURVES: [&str; 8] =
    ["prime192v1", "secp192r1", "secp160r1", "secp160k1", "secp192k1", "secp112r1", "secp128r1", "sect163k1"];

fn hardening(config: &Config<'_>) -> Vec<ProjectMatch> {
    let mut found = Vec::new();
    let asks_early = || config.all().any(|one| one.arguments().iter().any(|word| word.contains("$ssl_early_data")));
    for directive in
        config.named(&["ssl_early_data", "ssl_stapling", "ssl_session_tickets", "ssl_ecdh_curve", "ssl_dhparam"])
    {
        let Some(value) = directive.argument(0) else { continue };
        let Some(level) = directive.parent() else { continue };
        let is_weak = match directive.name() {
            "ssl_early_data" => value == "on" && !asks_early(),
            "ssl_stapling" => {
                let has_resolver = level.effective("resolver").is_some()
                    || level.below().any(|below| below.name() == "resolver")
                    || level.effective("ssl_stapling_file").is_some()
                    || level.effective("ssl_stapling_responder").is_some();
                value == "on" && !has_resolver && level.is_wholly_known() && level.root().level() == Level::Main
            }
            "ssl_session_tickets" => value == "on" && level.effective("ssl_session_ticket_key").is_some(),
            "ssl_ecdh_curve" => value.split(':').any(|curve| SHORT_CURVES.contains(&curve)),
            _ => ["512", "1024"].iter().any(|bits| value.rsplit('/').next().is_some_and(|name| name.contains(bits))),
        };
        if is_weak {
            let mut one =
                report(directive, directive.argument_place(0), &[("value", value), ("directive", directive.name())]);
            one.variant = match directive.name() {
                "ssl_early_data" => None,
                "ssl_stapling" => Some("stapling"),
                "ssl_session_tickets" => Some("tickets"),
                _ => Some("parameters"),
            };
            found.push(one);
        }
    }
    found
}

fn client_certificate(config: &Config<'_>) -> Vec<ProjectMatch> {
    let mentions = |directive: &Directive<'_>, names: &[&str]| {
        directive.arguments().iter().any(|word| names.iter().any(|name| word.contains(name)))
    };
    if config.named(&["ssl_verify_client"]).next().is_none() {
        return Vec::new();
    }
    let is_asked = config.all().any(|one| mentions(&one, &["$ssl_client_verify"]));
    let subjects = ["s_dn", "i_dn", "cert", "escaped_cert", "raw_cert", "fingerprint", "serial"]
        .map(|end| format!("$ssl_client_{end}"));
    let subjects: Vec<&str> = subjects.iter().map(String::as_str).collect();
    let passed = config.all().find(|one| {
        one.is(&["proxy_set_header", "grpc_set_header", "fastcgi_param", "uwsgi_param", "scgi_param"])
            && mentions(one, &subjects)
    });
    let Some(passed) = passed.filter(|_| !is_asked) else { return Vec::new() };
    config
        .named(&["ssl_verify_client"])
        .filter(|switch| matches!(switch.argument(0), Some("optional" | "optional_no_ca")))
        .map(|switch| {
            let mut found = report(switch, switch.argument_place(0), &[("value", switch.argument(0).unwrap_or(""))]);
            found.related.push((passed.name_place(), "Passed on as if it had been checked".to_owned()));
            found
        })
        .collect()
}
