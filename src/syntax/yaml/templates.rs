//! Templates in YAML (Helm, Jinja): `{{ ... }}`, `{% ... %}` and `{# ... #}` become placeholders.
//!
//! Unquoted they are no YAML, or worse, they are YAML that means nested mappings. A piece inside a line becomes a word of
//! the same length; a line of nothing but pieces becomes blank.

use super::prepared::{MaskKind, Prepared, line_spans};
use super::scalar::leading_spaces;
use crate::source::Span;

/// How far a piece that is not closed on its line is followed.
const MAX_LINES: usize = 100;

/// A text with its templates masked; `None` when it has none. `${{ ... }}` (GitHub's expressions, which GitHub itself
/// reads as part of plain YAML) is masked only if `expressions` is set.
pub(super) fn mask_templates(text: &str, expressions: bool) -> Option<Prepared> {
    if !text.contains("{{") && !text.contains("{%") && !text.contains("{#") {
        return None;
    }
    let mut prepared: Option<Prepared> = None;
    let lines: Vec<Span> = line_spans(text).collect();
    let mut next = 0;
    while let Some(&line) = lines.get(next) {
        next += 1;
        let content = &text[line.range()];
        let pieces = pieces(content, expressions);
        let trimmed = content.trim_ascii();
        if pieces.is_empty() {
            if starts_piece(trimmed) && !trimmed.contains("}}") && !trimmed.contains("%}") {
                let more = continuation(text, &lines[next..], closer(trimmed));
                for &line in lines[next - 1..next + more].iter().filter(|_| more > 0) {
                    mask_line(prepared.get_or_insert_with(|| Prepared::new(text)), text, line);
                }
                next += more;
            }
            continue;
        }
        let prepared = prepared.get_or_insert_with(|| Prepared::new(text));
        let covered: usize = pieces.iter().map(|piece| piece.len() as usize).sum();
        let outside = content.bytes().filter(|byte| !byte.is_ascii_whitespace()).count()
            - pieces
                .iter()
                .map(|piece| content[piece.range()].bytes().filter(|byte| !byte.is_ascii_whitespace()).count())
                .sum::<usize>();
        if outside == 0 && covered > 0 {
            mask_line(prepared, text, line);
        } else {
            for piece in pieces {
                let span = Span::new(line.start + piece.start, line.start + piece.end);
                if is_merged(content, piece) && goes_on_below(text, line, &lines[next..]) {
                    prepared.mask(span, b' ', MaskKind::TemplateLine);
                } else {
                    prepared.mask(span, b'_', MaskKind::Piece);
                }
            }
        }
    }
    prepared
}

/// Whether a piece is all of a key's value: `labels: {{- include "x" . | nindent 4 }}`.
fn is_merged(line: &str, piece: Span) -> bool {
    let before = line[..piece.start as usize].trim_end();
    before.ends_with(':') && line[piece.end as usize..].trim().is_empty()
}

/// Whether the next line of content is further in than `line`: entries are added to what its template gives.
fn goes_on_below(text: &str, line: Span, below: &[Span]) -> bool {
    let indent = |line: &Span| leading_spaces(&text[line.range()]);
    let is_content = |line: &&Span| {
        let content = text[line.range()].trim_ascii();
        !content.is_empty() && !content.starts_with('#') && !starts_piece(content)
    };
    below.iter().take(MAX_LINES).find(is_content).is_some_and(|next| indent(next) > indent(&line))
}

/// Whether a template steers (`if`, `end`, a comment) and stands for no value.
pub(super) fn is_control(template: &str) -> bool {
    let Some(inner) = template.strip_prefix("{{") else { return true };
    let inner = inner.strip_prefix('-').unwrap_or(inner).trim_start();
    let word = inner.split(|character: char| !character.is_alphanumeric()).next().unwrap_or("");
    inner.starts_with("/*")
        || inner.starts_with('$') && inner.contains(":=")
        || matches!(word, "if" | "else" | "end" | "range" | "with" | "define" | "block" | "break" | "continue")
}

fn starts_piece(content: &str) -> bool {
    content.starts_with("{{") || content.starts_with("{%") || content.starts_with("{#")
}

fn closer(opening: &str) -> &'static str {
    match opening.as_bytes().get(1) {
        Some(b'%') => "%}",
        Some(b'#') => "#}",
        _ => "}}",
    }
}

/// The template pieces that open and close in a line.
fn pieces(line: &str, expressions: bool) -> Vec<Span> {
    let mut pieces = Vec::new();
    let mut from = 0;
    while let Some(start) = line[from..].find('{').map(|offset| from + offset) {
        let is_expression = start > 0 && line.as_bytes()[start - 1] == b'$';
        if !starts_piece(&line[start..]) || (is_expression && !expressions) {
            from = start + if line[start + 1..].starts_with('{') && is_expression { 2 } else { 1 };
            continue;
        }
        let Some(length) = line[start + 2..].find(closer(&line[start..])) else { break };
        let mut end = start + 2 + length + 2;
        // `{{ {a: 1} }}` closes at the last of three braces.
        while line.as_bytes().get(end) == Some(&b'}') {
            end += 1;
        }
        pieces.push(Span::from_range(start..end));
        from = end;
    }
    pieces
}

/// How many lines below belong to a piece that opened on the line above; 0 when it is not closed soon, on a line's end.
fn continuation(text: &str, below: &[Span], closer: &str) -> usize {
    for (index, line) in below.iter().take(MAX_LINES).enumerate() {
        let content = text[line.range()].trim_ascii();
        if let Some(found) = content.find(closer) {
            return if found + closer.len() == content.len() { index + 1 } else { 0 };
        }
        if starts_piece(content) {
            return 0;
        }
    }
    0
}

fn mask_line(prepared: &mut Prepared, text: &str, line: Span) {
    let content = &text[line.range()];
    let start = line.range().start + content.len() - content.trim_ascii_start().len();
    let end = line.range().start + content.trim_ascii_end().len();
    if start < end {
        prepared.mask(Span::from_range(start..end), b' ', MaskKind::TemplateLine);
    }
}
