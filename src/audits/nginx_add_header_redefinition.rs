//! Security headers that a nested block loses: one `add_header` there, and none of the outer ones is inherited
//! (documentation of `ngx_http_headers_module`).

use super::nginx_config::{Config, Directive};
use super::nginx_headers::{PROTECTIVE, merges, own};
use super::{Audit, AuditContext, AuditMatch};
use crate::syntax::FileKind;

pub(super) const AUDIT: Audit =
    Audit { name: "nginx-add-header-redefinition", kinds: &[FileKind::Nginx], variants: &[], run };

fn run(context: &AuditContext<'_>) -> Vec<AuditMatch> {
    let config = Config::new(context.tree);
    config
        .named(&["server", "location", "if", "limit_except"])
        .filter_map(|level| {
            let here = own(level);
            let first = here.first()?;
            if level.has_opaque_include() || level.has_unread_parts() || merges(level) || answers_without_body(level) {
                return None;
            }
            let outer = level.ancestors().map(own).find(|headers| !headers.is_empty())?;
            let lost: Vec<_> = PROTECTIVE
                .iter()
                .filter(|(name, _)| outer.iter().any(|header| header.name == *name))
                .filter(|(name, _)| here.iter().all(|header| header.name != *name))
                .collect();
            let matters = lost.iter().any(|(name, _)| matters_for(level, name));
            if !matters {
                return None;
            }
            let names = lost.iter().map(|(_, name)| *name).collect::<Vec<_>>().join(", ");
            let mut found = first
                .directive
                .report(first.directive.name_span(), &[("lost", &names), ("header", first.directive.argument(0)?)]);
            found.related = outer
                .iter()
                .filter(|header| lost.iter().any(|(name, _)| header.name == *name))
                .map(|header| (header.directive.name_span(), "The outer block's header".to_owned()))
                .collect();
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
    let is_asset = std::iter::once(level).chain(level.ancestors()).any(|level| {
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
