//! Where the parser's spans stand in the text.
//!
//! proc-macro2 counts characters, by line and column; the tree counts bytes. A place belongs to one piece of text that
//! was handed to the parser, which may be a part of the file.

use crate::source::Span;
use proc_macro2::{LineColumn, Span as TokenSpan};
use std::borrow::Cow;

/// Characters between two marks of a text that is not pure ASCII.
const STRIDE: usize = 64;

/// One parsed piece of a text.
#[derive(Debug)]
pub(super) struct Place<'t> {
    piece: Cow<'t, str>,
    /// Byte offset of the piece in the whole text.
    base: usize,
    /// For each line of the piece, how many characters stand before it.
    lines: Vec<usize>,
    /// Byte offset of every [`STRIDE`]th character; empty for pure ASCII, where characters are bytes. Without them a
    /// single line of a megabyte would cost quadratic time.
    marks: Vec<usize>,
}

impl<'t> Place<'t> {
    /// The place of a piece that stands at byte offset `base` of the whole text.
    pub fn new(piece: impl Into<Cow<'t, str>>, base: usize) -> Self {
        let piece = piece.into();
        let mut lines = vec![0];
        let mut marks = Vec::new();
        if piece.is_ascii() {
            lines.extend(piece.bytes().enumerate().filter(|&(_, byte)| byte == b'\n').map(|(at, _)| at + 1));
        } else {
            for (count, (at, char)) in piece.char_indices().enumerate() {
                if count % STRIDE == 0 {
                    marks.push(at);
                }
                if char == '\n' {
                    lines.push(count + 1);
                }
            }
        }
        Self { piece, base, lines, marks }
    }

    /// Where the piece ends in the whole text.
    pub fn ending(&self) -> usize {
        self.base + self.piece.len()
    }

    /// The empty span at the beginning of the piece.
    pub fn beginning(&self) -> Span {
        Span::from_range(self.base..self.base)
    }

    /// Byte offset in the whole text of a span's first byte.
    pub fn start(&self, span: TokenSpan) -> usize {
        self.offset(span.start())
    }

    /// Byte offset in the whole text just behind a span's last byte.
    pub fn end(&self, span: TokenSpan) -> usize {
        self.offset(span.end())
    }

    fn offset(&self, at: LineColumn) -> usize {
        let line = self.lines.get(at.line.saturating_sub(1)).copied().unwrap_or(0);
        let characters = line + at.column;
        if self.marks.is_empty() {
            return self.base + characters.min(self.piece.len());
        }
        let mark = self.marks.get(characters / STRIDE).copied().unwrap_or(self.piece.len());
        let rest = self.piece.get(mark..).unwrap_or("");
        let within = rest.char_indices().nth(characters % STRIDE).map_or(rest.len(), |(at, _)| at);
        self.base + mark + within
    }
}
