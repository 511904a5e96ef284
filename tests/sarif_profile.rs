//! The SARIF profile: valid by the OASIS schema, and what GitHub, GitLab and DefectDojo need of it.

use bartizan::findings::{
    Confidence, Edit, Finding, Fix, Location, Notification, NotificationKind, Profile, RuleMeta, SecretSpans, Severity,
};
use bartizan::report::sarif::{SarifOptions, write};
use bartizan::scan::{ScanReport, Suppressed, SuppressionKind};
use bartizan::source::{Source, Span};
use serde_json::Value;
use std::sync::Arc;

const APP: &str = "\
from app.db import fetch

PASSWORD = \"hunter2hunter2hunter2\"


def orders(name):
    \u{00df}\u{1F600} = fetch(\"select * from orders where name = '\" + name + \"'\"); connect(\"hunter2hunter2hunter2\")
    return 1
";

const DB: &str = "def fetch(query):\n    return cursor.execute(query)\n";

fn rule(id: &str, severity: Severity, cwe: &[u32]) -> Arc<RuleMeta> {
    Arc::new(RuleMeta {
        id: id.into(),
        class: id.rsplit('/').next().unwrap_or_default().to_owned(),
        title: format!("The rule {id}"),
        severity,
        confidence: Confidence::Medium,
        profile: Profile::Default,
        cwe: cwe.to_vec(),
        help: "## Why it matters\n\nWhoever sends the request\nreads the database.\n\n```python\nbad()\n```\n"
            .to_owned(),
        references: vec!["https://docs.python.org/3/library/sqlite3.html".to_owned()],
        languages: vec!["python".to_owned()],
        tags: vec!["owasp-a03".to_owned()],
    })
}

fn span(text: &str, part: &str) -> Span {
    let start = text.find(part).expect("the part stands in the text");
    Span::from_range(start..start + part.len())
}

/// A report with a result of every shape.
fn report() -> ScanReport {
    let app = Arc::new(Source::new("app/a b#.py", APP));
    let db = Arc::new(Source::new("app/db.py", DB));
    let sql = rule("python/sql-injection", Severity::Critical, &[89, 943]);
    let secret = rule("secrets/hardcoded-secret", Severity::High, &[798, 259]);
    let silent = rule("python/risky-import", Severity::Info, &[1104]);
    let custom = rule("company.custom.rule", Severity::Low, &[]);

    let mut flow = Finding::new(sql, Arc::clone(&app), span(APP, "fetch(\"select"), "Input reaches the query `x[0]`");
    flow.anchor = "orders".into();
    let place = |source: &Arc<Source>, part: &str, message: &str| Location {
        source: Arc::clone(source),
        span: span(source.text(), part),
        message: message.into(),
    };
    flow.related = vec![place(&db, "cursor.execute(query)", "where the query [runs]")];
    flow.flow = vec![place(&app, "name):", "the path parameter"), place(&db, "execute(query)", "the query runs")];
    flow.fix = Some(Fix {
        description: "Bind the parameter".into(),
        edits: vec![
            Edit { span: span(APP, "'\" + name + \"'\""), replacement: "?\", name".into() },
            Edit { span: Span::at(span(APP, "    return").start), replacement: "    # bound\n".into() },
        ],
        safe: false,
    });

    let mut literal = Finding::new(
        secret,
        Arc::clone(&app),
        span(APP, "hunter2hunter2hunter2"),
        "`hunter2hunter2hunter2` is a password. Anyone who reads the code has it.",
    );
    literal.secrets = vec![literal.span];
    literal.fix = Some(Fix {
        description: "Move `hunter2hunter2hunter2`".into(),
        edits: vec![Edit { span: literal.span, replacement: "hunter2hunter2hunter2".into() }],
        safe: true,
    });
    let quoted =
        Finding::new(Arc::clone(&custom), Arc::clone(&app), span(APP, "connect(\"hunter2hunter2hunter2\")"), "no");
    let mut again = literal.clone();
    again.span = span(APP, "\"hunter2hunter2hunter2\")");
    again.span.end -= 1;
    again.secrets = vec![Span::new(again.span.start + 1, again.span.end - 1)];
    again.fix = None;

    let mut findings = vec![literal, flow, quoted];
    findings.sort_by(|a, b| a.sort_key().cmp(&b.sort_key()));
    let suppressed =
        vec![Suppressed { finding: again, reason: Some("a test account".into()), kind: SuppressionKind::InSource }];
    let secrets = SecretSpans::of(findings.iter().chain(suppressed.iter().map(|it| &it.finding)));
    let mut partly = Notification::file(NotificationKind::PartlyParsed, "app/broken.py", "A bracket is not closed");
    partly.position = Some(app.position(40));
    ScanReport {
        rules: [&custom, &silent, &findings[0].rule].map(Arc::clone).to_vec(),
        findings,
        suppressed,
        notifications: vec![
            partly,
            Notification::file(NotificationKind::RuleSkipped, "", "The rule x is for Java"),
            Notification::file(NotificationKind::TooLarge, "data/dump.sql", "120 MB; --max-file-size raises the limit"),
        ],
        secrets,
        ..ScanReport::default()
    }
}

fn bytes(report: &ScanReport, options: &SarifOptions) -> Vec<u8> {
    let mut out = Vec::new();
    write(report, options, &mut out).expect("a vector takes everything");
    out
}

fn sarif(report: &ScanReport, options: &SarifOptions) -> Value {
    serde_json::from_slice(&bytes(report, options)).expect("JSON")
}

fn with_suppressed() -> SarifOptions {
    SarifOptions { category: Some("api".into()), show_suppressed: true }
}

/// Files that the conformance script hands to Microsoft's validator.
fn keep(name: &str, bytes: &[u8]) {
    let folder = std::path::Path::new(env!("CARGO_TARGET_TMPDIR"));
    std::fs::write(folder.join(name), bytes).expect("the target folder is writable");
}

#[test]
fn is_valid_by_the_oasis_schema() {
    // The pattern for languages has a lone `]`, which only JavaScript's older regular expressions take.
    let schema = include_str!("data/sarif-schema-2.1.0.json").replace("{2}]?$", "{2}\\\\]?$");
    let schema: Value = serde_json::from_str(&schema).expect("JSON");
    let validator = jsonschema::options().should_validate_formats(true).build(&schema).expect("the schema is a schema");
    let cases = [
        ("profile.sarif", report(), SarifOptions::default()),
        ("profile-suppressed.sarif", report(), with_suppressed()),
        ("profile-empty.sarif", ScanReport::default(), SarifOptions::default()),
    ];
    for (name, report, options) in cases {
        let bytes = bytes(&report, &options);
        let value: Value = serde_json::from_slice(&bytes).expect("JSON");
        let errors: Vec<String> =
            validator.iter_errors(&value).map(|it| format!("{}: {it}", it.instance_path())).collect();
        assert!(errors.is_empty(), "{name}: {errors:#?}");
        keep(name, &bytes);
    }
}

#[test]
fn the_same_report_gives_the_same_bytes() {
    assert_eq!(bytes(&report(), &with_suppressed()), bytes(&report(), &with_suppressed()));
}

#[test]
fn no_secret_is_in_the_file() {
    for options in [SarifOptions::default(), with_suppressed()] {
        let text = String::from_utf8(bytes(&report(), &options)).expect("UTF-8");
        assert!(!text.contains("hunter2hunter2"), "{text}");
        assert!(text.contains("connect(\\\"hunt****\\\")"), "{text}");
    }
}

#[test]
fn rules_carry_what_dashboards_read() {
    let sarif = sarif(&report(), &SarifOptions::default());
    let driver = &sarif["runs"][0]["tool"]["driver"];
    assert!(driver["informationUri"].as_str().is_some_and(|it| it.starts_with("https://")));
    let rules = driver["rules"].as_array().expect("rules");
    let ids: Vec<_> = rules.iter().map(|rule| rule["id"].as_str().unwrap_or_default()).collect();
    assert_eq!(ids, ["company.custom.rule", "python/risky-import", "python/sql-injection", "secrets/hardcoded-secret"]);
    let sql = &rules[2];
    assert_eq!(sql["name"], "PythonSqlInjection");
    assert_eq!(sql["fullDescription"]["text"], "Whoever sends the request reads the database.");
    assert_eq!(sql["defaultConfiguration"]["level"], "error");
    assert_eq!(sql["properties"]["security-severity"], "9.5");
    assert_eq!(sql["properties"]["precision"], "medium");
    assert_eq!(
        sql["properties"]["tags"],
        serde_json::json!([
            "security",
            "external/cwe/cwe-089",
            "CWE-89",
            "external/cwe/cwe-943",
            "CWE-943",
            "python",
            "owasp-a03"
        ])
    );
    assert_eq!(rules[1]["properties"].get("security-severity"), None);
    assert_eq!(rules[0].get("relationships"), None);
}

#[test]
fn relationships_point_into_the_taxonomy() {
    let sarif = sarif(&report(), &SarifOptions::default());
    let run = &sarif["runs"][0];
    let taxa = run["taxonomies"][0]["taxa"].as_array().expect("taxa");
    assert_eq!(run["taxonomies"][0]["name"], "CWE");
    for rule in run["tool"]["driver"]["rules"].as_array().expect("rules") {
        for relationship in rule["relationships"].as_array().into_iter().flatten() {
            let target = &relationship["target"];
            let index = usize::try_from(target["index"].as_u64().expect("an index")).expect("small");
            assert_eq!(target["toolComponent"]["name"], "CWE");
            assert_eq!(taxa[index]["id"], target["id"]);
        }
    }
}

#[test]
fn results_point_to_their_rule_and_a_tight_place() {
    let sarif = sarif(&report(), &SarifOptions::default());
    let run = &sarif["runs"][0];
    assert_eq!(run["columnKind"], "utf16CodeUnits");
    assert_eq!(run["automationDetails"]["id"], "bartizan/");
    let results = run["results"].as_array().expect("results");
    assert_eq!(results.len(), 3);
    for result in results {
        let index = usize::try_from(result["ruleIndex"].as_u64().expect("an index")).expect("small");
        assert_eq!(run["tool"]["driver"]["rules"][index]["id"], result["ruleId"]);
        assert_eq!(result["kind"], "fail");
        assert_eq!(result["locations"].as_array().map(Vec::len), Some(1));
        assert_eq!(result.get("suppressions"), None);
        assert!(result["fingerprints"]["bartizan/v1"].is_string());
        assert!(result["partialFingerprints"]["primaryLocationLineHash"].is_string());
    }
    let flow = results.iter().find(|it| it["ruleId"] == "python/sql-injection").expect("the flow");
    let place = &flow["locations"][0]["physicalLocation"];
    assert_eq!(place["artifactLocation"]["uri"], "app/a%20b%23.py");
    assert_eq!(
        place["region"],
        serde_json::json!({
            "startLine": 7, "startColumn": 11, "endLine": 7, "endColumn": 24, "snippet": { "text": "fetch(\"select" },
        })
    );
    assert_eq!(flow["message"]["text"], "Input reaches the query `x[0]`. See [where the query \\[runs\\]](1).");
    assert_eq!(flow["relatedLocations"][0]["id"], 1);
    let steps = &flow["codeFlows"][0]["threadFlows"][0]["locations"];
    assert_eq!(steps[0]["location"]["physicalLocation"]["artifactLocation"]["uri"], "app/a%20b%23.py");
    assert_eq!(steps[1]["location"]["physicalLocation"]["artifactLocation"]["uri"], "app/db.py");
}

#[test]
fn fixes_are_replacements_that_give_away_no_secret() {
    let sarif = sarif(&report(), &SarifOptions::default());
    let results = sarif["runs"][0]["results"].as_array().expect("results");
    let fix = |rule: &str| results.iter().find(|it| it["ruleId"] == rule).and_then(|it| it["fixes"].get(0));
    assert_eq!(fix("secrets/hardcoded-secret"), None);
    let fix = fix("python/sql-injection").expect("a fix");
    let replacements = fix["artifactChanges"][0]["replacements"].as_array().expect("replacements");
    assert_eq!(fix["description"]["text"], "Bind the parameter.");
    assert_eq!(replacements[0]["insertedContent"]["text"], "?\", name");
    assert_eq!(replacements[1]["deletedRegion"]["startColumn"], 1);
    assert_eq!(replacements[1]["deletedRegion"]["endColumn"], 1);
}

#[test]
fn suppressed_results_are_shown_on_request_and_do_not_change_the_others() {
    let without = sarif(&report(), &SarifOptions::default());
    let with = sarif(&report(), &with_suppressed());
    assert_eq!(with["runs"][0]["automationDetails"]["id"], "bartizan/api/");
    let results = with["runs"][0]["results"].as_array().expect("results");
    assert_eq!(results.len(), 4);
    let suppressed: Vec<_> = results.iter().filter(|it| it["suppressions"] != serde_json::json!([])).collect();
    assert_eq!(suppressed.len(), 1);
    assert_eq!(
        suppressed[0]["suppressions"],
        serde_json::json!([{ "justification": "a test account", "kind": "inSource" }])
    );
    let identities = |results: &Value| -> Vec<String> {
        let results = results.as_array().expect("results").iter();
        let shown = results.filter(|it| it["suppressions"].as_array().is_none_or(Vec::is_empty));
        shown.map(|it| it["fingerprints"].to_string()).collect()
    };
    assert_eq!(identities(&with["runs"][0]["results"]), identities(&without["runs"][0]["results"]));
}

#[test]
fn what_was_not_analysed_is_a_notification() {
    let sarif = sarif(&report(), &SarifOptions::default());
    let run = &sarif["runs"][0];
    let invocation = &run["invocations"][0];
    assert_eq!(invocation["executionSuccessful"], false);
    let notifications = invocation["toolExecutionNotifications"].as_array().expect("notifications");
    assert_eq!(notifications.len(), 3);
    let place = &notifications[0]["locations"][0]["physicalLocation"];
    assert_eq!(place["artifactLocation"]["uri"], "app/broken.py");
    assert_eq!(place["region"]["startLine"], 3);
    assert_eq!(notifications[1].get("locations"), None);
    for notification in notifications {
        let index = usize::try_from(notification["descriptor"]["index"].as_u64().expect("an index")).expect("small");
        assert_eq!(run["tool"]["driver"]["notifications"][index]["id"], notification["descriptor"]["id"]);
    }
}

#[test]
fn an_empty_report_says_so() {
    let sarif = sarif(&ScanReport::default(), &SarifOptions::default());
    let run = &sarif["runs"][0];
    assert_eq!(run["results"], serde_json::json!([]));
    assert_eq!(run["tool"]["driver"]["rules"], serde_json::json!([]));
    assert_eq!(run["invocations"][0]["executionSuccessful"], true);
}
