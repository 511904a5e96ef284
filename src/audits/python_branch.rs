//! What an expression may be, one possibility for each way through the file, and whether a way is taken in development
//! only.
//!
//! [`crate::flow::Values`] says what a value can be at all; this says under which condition, as far as the condition's own
//! words tell development from production.

use super::python_call::{argument, called_name};
use crate::flow::Values;
use crate::syntax::{Field, Kind, NodeId, Tree};

/// How many definitions of definitions are followed.
const MAX_STEPS: usize = 8;
/// Possibilities looked at for one expression.
const MAX_POSSIBILITIES: usize = 32;

/// Where a possibility holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Deployment {
    /// Nothing restricts it.
    Any,
    /// Only where somebody develops.
    Development,
    /// Only where it is not development.
    Production,
}

impl Deployment {
    /// What holds when both hold; `None` when both cannot.
    pub(super) const fn and(self, other: Self) -> Option<Self> {
        match (self, other) {
            (Self::Any, both) | (both, Self::Any) => Some(both),
            (Self::Development, Self::Development) => Some(Self::Development),
            (Self::Production, Self::Production) => Some(Self::Production),
            _ => None,
        }
    }

    const fn opposite(self) -> Self {
        match self {
            Self::Any => Self::Any,
            Self::Development => Self::Production,
            Self::Production => Self::Development,
        }
    }
}

/// One thing that an expression may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Possibility {
    /// The expression.
    pub node: NodeId,
    /// Where it holds.
    pub deployment: Deployment,
}

/// The expressions that an expression may stand for, followed through names, settings with defaults, functions of this
/// file, conditional expressions and fall-backs of environment look-ups.
pub(super) fn possibilities(values: &Values<'_>, node: NodeId) -> Vec<Possibility> {
    let mut found = Vec::new();
    follow(values, node, Deployment::Any, MAX_STEPS, &mut found);
    found
}

fn follow(values: &Values<'_>, node: NodeId, deployment: Deployment, steps: usize, found: &mut Vec<Possibility>) {
    if found.len() >= MAX_POSSIBILITIES {
        return;
    }
    let next = if steps == 0 { Vec::new() } else { one_step(values, node) };
    if next.is_empty() {
        found.push(Possibility { node, deployment });
        return;
    }
    for (next, restricted) in next {
        if let Some(deployment) = deployment.and(restricted) {
            follow(values, next, deployment, steps - 1, found);
        }
    }
}

/// What an expression leads to; empty when it is the end of the way.
fn one_step(values: &Values<'_>, node: NodeId) -> Vec<(NodeId, Deployment)> {
    let tree = values.tree();
    match tree.kind(node) {
        Kind::Conditional => {
            let condition = tree.child(node, Field::Condition).map_or(Deployment::Any, |c| condition_means(tree, c));
            let branch = |field, deployment| tree.child(node, field).map(|branch| (branch, deployment));
            [branch(Field::Consequence, condition), branch(Field::Alternative, condition.opposite())]
                .into_iter()
                .flatten()
                .collect()
        }
        // `settings.origins or ["*"]`
        Kind::Boolean if tree.label(node) == "or" => {
            tree.children(node).map(|operand| (operand, Deployment::Any)).collect()
        }
        Kind::Name => {
            let sources = values.sources(node);
            if sources.contains(&node) {
                return Vec::new();
            }
            sources.into_iter().map(|source| (source, deployment_of(tree, source))).collect()
        }
        Kind::Attribute => values
            .single_definition(node)
            .filter(|&definition| definition != node)
            .map(|definition| (definition, Deployment::Any))
            .into_iter()
            .collect(),
        Kind::Comprehension => tree
            .child(node, Field::Clause)
            .and_then(|clause| tree.child(clause, Field::Iterable))
            .map(|iterable| (iterable, Deployment::Any))
            .into_iter()
            .collect(),
        Kind::Call => called(values, node),
        _ => Vec::new(),
    }
}

