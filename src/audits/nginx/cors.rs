//! `Access-Control-Allow-Origin` as nginx sends it: a wildcard beside credentials, or whatever origin asks.

use super::config::{Config, each, report};
use super::input::Part;
use crate::audits::{ProjectAudit, ProjectMatch};
use crate::model::Project;
use crate::model::nginx::ResponseHeader;
use crate::syntax::FileKind;

pub(in crate::audits) const WILDCARD: ProjectAudit = ProjectAudit {
    name: "nginx-cors-wildcard-credentials",
    kinds: &[FileKind::Nginx],
    variants: &[],
    run: wildcard_credentials,
};

pub(in crate::audits) const REFLECTION: ProjectAudit = ProjectAudit {
    name: "nginx-cors-origin-reflection",
    kinds: &[FileKind::Nginx],
    variants: &["no-credentials"],
    run: origin_reflection,
};

const LEVELS: &[&str] = &["http", "server", "location", "if", "limit_except"];

/// What a level sends as `Access-Control-Allow-Origin`, and whether credentials go with it; for levels that set headers.
fn levels<'m>(config: &Config<'m>) -> impl Iterator<Item = (Vec<ResponseHeader<'m>>, bool)> + use<'m> {
    config.named(LEVELS).filter_map(|level| {
        if level.own_headers().is_empty() && level.own_more_headers().is_empty() {
            return None;
        }
        let mut headers = level.response_headers(None);
        let credentials = headers
            .iter()
            .any(|header| header.name == "access-control-allow-credentials" && header.value.trim() == "true");
        headers.retain(|header| header.name == "access-control-allow-origin");
        (!headers.is_empty()).then_some((headers, credentials))
    })
}

fn wildcard_credentials(project: &Project) -> Vec<ProjectMatch> {
    each(project, wildcard_credentials_in)
}

fn wildcard_credentials_in(config: &Config<'_>) -> Vec<ProjectMatch> {
    let mut found = Vec::new();
    for (headers, credentials) in levels(config) {
        for header in headers.iter().filter(|_| credentials) {
            let values = config.values(header.value, header.directive);
            let wide = values.iter().find_map(|value| match &value[..] {
                [Part::Text(text)] => matches!(text.trim(), "*" | "null").then(|| text.trim().to_owned()),
                _ => None,
            });
            if let Some(wide) = wide {
                found.push(report(
                    header.directive,
                    header.directive.argument_place(header.argument),
                    &[("origin", &wide)],
                ));
            }
        }
    }
    found
}

fn origin_reflection(project: &Project) -> Vec<ProjectMatch> {
    each(project, origin_reflection_in)
}

fn origin_reflection_in(config: &Config<'_>) -> Vec<ProjectMatch> {
    let mut found = Vec::new();
    for (headers, credentials) in levels(config) {
        for header in headers {
            let values = config.values(header.value, header.directive);
            let reflects =
                values.iter().any(|value| matches!(&value[..], [Part::Input(input)] if is_origin(&input.name)));
            if reflects {
                let span = header.directive.argument_place(header.argument);
                let mut one = report(header.directive, span, &[("value", header.value)]);
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
