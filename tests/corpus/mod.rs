//! The corpus of real configuration files that some tests read.

#![allow(clippy::print_stdout, reason = "a test that skips says so")]

use std::path::{Path, PathBuf};
use std::process::Command;

/// The unpacked corpus: what `BARTIZAN_CORPUS` names, else `../shared/corpus/configs.tar.xz` beside the checkout,
/// unpacked once into the build folder. `None`, with a note, where there is neither.
pub fn folder() -> Option<PathBuf> {
    if let Some(folder) = std::env::var_os("BARTIZAN_CORPUS") {
        return Some(PathBuf::from(folder));
    }
    let archive = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpus/configs.tar.xz");
    if !archive.exists() {
        println!("skipped: no BARTIZAN_CORPUS and no {}", archive.display());
        return None;
    }
    let unpacked = Path::new(env!("CARGO_TARGET_TMPDIR")).join("corpus");
    if !unpacked.exists() && unpack(&archive, &unpacked).is_none() {
        println!("skipped: {} could not be unpacked", archive.display());
        return None;
    }
    Some(top(&unpacked))
}

/// Unpacks beside the place and then moves, so that a test that runs at the same time never sees half of it.
fn unpack(archive: &Path, place: &Path) -> Option<()> {
    let scratch = tempfile::tempdir_in(place.parent()?).ok()?;
    let status = Command::new("tar").arg("-xJf").arg(archive).arg("-C").arg(scratch.path()).status().ok()?;
    let moved = status.success() && std::fs::rename(scratch.path(), place).is_ok();
    (moved || place.exists()).then_some(())
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
