//! What is passed on to backends: headers that are lost, upgrades, caches, verification of TLS, name resolution.

use super::config::{Config, each, report};
use crate::audits::{ProjectAudit, ProjectMatch};
use crate::model::nginx::{Directive, Effective, Level, Server};
use crate::syntax::FileKind;
use std::net::IpAddr;

pub(in crate::audits) const HEADERS_LOST: ProjectAudit = ProjectAudit {
    name: "nginx-proxy-set-header-redefinition",
    kinds: &[FileKind::Nginx],
    variants: &[],
    run: |project| each(project, headers_lost),
};

pub(in crate::audits) const H2C: ProjectAudit = ProjectAudit {
    name: "nginx-h2c-smuggling",
    kinds: &[FileKind::Nginx],
    variants: &[],
    run: |project| each(project, h2c),
};

pub(in crate::audits) const CACHE: ProjectAudit = ProjectAudit {
    name: "nginx-cache-authenticated",
    kinds: &[FileKind::Nginx],
    variants: &[],
    run: |project| each(project, cache),
};

pub(in crate::audits) const UNVERIFIED: ProjectAudit = ProjectAudit {
    name: "nginx-upstream-tls-unverified",
    kinds: &[FileKind::Nginx],
    variants: &["default", "internal"],
    run: |project| each(project, unverified),
};

pub(in crate::audits) const RESOLVER: ProjectAudit = ProjectAudit {
    name: "nginx-resolver-external",
    kinds: &[FileKind::Nginx],
    variants: &["stapling"],
    run: |project| each(project, resolver),
};

pub(in crate::audits) const FORWARDED: ProjectAudit = ProjectAudit {
    name: "nginx-forwarded-as-it-came",
    kinds: &[FileKind::Nginx],
    variants: &[],
    run: |project| each(project, forwarded),
};

pub(in crate::audits) const DATASTORE: ProjectAudit = ProjectAudit {
    name: "nginx-stream-datastore-exposed",
    kinds: &[FileKind::Nginx],
    variants: &[],
    run: |project| each(project, datastore),
};

/// Headers that tell the app who asks; one that is cleared counts too.
fn matters(header: Directive<'_>) -> bool {
    let name = header.argument(0).unwrap_or("").to_ascii_lowercase();
    let is_about_the_client =
        name.starts_with("x-forwarded-") || matches!(name.as_str(), "x-real-ip" | "host" | "forwarded");
    is_about_the_client || header.argument(1) == Some("") && !matches!(name.as_str(), "connection" | "accept-encoding")
}

fn headers_lost(config: &Config<'_>) -> Vec<ProjectMatch> {
    const LISTS: [&str; 2] = ["proxy_set_header", "grpc_set_header"];
    let mut levels: Vec<_> =
        config.named(&["proxy_set_header", "grpc_set_header"]).filter_map(Directive::parent).collect();
    levels.dedup();
    let levels = levels.into_iter().filter(|level| {
        matches!(level.level(), Level::Server | Level::Location | Level::If | Level::LimitExcept) && !level.is_root()
    });
    levels
        .flat_map(|level| LISTS.map(|list| (level, list)))
        .filter_map(|(level, list)| {
            let own: Vec<_> = level.children_named(list).collect();
            let first = *own.first()?;
            let Effective { directives: outer, .. } = level.parent()?.effective(list)?;
            if !level.is_wholly_known() || !passes_on(level) {
                return None;
            }
            let has = |name: &str| {
                own.iter().any(|one| one.argument(0).is_some_and(|known| known.eq_ignore_ascii_case(name)))
            };
            let lost: Vec<_> =
                outer.into_iter().filter(|one| matters(*one) && !has(one.argument(0).unwrap_or(""))).collect();
            if lost.is_empty() {
                return None;
            }
            let names = lost.iter().filter_map(|one| one.argument(0)).collect::<Vec<_>>().join(", ");
            let captures = [("lost", names.as_str()), ("header", first.argument(0).unwrap_or("")), ("directive", list)];
            let mut found = report(first, first.name_place(), &captures);
            found
                .related
                .extend(lost.iter().map(|one| (one.name_place(), "Set for the outer block, lost here".to_owned())));
            Some(found)
        })
        .collect()
}

fn passes_on(level: Directive<'_>) -> bool {
    level.proxy_target().is_some() || level.below().any(|below| below.is(&["proxy_pass", "grpc_pass"]))
}

