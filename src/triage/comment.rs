//! `bartizan: ignore[...]` comments, found in the text of lines: no tree is needed, so they work in every kind of file and
//! in the parts of a file that do not parse.

use super::Date;
use crate::config::RuleSelector;
use crate::source::Source;
use crate::suggest;
use crate::syntax::FileKind;

/// What begins every comment of ours.
const NAME: &str = "bartizan:";
const VERBS: [&str; 2] = ["ignore", "ignore-file"];

/// One comment that asks for silence.
#[derive(Debug)]
pub(super) struct Comment {
    /// Byte offset of `bartizan:`.
    pub offset: u32,
    pub scope: Scope,
    pub selectors: Vec<RuleSelector>,
    /// The last day on which it holds.
    pub until: Option<Date>,
    pub reason: Option<String>,
}

/// Where a comment holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Scope {
    File,
    /// A 1-based line: the comment's own, or the one below a comment that stands alone.
    Line(u32),
}

/// A comment that was meant to ask for silence but cannot be read.
#[derive(Debug)]
pub(super) struct Malformed {
    pub offset: u32,
    pub message: String,
}

/// The markers that begin a comment in a kind of file. Containers of several languages have them all.
const fn markers(kind: FileKind) -> &'static [&'static str] {
    match kind {
        FileKind::Rust => &["//", "/*", "//!"],
        FileKind::Json => &["//", "/*"],
        FileKind::Ini | FileKind::SystemdUnit | FileKind::Supervisord => &["#", ";"],
        FileKind::Markdown | FileKind::Notebook | FileKind::Text => &["#", "//", "/*", "<!--", "--", ";"],
        _ => &["#"],
    }
}

/// Whether a line holds nothing but a comment.
pub(super) fn is_comment_line(line: &str, kind: FileKind) -> bool {
    let line = line.trim_start();
    markers(kind).iter().any(|marker| line.starts_with(marker))
}

/// Every comment of ours in a file.
pub(super) fn comments(source: &Source, kind: FileKind) -> (Vec<Comment>, Vec<Malformed>) {
    let (mut comments, mut malformed) = (Vec::new(), Vec::new());
    // From the end, because what a comment speaks about is known once it is known for the comment below it.
    let mut below = None;
    for (at, _) in source.text().rmatch_indices(NAME) {
        // The reader refuses texts of 4 GiB and more.
        let Ok(offset) = u32::try_from(at) else { continue };
        let line = source.line_of(offset);
        let Some(span) = source.lines().line_span(source.text(), line) else { continue };
        let text = source.slice(span);
        let (before, after) = text.split_at(at - span.start as usize);
        let Some(marker) = markers(kind).iter().find(|marker| before.trim_end().ends_with(**marker)) else { continue };
        let alone = before.trim_end().trim_end_matches(marker).trim_start_matches([' ', '\t', '"']).is_empty();
        match parse(&after[NAME.len()..]) {
            Ok(None) => {}
            Ok(Some(Body { whole_file, selectors, until, reason })) => {
                let scope = match (whole_file, alone) {
                    (true, _) => Scope::File,
                    (false, true) => {
                        let target = line_below(source, kind, line, below);
                        below = Some((line, target));
                        Scope::Line(target)
                    }
                    (false, false) => Scope::Line(line),
                };
                comments.push(Comment { offset, scope, selectors, until, reason });
            }
            Err(message) => malformed.push(Malformed { offset, message }),
        }
    }
    comments.reverse();
    malformed.reverse();
    (comments, malformed)
}

/// The line that a comment on its own speaks about: the next one that is not a comment itself, so that several can be
/// stacked. `known` is a comment further down and the line that it speaks about.
fn line_below(source: &Source, kind: FileKind, line: u32, known: Option<(u32, u32)>) -> u32 {
    let is_comment = |line: u32| {
        let span = source.lines().line_span(source.text(), line);
        span.is_some_and(|span| is_comment_line(source.slice(span), kind))
    };
    let mut next = line + 1;
    while is_comment(next) {
        match known {
            Some((comment, target)) if comment == next => return target,
            _ => next += 1,
        }
    }
    next
}

struct Body {
    whole_file: bool,
    selectors: Vec<RuleSelector>,
    until: Option<Date>,
    reason: Option<String>,
}

/// Reads what stands behind `bartizan:`. `None` when the words there are no attempt to suppress anything.
fn parse(text: &str) -> Result<Option<Body>, String> {
    let text = text.trim_start();
    let verb_length = text.find(|c: char| !c.is_ascii_alphanumeric() && c != '-' && c != '_').unwrap_or(text.len());
    let (verb, rest) = text.split_at(verb_length);
    if !VERBS.contains(&verb) {
        return match suggest::closest(verb, VERBS) {
            Some(meant) => Err(format!("`bartizan: {verb}` is unknown: did you mean `{meant}[rule-id]`?")),
            None => Ok(None),
        };
    }
    let Some((list, rest)) = rest.trim_start().strip_prefix('[').and_then(|rest| rest.split_once(']')) else {
        return Err(format!("`bartizan: {verb}` names no rule: write `bartizan: {verb}[rule-id] reason`"));
    };
    let mut selectors = Vec::new();
    for selector in list.split(',').filter(|selector| !selector.trim().is_empty()) {
        selectors.push(RuleSelector::parse(selector)?);
    }
    if selectors.is_empty() {
        return Err(format!("`bartizan: {verb}[]` names no rule: write `bartizan: {verb}[rule-id] reason`"));
    }
    let rest = without_end(rest);
    let (until, rest) = match rest.strip_prefix("until=") {
        None => (None, rest),
        Some(rest) => {
            let (date, rest) = rest.split_once(char::is_whitespace).unwrap_or((rest, ""));
            let date = date.trim_end_matches([',', ';', ':']);
            let parsed =
                date.parse().map_err(|()| format!("`until={date}` is no date: write it as `until=2027-01-31`"))?;
            (Some(parsed), rest)
        }
    };
    let reason = rest.trim_start_matches([' ', '\t', ':', '-', ',', ';', '\u{2013}', '\u{2014}']).trim();
    let reason = (!reason.is_empty()).then(|| reason.to_owned());
    Ok(Some(Body { whole_file: verb == "ignore-file", selectors, until, reason }))
}

/// Cuts off what ends the comment: a closing marker, a further comment on the same line, the end of a notebook's string.
fn without_end(text: &str) -> &str {
    let end = ["-->", "*/", " # ", " // ", "\\n\""].iter().filter_map(|end| text.find(end)).min();
    text[..end.unwrap_or(text.len())].trim()
}
