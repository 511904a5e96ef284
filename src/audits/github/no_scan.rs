//! Repositories whose workflows look for no known flaws.

use super::super::project::{ProjectAudit, ProjectMatch};
use crate::model::{Place, Project};
use crate::source::Span;
use crate::syntax::FileKind;

/// One match for a repository with Python or Rust code, at its first workflow.
pub const NO_SECURITY_SCAN: ProjectAudit = ProjectAudit {
    name: "github-no-security-scan",
    kinds: &[FileKind::GithubWorkflow, FileKind::Dependabot],
    variants: &[],
    run,
};

/// Programs and actions that look for flaws, by words that only they put into a workflow.
const SCANNERS: [&str; 26] = [
    "pip-audit",
    "safety check",
    "safety scan",
    "cargo audit",
    "cargo-audit",
    "audit-check",
    "cargo deny",
    "cargo-deny",
    "osv-scanner",
    "trivy",
    "grype",
    "snyk",
    "codeql",
    "semgrep",
    "bandit",
    "bartizan",
    "dependency-review",
    "sonar",
    "checkov",
    "zizmor",
    "gitleaks",
    "trufflehog",
    "scorecard",
    "docker scout",
    "npm audit",
    "uv audit",
];

/// Files and folders of other pipelines, which this check does not read.
const OTHER_PIPELINES: [&str; 7] = [
    ".gitlab-ci.yml",
    ".circleci/",
    "Jenkinsfile",
    "azure-pipelines.yml",
    ".travis.yml",
    "bitbucket-pipelines.yml",
    ".buildkite/",
];

fn run(project: &Project) -> Vec<ProjectMatch> {
    let mut first = None;
    for (id, file) in project.files().filter(|(_, file)| file.part.is_none()) {
        if file.kind == FileKind::Dependabot {
            return Vec::new();
        }
        let text = file.source.text().to_ascii_lowercase();
        if SCANNERS.iter().any(|scanner| text.contains(scanner)) {
            return Vec::new();
        }
        if file.kind == FileKind::GithubWorkflow && first.is_none() {
            first = Some((id, file));
        }
    }
    let Some((id, file)) = first else { return Vec::new() };
    let Some(top) = file.path().find(".github/").map(|at| file.path()[..at].trim_end_matches('/')) else {
        return Vec::new();
    };
    let present = project.present();
    let mut below = present.below(top).peekable();
    if !present.covers(top) || below.peek().is_none() {
        return Vec::new();
    }
    let mut has_code = false;
    for path in below {
        if OTHER_PIPELINES.contains(&path) {
            return Vec::new();
        }
        has_code |= matches!(path.rsplit_once('.'), Some((_, "py" | "rs")));
    }
    if !has_code {
        return Vec::new();
    }
    let text = file.source.text();
    let line = text.lines().find(|line| !line.trim().is_empty() && !line.trim_start().starts_with('#')).unwrap_or("");
    let start = text.find(line).unwrap_or(0);
    vec![ProjectMatch::new(Place { file: id, span: Span::from_range(start..start + line.len()) }, "workflows")]
}
