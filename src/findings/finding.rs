use super::RuleMeta;
use crate::source::{Source, Span};
use std::sync::Arc;

/// A place that belongs to a finding, with a word on what stands there.
#[derive(Debug, Clone)]
pub struct Location {
    /// The file.
    pub source: Arc<Source>,
    /// Byte span in the file.
    pub span: Span,
    /// One sentence.
    pub message: String,
}

/// One replacement of text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edit {
    /// Byte span in the finding's file.
    pub span: Span,
    /// What stands there afterwards.
    pub replacement: String,
}

/// A way to mend the finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fix {
    /// What the edits do, one sentence.
    pub description: String,
    /// Edits that do not overlap, in order of the text.
    pub edits: Vec<Edit>,
    /// Whether the program means the same afterwards, but for the defect.
    pub safe: bool,
}

/// One defect at one place.
#[derive(Debug, Clone)]
pub struct Finding {
    /// The rule that found it.
    pub rule: Arc<RuleMeta>,
    /// The file.
    pub source: Arc<Source>,
    /// The tightest byte span that a person would change.
    pub span: Span,
    /// What is wrong here; the first sentence stands alone. Secrets are already masked.
    pub message: String,
    /// Names of what encloses the span, outermost first, joined by `/` (`Service/handler`, `http/server`): the structural
    /// part of the fingerprint.
    pub anchor: String,
    /// Other places that matter, in the order in which they should be read.
    pub related: Vec<Location>,
    /// Source to sink, empty when the finding has no flow.
    pub flow: Vec<Location>,
    /// A way to mend it.
    pub fix: Option<Fix>,
    /// Byte spans in the file that hold secrets: every output masks them.
    pub secrets: Vec<Span>,
}

impl Finding {
    /// A finding without related places, flow or fix.
    pub fn new(rule: Arc<RuleMeta>, source: Arc<Source>, span: Span, message: impl Into<String>) -> Self {
        Self {
            rule,
            source,
            span,
            message: message.into(),
            anchor: String::new(),
            related: Vec::new(),
            flow: Vec::new(),
            fix: None,
            secrets: Vec::new(),
        }
    }

    /// Total order of reports: path, place, rule, message.
    pub fn sort_key(&self) -> (&str, Span, &str, &str) {
        (self.source.path(), self.span, &self.rule.id, &self.message)
    }
}
