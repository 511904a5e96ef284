//! Tokens as nginx reads them (`ngx_conf_read_token`), and what to do where nginx gives up.
//!
//! A quote means something only at the start of a token, and only a blank, `;`, `{` or `)` may follow its end. `#` starts
//! a comment only at the start of a token. A backslash protects the next byte from the lexer everywhere. `}` ends a block
//! only at the start of a token; `{` ends a word unless it follows `$`. nginx's limit of 4096 bytes a token is not
//! enforced: it depends on where its buffer ends.

use super::template::{self, Tag};
use crate::source::Span;
use crate::syntax::Problem;

/// How often a quote that went wrong makes the lexer read text again.
const REWINDS: usize = 64;

/// One word: name or argument of a directive.
#[derive(Debug, Clone, Copy)]
pub(super) struct Word {
    /// With its quotes.
    pub(super) span: Span,
    /// Without them.
    pub(super) content: Span,
    /// Whether the content holds a backslash.
    pub(super) escaped: bool,
}

#[derive(Debug)]
pub(super) enum Token {
    Word(Word),
    Semicolon(usize),
    Open(usize),
    Close(usize),
    Comment(Span),
    /// A template tag that stands where a directive could.
    Template(Span),
    End,
}

pub(super) struct Lexer<'text> {
    text: &'text str,
    bytes: &'text [u8],
    at: usize,
    tags: template::Tags<'text>,
    first_template: Option<Span>,
    rewinds: usize,
    problems: Vec<Problem>,
}

impl<'text> Lexer<'text> {
    pub(super) fn new(text: &'text str) -> Self {
        Self {
            text,
            bytes: text.as_bytes(),
            at: 0,
            tags: template::Tags::new(text),
            first_template: None,
            rewinds: REWINDS,
            problems: Vec::new(),
        }
    }

    /// Goes on reading elsewhere, behind text that the lexer has no say in.
    pub(super) fn jump(&mut self, to: usize) {
        self.at = to;
    }

    /// The first template tag outside quotes.
    pub(super) fn first_template(&self) -> Option<Span> {
        self.first_template
    }

    pub(super) fn into_problems(self) -> Vec<Problem> {
        self.problems
    }

    /// The next token; `first` when no word of a directive has been read yet.
    pub(super) fn next(&mut self, first: bool) -> Token {
        while let Some(&byte) = self.bytes.get(self.at) {
            let start = self.at;
            if is_blank(byte) {
                self.at += 1;
                continue;
            }
            if let Some(tag) = self.tags.at(start, first) {
                self.first_template.get_or_insert(Span::from_range(start..tag.end));
                if first && (tag.is_control || self.ends_line(tag.end)) {
                    self.at = tag.end;
                    return Token::Template(Span::from_range(start..tag.end));
                }
                if tag.is_control {
                    self.at = tag.end;
                    continue;
                }
                return self.word(start);
            }
            if first && let Some(end) = self.lone_placeholder(start) {
                self.first_template.get_or_insert(Span::from_range(start..end));
                self.at = end;
                return Token::Template(Span::from_range(start..end));
            }
            match byte {
                b';' | b'{' | b'}' => {
                    self.at += 1;
                    return match byte {
                        b';' => Token::Semicolon(start),
                        b'{' => Token::Open(start),
                        _ => Token::Close(start),
                    };
                }
                b'#' => {
                    let end = self.line_end(start);
                    self.at = end;
                    let trimmed = self.text[start..end].trim_end_matches('\r').len();
                    return Token::Comment(Span::from_range(start..start + trimmed));
                }
                b'"' | b'\'' => return self.quoted(start, byte),
                _ => return self.word(start),
            }
        }
        Token::End
    }

    /// A word without quotes.
    fn word(&mut self, start: usize) -> Token {
        let mut at = start;
        let mut escaped = false;
        let mut variable = false;
        while let Some(&byte) = self.bytes.get(at) {
            if byte == b'{' && variable {
                at += 1;
                continue;
            }
            variable = false;
            match byte {
                b'\\' => {
                    escaped = true;
                    at = self.behind_escaped(at);
                    continue;
                }
                b'$' => variable = true,
                b'{' | b'<' => {
                    if let Some(tag) = self.tags.at(at, false) {
                        self.first_template.get_or_insert(Span::from_range(at..tag.end));
                        if tag.is_control {
                            break;
                        }
                        at = tag.end;
                        continue;
                    }
                    if byte == b'{' {
                        break;
                    }
                }
                b';' => break,
                _ if is_blank(byte) => break,
                _ => {}
            }
            at += 1;
        }
        self.at = at;
        let span = Span::from_range(start..at);
        Token::Word(Word { span, content: span, escaped })
    }

