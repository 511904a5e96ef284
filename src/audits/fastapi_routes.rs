//! Route functions of one file: what their decorators and parameters alone show.
//!
//! Knows FastAPI's way of declaring a route by a decorator; what a router's or the application's dependencies add, it does
//! not know.

use super::fastapi_middleware::found_at;
use super::python_call::{called_name, is_named, keyword, positional};
use super::{Audit, AuditContext, AuditMatch};
use crate::flow::{Names, Values};
use crate::syntax::{Field, FileKind, Kind, NodeId, Tree};

const LINK: &str = "link";
const LIMITER: &str = "limiter";

/// Secrets that a route takes from the address.
pub(super) const CREDENTIAL_IN_QUERY: Audit = Audit {
    name: "fastapi-credential-in-query",
    kinds: &[FileKind::Python],
    variants: &[LINK],
    run: credentials_in_query,
};

/// Decorators above the route's decorator, which the route never runs. Without variant: those that check the caller.
pub(super) const DECORATOR_ORDER: Audit =
    Audit { name: "fastapi-decorator-order", kinds: &[FileKind::Python], variants: &[LIMITER], run: decorator_order };

/// Methods of applications and routers that register a route.
const REGISTERING: &[&str] =
    &["get", "post", "put", "patch", "delete", "head", "options", "trace", "api_route", "websocket"];
/// Parameters that are secrets whatever the route is about.
const CREDENTIALS: &[&str] = &[
    "password",
    "passwd",
    "new_password",
    "old_password",
    "current_password",
    "password_confirm",
    "confirm_password",
    "user_password",
    "access_token",
    "refresh_token",
    "reset_token",
    "auth_token",
    "session_token",
    "id_token",
    "bearer_token",
    "jwt_token",
    "jwt",
    "secret",
    "client_secret",
    "secret_key",
    "api_key",
    "apikey",
    "api_secret",
    "private_key",
    "otp",
    "otp_code",
    "passphrase",
    "credentials",
];
/// What a route with a plain `token` has to be about.
const IDENTITY: &[&str] = &[
    "auth", "login", "logout", "session", "password", "reset", "verify", "confirm", "refresh", "token", "user",
    "account", "ws", "socket", "register", "invite", "admin", "activate", "me", "signin", "signup",
];
/// Routes that are opened from a mail.
const LINKS: &[&str] = &[
    "verify",
    "verification",
    "confirm",
    "activate",
    "unsubscribe",
    "invite",
    "magic",
    "callback",
    "reset",
    "validate",
];

/// One route.
struct Route<'tree> {
    function: NodeId,
    path: &'tree str,
    method: &'tree str,
    /// The decorator that registers it.
    decorator: NodeId,
}

fn routes(tree: &Tree) -> impl Iterator<Item = Route<'_>> {
    tree.ids().filter(|&id| tree.kind(id) == Kind::FunctionDef).filter_map(|function| {
        tree.children_by(function, Field::Decorator).find_map(|decorator| {
            let call = tree.child(decorator, Field::Value).filter(|&call| tree.kind(call) == Kind::Call)?;
            let callee = tree.child(call, Field::Callee).filter(|&callee| tree.kind(callee) == Kind::Attribute)?;
            let method = tree.label(callee);
            let path = positional(tree, call).next().or_else(|| {
                tree.children_by(call, Field::Argument)
                    .find(|&argument| tree.kind(argument) == Kind::KeywordArgument && tree.label(argument) == "path")
                    .and_then(|argument| tree.child(argument, Field::Value))
            })?;
            let is_path =
                tree.kind(path) == Kind::Str && (tree.label(path).is_empty() || tree.label(path).starts_with('/'));
            (REGISTERING.contains(&method) && is_path).then(|| Route {
                function,
                path: tree.label(path),
                method,
                decorator,
            })
        })
    })
}

/// Other frameworks register by decorator as well, but take parameters from the path only.
fn is_about_fastapi(context: &AuditContext<'_>) -> bool {
    let text = context.source.text();
    text.contains("fastapi") || text.contains("FastAPI")
}

fn credentials_in_query(context: &AuditContext<'_>) -> Vec<AuditMatch> {
    if !is_about_fastapi(context) {
        return Vec::new();
    }
    let tree = context.tree;
    let names = Names::new(tree);
    let values = Values::new(&names);
    let mut found: Vec<AuditMatch> = routes(tree).filter_map(|route| credential_of(&values, &route)).collect();
    for id in tree.ids() {
        if let Some(name) = read_from_query(tree, id) {
            let mut report = found_at(&values, id, None);
            report.captures.push(("name".to_owned(), name));
            found.push(report);
        } else if tree.kind(id) == Kind::Call
            && tree.child(id, Field::Callee).is_some_and(|callee| is_named(&values, callee, &["APIKeyQuery"]))
        {
            let name = keyword(&values, id, "name").map_or("api_key", |given| tree.label(given.value));
            let mut report = found_at(&values, id, None);
            report.captures.push(("name".to_owned(), name.to_owned()));
            found.push(report);
        }
    }
    found
}

