//! Regular expressions that should let known origins through and let others through as well. Judged by trying: origins of
//! strangers are made from a text that the expression accepts, and put to it.

use super::nginx_config::{Config, Directive};
use super::nginx_input::{condition, parse};
use super::{Audit, AuditContext, AuditMatch};
use crate::source::Span;
use crate::syntax::FileKind;
use regex_syntax::hir::{Class, Hir, HirKind};

pub(super) const AUDIT: Audit =
    Audit { name: "nginx-origin-regex", kinds: &[FileKind::Nginx], variants: &["invalid"], run };

fn run(context: &AuditContext<'_>) -> Vec<AuditMatch> {
    let config = Config::new(context.tree);
    let mut found = Vec::new();
    for directive in config.named(&["if", "map"]) {
        if directive.name() == "if" {
            let Some((variable, operator, regex)) = condition(directive) else { continue };
            if !is_checked(variable) || !operator.contains('~') || is_deny_list(directive, operator) {
                continue;
            }
            let span = directive
                .words()
                .zip(directive.arguments())
                .find(|(_, text)| text.trim_end_matches(')') == regex.trim_end_matches(')'))
                .map_or_else(|| directive.name_span(), |(word, _)| directive.tree.span(word));
            let ignore_case = operator.ends_with('*');
            found.extend(judge(directive, span, variable, regex, ignore_case));
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
                found.extend(judge(entry, entry.name_span(), variable, regex.trim_start_matches('*'), ignore_case));
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

fn judge(directive: Directive<'_>, span: Span, variable: &str, written: &str, ignore_case: bool) -> Option<AuditMatch> {
    let name = format!("${variable}");
    let report = |passes: &str| directive.report(span, &[("variable", &name), ("regex", written), ("passes", passes)]);
    let hir = parse(written)?;
    let regex = regex::RegexBuilder::new(written).case_insensitive(ignore_case).size_limit(1 << 20).build().ok()?;
    let is_referer = variable == "http_referer";
    let mut plain = String::new();
    sample(&hir, false, &mut plain, 0);
    if !regex.is_match(&plain) {
        return None;
    }
    let (plain_host, has_path) = host(&plain);
    if has_path
        && !is_referer
        && regex.is_match(&plain)
        && !regex.is_match(plain.split('/').take(3).collect::<Vec<_>>().join("/").as_str())
    {
        let mut found = report("");
        found.variant = Some("invalid");
        return Some(found);
    }
    let anyone = "https://attacker.example";
    if regex.is_match(anyone) {
        return Some(report(anyone));
    }
    if plain_host.is_empty() || is_private(plain_host) {
        return None;
    }
    let scheme =
        if plain.starts_with("http:") && !regex.is_match(&format!("https://{plain_host}")) { "http" } else { "https" };
    let domain = registrable(plain_host);
    let mut strangers = vec![
        format!("{scheme}://{plain_host}.attacker.example"),
        format!("{scheme}://attacker{domain}"),
        format!("{scheme}://attacker-{domain}"),
    ];
    // A bare dot that stands between the labels of the name itself makes another name.
    for (dot, _) in plain_host.match_indices('.') {
        strangers.push(format!("{scheme}://{}x{}", &plain_host[..dot], &plain_host[dot + 1..]));
    }
    let stranger = strangers.into_iter().find(|stranger| {
        let (host, _) = host(stranger);
        host.contains('.') && registrable(host) != domain && regex.is_match(stranger)
    })?;
    Some(report(&stranger))
}

/// A text that the expression accepts. A single `.` becomes a dot, or with `loose` a letter.
fn sample(hir: &Hir, loose: bool, out: &mut String, depth: usize) {
    if out.len() > 300 || depth > 60 {
        return;
    }
    match hir.kind() {
        HirKind::Literal(literal) => out.push_str(&String::from_utf8_lossy(&literal.0)),
        HirKind::Class(Class::Unicode(class)) => {
            let holds =
                |wanted: char| class.ranges().iter().any(|range| (range.start()..=range.end()).contains(&wanted));
            let is_any = holds('.') && holds('x') && holds('~');
            let wanted = if is_any && !loose { '.' } else { 'x' };
            let first = class.ranges().first().map_or('x', regex_syntax::hir::ClassUnicodeRange::start);
            out.push(if holds(wanted) {
                wanted
            } else if holds('1') {
                '1'
            } else {
                first
            });
        }
        HirKind::Class(Class::Bytes(_)) | HirKind::Empty | HirKind::Look(_) => {}
        HirKind::Repetition(repetition) => {
            // What may repeat without end stands for a label; an option is left out.
            let times = if repetition.max.is_none() { repetition.min.max(1) } else { repetition.min };
            for _ in 0..times.min(20) {
                sample(&repetition.sub, true, out, depth + 1);
            }
        }
        HirKind::Capture(capture) => sample(&capture.sub, loose, out, depth + 1),
        HirKind::Concat(parts) => parts.iter().for_each(|part| sample(part, loose, out, depth + 1)),
        HirKind::Alternation(parts) => {
            // The last alternative: `(localhost|example\.com)`, `http|https`.
            let public = parts.iter().rev().find(|part| {
                let mut text = String::new();
                sample(part, loose, &mut text, depth + 30);
                !is_private(&text)
            });
            if let Some(part) = public.or(parts.first()) {
                sample(part, loose, out, depth + 1);
            }
        }
    }
}

/// The host of an origin, and whether a path follows.
fn host(origin: &str) -> (&str, bool) {
    let rest = origin.split_once("://").map_or(origin, |(_, rest)| rest);
    let end = rest.find(['/', ':', '?']).unwrap_or(rest.len());
    (&rest[..end], rest[end..].starts_with('/') && rest.len() > end + 1)
}

/// The last two labels.
fn registrable(host: &str) -> &str {
    let dots: Vec<_> = host.rmatch_indices('.').map(|(at, _)| at).take(2).collect();
    dots.get(1).map_or(host, |&at| &host[at + 1..])
}

fn is_private(text: &str) -> bool {
    let (host, _) = host(text);
    host.contains("localhost")
        || host.rsplit('.').next() == Some("local")
        || host.starts_with("127.")
        || (host.contains('.') && host.chars().all(|one| one.is_ascii_digit() || one == '.'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Source;
    use crate::syntax::parse_file;

    fn findings(regex: &str) -> Vec<(Option<&'static str>, String)> {
        let text = format!("map $http_origin $ok {{ \"~{regex}\" $http_origin; }}");
        let parsed = parse_file(FileKind::Nginx, &text.as_str().into());
        let source = Source::new("nginx.conf", text.as_str());
        let context =
            AuditContext { tree: &parsed[0].tree, source: &source, kind: FileKind::Nginx, path: "nginx.conf" };
        let passes = |found: &AuditMatch| found.captures.iter().find(|(name, _)| name == "passes").unwrap().1.clone();
        run(&context).iter().map(|found| (found.variant, passes(found))).collect()
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
