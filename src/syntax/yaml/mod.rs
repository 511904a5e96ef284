//! YAML: the events of `saphyr-parser` made into a tree, and what it takes to keep real files.
//!
//! A text that parses is lowered as it is. Templates (Helm, Jinja) are masked first. A text that does not parse is tried
//! again with the spellings that Docker, Kubernetes and GitHub accept respelt, then without the blocks that are broken;
//! each of those is one [`Kind::Error`](super::Kind::Error) node and one problem, everything around it is kept.
//!
//! What holds of the trees:
//! - a scalar's span has no anchor and no tag; its first byte tells how it is written: `"`, `'`, `|`, `>`, else plain.
//!   Collections do cover their anchor and tag;
//! - an unquoted template is a `Str` whose label is the template as written, so it begins with `{{`;
//! - an alias may lead to a node that holds it. Whoever follows aliases must bound the way;
//! - an empty value is a `Null` with an empty span behind its `:` or `-`.
//!
//! This module knows no schema: what a key means is the business of others.

mod events;
mod gap;
mod isolate;
mod lower;
mod marks;
mod masked;
mod prepared;
mod repair;
mod scalar;
mod templates;

#[cfg(test)]
mod tests;

pub use scalar::scalar_map;
pub(in crate::syntax) use scalar::{FlowStyle, cook_flow};

use super::Parsed;
use lower::lower;
use prepared::Prepared;
use std::sync::Arc;

/// Parses YAML of any number of documents: each is an `Item` of the root.
#[expect(clippy::needless_pass_by_value, reason = "every front end takes the text it puts into the tree")]
pub fn parse(text: Arc<str>) -> Parsed {
    let templates = templates::mask_templates(&text, false);
    let (parsed, failure) = lower(&text, templates.as_ref());
    if failure.is_none() {
        return parsed;
    }
    if templates.is_some() {
        let (parsed, failure) = lower(&text, None);
        if failure.is_none() {
            return parsed;
        }
    }
    let mut prepared = templates::mask_templates(&text, true).unwrap_or_else(|| Prepared::new(&text));
    repair::repair(&mut prepared);
    prepared.sort();
    let (parsed, failure) = lower(&text, Some(&prepared));
    if failure.is_none() {
        return parsed;
    }
    isolate::isolate(&mut prepared);
    prepared.sort();
    lower(&text, Some(&prepared)).0
}
