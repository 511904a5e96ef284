//! Statements.

use super::tokens::{Bracket, Operator, Token, Word};
use super::{MAX_LEVELS, NotPlain, Reader, Step};
use crate::source::Span;
use crate::syntax::{Field, Kind, NodeId};

impl Reader<'_> {
    /// One statement with a block, or a line of statements without.
    pub(super) fn statement(&mut self) -> Step<()> {
        let field = Field::Statement;
        match self.token() {
            Token::Word(Word::If) => self.if_(field),
            Token::Word(Word::For) => self.for_(field),
            Token::Word(Word::While) => self.while_(field),
            Token::Word(Word::Try) => self.try_(field),
            Token::Word(Word::With) => self.with(field),
            Token::Word(Word::Def | Word::Class) | Token::At => self.definition(field),
            Token::Word(Word::Async) => match self.tokens.following()? {
                Token::Word(Word::Def) => self.definition(field),
                Token::Word(Word::For) => self.for_(field),
                Token::Word(Word::With) => self.with(field),
                _ => Err(NotPlain),
            },
            _ => self.line(),
        }
    }

    /// Statements with semicolons between, up to the first token of the next line.
    fn line(&mut self) -> Step<()> {
        loop {
            self.simple()?;
            if !self.eat(Token::Semicolon)? || self.token() == Token::Newline {
                break;
            }
        }
        if self.token() != Token::Newline {
            return Err(NotPlain);
        }
        self.tokens.begin_line()
    }

    /// A colon and what belongs to it. `indent` is that of the statement.
    pub(super) fn suite(&mut self, field: Field, indent: u32) -> Step<()> {
        self.expect(Token::Colon)?;
        self.deeper(|reader| {
            if reader.token() != Token::Newline {
                let id = reader.open(Kind::Block, field, reader.span().start);
                reader.line()?;
                reader.close_at_last_child(id);
                return Ok(());
            }
            reader.tokens.begin_line()?;
            let inner = reader.tokens.indent();
            if reader.token() == Token::End || inner <= indent {
                return Err(NotPlain);
            }
            let id = reader.open(Kind::Block, field, reader.span().start);
            loop {
                reader.statement()?;
                if reader.token() == Token::End || reader.tokens.indent() < inner {
                    break;
                }
                if reader.tokens.indent() > inner {
                    return Err(NotPlain);
                }
            }
            reader.close_at_last_child(id);
            Ok(())
        })
    }

    /// Takes a word that goes on with a statement of an indentation.
    fn continues(&mut self, word: Word, indent: u32) -> bool {
        self.is(word) && self.tokens.indent() == indent
    }

    fn optional_suite(&mut self, word: Word, field: Field, indent: u32) -> Step<()> {
        if self.continues(word, indent) {
            self.take()?;
            self.suite(field, indent)?;
        }
        Ok(())
    }

    fn if_(&mut self, field: Field) -> Step<()> {
        let indent = self.tokens.indent();
        let mut open: Vec<NodeId> = Vec::new();
        let mut role = field;
        loop {
            if open.len() + self.levels > MAX_LEVELS {
                return Err(NotPlain);
            }
            open.push(self.open(Kind::If, role, self.span().start));
            self.take()?;
            self.named_expression(Field::Condition)?;
            self.suite(Field::Consequence, indent)?;
            if !self.continues(Word::Elif, indent) {
                break;
            }
            role = Field::Alternative;
        }
        self.optional_suite(Word::Else, Field::Alternative, indent)?;
        while let Some(id) = open.pop() {
            self.close_at_last_child(id);
        }
        Ok(())
    }

    fn while_(&mut self, field: Field) -> Step<()> {
        let indent = self.tokens.indent();
        let id = self.open(Kind::While, field, self.span().start);
        self.take()?;
        self.named_expression(Field::Condition)?;
        self.suite(Field::Body, indent)?;
        self.optional_suite(Word::Else, Field::Alternative, indent)?;
        self.close_at_last_child(id);
        Ok(())
    }

    /// `async` in front of a statement is its label.
    fn async_label(&mut self, id: NodeId) -> Step<()> {
        if self.is(Word::Async) {
            let word = self.take()?;
            self.builder.label_span(id, word);
        }
        Ok(())
    }

    fn for_(&mut self, field: Field) -> Step<()> {
        let indent = self.tokens.indent();
        let id = self.open(Kind::For, field, self.span().start);
        self.async_label(id)?;
        self.take()?;
        self.targets(Field::Target)?;
        self.expect_word(Word::In)?;
        self.expression_list(Field::Iterable)?;
        self.suite(Field::Body, indent)?;
        self.optional_suite(Word::Else, Field::Alternative, indent)?;
        self.close_at_last_child(id);
        Ok(())
    }

    fn try_(&mut self, field: Field) -> Step<()> {
        let indent = self.tokens.indent();
        let id = self.open(Kind::Try, field, self.span().start);
        self.take()?;
        self.suite(Field::Body, indent)?;
        let mut handlers = 0;
        while self.continues(Word::Except, indent) {
            self.handler(indent)?;
            handlers += 1;
        }
        if handlers > 0 {
            self.optional_suite(Word::Else, Field::Alternative, indent)?;
        } else if !self.continues(Word::Finally, indent) {
            return Err(NotPlain);
        }
        self.optional_suite(Word::Finally, Field::Finally, indent)?;
        self.close_at_last_child(id);
        Ok(())
    }

    fn handler(&mut self, indent: u32) -> Step<()> {
        let id = self.open(Kind::ExceptHandler, Field::Handler, self.span().start);
        self.take()?;
        if self.token() == Token::Operator(Operator::Star) {
            let star = self.take()?;
            self.builder.label_span(id, star);
        }
        if self.token() != Token::Colon {
            self.expression(Field::Type)?;
            if self.is(Word::As) {
                self.take()?;
                self.name(Kind::Name, Field::Target)?;
            }
        }
        self.suite(Field::Body, indent)?;
        self.close_at_last_child(id);
        Ok(())
    }

    fn with(&mut self, field: Field) -> Step<()> {
        let indent = self.tokens.indent();
        let id = self.open(Kind::With, field, self.span().start);
        self.async_label(id)?;
        self.take()?;
        if self.token() == Token::Open(Bracket::Round) && self.are_items_in_parentheses() {
            self.take()?;
            while self.token() != Token::Close(Bracket::Round) {
                self.with_item()?;
                if self.token() != Token::Close(Bracket::Round) {
                    self.expect(Token::Comma)?;
                }
            }
            self.take()?;
        } else {
            self.with_item()?;
            while self.eat(Token::Comma)? {
                self.with_item()?;
            }
        }
        self.suite(Field::Body, indent)?;
        self.close_at_last_child(id);
        Ok(())
    }

    /// Whether the parentheses here hold an `as` of their own, and not one value.
    fn are_items_in_parentheses(&self) -> bool {
        let mut nesting = 0_usize;
        let mut before = b' ';
        for (at, &byte) in self.text.as_bytes()[self.span().range().start..].iter().enumerate() {
            match byte {
                b'(' | b'[' | b'{' => nesting += 1,
                b')' | b']' | b'}' => nesting = nesting.saturating_sub(1),
                b'a' if nesting == 1 && before.is_ascii_whitespace() => {
                    let rest = &self.text.as_bytes()[self.span().range().start + at..];
                    if rest.starts_with(b"as") && rest.get(2).is_some_and(u8::is_ascii_whitespace) {
                        return true;
                    }
                }
                _ => {}
            }
            if nesting == 0 {
                return false;
            }
            before = byte;
        }
        false
    }

    fn with_item(&mut self) -> Step<()> {
        let start = self.span().start;
        let id = self.open(Kind::WithItem, Field::Item, start);
        let first = self.builder.next_id();
        let is_grouped = self.token() == Token::Open(Bracket::Round);
        let mut end = self.expression(Field::Value)?.end;
        // Several managers in parentheses without names look like a tuple.
        if is_grouped && self.builder.kind(first) == Kind::Tuple {
            return Err(NotPlain);
        }
        if self.is(Word::As) {
            self.take()?;
            let target = self.builder.next_id();
            end = self.deeper(|reader| reader.primary(Field::Target))?.end;
            self.check_target(target)?;
        }
        self.close(id, end);
        Ok(())
    }

    fn simple(&mut self) -> Step<()> {
        let field = Field::Statement;
        let Token::Word(word) = self.token() else { return self.expression_statement() };
        let start = self.span().start;
        let ends = |token: Token| matches!(token, Token::Newline | Token::Semicolon);
        let kind = match word {
            Word::Pass | Word::Break | Word::Continue => {
                let kind = match word {
                    Word::Pass => Kind::Pass,
                    Word::Break => Kind::Break,
                    _ => Kind::Continue,
                };
                let span = self.take()?;
                self.leaf(kind, field, span);
                return Ok(());
            }
            Word::Return => Kind::Return,
            Word::Raise => Kind::Raise,
            Word::Assert => Kind::Assert,
            Word::Del => Kind::Delete,
            Word::Global | Word::Nonlocal => Kind::ScopeDeclaration,
            Word::Import => Kind::Import,
            Word::From => Kind::ImportFrom,
            _ => return self.expression_statement(),
        };
        let id = self.open(kind, field, start);
        let word_span = self.take()?;
        let mut end = word_span.end;
        match word {
            Word::Return if ends(self.token()) => {}
            Word::Return => end = self.expression_list(Field::Value)?.end,
            Word::Raise if ends(self.token()) => {}
            Word::Raise => {
                end = self.expression(Field::Value)?.end;
                if self.is(Word::From) {
                    self.take()?;
                    end = self.expression(Field::Cause)?.end;
                }
            }
            Word::Assert => {
                end = self.expression(Field::Condition)?.end;
                if self.eat(Token::Comma)? {
                    end = self.expression(Field::Message)?.end;
                }
            }
            Word::Del => {
                end = self.expression(Field::Target)?.end;
                while self.token() == Token::Comma {
                    end = self.take()?.end;
                    if !ends(self.token()) {
                        end = self.expression(Field::Target)?.end;
                    }
                }
            }
            Word::Import => end = self.import_items(true)?,
            Word::From => end = self.import_from(id)?,
            _ => {
                self.builder.label_span(id, word_span);
                loop {
                    end = self.name(Kind::Name, Field::Target)?.end;
                    if !self.eat(Token::Comma)? {
                        break;
                    }
                }
            }
        }
        self.close(id, end);
        Ok(())
    }

    /// What may be Python 2, or one of the words that are keywords only here and there.
    fn is_doubtful(&mut self) -> Step<bool> {
        let span = self.span();
        let is_name = self.token() == Token::Name;
        let word = if is_name { &self.text[span.range()] } else { "" };
        if !matches!(word, "print" | "exec" | "match" | "type") {
            return Ok(false);
        }
        Ok(match self.tokens.following()? {
            Token::Open(Bracket::Round) => word == "match",
            Token::Dot | Token::Equals | Token::Newline | Token::Semicolon | Token::Augment => false,
            _ => true,
        })
    }

    /// An expression, an assignment, an annotated or augmented assignment.
    fn expression_statement(&mut self) -> Step<()> {
        if self.is_doubtful()? {
            return Err(NotPlain);
        }
        let is_print = self.token() == Token::Name && matches!(&self.text[self.span().range()], "print" | "exec");
        let first = self.builder.next_id();
        let left = self.value(Field::Statement)?;
        let is_plain = matches!(self.builder.kind(first), Kind::Name | Kind::Attribute | Kind::Subscript);
        match self.token() {
            Token::Equals => {
                self.check_target(first)?;
                let id = self.wrap(first, Kind::Assign, left.start, Field::Target);
                let mut end = left.end;
                while self.eat(Token::Equals)? {
                    let value = self.builder.next_id();
                    end = self.value(Field::Value)?.end;
                    if self.token() == Token::Equals {
                        self.check_target(value)?;
                        self.builder.set_field(value, Field::Target);
                    }
                }
                self.close(id, end);
            }
            Token::Colon if is_plain => {
                let id = self.wrap(first, Kind::Assign, left.start, Field::Target);
                self.take()?;
                let mut end = self.expression(Field::Type)?.end;
                if self.eat(Token::Equals)? {
                    end = self.value(Field::Value)?.end;
                }
                self.close(id, end);
            }
            Token::Augment if is_plain => {
                let id = self.wrap(first, Kind::AugmentedAssign, left.start, Field::Target);
                let operator = self.take()?;
                self.builder.label_span(id, operator);
                let end = self.value(Field::Value)?.end;
                self.close(id, end);
            }
            // `print (a), b` of Python 2.
            _ if is_print && self.builder.kind(first) == Kind::Tuple => return Err(NotPlain),
            _ => {}
        }
        Ok(())
    }

    /// What can be assigned: a list without brackets, or a `yield`.
    fn value(&mut self, field: Field) -> Step<Span> {
        if self.is(Word::Yield) { self.yield_(field) } else { self.expression_list(field) }
    }
}
