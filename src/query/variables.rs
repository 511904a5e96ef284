//! Variables of a Dockerfile: what `ARG` and `ENV` say at a place.
//!
//! Rules of the Dockerfile reference: an `ARG` before the first `FROM` holds in `FROM` lines, and in a stage only after
//! a bare `ARG name` there; `ENV` wins over `ARG`; both hold from their line to the end of the stage.

use super::values::hole::{self, Notation};
use crate::syntax::{Field, Kind, NodeId, Tree};
use rustc_hash::FxHashMap;

/// The variables of one Dockerfile.
#[derive(Debug, Clone, Default)]
pub struct DockerVariables {
    /// By name, in order of the file.
    definitions: FxHashMap<String, Vec<Definition>>,
}

#[derive(Debug, Clone)]
struct Definition {
    /// The pair or word that defines it.
    node: NodeId,
    /// End of the stage it holds in; `None` before the first `FROM`.
    stage_end: Option<u32>,
    is_env: bool,
    value: Option<String>,
}

/// A value that grows beyond this (`ENV A=$A$A`, many times) is treated as unknown.
const LONGEST_VALUE: usize = 4096;

/// So many definitions of one name in one stage are looked at, from the last.
const MAX_DEFINITIONS: usize = 64;

impl DockerVariables {
    /// Collects the variables of a tree; a tree of another language has none.
    pub fn new(tree: &Tree) -> Self {
        let mut variables = Self::default();
        for child in tree.children(tree.root()) {
            match tree.kind(child) {
                Kind::Stage => {
                    for instruction in tree.children(child) {
                        variables.instruction(tree, instruction, Some(tree.subtree_end(child)));
                    }
                }
                Kind::Instruction => variables.instruction(tree, child, None),
                _ => {}
            }
        }
        variables
    }

    fn instruction(&mut self, tree: &Tree, instruction: NodeId, stage_end: Option<u32>) {
        let is_env = match tree.label(instruction) {
            "ENV" => true,
            "ARG" => false,
            _ => return,
        };
        for argument in tree.children_by(instruction, Field::Argument) {
            let (name, written) = match tree.kind(argument) {
                Kind::Pair => {
                    let Some(key) = tree.child(argument, Field::Key) else { continue };
                    (tree.label(key), tree.child(argument, Field::Value).map(|value| tree.label(value)))
                }
                _ => (tree.label(argument), None),
            };
            let value = match written {
                Some(written) => {
                    let value = self.expand(tree, written, argument);
                    (value.len() <= LONGEST_VALUE).then_some(value)
                }
                // `ARG name` in a stage brings the global one in.
                None if stage_end.is_some() => self.global(name),
                None => None,
            };
            let definition = Definition { node: argument, stage_end, is_env, value };
            self.definitions.entry(name.to_owned()).or_default().push(definition);
        }
    }

    fn global(&self, name: &str) -> Option<String> {
        let all = self.definitions.get(name)?;
        all.iter().rev().find(|definition| definition.stage_end.is_none())?.value.clone()
    }

    /// The value of a variable at a node, where the file says it.
    pub fn value(&self, tree: &Tree, name: &str, at: NodeId) -> Option<String> {
        let in_from = tree
            .ancestors(at)
            .chain([at])
            .any(|node| tree.kind(node) == Kind::Instruction && tree.label(node) == "FROM");
        if in_from {
            return self.global(name);
        }
        let all = self.definitions.get(name)?;
        let holds = |definition: &&Definition| {
            definition.node < at
                && match definition.stage_end {
                    Some(end) => at.0 < end && same_stage(tree, definition.node, at),
                    None => !tree.ancestors(at).any(|node| tree.kind(node) == Kind::Stage),
                }
        };
        let before = all.partition_point(|definition| definition.node < at);
        // Definitions of earlier stages lie before those of this one: stop at the first that does not hold.
        let mut here = all[..before].iter().rev().take(MAX_DEFINITIONS).take_while(holds);
        let last = here.next()?;
        let env = if last.is_env { Some(last) } else { here.find(|definition| definition.is_env) };
        env.unwrap_or(last).value.clone()
    }

    /// A text at a node with its variables put in; what is not in the file becomes a hole.
    pub fn expand(&self, tree: &Tree, text: &str, at: NodeId) -> String {
        hole::expand(text, Notation::Shell, &|name| self.value(tree, name, at))
    }
}

fn same_stage(tree: &Tree, left: NodeId, right: NodeId) -> bool {
    let stage = |node| tree.ancestors(node).find(|&above| tree.kind(above) == Kind::Stage);
    stage(left) == stage(right)
}
