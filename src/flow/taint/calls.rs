//! Calls: who is called, what the arguments are, and what is known of the result before the callee is.

use super::interpreter::Interpreter;
use super::known::{self};
use super::lanes::LaneSet;
use super::value::{Callable, Known, Value};
use crate::facts::flow::{Action, CallIx, Callee, FlowArgument, FlowCall, FlowType, NodeIx, Slot, Step};
use crate::syntax::{Field, Kind, Language, NodeId};
use std::rc::Rc;

/// An argument of a call.
#[derive(Debug, Clone)]
pub(super) struct Argument {
    pub slot: Slot,
    pub value: Value,
    /// The expression; `None` for arguments that `partial` gave.
    pub node: Option<NodeId>,
}

/// What is called.
#[derive(Debug)]
struct Target {
    callee: Callee,
    /// The qualified name, or the plain name of a builtin.
    name: Option<String>,
    receiver: Option<(Value, Option<NodeId>)>,
    bound: Vec<(Option<Rc<str>>, Value)>,
}

/// Whether a method is one of the project's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum OfProject {
    No,
    Maybe,
    Surely,
}

impl Interpreter<'_> {
    pub fn call(&mut self, id: NodeId) -> Value {
        let tree = self.tree;
        let Some(callee) = tree.child(id, Field::Callee) else { return Value::default() };
        let mut target = self.target(callee);
        let mut arguments: Vec<Argument> = Vec::new();
        for (slot, value) in std::mem::take(&mut target.bound) {
            let slot = match slot {
                Some(name) => Slot::Keyword(self.graph.name(&name)),
                None => Slot::Position(u32::try_from(arguments.len()).unwrap_or(u32::MAX)),
            };
            arguments.push(Argument { slot, value, node: None });
        }
        let mut position = u32::try_from(arguments.len()).unwrap_or(u32::MAX);
        for argument in tree.children_by(id, Field::Argument) {
            let slot = match tree.kind(argument) {
                Kind::KeywordArgument => Slot::Keyword(self.graph.name(tree.label(argument))),
                Kind::Splat if tree.label(argument) == "**" => Slot::Keywords,
                Kind::Splat => Slot::Rest,
                _ => {
                    position += 1;
                    Slot::Position(position - 1)
                }
            };
            let value = self.evaluate(argument);
            let inner = match tree.kind(argument) {
                Kind::KeywordArgument | Kind::Splat => tree.child(argument, Field::Value),
                _ => Some(argument),
            };
            arguments.push(Argument { slot, value, node: inner });
        }
        if self.is_marked(id) {
            let mut values: Vec<Value> = arguments.iter().map(|argument| argument.value.clone()).collect();
            if values.is_empty() {
                values.extend(target.receiver.iter().map(|(value, _)| value.clone()));
            }
            self.sinks_where(id, &values, false);
        }
        if let Some(value) = self.converted(id, callee, &arguments) {
            return value;
        }
        let value = self.called(id, target, &arguments);
        self.call_callbacks(id, callee, &arguments, value)
    }

    /// What a callee expression means.
    fn target(&mut self, callee: NodeId) -> Target {
        let tree = self.tree;
        let plain = |callee, name| Target { callee, name, receiver: None, bound: Vec::new() };
        match tree.kind(callee) {
            Kind::Name => {
                let value = if self.is_marked(callee) { self.evaluate(callee) } else { self.name_value(callee) };
                match value.known {
                    Known::Callable(callable) => self.callable_target(&callable),
                    _ if value.node.is_some() => {
                        let method = self.graph.name("__call__");
                        Target {
                            callee: value.class.map_or(Callee::Unknown, |class| Callee::Method(Some(class), method)),
                            name: None,
                            receiver: None,
                            bound: Vec::new(),
                        }
                    }
                    _ => plain(Callee::Unknown, Some(tree.label(callee).to_owned())),
                }
            }
            Kind::Attribute => self.method_target(callee),
            Kind::Subscript if tree.language() == Language::Rust => match tree.child(callee, Field::Object) {
                Some(object) => self.target(object),
                None => plain(Callee::Unknown, None),
            },
            _ => {
                let value = self.evaluate(callee);
                match value.known {
                    Known::Callable(callable) => self.callable_target(&callable),
                    _ => plain(Callee::Unknown, None),
                }
            }
        }
    }

    fn callable_target(&self, callable: &Callable) -> Target {
        let name = match callable.callee {
            Callee::Named(name) => Some(self.graph.facts.names[name as usize].to_string()),
            _ => None,
        };
        Target {
            callee: callable.callee,
            name,
            receiver: callable.receiver.clone().map(|value| (value, None)),
            bound: callable.bound.clone(),
        }
    }

    fn method_target(&mut self, callee: NodeId) -> Target {
        let tree = self.tree;
        let label = tree.label(callee);
        let Some(object) = tree.child(callee, Field::Object) else {
            return Target { callee: Callee::Unknown, name: None, receiver: None, bound: Vec::new() };
        };
        if let Some(dotted) = self.imported_name(callee) {
            let named = Callee::Named(self.graph.name(&dotted));
            let is_marked = tree.subtree(object).any(|part| self.is_marked(part));
            let receiver = if is_marked {
                let value = self.evaluate(object);
                value.node.is_some().then_some((value, Some(object)))
            } else {
                None
            };
            return Target { callee: named, name: Some(dotted), receiver, bound: Vec::new() };
        }
        // `super().method()`.
        if tree.kind(object) == Kind::Call
            && tree.child(object, Field::Callee).is_some_and(|inner| tree.label(inner) == "super")
            && let Some(class) = self.frame.class
        {
            let receiver = self.frame.parameters.first().and_then(|name| self.frame.state.read(name)).cloned();
            let name = self.graph.name(label);
            return Target {
                callee: Callee::Super(class, name),
                name: None,
                receiver: receiver.map(|value| (value, None)),
                bound: Vec::new(),
            };
        }
        let value = self.evaluate(object);
        if let Known::Callable(callable) = &value.known
            && let Callee::Class(class) = callable.callee
        {
            let callee = match self.method_here(class, label) {
                Some(function) => Callee::Function(function),
                None => {
                    let class = self.type_ix(FlowType::Class(class));
                    Callee::Method(Some(class), self.graph.name(label))
                }
            };
            // A class method is called on the class: its first parameter is not among the arguments.
            let is_class_method = matches!(callee, Callee::Function(function) if self.is_class_method(function));
            let receiver = is_class_method.then(|| (Value::default(), None));
            return Target { callee, name: None, receiver, bound: Vec::new() };
        }
        let name = self.graph.name(label);
        let here = value.class.and_then(|class| match self.graph.facts.types[class as usize] {
            FlowType::Class(class) => self.method_here(class, label),
            _ => None,
        });
        let callee = here.map_or(Callee::Method(value.class, name), Callee::Function);
        Target { callee, name: None, receiver: Some((value, Some(object))), bound: Vec::new() }
    }

    pub fn is_class_method(&self, function: u32) -> bool {
        self.graph.facts.functions[function as usize]
            .decorators
            .iter()
            .any(|&name| &*self.graph.facts.names[name as usize] == "classmethod")
    }

    fn called(&mut self, id: NodeId, target: Target, arguments: &[Argument]) -> Value {
        let tree = self.tree;
        let label = tree.child(id, Field::Callee).map_or("", |callee| tree.label(callee));
        if let Some(name) = &target.name
            && target.receiver.is_none()
            && let Some(effect) = known::python_function(name)
            && tree.language() == Language::Python
        {
            return self.known_function(id, effect, arguments);
        }
        let is_here = matches!(target.callee, Callee::Function(_) | Callee::Class(_));
        // What the method's name alone says, and whether a class of the project may have a method of that name.
        let mut by_name = None;
        if let (Some((receiver, object)), false) = (&target.receiver, is_here) {
            let project = self.may_be_of_project(receiver, label);
            if project != OfProject::Surely {
                by_name = self.known_method(id, label, receiver, *object, arguments);
            }
            if let (Some(value), OfProject::No) = (&by_name, project) {
                return value.clone();
            }
        }
        let (receiver, is_known) = (target.receiver, !matches!(target.callee, Callee::Unknown));
        let carries = receiver.as_ref().is_some_and(|(value, _)| Self::carries(value))
            || arguments.iter().any(|argument| Self::carries(&argument.value));
        if !carries && (!is_known || matches!(target.callee, Callee::Method(None, _))) {
            return by_name.unwrap_or_default();
        }
        let value = self.call_known(id, target.callee, receiver, arguments.to_vec(), by_name.is_none());
        match by_name {
            Some(by_name) if Self::carries(&by_name) => self.joined(&[value, by_name], id),
            _ => value,
        }
    }

    /// Whether a value can carry anything.
    pub fn carries(value: &Value) -> bool {
        value.node.is_some() || value.known.is_container()
    }

    /// Notes a call whose effect the callee decides.
    pub fn call_known(
        &mut self,
        id: NodeId,
        callee: Callee,
        receiver: Option<(Value, Option<NodeId>)>,
        arguments: Vec<Argument>,
        passes: bool,
    ) -> Value {
        let call = CallIx::try_from(self.graph.facts.calls.len()).unwrap_or(CallIx::MAX);
        let result = self.stepped(id, Step::Result(call));
        let span = self.span(id);
        self.graph.facts.calls.push(FlowCall {
            callee,
            span,
            group: self.frame.group,
            receiver: None,
            arguments: Vec::new(),
            result,
            passes,
        });
        self.call_sites.insert(id, call);
        let receiver = receiver.map(|(value, object)| {
            let node = self.node_of(&value, id).unwrap_or_else(|| self.silent(id));
            let object = object.filter(|&object| self.tree.kind(object) == Kind::Name);
            let after = object.map(|object| self.after(id, object, node, &value, call, u32::MAX));
            FlowArgument { slot: Slot::Position(0), node, after }
        });
        let mut known = Vec::new();
        for argument in arguments {
            let place = argument.node.unwrap_or(id);
            // A container that is empty yet may be filled by the callee.
            let is_fillable = argument.value.known.is_container() && self.tree.kind(place) == Kind::Name;
            let node = self.node_of(&argument.value, place).or_else(|| is_fillable.then(|| self.silent(place)));
            let Some(node) = node else { continue };
            let index = u32::try_from(known.len()).unwrap_or(u32::MAX);
            let name = argument.node.filter(|&name| self.tree.kind(name) == Kind::Name);
            let is_variable = name.is_some_and(|name| self.frame.state.read(self.tree.label(name)).is_some());
            let after =
                name.filter(|_| is_variable).map(|name| self.after(id, name, node, &argument.value, call, index));
            known.push(FlowArgument { slot: argument.slot, node, after });
        }
        let site = &mut self.graph.facts.calls[call as usize];
        site.receiver = receiver;
        site.arguments = known;
        let class = match callee {
            Callee::Class(class) => Some(self.type_ix(FlowType::Class(class))),
            Callee::Named(name) if is_class_name(&self.graph.facts.names[name as usize]) => {
                Some(self.type_ix(FlowType::Named(name)))
            }
            Callee::Unknown => None,
            _ => Some(self.result_type(call)),
        };
        Value { node: Some(result), class, ..Value::default() }
    }

    /// A name after it was handed to a call: checked, and with what the callee put into it. Gives the node for the latter.
    pub fn after(&mut self, id: NodeId, name: NodeId, node: NodeIx, value: &Value, call: CallIx, index: u32) -> NodeIx {
        let effect = self.silent(id);
        let after = self.silent(name);
        self.graph.edge(node, after, Action::Checked(call, index));
        self.graph.edge(effect, after, Action::Same);
        self.refined.insert(after, (node, LaneSet::NONE));
        if let Some(parameter) = value.parameter {
            let parameters = &self.graph.facts.functions[self.frame.function as usize].parameters;
            if let Some(out) = parameters.get(parameter as usize).map(|parameter| parameter.out) {
                self.graph.edge(effect, out, Action::Same);
            }
        }
        let slot = self.frame.state.slot(self.tree.label(name));
        if self.frame.state.get(slot).is_some() {
            if index == u32::MAX {
                self.frame.state.forget_paths(slot, None);
            }
            let known = if value.known.is_container() { Known::Unknown } else { value.known.clone() };
            self.frame.state.set(slot, Some(Value { node: Some(after), known, ..value.clone() }));
        }
        effect
    }

    /// A call that says something about its arguments was true or false.
    pub fn refine_by_callee(&mut self, call: CallIx, arguments: &[NodeId], object: Option<NodeId>, truth: bool) {
        let site = &self.graph.facts.calls[call as usize];
        if matches!(site.callee, Callee::Unknown) {
            return;
        }
        let known: Vec<NodeIx> = site.arguments.iter().map(|argument| argument.node).collect();
        let _ = object;
        let mut at = 0;
        for &argument in arguments {
            let Some(subject) = self.subject(argument) else { continue };
            if at >= known.len() {
                return;
            }
            let value = self.current(subject);
            let Some(node) = value.node else { continue };
            // Arguments without a node were left out of the call.
            let index = (at..known.len()).find(|&index| known[index] == node || self.comes_from(node, known[index]));
            let Some(index) = index else { continue };
            at = index + 1;
            let proved = self.silent(subject);
            let index = u32::try_from(index).unwrap_or(u32::MAX);
            self.graph.edge(node, proved, Action::Proved(call, index, truth));
            self.refined.insert(proved, (node, LaneSet::NONE));
            self.rebind(subject, Value { node: Some(proved), ..value });
        }
    }

    /// Whether a node is a newer state of another.
    pub fn comes_from(&self, node: NodeIx, older: NodeIx) -> bool {
        let mut at = node;
        for _ in 0..16 {
            match self.refined.get(&at) {
                Some(&(from, _)) if from == older => return true,
                Some(&(from, _)) => at = from,
                None => return false,
            }
        }
        false
    }
}

/// Whether the last segment of a dotted name looks like a class.
pub(super) fn is_class_name(dotted: &str) -> bool {
    dotted.rsplit('.').next().is_some_and(|last| {
        last.chars().next().is_some_and(|first| first.is_ascii_uppercase())
            && last.chars().any(|c| c.is_ascii_lowercase())
    })
}
