//! What makes the grammar's parser slow, found and blanked before it runs.
//!
//! Three things cost the parser time out of proportion: long runs of lines that hold only a comment or a line
//! continuation (its scanner looks ahead over the whole run again for each of them: 16,000 short comment lines take
//! three seconds), and brackets that nest deeply or never close (error recovery). One pass over the bytes finds both
//! and puts spaces in their place, so that offsets stay what they are. Python itself refuses more than 200 open brackets.
//! This module knows tokens only: strings, comments, brackets, line ends.

use crate::source::Span;
use std::borrow::Cow;

/// Open brackets that Python's own tokenizer allows.
pub(super) const MAX_BRACKETS: usize = 200;

/// Lines of comments or continuations in a row that the parser gets to see.
const MAX_QUIET_LINES: usize = 64;

/// A text that the parser takes in linear time, and what was taken out of it.
#[derive(Debug)]
pub(super) struct Tamed<'text> {
    /// The text, blanked where needed; as long as the text itself.
    pub bytes: Cow<'text, [u8]>,
    /// Comments that were blanked, in order.
    pub comments: Vec<Span>,
    /// Brackets that nest too deep and were blanked with all that is in them, in order.
    pub too_deep: Vec<Span>,
}

/// Blanks what the parser cannot take.
pub(super) fn tame(text: &str) -> Tamed<'_> {
    let mut scan = Scan { bytes: text.as_bytes(), ..Scan::default() };
    scan.run();
    let Scan { bytes, blanks, comments, too_deep, .. } = scan;
    if blanks.is_empty() && too_deep.is_empty() {
        return Tamed { bytes: Cow::Borrowed(bytes), comments, too_deep };
    }
    let mut copy = bytes.to_vec();
    for span in blanks.iter().chain(&too_deep) {
        copy[span.range()].fill(b' ');
    }
    Tamed { bytes: Cow::Owned(copy), comments, too_deep }
}

/// Where the pass stands.
#[derive(Debug, Default)]
struct Scan<'text> {
    bytes: &'text [u8],
    at: usize,
    /// Brackets open here, by their closing byte.
    open: Vec<u8>,
    /// Brackets open beyond [`MAX_BRACKETS`], and where the first of them stands.
    excess: usize,
    excess_start: usize,
    /// Comments and continuations of the run of quiet lines that ends here.
    quiet: Vec<Span>,
    blanks: Vec<Span>,
    comments: Vec<Span>,
    too_deep: Vec<Span>,
}

