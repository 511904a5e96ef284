//! Where in a rule file a mistake stands.

use super::formula::Mistake;
use crate::source::{LineIndex, Position};
use crate::syntax::{self, Field, Kind, Language, NodeId, Tree};

/// The place of a mistake in the item with this index (0-based) of the list `rules` or `kits`; the deepest key that can be
/// found.
pub(super) fn locate(text: &str, list: &str, item: usize, mistake: &Mistake) -> Option<Position> {
    let tree = syntax::parse(Language::Yaml, text).tree;
    let document = tree.children(tree.root()).next()?;
    let items = value_of(&tree, document, list)?;
    let mut at = tree.children(items).nth(item)?;
    let mut place = at;
    for key in &mistake.keys {
        let next = match tree.kind(at) {
            Kind::Sequence => key.parse().ok().and_then(|index| tree.children(at).nth(index)).map(|item| (item, item)),
            _ => pair_of(&tree, at, key)
                .and_then(|pair| Some((tree.child(pair, Field::Key)?, tree.child(pair, Field::Value)?))),
        };
        let Some((key, value)) = next else {
            // A key that serde names without the way to it.
            place = find_key(&tree, at, key).unwrap_or(place);
            break;
        };
        (place, at) = (key, value);
    }
    let lines = LineIndex::new(text);
    let mut position = lines.position(text, tree.span(place).start);
    // A line inside a block scalar counts from the line below the key.
    if let Some(line) = mistake.line
        && !tree.span(at).is_empty()
        && text[tree.span(at).range()].starts_with(['|', '>'])
    {
        position = Position { line: position.line + line, column: 1, column_utf16: 1 };
    }
    Some(position)
}

fn pair_of(tree: &Tree, mapping: NodeId, key: &str) -> Option<NodeId> {
    tree.children(mapping).find(|&pair| tree.child(pair, Field::Key).is_some_and(|name| tree.label(name) == key))
}

fn value_of(tree: &Tree, mapping: NodeId, key: &str) -> Option<NodeId> {
    tree.child(pair_of(tree, mapping, key)?, Field::Value)
}

fn find_key(tree: &Tree, below: NodeId, key: &str) -> Option<NodeId> {
    tree.subtree(below).find(|&id| tree.field(id) == Field::Key && tree.label(id) == key)
}
