//! What other runs leave behind and a privileged job takes in: artifacts and caches.

use super::super::{Audit, AuditContext, AuditMatch};
use super::untrusted_checkout::runs_files;
use super::workflow::{Job, Step, Workflow};
use crate::syntax::{Field, FileKind, Kind, Language, NodeId, Tree, parse};

/// `workflow_run` unpacks an artifact of the run that started it into the work folder, and a later step runs files there.
pub const ARTIFACTS: Audit =
    Audit { name: "github-artifact-poisoning", kinds: &[FileKind::GithubWorkflow], variants: &[], run: artifacts };

/// A job that publishes restores a cache.
pub const CACHES: Audit =
    Audit { name: "github-cache-poisoning", kinds: &[FileKind::GithubWorkflow], variants: &[], run: caches };

fn artifacts(context: &AuditContext<'_>) -> Vec<AuditMatch> {
    let Some(workflow) = Workflow::new(context.tree) else { return Vec::new() };
    if !workflow.has_trigger("workflow_run") {
        return Vec::new();
    }
    let mut matches = Vec::new();
    for job in &workflow.jobs {
        for (index, step) in job.steps.iter().enumerate() {
            let Some((node, folder)) = foreign_artifact(&workflow, step) else { continue };
            if is_outside(&folder) || !workflow.lets_in(job, Some(step), "workflow_run") {
                continue;
            }
            let Some(runs) = job.steps[index + 1..].iter().find(|later| runs_from(&workflow, later, &folder)) else {
                continue;
            };
            let runs_node = runs.run.or_else(|| workflow.get(runs.node, "uses")).unwrap_or(runs.node);
            matches.push(AuditMatch {
                node,
                span: workflow.first_line(node),
                captures: vec![("job".to_owned(), job.name.to_owned())],
                related: vec![(workflow.first_line(runs_node), "runs files of the folder".to_owned())],
                anchor: workflow.anchor(job, Some(step)),
                variant: None,
            });
            break;
        }
    }
    matches
}

/// Where a step takes an artifact of another run from, and the folder it puts it into (empty: the work folder).
fn foreign_artifact(workflow: &Workflow<'_>, step: &Step<'_>) -> Option<(NodeId, String)> {
    let with = |key: &str| workflow.text(step.node, &["with", key]);
    let uses = || workflow.get(step.node, "uses").unwrap_or(step.node);
    match step.action().as_str() {
        // Without a run's number it takes what the same run has made.
        "actions/download-artifact" if !with("run-id").is_empty() => Some((uses(), with("path").to_owned())),
        "dawidd6/action-download-artifact" => Some((uses(), with("path").to_owned())),
        "actions/github-script" if with("script").contains("downloadArtifact") => Some((uses(), String::new())),
        _ => {
            let run = step.run?;
            let script = workflow.tree.label(run);
            let line = script.lines().find(|line| line.contains("gh run download"))?;
            let words: Vec<&str> = line.split_whitespace().collect();
            let folder = words.iter().position(|word| matches!(*word, "-D" | "--dir")).and_then(|at| words.get(at + 1));
            Some((run, folder.map_or_else(String::new, |folder| folder.trim_matches(['"', '\'']).to_owned())))
        }
    }
}

/// Whether a folder lies outside the work folder, where no file of the repository can be replaced.
fn is_outside(folder: &str) -> bool {
    folder.contains("runner.temp")
        || folder.contains("RUNNER_TEMP")
        || folder.starts_with("/tmp")
        || folder.starts_with("../")
}

