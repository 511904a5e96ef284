//! Excerpts of scanned files for people: the lines around some spans, with secrets masked, control characters escaped
//! and long lines cut around what matters.

use crate::findings::SecretSpans;
use crate::source::printable::printable;
use crate::source::{Position, Source, Span};
use miette::{LabeledSpan, MietteError, MietteSpanContents, SourceCode, SourceSpan, SpanContents};
use std::ops::Range;

/// Lines shown before and behind a mark.
const CONTEXT: u32 = 1;
/// A mark over more lines than this is drawn on its first line only.
const MAX_MARK_LINES: u32 = 5;
/// What stands where a line was cut.
const CUT: &str = "\u{2026}";

/// A span to mark.
#[derive(Debug, Clone, Copy)]
pub struct Mark<'a> {
    /// Byte span in the source.
    pub span: Span,
    /// A word on what stands there.
    pub message: Option<&'a str>,
}

/// Parts of a file as they may be shown. It is the source of miette's snippets: its offsets are those of the text that is
/// shown, its lines and columns those of the file.
#[derive(Debug)]
pub struct Excerpt {
    name: String,
    text: String,
    regions: Vec<Region>,
    labels: Vec<Label>,
}

/// Neighbouring lines.
#[derive(Debug)]
struct Region {
    /// 1-based.
    first_line: u32,
    lines: usize,
    /// In the shown text.
    range: Range<usize>,
}

#[derive(Debug)]
struct Label {
    /// In the shown text.
    range: Range<usize>,
    /// Where the mark begins in the file.
    position: Position,
    message: Option<String>,
    primary: bool,
}

