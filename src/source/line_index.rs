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

/// Where each line of a text begins.
#[derive(Debug, Clone)]
pub struct LineIndex {
    starts: Vec<u32>,
    length: u32,
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
        Self { starts, length: bytes.len() as u32 }
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
        let before = text.get(start..end).unwrap_or("");
        Position {
            line,
            column: before.chars().count() as u32 + 1,
            column_utf16: before.chars().map(char::len_utf16).sum::<usize>() as u32 + 1,
        }
    }
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
}
