//! The front ends for text of our own making (nginx, Dockerfile, shell) on real files and on arbitrary ones.

use bartizan::syntax::{Language, parse};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// Files below the corpus folders, in stable order.
fn corpus_files(folders: &[&str], keep: fn(&Path) -> bool) -> Vec<PathBuf> {
    let Some(corpus) = std::env::var_os("BARTIZAN_CORPUS").map(PathBuf::from) else {
        println!("skipped: BARTIZAN_CORPUS does not name the unpacked corpus");
        return Vec::new();
    };
    let mut files: Vec<PathBuf> = folders
        .iter()
        .flat_map(|folder| walkdir::WalkDir::new(corpus.join(folder)))
        .filter_map(Result::ok)
        .filter(|entry| entry.file_type().is_file())
        .map(walkdir::DirEntry::into_path)
        .filter(|path| keep(path))
        .collect();
    files.sort();
    files
}

fn parse_all(language: Language, files: &[PathBuf]) -> Vec<(PathBuf, String)> {
    let mut complaints = Vec::new();
    for path in files {
        let text = String::from_utf8_lossy(&std::fs::read(path).unwrap()).into_owned();
        let start = Instant::now();
        let parsed = parse(language, text.as_str());
        let elapsed = start.elapsed();
        if let Err(broken) = parsed.tree.check() {
            panic!("{}: {broken}", path.display());
        }
        for problem in &parsed.problems {
            let line = text[..problem.span.range().start].matches('\n').count() + 1;
            complaints.push((path.clone(), format!("{line}: {}", problem.message)));
        }
        let limit = Duration::from_millis(if cfg!(debug_assertions) { 1000 } else { 100 });
        assert!(elapsed < limit, "{} took {elapsed:?}", path.display());
    }
    println!("{} files, {} problems", files.len(), complaints.len());
    for (path, complaint) in &complaints {
        println!("{}:{complaint}", path.display());
    }
    complaints
}

#[test]
fn nginx_corpus() {
    let files = corpus_files(&["nginx", "server"], |_| true);
    parse_all(Language::Nginx, &files);
}

#[test]
fn shell_files() {
    let Some(list) = std::env::var_os("SHELL_LIST") else { return };
    let files: Vec<PathBuf> = std::fs::read_to_string(list).unwrap().lines().map(PathBuf::from).collect();
    parse_all(Language::Shell, &files);
}

#[test]
fn docker_corpus() {
    let files = corpus_files(&["docker"], |path| {
        !path.to_string_lossy().ends_with(".js") && !path.to_string_lossy().ends_with(".map")
    });
    parse_all(Language::Dockerfile, &files);
}
