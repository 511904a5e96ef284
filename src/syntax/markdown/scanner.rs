//! Finds fenced code, line by line.
//!
//! Only what decides where a fence begins and ends is known here: block quotes, list items, the indented blocks of
//! MkDocs, HTML comments. Everything else is prose.

use crate::source::Span;
use crate::syntax::excerpt::Excerpt;

/// A fence as it stands in the file.
#[derive(Debug, Clone)]
pub(super) struct Block {
    pub info: String,
    /// From the opening fence to the end of the closing one.
    pub span: Span,
    /// The content's lines in the file, with their line ends, without what the containers put in front.
    pub lines: Vec<Span>,
}

impl Block {
    /// The content as it is.
    pub(super) fn content(&self, text: &str) -> Excerpt {
        let mut excerpt = Excerpt::default();
        for &line in &self.lines {
            excerpt.copy(text, line);
        }
        excerpt
    }
}

/// What a line stands in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Container {
    /// `> `.
    Quote,
    /// A list item or an indented block: that many columns.
    Indent(usize),
}

/// An open fence.
#[derive(Debug)]
struct Open {
    block: Block,
    marker: u8,
    length: usize,
    /// Columns in front of the opening fence, taken off every line.
    indent: usize,
    /// Containers around it.
    depth: usize,
}

/// Containers deeper than any guide nests them; the rest of such a line is prose.
const MAX_CONTAINERS: usize = 32;

/// Every fence of a text, in order.
pub(super) fn blocks(text: &str) -> Vec<Block> {
    let mut scanner = Scanner { text, containers: Vec::new(), open: None, in_comment: false, blocks: Vec::new() };
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        scanner.line(start, line);
        start += line.len();
    }
    scanner.close(text.len());
    scanner.blocks
}

struct Scanner<'text> {
    text: &'text str,
    containers: Vec<Container>,
    open: Option<Open>,
    in_comment: bool,
    blocks: Vec<Block>,
}

/// The rest of a line while its prefix is taken off.
#[derive(Debug, Clone, Copy)]
struct Rest<'text> {
    /// Offset in the file.
    at: usize,
    text: &'text str,
}

impl Rest<'_> {
    fn skip(&mut self, bytes: usize) {
        self.at += bytes;
        self.text = &self.text[bytes..];
    }

    /// Takes off up to `columns` columns of indentation (a tab counts as what is left of four); the number taken.
    fn dedent(&mut self, columns: usize) -> usize {
        let mut taken = 0;
        while taken < columns {
            match self.text.as_bytes().first() {
                Some(b' ') => taken += 1,
                Some(b'\t') => taken += 4 - taken % 4,
                _ => break,
            }
            self.skip(1);
        }
        taken
    }

    fn indent(mut self) -> usize {
        self.dedent(usize::MAX)
    }

    fn is_blank(self) -> bool {
        self.text.trim().is_empty()
    }
}

impl<'text> Scanner<'text> {
    fn line(&mut self, start: usize, line: &'text str) {
        let mut rest = Rest { at: start, text: line };
        let matched = self.matched_containers(&mut rest);
        if let Some(open) = &mut self.open {
            if matched == open.depth {
                if is_closing(rest, open) {
                    self.close(start + line.trim_end().len());
                } else {
                    rest.dedent(open.indent);
                    open.block.lines.push(Span::from_range(rest.at..rest.at + rest.text.len()));
                }
                return;
            }
            // A container has ended, and the fence with it.
            self.close(start);
        }
        if self.in_comment {
            self.in_comment = !line.contains("-->");
            return;
        }
        self.containers.truncate(matched);
        self.open_containers(&mut rest);
        self.prose(rest);
    }

