//! JSON as people write it: comments, trailing commas, single quotes, unquoted keys, and several values in one text.
//!
//! One pass without recursion that goes on after a mistake: a place that is no JSON is one problem, what stands around it
//! is kept. Each value at the top is an `Item` of the root, so that JSON lines are a text like any other. An unquoted
//! template (`{{ ... }}`) is a `Str` whose label is the template as written, as in YAML. This module knows no schema.

use super::yaml::{FlowStyle, cook_flow};
use super::{Field, Kind, Language, MAX_DEPTH, MAX_PROBLEMS, NodeId, Parsed, Problem, TreeBuilder};
use crate::source::Span;
use std::sync::Arc;

/// A template that is longer, in bytes, is none.
const MAX_TEMPLATE: usize = 512;

/// Parses JSON.
#[expect(clippy::needless_pass_by_value, reason = "every front end takes the text it puts into the tree")]
pub fn parse(text: Arc<str>) -> Parsed {
    let mut builder = TreeBuilder::new(Language::Json, Arc::clone(&text));
    builder.open(Kind::Document, Field::None, Span::from_range(0..text.len()));
    let mut parser = Parser { text: &text, at: 0, builder, frames: Vec::new(), problems: Vec::new() };
    parser.run();
    Parsed { tree: parser.builder.finish(), problems: parser.problems }
}

/// What an open collection waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Role {
    Item,
    Key,
    /// A key was read, its colon was not.
    Colon(NodeId),
    Value(NodeId),
}

#[derive(Debug)]
struct Frame {
    node: NodeId,
    role: Role,
    /// The error node around a collection that stands where a key should.
    misplaced: Option<NodeId>,
}

struct Parser<'text> {
    text: &'text str,
    at: usize,
    builder: TreeBuilder,
    frames: Vec<Frame>,
    problems: Vec<Problem>,
}

