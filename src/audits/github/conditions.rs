//! Conditions that do not say what they seem to say.

use super::super::{Audit, AuditContext, AuditMatch};
use super::expression::{self, Expression};
use super::outsider::{PRIVILEGED, is_spoofable};
use super::workflow::Workflow;
use crate::source::Span;
use crate::syntax::{FileKind, NodeId};

/// A condition that is always true, tests a part of a word, or cannot give its first value.
pub const UNSOUND_CONDITION: Audit = Audit {
    name: "github-unsound-condition",
    kinds: &[FileKind::GithubWorkflow, FileKind::GithubAction],
    variants: &[],
    run: unsound,
};

/// A condition that trusts a bot because it caused the last event.
///
/// `pull-request`: in a run that has no rights for forks anyway.
pub const BOT_CONDITIONS: Audit =
    Audit { name: "github-bot-conditions", kinds: &[FileKind::GithubWorkflow], variants: &["pull-request"], run: bots };

/// The `if` of every job and step, with the place it stands in.
fn conditions(workflow: &Workflow<'_>) -> Vec<(NodeId, String)> {
    let mut found = Vec::new();
    for job in &workflow.jobs {
        found.extend(workflow.get(job.node, "if").map(|node| (node, workflow.anchor(job, None))));
        for step in &job.steps {
            found.extend(workflow.get(step.node, "if").map(|node| (node, workflow.anchor(job, Some(step)))));
        }
    }
    found
}

fn unsound(context: &AuditContext<'_>) -> Vec<AuditMatch> {
    let Some(workflow) = Workflow::new(context.tree) else { return Vec::new() };
    let tree = workflow.tree;
    let mut matches = Vec::new();
    for (node, anchor) in conditions(&workflow) {
        let label = tree.label(node);
        let reason = always_true(label).or_else(|| Expression::parse_condition(label).as_ref().and_then(misread));
        let Some(reason) = reason else { continue };
        let range = tree.span(node).range();
        let length = tree.source(node).lines().next().map_or(0, str::len);
        matches.push(AuditMatch {
            node,
            span: Span::from_range(range.start..range.start + length),
            captures: vec![("reason".to_owned(), reason.to_owned())],
            related: Vec::new(),
            anchor,
            variant: None,
        });
    }
    matches
}

/// `${{ }}` with other text around it makes a text, and a text that is not empty is true.
fn always_true(text: &str) -> Option<&'static str> {
    let places = expression::places(text);
    let (first, last) = (places.first()?, places.last()?);
    if !text[..first.start].trim().is_empty() || !text[last.end..].trim().is_empty() || places.len() > 1 {
        // `!${{ x }}` and `a == ${{ b }}` are text as well.
        return Some("the text around `${{ }}` makes it a text that is never empty, so it is always true");
    }
    (last.end < text.len() && text.ends_with('\n'))
        .then_some("the block's line end behind `${{ }}` makes it a text that is never empty, so it is always true")
}

fn misread(condition: &Expression) -> Option<&'static str> {
    let mut reason = None;
    condition.walk(&mut |part| match part {
        Expression::Call(name, arguments) if name == "contains" => {
            if let [Expression::Text(words), Expression::Context(path)] = arguments.as_slice()
                && path.first().is_some_and(|first| first == "github" || first == "inputs")
                && !words.is_empty()
            {
                reason = Some("`contains` with a text looks for any part of it, not for one of its words");
            }
        }
        Expression::Or(operands) => {
            let first = operands.first();
            if let Some(Expression::And(parts)) = first
                && parts.last().is_some_and(|last| {
                    matches!(last, Expression::Text(text) if text.is_empty())
                        || matches!(last, Expression::Constant(word) if matches!(word.as_str(), "false" | "0" | "null"))
                })
            {
                reason = Some("the value behind `&&` counts as false, so the one behind `||` is always taken");
            }
        }
        _ => {}
    });
    reason
}

fn bots(context: &AuditContext<'_>) -> Vec<AuditMatch> {
    let Some(workflow) = Workflow::new(context.tree) else { return Vec::new() };
    let privileged = workflow.triggers.iter().any(|(event, _)| *event != "workflow_run" && PRIVILEGED.contains(event));
    let by_request = workflow.triggers.iter().any(|(event, _)| event.starts_with("pull_request"));
    if !privileged && !by_request {
        return Vec::new();
    }
    let mut matches = Vec::new();
    for (node, anchor) in conditions(&workflow) {
        let Some(condition) = Expression::parse_condition(workflow.tree.label(node)) else { continue };
        let mut found = None;
        condition.walk(&mut |part| {
            let Expression::Compare("==", operands) = part else { return };
            let names_actor = |it: &Expression| matches!(it, Expression::Context(path) if is_spoofable(path));
            let bot = operands.iter().find_map(|it| match it {
                Expression::Text(name) if name.ends_with("[bot]") => Some(name.clone()),
                _ => None,
            });
            if operands.iter().any(names_actor) && bot.is_some() {
                found = bot;
            }
        });
        let Some(bot) = found else { continue };
        // The pull request's author is asked as well.
        if workflow.tree.label(node).contains("pull_request.user.") {
            continue;
        }
        let range = workflow.tree.span(node).range();
        let length = workflow.tree.source(node).lines().next().map_or(0, str::len);
        matches.push(AuditMatch {
            node,
            span: Span::from_range(range.start..range.start + length),
            captures: vec![("bot".to_owned(), bot)],
            related: Vec::new(),
            anchor,
            variant: (!privileged).then_some("pull-request"),
        });
    }
    matches
}
