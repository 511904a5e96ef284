//! Entry points: parameters that a web framework fills from the request.

use super::graph::{Class, Function, Linked, Name};
use super::resolve::{Found, Resolver};
use crate::facts::flow::{FlowType, ParameterKind};
use crate::facts::python::{ClassId, FunctionId};
use crate::model::FileId;
use crate::model::fastapi::{Callable, Route, fields};
use rustc_hash::{FxHashMap, FxHashSet};

/// Methods of applications and routers that register a handler.
const REGISTRATIONS: &[&str] =
    &["get", "post", "put", "delete", "patch", "options", "head", "api_route", "route", "websocket"];
/// What decorates with the same words and registers no handler.
const OTHERS: &[&str] =
    &["mock", "responses", "requests", "httpx", "respx", "patch", "unittest", "pytest", "cache", "client"];
/// Types that a framework hands in which are no input by themselves: what is read from them is marked by rules.
const CONTEXTS: &[&str] = &[
    "Request",
    "WebSocket",
    "HTTPConnection",
    "Response",
    "BackgroundTasks",
    "Session",
    "AsyncSession",
    "SecurityScopes",
    "JSONResponse",
    "HTMLResponse",
    "Settings",
    "Connection",
    "Engine",
    "Redis",
    "HttpRequest",
];

/// How deep models within models are looked into.
const MAX_FIELDS: usize = 3;

/// A value that comes in with the request.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Input {
    pub function: Function,
    pub parameter: u32,
    /// The field that is open, of a parameter whose class declares its fields; empty for all of it.
    pub fields: Vec<Name>,
    /// Whether only a number, a date or one of a closed set can stand there.
    pub is_closed: bool,
}

/// What a framework hands to handlers, and which functions fill which parameters.
#[derive(Debug, Default)]
pub(super) struct Entries {
    pub inputs: Vec<Input>,
    /// Parameters that the result of a function fills.
    pub provided: FxHashMap<Function, Vec<(Function, u32)>>,
    /// Parameters that an object fills which a constructor makes.
    pub made: FxHashMap<Function, Vec<(Function, u32)>>,
}

impl Entries {
    pub fn find(linked: &Linked<'_>, resolver: &mut Resolver) -> Self {
        let mut entries = Self::default();
        let mut open: Vec<Function> = Vec::new();
        for (file, facts) in (0..).zip(&linked.files) {
            for (index, function) in (0..).zip(&facts.facts.functions) {
                let is_handler = function.decorators.iter().any(|&name| is_registration(facts.facts.name(name)));
                if is_handler {
                    open.push(Function { file, function: index });
                }
            }
        }
        let model = linked.project.fastapi();
        let handlers = model.routes.iter().filter_map(Route::function);
        let dependencies = model.dependencies.iter().filter_map(|dependency| match dependency.callable {
            Callable::Function(file, function) => Some((file, function)),
            _ => None,
        });
        open.extend(handlers.chain(dependencies).filter_map(|(file, function)| {
            let name = linked.project.modules().facts(file)?.function(function).name_span;
            linked.function_at(file, name)
        }));
        open.sort_unstable();
        open.dedup();
        let mut seen: FxHashSet<Function> = open.iter().copied().collect();
        while let Some(function) = open.pop() {
            for provider in entries.add(linked, resolver, function) {
                if seen.insert(provider) {
                    open.push(provider);
                }
            }
        }
        entries.inputs.sort_unstable();
        entries
    }

