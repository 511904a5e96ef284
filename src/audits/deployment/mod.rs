//! Checks of the deployment graph: findings that exist only between layers.
//!
//! One audit with a variant for each check class: the graph and the code of its applications are read once for all. Each
//! file here is a family of classes. A class speaks only where the chain that it needs is known.

mod client_address;
mod cors;
mod exposure;
mod headers;
mod image;
mod limits;
mod runtime;
mod secrets;
mod transport;
mod view;

use super::{ProjectAudit, ProjectMatch};
use crate::facts::deployment::DEPLOYMENT_KINDS;
use crate::model::Project;
use crate::syntax::FileKind;
use view::{Reports, View};

const KINDS: [FileKind; DEPLOYMENT_KINDS.len() + 1] = {
    let mut kinds = [FileKind::Nginx; DEPLOYMENT_KINDS.len() + 1];
    let mut at = 0;
    while at < DEPLOYMENT_KINDS.len() {
        kinds[at] = DEPLOYMENT_KINDS[at];
        at += 1;
    }
    kinds
};

pub(super) const AUDIT: ProjectAudit = ProjectAudit {
    name: "deployment",
    kinds: &KINDS,
    variants: &[
        "accel-redirect-not-internal",
        "admin-path-exposed",
        "admin-path-exposed-metrics",
        "backend-bypasses-proxy",
        "cache-of-private-response",
        "container-port-mismatch",
        "container-user-mismatch",
        "cors-conflict",
        "cors-wildcard-deployed",
        "datastore-credentials-weak",
        "debug-in-production",
        "default-secret-deployed",
        "docs-exposed",
        "header-conflict",
        "health-endpoint-leaks",
        "https-not-enforced",
        "https-redirect-loop",
        "limiter-per-process",
        "missing-body-limit",
        "missing-hsts",
        "missing-security-headers",
        "no-tls-on-chain",
        "secret-reused",
        "secret-through-build-arg",
        "shared-rate-limit-bucket",
        "spoofable-client-ip",
        "static-served-past-auth",
        "trusted-identity-header",
        "unauthenticated-datastore-reachable",
        "writable-mount-of-code",
    ],
    run,
};

fn run(project: &Project) -> Vec<ProjectMatch> {
    let view = View::new(project);
    let mut reports = Reports::default();
    client_address::check(&view, &mut reports);
    cors::check(&view, &mut reports);
    exposure::check(&view, &mut reports);
    headers::check(&view, &mut reports);
    image::check(&view, &mut reports);
    limits::check(&view, &mut reports);
    runtime::check(&view, &mut reports);
    secrets::check(&view, &mut reports);
    transport::check(&view, &mut reports);
    reports.found
}
