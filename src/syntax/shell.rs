//! Shell text: POSIX sh and what of bash stands in real scripts, lowered to commands, words and what words expand.
//!
//! An auditor needs to see which commands run with which words, not how they are chained: `&&`, `||`, `;` and `&` only
//! separate. Nothing is expanded and nothing is known about what a command does. Text that a shell would refuse costs a
//! [`Problem`] and goes on. Other front ends put shell text into their own tree by [`parse_into`], where the text need
//! not stand in the file in one piece (continued Dockerfile lines, YAML block scalars).

mod command;
mod compound;
mod draft;
mod expansion;
mod heredoc;
mod scanner;
mod word;

#[cfg(test)]
mod tests;

use super::{Field, Kind, Language, NodeId, Parsed, Problem, TreeBuilder};
use crate::source::{OffsetMap, Span};
use draft::{Draft, DraftId};
use scanner::Scanner;
use std::ops::Range;
use std::sync::Arc;

/// Parses a script. Never fails.
#[expect(clippy::needless_pass_by_value, reason = "every front end is called alike")]
pub fn parse(text: Arc<str>) -> Parsed {
    let mut builder = TreeBuilder::new(Language::Shell, Arc::clone(&text));
    let whole = Span::from_range(0..text.len());
    let mut map = OffsetMap::new(whole);
    map.push(0, 0);
    let mut problems = Vec::new();
    parse_into(&mut builder, Field::None, &text, &map, whole, &mut problems);
    Parsed { tree: builder.finish(), problems }
}

/// Adds a Script of `text` to a tree that is being built. `map` leads from the text to the builder's text; `span` is
/// where the whole script stands there. Comments go to the builder, problems to `problems`.
pub fn parse_into(
    builder: &mut TreeBuilder,
    field: Field,
    text: &str,
    map: &OffsetMap,
    span: Span,
    problems: &mut Vec<Problem>,
) -> NodeId {
    let real = Arc::clone(builder.text());
    let mut draft = Draft::new(&real);
    let mut scanner = Scanner::new(text, map, Dialect::SHELL, &mut draft);
    let script = scanner.script(field);
    scanner.finish();
    draft.set_span(script, span);
    emit(builder, draft, script, problems)
}

/// Adds `text[range]` as one word of a dialect, blanks included.
pub(super) fn word_into(
    builder: &mut TreeBuilder,
    field: Field,
    (text, range): (&str, Range<usize>),
    map: &OffsetMap,
    dialect: Dialect,
    problems: &mut Vec<Problem>,
) -> NodeId {
    let real = Arc::clone(builder.text());
    let mut draft = Draft::new(&real);
    let mut scanner = Scanner::new(&text[..range.end], map, dialect, &mut draft);
    scanner.at = range.start;
    let word = scanner.whole_word(field);
    emit(builder, draft, word, problems)
}

/// Adds `text[range]` as the body of a here-document, with what is expanded in it if anything is.
pub(super) fn heredoc_into(
    builder: &mut TreeBuilder,
    (text, range): (&str, Range<usize>),
    map: &OffsetMap,
    (dialect, expands): (Dialect, bool),
    label: &str,
    problems: &mut Vec<Problem>,
) -> NodeId {
    let real = Arc::clone(builder.text());
    let mut draft = Draft::new(&real);
    let mut scanner = Scanner::new(&text[..range.end], map, dialect, &mut draft);
    let heredoc = scanner.add(Kind::Heredoc, Field::Heredoc, range.start, range.end);
    if expands {
        scanner.at = range.start;
        scanner.expansions(heredoc);
    }
    let place = draft.span(heredoc);
    draft.label(heredoc, label, place);
    emit(builder, draft, heredoc, problems)
}

fn emit(builder: &mut TreeBuilder, mut draft: Draft<'_>, root: DraftId, problems: &mut Vec<Problem>) -> NodeId {
    problems.append(&mut draft.problems);
    for comment in std::mem::take(&mut draft.comments) {
        builder.comment(comment);
    }
    draft.emit(builder, root)
}

/// What of a word means something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Dialect {
    /// The character that protects the next one.
    pub(super) escape: u8,
    /// Whether `$( )`, backquotes, `$'..'` and `$(( ))` are known.
    pub(super) substitutes: bool,
}

impl Dialect {
    /// A shell.
    pub(super) const SHELL: Self = Self { escape: b'\\', substitutes: true };
}

/// Script, Command, Word, Substitution and so on may nest so deep, counted in nodes, in a tree of their own.
const MAX_NODES: usize = super::MAX_DEPTH - 24;
