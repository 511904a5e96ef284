//! Other tools' suppression comments, honoured when the configuration says so.

use crate::config::{ForeignSuppression, SuppressionPolicy};
use crate::findings::RuleMeta;
use crate::source::Source;
use regex::Regex;
use std::sync::LazyLock;

/// One comment of another tool.
#[derive(Debug)]
pub(super) struct ForeignComment {
    /// 1-based line.
    pub line: u32,
    /// Whether it speaks about the next line too, when it stands alone.
    pub next_line: bool,
    /// Ids of rules; empty means every rule.
    ids: Vec<String>,
    pub text: String,
}

impl ForeignComment {
    /// Whether the comment speaks about this rule. Only Semgrep's ids can be ours; it takes the last part of an id too.
    pub(super) fn names(&self, rule: &RuleMeta) -> bool {
        self.ids.is_empty()
            || self.ids.iter().any(|id| {
                let (id, own) = (id.as_str(), &*rule.id);
                id == own || id.rsplit(['.', '/']).next() == own.rsplit(['.', '/']).next()
            })
    }
}

/// bandit's regular expression (manager documentation, "Exclusions"): `# nosec`, with or without test ids behind it.
static NOSEC: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"#\s*nosec\b").ok());
/// flake8-bandit's and ruff's codes begin with S; a bare `noqa` speaks about style as a rule.
static NOQA: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"(?i)#\s*noqa\s*:\s*(?:[a-z]+[0-9]+[\s,]+)*s[0-9]{3}\b").ok());
/// Semgrep: `nosemgrep` or `nosem` in a comment, with rule ids behind a colon.
static NOSEMGREP: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?:#|//|--|<!--|/\*|;)\s*nosem(?:grep)?\b(?:\s*:\s*([^\s,]+(?:\s*,\s*[^\s,]+)*))?").ok()
});

/// Every honoured comment of other tools in a file.
pub(super) fn comments(source: &Source, policy: &SuppressionPolicy) -> Vec<ForeignComment> {
    let mut found = Vec::new();
    for &tool in &policy.honoured {
        let (literal, regex) = match tool {
            ForeignSuppression::Nosec => ("nosec", &*NOSEC),
            ForeignSuppression::Noqa => ("noqa", &*NOQA),
            ForeignSuppression::Nosemgrep => ("nosem", &*NOSEMGREP),
        };
        let text = source.text();
        // `noqa` is the one that is matched without regard to case.
        let present = text.contains(literal) || (tool == ForeignSuppression::Noqa && text.contains("NOQA"));
        let Some(regex) = regex.as_ref().filter(|_| present) else { continue };
        for captures in regex.captures_iter(text) {
            let Some(whole) = captures.get(0) else { continue };
            let Ok(offset) = u32::try_from(whole.start()) else { break };
            let line = source.line_of(offset);
            let alone = source.lines().line_span(text, line).is_some_and(|span| {
                text.get(span.start as usize..whole.start()).is_some_and(|before| before.trim().is_empty())
            });
            let ids = captures.get(1).map_or_else(Vec::new, |ids| {
                ids.as_str().split(',').map(|id| id.trim().to_owned()).filter(|id| !id.is_empty()).collect()
            });
            found.push(ForeignComment {
                line,
                next_line: alone && tool == ForeignSuppression::Nosemgrep,
                ids,
                text: whole.as_str().trim().to_owned(),
            });
        }
    }
    found
}
