//! Finds applications and routers, and says which of them an expression is.

use super::code::Code;
use super::host::HostKind;
use crate::facts::python::{
    self, Binding, Bound, Call, Expr, ExprKind, FunctionId, PythonFacts, ScopeId, ScopeKind, StatementKind,
};
use crate::model::FileId;
use crate::model::modules::{Class, Definition, Modules};
use crate::source::Span;
use rustc_hash::{FxHashMap, FxHashSet};
use std::cell::RefCell;

/// Names of names and functions of functions followed to a host.
const MAX_DEPTH: u32 = 16;
/// Calls of one function that are looked at for what is handed to it.
const MAX_CALLS: usize = 200;

/// A host as it is found, before its arguments are read.
#[derive(Debug)]
pub(super) struct Found {
    pub(super) kind: HostKind,
    pub(super) class: Class,
    pub(super) made: Code,
    /// The callee's span, or the parameter's.
    pub(super) span: Span,
    /// The parameter that it is, if it is only handed in.
    pub(super) parameter: Option<Box<str>>,
}

/// Where an expression of a file stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stand {
    /// In a statement, a default or a base.
    Plain,
    /// The n-th decorator of a function.
    Decorator(FunctionId),
    /// A decorator of a class.
    ClassDecorator(python::ClassId),
}

/// Tells `f` every expression of a file with the scope it stands in; nested ones are not told by themselves.
pub(super) fn each_expr<'p>(facts: &'p PythonFacts, f: &mut dyn FnMut(ScopeId, Stand, &'p Expr)) {
    let body = |scope: ScopeId, body: &'p [python::Statement], f: &mut dyn FnMut(ScopeId, Stand, &'p Expr)| {
        python::visit_statements(body, &mut |statement| {
            for expr in statement.exprs(facts) {
                f(scope, Stand::Plain, expr);
            }
        });
    };
    body(ScopeId::MODULE, &facts.body, f);
    for (id, class) in facts.classes() {
        for decorator in &class.decorators {
            f(class.parent, Stand::ClassDecorator(id), decorator);
        }
        body(class.scope, &class.body, f);
    }
    for (id, function) in facts.functions() {
        for decorator in &function.decorators {
            f(function.parent, Stand::Decorator(id), decorator);
        }
        for parameter in &function.parameters {
            for expr in parameter.default.iter().chain(&parameter.annotation) {
                f(function.parent, Stand::Plain, expr);
            }
        }
        body(function.scope, &function.body, f);
    }
}

/// A call with the file and the scope that it stands in.
type Handed<'p> = (FileId, ScopeId, &'p Call);

/// A name in a scope, and which of its bindings count: the first and how many.
type Question = (FileId, ScopeId, Box<str>, usize, usize);

/// All hosts with the names that lead to them.
#[derive(Debug)]
pub(super) struct Hosts<'p> {
    pub(super) modules: Modules<'p>,
    pub(super) found: Vec<Found>,
    by_site: FxHashMap<(FileId, Span), u32>,
    /// Calls that hand a host to a function of the project.
    handed: FxHashMap<(FileId, FunctionId), Vec<Handed<'p>>>,
    answers: RefCell<FxHashMap<Question, Vec<u32>>>,
}

impl<'p> Hosts<'p> {
    pub(super) fn new(modules: Modules<'p>) -> Self {
        let mut hosts = Self {
            modules,
            found: Vec::new(),
            by_site: FxHashMap::default(),
            handed: FxHashMap::default(),
            answers: RefCell::default(),
        };
        let mut names: FxHashSet<&str> = ["app", "router", "api", "application", "self"].into_iter().collect();
        for (file, facts) in modules.python_files() {
            hosts.find(file, facts);
        }
        for (file, facts) in modules.python_files() {
            names.extend(facts.assignments.iter().filter_map(|assignment| {
                let value = assignment.value.as_ref()?;
                hosts.by_site.contains_key(&(file, value.span)).then(|| assignment.target.last_name())?
            }));
        }
        if !hosts.found.is_empty() {
            for (file, facts) in modules.python_files() {
                hosts.find_handed(file, facts, &names);
            }
        }
        for (file, facts) in modules.python_files() {
            hosts.find_parameters(file, facts);
        }
        hosts
    }

    fn add(&mut self, site: (FileId, Span), found: Found) {
        self.by_site.entry(site).or_insert_with(|| {
            self.found.push(found);
            u32::try_from(self.found.len() - 1).unwrap_or(u32::MAX)
        });
    }

