//! From physical to logical lines: parser directives, continuations, comments, here-documents.

use crate::source::{OffsetMap, Span};
use crate::syntax::nginx::template::Tags;
use std::ops::Range;

/// How many here-documents without an end are searched for one.
const UNENDED_HEREDOCS: usize = 64;

/// Instructions that take here-documents.
const HEREDOC_INSTRUCTIONS: [&str; 3] = ["RUN", "COPY", "ADD"];

pub(super) enum Line {
    Comment(Span),
    /// A tag of a template language where an instruction could stand.
    Template(Span),
    Instruction(Logical),
}

/// An instruction in one piece: continuations joined, the here-documents behind it.
pub(super) struct Logical {
    /// The instruction; after its line, each here-document with its ending line, as a shell would read them.
    pub(super) text: String,
    /// Length of the instruction itself, without blanks at its end.
    pub(super) length: usize,
    /// Leads from `text` to the file.
    pub(super) map: OffsetMap,
    pub(super) heredocs: Vec<Heredoc>,
    /// Comment lines inside.
    pub(super) comments: Vec<Span>,
}

impl Logical {
    /// The first word as written.
    pub(super) fn keyword(&self) -> &str {
        first_word(&self.text[..self.length])
    }
}

/// A here-document of an instruction.
pub(super) struct Heredoc {
    /// Where its operator and name stand in the instruction.
    pub(super) operator: Range<usize>,
    /// Its lines, in the logical text.
    pub(super) body: Range<usize>,
    pub(super) strip_tabs: bool,
    /// The name is not quoted: variables are expanded.
    pub(super) expands: bool,
}

/// Reads a Dockerfile line by line.
pub(super) struct Lines<'text> {
    text: &'text str,
    at: usize,
    escape: u8,
    tags: Tags<'text>,
    first_template: Option<Span>,
    unended: usize,
}

/// The escape character that the parser directives at the top of a Dockerfile choose.
pub(super) fn escape_of(text: &str) -> u8 {
    for line in text.lines() {
        let Some((key, value)) = line.trim().strip_prefix('#').and_then(|line| line.split_once('=')) else { break };
        let key = key.trim();
        if key.is_empty() || !key.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
            break;
        }
        if key.eq_ignore_ascii_case("escape") && value.trim() == "`" {
            return b'`';
        }
    }
    b'\\'
}

impl<'text> Lines<'text> {
    pub(super) fn new(text: &'text str) -> Self {
        Self { text, at: 0, escape: escape_of(text), tags: Tags::new(text), first_template: None, unended: 0 }
    }

    pub(super) fn escape(&self) -> u8 {
        self.escape
    }

    pub(super) fn first_template(&self) -> Option<Span> {
        self.first_template
    }

    pub(super) fn next(&mut self) -> Option<Line> {
        loop {
            let start = self.content_start();
            match self.text.as_bytes().get(start)? {
                b'\n' => self.at = start + 1,
                b'#' => return Some(Line::Comment(self.comment(start))),
                _ => {
                    return Some(match self.template(start) {
                        Some(end) => Line::Template(Span::from_range(start..end)),
                        None => Line::Instruction(self.logical(start)),
                    });
                }
            }
        }
    }

    /// Where the line here has its first character that is no blank; the line's end if it has none.
    fn content_start(&self) -> usize {
        let rest = &self.text.as_bytes()[self.at..];
        self.at + rest.iter().take_while(|byte| matches!(byte, b' ' | b'\t' | b'\r' | b'\x0c')).count()
    }

    fn skip_line(&mut self) {
        self.at = self.text[self.at..].find('\n').map_or(self.text.len(), |length| self.at + length + 1);
    }

    fn comment(&mut self, start: usize) -> Span {
        self.skip_line();
        Span::from_range(start..start + self.text[start..self.at].trim_end().len())
    }

    /// Steps over a template tag, and over its line if nothing else stands there.
    fn template(&mut self, start: usize) -> Option<usize> {
        let tag = self.tags.at(start, true)?;
        self.first_template.get_or_insert(Span::from_range(start..tag.end));
        self.at = tag.end;
        let next = self.content_start();
        if self.text.as_bytes().get(next) == Some(&b'\n') {
            self.at = next + 1;
        }
        Some(tag.end)
    }

    fn logical(&mut self, start: usize) -> Logical {
        let mut text = String::new();
        let mut segments = Vec::new();
        let mut comments = Vec::new();
        self.at = start;
        let mut end = start;
        loop {
            let line_start = self.at;
            let line = self.text[line_start..].split('\n').next().unwrap_or("");
            let content = line.trim_end_matches([' ', '\t', '\r']);
            let escape = char::from(self.escape);
            let continued = content.strip_suffix(escape).filter(|before| !before.ends_with(escape));
            let piece = continued.unwrap_or(content);
            segments.push((text.len(), line_start));
            text.push_str(piece);
            end = end.max(line_start + piece.len());
            self.skip_line();
            if continued.is_none() || !self.continuation(&mut comments) {
                break;
            }
        }
        let length = text.trim_end().len();
        let heredocs = self.heredocs(&mut text, length, &mut segments);
        let end = if heredocs.is_empty() { end } else { self.at };
        let mut map = OffsetMap::new(Span::from_range(start..end));
        for (at, place) in segments {
            let (at, place) = (Span::from_range(at..at), Span::from_range(place..place));
            map.push(at.start, place.start);
        }
        Logical { text, length, map, heredocs, comments }
    }

