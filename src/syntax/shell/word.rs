//! Words: quotes and escapes resolved in the label, what they expand as children.

use super::draft::DraftId;
use super::scanner::{Scanner, is_separator};
use crate::source::Span;
use crate::syntax::{Field, Kind};

/// What ends a word besides the end of the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Until {
    /// Blanks and operators: a word of a command.
    Separator,
    /// Blanks only: a word inside `[[ ]]`.
    Blank,
    /// `}`: what follows the operator in `${name:-word}`. Quoted when the expansion stands in double quotes.
    Brace { quoted: bool },
    /// Nothing: the text is one word.
    Nothing,
}

/// A word under construction.
pub(super) struct Parts {
    pub(super) word: DraftId,
    pub(super) label: String,
}

impl Scanner<'_, '_> {
    /// The whole text as one word.
    pub(super) fn whole_word(&mut self, field: Field) -> DraftId {
        self.word(field, Until::Nothing)
    }

    /// The word that begins here. It may be empty only for [`Until::Brace`] and [`Until::Nothing`].
    pub(super) fn word(&mut self, field: Field, until: Until) -> DraftId {
        let start = self.at;
        let word = self.add(Kind::Word, field, start, start);
        let mut parts = Parts { word, label: String::new() };
        if self.descend(1, word) {
            self.pieces(&mut parts, until);
            self.ascend(1);
        }
        self.end_word(&parts, start);
        word
    }

    pub(super) fn end_word(&mut self, parts: &Parts, start: usize) {
        if self.at > start {
            let span = self.span(start, self.at);
            self.draft.set_span(parts.word, span);
        }
        let span = self.draft.span(parts.word);
        let place = match self.text.as_bytes().get(start) {
            // A word that is one quoted piece: its label stands between the quotes.
            Some(b'"' | b'\'') if span.len() >= 2 => Span::new(span.start + 1, span.end - 1),
            _ => span,
        };
        self.draft.label(parts.word, &parts.label, place);
    }

    fn pieces(&mut self, parts: &mut Parts, until: Until) {
        let start = self.at;
        while let Some(byte) = self.peek() {
            match (until, byte) {
                (Until::Separator, b'(') if self.at > start && self.is_extended_glob() => {
                    self.parenthesis(parts);
                    continue;
                }
                (Until::Separator, b'<' | b'>') if self.peek_at(1) == Some(b'(') => {
                    self.process_substitution(parts);
                    continue;
                }
                (Until::Separator, byte) if is_separator(byte) => return,
                (Until::Blank, b' ' | b'\t' | b'\n' | b'\r') => return,
                (Until::Brace { .. }, b'}') => return,
                _ => {}
            }
            if byte == self.dialect.escape {
                self.escape(parts);
                continue;
            }
            match byte {
                b'\'' if !matches!(until, Until::Brace { quoted: true }) => self.single_quoted(parts),
                b'"' => self.double_quoted(parts),
                b'$' => self.dollar(parts, matches!(until, Until::Brace { quoted: true })),
                b'`' if self.dialect.substitutes => self.backquoted(parts),
                _ => self.literal(parts),
            }
        }
    }

    /// Takes one character, or many if nothing in them can mean anything.
    fn literal(&mut self, parts: &mut Parts) {
        let start = self.at;
        self.step();
        while let Some(byte) = self.peek() {
            if !(byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.' | b'/' | b':' | b'=' | b',' | b'@'))
                || byte == self.dialect.escape
            {
                break;
            }
            self.at += 1;
        }
        parts.label.push_str(&self.text[start..self.at]);
    }

    fn escape(&mut self, parts: &mut Parts) {
        self.at += 1;
        match self.peek() {
            None => parts.label.push(char::from(self.dialect.escape)),
            // A continued line.
            Some(b'\n') => self.at += 1,
            Some(b'\r') if self.peek_at(1) == Some(b'\n') => self.at += 2,
            Some(_) => {
                let start = self.at;
                self.step();
                parts.label.push_str(&self.text[start..self.at]);
            }
        }
    }

    fn single_quoted(&mut self, parts: &mut Parts) {
        let start = self.at;
        self.at += 1;
        if let Some(length) = self.text[self.at..].find('\'') {
            parts.label.push_str(&self.text[self.at..self.at + length]);
            self.at += length + 1;
        } else {
            // No other single quote follows, so that this happens once.
            self.problem(start, start + 1, "single quote is not closed");
            parts.label.push('\'');
        }
    }

    fn double_quoted(&mut self, parts: &mut Parts) {
        let start = self.at;
        let mark = self.draft.mark();
        let children = self.draft.child_count(parts.word);
        let label = parts.label.len();
        // A here-document that waits outside may get its body inside, and would lose it.
        let may_rewind = self.rewinds > 0 && self.pending.is_empty();
        self.at += 1;
        while let Some(byte) = self.peek() {
            match byte {
                b'"' => {
                    self.at += 1;
                    return;
                }
                _ if byte == self.dialect.escape => match self.peek_at(1) {
                    Some(next) if matches!(next, b'$' | b'"' | b'`') || next == self.dialect.escape => {
                        parts.label.push(char::from(next));
                        self.at += 2;
                    }
                    Some(b'\n') => self.at += 2,
                    _ => {
                        parts.label.push(char::from(byte));
                        self.at += 1;
                    }
                },
                b'$' => self.dollar(parts, true),
                b'`' if self.dialect.substitutes => self.backquoted(parts),
                _ => self.literal(parts),
            }
        }
        // Where the quote stands alone, what follows it is read again without it.
        if may_rewind && self.rewinds > 0 {
            self.rewinds -= 1;
            self.draft.keep_children(parts.word, children);
            self.draft.rewind(mark);
            self.pending.clear();
            parts.label.truncate(label);
            parts.label.push('"');
            self.at = start + 1;
        }
        self.problem(start, start + 1, "double quote is not closed");
    }

    /// Whether the parenthesis here belongs to a pattern such as `@(a|b)`.
    fn is_extended_glob(&self) -> bool {
        matches!(self.bytes[self.at - 1], b'?' | b'*' | b'+' | b'@' | b'!')
    }

    /// Takes a parenthesis as text up to its closing one on the same line, if there is one.
    pub(super) fn parenthesis(&mut self, parts: &mut Parts) {
        let mut depth = 0_usize;
        for (index, &byte) in self.bytes[self.at..].iter().take(256).take_while(|&&byte| byte != b'\n').enumerate() {
            match byte {
                b'(' => depth += 1,
                b')' => depth -= 1,
                _ => {}
            }
            if depth == 0 {
                parts.label.push_str(&self.text[self.at..=self.at + index]);
                self.at += index + 1;
                return;
            }
        }
        self.literal(parts);
    }
}
