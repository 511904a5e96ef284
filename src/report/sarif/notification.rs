//! What was not analysed as asked, as SARIF tool execution notifications.

use super::{place, rule::plain, text};
use crate::findings::{Notification, NotificationKind};
use serde_json::Value;
use serde_sarif::sarif::{self, Invocation, Message, ReportingDescriptor, ReportingDescriptorReference};
use std::collections::BTreeMap;

/// Stable identifier of the notification that results were left out of the report.
const TRUNCATED: &str = "report-truncated";

const fn description(kind: NotificationKind) -> &'static str {
    match kind {
        NotificationKind::TooLarge => "The file is larger than the limit and was not analysed.",
        NotificationKind::Binary => "The file has binary content and was not analysed.",
        NotificationKind::Encoding => "The file is no valid text in its encoding and was not analysed.",
        NotificationKind::Unreadable => "The file could not be read.",
        NotificationKind::SymlinkSkipped => "The symbolic link was not followed.",
        NotificationKind::PartlyParsed => "Parts of the file could not be parsed; the rest was analysed.",
        NotificationKind::NotParsed => "The file could not be parsed.",
        NotificationKind::LimitReached => "A bound on the work for one file was hit; its analysis is not complete.",
        NotificationKind::MissingInclude => "An included file is not among those that were scanned.",
        NotificationKind::InternalError => "The analysis of the file failed inside bartizan.",
        NotificationKind::RuleSkipped => "A rule could not be used.",
        NotificationKind::Suppression => "A suppression comment is malformed or suppresses nothing.",
    }
}

/// The one invocation of the run, and the descriptors of the kinds of notification in it.
pub(super) fn invocation(notifications: &[Notification], left_out: usize) -> (Invocation, Vec<ReportingDescriptor>) {
    let mut kinds: BTreeMap<&str, &str> =
        notifications.iter().map(|it| (it.kind.name(), description(it.kind))).collect();
    if left_out > 0 {
        kinds.insert(TRUNCATED, "Results were left out so that code-scanning services accept the report.");
    }
    let index = |id: &str| i64::try_from(kinds.range(..id).count()).unwrap_or_default();

    let mut reported: Vec<sarif::Notification> =
        notifications.iter().map(|it| notification(it, index(it.kind.name()))).collect();
    if left_out > 0 {
        let message = format!(
            "The {left_out} least severe results were left out: code-scanning services take 25,000 results and 10 MB. \
             Scan parts of the project with a category each, or use another format."
        );
        reported.push(shaped(TRUNCATED, index(TRUNCATED), "warning", &message));
    }
    // A file that parsed in part was analysed; one that was not read at all leaves the question open.
    let complete = !notifications.iter().any(|it| it.kind.is_gap() && it.kind != NotificationKind::PartlyParsed);
    let invocation =
        Invocation::builder().execution_successful(complete).tool_execution_notifications(reported).build();
    let descriptors = kinds
        .iter()
        .map(|(&id, &words)| {
            ReportingDescriptor::builder()
                .id(id)
                .name(text::pascal_case(id))
                .short_description(plain(words))
                .full_description(plain(words))
                .build()
        })
        .collect();
    (invocation, descriptors)
}

fn notification(notification: &Notification, index: i64) -> sarif::Notification {
    let level = if notification.kind.is_gap() { "warning" } else { "note" };
    let mut shaped = shaped(notification.kind.name(), index, level, &notification.message);
    if !notification.path.is_empty() {
        shaped.locations = Some(vec![place::unread(&notification.path, notification.position)]);
    }
    shaped
}

fn shaped(id: &str, index: i64, level: &str, message: &str) -> sarif::Notification {
    let message = text::with_final_stop(&text::cut(message, text::MESSAGE_CHARACTERS - 1));
    sarif::Notification::builder()
        .descriptor(ReportingDescriptorReference::builder().id(id).index(index).build())
        .level(Value::from(level))
        .message(Message::builder().text(message).build())
        .build()
}
