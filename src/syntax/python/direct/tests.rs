use super::read;
use crate::syntax::python::parse_within;
use crate::syntax::python::tests::token;
use crate::syntax::{Parsed, Tree};
use proptest::prelude::*;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

fn by_grammar(text: &Arc<str>) -> Parsed {
    parse_within(Arc::clone(text), Duration::from_secs(100))
}

/// Everything that others can see of a tree.
fn picture(tree: &Tree) -> String {
    let mut out = tree.dump();
    for id in tree.ids() {
        let _ = writeln!(out, "{:?}", tree.label_span(id));
    }
    let _ = write!(out, "{:?}", tree.comments());
    out
}

/// The first line in which two trees differ.
fn difference(text: &Arc<str>) -> Option<String> {
    let direct = read(text)?;
    let grammar = by_grammar(text);
    if let Some(problem) = grammar.problems.first() {
        return Some(format!("the grammar finds a problem: {} {:?}", problem.message, problem.span));
    }
    let (direct, grammar) = (picture(&direct.tree), picture(&grammar.tree));
    if direct == grammar {
        return None;
    }
    let at = direct.lines().zip(grammar.lines()).position(|(left, right)| left != right).unwrap_or(0);
    let around = |text: &str| text.lines().skip(at.saturating_sub(6)).take(12).collect::<Vec<_>>().join("\n");
    Some(format!("direct\n{}\ngrammar\n{}", around(&direct), around(&grammar)))
}

fn python_files(folder: &Path, found: &mut Vec<PathBuf>) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    for path in entries.flatten().map(|entry| entry.path()) {
        if path.is_dir() && !path.is_symlink() {
            python_files(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "py") {
            found.push(path);
        }
    }
}

/// A few statements of a text, each with something taken out or put in.
fn damaged(text: &str) -> Vec<Arc<str>> {
    const WORDS: &[&str] =
        &[" ", "\n", "(", ")", ":", ",", ".", "=", "*", " if ", " in ", " x ", "'", "{", "}", "\\", " as "];
    let mut seed = text.len();
    let mut next = || {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        seed >> 33
    };
    statements(text)
        .into_iter()
        .filter(|statement| !statement.trim().is_empty() && statement.is_ascii() && statement.len() < 2000)
        .map(|mut statement| {
            let at = next() % statement.len();
            match next() % 3 {
                0 => _ = statement.remove(at),
                1 => statement.insert_str(at, WORDS[next() % WORDS.len()]),
                _ => statement.truncate(at),
            }
            statement.into()
        })
        .collect()
}

#[test]
#[ignore = "wants a folder of Python files in PYTHON_SOURCES"]
fn real_files_give_the_trees_of_the_grammar() {
    let Some(folder) = std::env::var_os("PYTHON_SOURCES") else { return };
    let mut files = Vec::new();
    python_files(Path::new(&folder), &mut files);
    files.sort();
    let (mut direct, mut different) = (0, 0);
    for path in &files {
        let Ok(text) = std::fs::read_to_string(path) else { continue };
        let text: Arc<str> = text.into();
        if read(&text).is_some() {
            direct += 1;
        } else {
            println!("left to the grammar: {}", path.display());
        }
        for damaged in damaged(&text) {
            if let Some(difference) = difference(&damaged).filter(|_| !grammar_errs(&damaged)) {
                println!("{damaged}\n{difference}\n");
            }
        }
        if let Some(difference) = difference(&text).filter(|_| !grammar_errs(&text)) {
            different += 1;
            if different <= 20 {
                println!("{}\n{difference}\n", path.display());
            }
        }
    }
    println!("{direct} of {} files read directly, {different} differ", files.len());
    assert_eq!(different, 0);
}

/// Where the grammar is at fault: `list[int] | str | None` binds to the left, `type(x).y = z` is no alias of a type, and the
/// value of `x := a if b else c` is all of it.
fn grammar_errs(text: &str) -> bool {
    text.matches('|').count() > 1 || text.contains("type") || text.contains(":=")
}

#[test]
fn plain_samples_give_the_trees_of_the_grammar() {
    let mut read_directly = 0;
    for text in [
        include_str!("../samples/definitions.py"),
        include_str!("../samples/expressions.py"),
        include_str!("../samples/imports.py"),
        include_str!("../samples/splats.py"),
        include_str!("../samples/statements.py"),
        include_str!("../samples/strings.py"),
    ] {
        // Statement by statement, since one that is doubtful leaves a text to the grammar.
        for piece in statements(text) {
            let piece: Arc<str> = piece.into();
            read_directly += usize::from(read(&piece).is_some());
            if !grammar_errs(&piece) {
                assert_eq!(difference(&piece), None, "{piece}");
            }
        }
    }
    assert!(read_directly > 60, "{read_directly}");
}

/// The statements of a text, with the lines that are indented below them.
fn statements(text: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for line in text.lines() {
        match found.last_mut() {
            Some(last) if line.starts_with([' ', ')', ']', '}', '\t']) || line.starts_with("el") => {
                last.push('\n');
                last.push_str(line);
            }
            _ => found.push(line.to_owned()),
        }
    }
    found
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(3000))]

    #[test]
    fn what_is_read_directly_is_what_the_grammar_says(tokens in prop::collection::vec(token(), 0..12)) {
        let text: Arc<str> = tokens.concat().into();
        if !grammar_errs(&text) {
            prop_assert_eq!(difference(&text), None);
        }
    }
}
