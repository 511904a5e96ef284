//! The corpus of real configuration files that some tests read.

#![allow(clippy::print_stdout, reason = "a test that skips says so")]

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

/// The unpacked corpus: what `BARTIZAN_CORPUS` names, else `../shared/corpus/configs.tar.xz` beside the checkout,
/// unpacked once a test run. `None`, with a note, where there is neither.
pub fn folder() -> Option<PathBuf> {
    static UNPACKED: OnceLock<Option<tempfile::TempDir>> = OnceLock::new();
    if let Some(folder) = std::env::var_os("BARTIZAN_CORPUS") {
        return Some(PathBuf::from(folder));
    }
    let archive = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpus/configs.tar.xz");
    if !archive.exists() {
        println!("skipped: no BARTIZAN_CORPUS and no {}", archive.display());
        return None;
    }
    let unpacked = UNPACKED.get_or_init(|| {
        let folder = tempfile::tempdir().ok()?;
        let status = Command::new("tar").arg("-xJf").arg(&archive).arg("-C").arg(folder.path()).status().ok()?;
        status.success().then_some(folder)
    });
    match unpacked {
        Some(folder) => Some(top(folder.path())),
        None => {
            println!("skipped: {} could not be unpacked", archive.display());
            None
        }
    }
}

/// The folder that holds `nginx/`: the archive may have one folder around everything.
fn top(folder: &Path) -> PathBuf {
    if folder.join("nginx").is_dir() {
        return folder.to_owned();
    }
    let mut inner = std::fs::read_dir(folder).into_iter().flatten().filter_map(Result::ok).map(|entry| entry.path());
    inner.find(|path| path.join("nginx").is_dir()).unwrap_or_else(|| folder.to_owned())
}

/// All files below a folder, in stable order.
pub fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = walkdir::WalkDir::new(folder).into_iter().filter_map(Result::ok);
    let mut files: Vec<_> =
        entries.filter(|entry| entry.file_type().is_file()).map(walkdir::DirEntry::into_path).collect();
    files.sort();
    files
}
