//! A cursor on YAML that sees through aliases and merge keys.
//!
//! Knows trees; nothing of what a key means. Every place it hands out is a span of the file.

use super::word::Word;
use crate::source::Span;
use crate::syntax::{Field, Kind, NodeId, Tree};

/// So many aliases in a row are followed.
const MAX_ALIASES: usize = 8;

/// How deep `<<` may lead to mappings with `<<`.
const MAX_MERGES: usize = 8;

/// So many entries of one mapping or list are looked at.
const MAX_ENTRIES: usize = 5000;

/// A place in a YAML tree.
#[derive(Debug, Clone, Copy)]
pub(super) struct Yaml<'t> {
    pub tree: &'t Tree,
    node: NodeId,
}

impl<'t> Yaml<'t> {
    /// The documents of a tree.
    pub fn documents(tree: &'t Tree) -> impl Iterator<Item = Self> {
        tree.children(NodeId::ROOT).map(move |node| Self::at(tree, node))
    }

    /// A node; `None` for the root of a tree.
    pub fn new(tree: &'t Tree, node: NodeId) -> Option<Self> {
        (node != NodeId::ROOT).then(|| Self::at(tree, node))
    }

    fn at(tree: &'t Tree, node: NodeId) -> Self {
        let mut node = node;
        for _ in 0..MAX_ALIASES {
            match tree.kind(node) {
                Kind::Alias => match tree.alias_target(node) {
                    Some(target) => node = target,
                    None => break,
                },
                _ => break,
            }
        }
        Self { tree, node }
    }

    /// The node, aliases followed.
    pub fn node(self) -> NodeId {
        self.node
    }

    /// Whether it is a mapping.
    pub fn is_mapping(self) -> bool {
        self.tree.kind(self.node) == Kind::Mapping
    }

    /// Whether it is a list.
    pub fn is_sequence(self) -> bool {
        self.tree.kind(self.node) == Kind::Sequence
    }

    /// Where it stands in the file.
    pub fn span(self) -> Span {
        self.tree.file_span(self.node)
    }

    /// The text of a scalar; `None` for a null, a mapping and a list.
    pub fn text(self) -> Option<&'t str> {
        matches!(self.tree.kind(self.node), Kind::Str | Kind::Number | Kind::Bool).then(|| self.tree.label(self.node))
    }

    /// A scalar with its place.
    pub fn word(self) -> Option<Word> {
        let text = self.text()?;
        let span = self.tree.label_span(self.node).unwrap_or_else(|| self.tree.span(self.node));
        Some(Word::new(text, self.tree.to_file(span)))
    }

    /// The entries of a mapping in order: its own, then those that `<<` brings and it does not have itself.
    pub fn entries(self) -> Vec<(Word, Self)> {
        let mut entries = Vec::new();
        self.collect(&mut entries, 0);
        entries
    }

    fn collect(self, entries: &mut Vec<(Word, Self)>, depth: usize) {
        if !self.is_mapping() || depth > MAX_MERGES {
            return;
        }
        let mut merged = Vec::new();
        for pair in self.tree.children_by(self.node, Field::Item) {
            if entries.len() >= MAX_ENTRIES {
                return;
            }
            let (Some(key), Some(value)) = (self.tree.child(pair, Field::Key), self.tree.child(pair, Field::Value))
            else {
                continue;
            };
            let value = Self::at(self.tree, value);
            let key = Self { tree: self.tree, node: key };
            match key.text() {
                Some("<<") => merged.push(value),
                Some(_) => {
                    let Some(key) = key.word() else { continue };
                    // What a mapping says itself wins over what is merged into it.
                    if depth == 0 || entries.iter().all(|(known, _)| known.text != key.text) {
                        entries.push((key, value));
                    }
                }
                None => {}
            }
        }
        for value in merged {
            if value.is_sequence() {
                value.items().into_iter().for_each(|item| item.collect(entries, depth + 1));
            } else {
                value.collect(entries, depth + 1);
            }
        }
    }

    /// The value of a key.
    pub fn get(self, key: &str) -> Option<Self> {
        self.entry(key).map(|(_, value)| value)
    }

    /// A key with its place, and its value.
    pub fn entry(self, key: &str) -> Option<(Word, Self)> {
        self.find(key, 0)
    }

    fn find(self, wanted: &str, depth: usize) -> Option<(Word, Self)> {
        if !self.is_mapping() || depth > MAX_MERGES {
            return None;
        }
        let mut merged = Vec::new();
        for pair in self.tree.children_by(self.node, Field::Item) {
            let (Some(key), Some(value)) = (self.tree.child(pair, Field::Key), self.tree.child(pair, Field::Value))
            else {
                continue;
            };
            let value = Self::at(self.tree, value);
            let label = self.tree.label(key);
            if label == wanted {
                return Some((Self { tree: self.tree, node: key }.word()?, value));
            }
            if label == "<<" {
                merged.push(value);
            }
        }
        merged.into_iter().find_map(|value| {
            if value.is_sequence() {
                value.items().into_iter().find_map(|item| item.find(wanted, depth + 1))
            } else {
                value.find(wanted, depth + 1)
            }
        })
    }

    /// The value behind several keys.
    pub fn path(self, keys: &[&str]) -> Option<Self> {
        keys.iter().try_fold(self, |at, key| at.get(key))
    }

    /// The text of a key's value.
    pub fn string(self, key: &str) -> Option<&'t str> {
        self.get(key)?.text()
    }

    /// A key's value with its place.
    pub fn word_of(self, key: &str) -> Option<Word> {
        self.get(key)?.word()
    }

    /// The elements of a list.
    pub fn items(self) -> Vec<Self> {
        if !self.is_sequence() {
            return Vec::new();
        }
        self.tree.children_by(self.node, Field::Item).take(MAX_ENTRIES).map(|item| Self::at(self.tree, item)).collect()
    }

    /// The scalars of a list, or the one scalar that stands in its place.
    pub fn words(self) -> Vec<Word> {
        if self.is_sequence() {
            self.items().into_iter().filter_map(Self::word).collect()
        } else {
            self.word().into_iter().collect()
        }
    }
}
