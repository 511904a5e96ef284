//! What somebody without any right in the repository can do: which contexts hold his text, and which conditions stop him.

use super::expression::Expression;
use super::workflow::{Job, Step, Workflow};

/// Events that outsiders start and whose runs have the repository's secrets and, unless told otherwise, its write token.
pub const PRIVILEGED: &[&str] = &[
    "pull_request_target",
    "issue_comment",
    "issues",
    "discussion",
    "discussion_comment",
    "workflow_run",
    "fork",
    "watch",
    "gollum",
];

const PULL_REQUEST: &[&str] =
    &["pull_request", "pull_request_target", "pull_request_review", "pull_request_review_comment"];
const ISSUE: &[&str] = &["issues", "issue_comment"];
const DISCUSSION: &[&str] = &["discussion", "discussion_comment"];
const COMMENT: &[&str] = &["issue_comment", "pull_request_review_comment", "discussion_comment", "commit_comment"];
const PUSH: &[&str] = &["push"];
const RUN: &[&str] = &["workflow_run"];

/// Contexts whose text an outsider writes, and the events that fill them, by GitHub's documentation of webhook payloads
/// (2026). Names that GitHub restricts to harmless characters (logins, repository names) are not among them.
const CONTROLLED: &[(&str, &[&str])] = &[
    ("github.head_ref", &["pull_request", "pull_request_target"]),
    ("github.event.issue.title", ISSUE),
    ("github.event.issue.body", ISSUE),
    ("github.event.pull_request.title", PULL_REQUEST),
    ("github.event.pull_request.body", PULL_REQUEST),
    ("github.event.pull_request.head.ref", PULL_REQUEST),
    ("github.event.pull_request.head.label", PULL_REQUEST),
    ("github.event.pull_request.head.repo.default_branch", PULL_REQUEST),
    ("github.event.pull_request.head.repo.description", PULL_REQUEST),
    ("github.event.pull_request.head.repo.homepage", PULL_REQUEST),
    ("github.event.comment.body", COMMENT),
    ("github.event.review.body", &["pull_request_review"]),
    ("github.event.discussion.title", DISCUSSION),
    ("github.event.discussion.body", DISCUSSION),
    ("github.event.pages.*.page_name", &["gollum"]),
    ("github.event.pages.*.title", &["gollum"]),
    ("github.event.commits.*.message", PUSH),
    ("github.event.commits.*.author.email", PUSH),
    ("github.event.commits.*.author.name", PUSH),
    ("github.event.commits.*.committer.email", PUSH),
    ("github.event.commits.*.committer.name", PUSH),
    ("github.event.head_commit.message", PUSH),
    ("github.event.head_commit.author.email", PUSH),
    ("github.event.head_commit.author.name", PUSH),
    ("github.event.head_commit.committer.email", PUSH),
    ("github.event.head_commit.committer.name", PUSH),
    ("github.event.merge_group.head_commit.message", &["merge_group"]),
    ("github.event.workflow_run.head_branch", RUN),
    ("github.event.workflow_run.display_title", RUN),
    ("github.event.workflow_run.head_commit.message", RUN),
    ("github.event.workflow_run.head_commit.author.email", RUN),
    ("github.event.workflow_run.head_commit.author.name", RUN),
    ("github.event.workflow_run.head_repository.description", RUN),
    ("github.event.workflow_run.pull_requests.*.head.ref", RUN),
    ("github.event.forkee.description", &["fork"]),
    ("github.event.forkee.homepage", &["fork"]),
    ("github.event.forkee.default_branch", &["fork"]),
];

/// Actions that hand out text of outsiders: action, name of the output (`*` any).
const SPEAKING_ACTIONS: &[(&str, &str)] = &[
    ("tj-actions/changed-files", "*_files"),
    ("tj-actions/branch-names", "*current_branch"),
    ("tj-actions/branch-names", "head_ref_branch"),
    ("dorny/paths-filter", "*_files"),
    ("peter-evans/find-comment", "comment-body"),
    ("xt0rted/pull-request-comment-branch", "head_ref"),
    ("trilom/file-changes-action", "files*"),
    ("jitterbit/get-changed-files", "*"),
];

/// The events that fill a context with an outsider's text; `None` for all other contexts. `whole`: the object is written
/// out with all that it holds.
pub fn controlled(path: &[String], whole: bool) -> Option<Vec<&'static str>> {
    let mut events = Vec::new();
    for (dotted, filled_by) in CONTROLLED {
        let mut known = dotted.split('.');
        let agrees = path.iter().all(|segment| {
            known.next().is_some_and(|name| name == segment || name == "*" || (segment == "*" && name != "event"))
        });
        if agrees && (whole || known.next().is_none()) {
            events.extend_from_slice(filled_by);
        }
    }
    (!events.is_empty()).then_some(events)
}

