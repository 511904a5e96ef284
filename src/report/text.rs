//! The report for people: every finding with its excerpt, then a summary.

use super::advice::advice;
use super::excerpt::{Excerpt, Mark};
use super::paint::Paint;
use super::summary;
use crate::findings::{Finding, Location, SecretSpans, Severity};
use crate::scan::ScanReport;
use crate::source::printable::{printable, printable_line};
use crate::source::{Source, Span};
use miette::{Diagnostic, GraphicalReportHandler, GraphicalTheme, LabeledSpan, SourceCode, ThemeStyles};
use std::fmt;
use std::io::{self, Write};

/// How the report is laid out.
#[derive(Debug, Clone, Copy)]
pub struct TextOptions {
    /// Colours or none.
    pub paint: Paint,
    /// Width of the terminal in columns.
    pub width: usize,
    /// Whether findings are listed.
    pub findings: bool,
    /// Whether the summary is written.
    pub summary: bool,
    /// Whether suppressed findings are listed too.
    pub suppressed: bool,
}

/// Writes the report.
pub fn write(report: &ScanReport, options: &TextOptions, out: &mut dyn Write) -> io::Result<()> {
    if options.findings {
        for finding in &report.findings {
            write_finding(finding, None, &report.secrets, options, out)?;
        }
        if options.suppressed {
            for suppressed in &report.suppressed {
                let reason = suppressed.reason.as_deref().unwrap_or("no reason given");
                write_finding(&suppressed.finding, Some(reason), &report.secrets, options, out)?;
            }
        }
    }
    if options.summary {
        summary::write(report, options, out)?;
    }
    Ok(())
}

fn write_finding(
    finding: &Finding,
    suppressed: Option<&str>,
    secrets: &SecretSpans,
    options: &TextOptions,
    out: &mut dyn Write,
) -> io::Result<()> {
    let paint = options.paint;
    let severity = finding.rule.severity;
    let id = printable_line(&finding.rule.id);
    write!(out, "{}", paint.severity(severity, format_args!("{}[{id}]", severity.name())))?;
    writeln!(out, "{}", paint.bold(format_args!(": {}", printable_line(&finding.rule.title))))?;

    let room = room(finding, options.width);
    let same_file = |location: &&Location| location.source.path() == finding.source.path();
    let mut marks = vec![Mark { span: finding.span, message: None }];
    let related: Vec<(Span, String)> = finding
        .related
        .iter()
        .filter(same_file)
        .map(|location| (location.span, shorten(&secrets.message(&location.source, &location.message), room / 2)))
        .collect();
    marks.extend(related.iter().map(|(span, message)| Mark { span: *span, message: Some(message) }));
    let excerpt = Excerpt::new(&finding.source, secrets, &marks, room);
    let message = secrets.message(&finding.source, &finding.message);
    let snippet = Snippet { message: printable(&message).into_owned(), severity, excerpt };
    // Writing to a string fails only when miette cannot read the excerpt that was made for it.
    let text = draw(&snippet, options)
        .unwrap_or_else(|_| format!("  {}\n  {}\n", snippet.message, place(&finding.source, finding.span.start)));
    for line in text.lines() {
        writeln!(out, "{}", line.trim_end())?;
    }
    write_locations(
        "also",
        finding.related.iter().filter(|location| !same_file(location)),
        false,
        secrets,
        options,
        out,
    )?;
    write_locations("path", finding.flow.iter(), true, secrets, options, out)?;
    if let Some(reason) = suppressed {
        write_note("suppressed", &printable_line(reason), options, out)?;
    }
    let advice = finding.fix.as_ref().map(|fix| fix.description.clone()).or_else(|| advice(&finding.rule.help));
    if let Some(advice) = advice {
        write_note("help", &printable_line(&advice), options, out)?;
    }
    writeln!(out)
}

/// Columns for the text of a line: what the gutter of a snippet leaves. It takes the line number and four columns, and
/// four more where a mark runs over several lines.
fn room(finding: &Finding, width: usize) -> usize {
    let last = finding.source.line_of(finding.span.end);
    let number = (last + 1).to_string().len();
    let arrows = if finding.source.line_of(finding.span.start) == last { 0 } else { 4 };
    width.saturating_sub(number + 4 + arrows).max(40)
}

