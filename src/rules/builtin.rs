//! The packs in the binary: converted to JSON when the program is built, because JSON loads ten times faster than YAML.

use super::load::{Loaded, RuleProblem, compile_all};
use serde_json::Value;
use std::path::PathBuf;

static PACKS: &str = include_str!(concat!(env!("OUT_DIR"), "/packs.json"));

/// Loads the built-in packs.
pub(super) fn load(loaded: &mut Loaded) {
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
    for (index, result) in compile_all(&rules).into_iter().enumerate() {
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
