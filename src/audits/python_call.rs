//! Arguments of Python calls, in every way of handing them over: keyword, position, `**options`.
//!
//! Knows the shape of calls and of dictionaries, nothing of any library.

use crate::flow::{Constant, Value, Values};
use crate::syntax::{Field, Kind, NodeId, Tree};

/// An argument that a call gets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Given {
    /// The value's expression.
    pub value: NodeId,
    /// What to show: the keyword argument, or the whole call where the value stands elsewhere.
    pub shown: NodeId,
}

/// The last name of what a call calls: `b` of `a.b(...)`.
pub(super) fn called_name(tree: &Tree, call: NodeId) -> &str {
    tree.child(call, Field::Callee).map_or("", |callee| tree.label(callee))
}

/// Whether an expression names, after its imports are resolved, one of these: whole dotted names, or last names where
/// `wanted` has no dot.
pub(super) fn is_named(values: &Values<'_>, node: NodeId, wanted: &[&str]) -> bool {
    if !matches!(values.tree().kind(node), Kind::Name | Kind::Attribute) {
        return false;
    }
    values.names().resolved(node).iter().any(|name| {
        let last = name.rsplit('.').next().unwrap_or(name);
        wanted.iter().any(|wanted| *wanted == name || (!wanted.contains('.') && *wanted == last))
    })
}

/// The arguments that stand by position, in order; nothing behind a `*splat` is known.
pub(super) fn positional(tree: &Tree, call: NodeId) -> impl Iterator<Item = NodeId> + '_ {
    tree.children_by(call, Field::Argument)
        .take_while(|&argument| !(tree.kind(argument) == Kind::Splat && tree.label(argument) == "*"))
        .filter(|&argument| !matches!(tree.kind(argument), Kind::KeywordArgument | Kind::Splat))
}

/// The argument of a name, written as keyword or in a `**dictionary` of this file.
pub(super) fn keyword(values: &Values<'_>, call: NodeId, name: &str) -> Option<Given> {
    let tree = values.tree();
    for argument in tree.children_by(call, Field::Argument) {
        if tree.kind(argument) == Kind::KeywordArgument && tree.label(argument) == name {
            return tree.child(argument, Field::Value).map(|value| Given { value, shown: argument });
        }
    }
    double_splats(tree, call)
        .filter_map(|splat| tree.child(splat, Field::Value))
        .find_map(|options| entry_of(values, options, name))
        .map(|value| Given { value, shown: call })
}

/// The argument of a name or, where it is not named, of a position.
pub(super) fn argument(values: &Values<'_>, call: NodeId, name: &str, position: usize) -> Option<Given> {
    keyword(values, call, name)
        .or_else(|| positional(values.tree(), call).nth(position).map(|value| Given { value, shown: value }))
}

/// Whether arguments may be handed over that nobody can see here.
pub(super) fn has_unknown_arguments(values: &Values<'_>, call: NodeId) -> bool {
    let tree = values.tree();
    tree.children_by(call, Field::Argument).filter(|&argument| tree.kind(argument) == Kind::Splat).any(|splat| {
        tree.label(splat) == "*"
            || tree.child(splat, Field::Value).is_none_or(|options| dictionaries(values, options).is_empty())
    })
}

fn double_splats(tree: &Tree, call: NodeId) -> impl Iterator<Item = NodeId> + '_ {
    tree.children_by(call, Field::Argument)
        .filter(|&argument| tree.kind(argument) == Kind::Splat && tree.label(argument) == "**")
}

/// The value of a constant key of a dictionary: of the literal, of `dict(key=...)`, or set later by `options["key"] = ...`.
pub(super) fn entry_of(values: &Values<'_>, options: NodeId, key: &str) -> Option<NodeId> {
    let tree = values.tree();
    if tree.kind(options) == Kind::Name
        && let Some(set) = set_later(values, options, key)
    {
        return Some(set);
    }
    dictionaries(values, options).into_iter().find_map(|dictionary| literal_entry(values, dictionary, key))
}

/// The dictionary literals (or `dict(...)` calls) that an expression may be.
pub(super) fn dictionaries(values: &Values<'_>, options: NodeId) -> Vec<NodeId> {
    let tree = values.tree();
    let sources = match tree.kind(options) {
        Kind::Name => values.sources(options),
        Kind::Attribute => values.single_definition(options).into_iter().collect(),
        _ => vec![options],
    };
    sources
        .into_iter()
        .filter(|&source| {
            tree.kind(source) == Kind::Dict || (tree.kind(source) == Kind::Call && called_name(tree, source) == "dict")
        })
        .collect()
}

fn literal_entry(values: &Values<'_>, dictionary: NodeId, key: &str) -> Option<NodeId> {
    let tree = values.tree();
    tree.children(dictionary).filter(|&item| matches!(tree.kind(item), Kind::Pair | Kind::KeywordArgument)).find_map(
        |item| {
            let is_wanted = match tree.child(item, Field::Key) {
                Some(name) => matches!(values.value(name), Value::Constant(Constant::Str(name)) if name == key),
                None => tree.kind(item) == Kind::KeywordArgument && tree.label(item) == key,
            };
            is_wanted.then(|| tree.child(item, Field::Value))?
        },
    )
}

/// `options["key"] = value` in the same scope before the use.
fn set_later(values: &Values<'_>, options: NodeId, key: &str) -> Option<NodeId> {
    let tree = values.tree();
    let scopes = values.names().scopes();
    let scope = scopes.scope_of(tree, options);
    let within = scopes.node(scope);
    tree.subtree(within).rev().filter(|&id| id < options && tree.kind(id) == Kind::Assign).find_map(|assign| {
        let target = tree.child(assign, Field::Target).filter(|&target| tree.kind(target) == Kind::Subscript)?;
        let object = tree.child(target, Field::Object)?;
        let index = tree.child(target, Field::Index)?;
        let is_wanted = tree.kind(object) == Kind::Name
            && tree.label(object) == tree.label(options)
            && tree.kind(index) == Kind::Str
            && tree.label(index) == key;
        is_wanted.then(|| tree.child(assign, Field::Value))?
    })
}

/// The function around a node.
pub(super) fn enclosing_function(tree: &Tree, node: NodeId) -> Option<NodeId> {
    tree.ancestors(node).find(|&ancestor| tree.kind(ancestor) == Kind::FunctionDef)
}

/// Names of the classes and functions around a node, outermost first, joined by `/`.
pub(super) fn anchor(tree: &Tree, node: NodeId) -> String {
    let mut names: Vec<&str> = tree
        .ancestors(node)
        .filter(|&ancestor| matches!(tree.kind(ancestor), Kind::FunctionDef | Kind::ClassDef))
        .map(|ancestor| tree.label(ancestor))
        .collect();
    names.reverse();
    names.join("/")
}