fn called(values: &Values<'_>, call: NodeId) -> Vec<(NodeId, Deployment)> {
    let tree = values.tree();
    let Some(callee) = tree.child(call, Field::Callee) else { return Vec::new() };
    let one = |node: Option<NodeId>| node.map(|node| (node, Deployment::Any)).into_iter().collect();
    match tree.label(callee) {
        // What a list of origins in the environment is read with.
        "split" | "strip" if tree.kind(callee) == Kind::Attribute => one(tree.child(callee, Field::Object)),
        "getenv" | "get" | "config" | "env" | "str" | "list" | "Csv" | "loads" | "Field" | "cast" => {
            let position = match tree.label(callee) {
                "getenv" | "get" | "env" | "config" => 1,
                "cast" => 1,
                _ => 0,
            };
            let is_environment = tree.label(callee) != "get" || tree.source(callee).contains("environ");
            let given = argument(values, call, "default", position).filter(|_| is_environment);
            one(given.map(|given| given.value))
        }
        _ if tree.kind(callee) == Kind::Name => returned(values, callee),
        _ => Vec::new(),
    }
}

/// What a function of this file returns.
fn returned(values: &Values<'_>, callee: NodeId) -> Vec<(NodeId, Deployment)> {
    let tree = values.tree();
    let scopes = values.names().scopes();
    let [definition] = scopes.visible(scopes.scope_of(tree, callee), tree.label(callee)) else { return Vec::new() };
    let function = definition.site;
    if tree.kind(function) != Kind::FunctionDef || tree.is_within(callee, function) {
        return Vec::new();
    }
    tree.subtree(function)
        .filter(|&id| tree.kind(id) == Kind::Return)
        .filter(|&id| tree.ancestors(id).find(|&outer| is_function(tree, outer)) == Some(function))
        .filter_map(|id| Some((tree.child(id, Field::Value)?, deployment_of(tree, id))))
        .collect()
}

fn is_function(tree: &Tree, node: NodeId) -> bool {
    matches!(tree.kind(node), Kind::FunctionDef | Kind::Lambda)
}

/// Whether a place is reached in development only, in production only, or anywhere: by the branches around it, and by
/// branches before it that leave.
pub(super) fn deployment_of(tree: &Tree, node: NodeId) -> Deployment {
    let mut deployment = Deployment::Any;
    let mut child = node;
    for ancestor in tree.ancestors(node) {
        let here = match tree.kind(ancestor) {
            Kind::If => {
                let means =
                    tree.child(ancestor, Field::Condition).map_or(Deployment::Any, |c| condition_means(tree, c));
                match tree.field(child) {
                    Field::Consequence => means,
                    Field::Alternative => means.opposite(),
                    _ => Deployment::Any,
                }
            }
            Kind::Block => left_before(tree, ancestor, child),
            Kind::FunctionDef => break,
            _ => Deployment::Any,
        };
        if deployment == Deployment::Any {
            deployment = here;
        }
        child = ancestor;
    }
    deployment
}

/// `if production: return ...` before a statement of the same block leaves the rest to development.
fn left_before(tree: &Tree, block: NodeId, statement: NodeId) -> Deployment {
    tree.children(block)
        .take_while(|&earlier| earlier < statement)
        .filter(|&earlier| tree.kind(earlier) == Kind::If)
        .filter(|&earlier| {
            tree.child(earlier, Field::Consequence).is_some_and(|consequence| {
                tree.children(consequence)
                    .last()
                    .is_some_and(|last| matches!(tree.kind(last), Kind::Return | Kind::Raise))
            })
        })
        .filter_map(|earlier| tree.child(earlier, Field::Condition))
        .map(|condition| condition_means(tree, condition).opposite())
        .find(|&deployment| deployment != Deployment::Any)
        .unwrap_or(Deployment::Any)
}

/// What a condition says, by its words: `settings.debug`, `ENV == "development"`, `not is_production()`.
fn condition_means(tree: &Tree, condition: NodeId) -> Deployment {
    let text = tree.source(condition);
    if text.len() > 200 {
        return Deployment::Any;
    }
    let mut meaning = Deployment::Any;
    let mut is_negated = false;
    for word in text.split(|c: char| !c.is_alphanumeric() && c != '!').filter(|word| !word.is_empty()) {
        match word.to_ascii_lowercase().as_str() {
            "not" | "!" => is_negated = !is_negated,
            "debug" | "dev" | "develop" | "development" | "local" | "localhost" | "testing" | "test" => {
                meaning = Deployment::Development;
            }
            "prod" | "production" | "live" => meaning = Deployment::Production,
            _ => {}
        }
    }
    if is_negated { meaning.opposite() } else { meaning }
}

/// Whether a call is of a function of this name, whatever its object.
pub(super) fn is_call_of(tree: &Tree, node: NodeId, name: &str) -> bool {
    tree.kind(node) == Kind::Call && called_name(tree, node) == name
}
