//! Spellings that Docker, Kubernetes or GitHub accept and the parser does not, respelt byte for byte.
//!
//! Their parsers (Go's and C#'s YAML) let flow collections and quoted scalars continue at any indentation, and are lax
//! about tabs and control characters. Only texts that failed to parse come here.

use super::prepared::{MaskKind, Prepared};
use super::scalar::{leading_spaces, quoted_end};
use crate::source::Span;
use rustc_hash::FxHashSet;

/// Respells what is known to be accepted elsewhere.
pub(super) fn repair(prepared: &mut Prepared) {
    mask_controls(prepared);
    mask_tabs(prepared);
    join_wrapped(prepared);
    mask_aliases(prepared, false);
}

fn mask_controls(prepared: &mut Prepared) {
    let is_control = |character: char| matches!(character, '\0'..='\x08' | '\x0b'..='\x0c' | '\x0e'..='\x1f' | '\x7f');
    let controls: Vec<Span> = prepared
        .text()
        .char_indices()
        .filter(|&(_, character)| is_control(character) || character == '\u{FEFF}')
        .map(|(offset, character)| Span::from_range(offset..offset + character.len_utf8()))
        .collect();
    for span in controls {
        let with = if span.len() == 3 { b' ' } else { b'_' };
        prepared.mask(span, with, MaskKind::Piece);
    }
}

/// Tabs in front of a line's content, or right behind an indicator, count as one space each.
fn mask_tabs(prepared: &mut Prepared) {
    let bytes = prepared.bytes();
    let mut tabs = Vec::new();
    let mut may_be = true;
    for (at, &byte) in bytes.iter().enumerate() {
        if byte == b'\t' && may_be {
            tabs.push(Span::from_range(at..at + 1));
        }
        may_be = match byte {
            b'\n' | b'\r' | b':' | b'-' | b'?' => true,
            b' ' | b'\t' => may_be,
            _ => false,
        };
    }
    for span in tabs {
        prepared.mask(span, b' ', MaskKind::Piece);
    }
}

/// Aliases become words: all of them, or only those whose anchor is nowhere in the text.
pub(super) fn mask_aliases(prepared: &mut Prepared, all: bool) {
    let bytes = prepared.bytes();
    let named = |marker: u8| {
        bytes.iter().enumerate().filter(move |&(_, &byte)| byte == marker).filter_map(|(at, _)| {
            let before = at.checked_sub(1).map(|before| bytes[before]);
            let starts = before.is_none_or(|byte| byte.is_ascii_whitespace() || b"[,{".contains(&byte));
            let name = &bytes[at + 1..];
            let length = name
                .iter()
                .position(|byte| byte.is_ascii_whitespace() || b"[]{},".contains(byte))
                .unwrap_or(name.len());
            (starts && length > 0).then_some((at, &name[..length]))
        })
    };
    if !bytes.contains(&b'*') {
        return;
    }
    let anchors: FxHashSet<&[u8]> =
        if all { FxHashSet::default() } else { named(b'&').map(|(_, name)| name).collect() };
    let aliases: Vec<usize> = named(b'*').filter(|(_, name)| !anchors.contains(name)).map(|(at, _)| at).collect();
    for at in aliases {
        prepared.mask(Span::from_range(at..at + 1), b'_', MaskKind::Piece);
    }
}

/// Puts each flow collection and each quoted scalar that spans lines on one line.
fn join_wrapped(prepared: &mut Prepared) {
    let mut finder = Wrapped {
        text: prepared.text(),
        bytes: prepared.bytes(),
        joins: Vec::new(),
        comments: Vec::new(),
        unclosed: [false; 3],
    };
    finder.run();
    let Wrapped { joins, comments, .. } = finder;
    for comment in comments {
        prepared.blank_comment(comment);
    }
    for span in joins {
        prepared.join(span);
    }
}

/// Finds values that span lines, without understanding more of YAML than where values begin.
struct Wrapped<'text> {
    text: &'text str,
    bytes: &'text [u8],
    joins: Vec<Span>,
    /// Comments inside flow collections that are joined.
    comments: Vec<Span>,
    /// Whether a quote (single, double) or a bracket is known not to be closed up to the end: looked for only once.
    unclosed: [bool; 3],
}

