use crate::source::Span;

/// A text that the YAML parser can be given in place of the original: byte for byte as long, so that every offset holds.
///
/// What stands in masked places is not what the file says: labels of scalars that touch a mask are read from the
/// original.
#[derive(Debug, Clone)]
pub(super) struct Prepared {
    bytes: Vec<u8>,
    /// What was overwritten, sorted by place once [`Prepared::sort`] has run.
    pub masks: Vec<Mask>,
    /// Comments that were blanked, which the parser's gaps no longer show.
    pub comments: Vec<Span>,
}

/// A place that was overwritten, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Mask {
    /// Where.
    pub span: Span,
    /// Why.
    pub kind: MaskKind,
}

/// Why a place was overwritten.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum MaskKind {
    /// Part of a scalar, by a placeholder or another spelling.
    Piece,
    /// A line that holds nothing but template pieces, by blanks.
    TemplateLine,
    /// Lines that do not parse, by blanks; with what is wrong with them.
    Bad(String),
}

impl Prepared {
    /// The text as it is.
    pub(super) fn new(text: &str) -> Self {
        Self { bytes: text.as_bytes().to_vec(), masks: Vec::new(), comments: Vec::new() }
    }

    /// The whole text for the parser, at the cost of reading it once.
    pub(super) fn text(&self) -> &str {
        std::str::from_utf8(&self.bytes).unwrap_or("")
    }

    /// A part of the text. Only whole characters are ever overwritten, and only by ASCII.
    pub(super) fn slice(&self, range: std::ops::Range<usize>) -> &str {
        self.bytes.get(range).and_then(|bytes| std::str::from_utf8(bytes).ok()).unwrap_or("")
    }

    /// The bytes for the parser.
    pub(super) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Overwrites a range, line breaks excepted, and notes why.
    pub(super) fn mask(&mut self, span: Span, with: u8, kind: MaskKind) {
        for byte in &mut self.bytes[span.range()] {
            if !matches!(byte, b'\n' | b'\r') {
                *byte = with;
            }
        }
        self.masks.push(Mask { span, kind });
    }

    /// Blanks line breaks in a range, so that it stands on one line.
    pub(super) fn join(&mut self, span: Span) {
        for byte in &mut self.bytes[span.range()] {
            if matches!(byte, b'\n' | b'\r') {
                *byte = b' ';
            }
        }
        self.masks.push(Mask { span, kind: MaskKind::Piece });
    }

    /// Blanks a comment and keeps its place.
    pub(super) fn blank_comment(&mut self, span: Span) {
        self.bytes[span.range()].fill(b' ');
        self.comments.push(span);
    }

    /// Puts masks in order of the text.
    pub(super) fn sort(&mut self) {
        self.masks.sort_by_key(|mask| mask.span);
        self.comments.sort_unstable();
    }
}

/// Lines of a text as spans, breaks (LF, CRLF, CR) excluded.
pub(super) fn line_spans(text: &str) -> impl Iterator<Item = Span> + '_ {
    let bytes = text.as_bytes();
    let mut at = 0;
    std::iter::from_fn(move || {
        if at >= bytes.len() {
            return None;
        }
        let start = at;
        let length = bytes[at..].iter().position(|byte| matches!(byte, b'\n' | b'\r')).unwrap_or(bytes.len() - at);
        at += length;
        let line = Span::from_range(start..at);
        at += if bytes[at..].starts_with(b"\r\n") { 2 } else { 1 };
        Some(line)
    })
}
