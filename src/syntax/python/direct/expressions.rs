//! Operators and what stands between them.

use super::tokens::{Bracket, Operator, Token, Word};
use super::{MAX_LEVELS, NotPlain, Reader, Step};
use crate::source::Span;
use crate::syntax::{Field, Kind};

/// Levels of binding, loosest first (Python reference, 6.17).
const NOT: u8 = 3;
const COMPARE: u8 = 4;
const UNARY: u8 = 11;
const POWER: u8 = 12;

impl Reader<'_> {
    /// An expression: a conditional, a lambda, or anything that binds tighter.
    pub(super) fn expression(&mut self, field: Field) -> Step<Span> {
        self.deeper(|reader| reader.expression_here(field))
    }

    fn expression_here(&mut self, field: Field) -> Step<Span> {
        if self.is(Word::Lambda) {
            return self.lambda(field);
        }
        let first = self.builder.next_id();
        let left = self.binary(field, 0)?;
        if !self.is(Word::If) {
            return Ok(left);
        }
        self.take()?;
        let id = self.wrap(first, Kind::Conditional, left.start, Field::Consequence);
        self.binary(Field::Condition, 0)?;
        self.expect_word(Word::Else)?;
        let right = self.expression(Field::Alternative)?;
        self.close(id, right.end);
        Ok(left.cover(right))
    }

    /// An expression that may give its value a name: in brackets and conditions.
    pub(super) fn named_expression(&mut self, field: Field) -> Step<Span> {
        let first = self.builder.next_id();
        let is_name = self.token() == Token::Name;
        let left = self.expression(field)?;
        if self.token() != Token::Walrus {
            return Ok(left);
        }
        if !is_name || self.builder.kind(first) != Kind::Name || self.builder.span(first) != left {
            return Err(NotPlain);
        }
        self.take()?;
        let id = self.wrap(first, Kind::NamedExpression, left.start, Field::Target);
        let value = self.expression(Field::Value)?;
        self.close(id, value.end);
        Ok(left.cover(value))
    }

    /// Operands and operators that bind at least as tight as `least`. What a comprehension iterates over and its conditions
    /// are of this form, without conditional and lambda.
    pub(super) fn binary(&mut self, field: Field, least: u8) -> Step<Span> {
        let first = self.builder.next_id();
        let mut links = 0;
        let mut left = self.unary(field, least)?;
        loop {
            let (level, kind) = match self.token() {
                Token::Word(Word::Or) => (1, Kind::Boolean),
                Token::Word(Word::And) => (2, Kind::Boolean),
                Token::Word(Word::In | Word::Is | Word::Not) => (COMPARE, Kind::Compare),
                Token::Operator(Operator::Compare) => (COMPARE, Kind::Compare),
                Token::Operator(Operator::Or) => (5, Kind::Binary),
                Token::Operator(Operator::Xor) => (6, Kind::Binary),
                Token::Operator(Operator::And) => (7, Kind::Binary),
                Token::Operator(Operator::Shift) => (8, Kind::Binary),
                Token::Operator(Operator::Plus) => (9, Kind::Binary),
                Token::Operator(Operator::Times | Operator::Star) | Token::At => (10, Kind::Binary),
                Token::Operator(Operator::Power) => (POWER, Kind::Binary),
                _ => return Ok(left),
            };
            if level < least {
                return Ok(left);
            }
            links += 1;
            if links + self.levels > MAX_LEVELS {
                return Err(NotPlain);
            }
            let id = self.wrap(first, kind, left.start, Field::Left);
            if kind == Kind::Compare {
                let end = self.comparison(id)?;
                left = Span::new(left.start, end);
                self.close(id, end);
                continue;
            }
            let operator = self.take()?;
            self.builder.label_span(id, operator);
            // A power binds to the right, and less tight than a sign on its right.
            let right =
                self.deeper(|reader| reader.binary(Field::Right, if level == POWER { UNARY } else { level + 1 }))?;
            self.close(id, right.end);
            left = left.cover(right);
        }
    }

    /// The operators and right sides of a comparison. Returns its end.
    fn comparison(&mut self, id: crate::syntax::NodeId) -> Step<u32> {
        let text = self.text;
        let mut operators: Vec<Span> = Vec::new();
        let mut end = 0;
        loop {
            let operator = match self.token() {
                Token::Operator(Operator::Compare) | Token::Word(Word::In) => self.take()?,
                Token::Word(Word::Not) => self.take()?.cover(self.expect_word(Word::In)?),
                Token::Word(Word::Is) => {
                    let is = self.take()?;
                    if self.is(Word::Not) { is.cover(self.take()?) } else { is }
                }
                _ => break,
            };
            operators.push(operator);
            end = self.deeper(|reader| reader.binary(Field::Right, COMPARE + 1))?.end;
        }
        match operators.as_slice() {
            &[only] if only.len() < 3 || matches!(&text[only.range()], "not in" | "is not") => {
                self.builder.label_span(id, only);
            }
            _ => {
                let words: Vec<&str> = operators
                    .iter()
                    .flat_map(|span| text[span.range()].split(|c: char| c.is_whitespace() || c == '\\'))
                    .filter(|word| !word.is_empty())
                    .collect();
                if words.iter().any(|word| word.starts_with('#')) {
                    return Err(NotPlain);
                }
                self.builder.label(id, &words.join(" "));
            }
        }
        Ok(end)
    }

    fn unary(&mut self, field: Field, least: u8) -> Step<Span> {
        let operand_level = match self.token() {
            Token::Word(Word::Not) if least <= NOT => NOT,
            Token::Tilde | Token::Operator(Operator::Plus) => UNARY,
            _ => return self.primary(field),
        };
        let operator = self.span();
        let id = self.open(Kind::Unary, field, operator.start);
        self.take()?;
        self.builder.label_span(id, operator);
        let operand = self.deeper(|reader| reader.binary(Field::Operand, operand_level))?;
        self.close(id, operand.end);
        Ok(operator.cover(operand))
    }

    /// An atom with attributes, calls and subscripts behind it.
    pub(super) fn primary(&mut self, field: Field) -> Step<Span> {
        if self.is(Word::Await) {
            let start = self.span().start;
            let id = self.open(Kind::Await, field, start);
            self.take()?;
            let value = self.deeper(|reader| reader.primary(Field::Value))?;
            self.close(id, value.end);
            return Ok(Span::new(start, value.end));
        }
        let first = self.builder.next_id();
        let mut links = 0;
        let mut whole = self.atom(field)?;
        loop {
            links += 1;
            if links + self.levels > MAX_LEVELS {
                return Err(NotPlain);
            }
            match self.token() {
                Token::Dot => {
                    let id = self.wrap(first, Kind::Attribute, whole.start, Field::Object);
                    self.take()?;
                    let name = self.expect(Token::Name)?;
                    self.builder.label_span(id, name);
                    self.close(id, name.end);
                    whole = whole.cover(name);
                }
                Token::Open(Bracket::Round) => {
                    let id = self.wrap(first, Kind::Call, whole.start, Field::Callee);
                    let arguments = self.deeper(|reader| reader.arguments(Field::Argument))?;
                    self.close(id, arguments.end);
                    whole = whole.cover(arguments);
                }
                Token::Open(Bracket::Square) => {
                    let id = self.wrap(first, Kind::Subscript, whole.start, Field::Object);
                    let indices = self.deeper(Self::indices)?;
                    self.close(id, indices.end);
                    whole = whole.cover(indices);
                }
                _ => return Ok(whole),
            }
        }
    }

    fn atom(&mut self, field: Field) -> Step<Span> {
        let span = self.span();
        match self.token() {
            Token::Name => _ = self.labelled(Kind::Name, field, span),
            Token::Number => _ = self.labelled(Kind::Number, field, span),
            Token::Str | Token::FormattedStart => return self.strings(field),
            Token::Word(Word::True) => self.constant(field, span, "true"),
            Token::Word(Word::False) => self.constant(field, span, "false"),
            Token::Word(Word::None) => _ = self.leaf(Kind::Null, field, span),
            Token::Ellipsis => _ = self.leaf(Kind::EllipsisLiteral, field, span),
            Token::Open(bracket) => {
                return self.deeper(|reader| match bracket {
                    Bracket::Round => reader.parentheses(field),
                    Bracket::Square => reader.square_brackets(field),
                    Bracket::Curly => reader.braces(field),
                });
            }
            _ => return Err(NotPlain),
        }
        self.take()
    }

    fn constant(&mut self, field: Field, span: Span, label: &str) {
        let id = self.leaf(Kind::Bool, field, span);
        self.builder.label(id, label);
    }

    fn lambda(&mut self, field: Field) -> Step<Span> {
        let start = self.span().start;
        let id = self.open(Kind::Lambda, field, start);
        self.take()?;
        self.parameters(Token::Colon, false)?;
        self.expect(Token::Colon)?;
        let body = self.expression(Field::Body)?;
        self.close(id, body.end);
        Ok(Span::new(start, body.end))
    }
}