    /// Calls that make a host.
    fn find(&mut self, file: FileId, facts: &'p PythonFacts) {
        let mut made: Vec<(ScopeId, &'p Expr, &'p Expr)> = Vec::new();
        each_expr(facts, &mut |scope, _, expr| {
            expr.walk(&mut |expr| {
                let Some(call) = expr.as_call() else { return };
                if call.name().is_some_and(|name| name.starts_with(|c: char| c.is_ascii_uppercase())) {
                    made.push((scope, expr, &call.callee));
                } else if call.name() == Some("field")
                    && let Some(factory) = call.keyword("default_factory")
                {
                    // A dataclass with a router of its own.
                    made.push((scope, expr, factory));
                }
            });
        });
        // `APIRoute` lists name a class, as `Router(routes=[...])` does, so that names alone are not enough.
        let mut kinds: FxHashMap<(ScopeId, String), Option<(HostKind, Class)>> = FxHashMap::default();
        for (scope, expr, callee) in made {
            let Some(dotted) = callee.dotted() else { continue };
            let kind = kinds.entry((scope, dotted)).or_insert_with(|| {
                let class = Class::of(&self.modules.resolve(file, scope, callee)?)?;
                Some((host_kind(self.modules, &class)?, class))
            });
            if let Some((kind, class)) = kind.clone() {
                let made = Code { file, scope, expr: expr.clone() };
                self.add((file, expr.span), Found { kind, class, made, span: callee.span, parameter: None });
            }
        }
    }

