//! What a systemd unit, or a drop-in for one, says in `[Service]`.

use crate::source::Span;
use crate::syntax::{Field, Kind, NodeId, Tree};

/// Settings of a service.
#[derive(Debug, Clone, Default)]
pub struct UnitFacts {
    /// Keys and values in order; a later one of the same name wins, an empty one takes back.
    pub settings: Vec<(String, String)>,
    /// Where the first `ExecStart` stands.
    pub start: Option<Span>,
}

impl UnitFacts {
    /// Reads a unit; `None` where it has no `[Service]`.
    pub fn collect(tree: &Tree) -> Option<Self> {
        let mut sections = tree.children(NodeId::ROOT).filter(|&node| tree.kind(node) == Kind::Section);
        let section = sections.find(|&section| tree.label(section) == "Service")?;
        let mut facts = Self::default();
        for pair in tree.children(section).filter(|&node| tree.kind(node) == Kind::Pair) {
            let (Some(key), Some(value)) = (tree.child(pair, Field::Key), tree.child(pair, Field::Value)) else {
                continue;
            };
            if tree.label(key) == "ExecStart" && facts.start.is_none() {
                facts.start = Some(tree.file_span(key));
            }
            facts.settings.push((tree.label(key).to_owned(), tree.label(value).trim().to_owned()));
        }
        Some(facts)
    }

    /// The value of a key that holds.
    pub fn value(&self, key: &str) -> Option<&str> {
        self.settings.iter().rev().find(|(name, _)| name == key).map(|(_, value)| value.as_str())
    }
}
