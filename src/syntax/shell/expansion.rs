//! What a shell expands in words: `$name`, `${name...}`, `$(...)`, backquotes, `$((...))`, `$'...'`.

use super::scanner::{Scanner, is_name};
use super::word::{Parts, Until};
use crate::source::OffsetMap;
use crate::syntax::{Field, Kind};

/// How far the end of `$((` is searched before it is taken for a subshell in a substitution.
const ARITHMETIC_REACH: usize = 4096;

/// Longest `${{ expression }}`.
const EXPRESSION_REACH: usize = 1024;

impl Scanner<'_, '_> {
    /// What begins with `$`.
    pub(super) fn dollar(&mut self, parts: &mut Parts, quoted: bool) {
        let start = self.at;
        let shell = self.dialect.substitutes;
        match self.peek_at(1) {
            Some(b'(') if shell && self.peek_at(2) == Some(b'(') && self.is_arithmetic(start + 3) => {
                self.at += 3;
                parts.label.push_str("$((");
                self.arithmetic(parts);
            }
            Some(b'(') if shell => self.substitution(parts),
            Some(b'{') => self.braced(parts, quoted),
            Some(b'\'') if shell && !quoted => self.ansi_quoted(parts),
            // `$"..."` is a string to translate.
            Some(b'"') if shell && !quoted => self.at += 1,
            Some(byte) if byte.is_ascii_alphabetic() || byte == b'_' => {
                let length = self.bytes[start + 1..].iter().take_while(|&&byte| is_name(byte)).count();
                self.plain_variable(parts, length);
            }
            Some(byte) if byte.is_ascii_digit() => self.plain_variable(parts, 1),
            Some(b'@' | b'*' | b'#' | b'?' | b'$' | b'!' | b'-') if shell => self.plain_variable(parts, 1),
            _ => {
                self.at += 1;
                parts.label.push('$');
            }
        }
    }

    fn plain_variable(&mut self, parts: &mut Parts, length: usize) {
        let start = self.at;
        self.at += 1 + length;
        self.variable(parts, start, start + 1, self.at);
        parts.label.push_str(&self.text[start..self.at]);
    }

    fn variable(&mut self, parts: &Parts, start: usize, name: usize, name_end: usize) -> super::DraftId {
        let node = self.add(Kind::Variable, Field::Part, start, self.at);
        let place = self.span(name, name_end);
        let text = self.text;
        self.draft.label(node, &text[name..name_end], place);
        self.draft.adopt(parts.word, node);
        node
    }

    /// `${name}` and all that can stand behind the name.
    fn braced(&mut self, parts: &mut Parts, quoted: bool) {
        let start = self.at;
        if self.workflow_expression(parts) {
            return;
        }
        self.at += 2;
        // `${#name}` is a length and `${!name}` an indirection.
        if matches!(self.peek(), Some(b'#' | b'!')) && self.peek_at(1).is_some_and(is_name) {
            self.at += 1;
        }
        let name = self.at;
        while self.peek().is_some_and(is_name) {
            self.at += 1;
        }
        if self.at == name && matches!(self.peek(), Some(b'@' | b'*' | b'#' | b'?' | b'$' | b'!' | b'-')) {
            self.at += 1;
        }
        let name_end = self.at;
        if name_end == name {
            self.problem(start, start + 2, "expected the name of a variable after `${`");
            self.at = start + 2;
            parts.label.push_str("${");
            return;
        }
        let node = self.variable(parts, start, name, name_end);
        if self.peek() == Some(b'[') {
            let rest = self.bytes[self.at..].iter().take(256).take_while(|&&byte| byte != b'\n');
            self.at += rest.take_while(|&&byte| byte != b']').count();
            self.at += usize::from(self.peek() == Some(b']'));
        }
        if self.descend(1, node) {
            self.operator(node, quoted);
            self.ascend(1);
        }
        if self.peek() == Some(b'}') {
            self.at += 1;
        } else {
            self.problem(start, start + 2, "`${` is not closed");
        }
        self.end_node(node, self.at);
        parts.label.push_str(&self.text[start..self.at]);
    }

