//! Words of command lines, and where they stand.
//!
//! Knows trees and shell quoting; nothing of what a command does.

use crate::query::values::words;
use crate::source::Span;
use crate::syntax::{self, Field, Kind, Language, NodeId, Tree};

/// So many commands of one script are looked at.
const MAX_COMMANDS: usize = 2000;

/// A text with its place.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct Word {
    /// Quotes and escapes resolved, variables left as written.
    pub text: String,
    /// Byte span: of the text alone where it stands there as it is, else of all that is written for it.
    pub span: Span,
}

impl Word {
    /// A word.
    pub fn new(text: impl Into<String>, span: Span) -> Self {
        Self { text: text.into(), span }
    }

    /// The word that a node's label is.
    pub fn of(tree: &Tree, node: NodeId) -> Self {
        Self { text: tree.label(node).to_owned(), span: tree.label_span(node).unwrap_or_else(|| tree.span(node)) }
    }

    /// Whether the span covers the text as it stands in the file.
    pub fn is_verbatim(&self) -> bool {
        self.span.len() as usize == self.text.len()
    }

    /// A part of the word. Where the word does not stand in the file as it is, the part's place is all of it.
    #[must_use]
    #[expect(clippy::cast_possible_truncation, reason = "the reader refuses files of 4 GiB and more")]
    pub fn part(&self, range: std::ops::Range<usize>) -> Self {
        let text = self.text.get(range.clone()).unwrap_or("").to_owned();
        let span = if self.is_verbatim() {
            Span::new(self.span.start + range.start as u32, self.span.start + range.end as u32)
        } else {
            self.span
        };
        Self { text, span }
    }

    /// What stands in front of the first separator and behind it.
    pub fn split_once(&self, separator: char) -> Option<(Self, Self)> {
        let at = self.text.find(separator)?;
        Some((self.part(0..at), self.part(at + separator.len_utf8()..self.text.len())))
    }

    /// The last component of a path: `uvicorn` of `/opt/venv/bin/uvicorn`.
    pub fn file_name(&self) -> &str {
        self.text.rsplit('/').next().unwrap_or("")
    }
}

/// The words of a text that is split as a shell does.
pub fn split(word: &Word) -> Vec<Word> {
    words::shell(&word.text)
        .into_iter()
        .map(|(text, range)| {
            let mut part = word.part(range.clone());
            let written = word.text.get(range).unwrap_or("");
            // The quotes of `"a b"` are not part of the word.
            if written.len() == text.len() + 2
                && written.get(1..written.len() - 1) == Some(&*text)
                && word.is_verbatim()
            {
                part.span = Span::new(part.span.start + 1, part.span.end - 1);
            }
            Word { text, span: part.span }
        })
        .collect()
}

/// The commands of a shell text, each its words; assignments in front of a command are words too.
pub fn commands_of_text(word: &Word) -> Vec<Vec<Word>> {
    let parsed = syntax::parse(Language::Shell, word.text.as_str());
    let place = |span: Span| {
        if word.is_verbatim() { Span::new(word.span.start + span.start, word.span.start + span.end) } else { word.span }
    };
    let mut commands = commands_of_script(&parsed.tree, NodeId::ROOT);
    for command in &mut commands {
        for word in command {
            word.span = place(word.span);
        }
    }
    commands
}

/// The commands below a node, in order of the text, each its words.
pub fn commands_of_script(tree: &Tree, script: NodeId) -> Vec<Vec<Word>> {
    tree.subtree(script)
        .filter(|&node| tree.kind(node) == Kind::Command)
        .take(MAX_COMMANDS)
        .map(|command| words_of_command(tree, command))
        .filter(|words| !words.is_empty())
        .collect()
}

/// The words of a simple command: assignments in front as `NAME=value`, then the command and its arguments.
fn words_of_command(tree: &Tree, command: NodeId) -> Vec<Word> {
    let mut words = Vec::new();
    for child in tree.children(command) {
        match (tree.field(child), tree.kind(child)) {
            (Field::Assignment, Kind::Pair) => {
                let key = tree.child(child, Field::Key).map_or("", |key| tree.label(key));
                let value = tree.child(child, Field::Value).map_or("", |value| tree.label(value));
                words.push(Word::new(format!("{key}={value}"), tree.span(child)));
            }
            (Field::Argument, Kind::Word) => words.push(Word::of(tree, child)),
            _ => {}
        }
    }
    words
}
