//! Trees and files that other people or programs wrote: dependencies, build output, caches, bundles.

use super::walk::SkipReason;
use std::path::Path;

/// Lines longer than this on average are nobody's.
const MINIFIED_LINE: usize = 400;

/// Why a folder is not entered; `None` when it is.
pub(super) fn vendored_folder(path: &Path, name: &str) -> Option<SkipReason> {
    let reason = match name {
        ".git" | ".hg" | ".svn" => SkipReason::VersionControl,
        "node_modules" | "bower_components" | "jspm_packages" => SkipReason::NodeModules,
        "site-packages" | "dist-packages" => SkipReason::SitePackages,
        "__pycache__" | ".tox" | ".nox" | ".mypy_cache" | ".ruff_cache" | ".pytest_cache" | ".hypothesis" => {
            SkipReason::Cache
        }
        "vendor" => SkipReason::Vendor,
        "target" if beside(path, "Cargo.toml") => SkipReason::CargoTarget,
        _ if name.ends_with(".egg-info") || name.ends_with(".dist-info") => SkipReason::SitePackages,
        _ if path.join("pyvenv.cfg").is_file() => SkipReason::VirtualEnvironment,
        _ => return None,
    };
    Some(reason)
}

fn beside(path: &Path, name: &str) -> bool {
    path.parent().is_some_and(|parent| parent.join(name).is_file())
}

/// Whether a file's name says that a program wrote it.
pub(super) fn is_generated_name(name: &str) -> bool {
    let name = name.to_lowercase();
    [".min.js", ".min.css", ".min.mjs", ".bundle.js", ".chunk.js", ".js.map", ".css.map", ".mjs.map"]
        .iter()
        .any(|suffix| name.ends_with(suffix))
}

/// Whether a script or style sheet is minified: its lines are longer than anyone writes.
pub(super) fn is_minified(path: &Path, text: &str) -> bool {
    let extension = path.extension().map(|extension| extension.to_string_lossy().to_lowercase());
    let is_script = matches!(extension.as_deref(), Some("js" | "mjs" | "cjs" | "css"));
    is_script && text.len() > 2 * MINIFIED_LINE && text.len() / (text.lines().count().max(1)) > MINIFIED_LINE
}
