//! String literals side by side, and the expressions in formatted ones.

use super::tokens::{Bracket, Token, Word};
use super::{NotPlain, Reader, Step};
use crate::source::Span;
use crate::syntax::python::strings::Literal;
use crate::syntax::{Field, Kind, NodeId};
use std::borrow::Cow;

impl Reader<'_> {
    /// One literal, or several side by side.
    pub(super) fn strings(&mut self, field: Field) -> Step<Span> {
        let start = self.span().start;
        let mut plain: Vec<(Span, Literal)> = Vec::new();
        while self.token() == Token::Str {
            let span = self.span();
            plain.push((span, Literal::read(&self.text[span.range()], span)));
            self.take()?;
        }
        if self.token() == Token::FormattedStart {
            return self.formatted(field, start, &plain);
        }
        match plain.as_slice() {
            [] => Err(NotPlain),
            &[(span, literal)] => {
                self.plain_string(field, span, literal);
                Ok(span)
            }
            [(_, first), .., (last, _)] => {
                let label: String =
                    plain.iter().map(|(_, literal)| literal.cook(&self.text[literal.content.range()])).collect();
                let span = Span::new(start, last.end);
                let id = self.leaf(if first.bytes { Kind::Bytes } else { Kind::Str }, field, span);
                self.builder.label(id, &label);
                Ok(span)
            }
        }
    }

    fn plain_string(&mut self, field: Field, span: Span, literal: Literal) {
        let id = self.leaf(if literal.bytes { Kind::Bytes } else { Kind::Str }, field, span);
        self.cooked_label(id, literal, literal.content);
    }

    /// Labels a node by a piece of a literal; a piece without escapes is not copied.
    fn cooked_label(&mut self, id: NodeId, literal: Literal, piece: Span) {
        match literal.cook(&self.text[piece.range()]) {
            Cow::Borrowed(_) => self.builder.label_span(id, piece),
            Cow::Owned(cooked) => self.builder.label(id, &cooked),
        }
    }

    /// Literals side by side of which the next is the first formatted one.
    fn formatted(&mut self, field: Field, start: u32, before: &[(Span, Literal)]) -> Step<Span> {
        let id = self.open(Kind::FString, field, start);
        for &(span, literal) in before {
            self.plain_string(Field::Part, span, literal);
        }
        let mut is_first = true;
        let mut end = start;
        loop {
            if !matches!(self.token(), Token::Str | Token::FormattedStart) {
                break;
            }
            let span = self.span();
            let literal = Literal::read(&self.text[span.range()], span);
            match self.token() {
                Token::Str => {
                    self.plain_string(Field::Part, span, literal);
                    end = self.take()?.end;
                }
                _ => {
                    if is_first && literal.template {
                        self.builder.label(id, "t");
                    }
                    is_first = false;
                    end = self.deeper(|reader| reader.parts(literal, span))?;
                    self.tokens.resume(end)?;
                }
            }
        }
        self.close(id, end);
        Ok(Span::new(start, end))
    }

    /// The parts of a formatted literal whose beginning stands at `opening`. Returns its end.
    fn parts(&mut self, literal: Literal, opening: Span) -> Step<u32> {
        let bytes = self.text.as_bytes();
        let quote = bytes[opening.range().end - 1];
        let width =
            if self.text[opening.range()].ends_with(if quote == b'"' { "\"\"\"" } else { "'''" }) { 3 } else { 1 };
        let mut at = opening.range().end;
        let mut piece = at;
        loop {
            let next = |ahead: usize| bytes.get(at + ahead).copied().unwrap_or(0);
            match next(0) {
                byte if byte == quote && (width == 1 || (next(1) == quote && next(2) == quote)) => {
                    self.piece(literal, piece..at);
                    return Ok(Span::from_range(at..at + width).end);
                }
                b'\\' if matches!(next(1), b'{' | b'}' | b'N' | b'\r' | 0) => return Err(NotPlain),
                b'\\' => at += 2,
                b'\n' if width == 1 => return Err(NotPlain),
                b'\r' | 0 => return Err(NotPlain),
                b'{' | b'}' if next(1) == next(0) => at += 2,
                b'}' => return Err(NotPlain),
                b'{' => {
                    self.piece(literal, piece..at);
                    let end = self.interpolation(at)?;
                    if width == 1 && bytes[at..end].contains(&b'\n') {
                        return Err(NotPlain);
                    }
                    (at, piece) = (end, end);
                }
                _ => at += 1,
            }
        }
    }

    fn piece(&mut self, literal: Literal, piece: std::ops::Range<usize>) {
        if !piece.is_empty() {
            let span = Span::from_range(piece);
            let id = self.leaf(Kind::Str, Field::Part, span);
            self.cooked_label(id, literal, span);
        }
    }

    /// `{value=!r:format}` with its brace at `start`. Returns its end.
    fn interpolation(&mut self, start: usize) -> Step<usize> {
        let span = Span::from_range(start..start + 1);
        let id = self.open(Kind::Interpolation, Field::Part, span.start);
        self.tokens.enter();
        self.tokens.resume(span.end)?;
        if self.is(Word::Yield) {
            self.yield_(Field::Value)?;
        } else {
            self.expression_list(Field::Value)?;
        }
        self.eat(Token::Equals)?;
        if self.eat(Token::Bang)? {
            let conversion = self.expect(Token::Name)?;
            if conversion.len() != 1 {
                return Err(NotPlain);
            }
            self.builder.label_span(id, conversion);
        }
        let end = match self.token() {
            Token::Colon | Token::Walrus => {
                let end = self.format(self.span().range().start + 1)?;
                self.tokens.leave();
                end
            }
            Token::Close(Bracket::Curly) => self.span().range().end,
            _ => return Err(NotPlain),
        };
        self.close(id, Span::from_range(end..end).end);
        Ok(end)
    }

    /// The text behind the colon: a Str, or an `FString` if it holds expressions of its own. Returns the end of the brace
    /// behind it.
    fn format(&mut self, start: usize) -> Step<usize> {
        let bytes = self.text.as_bytes();
        let plain = |from: usize| {
            let length = bytes[from..].iter().position(|byte| matches!(byte, b'{' | b'}')).ok_or(NotPlain)?;
            let is_odd = |byte: &u8| matches!(byte, b'\n' | b'\r' | b'\\' | b'"' | b'\'' | 0);
            if bytes[from..from + length].iter().any(is_odd) { Err(NotPlain) } else { Ok(from + length) }
        };
        let mut at = plain(start)?;
        if bytes[at] == b'}' {
            self.labelled(Kind::Str, Field::Format, Span::from_range(start..at));
            return Ok(at + 1);
        }
        let id = self.open(Kind::FString, Field::Format, Span::from_range(start..start).start);
        let mut done = start;
        loop {
            if done < at {
                self.labelled(Kind::Str, Field::Part, Span::from_range(done..at));
            }
            if bytes[at] == b'}' {
                break;
            }
            done = self.deeper(|reader| reader.interpolation(at))?;
            at = plain(done)?;
        }
        self.close(id, Span::from_range(at..at).end);
        Ok(at + 1)
    }
}
