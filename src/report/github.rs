//! GitHub workflow commands: annotations on the lines of a pull request without uploading anything.
//!
//! Format and escapes: "Workflow commands for GitHub Actions" and the runner's command parser. GitHub shows only the first
//! ten errors, ten warnings and ten notices of a step, so the worst findings come first.

use crate::findings::{Finding, Severity};
use crate::scan::ScanReport;
use crate::source::printable::printable;
use std::cmp::Reverse;
use std::fmt::Write as _;
use std::io::{self, Write};

/// Writes one command per finding and one per gap in the analysis.
pub fn write(report: &ScanReport, out: &mut dyn Write) -> io::Result<()> {
    let mut findings: Vec<&Finding> = report.findings.iter().collect();
    // Stable: within a severity the order of the report stays.
    findings.sort_by_key(|finding| Reverse(finding.rule.severity));
    for finding in findings {
        let source = &finding.source;
        let start = source.position(finding.span.start);
        let end = source.position(finding.span.end);
        let mut properties =
            format!("file={},line={},endLine={},col={}", property(source.path()), start.line, end.line, start.column);
        // GitHub refuses an end column on another line than the first.
        if end.line == start.line && end.column > start.column {
            // Writing to a string cannot fail.
            let _ = write!(properties, ",endColumn={}", end.column);
        }
        let title = format!("{} ({})", finding.rule.title, finding.rule.id);
        let message = report.secrets.message(source, &finding.message);
        writeln!(
            out,
            "::{} {properties},title={}::{}",
            command(finding.rule.severity),
            property(&title),
            data(&message)
        )?;
    }
    for gap in report.notifications.iter().filter(|notification| notification.kind.is_gap()) {
        let line = gap.position.map_or_else(String::new, |position| format!(",line={}", position.line));
        writeln!(
            out,
            "::warning file={}{line},title={}::{}",
            property(&gap.path),
            property(&format!("Not analysed ({})", gap.kind.name())),
            data(&gap.message)
        )?;
    }
    Ok(())
}

const fn command(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical | Severity::High => "error",
        Severity::Medium => "warning",
        Severity::Low | Severity::Info => "notice",
    }
}

/// A message: `%` and line ends would end it.
fn data(text: &str) -> String {
    printable(&text.replace("\r\n", "\n")).replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// The value of a property: separators too.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::{data, property};

    #[test]
    fn escapes_what_would_end_a_command() {
        assert_eq!(data("50%\r\nof ::error::"), "50%25%0Aof ::error::");
        assert_eq!(property("a:b,c%"), "a%3Ab%2Cc%25");
        assert_eq!(data("\x1b]0;"), "\\x1b]0;");
    }
}
