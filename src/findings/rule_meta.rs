use super::{Confidence, Profile, Severity};
use std::sync::Arc;

/// What reports say about a rule; the rule's way of matching is not in here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleMeta {
    /// `<pack>/<check-class>[-variant]`; rules written for Semgrep keep their id (dots and all).
    pub id: Arc<str>,
    /// The check class without pack and variant (`sql-injection`).
    pub class: String,
    /// One line, sentence case, no final stop.
    pub title: String,
    /// How bad it is.
    pub severity: Severity,
    /// How sure the rule is.
    pub confidence: Confidence,
    /// From which profile on it reports.
    pub profile: Profile,
    /// CWE numbers, the most specific first.
    pub cwe: Vec<u32>,
    /// Markdown: why it matters, a bad and a good example.
    pub help: String,
    /// Links to sources.
    pub references: Vec<String>,
    /// Names of languages or file kinds that the rule reads.
    pub languages: Vec<String>,
    /// Further tags (`owasp-a03` and the like).
    pub tags: Vec<String>,
}

impl RuleMeta {
    /// The pack: what stands before the first `/` of the id; `custom` where there is none.
    pub fn pack(&self) -> &str {
        self.id.split_once('/').map_or("custom", |(pack, _)| pack)
    }
}
