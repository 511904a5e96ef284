//! The walk: which files are candidates, told by names, folders and ignore files alone.

use super::binary::is_binary_extension;
use super::globs::Globs;
use super::kind::is_markdown;
use super::name::FileName;
use super::vendored::{is_generated_name, vendored_folder};
use crate::findings::{Notification, NotificationKind};
use ignore::{DirEntry, WalkBuilder, WalkState};
use std::collections::BTreeMap;
use std::path::{Component, Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use thiserror::Error;

/// What to walk over and what to leave out.
#[derive(Debug, Clone)]
pub struct WalkOptions {
    /// Only files that match one of these globs; all when empty. Does not concern files named explicitly.
    pub include: Vec<String>,
    /// No file or folder that matches one of these globs. Does not concern files named explicitly.
    pub exclude: Vec<String>,
    /// Scan Markdown too.
    pub docs: bool,
    /// Respect `.gitignore`, `.ignore` and the global ignore file.
    pub gitignore: bool,
    /// Enter dependencies, build output and caches too.
    pub vendored: bool,
    /// The folder that shown paths are relative to.
    pub current_dir: PathBuf,
}

impl Default for WalkOptions {
    fn default() -> Self {
        Self {
            include: Vec::new(),
            exclude: Vec::new(),
            docs: false,
            gitignore: true,
            vendored: false,
            current_dir: std::env::current_dir().unwrap_or_default(),
        }
    }
}

/// A file that may be analysed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// Where the file is.
    pub path: PathBuf,
    /// The path in reports: relative to the working folder if the file lies below it, else as given; `/` separated.
    pub shown_path: String,
    /// The root it was found under: a folder, or the file itself when it was named.
    pub root: PathBuf,
    /// Whether it was named on the command line.
    pub explicit: bool,
}

/// Why a file or folder was left out without a word of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SkipReason {
    Hidden,
    VersionControl,
    NodeModules,
    VirtualEnvironment,
    SitePackages,
    CargoTarget,
    Vendor,
    Cache,
    /// Minified or bundled by a program.
    Generated,
    /// By `--exclude`.
    Excluded,
    /// By `--include`.
    NotIncluded,
    /// Markdown that was not asked for.
    Docs,
    /// No text.
    Binary,
}

impl SkipReason {
    /// The words in a summary.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Hidden => "hidden",
            Self::VersionControl => "version control",
            Self::NodeModules => "node modules",
            Self::VirtualEnvironment => "virtual environment",
            Self::SitePackages => "installed packages",
            Self::CargoTarget => "build output",
            Self::Vendor => "vendored",
            Self::Cache => "cache",
            Self::Generated => "generated",
            Self::Excluded => "excluded",
            Self::NotIncluded => "not included",
            Self::Docs => "documentation",
            Self::Binary => "binary",
        }
    }
}

/// How many files and folders were left out, by reason. A folder counts once, whatever it holds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SkipCounts(BTreeMap<SkipReason, usize>);

impl SkipCounts {
    /// Counts one more.
    pub fn add(&mut self, reason: SkipReason) {
        *self.0.entry(reason).or_default() += 1;
    }

    /// How many for a reason.
    pub fn get(&self, reason: SkipReason) -> usize {
        self.0.get(&reason).copied().unwrap_or(0)
    }

    /// Reasons with their counts, in the order of [`SkipReason`]; none of them 0.
    pub fn iter(&self) -> impl Iterator<Item = (SkipReason, usize)> + '_ {
        self.0.iter().map(|(&reason, &count)| (reason, count))
    }

    /// How many in all.
    pub fn total(&self) -> usize {
        self.0.values().sum()
    }
}

/// What a walk found.
#[derive(Debug, Clone, Default)]
pub struct Discovered {
    /// The files, sorted by shown path, each once.
    pub files: Vec<Candidate>,
    /// What lies in the folders and is no candidate, by shown path, sorted: hidden files, files that are no text, and
    /// folders that were not entered, with `/` at the end. What git ignores is not among them: another checkout lacks it.
    pub unread: Vec<String>,
    /// The folders that were walked over, as the paths of their files begin: the working folder is empty. Sorted.
    pub folders: Vec<String>,
    /// What was left out as a matter of course.
    pub skipped: SkipCounts,
    /// What was left out and should be known: folders that cannot be read, links that lead away. Sorted.
    pub notifications: Vec<Notification>,
}

