//! What a requirements file leaves open: packages without an exact version.

use crate::source::Span;
use crate::syntax::{Field, Kind, NodeId, Tree};

/// The open requirements of a file.
#[derive(Debug, Clone, Default)]
pub struct RequirementsFacts {
    /// Packages without an exact version, in order, with the requirement's place.
    pub open: Vec<(String, Span)>,
    /// The first package with an exact version but without a hash.
    pub unhashed: Option<(String, Span)>,
    /// Whether the file says by `-c` or hashes that something else settles versions.
    pub is_constrained: bool,
}

impl RequirementsFacts {
    /// Reads a file.
    pub fn collect(tree: &Tree) -> Self {
        let mut facts = Self::default();
        for node in tree.children(NodeId::ROOT).filter(|&node| tree.kind(node) == Kind::Requirement) {
            let name = tree.label(node);
            let words: Vec<&str> = tree.children_by(node, Field::Argument).map(|word| tree.label(word)).collect();
            if matches!(name, "-c" | "--constraint" | "--require-hashes") {
                facts.is_constrained = true;
            }
            // Options, URLs and paths; what stands behind `@` is a URL.
            if name.is_empty() || name.starts_with('-') {
                continue;
            }
            let settled = words.iter().any(|word| {
                word.contains("://") || (word.starts_with("==") && !word.contains('*')) || word.starts_with("--hash")
            });
            if !settled {
                facts.open.push((name.to_owned(), tree.file_span(node)));
            } else if facts.unhashed.is_none()
                && !words.iter().any(|word| word.contains("://") || word.starts_with("--hash"))
            {
                facts.unhashed = Some((name.to_owned(), tree.file_span(node)));
            }
        }
        facts
    }
}
