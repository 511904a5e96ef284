use super::enabled::{ChosenRules, with_severity};
use super::report::Suppressed;
use crate::config::Settings;
use crate::engine::FileResult;
use crate::findings::{Finding, Notification, RuleMeta, SecretSpans};
use crate::source::Source;
use crate::syntax::FileKind;
use crate::triage::Triage;
use std::path::Path;
use std::sync::Arc;

/// What came of one file.
#[derive(Debug, Default)]
pub(super) struct FileOutcome {
    pub findings: Vec<Finding>,
    pub suppressed: Vec<Suppressed>,
    pub notifications: Vec<Notification>,
    pub secrets: SecretSpans,
}

/// What the configuration says about one file.
pub(super) struct FileTerms<'a> {
    pub settings: &'a Settings,
    pub rules: &'a ChosenRules,
    pub triage: Triage<'a>,
    /// Absolute, symbolic links resolved; overrides match against it.
    pub path: Option<&'a Path>,
}

impl FileTerms<'_> {
    /// The rule as it reports in this file; `None` when it does not.
    fn rule(&self, rule: &RuleMeta) -> Option<Arc<RuleMeta>> {
        let enabled = self.rules.get(&rule.id)?;
        let Some(path) = self.path else { return Some(Arc::clone(enabled)) };
        let severity = self.settings.severity_at(enabled, enabled.severity, path)?;
        Some(with_severity(enabled, severity))
    }

    /// Applies configuration and suppressions to what the engine found in a file.
    pub(super) fn apply(&self, source: &Source, kind: FileKind, result: FileResult) -> FileOutcome {
        // Secrets are masked everywhere, also where the rule that knows them does not report.
        let secrets = SecretSpans::of(&result.findings);
        let mut findings: Vec<Finding> = result
            .findings
            .into_iter()
            .filter_map(|mut finding| {
                finding.rule = self.rule(&finding.rule)?;
                Some(finding)
            })
            .collect();
        findings.sort_by(|a, b| a.sort_key().cmp(&b.sort_key()));
        findings.dedup_by(|a, b| a.sort_key() == b.sort_key());
        let mut triaged = self.triage.file(source, kind, findings, &|rule| self.rule(rule).is_some());
        // After triage, so that a suppression of a finding below the threshold does not look idle.
        triaged.findings.retain(|finding| self.is_wanted(&finding.rule));
        triaged.suppressed.retain(|suppressed| self.is_wanted(&suppressed.finding.rule));
        let mut notifications = result.notifications;
        notifications.append(&mut triaged.notifications);
        FileOutcome { findings: triaged.findings, suppressed: triaged.suppressed, notifications, secrets }
    }

    fn is_wanted(&self, rule: &RuleMeta) -> bool {
        rule.severity >= self.settings.min_severity && rule.confidence >= self.settings.min_confidence
    }
}
