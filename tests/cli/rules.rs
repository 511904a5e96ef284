use crate::project::{Outcome, Project, bartizan, word_rules};
use serde_json::Value;

fn run(project: &Project, arguments: &[&str]) -> Outcome {
    let mut command = project.command(arguments);
    command.arg("--no-builtin").arg("--rules").arg(word_rules());
    Outcome::of(&mut command)
}

#[test]
fn explain_shows_the_help_text_and_helps_with_names() {
    let project = Project::new(&[]);
    let page = run(&project, &["explain", "test/forbidden-word"]);
    assert_eq!(page.code, 0);
    for part in ["Forbidden word", "severity high", "CWE-1104", "Why it matters", "    x = \"FORBIDDEN\"  # bad"] {
        assert!(page.out.contains(part), "{part} in:\n{}", page.out);
    }
    let slip = run(&project, &["explain", "test/forbiden-word"]);
    assert_eq!(slip.code, 2);
    assert!(slip.err.contains("did you mean `test/forbidden-word`?"), "{}", slip.err);
    let class = run(&project, &["explain", "noted-word"]);
    assert!(class.err.contains("its rules are: test/noted-word"), "{}", class.err);
}

#[test]
fn list_names_every_rule() {
    let project = Project::new(&[]);
    let text = run(&project, &["rules", "list"]);
    assert!(text.out.contains("test/forbidden-word") && text.out.contains("3 rules"), "{}", text.out);
    let json = run(&project, &["rules", "list", "--format", "json", "advised-word"]);
    let list: Value = serde_json::from_str(&json.out).unwrap();
    assert_eq!(list.as_array().unwrap().len(), 1);
    assert_eq!((&list[0]["id"], &list[0]["profile"]), (&"test/advised-word".into(), &"strict".into()));
}

#[test]
fn validate_points_at_mistakes() {
    let project = Project::new(&[]);
    let rules = word_rules();
    let good = Outcome::of(bartizan().args(["rules", "validate"]).arg(&rules));
    assert_eq!((good.code, good.out.as_str()), (0, "3 rules, 0 not used, 0 mistakes\n"));
    let text =
        std::fs::read_to_string(rules.join("words.yaml")).unwrap().replacen("pattern-regex:", "patern-regex:", 1);
    let line = text.lines().position(|line| line.contains("patern-regex")).unwrap() + 1;
    project.write("wrong.yaml", text);
    let wrong = Outcome::of(&mut project.command(&["rules", "validate", "wrong.yaml"]));
    assert_eq!(wrong.code, 2);
    assert!(wrong.out.contains(&format!("wrong.yaml:{line}:5")), "{}", wrong.out);
    assert!(wrong.out.contains("patern-regex") && wrong.out.contains("1 mistakes"), "{}", wrong.out);
    let scan = Outcome::of(&mut project.command(&["scan", "--rules", "wrong.yaml", "--no-builtin"]));
    assert_eq!(scan.code, 2, "{scan:?}");
}

