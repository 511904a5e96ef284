//! nginx configuration: nginx's own token rules, lowered to directives, arguments and blocks.
//!
//! A full `nginx.conf` and a bare fragment (a lone `location`, entries of a `map`) parse alike: which directive may stand
//! where is not known here, nor are includes followed. Text that nginx would refuse costs a [`Problem`] and as little of
//! the tree as possible. Placeholders of template languages (Jinja, ERB, Go templates, `envsubst`) are stepped over.

mod lexer;
mod lua;
pub(super) mod template;
mod word;

#[cfg(test)]
mod tests;

use super::{Field, Kind, Language, MAX_DEPTH, NodeId, Parsed, Problem, TreeBuilder};
use crate::source::Span;
use lexer::{Lexer, Token, Word};
use std::sync::Arc;

/// Directives inside directives that a tree shows: each level is a Directive and its Block, and below the innermost
/// stand a Word and its Variable.
const MAX_BLOCKS: usize = (MAX_DEPTH - 8) / 2;

/// Parses a configuration file or a fragment of one. Never fails.
#[expect(clippy::needless_pass_by_value, reason = "every front end is called alike")]
pub fn parse(text: Arc<str>) -> Parsed {
    let mut builder = TreeBuilder::new(Language::Nginx, Arc::clone(&text));
    let root = builder.open(Kind::Document, Field::None, Span::from_range(0..text.len()));
    let mut parser = Parser {
        lexer: Lexer::new(&text),
        text: &text,
        builder,
        words: Vec::new(),
        frames: Vec::new(),
        skipped: None,
        template_seen: false,
        problems: Vec::new(),
    };
    parser.run();
    let Parser { mut builder, mut problems, lexer, .. } = parser;
    problems.extend(lexer.into_problems());
    problems.sort_by_key(|problem| problem.span);
    builder.close(root);
    Parsed { tree: builder.finish(), problems }
}

/// A block that is open.
struct Frame {
    /// The Directive, or the Error node of a block without a name.
    owner: NodeId,
    /// Its Block; the owner itself when there is none.
    block: NodeId,
}

/// Blocks that nest deeper than a tree may: their tokens are read and dropped.
struct Skipped {
    /// The Error node that stands for them.
    error: NodeId,
    /// Open braces below it, itself included.
    braces: usize,
}

struct Parser<'text> {
    text: &'text str,
    lexer: Lexer<'text>,
    builder: TreeBuilder,
    /// Name and arguments of the directive that has not ended yet.
    words: Vec<Word>,
    frames: Vec<Frame>,
    skipped: Option<Skipped>,
    template_seen: bool,
    problems: Vec<Problem>,
}

