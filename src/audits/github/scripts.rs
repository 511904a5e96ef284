//! What the scripts of steps do: downloads that are run, text of others in the environment, tokens left behind.

use super::super::shell_download;
use super::super::{Audit, AuditContext, AuditMatch};
use super::expression::{self, Expression};
use super::outsider::controlled;
use super::workflow::{Job, Step, Workflow};
use crate::source::Span;
use crate::syntax::{FileKind, Language, NodeId, parse};

/// Downloads that a step runs unchecked.
pub const DOWNLOADS: Audit = Audit {
    name: "github-unchecked-download",
    kinds: &[FileKind::GithubWorkflow, FileKind::GithubAction],
    variants: &[],
    run: downloads,
};

/// Text of outsiders that is written into the environment of later steps.
pub const ENVIRONMENT: Audit =
    Audit { name: "github-env-path-injection", kinds: &[FileKind::GithubWorkflow], variants: &[], run: environment };

/// A checkout that leaves its token in the work folder. No variant: the folder is uploaded later. `any`: it is not.
pub const CREDENTIALS: Audit = Audit {
    name: "github-credential-persistence",
    kinds: &[FileKind::GithubWorkflow, FileKind::GithubAction],
    variants: &["any"],
    run: credentials,
};

fn downloads(context: &AuditContext<'_>) -> Vec<AuditMatch> {
    let Some(workflow) = Workflow::new(context.tree) else { return Vec::new() };
    let mut matches = Vec::new();
    for job in &workflow.jobs {
        for step in &job.steps {
            let Some(run) = step.run else { continue };
            let script = parse(Language::Shell, workflow.tree.label(run)).tree;
            for command in shell_download::unchecked(&script) {
                if names_commit(script.source(command)) {
                    continue;
                }
                let span = place_of(&workflow, run, script.source(command));
                let mut found = shell_download::describe(&script, command, workflow.anchor(job, Some(step)));
                found.node = run;
                found.span = span;
                matches.push(found);
            }
        }
    }
    matches
}

/// Whether a URL names a commit of a repository: what it delivers cannot change.
fn names_commit(command: &str) -> bool {
    command.split('/').any(|part| part.len() == 40 && part.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

/// Where a piece of a script stands in the file: its first line, or the script's beginning when it is written otherwise.
pub(super) fn place_of(workflow: &Workflow<'_>, run: NodeId, piece: &str) -> Span {
    let (source, start) = (workflow.tree.source(run), workflow.tree.span(run).range().start);
    let line = piece.lines().next().unwrap_or("").trim_end();
    match source.find(line) {
        Some(at) if !line.is_empty() => Span::from_range(start + at..start + at + line.len()),
        _ => Span::from_range(start..start + source.lines().next().map_or(0, str::len)),
    }
}

/// Contexts that can hold line breaks; titles and branch names cannot, and so set no second variable.
const MANY_LINES: [&str; 2] = ["body", "message"];

fn environment(context: &AuditContext<'_>) -> Vec<AuditMatch> {
    let Some(workflow) = Workflow::new(context.tree) else { return Vec::new() };
    let tree = workflow.tree;
    let mut matches = Vec::new();
    for job in &workflow.jobs {
        for (index, step) in job.steps.iter().enumerate() {
            let Some(run) = step.run else { continue };
            let fetched = workflow.has_trigger("workflow_run")
                && workflow.lets_in(job, Some(step), "workflow_run")
                && job.steps[..index].iter().any(fetches_artifact);
            let (source, start) = (tree.source(run), tree.span(run).range().start);
            let mut offset = 0;
            for line in source.split_inclusive('\n') {
                let begin = offset;
                offset += line.len();
                let Some(target) = target(line) else { continue };
                let Some(from) = foreign_text(&workflow, job, step, line, target, fetched) else { continue };
                let indent = line.len() - line.trim_start().len();
                matches.push(AuditMatch {
                    node: run,
                    span: Span::from_range(start + begin + indent..start + begin + line.trim_end().len()),
                    captures: vec![("target".to_owned(), target.to_owned()), ("source".to_owned(), from)],
                    related: Vec::new(),
                    anchor: workflow.anchor(job, Some(step)),
                    variant: None,
                });
            }
        }
    }
    matches
}

fn fetches_artifact(step: &Step<'_>) -> bool {
    matches!(step.action().as_str(), "actions/download-artifact" | "dawidd6/action-download-artifact")
}

/// The file that a line appends to.
fn target(line: &str) -> Option<&'static str> {
    let (_, behind) = line.split_once(">>")?;
    ["GITHUB_ENV", "GITHUB_PATH"].into_iter().find(|name| behind.contains(name))
}

/// Which text of others a line writes.
fn foreign_text(
    workflow: &Workflow<'_>,
    job: &Job<'_>,
    step: &Step<'_>,
    line: &str,
    target: &str,
    fetched: bool,
) -> Option<String> {
    let written = line.split_once(">>").map_or(line, |(before, _)| before);
    if fetched && (written.trim_start().starts_with("cat ") || written.contains("$(cat ") || written.contains("$(<")) {
        return Some("a file of the artifact".to_owned());
    }
    for part in written.split('$').skip(1).take(16) {
        let name = part.strip_prefix('{').unwrap_or(part);
        let end = name.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).unwrap_or(name.len());
        // `${NAME//x/}` filters.
        if end == 0 || (part.starts_with('{') && !name[end..].starts_with('}')) {
            continue;
        }
        let Some(value) = workflow.environment(job, step, &name[..end]) else { continue };
        let text = workflow.tree.label(value);
        for range in expression::places(text).into_iter().take(8) {
            let inner = expression::inner(text, &range).trim();
            let Some(parsed) = Expression::parse(inner) else { continue };
            let hits = parsed.texts().into_iter().any(|(path, whole)| {
                let many_lines = whole || path.last().is_some_and(|last| MANY_LINES.contains(&last.as_str()));
                (many_lines || target == "GITHUB_PATH")
                    && controlled(path, whole).is_some_and(|events| {
                        events
                            .iter()
                            .any(|event| workflow.has_trigger(event) && workflow.lets_in(job, Some(step), event))
                    })
            });
            if hits {
                return Some(format!("`{inner}`"));
            }
        }
    }
    None
}

