//! Routes where guessing pays and nothing slows it down.

use super::super::project::{ProjectAudit, ProjectMatch};
use super::{PYTHON, at_route, has_any, has_pair, words_of};
use crate::model::Project;
use crate::model::fastapi::{Route, RouteKind};

/// Login, token, reset and code routes without a limiter; `register` are those where accounts are made, `costly` those
/// that send mail or ask a model.
pub(in super::super) const MISSING_RATE_LIMIT: ProjectAudit =
    ProjectAudit { name: "fastapi-missing-rate-limit", kinds: PYTHON, variants: &["register", "costly"], run };

fn run(project: &Project) -> Vec<ProjectMatch> {
    let model = project.fastapi();
    let mut found = Vec::new();
    for route in model.routes.iter().filter(|route| !route.is_test && route.kind == RouteKind::Api) {
        let Some(variant) = sensitive(route) else { continue };
        let is_limited = |host| model.host(host).app.as_ref().is_some_and(|app| app.rate_limit.is_some());
        let has_limit = route.rate_limit.as_ref().is_some_and(|limit| limit.defect.is_none());
        if has_limit || route.root.is_some_and(is_limited) || route.app.is_some_and(is_limited) {
            continue;
        }
        let mut one = at_route(route);
        if let Some(limit) = &route.rate_limit {
            one.related.push((limit.place, "this limit has no effect".to_owned()));
        }
        one.variant = variant;
        found.push(one);
    }
    found
}

/// The variant of what a route is for; `None` where guessing does not pay.
#[expect(clippy::option_option, reason = "the inner one is the variant, which the main rule has none of")]
fn sensitive(route: &Route) -> Option<Option<&'static str>> {
    if !route.is_mutating() {
        return None;
    }
    let words = words_of(route);
    let is_login = has_any(&words, &["login", "signin", "token", "otp", "totp", "mfa", "2fa", "authenticate", "pin"])
        || has_pair(&words, "sign", "in")
        || has_pair(&words, "log", "in")
        || (has_any(&words, &["password", "passwords"])
            && has_any(&words, &["reset", "forgot", "recover", "recovery"]))
        || (has_any(&words, &["code", "codes"]) && has_any(&words, &["verify", "confirm", "check"]));
    let is_other_token =
        has_any(&words, &["refresh", "revoke", "logout", "delete", "csrf", "device", "push", "fcm", "count", "usage"]);
    if is_login && !is_other_token {
        return Some(None);
    }
    if has_any(&words, &["register", "registration", "signup"]) || has_pair(&words, "sign", "up") {
        return Some(Some("register"));
    }
    let is_costly =
        has_any(&words, &["completions", "chat", "embeddings", "generate", "newsletter", "contact", "invite"])
            || has_pair(&words, "send", "email")
            || has_pair(&words, "send", "mail");
    is_costly.then_some(Some("costly"))
}
