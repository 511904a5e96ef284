//! The packs with `mode: secret` compile, and do on annotated fixtures what the annotations say; properties of the whole.

use super::{SecretSet, SecretSpec};
use crate::discover::classify;
use crate::fixtures::{Promise, expectations, sidecar};
use crate::source::LineIndex;
use crate::syntax::{FileKind, Tree, parse_file};
use proptest::prelude::*;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock};

struct Pack {
    ids: Vec<String>,
    set: SecretSet,
}

static PACK: LazyLock<Pack> = LazyLock::new(|| {
    let mut ids = Vec::new();
    let mut detectors = Vec::new();
    for file in files_below("rules", "yaml") {
        let text = std::fs::read_to_string(&file).unwrap();
        let value: serde_json::Value = yaml_serde::from_str(&text).unwrap();
        for rule in value["rules"].as_array().into_iter().flatten() {
            if rule["mode"] != "secret" {
                continue;
            }
            let spec: SecretSpec = serde_json::from_value(rule["secret"].clone())
                .unwrap_or_else(|error| panic!("{}: {error}", rule["id"]));
            detectors.push(spec.compile().unwrap_or_else(|error| panic!("{}: {error}", rule["id"])));
            ids.push(rule["id"].as_str().unwrap().to_owned());
        }
    }
    Pack { ids, set: SecretSet::new(detectors) }
});

fn files_below(folder: &str, extension: &str) -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let mut files: Vec<PathBuf> = walkdir::WalkDir::new(root)
        .into_iter()
        .filter_map(Result::ok)
        .filter(|entry| entry.file_type().is_file())
        .map(walkdir::DirEntry::into_path)
        .filter(|path| extension.is_empty() || path.extension().is_some_and(|found| found == extension))
        .collect();
    files.sort();
    files
}

fn scan(kind: FileKind, path: &str, text: &str) -> Vec<super::SecretMatch> {
    let text: Arc<str> = Arc::from(text);
    let trees: Vec<Tree> = parse_file(kind, &text).into_iter().map(|parsed| parsed.tree).collect();
    PACK.set.scan(kind, path, &text, &trees)
}

#[test]
fn fixtures_hold() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures");
    let mut wrong = Vec::new();
    let mut tested = BTreeSet::new();
    for file in files_below("fixtures", "") {
        let path = file.strip_prefix(&root).unwrap().to_string_lossy().replace('\\', "/");
        if path.starts_with("projects/") {
            continue;
        }
        let Ok(text) = std::fs::read_to_string(&file) else { continue };
        let Some(kind) = classify(&file, &text) else { continue };
        let lines = LineIndex::new(&text);
        let found: BTreeSet<(String, u32)> = scan(kind, &path, &text)
            .into_iter()
            .map(|hit| (PACK.ids[hit.detector].clone(), lines.line_of(hit.span.start)))
            .collect();
        let mut promises = expectations(&text);
        let beside = std::fs::read_to_string(format!("{}.expected", file.display())).unwrap_or_default();
        promises.extend(sidecar(&beside).unwrap());
        for one in promises.iter().filter(|one| PACK.ids.contains(&one.rule)) {
            let reported = one.lines.clone().any(|line| found.contains(&(one.rule.clone(), line)));
            tested.insert((one.rule.clone(), one.promise == Promise::Reported));
            if reported != (one.promise == Promise::Reported) {
                wrong.push(format!("{path}:{:?} {} {:?}", one.lines, one.rule, one.promise));
            }
        }
        // A secret that no annotation promises is a false alarm of our own fixture.
        for (rule, line) in &found {
            let known = promises.iter().any(|one| one.lines.contains(line) && &one.rule == rule);
            if !known && path.starts_with("secrets/") {
                wrong.push(format!("{path}:{line} {rule} is not promised"));
            }
        }
    }
    for id in &PACK.ids {
        for promise in [true, false] {
            if !tested.contains(&(id.clone(), promise)) {
                wrong.push(format!("{id} has no fixture line for {}", if promise { "ruleid" } else { "ok" }));
            }
        }
    }
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}

