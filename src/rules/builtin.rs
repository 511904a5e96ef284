//! The packs in the binary: converted to JSON when the program is built, because JSON loads ten times faster than YAML.

use super::load::{Loaded, RuleProblem, compile_all};
use super::taint::kits::Kits;
use serde_json::Value;
use std::path::PathBuf;

static PACKS: &str = include_str!(concat!(env!("OUT_DIR"), "/packs.json"));

static KITS: &str = include_str!(concat!(env!("OUT_DIR"), "/kits.json"));

/// Adds the built-in kits.
pub(super) fn kits(kits: &mut Kits, check: bool, loaded: &mut Loaded) {
    let problem = |rule: Option<&str>, message: String| RuleProblem {
        path: PathBuf::from("rules/kits"),
        position: None,
        rule: rule.map(str::to_owned),
        message,
    };
    match serde_json::from_str::<Vec<Value>>(KITS) {
        Ok(list) => {
            for value in list {
                if let Err(mistake) = kits.add(&value, check) {
                    let id = value.get("id").and_then(Value::as_str);
                    loaded.problems.push(problem(id, mistake.message));
                }
            }
        }
        Err(error) => loaded.problems.push(problem(None, format!("the built-in kits do not load: {error}"))),
    }
}

/// Loads the built-in packs.
pub(super) fn load(kits: &Kits, loaded: &mut Loaded) {
    let files: Vec<(String, Vec<Value>)> = match serde_json::from_str(PACKS) {
        Ok(files) => files,
        Err(error) => {
            loaded.problems.push(RuleProblem {
                path: PathBuf::from("rules"),
                position: None,
                rule: None,
                message: format!("the built-in packs do not load: {error}"),
            });
            return;
        }
    };
    let (paths, rules): (Vec<&str>, Vec<Value>) =
        files.iter().flat_map(|(path, rules)| rules.iter().map(move |rule| (path.as_str(), rule.clone()))).unzip();
    for (index, result) in compile_all(&rules, kits).into_iter().enumerate() {
        match result {
            Ok(rule) => loaded.rules.push(*rule),
            Err(mistake) => loaded.problems.push(RuleProblem {
                path: PathBuf::from(paths[index]),
                position: None,
                rule: rules[index].get("id").and_then(Value::as_str).map(str::to_owned),
                message: mistake.message,
            }),
        }
    }
}