/// A header of a value that a level sends to its backend.
fn sets<'m>(level: Directive<'m>, name: &str, value: &str) -> Option<Directive<'m>> {
    level.effective("proxy_set_header")?.directives.into_iter().find(|header| {
        header.argument(0).is_some_and(|known| known.eq_ignore_ascii_case(name))
            && header.argument(1).is_some_and(|known| known.eq_ignore_ascii_case(value))
    })
}

fn h2c(config: &Config<'_>) -> Vec<ProjectMatch> {
    config
        .named(&["proxy_set_header"])
        .filter(|header| header.argument(0).is_some_and(|name| name.eq_ignore_ascii_case("upgrade")))
        .filter(|header| {
            let Some(level) = header.parent() else { return false };
            let blocks = std::iter::once(level).chain(level.below().filter(|block| block.has_block()));
            blocks.into_iter().any(|block| {
                sets(block, "upgrade", "$http_upgrade") == Some(*header)
                    && sets(block, "connection", "$http_connection").is_some()
                    && block.value("proxy_http_version") == Some("1.1")
            })
        })
        .map(|header| report(header, header.argument_place(0), &[]))
        .collect()
}

fn cache(config: &Config<'_>) -> Vec<ProjectMatch> {
    config
        .named(&["proxy_cache"])
        .filter(|cache| cache.argument(0) != Some("off"))
        .filter_map(|cache| {
            let level = cache.parent()?;
            let ignored = level.effective("proxy_ignore_headers")?;
            let words: Vec<_> = ignored.directives.iter().flat_map(|one| one.arguments()).collect();
            let names = |name: &str| words.iter().any(|word| word.eq_ignore_ascii_case(name));
            let key = level.value("proxy_cache_key").unwrap_or("").to_ascii_lowercase();
            let is_suffix = level.levels().any(|one| one.argument(1).is_some_and(|regex| regex.contains("\\.")));
            let is_safe = level.effective("proxy_no_cache").is_some()
                || level.effective("internal").is_some()
                || key.contains("cookie")
                || key.contains("authorization")
                || is_suffix;
            if is_safe || !names("Set-Cookie") || !names("Cache-Control") {
                return None;
            }
            let first = *ignored.directives.first()?;
            let mut found = report(first, first.argument_place(0), &[("value", &words.join(" "))]);
            found.related.push((cache.argument_place(0), "The cache".to_owned()));
            Some(found)
        })
        .collect()
}

/// Ends of names that only a private network knows.
const INTERNAL: [&str; 8] = [".local", ".internal", ".svc", ".lan", ".localhost", ".home", ".test", ".docker"];

fn unverified(config: &Config<'_>) -> Vec<ProjectMatch> {
    let mut found = Vec::new();
    for switch in config.named(&["proxy_ssl_verify", "grpc_ssl_verify", "uwsgi_ssl_verify"]) {
        if switch.argument(0) == Some("off") {
            found.push(report(switch, switch.argument_place(0), &[("key", switch.name())]));
        }
    }
    for pass in config.named(&["proxy_pass", "grpc_pass"]) {
        let (Some(level), Some(target)) = (pass.parent(), pass.argument(0)) else { continue };
        let Some(rest) = target.strip_prefix("https://").or_else(|| target.strip_prefix("grpcs://")) else { continue };
        let switch = if pass.name() == "proxy_pass" { "proxy_ssl_verify" } else { "grpc_ssl_verify" };
        let is_unknown = level.levels().any(|level| !level.is_root() && !level.is_wholly_known());
        if level.effective(switch).is_some() || is_unknown || rest.contains(['$', '{', '<']) {
            continue;
        }
        let host = rest.split(['/', ':', '?']).next().unwrap_or("");
        let is_local =
            host == "localhost" || host.starts_with("127.") || rest.starts_with("unix:") || rest.starts_with('[');
        if is_local || host.is_empty() || host.starts_with("host.docker.") {
            continue;
        }
        let is_name = host.rsplit('.').next().is_some_and(|last| last.chars().all(|one| one.is_ascii_alphabetic()));
        let is_internal =
            !host.contains('.') || INTERNAL.iter().any(|end| host.ends_with(end)) || host.starts_with("kubernetes.");
        if !is_name && !is_internal {
            continue;
        }
        let mut one = report(pass, pass.argument_place(0), &[("value", target)]);
        one.variant = Some(if is_internal { "internal" } else { "default" });
        found.push(one);
    }
    found
}