/// Which lines of a guide are, or are not, secrets: `expected.tsv` says. The folder is `BARTIZAN_SEEDS`, or `shared/seeds`
/// beside the checkout.
#[test]
fn guides_are_read_right() {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/seeds");
    let folder = std::env::var_os("BARTIZAN_SEEDS").map_or(beside, PathBuf::from);
    let Ok(expected) = std::fs::read_to_string(folder.join("expected.tsv")) else {
        println!("no guides in {}: skipped", folder.display());
        return;
    };
    let mut wrong = Vec::new();
    for line in expected.lines().filter(|line| !line.starts_with('#')) {
        let columns: Vec<&str> = line.split('\t').collect();
        let [guide, first, last, verdict, class, ..] = columns[..] else { continue };
        let (Ok(first), Ok(last)) = (first.parse::<u32>(), last.parse::<u32>()) else { continue };
        if class != "hardcoded-secret" {
            continue;
        }
        let entries = std::fs::read_dir(&folder).unwrap().filter_map(Result::ok);
        let path = entries
            .map(|entry| entry.path())
            .find(|path| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with(guide)));
        let text = std::fs::read_to_string(path.unwrap()).unwrap();
        let lines = LineIndex::new(&text);
        let found = scan(FileKind::Markdown, "guide.md", &text).into_iter().any(|hit| {
            (first..=last).contains(&lines.line_of(hit.span.start)) && !PACK.ids[hit.detector].ends_with("-test")
        });
        if found != (verdict == "must") {
            wrong.push(format!("{guide}:{first}-{last} {verdict}"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:?}");
}

#[test]
fn one_long_line_is_read_in_linear_time() {
    for unit in [
        "password=\"",
        "://a:b@",
        "-----BEGIN PRIVATE KEY-----",
        "AKIAAAAAAAAAAAAAAAAA ",
        "ghp_",
        "eyJ.",
        "${A:-b}",
        "key",
    ] {
        let text = unit.repeat(2_000_000 / unit.len());
        let start = std::time::Instant::now();
        let _ = PACK.set.scan(FileKind::Text, "a.txt", &text, &[]);
        // Generous: this also runs unoptimised on slow machines.
        assert!(start.elapsed().as_secs() < 20, "{unit}: {:?}", start.elapsed());
    }
}

/// Prints what is found below the folders that `BARTIZAN_SURVEY` names (separated by `:`), for reading by hand.
#[test]
#[ignore = "prints a survey of other people's files"]
fn survey() {
    let Ok(roots) = std::env::var("BARTIZAN_SURVEY") else {
        println!("BARTIZAN_SURVEY names no folder: nothing to do");
        return;
    };
    let with_tests = std::env::var("BARTIZAN_SURVEY_TESTS").is_ok();
    let (mut files, mut bytes) = (0, 0);
    for root in roots.split(':') {
        for entry in walkdir::WalkDir::new(root).sort_by_file_name().into_iter().filter_map(Result::ok) {
            let Ok(text) = std::fs::read_to_string(entry.path()) else { continue };
            let Some(kind) = classify(entry.path(), &text) else { continue };
            files += 1;
            bytes += text.len();
            let below = entry.path().strip_prefix(root).unwrap().to_string_lossy().into_owned();
            let lines = LineIndex::new(&text);
            for hit in scan(kind, &below, &text) {
                let id = &PACK.ids[hit.detector];
                if id.ends_with("-test") && !with_tests {
                    continue;
                }
                let line = lines.line_of(hit.span.start);
                let shown: String =
                    lines.line_span(&text, line).map_or("", |span| &text[span.range()]).chars().take(200).collect();
                println!("{id}\t{}:{line}\t{}", entry.path().display(), shown.trim());
            }
        }
    }
    println!("{files} files, {bytes} bytes");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn spans_lie_in_the_text_and_never_overlap(
        pieces in proptest::collection::vec(
            prop_oneof![
                Just("password = \"hunter2!\"\n".to_owned()),
                Just("postgres://app:S3cr3t-pw@db/x ".to_owned()),
                Just("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".to_owned()),
                Just("-----BEGIN PRIVATE KEY-----\n".to_owned()),
                Just("export TOKEN=${X:-kX9fLq2vR7mZtB4wYc1N}\n".to_owned()),
                "\\PC{0,12}",
                "[\"'\\n\\\\ü]{0,4}",
            ],
            0..12,
        ),
        kind in proptest::sample::select(FileKind::ALL.to_vec()),
    ) {
        let text = pieces.concat();
        let mut end = 0;
        for hit in scan(kind, "app/file", &text) {
            prop_assert!(hit.span.end as usize <= text.len());
            prop_assert!(text.get(hit.value.range()).is_some());
            prop_assert!(hit.value.start >= end);
            end = hit.value.end;
        }
    }
}
