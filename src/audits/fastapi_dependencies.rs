//! Dependencies that FastAPI never runs as a check: called too early, or a factory handed over instead of what it makes.
//!
//! Judges functions of the same file only; an imported function may be either.

use super::fastapi_middleware::found_at;
use super::python_call::{called_name, is_named, positional};
use super::{Audit, AuditContext, AuditMatch};
use crate::flow::{Names, Values};
use crate::syntax::{Field, FileKind, Kind, NodeId, Tree};

/// The check.
pub(super) const DEPENDENCIES: Audit =
    Audit { name: "fastapi-dependencies", kinds: &[FileKind::Python], variants: &[], run: dependencies };

/// Dependencies judged in one file.
const MAX_DEPENDENCIES: usize = 1_000;

fn dependencies(context: &AuditContext<'_>) -> Vec<AuditMatch> {
    let tree = context.tree;
    if !tree.text().contains("Depends") && !tree.text().contains("dependencies") {
        return Vec::new();
    }
    let names = Names::new(tree);
    let values = Values::new(&names);
    tree.ids()
        .filter_map(|id| match tree.kind(id) {
            Kind::Call => judge_depends(&values, id),
            Kind::KeywordArgument if tree.label(id) == "dependencies" => judge_list(&values, id),
            _ => None,
        })
        .take(MAX_DEPENDENCIES)
        .map(|(node, reason)| {
            let mut report = found_at(&values, node, None);
            report.captures.push(("reason".to_owned(), reason));
            report
        })
        .collect()
}

/// `Depends(check())` and `dependencies=[Depends(make_check)]`.
fn judge_depends(values: &Values<'_>, call: NodeId) -> Option<(NodeId, String)> {
    let tree = values.tree();
    let callee = tree.child(call, Field::Callee)?;
    if !is_named(values, callee, &["Depends", "Security"]) {
        return None;
    }
    let given = positional(tree, call).next()?;
    if tree.kind(given) == Kind::Call {
        let function = local_function(values, tree.child(given, Field::Callee)?)?;
        return gives_no_callable(tree, function).then(|| {
            let name = called_name(tree, given);
            (given, format!("`{name}()` is called once while the module loads, and its result is no check"))
        });
    }
    let function = local_function(values, given)?;
    let is_listed = tree
        .ancestors(call)
        .take(3)
        .any(|outer| tree.kind(outer) == Kind::KeywordArgument && tree.label(outer) == "dependencies");
    (is_listed && returns_own_function(tree, function)).then(|| {
        let name = tree.label(given);
        (given, format!("`{name}` only makes the check; nobody calls what it returns"))
    })
}

/// `dependencies=[check]` without `Depends`.
fn judge_list(values: &Values<'_>, argument: NodeId) -> Option<(NodeId, String)> {
    let tree = values.tree();
    let list =
        tree.child(argument, Field::Value).filter(|&list| matches!(tree.kind(list), Kind::List | Kind::Tuple))?;
    let item =
        tree.children(list).find(|&item| tree.kind(item) == Kind::Name && local_function(values, item).is_some())?;
    Some((item, format!("`{}` stands there without `Depends`", tree.label(item))))
}

fn local_function(values: &Values<'_>, name: NodeId) -> Option<NodeId> {
    let tree = values.tree();
    if tree.kind(name) != Kind::Name {
        return None;
    }
    let scopes = values.names().scopes();
    match scopes.visible(scopes.scope_of(tree, name), tree.label(name)) {
        [definition] if tree.kind(definition.site) == Kind::FunctionDef => {
            // A decorator may make anything of it.
            let is_plain = tree.children_by(definition.site, Field::Decorator).next().is_none();
            is_plain.then_some(definition.site)
        }
        _ => None,
    }
}

fn own_nodes(tree: &Tree, function: NodeId) -> impl Iterator<Item = NodeId> + '_ {
    let mut skip_to = 0;
    tree.subtree(function).skip(1).filter(move |&id| {
        if id.0 < skip_to {
            return false;
        }
        if matches!(tree.kind(id), Kind::FunctionDef | Kind::Lambda | Kind::ClassDef) {
            skip_to = tree.subtree_end(id);
        }
        true
    })
}

/// Whether what a call gives can never be called: a coroutine, a generator, nothing, or plain data.
fn gives_no_callable(tree: &Tree, function: NodeId) -> bool {
    let is_async = tree.children_by(function, Field::Modifier).any(|modifier| tree.label(modifier) == "async");
    is_async
        || own_nodes(tree, function).all(|id| {
            tree.kind(id) != Kind::Return
                || tree.child(id, Field::Value).is_none_or(|value| {
                    matches!(
                        tree.kind(value),
                        Kind::Str
                            | Kind::FString
                            | Kind::Number
                            | Kind::Bool
                            | Kind::Null
                            | Kind::Dict
                            | Kind::List
                            | Kind::Tuple
                            | Kind::Compare
                            | Kind::Subscript
                    )
                })
        })
}

/// Whether a function defines a function and returns it.
fn returns_own_function(tree: &Tree, function: NodeId) -> bool {
    let inner: Vec<&str> =
        own_nodes(tree, function).filter(|&id| tree.kind(id) == Kind::FunctionDef).map(|id| tree.label(id)).collect();
    let mut returned = own_nodes(tree, function)
        .filter(|&id| tree.kind(id) == Kind::Return)
        .filter_map(|id| tree.child(id, Field::Value))
        .peekable();
    returned.peek().is_some()
        && returned.all(|value| tree.kind(value) == Kind::Name && inner.contains(&tree.label(value)))
}
