//! Dockerfiles and shell: `ENV`, `ARG` and `LABEL`, assignments, options of commands.

use super::literal::Literal;
use super::{Collector, Position};
use crate::syntax::{Field, Kind, NodeId};

/// Commands whose words are text for people or patterns, not settings.
const TALKERS: &[&str] = &["echo", "printf", "grep", "sed", "awk", "test", "[", "[[", "read", "unset"];

impl Collector<'_> {
    pub(super) fn container(&mut self) {
        for node in self.tree.ids() {
            match self.tree.kind(node) {
                Kind::Pair => self.setting(node),
                Kind::Command if !TALKERS.contains(&self.tree.label(node)) => self.command(node),
                _ => {}
            }
        }
    }

    fn setting(&mut self, pair: NodeId) {
        let (Some(key), Some(value)) = (self.tree.child(pair, Field::Key), self.tree.child(pair, Field::Value)) else {
            return;
        };
        let name = self.tree.label(key).to_owned();
        self.defaults_inside(&name, value);
        if self.is_interesting(&name)
            && let Some(literal) = Literal::of(self.tree, value)
        {
            self.push(&name, literal, Position::Environment);
        }
    }

    /// `--password=x`, `--password x`, `export PASSWORD=x`.
    fn command(&mut self, command: NodeId) {
        let words: Vec<NodeId> = self.tree.children_by(command, Field::Argument).skip(1).collect();
        for (index, &word) in words.iter().enumerate() {
            let Some(literal) = Literal::of(self.tree, word) else { continue };
            if literal.text.contains(char::is_whitespace) {
                continue;
            }
            let next = words.get(index + 1).copied();
            self.option(&literal, next);
        }
    }

    /// An option with its value behind `=`, or in the next word.
    pub(super) fn option(&mut self, literal: &Literal, next: Option<NodeId>) {
        if let Some((name, value)) = literal.text.split_once('=') {
            let from = literal.text.len() - value.len();
            let name = name.trim_start_matches('-').to_owned();
            if !name.is_empty()
                && self.is_interesting(&name)
                && let Some(value) = literal.tail(self.tree, from)
            {
                self.push(&name, value.without_quotes(self.tree), Position::Argument);
            }
            return;
        }
        let Some(name) = literal.text.strip_prefix("--") else { return };
        if self.is_interesting(name)
            && let Some(value) = next.and_then(|next| Literal::of(self.tree, next))
            && !value.text.starts_with('-')
        {
            self.push(name, value, Position::Argument);
        }
    }
}
