//! Lists without brackets of their own: what is assigned, returned, looped over.

use super::tokens::{Operator, Token, Word};
use super::{NotPlain, Reader, Step};
use crate::source::Span;
use crate::syntax::{Field, Kind, NodeId};

impl Reader<'_> {
    /// One expression as it is, several with commas between as a Tuple.
    pub(super) fn expression_list(&mut self, field: Field) -> Step<Span> {
        let first = self.builder.next_id();
        let left = self.starred(field)?;
        self.list_behind(first, left, Self::starred)
    }

    /// The targets of a loop: they do not reach over `in`.
    pub(super) fn targets(&mut self, field: Field) -> Step<Span> {
        let first = self.builder.next_id();
        let left = self.target(field)?;
        let whole = self.list_behind(first, left, Self::target)?;
        self.check_target(first)?;
        Ok(whole)
    }

    /// The rest of a list whose first item was read from `first` on.
    fn list_behind(&mut self, first: NodeId, left: Span, item: fn(&mut Self, Field) -> Step<Span>) -> Step<Span> {
        if self.token() != Token::Comma {
            // A star alone needs a list around it.
            let is_starred = self.builder.kind(first) == Kind::Splat && self.builder.span(first) == left;
            return if is_starred { Err(NotPlain) } else { Ok(left) };
        }
        let id = self.wrap(first, Kind::Tuple, left.start, Field::Item);
        let mut end = left.end;
        while self.token() == Token::Comma {
            end = self.take()?.end;
            if self.ends_list() {
                break;
            }
            end = item(self, Field::Item)?.end;
        }
        self.close(id, end);
        Ok(Span::new(left.start, end))
    }

    fn ends_list(&self) -> bool {
        matches!(
            self.token(),
            Token::Newline
                | Token::Semicolon
                | Token::Equals
                | Token::Augment
                | Token::Colon
                | Token::Bang
                | Token::Close(_)
                | Token::Word(Word::In)
        )
    }

    fn starred(&mut self, field: Field) -> Step<Span> {
        if self.token() == Token::Operator(Operator::Star) { self.splat(field) } else { self.expression(field) }
    }

    fn target(&mut self, field: Field) -> Step<Span> {
        if self.token() != Token::Operator(Operator::Star) {
            return self.deeper(|reader| reader.primary(field));
        }
        let star = self.span();
        let id = self.open(Kind::Splat, field, star.start);
        self.take()?;
        self.builder.label_span(id, star);
        let value = self.deeper(|reader| reader.primary(Field::Value))?;
        self.close(id, value.end);
        Ok(star.cover(value))
    }

    /// Whether a node and all in it can be assigned to.
    pub(super) fn check_target(&self, node: NodeId) -> Step<()> {
        match self.builder.kind(node) {
            Kind::Name | Kind::Attribute | Kind::Subscript => Ok(()),
            Kind::Tuple | Kind::List | Kind::Splat => {
                let mut child = NodeId(node.0 + 1);
                while child.0 < self.builder.subtree_end(node) {
                    self.check_target(child)?;
                    child = NodeId(self.builder.subtree_end(child));
                }
                Ok(())
            }
            _ => Err(NotPlain),
        }
    }

    /// `yield`, `yield x, y`, `yield from x`.
    pub(super) fn yield_(&mut self, field: Field) -> Step<Span> {
        let word = self.span();
        let id = self.open(Kind::Yield, field, word.start);
        self.take()?;
        let mut end = word.end;
        if self.is(Word::From) {
            let from = self.take()?;
            self.builder.label_span(id, from);
            end = self.expression(Field::Value)?.end;
        } else if !self.ends_list() {
            end = self.expression_list(Field::Value)?.end;
        }
        self.close(id, end);
        Ok(Span::new(word.start, end))
    }
}
