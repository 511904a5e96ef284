//! What a Dockerfile copies out of its build context without anybody having named it: `COPY . .` takes all that
//! `.dockerignore` does not leave out.
//!
//! Speaks only where the context is known and its folder was scanned as a whole; files that git ignores are not in it, so
//! that every checkout gets the same answer.

use super::project::{ProjectAudit, ProjectMatch};
use crate::facts::deployment::{Copy, DeploymentFacts, DockerIgnore, Dockerfile, ImageBuild};
use crate::model::{FileId, Place, Project};
use crate::query::is_for_development;
use crate::query::values::hole;
use crate::secrets::is_test_path;
use crate::source::Span;
use crate::syntax::FileKind;
use std::collections::{BTreeMap, BTreeSet};

/// Files with secrets that a whole folder brings into the image that is run (no variant), and the whole context copied where
/// nothing is left out (`no-ignore-file`).
pub const BUILD_CONTEXT: ProjectAudit = ProjectAudit {
    name: "docker-build-context",
    kinds: &[FileKind::Dockerfile, FileKind::DockerIgnore, FileKind::Compose, FileKind::GithubWorkflow],
    variants: &["no-ignore-file"],
    run,
};

/// So many files of a context are named in one finding.
const MAX_NAMED: usize = 5;

fn run(project: &Project) -> Vec<ProjectMatch> {
    let builds = named_contexts(project);
    let seen = Seen::new(project);
    let mut matches = Vec::new();
    for (id, facts) in project.files().filter(|(_, file)| file.part.is_none()) {
        let Some(DeploymentFacts::Dockerfile(dockerfile)) = &facts.deployment else { continue };
        let named = builds.get(&id).cloned();
        let contexts = named.unwrap_or_else(|| likely_context(project, dockerfile, folder_of(facts.path())));
        for context in contexts {
            judge(project, &seen, id, dockerfile, &context, &mut matches);
        }
    }
    matches.sort_by_key(|found| (found.place, found.variant));
    matches.dedup_by_key(|found| (found.place, found.variant));
    matches
}

/// The contexts that compose files and pipelines build Dockerfiles in.
fn named_contexts(project: &Project) -> BTreeMap<FileId, BTreeSet<String>> {
    let by_path: BTreeMap<&str, FileId> =
        project.files().filter(|(_, file)| file.part.is_none()).map(|(id, file)| (file.path(), id)).collect();
    let mut found: BTreeMap<FileId, BTreeSet<String>> = BTreeMap::new();
    let mut add = |context: String, dockerfile: String| {
        if let Some(&id) = by_path.get(dockerfile.as_str()) {
            found.entry(id).or_default().insert(context);
        }
    };
    for (_, file) in project.files().filter(|(_, file)| file.part.is_none()) {
        match &file.deployment {
            Some(DeploymentFacts::Compose(compose)) => {
                for build in compose.services.iter().filter_map(|service| service.build.as_ref()) {
                    let written = build.context.as_ref().map_or(".", |context| context.text.as_str());
                    let Some(context) = join(folder_of(file.path()), written) else { continue };
                    let name = build.dockerfile.as_ref().map_or("Dockerfile", |name| name.text.as_str());
                    let Some(dockerfile) = join(&context, name) else { continue };
                    add(context, dockerfile);
                }
            }
            // Pipelines build from the top of the repository; the Dockerfile's path counts from there too.
            Some(DeploymentFacts::ImageBuilds(builds)) => {
                for ImageBuild { context, dockerfile, .. } in builds {
                    let Some(context) = join("", context.as_ref().map_or(".", |word| word.text.as_str())) else {
                        continue;
                    };
                    let named = dockerfile.as_ref().and_then(|word| join("", &word.text));
                    let Some(dockerfile) = named.or_else(|| join(&context, "Dockerfile")) else { continue };
                    add(context, dockerfile);
                }
            }
            _ => {}
        }
    }
    found
}

/// Where nobody names a context: the nearest folder, from the Dockerfile's own outwards, that holds all that is copied by
/// name. Where nothing is named it is the Dockerfile's own.
fn likely_context(project: &Project, dockerfile: &Dockerfile, own: &str) -> BTreeSet<String> {
    let present = project.present();
    let copies = dockerfile.stages.iter().flat_map(|stage| &stage.copies).filter(|copy| copy.from.is_none());
    let names: Vec<String> = copies
        .flat_map(|copy| &copy.sources)
        .filter_map(|word| clean(&word.text))
        .filter(|name| !name.is_empty() && !name.contains(['*', '?', '$', '[', '<', ':']) && !hole::has(name))
        .collect();
    let holds_all = |folder: &str| {
        names.iter().all(|name| {
            let path = joined(folder, name);
            present.has(&path) || present.below(&path).next().is_some()
        })
    };
    let folders = std::iter::successors(Some(own), |folder| (!folder.is_empty()).then(|| folder_of(folder)));
    let found = folders.take_while(|folder| present.covers(folder)).find(|folder| holds_all(folder));
    found.map(str::to_owned).into_iter().collect()
}

