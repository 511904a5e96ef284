//! What a function proves of its parameters: by coming back, and by what it gives back.

use super::interpreter::Interpreter;
use super::lanes::LaneSet;
use super::value::Value;
use crate::syntax::NodeId;

impl Interpreter<'_> {
    /// Lanes that were cleared of each parameter up to here.
    pub fn cleared_parameters(&mut self) -> Vec<LaneSet> {
        let names = self.frame.parameters.clone();
        names
            .iter()
            .enumerate()
            .map(|(index, name)| {
                let function = &self.graph.facts.functions[self.frame.function as usize];
                let Some(first) = function.parameters.get(index).map(|parameter| parameter.node) else {
                    return LaneSet::NONE;
                };
                let mut at = self.frame.state.read(name).and_then(|value| value.node);
                let mut lanes = LaneSet::NONE;
                for _ in 0..64 {
                    let Some(node) = at else { return LaneSet::NONE };
                    if node == first {
                        return lanes;
                    }
                    let Some(&(from, cleared)) = self.refined.get(&node) else { return LaneSet::NONE };
                    lanes = lanes.union(cleared);
                    at = Some(from);
                }
                LaneSet::NONE
            })
            .collect()
    }

    /// The function comes back here: what it checked of its parameters holds.
    pub fn note_checks(&mut self) {
        if self.frame.parameters.is_empty() || !self.frame.state.is_alive {
            return;
        }
        let here = self.cleared_parameters();
        self.frame.checked = Some(match self.frame.checked.take() {
            None => here,
            Some(known) => known.into_iter().zip(here).map(|(known, here)| known.intersection(here)).collect(),
        });
    }

    /// What it says of the parameters that the result is true, or false.
    pub fn note_proofs(&mut self, node: Option<NodeId>, value: &Value) {
        if self.frame.parameters.is_empty() || !self.frame.state.is_alive {
            return;
        }
        for truth in [true, false] {
            if value.truth() == Some(!truth) {
                continue;
            }
            let mark = self.frame.state.mark();
            if let Some(node) = node.filter(|_| value.truth().is_none()) {
                self.refine(node, truth);
            }
            let here = self.cleared_parameters();
            self.frame.state.undo(mark);
            let known = &mut self.frame.proofs[usize::from(truth)];
            *known = Some(match known.take() {
                None => here,
                Some(known) => known.into_iter().zip(here).map(|(known, here)| known.intersection(here)).collect(),
            });
        }
    }
}
