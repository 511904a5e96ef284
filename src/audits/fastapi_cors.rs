//! Cross-origin configuration of Starlette's and FastAPI's `CORSMiddleware`: who gets in, and whether with credentials.
//!
//! Reads the middleware's arguments wherever they are written; what a hand-written middleware sends is another audit.

use super::fastapi_middleware::{found_at, registrations};
use super::origins::{Admits, Matching, admits};
use super::python_branch::{Deployment, Possibility, deployment_of, possibilities};
use super::python_call::{Given, keyword};
use super::{Audit, AuditContext, AuditMatch};
use crate::flow::{Constant, Names, Value, Values};
use crate::syntax::{FileKind, Kind, NodeId};

const DEVELOPMENT: &str = "development";
const WITHOUT_CREDENTIALS: &str = "without-credentials";
const HEADERS: &str = "headers";
const ANY_BY_REGEX: &str = "any-by-regex";
const WEAK_REGEX: &str = "weak-regex";
const INSECURE_ORIGIN: &str = "insecure-origin";
const INEFFECTIVE: &str = "ineffective";

/// The check. Without variant: every origin, with credentials.
pub(super) const CORS: Audit = Audit {
    name: "fastapi-cors",
    kinds: &[FileKind::Python],
    variants: &[DEVELOPMENT, WITHOUT_CREDENTIALS, HEADERS, ANY_BY_REGEX, WEAK_REGEX, INSECURE_ORIGIN, INEFFECTIVE],
    run: cors,
};

fn cors(context: &AuditContext<'_>) -> Vec<AuditMatch> {
    if !context.tree.text().contains("CORSMiddleware") {
        return Vec::new();
    }
    let names = Names::new(context.tree);
    let values = Values::new(&names);
    registrations(&values, "CORSMiddleware")
        .into_iter()
        .flat_map(|call| Configuration::of(&values, call).judge())
        .collect()
}

/// The arguments of one registration.
struct Configuration<'v, 'tree> {
    values: &'v Values<'tree>,
    /// Where the whole call stands.
    deployment: Deployment,
    origins: Option<Given>,
    regex: Option<Given>,
    methods: Option<Given>,
    headers: Option<Given>,
    /// Under which conditions credentials are allowed.
    credentials: Vec<Deployment>,
}

impl<'v, 'tree> Configuration<'v, 'tree> {
    fn of(values: &'v Values<'tree>, call: NodeId) -> Self {
        let credentials = keyword(values, call, "allow_credentials").map_or_else(Vec::new, |given| {
            possibilities(values, given.value)
                .into_iter()
                .filter(|possible| values.value(possible.node) == Value::Constant(Constant::Bool(true)))
                .map(|possible| possible.deployment)
                .collect()
        });
        Self {
            values,
            deployment: deployment_of(values.tree(), call),
            origins: keyword(values, call, "allow_origins"),
            regex: keyword(values, call, "allow_origin_regex"),
            methods: keyword(values, call, "allow_methods"),
            headers: keyword(values, call, "allow_headers"),
            credentials,
        }
    }

    fn judge(&self) -> Vec<AuditMatch> {
        let mut found = Vec::new();
        let any = self.origins.and_then(|given| self.any_origin(given));
        if let (Some(given), Some((deployment, star))) = (self.origins, any) {
            let variant = match self.with_credentials(deployment) {
                Some(Deployment::Development) => Some(DEVELOPMENT),
                Some(_) => None,
                None => Some(WITHOUT_CREDENTIALS),
            };
            let is_silent = variant == Some(WITHOUT_CREDENTIALS) && deployment == Deployment::Development;
            if !is_silent {
                let mut report = found_at(self.values, given.shown, variant);
                let (shown, star) = (self.values.tree().span(given.shown), self.values.tree().span(star));
                if !shown.contains(star) {
                    report.related.push((star, "Every origin comes from here".to_owned()));
                }
                found.push(report);
            }
        } else {
            found.extend(self.regex.and_then(|given| self.judge_regex(given)));
            found.extend(self.origins.into_iter().flat_map(|given| self.judge_origins(given)));
        }
        found.extend(self.judge_headers());
        found
    }

    /// Whether credentials are allowed where something else holds, and where then.
    fn with_credentials(&self, deployment: Deployment) -> Option<Deployment> {
        let deployment = deployment.and(self.deployment)?;
        let mut wide = None;
        for combined in self.credentials.iter().filter_map(|credentials| credentials.and(deployment)) {
            if wide.is_none() || combined != Deployment::Development {
                wide = Some(combined);
            }
        }
        wide
    }

    /// Where every origin is allowed, and the expression that says so. The widest condition wins.
    fn any_origin(&self, given: Given) -> Option<(Deployment, NodeId)> {
        let mut found: Option<(Deployment, NodeId)> = None;
        for possible in possibilities(self.values, given.value) {
            let Some(deployment) = self.star_in(possible) else { continue };
            let Some(combined) = deployment.and(self.deployment) else { continue };
            if found.is_none_or(|(known, _)| known == Deployment::Development && combined != known) {
                found = Some((combined, possible.node));
            }
        }
        found
    }

