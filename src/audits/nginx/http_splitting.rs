//! Decoded line breaks in headers: a path that holds `%0d%0a` arrives decoded in `$uri` and in captures, and whoever
//! writes it into a header writes two.
//!
//! Captures in the replacement of a redirecting `rewrite` are escaped again by nginx; those in `return` are not.

use super::config::{Config, each, report};
use super::input::{Part, may_hold, parse};
use crate::audits::{ProjectAudit, ProjectMatch};
use crate::model::Project;
use crate::model::nginx::Directive;
use crate::syntax::FileKind;

pub(in crate::audits) const AUDIT: ProjectAudit =
    ProjectAudit { name: "nginx-http-splitting", kinds: &[FileKind::Nginx], variants: &[], run };

fn run(project: &Project) -> Vec<ProjectMatch> {
    each(project, check)
}

fn check(config: &Config<'_>) -> Vec<ProjectMatch> {
    config
        .named(&["return", "rewrite", "add_header", "proxy_set_header", "proxy_pass", "more_set_headers"])
        .filter_map(|directive| {
            let index = value_index(directive)?;
            let text = directive.argument(index)?;
            if !text.contains('$') || path_is_fixed(directive) {
                return None;
            }
            let values = config.values(text, directive);
            let is_rewrite = directive.name() == "rewrite";
            let input = values.iter().flatten().find_map(|part| match part {
                Part::Input(input) if input.line_break && !(is_rewrite && input.is_capture) => Some(&input.name),
                _ => None,
            })?;
            let captures = [("directive", directive.name()), ("input", input.as_str())];
            Some(report(directive, directive.argument_place(index), &captures))
        })
        .collect()
}

/// Which argument goes out in a header or a request line.
fn value_index(directive: Directive<'_>) -> Option<usize> {
    match directive.name() {
        "return" => {
            let arguments = directive.arguments();
            match arguments[..] {
                [_] => Some(0),
                [code, _] => matches!(code, "301" | "302" | "303" | "307" | "308").then_some(1),
                _ => None,
            }
        }
        "rewrite" => {
            let arguments = directive.arguments();
            let redirects = matches!(arguments.get(2), Some(&("redirect" | "permanent")))
                || arguments.get(1).is_some_and(|target| {
                    ["http://", "https://", "$scheme"].iter().any(|start| target.starts_with(start))
                });
            redirects.then_some(1)
        }
        "add_header" | "proxy_set_header" => Some(1),
        _ => Some(0),
    }
}

/// Whether the location lets no line break through: it is one path, or an anchored expression without one.
fn path_is_fixed(directive: Directive<'_>) -> bool {
    directive.ancestors().any(|above| {
        if above.name() != "location" {
            return false;
        }
        let arguments = above.arguments();
        match arguments[..] {
            ["=", _] => true,
            ["~" | "~*", regex] => {
                regex.starts_with('^')
                    && regex.ends_with('$')
                    && parse(regex).is_some_and(|regex| !may_hold(&regex, '\n'))
            }
            _ => false,
        }
    })
}
