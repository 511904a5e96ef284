//! The short way: well-formed Python read straight into the tree, several times faster than through a grammar that can
//! mend errors.
//!
//! [`read`] gives up on whatever it does not know for certain: any error, Python 2, `match`, type parameters, deep nesting.
//! Such a text goes through the grammar as a whole, so that what is said of errors is said in one place. For the rest the
//! tree is the one that the grammar would have led to, node by node (the tests compare them).

mod definitions;
mod displays;
mod expressions;
mod lists;
mod statements;
mod strings;
#[cfg(test)]
mod tests;
mod tokens;

use crate::source::Span;
use crate::syntax::{Field, Kind, Language, NodeId, Parsed, TreeBuilder};
use std::sync::Arc;
use tokens::{Token, Tokens, Word};

/// Levels of nesting, and links of a chain, that are read here; deeper ones are a matter of the grammar.
const MAX_LEVELS: usize = 120;

/// The text is not for this reader.
#[derive(Debug, Clone, Copy)]
struct NotPlain;

type Step<T> = Result<T, NotPlain>;

/// Reads a text that is plain Python from its first to its last byte; `None` for any other.
pub(super) fn read(text: &Arc<str>) -> Option<Parsed> {
    let mut reader = Reader {
        builder: TreeBuilder::new(Language::Python, Arc::clone(text)),
        tokens: Tokens::new(text),
        text,
        end: 0,
        levels: 0,
    };
    reader.module().ok()?;
    let Reader { mut builder, tokens, .. } = reader;
    for span in tokens.into_comments() {
        builder.comment(span);
    }
    Some(Parsed { tree: builder.finish(), problems: Vec::new() })
}

/// One walk over a text.
///
/// Methods that read an expression return the span that it takes up, parentheses around it included; its node has the
/// span without them.
struct Reader<'text> {
    text: &'text str,
    tokens: Tokens<'text>,
    builder: TreeBuilder,
    /// End of the node that was closed last.
    end: u32,
    levels: usize,
}

impl Reader<'_> {
    fn module(&mut self) -> Step<()> {
        let root = self.builder.open(Kind::Module, Field::None, Span::from_range(0..self.text.len()));
        self.tokens.begin_line()?;
        while self.token() != Token::End {
            if self.tokens.indent() != 0 {
                return Err(NotPlain);
            }
            self.statement()?;
        }
        self.builder.close(root);
        Ok(())
    }

    // ---- tokens -----------------------------------------------------------------------------------------------------

    fn token(&self) -> Token {
        self.tokens.token()
    }

    fn span(&self) -> Span {
        self.tokens.span()
    }

    fn is(&self, word: Word) -> bool {
        self.token() == Token::Word(word)
    }

    /// Goes on to the next token, and returns the span of the one that was left.
    fn take(&mut self) -> Step<Span> {
        let span = self.tokens.span();
        self.tokens.advance()?;
        Ok(span)
    }

    fn expect(&mut self, token: Token) -> Step<Span> {
        if self.token() == token { self.take() } else { Err(NotPlain) }
    }

    fn expect_word(&mut self, word: Word) -> Step<Span> {
        self.expect(Token::Word(word))
    }

    /// Takes a token if it is there.
    fn eat(&mut self, token: Token) -> Step<bool> {
        let is_there = self.token() == token;
        if is_there {
            self.tokens.advance()?;
        }
        Ok(is_there)
    }

    // ---- nodes ------------------------------------------------------------------------------------------------------

    fn open(&mut self, kind: Kind, field: Field, start: u32) -> NodeId {
        self.builder.open(kind, field, Span::at(start))
    }

    /// Closes a node that was opened at its start.
    fn close(&mut self, id: NodeId, end: u32) {
        let start = self.builder.span(id).start;
        self.builder.set_span(id, Span::new(start, end));
        self.builder.close(id);
        self.end = end;
    }

    /// Closes a node that ends where its last child does.
    fn close_at_last_child(&mut self, id: NodeId) {
        self.close(id, self.end);
    }

    /// Puts everything from `first` on below a new node; more children may follow until it is closed.
    fn wrap(&mut self, first: NodeId, kind: Kind, start: u32, field_inside: Field) -> NodeId {
        self.builder.wrap(first, kind, Span::at(start), field_inside)
    }

    fn leaf(&mut self, kind: Kind, field: Field, span: Span) -> NodeId {
        self.end = span.end;
        self.builder.leaf(kind, field, span)
    }

    /// A leaf whose label is its own source.
    fn labelled(&mut self, kind: Kind, field: Field, span: Span) -> NodeId {
        self.end = span.end;
        self.builder.labelled_leaf(kind, field, span, span)
    }

    /// The next token as a name.
    fn name(&mut self, kind: Kind, field: Field) -> Step<Span> {
        let span = self.expect(Token::Name)?;
        self.labelled(kind, field, span);
        Ok(span)
    }

    /// Runs a step one level deeper.
    fn deeper<T>(&mut self, step: impl FnOnce(&mut Self) -> Step<T>) -> Step<T> {
        if self.levels >= MAX_LEVELS {
            return Err(NotPlain);
        }
        self.levels += 1;
        let result = step(self);
        self.levels -= 1;
        result
    }
}