    /// Starlette asks `"*" in allow_origins`, which holds for a list with the item and for a text with the character.
    fn star_in(&self, possible: Possibility) -> Option<Deployment> {
        let tree = self.values.tree();
        let value = self.values.value(possible.node);
        let has_star = match &value {
            Value::Constant(Constant::Str(text)) => text.trim() == "*" || text.split(',').any(|one| one.trim() == "*"),
            value => value.has_text(&|text| text.trim() == "*"),
        };
        if !has_star {
            return None;
        }
        // A name that grew: `if DEBUG: origins.append("*")`.
        if tree.kind(possible.node) == Kind::Name {
            let scopes = self.values.names().scopes();
            let stars: Vec<Deployment> = scopes
                .visible(scopes.scope_of(tree, possible.node), tree.label(possible.node))
                .iter()
                .filter_map(|definition| definition.value)
                .filter(|&value| self.values.value(value).has_text(&|text| text.trim() == "*"))
                .map(|value| deployment_of(tree, value))
                .collect();
            if let Some(first) = stars.first() {
                let widest = stars.iter().find(|&&star| star != Deployment::Development).unwrap_or(first);
                return possible.deployment.and(*widest);
            }
        }
        Some(possible.deployment)
    }

    fn judge_regex(&self, given: Given) -> Option<AuditMatch> {
        for possible in possibilities(self.values, given.value) {
            let value = self.values.value(possible.node);
            let Some(admitted) =
                value.as_str().filter(|text| !text.is_empty()).and_then(|text| admits(text, Matching::Whole))
            else {
                continue;
            };
            if possible.deployment.and(self.deployment) == Some(Deployment::Development) {
                continue;
            }
            let with_credentials = self.with_credentials(possible.deployment).is_some();
            let (variant, origin, reason) = match admitted {
                Admits::AnySite(origin) if with_credentials => (ANY_BY_REGEX, origin, ""),
                Admits::AnySite(origin) => (WITHOUT_CREDENTIALS, origin, ""),
                Admits::Lookalike { origin, reason } => (WEAK_REGEX, origin, reason),
            };
            let mut report = found_at(self.values, given.shown, Some(variant));
            report.captures.push(("origin".to_owned(), origin));
            report.captures.push(("reason".to_owned(), reason.to_owned()));
            return Some(report);
        }
        None
    }

    /// Entries of an explicit list.
    fn judge_origins(&self, given: Given) -> Vec<AuditMatch> {
        let tree = self.values.tree();
        let mut found = Vec::new();
        for possible in possibilities(self.values, given.value) {
            let Some(deployment) = possible.deployment.and(self.deployment) else { continue };
            if deployment == Deployment::Development
                || !matches!(tree.kind(possible.node), Kind::List | Kind::Tuple | Kind::Set)
            {
                continue;
            }
            let entries: Vec<(NodeId, &str)> = tree
                .children(possible.node)
                .filter(|&item| tree.kind(item) == Kind::Str)
                .map(|item| (item, tree.label(item)))
                .collect();
            let is_production = entries.iter().any(|(_, origin)| origin.starts_with("https://"));
            for &(item, origin) in &entries {
                let variant = if let Some(reason) = never_matches(origin) {
                    let mut report = found_at(self.values, item, Some(INEFFECTIVE));
                    report.captures.push(("reason".to_owned(), reason.to_owned()));
                    found.push(report);
                    continue;
                } else if origin == "null" {
                    WEAK_REGEX
                } else if origin.starts_with("http://") && is_production && self.with_credentials(deployment).is_some()
                {
                    INSECURE_ORIGIN
                } else {
                    continue;
                };
                let mut report = found_at(self.values, item, Some(variant));
                report.captures.push(("origin".to_owned(), origin.to_owned()));
                report
                    .captures
                    .push(("reason".to_owned(), "sandboxed frames and local files send this origin".to_owned()));
                found.push(report);
            }
        }
        found
    }

    /// `allow_headers=["*"]` or `allow_methods=["*"]` with credentials.
    fn judge_headers(&self) -> Option<AuditMatch> {
        let is_star = |given: &Given| self.values.value(given.value).has_text(&|text| text == "*");
        let given = [self.headers, self.methods].into_iter().flatten().find(is_star)?;
        self.with_credentials(Deployment::Any)?;
        Some(found_at(self.values, given.shown, Some(HEADERS)))
    }
}

/// Why an entry can never equal an `Origin` header, which is scheme, host and port (RFC 6454, 7.1).
fn never_matches(origin: &str) -> Option<&'static str> {
    let Some((_, rest)) = origin.split_once("://") else {
        return (!matches!(origin, "*" | "null" | "") && !origin.contains('{'))
            .then_some("an origin begins with its scheme");
    };
    if rest.ends_with('/') {
        Some("an origin ends without a slash")
    } else if rest.contains('*') {
        Some("wildcards inside an origin are not expanded; `allow_origin_regex` is for that")
    } else if rest.contains('/') {
        Some("an origin has no path")
    } else if rest.contains(['\\', '(', '^', '$']) {
        Some("expressions belong into `allow_origin_regex`")
    } else {
        None
    }
}