/// Whether a step runs files of a folder; of the work folder, any step that runs something of the repository does.
fn runs_from(workflow: &Workflow<'_>, step: &Step<'_>, folder: &str) -> bool {
    let folder = folder.trim_start_matches("./").trim_end_matches('/');
    let touches = |text: &str| folder.is_empty() || folder == "." || text.contains(folder);
    if let Some(path) = step.uses.strip_prefix("./") {
        return touches(path);
    }
    let Some(run) = step.run else { return false };
    let script = parse(Language::Shell, workflow.tree.label(run)).tree;
    // All files of the repository can have been replaced when it lands in the work folder.
    let in_folder = folder.is_empty() || folder == "." || touches(workflow.text(step.node, &["working-directory"]));
    script
        .ids()
        .filter(|&node| script.kind(node) == Kind::Command)
        .any(|command| runs_files(&script, command) && (in_folder || runs_out_of(&script, command, folder)))
}

/// Whether a command runs a file of a folder: as its program, or as what an interpreter or an installer is given. Other
/// programs only read what is there.
fn runs_out_of(script: &Tree, command: NodeId, folder: &str) -> bool {
    const RUNNERS: [&str; 18] = [
        "sh", "bash", "dash", "zsh", "source", ".", "python", "python3", "node", "perl", "ruby", "php", "make", "pip",
        "pip3", "npm", "java", "sudo",
    ];
    let mut words = script.children_by(command, Field::Argument).map(|word| script.label(word));
    let Some(program) = words.next() else { return false };
    let is_inside = |word: &str| {
        let path = word.trim_start_matches("./");
        path.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'))
    };
    is_inside(program) || (RUNNERS.contains(&program) && words.any(is_inside))
}

/// Actions that publish what was built.
const PUBLISHING_ACTIONS: [&str; 9] = [
    "pypa/gh-action-pypi-publish",
    "softprops/action-gh-release",
    "ncipollo/release-action",
    "goreleaser/goreleaser-action",
    "js-devtools/npm-publish",
    "actions/attest-build-provenance",
    "katyo/publish-crates",
    "rubygems/release-gem",
    "cycjimmy/semantic-release-action",
];

const PUBLISHING_COMMANDS: [&str; 11] = [
    "twine upload",
    "uv publish",
    "poetry publish",
    "hatch publish",
    "flit publish",
    "maturin publish",
    "npm publish",
    "pnpm publish",
    "cargo publish",
    "gem push",
    "gh release create",
];

fn caches(context: &AuditContext<'_>) -> Vec<AuditMatch> {
    let Some(workflow) = Workflow::new(context.tree) else { return Vec::new() };
    let mut matches = Vec::new();
    for job in workflow.jobs.iter().filter(|job| publishes(&workflow, job)) {
        for step in job.steps.iter().filter(|step| restores_cache(&workflow, step)) {
            let node = workflow.get(step.node, "uses").unwrap_or(step.node);
            matches.push(AuditMatch {
                node,
                span: workflow.tree.span(node),
                captures: vec![("action".to_owned(), step.action())],
                related: Vec::new(),
                anchor: workflow.anchor(job, Some(step)),
                variant: None,
            });
        }
    }
    matches
}

fn publishes(workflow: &Workflow<'_>, job: &Job<'_>) -> bool {
    job.steps.iter().any(|step| {
        PUBLISHING_ACTIONS.contains(&step.action().as_str())
            || step.run.is_some_and(|run| {
                let script = workflow.tree.label(run);
                PUBLISHING_COMMANDS.iter().any(|command| script.contains(command)) && !script.contains("--dry-run")
            })
    })
}

/// Whether a step restores a cache: actions for it, and actions that set a tool up with one.
fn restores_cache(workflow: &Workflow<'_>, step: &Step<'_>) -> bool {
    let with = |key: &str| workflow.text(step.node, &["with", key]);
    match step.action().as_str() {
        "actions/cache" | "actions/cache/restore" => with("lookup-only") != "true",
        "swatinem/rust-cache" => with("lookup-only") != "true",
        "actions/setup-python" | "actions/setup-node" | "actions/setup-java" | "actions/setup-dotnet" => {
            !matches!(with("cache"), "" | "false")
        }
        "actions/setup-go" => with("cache") != "false",
        "ruby/setup-ruby" => with("bundler-cache") == "true",
        "astral-sh/setup-uv" => with("enable-cache") == "true",
        _ => false,
    }
}
