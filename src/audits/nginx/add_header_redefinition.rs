//! Security headers that a nested block loses: one `add_header` there, and none of the outer ones is inherited
//! (documentation of `ngx_http_headers_module`).

use super::config::{Config, each, report};
use crate::audits::{ProjectAudit, ProjectMatch};
use crate::findings::{Edit, Fix};
use crate::model::Project;
use crate::model::nginx::{Directive, ResponseHeader, SECURITY_HEADERS};
use crate::syntax::FileKind;

pub(in crate::audits) const AUDIT: ProjectAudit =
    ProjectAudit { name: "nginx-add-header-redefinition", kinds: &[FileKind::Nginx], variants: &[], run };

fn run(project: &Project) -> Vec<ProjectMatch> {
    each(project, check)
}

fn check(config: &Config<'_>) -> Vec<ProjectMatch> {
    config
        .named(&["server", "location", "if", "limit_except"])
        .filter_map(|level| {
            let here = level.own_headers();
            let first = here.first()?;
            if !level.is_wholly_known() || answers_without_body(level) {
                return None;
            }
            let kept = level.response_headers(None);
            let outer = level.parent()?.response_headers(None);
            let lost: Vec<_> = SECURITY_HEADERS
                .iter()
                .filter(|(name, _)| outer.iter().any(|header| header.name == *name))
                .filter(|(name, _)| here.iter().chain(&kept).all(|header| header.name != *name))
                .collect();
            let matters = lost.iter().any(|(name, _)| matters_for(level, name));
            if !matters {
                return None;
            }
            let names = lost.iter().map(|(_, name)| *name).collect::<Vec<_>>().join(", ");
            let captures = [("lost", names.as_str()), ("header", first.directive.argument(0)?)];
            let mut found = report(first.directive, first.directive.name_place(), &captures);
            found.fix = repeated(first.directive, &outer, &lost);
            let set = outer.iter().filter(|header| lost.iter().any(|(name, _)| header.name == *name));
            found.related.extend(
                set.map(|header| (header.directive.name_place(), "Set for the outer block, lost here".to_owned())),
            );
            Some(found)
        })
        .collect()
}

/// Answers without a page: preflights, refusals, redirects.
fn answers_without_body(level: Directive<'_>) -> bool {
    level.children_named("return").any(|answer| {
        answer.argument(0).is_some_and(|code| {
            matches!(code, "204" | "301" | "302" | "303" | "304" | "307" | "308" | "444") || code.starts_with("http")
        })
    })
}

/// Pictures, styles and scripts by suffix are framed by nobody; that their type is not guessed matters for them too.
fn matters_for(level: Directive<'_>, name: &str) -> bool {
    let is_asset = level.levels().any(|level| {
        let arguments = level.arguments();
        level.name() == "location"
            && matches!(arguments.first(), Some(&("~" | "~*")))
            && arguments.get(1).is_some_and(|regex| {
                let regex = regex.to_ascii_lowercase();
                regex.contains(r"\.")
                    && regex.ends_with('$')
                    && ["css", "js", "png", "jpg", "jpe", "gif", "ico", "woff", "ttf", "eot"]
                        .iter()
                        .any(|suffix| regex.contains(suffix))
                    && !["htm", "php", "json", "xml", "pdf"].iter().any(|suffix| regex.contains(suffix))
            })
    });
    !is_asset || name == "x-content-type-options"
}

/// The lost lines once more, behind the block's first header and indented as that.
fn repeated(first: Directive<'_>, outer: &[ResponseHeader<'_>], lost: &[&(&str, &str)]) -> Option<Fix> {
    let at = first.place().span;
    let text = first.source().text();
    let line = text.get(..at.range().start)?.rsplit('\n').next()?;
    let indent = line.chars().all(char::is_whitespace).then_some(line)?;
    let lines = outer.iter().filter(|header| lost.iter().any(|(name, _)| header.name == *name)).map(|header| {
        let place = header.directive.place().span;
        header.directive.source().slice(place).lines().map(str::trim).collect::<Vec<_>>().join(" ")
    });
    let replacement = lines.fold(String::new(), |before, line| before + "\n" + indent + &line);
    Some(Fix {
        description: "Repeat the lost headers here".to_owned(),
        edits: vec![Edit { span: crate::source::Span::at(at.end), replacement }],
        safe: false,
    })
}
