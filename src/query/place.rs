//! Places: a configuration tree as queries see it, with aliases and merges followed.
//!
//! One node can be reached on several ways (an anchor merged into five services), so a place knows the way it was
//! reached by: its parent is a place. Work is bounded: every visit costs, and a walk that has spent all stops finding.

use super::variables::DockerVariables;
use crate::source::Span;
use crate::syntax::{Field, FileKind, Kind, NodeId, Tree};
use rustc_hash::FxHashSet;
use std::cell::OnceCell;
use std::rc::Rc;

/// Index of a place in its walk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct PlaceId(u32);

/// A place in a configuration.
#[derive(Debug, Clone)]
pub(super) struct Place {
    /// The pair, directive, instruction, sequence element, ...
    pub entry: NodeId,
    /// Where its children and its text come from; aliases are followed.
    pub value: NodeId,
    /// The enclosing place.
    pub parent: Option<PlaceId>,
    /// Set where name and text are a cut of a node (`KEY=value` in a list).
    pub cut: Option<Rc<Cut>>,
    /// Index of the capture that this place's name is kept under.
    pub capture: Option<usize>,
    depth: u16,
}

/// Name and text that do not stand in a node of their own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Cut {
    pub name: String,
    pub text: String,
    pub key_span: Span,
    pub value_span: Span,
}

/// What lies directly below a place.
#[derive(Debug, Default)]
pub(super) struct Entries {
    pub nodes: Vec<NodeId>,
    /// More may be there than the file shows (a merge that leads nowhere, a template).
    pub uncertain: bool,
}

/// What a file is, as far as queries may know.
#[derive(Debug, Clone, Copy)]
pub struct FileContext<'file> {
    /// Path as reports show it.
    pub path: &'file str,
    /// What the file is for.
    pub kind: FileKind,
}

/// One run of a query over one tree.
pub(super) struct Walk<'tree> {
    pub tree: &'tree Tree,
    pub context: FileContext<'tree>,
    places: Vec<Place>,
    work_left: usize,
    variables: OnceCell<DockerVariables>,
}

/// Aliases that lead to aliases are followed this far.
const MAX_ALIASES: usize = 16;
/// Places nest this deep; aliases could nest them without end.
const MAX_PLACE_DEPTH: u16 = 200;

impl<'tree> Walk<'tree> {
    pub fn new(tree: &'tree Tree, context: FileContext<'tree>) -> Self {
        // A query that looks at every node a hundred times is done; one that needs more is stopped.
        let work_left = tree.len().saturating_mul(100).saturating_add(200_000);
        Self { tree, context, places: Vec::new(), work_left, variables: OnceCell::new() }
    }

    pub fn is_exhausted(&self) -> bool {
        self.work_left == 0
    }

    pub fn spend(&mut self, work: usize) {
        self.work_left = self.work_left.saturating_sub(work);
    }

    pub fn place(&self, id: PlaceId) -> &Place {
        &self.places[id.0 as usize]
    }

    /// How many places there are; [`Walk::forget`] drops all later ones.
    pub fn mark(&self) -> usize {
        self.places.len()
    }

    pub fn forget(&mut self, mark: usize) {
        self.places.truncate(mark);
    }

    pub fn variables(&self) -> &DockerVariables {
        self.variables.get_or_init(|| DockerVariables::new(self.tree))
    }

    /// The tops of the documents.
    pub fn roots(&mut self) -> Vec<PlaceId> {
        let root = self.tree.root();
        let holds_documents = self.tree.kind(root) == Kind::Document
            && self.tree.children(root).next().is_some_and(|first| !is_entry(self.tree.kind(first)));
        let nodes: Vec<_> = if holds_documents { self.tree.children(root).collect() } else { vec![root] };
        nodes.into_iter().filter_map(|node| self.add(node, None)).collect()
    }

    /// Adds a place for an entry below a place; `None` where it leads back to itself or too deep.
    pub fn add(&mut self, entry: NodeId, parent: Option<PlaceId>) -> Option<PlaceId> {
        let value = self.value_of(entry);
        self.add_with(entry, value, parent, None)
    }

    /// Adds a place whose value or text is not what its entry says.
    #[expect(clippy::cast_possible_truncation, reason = "the work budget bounds the number of places")]
    pub fn add_with(
        &mut self,
        entry: NodeId,
        value: NodeId,
        parent: Option<PlaceId>,
        cut: Option<Cut>,
    ) -> Option<PlaceId> {
        self.spend(1);
        let depth = parent.map_or(0, |parent| self.place(parent).depth + 1);
        let leads_back = || {
            // Only an alias leads out of its own subtree, so only then can an ancestor come again.
            !self.tree.is_within(value, entry) && self.ancestors(parent).any(|above| self.place(above).value == value)
        };
        if self.is_exhausted() || depth > MAX_PLACE_DEPTH || leads_back() {
            return None;
        }
        let id = PlaceId(self.places.len() as u32);
        self.places.push(Place { entry, value, parent, cut: cut.map(Rc::new), capture: None, depth });
        Some(id)
    }

    pub fn set_capture(&mut self, id: PlaceId, capture: usize) {
        self.places[id.0 as usize].capture = Some(capture);
    }