/// Whether an action's output holds an outsider's text.
pub fn speaks(action: &str, output: &str) -> bool {
    SPEAKING_ACTIONS
        .iter()
        .any(|(name, pattern)| *name == action && crate::query::values::wildcard::matches(pattern, output, true))
}

/// What a condition comes to for an outsider; `None` when the file does not tell.
pub fn holds(condition: &Expression, event: &str) -> Option<bool> {
    match condition {
        Expression::Constant(word) => match word.as_str() {
            "true" => Some(true),
            "false" => Some(false),
            _ => None,
        },
        Expression::Not(inner) => holds(inner, event).map(|value| !value),
        Expression::And(operands) => {
            let values: Vec<_> = operands.iter().map(|operand| holds(operand, event)).collect();
            if values.contains(&Some(false)) {
                return Some(false);
            }
            values.iter().all(|value| *value == Some(true)).then_some(true)
        }
        Expression::Or(operands) => {
            let values: Vec<_> = operands.iter().map(|operand| holds(operand, event)).collect();
            if values.contains(&Some(true)) {
                return Some(true);
            }
            values.iter().all(|value| *value == Some(false)).then_some(false)
        }
        Expression::Compare(operator @ ("==" | "!="), operands) => {
            let [left, right] = operands.as_slice() else { return None };
            let equal = equals(left, right, event).or_else(|| equals(right, left, event))?;
            Some(equal == (*operator == "=="))
        }
        Expression::Call(name, arguments) if name == "contains" => match arguments.as_slice() {
            [list, needle] if is_association(needle) => Some(mentions_strangers(list)),
            [list, Expression::Context(path)] if names_person(path) => {
                let mut names_bot = false;
                list.walk(&mut |part| names_bot |= matches!(part, Expression::Text(text) if text.contains("[bot]")));
                (!names_bot).then_some(false)
            }
            [list, needle] if needle.is_context("github.event_name") => {
                let mut known = None;
                list.walk(&mut |part| {
                    if let Expression::Text(text) = part {
                        known = Some(text.contains(&format!("\"{event}\"")));
                    }
                });
                known
            }
            _ => None,
        },
        // An outsider's pull request comes from a fork.
        Expression::Context(path) if path.ends_with(&["head".into(), "repo".into(), "fork".into()]) => Some(true),
        Expression::Context(path) if path.ends_with(&["pull_request".into(), "merged".into()]) => Some(false),
        Expression::Context(path) if path.ends_with(&["head_repository".into(), "fork".into()]) => Some(true),
        _ => None,
    }
}

fn equals(left: &Expression, right: &Expression, event: &str) -> Option<bool> {
    if left.is_context("github.event_name") {
        let Expression::Text(name) = right else { return None };
        return Some(name == event);
    }
    // The run that came before was started by an outsider's pull request.
    if left.is_context("github.event.workflow_run.event") {
        let Expression::Text(name) = right else { return None };
        return Some(matches!(name.as_str(), "pull_request" | "pull_request_target"));
    }
    if let (Expression::Constant(word), Some(value)) = (right, holds(left, event)) {
        return Some((word == "true") == value);
    }
    if is_association(left) {
        return Some(mentions_strangers(right));
    }
    let Expression::Context(path) = left else { return None };
    // GitHub lets nobody name an account like a bot, but the last event's actor need not be the code's author.
    if names_person(path)
        && let Expression::Text(name) = right
    {
        return if name.ends_with("[bot]") && is_spoofable(path) { None } else { Some(false) };
    }
    let foreign = matches!(
        path.join(".").as_str(),
        "github.event.pull_request.head.repo.full_name"
            | "github.event.pull_request.head.repo.id"
            | "github.event.pull_request.head.repo.owner.login"
            | "github.event.pull_request.head.user.login"
            | "github.event.pull_request.head.repo.owner.id"
            | "github.event.workflow_run.head_repository.full_name"
            | "github.event.workflow_run.head_repository.id"
            | "github.event.workflow_run.head_repository.owner.login"
    );
    foreign.then_some(false)
}

/// Whether a context names who did something.
fn names_person(path: &[String]) -> bool {
    is_spoofable(path)
        || path.first().is_some_and(|first| first == "github")
            && (path.ends_with(&["user".into(), "login".into()]) || path.ends_with(&["user".into(), "id".into()]))
}

/// Whether a context names who caused the last event, which is not who wrote the code.
pub fn is_spoofable(path: &[String]) -> bool {
    matches!(
        path.join(".").as_str(),
        "github.actor"
            | "github.triggering_actor"
            | "github.actor_id"
            | "github.event.sender.login"
            | "github.event.sender.id"
            | "github.event.pull_request.sender.login"
    )
}

fn is_association(expression: &Expression) -> bool {
    matches!(expression, Expression::Context(path) if path.last().is_some_and(|last| last == "author_association"))
}

