use super::ConfigError;
use super::load::{MAX_CONFIG_BYTES, read_limited};
use std::path::{Path, PathBuf};

/// A configuration file that was found, not named.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Found {
    /// `bartizan.toml`, or a `pyproject.toml` with a `[tool.bartizan]` table. Absolute, symbolic links resolved.
    pub path: PathBuf,
    /// The folder that nothing it refers to may leave: the repository, or the file's own folder outside of one.
    pub boundary: PathBuf,
}

/// Looks for the configuration of a root: in its folder, then in each folder above, up to the one that holds `.git`.
pub fn find(root: &Path) -> Result<Option<Found>, ConfigError> {
    // A root that does not exist is the walk's to report.
    let Ok(root) = root.canonicalize() else { return Ok(None) };
    let start = if root.is_dir() { root.as_path() } else { root.parent().unwrap_or(&root) };
    let repository = start.ancestors().find(|folder| folder.join(".git").exists());
    for folder in start.ancestors() {
        for name in ["bartizan.toml", "pyproject.toml"] {
            let path = folder.join(name);
            if !path.is_file() || (name == "pyproject.toml" && !mentions_bartizan(&path)) {
                continue;
            }
            let boundary = repository.unwrap_or(folder).to_owned();
            let resolved = path.canonicalize().map_err(|error| ConfigError::file(&path, error.to_string()))?;
            if !resolved.starts_with(&boundary) {
                return Err(ConfigError::file(&path, "a symbolic link that leaves the repository is not followed")
                    .with_help(Some("name the configuration by --config, or pass --no-config".into())));
            }
            return Ok(Some(Found { path: resolved, boundary }));
        }
        if Some(folder) == repository {
            break;
        }
    }
    Ok(None)
}

/// Whether a `pyproject.toml` has a table for bartizan. One that is broken elsewhere is not ours to complain about.
fn mentions_bartizan(path: &Path) -> bool {
    #[derive(serde::Deserialize)]
    struct Pyproject {
        tool: Option<Tool>,
    }
    #[derive(serde::Deserialize)]
    struct Tool {
        bartizan: Option<serde::de::IgnoredAny>,
    }
    let Ok(text) = read_limited(path, MAX_CONFIG_BYTES) else { return false };
    text.contains("bartizan")
        && toml::from_str::<Pyproject>(&text)
            .is_ok_and(|pyproject| pyproject.tool.is_some_and(|tool| tool.bartizan.is_some()))
}
