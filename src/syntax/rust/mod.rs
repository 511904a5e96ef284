//! Front end for Rust: syn's typed trees, lowered to the one tree.
//!
//! A text is a file, or a list of statements, or a snippet (an expression, a type, a pattern), or broken; it is tried in
//! that order. This module knows Rust's grammar and proc-macro2's spans; it knows no crates and no names.

mod attributes;
mod chains;
mod declarations;
mod expressions;
mod items;
mod lexer;
mod literals;
mod lowering;
mod macro_arguments;
mod macros;
mod nesting;
mod patterns;
mod place;
mod recovery;
mod statements;
mod test_code;
#[cfg(test)]
mod tests;
mod types;

pub use lowering::CHAIN_DEPTH;
pub use test_code::is_test_code;

use super::{Field, Kind, Language, Parsed, Problem, TreeBuilder};
use crate::source::Span;
use lexer::{Lexer, TokenKind};
use lowering::Lowering;
use nesting::Nesting;
use place::Place;
use recovery::{Context, LEVELS};
use std::sync::Arc;
use syn::parse::{ParseStream, Parser as _};
use syn::{Arm, Attribute, Block, File, Pat, Stmt, Type};

/// Longest text that is tried as a snippet: a rule's pattern or an example in a guide.
const LONGEST_SNIPPET: usize = 1 << 16;

/// Parses a Rust text.
#[expect(clippy::needless_pass_by_value, reason = "every front end takes the text like this")]
pub fn parse(text: Arc<str>) -> Parsed {
    let start = code_start(&text);
    let code = &text[start..];
    let mut comments = Vec::new();
    let mut nesting = Nesting::default();
    for token in Lexer::new(code) {
        if token.kind == TokenKind::Comment {
            comments.push(Span::from_range(start + token.start..start + token.end));
        } else {
            nesting.read(code, token);
        }
    }
    let mut parsed = Job { text: &text, start, comments: &comments, needed: nesting.stack() }.run();
    parsed.problems.sort_by_key(|problem| (problem.span.start, problem.span.end));
    parsed
}

/// One text and what is known of it before the parser runs.
#[derive(Clone, Copy)]
struct Job<'t> {
    text: &'t Arc<str>,
    /// Where code begins.
    start: usize,
    comments: &'t [Span],
    /// Bytes of stack that the parser needs.
    needed: u32,
}

/// Where code begins: behind a byte order mark and a `#!` line, which `#![attribute]` is not.
fn code_start(text: &str) -> usize {
    let start = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
    let Some(line) = text[start..].strip_prefix("#!") else { return start };
    let next = Lexer::new(line).find(|token| token.kind != TokenKind::Comment);
    if next.is_some_and(|token| token.kind == TokenKind::Open(b'[')) {
        return start;
    }
    text[start..].find('\n').map_or(text.len(), |end| start + end)
}

impl Job<'_> {
    fn run(self) -> Parsed {
        if self.needed <= nesting::SHALLOW {
            return self.lower(nesting::SHALLOW);
        }
        std::thread::scope(|scope| {
            let thread = std::thread::Builder::new().stack_size(nesting::DEEP_STACK);
            let deep = thread.spawn_scoped(scope, || self.lower(nesting::DEEP));
            deep.ok().and_then(|thread| thread.join().ok())
        })
        .unwrap_or_else(|| self.refuse())
    }

    fn builder(self) -> TreeBuilder {
        let mut builder = TreeBuilder::new(Language::Rust, Arc::clone(self.text));
        for &comment in self.comments {
            builder.comment(comment);
        }
        builder
    }

    /// Parses and lowers on a thread that can spare `stack` bytes for the parser.
    fn lower(self, stack: u32) -> Parsed {
        let text = &**self.text;
        let mut lowering = Lowering::new(self.builder(), text, stack);
        let root = lowering.builder.open(Kind::Module, Field::None, Span::from_range(0..text.len()));
        lowering.place = Place::new(&text[self.start..], self.start);
        if self.needed > stack || !lowering.whole(&text[self.start..]) {
            lowering.recover(self.start, text.len(), Context::Statements, LEVELS);
        }
        lowering.builder.close(root);
        // Spans live in a map that would grow with every file; none is in use any more.
        proc_macro2::extra::invalidate_current_thread_spans();
        Parsed { tree: lowering.builder.finish(), problems: lowering.problems }
    }

    /// A tree that says that nothing was read.
    fn refuse(self) -> Parsed {
        let span = Span::from_range(0..self.text.len());
        let mut builder = self.builder();
        let root = builder.open(Kind::Module, Field::None, span);
        let error = builder.leaf(Kind::Error, Field::Statement, span);
        builder.close(error);
        builder.close(root);
        let message = "nested too deeply to be read".to_owned();
        Parsed { tree: builder.finish(), problems: vec![Problem { span, message }] }
    }
}

/// What a whole text can be.
enum Code {
    File(File),
    Statements(Vec<Attribute>, Vec<Stmt>),
    Type(Type),
    Pattern(Pat),
    Arms(Vec<Arm>),
}

impl Lowering<'_> {
    /// Adds a text that parses as a whole. False, and nothing added, if it does not.
    fn whole(&mut self, code: &str) -> bool {
        let Some(code) = parse_code(code) else { return false };
        match &code {
            Code::File(file) => {
                self.attributes(&file.attrs);
                for item in &file.items {
                    self.item(item, Field::Statement);
                }
            }
            Code::Statements(attributes, statements) => {
                self.attributes(attributes);
                self.statements(statements);
            }
            Code::Type(ty) => {
                self.ty(ty, Field::Statement);
            }
            Code::Pattern(pattern) => {
                self.pattern(pattern, Field::Statement);
            }
            Code::Arms(arms) => {
                for arm in arms {
                    self.match_arm(arm, Field::Statement);
                }
            }
        }
        true
    }
}

fn parse_code(code: &str) -> Option<Code> {
    if let Ok(file) = syn::parse_str(code) {
        return Some(Code::File(file));
    }
    if let Ok((attributes, statements)) = statements.parse_str(code) {
        return Some(Code::Statements(attributes, statements));
    }
    if code.len() > LONGEST_SNIPPET {
        return None;
    }
    // `let x = 1` and `use a::b` as people write them in a sentence.
    if let Ok((attributes, statements)) = statements.parse_str(&format!("{code}\n;")) {
        return Some(Code::Statements(attributes, statements));
    }
    if let Ok(ty) = syn::parse_str(code) {
        return Some(Code::Type(ty));
    }
    if let Ok(pattern) = Pat::parse_multi_with_leading_vert.parse_str(code) {
        return Some(Code::Pattern(pattern));
    }
    if let Ok(attributes) = Attribute::parse_outer.parse_str(code) {
        return Some(Code::Statements(attributes, Vec::new()));
    }
    arms.parse_str(code).ok().map(Code::Arms)
}

/// Statements or items, with the attributes of what they are the body of.
fn statements(input: ParseStream<'_>) -> syn::Result<(Vec<Attribute>, Vec<Stmt>)> {
    Ok((input.call(Attribute::parse_inner)?, input.call(Block::parse_within)?))
}

fn arms(input: ParseStream<'_>) -> syn::Result<Vec<Arm>> {
    let mut arms = Vec::new();
    while !input.is_empty() {
        arms.push(input.parse()?);
    }
    Ok(arms)
}
