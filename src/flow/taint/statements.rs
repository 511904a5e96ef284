//! Statements: branches, loops, exceptions, and what they do to the state.

use super::super::Constant;
use super::interpreter::Interpreter;
use super::lanes::LaneSet;
use super::state::{Changes, Outcome};
use super::value::{self, Callable, Known, Value};
use super::weakness::Protection;
use crate::facts::flow::{Action, Callee};
use crate::syntax::{Field, Kind, Language, NodeId};
use std::rc::Rc;

impl Interpreter<'_> {
    /// Runs a block, or a statement that stands for one.
    pub fn block(&mut self, id: NodeId) {
        if self.tree.kind(id) != Kind::Block && self.tree.kind(id) != Kind::Module {
            self.execute(id);
            return;
        }
        for statement in self.tree.children(id) {
            if !self.frame.state.is_alive {
                return;
            }
            self.execute(statement);
        }
    }

    /// Runs a block and gives its value: the last expression in Rust, nothing in Python.
    pub fn block_value(&mut self, id: NodeId) -> Value {
        self.execute(id);
        Value::default()
    }

    pub fn child_block(&mut self, id: NodeId, field: Field) {
        if let Some(block) = self.tree.child(id, field) {
            self.block(block);
        }
    }

    /// Runs a statement.
    pub fn execute(&mut self, id: NodeId) {
        self.deeper(|this| this.statement(id));
    }

    pub fn statement(&mut self, id: NodeId) {
        let tree = self.tree;
        match tree.kind(id) {
            Kind::Assign => self.assignment(id),
            Kind::AugmentedAssign => self.augmented(id),
            Kind::If => self.branch(id),
            Kind::While | Kind::Loop => self.while_loop(id),
            Kind::For => self.for_loop(id),
            Kind::Try => self.try_statement(id),
            Kind::With => {
                for item in tree.children_by(id, Field::Item) {
                    let value = self.child_value(item, Field::Value);
                    if let Some(target) = tree.child(item, Field::Target) {
                        self.assign(target, value, item);
                    }
                }
                self.child_block(id, Field::Body);
            }
            Kind::Match => self.match_statement(id),
            Kind::Return => self.return_statement(id),
            Kind::Raise => {
                let value = self.child_value(id, Field::Value);
                self.child_value(id, Field::Cause);
                if self.is_marked(id) {
                    self.sinks(id, &[value]);
                }
                self.frame.state.is_alive = false;
            }
            Kind::Assert => {
                if let Some(condition) = tree.child(id, Field::Condition) {
                    self.evaluate(condition);
                    self.refine(condition, true);
                }
            }
            Kind::Break | Kind::Continue => self.jump(id),
            Kind::Delete => {
                for target in tree.children_by(id, Field::Target) {
                    if tree.kind(target) == Kind::Name {
                        let slot = self.frame.state.slot(tree.label(target));
                        self.frame.state.forget_paths(slot, None);
                        self.frame.state.set(slot, None);
                    }
                }
            }
            Kind::ScopeDeclaration => {
                if tree.label(id) == "global" {
                    for name in tree.children_by(id, Field::Target) {
                        self.frame.globals.insert(tree.label(name));
                    }
                }
            }
            Kind::FunctionDef => self.function_statement(id),
            Kind::ClassDef => self.class_statement(id),
            Kind::Block | Kind::KeywordBlock => {
                if tree.kind(id) == Kind::Block {
                    self.block(id);
                } else {
                    self.child_block(id, Field::Body);
                }
            }
            Kind::Import | Kind::ImportFrom | Kind::Pass | Kind::TypeAlias => {}
            Kind::Error | Kind::Other => {
                for child in tree.children(id) {
                    self.execute(child);
                }
            }
            _ => {
                self.evaluate(id);
            }
        }
    }

    pub fn assignment(&mut self, id: NodeId) {
        let tree = self.tree;
        let Some(node) = tree.child(id, Field::Value) else { return };
        let mut value = self.evaluate(node);
        if value.class.is_none()
            && let Some(annotation) = tree.child(id, Field::Type)
        {
            value.class = self.annotated_class(annotation);
        }
        if self.is_marked(id) {
            value = self.marked_value(id, value);
        }
        for target in tree.children_by(id, Field::Target) {
            self.assign(target, value.clone(), id);
        }
    }

    pub fn augmented(&mut self, id: NodeId) {
        let tree = self.tree;
        let Some(target) = tree.child(id, Field::Target) else { return };
        let old = self.current(target);
        let added = self.child_value(id, Field::Value);
        let operator = tree.label(id).trim_end_matches('=');
        let constant = match (old.as_constant(), added.as_constant()) {
            (Some(left), Some(right)) => value::arithmetic(operator, left, right),
            _ => None,
        };
        let value = match (constant, &old.known, &added.known) {
            (Some(constant), ..) => Value::constant(constant),
            (None, Known::List(items), Known::List(more)) if items.len() + more.len() <= value::MAX_ITEMS => {
                Value::known(Known::List(Rc::new(items.iter().chain(more.iter()).cloned().collect())))
            }
            (None, Known::List(_), _) | (None, _, Known::List(_)) => {
                let node = self.silent(id);
                for part in [&old, &added] {
                    if let Some(from) = self.node_of(part, id) {
                        self.graph.edge(from, node, Action::Same);
                    }
                }
                Value::of_node(Some(node))
            }
            _ if operator == "+" => self.text_of(id, &[(old, false), (added, false)]),
            _ => self.made_of(&[old, added], id, LaneSet::NONE),
        };
        let value = if self.is_marked(id) { self.marked_value(id, value) } else { value };
        self.assign(target, value, id);
    }

    pub fn branch(&mut self, id: NodeId) {
        let tree = self.tree;
        let Some(condition) = tree.child(id, Field::Condition) else { return };
        match self.evaluate(condition).truth() {
            Some(true) => {
                self.refine(condition, true);
                self.child_block(id, Field::Consequence);
                return;
            }
            Some(false) => {
                self.child_block(id, Field::Alternative);
                return;
            }
            None => {}
        }
        let mut outcomes = Vec::with_capacity(2);
        for (field, truth) in [(Field::Consequence, true), (Field::Alternative, false)] {
            let mark = self.frame.state.mark();
            self.frame.state.is_alive = true;
            self.refine(condition, truth);
            self.child_block(id, field);
            outcomes.push(self.frame.state.leave(mark));
        }
        self.join(outcomes, id);
    }

    // ---- exceptions ---------------------------------------------------------------------------------------------------

    pub fn try_statement(&mut self, id: NodeId) {
        let tree = self.tree;
        let mark = self.frame.state.mark();
        self.child_block(id, Field::Body);
        let history = self.frame.state.history(mark);
        if self.frame.state.is_alive {
            self.child_block(id, Field::Alternative);
        }
        let mut outcomes = vec![self.frame.state.leave(mark)];
        let handlers: Vec<NodeId> = tree.children_by(id, Field::Handler).collect();
        let mut thrown: Vec<_> = history.into_iter().collect();
        thrown.sort_unstable_by_key(|&(slot, _)| slot);
        for handler in handlers {
            self.frame.state.is_alive = true;
            // An exception may come after any statement of the body.
            for (slot, values) in &thrown {
                if self.frame.state.is_path(*slot) {
                    self.frame.state.set(*slot, None);
                } else {
                    let value = self.joined(values, handler);
                    self.frame.state.set(*slot, Some(value));
                }
            }
            if let Some(target) = tree.child(handler, Field::Target) {
                let value = if self.is_marked(handler) {
                    self.marked_value(handler, Value::default())
                } else {
                    Value::default()
                };
                self.assign(target, value, handler);
            }
            self.child_block(handler, Field::Body);
            outcomes.push(self.frame.state.leave(mark));
        }
        self.join(outcomes, id);
        if let Some(last) = tree.child(id, Field::Finally) {
            let is_alive = std::mem::replace(&mut self.frame.state.is_alive, true);
            self.block(last);
            self.frame.state.is_alive &= is_alive;
        }
    }

    // ---- match --------------------------------------------------------------------------------------------------------

    pub fn match_statement(&mut self, id: NodeId) {
        let tree = self.tree;
        let Some(subject) = tree.child(id, Field::Subject) else { return };
        let value = self.evaluate(subject);
        let mut outcomes = Vec::new();
        let mut is_open = true;
        for arm in tree.children_by(id, Field::Case) {
            let Some(pattern) = tree.child(arm, Field::Pattern) else { continue };
            let guard = tree.child(arm, Field::Guard);
            let matches = self.pattern_truth(pattern, &value);
            if matches == Some(false) || !is_open {
                continue;
            }
            let mark = self.frame.state.mark();
            self.frame.state.is_alive = true;
            self.bind_pattern(pattern, &value);
            if self.is_closed_pattern(pattern) {
                let lanes = self.cleared_by(Protection::CLOSED_SET);
                self.clear(subject, lanes);
            }
            if let Some(guard) = guard {
                self.evaluate(guard);
                self.refine(guard, true);
            }
            self.child_block(arm, Field::Body);
            outcomes.push(self.frame.state.leave(mark));
            if matches == Some(true) && guard.is_none() {
                is_open = false;
            }
        }
        if is_open && tree.language() == Language::Python || outcomes.is_empty() {
            outcomes.push(Outcome { is_alive: true, changes: Changes::default() });
        }
        self.join(outcomes, id);
    }

    // ---- functions and classes ----------------------------------------------------------------------------------------

    pub fn return_statement(&mut self, id: NodeId) {
        let node = self.tree.child(id, Field::Value);
        let value = node.map_or_else(|| Value::constant(Constant::None), |node| self.evaluate(node));
        let value = if self.is_marked(id) { self.marked_value(id, value) } else { value };
        self.returned(id, &value);
        self.note_proofs(node, &value);
        self.note_checks();
        self.frame.state.is_alive = false;
    }

    /// A value leaves the function.
    pub fn returned(&mut self, id: NodeId, value: &Value) {
        if let Some(from) = self.node_of(value, id) {
            let returns = self.returns_node();
            self.graph.edge(from, returns, Action::Same);
        }
        let function = &mut self.graph.facts.functions[self.frame.function as usize];
        if function.class_of_result.is_none() {
            function.class_of_result = value.class;
        }
    }

    pub fn function_statement(&mut self, id: NodeId) {
        let tree = self.tree;
        for decorator in tree.children_by(id, Field::Decorator) {
            self.child_value(decorator, Field::Value);
        }
        for parameter in tree.children_by(id, Field::Parameter) {
            if let Some(default) = tree.child(parameter, Field::Default) {
                self.evaluate(default);
            }
        }
        let Some(&function) = self.functions.get(&id) else { return };
        if self.frame.class_body.is_none() {
            let callable = Callable { callee: Callee::Function(function), bound: Vec::new(), receiver: None };
            let slot = self.frame.state.slot(tree.label(id));
            let value = Value::known(Known::Callable(Rc::new(callable)));
            self.frame.state.given.push((slot, value.clone()));
            self.frame.state.set(slot, Some(value));
        }
        self.frame.nested.push(id);
    }

    pub fn class_statement(&mut self, id: NodeId) {
        let tree = self.tree;
        let Some(&class) = self.classes.get(&id) else { return };
        for decorator in tree.children_by(id, Field::Decorator) {
            self.child_value(decorator, Field::Value);
        }
        let outer = self.frame.class_body.replace(class);
        if let Some(body) = tree.child(id, Field::Body) {
            let is_alive = self.frame.state.is_alive;
            self.block(body);
            self.frame.state.is_alive = is_alive;
        }
        self.frame.class_body = outer;
        if self.frame.class_body.is_none() {
            let value = Self::callable(Callee::Class(class));
            let slot = self.frame.state.slot(tree.label(id));
            self.frame.state.given.push((slot, value.clone()));
            self.frame.state.set(slot, Some(value));
        }
    }
}
