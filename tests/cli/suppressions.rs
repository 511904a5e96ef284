use crate::project::Project;

#[test]
fn comments_silence_and_idle_ones_are_reported() {
    let project = Project::new(&[(
        "a.py",
        "x = 'FORBIDDEN'  # bartizan: ignore[test/forbidden-word] needed\n\
         # bartizan: ignore[forbidden-word] until=2001-01-31 long ago\n\
         y = 'FORBIDDEN'\n\
         z = 1  # bartizan: ignore[test/forbidden-word]\n\
         # bartizan: ignore\n\
         # bartizan: ignore[test/advised-word] its rule is off in this profile\n",
    )]);
    let outcome = project.scan(&["--format", "json"]);
    assert_eq!(outcome.findings(), ["a.py:3 test/forbidden-word"]);
    let report: serde_json::Value = serde_json::from_str(&outcome.out).unwrap();
    let notes: Vec<String> = report["notifications"]
        .as_array()
        .unwrap()
        .iter()
        .map(|note| {
            assert_eq!((&note["kind"], &note["gap"]), (&"suppression".into(), &false.into()));
            format!("{}: {}", note["position"]["line"], note["message"].as_str().unwrap())
        })
        .collect();
    assert_eq!(notes.len(), 3, "{notes:?}");
    assert!(notes[0].starts_with("2: ") && notes[0].contains("ran out on 2001-01-31"), "{notes:?}");
    assert!(notes[1].starts_with("4: ") && notes[1].contains("suppresses nothing"), "{notes:?}");
    assert!(notes[2].starts_with("5: ") && notes[2].contains("names no rule"), "{notes:?}");
    let text = project.scan(&["--show-suppressed"]);
    assert!(text.out.contains("suppressed: needed"), "{}", text.out);
}

#[test]
fn the_configuration_decides_about_reasons_and_other_tools() {
    let text = "x = 'FORBIDDEN'  # bartizan: ignore[forbidden-word]\ny = 'FORBIDDEN'  # nosec\n";
    let project = Project::new(&[("a.py", text)]);
    assert_eq!(project.scan(&["--format", "json"]).findings(), ["a.py:2 test/forbidden-word"]);
    project.write("bartizan.toml", "[suppressions]\nrequire-reason = true\nhonour = [\"nosec\"]\n");
    assert_eq!(project.scan(&["--format", "json"]).findings(), ["a.py:1 test/forbidden-word"]);
}

#[test]
fn a_whole_file_can_be_silenced() {
    let project = Project::new(&[("a.yaml", "a: FORBIDDEN\nb: FORBIDDEN\n# bartizan: ignore-file[test] generated\n")]);
    assert_eq!(project.scan(&[]).code, 0);
}
