//! `Access-Control-Allow-Origin` as nginx sends it: a wildcard beside credentials, or whatever origin asks.

use super::nginx_config::Config;
use super::nginx_headers::{Header, more, own};
use super::nginx_input::Part;
use super::{Audit, AuditContext, AuditMatch};
use crate::syntax::FileKind;

pub(super) const WILDCARD: Audit = Audit {
    name: "nginx-cors-wildcard-credentials",
    kinds: &[FileKind::Nginx],
    variants: &[],
    run: wildcard_credentials,
};

pub(super) const REFLECTION: Audit = Audit {
    name: "nginx-cors-origin-reflection",
    kinds: &[FileKind::Nginx],
    variants: &["no-credentials"],
    run: origin_reflection,
};

const LEVELS: &[&str] = &["http", "server", "location", "if", "limit_except"];

/// A level's `Access-Control-Allow-Origin` lines, and whether credentials go with them.
fn levels<'tree>(config: &Config<'tree>) -> impl Iterator<Item = (Vec<Header<'tree>>, bool)> + use<'tree> {
    config.named(LEVELS).filter_map(|level| {
        let mut headers = own(level);
        headers.extend(more(level));
        let credentials = headers
            .iter()
            .any(|header| header.name == "access-control-allow-credentials" && header.value.trim() == "true");
        headers.retain(|header| header.name == "access-control-allow-origin");
        (!headers.is_empty()).then_some((headers, credentials))
    })
}

fn wildcard_credentials(context: &AuditContext<'_>) -> Vec<AuditMatch> {
    let config = Config::new(context.tree);
    let mut found = Vec::new();
    for (headers, credentials) in levels(&config) {
        for header in headers.iter().filter(|_| credentials) {
            let values = config.values(header.value, header.directive);
            let wide = values.iter().find_map(|value| match &value[..] {
                [Part::Text(text)] => matches!(text.trim(), "*" | "null").then(|| text.trim().to_owned()),
                _ => None,
            });
            if let Some(wide) = wide {
                found.push(
                    header.directive.report(header.directive.argument_span(header.argument), &[("origin", &wide)]),
                );
            }
        }
    }
    found
}

fn origin_reflection(context: &AuditContext<'_>) -> Vec<AuditMatch> {
    let config = Config::new(context.tree);
    let mut found = Vec::new();
    for (headers, credentials) in levels(&config) {
        for header in headers {
            let values = config.values(header.value, header.directive);
            let reflects =
                values.iter().any(|value| matches!(&value[..], [Part::Input(input)] if is_origin(&input.name)));
            if reflects {
                let span = header.directive.argument_span(header.argument);
                let mut one = header.directive.report(span, &[("value", header.value)]);
                one.variant = (!credentials).then_some("no-credentials");
                found.push(one);
            }
        }
    }
    found
}

fn is_origin(name: &str) -> bool {
    matches!(name, "$http_origin" | "$http_referer")
}