/// Wrong usage: nothing was walked.
#[derive(Debug, Error)]
pub enum DiscoverError {
    /// A path on the command line that does not exist.
    #[error("{path}: no such file or folder")]
    NotFound {
        /// The path as given.
        path: String,
    },
    /// A glob that is none.
    #[error("{0}; see the pattern syntax under `--exclude` in the help")]
    Glob(#[from] globset::Error),
}

/// Lists the files below the roots. A root that is a file is always a candidate.
pub fn discover(roots: &[PathBuf], options: &WalkOptions) -> Result<Discovered, DiscoverError> {
    let include = Globs::new(&options.include)?;
    let exclude = Globs::new(&options.exclude)?;
    for root in roots {
        // A dangling link exists as a link.
        if root.symlink_metadata().is_err() {
            return Err(DiscoverError::NotFound { path: root.display().to_string() });
        }
    }
    let real_roots: Vec<PathBuf> = roots.iter().filter_map(|root| root.canonicalize().ok()).collect();
    let mut found = Discovered::default();
    for root in roots {
        if root.is_dir() {
            let folder = Folder { root, options, include: &include, exclude: &exclude, real_roots: &real_roots };
            folder.walk(&mut found);
            found.folders.push(shown_folder(root, &options.current_dir));
        } else {
            let shown_path = shown(root, &options.current_dir);
            found.files.push(Candidate { path: root.clone(), shown_path, root: root.clone(), explicit: true });
        }
    }
    // A file named explicitly and found as well stays explicit.
    found.files.sort_by(|a, b| a.shown_path.cmp(&b.shown_path).then(b.explicit.cmp(&a.explicit)));
    found.files.dedup_by(|a, b| a.shown_path == b.shown_path);
    for paths in [&mut found.unread, &mut found.folders] {
        paths.sort_unstable();
        paths.dedup();
    }
    found.notifications.sort_by(|a, b| a.sort_key().cmp(&b.sort_key()));
    found.notifications.dedup();
    Ok(found)
}

/// The path as reports show it.
fn shown(path: &Path, current_dir: &Path) -> String {
    let clean = lexical(path);
    let absolute = lexical(&current_dir.join(path));
    let shown = match absolute.strip_prefix(lexical(current_dir)) {
        Ok(below) if !below.as_os_str().is_empty() => below,
        _ => clean.as_path(),
    };
    shown.to_string_lossy().replace(std::path::MAIN_SEPARATOR, "/")
}

/// How the shown paths of a folder's files begin: empty for the working folder.
fn shown_folder(folder: &Path, current_dir: &Path) -> String {
    if lexical(&current_dir.join(folder)) == lexical(current_dir) { String::new() } else { shown(folder, current_dir) }
}

/// A path without `.` and, as far as names alone can tell, without `..`.
fn lexical(path: &Path) -> PathBuf {
    let mut out = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir if matches!(out.components().next_back(), Some(Component::Normal(_))) => {
                out.pop();
            }
            other => out.push(other),
        }
    }
    out
}

/// Names that begin with a dot and are looked at all the same: settings of tools that build and deploy, and files and
/// folders in which tools keep credentials.
const WANTED_HIDDEN: &[&str] = &[
    ".aws",
    ".cargo",
    ".containerignore",
    ".docker",
    ".dockercfg",
    ".dockerignore",
    ".flaskenv",
    ".git-credentials",
    ".github",
    ".gitlab-ci.yml",
    ".htpasswd",
    ".kube",
    ".netrc",
    ".npmrc",
    ".pgpass",
    ".pre-commit-config.yaml",
    ".pypirc",
    ".s3cfg",
    ".streamlit",
];

fn is_wanted_hidden(name: &str) -> bool {
    name.starts_with(".env") || WANTED_HIDDEN.contains(&name)
}

/// One root that is a folder.
struct Folder<'a> {
    root: &'a Path,
    options: &'a WalkOptions,
    include: &'a Globs,
    exclude: &'a Globs,
    /// All roots with links resolved.
    real_roots: &'a [PathBuf],
}

