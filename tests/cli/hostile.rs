//! Input that was made to break a scanner: everything is named, nothing hangs, nothing crashes.

use crate::project::{Outcome, Project};
use std::fmt::Write as _;
use std::fs::File;
use std::time::{Duration, Instant};

/// Ten seconds hold for an optimised build on a free machine.
const LIMIT: Duration = Duration::from_secs(if cfg!(debug_assertions) { 120 } else { 20 });

fn nested(open: &str, close: &str) -> String {
    format!("{}{}", open.repeat(100_000), close.repeat(100_000))
}

/// Nine levels of nine aliases each: 9^9 nodes when they are followed.
fn alias_bomb() -> String {
    let mut text = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n".to_owned();
    for level in 1..10 {
        let alias = format!("*a{}", level - 1);
        let _ = writeln!(text, "a{level}: &a{level} [{}]", [alias.as_str(); 9].join(", "));
    }
    text
}

#[test]
fn everything_is_named_and_nothing_hangs() {
    let project = Project::new(&[
        ("deep.py", &format!("x = {}\n", nested("[", "]"))),
        ("deep.rs", &format!("fn f() {{ {} }}\n", nested("(", ")"))),
        ("deep.json", &nested("[", "]")),
        ("deep.yaml", &nested("[", "]")),
        ("deep.toml", &format!("x = {}\n", nested("[", "]"))),
        ("nginx.conf", &nested("http {", "}")),
        ("deep.sh", &nested("$(", ")")),
        ("Dockerfile", &format!("FROM a\nRUN {}\n", nested("$(", ")"))),
        ("bomb.yaml", &alias_bomb()),
        ("line.py", &format!("x = '{}'\n", "a".repeat(2_000_000))),
        ("line.yaml", &format!("x: {}\n", "a ".repeat(1_000_000))),
        ("line.rs", &format!("const X: &str = \"{}\";\n", "a".repeat(2_000_000))),
    ]);
    project.write("invalid.py", b"x = '\xff\xfe\xfd'\n");
    project.write("nul.py", b"x = 1\0\0\0\0\n");
    project.write("large.py", "x = 1\n".repeat((100 << 20) / 6));
    File::create(project.path().join("sparse.py")).unwrap().set_len(100 << 20).unwrap();
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink(".", project.path().join("loop")).unwrap();
        std::os::unix::fs::symlink("/etc", project.path().join("outside")).unwrap();
        std::os::unix::fs::symlink("nowhere.py", project.path().join("dangling.py")).unwrap();
    }
    let start = Instant::now();
    let outcome = Outcome::of(&mut project.command(&[
        "--format",
        "json",
        "--strict",
        "--profile",
        "audit",
        "--fail-on",
        "never",
    ]));
    assert!(start.elapsed() < LIMIT, "{:?}", start.elapsed());
    assert_eq!(outcome.code, 3, "{}", outcome.err);
    let report: serde_json::Value = serde_json::from_str(&outcome.out).unwrap();
    let notes = report["notifications"].as_array().unwrap();
    let named = |path: &str| notes.iter().any(|note| note["path"] == path && note["gap"] == true);
    // Whether a deep file is parsed at all depends on what the rules look for; Python's always look for calls.
    let mut hostile = vec!["deep.py", "large.py", "sparse.py", "invalid.py", "nul.py"];
    if cfg!(unix) {
        hostile.extend(["loop", "outside", "dangling.py"]);
    }
    for path in hostile {
        assert!(named(path), "{path} in {notes:#?}");
    }
    assert!(notes.iter().all(|note| note["kind"] != "internal-error"), "{notes:#?}");
}

#[cfg(unix)]
#[test]
fn a_file_that_cannot_be_read_is_named() {
    use std::os::unix::fs::PermissionsExt as _;
    let project = Project::new(&[("a.py", "x = 1\n"), ("secret.py", "y = 1\n")]);
    let path = project.path().join("secret.py");
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o000)).unwrap();
    // The superuser reads every file.
    if std::fs::read(&path).is_ok() {
        return;
    }
    let outcome = project.scan(&["--strict"]);
    assert_eq!(outcome.code, 3);
    assert!(outcome.out.contains("secret.py"), "{}", outcome.out);
}
