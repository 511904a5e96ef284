use super::Span;

/// A place as people and SARIF read it. All numbers are 1-based.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// Line, 1-based. Lines end with LF, CRLF or a lone CR.
    pub line: u32,
    /// Column in Unicode scalar values, 1-based.
    pub column: u32,
    /// Column in UTF-16 code units, 1-based (SARIF `columnKind: utf16CodeUnits`).
    pub column_utf16: u32,
}

/// Every so many bytes of a text that is not ASCII the characters before are counted once.
const STRIDE: usize = 1024;

/// Where each line of a text begins.
#[derive(Debug, Clone)]
pub struct LineIndex {
    starts: Vec<u32>,
    length: u32,
    /// Characters that begin before each multiple of [`STRIDE`] bytes, and their UTF-16 units. Empty for ASCII, where a
    /// column is a difference of offsets. Without it, each place on a line of megabytes would cost a walk over the line.
    counts: Vec<(u32, u32)>,
}

impl LineIndex {
    /// Indexes a text. LF, CRLF and lone CR each end a line.
    #[expect(clippy::cast_possible_truncation, reason = "the reader refuses files of 4 GiB and more")]
    pub fn new(text: &str) -> Self {
        let bytes = text.as_bytes();
        let mut starts = vec![0];
        for (offset, &byte) in bytes.iter().enumerate() {
            if byte == b'\n' || (byte == b'\r' && bytes.get(offset + 1) != Some(&b'\n')) {
                starts.push(offset as u32 + 1);
            }
        }
        Self { starts, length: bytes.len() as u32, counts: if text.is_ascii() { Vec::new() } else { counts(bytes) } }
    }

    /// Characters and UTF-16 units in front of an offset that is a character boundary.
    #[expect(clippy::cast_possible_truncation, reason = "the reader refuses files of 4 GiB and more")]
    fn before(&self, text: &str, offset: usize) -> (u32, u32) {
        match self.counts.get(offset / STRIDE) {
            None => (offset as u32, offset as u32),
            Some(&(characters, units)) => {
                let (more_characters, more_units) = count(&text.as_bytes()[offset / STRIDE * STRIDE..offset]);
                (characters + more_characters, units + more_units)
            }
        }
    }

    /// Number of lines; a text that ends in a line end has an empty last line.
    #[expect(clippy::cast_possible_truncation, reason = "no more lines than bytes")]
    pub fn count(&self) -> u32 {
        self.starts.len() as u32
    }

    /// The 1-based line of a byte offset. Offsets behind the end belong to the last line.
    #[expect(clippy::cast_possible_truncation, reason = "no more lines than bytes")]
    pub fn line_of(&self, offset: u32) -> u32 {
        self.starts.partition_point(|&start| start <= offset) as u32
    }

    /// The span of a 1-based line without its line end; `None` for a line that does not exist.
    pub fn line_span(&self, text: &str, line: u32) -> Option<Span> {
        let index = line.checked_sub(1)? as usize;
        let start = *self.starts.get(index)?;
        let end = self.starts.get(index + 1).copied().unwrap_or(self.length);
        let content = text.get(start as usize..end as usize)?.trim_end_matches(['\n', '\r']);
        Some(Span::from_range(start as usize..start as usize + content.len()))
    }

    /// Line and columns of a byte offset. An offset inside a character counts as that character's start.
    #[expect(clippy::cast_possible_truncation, reason = "no more columns than bytes")]
    pub fn position(&self, text: &str, offset: u32) -> Position {
        let offset = offset.min(self.length) as usize;
        let line = self.line_of(offset as u32);
        let start = self.starts[line as usize - 1] as usize;
        let mut end = offset;
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        let (characters_before, units_before) = self.before(text, start);
        let (characters, units) = self.before(text, end.max(start));
        Position { line, column: characters - characters_before + 1, column_utf16: units - units_before + 1 }
    }
}

/// Characters that begin in these bytes, and the UTF-16 units that they take.
fn count(bytes: &[u8]) -> (u32, u32) {
    let (mut characters, mut units) = (0, 0);
    for &byte in bytes {
        // Continuation bytes are 10xxxxxx; characters of four bytes begin with 11110xxx and take two units.
        characters += u32::from(byte & 0xC0 != 0x80);
        units += u32::from(byte & 0xC0 != 0x80) + u32::from(byte >= 0xF0);
    }
    (characters, units)
}

fn counts(bytes: &[u8]) -> Vec<(u32, u32)> {
    let mut counts = vec![(0, 0)];
    let mut total = (0, 0);
    for block in bytes.chunks(STRIDE) {
        let (characters, units) = count(block);
        total = (total.0 + characters, total.1 + units);
        counts.push(total);
    }
    counts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_columns_in_scalars_and_utf16_units() {
        let text = "a\n\u{1F600}b\r\nc\rd";
        let index = LineIndex::new(text);
        assert_eq!(index.count(), 4);
        let b = u32::try_from(text.find('b').unwrap()).unwrap();
        assert_eq!(index.position(text, b), Position { line: 2, column: 2, column_utf16: 3 });
        let d = u32::try_from(text.find('d').unwrap()).unwrap();
        assert_eq!(index.position(text, d).line, 4);
        assert_eq!(text[index.line_span(text, 2).unwrap().range()], *"\u{1F600}b");
        assert_eq!(index.line_span(text, 5), None);
    }
    #[test]
    fn long_lines_have_the_columns_that_counting_gives() {
        for piece in ["a\u{e9}", "\u{1F600}b", "\u{20AC}", "ascii "] {
            let text = format!("x\n{}", piece.repeat(3000));
            let index = LineIndex::new(&text);
            for offset in (0..text.len()).step_by(501).chain([text.len(), 1024, 2048, 2050, 4096]) {
                let mut end = offset;
                while !text.is_char_boundary(end) {
                    end -= 1;
                }
                let start = text[..end].rfind('\n').map_or(0, |at| at + 1);
                let before = &text[start..end];
                let position = index.position(&text, u32::try_from(offset).unwrap());
                assert_eq!(position.column as usize, before.chars().count() + 1, "{piece:?} {offset}");
                assert_eq!(position.column_utf16 as usize, before.encode_utf16().count() + 1, "{piece:?} {offset}");
            }
        }
    }
}