    /// Takes off the prefixes of the containers that go on in this line; their number.
    fn matched_containers(&self, rest: &mut Rest<'text>) -> usize {
        for (index, container) in self.containers.iter().enumerate() {
            let mut tried = *rest;
            let goes_on = match container {
                Container::Quote => {
                    let indent = tried.dedent(4);
                    indent < 4 && take_quote(&mut tried)
                }
                Container::Indent(_) if rest.is_blank() => {
                    tried.dedent(usize::MAX);
                    true
                }
                Container::Indent(columns) => tried.dedent(*columns) >= *columns,
            };
            if !goes_on {
                return index;
            }
            *rest = tried;
        }
        self.containers.len()
    }

    fn open_containers(&mut self, rest: &mut Rest<'text>) {
        while self.containers.len() < MAX_CONTAINERS {
            let indent = rest.indent();
            if indent > 3 || rest.is_blank() {
                return;
            }
            let mut tried = *rest;
            tried.dedent(indent);
            if take_quote(&mut tried) {
                self.containers.push(Container::Quote);
            } else if let Some(marker) = list_marker(tried.text) {
                tried.skip(marker);
                let space = tried.indent();
                // More than four columns behind the marker are the indentation of code.
                let space = if tried.is_blank() || space > 4 { 1 } else { space };
                tried.dedent(space);
                self.containers.push(Container::Indent(indent + marker + space));
            } else if ["!!! ", "??? ", "???+ ", "=== "].iter().any(|marker| tried.text.starts_with(marker)) {
                self.containers.push(Container::Indent(indent + 4));
                return;
            } else {
                return;
            }
            *rest = tried;
        }
    }

    /// A line outside fences: it may open one.
    fn prose(&mut self, mut rest: Rest<'text>) {
        let indent = rest.indent();
        if indent > 3 {
            return;
        }
        rest.dedent(indent);
        if rest.text.starts_with("<!--") {
            self.in_comment = !rest.text.contains("-->");
            return;
        }
        let Some(&marker @ (b'`' | b'~')) = rest.text.as_bytes().first() else { return };
        let length = rest.text.bytes().take_while(|&byte| byte == marker).count();
        let info = rest.text[length..].trim();
        if length < 3 || (marker == b'`' && info.contains('`')) {
            return;
        }
        let block = Block { info: info.to_owned(), span: Span::from_range(rest.at..rest.at), lines: Vec::new() };
        self.open = Some(Open { block, marker, length, indent, depth: self.containers.len() });
    }

    /// Ends the open fence at an offset of the file.
    fn close(&mut self, end: usize) {
        let Some(open) = self.open.take() else { return };
        let mut block = open.block;
        let end = self.text[..end].trim_end_matches(['\n', '\r']).len();
        block.span = Span::from_range(block.span.range().start..end.max(block.span.range().start));
        self.blocks.push(block);
    }
}

fn is_closing(mut rest: Rest<'_>, open: &Open) -> bool {
    if rest.dedent(4) > 3 {
        return false;
    }
    let line = rest.text.trim_end();
    line.len() >= open.length && line.bytes().all(|byte| byte == open.marker)
}

fn take_quote(rest: &mut Rest<'_>) -> bool {
    if !rest.text.starts_with('>') {
        return false;
    }
    rest.skip(1);
    if rest.text.starts_with([' ', '\t']) {
        rest.skip(1);
    }
    true
}

/// Length of the list marker that a line begins with: `-`, `*`, `+`, `1.`, `1)`, with white space behind it.
fn list_marker(line: &str) -> Option<usize> {
    let bytes = line.as_bytes();
    let length = match bytes.first()? {
        b'-' | b'*' | b'+' => 1,
        b'0'..=b'9' => {
            let digits = bytes.iter().take_while(|byte| byte.is_ascii_digit()).count();
            (digits <= 9 && matches!(bytes.get(digits), Some(b'.' | b')'))).then_some(digits + 1)?
        }
        _ => return None,
    };
    matches!(bytes.get(length), None | Some(b' ' | b'\t' | b'\n' | b'\r')).then_some(length)
}
