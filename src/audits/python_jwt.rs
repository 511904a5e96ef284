//! JSON web tokens that are decoded without check, or issued without end: PyJWT, python-jose, authlib.
//!
//! Looks at one call and the function around it; what happens to a token elsewhere it does not know.

use super::python_branch::{Deployment, deployment_of, possibilities};
use super::python_call::{Given, anchor, argument, enclosing_function, entry_of, keyword, positional};
use super::{Audit, AuditContext, AuditMatch};
use crate::flow::{Constant, Names, Value, Values};
use crate::syntax::{Field, FileKind, Kind, NodeId};

const UNPINNED: &str = "unpinned";
const EXPIRY: &str = "expiry";
const CLAIMS: &str = "claims";
const NO_EXPIRY: &str = "no-expiry";

/// The check. Without variant: the signature is not verified.
pub(super) const JWT: Audit = Audit {
    name: "python-jwt",
    kinds: &[FileKind::Python],
    variants: &[UNPINNED, EXPIRY, CLAIMS, NO_EXPIRY],
    run: tokens,
};

/// Calls judged in one file.
const MAX_CALLS: usize = 500;
/// Seconds that clocks may differ.
const LONGEST_LEEWAY: f64 = 3_600.0;
/// Claims that say which key or which moment, not who.
const ROUTING_CLAIMS: &[&str] = &["exp", "iat", "nbf", "iss", "aud", "tid", "kid", "azp"];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Library {
    PyJwt,
    Jose,
    Authlib,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Operation {
    Decode,
    Encode,
    UnverifiedClaims,
}

fn tokens(context: &AuditContext<'_>) -> Vec<AuditMatch> {
    let tree = context.tree;
    if !tree.text().contains("jwt") && !tree.text().contains("JsonWebToken") {
        return Vec::new();
    }
    let names = Names::new(tree);
    let values = Values::new(&names);
    let calls: Vec<Call> = tree.ids().filter_map(|id| Call::of(&values, id)).take(MAX_CALLS).collect();
    let mut found = Vec::new();
    for &call in &calls {
        if deployment_of(tree, call.node) == Deployment::Development {
            continue;
        }
        let judged = match call.operation {
            Operation::Encode => issued(&values, call).map(|shown| (shown, Some(NO_EXPIRY), String::new())),
            Operation::UnverifiedClaims => (!is_harmless(&values, call, &calls)).then(|| {
                (callee(&values, call.node), None, "reads the claims without verifying the signature".to_owned())
            }),
            Operation::Decode => decoded(&values, call, &calls),
        };
        if let Some((shown, variant, reason)) = judged {
            found.push(AuditMatch {
                node: shown,
                span: tree.span(shown),
                captures: vec![("reason".to_owned(), reason)],
                related: Vec::new(),
                anchor: anchor(tree, shown),
                variant,
            });
        }
    }
    found
}

/// A call of one of the libraries.
#[derive(Debug, Clone, Copy)]
struct Call {
    node: NodeId,
    library: Library,
    operation: Operation,
}

impl Call {
    fn of(values: &Values<'_>, node: NodeId) -> Option<Self> {
        let tree = values.tree();
        if tree.kind(node) != Kind::Call {
            return None;
        }
        let callee = tree.child(node, Field::Callee)?;
        values.names().resolved(callee).iter().find_map(|name| {
            let (module, function) = name.rsplit_once('.')?;
            let operation = match function {
                "decode" | "decode_complete" => Operation::Decode,
                "encode" => Operation::Encode,
                "get_unverified_claims" => Operation::UnverifiedClaims,
                _ => return None,
            };
            let library = match module {
                "jwt" | "jwt.api_jwt" | "pyjwt" | "PyJWT" => Library::PyJwt,
                "jose.jwt" => Library::Jose,
                "authlib.jose.jwt" => Library::Authlib,
                _ => return None,
            };
            Some(Self { node, library, operation })
        })
    }
}

fn callee(values: &Values<'_>, call: NodeId) -> NodeId {
    values.tree().child(call, Field::Callee).unwrap_or(call)
}

type Judged = (NodeId, Option<&'static str>, String);

fn decoded(values: &Values<'_>, call: Call, calls: &[Call]) -> Option<Judged> {
    if let Some((shown, reason)) = unverified(values, call) {
        return (!is_harmless(values, call, calls)).then_some((shown, None, reason));
    }
    if call.library == Library::Authlib {
        return None;
    }
    if let Some((shown, reason)) = unpinned(values, call) {
        return Some((shown, Some(UNPINNED), reason));
    }
    unchecked_claims(values, call)
}

/// Whether the signature is not looked at, and where that is said.
fn unverified(values: &Values<'_>, call: Call) -> Option<(NodeId, String)> {
    let tree = values.tree();
    let shown_entry = |given: Given, value: NodeId| {
        if tree.is_within(value, given.shown) { tree.parent(value).unwrap_or(value) } else { given.shown }
    };
    if call.library == Library::Authlib {
        let key = argument(values, call.node, "key", 1)?;
        return (values.value(key.value) == Value::Constant(Constant::None))
            .then(|| (key.shown, "has no key to verify the signature with".to_owned()));
    }
    if let Some(given) = keyword(values, call.node, "verify").filter(|given| is_off(values, given.value)) {
        return Some((given.shown, "is told not to verify the signature".to_owned()));
    }
    let options = keyword(values, call.node, "options")?;
    let entry = entry_of(values, options.value, "verify_signature").filter(|&entry| is_off(values, entry))?;
    Some((shown_entry(options, entry), "is told not to verify the signature".to_owned()))
}

fn is_off(values: &Values<'_>, node: NodeId) -> bool {
    possibilities(values, node).into_iter().any(|possible| {
        possible.deployment != Deployment::Development
            && values.value(possible.node) == Value::Constant(Constant::Bool(false))
    })
}

/// Whether unverified claims only choose the key or tell the time, or the same token is verified in the same function.
fn is_harmless(values: &Values<'_>, call: Call, calls: &[Call]) -> bool {
    let tree = values.tree();
    let Some(function) = enclosing_function(tree, call.node) else { return false };
    let verified_too = calls.iter().any(|other| {
        other.node != call.node
            && other.operation == Operation::Decode
            && tree.is_within(other.node, function)
            && same_token(values, call.node, other.node)
            && unverified(values, *other).is_none()
    });
    verified_too || only_routes(values, call.node, function)
}

fn same_token(values: &Values<'_>, left: NodeId, right: NodeId) -> bool {
    let tree = values.tree();
    match (positional(tree, left).next(), positional(tree, right).next()) {
        (Some(left), Some(right)) => tree.source(left) == tree.source(right),
        _ => false,
    }
}

/// Whether of the claims only routing claims are read.
fn only_routes(values: &Values<'_>, call: NodeId, function: NodeId) -> bool {
    let tree = values.tree();
    if let Some(claim) = claim_read(values, call) {
        return ROUTING_CLAIMS.contains(&claim.as_str());
    }
    let Some(assign) = tree.parent(call).filter(|&parent| tree.kind(parent) == Kind::Assign) else { return false };
    let Some(target) = tree.child(assign, Field::Target).filter(|&target| tree.kind(target) == Kind::Name) else {
        return false;
    };
    let mut uses = tree
        .subtree(function)
        .filter(|&id| tree.kind(id) == Kind::Name && tree.label(id) == tree.label(target) && id > call)
        .peekable();
    uses.peek().is_some()
        && uses.all(|used| claim_read(values, used).is_some_and(|claim| ROUTING_CLAIMS.contains(&claim.as_str())))
}

/// The claim that `claims["exp"]` or `claims.get("exp")` reads.
fn claim_read(values: &Values<'_>, claims: NodeId) -> Option<String> {
    let tree = values.tree();
    let parent = tree.parent(claims)?;
    let key = match tree.kind(parent) {
        Kind::Subscript if tree.field(claims) == Field::Object => tree.child(parent, Field::Index)?,
        Kind::Attribute if tree.label(parent) == "get" => {
            positional(tree, tree.parent(parent).filter(|&call| tree.kind(call) == Kind::Call)?).next()?
        }
        // `"exp" in claims`
        Kind::Compare if tree.field(claims) == Field::Right => tree.child(parent, Field::Left)?,
        _ => return None,
    };
    values.value(key).as_str().map(str::to_owned)
}

/// What is wrong with the algorithms that a decode accepts.
fn unpinned(values: &Values<'_>, call: Call) -> Option<(NodeId, String)> {
    let tree = values.tree();
    let Some(given) = argument(values, call.node, "algorithms", 2) else {
        let is_open = super::python_call::has_unknown_arguments(values, call.node)
            || keyword(values, call.node, "algorithm").is_some()
            || positional(tree, call.node).count() < 2 && keyword(values, call.node, "key").is_none();
        return (!is_open)
            .then(|| (callee(values, call.node), "names no algorithms, so the token's header chooses".to_owned()));
    };
    if let Some(key) = argument(values, call.node, "key", 1)
        && values.value(key.value).as_str() == Some("")
    {
        return Some((key.shown, "verifies with an empty key".to_owned()));
    }
    if from_header(values, given.value) {
        return Some((given.shown, "takes the algorithm from the token's own header".to_owned()));
    }
    let value = values.value(given.value);
    if value == Value::Constant(Constant::None) && call.library == Library::Jose {
        return Some((given.shown, "names no algorithms, so the token's header chooses".to_owned()));
    }
    if value.has_text(&|name| name.eq_ignore_ascii_case("none")) {
        return Some((given.shown, "accepts the algorithm `none`, which is no signature at all".to_owned()));
    }
    let shared = value.has_text(&|name| name.starts_with("HS"));
    let public = value.has_text(&|name| ["RS", "ES", "PS", "Ed"].iter().any(|family| name.starts_with(family)));
    (shared && public).then(|| {
        (
            given.shown,
            "accepts shared-key and public-key algorithms alike, so the public key can be used as shared key"
                .to_owned(),
        )
    })
}

/// Whether an expression reads `alg` out of an unverified header.
fn from_header(values: &Values<'_>, node: NodeId) -> bool {
    let tree = values.tree();
    let reads_alg = |within: NodeId| {
        tree.subtree(within).any(|id| {
            let key = match tree.kind(id) {
                Kind::Subscript => tree.child(id, Field::Index),
                Kind::Call if super::python_call::called_name(tree, id) == "get" => positional(tree, id).next(),
                _ => None,
            };
            key.is_some_and(|key| tree.kind(key) == Kind::Str && tree.label(key) == "alg")
                && header_is_unverified(values, id)
        })
    };
    reads_alg(node)
        || tree
            .subtree(node)
            .filter(|&id| tree.kind(id) == Kind::Name)
            .any(|name| values.sources(name).into_iter().any(|source| source != name && reads_alg(source)))
}

fn header_is_unverified(values: &Values<'_>, read: NodeId) -> bool {
    let tree = values.tree();
    let is_made_so = |node: NodeId| tree.source(node).contains("get_unverified_header");
    is_made_so(read)
        || tree
            .subtree(read)
            .filter(|&id| tree.kind(id) == Kind::Name)
            .any(|name| values.sources(name).into_iter().any(is_made_so))
}

/// Expiry, audience or issuer left out.
fn unchecked_claims(values: &Values<'_>, call: Call) -> Option<Judged> {
    let tree = values.tree();
    let function = enclosing_function(tree, call.node).map_or("", |function| tree.label(function)).to_ascii_lowercase();
    let wants_expired =
        ["refresh", "expired", "logout", "revoke", "unverified"].iter().any(|word| function.contains(word));
    let options = keyword(values, call.node, "options");
    let entry = |name: &str| {
        let options = options?;
        let value = entry_of(values, options.value, name).filter(|&entry| is_off(values, entry))?;
        Some(if tree.is_within(value, options.shown) { tree.parent(value).unwrap_or(value) } else { options.shown })
    };
    if !wants_expired {
        if let Some(shown) = entry("verify_exp") {
            return Some((shown, Some(EXPIRY), "is told not to look at the expiry".to_owned()));
        }
        if let Some(given) = keyword(values, call.node, "leeway")
            && seconds(values, given.value).is_some_and(|seconds| seconds > LONGEST_LEEWAY)
        {
            return Some((given.shown, Some(EXPIRY), "accepts tokens long after their expiry".to_owned()));
        }
    }
    ["verify_aud", "verify_iss"].into_iter().find_map(|name| {
        let shown = entry(name)?;
        Some((shown, Some(CLAIMS), format!("has `{name}` switched off")))
    })
}

/// A number of seconds, or `timedelta(...)`.
fn seconds(values: &Values<'_>, node: NodeId) -> Option<f64> {
    if let Value::Constant(Constant::Number(number)) = values.value(node) {
        return Some(number);
    }
    let tree = values.tree();
    if !super::python_branch::is_call_of(tree, node, "timedelta") {
        return None;
    }
    let units = [("weeks", 604_800.0), ("days", 86_400.0), ("hours", 3_600.0), ("minutes", 60.0), ("seconds", 1.0)];
    let parts = units.iter().filter_map(|(name, length)| match values.value(keyword(values, node, name)?.value) {
        Value::Constant(Constant::Number(number)) => Some(number * length),
        _ => None,
    });
    Some(parts.sum())
}

/// The claims of an issued token that never expires: a dictionary known as a whole, without `exp`.
fn issued(values: &Values<'_>, call: Call) -> Option<NodeId> {
    let tree = values.tree();
    let position = usize::from(call.library == Library::Authlib);
    let payload = argument(values, call.node, "payload", position)
        .or_else(|| keyword(values, call.node, "claims"))
        .map(|given| given.value)?;
    let [dictionary] = super::python_call::dictionaries(values, payload)[..] else { return None };
    let has_exp_or_more = tree.children(dictionary).any(|item| match tree.kind(item) {
        Kind::Pair => {
            tree.child(item, Field::Key).is_none_or(|key| values.value(key).as_str().is_none_or(|key| key == "exp"))
        }
        Kind::KeywordArgument => tree.label(item) == "exp",
        // `**claims`, `dict(claims)`: there may be more in it.
        _ => tree.field(item) != Field::Callee,
    });
    if has_exp_or_more || tree.children(dictionary).next().is_none() {
        return None;
    }
    if tree.kind(payload) == Kind::Name && is_touched(values, payload, dictionary, call.node) {
        return None;
    }
    Some(callee(values, call.node))
}

/// Whether a name is used between its making and the call in any way that may add to it.
fn is_touched(values: &Values<'_>, payload: NodeId, dictionary: NodeId, call: NodeId) -> bool {
    let tree = values.tree();
    let within = enclosing_function(tree, call).unwrap_or(NodeId::ROOT);
    tree.subtree(within).any(|id| {
        tree.kind(id) == Kind::Name
            && tree.label(id) == tree.label(payload)
            && id > dictionary
            && !tree.is_within(id, call)
    })
}
