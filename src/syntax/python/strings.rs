//! String literals: prefixes, escapes, implicit concatenation, f-strings.

use super::grammar::Syntax;
use super::lowering::{Here, Lowering};
use crate::source::Span;
use crate::syntax::{Field, Kind, NodeId};
use std::borrow::Cow;

/// What the prefix and the quotes of one literal say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "the letters of a prefix combine freely")]
pub(super) struct Literal {
    /// What stands between the quotes.
    pub content: Span,
    raw: bool,
    pub bytes: bool,
    /// `f` or `t`: braces hold expressions.
    formatted: bool,
    pub template: bool,
    /// Python 2's backquotes, which mean `repr(...)`.
    backquoted: bool,
}

impl Literal {
    /// Reads a literal; one without its closing quotes ends where the parser says.
    pub fn read(source: &str, span: Span) -> Self {
        let prefix = source.find(['"', '\'', '`']).unwrap_or(0).min(3);
        let has = |letter: u8| source.as_bytes()[..prefix].iter().any(|byte| byte.eq_ignore_ascii_case(&letter));
        let rest = &source[prefix..];
        let width = if rest.starts_with("\"\"\"") || rest.starts_with("'''") { 3 } else { 1.min(rest.len()) };
        let quotes = &rest[..width];
        let body = &rest[width..];
        let length = body.strip_suffix(quotes).unwrap_or(body).len();
        let start = span.range().start + prefix + width;
        Self {
            content: Span::from_range(start..start + length),
            raw: has(b'r'),
            bytes: has(b'b'),
            formatted: has(b'f') || has(b't'),
            template: has(b't'),
            backquoted: quotes == "`",
        }
    }

    /// The content of the literal, or of a piece of it, with its escapes resolved.
    pub fn cook(self, piece: &str) -> Cow<'_, str> {
        cook(piece, self.raw, self.bytes, self.formatted)
    }
}