/// Whether associations that outsiders have are among those that an expression lists.
fn mentions_strangers(expression: &Expression) -> bool {
    let mut found = false;
    expression.walk(&mut |part| {
        if let Expression::Text(text) = part {
            found |= ["NONE", "CONTRIBUTOR", "FIRST_TIME"].iter().any(|word| text.contains(word));
        }
    });
    found
}

impl Workflow<'_> {
    /// The parsed `if` of a job or a step.
    pub fn condition(&self, node: crate::syntax::NodeId) -> Option<Expression> {
        self.get(node, "if").and_then(|value| Expression::parse_condition(self.tree.label(value)))
    }

    /// Whether an outsider's event gets as far as a job (and a step of it).
    pub fn lets_in(&self, job: &Job<'_>, step: Option<&Step<'_>>, event: &str) -> bool {
        let passes = |node| self.condition(node).is_none_or(|it| holds(&it, event) != Some(false));
        self.answer(job.node, "job", event, || self.job_lets_in(job, event, 0))
            && step.is_none_or(|step| self.answer(step.node, "step", event, || passes(step.node)))
    }

    fn job_lets_in(&self, job: &Job<'_>, event: &str, depth: usize) -> bool {
        let condition = self.condition(job.node);
        if condition.as_ref().is_some_and(|it| holds(it, event) == Some(false)) {
            return false;
        }
        let mut runs_anyway = false;
        if let Some(condition) = &condition {
            condition.walk(&mut |part| {
                runs_anyway |=
                    matches!(part, Expression::Call(name, _) if matches!(name.as_str(), "always" | "cancelled" | "failure"));
            });
        }
        // Long chains of jobs are walked once a link; wide ones only along the first few.
        runs_anyway
            || depth > 2
            || job
                .needs
                .iter()
                .take(4)
                .filter_map(|name| self.job(name))
                .all(|before| self.job_lets_in(before, event, depth + 1))
    }

    /// Whether somebody has to agree before a job runs: a label, an environment, an action that asks for rights.
    pub fn needs_approval(&self, job: &Job<'_>) -> bool {
        self.answer(job.node, "approval", "", || self.approves(job, 0))
    }

    fn approves(&self, job: &Job<'_>, depth: usize) -> bool {
        let asks = |node| {
            let condition = self.text(node, &["if"]);
            condition.contains("label") || condition.contains("permission") || condition.contains("author_association")
        };
        asks(job.node)
            || self.get(job.node, "environment").is_some()
            || job.steps.iter().any(|step| {
                let action = step.action();
                let of_rights = ["permission", "team-member", "membership", "is-organization-member", "authorize"];
                let script = step.run.map_or("", |run| self.tree.label(run));
                let looks_up = script.contains("/collaborators/") && script.contains("permission");
                asks(step.node) || looks_up || of_rights.iter().any(|word| action.contains(word))
            })
            || (depth < 2
                && job.needs.iter().take(4).filter_map(|name| self.job(name)).any(|job| self.approves(job, depth + 1)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outcome(condition: &str, event: &str) -> Option<bool> {
        holds(&Expression::parse_condition(condition).expect("an expression"), event)
    }

    #[test]
    fn conditions_stop_outsiders() {
        let event = "pull_request_target";
        assert_eq!(outcome("github.event.pull_request.head.repo.full_name == github.repository", event), Some(false));
        assert_eq!(outcome("${{ !github.event.pull_request.head.repo.fork }}", event), Some(false));
        assert_eq!(outcome("github.event.pull_request.head.repo.fork == false", event), Some(false));
        assert_eq!(outcome("github.event_name == 'push' || github.actor == 'me'", event), Some(false));
        assert_eq!(outcome("github.event_name != 'push'", event), Some(true));
        assert_eq!(outcome("github.actor == 'dependabot[bot]'", event), None);
        assert_eq!(
            outcome("contains(fromJSON('[\"OWNER\"]'), github.event.comment.author_association)", event),
            Some(false)
        );
        assert_eq!(outcome("github.event.workflow_run.event == 'push' && success()", "workflow_run"), Some(false));
        assert_eq!(outcome("contains(github.event.comment.body, '/test')", "issue_comment"), None);
    }

    #[test]
    fn contexts_of_outsiders() {
        let path = |dotted: &str| dotted.split('.').map(str::to_owned).collect::<Vec<_>>();
        assert!(controlled(&path("github.event.issue.title"), false).is_some());
        assert!(controlled(&path("github.event.commits.*.message"), false).is_some());
        assert!(controlled(&path("github.event.issue"), false).is_none());
        assert!(controlled(&path("github.event"), true).is_some());
        assert!(controlled(&path("github.event.issue.number"), true).is_none());
        assert!(controlled(&path("github.event.pull_request.head.sha"), false).is_none());
    }
}
