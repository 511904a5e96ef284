//! Findings as SARIF results.

use super::{place, rule::level, text};
use crate::findings::{Confidence, Edit, FINGERPRINT_KEY, Finding, Fingerprint, Location, SecretSpans, Severity};
use crate::scan::{Suppressed, SuppressionKind};
use serde_json::Value;
use serde_sarif::sarif;
use std::collections::BTreeMap;

/// GitHub refuses longer flows.
const FLOW_STEPS: usize = 1_000;
/// GitHub shows no more related places.
const RELATED: usize = 100;

/// A finding with everything that only the whole report knows about it.
pub(super) struct Reported<'a> {
    pub(super) finding: &'a Finding,
    pub(super) suppressed: Option<&'a Suppressed>,
    pub(super) fingerprint: Fingerprint,
    /// `primaryLocationLineHash` of the line where the span starts.
    pub(super) line_hash: Option<String>,
    /// Index of its rule in the driver's rules.
    pub(super) rule_index: usize,
}

/// How urgent a finding is, 0 to 100: severity, less what the rule is unsure of.
pub(super) fn rank(finding: &Finding) -> u32 {
    let severity = match finding.rule.severity {
        Severity::Critical => 100,
        Severity::High => 80,
        Severity::Medium => 50,
        Severity::Low => 20,
        Severity::Info => 5,
    };
    let percent = match finding.rule.confidence {
        Confidence::High => 100,
        Confidence::Medium => 80,
        Confidence::Low => 60,
    };
    severity * percent / 100
}

/// The result of a finding. With `says_suppressed`, each result says whether it is suppressed: SARIF wants that from all
/// results of a run or from none.
pub(super) fn result(reported: &Reported<'_>, secrets: &SecretSpans, says_suppressed: bool) -> sarif::Result {
    let finding = reported.finding;
    let primary =
        sarif::Location::builder().physical_location(place::physical(&finding.source, finding.span, secrets)).build();
    let mut result = sarif::Result::builder()
        .rule_id(finding.rule.id.to_string())
        .rule_index(i64::try_from(reported.rule_index).unwrap_or_default())
        .kind(sarif::ResultKind::Fail)
        .level(result_level(finding.rule.severity))
        .rank(f64::from(rank(finding)))
        .message(sarif::Message::builder().text(message(finding, secrets)).build())
        .locations(vec![primary])
        .fingerprints(BTreeMap::from([(FINGERPRINT_KEY.to_owned(), reported.fingerprint.to_string())]))
        .build();
    if let Some(hash) = &reported.line_hash {
        result.partial_fingerprints = Some(BTreeMap::from([("primaryLocationLineHash".to_owned(), hash.clone())]));
    }
    if !finding.related.is_empty() {
        result.related_locations = Some(related(finding, secrets));
    }
    if !finding.flow.is_empty() {
        result.code_flows = Some(vec![code_flow(finding, secrets)]);
    }
    result.fixes = fix(finding, secrets).map(|fix| vec![fix]);
    if says_suppressed {
        result.suppressions = Some(reported.suppressed.map(suppression).into_iter().collect());
    }
    result
}

fn result_level(severity: Severity) -> sarif::ResultLevel {
    match level(severity) {
        "error" => sarif::ResultLevel::Error,
        "warning" => sarif::ResultLevel::Warning,
        _ => sarif::ResultLevel::Note,
    }
}

/// The message, with a link to each related place that it does not link itself.
fn message(finding: &Finding, secrets: &SecretSpans) -> String {
    let own = secrets.message(&finding.source, &finding.message);
    let mut message = text::with_final_stop(&own);
    let links: Vec<String> = (1..)
        .zip(finding.related.iter().take(RELATED))
        .filter(|(id, _)| !own.contains(&format!("]({id})")))
        .map(|(id, place)| text::link(&secrets.message(&place.source, &place.message), id))
        .collect();
    if !links.is_empty() {
        // A link that is cut in the middle is no link: leave out whole ones.
        let mut room = text::MESSAGE_CHARACTERS.saturating_sub(message.encode_utf16().count() + " See .".len());
        let fitting = links.iter().take_while(|link| {
            let needed = link.encode_utf16().count() + ", ".len();
            let fits = needed <= room;
            room = room.saturating_sub(needed);
            fits
        });
        let fitting: Vec<&str> = fitting.map(String::as_str).collect();
        if !fitting.is_empty() {
            message.push_str(" See ");
            message.push_str(&fitting.join(", "));
            message.push('.');
        }
    }
    text::cut(&message, text::MESSAGE_CHARACTERS)
}