impl Scan<'_> {
    fn run(&mut self) {
        while self.at < self.bytes.len() {
            self.line_start();
            self.code();
        }
        self.end_quiet_run();
        if self.excess > 0 {
            self.too_deep.push(Span::from_range(self.excess_start..self.bytes.len()));
        }
    }

    fn peek(&self, ahead: usize) -> u8 {
        self.bytes.get(self.at + ahead).copied().unwrap_or(0)
    }

    /// Takes lines as long as they are blank, comments or continuations; stops at the first byte of code.
    fn line_start(&mut self) {
        while self.at < self.bytes.len() {
            match self.peek(0) {
                b' ' | b'\t' | b'\r' | b'\n' | b'\x0c' => self.at += 1,
                b'#' => {
                    let start = self.at;
                    self.skip_line();
                    self.quiet.push(Span::from_range(start..self.at));
                }
                b'\\' if self.peek(1) == b'\n' || (self.peek(1) == b'\r' && self.peek(2) == b'\n') => {
                    let end = self.at + if self.peek(1) == b'\n' { 2 } else { 3 };
                    self.quiet.push(Span::from_range(self.at..end));
                    self.at = end;
                }
                _ => return self.end_quiet_run(),
            }
        }
    }

    fn end_quiet_run(&mut self) {
        if self.quiet.len() > MAX_QUIET_LINES {
            self.blanks.extend_from_slice(&self.quiet);
            self.comments.extend(self.quiet.iter().filter(|span| self.bytes[span.range().start] == b'#'));
        }
        self.quiet.clear();
    }

    /// Takes code up to and including the end of its line.
    fn code(&mut self) {
        while let Some(&byte) = self.bytes.get(self.at) {
            match byte {
                b'\n' => {
                    self.at += 1;
                    return;
                }
                b'#' => self.skip_line(),
                b'\\' if self.peek(1) == b'\n' => {
                    self.at += 2;
                    return;
                }
                b'"' | b'\'' => self.string(byte),
                b'(' => self.open_bracket(b')'),
                b'[' => self.open_bracket(b']'),
                b'{' => self.open_bracket(b'}'),
                b')' | b']' | b'}' => self.close_bracket(byte),
                _ => self.at += 1,
            }
        }
    }

    fn skip_line(&mut self) {
        let rest = &self.bytes[self.at..];
        let mut length = rest.iter().position(|&byte| byte == b'\n').unwrap_or(rest.len());
        if length > 0 && rest[length - 1] == b'\r' {
            length -= 1;
        }
        self.at += length;
    }

    fn open_bracket(&mut self, closing: u8) {
        if self.excess > 0 || self.open.len() == MAX_BRACKETS {
            if self.excess == 0 {
                self.excess_start = self.at;
            }
            self.excess += 1;
        } else {
            self.open.push(closing);
        }
        self.at += 1;
    }

    fn close_bracket(&mut self, closing: u8) {
        self.at += 1;
        if self.excess > 0 {
            self.excess -= 1;
            if self.excess == 0 {
                self.too_deep.push(Span::from_range(self.excess_start..self.at));
            }
        } else if self.open.last() == Some(&closing) {
            self.open.pop();
        }
    }

    /// Takes a string. One that is not closed ends with its line, a triple-quoted one with the text.
    fn string(&mut self, quote: u8) {
        let formatted = self.has_format_prefix();
        let triple = self.peek(1) == quote && self.peek(2) == quote;
        let width = if triple { 3 } else { 1 };
        self.at += width;
        let start = self.at;
        let (mut nesting, mut deepest) = (0_usize, 0_usize);
        let end = loop {
            let Some(&byte) = self.bytes.get(self.at) else { break self.at };
            match byte {
                b'\\' => self.at += if self.peek(1) == b'\r' && self.peek(2) == b'\n' { 2 } else { 1 },
                b'\n' if !triple => break self.at,
                _ if byte == quote && (!triple || (self.peek(1) == quote && self.peek(2) == quote)) => {
                    let end = self.at;
                    self.at += width;
                    break end;
                }
                b'(' | b'[' | b'{' if formatted => {
                    nesting += 1;
                    deepest = deepest.max(nesting);
                }
                b')' | b']' | b'}' if formatted => nesting = nesting.saturating_sub(1),
                _ => {}
            }
            self.at += 1;
        };
        self.at = self.at.min(self.bytes.len());
        // Inside brackets that are blanked already, one blank is enough.
        if deepest > MAX_BRACKETS && self.excess == 0 {
            self.too_deep.push(Span::from_range(start..end.min(self.bytes.len())));
        }
    }

    /// Whether the letters in front of a quote make it an f-string or a t-string.
    fn has_format_prefix(&self) -> bool {
        self.bytes[..self.at]
            .iter()
            .rev()
            .take(2)
            .take_while(|byte| byte.is_ascii_alphabetic())
            .any(|byte| matches!(byte, b'f' | b'F' | b't' | b'T'))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tamed(text: &str) -> (String, usize, usize) {
        let tamed = tame(text);
        assert_eq!(tamed.bytes.len(), text.len());
        (String::from_utf8(tamed.bytes.into_owned()).unwrap(), tamed.comments.len(), tamed.too_deep.len())
    }

    #[test]
    fn ordinary_code_is_not_copied() {
        for text in
            ["", "# a\n# b\nx = 1 # c\n", "s = '''\n# not a comment\n'''", "f(a[1], {2: (3,)})", "'unclosed\n(", "\\"]
        {
            let tamed = tame(text);
            assert!(matches!(tamed.bytes, Cow::Borrowed(_)), "{text}");
            assert!(tamed.comments.is_empty() && tamed.too_deep.is_empty());
        }
    }

    #[test]
    fn long_runs_of_comments_are_blanked_and_kept() {
        let text = format!("x\n{}y  # z\n", "  # \u{e9}\n".repeat(100));
        let (bytes, comments, _) = tamed(&text);
        assert_eq!(comments, 100);
        assert_eq!(bytes.trim_start_matches('x').trim_start(), "y  # z\n");
        assert_eq!(bytes.matches('\n').count(), text.matches('\n').count());
    }

    #[test]
    fn comments_in_strings_are_none() {
        let text = format!("x = '''\n{}'''\n", "# c\n".repeat(100));
        assert_eq!(tamed(&text), (text, 0, 0));
    }

    #[test]
    fn long_runs_of_continuations_are_joined() {
        let (bytes, comments, _) = tamed(&format!("x = \\\n{}1\n", "\\\r\n".repeat(100)));
        assert_eq!(comments, 0);
        assert_eq!(bytes.split_whitespace().collect::<Vec<_>>(), ["x", "=", "\\", "1"]);
    }

    #[test]
    fn brackets_beyond_the_limit_are_blanked() {
        let text = format!("{}'('{} + x", "(".repeat(300), ")".repeat(300));
        let (bytes, _, too_deep) = tamed(&text);
        assert_eq!(too_deep, 1);
        assert_eq!(bytes.matches('(').count(), MAX_BRACKETS);
        assert_eq!(bytes.matches(')').count(), MAX_BRACKETS);
        assert!(bytes.ends_with(" + x"));
        assert_eq!(tamed(&"{ ]".repeat(1000)).0.matches('{').count(), MAX_BRACKETS);
        assert_eq!(tamed(&"[".repeat(1000)).0.trim_end().len(), MAX_BRACKETS);
    }

    #[test]
    fn brackets_inside_f_strings_count_too() {
        let text = format!("f'{{{}'", "(a,".repeat(300));
        assert_eq!(tamed(&text).0.trim_end().trim_end_matches('\'').trim_end(), "f'");
        let plain = format!("'{}'", "(a,".repeat(300));
        assert_eq!(tamed(&plain), (plain, 0, 0));
    }
}
