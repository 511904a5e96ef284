//! Rules on the whole project: what only all files together show.

use super::RuleSet;
use super::analyse::fill;
use crate::audits::ProjectMatch;
use crate::findings::{Finding, Location, Notification};
use crate::model::{Place, Project};
use crate::rules::{Check, Rule};
use rustc_hash::FxHashMap;
use std::sync::Arc;

/// What the rules say of a project.
#[derive(Debug, Default)]
pub struct ProjectResult {
    /// In order of path and place.
    pub findings: Vec<Finding>,
    /// What could not be analysed.
    pub notifications: Vec<Notification>,
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
            }
        }
    }
    result.findings.sort_by(|left, right| left.sort_key().cmp(&right.sort_key()));
    result.findings.dedup_by(|right, left| right.rule.id == left.rule.id && right.sort_key() == left.sort_key());
    result
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

fn locations(project: &Project, places: &[(Place, String)]) -> Vec<Location> {
    places
        .iter()
        .map(|(place, message)| Location {
            source: Arc::clone(&project.file(place.file).source),
            span: place.span,
            message: message.clone(),
        })
        .collect()
}
