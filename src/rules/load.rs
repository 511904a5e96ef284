//! Rule files from disk and from the binary, with mistakes pointed at.

use super::builtin;
use super::compile::{Rule, compile};
use super::formula::Mistake;
use super::locate::locate;
use super::schema::RuleSpec;
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

/// Loads and compiles rules.
pub fn load(sources: &RuleSources) -> Loaded {
    let mut loaded = Loaded::default();
    if sources.builtin {
        builtin::load(&mut loaded);
    }
    for path in &sources.paths {
        load_path(path, &mut loaded);
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

fn load_path(path: &Path, loaded: &mut Loaded) {
    let mut files = Vec::new();
    if path.is_dir() {
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
    } else {
        files.push(path.to_owned());
    }
    for file in files {
        match std::fs::read_to_string(&file) {
            Ok(text) => load_text(&file, &text, loaded),
            Err(error) => loaded.problems.push(problem(&file, error.to_string())),
        }
    }
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

/// Loads the rules of one text; `path` is for messages.
fn load_text(path: &Path, text: &str, loaded: &mut Loaded) {
    let file: Value = match yaml_serde::from_str(text) {
        Ok(file) => file,
        Err(error) => {
            let position = error.location().map(|at| Position {
                line: u32::try_from(at.line()).unwrap_or(1),
                column: u32::try_from(at.column()).unwrap_or(1),
                column_utf16: u32::try_from(at.column()).unwrap_or(1),
            });
            loaded.problems.push(RuleProblem { position, ..problem(path, error.to_string()) });
            return;
        }
    };
    let Some(rules) = file.get("rules").and_then(Value::as_array) else {
        loaded.problems.push(problem(path, "a rule file needs a list `rules` at its top".to_owned()));
        return;
    };
    let results = compile_all(rules);
    for (index, result) in results.into_iter().enumerate() {
        let id = rules[index].get("id").and_then(Value::as_str).map(str::to_owned);
        match result {
            Ok(rule) => loaded.rules.push(*rule),
            Err(mistake) => {
                let position = locate(text, index, &mistake);
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
                    loaded.problems.push(RuleProblem { path: path.to_owned(), position, rule: id, message });
                }
            }
        }
    }
}

/// Compiles specifications on all cores.
pub(super) fn compile_all(rules: &[Value]) -> Vec<Result<Box<Rule>, Mistake>> {
    rules
        .par_iter()
        .map(|value| {
            let spec: RuleSpec = serde::Deserialize::deserialize(value).map_err(|error: serde_json::Error| {
                let message = error.to_string();
                // serde names the key between backquotes.
                let key = message.split('`').nth(1).unwrap_or("").to_owned();
                Mistake { keys: vec![key], message, line: None, unsupported: false }
            })?;
            compile(&spec).map(Box::new)
        })
        .collect()
}
