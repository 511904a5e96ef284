//! Taint rules on the whole project: what flow analysis found, as findings.

use super::RuleSet;
use super::project::{ProjectResult, locations};
use crate::findings::{Finding, Notification, NotificationKind};
use crate::flow::taint::LaneTable;
use crate::model::{Place, Project, flow};
use std::sync::Arc;

/// Runs the taint rules of one batch.
pub(super) fn follow_taint(
    rules: &RuleSet,
    project: &Project,
    batch: usize,
    table: &LaneTable,
    result: &mut ProjectResult,
) {
    let followed = flow::follow(project, batch, table);
    for hit in followed.hits {
        let rule = &rules.rules[rules.taint.index_of(hit.rule)];
        let source = Arc::clone(&project.file(hit.place.file).source);
        let mut finding = Finding::new(Arc::clone(&rule.meta), source, hit.place.span, hit.message);
        finding.anchor = hit.anchor;
        finding.related = locations(project, &elsewhere(&hit.place, &hit.flow));
        finding.flow = locations(project, &hit.flow);
        result.findings.push(finding);
    }
    for place in followed.limited {
        let source = &project.file(place.file).source;
        result.notifications.push(Notification {
            kind: NotificationKind::LimitReached,
            path: source.path().to_string(),
            position: Some(source.position(place.span.start)),
            message: "this function is too large: values were followed through the first part of it".to_owned(),
        });
    }
    if followed.is_limited {
        let message = "values were not followed everywhere: the project has too many ways for them".to_owned();
        result.notifications.push(Notification::file(NotificationKind::LimitReached, ".", message));
    }
}

/// The source of a flow, when it lies in another file than the finding.
fn elsewhere(place: &Place, flow: &[(Place, String)]) -> Vec<(Place, String)> {
    flow.first().filter(|(first, _)| first.file != place.file).cloned().into_iter().collect()
}