    /// Operator and operand between the name and `}`.
    fn operator(&mut self, variable: super::DraftId, quoted: bool) {
        let rest = self.bytes[self.at..].iter();
        let length = rest.take_while(|byte| matches!(byte, b':' | b'-' | b'=' | b'?' | b'+')).take(2).count();
        let field = match &self.bytes[self.at..self.at + length] {
            b":-" | b"-" | b":=" | b"=" => Field::Default,
            [] if matches!(self.peek(), None | Some(b'}')) => return,
            _ => Field::Value,
        };
        if length == 0 {
            // `%`, `%%`, `#`, `##`, `/`, `//`, `^`, `,`, `@`: one character, perhaps twice.
            let first = self.peek();
            self.step();
            self.at += usize::from(matches!(first, Some(b'%' | b'#' | b'/' | b'^' | b',')) && self.peek() == first);
        }
        // Two characters of which only the first is the operator, as in `${name--1}`.
        let one = length == 2 && self.peek() != Some(b':');
        self.at += if one { 1 } else { length };
        let operand = self.word(field, Until::Brace { quoted });
        self.draft.adopt(variable, operand);
    }

    /// `${{ expression }}` of GitHub workflows, which no shell would accept: a Variable labelled with the expression.
    fn workflow_expression(&mut self, parts: &mut Parts) -> bool {
        if !self.looking_at("${{") {
            return false;
        }
        let start = self.at;
        if self.double_brace < start + 3 {
            let rest = self.text[start + 3..].find("}}");
            self.double_brace = rest.map_or(self.text.len(), |length| start + 3 + length);
        }
        let end = self.double_brace;
        if end == self.text.len() || end - start > EXPRESSION_REACH {
            return false;
        }
        self.at = end + 2;
        let content = &self.text[start + 3..end];
        let name = start + 3 + (content.len() - content.trim_start().len());
        let name_end = name + content.trim().len();
        self.variable(parts, start, name, name_end);
        parts.label.push_str(&self.text[start..self.at]);
        true
    }

    /// `$(...)`; `<(...)` and `>(...)` too.
    fn substitution(&mut self, parts: &mut Parts) {
        let start = self.at;
        self.at += 2;
        let node = self.add(Kind::Substitution, Field::Part, start, self.at);
        self.draft.adopt(parts.word, node);
        let body = self.add(Kind::Script, Field::Body, self.at, self.at);
        self.draft.adopt(node, body);
        if self.descend(2, body) {
            self.list(body, &[")"]);
            self.ascend(2);
        }
        if self.at > start + 2 {
            self.end_node(body, self.at);
        }
        if self.peek() == Some(b')') {
            self.at += 1;
        } else {
            self.problem(start, start + 2, "command substitution is not closed, expected `)`");
        }
        self.end_node(node, self.at);
        parts.label.push_str(&self.text[start..self.at]);
    }

    pub(super) fn process_substitution(&mut self, parts: &mut Parts) {
        self.substitution(parts);
    }

    /// `` `...` ``, where a backslash protects backquotes, backslashes and dollars.
    pub(super) fn backquoted(&mut self, parts: &mut Parts) {
        let start = self.at;
        let mut end = start + 1;
        while let Some(&byte) = self.bytes.get(end)
            && !self.lone_backquote
            && byte != b'`'
        {
            end += if byte == b'\\' { 2 } else { 1 };
        }
        if self.bytes.get(end) != Some(&b'`') {
            self.lone_backquote = true;
            self.problem(start, start + 1, "backquote is not closed");
            self.at += 1;
            parts.label.push('`');
            return;
        }
        self.at = end + 1;
        let node = self.add(Kind::Substitution, Field::Part, start, self.at);
        self.draft.adopt(parts.word, node);
        parts.label.push_str(&self.text[start..self.at]);
        if !self.descend(2, node) {
            return;
        }
        let text = self.text;
        let content = &text[start + 1..end];
        let map = self.map;
        let body = if content.contains('\\') {
            let (content, map) = unescaped(content, start + 1, map);
            let mut inner = self.inner(&content, &map);
            let body = inner.script(Field::Body);
            inner.finish();
            let rewinds = inner.rewinds;
            self.rewinds = rewinds;
            body
        } else {
            let mut inner = self.inner(&text[..end], map);
            inner.at = start + 1;
            let body = inner.script(Field::Body);
            inner.finish();
            let rewinds = inner.rewinds;
            self.rewinds = rewinds;
            body
        };
        self.draft.adopt(node, body);
        self.ascend(2);
    }

