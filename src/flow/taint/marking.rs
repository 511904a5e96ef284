//! What the rules' marks do to values: sources, sinks, sanitizers, propagators.

use super::interpreter::Interpreter;
use super::lanes::LaneSet;
use super::value::{Known, Value};
use crate::facts::flow::{Action, FlowSink, FlowSource, NodeIx, Step};
use crate::syntax::{Kind, NodeId};

impl Interpreter<'_> {
    /// What the rules' marks at an expression make of its value.
    pub fn marked_value(&mut self, id: NodeId, mut value: Value) -> Value {
        let marks = self.marks;
        for mark in marks.propagators(id) {
            let from = self.current(mark.from);
            let Some(from) = self.node_of(&from, id) else { continue };
            if mark.by_side_effect {
                let old = self.current(mark.to);
                let node = self.silent(mark.to);
                if let Some(old) = self.node_of(&old, id) {
                    self.graph.edge(old, node, Action::Same);
                }
                self.graph.filtered_edge(from, node, Action::Into, LaneSet::ALL.without(mark.lanes));
                self.rebind(mark.to, Value { node: Some(node), known: Known::Unknown, ..old });
            } else {
                let node = self.silent(id);
                if let Some(old) = self.node_of(&value, id) {
                    self.graph.edge(old, node, Action::Same);
                }
                self.graph.filtered_edge(from, node, Action::Into, LaneSet::ALL.without(mark.lanes));
                value = Value { node: Some(node), known: Known::Unknown, ..value };
            }
        }
        for mark in marks.sanitizers(id) {
            if mark.by_side_effect {
                self.clear(id, mark.lanes);
            }
            if let Some(node) = self.node_of(&value, id) {
                let node = self.derived(Some(node), id, Action::Same, mark.lanes);
                value.node = node;
                if value.known.is_container() {
                    value.known = Known::Unknown;
                }
            }
        }
        for mark in marks.sources(id) {
            let old = self.node_of(&value, id);
            let step = self.stepped(id, Step::Silent);
            if let Some(old) = old {
                self.graph.edge(old, step, Action::Same);
            }
            self.graph.facts.sources.push(FlowSource {
                node: step,
                lanes: mark.lanes,
                what: mark.what.clone(),
                requires: mark.requires.clone(),
            });
            value = Value { node: Some(step), known: Known::Unknown, ..value };
            if mark.by_side_effect {
                self.rebind(id, value.clone());
            }
        }
        if !matches!(self.tree.kind(id), Kind::Call | Kind::MacroCall) {
            self.sinks(id, std::slice::from_ref(&value));
        } else if marks.sinks(id).iter().any(|mark| mark.exact) {
            self.sinks_where(id, std::slice::from_ref(&value), true);
        }
        value
    }

    /// Values arrive at the sinks that stand at a node.
    pub fn sinks(&mut self, id: NodeId, values: &[Value]) {
        let marks = self.marks;
        for mark in marks.sinks(id) {
            self.sink(id, mark, values);
        }
    }

    /// Values arrive at those sinks of a node that are exact, or that are not.
    pub fn sinks_where(&mut self, id: NodeId, values: &[Value], exact: bool) {
        let marks = self.marks;
        for mark in marks.sinks(id).iter().filter(|mark| mark.exact == exact) {
            self.sink(id, mark, values);
        }
    }

    pub fn sink(&mut self, id: NodeId, mark: &super::SinkMark, values: &[Value]) {
        let nodes: Vec<NodeIx> = values.iter().filter_map(|value| self.node_of(value, id)).collect();
        if nodes.is_empty() {
            return;
        }
        let span = self.tree.to_file(mark.span);
        let sink = self.graph.node(span, self.frame.group, Step::Silent);
        for node in nodes {
            self.graph.edge(node, sink, Action::Into);
        }
        let anchor = self.tree.anchor(id).into();
        self.graph.facts.sinks.push(FlowSink {
            node: sink,
            rule: mark.rule,
            requires: mark.requires.clone(),
            span,
            message: mark.message.as_str().into(),
            anchor,
        });
    }
}
