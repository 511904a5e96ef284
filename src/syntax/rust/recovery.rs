//! What to do with a text that syn refuses: cut it into items or statements, keep those that parse, and look into the
//! braces of those that do not.
//!
//! syn gives up a whole file for one error. Half-written code and the snippets of guides (`...` for what is left out)
//! still have much to say.

use super::lexer::{Lexer, Token, TokenKind};
use super::lowering::Lowering;
use super::nesting::stack_needed;
use super::place::Place;
use super::statements;
use crate::source::Span;
use crate::syntax::{Field, Kind};
use syn::parse::{ParseStream, Parser as _};
use syn::{Attribute, ImplItem, Stmt, TraitItem};

/// How often recovery descends into the braces of what does not parse.
pub(super) const LEVELS: usize = 4;
/// How many brace groups around an error are tried, from the outermost in.
const TRIES: usize = 2;

/// What a body consists of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Context {
    /// Items and statements, of a file, a module or a function.
    Statements,
    Impl,
    Trait,
}

/// A body that did not parse. The parser was given an empty one in its place; where lowering comes upon it, the body is
/// recovered.
#[derive(Debug, Clone)]
pub(super) struct Patch {
    /// Byte offset of the opening brace.
    pub open: usize,
    /// Byte offset behind the closing brace, or where the piece ends without one.
    end: usize,
    closed: bool,
    levels: usize,
}

/// A part of a body that should parse by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Piece {
    start: usize,
    end: usize,
}

enum Members {
    Statements(Vec<Attribute>, Vec<Stmt>),
    Impl(Vec<ImplItem>),
    Trait(Vec<TraitItem>),
}

impl Lowering<'_> {
    /// Adds what parses of the text between two offsets; Error nodes stand for the rest.
    pub fn recover(&mut self, from: usize, to: usize, context: Context, levels: usize) {
        let text = self.text;
        for piece in pieces(&text[from..to]) {
            self.piece(Piece { start: from + piece.start, end: from + piece.end }, context, levels);
        }
    }

    fn piece(&mut self, piece: Piece, context: Context, levels: usize) {
        let text = self.text;
        let source = &text[piece.start..piece.end];
        if stack_needed(source) > self.stack {
            self.error(piece, "nested too deeply to be read");
            return;
        }
        self.place = Place::new(source, piece.start);
        let error = match parse_members(source, context) {
            Ok(members) => return self.members(&members),
            Err(error) => error,
        };
        let at = self.error_offset(&error);
        if levels > 0 {
            for (open, end, closed) in groups_around(source, at - piece.start).into_iter().take(TRIES) {
                let patch = Patch { open: piece.start + open, end: piece.start + end, closed, levels: levels - 1 };
                if self.without_body(piece, patch, context) {
                    return;
                }
            }
        }
        self.problem(Span::from_range(at..at), message(&error));
        self.error_with_body(piece, levels);
    }

    /// Adds a piece with one body recovered. False, and nothing added, if the piece does not parse without that body
    /// either, or if it is no body that could be recovered.
    fn without_body(&mut self, piece: Piece, patch: Patch, context: Context) -> bool {
        let text = self.text;
        let (open, end) = (patch.open, patch.end);
        let mut hollow = String::with_capacity(piece.end - piece.start + 1);
        hollow.push_str(&text[piece.start..=open]);
        let blanks = if patch.closed { end - open - 2 } else { (end - open).saturating_sub(2) };
        hollow.extend(std::iter::repeat_n(' ', blanks));
        hollow.push('}');
        hollow.push_str(&text[end..piece.end]);
        let Ok(members) = parse_members(&hollow, context) else { return false };
        self.place = Place::new(hollow, piece.start);
        self.patch = Some(patch);
        let first = self.builder.next_id();
        self.members(&members);
        if self.patch.take().is_none() {
            return true;
        }
        self.builder.truncate(first);
        false
    }

    /// Adds the Block of a body that is recovered piece by piece.
    pub fn patched_body(&mut self, patch: &Patch, context: Context, field: Field) -> Span {
        let span = Span::from_range(patch.open..patch.end);
        let block = self.open(Kind::Block, field);
        let outside = std::mem::replace(&mut self.place, Place::new("", 0));
        let inner_end = if patch.closed { patch.end - 1 } else { patch.end };
        self.recover(patch.open + 1, inner_end, context, patch.levels);
        self.place = outside;
        self.close(block, span);
        span
    }

    fn members(&mut self, members: &Members) {
        match members {
            Members::Statements(attributes, statements) => {
                self.attributes(attributes);
                self.statements(statements);
            }
            Members::Impl(items) => items.iter().for_each(|item| self.impl_item(item)),
            Members::Trait(items) => items.iter().for_each(|item| self.trait_item(item)),
        }
    }

    fn error(&mut self, piece: Piece, message: &str) {
        let span = Span::from_range(piece.start..piece.end);
        self.problem(span, message);
        self.leaf(Kind::Error, Field::Statement, span);
    }

    /// An Error node; if its piece is a function whose signature does not parse, the body's statements are below it.
    fn error_with_body(&mut self, piece: Piece, levels: usize) {
        let text = self.text;
        let source = &text[piece.start..piece.end];
        let open = self.open(Kind::Error, Field::Statement);
        if let Some((from, to)) = function_body(source).filter(|_| levels > 0) {
            self.recover(piece.start + from, piece.start + to, Context::Statements, levels - 1);
        }
        self.close(open, Span::from_range(piece.start..piece.end));
    }

    /// Where an error is, in the text of the piece that [`Lowering::place`] belongs to.
    pub fn error_offset(&self, error: &syn::Error) -> usize {
        let span = error.span();
        let start = span.start();
        if start.line == 1 && start.column == 0 && error.to_string().starts_with("unexpected end of input") {
            return self.place.ending();
        }
        self.start(span)
    }
}

