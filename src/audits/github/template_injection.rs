//! Text of others that becomes part of a script: `${{ }}` in `run`, and in inputs of actions that run what they are given.

use super::super::{Audit, AuditContext, AuditMatch};
use super::expression::{self, Expression};
use super::outsider::{PRIVILEGED, controlled, speaks};
use super::workflow::{Job, Step, Workflow};
use crate::source::Span;
use crate::syntax::{FileKind, Kind, NodeId};

/// How far a text is followed through `env` and outputs.
const MAX_HOPS: usize = 6;

/// `${{ }}` with text of others in a script.
///
/// No variant: an outsider's text. `privileged`: the same in a run with secrets or a token that writes. `input`: text
/// that whoever starts or calls the workflow writes.
pub const TEMPLATE_INJECTION: Audit = Audit {
    name: "github-template-injection",
    kinds: &[FileKind::GithubWorkflow, FileKind::GithubAction],
    variants: &["privileged", "input"],
    run,
};

/// Inputs of actions that are run as code, by the actions' own documentation.
const CODE_INPUTS: &[(&str, &[&str])] = &[
    ("actions/github-script", &["script"]),
    ("appleboy/ssh-action", &["script"]),
    ("azure/cli", &["inlinescript"]),
    ("azure/powershell", &["inlinescript"]),
    ("nick-fields/retry", &["command", "on_retry_command"]),
    ("nick-invision/retry", &["command", "on_retry_command"]),
    ("addnab/docker-run-action", &["run"]),
    ("uraimo/run-on-arch-action", &["run", "install", "setup"]),
    ("cross-platform-actions/action", &["run"]),
    ("vmactions/freebsd-vm", &["run", "prepare"]),
    ("vmactions/openbsd-vm", &["run", "prepare"]),
    ("reactivecircus/android-emulator-runner", &["script", "pre-emulator-launch-script"]),
    ("devcontainers/ci", &["runcmd"]),
    ("jannekem/run-python-script-action", &["script"]),
    ("mikefarah/yq", &["cmd"]),
    ("cardinalby/js-eval-action", &["expression"]),
    ("coactions/setup-xvfb", &["run"]),
    ("gabrielbb/xvfb-action", &["run"]),
    ("msys2/setup-msys2", &["run"]),
];

/// Who writes a text.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Author {
    /// An outsider, through one of these events.
    Outsider(Vec<&'static str>),
    /// Whoever starts or calls the workflow.
    Caller,
}

fn run(context: &AuditContext<'_>) -> Vec<AuditMatch> {
    let Some(workflow) = Workflow::new(context.tree) else { return Vec::new() };
    let mut matches = Vec::new();
    for job in &workflow.jobs {
        for step in &job.steps {
            for (node, place) in scripts(&workflow, step) {
                read(&workflow, job, step, node, &place, &mut matches);
            }
        }
    }
    matches
}

/// The nodes of a step whose text is run, and what they are called.
fn scripts(workflow: &Workflow<'_>, step: &Step<'_>) -> Vec<(NodeId, String)> {
    let mut found: Vec<_> = step.run.map(|node| (node, "`run`".to_owned())).into_iter().collect();
    let action = step.action();
    if let Some((_, inputs)) = CODE_INPUTS.iter().find(|(name, _)| *name == action)
        && let Some(with) = workflow.get(step.node, "with")
    {
        let given = workflow.entries(with).into_iter();
        let code = given.filter(|(key, value)| {
            inputs.contains(&key.to_ascii_lowercase().as_str()) && workflow.tree.kind(*value) == Kind::Str
        });
        found.extend(code.map(|(key, value)| (value, format!("`{key}` of `{action}`"))));
    }
    found
}

fn read(workflow: &Workflow<'_>, job: &Job<'_>, step: &Step<'_>, node: NodeId, place: &str, out: &mut Vec<AuditMatch>) {
    let (text, start) = (workflow.tree.source(node), workflow.tree.span(node).range().start);
    for range in expression::places(text) {
        let inner = expression::inner(text, &range);
        let Some(parsed) = Expression::parse(inner) else { continue };
        let mut author = None;
        for (path, whole) in parsed.texts() {
            match written_by(workflow, job, step, path, whole, 0) {
                Some(found @ Author::Outsider(_)) => author = Some(found),
                Some(Author::Caller) if author.is_none() => author = Some(Author::Caller),
                _ => {}
            }
        }
        let Some(author) = author else { continue };
        let Some((variant, event)) = variant(workflow, job, step, &author) else { continue };
        let captures = vec![
            ("expression".to_owned(), inner.trim().to_owned()),
            ("place".to_owned(), place.to_owned()),
            ("event".to_owned(), event),
        ];
        out.push(AuditMatch {
            node,
            span: Span::from_range(start + range.start..start + range.end),
            captures,
            related: Vec::new(),
            anchor: workflow.anchor(job, Some(step)),
            variant,
        });
    }
}

