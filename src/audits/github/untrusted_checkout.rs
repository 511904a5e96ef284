//! Code of a pull request that is checked out, and run, where the repository's secrets are.

use super::super::{Audit, AuditContext, AuditMatch};
use super::workflow::{Job, Step, Workflow};
use crate::source::Span;
use crate::syntax::{Field, FileKind, Kind, Language, NodeId, Tree, parse};

/// A privileged event checks out the head of a pull request, and a later step runs something of it.
///
/// `toctou`: somebody has to agree before, but what he saw can be replaced before it is fetched.
pub const UNTRUSTED_CHECKOUT: Audit =
    Audit { name: "github-untrusted-checkout", kinds: &[FileKind::GithubWorkflow], variants: &["toctou"], run };

/// A privileged event with secrets or a token that writes everything, and no named permissions.
pub const DANGEROUS_TRIGGERS: Audit =
    Audit { name: "github-dangerous-triggers", kinds: &[FileKind::GithubWorkflow], variants: &[], run: run_triggers };

const EVENTS: [&str; 3] = ["pull_request_target", "workflow_run", "issue_comment"];

/// Commands that only read, move or print files.
const READING: &[&str] = &[
    "echo",
    "printf",
    "cat",
    "ls",
    "head",
    "tail",
    "wc",
    "sort",
    "uniq",
    "cut",
    "tr",
    "tee",
    "test",
    "[",
    "[[",
    "((",
    "cd",
    "pwd",
    "mkdir",
    "cp",
    "mv",
    "rm",
    "touch",
    "find",
    "grep",
    "egrep",
    "fgrep",
    "diff",
    "cmp",
    "jq",
    "yq",
    "date",
    "sleep",
    "exit",
    "return",
    "set",
    "export",
    "local",
    "read",
    "true",
    "false",
    ":",
    "gh",
    "curl",
    "wget",
    "basename",
    "dirname",
    "realpath",
    "file",
    "stat",
    "du",
    "unzip",
    "zip",
    "base64",
    "sha256sum",
    "md5sum",
    "git",
    "if",
    "for",
    "while",
    "case",
    "shift",
    "unset",
    "declare",
    "readonly",
    "mapfile",
    "xmllint",
    "comm",
    "paste",
    "awk",
    "sed",
    "tar",
];

/// Actions that run code of the folder they work in.
const RUNNING_ACTIONS: &[&str] = &[
    "docker/build-push-action",
    "docker/bake-action",
    "pre-commit/action",
    "gradle/gradle-build-action",
    "cypress-io/github-action",
    "goreleaser/goreleaser-action",
    "golangci/golangci-lint-action",
    "actions-rs/cargo",
    "pypa/cibuildwheel",
    "bahmutov/npm-install",
    "ruby/setup-ruby",
    "pnpm/action-setup",
    "pulumi/actions",
    "peaceiris/actions-hugo",
    "nwtgck/actions-netlify",
    "cloudflare/wrangler-action",
    "chromaui/action",
    "github/codeql-action/autobuild",
];

fn run(context: &AuditContext<'_>) -> Vec<AuditMatch> {
    let Some(workflow) = Workflow::new(context.tree) else { return Vec::new() };
    workflow.jobs.iter().filter_map(|job| in_job(&workflow, job)).collect()
}

/// A checkout of a pull request's head.
#[derive(Debug)]
struct Checkout<'tree> {
    span: Span,
    node: NodeId,
    /// Whether a commit is named, which stays what it is.
    is_fixed: bool,
    /// The folder, when it is not the work folder itself.
    folder: &'tree str,
}

fn in_job(workflow: &Workflow<'_>, job: &Job<'_>) -> Option<AuditMatch> {
    for (index, step) in job.steps.iter().enumerate() {
        let Some(checkout) = checkout(workflow, step) else { continue };
        if job.steps[..index].iter().any(|before| refuses_forks(workflow, before)) {
            return None;
        }
        let event =
            EVENTS.into_iter().find(|event| workflow.has_trigger(event) && workflow.lets_in(job, Some(step), event))?;
        let later = &job.steps[index..];
        let Some(runs) = later.iter().find(|later| {
            runs_code(workflow, later, &checkout, std::ptr::eq(*later, step))
                && workflow.lets_in(job, Some(later), event)
        }) else {
            continue;
        };
        let approved = workflow.needs_approval(job);
        if approved && checkout.is_fixed && event != "issue_comment" {
            return None;
        }
        let mut related = Vec::new();
        if !std::ptr::eq(runs, step) {
            let node = runs.run.or_else(|| workflow.get(runs.node, "uses")).unwrap_or(runs.node);
            related.push((workflow.first_line(node), "runs what was checked out".to_owned()));
        }
        return Some(AuditMatch {
            node: checkout.node,
            span: checkout.span,
            captures: vec![("event".to_owned(), event.to_owned()), ("job".to_owned(), job.name.to_owned())],
            related,
            anchor: workflow.anchor(job, Some(step)),
            variant: approved.then_some("toctou"),
        });
    }
    None
}

