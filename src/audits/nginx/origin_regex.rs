//! Regular expressions that should let known origins through and let others through as well.

use super::config::{Config, each, report};
use super::input::condition;
use crate::audits::origins::{Admits, Matching, admits, wants_a_path};
use crate::audits::{ProjectAudit, ProjectMatch};
use crate::model::Place;
use crate::model::Project;
use crate::model::nginx::Directive;
use crate::syntax::FileKind;

pub(in crate::audits) const AUDIT: ProjectAudit =
    ProjectAudit { name: "nginx-origin-regex", kinds: &[FileKind::Nginx], variants: &["invalid"], run };

fn run(project: &Project) -> Vec<ProjectMatch> {
    each(project, check)
}

fn check(config: &Config<'_>) -> Vec<ProjectMatch> {
    let mut found = Vec::new();
    for directive in config.named(&["if", "map"]) {
        if directive.name() == "if" {
            let Some((variable, operator, regex)) = condition(directive) else { continue };
            if !is_checked(variable) || !operator.contains('~') || is_deny_list(directive, operator) {
                continue;
            }
            let position =
                directive.arguments().iter().position(|text| text.trim_end_matches(')') == regex.trim_end_matches(')'));
            let place = position.map_or_else(|| directive.name_place(), |index| directive.argument_place(index));
            let ignore_case = operator.ends_with('*');
            found.extend(judge(directive, place, variable, regex, ignore_case));
        } else {
            let Some(variable) = directive.argument(0).and_then(|source| source.strip_prefix('$')) else { continue };
            if variable != "http_origin" {
                continue;
            }
            for entry in directive.children().take(100) {
                let Some(regex) = entry.name().strip_prefix('~') else { continue };
                let ignore_case = regex.starts_with('*');
                if matches!(entry.argument(0), Some("" | "0" | "off" | "deny" | "null") | None) {
                    continue;
                }
                found.extend(judge(entry, entry.name_place(), variable, regex.trim_start_matches('*'), ignore_case));
            }
        }
    }
    found
}

fn is_checked(variable: &str) -> bool {
    matches!(variable, "http_origin" | "http_referer")
}

/// `if ($http_referer ~ spam) { return 403; }` keeps some out; it lets nobody in.
fn is_deny_list(directive: Directive<'_>, operator: &str) -> bool {
    !operator.starts_with('!')
        && (condition(directive).is_some_and(|(variable, ..)| variable == "http_referer")
            || directive
                .children_named("return")
                .any(|answer| answer.argument(0).is_some_and(|code| code.starts_with('4'))))
}

fn judge(
    directive: Directive<'_>,
    place: Place,
    variable: &str,
    written: &str,
    ignore_case: bool,
) -> Option<ProjectMatch> {
    let matching = Matching::Anywhere { ignore_case };
    let name = format!("${variable}");
    let report =
        |passes: &str| report(directive, place, &[("variable", &name), ("regex", written), ("passes", passes)]);
    if variable == "http_origin" && wants_a_path(written, matching) {
        let mut found = report("");
        found.variant = Some("invalid");
        return Some(found);
    }
    match admits(written, matching)? {
        Admits::AnySite(passes) | Admits::Lookalike { origin: passes, .. } => Some(report(&passes)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::FileFacts;
    use crate::source::Source;
    use crate::syntax::{Language, parse};
    use std::sync::Arc;

    fn findings(regex: &str) -> Vec<(Option<&'static str>, String)> {
        let text = format!("map $http_origin $ok {{ \"~{regex}\" $http_origin; }}");
        let source = Arc::new(Source::new("nginx.conf", text.as_str()));
        let tree = parse(Language::Nginx, text.as_str()).tree;
        let project = Project::link(vec![FileFacts::collect(&source, &tree, FileKind::Nginx, "nginx.conf", None)]);
        let passes = |found: &ProjectMatch| found.captures.iter().find(|(name, _)| name == "passes").unwrap().1.clone();
        run(&project).iter().map(|found| (found.variant, passes(found))).collect()
    }

    #[test]
    fn strangers_pass() {
        for regex in [
            r"^https://example\.com",
            r"example\.com$",
            r"^https://.*example\.com$",
            r"^https://www.example.com$",
            r"^https?://.*$",
            r"^https://(app|www)\.example\.com",
        ] {
            assert_eq!(findings(regex).len(), 1, "{regex}");
        }
    }

    #[test]
    fn strangers_do_not_pass() {
        for regex in [
            r"^https://example\.com$",
            r"^https://[^/]+\.example\.com$",
            r"^https?://(.+\.)?example\.com(:\d+)?$",
            r"^https://([a-z0-9-]+\.)*example\.com$",
            r"^https?://(localhost|127\.0\.0\.1)(:[0-9]+)?$",
        ] {
            assert_eq!(findings(regex), [], "{regex}");
        }
    }

    #[test]
    fn origins_have_no_path() {
        assert_eq!(findings(r"^https://example\.com/app$")[0].0, Some("invalid"));
    }
}
