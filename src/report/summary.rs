//! The end of the text report: how much was found in how much, what was left out and what could not be analysed.

use super::text::TextOptions;
use crate::findings::{Finding, Notification, NotificationKind, Severity};
use crate::scan::{ScanReport, Statistics};
use crate::source::printable::printable_line;
use std::collections::BTreeMap;
use std::io::{self, Write};

/// More notifications of one kind are counted instead of listed.
const LISTED: usize = 20;

/// Writes the summary.
pub(super) fn write(report: &ScanReport, options: &TextOptions, out: &mut dyn Write) -> io::Result<()> {
    let paint = options.paint;
    write_notifications(&report.notifications, options, out)?;
    if report.findings.is_empty() {
        writeln!(out, "{}", paint.good("No findings"))?;
    } else {
        let total = format!("{}: ", count(report.findings.len(), "finding"));
        let by_severity = severities(&report.findings, |severity, count| {
            paint.severity(severity, format_args!("{count} {}", severity.name())).to_string()
        });
        writeln!(out, "{}{by_severity}", paint.bold(total))?;
        let mut packs: BTreeMap<&str, Vec<&Finding>> = BTreeMap::new();
        for finding in &report.findings {
            packs.entry(finding.rule.pack()).or_default().push(finding);
        }
        let widest = packs.keys().map(|pack| pack.chars().count()).max().unwrap_or(0);
        for (pack, findings) in packs {
            let by_severity =
                severities(findings.iter().copied(), |severity, count| format!("{count} {}", severity.name()));
            writeln!(out, "  {:widest$}  {:>4}  {by_severity}", printable_line(pack), findings.len())?;
        }
    }
    write_statistics(report, options, out)?;
    if !report.findings.is_empty() && options.findings {
        let id = &report.findings[0].rule.id;
        writeln!(out, "{}", paint.dim(format_args!("More about a rule: bartizan explain {}", printable_line(id))))?;
    }
    Ok(())
}

fn write_notifications(notifications: &[Notification], options: &TextOptions, out: &mut dyn Write) -> io::Result<()> {
    let mut kinds: BTreeMap<NotificationKind, Vec<&Notification>> = BTreeMap::new();
    for notification in notifications {
        kinds.entry(notification.kind).or_default().push(notification);
    }
    for (kind, notifications) in kinds {
        let title = format!("{} ({})", title(kind), notifications.len());
        writeln!(out, "{}", options.paint.warning(title))?;
        for notification in notifications.iter().take(LISTED) {
            let mut place = printable_line(&notification.path).into_owned();
            if let Some(position) = notification.position {
                place = format!("{place}:{}:{}", position.line, position.column);
            }
            let gap = if place.is_empty() { "" } else { "  " };
            writeln!(out, "  {}{gap}{}", options.paint.bold(place), printable_line(&notification.message))?;
        }
        if notifications.len() > LISTED {
            writeln!(out, "  and {} more: --format json lists them all", notifications.len() - LISTED)?;
        }
        writeln!(out)?;
    }
    Ok(())
}

const fn title(kind: NotificationKind) -> &'static str {
    match kind {
        NotificationKind::TooLarge => "Not analysed: too large",
        NotificationKind::Binary => "Not analysed: binary",
        NotificationKind::Encoding => "Not analysed: no valid text",
        NotificationKind::Unreadable => "Not analysed: unreadable",
        NotificationKind::SymlinkSkipped => "Not analysed: symbolic links",
        NotificationKind::PartlyParsed => "Analysed in part",
        NotificationKind::NotParsed => "Not parsed",
        NotificationKind::LimitReached => "Analysed up to a limit",
        NotificationKind::MissingInclude => "Included files that are missing",
        NotificationKind::InternalError => "Not analysed: an error inside bartizan, please report it",
        NotificationKind::RuleSkipped => "Rules not used",
        NotificationKind::Suppression => "Suppressions to look at",
    }
}

fn write_statistics(report: &ScanReport, options: &TextOptions, out: &mut dyn Write) -> io::Result<()> {
    let Statistics { files, lines, rules, elapsed, skipped, .. } = &report.statistics;
    if !report.suppressed.is_empty() {
        let hint = if options.suppressed { "" } else { " (--show-suppressed lists them)" };
        writeln!(out, "{} suppressed{hint}", report.suppressed.len())?;
    }
    let time = match elapsed.as_millis() {
        millis @ 0..1000 => format!("{millis} ms"),
        _ => format!("{:.1} s", elapsed.as_secs_f64()),
    };
    writeln!(
        out,
        "Scanned {} ({}) with {} in {time}",
        count(*files, "file"),
        count(usize::try_from(*lines).unwrap_or(usize::MAX), "line"),
        count(*rules, "rule"),
    )?;
    if !skipped.is_empty() {
        let parts: Vec<String> =
            skipped.iter().map(|(reason, count)| format!("{reason} ({})", thousands(*count))).collect();
        writeln!(out, "{}", options.paint.dim(format_args!("Left out: {}", parts.join(", "))))?;
    }
    Ok(())
}

/// Counts by severity, worst first, joined by commas.
fn severities<'a>(findings: impl IntoIterator<Item = &'a Finding>, show: impl Fn(Severity, usize) -> String) -> String {
    let mut counts: BTreeMap<Severity, usize> = BTreeMap::new();
    for finding in findings {
        *counts.entry(finding.rule.severity).or_default() += 1;
    }
    let parts: Vec<String> = counts.into_iter().rev().map(|(severity, count)| show(severity, count)).collect();
    parts.join(", ")
}

fn count(number: usize, noun: &str) -> String {
    format!("{} {noun}{}", thousands(number), if number == 1 { "" } else { "s" })
}

/// `1,234,567`.
fn thousands(number: usize) -> String {
    let digits = number.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::thousands;

    #[test]
    fn groups_digits() {
        assert_eq!(thousands(0), "0");
        assert_eq!(thousands(999), "999");
        assert_eq!(thousands(1_234_567), "1,234,567");
    }
}
