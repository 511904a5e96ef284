//! Actions that a published advisory names, by version.

use super::super::dated_tables::ACTION_ADVISORIES;
use super::super::version::Version;
use super::super::{Audit, AuditContext, AuditMatch};
use super::workflow::Workflow;
use crate::syntax::FileKind;

/// An action at a version that an advisory names.
pub const KNOWN_VULNERABLE: Audit = Audit {
    name: "github-known-vulnerable-action",
    kinds: &[FileKind::GithubWorkflow, FileKind::GithubAction],
    variants: &[],
    run,
};

/// An advisory on an action.
struct Advisory {
    /// In lower case.
    action: &'static str,
    /// The first version with the flaw; empty for all before the fix.
    from: &'static str,
    /// The first version without it.
    fixed: &'static str,
    id: &'static str,
    what: &'static str,
}

const fn advisory(
    action: &'static str,
    from: &'static str,
    fixed: &'static str,
    id: &'static str,
    what: &'static str,
) -> Advisory {
    Advisory { action, from, fixed, id, what }
}

/// Advisories on actions that are in use, from the GitHub Advisory Database.
const ADVISORIES: &[Advisory] = &[
    advisory(
        "tj-actions/changed-files",
        "",
        "46.0.1",
        "CVE-2025-30066",
        "its tags were moved to code that prints secrets",
    ),
    advisory("reviewdog/action-setup", "1", "1.3.1", "CVE-2025-30154", "its tag was moved to code that prints secrets"),
    advisory("tj-actions/branch-names", "", "9.0.0", "CVE-2025-54416", "a branch name runs commands"),
    advisory("tj-actions/verify-changed-files", "", "17.0.0", "CVE-2023-52137", "a file name runs commands"),
    advisory("actions/download-artifact", "4.0.0", "4.1.3", "CVE-2024-42471", "an artifact writes outside its folder"),
    advisory("dawidd6/action-download-artifact", "", "6.0.0", "GHSA-5xr6-xhww-33m4", "it takes artifacts of forks"),
    advisory("rlespinasse/github-slug-action", "4.0.0", "4.4.1", "CVE-2023-27581", "a branch name runs commands"),
    advisory("embano1/wip", "", "2.0.0", "CVE-2023-30623", "the title of a pull request runs commands"),
    advisory("azure/setup-kubectl", "", "3.0.0", "CVE-2023-23939", "it leaves a program that everybody can replace"),
    advisory("sonarsource/sonarqube-scan-action", "4.0.0", "5.3.1", "CVE-2025-58178", "its arguments run commands"),
    advisory("check-spelling/check-spelling", "", "0.0.19", "CVE-2021-32724", "a pull request reads the token"),
    advisory("hashicorp/vault-action", "", "2.2.0", "CVE-2021-32074", "secrets of several lines appear in the log"),
    advisory("atlassian/gajira-create", "", "2.0.1", "CVE-2020-14188", "the text of an issue runs commands"),
    advisory("atlassian/gajira-comment", "", "2.0.2", "CVE-2020-14189", "the text of an issue runs commands"),
    advisory("kartverket/github-workflows", "", "2.7.5", "CVE-2022-39326", "a pull request runs code with the token"),
    advisory("gradle/gradle-build-action", "", "2.4.2", "CVE-2023-30853", "secrets are stored in the cache"),
    advisory(
        "xt0rted/pull-request-comment-branch",
        "",
        "3.0.0",
        "GHSA-g9c9-x7vq-cjq3",
        "the branch can move after it was approved",
    ),
];

fn run(context: &AuditContext<'_>) -> Vec<AuditMatch> {
    let Some(workflow) = Workflow::new(context.tree) else { return Vec::new() };
    let tree = workflow.tree;
    let mut matches = Vec::new();
    for job in &workflow.jobs {
        let called = workflow.text(job.node, &["uses"]);
        let steps = job.steps.iter().map(|step| (step.uses, step.node, Some(step)));
        for (uses, owner, step) in steps.chain([(called, job.node, None)]) {
            let Some((action, version)) = uses.split_once('@') else { continue };
            let Some(node) = workflow.get(owner, "uses") else { continue };
            let version = version.split_whitespace().next().unwrap_or("");
            let Some(found) = vulnerable(&action.to_ascii_lowercase(), version) else { continue };
            matches.push(AuditMatch {
                node,
                span: tree.span(node),
                captures: vec![
                    ("action".to_owned(), uses.to_owned()),
                    ("advisory".to_owned(), found.id.to_owned()),
                    ("what".to_owned(), found.what.to_owned()),
                    ("fixed".to_owned(), found.fixed.to_owned()),
                    ("as_of".to_owned(), ACTION_ADVISORIES.to_owned()),
                ],
                related: Vec::new(),
                anchor: workflow.anchor(job, step),
                variant: None,
            });
        }
    }
    matches
}

/// The advisory that names an action at a version. Branches and commits say no version.
fn vulnerable(action: &str, version: &str) -> Option<&'static Advisory> {
    if version.len() == 40 && version.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    let version = Version::parse(version)?;
    // Actions of a repository share its versions: `owner/repository/folder`.
    let repository: String = action.splitn(3, '/').take(2).collect::<Vec<_>>().join("/");
    ADVISORIES.iter().find(|advisory| {
        let fixed = Version::parse(advisory.fixed);
        let from = Version::parse(advisory.from);
        // `v4` is moved on with every release: it is behind the fix only when the fix has another number.
        let before = fixed.is_some_and(|fixed| version.compare_prefix(&fixed).is_lt());
        let after = from.is_none_or(|from| version >= from);
        advisory.action == repository && before && after
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_versions_before_the_fix_from_those_after() {
        let id = |action, version| vulnerable(action, version).map(|advisory| advisory.id);
        assert_eq!(id("tj-actions/changed-files", "v45"), Some("CVE-2025-30066"));
        assert_eq!(id("tj-actions/changed-files", "v46.0.1"), None);
        assert_eq!(id("actions/download-artifact", "v4.1.0"), Some("CVE-2024-42471"));
        assert_eq!(id("actions/download-artifact", "v4"), None, "the tag moves on");
        assert_eq!(id("actions/download-artifact", "v3"), None, "older ones unpack otherwise");
        assert_eq!(id("actions/checkout", "v1"), None);
        assert_eq!(id("tj-actions/changed-files", "0e58ed8671d6b60d0890c21b07f8835ace038e67"), None);
    }

    #[test]
    fn the_table_can_be_read() {
        for one in ADVISORIES {
            assert!(Version::parse(one.fixed).is_some() && one.action == one.action.to_ascii_lowercase());
            assert!(one.from.is_empty() || Version::parse(one.from).is_some(), "{}", one.action);
            assert!(one.id.starts_with("CVE-") || one.id.starts_with("GHSA-"));
        }
    }
}
