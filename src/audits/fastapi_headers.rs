//! Security headers that Python sends with a value that weakens or voids them.
//!
//! One audit, one variant for each header; the content security policy has a file of its own.

use super::python_branch::{Deployment, deployment_of, possibilities};
use super::python_call::anchor;
use super::python_headers::{HeaderSite, header_sites};
use super::{Audit, AuditContext, AuditMatch};
use crate::flow::{Names, Value, Values};
use crate::query::values::{hsts, referrer_policy};
use crate::syntax::FileKind;

const FRAME_OPTIONS: &str = "frame-options";
const HSTS: &str = "hsts";
const REFERRER_POLICY: &str = "referrer-policy";
const DEPRECATED: &str = "deprecated";

/// Less than this is no protection between two visits (seconds).
const SHORTEST_HSTS: u64 = 180 * 86_400;

/// The check.
pub(super) const HEADERS: Audit = Audit {
    name: "python-headers",
    kinds: &[FileKind::Python],
    variants: &[FRAME_OPTIONS, HSTS, REFERRER_POLICY, DEPRECATED],
    run: headers,
};

/// Headers that browsers no longer read, in lower case, and what took their place.
const DEPRECATED_HEADERS: &[(&str, &str)] = &[
    ("x-xss-protection", "browsers have removed the filter, and where it is left it can be turned against the page"),
    ("public-key-pins", "browsers have removed key pinning"),
    ("public-key-pins-report-only", "browsers have removed key pinning"),
    ("expect-ct", "certificate transparency is enforced without it"),
    ("feature-policy", "`Permissions-Policy` has taken its place"),
];

fn headers(context: &AuditContext<'_>) -> Vec<AuditMatch> {
    let tree = context.tree;
    let mut wanted = vec!["x-frame-options", "strict-transport-security", "referrer-policy"];
    wanted.extend(DEPRECATED_HEADERS.iter().map(|(name, _)| *name));
    let sites = header_sites(tree, &wanted);
    if sites.is_empty() {
        return Vec::new();
    }
    let names = Names::new(tree);
    let values = Values::new(&names);
    sites.iter().filter_map(|site| judge(&values, site)).collect()
}

fn judge(values: &Values<'_>, site: &HeaderSite) -> Option<AuditMatch> {
    let tree = values.tree();
    if deployment_of(tree, site.shown) == Deployment::Development {
        return None;
    }
    let (variant, reason) = possibilities(values, site.value).into_iter().find_map(|possible| {
        if possible.deployment == Deployment::Development {
            return None;
        }
        judge_value(site, &values.value(possible.node))
    })?;
    let shown = if variant == DEPRECATED { site.shown } else { site.value };
    Some(AuditMatch {
        node: shown,
        span: tree.span(shown),
        captures: vec![("header".to_owned(), canonical(&site.name)), ("reason".to_owned(), reason)],
        related: Vec::new(),
        anchor: anchor(tree, shown),
        variant: Some(variant),
    })
}

fn judge_value(site: &HeaderSite, value: &Value) -> Option<(&'static str, String)> {
    let text = value.as_str().map(str::trim);
    match site.name.as_str() {
        "x-frame-options" => weak_frame_options(text?).map(|reason| (FRAME_OPTIONS, reason)),
        "strict-transport-security" => weak_hsts(text?).map(|reason| (HSTS, reason)),
        "referrer-policy" => {
            let policy = referrer_policy::effective(text?)?;
            matches!(policy, "unsafe-url" | "no-referrer-when-downgrade")
                .then(|| (REFERRER_POLICY, format!("`{policy}` sends paths and queries to other sites")))
        }
        name => {
            let (_, reason) = DEPRECATED_HEADERS.iter().find(|(deprecated, _)| *deprecated == name)?;
            let is_off = name == "x-xss-protection" && text.is_some_and(|text| text.starts_with('0'));
            (!is_off).then(|| (DEPRECATED, (*reason).to_owned()))
        }
    }
}

fn weak_frame_options(text: &str) -> Option<String> {
    let upper = text.to_ascii_uppercase();
    if matches!(upper.as_str(), "DENY" | "SAMEORIGIN" | "") {
        return None;
    }
    Some(if upper.starts_with("ALLOW-FROM") {
        "browsers ignore `ALLOW-FROM`".to_owned()
    } else if upper.contains(',') {
        "two values void each other".to_owned()
    } else {
        format!("`{text}` is no value that browsers know")
    })
}

fn weak_hsts(text: &str) -> Option<String> {
    let Some(policy) = hsts::parse(text) else {
        return Some("without `max-age` browsers ignore it".to_owned());
    };
    if policy.max_age == 0 {
        Some("`max-age=0` takes the protection back".to_owned())
    } else if policy.max_age < SHORTEST_HSTS {
        Some(format!("it is forgotten after {} days", policy.max_age / 86_400))
    } else if policy.preload && !policy.include_subdomains {
        Some("`preload` without `includeSubDomains` is not accepted".to_owned())
    } else {
        None
    }
}

/// A header's usual spelling.
fn canonical(name: &str) -> String {
    if name == "x-xss-protection" {
        return "X-XSS-Protection".to_owned();
    }
    name.split('-')
        .map(|word| {
            let mut characters = word.chars();
            characters
                .next()
                .map_or_else(String::new, |first| first.to_ascii_uppercase().to_string() + characters.as_str())
        })
        .collect::<Vec<_>>()
        .join("-")
}
