//! The cells of a row, the same in every format for people.

use super::view::{GuardView, InputView, RouteView};

/// The headings of the columns.
pub(super) const HEADINGS: [&str; 7] =
    ["Method", "Path", "Authentication", "Authorisation", "Rate limit", "Inputs", "Handler"];

/// What stands in a cell where nothing is.
pub(super) const NOTHING: &str = "none";

/// The cells of a route, in the order of the headings.
pub(super) fn cells(route: &RouteView) -> [String; 7] {
    [
        methods(route),
        route.path.clone(),
        authentication(route),
        route.authorisation.as_ref().map_or_else(|| "-".to_owned(), guard),
        limit(route),
        inputs(&route.inputs),
        format!("{} {}:{}", route.handler, route.file, route.line).trim_start().to_owned(),
    ]
}

pub(super) fn methods(route: &RouteView) -> String {
    if route.kind == "websocket" { "WS".to_owned() } else { route.methods.join(",") }
}

fn guard(guard: &GuardView) -> String {
    match guard.by.as_str() {
        "dependency" => guard.name.clone(),
        by => format!("{} ({by})", guard.name),
    }
}

fn authentication(route: &RouteView) -> String {
    match (&route.authentication, &route.optional_authentication) {
        (Some(required), _) => guard(required),
        (None, Some(optional)) => format!("optional: {}", guard(optional)),
        (None, None) => NOTHING.to_owned(),
    }
}

fn limit(route: &RouteView) -> String {
    match &route.rate_limit {
        None => "-".to_owned(),
        Some(limit) if limit.defect.is_some() => format!("{} (no effect)", limit.limit),
        Some(limit) => limit.limit.clone(),
    }
}

fn inputs(inputs: &[InputView]) -> String {
    if inputs.is_empty() {
        return "-".to_owned();
    }
    let mut text: Vec<String> = Vec::new();
    let mut last = "";
    for input in inputs {
        let ty = if input.annotation.is_empty() { String::new() } else { format!(": {}", input.annotation) };
        let limits: Vec<String> = input.constraints.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let limits = if limits.is_empty() { String::new() } else { format!(" [{}]", limits.join(" ")) };
        let kind = if input.input == last { String::new() } else { format!("{} ", input.input) };
        last = &input.input;
        text.push(format!("{kind}{}{ty}{limits}", input.name));
    }
    text.join(", ")
}

/// One line about all routes.
pub(super) fn summary(routes: &[RouteView]) -> String {
    let open = routes.iter().filter(|route| route.authentication.is_none()).count();
    let changing = routes
        .iter()
        .filter(|route| {
            route.authentication.is_none()
                && route.methods.iter().any(|method| !matches!(method.as_str(), "GET" | "HEAD" | "OPTIONS" | "TRACE"))
        })
        .count();
    let count = routes.len();
    let noun = if count == 1 { "route" } else { "routes" };
    match (open, changing) {
        (0, _) => format!("{count} {noun}, all with authentication"),
        (_, 0) => format!("{count} {noun}, {open} without authentication"),
        _ => format!("{count} {noun}, {open} without authentication, {changing} of these change something"),
    }
}
