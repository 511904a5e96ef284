//! Search rules on one tree: names, values and the index are made once, for all rules.

use super::analyse::{FileInput, FileResult, is_left_alone, new_finding};
use super::fix::fix;
use crate::findings::{Notification, NotificationKind};
use crate::flow::{Names, Values};
use crate::matching::{Context, Formula, TreeIndex, evaluate, interpolate};
use crate::rules::{Check, Rule};
use crate::syntax::{FileKind, Language, Tree};

/// The search rules among `rules` that read a kind of file and have a formula for a language.
pub(super) fn searching<'a>(rules: &[&'a Rule], language: Language, kind: FileKind) -> Vec<(&'a Rule, &'a Formula)> {
    rules
        .iter()
        .filter(|rule| rule.kinds.is_empty() || rule.kinds.contains(&kind))
        .filter_map(|rule| match &rule.check {
            Check::Search(formulas) => {
                let (_, formula) = formulas.iter().find(|(known, _)| *known == language)?;
                Some((*rule, formula))
            }
            _ => None,
        })
        .collect()
}

/// Runs search rules.
pub(super) fn search(
    searching: &[(&Rule, &Formula)],
    context: &Context<'_>,
    file: &FileInput<'_>,
    result: &mut FileResult,
) {
    for (rule, formula) in searching {
        report(rule, formula, context, file, result);
    }
}

/// Runs one formula on a tree of its own.
pub(super) fn run(rule: &Rule, formula: &Formula, tree: &Tree, file: &FileInput<'_>, result: &mut FileResult) {
    let names = Names::new(tree);
    let values = Values::new(&names);
    let index = TreeIndex::new(tree, &names);
    report(rule, formula, &Context::new(tree, &names, &values, &index), file, result);
}

fn report(rule: &Rule, formula: &Formula, context: &Context<'_>, file: &FileInput<'_>, result: &mut FileResult) {
    let tree = context.tree;
    for found in evaluate(formula, context) {
        let node = found.node.unwrap_or_else(|| tree.covering(found.span));
        if is_left_alone(rule, file, tree, node) {
            continue;
        }
        let message = interpolate(&rule.message, &found.bindings, tree);
        let mut finding = new_finding(rule, file, tree.to_file(found.span), message);
        finding.anchor = tree.anchor(node);
        finding.fix = rule.fix.as_ref().and_then(|wanted| fix(wanted, &found, tree));
        result.findings.push(finding);
    }
    if context.take_exhausted() {
        result.notifications.push(Notification::file(
            NotificationKind::LimitReached,
            file.source.path().to_string(),
            format!("rule {} stopped early: too many ways to match in this file", rule.meta.id),
        ));
    }
}
