use super::*;
use crate::findings::{Confidence, Profile, RuleMeta, Severity};
use std::fs;
use std::path::Path;

fn rule(id: &str, profile: Profile) -> RuleMeta {
    RuleMeta {
        id: id.into(),
        class: id.rsplit('/').next().unwrap_or(id).into(),
        title: String::new(),
        severity: Severity::High,
        confidence: Confidence::High,
        profile,
        cwe: Vec::new(),
        help: String::new(),
        references: Vec::new(),
        languages: Vec::new(),
        tags: Vec::new(),
    }
}

/// Loads a configuration as if it had been found in a repository.
fn found(folder: &Path, text: &str) -> Result<Settings, ConfigError> {
    fs::write(folder.join("bartizan.toml"), text).unwrap();
    fs::create_dir_all(folder.join(".git")).unwrap();
    load(&find(folder).unwrap().expect("the file was just written"))
}

#[test]
fn every_key_has_its_effect() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("more")).unwrap();
    let settings = found(
        folder.path(),
        r#"
            include = ["src/**"]
            exclude = ["*.generated.py", "/tests/data/"]
            profile = "strict"
            fail-on = "high"
            min-severity = "low"
            min-confidence = "medium"
            max-file-size = "1MiB"
            docs = true
            rule-paths = ["more"]
            [rules]
            "python/weak-hash" = "low"
            rust = "off"
            [rules."rust/unsafe-transmute"]
            severity = "on"
            [[overrides]]
            paths = ["tests/"]
            rules = { "python" = "off", "python/weak-hash" = "info" }
            [suppressions]
            require-reason = true
            honour = ["nosec", "noqa"]
        "#,
    )
    .unwrap();
    let root = folder.path().canonicalize().unwrap();
    assert_eq!(settings.profile, Profile::Strict);
    assert_eq!(settings.fail_on, FailOn::High);
    assert_eq!(settings.min_severity, Severity::Low);
    assert_eq!(settings.min_confidence, Confidence::Medium);
    assert_eq!(settings.max_file_size, 1 << 20);
    assert!(settings.docs);
    assert_eq!(settings.rule_paths, [root.join("more")]);
    assert!(settings.exclude[0].matches(&root.join("a/b.generated.py")));
    assert!(settings.exclude[0].matches(&root.join("tests/data/x/y.py")));
    assert!(!settings.exclude[0].matches(&root.join("src/tests/data/x.py")));
    assert!(!settings.exclude[0].matches(Path::new("/elsewhere/b.generated.py")));
    let weak_hash = rule("python/weak-hash", Profile::Default);
    assert_eq!(settings.severity_of(&weak_hash), Some(Severity::Low));
    assert_eq!(settings.severity_of(&rule("rust/other", Profile::Default)), None);
    assert_eq!(settings.severity_of(&rule("rust/unsafe-transmute", Profile::Audit)), Some(Severity::High));
    assert_eq!(settings.severity_of(&rule("python/inventory", Profile::Audit)), None);
    let test_file = root.join("tests/test_a.py");
    assert_eq!(settings.severity_at(&weak_hash, Severity::Low, &test_file), Some(Severity::Info));
    assert_eq!(settings.severity_at(&rule("python/x", Profile::Default), Severity::High, &test_file), None);
    assert_eq!(settings.severity_at(&weak_hash, Severity::Low, &root.join("a.py")), Some(Severity::Low));
    assert!(settings.suppressions.require_reason);
    assert_eq!(settings.suppressions.honoured, [ForeignSuppression::Nosec, ForeignSuppression::Noqa]);
}

#[test]
fn an_unknown_key_is_an_error_with_a_place_and_a_hint() {
    let folder = tempfile::tempdir().unwrap();
    let error = found(folder.path(), "profile = \"strict\"\n\nexlude = []\n").unwrap_err();
    assert!(error.place().ends_with("bartizan.toml:3:1"), "{}", error.place());
    assert_eq!(error.advice(), Some("did you mean `exclude`?"));
    let error = found(folder.path(), "[[overrides]]\npaths = []\nrule = {}\n").unwrap_err();
    assert!(error.place().ends_with(":3:1"), "{}", error.place());
    assert_eq!(error.advice(), Some("did you mean `rules`?"));
}

#[test]
fn wrong_values_are_errors_with_a_place() {
    let folder = tempfile::tempdir().unwrap();
    for (text, place, hint) in [
        ("fail-on = \"hihg\"", ":1:11", Some("did you mean `high`?")),
        ("profile = 3", ":1:11", None),
        ("max-file-size = \"2 parsecs\"", ":1:17", None),
        ("exclude = [\"a\", \"[\"]", ":1:17", None),
        ("[rules]\n\"a b\" = \"off\"", ":2:1", None),
        ("[rules]\npython = \"of\"", ":2:10", Some("did you mean `off`?")),
        ("[suppressions]\nhonour = [\"nosek\"]", ":2:11", Some("did you mean `nosec`?")),
        ("rule-paths = [\"absent\"]", ":1:15", None),
        ("= 1", ":1:1", None),
    ] {
        let error = found(folder.path(), text).unwrap_err();
        assert!(error.place().ends_with(place), "{text}: {} at {}", error, error.place());
        assert_eq!(error.advice(), hint, "{text}");
    }
}

