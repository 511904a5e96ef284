use crate::source::Span;

/// Reads what stands between two scalars: indicators, properties (`&anchor`, `!tag`), blanks and comments.
///
/// The parser's events do not tell of these; the gaps between its tokens do. The position only moves forward.
#[derive(Debug)]
pub(super) struct Gaps<'text> {
    bytes: &'text [u8],
    /// End of what has been read.
    position: usize,
    /// Comments found, in order.
    pub comments: Vec<Span>,
}

impl<'text> Gaps<'text> {
    pub(super) fn new(text: &'text str) -> Self {
        Self { bytes: text.as_bytes(), position: 0, comments: Vec::new() }
    }

    /// End of what has been read.
    pub(super) const fn position(&self) -> usize {
        self.position
    }

    /// What was read up to here is a token's.
    pub(super) fn consume(&mut self, to: usize) {
        self.position = self.position.max(to.min(self.bytes.len()));
    }

    /// Reads up to `to` or, if given, to the first byte outside comments and properties that `stop` accepts: its place.
    pub(super) fn read(&mut self, to: usize, stop: impl Fn(u8) -> bool) -> Option<usize> {
        let to = to.min(self.bytes.len());
        while self.position < to {
            let at = self.position;
            let byte = self.bytes[at];
            let line_or_blank_before = at == 0 || self.bytes[at - 1].is_ascii_whitespace();
            if byte == b'#' && line_or_blank_before {
                let rest = &self.bytes[at..];
                let length = rest.iter().position(|byte| matches!(byte, b'\n' | b'\r')).unwrap_or(rest.len());
                self.comments.push(Span::from_range(at..at + length));
                self.position = at + length;
            } else if stop(byte) {
                return Some(at);
            } else if matches!(byte, b'&' | b'!') {
                self.position = self.word_end(at).min(to.max(at + 1));
            } else {
                self.position += 1;
            }
        }
        None
    }

    /// Where the node behind the properties that begin at `start` begins, not behind `end`.
    pub(super) fn behind_properties(&mut self, start: usize, end: usize) -> usize {
        self.read(start, |_| false);
        let is_content = |byte: u8| !byte.is_ascii_whitespace() && !matches!(byte, b'&' | b'!');
        self.read(end, is_content).unwrap_or(start.max(self.position))
    }

    fn word_end(&self, from: usize) -> usize {
        let rest = &self.bytes[from..];
        let ends = |byte: &u8| byte.is_ascii_whitespace() || b",[]{}".contains(byte);
        from + rest.iter().position(ends).unwrap_or(rest.len()).max(1)
    }
}
