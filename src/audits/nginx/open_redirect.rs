//! Redirects whose host the client chooses. `Host` itself (`https://$http_host`) is the matter of `host-spoofing`.

use super::config::{Config, each, report};
use super::input::Part;
use crate::audits::{ProjectAudit, ProjectMatch};
use crate::model::Project;
use crate::model::nginx::Directive;
use crate::syntax::FileKind;

pub(in crate::audits) const AUDIT: ProjectAudit =
    ProjectAudit { name: "nginx-open-redirect", kinds: &[FileKind::Nginx], variants: &[], run };

fn run(project: &Project) -> Vec<ProjectMatch> {
    each(project, check)
}

fn check(config: &Config<'_>) -> Vec<ProjectMatch> {
    config
        .named(&["return", "rewrite"])
        .filter_map(|directive| {
            let index = target_index(directive)?;
            let target = directive.argument(index)?;
            let values = config.values(target, directive);
            let input = values.iter().find_map(|value| host_input(value))?;
            Some(report(directive, directive.argument_place(index), &[("input", input.as_str()), ("target", target)]))
        })
        .collect()
}

fn target_index(directive: Directive<'_>) -> Option<usize> {
    let arguments = directive.arguments();
    match (directive.name(), &arguments[..]) {
        ("return", ["301" | "302" | "303" | "307" | "308", _]) => Some(1),
        ("return", [target]) => target.starts_with(['$', 'h']).then_some(0),
        ("rewrite", [_, _, "redirect" | "permanent"]) => Some(1),
        ("rewrite", [_, target, ..]) => (target.starts_with("http") || target.starts_with("$scheme")).then_some(1),
        _ => None,
    }
}

/// The input that decides where a redirect leads.
fn host_input(value: &[Part]) -> Option<String> {
    let mut before = String::new();
    for part in value {
        let input = match part {
            Part::Text(text) => {
                before.push_str(text);
                continue;
            }
            Part::Other(name) if name == "$scheme" => {
                before.push_str("http");
                continue;
            }
            // A host that the file does not show; what follows may belong to it.
            Part::Other(_) => return None,
            Part::Input(input) => input,
        };
        if matches!(input.name.as_str(), "$http_host" | "$http_x_forwarded_host" | "$http_x_forwarded_proto") {
            return None;
        }
        let rest = before.split_once("://").map(|(_, rest)| rest).or_else(|| before.strip_prefix("//"));
        let decides = match rest {
            // `https://example.com$1`: the name goes on.
            Some(host) => !host.contains(['/', '?']) && !input.begins_path && (input.dot || input.ends_host),
            // `$arg_to` alone; `/$1` stays on this host unless the capture begins with a slash.
            None if before.is_empty() => !input.begins_path && (input.ends_host || !input.is_capture),
            None => before == "/" && input.is_capture && input.begins_path && input.ends_host,
        };
        return decides.then(|| input.name.clone());
    }
    None
}