impl Lowering<'_> {
    fn literal(&self, here: Here) -> Literal {
        Literal::read(self.slice(here.span), here.span)
    }

    /// One literal.
    pub(super) fn string(&mut self, here: Here, field: Field) {
        let literal = self.literal(here);
        if literal.formatted {
            let id = self.open_formatted(here, field, literal);
            self.formatted_parts(literal);
            self.close(id);
        } else {
            self.plain_string(here, field, literal);
        }
    }

    fn plain_string(&mut self, here: Here, field: Field, literal: Literal) {
        if self.is_faulty() {
            self.problem(here.span, "string is not closed".to_owned());
        }
        if literal.backquoted {
            let id = self.leaf(Kind::Other, field, here.span);
            self.label(id, "repr");
            return;
        }
        let id = self.leaf(if literal.bytes { Kind::Bytes } else { Kind::Str }, field, here.span);
        self.cooked_label(id, literal, literal.content);
    }

    /// Labels a node by a piece of a literal; a piece without escapes is not copied.
    fn cooked_label(&mut self, id: NodeId, literal: Literal, piece: Span) {
        let text = self.text();
        match literal.cook(text.get(piece.range()).unwrap_or("")) {
            Cow::Borrowed(_) => self.label_span(id, piece),
            Cow::Owned(cooked) => self.label(id, &cooked),
        }
    }

    fn open_formatted(&mut self, here: Here, field: Field, literal: Literal) -> NodeId {
        let id = self.open(Kind::FString, field, here.span);
        if literal.template {
            self.label(id, "t");
        }
        id
    }

    /// Lowers what stands in the f-string under the cursor into Parts.
    fn formatted_parts(&mut self, literal: Literal) {
        let mut child = self.enter();
        while let Some(part) = child {
            match part.syntax {
                Syntax::StringContent => {
                    let id = self.leaf(Kind::Str, Field::Part, part.span);
                    self.cooked_label(id, literal, part.span);
                }
                _ if part.syntax.is_token() => {}
                _ => self.expression(part, Field::Part),
            }
            child = self.next();
        }
    }

    /// Literals side by side: one Str or Bytes with the joined content, or an `FString` if one of them is formatted.
    pub(super) fn concatenated_string(&mut self, here: Here, field: Field) {
        let mut formatted = None;
        let mut first = None;
        let mut child = self.peek_first();
        while let Some(part) = child {
            if part.syntax == Syntax::String {
                let literal = self.literal(part);
                first.get_or_insert(literal);
                if literal.formatted {
                    formatted.get_or_insert(literal);
                }
            }
            child = self.peek_next();
        }
        match (formatted, first) {
            (Some(formatted), _) => self.concatenated_parts(here, field, formatted),
            (None, Some(first)) => {
                let kind = if first.bytes { Kind::Bytes } else { Kind::Str };
                let label = self.joined_label();
                let id = self.leaf(kind, field, here.span);
                self.label(id, &label);
            }
            (None, None) => _ = self.leaf(Kind::Error, field, here.span),
        }
    }

    fn concatenated_parts(&mut self, here: Here, field: Field, formatted: Literal) {
        let id = self.open_formatted(here, field, formatted);
        let mut child = self.enter_node();
        while let Some(part) = child {
            if part.syntax == Syntax::String {
                let literal = self.literal(part);
                if literal.formatted {
                    self.formatted_parts(literal);
                } else {
                    self.plain_string(part, Field::Part, literal);
                }
            } else {
                self.expression(part, Field::None);
            }
            child = self.next_node();
        }
        self.close(id);
    }

    fn joined_label(&mut self) -> String {
        let text = self.text();
        let mut label = String::new();
        let mut child = self.enter_node();
        while let Some(part) = child {
            if part.syntax == Syntax::String {
                let literal = self.literal(part);
                label.push_str(&literal.cook(text.get(literal.content.range()).unwrap_or("")));
            }
            child = self.next_node();
        }
        label
    }

    /// `{value!r:format}`.
    pub(super) fn interpolation(&mut self, here: Here, field: Field) {
        let id = self.open(Kind::Interpolation, field, here.span);
        let mut child = self.enter_node();
        while let Some(part) = child {
            match part.syntax {
                Syntax::TypeConversion => self.label_span(id, Span::new(part.span.start + 1, part.span.end)),
                Syntax::FormatSpecifier => self.format_specifier(part),
                _ => self.expression(part, Field::Value),
            }
            child = self.next_node();
        }
        self.close(id);
    }

    /// The text behind the colon: a Str, or an `FString` if it holds expressions of its own.
    fn format_specifier(&mut self, here: Here) {
        let content = Span::new(here.span.start + 1, here.span.end);
        if !self.holds_format_expression() {
            self.labelled(Kind::Str, Field::Format, content);
            return;
        }
        let id = self.open(Kind::FString, Field::Format, content);
        let mut done = content.start;
        let mut child = self.enter();
        while let Some(part) = child {
            if part.syntax == Syntax::FormatExpression {
                if done < part.span.start {
                    self.labelled(Kind::Str, Field::Part, Span::new(done, part.span.start));
                }
                self.expression(part, Field::Part);
                done = part.span.end;
            }
            child = self.next();
        }
        if done < content.end {
            self.labelled(Kind::Str, Field::Part, Span::new(done, content.end));
        }
        self.close(id);
    }

    fn holds_format_expression(&mut self) -> bool {
        let mut found = false;
        let mut child = self.peek_first();
        while let Some(part) = child {
            found |= matches!(part.syntax, Syntax::FormatExpression | Syntax::Error);
            child = self.peek_next();
        }
        found
    }
}

/// Resolves the escapes of a literal's content, as docs.python.org "String and Bytes literals" lists them. Doubled braces
/// of formatted literals become single ones, line ends become LF. Escapes that Python leaves alone, `\N{...}` and lone
/// surrogates stay as written.
fn cook(content: &str, raw: bool, bytes: bool, formatted: bool) -> Cow<'_, str> {
    let special = |byte: u8| match byte {
        b'\\' => !raw,
        b'\r' => true,
        b'{' | b'}' => formatted,
        _ => false,
    };
    let Some(first) = content.bytes().position(special) else { return Cow::Borrowed(content) };
    let mut out = String::with_capacity(content.len());
    let mut rest = content;
    let mut next = Some(first);
    while let Some(at) = next {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let taken = match rest.as_bytes()[0] {
            b'\\' => escape(rest, bytes, &mut out),
            b'\r' => {
                out.push('\n');
                if rest.starts_with("\r\n") { 2 } else { 1 }
            }
            brace => {
                out.push(char::from(brace));
                if rest.as_bytes().get(1) == Some(&brace) { 2 } else { 1 }
            }
        };
        rest = &rest[taken..];
        next = rest.bytes().position(special);
    }
    out.push_str(rest);
    Cow::Owned(out)
}

