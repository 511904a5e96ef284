//! Files, regions and snippets as SARIF has them: 1-based, columns in UTF-16 code units, the end exclusive.

use super::{text, uri};
use crate::findings::SecretSpans;
use crate::source::{Position, Source, Span};
use serde_sarif::sarif::{ArtifactContent, ArtifactLocation, Location, Message, PhysicalLocation, Region};

/// A snippet longer than this is cut: some findings span a whole block.
const SNIPPET_CHARACTERS: usize = 2_000;

/// The file of a path as reports show it.
pub(super) fn artifact(path: &str) -> ArtifactLocation {
    ArtifactLocation::builder().uri(uri::from_path(path)).build()
}

/// The region of a byte span, without a snippet. An empty span is an insertion point.
pub(super) fn region(source: &Source, span: Span) -> Region {
    let start = source.position(span.start);
    let end = source.position(span.end);
    Region::builder()
        .start_line(i64::from(start.line))
        .start_column(i64::from(start.column_utf16))
        .end_line(i64::from(end.line))
        .end_column(i64::from(end.column_utf16))
        .build()
}

/// A place in a file with its masked text. An empty span, which nothing could be highlighted at, becomes its line.
pub(super) fn physical(source: &Source, span: Span, secrets: &SecretSpans) -> PhysicalLocation {
    let span = if span.is_empty() { line_at(source, span.start) } else { span };
    let mut region = region(source, span);
    let snippet = text::cut(&secrets.text(source, span), SNIPPET_CHARACTERS);
    if !snippet.is_empty() {
        region.snippet = Some(ArtifactContent::builder().text(snippet).build());
    }
    PhysicalLocation::builder().artifact_location(artifact(source.path())).region(region).build()
}

/// A place with a message.
pub(super) fn described(source: &Source, span: Span, message: &str, secrets: &SecretSpans) -> Location {
    Location::builder()
        .physical_location(physical(source, span, secrets))
        .message(Message::builder().text(text::cut(message, text::MESSAGE_CHARACTERS)).build())
        .build()
}

/// A file, or a place in it, that no source is at hand for.
pub(super) fn unread(path: &str, position: Option<Position>) -> Location {
    let mut place = PhysicalLocation::builder().artifact_location(artifact(path)).build();
    if let Some(position) = position {
        place.region = Some(
            Region::builder()
                .start_line(i64::from(position.line))
                .start_column(i64::from(position.column_utf16))
                .build(),
        );
    }
    Location::builder().physical_location(place).build()
}

/// The line at an offset without its indentation.
fn line_at(source: &Source, offset: u32) -> Span {
    let lines = source.lines();
    let Some(line) = lines.line_span(source.text(), lines.line_of(offset)) else { return Span::at(offset) };
    let content = source.slice(line);
    let indentation = Span::from_range(0..content.len() - content.trim_start().len()).len();
    if indentation == line.len() { line } else { Span::new(line.start + indentation, line.end) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn columns(region: &Region) -> [Option<i64>; 4] {
        [region.start_line, region.start_column, region.end_line, region.end_column]
    }

    #[test]
    fn columns_are_utf16_and_the_end_is_exclusive() {
        let source = Source::new("a.py", "x = 1\ny = '\u{1F600}z'\n");
        let start = source.text().find('\'').expect("a quote");
        let span = Span::from_range(start..source.text().len() - 1);
        assert_eq!(columns(&region(&source, span)), [Some(2), Some(5), Some(2), Some(10)]);
    }

    #[test]
    fn an_empty_span_becomes_its_line() {
        let source = Source::new("a.py", "x\n    run()\n\n");
        let place = physical(&source, Span::at(8), &SecretSpans::default());
        let region = place.region.expect("a region");
        assert_eq!(columns(&region), [Some(2), Some(5), Some(2), Some(10)]);
        assert_eq!(region.snippet.and_then(|snippet| snippet.text).as_deref(), Some("run()"));
        let empty_line = physical(&source, Span::at(12), &SecretSpans::default()).region.expect("a region");
        assert_eq!(columns(&empty_line), [Some(3), Some(1), Some(3), Some(1)]);
        assert!(empty_line.snippet.is_none());
    }
}
