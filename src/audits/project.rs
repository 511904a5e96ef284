//! Checks that need more than one file.

use crate::findings::Fix;
use crate::model::{Place, Project};
use crate::syntax::FileKind;

/// One place that a project audit reports.
#[derive(Debug, Clone)]
pub struct ProjectMatch {
    /// The tightest span, that of the token to change.
    pub place: Place,
    /// Values for `{name}` in the rule's message.
    pub captures: Vec<(String, String)>,
    /// Other places that matter, with a sentence each, in the order in which a request meets them.
    pub related: Vec<(Place, String)>,
    /// Source to sink, with a sentence each; empty when nothing flows.
    pub flow: Vec<(Place, String)>,
    /// Names of what encloses the span, outermost first, joined by `/`.
    pub anchor: String,
    /// Which variant of the check class it is; a rule whose `audit` names a variant gets only those matches, a rule that
    /// names none gets only matches without a variant.
    pub variant: Option<&'static str>,
    /// Edits in the file of `place`.
    pub fix: Option<Fix>,
    /// Findings of one file alone that this match says better.
    pub withdraws: Vec<Withdrawal>,
}

/// A finding of one file alone that the whole project says better, or shows to be wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Withdrawal {
    /// The rule's id without its variant: `nginx/missing-hsts` means `nginx/missing-hsts-weak` too.
    pub rule: &'static str,
    /// Where: findings whose span touches this one.
    pub place: Place,
}

/// The variant of a match that no rule reports: it only withdraws findings that the whole project shows to be wrong.
pub const DISPROVED: &str = "(disproved)";

impl ProjectMatch {
    /// A match without captures, related places, flow, variant or fix.
    pub fn new(place: Place, anchor: impl Into<String>) -> Self {
        Self {
            place,
            captures: Vec::new(),
            related: Vec::new(),
            flow: Vec::new(),
            anchor: anchor.into(),
            variant: None,
            fix: None,
            withdraws: Vec::new(),
        }
    }
}

/// One check of the whole project.
#[derive(Debug, Clone, Copy)]
pub struct ProjectAudit {
    /// The name that rules use, unique among all audits.
    pub name: &'static str,
    /// The kinds of files whose facts it needs.
    pub kinds: &'static [FileKind],
    /// The variants that its matches can carry; empty for an audit without variants.
    pub variants: &'static [&'static str],
    /// Runs the check.
    pub run: fn(&Project) -> Vec<ProjectMatch>,
}

/// Every audit of whole projects.
pub static PROJECT_AUDITS: &[ProjectAudit] = &[
    super::build_context::BUILD_CONTEXT,
    super::compose_flat_network::FLAT_NETWORK,
    super::deployment::AUDIT,
    super::fastapi::CSRF_MISSING,
    super::fastapi::DEPENDENCY_NOT_APPLIED,
    super::fastapi::DOCS_EXPOSED,
    super::fastapi::INPUT_BOUNDS,
    super::fastapi::MIDDLEWARE_ORDER,
    super::fastapi::MISSING_HEADERS,
    super::fastapi::MISSING_RATE_LIMIT,
    super::fastapi::MISSING_ROLE_CHECK,
    super::fastapi::MOUNT_BYPASSES_DEPENDENCIES,
    super::fastapi::OBJECT_LEVEL_AUTHORIZATION,
    super::fastapi::OPTIONAL_AUTH,
    super::fastapi::OVERPOSTING,
    super::fastapi::SECURITY_MIDDLEWARE_UNUSED,
    super::fastapi::SENSITIVE_RESPONSE_FIELD,
    super::fastapi::UNAUTHENTICATED_ROUTE,
    super::fastapi::UNTYPED_BODY,
    super::fastapi::WEBSOCKET_ORIGIN,
    super::fastapi::WEBSOCKET_UNAUTHENTICATED,
    super::github::NO_SECURITY_SCAN,
    super::kubernetes_network_policy::NETWORK_POLICY,
    super::nginx::ADD_HEADER_REDEFINITION,
    super::nginx::CORS_REFLECTION,
    super::nginx::CORS_WILDCARD,
    super::nginx::HTTP_SPLITTING,
    super::nginx::MISSING_HSTS,
    super::nginx::MISSING_SECURITY_HEADERS,
    super::nginx::OPEN_REDIRECT,
    super::nginx::ORIGIN_REGEX,
    super::nginx::SSRF_PROXY,
    super::systemd_hardening::SYSTEMD_HARDENING,
    super::unpinned_dependencies::UNPINNED_DEPENDENCIES,
    super::nginx::ALLOW_WITHOUT_DENY,
    super::nginx::RETURN_BYPASSES_ACL,
    super::nginx::SATISFY_ANY,
    super::nginx::SHADOWED,
    super::nginx::AUTOINDEX,
    super::nginx::DAV,
    super::nginx::DOTFILES,
    super::nginx::INTERNAL,
    super::nginx::PRIVATE_FILES,
    super::nginx::STATUS_PAGE,
    super::nginx::VERSION_SHOWN,
    super::nginx::BODY_SIZE,
    super::nginx::CACHE,
    super::nginx::DATASTORE,
    super::nginx::FORWARDED,
    super::nginx::H2C,
    super::nginx::HEADERS_LOST,
    super::nginx::RESOLVER,
    super::nginx::UNVERIFIED,
    super::nginx::GROUPS,
    super::nginx::REDOS,
    super::nginx::AUTH_BASIC_CLEARTEXT,
    super::nginx::CATCH_ALL,
    super::nginx::CLIENT_CERTIFICATE,
    super::nginx::HARDENING,
    super::nginx::INSECURE_REDIRECT,
    super::nginx::MISDIRECTED,
    super::nginx::PLAIN_HTTP,
];

/// The project audit of a name.
pub fn project_audit(name: &str) -> Option<&'static ProjectAudit> {
    PROJECT_AUDITS.iter().find(|audit| audit.name == name)
}