/// `path:line:column` of a place in a file.
fn place(source: &Source, offset: u32) -> String {
    let position = source.position(offset);
    format!("{}:{}:{}", printable_line(source.path()), position.line, position.column)
}

/// Places in their order, one on a line, numbered when the order means something.
fn write_locations<'a>(
    title: &str,
    locations: impl Iterator<Item = &'a Location>,
    numbered: bool,
    secrets: &SecretSpans,
    options: &TextOptions,
    out: &mut dyn Write,
) -> io::Result<()> {
    let paint = options.paint;
    for (index, location) in locations.enumerate() {
        if index == 0 {
            writeln!(out, "  {}", paint.code(format_args!("{title}:")))?;
        }
        let number = if numbered { format!("{:>2}. ", index + 1) } else { String::new() };
        let message = secrets.message(&location.source, &location.message);
        let place = place(&location.source, location.span.start);
        writeln!(out, "    {number}{}  {}", paint.bold(place), printable_line(&message))?;
    }
    Ok(())
}

/// A titled paragraph, wrapped below its title.
fn write_note(title: &str, text: &str, options: &TextOptions, out: &mut dyn Write) -> io::Result<()> {
    let indent = " ".repeat(title.len() + 4);
    let wrapped = textwrap::wrap(text, options.width.saturating_sub(indent.len() + 1).max(20));
    for (index, line) in wrapped.iter().enumerate() {
        if index == 0 {
            writeln!(out, "  {} {line}", options.paint.code(format_args!("{title}:")))?;
        } else {
            writeln!(out, "{indent}{line}")?;
        }
    }
    Ok(())
}

/// At most `width` characters, cut with an ellipsis.
fn shorten(text: &str, width: usize) -> String {
    let line = printable_line(text);
    match line.char_indices().nth(width) {
        None => line.into_owned(),
        Some(_) => line.chars().take(width - 1).chain(['\u{2026}']).collect(),
    }
}

/// A snippet as miette draws it.
pub(super) fn draw(snippet: &Snippet, options: &TextOptions) -> Result<String, fmt::Error> {
    let mut text = String::new();
    handler(snippet, options).render_report(&mut text, snippet)?;
    Ok(text)
}

fn handler(snippet: &Snippet, options: &TextOptions) -> GraphicalReportHandler {
    let mut theme = if options.paint.on { GraphicalTheme::unicode() } else { GraphicalTheme::unicode_nocolor() };
    if options.paint.on {
        // The sixteen colours that every terminal has, in the shades that its owner chose.
        theme.styles = ThemeStyles::ansi();
        let main = match snippet.miette_severity() {
            miette::Severity::Error => theme.styles.error,
            miette::Severity::Warning => theme.styles.warning,
            miette::Severity::Advice => theme.styles.advice,
        };
        let order = snippet.excerpt.drawing_order();
        theme.styles.highlights =
            order.into_iter().map(|primary| if primary { main } else { theme.styles.link }).collect();
        if theme.styles.highlights.is_empty() {
            theme.styles.highlights.push(main);
        }
    }
    GraphicalReportHandler::new_themed(theme)
        .with_width(options.width)
        .with_context_lines(1)
        .with_links(false)
        .without_syntax_highlighting()
}

/// A finding as miette draws it: its message and its excerpt.
#[derive(Debug)]
pub(super) struct Snippet {
    pub message: String,
    pub severity: Severity,
    pub excerpt: Excerpt,
}

impl Snippet {
    const fn miette_severity(&self) -> miette::Severity {
        match self.severity {
            Severity::Critical | Severity::High => miette::Severity::Error,
            Severity::Medium => miette::Severity::Warning,
            Severity::Low | Severity::Info => miette::Severity::Advice,
        }
    }
}

impl fmt::Display for Snippet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Snippet {}

impl Diagnostic for Snippet {
    fn severity(&self) -> Option<miette::Severity> {
        Some(self.miette_severity())
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        Some(&self.excerpt)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        Some(Box::new(self.excerpt.labels().into_iter()))
    }
}
