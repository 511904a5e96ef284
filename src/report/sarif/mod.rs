//! SARIF 2.1.0, in the profile that GitHub code scanning, GitLab and DefectDojo all take as it is.
//!
//! One run. The same report gives the same bytes: no time, no machine, no absolute path of the working root. This module
//! knows what a scan reports; it must not know how anything was found.

mod cwe;
mod limits;
mod notification;
mod place;
mod result;
mod rule;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;
mod text;
mod uri;

use crate::findings::{Finding, RuleMeta, fingerprints, line_hashes};
use crate::scan::{ScanReport, Suppressed};
use crate::source::Source;
use result::Reported;
use serde_json::Value;
use serde_sarif::sarif::{Run, RunAutomationDetails, Sarif, Tool, ToolComponent};
use std::collections::BTreeMap;
use std::io::{self, Write};
use std::sync::Arc;

const SCHEMA: &str = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

/// What a user decides about the SARIF file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SarifOptions {
    /// Tells several uploads of one repository apart (`api`, `deploy`); `None` for a single one.
    pub category: Option<String>,
    /// Whether suppressed findings are in the file. GitHub opens an alert for each of them.
    pub show_suppressed: bool,
}

/// Writes a report as one SARIF file.
pub fn write(report: &ScanReport, options: &SarifOptions, out: &mut dyn Write) -> io::Result<()> {
    let rendered = render(report, options)?;
    out.write_all(&rendered.bytes)
}

/// A SARIF file in memory.
#[derive(Debug)]
pub struct Rendered {
    /// JSON with a final line end.
    pub bytes: Vec<u8>,
    /// How many of the least severe results were left out because services take only so many.
    pub left_out: usize,
}

/// Makes the SARIF file of a report.
pub fn render(report: &ScanReport, options: &SarifOptions) -> io::Result<Rendered> {
    render_within(report, options, limits::RESULTS, limits::COMPRESSED_BYTES)
}

fn render_within(
    report: &ScanReport,
    options: &SarifOptions,
    max_results: usize,
    max_compressed: u64,
) -> io::Result<Rendered> {
    let rules = rules_of(report);
    let reported = reported(report, options, &rules);
    let total = reported.len();

    // Most severe first, so that what is left out is the end of the list.
    let mut by_urgency: Vec<usize> = (0..total).collect();
    by_urgency.sort_by_key(|&index| std::cmp::Reverse(result::rank(reported[index].finding)));
    by_urgency.truncate(max_results);
    let mut kept = Vec::with_capacity(by_urgency.len());
    let mut plain_bytes = 0;
    for index in by_urgency {
        let result = result::result(&reported[index], &report.secrets, options.show_suppressed);
        let bytes = limits::json_length(&result);
        plain_bytes += bytes;
        if plain_bytes > limits::PLAIN_BYTES {
            break;
        }
        kept.push((index, bytes, result));
    }

    let mut sarif = envelope(options, &rules);
    loop {
        let left_out = total - kept.len();
        fill(&mut sarif, report, &kept, left_out);
        let mut bytes = serde_json::to_vec_pretty(&sarif)?;
        bytes.push(b'\n');
        let fits = bytes.len() as u64 <= max_compressed || kept.is_empty();
        let compressed = if fits { 0 } else { limits::compressed_length(&bytes) };
        if compressed <= max_compressed {
            return Ok(Rendered { bytes, left_out });
        }
        shrink(&mut kept, max_compressed, compressed);
    }
}

/// Index in the report, bytes of JSON, and the result; most severe first.
type Kept = Vec<(usize, u64, serde_sarif::sarif::Result)>;

/// Drops the end of the list so that the rest should compress to the limit, at least one result.
fn shrink(kept: &mut Kept, limit: u64, compressed: u64) {
    let total: u64 = kept.iter().map(|&(_, bytes, _)| bytes).sum();
    // A tenth less than the ratio says: what is dropped may compress better than what stays.
    let budget = u128::from(total) * u128::from(limit) * 9 / (u128::from(compressed) * 10);
    let mut used = 0;
    let fitting = kept
        .iter()
        .take_while(|&&(_, bytes, _)| {
            used += u128::from(bytes);
            used <= budget
        })
        .count();
    kept.truncate(fitting.min(kept.len().saturating_sub(1)));
}