impl Excerpt {
    /// The lines around marks, the first of which is the primary one. Lines longer than `width` characters are cut.
    pub fn new(source: &Source, secrets: &SecretSpans, marks: &[Mark<'_>], width: usize) -> Self {
        let mut excerpt = Self {
            name: printable(source.path()).into_owned(),
            text: String::new(),
            regions: Vec::new(),
            labels: Vec::new(),
        };
        let spans: Vec<Span> = marks.iter().map(|mark| drawn_span(source, mark.span)).collect();
        let mut ranges: Vec<(u32, u32)> = spans
            .iter()
            .map(|span| {
                let (first, last) = lines_of(source, *span);
                (first.saturating_sub(CONTEXT).max(1), (last + CONTEXT).min(source.lines().count()))
            })
            .collect();
        ranges.sort_unstable();
        let mut regions: Vec<(u32, u32)> = Vec::new();
        for (first, last) in ranges {
            match regions.last_mut() {
                Some(region) if first <= region.1 + 1 => region.1 = region.1.max(last),
                _ => regions.push((first, last)),
            }
        }
        // Where each mark begins and ends in the shown text, as far as it is known.
        let mut drawn: Vec<(Option<usize>, Option<usize>)> = vec![(None, None); spans.len()];
        for (first, last) in regions {
            let start = excerpt.text.len();
            for line in first..=last {
                excerpt.push_line(source, secrets, line, &spans, &mut drawn, width);
                if line < last {
                    excerpt.text.push('\n');
                }
            }
            excerpt.regions.push(Region {
                first_line: first,
                lines: (last - first + 1) as usize,
                range: start..excerpt.text.len(),
            });
        }
        for (index, (mark, (start, end))) in marks.iter().zip(drawn).enumerate() {
            let Some(start) = start else { continue };
            let mut range = start..end.unwrap_or(start).max(start);
            if range.is_empty() {
                // miette draws nothing below an empty span; the character behind it is what the place is about.
                range.end += excerpt.text[start..].chars().next().filter(|&c| c != '\n').map_or(0, char::len_utf8);
            }
            excerpt.labels.push(Label {
                range,
                position: source.position(mark.span.start),
                message: mark.message.map(|message| printable(message).into_owned()),
                primary: index == 0,
            });
        }
        excerpt
    }

    /// Appends one line as it may be shown and notes where marks begin and end in it.
    fn push_line(
        &mut self,
        source: &Source,
        secrets: &SecretSpans,
        line: u32,
        spans: &[Span],
        drawn: &mut [(Option<usize>, Option<usize>)],
        width: usize,
    ) {
        let Some(whole) = source.lines().line_span(source.text(), line) else { return };
        let here: Vec<Span> = spans.iter().copied().filter(|span| touches(whole, *span)).collect();
        let window = window(source, whole, &here, width);
        let mut cuts: Vec<u32> = here
            .iter()
            .flat_map(|span| [span.start, span.end])
            .chain([window.start, window.end])
            .filter(|&cut| window.start <= cut && cut <= window.end)
            .collect();
        cuts.sort_unstable();
        cuts.dedup();
        if window.start > whole.start {
            self.text.push_str(CUT);
        }
        let mut places = vec![(window.start, self.text.len())];
        for pair in cuts.windows(2) {
            let part = secrets.text(source, Span::new(pair[0], pair[1]));
            self.text.push_str(&printable(&part));
            places.push((pair[1], self.text.len()));
        }
        let shown_end = self.text.len();
        if window.end < whole.end {
            self.text.push_str(CUT);
        }
        let place = |offset: u32| {
            places
                .iter()
                .find(|&&(at, _)| at == offset)
                .map_or(if offset < window.start { places[0].1 } else { shown_end }, |&(_, shown)| shown)
        };
        for (span, drawn) in spans.iter().zip(drawn).filter(|(span, _)| touches(whole, **span)) {
            if drawn.0.is_none() {
                drawn.0 = Some(place(span.start));
            }
            drawn.1 = Some(place(span.end));
        }
    }

    /// Labels for miette, in the order of the shown text, and which of them is the primary one.
    pub fn labels(&self) -> Vec<LabeledSpan> {
        self.labels
            .iter()
            .map(|label| {
                let span = SourceSpan::new(label.range.start.into(), label.range.len());
                if label.primary {
                    LabeledSpan::new_primary_with_span(label.message.clone(), span)
                } else {
                    LabeledSpan::new_with_span(label.message.clone(), span)
                }
            })
            .collect()
    }

    /// Whether each label, in the order in which miette draws them, is the primary one.
    pub fn drawing_order(&self) -> Vec<bool> {
        let mut labels: Vec<&Label> = self.labels.iter().collect();
        labels.sort_by_key(|label| label.range.start);
        labels.iter().map(|label| label.primary).collect()
    }
}

/// First and last 1-based line of a span.
fn lines_of(source: &Source, span: Span) -> (u32, u32) {
    let first = source.line_of(span.start);
    (first, source.line_of(span.end.saturating_sub(1).max(span.start)).max(first))
}

/// The part of a span that is drawn: whole characters, in the text, not too many lines.
fn drawn_span(source: &Source, span: Span) -> Span {
    let text = source.text();
    let boundary = |offset: u32| {
        let mut offset = (offset as usize).min(text.len());
        while !text.is_char_boundary(offset) {
            offset -= 1;
        }
        offset
    };
    let span = Span::from_range(boundary(span.start)..boundary(span.end));
    let (first, last) = lines_of(source, span);
    if last - first < MAX_MARK_LINES {
        return span;
    }
    let line_end = source.lines().line_span(source.text(), first).map_or(span.start, |line| line.end);
    Span::new(span.start, line_end)
}

/// Whether a span has a part, or its empty place, on a line.
fn touches(line: Span, span: Span) -> bool {
    span.start <= line.end && (span.end > line.start || span.start >= line.start)
}

/// The part of a line that is shown: all of it, or what fits around the first mark.
fn window(source: &Source, line: Span, marks: &[Span], width: usize) -> Span {
    let width = u32::try_from(width.max(20)).unwrap_or(u32::MAX);
    // A character is one byte at least, so a line that is short in bytes is short in characters too.
    if line.len() <= width || source.slice(line).chars().nth(width as usize).is_none() {
        return line;
    }
    let text = source.text();
    let focus = marks.iter().map(|mark| mark.start.max(line.start)).min().unwrap_or(line.start);
    let before = text[line.start as usize..focus as usize].char_indices().rev().nth(width as usize / 4);
    let start = match before {
        Some((index, _)) if focus - line.start > width / 2 => line.start as usize + index,
        _ => line.start as usize,
    };
    let end = text[start..line.end as usize]
        .char_indices()
        .nth(width as usize - 2)
        .map_or(line.end as usize, |(index, _)| start + index);
    Span::from_range(start..end)
}

impl SourceCode for Excerpt {
    fn read_span<'a>(
        &'a self,
        span: &SourceSpan,
        context_before: usize,
        context_after: usize,
    ) -> Result<Box<dyn SpanContents<'a> + 'a>, MietteError> {
        let (start, end) = (span.offset(), span.offset() + span.len());
        let region = self.regions.iter().find(|region| region.range.start <= start && end <= region.range.end);
        let region = region.ok_or(MietteError::OutOfBounds)?;
        // miette asks without context for the place in the header, with context for the lines to draw. Every region
        // was cut to its context before.
        if context_before == 0 && context_after == 0 {
            let position = self.labels.iter().find(|label| label.range.start == start).map(|label| label.position);
            let (line, column) = position.map_or((region.first_line, 1), |position| (position.line, position.column));
            return Ok(Box::new(MietteSpanContents::new_named(
                self.name.clone(),
                &self.text.as_bytes()[start..end],
                (start, end - start).into(),
                line as usize - 1,
                column as usize - 1,
                1,
            )));
        }
        Ok(Box::new(MietteSpanContents::new_named(
            self.name.clone(),
            &self.text.as_bytes()[region.range.clone()],
            (region.range.start, region.range.len()).into(),
            region.first_line as usize - 1,
            0,
            region.lines,
        )))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::findings::{Finding, Severity};
    use crate::report::paint::Paint;
    use crate::report::tests::rule;
    use crate::report::text::{Snippet, TextOptions, draw};
    use crate::source::printable::is_control;
    use proptest::prelude::*;
    use std::sync::Arc;

    fn text() -> impl Strategy<Value = String> {
        prop::collection::vec(
            prop_oneof![
                Just("\n".to_owned()),
                Just("\r\n".to_owned()),
                Just("\t".to_owned()),
                Just("\u{1b}[31m".to_owned()),
                Just("\u{1F600}\u{202e}".to_owned()),
                Just("word ".repeat(60)),
                "[a-z\u{e9}\u{4e2d}]{1,12}",
            ],
            0..40,
        )
        .prop_map(|parts| parts.concat())
    }

    proptest! {
        #[test]
        fn no_text_and_no_span_breaks_a_snippet(
            text in text(),
            spans in prop::collection::vec((0u32..2000, 0u32..300), 1..4),
            width in 20usize..140,
        ) {
            let source = Arc::new(Source::new("file", text));
            let marks: Vec<Mark<'_>> = spans
                .iter()
                .map(|&(start, length)| Mark { span: Span::new(start, start + length), message: Some("here") })
                .collect();
            let secret = Span::new(spans[0].0, spans[0].0 + 5);
            let rule = rule("a/b", Severity::Low, "Title");
            let mut finding = Finding::new(rule, Arc::clone(&source), marks[0].span, "message");
            finding.secrets.push(secret);
            let secrets = SecretSpans::of([&finding]);
            let excerpt = Excerpt::new(&source, &secrets, &marks, width);
            let controls = excerpt.text.contains(|c| is_control(c) && !"\n\t".contains(c));
            prop_assert!(!controls, "{:?}", excerpt.text);
            let snippet = Snippet { message: "Message".into(), severity: Severity::Low, excerpt };
            let paint = Paint { on: true };
            let options = TextOptions { paint, width, findings: true, summary: true, suppressed: false };
            prop_assert!(draw(&snippet, &options).is_ok());
        }
    }
}