#[test]
fn test_compares_annotations_with_findings() {
    let project = Project::new(&[
        (
            "good/words.py",
            "# ruleid: test/forbidden-word, test/advised-word\nx = 'FORBIDDEN ADVISED'\n\
             # ok: test/forbidden-word, test/advised-word, test/noted-word\nx = 'allowed'\n\
             # ruleid: test/noted-word\ny = 'NOTED'\n",
        ),
        ("good/data.json", "{\n  \"a\": \"FORBIDDEN\"\n}\n"),
        ("good/data.json.expected", "ruleid: test/forbidden-word 2\nok: test/forbidden-word 1\n"),
        ("good/projects/whole/app.py", "# ruleid: test/absent\nx\n"),
        ("bad/words.py", "# ruleid: test/forbidden-word\nx = 1\n# ok: test/forbidden-word\nFORBIDDEN\nFORBIDDEN\n"),
        ("unknown/words.py", "# ruleid: test/forbiden-word\nFORBIDDEN\n"),
    ]);
    let good = run(&project, &["rules", "test", "good", "--coverage"]);
    assert_eq!((good.code, good.out.as_str()), (0, "8 passed, 0 failed\n"));
    let bad = run(&project, &["rules", "test", "bad"]);
    assert_eq!(bad.code, 1);
    for line in [
        "bad/words.py:2 test/forbidden-word  missing",
        "bad/words.py:4 test/forbidden-word  false alarm",
        "bad/words.py:5 test/forbidden-word  unexpected",
        "0 passed, 3 failed",
    ] {
        assert!(bad.out.contains(line), "{line} in:\n{}", bad.out);
    }
    let uncovered = run(&project, &["rules", "test", "bad", "--coverage"]);
    assert!(uncovered.out.contains("test/noted-word  no fixture"), "{}", uncovered.out);
    let unknown = run(&project, &["rules", "test", "unknown"]);
    assert_eq!(unknown.code, 1);
    assert!(unknown.out.contains("did you mean `test/forbidden-word`?"), "{}", unknown.out);
    let absent = run(&project, &["rules", "test"]);
    assert_eq!(absent.code, 2);
    assert!(absent.err.contains("fixtures"), "{}", absent.err);
}

#[test]
fn a_schema_for_rule_files_accepts_ours() {
    let schema = Outcome::of(bartizan().args(["schema", "rules"]));
    let schema: Value = serde_json::from_str(&schema.out).unwrap();
    let text = std::fs::read_to_string(word_rules().join("words.yaml")).unwrap();
    let rules: Value = yaml_serde::from_str(&text).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let errors: Vec<String> = validator.iter_errors(&rules).map(|error| error.to_string()).collect();
    assert_eq!(errors, Vec::<String>::new());
}

#[test]
fn a_rule_file_written_for_semgrep_loads_unchanged() {
    let rules = r#"
rules:
  - id: company.python.eval
    languages: [python]
    severity: ERROR
    message: Do not evaluate $X
    metadata:
      cwe: ["CWE-95: Improper Neutralization of Directives in Dynamically Evaluated Code"]
      owasp: [A03:2021 - Injection]
      confidence: HIGH
      references: [https://example.com/eval]
    options: {constant_propagation: true}
    pattern: eval($X)
  - id: company.python.key
    languages: [py]
    severity: WARNING
    message: A key in the source
    match:
      pattern: key = "$K"
      where:
        - {metavariable: $K, analyzer: entropy}
        - {focus: $K}
  - id: company.java.runtime
    languages: [java]
    severity: ERROR
    message: Not for us
    pattern: Runtime.getRuntime().exec($X)
"#;
    let code = "eval(text)\nkey = \"q9Xv2LmP8sKd4WzR\"\nkey = \"password\"\n";
    let project = Project::new(&[("semgrep.yaml", rules), ("a.py", code)]);
    let arguments = ["scan", "--no-builtin", "--rules", "semgrep.yaml", "--format", "json", "a.py"];
    let outcome = Outcome::of(&mut project.command(&arguments));
    assert_eq!(outcome.findings(), ["a.py:1 company.python.eval", "a.py:2 company.python.key"], "{outcome:?}");
    assert_eq!(outcome.code, 1);
    let report: Value = serde_json::from_str(&outcome.out).unwrap();
    assert_eq!(report["findings"][0]["message"], "Do not evaluate text");
    assert_eq!(report["findings"][0]["severity"], "high");
    let arguments = ["rules", "list", "--no-builtin", "--rules", "semgrep.yaml", "--format", "json"];
    let list = Outcome::of(&mut project.command(&arguments));
    let list: Value = serde_json::from_str(&list.out).unwrap();
    assert_eq!(list[0]["title"], "Do not evaluate …");
    let said = outcome.out.contains("company.java.runtime") && outcome.out.contains("java");
    assert!(said, "a rule that is not used is named: {}", outcome.out);
}
