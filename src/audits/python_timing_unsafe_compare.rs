//! Secrets compared with `==`: one side is a secret by its name, and neither is what everybody may know.

use super::{AuditContext, AuditMatch};
use crate::flow::{Names, Values};
use crate::naming;
use crate::syntax::{Field, Kind, NodeId, Tree};

/// Names, split into words, that end in one of these are secrets to compare.
const SECRETS: &[&[&str]] = &[
    &["signature"],
    &["hmac"],
    &["mac"],
    &["csrf", "token"],
    &["csrftoken"],
    &["xsrf", "token"],
    &["csrf"],
    &["api", "key"],
    &["apikey"],
    &["api", "token"],
    &["secret"],
    &["secret", "key"],
    &["secret", "token"],
    &["auth", "token"],
    &["access", "token"],
    &["bearer", "token"],
    &["session", "token"],
    &["verification", "token"],
    &["verify", "token"],
    &["reset", "token"],
    &["admin", "token"],
    &["admin", "key"],
    &["internal", "key"],
    &["internal", "token"],
    &["webhook", "token"],
    &["hmac", "digest"],
    &["expected", "token"],
    &["expected", "digest"],
    &["valid", "token"],
    &["x", "api", "key"],
];

/// Endings of the hash of a secret.
const HASHES: &[&[&str]] = &[
    &["key", "hash"],
    &["token", "hash"],
    &["hashed", "key"],
    &["hashed", "token"],
    &["hashed", "api", "key"],
    &["secret", "hash"],
    &["signature", "hash"],
];

/// Comparisons of secrets; variant `hash` for hashes of them.
pub(super) fn run(context: &AuditContext<'_>) -> Vec<AuditMatch> {
    let tree = context.tree;
    let mut found = Vec::new();
    let comparisons: Vec<NodeId> = tree
        .ids()
        .filter(|&id| tree.kind(id) == Kind::Compare && matches!(tree.label(id), "==" | "!="))
        .filter(|&id| {
            [Field::Left, Field::Right]
                .iter()
                .any(|&side| tree.child(id, side).is_some_and(|s| secret(tree, s).is_some()))
        })
        .collect();
    if comparisons.is_empty() {
        return found;
    }
    let names = Names::new(tree);
    let values = Values::new(&names);
    for compare in comparisons {
        let (Some(left), Some(right)) = (tree.child(compare, Field::Left), tree.child(compare, Field::Right)) else {
            continue;
        };
        let is_known = |side: NodeId| {
            values.is_constant(side)
                || values.is_named_constant(side) && secret(tree, side).is_none()
                || is_placeholder_or_kind(tree, side)
        };
        if is_known(left) || is_known(right) || is_harmless(tree, left) || is_harmless(tree, right) {
            continue;
        }
        // `Model.token == token` in a query builds SQL; nothing is compared here.
        if is_column(tree, left) || is_column(tree, right) || is_in_query(tree, compare) {
            continue;
        }
        // A signature is that of a function, a model or a document, unless something here computes MACs.
        let is_bare = |side: NodeId| {
            secret(tree, side).is_none()
                || naming::words(tree.label(side)).last().is_some_and(|word| word == "signature")
        };
        // `expected_signature` is computed to compare with, which nobody does for the signature of a function.
        let is_expected = |side: NodeId| {
            naming::words(tree.label(side)).iter().any(|word| {
                matches!(word.as_str(), "expected" | "computed" | "calculated" | "provided" | "received" | "given")
            })
        };
        let is_compared = is_expected(left) || is_expected(right);
        if is_bare(left) && is_bare(right) && !is_compared && !computes_macs(tree) {
            continue;
        }
        let is_hash = [left, right].iter().any(|&side| secret(tree, side) == Some(true));
        let name =
            [left, right].into_iter().find(|&side| secret(tree, side).is_some()).map_or("", |side| tree.source(side));
        found.push(AuditMatch {
            node: compare,
            span: tree.span(compare),
            captures: vec![("name".to_owned(), name.to_owned())],
            related: Vec::new(),
            anchor: tree.anchor(compare),
            variant: is_hash.then_some("hash"),
        });
    }
    found
}

