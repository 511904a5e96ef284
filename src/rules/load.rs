//! Rule files from disk and from the binary, with mistakes pointed at.

use super::builtin;
use super::compile::{Rule, compile};
use super::formula::Mistake;
use super::locate::locate;
use super::schema::RuleSpec;
use super::taint::kits::Kits;
use crate::findings::{Notification, NotificationKind};
use crate::source::Position;
use rayon::prelude::*;
use serde_json::Value;
use std::path::{Path, PathBuf};

/// Where rules come from.
#[derive(Debug, Clone, Default)]
pub struct RuleSources {
    /// Whether the built-in packs are used.
    pub builtin: bool,
    /// Further files, and folders whose `.yaml`/`.yml` files are all rule files.
    pub paths: Vec<PathBuf>,
    /// Whether kits that no rule uses are checked too.
    pub check_kits: bool,
}

/// A mistake in a rule file.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}{}: {message}", .path.display(), .position.map(|p| format!(":{}:{}", p.line, p.column)).unwrap_or_default())]
pub struct RuleProblem {
    /// The file.
    pub path: PathBuf,
    /// The place, where it is known.
    pub position: Option<Position>,
    /// The rule, where it is known.
    pub rule: Option<String>,
    /// What is wrong and what to do.
    pub message: String,
}

/// Rules and what was skipped.
#[derive(Debug, Default)]
pub struct Loaded {
    /// In id order.
    pub rules: Vec<Rule>,
    /// Rules for other languages, or that need operators that are not supported.
    pub notifications: Vec<Notification>,
    /// Mistakes; rules without are in `rules` all the same.
    pub problems: Vec<RuleProblem>,
}

/// A rule file that was read.
struct RuleText {
    path: PathBuf,
    text: String,
    content: Value,
}

/// Loads and compiles rules.
pub fn load(sources: &RuleSources) -> Loaded {
    let mut loaded = Loaded::default();
    let mut texts: Vec<RuleText> = Vec::new();
    for path in &sources.paths {
        for file in rule_files(path, &mut loaded) {
            texts.extend(read(file, &mut loaded));
        }
    }
    // Kits first: rules of any file may name them.
    let mut kits = Kits::default();
    builtin::kits(&mut kits, sources.check_kits, &mut loaded);
    for text in &texts {
        load_kits(text, &mut kits, &mut loaded);
    }
    if sources.builtin {
        builtin::load(&kits, &mut loaded);
    }
    for text in &texts {
        load_rules(text, &kits, &mut loaded);
    }
    loaded.rules.sort_by(|left, right| left.meta.id.cmp(&right.meta.id));
    for pair in loaded.rules.windows(2) {
        if pair[0].meta.id == pair[1].meta.id {
            loaded.problems.push(RuleProblem {
                path: PathBuf::new(),
                position: None,
                rule: Some(pair[0].meta.id.to_string()),
                message: format!("two rules have the id `{}`", pair[0].meta.id),
            });
        }
    }
    loaded.rules.dedup_by(|right, left| right.meta.id == left.meta.id);
    loaded
}

/// The rule files that a path stands for.
fn rule_files(path: &Path, loaded: &mut Loaded) -> Vec<PathBuf> {
    if !path.is_dir() {
        return vec![path.to_owned()];
    }
    let mut files = Vec::new();
    for entry in walkdir::WalkDir::new(path).sort_by_file_name() {
        match entry {
            Ok(entry) if entry.file_type().is_file() && is_rule_file(entry.path()) => files.push(entry.into_path()),
            Ok(_) => {}
            Err(error) => loaded.problems.push(problem(path, error.to_string())),
        }
    }
    if files.is_empty() {
        loaded.problems.push(problem(path, "no .yaml or .yml file in this folder".to_owned()));
    }
    files
}

/// Test files beside rules (`rule.test.yaml`) hold no rules.
fn is_rule_file(path: &Path) -> bool {
    let name = path.file_name().map(|name| name.to_string_lossy().to_lowercase()).unwrap_or_default();
    let is_yaml = path
        .extension()
        .is_some_and(|extension| extension.eq_ignore_ascii_case("yaml") || extension.eq_ignore_ascii_case("yml"));
    is_yaml && !name.contains(".test.") && !name.contains(".fixed.")
}

fn problem(path: &Path, message: String) -> RuleProblem {
    RuleProblem { path: path.to_owned(), position: None, rule: None, message }
}

fn read(path: PathBuf, loaded: &mut Loaded) -> Option<RuleText> {
    let text = match std::fs::read_to_string(&path) {
        Ok(text) => text,
        Err(error) => {
            loaded.problems.push(problem(&path, error.to_string()));
            return None;
        }
    };
    match yaml_serde::from_str(&text) {
        Ok(content) => Some(RuleText { path, text, content }),
        Err(error) => {
            let position = error.location().map(|at| Position {
                line: u32::try_from(at.line()).unwrap_or(1),
                column: u32::try_from(at.column()).unwrap_or(1),
                column_utf16: u32::try_from(at.column()).unwrap_or(1),
            });
            loaded.problems.push(RuleProblem { position, ..problem(&path, error.to_string()) });
            None
        }
    }
}

/// Adds the kits of a file.
fn load_kits(file: &RuleText, kits: &mut Kits, loaded: &mut Loaded) {
    let list = file.content.get("kits").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    for (index, value) in list.iter().enumerate() {
        if let Err(mistake) = kits.add(value, true) {
            let id = value.get("id").and_then(Value::as_str).unwrap_or_default();
            loaded.problems.push(RuleProblem {
                path: file.path.clone(),
                position: locate(&file.text, "kits", index, &mistake),
                rule: None,
                message: format!("kit `{id}`: {}", mistake.message),
            });
        }
    }
}

/// Compiles the rules of a file.
fn load_rules(file: &RuleText, kits: &Kits, loaded: &mut Loaded) {
    let RuleText { path, text, content } = file;
    let Some(rules) = content.get("rules").and_then(Value::as_array) else {
        if content.get("kits").is_none() {
            loaded.problems.push(problem(path, "a rule file needs a list `rules` at its top".to_owned()));
        }
        return;
    };
    let results = compile_all(rules, kits);
    for (index, result) in results.into_iter().enumerate() {
        let id = rules[index].get("id").and_then(Value::as_str).map(str::to_owned);
        match result {
            Ok(rule) => loaded.rules.push(*rule),
            Err(mistake) => {
                let position = locate(text, "rules", index, &mistake);
                let message = match &id {
                    Some(id) => format!("rule `{id}`: {}", mistake.message),
                    None => mistake.message.clone(),
                };
                if mistake.unsupported {
                    loaded.notifications.push(Notification {
                        kind: NotificationKind::RuleSkipped,
                        path: path.display().to_string(),
                        position,
                        message,
                    });
                } else {
                    loaded.problems.push(RuleProblem { path: path.clone(), position, rule: id, message });
                }
            }
        }
    }
}

/// Compiles specifications on all cores.
pub(super) fn compile_all(rules: &[Value], kits: &Kits) -> Vec<Result<Box<Rule>, Mistake>> {
    rules
        .par_iter()
        .map(|value| {
            let spec: RuleSpec = serde::Deserialize::deserialize(value).map_err(|error: serde_json::Error| {
                let message = error.to_string();
                // serde names the key between backquotes.
                let key = message.split('`').nth(1).unwrap_or("").to_owned();
                Mistake { keys: vec![key], message, line: None, unsupported: false }
            })?;
            compile(&spec, kits).map(Box::new)
        })
        .collect()
}
