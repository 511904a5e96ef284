//! Fixes that rules spell out.

use crate::findings::{Edit, Fix};
use crate::matching::{Bindings, Match, interpolate};
use crate::rules::{FixKind, RuleFix};
use crate::source::Span;
use crate::syntax::Tree;

/// The edits that a rule proposes for a match.
pub(super) fn fix(wanted: &RuleFix, found: &Match, tree: &Tree) -> Option<Fix> {
    replaced(wanted, found.span, &found.bindings, tree)
}

/// The edits that a rule proposes for a place without metavariables.
pub(super) fn fix_place(wanted: &RuleFix, span: Span, tree: &Tree) -> Option<Fix> {
    replaced(wanted, span, &Bindings::default(), tree)
}

fn replaced(wanted: &RuleFix, span: Span, bindings: &Bindings, tree: &Tree) -> Option<Fix> {
    let text = tree.text().get(span.range())?;
    let replacement = match &wanted.replacement {
        FixKind::Whole(template) => interpolate(template, bindings, tree),
        FixKind::Regex(regex, replacement, count) => regex.replacen(text, *count, replacement.as_str()).into_owned(),
    };
    (replacement != text).then(|| Fix {
        description: if replacement.is_empty() {
            "Remove this code".to_owned()
        } else {
            let first = replacement.lines().next().unwrap_or_default();
            format!("Replace by `{}`", first.chars().take(120).collect::<String>())
        },
        edits: vec![Edit { span: tree.to_file(span), replacement }],
        safe: wanted.safe,
    })
}
