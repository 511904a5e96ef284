//! Every source that cargo has unpacked on this machine, when asked for: `cargo test -- --ignored rust::tests::corpus`.

use super::super::parse;
use crate::syntax::{Field, Kind};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

fn registry() -> Option<PathBuf> {
    let home =
        std::env::var_os("CARGO_HOME").map(PathBuf::from).or_else(|| Some(std::env::home_dir()?.join(".cargo")))?;
    let sources = home.join("registry/src");
    sources.is_dir().then_some(sources)
}

#[test]
#[ignore = "walks the whole cargo registry"]
fn every_file_of_the_registry_keeps_the_invariants() {
    let Some(sources) = registry() else {
        println!("skipped: no cargo registry");
        return;
    };
    let (mut files, mut clean, mut bytes) = (0_u32, 0_u32, 0_usize);
    let (mut whole, mut syn_alone, mut slowest) = (Duration::ZERO, Duration::ZERO, (Duration::ZERO, String::new()));
    let (mut calls, mut raw) = (0_u32, BTreeMap::<String, u32>::new());
    for entry in walkdir::WalkDir::new(sources).sort_by_file_name().into_iter().filter_map(Result::ok) {
        if entry.path().extension().is_none_or(|extension| extension != "rs") {
            continue;
        }
        let Ok(text) = std::fs::read_to_string(entry.path()) else { continue };
        if text.len() > 2 << 20 {
            continue;
        }
        let text: Arc<str> = text.into();
        let start = Instant::now();
        let parsed = parse(Arc::clone(&text));
        let took = start.elapsed();
        whole += took;
        if took > slowest.0 {
            slowest = (took, entry.path().display().to_string());
        }
        parsed.tree.check().unwrap_or_else(|error| panic!("{}: {error}", entry.path().display()));
        files += 1;
        bytes += text.len();
        clean += u32::from(parsed.problems.is_empty());
        if !parsed.problems.is_empty() {
            println!("{}: {:?}", entry.path().display(), parsed.problems[0]);
        }
        for id in parsed.tree.ids() {
            if parsed.tree.kind(id) == Kind::MacroCall {
                calls += 1;
                if parsed.tree.children_by(id, Field::Argument).any(|id| parsed.tree.kind(id) == Kind::Raw) {
                    *raw.entry(parsed.tree.label(id).to_owned()).or_default() += 1;
                }
            }
        }
        if super::super::nesting::stack_needed(&text) > super::super::nesting::SHALLOW {
            println!("{}: deep", entry.path().display());
            continue;
        }
        let start = Instant::now();
        drop(syn::parse_file(&text));
        syn_alone += start.elapsed();
        proc_macro2::extra::invalidate_current_thread_spans();
    }
    let rate = |time: Duration| u128::try_from(bytes).unwrap_or(0) / time.as_micros().max(1);
    println!("{files} files, {bytes} bytes, {clean} without a problem");
    println!("{calls} macro calls, {} of them Raw", raw.values().sum::<u32>());
    let mut names: Vec<_> = raw.into_iter().collect();
    names.sort_unstable_by_key(|(_, count)| std::cmp::Reverse(*count));
    println!("most often Raw: {:?}", names.get(..12.min(names.len())));
    println!("syn alone {} MB/s, whole front end {} MB/s", rate(syn_alone), rate(whole));
    println!("slowest {slowest:?}");
    assert!(files == 0 || clean * 100 >= files * 98, "{clean} of {files}");
}
