//! Where nginx passes requests on to, chosen by the client: scheme, host or port of `proxy_pass` and its relatives.

use super::config::{Config, each, report};
use super::input::Part;
use crate::audits::{ProjectAudit, ProjectMatch};
use crate::model::Project;
use crate::model::nginx::Directive;
use crate::syntax::FileKind;

pub(in crate::audits) const AUDIT: ProjectAudit =
    ProjectAudit { name: "nginx-ssrf-proxy", kinds: &[FileKind::Nginx], variants: &[], run };

fn run(project: &Project) -> Vec<ProjectMatch> {
    each(project, check)
}

fn check(config: &Config<'_>) -> Vec<ProjectMatch> {
    config
        .named(&["proxy_pass", "grpc_pass", "fastcgi_pass", "uwsgi_pass", "scgi_pass"])
        .filter(|directive| !is_internal(*directive))
        .filter_map(|directive| {
            let target = directive.argument(0)?;
            let has_scheme = directive.is(&["proxy_pass", "grpc_pass"]);
            let values = config.values(target, directive);
            let input = values.iter().find_map(|value| host_input(value, has_scheme))?;
            let captures = [("directive", directive.name()), ("input", input.as_str()), ("target", target)];
            Some(report(directive, directive.argument_place(0), &captures))
        })
        .collect()
}

/// `internal` locations are reached by redirects of nginx and the app alone.
fn is_internal(directive: Directive<'_>) -> bool {
    directive.ancestors().any(|above| above.children_named("internal").next().is_some())
}

/// The input that decides scheme, host or port of a target.
fn host_input(value: &[Part], has_scheme: bool) -> Option<String> {
    let mut before = String::new();
    for (index, part) in value.iter().enumerate() {
        let input = match part {
            Part::Text(text) => {
                before.push_str(text);
                continue;
            }
            // Something that the file does not show, a host most likely.
            Part::Other(_) => {
                if before.is_empty() && has_scheme {
                    return None;
                }
                before.push('x');
                continue;
            }
            Part::Input(input) => input,
        };
        let host = match before.split_once("://") {
            Some((_, host)) => host,
            None if has_scheme && input.begins_path && before.ends_with(":/") => return Some(input.name.clone()),
            None if has_scheme && input.begins_path => return None,
            None if has_scheme => return Some(input.name.clone()),
            None => before.as_str(),
        };
        if host.contains(['/', '?']) || host.starts_with("unix:") || input.begins_path {
            return None;
        }
        if !input.is_capture || input.ends_host {
            return Some(input.name.clone());
        }
        let suffix = match value.get(index + 1) {
            Some(Part::Text(text)) => text.as_str(),
            _ => "",
        };
        let keeps_to_a_domain = suffix.starts_with('.') && suffix.len() > 2;
        if input.dot && !keeps_to_a_domain {
            return Some(input.name.clone());
        }
        before.push('x');
    }
    None
}
