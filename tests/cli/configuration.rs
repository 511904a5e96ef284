use crate::project::{Outcome, Project, word_rules};
use std::fs;

const SOURCE: &str = "'FORBIDDEN'\n'ADVISED'\n'NOTED'\n";

#[test]
fn the_file_is_found_upward_and_the_command_line_wins() {
    let project = Project::new(&[("service/app/a.py", SOURCE)]);
    project.write("bartizan.toml", "profile = \"strict\"\nfail-on = \"critical\"\n");
    let outcome = project.scan(&["service/app", "--format", "json"]);
    assert_eq!((outcome.code, outcome.findings().len()), (0, 3));
    let outcome = project.scan(&["service/app", "--format", "json", "--profile", "default", "--fail-on", "low"]);
    assert_eq!((outcome.code, outcome.findings().len()), (1, 2));
    let outcome = project.scan(&["service/app", "--format", "json", "--no-config"]);
    assert_eq!((outcome.code, outcome.findings().len()), (1, 2));
    project.write("service/pyproject.toml", "[tool.bartizan]\nmin-severity = \"high\"\n");
    let outcome = project.scan(&["service/app", "--format", "json"]);
    assert_eq!((outcome.code, outcome.findings().len()), (1, 1));
    let outcome = project.scan(&["service/app", "--format", "json", "--config", "bartizan.toml"]);
    assert_eq!((outcome.code, outcome.findings().len()), (0, 3));
}

#[test]
fn each_path_has_its_own_configuration() {
    let project = Project::new(&[("a/x.py", SOURCE), ("b/x.py", SOURCE)]);
    project.write("a/bartizan.toml", "rules.forbidden-word = \"off\"\n");
    project.write("b/bartizan.toml", "rules.test = \"off\"\nrules.\"test/advised-word\" = \"medium\"\n");
    let outcome = project.scan(&["a", "b", "--format", "json"]);
    assert_eq!(outcome.findings(), ["a/x.py:3 test/noted-word", "b/x.py:2 test/advised-word"]);
    assert_eq!(outcome.code, 1);
    let report: serde_json::Value = serde_json::from_str(&outcome.out).unwrap();
    assert_eq!(report["findings"][1]["severity"], "medium");
    // The configuration files are TOML files like any other.
    assert_eq!(report["summary"]["files"], 4);
}

#[test]
fn levels_and_overrides_hold_for_their_paths() {
    let project =
        Project::new(&[("src/a.py", "FORBIDDEN\n"), ("legacy/b.py", "FORBIDDEN\n"), ("tests/c.py", "FORBIDDEN\n")]);
    project.write(
        "bartizan.toml",
        "[[overrides]]\npaths = [\"tests/\"]\nrules.test = \"off\"\n\
         [[overrides]]\npaths = [\"legacy/**\"]\nrules.forbidden-word = \"info\"\n",
    );
    let outcome = project.scan(&["--format", "json"]);
    assert_eq!(outcome.findings(), ["legacy/b.py:1 test/forbidden-word", "src/a.py:1 test/forbidden-word"]);
    let report: serde_json::Value = serde_json::from_str(&outcome.out).unwrap();
    assert_eq!(report["findings"][0]["severity"], "info");
    assert_eq!(report["findings"][1]["severity"], "high");
}

