use crate::project::{Outcome, Project, bartizan};

#[test]
fn clean_is_0_and_findings_are_1() {
    let project = Project::new(&[("a.py", "x = 1\n")]);
    let clean = project.scan(&[]);
    assert_eq!((clean.code, clean.err.as_str()), (0, ""));
    assert!(clean.out.contains("No findings"), "{}", clean.out);
    project.write("b.py", "x = 'FORBIDDEN'\n");
    assert_eq!(project.scan(&[]).code, 1);
    assert_eq!(project.scan(&["scan", "."]).code, 1);
    assert_eq!(project.scan(&["a.py"]).code, 0);
    assert_eq!(project.scan(&["--exit-zero"]).code, 0);
}

#[test]
fn the_threshold_decides() {
    let project = Project::new(&[("a.py", "x = 'FORBIDDEN'\n")]);
    for (threshold, code) in [("low", 1), ("medium", 1), ("high", 1), ("critical", 0), ("never", 0)] {
        assert_eq!(project.scan(&["--fail-on", threshold]).code, code, "{threshold}");
    }
    // Findings of severity info are inventory: they never fail a run.
    let project = Project::new(&[("a.py", "x = 'NOTED'\n")]);
    let noted = project.scan(&[]);
    assert_eq!(noted.code, 0);
    assert!(noted.out.contains("1 finding: 1 info"), "{}", noted.out);
    assert_eq!(project.scan(&["--fail-on", "info"]).code, 2);
}

#[test]
fn profile_selection_and_minimums_decide_what_reports() {
    let project = Project::new(&[("a.py", "'FORBIDDEN'\n'ADVISED'\n'NOTED'\n")]);
    let lines = |arguments: &[&str]| {
        let arguments: Vec<&str> = [&["--format", "json"], arguments].concat();
        project.scan(&arguments).findings().iter().map(|found| found[5..6].to_owned()).collect::<String>()
    };
    assert_eq!(lines(&[]), "13");
    assert_eq!(lines(&["--profile", "strict"]), "123");
    assert_eq!(lines(&["--select", "advised-word"]), "2");
    assert_eq!(lines(&["--select", "test/*", "--ignore", "test/noted-word"]), "12");
    assert_eq!(lines(&["--ignore", "test"]), "");
    assert_eq!(lines(&["--min-severity", "low"]), "1");
    assert_eq!(lines(&["--profile", "strict", "--min-confidence", "medium"]), "12");
}

#[test]
fn wrong_usage_is_2_with_a_word_on_what_to_do() {
    let project = Project::new(&[("a.py", "")]);
    for (arguments, word) in [
        (&["absent"][..], "absent: no such file or folder"),
        (&["scna", "."], "did you mean the command `scan`?"),
        (&["--frmat", "json"], "--format"),
        (&["--format", "xml"], "text, json, sarif and github"),
        (&["--format", "json", "--format", "text"], "--format sarif=out.sarif"),
        (&["--format", "json=a", "--format", "text=a"], "two reports"),
        (&["--format", "json=a", "-o", "b"], "--output"),
        (&["--select", "test/forbiden-word"], "did you mean `test/forbidden-word`?"),
        (&["--ignore", "nothing-like-it"], "names no rule"),
        (&["--exclude", "["], "glob"),
        (&["--max-file-size", "many"], "whole number"),
        (&["--config", "absent.toml"], "absent.toml"),
        (&["--stdin-filename", "a.py"], "pass `-`"),
        (&["-o", "absent/report.txt"], "absent/report.txt"),
    ] {
        let outcome = project.scan(arguments);
        assert_eq!(outcome.code, 2, "{arguments:?}: {outcome:?}");
        assert!(outcome.err.contains(word), "{arguments:?}: {}", outcome.err);
        assert_eq!(outcome.out, "", "{arguments:?}");
    }
    let outcome = Outcome::of(project.command(&["scan", "--no-builtin", "--rules"]).arg("absent.yaml"));
    assert_eq!(outcome.code, 2, "{outcome:?}");
}

#[test]
fn gaps_are_3_under_strict_only() {
    let project = Project::new(&[("a.py", "x = 1\n"), ("large.py", &"y = 2\n".repeat(500))]);
    let arguments = ["--max-file-size", "1KiB"];
    let lenient = project.scan(&arguments);
    assert_eq!(lenient.code, 0);
    assert!(lenient.out.contains("Not analysed: too large (1)"), "{}", lenient.out);
    assert!(lenient.out.contains("large.py"), "{}", lenient.out);
    assert_eq!(project.scan(&["--max-file-size", "1KiB", "--strict"]).code, 3);
    assert_eq!(project.scan(&["--strict"]).code, 0);
    // A finding says more than a gap.
    project.write("b.py", "FORBIDDEN\n");
    assert_eq!(project.scan(&["--max-file-size", "1KiB", "--strict"]).code, 1);
    assert_eq!(project.scan(&["--max-file-size", "1KiB", "--strict", "--fail-on", "never"]).code, 3);
}

#[test]
fn help_and_version_are_0() {
    for argument in ["--help", "--version", "-h"] {
        let outcome = Outcome::of(bartizan().arg(argument));
        assert_eq!(outcome.code, 0, "{argument}");
        assert!(outcome.out.contains("bartizan"), "{argument}");
    }
}
