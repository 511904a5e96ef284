//! The configuration front ends on real files: every compose file, manifest, workflow, unit and dotenv file of the corpus
//! has its kind and parses without a problem.
//!
//! The corpus is a folder named by `BARTIZAN_CORPUS`, or `../shared/corpus/configs.tar.xz`, unpacked by `tar`. Without
//! either the test says so and passes.

use bartizan::discover::{DEFAULT_LIMIT, ReadOutcome, WalkOptions, discover, read};
use bartizan::syntax::{FileKind, Kind, parse_file, scalar_map};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// The corpus, and the folder it was unpacked to.
fn corpus() -> Option<(PathBuf, Option<TempDir>)> {
    if let Some(folder) = std::env::var_os("BARTIZAN_CORPUS") {
        return Some((PathBuf::from(folder), None));
    }
    let archive = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpus/configs.tar.xz");
    if !archive.is_file() {
        return None;
    }
    let folder = tempfile::tempdir().ok()?;
    let status = Command::new("tar").arg("-xJf").arg(&archive).arg("-C").arg(folder.path()).status().ok()?;
    status.success().then(|| (folder.path().join("corpus"), Some(folder)))
}

#[test]
fn real_files_parse() {
    let Some((corpus, _unpacked)) = corpus() else {
        println!("skipped: no corpus; set BARTIZAN_CORPUS to a folder of configuration files");
        return;
    };
    let options =
        WalkOptions { gitignore: false, vendored: true, current_dir: corpus.clone(), ..WalkOptions::default() };
    let mut parsed_files = 0;
    for (folder, kinds) in [
        ("compose", &[FileKind::Compose, FileKind::GithubWorkflow][..]),
        ("kubernetes", &[FileKind::Kubernetes]),
        ("workflows", &[FileKind::GithubWorkflow]),
        ("server", &[FileKind::SystemdUnit, FileKind::Procfile]),
        ("dotenv", &[FileKind::Dotenv, FileKind::Text]),
    ] {
        let root = corpus.join(folder);
        if !root.is_dir() {
            println!("skipped: no folder {folder}");
            continue;
        }
        let found = discover(&[root], &options).expect("a walk");
        for candidate in &found.files {
            let ReadOutcome::Text(source, kind, None) = read(candidate, DEFAULT_LIMIT) else {
                panic!("{} is not read as text", candidate.shown_path);
            };
            assert!(kinds.contains(&kind), "{}: {}", source.path(), kind.name());
            let started = Instant::now();
            for parsed in parse_file(kind, source.text()) {
                parsed.tree.check().unwrap_or_else(|error| panic!("{}: {error}", source.path()));
                let problem =
                    parsed.problems.first().map(|problem| (source.line_of(problem.span.start), &problem.message));
                assert_eq!(problem, None, "{}", source.path());
                for id in parsed.tree.ids().filter(|&id| parsed.tree.kind(id) == Kind::Str) {
                    let Some((content, _)) = scalar_map(&parsed.tree, id) else { continue };
                    assert_eq!(content, parsed.tree.label(id), "{}", source.path());
                }
            }
            // 100 ms is the promise of an optimised build on a quiet machine.
            assert!(started.elapsed() < Duration::from_secs(2), "{}: {:?}", source.path(), started.elapsed());
            parsed_files += 1;
        }
    }
    println!("{parsed_files} files parsed");
}