    /// Adds the parameters of a handler or of a dependency; gives the functions that it depends on.
    fn add(&mut self, linked: &Linked<'_>, resolver: &mut Resolver, function: Function) -> Vec<Function> {
        let facts = linked.facts(function.file);
        let id = linked.files[function.file as usize].id;
        let modules = linked.project.modules();
        let model = linked.project.fastapi();
        let own = linked.function(function);
        let known = modules.facts(id).and_then(|python| {
            let index = python.functions.iter().position(|known| known.name_span == own.name_span)?;
            Some(FunctionId(u32::try_from(index).ok()?))
        });
        let mut providers = Vec::new();
        for (index, parameter) in (0..).zip(&own.parameters) {
            if index == 0 && own.has_receiver || matches!(parameter.kind, ParameterKind::Rest) {
                continue;
            }
            let input = Input { function, parameter: index, fields: Vec::new(), is_closed: parameter.is_closed };
            // What the framework's model says comes before what the text alone tells.
            let modelled = known.and_then(|known| model.parameter(id, known, facts.name(parameter.name)));
            if let Some(modelled) = modelled.filter(|modelled| modelled.input.is_from_client()) {
                if modelled.ty.is_inert() {
                    self.inputs.push(Input { is_closed: true, ..input });
                } else if let Some((file, class)) = modelled.ty.class() {
                    self.add_model(linked, file, class, input);
                } else {
                    self.inputs.push(input);
                }
                continue;
            }
            if let Some(callee) = parameter.provider {
                match resolver.provider(linked, function.file, callee) {
                    Some(Found::Function(provider, _)) => {
                        self.provided.entry(provider).or_default().push((function, index));
                        providers.push(provider);
                    }
                    Some(Found::Class(class)) => {
                        if let Some(init) = constructor(linked, resolver, class) {
                            self.made.entry(init).or_default().push((function, index));
                            providers.push(init);
                        }
                    }
                    None => {}
                }
                continue;
            }
            if modelled.is_some() {
                if let Some((file, provider)) = modelled.and_then(|modelled| model.provider(modules, modelled))
                    && let Some(python) = modules.facts(file)
                    && let Some(provider) = linked.function_at(file, python.function(provider).name_span)
                {
                    self.provided.entry(provider).or_default().push((function, index));
                    providers.push(provider);
                }
                continue;
            }
            let context = parameter.class.map(|class| facts.types[class as usize]);
            if let Some(FlowType::Named(name)) = context
                && CONTEXTS.contains(&facts.name(name).rsplit('.').next().unwrap_or(""))
            {
                continue;
            }
            let class = parameter.class.and_then(|class| resolver.class_of(linked, function.file, class, 8));
            match class {
                Some(class) => self.add_fields(linked, resolver, class, &input),
                None => self.inputs.push(input),
            }
        }
        providers
    }

    /// The fields of a model that the framework has checked: each is input of its own type.
    fn add_model(&mut self, linked: &Linked<'_>, file: FileId, class: ClassId, input: Input) {
        let fields = fields(linked.project.modules(), file, class);
        if fields.is_empty() {
            self.inputs.push(input);
            return;
        }
        for field in fields {
            // A name that no file uses is read nowhere; it stays in what is dumped as a whole.
            let Some(name) = linked.known_name(&field.name) else { continue };
            let mut below = input.clone();
            below.fields.push(name);
            below.is_closed = field.ty.is_inert();
            match field.ty.class().filter(|_| below.fields.len() < MAX_FIELDS && !below.is_closed) {
                Some((file, class)) => self.add_model(linked, file, class, below),
                None => self.inputs.push(below),
            }
        }
    }

    /// The fields of a class that a framework without a model fills.
    fn add_fields(&mut self, linked: &Linked<'_>, resolver: &mut Resolver, class: Class, input: &Input) {
        let mut any = false;
        for class in resolver.ancestry(linked, class) {
            let names = &linked.files[class.file as usize].names;
            for &(name, _, is_closed) in &linked.facts(class.file).classes[class.class as usize].fields {
                any = true;
                self.inputs.push(Input { fields: vec![names[name as usize]], is_closed, ..input.clone() });
            }
        }
        if !any {
            self.inputs.push(input.clone());
        }
    }
}

fn constructor(linked: &Linked<'_>, resolver: &mut Resolver, class: Class) -> Option<Function> {
    let init = linked.known_name("__init__")?;
    resolver.ancestry(linked, class).into_iter().find_map(|class| {
        let names = &linked.files[class.file as usize].names;
        let methods = &linked.facts(class.file).classes[class.class as usize].methods;
        let found = methods.iter().find(|&&(known, _)| names[known as usize] == init);
        found.map(|&(_, function)| Function { file: class.file, function })
    })
}

/// Whether a decorator registers a handler: `app.get`, `router.post`, `blueprint.route`.
fn is_registration(decorator: &str) -> bool {
    decorator.rsplit_once('.').is_some_and(|(object, method)| {
        REGISTRATIONS.contains(&method) && !object.split('.').any(|part| OTHERS.contains(&part))
    })
}
