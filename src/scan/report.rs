use crate::findings::{Finding, Notification, RuleMeta, SecretSpans};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

/// What a scan found: everything that a report needs.
#[derive(Debug, Clone, Default)]
pub struct ScanReport {
    /// What is reported, in the order of [`Finding::sort_key`], each once.
    pub findings: Vec<Finding>,
    /// What would have been reported but for a suppression, in the same order.
    pub suppressed: Vec<Suppressed>,
    /// What was not analysed as asked, in the order of [`Notification::sort_key`].
    pub notifications: Vec<Notification>,
    /// Every enabled rule in id order, with the severity that the configuration gives it. An override for some paths
    /// shows in the finding's own [`Finding::rule`] only.
    pub rules: Vec<Arc<RuleMeta>>,
    /// Where secrets stand: every excerpt goes through it.
    pub secrets: SecretSpans,
    /// How much was read, and how long it took.
    pub statistics: Statistics,
}

/// A finding that somebody decided not to be told about.
#[derive(Debug, Clone)]
pub struct Suppressed {
    /// What was found.
    pub finding: Finding,
    /// Why it is suppressed, in the words of the person who did.
    pub reason: Option<String>,
    /// Where the decision stands.
    pub kind: SuppressionKind,
}

/// Where the decision to suppress a finding stands, in SARIF's terms.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum SuppressionKind {
    /// In a comment in the file.
    InSource,
    /// Outside the file.
    External,
}

/// How much was read.
#[derive(Debug, Clone, Default)]
pub struct Statistics {
    /// Files that were analysed, wholly or partly.
    pub files: usize,
    /// Their bytes as decoded (UTF-8).
    pub bytes: u64,
    /// Their lines.
    pub lines: u64,
    /// Files by kind, keyed by [`crate::syntax::FileKind::name`].
    pub by_kind: BTreeMap<&'static str, usize>,
    /// What was left out, by reason in words for people ("vendored or generated folders").
    pub skipped: BTreeMap<String, usize>,
    /// Number of enabled rules.
    pub rules: usize,
    /// Wall time. Reports that must be the same in every run leave it out.
    pub elapsed: Duration,
}

impl ScanReport {
    /// Puts everything into its order and drops what is there twice.
    pub(super) fn arrange(&mut self) {
        self.findings.sort_by(|a, b| a.sort_key().cmp(&b.sort_key()));
        self.findings.dedup_by(|a, b| a.sort_key() == b.sort_key());
        self.suppressed.sort_by(|a, b| a.finding.sort_key().cmp(&b.finding.sort_key()));
        self.suppressed.dedup_by(|a, b| a.finding.sort_key() == b.finding.sort_key());
        self.notifications.sort_by(|a, b| a.sort_key().cmp(&b.sort_key()));
        self.notifications.dedup();
        self.rules.sort_by(|a, b| a.id.cmp(&b.id));
        self.rules.dedup_by(|a, b| a.id == b.id);
    }

    /// Adds what another scan of the same run found, under another configuration.
    pub fn absorb(&mut self, other: Self) {
        self.findings.extend(other.findings);
        self.suppressed.extend(other.suppressed);
        self.notifications.extend(other.notifications);
        self.rules.extend(other.rules);
        self.secrets.absorb(other.secrets);
        self.statistics.absorb(other.statistics);
        self.arrange();
        self.statistics.rules = self.rules.len();
    }
}

impl Statistics {
    fn absorb(&mut self, other: Self) {
        self.files += other.files;
        self.bytes += other.bytes;
        self.lines += other.lines;
        for (kind, count) in other.by_kind {
            *self.by_kind.entry(kind).or_default() += count;
        }
        for (reason, count) in other.skipped {
            *self.skipped.entry(reason).or_default() += count;
        }
        self.elapsed += other.elapsed;
    }
}
