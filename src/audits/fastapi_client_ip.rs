//! Addresses that the client itself sends taken as the client's address.
//!
//! Looks at one function: whether a proxy in front overwrites the header is for a check that knows the proxy.

use super::fastapi_middleware::found_at;
use super::python_call::{called_name, enclosing_function, is_named, positional};
use super::{Audit, AuditContext, AuditMatch};
use crate::flow::{Constant, Names, Value, Values};
use crate::syntax::{Field, FileKind, Kind, NodeId, Tree};
use rustc_hash::FxHashSet;

const HEADER: &str = "header";

/// The check. Without variant: the first entry of `X-Forwarded-For`; with it, a header that names one address.
pub(super) const CLIENT_IP: Audit =
    Audit { name: "python-client-ip", kinds: &[FileKind::Python], variants: &[HEADER], run: client_addresses };

/// The list that every proxy appends to; its first entry is what the client wrote.
const LIST: &str = "x-forwarded-for";
/// Headers that name one address, which a client can send as well.
const SINGLE: &[&str] =
    &["x-real-ip", "cf-connecting-ip", "true-client-ip", "x-client-ip", "x-cluster-client-ip", "fastly-client-ip"];
/// Functions that are judged in one file.
const MAX_FUNCTIONS: usize = 200;

fn client_addresses(context: &AuditContext<'_>) -> Vec<AuditMatch> {
    let tree = context.tree;
    let text = tree.text().to_ascii_lowercase().replace('_', "-");
    if !text.contains(LIST) && !text.contains("get-ipaddr") && !SINGLE.iter().any(|name| text.contains(name)) {
        return Vec::new();
    }
    let names = Names::new(tree);
    let values = Values::new(&names);
    let mut found = Vec::new();
    let mut judged: FxHashSet<Option<NodeId>> = FxHashSet::default();
    let mut report = |node: NodeId, header: &str, variant: Option<&'static str>| {
        let function = enclosing_function(tree, node);
        if judged.len() < MAX_FUNCTIONS
            && !judged.contains(&function)
            && !knows_its_proxies(tree, function.unwrap_or(node))
        {
            judged.insert(function);
            let mut found_here = found_at(&values, node, variant);
            found_here.captures.push(("header".to_owned(), header.to_owned()));
            found.push(found_here);
        }
    };
    for id in tree.ids() {
        if is_first_entry(&values, id) || is_slowapi_reader(&values, id) {
            report(id, "X-Forwarded-For", None);
        }
    }
    for id in tree.ids() {
        let Some(header) = header_read(&values, id) else { continue };
        if (header == LIST || SINGLE.contains(&header.as_str())) && is_taken_as_address(tree, id, header == LIST) {
            report(id, &header, Some(HEADER));
        }
    }
    found
}

/// `slowapi.util.get_ipaddr` reads the first entry.
fn is_slowapi_reader(values: &Values<'_>, id: NodeId) -> bool {
    matches!(values.tree().kind(id), Kind::Name | Kind::Attribute)
        && values.tree().label(id) == "get_ipaddr"
        && is_named(values, id, &["slowapi.util.get_ipaddr"])
}

/// `x.split(",")[0]` where `x` comes from the list header.
fn is_first_entry(values: &Values<'_>, id: NodeId) -> bool {
    let tree = values.tree();
    if tree.kind(id) != Kind::Subscript {
        return false;
    }
    let is_zero =
        tree.child(id, Field::Index).is_some_and(|index| values.value(index) == Value::Constant(Constant::Number(0.0)));
    is_zero && tree.child(id, Field::Object).is_some_and(|object| is_split_list(values, object, 6))
}

/// Whether an expression is the list header taken apart at its commas.
fn is_split_list(values: &Values<'_>, node: NodeId, steps: usize) -> bool {
    let tree = values.tree();
    if steps == 0 {
        return false;
    }
    match tree.kind(node) {
        Kind::Call if matches!(called_name(tree, node), "split" | "partition") => {
            let at_comma = positional(tree, node).next().is_some_and(|separator| tree.label(separator).contains(','));
            at_comma
                && tree
                    .child(node, Field::Callee)
                    .and_then(|callee| tree.child(callee, Field::Object))
                    .is_some_and(|object| is_list_header(values, object, 6))
        }
        Kind::Comprehension => tree
            .child(node, Field::Clause)
            .and_then(|clause| tree.child(clause, Field::Iterable))
            .is_some_and(|iterable| is_split_list(values, iterable, steps - 1)),
        Kind::Name => {
            values.sources(node).into_iter().any(|source| source != node && is_split_list(values, source, steps - 1))
        }
        _ => false,
    }
}