/// syn's message in this program's words: one sentence without a final stop.
pub(super) fn message(error: &syn::Error) -> String {
    let message = error.to_string();
    let line = message.lines().next().unwrap_or("");
    if line.contains("cannot parse string into token stream") || line == "lex error" {
        return "no Rust token, or a bracket or quote without its partner".to_owned();
    }
    line.trim_end_matches('.').chars().take(160).collect()
}

fn parse_members(source: &str, context: Context) -> syn::Result<Members> {
    match context {
        Context::Statements => {
            statements.parse_str(source).map(|(attributes, statements)| Members::Statements(attributes, statements))
        }
        Context::Impl => all::<ImplItem>.parse_str(source).map(Members::Impl),
        Context::Trait => all::<TraitItem>.parse_str(source).map(Members::Trait),
    }
}

fn all<T: syn::parse::Parse>(input: ParseStream<'_>) -> syn::Result<Vec<T>> {
    let mut members = Vec::new();
    while !input.is_empty() {
        members.push(input.parse()?);
    }
    Ok(members)
}

/// Cuts a body into its items or statements: each ends at a semicolon or closing brace outside of brackets.
fn pieces(text: &str) -> Vec<Piece> {
    let resync = !is_balanced(text);
    let mut pieces = Vec::new();
    let mut brackets: Vec<u8> = Vec::new();
    let mut piece: Option<Piece> = None;
    // Whether the piece may end before the token that comes: a brace was closed.
    let mut may_end = false;
    for token in Lexer::new(text).filter(|token| token.kind != TokenKind::Comment) {
        let lost = resync && !brackets.is_empty() && begins_item(text, token);
        if lost || (std::mem::take(&mut may_end) && !continues(text, token)) {
            brackets.clear();
            pieces.extend(piece.take());
        }
        if piece.is_none() && token.kind == TokenKind::Punct(b';') {
            continue;
        }
        let current = piece.get_or_insert(Piece { start: token.start, end: token.end });
        current.end = token.end;
        match token.kind {
            TokenKind::Open(open) => brackets.push(open),
            TokenKind::Close(close) => {
                if let Some(depth) = brackets.iter().rposition(|&open| partner(open) == close) {
                    brackets.truncate(depth);
                    may_end = brackets.is_empty() && close == b'}';
                } else if brackets.is_empty() {
                    pieces.extend(piece.take());
                }
            }
            TokenKind::Punct(b';') if brackets.is_empty() => pieces.extend(piece.take()),
            // What a guide leaves out, with no semicolon behind it.
            TokenKind::Punct(b'.') if &text[current.start..current.end] == "..." => pieces.extend(piece.take()),
            _ => {}
        }
    }
    pieces.extend(piece);
    pieces
}

