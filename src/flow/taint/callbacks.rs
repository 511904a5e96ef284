//! Functions that are handed to a call are called by it.

use super::calls::Argument;
use super::interpreter::Interpreter;
use super::lanes::LaneSet;
use super::value::{Known, Value};
use crate::facts::flow::{Action, Callee, Piece, Slot};
use crate::syntax::NodeId;

/// Functions that call the function which they are given, with the arguments that follow it.
const CALLERS: &[&str] = &[
    "submit",
    "run_in_threadpool",
    "to_thread",
    "run_in_executor",
    "add_task",
    "apply_async",
    "apply",
    "call_soon",
    "call_later",
    "create_task",
    "run_sync",
    "map",
    "starmap",
    "filter",
    "Thread",
    "Process",
    "Timer",
    "run",
    "retry",
    "delay",
    "enqueue",
    "iterate_in_threadpool",
    "sync_to_async",
    "spawn",
    "start_soon",
];

impl Interpreter<'_> {
    /// Functions that are handed to a call are called by it.
    pub fn call_callbacks(&mut self, id: NodeId, callee: NodeId, arguments: &[Argument], result: Value) -> Value {
        let label = self.tree.label(callee);
        let is_caller = CALLERS.contains(&label);
        let mut results = vec![result];
        for (index, argument) in arguments.iter().enumerate() {
            let Known::Callable(callable) = &argument.value.known else { continue };
            let is_function = match callable.callee {
                Callee::Function(_) => true,
                Callee::Named(_) | Callee::Method(..) => is_caller,
                _ => false,
            };
            if !is_function || matches!(label, "partial" | "Depends" | "Security") {
                continue;
            }
            let over_elements = matches!(label, "map" | "filter" | "starmap" | "sorted" | "min" | "max" | "reduce");
            let mut given: Vec<Argument> = Vec::new();
            for (slot, value) in callable.bound.clone() {
                let slot = match slot {
                    Some(name) => Slot::Keyword(self.graph.name(&name)),
                    None => Slot::Position(u32::try_from(given.len()).unwrap_or(u32::MAX)),
                };
                given.push(Argument { slot, value, node: None });
            }
            let mut position = u32::try_from(given.len()).unwrap_or(u32::MAX);
            let others: Vec<&Argument> = if over_elements || !is_caller {
                arguments
                    .iter()
                    .enumerate()
                    .filter(|&(other, _)| other != index)
                    .map(|(_, argument)| argument)
                    .collect()
            } else {
                arguments[index + 1..].iter().collect()
            };
            for other in others {
                let is_args =
                    matches!(other.slot, Slot::Keyword(name) if &*self.graph.facts.names[name as usize] == "args");
                if let (Known::List(items), true) = (&other.value.known, is_args) {
                    for item in items.iter() {
                        given.push(Argument { slot: Slot::Position(position), value: item.clone(), node: None });
                        position += 1;
                    }
                    continue;
                }
                let value = if over_elements { self.element(id, &other.value) } else { other.value.clone() };
                let slot = match other.slot {
                    Slot::Position(_) => {
                        position += 1;
                        Slot::Position(position - 1)
                    }
                    slot => slot,
                };
                given.push(Argument { slot, value, node: None });
            }
            if !is_caller && !over_elements {
                // Who calls it with what is not known: it may get whatever the call was given.
                given.retain(|argument| argument.value.node.is_some());
            }
            let receiver = callable.receiver.clone().map(|value| (value, None));
            let made = self.call_known(id, callable.callee, receiver, given, true);
            let made = if over_elements {
                Value::of_node(self.derived(made.node, id, Action::Store(Piece::Element), LaneSet::NONE))
            } else {
                made
            };
            if matches!(label, "sorted" | "min" | "max" | "filter") {
                continue;
            }
            results.push(made);
        }
        if results.len() == 1 { results.pop().unwrap_or_default() } else { self.joined(&results, id) }
    }

    /// A parameter with the marks that rules put on it.
    pub fn marked_parameter(&mut self, parameter: NodeId, value: Value) -> Value {
        if self.is_marked(parameter) { self.marked_value(parameter, value) } else { value }
    }
}
