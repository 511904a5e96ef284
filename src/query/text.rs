//! The text of a place: as written, with variables put in, and as a list of words.

use super::place::{PlaceId, Walk};
use super::values::hole::{self, Notation};
use super::values::words;
use crate::source::Span;
use crate::syntax::{Field, FileKind, Kind, NodeId};

/// A word of a list or a command line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Word {
    pub text: String,
    pub span: Span,
    /// The node whose label the word is, where it has one.
    pub node: Option<NodeId>,
}

/// How variables are written in files of a kind.
pub(super) const fn notation(kind: FileKind) -> Notation {
    match kind {
        FileKind::Compose
        | FileKind::Dockerfile
        | FileKind::Dotenv
        | FileKind::Shell
        | FileKind::SystemdUnit
        | FileKind::GitlabCi
        | FileKind::Procfile => Notation::Shell,
        FileKind::Nginx | FileKind::GithubWorkflow | FileKind::GithubAction | FileKind::Requirements => {
            Notation::Templates
        }
        _ => Notation::Braces,
    }
}

/// Longest value that variables are looked for in, in bytes.
const LONGEST_VALUE: usize = 16 << 10;

impl Walk<'_> {
    /// The text of a node as written, quotes resolved: a scalar's, or the words of anything longer.
    fn node_text(&self, node: NodeId) -> String {
        let tree = self.tree;
        match tree.kind(node) {
            Kind::Null | Kind::Mapping | Kind::Pair | Kind::Stage | Kind::Section | Kind::Document => String::new(),
            Kind::Alias => format!("{0}{1}{0}", hole::HOLE, tree.label(node)),
            Kind::Sequence | Kind::Directive | Kind::Requirement | Kind::Command => self.joined(node),
            Kind::Instruction => {
                let body = tree.child(node, Field::Body).filter(|&body| tree.kind(body) == Kind::Script);
                body.map_or_else(|| self.joined(node), |script| tree.source(script).to_owned())
            }
            Kind::Script | Kind::Pipeline | Kind::ShellGroup => tree.source(node).to_owned(),
            _ => tree.label(node).to_owned(),
        }
    }

    fn joined(&self, node: NodeId) -> String {
        let mut out = String::new();
        for argument in self.argument_nodes(node) {
            if !out.is_empty() {
                out.push(' ');
            }
            if self.tree.kind(argument) == Kind::Pair {
                out.push_str(self.entry_name(argument).unwrap_or(""));
                out.push('=');
                out.push_str(self.tree.child(argument, Field::Value).map_or("", |value| self.tree.label(value)));
            } else if !matches!(self.tree.kind(argument), Kind::Sequence | Kind::Mapping) {
                out.push_str(self.tree.label(argument));
            }
        }
        out
    }

    /// The text of a place as written.
    pub fn written(&self, id: PlaceId) -> String {
        let place = self.place(id);
        match &place.cut {
            Some(cut) => cut.text.clone(),
            None => self.node_text(place.value),
        }
    }

    /// The text of a place with what the file says about variables put in; the rest are holes.
    pub fn text(&self, id: PlaceId) -> String {
        self.expand(&self.written(id), self.place(id).value)
    }

    /// Puts variables into a text that stands at a node.
    pub fn expand(&self, text: &str, at: NodeId) -> String {
        // A value of this length is data, and looking for variables in nested ones would cost their depth times their
        // length: it counts as unknown.
        if text.len() > LONGEST_VALUE {
            return hole::unknown();
        }
        // What is already one hole (an alias without target, an entry without value) stays one.
        if hole::whole(text).is_some() {
            return text.to_owned();
        }
        match self.context.kind {
            FileKind::Dockerfile => self.variables().expand(self.tree, text, at),
            kind => hole::expand(text, notation(kind), &|_| None),
        }
    }

    /// The words of a place as a command line or as arguments: elements of a sequence, arguments, or the words of a
    /// text in shell quoting. Variables are put in.
    pub fn command_words(&self, id: PlaceId) -> Vec<Word> {
        let place = self.place(id);
        let nodes = if place.cut.is_none() { self.argument_nodes(place.value) } else { Vec::new() };
        if !nodes.is_empty() {
            return nodes.into_iter().map(|node| self.word(node)).collect();
        }
        // Shell form of CMD, ENTRYPOINT and RUN: the words of its first command.
        if self.tree.kind(place.value) == Kind::Instruction {
            let command = self.tree.subtree(place.value).find(|&node| self.tree.kind(node) == Kind::Command);
            let nodes = command.map_or_else(Vec::new, |command| self.argument_nodes(command));
            return nodes.into_iter().map(|node| self.word(node)).collect();
        }
        let span = self.value_span(id);
        let whole = || Word { text: self.text(id), span, node: None };
        if self.tree.kind(place.value) == Kind::Null || whole().text.is_empty() {
            return Vec::new();
        }
        let start = place.cut.is_none().then(|| self.tree.label_span(place.value)).flatten();
        words::shell(&self.written(id))
            .into_iter()
            .map(|(text, range)| Word {
                text: self.expand(&text, place.value),
                span: start.map_or(span, |label| {
                    let range = Span::from_range(range);
                    Span::new(label.start + range.start, label.start + range.end)
                }),
                node: None,
            })
            .collect()
    }

    fn word(&self, node: NodeId) -> Word {
        Word { text: self.expand(&self.node_text(node), node), span: self.tree.span(node), node: Some(node) }
    }

    /// The elements of a list in whatever form: a sequence, arguments, or a text separated by spaces or commas.
    pub fn list_words(&self, id: PlaceId) -> Vec<String> {
        let place = self.place(id);
        let nodes = if place.cut.is_none() { self.argument_nodes(place.value) } else { Vec::new() };
        if nodes.is_empty() {
            return words::list(&self.text(id)).map(str::to_owned).collect();
        }
        nodes.into_iter().map(|node| self.expand(&self.node_text(node), node)).collect()
    }

    /// The value's span: what a report of the value points at.
    pub fn value_span(&self, id: PlaceId) -> Span {
        let place = self.place(id);
        if let Some(cut) = &place.cut {
            return cut.value_span;
        }
        let tree = self.tree;
        match tree.kind(place.value) {
            Kind::Directive | Kind::Instruction | Kind::Requirement | Kind::Command => {
                let arguments = tree.children(place.value).filter(|&child| {
                    matches!(tree.field(child), Field::Argument)
                        || (tree.field(child) == Field::Body && tree.kind(child) == Kind::Script)
                });
                arguments.map(|argument| tree.span(argument)).reduce(Span::cover).unwrap_or(tree.span(place.value))
            }
            Kind::Stage => self.key_span(id),
            _ => tree.span(place.value),
        }
    }

    /// The key's span: what a report of the key points at.
    pub fn key_span(&self, id: PlaceId) -> Span {
        let place = self.place(id);
        if let Some(cut) = &place.cut {
            return cut.key_span;
        }
        let (tree, entry) = (self.tree, place.entry);
        let span = tree.span(entry);
        match tree.kind(entry) {
            Kind::Pair => tree.child(entry, Field::Key).map_or(span, |key| tree.span(key)),
            // Their label may be normalised, but a name stands first and has the same length.
            Kind::Directive | Kind::Instruction => {
                let length = u32::try_from(tree.label(entry).len()).unwrap_or(0);
                tree.label_span(entry).unwrap_or(Span::new(span.start, (span.start + length).min(span.end)))
            }
            Kind::Section | Kind::Requirement => tree.label_span(entry).unwrap_or(span),
            Kind::Command => tree.child(entry, Field::Argument).map_or(span, |name| tree.span(name)),
            Kind::Stage => tree
                .children(entry)
                .find(|&child| tree.kind(child) == Kind::Instruction && tree.label(child) == "FROM")
                .map_or(span, |from| tree.span(from)),
            // An element without a key: what people look for is its first line.
            Kind::Mapping => tree.children(entry).next().map_or(span, |first| match tree.child(first, Field::Key) {
                Some(key) if !self.is_scalar_pair(first) => tree.span(key),
                _ => tree.span(first),
            }),
            _ => span,
        }
    }

    fn is_scalar_pair(&self, pair: NodeId) -> bool {
        !matches!(self.tree.kind(self.value_of(pair)), Kind::Mapping | Kind::Sequence)
    }
}
