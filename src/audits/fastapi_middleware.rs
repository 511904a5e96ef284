//! Where a Starlette middleware is put around an application, and the two whose arguments alone decide: sessions and
//! proxy headers.
//!
//! Knows the ways of registering a middleware class; the CORS middleware has a file of its own.

use super::python_branch::{Deployment, deployment_of, possibilities};
use super::python_call::{Given, anchor, argument, called_name, has_unknown_arguments, is_named, keyword, positional};
use super::{Audit, AuditContext, AuditMatch};
use crate::flow::{Constant, Names, Value, Values};
use crate::syntax::{Field, FileKind, Kind, NodeId};

/// `SessionMiddleware` whose cookie is sent without TLS, or to every site.
pub(super) const SESSION_COOKIE: Audit =
    Audit { name: "fastapi-session-cookie", kinds: &[FileKind::Python], variants: &[], run: session_cookie };

/// `ProxyHeadersMiddleware` and uvicorn servers that believe every sender's forwarding headers.
pub(super) const TRUSTED_PROXY: Audit =
    Audit { name: "fastapi-trusted-proxy", kinds: &[FileKind::Python], variants: &[], run: trusted_proxy };

/// Registrations judged in one file.
const MAX_REGISTRATIONS: usize = 200;

/// Calls that put a middleware class around an application: `app.add_middleware(Class, ...)`, `Middleware(Class, ...)`,
/// `partial(Class, ...)` and `Class(app, ...)`.
pub(super) fn registrations(values: &Values<'_>, class: &str) -> Vec<NodeId> {
    let tree = values.tree();
    tree.ids()
        .filter(|&id| tree.kind(id) == Kind::Call)
        .filter(|&call| match called_name(tree, call) {
            "add_middleware" | "Middleware" | "partial" => {
                positional(tree, call).next().is_some_and(|first| is_named(values, first, &[class]))
                    || keyword(values, call, "middleware_class")
                        .is_some_and(|given| is_named(values, given.value, &[class]))
            }
            _ => tree
                .child(call, Field::Callee)
                .is_some_and(|callee| is_named(values, callee, &[class]) && !is_local_class(values, callee)),
        })
        .take(MAX_REGISTRATIONS)
        .collect()
}

/// Whether a class of the file itself has the name.
fn is_local_class(values: &Values<'_>, name: NodeId) -> bool {
    let tree = values.tree();
    let scopes = values.names().scopes();
    scopes
        .visible(scopes.scope_of(tree, name), tree.label(name))
        .iter()
        .any(|definition| tree.kind(definition.site) == Kind::ClassDef)
}

/// A match of an audit at an argument or a call.
pub(super) fn found_at(values: &Values<'_>, shown: NodeId, variant: Option<&'static str>) -> AuditMatch {
    let tree = values.tree();
    AuditMatch {
        node: shown,
        span: tree.span(shown),
        captures: Vec::new(),
        related: Vec::new(),
        anchor: anchor(tree, shown),
        variant,
    }
}

fn session_cookie(context: &AuditContext<'_>) -> Vec<AuditMatch> {
    if !context.tree.text().contains("SessionMiddleware") {
        return Vec::new();
    }
    let names = Names::new(context.tree);
    let values = Values::new(&names);
    let mut found = Vec::new();
    for call in registrations(&values, "SessionMiddleware") {
        if deployment_of(context.tree, call) == Deployment::Development {
            continue;
        }
        let Some((shown, what)) = session_weakness(&values, call) else { continue };
        let mut report = found_at(&values, shown, None);
        report.captures.push(("what".to_owned(), what.to_owned()));
        found.push(report);
    }
    found
}

fn session_weakness(values: &Values<'_>, call: NodeId) -> Option<(NodeId, &'static str)> {
    const PLAIN: &str = "travels over plain HTTP too, because `https_only` is off";
    match keyword(values, call, "https_only") {
        None if has_unknown_arguments(values, call) => {}
        None => return Some((values.tree().child(call, Field::Callee).unwrap_or(call), PLAIN)),
        Some(given) => {
            let is_off = possibilities(values, given.value).iter().any(|possible| {
                possible.deployment != Deployment::Development
                    && values.value(possible.node) == Value::Constant(Constant::Bool(false))
            });
            // A setting whose default is off and that the environment turns on is a deployment's choice.
            if is_off && is_literal(values, given) {
                return Some((given.shown, PLAIN));
            }
        }
    }
    let same_site = keyword(values, call, "same_site")?;
    values
        .value(same_site.value)
        .as_str()
        .is_some_and(|site| site.eq_ignore_ascii_case("none"))
        .then_some((same_site.shown, "is sent along with requests that other sites start (`same_site=\"none\"`)"))
}

fn is_literal(values: &Values<'_>, given: Given) -> bool {
    !matches!(values.tree().kind(given.value), Kind::Attribute | Kind::Call)
}

fn trusted_proxy(context: &AuditContext<'_>) -> Vec<AuditMatch> {
    let tree = context.tree;
    if !["ProxyHeadersMiddleware", "forwarded_allow_ips"].iter().any(|word| tree.text().contains(word)) {
        return Vec::new();
    }
    let names = Names::new(tree);
    let values = Values::new(&names);
    let mut found = Vec::new();
    let mut report = |given: Option<Given>, call: NodeId| {
        let Some(given) = given else { return };
        let trusts_all = possibilities(&values, given.value).into_iter().any(|possible| {
            possible.deployment != Deployment::Development
                && values.value(possible.node).has_text(&|host| host.split(',').any(|host| host.trim() == "*"))
        });
        if trusts_all && deployment_of(tree, call) != Deployment::Development {
            found.push(found_at(&values, given.shown, None));
        }
    };
    for call in registrations(&values, "ProxyHeadersMiddleware") {
        // `ProxyHeadersMiddleware(app, "*")`: the application is the first argument there.
        let position = if called_name(tree, call) == "ProxyHeadersMiddleware" { 1 } else { usize::MAX };
        report(argument(&values, call, "trusted_hosts", position), call);
    }
    for call in tree.ids().filter(|&id| tree.kind(id) == Kind::Call) {
        let Some(callee) = tree.child(call, Field::Callee) else { continue };
        if is_named(&values, callee, &["uvicorn.run", "uvicorn.Config", "uvicorn.config.Config"]) {
            report(keyword(&values, call, "forwarded_allow_ips"), call);
        }
    }
    found
}