fn credentials(context: &AuditContext<'_>) -> Vec<AuditMatch> {
    let Some(workflow) = Workflow::new(context.tree) else { return Vec::new() };
    let tree = workflow.tree;
    let mut matches = Vec::new();
    for job in &workflow.jobs {
        // Who pushes needs the token where it is.
        let pushes = job.steps.iter().any(|step| {
            let pushing_action = ["commit", "push", "release", "pages", "pull-request", "changelog", "semantic"];
            step.run.is_some_and(|run| {
                let script = tree.label(run);
                ["git push", "git fetch", "git pull", "git clone", "git submodule", "release"]
                    .iter()
                    .any(|it| script.contains(it))
            }) || pushing_action.iter().any(|word| step.action().contains(word))
        });
        for (index, step) in job.steps.iter().enumerate() {
            if step.action() != "actions/checkout"
                || matches!(workflow.text(step.node, &["with", "persist-credentials"]), "false" | "False" | "FALSE")
                || keeps_elsewhere(step.version())
            {
                continue;
            }
            let folder = workflow.text(step.node, &["with", "path"]);
            let upload = job.steps[index..].iter().find(|later| uploads_folder(&workflow, later, folder));
            let variant = match upload {
                Some(_) => None,
                None if pushes => continue,
                None => Some("any"),
            };
            let node = workflow.get(step.node, "uses").unwrap_or(step.node);
            let related = upload.map(|later| {
                (
                    tree.span(workflow.get(later.node, "uses").unwrap_or(later.node)),
                    "uploads the folder with the token".to_owned(),
                )
            });
            matches.push(AuditMatch {
                node,
                span: tree.span(node),
                captures: vec![("job".to_owned(), job.name.to_owned())],
                related: related.into_iter().collect(),
                anchor: workflow.anchor(job, Some(step)),
                variant,
            });
        }
    }
    matches
}

/// Since version 6 the token lies outside the work folder.
fn keeps_elsewhere(version: &str) -> bool {
    major(version).is_some_and(|(major, _)| major >= 6)
}

/// Major and minor number of `v4`, `v4.1.2`.
fn major(version: &str) -> Option<(u32, Option<u32>)> {
    let mut parts = version.strip_prefix('v')?.split('.');
    let major = parts.next()?.parse().ok()?;
    Some((major, parts.next().and_then(|minor| minor.parse().ok())))
}

/// Whether a step uploads a checkout's folder with its hidden files (where `.git` is).
fn uploads_folder(workflow: &Workflow<'_>, step: &Step<'_>, folder: &str) -> bool {
    if step.action() != "actions/upload-artifact" {
        return false;
    }
    // Since 4.4 hidden files are left out unless asked for.
    let hidden = workflow.text(step.node, &["with", "include-hidden-files"]) == "true";
    let old =
        major(step.version()).is_some_and(|(major, minor)| major < 4 || (major == 4 && minor.is_some_and(|it| it < 4)));
    if !hidden && !old {
        return false;
    }
    let path = workflow.text(step.node, &["with", "path"]);
    path.lines().map(str::trim).any(|line| {
        let line = line.trim_end_matches('/');
        let is_workspace = matches!(line, "." | "./*" | "*" | "**" | "./**")
            || (line.starts_with("${{") && line.ends_with("github.workspace }}"));
        if folder.is_empty() {
            is_workspace
        } else {
            is_workspace || line.trim_start_matches("./") == folder.trim_end_matches('/')
        }
    })
}