/// Which variant a text of an author is, and the event that brings it; `None` when it cannot get here.
fn variant(
    workflow: &Workflow<'_>,
    job: &Job<'_>,
    step: &Step<'_>,
    author: &Author,
) -> Option<(Option<&'static str>, String)> {
    let Author::Outsider(events) = author else { return Some((Some("input"), String::new())) };
    // The events of a called workflow are its caller's.
    let is_called = workflow.is_action() || workflow.has_trigger("workflow_call");
    let arrives = |event: &&&str| workflow.has_trigger(event) && workflow.lets_in(job, Some(step), event);
    let mut arriving: Vec<_> = events.iter().filter(arrives).collect();
    arriving.sort_by_key(|event| !PRIVILEGED.contains(event));
    let Some(&&event) = arriving.first() else {
        return is_called.then(|| (None, "the caller's event".to_owned()));
    };
    let is_privileged = PRIVILEGED.contains(&event) && (workflow.may_write(job) || workflow.uses_secrets(job));
    Some((is_privileged.then_some("privileged"), format!("`{event}`")))
}

/// Who writes the text of a context.
fn written_by(
    workflow: &Workflow<'_>,
    job: &Job<'_>,
    step: &Step<'_>,
    path: &[String],
    whole: bool,
    hops: usize,
) -> Option<Author> {
    if hops > MAX_HOPS {
        return None;
    }
    let segments: Vec<&str> = path.iter().map(String::as_str).collect();
    match segments.as_slice() {
        ["env", name] => {
            let value = workflow.environment(job, step, name)?;
            text_author(workflow, job, step, workflow.tree.label(value), hops + 1)
        }
        ["inputs", name] | ["github", "event", "inputs", name] => {
            is_free_text(workflow, name).then_some(Author::Caller)
        }
        ["github", "event", "client_payload", ..] => Some(Author::Caller),
        ["steps", id, "outputs", name] => {
            let before = job.steps.iter().find(|step| step.id.eq_ignore_ascii_case(id))?;
            output_author(workflow, job, before, name, hops + 1)
        }
        ["needs", name, "outputs", output] => {
            let before = workflow.job(name)?;
            let outputs = workflow.get(before.node, "outputs")?;
            let (_, value) = workflow.entries(outputs).into_iter().find(|(key, _)| key.eq_ignore_ascii_case(output))?;
            let last = before.steps.last()?;
            text_author(workflow, before, last, workflow.tree.label(value), hops + 1)
        }
        _ => controlled(path, whole).map(Author::Outsider),
    }
}

/// Who writes a text with `${{ }}` in it.
fn text_author(workflow: &Workflow<'_>, job: &Job<'_>, step: &Step<'_>, text: &str, hops: usize) -> Option<Author> {
    let mut author = None;
    // A value of many expressions is followed through the first few.
    for range in expression::places(text).into_iter().take(8) {
        let Some(parsed) = Expression::parse(expression::inner(text, &range)) else { continue };
        for (path, whole) in parsed.texts().into_iter().take(8) {
            match written_by(workflow, job, step, path, whole, hops + 1) {
                Some(found @ Author::Outsider(_)) => return Some(found),
                Some(Author::Caller) => author = Some(Author::Caller),
                None => {}
            }
        }
    }
    author
}

/// The event that brings an outsider's text into an environment variable, as a step sees it.
pub(super) fn outsider_of_variable(
    workflow: &Workflow<'_>,
    job: &Job<'_>,
    step: &Step<'_>,
    name: &str,
) -> Option<String> {
    let value = workflow.environment(job, step, name)?;
    let author = text_author(workflow, job, step, workflow.tree.label(value), 0)?;
    matches!(author, Author::Outsider(_)).then_some(())?;
    variant(workflow, job, step, &author).map(|(_, event)| event)
}

/// Who writes an output: known actions, and `echo "name=$VARIABLE" >> "$GITHUB_OUTPUT"`.
fn output_author(workflow: &Workflow<'_>, job: &Job<'_>, step: &Step<'_>, name: &str, hops: usize) -> Option<Author> {
    if speaks(&step.action(), name) {
        return Some(Author::Outsider(vec!["pull_request", "pull_request_target", "issue_comment"]));
    }
    let script = workflow.tree.label(step.run?);
    let line =
        script.lines().filter(|line| line.contains("GITHUB_OUTPUT") && line.contains("echo")).find_map(|line| {
            let (before, value) = line.split_once('=')?;
            let key = before.rsplit([' ', '"', '\'']).next().unwrap_or("");
            key.eq_ignore_ascii_case(name).then_some(value)
        })?;
    if let Some(author) = text_author(workflow, job, step, line, hops) {
        return Some(author);
    }
    let rest = line.trim_start_matches('"').strip_prefix('$')?;
    let rest = rest.strip_prefix('{').unwrap_or(rest);
    let end = rest.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).unwrap_or(rest.len());
    // Whatever follows the name cuts or replaces the text: `${REF##*/}`.
    if !rest[end..].starts_with(['}', '"', ' ']) {
        return None;
    }
    let value = workflow.environment(job, step, &rest[..end])?;
    text_author(workflow, job, step, workflow.tree.label(value), hops)
}

/// Whether an input takes any text: declared as such, and not as a choice, a boolean, a number or an environment.
fn is_free_text(workflow: &Workflow<'_>, name: &str) -> bool {
    let declared = |owner: &[&str]| {
        let inputs = workflow.at(workflow.top, owner)?;
        workflow.entries(inputs).into_iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    };
    let places: [&[&str]; 3] =
        [&["on", "workflow_dispatch", "inputs"], &["on", "workflow_call", "inputs"], &["inputs"]];
    let found: Vec<_> = places.into_iter().filter_map(declared).collect();
    !found.is_empty() && found.iter().any(|&input| matches!(workflow.text(input, &["type"]), "" | "string"))
}
