//! What stands in brackets: groups, tuples, lists, sets, dicts, comprehensions, arguments and indices.

use super::tokens::{Bracket, Operator, Token, Word};
use super::{NotPlain, Reader, Step};
use crate::source::Span;
use crate::syntax::{Field, Kind, NodeId};

impl Reader<'_> {
    fn starts_comprehension(&self) -> bool {
        matches!(self.token(), Token::Word(Word::For | Word::Async))
    }

    /// `(...)`: parentheses around one expression make no node.
    pub(super) fn parentheses(&mut self, field: Field) -> Step<Span> {
        let start = self.span().start;
        let first = self.builder.next_id();
        self.take()?;
        if self.token() == Token::Close(Bracket::Round) {
            let end = self.span().end;
            self.leaf(Kind::Tuple, field, Span::new(start, end));
            self.take()?;
            return Ok(Span::new(start, end));
        }
        if self.is(Word::Yield) {
            self.yield_(field)?;
            let end = self.expect(Token::Close(Bracket::Round))?.end;
            return Ok(Span::new(start, end));
        }
        let is_starred = self.token() == Token::Operator(Operator::Star);
        self.starred_or_named(field)?;
        if self.starts_comprehension() {
            return self.comprehension(first, start, "generator", Bracket::Round);
        }
        if self.token() == Token::Comma {
            let id = self.wrap(first, Kind::Tuple, start, Field::Item);
            return self.items(id, start, Bracket::Round);
        }
        if is_starred {
            return Err(NotPlain);
        }
        let end = self.expect(Token::Close(Bracket::Round))?.end;
        Ok(Span::new(start, end))
    }

    pub(super) fn square_brackets(&mut self, field: Field) -> Step<Span> {
        let start = self.span().start;
        let id = self.open(Kind::List, field, start);
        self.take()?;
        if self.token() == Token::Close(Bracket::Square) {
            return self.items(id, start, Bracket::Square);
        }
        self.starred_or_named(Field::Item)?;
        if self.starts_comprehension() {
            self.builder.set_kind(id, Kind::Comprehension);
            return self.clauses(id, start, "list", Bracket::Square);
        }
        self.items(id, start, Bracket::Square)
    }

    /// The rest of a display: commas and items up to its end.
    fn items(&mut self, id: NodeId, start: u32, bracket: Bracket) -> Step<Span> {
        while self.token() != Token::Close(bracket) {
            self.expect(Token::Comma)?;
            if self.token() != Token::Close(bracket) {
                self.starred_or_named(Field::Item)?;
            }
        }
        let end = self.take()?.end;
        self.close(id, end);
        Ok(Span::new(start, end))
    }

    pub(super) fn braces(&mut self, field: Field) -> Step<Span> {
        let start = self.span().start;
        let id = self.open(Kind::Dict, field, start);
        self.take()?;
        let close = Token::Close(Bracket::Curly);
        let mut is_set = false;
        let mut is_first = true;
        while self.token() != close {
            if !is_first {
                self.expect(Token::Comma)?;
                if self.token() == close {
                    break;
                }
            }
            let is_splat = self.token() == Token::Operator(Operator::Power);
            let is_pair = if is_splat {
                self.splat(Field::Item)?;
                true
            } else {
                self.pair()?
            };
            if is_first {
                is_set = !is_pair;
                if self.starts_comprehension() && !is_splat {
                    self.builder.set_kind(id, Kind::Comprehension);
                    return self.clauses(id, start, if is_set { "set" } else { "dict" }, Bracket::Curly);
                }
            } else if is_set == is_pair {
                return Err(NotPlain);
            }
            is_first = false;
        }
        if is_set {
            self.builder.set_kind(id, Kind::Set);
        }
        let end = self.take()?.end;
        self.close(id, end);
        Ok(Span::new(start, end))
    }

    /// `key: value`, or an item of a set (`false`).
    fn pair(&mut self) -> Step<bool> {
        let first = self.builder.next_id();
        let key = self.starred_or_named(Field::Item)?;
        if self.token() != Token::Colon {
            return Ok(false);
        }
        if matches!(self.builder.kind(first), Kind::Splat | Kind::NamedExpression) {
            return Err(NotPlain);
        }
        let id = self.wrap(first, Kind::Pair, key.start, Field::Key);
        self.take()?;
        let value = self.expression(Field::Value)?;
        self.close(id, value.end);
        Ok(true)
    }

    fn starred_or_named(&mut self, field: Field) -> Step<Span> {
        if self.token() == Token::Operator(Operator::Star) {
            return self.splat(field);
        }
        self.named_expression(field)
    }

    /// `*x`, `**x`; the label is the stars.
    pub(super) fn splat(&mut self, field: Field) -> Step<Span> {
        let star = self.span();
        let id = self.open(Kind::Splat, field, star.start);
        self.take()?;
        self.builder.label_span(id, star);
        let value = self.expression(Field::Value)?;
        self.close(id, value.end);
        Ok(star.cover(value))
    }

    /// Clauses behind an item that was read as something else.
    fn comprehension(&mut self, first: NodeId, start: u32, label: &str, bracket: Bracket) -> Step<Span> {
        let id = self.wrap(first, Kind::Comprehension, start, Field::Item);
        self.clauses(id, start, label, bracket)
    }

    /// The clauses of a comprehension, and the bracket that closes it.
    fn clauses(&mut self, id: NodeId, start: u32, label: &str, bracket: Bracket) -> Step<Span> {
        self.builder.label(id, label);
        while self.token() != Token::Close(bracket) {
            let clause = self.span().start;
            if self.is(Word::If) {
                let id = self.open(Kind::ComprehensionIf, Field::Clause, clause);
                self.take()?;
                let condition = self.binary_or_walrus(Field::Condition)?;
                self.close(id, condition.end);
                continue;
            }
            let id = self.open(Kind::ComprehensionFor, Field::Clause, clause);
            if self.is(Word::Async) {
                let word = self.take()?;
                self.builder.label_span(id, word);
            }
            self.expect_word(Word::For)?;
            self.targets(Field::Target)?;
            self.expect_word(Word::In)?;
            let iterable = self.deeper(|reader| reader.binary(Field::Iterable, 0))?;
            self.close(id, iterable.end);
        }
        let end = self.take()?.end;
        self.close(id, end);
        Ok(Span::new(start, end))
    }

    fn binary_or_walrus(&mut self, field: Field) -> Step<Span> {
        let condition = self.deeper(|reader| reader.binary(field, 0))?;
        if self.token() == Token::Walrus { Err(NotPlain) } else { Ok(condition) }
    }

    /// `(...)` behind a callee or a class's name. Returns the span of the brackets.
    pub(super) fn arguments(&mut self, field: Field) -> Step<Span> {
        let start = self.span().start;
        let close = Token::Close(Bracket::Round);
        self.take()?;
        let mut count = 0;
        while self.token() != close {
            if count > 0 {
                self.expect(Token::Comma)?;
                if self.token() == close {
                    break;
                }
            }
            count += 1;
            match self.token() {
                Token::Operator(Operator::Star | Operator::Power) => _ = self.splat(field)?,
                Token::Name if self.is_keyword_argument()? => self.keyword_argument(field)?,
                _ => {
                    let first = self.builder.next_id();
                    self.named_expression(field)?;
                    if self.starts_comprehension() {
                        // A generator is the only argument, and the call's brackets are its own.
                        if count > 1 || field != Field::Argument {
                            return Err(NotPlain);
                        }
                        return self.comprehension(first, start, "generator", Bracket::Round);
                    }
                }
            }
        }
        let end = self.take()?.end;
        Ok(Span::new(start, end))
    }

    fn is_keyword_argument(&mut self) -> Step<bool> {
        match self.tokens.next_byte() {
            b'.' | b'(' | b')' | b'[' | b',' => Ok(false),
            _ => Ok(self.tokens.following()? == Token::Equals),
        }
    }

    fn keyword_argument(&mut self, field: Field) -> Step<()> {
        let name = self.span();
        let id = self.open(Kind::KeywordArgument, field, name.start);
        self.take()?;
        self.builder.label_span(id, name);
        self.take()?;
        let value = self.expression(Field::Value)?;
        self.close(id, value.end);
        Ok(())
    }

    /// `[...]` behind an object. Returns the span of the brackets.
    pub(super) fn indices(&mut self) -> Step<Span> {
        let start = self.span().start;
        let close = Token::Close(Bracket::Square);
        self.take()?;
        if self.token() == close {
            return Err(NotPlain);
        }
        while self.token() != close {
            self.index()?;
            if self.token() != close {
                self.expect(Token::Comma)?;
            }
        }
        let end = self.take()?.end;
        Ok(Span::new(start, end))
    }

    fn index(&mut self) -> Step<()> {
        let first = self.builder.next_id();
        let start = self.span().start;
        if self.token() != Token::Colon {
            self.starred_or_named(Field::Index)?;
            if self.token() != Token::Colon {
                return Ok(());
            }
            if self.builder.kind(first) == Kind::Splat {
                return Err(NotPlain);
            }
        }
        let id = if self.builder.next_id() == first {
            self.open(Kind::Slice, Field::Index, start)
        } else {
            self.wrap(first, Kind::Slice, start, Field::Lower)
        };
        let colon = self.take()?;
        self.builder.label_span(id, colon);
        let mut end = colon.end;
        let is_end = |token: Token| matches!(token, Token::Comma | Token::Close(_));
        if !is_end(self.token()) && self.token() != Token::Colon {
            end = self.expression(Field::Upper)?.end;
        }
        if self.token() == Token::Colon {
            end = self.take()?.end;
            if !is_end(self.token()) {
                end = self.expression(Field::Step)?.end;
            }
        }
        self.close(id, end);
        Ok(())
    }
}
