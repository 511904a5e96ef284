//! Rules on the whole project: what only all files together show.

use super::RuleSet;
use super::analyse::fill;
use crate::audits::{DISPROVED, ProjectMatch, Withdrawal};
use crate::findings::{Finding, Location, Notification, NotificationKind};
use crate::model::{Place, Project};
use crate::rules::{Check, Rule};
use crate::source::Span;
use rustc_hash::FxHashMap;
use std::sync::Arc;

/// What the rules say of a project.
#[derive(Debug, Default)]
pub struct ProjectResult {
    /// In order of path and place.
    pub findings: Vec<Finding>,
    /// What could not be analysed.
    pub notifications: Vec<Notification>,
    /// Findings of files alone that are better said here, or wrong.
    withdrawn: FxHashMap<Arc<str>, Vec<(&'static str, Span)>>,
}

impl ProjectResult {
    /// Takes out of the findings of single files those that the whole project says better, or shows to be wrong.
    pub fn withdraw(&self, findings: &mut Vec<Finding>) {
        if !self.withdrawn.is_empty() {
            findings.retain(|finding| !self.is_withdrawn(finding));
        }
    }

    fn is_withdrawn(&self, finding: &Finding) -> bool {
        let Some(places) = self.withdrawn.get(finding.source.path()) else { return false };
        places.iter().any(|(rule, span)| {
            let is_of_class =
                finding.rule.id.strip_prefix(rule).is_some_and(|rest| rest.is_empty() || rest.starts_with('-'));
            is_of_class && finding.span.start <= span.end && span.start <= finding.span.end
        })
    }

    fn add_withdrawals(&mut self, project: &Project, withdrawals: &[Withdrawal]) {
        for withdrawal in withdrawals {
            let path = Arc::clone(project.file(withdrawal.place.file).source.path());
            self.withdrawn.entry(path).or_default().push((withdrawal.rule, withdrawal.place.span));
        }
    }
}

/// Runs all rules that look at the whole project.
pub fn analyse_project(rules: &RuleSet, project: &Project, include_tests: bool) -> ProjectResult {
    let mut result = ProjectResult::default();
    let mut audited: FxHashMap<&str, Vec<ProjectMatch>> = FxHashMap::default();
    for rule in &rules.rules {
        let Check::ProjectAudit { audit, variant } = &rule.check else { continue };
        // Twins of a check class share one run of its audit.
        let found = audited.entry(audit.name).or_insert_with(|| (audit.run)(project));
        for found in found.iter().filter(|found| found.variant == variant.as_deref()) {
            let file = project.file(found.place.file);
            let is_left_alone = file.is_test && !rule.in_tests && !include_tests;
            if !is_left_alone && rule.paths.as_ref().is_none_or(|paths| paths.admits(file.path())) {
                result.findings.push(finding(rule, project, found));
                result.add_withdrawals(project, &found.withdraws);
            }
        }
    }
    for (batch, table) in rules.taint.batches.iter().enumerate() {
        super::follow::follow_taint(rules, project, batch, table, &mut result);
    }
    result.notifications.extend(unread_includes(project));
    for disproved in audited.values().flatten().filter(|found| found.variant == Some(DISPROVED)) {
        result.add_withdrawals(project, &disproved.withdraws);
    }
    let mut findings = std::mem::take(&mut result.findings);
    result.withdraw(&mut findings);
    result.findings = findings;
    result.findings.sort_by(|left, right| left.sort_key().cmp(&right.sort_key()));
    result.findings.dedup_by(|right, left| right.rule.id == left.rule.id && right.sort_key() == left.sort_key());
    result
}

/// Includes of nginx files that should be in the project and are not.
fn unread_includes(project: &Project) -> Vec<Notification> {
    let nginx = project.nginx();
    let missing = nginx.missing_includes().iter().map(|missing| {
        let source = &project.file(missing.place.file).source;
        let message = format!("`{}` is included and not among the files; what it holds is not known", missing.path);
        Notification {
            kind: NotificationKind::MissingInclude,
            path: source.path().to_string(),
            position: Some(source.position(missing.place.span.start)),
            message,
        }
    });
    let limit = nginx.limit_reached().then(|| {
        let message = "nginx includes multiply beyond what is read; some of them were left out";
        Notification::file(NotificationKind::LimitReached, ".", message)
    });
    missing.chain(limit).collect()
}

fn finding(rule: &Rule, project: &Project, found: &ProjectMatch) -> Finding {
    let source = Arc::clone(&project.file(found.place.file).source);
    let message = fill(&rule.message, &found.captures);
    let mut finding = Finding::new(Arc::clone(&rule.meta), source, found.place.span, message);
    finding.anchor.clone_from(&found.anchor);
    finding.related = locations(project, &found.related);
    finding.flow = locations(project, &found.flow);
    finding.fix.clone_from(&found.fix);
    finding
}

pub(super) fn locations(project: &Project, places: &[(Place, String)]) -> Vec<Location> {
    places
        .iter()
        .map(|(place, message)| Location {
            source: Arc::clone(&project.file(place.file).source),
            span: place.span,
            message: message.clone(),
        })
        .collect()
}