/// Every enabled rule and every rule with a result, in id order.
fn rules_of(report: &ScanReport) -> Vec<&Arc<RuleMeta>> {
    let of_findings = report.findings.iter().chain(report.suppressed.iter().map(|it| &it.finding)).map(|it| &it.rule);
    let mut by_id: BTreeMap<&str, &Arc<RuleMeta>> = of_findings.map(|rule| (&*rule.id, rule)).collect();
    by_id.extend(report.rules.iter().map(|rule| (&*rule.id, rule)));
    by_id.into_values().collect()
}

/// What is to be reported, in the order of the report.
fn reported<'a>(report: &'a ScanReport, options: &SarifOptions, rules: &[&Arc<RuleMeta>]) -> Vec<Reported<'a>> {
    let mut all: Vec<(&Finding, Option<&Suppressed>)> = report.findings.iter().map(|it| (it, None)).collect();
    all.extend(report.suppressed.iter().map(|it| (&it.finding, Some(it))));
    all.sort_by_key(|&(finding, _)| finding.sort_key());

    let findings: Vec<&Finding> = all.iter().map(|&(finding, _)| finding).collect();
    let hashes = primary_line_hashes(&findings);
    all.into_iter()
        .zip(fingerprints(&findings))
        .filter(|((_, suppressed), _)| options.show_suppressed || suppressed.is_none())
        .map(|((finding, suppressed), fingerprint)| Reported {
            finding,
            suppressed,
            fingerprint,
            line_hash: hashes
                .get(&**finding.source.path())
                .and_then(|of_file| of_file.get(&finding.source.line_of(finding.span.start)))
                .cloned(),
            rule_index: rules.binary_search_by(|rule| rule.id.cmp(&finding.rule.id)).unwrap_or_default(),
        })
        .collect()
}

/// By path and line, for the lines where findings start; each file is hashed once.
fn primary_line_hashes<'a>(findings: &[&'a Finding]) -> BTreeMap<&'a str, BTreeMap<u32, String>> {
    let mut wanted: BTreeMap<&str, (&Source, Vec<u32>)> = BTreeMap::new();
    for finding in findings {
        let lines = &mut wanted.entry(finding.source.path()).or_insert_with(|| (&finding.source, Vec::new())).1;
        lines.push(finding.source.line_of(finding.span.start));
    }
    wanted
        .into_iter()
        .map(|(path, (source, mut lines))| {
            lines.sort_unstable();
            (path, line_hashes(source.text(), &lines))
        })
        .collect()
}

/// The file without results and notifications.
fn envelope(options: &SarifOptions, rules: &[&Arc<RuleMeta>]) -> Sarif {
    let version = env!("CARGO_PKG_VERSION");
    let mut driver = ToolComponent::builder()
        .name(env!("CARGO_PKG_NAME"))
        .semantic_version(version)
        .version(version)
        .information_uri(env!("CARGO_PKG_HOMEPAGE"))
        .short_description(rule::plain(concat!(env!("CARGO_PKG_DESCRIPTION"), ".")))
        .rules(rule::descriptors(rules))
        .build();
    let has_cwe = rules.iter().any(|rule| !rule.cwe.is_empty());
    if has_cwe {
        driver.supported_taxonomies = Some(vec![rule::taxonomy_reference()]);
    }

    let category = options.category.as_deref().map(|it| it.trim_matches('/')).filter(|it| !it.is_empty());
    let id = category.map_or_else(|| "bartizan/".to_owned(), |category| format!("bartizan/{category}/"));
    let mut run = Run::builder()
        .tool(Tool::builder().driver(driver).build())
        .automation_details(RunAutomationDetails::builder().id(id).build())
        .column_kind(Value::from("utf16CodeUnits"))
        .results(Vec::new())
        .build();
    if has_cwe {
        run.taxonomies = Some(vec![rule::taxonomy(rules)]);
    }
    Sarif::builder().schema(SCHEMA).version(Value::from("2.1.0")).runs(vec![run]).build()
}

/// Puts results and notifications into the one run.
fn fill(sarif: &mut Sarif, report: &ScanReport, kept: &Kept, left_out: usize) {
    let mut in_order: Vec<_> = kept.iter().collect();
    in_order.sort_by_key(|&&(index, ..)| index);
    let (invocation, descriptors) = notification::invocation(&report.notifications, left_out);
    for run in &mut sarif.runs {
        run.results = Some(in_order.iter().map(|(_, _, result)| result.clone()).collect());
        run.tool.driver.notifications = (!descriptors.is_empty()).then(|| descriptors.clone());
        run.invocations = Some(vec![invocation.clone()]);
    }
}
