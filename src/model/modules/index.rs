//! Which file a module name means, by paths alone.

use super::outside::is_outside;
use crate::model::{FileId, Project};
use crate::syntax::FileKind;
use rustc_hash::{FxHashMap, FxHashSet};
use std::sync::Mutex;

/// Names of more segments are looked up by their last ones.
const MAX_SEGMENTS: usize = 12;
/// Answers kept.
const MAX_ANSWERS: usize = 200_000;

/// Paths of all modules.
#[derive(Debug, Default)]
pub struct ModuleIndex {
    /// A module's path without `.py` and without `/__init__`, by file; empty for what is no module of its own.
    stems: Vec<Box<str>>,
    is_package: Vec<bool>,
    by_stem: FxHashMap<Box<str>, FileId>,
    /// Every tail of every stem, `/` separated.
    by_tail: FxHashMap<Box<str>, Vec<FileId>>,
    /// Folders with modules somewhere below, and those that have `__init__`.
    folders: FxHashSet<Box<str>>,
    packages: FxHashSet<Box<str>>,
    /// Every segment of every stem.
    segments: FxHashSet<Box<str>>,
    /// Fences of a guide or cells of a notebook, by path.
    parts: FxHashMap<Box<str>, Vec<FileId>>,
    /// By the folder that is asked from, and the dotted name.
    answers: Mutex<Answers>,
}

type Answers = FxHashMap<(Box<str>, Box<str>), Option<FileId>>;

/// The folder that a path stands in; empty for none.
pub fn folder(path: &str) -> &str {
    path.rfind('/').map_or("", |at| &path[..at])
}

fn join(folder: &str, name: &str) -> String {
    if folder.is_empty() { name.to_owned() } else { format!("{folder}/{name}") }
}

impl ModuleIndex {
    pub fn new(project: &Project) -> Self {
        let mut index = Self::default();
        for (id, file) in project.files() {
            let path = file.path();
            let (mut stem, mut is_package) = ("", false);
            if file.python.is_some() {
                if file.part.is_some() {
                    index.parts.entry(path.into()).or_default().push(id);
                } else if file.kind == FileKind::Python {
                    stem = path.strip_suffix(".py").unwrap_or(path);
                    stem = stem.strip_prefix("./").unwrap_or(stem);
                    if stem == "__init__" || stem.ends_with("/__init__") {
                        is_package = true;
                        stem = folder(stem);
                        index.packages.insert(stem.into());
                    }
                }
            }
            index.stems.push(stem.into());
            index.is_package.push(is_package);
            if !stem.is_empty() {
                index.add(stem, id);
            }
        }
        index
    }

    fn add(&mut self, stem: &str, id: FileId) {
        self.by_stem.entry(stem.into()).or_insert(id);
        let starts = std::iter::once(0).chain(stem.match_indices('/').map(|(at, _)| at + 1));
        for start in starts.collect::<Vec<_>>().into_iter().rev().take(MAX_SEGMENTS) {
            self.by_tail.entry(stem[start..].into()).or_default().push(id);
            let segment = stem[start..].split('/').next().unwrap_or_default();
            if !self.segments.contains(segment) {
                self.segments.insert(segment.into());
            }
        }
        let mut above = folder(stem);
        while !above.is_empty() && self.folders.insert(above.into()) {
            above = folder(above);
        }
    }

    /// Whether a file is a package's `__init__`.
    pub fn is_package(&self, file: FileId) -> bool {
        self.is_package[file.0 as usize]
    }

    /// The folder that relative imports of a file begin in.
    pub fn base(&self, file: FileId) -> &str {
        let stem = &self.stems[file.0 as usize];
        if self.is_package(file) { stem } else { folder(stem) }
    }

    /// Fences of the guide or cells of the notebook that a part belongs to.
    pub fn siblings(&self, path: &str) -> &[FileId] {
        self.parts.get(path).map_or(&[], Vec::as_slice)
    }

    /// The module at a path below a folder.
    pub fn below(&self, folder: &str, name: &str) -> Option<FileId> {
        self.by_stem.get(join(folder, &name.replace('.', "/")).as_str()).copied()
    }

    /// The folder of a name below a folder, if modules are in it.
    pub fn folder_below(&self, folder: &str, name: &str) -> Option<Box<str>> {
        let path = join(folder, &name.replace('.', "/"));
        self.folders.contains(path.as_str()).then(|| path.into())
    }

    /// The module that an absolute dotted name means, seen from a file.
    pub fn absolute(&self, from: FileId, dotted: &str) -> Option<FileId> {
        let first = dotted.split('.').next()?;
        if !self.segments.contains(first) {
            return None;
        }
        let key = (Box::from(self.base(from)), Box::from(dotted));
        if let Ok(answers) = self.answers.lock()
            && let Some(answer) = answers.get(&key)
        {
            return answer.filter(|&found| found != from || self.is_package(from));
        }
        let answer = self.best(from, first, &dotted.replace('.', "/"));
        if let Ok(mut answers) = self.answers.lock()
            && answers.len() < MAX_ANSWERS
            && answer != Some(from)
        {
            answers.insert(key, answer);
        }
        answer
    }

    /// Among the modules whose path ends like the name: the one whose root is nearest to the importing file.
    fn best(&self, from: FileId, first: &str, tail: &str) -> Option<FileId> {
        let candidates = self.by_tail.get(tail)?;
        let base = self.base(from);
        let is_outside = is_outside(first);
        let is_single = !tail.contains('/');
        candidates
            .iter()
            .copied()
            .filter(|&candidate| candidate != from || self.is_package(from))
            .filter_map(|candidate| {
                let stem = &self.stems[candidate.0 as usize];
                let root = stem[..stem.len() - tail.len()].trim_end_matches('/');
                let is_above =
                    root.is_empty() || base == root || base.strip_prefix(root).is_some_and(|it| it.starts_with('/'));
                // `import app.models` means nothing inside of a package: its own folder is no root then.
                let in_package = self.packages.contains(root);
                let is_source_root =
                    matches!(root.rsplit('/').next(), Some("src" | "lib" | "python" | "backend" | "server" | "api"));
                if is_outside && (in_package || !is_above) {
                    return None;
                }
                if is_single && !is_above && !is_source_root && candidates.len() > 1 {
                    return None;
                }
                let near = shared(root, base);
                Some(((!in_package, is_above, near, is_source_root, std::cmp::Reverse(root.len())), candidate))
            })
            // Of equals the first in order of the paths.
            .fold(None, |best: Option<(_, FileId)>, next| match best {
                Some(best) if best.0 >= next.0 => Some(best),
                _ => Some(next),
            })
            .map(|(_, candidate)| candidate)
    }

    /// The dotted name of a module, from the outermost folder that is a package.
    pub fn module_name(&self, file: FileId) -> String {
        let stem = &*self.stems[file.0 as usize];
        let mut root = if self.is_package(file) { stem } else { folder(stem) };
        while self.packages.contains(root) {
            root = folder(root);
        }
        stem[root.len()..].trim_start_matches('/').replace('/', ".")
    }
}

/// How many folders two paths share from the top.
fn shared(left: &str, right: &str) -> usize {
    left.split('/').zip(right.split('/')).take_while(|(left, right)| left == right).count()
}
