use crate::project::bartizan;
use std::path::Path;

/// The hooks that others name in their `.pre-commit-config.yaml` call a command line that exists.
#[test]
fn hooks_call_a_command_line_that_exists() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(".pre-commit-hooks.yaml");
    let hooks: serde_json::Value = yaml_serde::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let hooks = hooks.as_array().unwrap();
    let ids: Vec<&str> = hooks.iter().map(|hook| hook["id"].as_str().unwrap()).collect();
    assert_eq!(ids, ["bartizan", "bartizan-system"]);
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("a.py"), "x = 1\n").unwrap();
    for hook in hooks {
        let words: Vec<&str> = hook["entry"].as_str().unwrap().split(' ').collect();
        assert_eq!(words[0], "bartizan");
        bartizan().current_dir(folder.path()).args(&words[1..]).arg("a.py").assert().success();
    }
}
