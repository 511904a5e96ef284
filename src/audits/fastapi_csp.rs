//! Content security policies in Python that let injected scripts run.
//!
//! A policy is found as what it is, wherever it is written: a text that begins with a directive, texts that are joined, a
//! list with one directive an item, a dictionary of directives. Report-only policies are left alone.

use super::python_call::{anchor, called_name};
use super::python_headers::header_sites;
use super::{Audit, AuditContext, AuditMatch};
use crate::flow::{Names, Value, Values};
use crate::query::values::csp;
use crate::source::Span;
use crate::syntax::{Field, FileKind, Kind, NodeId, Tree};
use rustc_hash::FxHashSet;

const STYLE: &str = "style";
const NO_SCRIPT_RULE: &str = "no-script-rule";

/// The check. Without variant: scripts.
pub(super) const CSP: Audit =
    Audit { name: "python-csp", kinds: &[FileKind::Python], variants: &[STYLE, NO_SCRIPT_RULE], run: policies };

/// Directives of CSP level 3 that list sources, and a few others that policies begin with.
const DIRECTIVES: &[&str] = &[
    "default-src",
    "script-src",
    "script-src-elem",
    "script-src-attr",
    "style-src",
    "style-src-elem",
    "style-src-attr",
    "img-src",
    "font-src",
    "connect-src",
    "frame-src",
    "child-src",
    "worker-src",
    "object-src",
    "media-src",
    "manifest-src",
    "frame-ancestors",
    "base-uri",
    "form-action",
    "upgrade-insecure-requests",
    "report-uri",
    "report-to",
    "sandbox",
    "block-all-mixed-content",
];

fn policies(context: &AuditContext<'_>) -> Vec<AuditMatch> {
    let tree = context.tree;
    if !["-src", "_src", "Content-Security-Policy", "content-security-policy"].iter().any(|it| tree.text().contains(it))
    {
        return Vec::new();
    }
    let names = Names::new(tree);
    let values = Values::new(&names);
    let report_only = report_only(&values);
    let mut found = Vec::new();
    let mut skip_to = 0;
    for id in tree.ids() {
        if id.0 < skip_to {
            continue;
        }
        let Some(policy) = policy_at(&values, id) else { continue };
        skip_to = tree.subtree_end(id);
        if report_only.contains(&id)
            || tree.ancestors(id).any(|outer| report_only.contains(&outer))
            || is_no_use(tree, id)
        {
            continue;
        }
        found.extend(judge(tree, id, &policy));
    }
    found.extend(without_script_rule(&values, &report_only));
    found
}

/// The policy that an expression writes, if it writes one. Holes are `{}`.
fn policy_at(values: &Values<'_>, id: NodeId) -> Option<String> {
    let tree = values.tree();
    match tree.kind(id) {
        Kind::Str | Kind::Bytes | Kind::FString => {
            let text = values.text(id).skeleton();
            is_policy(&text).then_some(text)
        }
        Kind::Binary if tree.label(id) == "+" && begins_with_directive(tree, id) => {
            let text = values.text(id).skeleton();
            is_policy(&text).then_some(text)
        }
        Kind::List | Kind::Tuple => {
            let items: Vec<NodeId> = tree.children(id).collect();
            if items.len() < 2 || !items.iter().all(|&item| matches!(tree.kind(item), Kind::Str | Kind::FString)) {
                return None;
            }
            let texts: Vec<String> = items
                .iter()
                .map(|&item| values.text(item).skeleton().trim().trim_end_matches(';').to_owned())
                .collect();
            let directives = texts.iter().filter(|text| is_directive(text)).count();
            (directives >= 2 && directives == texts.len()).then(|| texts.join("; "))
        }
        Kind::Dict => dictionary(values, id),
        _ => None,
    }
}

/// Whether the leftmost text of a concatenation begins with a directive.
fn begins_with_directive(tree: &Tree, concatenation: NodeId) -> bool {
    let leftmost = tree.subtree(concatenation).find(|&id| tree.kind(id) != Kind::Binary);
    leftmost.is_some_and(|text| {
        matches!(tree.kind(text), Kind::Str | Kind::Name)
            && (tree.kind(text) == Kind::Name || is_directive(tree.label(text)))
    })
}

/// `{"script-src": ["'self'", "'unsafe-inline'"]}`, as configuration packages take it.
fn dictionary(values: &Values<'_>, id: NodeId) -> Option<String> {
    let tree = values.tree();
    let mut directives = Vec::new();
    for pair in tree.children(id) {
        let key = tree.child(pair, Field::Key).filter(|&key| tree.kind(key) == Kind::Str)?;
        let name = tree.label(key).to_ascii_lowercase().replace('_', "-");
        if !DIRECTIVES.contains(&name.as_str()) {
            return None;
        }
        let sources = match values.value(tree.child(pair, Field::Value)?) {
            Value::List(items) => {
                items.iter().map(|item| item.as_str().unwrap_or("{}").to_owned()).collect::<Vec<_>>().join(" ")
            }
            value => value.as_str().unwrap_or("{}").to_owned(),
        };
        directives.push(format!("{name} {sources}"));
    }
    (!directives.is_empty()).then(|| directives.join("; "))
}

fn is_directive(text: &str) -> bool {
    let name = text.split_whitespace().next().unwrap_or_default().trim_end_matches(';');
    DIRECTIVES.iter().any(|directive| directive.eq_ignore_ascii_case(name))
}

