//! Code that sends a request's `Origin` header back as `Access-Control-Allow-Origin` without looking at it.
//!
//! A look is a comparison with a list, a call that gets the origin, or a method of it; that there is an origin at all is
//! none.

use super::fastapi_middleware::found_at;
use super::python_call::{called_name, enclosing_function, positional};
use super::python_headers::{HeaderSite, header_sites};
use super::{Audit, AuditContext, AuditMatch};
use crate::flow::{Names, Values};
use crate::syntax::{Field, FileKind, Kind, NodeId, Tree};

const PUBLIC: &str = "public";

/// The check. Without variant: credentials are allowed too.
pub(super) const ORIGIN_REFLECTION: Audit =
    Audit { name: "python-origin-reflection", kinds: &[FileKind::Python], variants: &[PUBLIC], run: reflections };

fn reflections(context: &AuditContext<'_>) -> Vec<AuditMatch> {
    let tree = context.tree;
    let sites = header_sites(tree, &["access-control-allow-origin"]);
    if sites.is_empty() {
        return Vec::new();
    }
    let names = Names::new(tree);
    let values = Values::new(&names);
    let with_credentials = !header_sites(tree, &["access-control-allow-credentials"]).is_empty();
    sites
        .iter()
        .filter(|site| is_unchecked_origin(&values, site))
        .map(|site| found_at(&values, site.shown, (!with_credentials).then_some(PUBLIC)))
        .collect()
}

/// Whether the value is the request's origin, and nothing on the way to the site looks at it.
fn is_unchecked_origin(values: &Values<'_>, site: &HeaderSite) -> bool {
    let tree = values.tree();
    if is_checked(tree, site.value, site.shown) {
        return false;
    }
    carriers(values, site.value).into_iter().any(|carrier| is_origin(tree, carrier))
}

/// The expressions that may end in the value: through names, fall-backs and string building around it.
fn carriers(values: &Values<'_>, value: NodeId) -> Vec<NodeId> {
    let tree = values.tree();
    let mut open = vec![value];
    let mut found = Vec::new();
    let mut steps = 0;
    while let Some(node) = open.pop() {
        steps += 1;
        if steps > 32 {
            break;
        }
        match tree.kind(node) {
            Kind::Name => {
                let sources = values.sources(node);
                if sources == [node] {
                    found.push(node);
                } else {
                    open.extend(sources.into_iter().filter(|&source| source != node));
                }
            }
            Kind::Boolean => open.extend(tree.children(node)),
            Kind::Conditional => {
                let checked =
                    tree.child(node, Field::Condition).is_some_and(|condition| tests_anything(tree, condition));
                if !checked {
                    open.extend([Field::Consequence, Field::Alternative].iter().filter_map(|&f| tree.child(node, f)));
                }
            }
            Kind::FString => {
                open.extend(tree.children(node).filter_map(|part| tree.child(part, Field::Value)));
            }
            // `origin.encode()`, `origin.decode("latin-1")`, `str(origin)`
            Kind::Call if matches!(called_name(tree, node), "encode" | "decode" | "strip" | "lower") => {
                open.extend(tree.child(node, Field::Callee).and_then(|callee| tree.child(callee, Field::Object)));
            }
            Kind::Call if called_name(tree, node) == "str" => open.extend(positional(tree, node).next()),
            _ => found.push(node),
        }
    }
    found
}

/// `request.headers.get("origin")`, `request.headers["Origin"]`, `headers.get(b"origin")`, `environ["HTTP_ORIGIN"]`.
fn is_origin(tree: &Tree, node: NodeId) -> bool {
    let is_name = |name: NodeId| {
        matches!(tree.kind(name), Kind::Str | Kind::Bytes)
            && matches!(tree.label(name).to_ascii_lowercase().as_str(), "origin" | "http_origin")
    };
    match tree.kind(node) {
        Kind::Call if called_name(tree, node) == "get" => positional(tree, node).next().is_some_and(is_name),
        Kind::Subscript => tree.child(node, Field::Index).is_some_and(is_name),
        // A handler's parameter: `origin: str = Header(None)`.
        Kind::Name if tree.label(node).eq_ignore_ascii_case("origin") => {
            enclosing_function(tree, node).is_some_and(|function| {
                tree.children_by(function, Field::Parameter).any(|parameter| {
                    tree.label(parameter) == tree.label(node) && tree.source(parameter).contains("Header(")
                })
            })
        }
        _ => false,
    }
}

/// Whether a condition around the site, or one before it that leaves the function, looks at what is sent.
fn is_checked(tree: &Tree, value: NodeId, site: NodeId) -> bool {
    let mentions = |node: NodeId| {
        let subject = subject(tree, value);
        tests_subject(tree, node, subject)
    };
    let mut child = site;
    for ancestor in tree.ancestors(site) {
        match tree.kind(ancestor) {
            Kind::If
                if matches!(tree.field(child), Field::Consequence | Field::Alternative)
                    && tree.child(ancestor, Field::Condition).is_some_and(mentions) =>
            {
                return true;
            }
            Kind::Block => {
                let leaves = |earlier: NodeId| {
                    tree.kind(earlier) == Kind::If
                        && tree.child(earlier, Field::Condition).is_some_and(mentions)
                        && tree
                            .child(earlier, Field::Consequence)
                            .is_some_and(|consequence| always_leaves(tree, consequence))
                };
                if tree.children(ancestor).take_while(|&earlier| earlier < child).any(leaves) {
                    return true;
                }
            }
            Kind::FunctionDef => break,
            _ => {}
        }
        child = ancestor;
    }
    false
}

fn always_leaves(tree: &Tree, block: NodeId) -> bool {
    tree.children(block)
        .last()
        .is_some_and(|last| matches!(tree.kind(last), Kind::Return | Kind::Raise | Kind::Continue))
}

/// The name that stands for the origin, or the whole expression.
fn subject(tree: &Tree, value: NodeId) -> &str {
    tree.subtree(value).find(|&id| tree.kind(id) == Kind::Name).map_or("", |name| tree.label(name))
}

/// Whether a condition compares the subject with something, hands it to a call or calls a method of it.
fn tests_subject(tree: &Tree, condition: NodeId, subject: &str) -> bool {
    if subject.is_empty() {
        return false;
    }
    let is_subject = |node: NodeId| {
        tree.subtree(node).any(|id| matches!(tree.kind(id), Kind::Name | Kind::Attribute) && tree.label(id) == subject)
    };
    tree.subtree(condition).any(|id| match tree.kind(id) {
        Kind::Compare => {
            is_subject(id)
                && tree.children(id).all(|side| !matches!(tree.kind(side), Kind::Null))
                && !tree.children(id).any(|side| tree.kind(side) == Kind::Str && tree.label(side).is_empty())
        }
        Kind::Call => {
            let handed = tree.children_by(id, Field::Argument).any(is_subject);
            let method = tree
                .child(id, Field::Callee)
                .and_then(|callee| tree.child(callee, Field::Object))
                .is_some_and(|object| tree.kind(object) == Kind::Name && is_subject(object) && subject != "request");
            handed || method
        }
        _ => false,
    })
}

/// Whether a condition compares or calls at all.
fn tests_anything(tree: &Tree, condition: NodeId) -> bool {
    tree.subtree(condition).any(|id| matches!(tree.kind(id), Kind::Compare | Kind::Call))
}