impl Parser<'_> {
    fn byte(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn run(&mut self) {
        while let Some(byte) = self.byte() {
            match byte {
                b' ' | b'\t' | b'\r' | b'\n' => self.at += 1,
                b'/' if matches!(self.text.as_bytes().get(self.at + 1), Some(b'/' | b'*')) => self.comment(),
                b'{' if self.template() => {}
                b'{' => self.open(Kind::Mapping),
                b'[' => self.open(Kind::Sequence),
                b'}' => self.close(Kind::Mapping),
                b']' => self.close(Kind::Sequence),
                b',' => self.comma(),
                b':' => self.colon(),
                b'"' | b'\'' => self.string(byte),
                _ => self.word(),
            }
        }
        if !self.frames.is_empty() {
            self.problem(Span::at(self.offset()), "expected a closing bracket before the end");
        }
        while !self.frames.is_empty() {
            self.close_top(false);
        }
    }

    #[expect(clippy::cast_possible_truncation, reason = "the reader refuses files of 4 GiB and more")]
    fn offset(&self) -> u32 {
        self.at as u32
    }

    fn problem(&mut self, span: Span, message: &str) {
        if self.problems.len() < MAX_PROBLEMS {
            self.problems.push(Problem { span, message: message.to_owned() });
        }
    }

    fn comment(&mut self) {
        let start = self.at;
        let rest = &self.text[start..];
        if rest.starts_with("//") {
            self.at += rest.find(['\n', '\r']).unwrap_or(rest.len());
        } else if let Some(length) = rest[2..].find("*/") {
            self.at += length + 4;
        } else {
            self.at = self.text.len();
            self.problem(Span::from_range(start..start + 2), "expected `*/`");
        }
        self.builder.comment(Span::from_range(start..self.at));
    }

    // ---- where a value goes ------------------------------------------------------------------------------------------

    /// The role of a scalar that comes next; opens its pair when it is a key.
    fn place(&mut self, span: Span) -> Field {
        let Some(frame) = self.frames.last_mut() else { return Field::Item };
        match frame.role {
            Role::Item => Field::Item,
            Role::Key => {
                let pair = self.builder.open(Kind::Pair, Field::Item, span);
                frame.role = Role::Colon(pair);
                Field::Key
            }
            Role::Colon(pair) => {
                frame.role = Role::Value(pair);
                self.problem(Span::at(span.start), "expected `:`");
                Field::Value
            }
            Role::Value(_) => Field::Value,
        }
    }

    /// The value of a pair is complete.
    fn placed(&mut self, span: Span) {
        if let Some(Frame { role: role @ Role::Value(_), .. }) = self.frames.last_mut()
            && let Role::Value(pair) = *role
        {
            *role = Role::Key;
            let span = self.builder.span(pair).cover(span);
            self.builder.set_span(pair, span);
            self.builder.close(pair);
        }
    }

    fn scalar(&mut self, kind: Kind, span: Span, label: Span) {
        let field = self.place(span);
        let kind = if field == Field::Key { Kind::Str } else { kind };
        let node = self.builder.labelled_leaf(kind, field, span, label);
        if kind == Kind::Str && self.text[label.range()].contains('\\') {
            let source = &self.text[span.range()];
            let cooked = cook_flow(source, span.start as usize, FlowStyle::Double);
            self.builder.label(node, &cooked.text);
        }
        if field == Field::Value {
            self.placed(span);
        }
    }

    /// A pair that ends without its value.
    fn end_pair(&mut self) {
        let Some(frame) = self.frames.last_mut() else { return };
        if let Role::Colon(pair) | Role::Value(pair) = frame.role {
            frame.role = Role::Key;
            self.builder.close(pair);
            self.problem(Span::at(self.offset()), "expected a value");
        }
    }

    // ---- tokens ------------------------------------------------------------------------------------------------------

    fn comma(&mut self) {
        self.end_pair();
        self.at += 1;
    }

    fn colon(&mut self) {
        match self.frames.last_mut() {
            Some(Frame { role: role @ Role::Colon(_), .. }) => {
                if let Role::Colon(pair) = *role {
                    *role = Role::Value(pair);
                }
            }
            _ => self.problem(Span::from_range(self.at..self.at + 1), "unexpected `:`"),
        }
        self.at += 1;
    }

    fn string(&mut self, quote: u8) {
        let start = self.at;
        let bytes = self.text.as_bytes();
        let mut at = start + 1;
        loop {
            match bytes.get(at) {
                Some(b'\\') if !matches!(bytes.get(at + 1), None | Some(b'\n' | b'\r')) => at += 2,
                Some(&byte) if byte == quote => break,
                None | Some(b'\n' | b'\r') => {
                    self.at = at.min(bytes.len());
                    let span = Span::from_range(start..self.at);
                    self.problem(span, "expected a closing quote on the line");
                    self.error(span);
                    return;
                }
                Some(_) => at += 1,
            }
        }
        self.at = at + 1;
        self.scalar(Kind::Str, Span::from_range(start..at + 1), Span::from_range(start + 1..at));
    }

    fn word(&mut self) {
        let start = self.at;
        let rest = &self.text[start..];
        let ends = |character: char| character.is_whitespace() || "{}[],:\"'/".contains(character);
        let first = rest.chars().next().map_or(1, char::len_utf8);
        let length = first + rest[first..].find(ends).unwrap_or(rest.len() - first);
        self.at += length;
        let span = Span::from_range(start..self.at);
        let kind = match &rest[..length] {
            "true" | "false" => Kind::Bool,
            "null" => Kind::Null,
            "NaN" | "Infinity" | "-Infinity" => Kind::Number,
            word if word.starts_with(|first: char| first.is_ascii_digit() || "+-.".contains(first)) => Kind::Number,
            _ if self.frames.last().is_some_and(|frame| frame.role == Role::Key) => Kind::Str,
            _ => {
                self.problem(span, "expected a value");
                self.error(span);
                return;
            }
        };
        let label = if kind == Kind::Null { Span::at(span.start) } else { span };
        self.scalar(kind, span, label);
    }

    fn error(&mut self, span: Span) {
        let is_key = self.frames.last().is_some_and(|frame| frame.role == Role::Key);
        let field = if is_key { Field::Item } else { self.place(span) };
        self.builder.leaf(Kind::Error, field, span);
        if field == Field::Value {
            self.placed(span);
        }
    }

    /// `{{ ... }}` on one line, where a value may stand.
    fn template(&mut self) -> bool {
        let rest = &self.text[self.at..];
        if !rest.starts_with("{{") {
            return false;
        }
        let near = &rest.as_bytes()[..rest.len().min(MAX_TEMPLATE)];
        let line = near.split(|byte| matches!(byte, b'\n' | b'\r')).next().unwrap_or(near);
        let Some(length) = line.windows(2).position(|pair| pair == b"}}") else { return false };
        let span = Span::from_range(self.at..self.at + length + 2);
        self.at += length + 2;
        self.scalar(Kind::Str, span, span);
        true
    }

    // ---- collections -------------------------------------------------------------------------------------------------

    fn open(&mut self, kind: Kind) {
        let start = Span::from_range(self.at..self.at + 1);
        if self.frames.len() * 2 + 6 > MAX_DEPTH {
            self.skip();
            return;
        }
        let is_key = self.frames.last().is_some_and(|frame| frame.role == Role::Key);
        let (field, misplaced) = if is_key {
            self.problem(start, "expected a key");
            (Field::Item, Some(self.builder.open(Kind::Error, Field::Item, start)))
        } else {
            (self.place(start), None)
        };
        let node = self.builder.open(kind, field, start);
        let role = if kind == Kind::Mapping { Role::Key } else { Role::Item };
        self.frames.push(Frame { node, role, misplaced });
        self.at += 1;
    }

    fn close(&mut self, kind: Kind) {
        let matching = self.frames.iter().rposition(|frame| self.builder.kind(frame.node) == kind);
        let Some(matching) = matching else {
            self.problem(Span::from_range(self.at..self.at + 1), "unexpected closing bracket");
            self.at += 1;
            return;
        };
        if matching + 1 < self.frames.len() {
            self.problem(Span::from_range(self.at..self.at + 1), "expected another closing bracket first");
        }
        while self.frames.len() > matching + 1 {
            self.close_top(false);
        }
        self.close_top(true);
    }

    fn close_top(&mut self, with_bracket: bool) {
        self.end_pair();
        let Some(frame) = self.frames.pop() else { return };
        self.at += usize::from(with_bracket);
        let span = Span::new(self.builder.span(frame.node).start, self.offset());
        self.builder.set_span(frame.node, span);
        self.builder.close(frame.node);
        if let Some(error) = frame.misplaced {
            self.builder.set_span(error, span);
            self.builder.close(error);
        } else {
            self.placed(span);
        }
    }

    /// Skips a collection that nests too deep, up to its closing bracket.
    fn skip(&mut self) {
        let start = self.at;
        let bytes = self.text.as_bytes();
        let mut open = 0_usize;
        let mut in_string = false;
        let mut end = bytes.len();
        let mut at = start;
        while let Some(&byte) = bytes.get(at) {
            match byte {
                b'\\' if in_string => at += 1,
                b'"' => in_string = !in_string,
                b'{' | b'[' if !in_string => open += 1,
                b'}' | b']' if !in_string => {
                    open -= 1;
                    if open == 0 {
                        end = at + 1;
                        break;
                    }
                }
                _ => {}
            }
            at += 1;
        }
        self.at = end;
        let span = Span::from_range(start..end);
        self.problem(span, &format!("collections nest deeper than {MAX_DEPTH} levels"));
        self.error(span);
    }
}

#[cfg(test)]
mod tests;
