//! The graph while it is made.

use super::lanes::LaneSet;
use crate::facts::flow::{Action, FilterIx, FlowEdge, FlowFacts, FlowNode, FunctionIx, NameIx, NodeIx, Step};
use crate::source::Span;
use rustc_hash::FxHashMap;

/// Nodes, edges and the tables that they refer to.
#[derive(Debug, Default)]
pub(super) struct Graph {
    pub facts: FlowFacts,
    names: FxHashMap<Box<str>, NameIx>,
    filters: FxHashMap<LaneSet, FilterIx>,
}

impl Graph {
    pub fn new() -> Self {
        let mut graph = Self::default();
        graph.filter(LaneSet::NONE);
        graph.name("");
        graph
    }

    #[expect(clippy::cast_possible_truncation, reason = "fewer names than bytes in the text")]
    pub fn name(&mut self, text: &str) -> NameIx {
        if let Some(&known) = self.names.get(text) {
            return known;
        }
        let name = self.facts.names.len() as NameIx;
        self.facts.names.push(text.into());
        self.names.insert(text.into(), name);
        name
    }

    #[expect(clippy::cast_possible_truncation, reason = "the interpreter's fuel bounds the number of nodes")]
    pub fn node(&mut self, span: Span, group: FunctionIx, step: Step) -> NodeIx {
        let node = self.facts.nodes.len() as NodeIx;
        self.facts.nodes.push(FlowNode { span, group, step });
        node
    }

    #[expect(clippy::cast_possible_truncation, reason = "fewer filters than nodes in the tree")]
    pub fn filter(&mut self, cleared: LaneSet) -> FilterIx {
        *self.filters.entry(cleared).or_insert_with(|| {
            self.facts.filters.push(cleared);
            self.facts.filters.len() as FilterIx - 1
        })
    }

    pub fn edge(&mut self, from: NodeIx, to: NodeIx, action: Action) {
        self.facts.edges.push(FlowEdge { from, to, action, filter: 0 });
    }

    pub fn filtered_edge(&mut self, from: NodeIx, to: NodeIx, action: Action, cleared: LaneSet) {
        let filter = self.filter(cleared);
        self.facts.edges.push(FlowEdge { from, to, action, filter });
    }

    /// The facts: edges that lead to nothing anybody asks for are left out, the rest is sorted.
    pub fn finish(self) -> FlowFacts {
        let mut facts = self.facts;
        let count = facts.nodes.len();
        let wanted = wanted_nodes(&facts);
        facts.edges.retain(|edge| wanted[edge.to as usize] && edge.from != edge.to);
        facts.edges.sort_by_key(|edge| (edge.from, edge.to));
        facts.edges.dedup_by(|a, b| a.from == b.from && a.to == b.to && a.action == b.action && a.filter == b.filter);
        facts.edges.shrink_to_fit();
        let mut first = Vec::with_capacity(count + 1);
        let mut at = 0;
        for node in 0..=count {
            while facts.edges.get(at).is_some_and(|edge| (edge.from as usize) < node) {
                at += 1;
            }
            first.push(u32::try_from(at).unwrap_or(u32::MAX));
        }
        facts.first_edge = first;
        facts
    }
}

/// Nodes from which a sink, a call, a return, a parameter or a shared variable can be reached.
fn wanted_nodes(facts: &FlowFacts) -> Vec<bool> {
    let mut wanted = vec![false; facts.nodes.len()];
    let mut open: Vec<NodeIx> = Vec::new();
    let calls = facts.calls.iter().flat_map(|call| call.receiver.iter().chain(&call.arguments).map(|a| a.node));
    let functions = facts
        .functions
        .iter()
        .flat_map(|function| function.parameters.iter().map(|p| p.out).chain(std::iter::once(function.returns)));
    let shared = facts
        .globals
        .iter()
        .map(|&(_, node)| node)
        .chain(facts.attributes.iter().map(|&(_, _, node)| node))
        .chain(facts.sinks.iter().map(|sink| sink.node));
    for node in calls.chain(functions).chain(shared) {
        if !std::mem::replace(&mut wanted[node as usize], true) {
            open.push(node);
        }
    }
    let mut into: Vec<(NodeIx, NodeIx)> = facts.edges.iter().map(|edge| (edge.to, edge.from)).collect();
    into.sort_unstable();
    while let Some(node) = open.pop() {
        let first = into.partition_point(|&(to, _)| to < node);
        for &(_, from) in into[first..].iter().take_while(|&&(to, _)| to == node) {
            if !std::mem::replace(&mut wanted[from as usize], true) {
                open.push(from);
            }
        }
    }
    wanted
}
