//! A workflow, or a composite action, as audits see it: triggers, jobs, steps and what belongs to them.
//!
//! It knows the keys of GitHub's workflow syntax, not what is wrong with their values.

use crate::source::Span;
use crate::syntax::{Field, Kind, NodeId, Tree};
use rustc_hash::FxHashMap;
use std::cell::RefCell;

/// How many jobs, steps and triggers are looked at; more than anybody writes.
const MAX_ITEMS: usize = 2_000;

/// A workflow file or an action's metadata file.
#[derive(Debug)]
pub struct Workflow<'tree> {
    /// The file.
    pub tree: &'tree Tree,
    /// The top mapping.
    pub top: NodeId,
    /// Events that start it: the name and the node of the name. Empty for an action.
    pub triggers: Vec<(&'tree str, NodeId)>,
    /// The jobs; an action has one without a name.
    pub jobs: Vec<Job<'tree>>,
    /// Jobs by their key in lower case.
    by_name: FxHashMap<String, usize>,
    /// What was found out about jobs and steps before, by what was asked: audits ask for each expression again.
    answers: RefCell<FxHashMap<(NodeId, &'static str, String), bool>>,
}

/// A job.
#[derive(Debug)]
pub struct Job<'tree> {
    /// Its key.
    pub name: &'tree str,
    /// Its mapping.
    pub node: NodeId,
    /// Its steps in order.
    pub steps: Vec<Step<'tree>>,
    /// Names of jobs that have to succeed before.
    pub needs: Vec<&'tree str>,
}

/// A step.
#[derive(Debug, Clone, Copy)]
pub struct Step<'tree> {
    /// Its mapping.
    pub node: NodeId,
    /// What `id` says.
    pub id: &'tree str,
    /// What `uses` says.
    pub uses: &'tree str,
    /// The value of `run`.
    pub run: Option<NodeId>,
}

impl Step<'_> {
    /// The action without its version, in lower case: `actions/checkout`.
    pub fn action(&self) -> String {
        self.uses.split('@').next().unwrap_or("").to_ascii_lowercase()
    }

    /// The version behind the action's `@`.
    pub fn version(&self) -> &str {
        self.uses.split_once('@').map_or("", |(_, version)| version.trim())
    }
}

impl<'tree> Workflow<'tree> {
    /// Reads a file.
    pub fn new(tree: &'tree Tree) -> Option<Self> {
        let top = tree.children(tree.root()).find(|&node| tree.kind(node) == Kind::Mapping)?;
        let mut workflow = Self {
            tree,
            top,
            triggers: Vec::new(),
            jobs: Vec::new(),
            by_name: FxHashMap::default(),
            answers: RefCell::default(),
        };
        workflow.triggers = workflow.read_triggers();
        if let Some(jobs) = workflow.get(top, "jobs") {
            for (name, node) in workflow.entries(jobs) {
                let steps = workflow.read_steps(workflow.get(node, "steps"));
                let needs = workflow.get(node, "needs").map(|needs| workflow.words(needs)).unwrap_or_default();
                let needs = needs.into_iter().map(|word| tree.label(word)).collect();
                workflow.by_name.insert(name.to_ascii_lowercase(), workflow.jobs.len());
                workflow.jobs.push(Job { name, node, steps, needs });
            }
        } else if let Some(runs) = workflow.get(top, "runs") {
            let steps = workflow.read_steps(workflow.get(runs, "steps"));
            workflow.jobs.push(Job { name: "", node: runs, steps, needs: Vec::new() });
        }
        Some(workflow)
    }

    fn read_triggers(&self) -> Vec<(&'tree str, NodeId)> {
        let Some(on) = self.get(self.top, "on").or_else(|| self.get(self.top, "true")) else { return Vec::new() };
        let tree = self.tree;
        if tree.kind(on) == Kind::Mapping {
            let pairs = tree.children(on).filter(|&pair| tree.kind(pair) == Kind::Pair).take(MAX_ITEMS);
            return pairs.filter_map(|pair| tree.child(pair, Field::Key)).map(|key| (tree.label(key), key)).collect();
        }
        self.words(on).into_iter().map(|word| (tree.label(word), word)).collect()
    }

