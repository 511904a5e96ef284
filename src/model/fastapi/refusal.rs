//! What an exception that is raised means to the sender of a request.

use super::code::Code;
use super::words::words;
use crate::facts::python::{Expr, ExprKind};
use crate::flow::Constant;
use crate::model::modules::{Class, Modules};

/// How a request is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Refusal {
    /// 401, or an exception named like it.
    Unauthorised,
    /// 403.
    Forbidden,
    /// Another HTTP error.
    Other,
}

/// How raising, or returning, an expression refuses a request; `None` if it is no HTTP error.
pub(super) fn refusal_of(modules: Modules<'_>, raised: &Code) -> Option<Refusal> {
    let raised = raised.clone().value(modules)?;
    let Some(call) = raised.expr.as_call() else {
        // `raise Unauthorized`.
        return raised.expr.last_name().and_then(by_name);
    };
    let class = modules.resolve(raised.file, raised.scope, &call.callee).as_ref().and_then(Class::of);
    let name = call.name().unwrap_or_default();
    let by_status = raised.argument(0, "status_code").and_then(|status| status_of(modules, &status));
    if let Some(status) = by_status.or_else(|| {
        ["code", "status"]
            .iter()
            .find_map(|name| raised.keyword(modules, name).and_then(|status| status_of(modules, &status)))
    }) {
        match status {
            401 | 407 => return Some(Refusal::Unauthorised),
            403 | 1008 | 3000 | 3003 => return Some(Refusal::Forbidden),
            400..=499 => return by_name(name).or(Some(Refusal::Other)),
            _ => {}
        }
    }
    // A class of the project: by its name or that of one above it.
    let above = class.map_or_else(Vec::new, |class| modules.ancestry(&class));
    by_name(name).or_else(|| {
        above.iter().find_map(|class| match class {
            Class::External(name) if name.ends_with("HTTPException") => Some(Refusal::Other),
            Class::External(name) => name.rsplit('.').next().and_then(by_name),
            Class::Local(file, id) => modules.class(*file, *id).and_then(|class| by_name(&class.name)),
        })
    })
}

/// The number of a status: `401`, `status.HTTP_401_UNAUTHORIZED`, `HTTPStatus.UNAUTHORIZED`.
pub(super) fn status_of(modules: Modules<'_>, code: &Code) -> Option<u16> {
    if let ExprKind::Name(name) | ExprKind::Attribute(_, name) = &code.expr.kind {
        let named = ["HTTP_", "WS_"].iter().find_map(|prefix| name.strip_prefix(prefix));
        if let Some(digits) = named {
            return digits.split('_').next()?.parse().ok();
        }
        if code.expr.any(&|expr: &Expr| expr.as_name() == Some("HTTPStatus")) {
            return match &**name {
                "UNAUTHORIZED" => Some(401),
                "FORBIDDEN" => Some(403),
                "NOT_FOUND" => Some(404),
                "BAD_REQUEST" => Some(400),
                "CREATED" => Some(201),
                "NO_CONTENT" => Some(204),
                "ACCEPTED" => Some(202),
                "OK" => Some(200),
                _ => None,
            };
        }
    }
    match code.constant(modules)? {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "checked")]
        Constant::Number(number) if (100.0..=9999.0).contains(&number) => Some(number as u16),
        _ => None,
    }
}

fn by_name(name: &str) -> Option<Refusal> {
    let words = words(name);
    let has = |wanted: &[&str]| words.iter().any(|word| wanted.contains(&word.as_str()));
    if has(&["forbidden", "permission", "permissions", "denied", "insufficient"]) {
        Some(Refusal::Forbidden)
    } else if has(&[
        "unauthorized",
        "unauthorised",
        "unauthenticated",
        "credentials",
        "credential",
        "auth",
        "authentication",
        "login",
        "token",
    ]) {
        Some(Refusal::Unauthorised)
    } else if name.ends_with("HTTPException") || name == "WebSocketException" {
        Some(Refusal::Other)
    } else {
        None
    }
}
