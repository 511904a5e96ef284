//! Functions and classes of a file: their tables, and the order in which they are run.

use super::super::{Names, ScopeId};
use super::interpreter::{Closure, Frame, Interpreter};
use super::lanes::{LaneSet, LaneTable};
use super::marks::Marks;
use super::value::{Known, Value};
use crate::facts::flow::{FlowFacts, FunctionIx};
use crate::syntax::{Field, Kind, NodeId};
use rustc_hash::FxHashMap;
use std::rc::Rc;

/// What a file's functions do with the values that they are given.
pub fn summarise(names: &Names<'_>, marks: &Marks, table: &LaneTable) -> FlowFacts {
    let mut interpreter = Interpreter::new(names, marks, table);
    interpreter.declare();
    interpreter.run();
    interpreter.graph.finish()
}

impl Interpreter<'_> {
    pub fn run(&mut self) {
        self.block(NodeId::ROOT);
        self.keep_module_values();
        let nested = std::mem::take(&mut self.frame.nested);
        self.note_limit(NodeId::ROOT);
        for id in nested {
            self.run_function(id, None);
        }
        // Functions that stand where the file's body was not run (behind an early exit, in a branch that is not taken).
        let mut left: Vec<NodeId> = self
            .functions
            .iter()
            .filter(|(id, function)| {
                self.tree.kind(**id) == Kind::FunctionDef
                    && self.graph.facts.functions[**function as usize].group == **function
                    && !self.done.contains(*id)
            })
            .map(|(&id, _)| id)
            .collect();
        left.sort_unstable();
        for id in left {
            self.run_function(id, None);
        }
    }

    /// Variables of the file's scope that are assigned once and hold a constant.
    pub fn keep_module_values(&mut self) {
        let declared_global: Vec<&str> = self
            .tree
            .ids()
            .filter(|&id| self.tree.kind(id) == Kind::ScopeDeclaration && self.tree.label(id) == "global")
            .flat_map(|id| self.tree.children_by(id, Field::Target).map(|name| self.tree.label(name)))
            .collect();
        let names: Vec<(String, Value)> = self
            .frame
            .state
            .names()
            .filter(|(name, _)| {
                self.module_assignments.get(*name) == Some(&1)
                    && !declared_global.contains(name)
                    && self.names.scopes().local(ScopeId::MODULE, name).len() == 1
            })
            .filter_map(|(name, slot)| Some((name.to_owned(), self.frame.state.get(slot)?.clone())))
            .collect();
        for (name, value) in names {
            // Containers may be changed by functions: only what nobody can change is known.
            let is_fixed = !value.known.is_container() || self.is_never_changed(&name);
            if value.node.is_none() && is_fixed && !matches!(value.known, Known::Unknown) {
                self.module_values.insert(name.into(), value);
            }
        }
    }

    /// Whether nothing in the file stores into a container of the file's scope or calls a method that changes it.
    pub fn is_never_changed(&self, name: &str) -> bool {
        let has_upper_case_name = name.chars().all(|c| !c.is_lowercase());
        has_upper_case_name || !self.changed_names.contains(name)
    }

    pub fn run_function(&mut self, id: NodeId, closure: Option<Rc<Closure>>) {
        let tree = self.tree;
        let Some(&function) = self.functions.get(&id) else { return };
        if !self.done.insert(id) {
            return;
        }
        let facts = &self.graph.facts.functions[function as usize];
        let mut frame = Frame::new(function, facts.group, facts.class);
        frame.closure = closure;
        let is_nested = facts.group != function;
        if is_nested {
            frame.fuel = self.frame.fuel.min(frame.fuel);
            frame.depth = self.frame.depth;
        }
        let outer = std::mem::replace(&mut self.frame, frame);
        self.find_cells(id);
        let parameters: Vec<NodeId> = tree
            .children_by(id, Field::Parameter)
            .filter(|&parameter| !matches!(tree.label(parameter), "*" | "/"))
            .collect();
        for (index, parameter) in (0..).zip(parameters) {
            let described = &self.graph.facts.functions[function as usize].parameters[index as usize];
            let value = Value {
                node: Some(described.node),
                class: described.class,
                known: Known::Unknown,
                parameter: Some(index),
            };
            let value = self.marked_parameter(parameter, value);
            let name = tree.label(parameter);
            self.frame.parameters.push(name);
            match tree.child(parameter, Field::Target) {
                Some(target) => self.assign(target, value, parameter),
                None => {
                    let slot = self.frame.state.slot(name);
                    self.frame.state.given.push((slot, value.clone()));
                    self.frame.state.set(slot, Some(value));
                }
            }
        }
        if let Some(body) = tree.child(id, Field::Body) {
            self.block(body);
            self.note_checks();
            if self.frame.state.is_alive {
                self.fell_through();
            }
        }
        self.keep_proofs(function);
        self.note_limit(id);
        self.run_nested();
        let inner = std::mem::replace(&mut self.frame, outer);
        if is_nested {
            self.frame.fuel = inner.fuel;
        }
    }

    /// The function ends without a result: it is false.
    pub fn fell_through(&mut self) {
        if let Some(proofs) = self.frame.proofs[0].as_mut() {
            for lanes in proofs {
                *lanes = LaneSet::NONE;
            }
        }
    }

    pub fn keep_proofs(&mut self, function: FunctionIx) {
        let checked = self.frame.checked.take().unwrap_or_default();
        for (index, lanes) in checked.into_iter().enumerate() {
            let filter = self.graph.filter(lanes);
            if let Some(parameter) = self.graph.facts.functions[function as usize].parameters.get_mut(index) {
                parameter.cleared = filter;
            }
        }
        for truth in [false, true] {
            let Some(lanes) = self.frame.proofs[usize::from(truth)].take() else { continue };
            for (index, lanes) in (0..).zip(lanes) {
                if !lanes.is_empty() {
                    let filter = self.graph.filter(lanes);
                    self.graph.facts.functions[function as usize].proofs.push((index, truth, filter));
                }
            }
        }
    }

    /// Runs the functions that were defined in the current one: they see all that its variables ever held.
    pub fn run_nested(&mut self) {
        let nested = std::mem::take(&mut self.frame.nested);
        if nested.is_empty() {
            return;
        }
        let mut given: FxHashMap<u32, Vec<Value>> = FxHashMap::default();
        for (slot, value) in std::mem::take(&mut self.frame.state.given) {
            given.entry(slot).or_default().push(value);
        }
        let mut slots: Vec<(Box<str>, u32)> = self
            .frame
            .state
            .names()
            .filter(|&(_, slot)| given.contains_key(&slot) && !self.frame.state.is_path(slot))
            .map(|(name, slot)| (name.into(), slot))
            .collect();
        slots.sort_unstable();
        let mut values = FxHashMap::default();
        for (name, slot) in slots {
            let mut value = self.joined(&given[&slot], nested[0]);
            value.parameter = None;
            values.insert(name, value);
        }
        for (&name, &cell) in &self.frame.cells {
            values.insert(name.into(), Value::of_node(Some(cell)));
        }
        let closure = Rc::new(Closure { values, parent: self.frame.closure.clone() });
        for id in nested {
            self.run_function(id, Some(Rc::clone(&closure)));
        }
    }

    /// Names that functions nested in this one assign.
    pub fn find_cells(&mut self, id: NodeId) {
        let tree = self.tree;
        if !self.has_nonlocal {
            return;
        }
        for inner in tree.subtree(id) {
            if tree.kind(inner) == Kind::ScopeDeclaration && tree.label(inner) == "nonlocal" {
                for name in tree.children_by(inner, Field::Target) {
                    let label = tree.label(name);
                    let outer = self.frame.closure.as_ref().and_then(|closure| closure.get(label)).and_then(|v| v.node);
                    let cell = outer.unwrap_or_else(|| self.silent(name));
                    self.frame.cells.insert(label, cell);
                }
            }
        }
    }

    pub fn note_limit(&mut self, id: NodeId) {
        if self.frame.fuel == 0 {
            let span = self.tree.file_span(id);
            self.graph.facts.limited.push(span);
        }
    }
}