    /// Whether a `((` that ends at `from` has its `))`.
    pub(super) fn is_arithmetic(&self, from: usize) -> bool {
        let mut depth = 0_usize;
        let window = self.bytes[from.min(self.bytes.len())..].iter().take(ARITHMETIC_REACH).enumerate();
        for (index, &byte) in window {
            match byte {
                b'(' => depth += 1,
                b')' if depth == 0 => return self.bytes.get(from + index + 1) == Some(&b')'),
                b')' => depth -= 1,
                _ => {}
            }
        }
        false
    }

    /// An arithmetic expression up to and with its `))`: text, and what is expanded in it.
    pub(super) fn arithmetic(&mut self, parts: &mut Parts) {
        let mut depth = 0_usize;
        while let Some(byte) = self.peek() {
            match byte {
                b')' if depth == 0 => {
                    self.at += if self.peek_at(1) == Some(b')') { 2 } else { 1 };
                    parts.label.push_str("))");
                    return;
                }
                b')' => depth -= 1,
                b'(' => depth += 1,
                b'$' => {
                    self.dollar(parts, true);
                    continue;
                }
                b'`' => {
                    self.backquoted(parts);
                    continue;
                }
                _ => {}
            }
            let start = self.at;
            self.step();
            parts.label.push_str(&self.text[start..self.at]);
        }
    }

    /// `$'...'` with the escapes of C.
    fn ansi_quoted(&mut self, parts: &mut Parts) {
        let start = self.at;
        let rest = &self.text[start + 2..];
        let mut chars = rest.char_indices();
        let before = parts.label.len();
        while let Some((index, char)) = chars.next() {
            match char {
                '\'' => {
                    self.at = start + 2 + index + 1;
                    return;
                }
                '\\' => match chars.next() {
                    Some((_, 'n')) => parts.label.push('\n'),
                    Some((_, 't')) => parts.label.push('\t'),
                    Some((_, 'r')) => parts.label.push('\r'),
                    Some((_, 'e' | 'E')) => parts.label.push('\u{1b}'),
                    Some((at, radix @ ('x' | 'u' | 'U'))) => {
                        let most = if radix == 'x' { 2 } else { 8 };
                        let digits = rest[at + 1..].bytes().take(most).take_while(u8::is_ascii_hexdigit).count();
                        let value = u32::from_str_radix(&rest[at + 1..at + 1 + digits], 16);
                        parts.label.push(value.ok().and_then(char::from_u32).unwrap_or(char::REPLACEMENT_CHARACTER));
                        (0..digits).for_each(|_| _ = chars.next());
                    }
                    Some((_, other)) => parts.label.push(other),
                    None => {}
                },
                other => parts.label.push(other),
            }
        }
        self.problem(start, start + 2, "quote is not closed");
        parts.label.truncate(before);
        parts.label.push_str("$'");
        self.at = start + 2;
    }
}

/// The content of backquotes as the shell inside reads it, and where it stands.
fn unescaped(content: &str, from: usize, outer: &OffsetMap) -> (String, OffsetMap) {
    let whole = outer.span(crate::source::Span::from_range(from..from + content.len()));
    let mut map = OffsetMap::new(whole);
    let mut text = String::with_capacity(content.len());
    let mut chars = content.char_indices().peekable();
    while let Some((mut index, mut char)) = chars.next() {
        if char == '\\'
            && let Some(&(next_index, next @ ('`' | '\\' | '$'))) = chars.peek()
        {
            (index, char) = (next_index, next);
            chars.next();
        }
        let place = crate::source::Span::from_range(from + index..from + index).start;
        map.push(crate::source::Span::from_range(text.len()..text.len()).start, outer.offset(place));
        text.push(char);
    }
    (text, map)
}