    /// Steps to the line that continues an instruction, over comments, empty lines and template tags in between.
    fn continuation(&mut self, comments: &mut Vec<Span>) -> bool {
        loop {
            let start = self.content_start();
            match self.text.as_bytes().get(start) {
                None => return false,
                Some(b'\n') => self.at = start + 1,
                Some(b'#') => comments.push(self.comment(start)),
                Some(_) if self.template(start).is_some() => {}
                Some(_) => return true,
            }
        }
    }

    /// Appends the here-documents that the instruction asks for.
    fn heredocs(&mut self, text: &mut String, length: usize, segments: &mut Vec<(usize, usize)>) -> Vec<Heredoc> {
        let mut found = Vec::new();
        let mut keyword = first_word(text);
        if keyword.eq_ignore_ascii_case("ONBUILD") {
            keyword = first_word(text[keyword.len()..].trim_start());
        }
        if !HEREDOC_INSTRUCTIONS.iter().any(|name| keyword.eq_ignore_ascii_case(name)) || !text.contains("<<") {
            return found;
        }
        for (operator, delimiter) in operators(&text[..length], self.escape) {
            if self.unended == UNENDED_HEREDOCS {
                break;
            }
            let Some((body, next)) = self.heredoc_end(&delimiter) else {
                self.unended += 1;
                continue;
            };
            if found.is_empty() {
                text.truncate(length);
                segments.push((text.len(), body.start.saturating_sub(1)));
                text.push('\n');
            }
            let start = text.len();
            segments.push((start, body.start));
            text.push_str(&self.text[body.start..next]);
            found.push(Heredoc {
                operator,
                body: start..start + body.len(),
                strip_tabs: delimiter.strip_tabs,
                expands: delimiter.expands,
            });
            self.at = next;
        }
        found
    }

    /// The lines up to the ending one, and where the text goes on.
    fn heredoc_end(&self, delimiter: &Delimiter) -> Option<(Range<usize>, usize)> {
        let mut at = self.at;
        for line in self.text[self.at..].split_inclusive('\n') {
            let content = line.trim_end_matches(['\n', '\r']);
            let content = if delimiter.strip_tabs { content.trim_start_matches('\t') } else { content };
            if content == delimiter.name {
                return Some((self.at..at, at + line.len()));
            }
            at += line.len();
        }
        None
    }
}

struct Delimiter {
    name: String,
    strip_tabs: bool,
    expands: bool,
}

/// `<<NAME`, `<<-NAME`, `<<"NAME"` at the start of words, perhaps behind a file number.
fn operators(text: &str, escape: u8) -> Vec<(Range<usize>, Delimiter)> {
    let bytes = text.as_bytes();
    let mut found = Vec::new();
    let mut at = 0;
    let mut quote = None;
    let mut word_start = true;
    while let Some(&byte) = bytes.get(at) {
        let starts_word = word_start;
        word_start = quote.is_none()
            && matches!(byte, b' ' | b'\t' | b';' | b'&' | b'|' | b'(' | b'0'..=b'9')
            && (!byte.is_ascii_digit() || starts_word);
        match (quote, byte) {
            (Some(b'"') | None, byte) if byte == escape => at += 1,
            (Some(open), byte) if open == byte => quote = None,
            (None, b'\'' | b'"') => quote = Some(byte),
            (None, b'<') if starts_word && bytes[at..].starts_with(b"<<") => {
                if let Some((end, delimiter)) = delimiter(text, at + 2) {
                    found.push((at..end, delimiter));
                    at = end;
                    continue;
                }
                at += 1;
            }
            _ => {}
        }
        at += 1;
    }
    found
}

fn delimiter(text: &str, at: usize) -> Option<(usize, Delimiter)> {
    let rest = text.get(at..)?;
    let strip_tabs = rest.starts_with('-');
    let rest = rest.strip_prefix('-').unwrap_or(rest);
    let at = at + usize::from(strip_tabs);
    let (name, width, expands) = if let Some(quote) = rest.chars().next().filter(|char| matches!(char, '"' | '\'')) {
        let name = rest[1..].split(quote).next()?;
        (name, name.len() + 2, false)
    } else {
        let length = rest.bytes().take_while(|&b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'.')).count();
        (&rest[..length], length, true)
    };
    (!name.is_empty() && width <= rest.len())
        .then(|| (at + width, Delimiter { name: name.to_owned(), strip_tabs, expands }))
}

fn first_word(text: &str) -> &str {
    text.split([' ', '\t']).next().unwrap_or("")
}
