//! One walk over a tree serves all patterns: nodes by kind, and by the names that stand in them.
//!
//! Names are known by their [`Symbol`]s. What an index says of a symbol may be too much (symbols of different names can be
//! equal) and is never too little; patterns compare the names themselves afterwards.

use crate::flow::Names;
use crate::syntax::{Field, Kind, NodeId, Tree};
use std::ops::Range;

/// A name as a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct Symbol(u32);

impl Symbol {
    /// The symbol of a name.
    pub fn of(name: &str) -> Self {
        const FACTOR: u64 = 0x9E37_79B9_7F4A_7C15;
        let mut hash = name.len() as u64;
        let mut chunks = name.as_bytes().chunks_exact(8);
        for chunk in &mut chunks {
            let mut word = [0; 8];
            word.copy_from_slice(chunk);
            hash = (hash.rotate_left(23) ^ u64::from_le_bytes(word)).wrapping_mul(FACTOR);
        }
        let rest = chunks.remainder().iter().fold(0, |word, &byte| (word << 8) | u64::from(byte));
        hash = (hash.rotate_left(23) ^ rest).wrapping_mul(FACTOR);
        Self((hash >> 32) as u32)
    }

    const fn index(self, mask: usize) -> usize {
        self.0 as usize & mask
    }
}

/// Nodes of a tree by kind and by name.
#[derive(Debug)]
pub struct TreeIndex {
    by_kind: Vec<NodeId>,
    /// Where each kind begins in `by_kind`.
    kinds: Vec<u32>,
    /// Nodes with the symbol of their name: calls by the name that is called, imported names under the one they had
    /// before `as` too.
    named: Vec<(Symbol, NodeId)>,
    /// Where each bucket of symbols begins in `named`.
    buckets: Vec<u32>,
    /// One bit for each symbol, shared by some.
    present: Vec<u64>,
}

impl TreeIndex {
    /// Walks the tree.
    pub fn new(tree: &Tree, names: &Names<'_>) -> Self {
        let (by_kind, kinds) = sorted_by_kind(tree);
        let words = (tree.len() / 16).next_power_of_two().clamp(16, 1 << 12);
        let mut index = Self { by_kind, kinds, named: Vec::new(), buckets: Vec::new(), present: vec![0; words] };
        let mut entries = Vec::with_capacity(tree.len() / 2);
        for id in tree.ids() {
            match tree.kind(id) {
                Kind::Call | Kind::MacroCall => {
                    let Some(mut callee) = tree.child(id, Field::Callee) else {
                        index.note(tree.label(id));
                        continue;
                    };
                    if tree.kind(callee) == Kind::Subscript {
                        callee = tree.child(callee, Field::Object).unwrap_or(callee);
                    }
                    entries.push((Symbol::of(tree.label(callee)), id));
                    index.note(tree.label(id));
                    if tree.kind(callee) == Kind::Name {
                        index.renamed(tree, names, callee, id, &mut entries);
                    }
                }
                Kind::Name => {
                    entries.push((index.note(tree.label(id)), id));
                    index.renamed(tree, names, id, id, &mut entries);
                }
                Kind::Attribute | Kind::KeywordArgument => entries.push((index.note(tree.label(id)), id)),
                Kind::FunctionDef | Kind::ClassDef | Kind::Directive => _ = index.note(tree.label(id)),
                Kind::ImportFrom | Kind::ImportItem => {
                    index.note(tree.label(id));
                    for segment in tree.label(id).split('.') {
                        index.note(segment);
                    }
                }
                _ => {}
            }
        }
        index.sort(&entries);
        index
    }

    /// Adds a node under the last name of what an import or an assignment makes of `name`, where that is another.
    fn renamed(
        &mut self,
        tree: &Tree,
        names: &Names<'_>,
        name: NodeId,
        node: NodeId,
        entries: &mut Vec<(Symbol, NodeId)>,
    ) {
        let label = tree.label(name);
        if !names.may_be_renamed(label) {
            return;
        }
        let first = entries.len();
        for qualified in &*names.qualified_shared(name) {
            let last = qualified.rsplit('.').next().unwrap_or(qualified);
            let entry = (Symbol::of(last), node);
            if last != label && !entries[first..].contains(&entry) {
                self.note(last);
                entries.push(entry);
            }
        }
    }

    /// Notes that a name stands in the tree.
    fn note(&mut self, name: &str) -> Symbol {
        let symbol = Symbol::of(name);
        let bit = symbol.index(self.present.len() * 64 - 1);
        self.present[bit / 64] |= 1 << (bit % 64);
        symbol
    }

    /// Puts named nodes into buckets, those of each in order of the text.
    fn sort(&mut self, entries: &[(Symbol, NodeId)]) {
        let count = (entries.len() / 2).next_power_of_two().max(16);
        let mut ends = vec![0_u32; count + 1];
        for (symbol, _) in entries {
            ends[symbol.index(count - 1) + 1] += 1;
        }
        for bucket in 1..=count {
            ends[bucket] += ends[bucket - 1];
        }
        self.buckets.clone_from(&ends);
        self.named = vec![(Symbol(0), NodeId::ROOT); entries.len()];
        for &entry in entries {
            let end = &mut ends[entry.0.index(count - 1)];
            self.named[*end as usize] = entry;
            *end += 1;
        }
    }

    /// Nodes of a kind in order of the text.
    pub(super) fn of_kind(&self, kind: Kind) -> &[NodeId] {
        let at = kind as usize;
        &self.by_kind[self.kinds[at] as usize..self.kinds[at + 1] as usize]
    }

    /// Names, attributes and keyword arguments of a name, and calls of it (also macro calls), directly or before an `as`,
    /// among some ids; in order of the text.
    pub(super) fn of_name(&self, symbol: Symbol, ids: &Range<u32>) -> impl Iterator<Item = NodeId> + '_ {
        let bucket = symbol.index(self.buckets.len() - 2);
        let entries = &self.named[self.buckets[bucket] as usize..self.buckets[bucket + 1] as usize];
        let first = entries.partition_point(|(_, node)| node.0 < ids.start);
        let behind = entries.partition_point(|(_, node)| node.0 < ids.end);
        entries[first..behind].iter().filter(move |(other, _)| *other == symbol).map(|&(_, node)| node)
    }

    /// Whether names may all stand in the tree.
    pub(super) fn may_hold(&self, symbols: &[Symbol]) -> bool {
        let mask = self.present.len() * 64 - 1;
        symbols.iter().all(|symbol| {
            let bit = symbol.index(mask);
            self.present[bit / 64] & (1 << (bit % 64)) != 0
        })
    }
}

/// All nodes by kind, and where each kind begins.
#[expect(clippy::cast_possible_truncation, reason = "node ids are 32 bits wide")]
fn sorted_by_kind(tree: &Tree) -> (Vec<NodeId>, Vec<u32>) {
    let mut ends = vec![0_u32; 257];
    for id in tree.ids() {
        ends[tree.kind(id) as usize + 1] += 1;
    }
    for kind in 1..ends.len() {
        ends[kind] += ends[kind - 1];
    }
    let begins = ends.clone();
    let mut nodes = vec![NodeId::ROOT; tree.len()];
    for id in 0..tree.len() as u32 {
        let end = &mut ends[tree.kind(NodeId(id)) as usize];
        nodes[*end as usize] = NodeId(id);
        *end += 1;
    }
    (nodes, begins)
}