    fn quoted(&mut self, start: usize, quote: u8) -> Token {
        let mut scan = self.scan_quoted(start + 1, quote);
        while let Some(close) = scan.close {
            let next = self.bytes.get(close + 1).copied();
            if next.is_none_or(|next| is_blank(next) || matches!(next, b';' | b'{' | b')')) {
                return self.end_quoted(start, close, scan.escaped);
            }
            // From here on nginx has given up. A quote inside a template tag inside quotes does not end them.
            if let Some(Tag { end, .. }) = self.tags.around(start + 1, close) {
                scan = self.scan_quoted(end, quote);
                continue;
            }
            // A quote that was never closed ends at the start of another one, usually some lines below.
            if self.text[start..close].contains('\n') && self.rewinds > 0 {
                break;
            }
            if next != Some(b'}') {
                self.problem(close + 1, "unexpected character after a closing quote");
            }
            return self.end_quoted(start, close, scan.escaped);
        }
        self.problem(start, "quote is not closed");
        if self.rewinds == 0 {
            return self.end_quoted(start, self.bytes.len(), true);
        }
        self.rewinds -= 1;
        let line = self.text[start..self.line_end(start)].trim_end();
        let line = line.strip_suffix(';').unwrap_or(line).trim_end();
        let end = start + line.len().max(1);
        self.at = end;
        let content = Span::from_range(start + 1..end);
        Token::Word(Word { span: Span::from_range(start..end), content, escaped: line.contains('\\') })
    }

    fn end_quoted(&mut self, start: usize, close: usize, escaped: bool) -> Token {
        self.at = (close + 1).min(self.bytes.len());
        let content = Span::from_range(start + 1..close);
        Token::Word(Word { span: Span::from_range(start..self.at), content, escaped })
    }

    fn scan_quoted(&self, from: usize, quote: u8) -> Quoted {
        let mut at = from;
        let mut escaped = false;
        while let Some(&byte) = self.bytes.get(at) {
            match byte {
                b'\\' => {
                    escaped = true;
                    at = self.behind_escaped(at);
                    continue;
                }
                _ if byte == quote => return Quoted { close: Some(at), escaped },
                _ => {}
            }
            at += 1;
        }
        Quoted { close: None, escaped }
    }

    /// Behind a backslash and the character it protects.
    fn behind_escaped(&self, at: usize) -> usize {
        let width = self.text.get(at + 1..).and_then(|rest| rest.chars().next()).map_or(0, char::len_utf8);
        at + 1 + width
    }

    /// `${NAME}` alone on its line where a directive could stand is for `envsubst`: nginx would take it for the name of
    /// whatever follows.
    fn lone_placeholder(&self, start: usize) -> Option<usize> {
        let rest = self.text.get(start..)?.strip_prefix("${")?;
        let name = rest.bytes().take_while(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || *byte == b'_');
        let length = name.count();
        let end = start + 2 + length + 1;
        (length > 0 && rest.as_bytes().get(length) == Some(&b'}') && self.ends_line(end)).then_some(end)
    }

    /// Whether only blanks stand between a place and the end of its line.
    fn ends_line(&self, at: usize) -> bool {
        let rest = self.bytes[at..].iter().find(|byte| !matches!(byte, b' ' | b'\t' | b'\r'));
        rest.is_none_or(|&byte| byte == b'\n')
    }

    fn line_end(&self, at: usize) -> usize {
        self.text[at..].find('\n').map_or(self.text.len(), |length| at + length)
    }

    fn problem(&mut self, at: usize, message: &str) {
        let width = self.text.get(at..).and_then(|rest| rest.chars().next()).map_or(0, char::len_utf8);
        self.problems.push(Problem { span: Span::from_range(at..at + width), message: message.to_owned() });
    }
}

struct Quoted {
    close: Option<usize>,
    escaped: bool,
}

fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\r' | b'\n')
}