#[test]
fn files_are_chosen_by_globs_of_the_file_and_of_the_command_line() {
    let files = ["src/a.py", "src/gen/b.py", "src/c.rs", "docs/d.py"];
    let project = Project::new(&files.map(|path| (path, "FORBIDDEN\n")));
    let scanned = |arguments: &[&str]| {
        let arguments: Vec<&str> = [&["--format", "json"], arguments].concat();
        let findings = project.scan(&arguments).findings();
        findings.iter().map(|found| found.split(':').next().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(scanned(&[]), ["docs/d.py", "src/a.py", "src/c.rs", "src/gen/b.py"]);
    assert_eq!(scanned(&["--exclude", "gen", "--exclude", "*.rs"]), ["docs/d.py", "src/a.py"]);
    assert_eq!(scanned(&["--include", "src/**"]), ["src/a.py", "src/c.rs", "src/gen/b.py"]);
    project.write("bartizan.toml", "include = [\"/src/\"]\nexclude = [\"/src/gen/\"]\n");
    assert_eq!(scanned(&[]), ["src/a.py", "src/c.rs"]);
    // The globs of a file count from its folder, wherever the scan begins.
    assert_eq!(scanned(&["src"]), ["src/a.py", "src/c.rs"]);
    assert_eq!(scanned(&["--include", "docs/**"]), ["docs/d.py"]);
    // A file that is named is scanned.
    assert_eq!(scanned(&["src/gen/b.py"]), ["src/gen/b.py"]);
    // Unless it is a commit hook that names files without looking at them.
    assert_eq!(scanned(&["--force-exclude", "src/gen/b.py", "src/a.py"]), ["src/a.py"]);
    assert_eq!(scanned(&["--force-exclude", "--exclude", "a.py", "src/a.py", "src/c.rs"]), ["src/c.rs"]);
}

#[test]
fn rule_paths_are_relative_to_the_file() {
    let project = Project::new(&[("src/a.py", "FORBIDDEN\n")]);
    let rules = fs::read_to_string(word_rules().join("words.yaml")).unwrap();
    project.write("security/words.yaml", rules);
    project.write("bartizan.toml", "rule-paths = [\"security\"]\n");
    let outcome = Outcome::of(&mut project.command(&["src", "--no-builtin", "--format", "json"]));
    assert_eq!(outcome.findings(), ["src/a.py:1 test/forbidden-word"]);
}

#[test]
fn mistakes_point_at_their_place_with_a_hint() {
    let project = Project::new(&[("a.py", "")]);
    for (text, place, hint) in [
        ("profile = \"strict\"\nexlude = []\n", "bartizan.toml:2:1", "did you mean `exclude`?"),
        ("fail-on = \"hihg\"\n", "bartizan.toml:1:11", "did you mean `high`?"),
        ("exclude = [\"a\",\n  \"[\"]\n", "bartizan.toml:2:3", "is no glob"),
        ("extends = \"https://example.test/base.toml\"\n", "bartizan.toml:1:11", "URL"),
        ("extends = \"/etc/passwd\"\n", "bartizan.toml:1:11", "outside the repository"),
        ("profile = \n", "bartizan.toml:1:11", ""),
    ] {
        project.write("bartizan.toml", text);
        let outcome = project.scan(&[]);
        assert_eq!(outcome.code, 2, "{text}: {outcome:?}");
        assert!(outcome.err.contains(place) && outcome.err.contains(hint), "{text}: {}", outcome.err);
        assert_eq!(outcome.out, "");
    }
}

#[test]
fn a_selector_that_names_no_rule_is_named() {
    let project = Project::new(&[("a.py", ""), ("bartizan.toml", "rules.forbiden-word = \"off\"\n")]);
    let outcome = project.scan(&[]);
    assert_eq!(outcome.code, 0);
    assert!(outcome.out.contains("did you mean `forbidden-word`?"), "{}", outcome.out);
}

#[test]
fn the_schema_accepts_what_the_loader_accepts() {
    let project = Project::new(&[]);
    let schema = Outcome::of(&mut project.command(&["schema", "config"]));
    let schema: serde_json::Value = serde_json::from_str(&schema.out).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let valid = r#"
        extends = "base.toml"
        include = ["src"]
        fail-on = "never"
        max-file-size = "2 MiB"
        rules.a = "off"
        rules.b = { severity = "low" }
        overrides = [{ paths = ["x"], rules = { c = "info" } }]
        suppressions = { require-reason = true, honour = ["noqa"] }
    "#;
    let value = serde_json::to_value(toml::from_str::<toml::Table>(valid).unwrap()).unwrap();
    let errors: Vec<String> = validator.iter_errors(&value).map(|error| error.to_string()).collect();
    assert_eq!(errors, Vec::<String>::new());
    for invalid in ["exlude = []", "fail-on = \"info\"", "rules.a = 3", "overrides = [{}]"] {
        let value = serde_json::to_value(toml::from_str::<toml::Table>(invalid).unwrap()).unwrap();
        assert!(!validator.is_valid(&value), "{invalid}");
    }
}
