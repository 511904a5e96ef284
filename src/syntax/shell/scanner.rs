//! The place in the text, and what every part of the parser needs of it: blanks, comments, spans, problems, depth.

use super::draft::{Draft, DraftId};
use super::heredoc::Pending;
use super::{Dialect, MAX_NODES};
use crate::source::{OffsetMap, Span};
use crate::syntax::{Field, Kind, Problem};

/// How often a missing closing quote makes the parser read text again.
const REWINDS: usize = 16;

/// Reads `text` up to `limit`. Offsets are those of `text` until [`Scanner::span`] maps them.
pub(super) struct Scanner<'a, 'text> {
    pub(super) text: &'a str,
    pub(super) bytes: &'a [u8],
    pub(super) at: usize,
    pub(super) map: &'a OffsetMap,
    pub(super) dialect: Dialect,
    pub(super) draft: &'a mut Draft<'text>,
    /// Here-documents whose bodies begin at the next line end.
    pub(super) pending: Vec<Pending>,
    /// Words that end a list somewhere around this place.
    pub(super) closers: Vec<&'static [&'static str]>,
    /// Nodes that are open around this place.
    pub(super) depth: usize,
    pub(super) rewinds: usize,
    /// A backquote was found that has no partner: none behind it has one.
    pub(super) lone_backquote: bool,
    /// Where the next `}}` stands that was looked for, the text's length if there is none.
    pub(super) double_brace: usize,
}

impl<'a, 'text> Scanner<'a, 'text> {
    pub(super) fn new(text: &'a str, map: &'a OffsetMap, dialect: Dialect, draft: &'a mut Draft<'text>) -> Self {
        Self {
            text,
            bytes: text.as_bytes(),
            at: 0,
            map,
            dialect,
            draft,
            pending: Vec::new(),
            closers: Vec::new(),
            depth: 0,
            rewinds: REWINDS,
            lone_backquote: false,
            double_brace: 0,
        }
    }

    /// A scanner of a part of the text (or of a text made from a part of it), for a subtree of the same draft.
    pub(super) fn inner<'b>(&'b mut self, text: &'b str, map: &'b OffsetMap) -> Scanner<'b, 'text> {
        Scanner {
            text,
            bytes: text.as_bytes(),
            at: 0,
            map,
            dialect: self.dialect,
            draft: self.draft,
            pending: Vec::new(),
            closers: Vec::new(),
            depth: self.depth,
            rewinds: self.rewinds,
            lone_backquote: false,
            double_brace: 0,
        }
    }

    /// What is left to do at the end of the text.
    pub(super) fn finish(&mut self) {
        if !self.pending.is_empty() {
            self.heredoc_bodies();
        }
    }

    pub(super) fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    pub(super) fn peek_at(&self, ahead: usize) -> Option<u8> {
        self.bytes.get(self.at + ahead).copied()
    }

    pub(super) fn at_end(&self) -> bool {
        self.at >= self.bytes.len()
    }

    pub(super) fn looking_at(&self, what: &str) -> bool {
        self.bytes[self.at.min(self.bytes.len())..].starts_with(what.as_bytes())
    }

    /// Steps over a whole character.
    pub(super) fn step(&mut self) {
        self.at += self.text.get(self.at..).and_then(|rest| rest.chars().next()).map_or(0, char::len_utf8);
    }

    /// A range of the scanned text as a span of the tree's text.
    pub(super) fn span(&self, start: usize, end: usize) -> Span {
        self.map.span(Span::from_range(start..end))
    }

    pub(super) fn add(&mut self, kind: Kind, field: Field, start: usize, end: usize) -> DraftId {
        let span = self.span(start, end);
        self.draft.add(kind, field, span)
    }

    /// Gives a node its end.
    pub(super) fn end_node(&mut self, id: DraftId, end: usize) {
        let start = self.draft.span(id).start;
        let end = self.span(end.saturating_sub(1), end).end;
        self.draft.set_span(id, Span::new(start, end));
    }

    pub(super) fn problem(&mut self, start: usize, end: usize, message: impl Into<String>) {
        let mut start = start.min(self.bytes.len());
        while !self.text.is_char_boundary(start) {
            start -= 1;
        }
        let mut end = end.clamp(start, self.bytes.len());
        while !self.text.is_char_boundary(end) {
            end += 1;
        }
        let span = self.span(start, end);
        self.draft.problems.push(Problem { span, message: message.into() });
    }

    /// Goes `levels` nodes deeper, if the tree may. Otherwise the rest of the text becomes one Error below `parent`.
    pub(super) fn descend(&mut self, levels: usize, parent: DraftId) -> bool {
        if self.depth + levels <= MAX_NODES {
            self.depth += levels;
            return true;
        }
        if !self.at_end() {
            self.problem(self.at, self.at + 1, "commands nest too deeply");
            let error = self.add(Kind::Error, Field::Item, self.at, self.bytes.len());
            self.draft.adopt(parent, error);
            self.at = self.bytes.len();
        }
        false
    }

    pub(super) fn ascend(&mut self, levels: usize) {
        self.depth -= levels;
    }

    /// Steps over blanks and continued line ends, not over line ends.
    pub(super) fn blanks(&mut self) {
        while let Some(byte) = self.peek() {
            match byte {
                b' ' | b'\t' | b'\r' => self.at += 1,
                b'\\' if self.peek_at(1) == Some(b'\n') => self.at += 2,
                b'\\' if self.peek_at(1) == Some(b'\r') && self.peek_at(2) == Some(b'\n') => self.at += 3,
                _ => return,
            }
        }
    }

    /// Steps over blanks, comments and line ends; here-documents that begin there are read.
    pub(super) fn blank_lines(&mut self) {
        loop {
            self.blanks();
            match self.peek() {
                Some(b'\n') => self.line_end(),
                Some(b'#') => self.comment(),
                _ => return,
            }
        }
    }

    /// Steps over a line end.
    pub(super) fn line_end(&mut self) {
        self.at += 1;
        if !self.pending.is_empty() {
            self.heredoc_bodies();
        }
    }

    pub(super) fn comment(&mut self) {
        let start = self.at;
        let length = self.text[start..].find('\n').unwrap_or(self.text.len() - start);
        self.at = start + length;
        let end = start + self.text[start..self.at].trim_end_matches('\r').len();
        let span = self.span(start, end);
        self.draft.comments.push(span);
    }

    /// Whether a place is behind a whole word.
    pub(super) fn is_word_end(&self, at: usize) -> bool {
        self.bytes.get(at).is_none_or(|&byte| is_separator(byte))
    }
}

/// Ends a word that is not quoted.
pub(super) fn is_separator(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\r' | b'\n' | b';' | b'&' | b'|' | b'<' | b'>' | b'(' | b')')
}

/// May stand in the name of a variable.
pub(super) fn is_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}
