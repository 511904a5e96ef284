//! Metavariables in messages and fixes.

use super::bindings::Bindings;
use super::rewrite::metavariable_length;
use crate::syntax::Tree;

/// Replaces `$X`, `$...XS` and `value($X)` by the text that they stand for. Names that are bound to nothing stay.
pub fn interpolate(template: &str, bindings: &Bindings, tree: &Tree) -> String {
    let mut out = String::with_capacity(template.len());
    let mut rest = template;
    while let Some(at) = rest.find('$') {
        let behind = &rest[at + 1..];
        let (dots, name) = behind.strip_prefix("...").map_or(("", behind), |name| ("...", name));
        let bound = metavariable_length(name).and_then(|length| {
            let full = format!("${dots}{}", &name[..length]);
            Some((bindings.get(&full)?, dots.len() + length))
        });
        match bound {
            Some((binding, length)) => {
                let before = &rest[..at];
                let wrapped = before.strip_suffix("value(").filter(|_| behind[length..].starts_with(')'));
                out.push_str(wrapped.unwrap_or(before));
                out.push_str(binding.text(tree));
                rest = &behind[length + usize::from(wrapped.is_some())..];
            }
            None => {
                out.push_str(&rest[..=at]);
                rest = behind;
            }
        }
    }
    out + rest
}