impl Parser<'_> {
    fn run(&mut self) {
        loop {
            match self.lexer.next(self.words.is_empty()) {
                Token::Word(word) => self.words.push(word),
                Token::Comment(span) => self.builder.comment(span),
                Token::Template(span) => self.template(span),
                Token::Semicolon(at) => self.semicolon(at),
                Token::Open(at) => self.open(at),
                Token::Close(at) => self.close(at),
                Token::End => break,
            }
        }
        self.end();
    }

    fn problem(&mut self, span: Span, message: impl Into<String>) {
        self.problems.push(Problem { span, message: message.into() });
    }

    /// The role of what stands directly in the innermost block, or in the document.
    fn field(&self) -> Field {
        if self.frames.is_empty() { Field::Item } else { Field::Statement }
    }

    /// A whole template tag between directives. One Problem a file says that it is a template.
    fn template(&mut self, span: Span) {
        if self.skipped.is_none() {
            self.builder.leaf(Kind::Error, self.field(), span);
        }
    }

    fn note_template(&mut self) {
        if self.template_seen {
            return;
        }
        if let Some(span) = self.lexer.first_template() {
            self.template_seen = true;
            self.problem(span, "template placeholder: its value is not known");
        }
    }

    fn semicolon(&mut self, at: usize) {
        if self.skipped.is_some() {
            self.words.clear();
        } else if self.words.is_empty() {
            let span = Span::from_range(at..at + 1);
            self.builder.leaf(Kind::Error, self.field(), span);
            self.problem(span, "unexpected `;`, expected a directive");
        } else {
            let directive = self.directive(at + 1);
            self.builder.close(directive);
        }
    }

    fn open(&mut self, at: usize) {
        let brace = Span::from_range(at..at + 1);
        if let Some(skipped) = &mut self.skipped {
            skipped.braces += 1;
            self.words.clear();
        } else if self.words.is_empty() {
            // nginx stops here. A block without a name keeps its content together and its braces in step.
            self.problem(brace, "unexpected `{`, expected a directive");
            let error = self.builder.open(Kind::Error, self.field(), brace);
            self.enter(error, error, at);
        } else if self.is_lua_block() {
            let lua = lua::block(self.text, at);
            if !lua.closed {
                self.problem(brace, "Lua block is not closed, expected `}`");
            }
            let directive = self.directive(lua.end);
            let body = self.builder.leaf(Kind::Raw, Field::Body, Span::from_range(at..lua.end));
            self.builder.label_span(body, Span::from_range(lua.content));
            self.builder.close(directive);
            self.lexer.jump(lua.end);
        } else {
            let directive = self.directive(at + 1);
            let block = self.builder.open(Kind::Block, Field::Body, brace);
            self.enter(directive, block, at);
        }
    }

    fn enter(&mut self, owner: NodeId, block: NodeId, at: usize) {
        self.frames.push(Frame { owner, block });
        if self.frames.len() == MAX_BLOCKS {
            let span = Span::from_range(at..at + 1);
            self.problem(span, "blocks nest too deeply");
            // The Error node is a Statement of the innermost block that is still shown.
            let error = self.builder.leaf(Kind::Error, Field::Statement, Span::at(span.end));
            self.skipped = Some(Skipped { error, braces: 1 });
        }
    }

    fn close(&mut self, at: usize) {
        let end = at + 1;
        if let Some(skipped) = &mut self.skipped {
            self.words.clear();
            skipped.braces -= 1;
            if skipped.braces > 0 {
                return;
            }
            let error = skipped.error;
            self.skipped = None;
            let start = self.builder.span(error).range().start;
            self.builder.set_span(error, Span::from_range(start..at));
        } else if let Some(last) = self.words.last() {
            let stop = last.span.range().end;
            self.problem(Span::from_range(at..end), "unexpected `}`, expected `;` before it");
            let directive = self.directive(stop);
            self.builder.close(directive);
        }
        if let Some(frame) = self.frames.pop() {
            self.leave(&frame, end);
        } else {
            let span = Span::from_range(at..end);
            self.builder.leaf(Kind::Error, Field::Item, span);
            self.problem(span, "unexpected `}`: no block is open");
        }
    }

    fn leave(&mut self, frame: &Frame, end: usize) {
        for node in [frame.block, frame.owner] {
            let start = self.builder.span(node).range().start;
            self.builder.set_span(node, Span::from_range(start..end));
            self.builder.close(node);
        }
    }

    fn end(&mut self) {
        let end = self.text.len();
        if let Some(skipped) = self.skipped.take() {
            self.words.clear();
            let start = self.builder.span(skipped.error).range().start;
            self.builder.set_span(skipped.error, Span::from_range(start..end));
        } else if let Some(last) = self.words.last() {
            let stop = last.span.range().end;
            self.problem(self.words[0].span, "unexpected end of the file, expected `;` or `{` after this directive");
            let directive = self.directive(stop);
            self.builder.close(directive);
        }
        if let Some(outermost) = self.frames.first() {
            let start = self.builder.span(outermost.block).range().start;
            let span = Span::from_range(start..start + 1);
            self.problem(span, "block is not closed, expected `}` before the end of the file");
        }
        while let Some(frame) = self.frames.pop() {
            self.leave(&frame, end);
        }
        self.note_template();
    }

    /// Opens a Directive for the words read so far, with its arguments below it, and forgets the words.
    fn directive(&mut self, end: usize) -> NodeId {
        let words = std::mem::take(&mut self.words);
        let start = words[0].span.range().start;
        let directive = self.builder.open(Kind::Directive, self.field(), Span::from_range(start..end));
        word::label(&mut self.builder, directive, self.text, &words[0]);
        let name = self.text.get(words[0].content.range()).unwrap_or("");
        for (index, argument) in words.iter().enumerate().skip(1) {
            let before = &words[index - 1];
            let is_regex =
                (name == "rewrite" && index == 1) || word::is_regex(self.text, argument, (index > 1).then_some(before));
            word::argument(&mut self.builder, self.text, argument, is_regex);
        }
        self.words = words;
        self.words.clear();
        directive
    }

    /// Blocks of the Lua module are Lua, not directives.
    fn is_lua_block(&self) -> bool {
        self.text.get(self.words[0].content.range()).is_some_and(|name| name.ends_with("_by_lua_block"))
    }
}