impl Folder<'_> {
    fn walk(&self, found: &mut Discovered) {
        let part = Mutex::new(Discovered::default());
        let ignores = self.options.gitignore;
        let mut builder = WalkBuilder::new(self.root);
        builder
            .hidden(false)
            .follow_links(false)
            .require_git(false)
            .parents(ignores)
            .ignore(ignores)
            .git_ignore(ignores)
            .git_global(ignores)
            .git_exclude(ignores)
            .threads(std::thread::available_parallelism().map_or(1, |count| count.get().min(8)));
        builder.build_parallel().run(|| {
            Box::new(|entry| {
                let mut part = part.lock().unwrap_or_else(PoisonError::into_inner);
                self.entry(entry, &mut part)
            })
        });
        let part = part.into_inner().unwrap_or_else(PoisonError::into_inner);
        let scans_docs = self.options.docs || is_docs_folder(self.root, &part.files);
        for file in part.files {
            if !scans_docs && is_markdown(&file.path) {
                found.skipped.add(SkipReason::Docs);
                found.unread.push(file.shown_path);
            } else {
                found.files.push(file);
            }
        }
        for (reason, count) in part.skipped.iter() {
            (0..count).for_each(|_| found.skipped.add(reason));
        }
        found.unread.extend(part.unread);
        found.notifications.extend(part.notifications);
    }

    fn entry(&self, entry: Result<DirEntry, ignore::Error>, part: &mut Discovered) -> WalkState {
        let entry = match entry {
            Ok(entry) => entry,
            Err(error) => {
                part.notifications.push(self.unreadable(&error));
                return WalkState::Continue;
            }
        };
        if entry.depth() == 0 {
            return WalkState::Continue;
        }
        let path = entry.path();
        let name = entry.file_name().to_string_lossy();
        let file_type = entry.file_type();
        let is_folder = file_type.is_some_and(|kind| kind.is_dir());
        if let Some(reason) = self.skip_reason(path, &name, is_folder) {
            part.skipped.add(reason);
            let end = if is_folder { "/" } else { "" };
            part.unread.push(shown(path, &self.options.current_dir) + end);
            return WalkState::Skip;
        }
        if file_type.is_some_and(|kind| kind.is_symlink()) {
            part.notifications.extend(self.link(path));
            return WalkState::Continue;
        }
        if is_folder {
            return WalkState::Continue;
        }
        let shown_path = shown(path, &self.options.current_dir);
        if !file_type.is_some_and(|kind| kind.is_file()) {
            // Sockets, pipes and devices hold no text of the project's.
            part.skipped.add(SkipReason::Binary);
        } else if !self.include.is_empty() && !self.include.matches(self.below(path), &shown_path) {
            part.skipped.add(SkipReason::NotIncluded);
            part.unread.push(shown_path);
        } else {
            part.files.push(Candidate {
                path: path.to_owned(),
                shown_path,
                root: self.root.to_owned(),
                explicit: false,
            });
        }
        WalkState::Continue
    }

    fn below<'path>(&self, path: &'path Path) -> &'path Path {
        path.strip_prefix(self.root).unwrap_or(path)
    }

    fn skip_reason(&self, path: &Path, name: &str, is_folder: bool) -> Option<SkipReason> {
        if !self.options.vendored {
            let vendored = if is_folder { vendored_folder(path, name) } else { None };
            if vendored.is_some() {
                return vendored;
            }
            if !is_folder && is_generated_name(name) {
                return Some(SkipReason::Generated);
            }
        }
        if name.starts_with('.') && !is_wanted_hidden(name) {
            return Some(SkipReason::Hidden);
        }
        if self.exclude.matches(self.below(path), &shown(path, &self.options.current_dir)) {
            return Some(SkipReason::Excluded);
        }
        (!is_folder && is_binary_extension(FileName::new(path).extension())).then_some(SkipReason::Binary)
    }

    /// What to say of a symbolic link. Links are never followed: one that stays within the roots leads to what is
    /// walked over under its own name.
    fn link(&self, path: &Path) -> Option<Notification> {
        let word = |message: &str| {
            let shown = shown(path, &self.options.current_dir);
            Some(Notification::file(NotificationKind::SymlinkSkipped, shown, message))
        };
        let Ok(target) = path.canonicalize() else {
            return word("is a symbolic link that leads nowhere or to itself; it was not followed");
        };
        if !self.real_roots.iter().any(|root| target.starts_with(root)) {
            return word("is a symbolic link to a place outside the scanned folders; name that place to scan it too");
        }
        let parent = path.parent().and_then(|parent| parent.canonicalize().ok());
        if parent.is_some_and(|parent| parent.starts_with(&target)) {
            return word("is a symbolic link back to a folder that holds it; it was not followed");
        }
        None
    }

    fn unreadable(&self, error: &ignore::Error) -> Notification {
        let path = error_path(error).unwrap_or(self.root);
        let message = match error.io_error() {
            Some(io) => format!("cannot be read: {io}"),
            None => format!("cannot be read: {error}"),
        };
        Notification::file(NotificationKind::Unreadable, shown(path, &self.options.current_dir), message)
    }
}

fn error_path(error: &ignore::Error) -> Option<&Path> {
    match error {
        ignore::Error::WithPath { path, .. } => Some(path),
        ignore::Error::WithDepth { err, .. } | ignore::Error::WithLineNumber { err, .. } => error_path(err),
        _ => None,
    }
}

/// Whether a root is a folder of guides: all its own files are documents, Markdown among them, and there is nothing but
/// documents below. Naming such a folder names its Markdown.
fn is_docs_folder(root: &Path, files: &[Candidate]) -> bool {
    let is_document = |file: &Candidate| {
        is_markdown(&file.path)
            || matches!(
                FileName::new(&file.path).extension(),
                "txt" | "tsv" | "csv" | "rst" | "adoc" | "svg" | "html" | "css"
            )
    };
    files.iter().all(is_document)
        && files.iter().any(|file| file.path.parent() == Some(root) && is_markdown(&file.path))
}