impl Wrapped<'_> {
    fn run(&mut self) {
        let mut at = 0;
        while at < self.bytes.len() {
            at = self.line(at);
        }
    }

    fn line_end(&self, from: usize) -> usize {
        self.bytes[from..].iter().position(|&byte| byte == b'\n').map_or(self.bytes.len(), |offset| from + offset)
    }

    /// Reads one line, with the values that continue below it; returns where the next line begins.
    fn line(&mut self, start: usize) -> usize {
        let mut at = start;
        let mut end = self.line_end(start);
        let mut value_may_start = true;
        while at < end {
            let byte = self.bytes[at];
            let blank_follows = self.bytes.get(at + 1).is_none_or(u8::is_ascii_whitespace);
            match byte {
                b' ' | b'\t' | b'\r' => at += 1,
                b'#' if at == start || self.bytes[at - 1].is_ascii_whitespace() => return end + 1,
                b'-' | b'?' if value_may_start && blank_follows => at += 1,
                b'&' | b'!' if value_may_start => at = self.word_end(at),
                b':' if blank_follows => {
                    value_may_start = true;
                    at += 1;
                }
                b'|' | b'>' if value_may_start => return self.block(start, end),
                b'\'' | b'"' | b'[' | b'{' if value_may_start => {
                    let closed = if matches!(byte, b'[' | b'{') { self.flow_end(at, end) } else { self.quote_end(at) };
                    value_may_start = false;
                    let Some(close) = closed else {
                        at += 1;
                        continue;
                    };
                    if close > end {
                        self.joins.push(Span::from_range(at..close));
                        end = self.line_end(close);
                    }
                    at = close;
                }
                _ => {
                    value_may_start = false;
                    at += 1;
                }
            }
        }
        end + 1
    }

    fn word_end(&self, from: usize) -> usize {
        self.bytes[from..].iter().position(u8::is_ascii_whitespace).map_or(self.bytes.len(), |offset| from + offset)
    }

    /// Skips a block scalar: all lines below that are blank or further in than its own line.
    fn block(&self, line: usize, header_end: usize) -> usize {
        let indent = leading_spaces(&self.text[line..header_end]);
        let mut at = header_end + 1;
        while at < self.bytes.len() {
            let end = self.line_end(at);
            let content = &self.text[at..end];
            if !content.trim().is_empty() && leading_spaces(content) <= indent {
                break;
            }
            at = end + 1;
        }
        at
    }

    /// Just behind the closing quote.
    fn quote_end(&mut self, open: usize) -> Option<usize> {
        let quote = self.bytes[open];
        let slot = usize::from(quote == b'"');
        if self.unclosed[slot] {
            return None;
        }
        let end = quoted_end(self.text, open);
        if end > open + 1 && self.bytes[end - 1] == quote {
            return Some(end);
        }
        self.unclosed[slot] = true;
        None
    }

    /// Just behind the bracket that closes the one at `open`; `line_end` is the end of its line.
    fn flow_end(&mut self, open: usize, line_end: usize) -> Option<usize> {
        if self.unclosed[2] {
            return None;
        }
        let known = self.comments.len();
        let mut depth = 0_usize;
        let mut at = open;
        while let Some(&byte) = self.bytes.get(at) {
            let before = at.checked_sub(1).map_or(b' ', |before| self.bytes[before]);
            match byte {
                b'[' | b'{' => depth += 1,
                b']' | b'}' => {
                    depth -= 1;
                    if depth == 0 {
                        if at < line_end {
                            self.comments.truncate(known);
                        }
                        return Some(at + 1);
                    }
                }
                b'\'' | b'"' if before.is_ascii_whitespace() || b"[{,:".contains(&before) => {
                    if let Some(close) = self.quote_end(at) {
                        at = close;
                        continue;
                    }
                }
                b'#' if before.is_ascii_whitespace() => {
                    let end = self.line_end(at);
                    self.comments.push(Span::from_range(at..end));
                    at = end;
                    continue;
                }
                _ => {}
            }
            at += 1;
        }
        self.comments.truncate(known);
        self.unclosed[2] = true;
        None
    }
}
