//! docs/rules is what the packs say.

use std::path::Path;
use std::process::Command;

#[test]
fn the_rule_reference_is_up_to_date() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let status = Command::new(env!("CARGO_BIN_EXE_bartizan"))
        .args(["rules", "docs"])
        .arg(folder.path())
        .status()
        .expect("the binary runs");
    assert!(status.success());
    let committed = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/rules");
    let names = |folder: &Path| {
        let mut names: Vec<String> = std::fs::read_dir(folder)
            .expect("the folder can be read")
            .map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned())
            .collect();
        names.sort();
        names
    };
    let expected = names(folder.path());
    assert_eq!(names(&committed), expected, "run `cargo run --release -- rules docs docs/rules`");
    for name in expected {
        let made = std::fs::read_to_string(folder.path().join(&name)).expect("a page");
        let kept = std::fs::read_to_string(committed.join(&name)).expect("a page");
        assert!(made == kept, "docs/rules/{name} is out of date: run `cargo run --release -- rules docs docs/rules`");
    }
}
