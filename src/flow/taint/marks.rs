//! Marks: what the taint rules see on one tree, before any value moves.
//!
//! The rules' patterns are matched once on the tree; all that the analysis asks afterwards is which marks a node carries.

use super::lanes::{LaneSet, Requires, TaintRuleId};
use crate::source::Span;
use crate::syntax::NodeId;
use rustc_hash::FxHashMap;
use std::sync::Arc;

/// A node whose value is tainted from outside. May be an expression, a [`Parameter`](crate::syntax::Kind::Parameter) or
/// the target of an assignment or a loop.
#[derive(Debug, Clone)]
pub struct SourceMark {
    /// The lanes that start here.
    pub lanes: LaneSet,
    /// What comes in, for the first step of the flow: a few words without article or stop (`request data`); may be empty.
    pub what: Arc<str>,
    /// Whether a name is tainted from here on, not only the value of this expression.
    pub by_side_effect: bool,
    /// Whether what is in the expression (receiver, arguments) is no source by itself.
    pub exact: bool,
    /// What the value must carry already (labels).
    pub requires: Option<Requires>,
}

/// A node that tainted values should not reach.
#[derive(Debug, Clone)]
pub struct SinkMark {
    /// The rule that reports it.
    pub rule: TaintRuleId,
    /// What must arrive.
    pub requires: Requires,
    /// What to report, in the tree's text.
    pub span: Span,
    /// The rule's message with its metavariables filled.
    pub message: String,
    /// Whether only the value of the node counts; else, of a call, its arguments and its receiver.
    pub exact: bool,
}

/// A node whose value is clean.
#[derive(Debug, Clone, Copy)]
pub struct SanitizerMark {
    /// The lanes that end here.
    pub lanes: LaneSet,
    /// Whether a name is clean from here on, not only the value of this expression.
    pub by_side_effect: bool,
}

/// A condition that proves something about a value: marks stand on the condition.
#[derive(Debug, Clone, Copy)]
pub struct GuardMark {
    /// The name, attribute or subscript that it speaks of.
    pub subject: NodeId,
    /// The lanes that end where the condition holds.
    pub lanes: LaneSet,
    /// The truth of the condition that proves it.
    pub when: bool,
}

/// A construct through which taint moves from one node to another: marks stand on the construct.
#[derive(Debug, Clone, Copy)]
pub struct PropagatorMark {
    /// Where taint comes from.
    pub from: NodeId,
    /// Where it goes: names, attributes and subscripts are tainted from there on if `by_side_effect`.
    pub to: NodeId,
    /// The lanes that move.
    pub lanes: LaneSet,
    /// Whether `to` is tainted from here on, not only where it stands.
    pub by_side_effect: bool,
}

/// All marks of one tree.
#[derive(Debug, Default)]
pub struct Marks {
    sources: FxHashMap<NodeId, Vec<SourceMark>>,
    sinks: FxHashMap<NodeId, Vec<SinkMark>>,
    sanitizers: FxHashMap<NodeId, Vec<SanitizerMark>>,
    guards: FxHashMap<NodeId, Vec<GuardMark>>,
    propagators: FxHashMap<NodeId, Vec<PropagatorMark>>,
}

impl Marks {
    /// Marks a source.
    pub fn add_source(&mut self, node: NodeId, mark: SourceMark) {
        self.sources.entry(node).or_default().push(mark);
    }

    /// Marks a sink.
    pub fn add_sink(&mut self, node: NodeId, mark: SinkMark) {
        self.sinks.entry(node).or_default().push(mark);
    }

    /// Marks a sanitizer.
    pub fn add_sanitizer(&mut self, node: NodeId, mark: SanitizerMark) {
        self.sanitizers.entry(node).or_default().push(mark);
    }

    /// Marks a condition as a guard.
    pub fn add_guard(&mut self, condition: NodeId, mark: GuardMark) {
        self.guards.entry(condition).or_default().push(mark);
    }

    /// Marks a construct as a propagator.
    pub fn add_propagator(&mut self, construct: NodeId, mark: PropagatorMark) {
        self.propagators.entry(construct).or_default().push(mark);
    }

    /// Sources at a node.
    pub fn sources(&self, node: NodeId) -> &[SourceMark] {
        self.sources.get(&node).map_or(&[], Vec::as_slice)
    }

    /// Sinks at a node.
    pub fn sinks(&self, node: NodeId) -> &[SinkMark] {
        self.sinks.get(&node).map_or(&[], Vec::as_slice)
    }

    /// Sanitizers at a node.
    pub fn sanitizers(&self, node: NodeId) -> &[SanitizerMark] {
        self.sanitizers.get(&node).map_or(&[], Vec::as_slice)
    }

    /// Guards that a condition is.
    pub fn guards(&self, condition: NodeId) -> &[GuardMark] {
        self.guards.get(&condition).map_or(&[], Vec::as_slice)
    }

    /// Propagators that a construct is.
    pub fn propagators(&self, construct: NodeId) -> &[PropagatorMark] {
        self.propagators.get(&construct).map_or(&[], Vec::as_slice)
    }

    /// Expressions that propagators take taint from.
    pub fn propagator_ends(&self) -> impl Iterator<Item = NodeId> + '_ {
        self.propagators.values().flatten().map(|mark| mark.from)
    }

    /// Every node that carries a mark, in no order; some more than once.
    pub fn nodes(&self) -> impl Iterator<Item = NodeId> + '_ {
        self.sources
            .keys()
            .chain(self.sinks.keys())
            .chain(self.sanitizers.keys())
            .chain(self.guards.keys())
            .chain(self.propagators.keys())
            .copied()
    }

    /// Whether there is neither a source nor a sink.
    pub fn is_empty(&self) -> bool {
        self.sources.is_empty() && self.sinks.is_empty()
    }
}