    fn read_steps(&self, steps: Option<NodeId>) -> Vec<Step<'tree>> {
        let Some(steps) = steps else { return Vec::new() };
        let tree = self.tree;
        let label = |node, key| self.get(node, key).map_or("", |value| tree.label(value));
        let nodes =
            tree.children(steps).map(|node| self.resolved(node)).filter(|&node| tree.kind(node) == Kind::Mapping);
        nodes
            .take(MAX_ITEMS)
            .map(|node| Step {
                node,
                id: label(node, "id"),
                uses: label(node, "uses"),
                run: self.get(node, "run").filter(|&run| tree.kind(run) == Kind::Str),
            })
            .collect()
    }

    /// Whether the file is an action, not a workflow.
    pub fn is_action(&self) -> bool {
        self.get(self.top, "runs").is_some() && self.get(self.top, "jobs").is_none()
    }

    /// Whether an event starts the workflow.
    pub fn has_trigger(&self, event: &str) -> bool {
        self.triggers.iter().any(|(name, _)| *name == event)
    }

    fn resolved(&self, node: NodeId) -> NodeId {
        if self.tree.kind(node) == Kind::Alias { self.tree.alias_target(node).unwrap_or(node) } else { node }
    }

    /// The value of a key.
    pub fn get(&self, mapping: NodeId, key: &str) -> Option<NodeId> {
        self.entries(mapping).into_iter().find(|(name, _)| *name == key).map(|(_, value)| value)
    }

    /// The value at a path of keys.
    pub fn at(&self, mapping: NodeId, path: &[&str]) -> Option<NodeId> {
        path.iter().try_fold(mapping, |node, key| self.get(node, key))
    }

    /// The text at a path of keys; empty when there is none.
    pub fn text(&self, mapping: NodeId, path: &[&str]) -> &'tree str {
        self.at(mapping, path).map_or("", |node| self.tree.label(node))
    }

    /// Keys and values of a mapping; nothing for another node.
    pub fn entries(&self, mapping: NodeId) -> Vec<(&'tree str, NodeId)> {
        let tree = self.tree;
        let mapping = self.resolved(mapping);
        if tree.kind(mapping) != Kind::Mapping {
            return Vec::new();
        }
        let pairs = tree.children(mapping).filter(|&pair| tree.kind(pair) == Kind::Pair).take(MAX_ITEMS);
        pairs
            .filter_map(|pair| {
                let key = tree.child(pair, Field::Key)?;
                let value = tree.child(pair, Field::Value)?;
                Some((tree.label(key), self.resolved(value)))
            })
            .collect()
    }

    /// The items of a list, or the one text that stands for it.
    fn words(&self, node: NodeId) -> Vec<NodeId> {
        let tree = self.tree;
        match tree.kind(node) {
            Kind::Sequence => tree.children(node).take(MAX_ITEMS).collect(),
            Kind::Mapping | Kind::Null => Vec::new(),
            _ => vec![node],
        }
    }

    /// The values of an environment variable, seen from a step: its own, the job's, the workflow's.
    pub fn environment(&self, job: &Job<'_>, step: &Step<'_>, name: &str) -> Option<NodeId> {
        [step.node, job.node, self.top].into_iter().find_map(|owner| {
            let variables = self.get(owner, "env")?;
            self.entries(variables).into_iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value)
        })
    }

    /// The `permissions` that a job's token has: the job's own, else the workflow's.
    pub fn permissions(&self, job: &Job<'_>) -> Option<NodeId> {
        self.get(job.node, "permissions").or_else(|| self.get(self.top, "permissions"))
    }

    /// Whether a job's token may write, as far as the file says; without `permissions` the repository's setting decides,
    /// which for years was "everything".
    pub fn may_write(&self, job: &Job<'_>) -> bool {
        let Some(permissions) = self.permissions(job) else { return true };
        self.tree.label(permissions) == "write-all"
            || self.entries(permissions).iter().any(|(_, value)| self.tree.label(*value) == "write")
    }

    /// Whether a job names a secret other than its token, in itself or in the workflow's environment.
    pub fn uses_secrets(&self, job: &Job<'_>) -> bool {
        let names_secret = |node: NodeId| {
            let text = self.tree.source(node);
            text.match_indices("secrets.").any(|(at, _)| !text[at..].starts_with("secrets.GITHUB_TOKEN"))
                || text.contains("secrets: inherit")
        };
        self.answer(job.node, "secrets", "", || {
            names_secret(job.node) || self.get(self.top, "env").is_some_and(names_secret)
        })
    }

    /// The answer to a question about a node, worked out once.
    pub fn answer(&self, node: NodeId, question: &'static str, of: &str, work: impl FnOnce() -> bool) -> bool {
        let key = (node, question, of.to_owned());
        if let Some(&answer) = self.answers.borrow().get(&key) {
            return answer;
        }
        let answer = work();
        self.answers.borrow_mut().insert(key, answer);
        answer
    }

    /// A job by its key.
    pub fn job(&self, name: &str) -> Option<&Job<'tree>> {
        self.by_name.get(&name.to_ascii_lowercase()).and_then(|&index| self.jobs.get(index))
    }

    /// The first line of a node.
    pub fn first_line(&self, node: NodeId) -> Span {
        let range = self.tree.span(node).range();
        let length = self.tree.source(node).lines().next().map_or(0, str::len);
        Span::from_range(range.start..range.start + length)
    }

    /// Name of a place in a job, for fingerprints that survive moved lines.
    pub fn anchor(&self, job: &Job<'_>, step: Option<&Step<'_>>) -> String {
        let mut anchor = format!("jobs/{}", job.name);
        if let Some(step) = step {
            let named = [step.id, self.text(step.node, &["name"]), step.uses].into_iter().find(|name| !name.is_empty());
            if let Some(name) = named {
                anchor.push('/');
                anchor.push_str(name);
            }
        }
        anchor
    }
}
