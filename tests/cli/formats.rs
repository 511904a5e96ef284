use crate::project::{Outcome, Project, word_rules};
use serde_json::Value;
use std::io::Read as _;
use std::process::{Command, Stdio};

fn project() -> Project {
    Project::new(&[
        ("src/a.py", "import os\n\nword = 'FORBIDDEN'\n"),
        ("src/b.py", "x = 'FORBIDDEN'  # bartizan: ignore[forbidden-word] quoted from a book\n"),
    ])
}

#[test]
fn text_shows_place_excerpt_advice_and_summary() {
    let outcome = project().scan(&["src"]);
    for part in [
        "high[test/forbidden-word]: Forbidden word",
        "`FORBIDDEN` must not stand here.",
        "[src/a.py:3:9]",
        "3 │ word = 'FORBIDDEN'",
        "help: Write another word, such as `allowed`.",
        "1 finding: 1 high",
        "1 suppressed",
        "Scanned 2 files (4 lines) with 2 rules",
        "bartizan explain test/forbidden-word",
    ] {
        assert!(outcome.out.contains(part), "{part} in:\n{}", outcome.out);
    }
    assert!(!outcome.out.contains("src/b.py"), "{}", outcome.out);
}

#[test]
fn quiet_and_summary_leave_the_other_half_out() {
    let project = project();
    let quiet = project.scan(&["--quiet"]);
    assert!(quiet.out.contains("src/a.py:3:9") && !quiet.out.contains("Scanned"), "{}", quiet.out);
    let summary = project.scan(&["--summary"]);
    assert!(!summary.out.contains("src/a.py:3:9") && summary.out.contains("Scanned"), "{}", summary.out);
}

#[test]
fn several_formats_in_one_run_go_to_their_files() {
    let project = project();
    let outcome =
        project.scan(&["--format", "text", "--format", "sarif=out.sarif", "--format", "json=out.json", "src"]);
    assert_eq!(outcome.code, 1);
    assert!(outcome.out.contains("src/a.py:3:9"));
    let sarif: Value = serde_json::from_str(&project.read("out.sarif")).unwrap();
    assert_eq!(sarif["runs"][0]["results"].as_array().unwrap().len(), 1);
    assert_eq!(sarif["runs"][0]["tool"]["driver"]["rules"].as_array().unwrap().len(), 2);
    let json: Value = serde_json::from_str(&project.read("out.json")).unwrap();
    assert_eq!(json["findings"][0]["path"], "src/a.py");
    // -o is where the report without a file of its own goes.
    let outcome = project.scan(&["-o", "out.txt", "src"]);
    assert_eq!(outcome.out, "");
    assert!(project.read("out.txt").contains("src/a.py:3:9"));
}

#[test]
fn json_keeps_to_its_schema_and_every_run_gives_the_same_bytes() {
    let project = project();
    let schema = Outcome::of(&mut project.command(&["schema", "json"]));
    let schema: Value = serde_json::from_str(&schema.out).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let arguments = ["--format", "json", "--show-suppressed"];
    let first = project.scan(&arguments);
    let report: Value = serde_json::from_str(&first.out).unwrap();
    let errors: Vec<String> = validator.iter_errors(&report).map(|error| error.to_string()).collect();
    assert_eq!(errors, Vec::<String>::new());
    assert_eq!(report["suppressed"][0]["suppression"]["reason"], "quoted from a book");
    assert_eq!(report["summary"]["findings"]["high"], 1);
    for threads in ["1", "2", "7"] {
        let again = project.scan(&["--format", "json", "--show-suppressed", "--threads", threads]);
        assert_eq!(again.out, first.out, "{threads} threads");
    }
}

#[test]
fn sarif_is_stable_and_takes_category_and_suppressions() {
    let project = project();
    let arguments = ["--format", "sarif", "--category", "api", "--show-suppressed"];
    let first = project.scan(&arguments);
    assert_eq!(project.scan(&arguments).out, first.out);
    let sarif: Value = serde_json::from_str(&first.out).unwrap();
    let run = &sarif["runs"][0];
    assert_eq!(run["automationDetails"]["id"], "bartizan/api/");
    let results = run["results"].as_array().unwrap();
    assert_eq!(results.len(), 2);
    assert_eq!(results[1]["suppressions"][0]["justification"], "quoted from a book");
}

#[test]
fn github_writes_workflow_commands() {
    let outcome = project().scan(&["--format", "github"]);
    assert_eq!(
        outcome.out,
        "::error file=src/a.py,line=3,endLine=3,col=9,endColumn=18,title=Forbidden word (test/forbidden-word)::\
         `FORBIDDEN` must not stand here. It is forbidden.\n"
    );
}

#[test]
fn nothing_of_a_scanned_file_reaches_the_terminal_as_a_control_sequence() {
    let project = Project::new(&[("evil\u{1b}[2J.py", "x = '\u{1b}[31mFORBIDDEN\u{202e}'\n")]);
    for format in ["text", "github"] {
        let outcome = project.scan(&["--format", format, "."]);
        assert_eq!(outcome.code, 1, "{outcome:?}");
        assert!(!outcome.out.contains(['\u{1b}', '\u{202e}']), "{}", outcome.out);
    }
}

#[test]
fn a_reader_that_goes_away_is_no_error() {
    let body = "x = 'FORBIDDEN'\n".repeat(5000);
    let project = Project::new(&[("a.py", &body)]);
    let mut child = Command::new(assert_cmd::cargo::cargo_bin!("bartizan"))
        .current_dir(project.path())
        .args(["--no-builtin", "--rules"])
        .arg(word_rules())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut out = child.stdout.take().unwrap();
    out.read_exact(&mut [0; 10]).unwrap();
    drop(out);
    let mut err = String::new();
    child.stderr.take().unwrap().read_to_string(&mut err).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(1), "{err}");
    assert_eq!(err, "");
}

#[test]
fn man_and_completions_name_the_commands() {
    let project = Project::new(&[]);
    let man = Outcome::of(&mut project.command(&["man"]));
    assert!(man.out.contains(".TH bartizan") && man.out.contains("fail\\-on"), "{}", man.out);
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let script = Outcome::of(&mut project.command(&["completions", shell]));
        assert!(script.out.contains("fail-on"), "{shell}");
    }
}
