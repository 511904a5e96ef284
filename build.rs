//! Converts the rule packs and the kits to two JSON texts that are compiled into the binary.

use std::error::Error;
use std::path::{Path, PathBuf};

fn main() -> Result<(), Box<dyn Error>> {
    let root = PathBuf::from(std::env::var("CARGO_MANIFEST_DIR")?).join("rules");
    println!("cargo::rerun-if-changed=rules");
    let mut files = Vec::new();
    collect(&root, &mut files)?;
    files.sort();
    let mut packs = Vec::new();
    let mut kits = Vec::new();
    for file in files {
        let name = file.strip_prefix(&root)?.to_string_lossy().replace('\\', "/");
        let text = std::fs::read_to_string(&file)?;
        let value: serde_json::Value = yaml_serde::from_str(&text).map_err(|error| format!("rules/{name}: {error}"))?;
        if let Some(list) = value.get("kits").and_then(serde_json::Value::as_array) {
            kits.extend(list.iter().cloned());
            continue;
        }
        let rules = value.get("rules").cloned().ok_or_else(|| format!("rules/{name}: no list `rules`"))?;
        packs.push(serde_json::json!([format!("rules/{name}"), rules]));
    }
    let out = PathBuf::from(std::env::var("OUT_DIR")?);
    std::fs::write(out.join("packs.json"), serde_json::to_string(&packs)?)?;
    std::fs::write(out.join("kits.json"), serde_json::to_string(&kits)?)?;
    Ok(())
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> Result<(), Box<dyn Error>> {
    if !folder.exists() {
        return Ok(());
    }
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            // Cargo watches a folder only for its own entries.
            println!("cargo::rerun-if-changed={}", path.display());
            collect(&path, files)?;
        } else if path.extension().is_some_and(|extension| extension == "yaml") {
            println!("cargo::rerun-if-changed={}", path.display());
            files.push(path);
        }
    }
    Ok(())
}
