//! Checks that need more judgement than a query can express: one Rust file per check class.
//!
//! A rule refers to a check by name (`mode: audit`, `audit: {check: docker-missing-user}`); severity, help and message
//! stay with the rule. An [`Audit`] knows one tree and its source, a [`ProjectAudit`] the linked project; neither knows rules
//! or reports.

mod build_context;
mod compose_flat_network;
mod dated_tables;
mod deployment;
mod docker_base_image;
mod docker_build_arg;
mod docker_removed_secret;
mod docker_stages;
mod docker_user;
mod fastapi;
mod fastapi_client_ip;
mod fastapi_cors;
mod fastapi_csp;
mod fastapi_dependencies;
mod fastapi_headers;
mod fastapi_middleware;
mod fastapi_origin_reflection;
mod fastapi_routes;
mod fastapi_uploads;
mod github;
mod kubernetes_network_policy;
mod nginx;
mod origins;
mod package_advisories;
mod package_pins;
mod project;
mod python_branch;
mod python_call;
mod python_headers;
mod python_jwt;
mod python_timing_unsafe_compare;
mod redos;
mod server_command;
mod shell_download;
mod systemd_hardening;
mod unpinned_dependencies;
mod version;

pub use project::{DISPROVED, PROJECT_AUDITS, ProjectAudit, ProjectMatch, Withdrawal, project_audit};

use crate::source::{Source, Span};
use crate::syntax::{FileKind, NodeId, Tree};

/// What an audit may look at.
#[derive(Debug, Clone, Copy)]
pub struct AuditContext<'file> {
    /// The parsed text.
    pub tree: &'file Tree,
    /// The file the tree was made from (for a fence or a notebook cell: the whole file).
    pub source: &'file Source,
    /// What the file is for.
    pub kind: FileKind,
    /// The path as reports show it.
    pub path: &'file str,
}

/// One place that an audit reports.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditMatch {
    /// The node that the match is about.
    pub node: NodeId,
    /// The tightest span, in the tree's text.
    pub span: Span,
    /// Values for `{name}` in the rule's message.
    pub captures: Vec<(String, String)>,
    /// Other places that matter, in the tree's text, with a sentence each.
    pub related: Vec<(Span, String)>,
    /// Names of what encloses the span, outermost first, joined by `/`.
    pub anchor: String,
    /// Which variant of the check class it is; a rule whose `audit` names a variant gets only those matches, a rule that
    /// names none gets only matches without a variant.
    pub variant: Option<&'static str>,
}

/// One check.
#[derive(Debug, Clone, Copy)]
pub struct Audit {
    /// The name that rules use, unique among all audits.
    pub name: &'static str,
    /// The kinds of files it reads.
    pub kinds: &'static [FileKind],
    /// The variants that its matches can carry; empty for an audit without variants.
    pub variants: &'static [&'static str],
    /// Runs the check on one tree.
    pub run: fn(&AuditContext<'_>) -> Vec<AuditMatch>,
}

/// Every audit of one file.
pub static AUDITS: &[Audit] = &[
    fastapi_client_ip::CLIENT_IP,
    fastapi_cors::CORS,
    fastapi_dependencies::DEPENDENCIES,
    fastapi_routes::CREDENTIAL_IN_QUERY,
    fastapi_routes::DECORATOR_ORDER,
    fastapi_uploads::UNBOUNDED_READ,
    fastapi_csp::CSP,
    fastapi_headers::HEADERS,
    fastapi_middleware::SESSION_COOKIE,
    fastapi_middleware::TRUSTED_PROXY,
    fastapi_origin_reflection::ORIGIN_REFLECTION,
    github::ARGUMENTS,
    github::ARTIFACTS,
    github::BOT_CONDITIONS,
    github::CACHES,
    github::CREDENTIALS,
    github::DANGEROUS_TRIGGERS,
    github::DOWNLOADS,
    github::ENVIRONMENT,
    github::KNOWN_VULNERABLE,
    github::REQUESTS,
    github::TEMPLATE_INJECTION,
    github::UNPINNED_TOOLS,
    github::UNSOUND_CONDITION,
    github::UNTRUSTED_CHECKOUT,
    docker_removed_secret::SECRET_REMOVED_LATER,
    package_pins::VULNERABLE_PIN,
    python_jwt::JWT,
    server_command::SERVER_COMMAND,
    Audit {
        name: "docker-missing-user",
        kinds: &[FileKind::Dockerfile],
        variants: &[],
        run: docker_user::missing_user,
    },
    Audit {
        name: "docker-secret-in-build-arg",
        kinds: &[FileKind::Dockerfile],
        variants: &["discarded"],
        run: docker_build_arg::secret_in_build_arg,
    },
    Audit { name: "docker-run-as-root", kinds: &[FileKind::Dockerfile], variants: &[], run: docker_user::run_as_root },
    Audit {
        name: "docker-unpinned-base-image",
        kinds: &[FileKind::Dockerfile],
        variants: &["digest", "unknown"],
        run: docker_base_image::unpinned_base_image,
    },
    Audit {
        name: "docker-unchecked-download",
        kinds: &[FileKind::Dockerfile],
        variants: &[],
        run: shell_download::dockerfile,
    },
    Audit {
        name: "python-timing-unsafe-compare",
        kinds: &[FileKind::Python, FileKind::Notebook],
        variants: &["hash"],
        run: python_timing_unsafe_compare::run,
    },
    Audit { name: "shell-unchecked-download", kinds: &[FileKind::Shell], variants: &[], run: shell_download::script },
];

/// The audit of a name.
pub fn audit(name: &str) -> Option<&'static Audit> {
    AUDITS.iter().find(|audit| audit.name == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unique_and_every_audit_reads_something() {
        for (index, one) in AUDITS.iter().enumerate() {
            assert!(!one.kinds.is_empty(), "{} reads no kind of file", one.name);
            assert!(AUDITS[index + 1..].iter().all(|other| other.name != one.name), "{} stands twice", one.name);
        }
        for (index, one) in PROJECT_AUDITS.iter().enumerate() {
            assert!(!one.kinds.is_empty(), "{} reads no kind of file", one.name);
            let twin = PROJECT_AUDITS[index + 1..].iter().any(|other| other.name == one.name);
            assert!(!twin && audit(one.name).is_none(), "{} stands twice", one.name);
        }
        assert!(audit("no such audit").is_none() && project_audit("no such audit").is_none());
    }
}
