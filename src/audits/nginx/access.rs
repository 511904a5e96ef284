//! Lists of addresses that keep nobody out, and answers that come before anybody is asked.

use super::config::{Config, each, report};
use super::guard::{denies_strangers, is_everybody, is_guarded, serves};
use crate::audits::{ProjectAudit, ProjectMatch};
use crate::model::Project;
use crate::model::nginx::{Directive, Level, Matcher, Server, location_of};
use crate::syntax::FileKind;

pub(in crate::audits) const ALLOW_WITHOUT_DENY: ProjectAudit = ProjectAudit {
    name: "nginx-allow-without-deny",
    kinds: &[FileKind::Nginx],
    variants: &[],
    run: |project| each(project, allow_without_deny),
};

pub(in crate::audits) const RETURN_BYPASSES_ACL: ProjectAudit = ProjectAudit {
    name: "nginx-return-bypasses-acl",
    kinds: &[FileKind::Nginx],
    variants: &[],
    run: |project| each(project, return_bypasses_acl),
};

pub(in crate::audits) const SATISFY_ANY: ProjectAudit = ProjectAudit {
    name: "nginx-satisfy-any-broad",
    kinds: &[FileKind::Nginx],
    variants: &[],
    run: |project| each(project, satisfy_any),
};

pub(in crate::audits) const SHADOWED: ProjectAudit =
    ProjectAudit { name: "nginx-acl-shadowed-by-regex", kinds: &[FileKind::Nginx], variants: &[], run: shadowed };

/// A level's own list replaces the outer one, its `deny all` too.
fn allow_without_deny(config: &Config<'_>) -> Vec<ProjectMatch> {
    let mut levels: Vec<_> = config.named(&["allow"]).filter_map(Directive::parent).collect();
    levels.dedup();
    let levels = levels.into_iter().filter(|level| {
        let can_hold = matches!(
            level.level(),
            Level::Http | Level::Server | Level::Location | Level::LimitExcept | Level::Stream | Level::StreamServer
        );
        can_hold && !level.is_root()
    });
    levels
        .filter_map(|level| {
            let own: Vec<_> = level.children().filter(|child| child.is(&["allow", "deny"])).collect();
            let first = *own.iter().find(|rule| rule.name() == "allow")?;
            let is_open = own.iter().any(|rule| rule.name() == "deny" || rule.argument(0).is_some_and(is_everybody));
            let asks = ["auth_basic", "auth_request"];
            let has_other_guard = asks.iter().any(|name| level.value(name).is_some_and(|value| value != "off"))
                || level.effective("internal").is_some()
                || level.child("return").is_some();
            if is_open || has_other_guard || !level.is_wholly_known() {
                return None;
            }
            let mut found = report(first, first.argument_place(0), &[("value", first.argument(0)?)]);
            let outer = level.parent().and_then(|outer| outer.effective("deny"));
            if let Some(outer) = outer
                && let Some(deny) = outer.directives.iter().find(|rule| rule.name() == "deny")
            {
                let place = deny.argument_place(0);
                found.related.push((place, "This list no longer holds where a block has one of its own".to_owned()));
            }
            Some(found)
        })
        .collect()
}

fn return_bypasses_acl(config: &Config<'_>) -> Vec<ProjectMatch> {
    let answers = config.named(&["return"]).filter(|answer| {
        let level = answer.parent().map(Directive::level);
        let is_content = answer.argument(0).is_some_and(|code| matches!(code, "200" | "201" | "202" | "203" | "206"));
        matches!(level, Some(Level::Location | Level::Server)) && is_content
    });
    answers
        .filter_map(|answer| {
            let level = answer.parent()?;
            let guard = level.children().find(|child| {
                let is_on = child.is(&["auth_basic", "auth_request"]) && child.argument(0) != Some("off");
                child.name() == "deny" || is_on
            })?;
            let mut found = report(answer, answer.name_place(), &[("guard", guard.name())]);
            found.related.push((guard.name_place(), "Asked only after the answer has gone out".to_owned()));
            Some(found)
        })
        .collect()
}

fn satisfy_any(config: &Config<'_>) -> Vec<ProjectMatch> {
    let switches = config.named(&["satisfy"]).filter(|switch| switch.argument(0) == Some("any"));
    switches
        .filter_map(|switch| {
            let level = switch.parent()?;
            let blocks = std::iter::once(level).chain(level.below().filter(|below| below.level() == Level::Location));
            blocks.filter(|block| block.value("satisfy") == Some("any")).find_map(|block| {
                let asks = ["auth_basic", "auth_request"];
                asks.iter().find(|name| block.value(name).is_some_and(|value| value != "off"))?;
                let rules = block.effective("allow")?;
                let broad = rules
                    .directives
                    .into_iter()
                    .find(|rule| rule.name() == "allow" && rule.argument(0).is_some_and(is_everybody))?;
                let mut found = report(switch, switch.argument_place(0), &[("value", broad.argument(0)?)]);
                found.related.push((broad.argument_place(0), "Lets everybody in without a password".to_owned()));
                Some(found)
            })
        })
        .collect()
}

/// Ends of paths that regular expressions of locations ask for.
const ENDINGS: [&str; 14] = [
    "a.php", "a.js", "a.css", "a.png", "a.jpg", "a.ico", "a.html", "a.json", "a.txt", "a.xml", "a.pdf", "a.svg",
    "a.woff2", "a",
];

fn shadowed(project: &Project) -> Vec<ProjectMatch> {
    let mut seen = std::collections::BTreeSet::new();
    let mut all = Vec::new();
    for server in project.nginx().servers() {
        all.extend(shadowed_in(server).into_iter().filter(|found| seen.insert(found.place)));
    }
    all
}

fn shadowed_in(server: Server<'_>) -> Vec<ProjectMatch> {
    let locations: Vec<_> = server.block.children_named("location").collect();
    let has_regex = locations.iter().any(|one| matches!(Matcher::of(*one), Some(Matcher::Regex { .. })));
    // The work for each location is bounded, and so is their number.
    if !has_regex || !server.block.is_wholly_known() || locations.len() > 200 {
        return Vec::new();
    }
    let guarded = locations.iter().filter_map(|location| match Matcher::of(*location)? {
        Matcher::Prefix(path) if path.len() > 1 => {
            let asks = location.child("auth_basic").is_some_and(|realm| realm.argument(0) != Some("off"));
            (denies_strangers(*location) || asks || location.child("auth_request").is_some())
                .then_some((*location, path))
        }
        _ => None,
    });
    guarded
        .filter_map(|(location, path)| {
            let (request, other) = ENDINGS.iter().find_map(|end| {
                let request = format!("{}/{end}", path.trim_end_matches('/'));
                let other = location_of(server.block, &request)?;
                let is_regex = matches!(Matcher::of(other), Some(Matcher::Regex { .. }));
                let is_inside = other.ancestors().any(|above| above == location);
                (is_regex && !is_inside && !is_guarded(other) && serves(other)).then_some((request, other))
            })?;
            let position = location.argument_count().saturating_sub(1);
            let captures = [("path", path), ("request", request.as_str()), ("regex", other.argument(1).unwrap_or(""))];
            let mut found = report(location, location.argument_place(position), &captures);
            found.related.push((other.name_place(), format!("Serves `{request}` without asking")));
            Some(found)
        })
        .collect()
}