#[test]
fn extends_is_below_and_cycles_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(
        folder.path().join("base.toml"),
        "profile = \"audit\"\nfail-on = \"never\"\nexclude = [\"a\"]\n[rules]\n\"python/weak-hash\" = \"off\"\n",
    )
    .unwrap();
    let settings = found(
        folder.path(),
        "extends = \"base.toml\"\nfail-on = \"high\"\nexclude = [\"b\"]\nrules.python = \"low\"\n",
    )
    .unwrap();
    assert_eq!(settings.profile, Profile::Audit);
    assert_eq!(settings.fail_on, FailOn::High);
    assert_eq!(settings.exclude.len(), 2);
    assert_eq!(settings.severity_of(&rule("python/weak-hash", Profile::Default)), Some(Severity::Low));

    fs::write(folder.path().join("base.toml"), "extends = [\"bartizan.toml\"]").unwrap();
    let error = found(folder.path(), "extends = \"base.toml\"").unwrap_err();
    assert!(error.to_string().contains("leads back"), "{error}");
}

#[test]
fn a_found_file_cannot_refer_to_anything_outside_its_repository() {
    let outside = tempfile::tempdir().unwrap();
    fs::write(outside.path().join("secret.toml"), "password = 1").unwrap();
    let folder = tempfile::tempdir_in(outside.path()).unwrap();
    let absolute = format!("extends = {:?}", outside.path().join("secret.toml").display().to_string());
    for text in [&*absolute, "extends = \"../secret.toml\"", "rule-paths = [\"..\"]", "extends = \"https://x.test/a\""]
    {
        let error = found(folder.path(), text).unwrap_err();
        assert!(error.to_string().contains("outside") || error.to_string().contains("URL"), "{text}: {error}");
    }
    // A file that the user names may.
    fs::write(outside.path().join("secret.toml"), "docs = true").unwrap();
    fs::write(folder.path().join("bartizan.toml"), "extends = \"../secret.toml\"").unwrap();
    assert!(load_named(&folder.path().join("bartizan.toml")).unwrap().docs);
}

#[test]
fn the_nearest_file_up_to_the_repository_decides() {
    let top = tempfile::tempdir().unwrap();
    let repository = top.path().join("repository");
    fs::create_dir_all(repository.join("service/app")).unwrap();
    fs::create_dir(repository.join(".git")).unwrap();
    fs::write(top.path().join("bartizan.toml"), "").unwrap();
    assert_eq!(find(&repository.join("service")).unwrap(), None, "nothing above the repository counts");
    fs::write(repository.join("bartizan.toml"), "").unwrap();
    fs::write(repository.join("service/pyproject.toml"), "[tool.ruff]\n").unwrap();
    let found = find(&repository.join("service/app")).unwrap().unwrap();
    assert_eq!(found.path, repository.canonicalize().unwrap().join("bartizan.toml"));
    fs::write(repository.join("service/pyproject.toml"), "[tool.bartizan]\nprofile = \"strict\"\n").unwrap();
    let found = find(&repository.join("service/app")).unwrap().unwrap();
    assert!(found.path.ends_with("service/pyproject.toml"));
    assert_eq!(load(&found).unwrap().profile, Profile::Strict);
    fs::write(repository.join("service/pyproject.toml"), "[project]\nname = \"x\"\n[tool.bartizan]\nprofil = 1\n")
        .unwrap();
    let error = load(&found).unwrap_err();
    assert!(error.place().ends_with("pyproject.toml:4:1"), "{}", error.place());
}

#[test]
fn the_schema_names_every_key() {
    let schema = serde_json::to_value(schemars::schema_for!(ConfigFile)).unwrap();
    let properties = schema["properties"].as_object().unwrap();
    for key in ["extends", "fail-on", "rule-paths", "overrides", "suppressions", "max-file-size"] {
        assert!(properties.contains_key(key), "{key} in {properties:?}");
    }
    assert_eq!(schema["additionalProperties"], serde_json::json!(false));
}

#[test]
fn the_documented_example_says_everything_and_loads() {
    let page = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/configuration.md")).unwrap();
    let example = page.split("```toml\n").nth(1).unwrap().split("```").next().unwrap();
    let repository = tempfile::tempdir().unwrap();
    fs::create_dir_all(repository.path().join(".git")).unwrap();
    fs::create_dir_all(repository.path().join("service/security/rules")).unwrap();
    fs::create_dir_all(repository.path().join("security")).unwrap();
    fs::write(repository.path().join("security/base.toml"), "").unwrap();
    fs::write(repository.path().join("service/bartizan.toml"), example).unwrap();
    let found = find(&repository.path().join("service")).unwrap().unwrap();
    let settings = load(&found).unwrap_or_else(|error| panic!("{error} at {}", error.place()));
    assert!(settings.suppressions.require_reason);
    let schema = serde_json::to_value(schemars::schema_for!(ConfigFile)).unwrap();
    for key in schema["properties"].as_object().unwrap().keys() {
        assert!(example.contains(key.as_str()), "{key} is not in the example");
    }
}