fn is_public(address: &str) -> bool {
    let text = match address.strip_prefix('[') {
        Some(rest) => rest.split(']').next().unwrap_or(""),
        None => address.split(':').next().unwrap_or(""),
    };
    match text.parse::<IpAddr>() {
        Ok(IpAddr::V4(address)) => {
            let [a, b, ..] = address.octets();
            let is_shared = a == 100 && (64..128).contains(&b);
            let is_near = address.is_private() || address.is_loopback() || address.is_link_local();
            !is_near && !is_shared && !address.is_unspecified() && address.octets() != [168, 63, 129, 16]
        }
        Ok(IpAddr::V6(address)) => {
            let first = address.segments()[0];
            !address.is_loopback() && first & 0xfe00 != 0xfc00 && first & 0xffc0 != 0xfe80
        }
        Err(_) => false,
    }
}

fn resolver(config: &Config<'_>) -> Vec<ProjectMatch> {
    const PASSES: &[&str] = &["proxy_pass", "grpc_pass", "fastcgi_pass", "uwsgi_pass", "scgi_pass"];
    let resolves_names = config.named(PASSES).any(|pass| pass.argument(0).is_some_and(|target| target.contains('$')));
    config
        .named(&["resolver"])
        .filter_map(|resolver| {
            let words = resolver.arguments();
            words.iter().find(|word| is_public(word))?;
            let mut found = report(resolver, resolver.argument_place(0), &[("value", &words.join(" "))]);
            found.variant = (!resolves_names).then_some("stapling");
            Some(found)
        })
        .collect()
}

fn forwarded(config: &Config<'_>) -> Vec<ProjectMatch> {
    const NAMES: [&str; 4] = ["x-forwarded-for", "x-real-ip", "x-client-ip", "forwarded"];
    const SENT: [&str; 5] =
        ["$http_x_forwarded_for", "$http_x_real_ip", "$http_x_client_ip", "$http_client_ip", "$http_forwarded"];
    if config.named(&["set_real_ip_from"]).next().is_some() {
        return Vec::new();
    }
    config
        .named(&["proxy_set_header", "grpc_set_header"])
        .filter(|header| {
            let name = header.argument(0).unwrap_or("").to_ascii_lowercase();
            let value = header.argument(1).unwrap_or("").replace(['{', '}'], "");
            NAMES.contains(&name.as_str()) && SENT.contains(&value.as_str())
        })
        .map(|header| {
            let value = format!("{} {}", header.argument(0).unwrap_or(""), header.argument(1).unwrap_or(""));
            report(header, header.argument_place(0), &[("key", header.name()), ("value", &value)])
        })
        .collect()
}

/// Ports of databases, caches and search engines.
const DATASTORES: [u16; 17] =
    [5432, 5433, 3306, 33060, 6379, 6380, 27017, 27018, 9200, 9300, 9042, 1433, 1521, 11211, 5672, 8086, 26257];

fn datastore(config: &Config<'_>) -> Vec<ProjectMatch> {
    let servers = config.named(&["server"]).filter(|block| block.level() == Level::StreamServer);
    servers
        .filter_map(|block| {
            let is_guarded = super::guard::denies_strangers(block)
                || block.value("ssl_verify_client") == Some("on")
                || !block.is_wholly_known();
            if is_guarded {
                return None;
            }
            let target = block.proxy_target()?;
            let backends =
                target.upstream.map_or_else(Vec::new, |upstream| upstream.servers().map(|(_, to)| to.port).collect());
            let ports: Vec<u16> = backends.into_iter().chain([target.authority.port]).flatten().collect();
            let private = ["10.", "192.168.", "172."];
            let listens = Server { block }.listens();
            let listen = listens.into_iter().find(|listen| {
                let host = listen.directive.and_then(|one| one.argument(0)).unwrap_or("");
                let is_private = listen.address.is_local() || private.iter().any(|start| host.starts_with(start));
                let port = listen.address.port();
                !is_private
                    && (port.is_some_and(|port| DATASTORES.contains(&port))
                        || ports.iter().any(|port| DATASTORES.contains(port)))
            })?;
            let directive = listen.directive?;
            Some(report(directive, directive.argument_place(0), &[("value", directive.argument(0)?)]))
        })
        .collect()
}