/// The first secret among a route's parameters that comes from the address; one finding for a route.
fn credential_of(values: &Values<'_>, route: &Route<'_>) -> Option<AuditMatch> {
    let tree = values.tree();
    let mut secrets = tree.children_by(route.function, Field::Parameter).filter_map(|parameter| {
        let name = public_name(tree, parameter).to_ascii_lowercase();
        let is_secret = CREDENTIALS.contains(&name.as_str())
            || name == "token" && is_about_identity(route.path, tree.label(route.function));
        (is_secret && is_text(tree, parameter) && !comes_from_elsewhere(tree, parameter)).then_some((parameter, name))
    });
    let (first, first_name) = secrets.next()?;
    let mut all = vec![first_name];
    all.extend(secrets.map(|(_, name)| name));
    let in_path =
        |name: &str| route.path.contains(&format!("{{{name}}}")) || route.path.contains(&format!("{{{name}:"));
    let is_link = all.iter().all(|name| name.ends_with("token") || name == "otp")
        && (route.method == "get" && words_of(route.path).any(|word| LINKS.contains(&word.as_str())));
    let only_path = all.iter().all(|name| in_path(name));
    let mut report = found_at(values, first, (is_link || only_path).then_some(LINK));
    report.captures.push(("name".to_owned(), all.join("`, `")));
    Some(report)
}

/// The name in the address: the alias where one is given.
fn public_name(tree: &Tree, parameter: NodeId) -> &str {
    tree.subtree(parameter)
        .find(|&id| tree.kind(id) == Kind::KeywordArgument && tree.label(id) == "alias")
        .and_then(|alias| tree.child(alias, Field::Value))
        .filter(|&alias| tree.kind(alias) == Kind::Str)
        .map_or_else(|| tree.label(parameter), |alias| tree.label(alias))
}

fn words_of(text: &str) -> impl Iterator<Item = String> + '_ {
    text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_ascii_lowercase)
}

fn is_about_identity(path: &str, function: &str) -> bool {
    words_of(path).chain(words_of(function)).any(|word| IDENTITY.contains(&word.as_str()))
}

/// Whether a parameter is a text, as far as its annotation says: models and dependencies are not.
fn is_text(tree: &Tree, parameter: NodeId) -> bool {
    let Some(annotation) = tree.child(parameter, Field::Type) else {
        return tree.child(parameter, Field::Default).is_some();
    };
    let text: String =
        tree.source(annotation).chars().filter(|c| !c.is_whitespace() && !matches!(c, '"' | '\'')).collect();
    let text = text.strip_prefix("Annotated[").or_else(|| text.strip_prefix("typing.Annotated[")).unwrap_or(&text);
    let text = text.split(',').next().unwrap_or(text);
    matches!(
        text,
        "str"
            | "SecretStr"
            | "Optional[str]"
            | "Optional[SecretStr]"
            | "str|None"
            | "None|str"
            | "Union[str"
            | "Annotated[str"
    )
}

/// Whether FastAPI is told to take a parameter from the body, a header, a cookie, a form or a dependency.
fn comes_from_elsewhere(tree: &Tree, parameter: NodeId) -> bool {
    [Field::Default, Field::Type].into_iter().filter_map(|field| tree.child(parameter, field)).any(|part| {
        tree.subtree(part).any(|id| {
            tree.kind(id) == Kind::Call && called_name(tree, id) != "Query"
                || matches!(tree.kind(id), Kind::Name | Kind::Attribute)
                    && matches!(tree.label(id), "Body" | "Form" | "Header" | "Cookie" | "Depends" | "Security" | "File")
        })
    })
}

/// `websocket.query_params["token"]`, `request.query_params.get("api_key")`.
fn read_from_query(tree: &Tree, id: NodeId) -> Option<String> {
    let (holder, key) = match tree.kind(id) {
        Kind::Subscript => (tree.child(id, Field::Object)?, tree.child(id, Field::Index)?),
        Kind::Call if called_name(tree, id) == "get" => {
            let callee = tree.child(id, Field::Callee)?;
            (tree.child(callee, Field::Object)?, positional(tree, id).next()?)
        }
        _ => return None,
    };
    let name = tree.label(key).to_ascii_lowercase();
    let is_read = tree.kind(holder) == Kind::Attribute
        && tree.label(holder) == "query_params"
        && tree.kind(key) == Kind::Str
        && (name == "token" || CREDENTIALS.contains(&name.as_str()));
    is_read.then_some(name)
}

fn decorator_order(context: &AuditContext<'_>) -> Vec<AuditMatch> {
    if !is_about_fastapi(context) {
        return Vec::new();
    }
    let tree = context.tree;
    let names = Names::new(tree);
    let values = Values::new(&names);
    let mut found = Vec::new();
    for route in routes(tree) {
        for decorator in tree.children_by(route.function, Field::Decorator).take_while(|&it| it != route.decorator) {
            let Some(value) = tree.child(decorator, Field::Value) else { continue };
            let callee = tree.child(value, Field::Callee).filter(|_| tree.kind(value) == Kind::Call).unwrap_or(value);
            let label = tree.label(callee).to_ascii_lowercase();
            let variant = if matches!(
                label.as_str(),
                "limit" | "shared_limit" | "rate_limit" | "ratelimit" | "rate_limited" | "throttle"
            ) {
                Some(LIMITER)
            } else if checks_the_caller(&label) {
                None
            } else {
                continue;
            };
            let mut report = found_at(&values, decorator, variant);
            report.captures.push(("decorator".to_owned(), tree.label(callee).to_owned()));
            found.push(report);
        }
    }
    found
}

/// Whether a decorator is named like a check of who is asking.
fn checks_the_caller(label: &str) -> bool {
    let words: Vec<&str> = label.split('_').collect();
    words.iter().any(|word| {
        matches!(
            *word,
            "auth"
                | "authenticated"
                | "authorize"
                | "authorized"
                | "authenticate"
                | "login"
                | "require"
                | "requires"
                | "required"
                | "admin"
                | "permission"
                | "permissions"
                | "protected"
                | "restricted"
                | "role"
                | "roles"
                | "scope"
                | "scopes"
                | "jwt"
        )
    })
}