const fn partner(open: u8) -> u8 {
    match open {
        b'(' => b')',
        b'[' => b']',
        _ => b'}',
    }
}

fn is_balanced(text: &str) -> bool {
    let mut brackets = Vec::new();
    for token in Lexer::new(text) {
        match token.kind {
            TokenKind::Open(open) => brackets.push(partner(open)),
            TokenKind::Close(close) if brackets.pop() != Some(close) => return false,
            _ => {}
        }
    }
    brackets.is_empty()
}

/// Whether what ended in a brace goes on with this token.
fn continues(text: &str, token: Token) -> bool {
    match token.kind {
        TokenKind::Punct(byte) => b";.?,+/%^=>:".contains(&byte),
        TokenKind::Word => matches!(&text[token.start..token.end], "else" | "as"),
        TokenKind::Close(_) => true,
        _ => false,
    }
}

/// Whether a token at the beginning of a line begins an item: formatted code has nothing else there.
fn begins_item(text: &str, token: Token) -> bool {
    let at_line_start = token.start == 0 || text.as_bytes()[token.start - 1] == b'\n';
    at_line_start
        && matches!(
            &text[token.start..token.end],
            "#" | "async"
                | "const"
                | "enum"
                | "extern"
                | "fn"
                | "impl"
                | "macro_rules"
                | "mod"
                | "pub"
                | "static"
                | "struct"
                | "trait"
                | "type"
                | "unsafe"
                | "use"
        )
}

/// The brace groups around an offset, the outermost first: opening brace, end, and whether it was closed.
fn groups_around(text: &str, at: usize) -> Vec<(usize, usize, bool)> {
    let mut open: Vec<(u8, usize)> = Vec::new();
    let mut groups = Vec::new();
    for token in Lexer::new(text) {
        match token.kind {
            TokenKind::Open(bracket) => open.push((bracket, token.start)),
            TokenKind::Close(close) => {
                let Some(depth) = open.iter().rposition(|&(bracket, _)| partner(bracket) == close) else { continue };
                let (_, start) = open[depth];
                open.truncate(depth);
                if close == b'}' && start < at && at < token.end {
                    groups.push((start, token.end, true));
                }
            }
            _ => {}
        }
    }
    let unclosed = open.iter().filter(|&&(bracket, start)| bracket == b'{' && start <= at);
    groups.extend(unclosed.map(|&(_, start)| (start, text.len(), false)));
    groups.sort_unstable();
    groups
}

/// What stands between the braces of a function: the last brace group, if a `fn` comes before any brace.
fn function_body(text: &str) -> Option<(usize, usize)> {
    let mut tokens = Lexer::new(text).filter(|token| token.kind != TokenKind::Comment);
    let mut function = false;
    let open = loop {
        let token = tokens.next()?;
        match token.kind {
            TokenKind::Word => function |= &text[token.start..token.end] == "fn",
            TokenKind::Open(b'{') => break token.end,
            _ => {}
        }
    };
    let close = if text.ends_with('}') { text.len() - 1 } else { text.len() };
    (function && open <= close).then_some((open, close))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut(text: &str) -> Vec<&str> {
        pieces(text).into_iter().map(|piece| &text[piece.start..piece.end]).collect()
    }

    #[test]
    fn cuts_at_semicolons_and_braces() {
        assert_eq!(
            cut("use a::{b, c};\n// x;\nfn f() { a; b }\nconst A: T = T { x: [1; 2] };\nif a { b } else { c } d()"),
            ["use a::{b, c};", "fn f() { a; b }", "const A: T = T { x: [1; 2] };", "if a { b } else { c }", "d()"]
        );
    }

    #[test]
    fn finds_the_next_item_behind_a_missing_brace() {
        assert_eq!(cut("fn f() {\n  a(;\n\nfn g() { b }\n"), ["fn f() {\n  a(;", "fn g() { b }"]);
        assert_eq!(cut("} fn g() {}"), ["}", "fn g() {}"]);
        assert_eq!(cut("...\na();\n... b"), ["...", "a();", "...", "b"]);
    }
}
