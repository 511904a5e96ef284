//! The way of a lane from its source to a fact, step by step.

use super::graph::Call;
use super::propagate::{FactIx, Origin, Propagation};
use crate::facts::flow::Step;
use crate::flow::taint::Lane;
use crate::model::Place;

/// Steps that a report shows; longer ways lose their middle.
const MAX_STEPS: usize = 60;
/// Facts that are looked at for one way.
const MAX_FACTS: usize = 20_000;
/// How deep callees within callees are shown.
const MAX_DEPTH: u32 = 6;

impl Propagation<'_, '_> {
    /// Source to sink, with a sentence each.
    pub(super) fn trace(&self, fact: FactIx, lane: Lane) -> Vec<(Place, String)> {
        let mut steps = Vec::new();
        let mut budget = MAX_FACTS;
        let node = self.facts[fact as usize].node;
        let span = self.linked.facts(node.file).nodes[node.node as usize].span;
        steps.push((self.linked.place(node.file, span), "ends up here".to_owned()));
        self.walk(fact, lane, MAX_DEPTH, false, &mut budget, &mut steps);
        steps.reverse();
        steps.dedup_by(|later, earlier| later.0 == earlier.0);
        if steps.len() > MAX_STEPS {
            let tail = steps.split_off(steps.len() - MAX_STEPS / 2);
            steps.truncate(MAX_STEPS / 2);
            steps.extend(tail);
        }
        steps
    }

    /// Walks back; within a callee it stops where the callee was entered.
    fn walk(
        &self,
        fact: FactIx,
        lane: Lane,
        depth: u32,
        is_within: bool,
        budget: &mut usize,
        steps: &mut Vec<(Place, String)>,
    ) {
        let mut at = fact;
        while *budget > 0 {
            *budget -= 1;
            let fact = &self.facts[at as usize];
            let Some(&(_, origin)) = fact.origins.iter().find(|(lanes, _)| lanes.has(lane)) else { return };
            self.show(at, steps);
            match origin {
                Origin::Source(index) => {
                    let facts = self.linked.facts(fact.node.file);
                    let span = facts.nodes[fact.node.node as usize].span;
                    let what = &facts.sources[index as usize].what;
                    let text =
                        if what.is_empty() { "comes in here".to_owned() } else { format!("{what} comes in here") };
                    steps.push((self.linked.place(fact.node.file, span), text));
                    return;
                }
                Origin::Request => {
                    let facts = self.linked.facts(fact.node.file);
                    let span = facts.nodes[fact.node.node as usize].span;
                    // The parameter itself is the first step.
                    if steps.last().is_some_and(|(place, _)| *place == self.linked.place(fact.node.file, span)) {
                        steps.pop();
                    }
                    steps.push((self.linked.place(fact.node.file, span), "the request fills it".to_owned()));
                    return;
                }
                Origin::Fact(before) => at = before,
                Origin::Caller(before, call) => {
                    if is_within {
                        return;
                    }
                    let place = self.argument_place(before, call);
                    steps.push((place, format!("passed to `{}`", self.callee(call))));
                    at = before;
                }
                Origin::Callee(before, exit, call) => {
                    let span = self.linked.call(call).span;
                    steps
                        .push((self.linked.place(call.file, span), format!("comes back from `{}`", self.callee(call))));
                    if depth > 0 {
                        self.walk(exit, lane, depth - 1, true, budget, steps);
                    }
                    let place = self.argument_place(before, call);
                    steps.push((place, format!("passed to `{}`", self.callee(call))));
                    at = before;
                }
                Origin::Returned(exit, call) => {
                    let span = self.linked.call(call).span;
                    steps
                        .push((self.linked.place(call.file, span), format!("comes back from `{}`", self.callee(call))));
                    at = exit;
                }
            }
        }
    }

    /// The step that a fact's node is, if reports speak of it.
    fn show(&self, at: FactIx, steps: &mut Vec<(Place, String)>) {
        let node = self.facts[at as usize].node;
        let facts = self.linked.facts(node.file);
        let shown = &facts.nodes[node.node as usize];
        let text = match shown.step {
            Step::Assigned(name) => format!("`{}` receives it", facts.name(name)),
            Step::Stored(name) if !facts.name(name).is_empty() => format!("stored in `{}`", facts.name(name)),
            Step::Parameter(name) => format!("`{}` receives it", facts.name(name)),
            _ => return,
        };
        steps.push((self.linked.place(node.file, shown.span), text));
    }

    fn argument_place(&self, fact: FactIx, call: Call) -> Place {
        let node = self.facts[fact as usize].node;
        let span = self.linked.call(call).span;
        let own = self.linked.facts(node.file).nodes[node.node as usize].span;
        // The argument's own place when it stands in the call.
        if node.file == call.file && span.contains(own) {
            self.linked.place(call.file, own)
        } else {
            self.linked.place(call.file, span)
        }
    }

    fn callee(&self, call: Call) -> String {
        use crate::facts::flow::Callee;
        let facts = self.linked.facts(call.file);
        let text = match self.linked.call(call).callee {
            Callee::Function(function) => facts.name(facts.functions[function as usize].name),
            Callee::Class(class) => facts.name(facts.classes[class as usize].name),
            Callee::Named(name) => facts.name(name).rsplit('.').next().unwrap_or(""),
            Callee::Method(_, name) | Callee::Super(_, name) => facts.name(name),
            Callee::Unknown => "",
        };
        if text.is_empty() { "a function".to_owned() } else { text.to_owned() }
    }
}
