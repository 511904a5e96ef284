//! Requirements of an application that leave versions open, with no lock file beside them.

use super::project::{ProjectAudit, ProjectMatch};
use crate::model::{Place, Project};
use crate::syntax::FileKind;

/// One match for a requirements file: at its first open requirement, or (`hash`) where all have exact versions at the first
/// one without a hash.
pub const UNPINNED_DEPENDENCIES: ProjectAudit =
    ProjectAudit { name: "server-unpinned-dependency", kinds: &[FileKind::Requirements], variants: &["hash"], run };

/// Files that settle the versions of what stands in their folder or below.
const LOCKS: [&str; 8] = [
    "uv.lock",
    "poetry.lock",
    "pdm.lock",
    "Pipfile.lock",
    "pylock.toml",
    "conda-lock.yml",
    "requirements.lock",
    "constraints.txt",
];

fn run(project: &Project) -> Vec<ProjectMatch> {
    let present = project.present();
    let mut matches = Vec::new();
    for (id, file) in project.files().filter(|(_, file)| file.part.is_none()) {
        let Some(facts) = file.requirements.as_ref().filter(|facts| !facts.is_constrained) else { continue };
        let (folder, name) = file.path().rsplit_once('/').unwrap_or(("", file.path()));
        if !present.covers(folder) || !is_for_running(name, folder) {
            continue;
        }
        let has = |folder: &str, name: &str| {
            let path = if folder.is_empty() { name.to_owned() } else { format!("{folder}/{name}") };
            present.has(&path)
        };
        // The requirements of a library are ranges on purpose.
        if has(folder, "setup.py") || has(folder, "setup.cfg") {
            continue;
        }
        let above = std::iter::successors(Some(folder), |folder| {
            (!folder.is_empty()).then(|| folder.rsplit_once('/').map_or("", |(above, _)| above))
        });
        if above.into_iter().any(|folder| LOCKS.iter().any(|lock| has(folder, lock))) {
            continue;
        }
        let Some((package, span)) = facts.open.first() else {
            if let Some((package, span)) = &facts.unhashed {
                let mut found = ProjectMatch::new(Place { file: id, span: *span }, "requirements");
                found.captures = vec![("package".to_owned(), package.clone())];
                found.variant = Some("hash");
                matches.push(found);
            }
            continue;
        };
        let more = match facts.open.len() {
            1 => "has".to_owned(),
            count => format!("and {} more have", count - 1),
        };
        let mut found = ProjectMatch::new(Place { file: id, span: *span }, "requirements");
        found.captures = vec![("package".to_owned(), package.clone()), ("more".to_owned(), more)];
        matches.push(found);
    }
    matches
}

/// Whether a requirements file is for what runs: not the input of a lock tool, not for tests or documents.
fn is_for_running(name: &str, folder: &str) -> bool {
    const OTHERS: [&str; 9] = ["dev", "test", "doc", "lint", "ci", "typing", "build", "example", "bench"];
    let is_other = |text: &str| {
        let parts = text.split(|c: char| !c.is_ascii_alphanumeric()).map(str::to_ascii_lowercase);
        parts
            .into_iter()
            .any(|part| OTHERS.iter().any(|other| part.trim_end_matches('s') == *other || part == "testing"))
    };
    let is_text = name.rsplit('.').next() == Some("txt");
    let last = folder.rsplit('/').next().unwrap_or("");
    is_text && !name.starts_with("constraints") && !is_other(name) && !is_other(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_for_other_ends_are_left_alone() {
        assert!(is_for_running("requirements.txt", "") && is_for_running("requirements-prod.txt", "api"));
        for (name, folder) in [
            ("requirements.in", ""),
            ("requirements-dev.txt", ""),
            ("requirements_test.txt", ""),
            ("docs-requirements.txt", ""),
            ("requirements.txt", "docs"),
            ("requirements.txt", "app/tests"),
            ("constraints.txt", ""),
        ] {
            assert!(!is_for_running(name, folder), "{folder}/{name}");
        }
    }
}