/// Resolves the escape that `rest` begins with, and returns its length in bytes.
fn escape(rest: &str, bytes: bool, out: &mut String) -> usize {
    let Some(letter) = rest[1..].chars().next() else {
        out.push('\\');
        return 1;
    };
    let simple = match letter {
        '\n' => return 2,
        '\r' => return if rest[2..].starts_with('\n') { 3 } else { 2 },
        '\\' | '\'' | '"' => Some(letter),
        'a' => Some('\x07'),
        'b' => Some('\x08'),
        'f' => Some('\x0c'),
        'n' => Some('\n'),
        'r' => Some('\r'),
        't' => Some('\t'),
        'v' => Some('\x0b'),
        _ => None,
    };
    if let Some(simple) = simple {
        out.push(simple);
        return 2;
    }
    let (skip, radix, least, most) = match letter {
        '0'..='7' => (1, 8, 1, 3),
        'x' => (2, 16, 2, 2),
        'u' if !bytes => (2, 16, 4, 4),
        'U' if !bytes => (2, 16, 8, 8),
        _ => {
            out.push('\\');
            return 1;
        }
    };
    let digits: &str = {
        let tail = &rest[skip..];
        let length = tail.bytes().take(most).take_while(|&byte| char::from(byte).is_digit(radix)).count();
        &tail[..length]
    };
    let value = u32::from_str_radix(digits, radix).ok().filter(|_| digits.len() >= least);
    match value {
        Some(value) if bytes && value > 127 => {
            use std::fmt::Write as _;
            let _ = write!(out, "\\x{:02x}", value & 0xFF);
        }
        Some(value) => match char::from_u32(value) {
            Some(character) => out.push(character),
            None => out.push_str(&rest[..skip + digits.len()]),
        },
        None => {
            out.push('\\');
            return 1;
        }
    }
    skip + digits.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cooked(source: &str) -> String {
        let literal = Literal::read(source, Span::from_range(0..source.len()));
        literal.cook(&source[literal.content.range()]).into_owned()
    }

    #[test]
    fn escapes_are_resolved() {
        for (source, content) in [
            (r"'a'", "a"),
            (r"''", ""),
            (r#""""a"b""""#, "a\"b"),
            (r"'\n\t\r\\\'\a\b\f\v'", "\n\t\r\\'\x07\x08\x0c\x0b"),
            (r#"'\"'"#, "\""),
            (r"'\x41\u00e9\U0001F600'", "A\u{e9}\u{1F600}"),
            (r"'\101\0\78'", "A\0\x078"),
            (r"'\d\w\N{BULLET}'", r"\d\w\N{BULLET}"),
            (r"'\x4\u12'", r"\x4\u12"),
            (r"'\ud800'", r"\ud800"),
            ("'a\\\nb\\\r\nc'", "abc"),
            ("'''a\r\nb\rc'''", "a\nb\nc"),
            (r"r'\n\''", r"\n\'"),
            (r"Rb'\x00'", r"\x00"),
            (r"b'\xff\x41\377\u1234'", r"\xffA\xff\u1234"),
            (r"u'\u0041'", "A"),
            (r"'{{'", "{{"),
            ("'\u{e9}\\n'", "\u{e9}\n"),
            (r"'open", "open"),
            (r"'\", r"\"),
        ] {
            assert_eq!(cooked(source), content, "{source}");
        }
        assert_eq!(cook("{{a}}\\n", false, false, true), "{a}\n");
    }

    #[test]
    fn content_without_escapes_is_not_copied() {
        assert!(matches!(cook("plain \u{e9}", false, false, true), Cow::Borrowed(_)));
    }
}
