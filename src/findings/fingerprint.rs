//! The identity of a finding across runs: rule, path and structure, never a line number.
//!
//! This module knows findings only; which of them are new is for the baseline to say.

use super::Finding;
use crate::source::Span;
use rustc_hash::FxHashMap;
use sha2::{Digest, Sha256};
use std::fmt::{self, Write};

/// The key of [`Fingerprint`]s in reports. A change of what goes into the hash is a new number.
pub const FINGERPRINT_KEY: &str = "bartizan/v1";

/// A hash of rule, path, anchor, normalised text and occurrence: 128 bits in lower-case hex.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Fingerprint(String);

impl Fingerprint {
    /// The hex digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// The fingerprints of findings, in the order given.
///
/// Findings that agree in everything but their place are numbered in order of the text. So give all findings of a run at
/// once, the suppressed ones too: a suppression must not change the identity of its neighbours.
pub fn fingerprints(findings: &[&Finding]) -> Vec<Fingerprint> {
    let mut by_place: Vec<usize> = (0..findings.len()).collect();
    by_place.sort_by_key(|&index| findings[index].sort_key());

    let mut occurrences: FxHashMap<[u8; 32], u64> = FxHashMap::default();
    let mut result = vec![Fingerprint(String::new()); findings.len()];
    for index in by_place {
        let structure = structure_hash(findings[index]);
        let occurrence = occurrences.entry(structure).or_default();
        *occurrence += 1;
        let digest = Sha256::new().chain_update(structure).chain_update(occurrence.to_le_bytes()).finalize();
        for byte in digest.iter().take(16) {
            let _ = write!(result[index].0, "{byte:02x}");
        }
    }
    result
}

fn structure_hash(finding: &Finding) -> [u8; 32] {
    let mut hash = Sha256::new();
    for part in [finding.rule.id.as_ref(), finding.source.path(), &finding.anchor, &normalised_text(finding)] {
        // Lengths keep ("ab", "c") and ("a", "bc") apart.
        hash.update((part.len() as u64).to_le_bytes());
        hash.update(part);
    }
    hash.finalize().into()
}

/// The text of the span without secrets and with every run of white space as one space.
///
/// Secrets are left out so that nobody can try passwords against a published report, and so that a finding stays the
/// same one when its value is rotated in place. When nothing else is left, the text of the line stands in.
fn normalised_text(finding: &Finding) -> String {
    let text = without_secrets(finding, finding.span);
    if text.chars().any(|c| c != '*') {
        return text;
    }
    let lines = finding.source.lines();
    lines
        .line_span(finding.source.text(), lines.line_of(finding.span.start))
        .map_or(text, |line| without_secrets(finding, line))
}

fn without_secrets(finding: &Finding, span: Span) -> String {
    let mut secrets: Vec<Span> =
        finding.secrets.iter().copied().filter(|secret| secret.start < span.end && span.start < secret.end).collect();
    secrets.sort_unstable();
    let mut text = String::new();
    let mut position = span.start;
    for secret in secrets {
        text.push_str(finding.source.slice(Span::new(position, secret.start.max(position))));
        text.push('*');
        position = position.max(secret.end);
    }
    text.push_str(finding.source.slice(Span::new(position, span.end.max(position))));
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::findings::{Confidence, Profile, RuleMeta, Severity};
    use crate::source::Source;
    use std::sync::Arc;

    fn finding(path: &str, text: &str, part: &str, anchor: &str) -> Finding {
        let rule = RuleMeta {
            id: "python/sql-injection".into(),
            class: "sql-injection".into(),
            title: "SQL built from text".into(),
            severity: Severity::High,
            confidence: Confidence::High,
            profile: Profile::Default,
            cwe: vec![89],
            help: String::new(),
            references: Vec::new(),
            languages: Vec::new(),
            tags: Vec::new(),
        };
        let start = text.find(part).expect("the part stands in the text");
        let mut finding = Finding::new(
            Arc::new(rule),
            Arc::new(Source::new(path, text)),
            Span::from_range(start..start + part.len()),
            "message",
        );
        finding.anchor = anchor.into();
        finding
    }

    fn one(finding: &Finding) -> Fingerprint {
        fingerprints(&[finding]).remove(0)
    }

    #[test]
    fn survives_edits_elsewhere_and_reindentation() {
        let before = finding("a.py", "def f():\n    run(a,\n        b)\n", "run(a,\n        b)", "f");
        let after = finding("a.py", "import os\n\n\ndef f():\n  run(a,\n   b)\n", "run(a,\n   b)", "f");
        assert_eq!(one(&before), one(&after));
        assert_eq!(one(&before).as_str().len(), 32);
    }

    #[test]
    fn rule_path_anchor_and_text_tell_findings_apart() {
        let base = finding("a.py", "run(a)\nrun(b)", "run(a)", "f");
        assert_ne!(one(&base), one(&finding("b.py", "run(a)\nrun(b)", "run(a)", "f")));
        assert_ne!(one(&base), one(&finding("a.py", "run(a)\nrun(b)", "run(a)", "g")));
        assert_ne!(one(&base), one(&finding("a.py", "run(a)\nrun(b)", "run(b)", "f")));
        let mut other_rule = base.clone();
        Arc::make_mut(&mut other_rule.rule).id = "python/shell-injection".into();
        assert_ne!(one(&base), one(&other_rule));
    }

    #[test]
    fn equal_findings_are_numbered_in_order_of_the_text() {
        let first = finding("a.py", "run(a)\nrun(a)", "run(a)", "f");
        let mut second = first.clone();
        second.span = Span::new(7, 13);
        let ordered = fingerprints(&[&first, &second]);
        assert_ne!(ordered[0], ordered[1]);
        assert_eq!(ordered[0], one(&first));
        let swapped = fingerprints(&[&second, &first]);
        assert_eq!([&swapped[1], &swapped[0]], [&ordered[0], &ordered[1]]);
    }

    #[test]
    fn secrets_do_not_enter_the_hash() {
        let with = |value: &str| {
            let text = format!("A = 1\nPASSWORD = '{value}'\n");
            let mut found = finding("a.py", &text, value, "");
            found.secrets = vec![found.span];
            found
        };
        assert_eq!(one(&with("hunter2")), one(&with("correct horse")));
        let mut other_name = finding("a.py", "A = 1\nTOKEN = 'hunter2'\n", "hunter2", "");
        other_name.secrets = vec![other_name.span];
        assert_ne!(one(&with("hunter2")), one(&other_name));
    }

    #[test]
    fn an_empty_span_takes_its_line() {
        let mut here = finding("a.conf", "server {\n}\nhttp {\n}", "server", "");
        here.span = Span::at(0);
        let mut there = here.clone();
        there.span = Span::at(11);
        assert_ne!(one(&here), one(&there));
    }
}
