//! The report for programs: one JSON document, versioned, whose schema `bartizan schema json` prints.
//!
//! Keys are added without notice; a change that breaks a reader raises [`FORMAT_VERSION`]. The same input gives the same
//! bytes: nothing about time or machine is in it.

use crate::findings::{Confidence, Finding, Fingerprint, Location, Notification, SecretSpans, Severity, fingerprints};
use crate::scan::{ScanReport, SuppressionKind};
use crate::source::{Position, Source, Span};
use schemars::JsonSchema;
use serde::Serialize;
use std::collections::BTreeMap;
use std::io::{self, Write};

/// Version of the format.
pub const FORMAT_VERSION: u32 = 1;

/// A bartizan report.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(title = "bartizan report")]
pub struct JsonReport<'a> {
    /// Version of this format.
    version: u32,
    tool: JsonTool,
    summary: JsonSummary<'a>,
    /// In order of path, place and rule.
    findings: Vec<JsonFinding<'a>>,
    /// Findings that a comment or the configuration suppresses; only when asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    suppressed: Option<Vec<JsonSuppressed<'a>>>,
    /// What was not analysed as asked.
    notifications: Vec<JsonNotification<'a>>,
}

/// What made the report.
#[derive(Debug, Serialize, JsonSchema)]
struct JsonTool {
    name: &'static str,
    version: &'static str,
}

/// Counts.
#[derive(Debug, Serialize, JsonSchema)]
struct JsonSummary<'a> {
    /// Findings by severity, every severity named.
    findings: BTreeMap<&'static str, usize>,
    /// Number of suppressed findings.
    suppressed: usize,
    /// Files that were analysed.
    files: usize,
    /// Their bytes.
    bytes: u64,
    /// Their lines.
    lines: u64,
    /// Files by kind.
    files_by_kind: &'a BTreeMap<&'static str, usize>,
    /// What was left out, by reason.
    left_out: &'a BTreeMap<String, usize>,
    /// Number of enabled rules.
    rules: usize,
}

/// One defect at one place.
#[derive(Debug, Serialize, JsonSchema)]
struct JsonFinding<'a> {
    /// `<pack>/<check-class>[-variant]`.
    rule: &'a str,
    /// The check class.
    class: &'a str,
    title: &'a str,
    severity: Severity,
    confidence: Confidence,
    /// CWE numbers, the most specific first.
    cwe: &'a [u32],
    #[serde(flatten)]
    place: JsonPlace<'a>,
    /// What is wrong here.
    message: String,
    /// Identity across runs (`bartizan/v1`): of rule, path and structure, without line numbers.
    fingerprint: String,
    /// The text of the place, secrets masked, at most 1,000 characters.
    snippet: String,
    /// Other places that matter.
    related: Vec<JsonLocation<'a>>,
    /// From source to sink; empty when the finding has no flow.
    flow: Vec<JsonLocation<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    fix: Option<JsonFix<'a>>,
}

/// A place in a file.
#[derive(Debug, Serialize, JsonSchema)]
struct JsonPlace<'a> {
    /// Relative where possible, separated by `/`.
    path: &'a str,
    start: JsonPosition,
    /// Just behind the last character.
    end: JsonPosition,
}

/// Line and column, both from 1, columns in Unicode characters.
#[derive(Debug, Serialize, JsonSchema)]
struct JsonPosition {
    line: u32,
    column: u32,
}

/// A place with a word on what stands there.
#[derive(Debug, Serialize, JsonSchema)]
struct JsonLocation<'a> {
    #[serde(flatten)]
    place: JsonPlace<'a>,
    message: String,
}

/// A way to mend a finding.
#[derive(Debug, Serialize, JsonSchema)]
struct JsonFix<'a> {
    description: &'a str,
    /// Whether the program means the same afterwards, but for the defect.
    safe: bool,
    /// In order of the text, none overlapping another.
    edits: Vec<JsonEdit<'a>>,
}

/// One replacement of text in the finding's file.
#[derive(Debug, Serialize, JsonSchema)]
struct JsonEdit<'a> {
    start: JsonPosition,
    end: JsonPosition,
    replacement: &'a str,
}

/// A suppressed finding.
#[derive(Debug, Serialize, JsonSchema)]
struct JsonSuppressed<'a> {
    #[serde(flatten)]
    finding: JsonFinding<'a>,
    suppression: JsonSuppression<'a>,
}

/// Who suppressed a finding.
#[derive(Debug, Serialize, JsonSchema)]
struct JsonSuppression<'a> {
    kind: JsonSuppressionKind,
    reason: Option<&'a str>,
}

/// Where the decision stands: in a comment, or outside the file.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
enum JsonSuppressionKind {
    InSource,
    External,
}

