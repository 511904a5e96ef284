//! Functions, classes, parameters, imports.

use super::tokens::{Bracket, Operator, Token, Word};
use super::{NotPlain, Reader, Step};
use crate::source::Span;
use crate::syntax::{Field, Kind, NodeId};

impl Reader<'_> {
    /// A function or class with its decorators: one node from the first decorator to the end of the body.
    pub(super) fn definition(&mut self, field: Field) -> Step<()> {
        let indent = self.tokens.indent();
        let id = self.open(Kind::FunctionDef, field, self.span().start);
        while self.token() == Token::At {
            self.decorator()?;
            if self.tokens.indent() != indent {
                return Err(NotPlain);
            }
        }
        match self.token() {
            Token::Word(Word::Class) => {
                self.builder.set_kind(id, Kind::ClassDef);
                self.take()?;
                self.label_name(id)?;
                if self.token() == Token::Open(Bracket::Round) {
                    self.arguments(Field::Base)?;
                }
            }
            Token::Word(Word::Async | Word::Def) => self.function_head(id)?,
            _ => return Err(NotPlain),
        }
        self.suite(Field::Body, indent)?;
        self.close_at_last_child(id);
        Ok(())
    }

    fn label_name(&mut self, id: NodeId) -> Step<()> {
        let name = self.expect(Token::Name)?;
        self.builder.label_span(id, name);
        Ok(())
    }

    fn decorator(&mut self) -> Step<()> {
        let id = self.open(Kind::Decorator, Field::Decorator, self.span().start);
        self.take()?;
        let value = self.named_expression(Field::Value)?;
        self.close(id, value.end);
        if self.token() != Token::Newline {
            return Err(NotPlain);
        }
        self.tokens.begin_line()
    }

    fn function_head(&mut self, id: NodeId) -> Step<()> {
        if self.is(Word::Async) {
            let word = self.take()?;
            self.labelled(Kind::Modifier, Field::Modifier, word);
        }
        self.expect_word(Word::Def)?;
        self.label_name(id)?;
        self.expect(Token::Open(Bracket::Round))?;
        self.parameters(Token::Close(Bracket::Round), true)?;
        self.take()?;
        if self.eat(Token::Arrow)? {
            self.expression(Field::Returns)?;
        }
        Ok(())
    }

    /// Parameters up to a token, which is left.
    pub(super) fn parameters(&mut self, close: Token, typed: bool) -> Step<()> {
        while self.token() != close {
            self.parameter(close, typed)?;
            if self.token() != close {
                self.expect(Token::Comma)?;
            }
        }
        Ok(())
    }

    fn parameter(&mut self, close: Token, typed: bool) -> Step<()> {
        let span = self.span();
        let mut may_have_default = true;
        let id = match self.token() {
            Token::Operator(Operator::Star | Operator::Power) => {
                may_have_default = false;
                self.take()?;
                if self.token() == Token::Comma || self.token() == close {
                    if span.len() > 1 {
                        return Err(NotPlain);
                    }
                    self.labelled(Kind::Parameter, Field::Parameter, span);
                    return Ok(());
                }
                let id = self.open(Kind::Parameter, Field::Parameter, span.start);
                self.labelled(Kind::Modifier, Field::Modifier, span);
                id
            }
            Token::Operator(Operator::Times) if &self.text[span.range()] == "/" => {
                self.take()?;
                self.labelled(Kind::Parameter, Field::Parameter, span);
                return Ok(());
            }
            _ => self.open(Kind::Parameter, Field::Parameter, span.start),
        };
        let name = self.expect(Token::Name)?;
        self.builder.label_span(id, name);
        let mut end = name.end;
        if typed && self.eat(Token::Colon)? {
            end = self.expression(Field::Type)?.end;
        }
        if may_have_default && self.eat(Token::Equals)? {
            end = self.expression(Field::Default)?.end;
        }
        self.close(id, end);
        Ok(())
    }

    /// `from module import a as b, c`, from the module on. Returns the end.
    pub(super) fn import_from(&mut self, id: NodeId) -> Step<u32> {
        let start = self.span().start;
        let mut module = Span::at(start);
        let mut needs_name = true;
        loop {
            let is_name = self.token() == Token::Name;
            match self.token() {
                Token::Name if needs_name => needs_name = false,
                Token::Dot if !needs_name => needs_name = true,
                // The dots of a relative import, in front.
                Token::Dot | Token::Ellipsis if self.text[module.range()].bytes().all(|byte| byte == b'.') => {}
                _ => break,
            }
            let part = self.take()?;
            if part.start != module.end {
                return Err(NotPlain);
            }
            module = module.cover(part);
            if is_name && self.token() == Token::Name {
                return Err(NotPlain);
            }
        }
        let is_only_dots = self.text[module.range()].bytes().all(|byte| byte == b'.');
        if module.is_empty() || (needs_name && !is_only_dots) {
            return Err(NotPlain);
        }
        self.builder.label_span(id, module);
        self.expect_word(Word::Import)?;
        if self.token() == Token::Operator(Operator::Star) {
            let star = self.take()?;
            self.labelled(Kind::ImportItem, Field::Item, star);
            return Ok(star.end);
        }
        if !self.eat(Token::Open(Bracket::Round))? {
            return self.import_items(false);
        }
        while self.token() != Token::Close(Bracket::Round) {
            self.import_item(false)?;
            if self.token() != Token::Close(Bracket::Round) {
                self.expect(Token::Comma)?;
            }
        }
        Ok(self.take()?.end)
    }

    /// Names with commas between. Returns the end.
    pub(super) fn import_items(&mut self, dotted: bool) -> Step<u32> {
        loop {
            let end = self.import_item(dotted)?;
            if !self.eat(Token::Comma)? {
                return Ok(end);
            }
        }
    }

    fn import_item(&mut self, dotted: bool) -> Step<u32> {
        let mut name = self.expect(Token::Name)?;
        while dotted && self.token() == Token::Dot {
            let dot = self.take()?;
            let part = self.expect(Token::Name)?;
            if dot.start != name.end || part.start != dot.end {
                return Err(NotPlain);
            }
            name = name.cover(part);
        }
        let id = self.open(Kind::ImportItem, Field::Item, name.start);
        self.builder.label_span(id, name);
        let mut end = name.end;
        if self.is(Word::As) {
            self.take()?;
            end = self.name(Kind::Name, Field::Alias)?.end;
        }
        self.close(id, end);
        Ok(end)
    }
}
