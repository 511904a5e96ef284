use super::paint::Paint;
use super::text::{self, TextOptions};
use super::{github, json};
use crate::findings::{
    Confidence, Finding, Location, Notification, NotificationKind, Profile, RuleMeta, SecretSpans, Severity,
};
use crate::scan::{ScanReport, Statistics, Suppressed, SuppressionKind};
use crate::source::{Source, Span};
use std::sync::Arc;
use std::time::Duration;

pub(super) fn rule(id: &str, severity: Severity, title: &str) -> Arc<RuleMeta> {
    Arc::new(RuleMeta {
        id: id.into(),
        class: id.rsplit('/').next().unwrap().into(),
        title: title.into(),
        severity,
        confidence: Confidence::High,
        profile: Profile::Default,
        cwe: vec![78],
        help: "## Why it matters\n\nIt is bad.\n\n## Instead\n\nPass a list of arguments and leave `shell=True` out, so that \
               no shell reads what the request holds.\n"
            .into(),
        references: Vec::new(),
        languages: Vec::new(),
        tags: Vec::new(),
    })
}

fn span(source: &Source, text: &str) -> Span {
    let at = source.text().find(text).unwrap();
    Span::from_range(at..at + text.len())
}

/// A report with everything in it: a flow, related places near and far, a secret, control characters, a long line, a
/// suppressed finding and notifications.
fn report() -> ScanReport {
    let app = Arc::new(Source::new(
        "app/main.py",
        "import subprocess\n\n\ndef run(request):\n    name = request.query_params[\"name\"]\n    # go\n\n\n\n\n\
         \x20   subprocess.run(f\"convert {name}\", shell=True)\n\nAWS_KEY = \"AKIAIOSFODNN7EXAMPLE\"  # \x1b[31m\u{202e}\n",
    ));
    let long = Arc::new(Source::new("static/page.html", format!("{}<script>{}", "a".repeat(5000), "b".repeat(5000))));
    let mut shell = Finding::new(
        rule("python/shell-injection", Severity::Critical, "Shell command built from request data"),
        Arc::clone(&app),
        span(&app, "f\"convert {name}\""),
        "`name` reaches a shell: whoever sends the request can run commands. The route is open to everybody, and nothing on the way checks the value.",
    );
    shell.related.push(Location {
        source: Arc::clone(&app),
        span: span(&app, "shell=True"),
        message: "the shell is asked for here".into(),
    });
    shell.related.push(Location {
        source: Arc::clone(&long),
        span: Span::new(5000, 5008),
        message: "and shown here".into(),
    });
    for (text, message) in
        [("request.query_params[\"name\"]", "comes from the request"), ("{name}", "stands in the command")]
    {
        shell.flow.push(Location { source: Arc::clone(&app), span: span(&app, text), message: message.into() });
    }
    let mut secret = Finding::new(
        rule("secrets/hardcoded-secret", Severity::High, "Secret in the code"),
        Arc::clone(&app),
        span(&app, "\"AKIAIOSFODNN7EXAMPLE\""),
        "An AWS key stands here.",
    );
    secret.secrets.push(span(&app, "AKIAIOSFODNN7EXAMPLE"));
    let script = Finding::new(
        rule("nginx/inline-script", Severity::Low, "Inline script"),
        Arc::clone(&long),
        Span::new(5000, 5008),
        "A script stands in the page.",
    );
    let secrets = SecretSpans::of([&secret]);
    let hidden = Finding::new(secret.rule.clone(), Arc::clone(&app), Span::new(0, 6), "An import.");
    ScanReport {
        findings: vec![shell, secret, script],
        suppressed: vec![Suppressed {
            finding: hidden,
            reason: Some("not ours".into()),
            kind: SuppressionKind::InSource,
        }],
        notifications: vec![
            Notification::file(NotificationKind::TooLarge, "data/dump.sql", "12 MiB, the limit is 2 MiB"),
            Notification::file(NotificationKind::RuleSkipped, "", "`java.x` is for java"),
        ],
        secrets,
        statistics: Statistics {
            files: 1234,
            bytes: 99,
            lines: 1_200_345,
            rules: 151,
            skipped: [("node modules".to_owned(), 3)].into(),
            elapsed: Duration::from_millis(123),
            ..Statistics::default()
        },
        ..ScanReport::default()
    }
}

fn text(width: usize, on: bool) -> String {
    let options = TextOptions { paint: Paint { on }, width, findings: true, summary: true, suppressed: true };
    let mut out = Vec::new();
    text::write(&report(), &options, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

#[test]
fn text_at_80_columns() {
    insta::assert_snapshot!(text(80, false));
}

#[test]
fn text_at_120_columns() {
    insta::assert_snapshot!(text(120, false));
}

#[test]
fn text_keeps_to_the_width_and_shows_no_secret_and_no_control_character() {
    for width in [80, 120] {
        let shown = text(width, false);
        assert!(!shown.contains("IOSFODNN7"), "{shown}");
        assert!(!shown.contains(['\x1b', '\u{202e}']), "{shown}");
        for line in shown.lines() {
            assert!(line.chars().count() <= width, "{width}: {line}");
        }
    }
    assert!(text(80, true).contains("\x1b[1;35mcritical"));
}

#[test]
fn github_commands() {
    let mut out = Vec::new();
    github::write(&report(), &mut out).unwrap();
    insta::assert_snapshot!(String::from_utf8(out).unwrap());
}

#[test]
fn json_document_matches_its_schema() {
    let mut out = Vec::new();
    json::write(&report(), true, &mut out).unwrap();
    let text = String::from_utf8(out).unwrap();
    assert!(!text.contains("IOSFODNN7"), "{text}");
    let document: serde_json::Value = serde_json::from_str(&text).unwrap();
    let schema = serde_json::to_value(schemars::schema_for!(json::JsonReport<'static>)).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let errors: Vec<String> = validator.iter_errors(&document).map(|error| error.to_string()).collect();
    assert_eq!(errors, Vec::<String>::new());
    insta::assert_snapshot!(text);
}