/// A word about something that was not analysed as asked.
#[derive(Debug, Serialize, JsonSchema)]
struct JsonNotification<'a> {
    /// `too-large`, `binary`, `encoding`, `unreadable`, `symlink-skipped`, `partly-parsed`, `not-parsed`,
    /// `limit-reached`, `missing-include`, `internal-error`, `rule-skipped` or `suppression`.
    kind: &'static str,
    /// Whether something that was asked for was not analysed: `--strict` fails then.
    gap: bool,
    /// Empty when it is about no file.
    path: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    position: Option<JsonPosition>,
    message: &'a str,
}

/// Longer snippets say nothing more.
const MAX_SNIPPET: usize = 1_000;

/// Writes the report, indented, with a line end behind it. Suppressed findings are listed when `suppressed` says so.
pub fn write(report: &ScanReport, suppressed: bool, out: &mut dyn Write) -> io::Result<()> {
    serde_json::to_writer_pretty(&mut *out, &document(report, suppressed))?;
    writeln!(out)
}

fn document(report: &ScanReport, suppressed: bool) -> JsonReport<'_> {
    let mut by_severity: BTreeMap<&'static str, usize> =
        Severity::ALL.iter().map(|severity| (severity.name(), 0)).collect();
    for finding in &report.findings {
        *by_severity.entry(finding.rule.severity.name()).or_default() += 1;
    }
    let statistics = &report.statistics;
    let all: Vec<&Finding> =
        report.findings.iter().chain(report.suppressed.iter().map(|suppressed| &suppressed.finding)).collect();
    let fingerprints = fingerprints(&all);
    let (reported, silenced) = fingerprints.split_at(report.findings.len());
    JsonReport {
        version: FORMAT_VERSION,
        tool: JsonTool { name: env!("CARGO_PKG_NAME"), version: env!("CARGO_PKG_VERSION") },
        summary: JsonSummary {
            findings: by_severity,
            suppressed: report.suppressed.len(),
            files: statistics.files,
            bytes: statistics.bytes,
            lines: statistics.lines,
            files_by_kind: &statistics.by_kind,
            left_out: &statistics.skipped,
            rules: statistics.rules,
        },
        findings: report
            .findings
            .iter()
            .zip(reported)
            .map(|(found, fingerprint)| finding(found, fingerprint, &report.secrets))
            .collect(),
        suppressed: suppressed.then(|| {
            let list = report.suppressed.iter().zip(silenced).map(|(entry, fingerprint)| JsonSuppressed {
                finding: finding(&entry.finding, fingerprint, &report.secrets),
                suppression: JsonSuppression {
                    kind: match entry.kind {
                        SuppressionKind::InSource => JsonSuppressionKind::InSource,
                        SuppressionKind::External => JsonSuppressionKind::External,
                    },
                    reason: entry.reason.as_deref(),
                },
            });
            list.collect()
        }),
        notifications: report.notifications.iter().map(notification).collect(),
    }
}

fn finding<'a>(finding: &'a Finding, fingerprint: &Fingerprint, secrets: &SecretSpans) -> JsonFinding<'a> {
    let source = &finding.source;
    let rule = &finding.rule;
    let snippet = secrets.text(source, finding.span);
    JsonFinding {
        rule: &rule.id,
        class: &rule.class,
        title: &rule.title,
        severity: rule.severity,
        confidence: rule.confidence,
        cwe: &rule.cwe,
        place: place(source, finding.span),
        message: secrets.message(source, &finding.message).into_owned(),
        fingerprint: fingerprint.to_string(),
        snippet: snippet.chars().take(MAX_SNIPPET).collect(),
        related: finding.related.iter().map(|related| location(related, secrets)).collect(),
        flow: finding.flow.iter().map(|step| location(step, secrets)).collect(),
        fix: finding.fix.as_ref().map(|fix| JsonFix {
            description: &fix.description,
            safe: fix.safe,
            edits: fix
                .edits
                .iter()
                .map(|edit| JsonEdit {
                    start: position(source.position(edit.span.start)),
                    end: position(source.position(edit.span.end)),
                    replacement: &edit.replacement,
                })
                .collect(),
        }),
    }
}

fn location<'a>(location: &'a Location, secrets: &SecretSpans) -> JsonLocation<'a> {
    JsonLocation {
        place: place(&location.source, location.span),
        message: secrets.message(&location.source, &location.message).into_owned(),
    }
}

fn place(source: &Source, span: Span) -> JsonPlace<'_> {
    JsonPlace {
        path: source.path(),
        start: position(source.position(span.start)),
        end: position(source.position(span.end)),
    }
}

const fn position(position: Position) -> JsonPosition {
    JsonPosition { line: position.line, column: position.column }
}

fn notification(notification: &Notification) -> JsonNotification<'_> {
    JsonNotification {
        kind: notification.kind.name(),
        gap: notification.kind.is_gap(),
        path: &notification.path,
        position: notification.position.map(position),
        message: &notification.message,
    }
}
