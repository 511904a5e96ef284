//! Literals: strings with their content, numbers as they are written.

use super::lowering::Lowering;
use crate::source::Span;
use crate::syntax::{Field, Kind};
use std::fmt::Write as _;
use syn::Lit;

impl Lowering<'_> {
    pub fn literal(&mut self, literal: &Lit, field: Field) -> Span {
        let span = self.range(literal.span());
        match literal {
            Lit::Str(string) => match self.plain_content(span) {
                Some(content) => self.labelled_leaf(Kind::Str, field, span, content),
                None => self.cooked(Kind::Str, field, span, &string.value()),
            },
            Lit::ByteStr(string) => match self.plain_content(span) {
                Some(content) => self.labelled_leaf(Kind::Bytes, field, span, content),
                None => self.cooked(Kind::Bytes, field, span, &bytes_label(&string.value())),
            },
            Lit::CStr(string) => match self.plain_content(span) {
                Some(content) if self.text[content.range()].is_ascii() => {
                    self.labelled_leaf(Kind::Bytes, field, span, content)
                }
                _ => self.cooked(Kind::Bytes, field, span, &bytes_label(string.value().as_bytes())),
            },
            Lit::Byte(byte) => self.cooked(Kind::Bytes, field, span, &bytes_label(&[byte.value()])),
            Lit::Char(char) => self.cooked(Kind::Str, field, span, char.value().encode_utf8(&mut [0; 4])),
            Lit::Bool(_) => self.labelled_leaf(Kind::Bool, field, span, span),
            _ if self.text[span.range()].starts_with('-') => {
                let open = self.open(Kind::Unary, field);
                let sign = Span::new(span.start, span.start + 1);
                let digits = self.text[span.range()][1..].trim_start().len();
                let number = Span::from_range(span.end as usize - digits..span.end as usize);
                self.labelled_leaf(Kind::Number, Field::Operand, number, number);
                self.close_labelled(open, span, sign);
                span
            }
            _ => self.labelled_leaf(Kind::Number, field, span, span),
        }
    }

    /// Where a string's content stands, when it stands in the text as it is: no escapes, no carriage returns.
    fn plain_content(&self, span: Span) -> Option<Span> {
        let source = self.text.get(span.range())?;
        let quote = source.find('"')?;
        let (prefix, rest) = source.split_at(quote);
        let hashes = prefix.bytes().filter(|&byte| byte == b'#').count();
        let content = rest.get(1..)?.strip_suffix(prefix.trim_start_matches(|char: char| char != '#'))?;
        let content = content.strip_suffix('"')?;
        let raw = prefix.contains('r');
        let changed = content.contains('\r') || (!raw && content.contains('\\'));
        let start = span.start as usize + prefix.len() + 1;
        (!changed && source.len() == prefix.len() + content.len() + 2 + hashes)
            .then(|| Span::from_range(start..start + content.len()))
    }

    fn cooked(&mut self, kind: Kind, field: Field, span: Span, content: &str) -> Span {
        let id = self.builder.leaf(kind, field, span);
        self.builder.label(id, content);
        self.builder.close(id);
        span
    }
}

/// Bytes as text: ASCII as it is, the rest as `\xNN`.
fn bytes_label(bytes: &[u8]) -> String {
    let mut label = String::with_capacity(bytes.len());
    for &byte in bytes {
        if byte < 0x80 {
            label.push(char::from(byte));
        } else {
            let _ = write!(label, "\\x{byte:02x}");
        }
    }
    label
}
