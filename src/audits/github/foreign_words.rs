//! Text of outsiders in the words of a command: where the shell is safe from it, the program it is handed to is not.

use super::super::{Audit, AuditContext, AuditMatch};
use super::scripts::place_of;
use super::template_injection::outsider_of_variable;
use super::workflow::{Job, Step, Workflow};
use crate::query::values::command_line;
use crate::syntax::{Field, FileKind, Kind, Language, NodeId, Tree, parse};

/// An outsider's text as an argument of a program that can be made to run something by it.
pub const ARGUMENTS: Audit =
    Audit { name: "github-argument-injection", kinds: &[FileKind::GithubWorkflow], variants: &[], run: arguments };

/// An outsider's text decides which host a request goes to, in a job with secrets.
pub const REQUESTS: Audit =
    Audit { name: "github-request-forgery", kinds: &[FileKind::GithubWorkflow], variants: &[], run: requests };

/// Programs that read an argument as a program of their own.
const READ_CODE: [&str; 3] = ["sed", "awk", "gawk"];

/// Programs that run the text behind a flag.
const RUN_TEXT: [(&str, &str); 9] = [
    ("python", "-c"),
    ("python3", "-c"),
    ("perl", "-e"),
    ("ruby", "-e"),
    ("node", "-e"),
    ("bash", "-c"),
    ("sh", "-c"),
    ("zsh", "-c"),
    ("php", "-r"),
];

/// Programs with an option that runs something: an argument that begins with `-` is enough.
const RUN_BY_OPTION: [&str; 10] = ["tar", "find", "rsync", "ssh", "scp", "zip", "man", "wget", "ffmpeg", "sort"];

/// Commands of git that fetch, and so take `--upload-pack`.
const GIT_FETCHES: [&str; 6] = ["fetch", "clone", "ls-remote", "pull", "archive", "grep"];

const REQUESTERS: [&str; 5] = ["curl", "wget", "http", "https", "xh"];

fn arguments(context: &AuditContext<'_>) -> Vec<AuditMatch> {
    let Some(workflow) = Workflow::new(context.tree) else { return Vec::new() };
    each_command(&workflow, |_| true, dangerous_word)
}

fn requests(context: &AuditContext<'_>) -> Vec<AuditMatch> {
    let Some(workflow) = Workflow::new(context.tree) else { return Vec::new() };
    each_command(
        &workflow,
        |job| workflow.uses_secrets(job),
        |command| {
            if !REQUESTERS.contains(&command.program) {
                return None;
            }
            command.words.iter().copied().find(|word| {
                let text = command.text(*word);
                let host = text.split_once("://").map_or(text, |(_, rest)| rest);
                host.starts_with('$')
            })
        },
    )
}

/// One command of a script.
struct Command<'a> {
    script: &'a Tree,
    program: &'a str,
    /// The words behind the program.
    words: &'a [NodeId],
}

impl Command<'_> {
    /// A word without the quotes around it.
    fn text(&self, word: NodeId) -> &str {
        self.script.source(word).trim_matches(['"', '\''])
    }
}

/// The word of a command that an outsider's text makes dangerous, whichever variable it holds.
fn dangerous_word(command: &Command<'_>) -> Option<NodeId> {
    let words = command.words;
    let options_end = words.iter().position(|&word| command.text(word) == "--").unwrap_or(words.len());
    let has_variable = |word: &NodeId| command.script.source(*word).contains('$');
    if READ_CODE.contains(&command.program) {
        // A plain `$FILE` is a file's name; text around the variable is a program that it is part of.
        return words.iter().copied().find(|word| has_variable(word) && !is_plain_variable(command.text(*word)));
    }
    if let Some((_, flag)) = RUN_TEXT.iter().find(|(program, _)| *program == command.program) {
        let at = words.iter().position(|&word| command.text(word) == *flag)?;
        return words.get(at + 1).copied().filter(has_variable);
    }
    let fetches =
        command.program == "git" && words.first().is_some_and(|&word| GIT_FETCHES.contains(&command.text(word)));
    if fetches || RUN_BY_OPTION.contains(&command.program) {
        return words[..options_end].iter().copied().find(|&word| command.text(word).starts_with('$'));
    }
    None
}

fn is_plain_variable(text: &str) -> bool {
    let name = text.trim_start_matches("${").trim_start_matches('$').trim_end_matches('}');
    !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

/// Every command of every script whose `word` holds an outsider's text.
fn each_command(
    workflow: &Workflow<'_>,
    wanted: impl Fn(&Job<'_>) -> bool,
    word: impl Fn(&Command<'_>) -> Option<NodeId>,
) -> Vec<AuditMatch> {
    let mut matches = Vec::new();
    for job in workflow.jobs.iter().filter(|job| wanted(job)) {
        for step in &job.steps {
            let Some(run) = step.run else { continue };
            let script = parse(Language::Shell, workflow.tree.label(run)).tree;
            for node in script.ids().filter(|&node| script.kind(node) == Kind::Command) {
                let words: Vec<NodeId> = script.children_by(node, Field::Argument).collect();
                let labels: Vec<&str> = words.iter().map(|&word| script.label(word)).collect();
                let Some(at) = command_line::program(&labels) else { continue };
                let program = labels[at].rsplit('/').next().unwrap_or("");
                let command = Command { script: &script, program, words: &words[at + 1..] };
                let Some(found) = word(&command) else { continue };
                let Some((name, event)) = outsider_in(workflow, job, step, script.source(found)) else { continue };
                matches.push(AuditMatch {
                    node: run,
                    span: place_of(workflow, run, script.source(node)),
                    captures: vec![
                        ("variable".to_owned(), name),
                        ("program".to_owned(), program.to_owned()),
                        ("event".to_owned(), event),
                    ],
                    related: Vec::new(),
                    anchor: workflow.anchor(job, Some(step)),
                    variant: None,
                });
            }
        }
    }
    matches
}

/// The first variable of a word that holds an outsider's text, with the event that brings it.
fn outsider_in(workflow: &Workflow<'_>, job: &Job<'_>, step: &Step<'_>, word: &str) -> Option<(String, String)> {
    // In single quotes the shell puts nothing in.
    if word.starts_with('\'') {
        return None;
    }
    word.split('$').skip(1).take(8).find_map(|part| {
        let name = part.strip_prefix('{').unwrap_or(part);
        let end = name.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).unwrap_or(name.len());
        // `${NAME//x/}` filters.
        if end == 0 || (part.starts_with('{') && !name[end..].starts_with('}')) {
            return None;
        }
        let event = outsider_of_variable(workflow, job, step, &name[..end])?;
        Some((name[..end].to_owned(), event))
    })
}
