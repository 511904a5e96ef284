use crate::config::FailOn;
use crate::scan::ScanReport;

/// What a scan means for the process that asked for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Nothing at or above the threshold.
    Passed,
    /// Findings at or above the threshold.
    Failed,
    /// Nothing at or above the threshold in what was analysed, but something was not, and that was asked for.
    Incomplete,
}

impl Verdict {
    /// The worse of two, for runs of several parts: a finding is worse than a gap.
    #[must_use]
    pub const fn worse(self, other: Self) -> Self {
        match (self, other) {
            (Self::Failed, _) | (_, Self::Failed) => Self::Failed,
            (Self::Incomplete, _) | (_, Self::Incomplete) => Self::Incomplete,
            (Self::Passed, Self::Passed) => Self::Passed,
        }
    }

    /// Judges a report. With `strict`, what could not be analysed counts.
    pub fn of(report: &ScanReport, fail_on: FailOn, strict: bool) -> Self {
        if report.findings.iter().any(|finding| fail_on.fails(finding.rule.severity)) {
            Self::Failed
        } else if strict && report.notifications.iter().any(|notification| notification.kind.is_gap()) {
            Self::Incomplete
        } else {
            Self::Passed
        }
    }
}
