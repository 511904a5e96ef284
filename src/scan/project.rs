//! Files read and linked without any rule: for commands that show what was understood.

use super::panics;
use crate::discover::{self, Candidate, DiscoverError, Discovered, ReadOutcome, WalkOptions};
use crate::engine::{self, FileInput};
use crate::facts::FileFacts;
use crate::findings::Notification;
use crate::model::{Present, Project};
use crate::syntax::FileKind;
use rayon::prelude::*;
use std::path::{MAIN_SEPARATOR, PathBuf};
use std::sync::Arc;

/// A project with what could not be read of it.
#[derive(Debug)]
pub struct LinkedProject {
    /// All files.
    pub project: Project,
    /// What was left out, and why.
    pub notifications: Vec<Notification>,
}

/// Reads the files of some kinds and links them. Call it inside a pool of [`super::workers`].
///
/// # Errors
/// A root that does not exist, or a glob that is none.
pub fn link_project(
    roots: &[PathBuf],
    options: &WalkOptions,
    max_file_size: u64,
    is_wanted: impl Fn(FileKind) -> bool + Sync,
) -> Result<LinkedProject, DiscoverError> {
    let Discovered { files, mut unread, folders, mut notifications, .. } = discover::discover(roots, options)?;
    let read: Vec<(Vec<FileFacts>, Vec<Notification>)> =
        files.par_iter().map(|candidate| facts_of(candidate, max_file_size, &is_wanted)).collect();
    let mut facts = Vec::new();
    for (of_file, mut noted) in read {
        facts.extend(of_file);
        notifications.append(&mut noted);
    }
    unread.extend(files.iter().map(|file| file.shown_path.clone()));
    let project = Project::link(facts).with_present(Present::new(folders, unread));
    Ok(LinkedProject { project, notifications })
}

/// One file's facts. A panic costs this file only.
fn facts_of(
    candidate: &Candidate,
    max_file_size: u64,
    is_wanted: &(impl Fn(FileKind) -> bool + Sync),
) -> (Vec<FileFacts>, Vec<Notification>) {
    let place = match candidate.path.strip_prefix(&candidate.root) {
        Ok(below) if !candidate.explicit => below.to_string_lossy().replace(MAIN_SEPARATOR, "/"),
        _ => candidate.shown_path.clone(),
    };
    panics::catch(|| match discover::read(candidate, max_file_size) {
        ReadOutcome::Text(source, kind, note) => {
            let source = Arc::new(source);
            let input = FileInput { source: &source, kind, place: &place, include_tests: true };
            (engine::facts(&input, is_wanted), note.into_iter().collect())
        }
        ReadOutcome::Skipped(note) => (Vec::new(), vec![note]),
        ReadOutcome::NotText | ReadOutcome::Generated => (Vec::new(), Vec::new()),
    })
    .unwrap_or_default()
}
