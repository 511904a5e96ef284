//! The limits, which are too large to be reached from outside.

use super::testing::{finding, rule};
use super::*;
use crate::findings::{Location, Severity};
use crate::source::Span;

fn report(count: usize) -> ScanReport {
    let text = "run(a)\n".repeat(count);
    let source = Arc::new(Source::new("a.py", text));
    let findings = (0..count).map(|index| {
        let mut rule = rule("python/shell-injection");
        // The last one is the worst.
        rule.severity = if index + 1 == count { Severity::Critical } else { Severity::Low };
        let mut found = finding(rule, "a.py", "run(a)", "run(a)");
        found.source = Arc::clone(&source);
        found.span = Span::from_range(index * 7..index * 7 + 6);
        found
    });
    ScanReport { findings: findings.collect(), ..ScanReport::default() }
}

fn parse(rendered: &Rendered) -> Value {
    serde_json::from_slice(&rendered.bytes).expect("JSON")
}

fn truncation(sarif: &Value) -> Option<&str> {
    let notifications = sarif["runs"][0]["invocations"][0]["toolExecutionNotifications"].as_array()?;
    let found = notifications.iter().find(|it| it["descriptor"]["id"] == "report-truncated")?;
    found["message"]["text"].as_str()
}

#[test]
fn keeps_the_most_severe_results_in_the_order_of_the_report() {
    let rendered = render_within(&report(20), &SarifOptions::default(), 5, u64::MAX).expect("rendered");
    assert_eq!(rendered.left_out, 15);
    let sarif = parse(&rendered);
    let results = sarif["runs"][0]["results"].as_array().expect("results");
    let lines: Vec<_> = results
        .iter()
        .map(|it| it["locations"][0]["physicalLocation"]["region"]["startLine"].as_u64().unwrap_or_default())
        .collect();
    assert_eq!(lines, [1, 2, 3, 4, 20]);
    assert!(truncation(&sarif).is_some_and(|it| it.starts_with("The 15 least severe results")));
}

#[test]
fn shrinks_until_the_compressed_file_fits() {
    let report = report(2_000);
    let whole = render(&report, &SarifOptions::default()).expect("rendered");
    assert_eq!(whole.left_out, 0);
    assert_eq!(truncation(&parse(&whole)), None);
    let limit = limits::compressed_length(&whole.bytes) / 3;
    let cut = render_within(&report, &SarifOptions::default(), limits::RESULTS, limit).expect("rendered");
    assert!(limits::compressed_length(&cut.bytes) <= limit);
    let left = parse(&cut)["runs"][0]["results"].as_array().map_or(0, Vec::len);
    assert_eq!(left + cut.left_out, 2_000);
    assert!(left > 200, "{left} of 2000 results are left for a third of the bytes");
}

#[test]
fn a_file_that_cannot_fit_ends_with_no_results() {
    let rendered = render_within(&report(3), &SarifOptions::default(), limits::RESULTS, 10).expect("rendered");
    assert_eq!(rendered.left_out, 3);
    assert_eq!(parse(&rendered)["runs"][0]["results"], Value::Array(Vec::new()));
}

#[test]
fn long_flows_keep_their_ends() {
    let mut report = report(1);
    let step = |number: usize| Location {
        source: Arc::clone(&report.findings[0].source),
        span: Span::new(0, 3),
        message: format!("step {number}"),
    };
    report.findings[0].flow = (1..=1_500).map(step).collect();
    let sarif = parse(&render(&report, &SarifOptions::default()).expect("rendered"));
    let steps = sarif["runs"][0]["results"][0]["codeFlows"][0]["threadFlows"][0]["locations"].clone();
    let words = |index: usize| steps[index]["location"]["message"]["text"].clone();
    assert_eq!(steps.as_array().map(Vec::len), Some(1_000));
    assert_eq!([words(0), words(499), words(500), words(999)], ["step 1", "step 500", "step 1001", "step 1500"]);
}

#[test]
fn links_that_do_not_fit_are_left_out_whole() {
    let mut report = report(1);
    let place = |number: usize| Location {
        source: Arc::clone(&report.findings[0].source),
        span: Span::new(0, 3),
        message: format!("{number} {}", "long ".repeat(150)),
    };
    report.findings[0].related = (1..=4).map(place).collect();
    let sarif = parse(&render(&report, &SarifOptions::default()).expect("rendered"));
    let result = &sarif["runs"][0]["results"][0];
    let text = result["message"]["text"].as_str().unwrap_or_default();
    assert!(text.encode_utf16().count() <= 2_048);
    assert!(text.contains("](2)") && !text.contains("[3 ") && text.ends_with("](2)."));
    assert_eq!(result["relatedLocations"].as_array().map(Vec::len), Some(4));
}