    /// Calls of functions of the project with an argument that may be a host.
    fn find_handed(&mut self, file: FileId, facts: &'p PythonFacts, names: &FxHashSet<&str>) {
        let mut calls: Vec<(ScopeId, &'p Call)> = Vec::new();
        each_expr(facts, &mut |scope, _, expr| {
            expr.walk(&mut |expr| {
                let Some(call) = expr.as_call() else { return };
                let is_host = |argument: &Expr| {
                    argument.last_name().is_some_and(|name| names.contains(name))
                        || self.by_site.contains_key(&(file, argument.span))
                };
                if call.arguments.iter().any(is_host) || call.keywords.iter().any(|keyword| is_host(&keyword.value)) {
                    calls.push((scope, call));
                }
            });
        });
        for (scope, call) in calls {
            let function = match self.modules.resolve(file, scope, &call.callee) {
                Some(Definition::Function(file, id)) => (file, id),
                Some(Definition::Class(class_file, class)) => {
                    let init = self.modules.class_member(&Class::Local(class_file, class), "__init__");
                    let Some(crate::model::modules::Member::Method(file, id)) = init else { continue };
                    (file, id)
                }
                _ => continue,
            };
            let calls = self.handed.entry(function).or_default();
            if calls.len() < MAX_CALLS {
                calls.push((file, scope, call));
            }
        }
    }

    /// A parameter that by its annotation is a host, and that nothing in the project hands one to, is a host by itself.
    fn find_parameters(&mut self, file: FileId, facts: &'p PythonFacts) {
        for (id, function) in facts.functions() {
            for (place, parameter) in function.parameters.iter().enumerate() {
                let Some(annotation) = &parameter.annotation else { continue };
                let is_named =
                    annotation.last_name().is_some_and(|name| matches!(name, "FastAPI" | "APIRouter" | "Starlette"));
                if !is_named {
                    continue;
                }
                let place = u32::try_from(place).unwrap_or(u32::MAX);
                if !self.parameter(file, id, place, MAX_DEPTH).is_empty() {
                    continue;
                }
                let Some(class) = self.modules.annotated_class(file, function.parent, annotation) else { continue };
                let Some(kind) = host_kind(self.modules, &class) else { continue };
                // Only where something is registered on it.
                let mut is_used = false;
                python::visit_calls(facts, &function.body, &mut |call, _| {
                    is_used = is_used
                        || call.receiver().and_then(Expr::as_name) == Some(&parameter.name)
                            && call.name().is_some_and(super::registration::is_registering);
                });
                for (_, inner) in facts.functions() {
                    is_used = is_used
                        || inner.parent == function.scope
                            && inner.decorators.iter().any(|decorator| {
                                decorator.as_call().and_then(Call::receiver).and_then(Expr::as_name)
                                    == Some(&parameter.name)
                            });
                }
                if is_used {
                    let made = Code { file, scope: function.parent, expr: annotation.clone() };
                    self.add(
                        (file, parameter.span),
                        Found { kind, class, made, span: parameter.span, parameter: Some(parameter.name.clone()) },
                    );
                    self.answers.borrow_mut().clear();
                }
            }
        }
    }

    /// The hosts that an expression may be.
    pub(super) fn of(&self, file: FileId, scope: ScopeId, expr: &Expr) -> Vec<u32> {
        let mut found = self.at(file, scope, expr, MAX_DEPTH);
        found.sort_unstable();
        found.dedup();
        found
    }

    fn at(&self, file: FileId, scope: ScopeId, expr: &Expr, depth: u32) -> Vec<u32> {
        let Some(depth) = depth.checked_sub(1) else { return Vec::new() };
        if let Some(&host) = self.by_site.get(&(file, expr.span)) {
            return vec![host];
        }
        match &expr.kind {
            ExprKind::Name(name) => self.named(file, scope, name, Some(expr.span.start), depth),
            ExprKind::Attribute(object, name) => {
                let found = match self.modules.resolve(file, scope, expr) {
                    Some(definition) => self.of_definition(&definition, depth),
                    None => Vec::new(),
                };
                if found.is_empty() && matches!(&**name, "router" | "app") {
                    return self.at(file, scope, object, depth);
                }
                found
            }
            ExprKind::Call(call) => match self.modules.resolve(file, scope, &call.callee) {
                Some(Definition::Function(file, id)) => self.returned(file, id, depth),
                // `socketio.ASGIApp(sio, app)`, `VersionedFastAPI(app)`: the application inside.
                Some(Definition::External(_) | Definition::Class(..)) => {
                    let keywords = call.keywords.iter().map(|keyword| &keyword.value);
                    let arguments = call.arguments.iter().chain(keywords);
                    arguments
                        .filter(|argument| {
                            matches!(argument.kind, ExprKind::Name(_) | ExprKind::Attribute(..) | ExprKind::Call(_))
                        })
                        .take(8)
                        .flat_map(|argument| self.at(file, scope, argument, depth.min(4)))
                        .collect()
                }
                _ => Vec::new(),
            },
            ExprKind::Await(inner) => self.at(file, scope, inner, depth),
            ExprKind::Walrus(both) => self.at(file, scope, &both.1, depth),
            ExprKind::Or(both) => {
                let mut found = self.at(file, scope, &both.0, depth);
                found.extend(self.at(file, scope, &both.1, depth));
                found
            }
            ExprKind::Conditional(parts) => {
                let mut found = self.at(file, scope, &parts.1, depth);
                found.extend(self.at(file, scope, &parts.2, depth));
                found
            }
            _ => Vec::new(),
        }
    }

    /// What a name may be, at a place in the text of its scope if one is given.
    fn named(&self, file: FileId, scope: ScopeId, name: &str, at: Option<u32>, depth: u32) -> Vec<u32> {
        let Some(facts) = self.modules.facts(file) else { return Vec::new() };
        let bindings = facts.lookup(scope, name);
        if bindings.is_empty() {
            let definition = self.modules.qualified(file, scope, name);
            return definition.map_or_else(Vec::new, |definition| self.of_definition(&definition, depth));
        }
        let range = match at {
            Some(at) if bindings[0].scope == scope => reaching(facts, scope, bindings, at),
            _ => 0..bindings.len(),
        };
        let key = (file, bindings[0].scope, Box::from(name), range.start, range.len());
        if let Some(known) = self.answers.borrow().get(&key) {
            return known.clone();
        }
        // A name that is asked for while it is looked up is nothing more.
        self.answers.borrow_mut().insert(key.clone(), Vec::new());
        let found = self.look_up(file, scope, name, &bindings[range], depth);
        self.answers.borrow_mut().insert(key, found.clone());
        found
    }

    fn look_up(&self, file: FileId, scope: ScopeId, name: &str, bindings: &[Binding], depth: u32) -> Vec<u32> {
        let Some(facts) = self.modules.facts(file) else { return Vec::new() };
        let mut found = Vec::new();
        for binding in bindings.iter().take(16) {
            match binding.what {
                Bound::Assignment(id) => {
                    let assignment = facts.assignment(id);
                    if let Some(value) = &assignment.value {
                        found.extend(self.at(file, assignment.scope, value, depth));
                    }
                }
                Bound::Import(_) => {
                    if let Some(definition) = self.modules.qualified(file, scope, name) {
                        found.extend(self.of_definition(&definition, depth));
                    }
                }
                Bound::Parameter(place) => {
                    if let ScopeKind::Function(id) = facts.scope(binding.scope).kind {
                        found.extend(self.parameter(file, id, place, depth));
                    }
                }
                Bound::Item(id) => {
                    let iterable = &facts.iterations[id as usize].iterable;
                    let list = Code { file, scope: binding.scope, expr: iterable.clone() };
                    for item in list.items(self.modules) {
                        found.extend(self.at(item.file, item.scope, &item.expr, depth));
                    }
                }
                Bound::Function(_) | Bound::Class(_) | Bound::Unknown => {}
            }
        }
        found
    }

    fn of_definition(&self, definition: &Definition, depth: u32) -> Vec<u32> {
        match *definition {
            Definition::Variable(file, id) => {
                let Some(assignment) = self.modules.assignment(file, id) else { return Vec::new() };
                // All that is assigned to the name, not only the last.
                if let Some(name) = assignment.target.as_name() {
                    return self.named(file, assignment.scope, name, None, depth);
                }
                assignment.value.as_ref().map_or_else(Vec::new, |value| self.at(file, assignment.scope, value, depth))
            }
            Definition::Parameter(file, id, place) => self.parameter(file, id, place, depth),
            _ => Vec::new(),
        }
    }

    /// What a function returns.
    fn returned(&self, file: FileId, id: FunctionId, depth: u32) -> Vec<u32> {
        let Some(facts) = self.modules.facts(file) else { return Vec::new() };
        let function = facts.function(id);
        let mut found = Vec::new();
        python::visit_statements(&function.body, &mut |statement| {
            if let StatementKind::Return(Some(value)) = &statement.kind {
                found.extend(self.at(file, function.scope, value, depth));
            }
        });
        found
    }

    /// What is handed to a parameter, or the host that it is by itself.
    fn parameter(&self, file: FileId, id: FunctionId, place: u32, depth: u32) -> Vec<u32> {
        let Some(depth) = depth.checked_sub(1) else { return Vec::new() };
        let Some(facts) = self.modules.facts(file) else { return Vec::new() };
        let function = facts.function(id);
        let Some(parameter) = function.parameters.get(place as usize) else { return Vec::new() };
        if let Some(&host) = self.by_site.get(&(file, parameter.span)) {
            return vec![host];
        }
        let is_bound = super::callables::is_bound(self.modules, file, id);
        let mut found = Vec::new();
        for &(at, scope, call) in self.handed.get(&(file, id)).into_iter().flatten() {
            let place = (place as usize).checked_sub(usize::from(is_bound));
            let argument = match place {
                Some(place) => call.argument(place, &parameter.name),
                None => None,
            };
            if let Some(argument) = argument {
                found.extend(self.at(at, scope, argument, depth));
            }
        }
        found
    }
}

/// The bindings of a name that count at a place of the same scope: from the last one before it that is certain (in no
/// branch and no loop) up to the place. All, where none stands before it.
fn reaching(facts: &PythonFacts, scope: ScopeId, bindings: &[Binding], at: u32) -> std::ops::Range<usize> {
    let place = |binding: &Binding| match binding.what {
        Bound::Import(id) => Some(facts.imports[id as usize].span.start),
        Bound::Function(id) => Some(facts.function(id).span.start),
        Bound::Class(id) => Some(facts.class(id).span.start),
        Bound::Assignment(id) => Some(facts.assignment(id).span.start),
        Bound::Item(id) => Some(facts.iterations[id as usize].span.start),
        Bound::Parameter(_) => Some(0),
        Bound::Unknown => None,
    };
    let body = match facts.scope(scope).kind {
        ScopeKind::Module => &facts.body,
        ScopeKind::Function(id) => &facts.function(id).body,
        ScopeKind::Class(id) => &facts.class(id).body,
    };
    let is_certain = |binding: &Binding| {
        matches!(binding.what, Bound::Assignment(id)
            if body.iter().any(|statement| matches!(statement.kind, StatementKind::Assign(own) if own == id)))
    };
    // `app = wrap(app)`: the value is read before the name is bound again.
    let before = |binding: &Binding| match binding.what {
        Bound::Assignment(id) => facts.assignment(id).span.end <= at,
        _ => place(binding).is_none_or(|place| place < at),
    };
    let end = bindings.iter().rposition(before).map_or(0, |last| last + 1);
    if end == 0 {
        return 0..bindings.len();
    }
    let start = bindings[..end].iter().rposition(is_certain).unwrap_or(0);
    start..end
}

/// What kind of host a class is.
fn host_kind(modules: Modules<'_>, class: &Class) -> Option<HostKind> {
    modules.ancestry(class).iter().find_map(|class| {
        let Class::External(name) = class else { return None };
        let last = name.rsplit('.').next().unwrap_or(name);
        match last {
            "FastAPI" => Some(HostKind::App),
            "APIRouter" | "InferringRouter" => Some(HostKind::Router),
            "Starlette" => Some(HostKind::StarletteApp),
            "Router" if name.starts_with("starlette.") => Some(HostKind::StarletteRouter),
            _ if last.ends_with("APIRouter") => Some(HostKind::Router),
            _ => None,
        }
    })
}