/// The step's checkout of a pull request's head, if it is one.
fn checkout<'tree>(workflow: &Workflow<'tree>, step: &Step<'tree>) -> Option<Checkout<'tree>> {
    let tree = workflow.tree;
    if step.action() == "actions/checkout" {
        let with = workflow.get(step.node, "with")?;
        let node = ["ref", "repository"]
            .into_iter()
            .filter_map(|key| workflow.get(with, key))
            .find(|&value| names_head(tree.label(value)))?;
        let text = tree.label(node).to_ascii_lowercase();
        return Some(Checkout {
            span: tree.span(node),
            node,
            is_fixed: text.contains("sha"),
            folder: workflow.text(with, &["path"]),
        });
    }
    let run = step.run?;
    let (source, start) = (tree.source(run), tree.span(run).range().start);
    let mut offset = 0;
    for line in source.split_inclusive('\n') {
        let fetches = line.contains("gh pr checkout")
            || (["git checkout", "git switch", "git reset", "git clone", "git pull", "git merge"]
                .iter()
                .any(|command| line.contains(command))
                && names_head(line));
        if fetches {
            let begin = start + offset + (line.len() - line.trim_start().len());
            return Some(Checkout {
                span: Span::from_range(begin..start + offset + line.trim_end().len()),
                node: run,
                is_fixed: line.to_ascii_lowercase().contains("sha"),
                folder: "",
            });
        }
        offset += line.len();
    }
    None
}

/// Whether a step's script ends the job for pull requests from forks.
fn refuses_forks(workflow: &Workflow<'_>, step: &Step<'_>) -> bool {
    let script = step.run.map_or("", |run| workflow.tree.label(run));
    script.contains("exit 1")
        && ["head.repo.full_name", "isCrossRepository", "headRepositoryOwner"].iter().any(|it| script.contains(it))
}

/// Whether a text names the head of a pull request.
fn names_head(text: &str) -> bool {
    let text = text.to_ascii_lowercase();
    if text.contains("base.sha") && !text.contains("head") {
        return false;
    }
    [
        "pull_request.head.",
        "github.head_ref",
        "refs/pull/",
        "workflow_run.head_sha",
        "workflow_run.head_branch",
        "workflow_run.head_repository",
        "workflow_run.head_commit.id",
        "outputs.head_ref",
        "outputs.head_sha",
        "merge_commit_sha",
    ]
    .iter()
    .any(|name| text.contains(name))
}

/// Whether a step runs something of a checkout's folder. `is_same`: the step that fetched it.
fn runs_code(workflow: &Workflow<'_>, step: &Step<'_>, checkout: &Checkout<'_>, is_same: bool) -> bool {
    let folder = checkout.folder.trim_start_matches("./").trim_end_matches('/');
    let touches = |text: &str| folder.is_empty() || folder == "." || text.contains(folder);
    if let Some(path) = step.uses.strip_prefix("./") {
        return touches(path);
    }
    if !step.uses.is_empty() {
        return RUNNING_ACTIONS.contains(&step.action().as_str()) && touches(workflow.tree.source(step.node));
    }
    let Some(run) = step.run else { return false };
    let script = workflow.tree.label(run);
    let work_folder = workflow.text(step.node, &["working-directory"]);
    if !(touches(script) || touches(work_folder)) {
        return false;
    }
    let after = if is_same { behind_checkout(script) } else { script };
    let tree = parse(Language::Shell, after).tree;
    tree.ids().filter(|&node| tree.kind(node) == Kind::Command).any(|command| runs_files(&tree, command))
}

/// The lines behind the one that fetches.
fn behind_checkout(script: &str) -> &str {
    let mut offset = 0;
    for line in script.split_inclusive('\n') {
        offset += line.len();
        if line.contains("gh pr checkout") || (line.contains("git ") && names_head(line)) {
            break;
        }
    }
    &script[offset..]
}

/// Whether a command may run files of the folder: all but those that are known to read only.
pub(super) fn runs_files(tree: &Tree, command: NodeId) -> bool {
    let Some(first) = tree.child(command, Field::Argument) else { return false };
    let name = tree.label(first);
    if name.starts_with('$') || name.contains("${{") {
        return false;
    }
    !READING.contains(&name)
}

fn run_triggers(context: &AuditContext<'_>) -> Vec<AuditMatch> {
    let Some(workflow) = Workflow::new(context.tree) else { return Vec::new() };
    if !run(context).is_empty() {
        return Vec::new();
    }
    let unnamed = |job: &Job<'_>| {
        let permissions = workflow.permissions(job);
        permissions.is_none_or(|it| workflow.tree.label(it) == "write-all")
    };
    let mut matches = Vec::new();
    for &(event, node) in &workflow.triggers {
        if !matches!(event, "pull_request_target" | "workflow_run") {
            continue;
        }
        let Some(job) = workflow.jobs.iter().find(|job| {
            let labels_only = !job.steps.is_empty()
                && job
                    .steps
                    .iter()
                    .all(|step| matches!(step.action().as_str(), "actions/labeler" | "actions/first-interaction"));
            unnamed(job) && !labels_only && workflow.lets_in(job, None, event) && !workflow.needs_approval(job)
        }) else {
            continue;
        };
        matches.push(AuditMatch {
            node,
            span: workflow.tree.span(node),
            captures: vec![("event".to_owned(), event.to_owned()), ("job".to_owned(), job.name.to_owned())],
            related: Vec::new(),
            anchor: format!("on/{event}"),
            variant: None,
        });
    }
    matches
}
