use crate::project::{Outcome, Project, word_rules};

fn standard_input(project: &Project, arguments: &[&str], input: &[u8]) -> Outcome {
    let mut command = project.command(arguments);
    command.arg("--no-builtin").arg("--rules").arg(word_rules()).write_stdin(input);
    Outcome::of(&mut command)
}

#[test]
fn standard_input_has_the_name_that_it_is_given() {
    let project = Project::new(&[("bartizan.toml", "profile = \"strict\"\n"), ("src/a.py", "")]);
    let arguments = ["-", "--stdin-filename", "src/a.py", "--format", "json"];
    let outcome = standard_input(&project, &arguments, b"'ADVISED'\n'FORBIDDEN'\n");
    assert_eq!(outcome.findings(), ["src/a.py:1 test/advised-word", "src/a.py:2 test/forbidden-word"]);
    assert_eq!(outcome.code, 1);
    let nameless = standard_input(&project, &["-", "--format", "json", "--no-config"], b"FORBIDDEN\n");
    assert_eq!(nameless.findings(), ["stdin:1 test/forbidden-word"]);
    // Nothing says that Python was meant: silence would look like a clean bill.
    let unknown = standard_input(&project, &["-", "--no-config", "--strict"], b"x = 1\n");
    assert_eq!(unknown.code, 3, "{unknown:?}");
    assert!(unknown.out.contains("--stdin-filename"), "{}", unknown.out);
}

#[test]
fn standard_input_that_is_no_text_or_too_large_is_named() {
    let project = Project::new(&[]);
    let large =
        standard_input(&project, &["-", "--stdin-filename", "a.py", "--max-file-size", "4", "--strict"], b"x = 1\n");
    assert_eq!(large.code, 3, "{large:?}");
    assert!(large.out.contains("too large"), "{}", large.out);
    let binary = standard_input(&project, &["-", "--stdin-filename", "a.py", "--strict"], b"\0\x01\x02\0\0");
    assert_eq!(binary.code, 3, "{binary:?}");
}

#[test]
fn what_is_left_out_is_counted_and_what_is_not_analysed_is_named() {
    let project = Project::new(&[
        ("a.py", "x = 1\n"),
        ("node_modules/m/b.py", "FORBIDDEN\n"),
        ("ignored.py", "FORBIDDEN\n"),
        (".gitignore", "ignored.py\n"),
    ]);
    project.write("broken.py", b"x = '\xff\xfe FORBIDDEN'\n");
    let outcome = project.scan(&[]);
    assert!(outcome.out.contains("Left out: ") && outcome.out.contains("node modules (1)"), "{}", outcome.out);
    assert!(outcome.out.contains("broken.py:1:6"), "{}", outcome.out);
    // The rest of a file with bytes that are no text is analysed.
    assert!(outcome.out.contains("1 finding: 1 high"), "{}", outcome.out);
    let all = project.scan(&["--no-ignore", "--format", "json"]);
    assert_eq!(
        all.findings(),
        [
            "broken.py:1 test/forbidden-word",
            "ignored.py:1 test/forbidden-word",
            "node_modules/m/b.py:1 test/forbidden-word"
        ]
    );
}

#[test]
fn a_file_that_is_named_twice_counts_once() {
    let project = Project::new(&[("src/a.py", "FORBIDDEN\n")]);
    let outcome = project.scan(&["src", "src/a.py", "./src", "--format", "json"]);
    assert_eq!(outcome.findings(), ["src/a.py:1 test/forbidden-word"]);
    let report: serde_json::Value = serde_json::from_str(&outcome.out).unwrap();
    assert_eq!(report["summary"]["files"], 1);
}

#[test]
fn a_folder_named_like_a_command_is_scanned_by_its_path() {
    let project = Project::new(&[("rules/a.py", "FORBIDDEN\n")]);
    assert_eq!(project.scan(&["./rules"]).code, 1);
    assert_eq!(project.scan(&["scan", "rules"]).code, 1);
}