/// Whether an expression is, or falls back from, the list header.
fn is_list_header(values: &Values<'_>, node: NodeId, steps: usize) -> bool {
    let tree = values.tree();
    if header_read(values, node).is_some_and(|header| header == LIST) {
        return true;
    }
    if steps == 0 {
        return false;
    }
    match tree.kind(node) {
        Kind::Name => {
            let sources = values.sources(node);
            if sources == [node] {
                // A parameter: `x_forwarded_for: str = Header()`.
                let name = tree.label(node).to_ascii_lowercase().replace('_', "-");
                return name == LIST && is_header_parameter(tree, node);
            }
            sources.into_iter().any(|source| source != node && is_list_header(values, source, steps - 1))
        }
        Kind::Boolean | Kind::Conditional => tree.children(node).any(|part| is_list_header(values, part, steps - 1)),
        Kind::NamedExpression => {
            tree.child(node, Field::Value).is_some_and(|value| is_list_header(values, value, steps - 1))
        }
        // `forwarded.strip()`, `forwarded.decode()`
        Kind::Call if matches!(called_name(tree, node), "strip" | "decode" | "replace") => tree
            .child(node, Field::Callee)
            .and_then(|callee| tree.child(callee, Field::Object))
            .is_some_and(|object| is_list_header(values, object, steps - 1)),
        _ => false,
    }
}

fn is_header_parameter(tree: &Tree, name: NodeId) -> bool {
    enclosing_function(tree, name).is_some_and(|function| {
        tree.children_by(function, Field::Parameter)
            .any(|parameter| tree.label(parameter) == tree.label(name) && tree.source(parameter).contains("Header("))
    })
}

/// The header that `request.headers.get("name")`, `headers["name"]` or `META["HTTP_NAME"]` reads, in lower case with
/// dashes.
fn header_read(values: &Values<'_>, node: NodeId) -> Option<String> {
    let tree = values.tree();
    let (holder, key) = match tree.kind(node) {
        Kind::Call if called_name(tree, node) == "get" => {
            let callee = tree.child(node, Field::Callee)?;
            (tree.child(callee, Field::Object)?, positional(tree, node).next()?)
        }
        Kind::Subscript => (tree.child(node, Field::Object)?, tree.child(node, Field::Index)?),
        _ => return None,
    };
    // A dictionary that is being written is no request.
    if tree.field(node) == Field::Target || !matches!(tree.kind(key), Kind::Str | Kind::Bytes | Kind::Name) {
        return None;
    }
    let value = values.value(key);
    let name = value.as_str()?.to_ascii_lowercase().replace('_', "-");
    let name = name.strip_prefix("http-").unwrap_or(&name);
    let holder = tree.source(holder).to_ascii_lowercase();
    ["header", "meta", "environ", "scope"].iter().any(|word| holder.contains(word)).then(|| name.to_owned())
}

/// Whether what a header says becomes an address: it is returned by a function about addresses, kept in a name for one,
/// or stands in for the peer's address.
fn is_taken_as_address(tree: &Tree, read: NodeId, is_list: bool) -> bool {
    let mut child = read;
    for ancestor in tree.ancestors(read) {
        match tree.kind(ancestor) {
            Kind::Boolean | Kind::Conditional => {
                if tree.source(ancestor).contains("client.host") || tree.source(ancestor).contains("remote_addr") {
                    return true;
                }
            }
            Kind::Assign => {
                return tree.field(child) == Field::Value
                    && tree
                        .child(ancestor, Field::Target)
                        .is_some_and(|target| is_address_name(tree.label(target)) && !is_list);
            }
            Kind::Return => {
                return enclosing_function(tree, ancestor)
                    .is_some_and(|function| is_address_name(tree.label(function)));
            }
            // `.strip()` behind the read.
            Kind::Call if child != read && called_name(tree, ancestor) == "strip" => {}
            Kind::Attribute if tree.label(ancestor) == "strip" => {}
            _ => return false,
        }
        child = ancestor;
    }
    false
}

fn is_address_name(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    name.split('_').any(|word| matches!(word, "ip" | "ipaddr" | "addr" | "address" | "ipaddress")) || name == "getip"
}

/// Whether the function asks who sent the request before it believes the header.
fn knows_its_proxies(tree: &Tree, function: NodeId) -> bool {
    tree.subtree(function).any(|id| match tree.kind(id) {
        Kind::Name | Kind::Attribute => {
            let name = tree.label(id).to_ascii_lowercase();
            name.contains("trust")
                || name.contains("proxies")
                || name.contains("behind_proxy")
                || name.contains("proxy_count")
        }
        Kind::Compare => {
            matches!(tree.label(id), "in" | "not in" | "==" | "!=")
                && tree.subtree(id).any(|part| {
                    tree.kind(part) == Kind::Attribute
                        && (tree.source(part).ends_with("client.host") || tree.label(part) == "remote_addr")
                })
        }
        _ => false,
    })
}
