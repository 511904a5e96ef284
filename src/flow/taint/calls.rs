//! Calls: who is called, what the arguments are, and what is known of the result before the callee is.

use super::super::Constant;
use super::interpreter::Interpreter;
use super::known::{self, Effect};
use super::lanes::LaneSet;
use super::value::{self, Callable, Known, MAX_ITEMS, Value};
use super::weakness::{Protection, Weakness};
use crate::facts::flow::{Action, CallIx, Callee, FlowArgument, FlowCall, FlowType, NodeIx, Piece, Slot, Step};
use crate::syntax::{Field, Kind, Language, NodeId};
use std::rc::Rc;

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
enum OfProject {
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

    /// `map(int, values)`: a well-known function over each element.
    fn converted(&mut self, id: NodeId, callee: NodeId, arguments: &[Argument]) -> Option<Value> {
        if self.tree.label(callee) != "map" || self.tree.kind(callee) != Kind::Name {
            return None;
        }
        let (first, rest) = arguments.split_first()?;
        let function = first.node?;
        let name = match self.imported_name(function) {
            Some(name) => name,
            None if self.tree.kind(function) == Kind::Name => self.tree.label(function).to_owned(),
            None => return None,
        };
        let cleared = match known::python_function(&name)? {
            Effect::Nothing => return Some(Value::default()),
            Effect::Made(protection) | Effect::Validated(protection) => self.cleared_by(protection),
            _ => return None,
        };
        let elements: Vec<Value> = rest.iter().map(|argument| self.element(id, &argument.value)).collect();
        let made = self.made_of(&elements, id, cleared);
        Some(Value::of_node(self.derived(made.node, id, Action::Store(Piece::Element), LaneSet::NONE)))
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

    fn is_class_method(&self, function: u32) -> bool {
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
    fn carries(value: &Value) -> bool {
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
    fn after(&mut self, id: NodeId, name: NodeId, node: NodeIx, value: &Value, call: CallIx, index: u32) -> NodeIx {
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
    fn comes_from(&self, node: NodeIx, older: NodeIx) -> bool {
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

    // ---- well-known functions -----------------------------------------------------------------------------------------

    fn known_function(&mut self, id: NodeId, effect: Effect, arguments: &[Argument]) -> Value {
        let first = arguments.first().map(|argument| argument.value.clone()).unwrap_or_default();
        let values: Vec<Value> = arguments.iter().map(|argument| argument.value.clone()).collect();
        let label = self.tree.child(id, Field::Callee).map_or("", |callee| self.tree.label(callee));
        match effect {
            Effect::Nothing => match (label, &first.known) {
                ("len", Known::List(items)) => constant_number(items.len()),
                ("len", Known::Dict(entries)) => constant_number(entries.len()),
                ("len", Known::Constant(text)) => match &**text {
                    Constant::Str(text) => constant_number(text.chars().count()),
                    _ => Value::default(),
                },
                ("bool", _) => {
                    first.truth().map_or_else(Value::default, |truth| Value::constant(Constant::Bool(truth)))
                }
                _ => Value::default(),
            },
            Effect::Made(protection) => {
                if let (Some(constant), 1) = (first.as_constant(), values.len())
                    && label == "str"
                {
                    return Value::constant(Constant::Str(constant.to_text()));
                }
                let cleared = self.cleared_by(protection);
                let resolved = matches!(first.known, Known::ResolvedPath) && matches!(label, "str" | "fspath" | "Path");
                let mut value = self.made_of(&values, id, cleared);
                if resolved {
                    value.known = Known::ResolvedPath;
                }
                if let Some(callee) = self.tree.child(id, Field::Callee)
                    && let Some(dotted) = self.imported_name(callee)
                    && is_class_name(&dotted)
                {
                    let name = self.graph.name(&dotted);
                    value.class = Some(self.type_ix(FlowType::Named(name)));
                }
                value
            }
            Effect::Validated(protection) => {
                let cleared = self.cleared_by(protection);
                let value = self.made_of(&values, id, cleared);
                if let (Some(Constant::Str(text)), "int") = (first.as_constant(), label)
                    && let Ok(number) = text.trim().parse::<i32>()
                {
                    return Value::constant(Constant::Number(number.into()));
                }
                if let Some(subject) = arguments.first().and_then(|argument| argument.node) {
                    self.clear(subject, cleared);
                }
                value
            }
            Effect::First if values.is_empty() => match label {
                "list" | "tuple" | "set" => Value::known(Known::List(Rc::default())),
                "dict" => Value::known(Known::Dict(Rc::default())),
                _ => Value::default(),
            },
            Effect::First if label == "dict" => self.dict_call(id, arguments),
            Effect::First if matches!(first.known, Known::Dict(_)) => match label {
                "dict" => first,
                _ => Value::default(),
            },
            Effect::First if values.len() == 1 => match (&first.known, label) {
                (Known::List(items), "reversed") => {
                    Value::known(Known::List(Rc::new(items.iter().rev().cloned().collect())))
                }
                (Known::List(items), "list" | "tuple") => Value::known(Known::List(Rc::new(items.to_vec()))),
                _ => {
                    let from = self.node_of(&first, id);
                    let node = self.derived(from, id, Action::Same, LaneSet::NONE);
                    Value { node, class: first.class, ..Value::default() }
                }
            },
            Effect::First => self.made_of(&values, id, LaneSet::NONE),
            Effect::Nth(index) => values.get(index).cloned().unwrap_or_default(),
            Effect::Element => {
                if values.len() > 1 {
                    // `min(size, LIMIT)`: no larger than the limit.
                    let cleared = if label == "min" && values.iter().any(|value| value.node.is_none()) {
                        self.cleared_by(Protection::NONE.and(Weakness::Size))
                    } else {
                        LaneSet::NONE
                    };
                    return self.made_of(&values, id, cleared);
                }
                self.element(id, &first)
            }
            Effect::Enumerated => {
                let element = self.element(id, &first);
                self.tuples(id, &[Value::default(), element])
            }
            Effect::Zipped => {
                let elements: Vec<Value> = values.iter().map(|value| self.element(id, value)).collect();
                self.tuples(id, &elements)
            }
            Effect::Resolved => {
                let made = self.made_of(&values, id, LaneSet::NONE);
                Value { known: Known::ResolvedPath, ..made }
            }
            Effect::UrlParts => {
                let made = self.made_of(&values[..values.len().min(1)], id, LaneSet::NONE);
                let subject = arguments.first().and_then(|argument| argument.node);
                let name = subject.filter(|&subject| self.tree.kind(subject) == Kind::Name).map(|s| self.tree.label(s));
                Value { known: Known::UrlParts(name.unwrap_or("").into()), ..made }
            }
            Effect::Pattern => {
                let made = self.made_of(&values, id, LaneSet::NONE);
                let known = match first.as_text() {
                    Some(text) => Known::Pattern(text.into()),
                    None => Known::Unknown,
                };
                Value { known, ..made }
            }
            Effect::Partial => self.partial(id, arguments),
            Effect::Leaves => {
                self.frame.state.is_alive = false;
                Value::default()
            }
        }
    }

    /// A sequence of tuples of these values.
    fn tuples(&mut self, id: NodeId, parts: &[Value]) -> Value {
        let tuple = Value::known(Known::List(Rc::new(parts.to_vec())));
        let Some(node) = self.node_of(&tuple, id) else { return Value::default() };
        Value::of_node(self.derived(Some(node), id, Action::Store(Piece::Element), LaneSet::NONE))
    }

    fn dict_call(&mut self, id: NodeId, arguments: &[Argument]) -> Value {
        let mut entries: Vec<(Constant, Value)> = Vec::new();
        for argument in arguments {
            match (argument.slot, &argument.value.known) {
                (Slot::Keyword(name), _) => {
                    let key = self.graph.facts.names[name as usize].to_string();
                    entries.push((Constant::Str(key), argument.value.clone()));
                }
                (Slot::Position(0) | Slot::Keywords, Known::Dict(more)) => entries.extend(more.iter().cloned()),
                _ => {
                    let values: Vec<Value> = arguments.iter().map(|argument| argument.value.clone()).collect();
                    let node = self.silent(id);
                    for value in values {
                        if let Some(from) = self.node_of(&value, id) {
                            self.graph.edge(from, node, Action::Same);
                            self.graph.edge(from, node, Action::Store(Piece::Element));
                        }
                    }
                    return Value::of_node(Some(node));
                }
            }
        }
        Value::known(Known::Dict(Rc::new(entries)))
    }

    fn partial(&mut self, id: NodeId, arguments: &[Argument]) -> Value {
        let Some((first, rest)) = arguments.split_first() else { return Value::default() };
        let Known::Callable(callable) = &first.value.known else {
            let values: Vec<Value> = arguments.iter().map(|argument| argument.value.clone()).collect();
            return self.made_of(&values, id, LaneSet::NONE);
        };
        let mut bound = callable.bound.clone();
        for argument in rest {
            let name = match argument.slot {
                Slot::Keyword(name) => Some(Rc::from(&*self.graph.facts.names[name as usize])),
                Slot::Position(_) => None,
                Slot::Rest | Slot::Keywords => continue,
            };
            bound.push((name, argument.value.clone()));
        }
        Value::known(Known::Callable(Rc::new(Callable { bound, ..(**callable).clone() })))
    }

    // ---- well-known methods -------------------------------------------------------------------------------------------

    /// What a method does that is known by its name alone.
    fn known_method(
        &mut self,
        id: NodeId,
        method: &str,
        receiver: &Value,
        object: Option<NodeId>,
        arguments: &[Argument],
    ) -> Option<Value> {
        let values: Vec<Value> = arguments.iter().map(|argument| argument.value.clone()).collect();
        if let Some(text) = receiver.as_text().filter(|_| receiver.node.is_none()) {
            if method == "format" {
                let text = text.to_owned();
                return Some(self.brace_format(id, &text, arguments));
            }
            if method == "join" {
                return Some(self.joined_texts(id, text.to_owned().as_str(), &values));
            }
            if let Some(value) = value::text_method(text, method, &values) {
                return Some(value);
            }
        }
        if let Some(object) = object
            && let Some(value) = self.container_method(id, method, receiver, object, arguments)
        {
            return Some(value);
        }
        if self.is_config_parser(receiver)
            && let Some(value) = self.config_method(id, method, receiver, object, &values)
        {
            return Some(value);
        }
        if known::TEXT_METHODS.contains(&method) {
            if matches!(method, "replace") && values.len() == 2 {
                // What is replaced does not get into the result.
                return Some(self.made_of(&[receiver.clone(), values[1].clone()], id, LaneSet::NONE));
            }
            let mut parts = vec![receiver.clone()];
            parts.extend(values);
            return Some(self.made_of(&parts, id, LaneSet::NONE));
        }
        if known::DUMP_METHODS.contains(&method) && values.is_empty() && receiver.node.is_some() {
            let from = receiver.node;
            return Some(Value::of_node(self.derived(from, id, Action::All, LaneSet::NONE)));
        }
        if known::BARREN_METHODS.contains(&method) {
            return Some(Value::default());
        }
        if known::WORD_METHODS.contains(&method) {
            let cleared = self.cleared_by(Protection::SYNTAX.and(Weakness::Secret));
            return Some(self.made_of(std::slice::from_ref(receiver), id, cleared));
        }
        match method {
            "resolve" | "absolute" => {
                let made = self.made_of(std::slice::from_ref(receiver), id, LaneSet::NONE);
                let known = if method == "resolve" { Known::ResolvedPath } else { Known::Unknown };
                Some(Value { known, ..made })
            }
            // Raises unless the path is below.
            "relative_to" => {
                if let Some(object) = object
                    && matches!(receiver.known, Known::ResolvedPath)
                {
                    let lanes = self.cleared_by(Protection::NONE.and(Weakness::Path));
                    self.clear(object, lanes);
                }
                let lanes = self.cleared_by(Protection::NONE.and(Weakness::Path));
                Some(self.made_of(std::slice::from_ref(receiver), id, lanes))
            }
            _ => None,
        }
    }

    /// Whether the method may be one that the project defines.
    fn may_be_of_project(&self, receiver: &Value, method: &str) -> OfProject {
        let Some(class) = receiver.class else { return OfProject::No };
        match self.graph.facts.types[class as usize] {
            FlowType::Named(name) => {
                let name = &*self.graph.facts.names[name as usize];
                if known::python_function(name).is_some() || name.starts_with("configparser.") {
                    OfProject::No
                } else {
                    OfProject::Surely
                }
            }
            FlowType::Class(_) => OfProject::Surely,
            FlowType::Result(_) | FlowType::Attribute(..) if known::AMBIGUOUS_METHODS.contains(&method) => {
                OfProject::Maybe
            }
            FlowType::Result(_) | FlowType::Attribute(..) => OfProject::No,
        }
    }

    fn is_config_parser(&self, receiver: &Value) -> bool {
        receiver.class.is_some_and(|class| match self.graph.facts.types[class as usize] {
            FlowType::Named(name) => self.graph.facts.names[name as usize].starts_with("configparser."),
            _ => false,
        })
    }

    fn config_method(
        &mut self,
        id: NodeId,
        method: &str,
        receiver: &Value,
        object: Option<NodeId>,
        values: &[Value],
    ) -> Option<Value> {
        match (method, values) {
            ("get", [section, key, ..]) => {
                let section = self.item(id, receiver, section);
                Some(self.item(id, &section, key))
            }
            ("getint" | "getfloat" | "getboolean" | "add_section" | "has_section" | "has_option" | "read", _) => {
                Some(Value::default())
            }
            ("set", [section, key, value]) => {
                let object = object?;
                let old = self.item(id, receiver, section);
                let piece = key.as_constant().cloned().map_or(Piece::Element, |key| self.piece(&key));
                let newer = self.silent(id);
                if let Some(from) = self.node_of(&old, id) {
                    let action = if piece == Piece::Element { Action::Same } else { Action::Without(piece) };
                    self.graph.edge(from, newer, action);
                }
                if let Some(from) = self.node_of(value, id) {
                    self.graph.edge(from, newer, Action::Store(piece));
                }
                self.store_item(object, section, None, Value::of_node(Some(newer)));
                Some(Value::default())
            }
            _ => None,
        }
    }

    /// Methods of lists, dictionaries and sets.
    fn container_method(
        &mut self,
        id: NodeId,
        method: &str,
        receiver: &Value,
        object: NodeId,
        arguments: &[Argument],
    ) -> Option<Value> {
        let values: Vec<Value> = arguments.iter().map(|argument| argument.value.clone()).collect();
        let first = values.first().cloned().unwrap_or_default();
        match (&receiver.known, receiver.node) {
            (Known::List(items), None) => {
                let mut items = items.to_vec();
                let mut result = Value::default();
                match method {
                    "append" | "add" | "appendleft" if values.len() == 1 => {
                        if method == "appendleft" {
                            items.insert(0, first);
                        } else {
                            items.push(first);
                        }
                    }
                    "insert" if values.len() == 2 => {
                        let at = usize::try_from(first.as_index()?).ok()?.min(items.len());
                        items.insert(at, values[1].clone());
                    }
                    "extend" => match &first.known {
                        Known::List(more) => items.extend(more.iter().cloned()),
                        _ => return Some(self.grow(id, object, &first, Action::Same)),
                    },
                    "pop" | "popleft" => {
                        let index = if method == "popleft" {
                            0
                        } else if values.is_empty() {
                            -1
                        } else {
                            first.as_index()?
                        };
                        if let Some(place) = value::place(index, items.len()) {
                            result = items.remove(place);
                        }
                    }
                    "clear" => items.clear(),
                    "reverse" => items.reverse(),
                    "copy" => return Some(Value::known(Known::List(Rc::new(items)))),
                    "remove" | "discard" if first.as_constant().is_some() => {
                        let is_it = |item: &Value| match (item.as_constant(), first.as_constant()) {
                            (Some(left), Some(right)) => Some(left == right),
                            _ => item.node.is_some().then_some(false).filter(|_| false),
                        };
                        let place = items.iter().position(|item| is_it(item) != Some(false));
                        match place {
                            Some(place) if is_it(&items[place]) == Some(true) => {
                                items.remove(place);
                            }
                            Some(_) => return None,
                            None => {}
                        }
                    }
                    _ => return None,
                }
                if items.len() > MAX_ITEMS {
                    return Some(self.grow(
                        id,
                        object,
                        &values.last().cloned().unwrap_or_default(),
                        Action::Store(Piece::Element),
                    ));
                }
                self.replace_known(object, receiver, Known::List(Rc::new(items)));
                Some(result)
            }
            (Known::Dict(entries), None) => {
                let known = |key: &Value| -> Option<Option<Value>> {
                    let key = key.as_constant()?;
                    Some(entries.iter().rev().find(|(known, _)| known == key).map(|(_, value)| value.clone()))
                };
                match method {
                    "get" | "setdefault" | "pop" => {
                        let default = values.get(1).cloned().unwrap_or_default();
                        match known(&first) {
                            Some(Some(value)) => {
                                if method == "pop" {
                                    let rest =
                                        entries.iter().filter(|(key, _)| Some(key) != first.as_constant()).cloned();
                                    let rest = rest.collect();
                                    self.replace_known(object, receiver, Known::Dict(Rc::new(rest)));
                                }
                                Some(value)
                            }
                            Some(None) => {
                                if method == "setdefault" {
                                    self.store_item(object, &first, None, default.clone());
                                }
                                Some(default)
                            }
                            None => {
                                let loaded = self.loaded(id, receiver, Piece::Element);
                                Some(self.joined(&[loaded, default], id))
                            }
                        }
                    }
                    "values" => Some(Value::known(Known::List(Rc::new(
                        entries.iter().map(|(_, value)| value.clone()).collect(),
                    )))),
                    "keys" => Some(Value::known(Known::List(Rc::new(
                        entries.iter().map(|(key, _)| Value::constant(key.clone())).collect(),
                    )))),
                    "items" => Some(Value::known(Known::List(Rc::new(
                        entries
                            .iter()
                            .map(|(key, value)| {
                                let pair = vec![Value::constant(key.clone()), value.clone()];
                                Value::known(Known::List(Rc::new(pair)))
                            })
                            .collect(),
                    )))),
                    "copy" => Some(receiver.clone()),
                    "update" => {
                        let mut entries = entries.to_vec();
                        for argument in arguments {
                            match (argument.slot, &argument.value.known) {
                                (Slot::Keyword(name), _) => {
                                    let key = Constant::Str(self.graph.facts.names[name as usize].to_string());
                                    entries.retain(|(known, _)| *known != key);
                                    entries.push((key, argument.value.clone()));
                                }
                                (_, Known::Dict(more)) => {
                                    entries.retain(|(known, _)| !more.iter().any(|(key, _)| key == known));
                                    entries.extend(more.iter().cloned());
                                }
                                _ => return Some(self.grow(id, object, &first, Action::Same)),
                            }
                        }
                        self.replace_known(object, receiver, Known::Dict(Rc::new(entries)));
                        Some(Value::default())
                    }
                    _ => None,
                }
            }
            _ => self.unknown_container(id, method, receiver, object, &values),
        }
    }

    /// Methods that only containers have, on a value that is not known item by item.
    fn unknown_container(
        &mut self,
        id: NodeId,
        method: &str,
        receiver: &Value,
        object: NodeId,
        values: &[Value],
    ) -> Option<Value> {
        let first = values.first().cloned().unwrap_or_default();
        let is_plain = receiver.class.is_none();
        match (method, values.len()) {
            ("append" | "appendleft", 1) => Some(self.grow(id, object, &first, Action::Store(Piece::Element))),
            ("add", 1) if is_plain && self.tree.kind(object) == Kind::Name => {
                Some(self.grow(id, object, &first, Action::Store(Piece::Element)))
            }
            ("insert", 2) if is_plain => Some(self.grow(id, object, &values[1], Action::Store(Piece::Element))),
            ("extend", 1) => Some(self.grow(id, object, &first, Action::Same)),
            ("update", 1) if is_plain => Some(self.grow(id, object, &first, Action::Same)),
            ("write" | "writelines", 1) if self.is_text_buffer(receiver) => {
                Some(self.grow(id, object, &first, Action::Into))
            }
            ("setdefault", 2) if is_plain => {
                self.store_item(object, &first, None, values[1].clone());
                let loaded = self.item(id, receiver, &first);
                Some(self.joined(&[loaded, values[1].clone()], id))
            }
            // A look-up gives what was put in, whatever it is looked up by.
            ("get" | "pop", 1 | 2) if is_plain && (first.as_constant().is_some() || values.len() == 2) => {
                let loaded = self.item(id, receiver, &first);
                match values.get(1) {
                    Some(default) => Some(self.joined(&[loaded, default.clone()], id)),
                    None => Some(loaded),
                }
            }
            ("items", 0) => {
                let value = self.loaded(id, receiver, Piece::Element);
                // Keys of what came from outside came from outside too.
                let from = self.node_of(receiver, id);
                let key = Value::of_node(self.derived(from, id, Action::Load(Piece::Element), LaneSet::NONE));
                Some(self.tuples(id, &[key, value]))
            }
            ("values" | "keys" | "copy" | "most_common" | "elements", 0) => {
                let from = self.node_of(receiver, id);
                Some(Value::of_node(self.derived(from, id, Action::Same, LaneSet::NONE)))
            }
            _ => None,
        }
    }

    fn is_text_buffer(&self, receiver: &Value) -> bool {
        receiver.class.is_some_and(|class| match self.graph.facts.types[class as usize] {
            FlowType::Named(name) => {
                matches!(&*self.graph.facts.names[name as usize], "io.StringIO" | "io.BytesIO")
            }
            _ => false,
        })
    }

    /// A container takes something in.
    fn grow(&mut self, id: NodeId, object: NodeId, value: &Value, action: Action) -> Value {
        let whole = self.current(object);
        let node = self.node_of(value, id);
        if node.is_none() && !whole.known.is_container() {
            return Value::default();
        }
        let newer = self.silent(object);
        if let Some(old) = self.node_of(&whole, object) {
            self.graph.edge(old, newer, Action::Same);
        }
        let part = node.map(|node| {
            self.graph.edge(node, newer, action);
            (node, Piece::Element)
        });
        self.mutated(object, newer, part, &whole);
        if let Some((root, path)) = self.path_of(object)
            && self.tree.kind(object) != Kind::Name
        {
            let slot = self.frame.state.path_slot(root, &path);
            let state = Value { node: Some(newer), known: Known::Unknown, class: whole.class, parameter: None };
            self.frame.state.set(slot, Some(state));
        }
        Value::default()
    }

    // ---- texts --------------------------------------------------------------------------------------------------------

    fn brace_format(&mut self, id: NodeId, format: &str, arguments: &[Argument]) -> Value {
        use super::super::format::{Piece as FormatPiece, braces};
        let positional: Vec<&Argument> =
            arguments.iter().filter(|argument| matches!(argument.slot, Slot::Position(_))).collect();
        let mut next = 0;
        let mut parts: Vec<(Value, bool)> = Vec::new();
        for piece in braces(format) {
            match piece {
                FormatPiece::Literal(literal) => parts.push((Value::constant(Constant::Str(literal)), false)),
                FormatPiece::Field { name, numeric } => {
                    let root = name.split(['.', '[']).next().unwrap_or(&name);
                    let argument = if root.is_empty() {
                        next += 1;
                        positional.get(next - 1).copied()
                    } else if let Ok(index) = root.parse::<usize>() {
                        positional.get(index).copied()
                    } else {
                        let root = self.graph.name(root);
                        arguments.iter().find(|argument| argument.slot == Slot::Keyword(root))
                    };
                    let value = argument
                        .or_else(|| {
                            arguments.iter().find(|argument| matches!(argument.slot, Slot::Rest | Slot::Keywords))
                        })
                        .map(|argument| argument.value.clone())
                        .unwrap_or_default();
                    parts.push((value, numeric));
                }
            }
        }
        self.text_of(id, &parts)
    }

    fn joined_texts(&mut self, id: NodeId, separator: &str, values: &[Value]) -> Value {
        let Some(first) = values.first() else { return Value::default() };
        if let Known::List(items) = &first.known {
            let mut parts: Vec<(Value, bool)> = Vec::new();
            for (index, item) in items.iter().enumerate() {
                if index > 0 {
                    parts.push((Value::constant(Constant::Str(separator.to_owned())), false));
                }
                parts.push((item.clone(), false));
            }
            return self.text_of(id, &parts);
        }
        self.made_of(values, id, LaneSet::NONE)
    }

    // ---- functions as arguments ---------------------------------------------------------------------------------------

    /// Functions that are handed to a call are called by it.
    fn call_callbacks(&mut self, id: NodeId, callee: NodeId, arguments: &[Argument], result: Value) -> Value {
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

fn constant_number(number: usize) -> Value {
    u32::try_from(number).map_or_else(|_| Value::default(), |number| Value::constant(Constant::Number(number.into())))
}

/// Whether the last segment of a dotted name looks like a class.
fn is_class_name(dotted: &str) -> bool {
    dotted.rsplit('.').next().is_some_and(|last| {
        last.chars().next().is_some_and(|first| first.is_ascii_uppercase())
            && last.chars().any(|c| c.is_ascii_lowercase())
    })
}