/// A text that begins with a directive and goes on like a policy, not like prose.
fn is_policy(text: &str) -> bool {
    if text.len() > 20_000 || !is_directive(text) {
        return false;
    }
    let mut words = text.split([' ', ';', '\n', '\t']).filter(|word| !word.is_empty()).skip(1).peekable();
    words.peek().is_some()
        && text.split(';').map(str::trim).filter(|part| !part.is_empty() && *part != "{}").all(is_directive)
}

/// Places where a policy is compared, documented or printed instead of sent.
fn is_no_use(tree: &Tree, id: NodeId) -> bool {
    let Some(parent) = tree.parent(id) else { return true };
    match tree.kind(parent) {
        Kind::Compare | Kind::Assert => true,
        // A docstring.
        Kind::Module | Kind::Block => tree.field(id) == Field::Statement,
        Kind::Call => matches!(
            called_name(tree, parent),
            "print" | "info" | "debug" | "warning" | "error" | "exception" | "log" | "startswith" | "replace"
        ),
        _ => false,
    }
}

/// Expressions whose text is sent as report-only policy and not as a policy too.
fn report_only(values: &Values<'_>) -> FxHashSet<NodeId> {
    let tree = values.tree();
    let sources = |name: &str| -> FxHashSet<NodeId> {
        header_sites(tree, &[name]).iter().flat_map(|site| values.sources(site.value)).collect()
    };
    let mut silent = sources("content-security-policy-report-only");
    for enforced in sources("content-security-policy") {
        silent.remove(&enforced);
    }
    silent
}

fn judge(tree: &Tree, id: NodeId, policy: &str) -> Option<AuditMatch> {
    let parsed = csp::parse(policy);
    // Only what is written counts here: a fragment may be part of a larger policy.
    let governing = |directive: &str| {
        parsed.iter().find_map(|policy| {
            policy.governing(directive)?;
            Some(policy.effective_sources(directive).map(str::to_owned).collect::<Vec<_>>())
        })
    };
    // A hole in the sources may be a nonce.
    let has_nonce = |sources: &[String]| sources.iter().any(|source| source.contains("{}"));
    for directive in ["script-src", "script-src-elem", "script-src-attr"] {
        let Some(sources) = governing(directive) else { continue };
        let weak = sources.iter().find(|source| match source.to_ascii_lowercase().as_str() {
            "'unsafe-inline'" => !has_nonce(&sources),
            "'unsafe-eval'" | "*" | "data:" | "http:" | "https:" => true,
            _ => false,
        });
        if let Some(weak) = weak {
            return Some(reported(
                tree,
                id,
                &["script-src", "default-src", "script_src", "default_src"],
                weak,
                directive,
                None,
            ));
        }
    }
    let sources = governing("style-src")?;
    let weak = sources.iter().find(|source| {
        source.eq_ignore_ascii_case("'unsafe-inline'") && !has_nonce(&sources) || source.as_str() == "*"
    })?;
    Some(reported(tree, id, &["style-src", "default-src", "style_src", "default_src"], weak, "style-src", Some(STYLE)))
}

fn reported(
    tree: &Tree,
    id: NodeId,
    names: &[&str],
    source: &str,
    directive: &str,
    variant: Option<&'static str>,
) -> AuditMatch {
    let what = match source.to_ascii_lowercase().as_str() {
        "'unsafe-inline'" => "runs inline code",
        "'unsafe-eval'" => "lets text be run as code (`eval`)",
        _ => "loads from anywhere",
    };
    AuditMatch {
        node: id,
        span: place_of(tree, id, names, source).unwrap_or_else(|| tree.span(id)),
        captures: vec![
            ("source".to_owned(), source.to_owned()),
            ("directive".to_owned(), directive.to_owned()),
            ("what".to_owned(), what.to_owned()),
        ],
        related: Vec::new(),
        anchor: anchor(tree, id),
        variant,
    }
}

/// Where a source of a directive stands in the text as written.
fn place_of(tree: &Tree, id: NodeId, names: &[&str], source: &str) -> Option<Span> {
    let text = tree.source(id);
    let lower = text.to_ascii_lowercase();
    let start = names.iter().find_map(|name| lower.find(name))?;
    let at = start + lower.get(start..)?.find(&source.to_ascii_lowercase())?;
    let from = tree.span(id).start as usize + at;
    Some(Span::from_range(from..from + source.len()))
}

/// A header whose whole policy is known and says nothing about scripts.
fn without_script_rule(values: &Values<'_>, report_only: &FxHashSet<NodeId>) -> Vec<AuditMatch> {
    let tree = values.tree();
    header_sites(tree, &["content-security-policy"])
        .into_iter()
        .filter(|site| !report_only.contains(&site.value))
        .filter(|site| {
            let value = values.value(site.value);
            value.as_str().is_some_and(|policy| {
                is_directive(policy)
                    && csp::parse(policy).iter().all(|policy| {
                        // `sandbox` alone lets no script run at all.
                        policy.governing("script-src").is_none() && policy.written("sandbox").is_none()
                    })
            })
        })
        .map(|site| AuditMatch {
            node: site.value,
            span: tree.span(site.value),
            captures: Vec::new(),
            related: Vec::new(),
            anchor: anchor(tree, site.value),
            variant: Some(NO_SCRIPT_RULE),
        })
        .collect()
}