    /// A place and everything that encloses it, innermost first.
    pub fn ancestors(&self, id: Option<PlaceId>) -> impl Iterator<Item = PlaceId> + '_ {
        std::iter::successors(id, |&id| self.place(id).parent)
    }

    /// The node that carries an entry's value.
    pub fn value_of(&self, entry: NodeId) -> NodeId {
        let mut value = match self.tree.kind(entry) {
            Kind::Pair | Kind::Flag => self.tree.child(entry, Field::Value).unwrap_or(entry),
            _ => entry,
        };
        for _ in 0..MAX_ALIASES {
            if self.tree.kind(value) != Kind::Alias {
                break;
            }
            let Some(target) = self.tree.alias_target(value) else { break };
            value = target;
        }
        value
    }

    /// The name of an entry: a key, a directive, an instruction, a command without its folder.
    pub fn entry_name(&self, entry: NodeId) -> Option<&'tree str> {
        let tree = self.tree;
        match tree.kind(entry) {
            Kind::Pair => tree.child(entry, Field::Key).map(|key| tree.label(key)),
            Kind::Directive | Kind::Section | Kind::Requirement | Kind::Instruction => Some(tree.label(entry)),
            Kind::Command => Some(base_name(tree.label(entry))),
            Kind::Stage => Some("stage"),
            _ => None,
        }
    }

    /// The name of a place.
    pub fn name(&self, id: PlaceId) -> Option<String> {
        let place = self.place(id);
        match &place.cut {
            Some(cut) => Some(cut.name.clone()),
            None => self.entry_name(place.entry).map(str::to_owned),
        }
    }

    /// The entries directly below a place.
    pub fn entries(&mut self, id: PlaceId) -> Entries {
        let place = self.place(id);
        if place.cut.is_some() {
            return Entries::default();
        }
        let value = place.value;
        let mut entries = self.entries_of(value, 0);
        // A compose service may get keys from the service that it extends, in this file or another.
        if self.context.kind == FileKind::Compose && self.tree.kind(value) == Kind::Mapping {
            entries.uncertain |= entries.nodes.iter().any(|&entry| self.entry_name(entry) == Some("extends"));
        }
        self.spend(entries.nodes.len() + 1);
        entries
    }

    fn entries_of(&self, value: NodeId, merges: usize) -> Entries {
        let tree = self.tree;
        match tree.kind(value) {
            Kind::Mapping => self.mapping(value, merges),
            Kind::Directive => {
                let body = tree.child(value, Field::Body).filter(|&body| tree.kind(body) == Kind::Block);
                Entries { nodes: body.map_or_else(Vec::new, |body| tree.children(body).collect()), uncertain: false }
            }
            Kind::Instruction => Entries {
                nodes: tree
                    .children(value)
                    .filter(|&child| matches!(tree.kind(child), Kind::Pair | Kind::Instruction))
                    .collect(),
                uncertain: false,
            },
            Kind::Document
            | Kind::Block
            | Kind::Sequence
            | Kind::Section
            | Kind::Stage
            | Kind::Script
            | Kind::Pipeline
            | Kind::ShellGroup => Entries { nodes: tree.children(value).collect(), uncertain: false },
            Kind::Alias | Kind::Error => Entries { nodes: Vec::new(), uncertain: true },
            Kind::Str | Kind::Word => Entries { nodes: Vec::new(), uncertain: tree.label(value).contains("{{") },
            _ => Entries::default(),
        }
    }

    /// The pairs of a mapping; what `<<` merges in counts where the mapping has no such key of its own.
    fn mapping(&self, mapping: NodeId, merges: usize) -> Entries {
        let tree = self.tree;
        let mut entries = Entries::default();
        let mut sources_of_merges = Vec::new();
        for child in tree.children(mapping) {
            match self.entry_name(child) {
                Some("<<") => sources_of_merges.push(child),
                Some(name) => {
                    entries.uncertain |= name.contains("{{");
                    entries.nodes.push(child);
                }
                None => entries.uncertain = true,
            }
        }
        if sources_of_merges.is_empty() {
            return entries;
        }
        if merges >= MAX_ALIASES {
            entries.uncertain = true;
            return entries;
        }
        let mut known: FxHashSet<&str> = entries.nodes.iter().filter_map(|&entry| self.entry_name(entry)).collect();
        for merge in sources_of_merges {
            let source = self.value_of(merge);
            let sources = match tree.kind(source) {
                Kind::Sequence => tree.children(source).map(|element| self.value_of(element)).collect(),
                _ => vec![source],
            };
            for source in sources {
                // A mapping that merges an anchor around itself would go round for ever.
                if tree.kind(source) != Kind::Mapping || tree.is_within(mapping, source) {
                    entries.uncertain = true;
                    continue;
                }
                let more = self.mapping(source, merges + 1);
                entries.uncertain |= more.uncertain;
                for entry in more.nodes {
                    if self.entry_name(entry).is_some_and(|name| known.insert(name)) {
                        entries.nodes.push(entry);
                    }
                }
            }
        }
        entries
    }

    /// Nodes of the arguments of a directive, an instruction, a requirement or a command (its name first), and of a
    /// sequence.
    pub fn argument_nodes(&self, value: NodeId) -> Vec<NodeId> {
        let tree = self.tree;
        match tree.kind(value) {
            Kind::Sequence => tree.children(value).map(|element| self.value_of(element)).collect(),
            Kind::Directive | Kind::Instruction | Kind::Requirement | Kind::Command => tree
                .children_by(value, Field::Argument)
                .flat_map(|argument| match tree.kind(argument) {
                    Kind::Sequence => tree.children(argument).collect(),
                    _ => vec![argument],
                })
                .collect(),
            _ => Vec::new(),
        }
    }
}

/// Whether a node below a document is an entry of it, not a document of its own.
const fn is_entry(kind: Kind) -> bool {
    matches!(
        kind,
        Kind::Pair
            | Kind::Section
            | Kind::Directive
            | Kind::Stage
            | Kind::Instruction
            | Kind::Requirement
            | Kind::Script
            | Kind::Command
            | Kind::Pipeline
            | Kind::ShellGroup
    )
}

/// A path's last component.
pub(super) fn base_name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}
