//! Fixes of search rules.

use crate::findings::{Edit, Fix};
use crate::matching::{Match, interpolate};
use crate::rules::{FixKind, RuleFix};
use crate::syntax::Tree;

/// The edits that a rule proposes for a match.
pub(super) fn fix(wanted: &RuleFix, found: &Match, tree: &Tree) -> Option<Fix> {
    let text = tree.text().get(found.span.range())?;
    let replacement = match &wanted.replacement {
        FixKind::Whole(template) => interpolate(template, &found.bindings, tree),
        FixKind::Regex(regex, replacement, count) => regex.replacen(text, *count, replacement.as_str()).into_owned(),
    };
    (replacement != text).then(|| Fix {
        description: if replacement.is_empty() {
            "Remove this code".to_owned()
        } else {
            let first = replacement.lines().next().unwrap_or_default();
            format!("Replace by `{}`", first.chars().take(120).collect::<String>())
        },
        edits: vec![Edit { span: tree.to_file(found.span), replacement }],
        safe: wanted.safe,
    })
}
