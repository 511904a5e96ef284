//! Loops: their body is run once, and its end is tied to its beginning.

use super::interpreter::{Interpreter, Loop};
use super::state::{Changes, Outcome};
use super::value::{Known, Value};
use crate::facts::flow::{Action, NodeIx};
use crate::syntax::{Field, Kind, NodeId};

/// Methods that change their receiver.
pub(super) const MUTATORS: &[&str] = &[
    "append",
    "appendleft",
    "extend",
    "insert",
    "add",
    "update",
    "setdefault",
    "push",
    "push_str",
    "insert_str",
    "write",
    "writelines",
    "writerow",
    "put",
    "put_nowait",
    "set",
    "pop",
    "remove",
    "clear",
    "discard",
    "add_header",
    "set_cookie",
];

impl<'a> Interpreter<'a> {
    /// Gives every variable that a loop assigns a node of its own: what it held before, and what the loop leaves in it.
    pub fn open_loop(&mut self, id: NodeId) -> Vec<(u32, NodeIx)> {
        let mut names = self.assigned_in(id);
        names.sort_unstable();
        names.dedup();
        let mut opened = Vec::new();
        for name in names {
            let Some(old) = self.frame.state.read(name).cloned() else { continue };
            let slot = self.frame.state.slot(name);
            let node = self.silent(id);
            if let Some(from) = self.node_of(&old, id) {
                self.graph.edge(from, node, Action::Same);
            }
            self.frame.state.forget_paths(slot, None);
            self.frame.state.set(slot, Some(Value { node: Some(node), known: Known::Unknown, ..old }));
            opened.push((slot, node));
        }
        opened
    }

    /// Names that a loop assigns or changes.
    pub fn assigned_in(&mut self, id: NodeId) -> Vec<&'a str> {
        let tree = self.tree;
        let mut names = Vec::new();
        let count = tree.subtree_end(id) - id.0;
        self.frame.fuel = self.frame.fuel.saturating_sub(count / 8);
        for node in tree.subtree(id) {
            match tree.kind(node) {
                Kind::Assign
                | Kind::AugmentedAssign
                | Kind::NamedExpression
                | Kind::For
                | Kind::WithItem
                | Kind::ExceptHandler
                | Kind::Delete
                | Kind::LetCondition => {
                    for target in tree.children_by(node, Field::Target) {
                        self.roots(target, &mut names);
                    }
                }
                Kind::Call => {
                    if let Some(callee) = tree.child(node, Field::Callee)
                        && tree.kind(callee) == Kind::Attribute
                        && MUTATORS.contains(&tree.label(callee))
                        && let Some(object) = tree.child(callee, Field::Object)
                    {
                        self.roots(object, &mut names);
                    }
                }
                Kind::Capture => names.push(tree.label(node)),
                _ => {}
            }
        }
        names
    }

    pub fn roots(&self, target: NodeId, names: &mut Vec<&'a str>) {
        let tree = self.tree;
        match tree.kind(target) {
            Kind::Name => names.push(tree.label(target)),
            Kind::Attribute | Kind::Subscript => {
                if let Some(object) = tree.child(target, Field::Object) {
                    self.roots(object, names);
                }
            }
            Kind::Tuple | Kind::List | Kind::Splat | Kind::Unary => {
                for child in tree.children(target) {
                    self.roots(child, names);
                }
            }
            _ => {}
        }
    }

    /// Runs a loop's body once and ties its end to its beginning.
    pub fn run_body(&mut self, id: NodeId, opened: &[(u32, NodeIx)], is_endless: bool) {
        let mark = self.frame.state.mark();
        self.frame.loops.push(Loop { mark, breaks: Vec::new(), continues: Vec::new() });
        self.child_block(id, Field::Body);
        let end = self.frame.state.leave(mark);
        let Some(Loop { breaks, continues, .. }) = self.frame.loops.pop() else { return };
        let mut again = vec![end];
        again.extend(continues);
        for outcome in again.iter().filter(|outcome| outcome.is_alive) {
            for (slot, node) in opened {
                if let Some(Some(value)) = outcome.changes.get(slot)
                    && let Some(from) = self.node_of(value, id)
                {
                    self.graph.edge(from, *node, Action::Same);
                }
            }
        }
        let mut outcomes = breaks;
        if !is_endless {
            self.frame.state.is_alive = true;
            let mark = self.frame.state.mark();
            let mut leaving = again;
            leaving.push(Outcome { is_alive: true, changes: Changes::default() });
            self.join(leaving, id);
            if let Some(condition) = self.tree.child(id, Field::Condition) {
                self.refine(condition, false);
            }
            self.child_block(id, Field::Alternative);
            outcomes.push(self.frame.state.leave(mark));
        }
        self.join(outcomes, id);
    }

    pub fn while_loop(&mut self, id: NodeId) {
        let condition = self.tree.child(id, Field::Condition);
        let opened = self.open_loop(id);
        let truth = match condition {
            Some(condition) => self.evaluate(condition).truth(),
            None => Some(true),
        };
        if truth == Some(false) {
            self.child_block(id, Field::Alternative);
            return;
        }
        let mark = self.frame.state.mark();
        if let Some(condition) = condition {
            self.refine(condition, true);
        }
        let refined = self.frame.state.changes(mark);
        self.frame.state.undo(mark);
        self.run_refined(id, &opened, truth == Some(true), refined);
    }

    /// Runs a body whose condition holds at its beginning.
    pub fn run_refined(&mut self, id: NodeId, opened: &[(u32, NodeIx)], is_endless: bool, refined: Changes) {
        if refined.is_empty() {
            self.run_body(id, opened, is_endless);
            return;
        }
        let before: Changes = refined.keys().map(|&slot| (slot, self.frame.state.get(slot).cloned())).collect();
        self.apply(refined);
        self.run_body(id, opened, is_endless);
        // What the condition proved holds inside only.
        for (slot, value) in before {
            let now = self.frame.state.get(slot).cloned();
            let values: Vec<Value> = now.into_iter().chain(value).collect();
            let value = self.joined(&values, id);
            self.frame.state.set(slot, Some(value));
        }
    }

    pub fn for_loop(&mut self, id: NodeId) {
        let tree = self.tree;
        let iterable = self.child_value(id, Field::Iterable);
        let opened = self.open_loop(id);
        let Some(target) = tree.child(id, Field::Target) else { return };
        let before = self.frame.state.mark();
        let element = self.element(target, &iterable);
        self.assign(target, element, id);
        let is_empty = iterable.truth() == Some(false);
        if is_empty {
            self.frame.state.undo(before);
            self.child_block(id, Field::Alternative);
            return;
        }
        self.run_body(id, &opened, false);
    }

    pub fn jump(&mut self, id: NodeId) {
        if let Some(around) = self.frame.loops.last().map(|around| around.mark) {
            let changes = self.frame.state.changes(around);
            let cost = u32::try_from(changes.len()).unwrap_or(u32::MAX);
            self.frame.fuel = self.frame.fuel.saturating_sub(cost);
            let outcome = Outcome { is_alive: self.frame.state.is_alive, changes };
            let is_break = self.tree.kind(id) == Kind::Break;
            if let Some(around) = self.frame.loops.last_mut() {
                if is_break {
                    around.breaks.push(outcome);
                } else {
                    around.continues.push(outcome);
                }
            }
        }
        self.frame.state.is_alive = false;
    }
}
