//! Whether a level keeps anybody out, and what it answers with.

use crate::model::nginx::{Directive, Level};

/// Whether something asks who is there before this level answers: an address list that ends in a refusal, a password, a
/// certificate, a subrequest, a script. What an unknown include may hold counts as a guard.
pub(super) fn is_guarded(level: Directive<'_>) -> bool {
    let is_set = |name: &str| level.value(name).is_some_and(|value| value != "off");
    let asks = ["auth_basic", "auth_request", "auth_jwt", "auth_ldap", "auth_digest", "vouch", "auth_pam"];
    let scripts = ["access_by_lua_block", "access_by_lua_file", "access_by_lua", "js_access", "perl"];
    denies_strangers(level)
        || level.effective("internal").is_some()
        || asks.iter().any(|name| is_set(name))
        || scripts.iter().any(|name| level.effective(name).is_some())
        || level.value("ssl_verify_client") == Some("on")
        || level.levels().any(|level| refuses_somebody(level) || may_include_a_guard(level))
        || level.server().is_some_and(is_reached_locally_only)
}

/// Whether the address list that holds ends in a refusal of everybody else.
pub(super) fn denies_strangers(level: Directive<'_>) -> bool {
    level.effective("deny").is_some_and(|rules| {
        rules.directives.iter().any(|rule| rule.name() == "deny" && rule.argument(0).is_some_and(is_everybody))
    })
}

pub(super) fn is_everybody(network: &str) -> bool {
    matches!(network, "all" | "0.0.0.0/0" | "::/0" | "0/0")
}

/// An `if` that answers some with an error: who they are is decided by variables.
fn refuses_somebody(level: Directive<'_>) -> bool {
    level.children_named("if").any(|condition| {
        condition.children_named("return").any(|answer| answer.argument(0).is_some_and(|code| code.starts_with('4')))
    })
}

fn may_include_a_guard(level: Directive<'_>) -> bool {
    matches!(level.level(), Level::Server | Level::Location | Level::If) && !level.is_wholly_known()
}

/// Whether only this machine reaches a server.
pub(super) fn is_reached_locally_only(server: Directive<'_>) -> bool {
    let mut listens = server.children_named("listen").filter_map(|listen| listen.argument(0)).peekable();
    let local = ["127.", "[::1]", "unix:", "localhost"];
    listens.peek().is_some() && listens.all(|address| local.iter().any(|start| address.starts_with(start)))
}

/// Whether a level answers by itself, without a backend or a file: its `return`, or a redirect of everything.
pub(super) fn returns(level: Directive<'_>) -> bool {
    level.child("return").is_some()
        || level.children_named("rewrite").any(|rewrite| {
            let redirects = matches!(rewrite.argument(2), Some("redirect" | "permanent"));
            redirects
                && rewrite.argument(0).is_some_and(|regex| matches!(regex, "^" | ".*" | "^(.*)" | "^(.*)$" | "^/(.*)$"))
        })
}

/// Whether a level sends pages or an app's answers.
pub(super) fn serves(level: Directive<'_>) -> bool {
    !returns(level)
        && (level.proxy_target().is_some()
            || level.effective("root").is_some()
                && level.child("alias").is_none_or(|alias| alias.argument(0).is_some()))
}

/// Whether a level serves files: nothing is passed on, nothing returned.
pub(super) fn serves_files(level: Directive<'_>) -> bool {
    !returns(level)
        && level.effective("root").is_some()
        && ["proxy_pass", "fastcgi_pass", "uwsgi_pass", "scgi_pass", "grpc_pass", "stub_status", "js_content"]
            .iter()
            .all(|handler| level.effective(handler).is_none())
        && level.children().all(|child| !child.name().starts_with("content_by_lua"))
}