/// What every build is held against, looked for once.
struct Seen<'p> {
    /// Files and folders whose names say that they hold secrets, sorted.
    secrets: Vec<&'p str>,
    /// By path.
    ignore_files: BTreeMap<&'p str, (FileId, &'p DockerIgnore)>,
}

impl<'p> Seen<'p> {
    fn new(project: &'p Project) -> Self {
        let ignore_files = project.files().filter_map(|(id, file)| match &file.deployment {
            Some(DeploymentFacts::Ignore(patterns)) => Some((file.path(), (id, patterns))),
            _ => None,
        });
        Self {
            secrets: project.present().below("").filter(|path| holds_secrets(path)).collect(),
            ignore_files: ignore_files.collect(),
        }
    }

    /// Files with secrets below a folder, by path relative to it.
    fn secrets_below(&self, folder: &str) -> impl Iterator<Item = &'p str> {
        let prefix = if folder.is_empty() { String::new() } else { format!("{folder}/") };
        let first = self.secrets.partition_point(|path| *path < prefix.as_str());
        let length = prefix.len();
        self.secrets[first..].iter().take_while(move |path| path.starts_with(&prefix)).map(move |path| &path[length..])
    }
}

fn judge(
    project: &Project,
    seen: &Seen<'_>,
    id: FileId,
    dockerfile: &Dockerfile,
    context: &str,
    matches: &mut Vec<ProjectMatch>,
) {
    if !project.present().covers(context) {
        return;
    }
    let ignore = ignore_file(project, seen, id, context);
    let empty = DockerIgnore::default();
    let patterns = ignore.map_or(&empty, |(_, patterns)| patterns);
    let Some(last) = dockerfile.last_stage() else { return };
    for (index, stage) in dockerfile.stages.iter().enumerate() {
        for copy in stage.copies.iter().filter(|copy| copy.from.is_none() && stays(dockerfile, last, index, copy)) {
            for (source, span) in whole_folders(copy) {
                let place = Place { file: id, span };
                let found: Vec<String> = seen
                    .secrets_below(&joined(context, &source))
                    .map(|path| joined(&source, path))
                    .filter(|path| !patterns.excludes(path.trim_end_matches('/')))
                    .take(MAX_NAMED + 1)
                    .collect();
                let anchor = format!("{}/COPY/{source}", if stage.name.is_empty() { "stage" } else { &stage.name });
                if !found.is_empty() {
                    let mut one = ProjectMatch::new(place, anchor);
                    one.captures.push(("files".to_owned(), listed(&found)));
                    one.related.extend(ignore.map(|(file, _)| {
                        (Place { file, span: DockerIgnore::start() }, "does not leave them out".to_owned())
                    }));
                    matches.push(one);
                } else if ignore.is_none() && source.is_empty() && !is_dev(project, id) {
                    let mut one = ProjectMatch::new(place, anchor);
                    one.variant = Some("no-ignore-file");
                    matches.push(one);
                }
            }
        }
    }
}

/// Whether what a stage copies ends in the image that is run: the stage is one that it is built on, or such a stage takes
/// the folder over.
fn stays(dockerfile: &Dockerfile, last: usize, index: usize, copy: &Copy) -> bool {
    // `.` below a `WORKDIR`.
    let target = copy.target.trim_end_matches(['/', '.']);
    let mut chain = std::iter::successors(Some(last), |&stage| dockerfile.stages.get(stage)?.base_stage);
    chain.any(|kept| {
        kept == index
            || dockerfile.stages[kept].copies.iter().any(|over| {
                over.from.as_deref().and_then(|from| dockerfile.stage_named(from)) == Some(index)
                    && over.sources.iter().any(|source| {
                        let source = source.text.trim_end_matches('/');
                        target.strip_prefix(source).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
                    })
            })
    })
}

fn is_dev(project: &Project, id: FileId) -> bool {
    is_for_development(&project.file(id).place)
}