/// Whether an expression is a secret by its name: `Some(true)` for the hash of one.
fn secret(tree: &Tree, node: NodeId) -> Option<bool> {
    let name = match tree.kind(node) {
        Kind::Name | Kind::Attribute => tree.label(node).to_owned(),
        Kind::Subscript => {
            let index = tree.child(node, Field::Index)?;
            if tree.kind(index) != Kind::Str {
                return None;
            }
            tree.label(index).to_owned()
        }
        // `headers.get("X-Signature")`, `hmac.new(...).hexdigest()`.
        Kind::Call => {
            let callee = tree.child(node, Field::Callee)?;
            match tree.label(callee) {
                "get" => {
                    let key = tree.child(node, Field::Argument).filter(|&key| tree.kind(key) == Kind::Str)?;
                    tree.label(key).to_owned()
                }
                "hexdigest" | "digest" if tree.source(node).starts_with("hmac.") => return Some(false),
                _ => return None,
            }
        }
        _ => return None,
    };
    let words = naming::words(&name);
    let ends = |endings: &[&[&str]]| {
        endings
            .iter()
            .any(|ending| words.len() >= ending.len() && words[words.len() - ending.len()..].iter().eq(ending.iter()))
    };
    if ends(HASHES) {
        return Some(true);
    }
    ends(SECRETS).then_some(false)
}

/// Names of values that stand for themselves: `CHANGE_ME_SECRET_KEY`, `TokenKind.SECRET`, `SECRET_TYPE`.
fn is_placeholder_or_kind(tree: &Tree, node: NodeId) -> bool {
    if !matches!(tree.kind(node), Kind::Name | Kind::Attribute) {
        return false;
    }
    let name = tree.label(node);
    let is_constant = !name.chars().any(char::is_lowercase);
    let is_member = is_constant
        && tree.child(node, Field::Object).is_some_and(|object| {
            tree.label(object).starts_with(|c: char| c.is_uppercase())
                && tree.label(object).chars().any(char::is_lowercase)
        });
    let words = naming::words(name);
    let stands_for_itself = |word: &String| {
        matches!(
            word.as_str(),
            "change"
                | "changeme"
                | "default"
                | "placeholder"
                | "type"
                | "kind"
                | "name"
                | "prefix"
                | "field"
                | "header"
        )
    };
    is_member || (is_constant && words.iter().any(stands_for_itself))
}

/// Whether anything in the file makes or checks MACs or signatures: imports and names of headers tell.
fn computes_macs(tree: &Tree) -> bool {
    let speaks_of_macs = |text: &str| {
        let text = text.to_ascii_lowercase();
        ["hmac", "webhook", "x-hub-signature", "x-signature", "signing"].iter().any(|word| text.contains(word))
    };
    tree.ids().any(|id| match tree.kind(id) {
        Kind::ImportItem | Kind::ImportFrom | Kind::Str => speaks_of_macs(tree.label(id)),
        _ => false,
    })
}

/// Lengths, types, counts, and function signatures of `inspect`.
fn is_harmless(tree: &Tree, node: NodeId) -> bool {
    match tree.kind(node) {
        Kind::Call => tree.child(node, Field::Callee).is_some_and(|callee| {
            matches!(tree.label(callee), "len" | "type" | "signature" | "getfullargspec" | "count" | "Signature")
        }),
        Kind::Number | Kind::Null | Kind::Bool | Kind::List | Kind::Dict | Kind::Tuple => true,
        _ => false,
    }
}

/// `User.token`: an attribute of a class is a column of a model.
fn is_column(tree: &Tree, node: NodeId) -> bool {
    tree.kind(node) == Kind::Attribute
        && tree.child(node, Field::Object).is_some_and(|object| {
            let label = tree.label(object);
            matches!(tree.kind(object), Kind::Name | Kind::Attribute)
                && label.starts_with(|c: char| c.is_uppercase())
                && label.chars().any(char::is_lowercase)
                || label == "c" && tree.kind(object) == Kind::Attribute
        })
}

/// Inside `select(..).where(..)`, `query.filter(..)`.
fn is_in_query(tree: &Tree, node: NodeId) -> bool {
    tree.ancestors(node)
        .take_while(|&id| !matches!(tree.kind(id), Kind::Block | Kind::Module))
        .filter(|&id| tree.kind(id) == Kind::Call)
        .any(|call| {
            tree.child(call, Field::Callee).is_some_and(|callee| {
                matches!(
                    tree.label(callee),
                    "where"
                        | "filter"
                        | "filter_by"
                        | "and_"
                        | "or_"
                        | "having"
                        | "find"
                        | "find_one"
                        | "exists"
                        | "join"
                        | "on"
                )
            })
        })
}