fn located(place: &Location, secrets: &SecretSpans) -> sarif::Location {
    let message = secrets.message(&place.source, &place.message);
    place::described(&place.source, place.span, &message, secrets)
}

fn related(finding: &Finding, secrets: &SecretSpans) -> Vec<sarif::Location> {
    (1..)
        .zip(finding.related.iter().take(RELATED))
        .map(|(id, place)| {
            let mut location = located(place, secrets);
            location.id = Some(id);
            location
        })
        .collect()
}

/// Source first, sink last; of a flow that is too long the middle is left out.
fn code_flow(finding: &Finding, secrets: &SecretSpans) -> sarif::CodeFlow {
    let steps = &finding.flow;
    let (head, tail) = if steps.len() > FLOW_STEPS {
        (&steps[..FLOW_STEPS / 2], &steps[steps.len() - FLOW_STEPS / 2..])
    } else {
        (&steps[..], &[][..])
    };
    let mut locations: Vec<sarif::ThreadFlowLocation> = head
        .iter()
        .chain(tail)
        .map(|step| sarif::ThreadFlowLocation::builder().location(located(step, secrets)).build())
        .collect();
    let last = locations.len() - 1;
    locations[0].importance = Some(Value::from("essential"));
    locations[last].importance = Some(Value::from("essential"));
    let thread = sarif::ThreadFlow::builder().locations(locations).build();
    sarif::CodeFlow::builder().thread_flows(vec![thread]).build()
}

/// The fix, unless it is empty, its edits overlap, or it would write a secret into the report.
fn fix(finding: &Finding, secrets: &SecretSpans) -> Option<sarif::Fix> {
    let fix = finding.fix.as_ref()?;
    let in_order = fix.edits.windows(2).all(|pair| pair[0].span.end <= pair[1].span.start);
    let reveals = |edit: &Edit| {
        let known = secrets.in_file(finding.source.path());
        known.iter().any(|&secret| edit.replacement.contains(finding.source.slice(secret)))
    };
    if fix.edits.is_empty() || !in_order || fix.edits.iter().any(reveals) {
        return None;
    }
    let replacements = fix.edits.iter().map(|edit| {
        let mut replacement =
            sarif::Replacement::builder().deleted_region(place::region(&finding.source, edit.span)).build();
        if !edit.replacement.is_empty() {
            replacement.inserted_content =
                Some(sarif::ArtifactContent::builder().text(edit.replacement.clone()).build());
        }
        replacement
    });
    let change = sarif::ArtifactChange::builder()
        .artifact_location(place::artifact(finding.source.path()))
        .replacements(replacements.collect::<Vec<_>>())
        .build();
    let description = text::cut(&secrets.message(&finding.source, &fix.description), text::MESSAGE_CHARACTERS);
    let safe = BTreeMap::from([("safe".to_owned(), Value::from(fix.safe))]);
    Some(
        sarif::Fix::builder()
            .description(sarif::Message::builder().text(text::with_final_stop(&description)).build())
            .artifact_changes(vec![change])
            .properties(sarif::PropertyBag::builder().additional_properties(safe).build())
            .build(),
    )
}

fn suppression(suppressed: &Suppressed) -> sarif::Suppression {
    let kind = match suppressed.kind {
        SuppressionKind::InSource => "inSource",
        SuppressionKind::External => "external",
    };
    let mut suppression = sarif::Suppression::builder().kind(Value::from(kind)).build();
    suppression.justification = suppressed.reason.as_deref().map(|reason| text::cut(reason, text::MESSAGE_CHARACTERS));
    suppression
}
