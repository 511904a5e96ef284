//! What the unit tests of this format are made of.

use crate::findings::{Confidence, Finding, Profile, RuleMeta, Severity};
use crate::source::{Source, Span};
use std::sync::Arc;

/// A rule of medium severity about CWE-89.
pub(super) fn rule(id: &str) -> RuleMeta {
    RuleMeta {
        id: id.into(),
        class: id.rsplit('/').next().unwrap_or(id).to_owned(),
        title: "SQL built from text".to_owned(),
        severity: Severity::Medium,
        confidence: Confidence::High,
        profile: Profile::Default,
        cwe: vec![89],
        help: String::new(),
        references: Vec::new(),
        languages: vec!["python".to_owned()],
        tags: Vec::new(),
    }
}

/// A finding at the first place where a part stands in a text.
pub(super) fn finding(rule: RuleMeta, path: &str, text: &str, part: &str) -> Finding {
    let start = text.find(part).unwrap_or_default();
    let span = Span::from_range(start..start + part.len());
    Finding::new(Arc::new(rule), Arc::new(Source::new(path, text)), span, format!("`{part}` is wrong."))
}