/// The `.dockerignore` that holds: that of the Dockerfile itself, else that of the context.
fn ignore_file<'p>(
    project: &Project,
    seen: &Seen<'p>,
    dockerfile: FileId,
    context: &str,
) -> Option<(FileId, &'p DockerIgnore)> {
    let own = format!("{}.dockerignore", project.file(dockerfile).path());
    let candidates = [own, joined(context, ".dockerignore"), joined(context, ".containerignore")];
    candidates.iter().find_map(|path| seen.ignore_files.get(path.as_str()).copied())
}

/// The folders that a `COPY` takes as they are, relative to the context: `.`, `./app/`, `src`. A name with a dot in its
/// last part is taken for a file.
fn whole_folders(copy: &Copy) -> Vec<(String, Span)> {
    copy.sources
        .iter()
        .filter_map(|word| Some((clean(word.text.trim_end_matches("/*").trim_end_matches('*'))?, word.span)))
        .filter(|(source, _)| !source.contains(['*', '?', '[', '$', '<', ':']) && !hole::has(source))
        .filter(|(source, _)| source.is_empty() || !source.rsplit('/').next().unwrap_or("").contains('.'))
        .collect()
}

/// Whether the name of a file says that it holds secrets. Folders that were not entered end in `/`.
fn holds_secrets(path: &str) -> bool {
    const NAMES: [&str; 17] = [
        ".npmrc",
        ".pypirc",
        ".netrc",
        ".pgpass",
        ".git-credentials",
        ".dockercfg",
        ".htpasswd",
        ".envrc",
        "credentials.json",
        "service-account.json",
        "service_account.json",
        "id_rsa",
        "id_dsa",
        "id_ecdsa",
        "id_ed25519",
        "terraform.tfstate",
        "kubeconfig",
    ];
    const EXTENSIONS: [&str; 8] = ["key", "p12", "pfx", "jks", "keystore", "kdbx", "ppk", "tfstate"];
    const FOLDERS: [&str; 5] = [".ssh", ".aws", ".kube", ".gnupg", ".docker"];
    let lower = path.to_ascii_lowercase();
    let is_dependency = |part: &str| matches!(part, "node_modules" | "site-packages" | "vendor" | "tests" | "test");
    if lower.split('/').any(is_dependency) || is_test_path(&lower) {
        return false;
    }
    let name = lower.trim_end_matches('/').rsplit('/').next().unwrap_or("");
    if path.ends_with('/') {
        return FOLDERS.contains(&name);
    }
    let is_env = name == ".env" || name.strip_prefix(".env.").is_some_and(|rest| !matches!(rest, "test" | "ci"));
    let extension = name.rsplit_once('.').map_or("", |(_, extension)| extension);
    let is_key = extension == "pem" && (name.contains("key") || name.contains("priv"));
    is_env || is_key || NAMES.contains(&name) || EXTENSIONS.contains(&extension)
}

fn listed(files: &[String]) -> String {
    let mut text = files[..files.len().min(MAX_NAMED)].iter().map(|file| format!("`{file}`")).collect::<Vec<_>>();
    if files.len() > MAX_NAMED {
        text.push("more".to_owned());
    }
    text.join(", ")
}

fn folder_of(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

fn joined(folder: &str, path: &str) -> String {
    match (folder, path) {
        ("", path) => path.to_owned(),
        (folder, "") => folder.to_owned(),
        _ => format!("{folder}/{path}"),
    }
}

/// A path below another; `None` where it is not in the files (a variable, a URL, a folder outside).
fn join(folder: &str, path: &str) -> Option<String> {
    clean(&joined(folder, path))
}

/// A path without `.` and `..`; `None` where it leads out, or is no path of the repository.
fn clean(path: &str) -> Option<String> {
    if path.contains("://") || path.starts_with("git@") || path.starts_with('~') {
        return None;
    }
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            _ => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_tell_which_files_hold_secrets() {
        for path in [
            ".env",
            "api/.env.production",
            "certs/server.key",
            "deploy/id_rsa",
            ".ssh/",
            "x/terraform.tfstate",
            "tls/private-key.pem",
        ] {
            assert!(holds_secrets(path), "{path}");
        }
        for path in [
            ".env.example",
            ".env.sample",
            ".env.test",
            "certs/ca.pem",
            "id_rsa.pub",
            "node_modules/x/server.key",
            "tests/data/server.key",
            "docs/environment.md",
            ".git/",
        ] {
            assert!(!holds_secrets(path), "{path}");
        }
    }

    #[test]
    fn paths_stay_within_the_repository() {
        assert_eq!(join("deploy", "../api").as_deref(), Some("api"));
        assert_eq!(join("deploy", "."), Some("deploy".to_owned()));
        assert_eq!(join("", "../other"), None);
        assert_eq!(join("", "https://example.com/x.git"), None);
    }
}
