//! Files of a project by path.

use crate::facts::deployment::DeploymentFacts;
use crate::model::{FileId, Project};
use rustc_hash::FxHashMap;
use std::collections::BTreeMap;

/// A path without `.` and, as far as possible, without `..`; `/` separated, relative ones without a leading `./`.
pub(super) fn clean(path: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." if parts.last().is_some_and(|last| *last != "..") => {
                parts.pop();
            }
            _ => parts.push(part),
        }
    }
    let joined = parts.join("/");
    if path.starts_with('/') { format!("/{joined}") } else { joined }
}

/// A path that counts from a folder.
pub(super) fn join(folder: &str, path: &str) -> String {
    if path.starts_with('/') || folder.is_empty() { clean(path) } else { clean(&format!("{folder}/{path}")) }
}

/// The folder of a file; empty for one at the top.
pub(super) fn folder_of(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

/// The name of a file.
pub(super) fn name_of(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

/// Whether a path lies below a folder, or is it.
pub(super) fn is_below(path: &str, folder: &str) -> bool {
    folder.is_empty() || path.strip_prefix(folder).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// The files of a project that are one text each.
#[derive(Debug)]
pub(super) struct Paths {
    files: BTreeMap<String, FileId>,
    /// Python files by the last component of their module.
    modules: FxHashMap<String, Vec<FileId>>,
    /// Paths by name.
    names: FxHashMap<String, Vec<(String, FileId)>>,
}

impl Paths {
    pub fn new(project: &Project) -> Self {
        let mut paths = Self { files: BTreeMap::new(), modules: FxHashMap::default(), names: FxHashMap::default() };
        for (id, file) in project.files().filter(|(_, file)| file.part.is_none()) {
            let path = clean(file.path());
            if let Some(stem) = path.strip_suffix(".py") {
                let stem = stem.strip_suffix("/__init__").unwrap_or(stem);
                paths.modules.entry(name_of(stem).to_owned()).or_default().push(id);
            }
            paths.names.entry(name_of(&path).to_owned()).or_default().push((path.clone(), id));
            paths.files.insert(path, id);
        }
        paths
    }

    /// The file of a path.
    pub fn file(&self, path: &str) -> Option<FileId> {
        self.files.get(path).copied()
    }

    /// The files of a name, with their paths, in order.
    pub fn named(&self, name: &str) -> &[(String, FileId)] {
        self.names.get(name).map_or(&[], Vec::as_slice)
    }

    /// Python files whose module may end in a name.
    pub fn modules(&self, last: &str) -> &[FileId] {
        self.modules.get(last).map_or(&[], Vec::as_slice)
    }
}

/// The files of a project with facts about how it runs.
pub(super) fn facts(project: &Project) -> impl Iterator<Item = (FileId, &str, &DeploymentFacts)> {
    project
        .files()
        .filter(|(_, file)| file.part.is_none())
        .filter_map(|(id, file)| Some((id, file.path(), file.deployment.as_ref()?)))
}
