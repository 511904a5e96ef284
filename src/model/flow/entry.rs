//! Entry points: parameters that a web framework fills from the request.

use super::graph::{Class, Function, Linked, Name};
use super::resolve::{Found, Resolver};
use crate::facts::flow::{FlowType, ParameterKind};
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

/// A value that comes in with the request.
#[derive(Debug, Clone, Copy)]
pub(super) struct Input {
    pub function: Function,
    pub parameter: u32,
    /// The field that is open, of a parameter whose class declares its fields; `None` for all of it.
    pub field: Option<Name>,
    /// Whether only a number, a date or one of a closed set can stand there.
    pub is_closed: bool,
}

/// What a framework hands to handlers, and which functions fill which parameters.
#[derive(Debug, Default)]
pub(super) struct Entries {
    pub inputs: Vec<Input>,
    /// Parameters that the result of a function fills.
    pub provided: FxHashMap<Function, Vec<(Function, u32)>>,
    /// Parameters that an object of a class fills.
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
        let mut seen: FxHashSet<Function> = open.iter().copied().collect();
        while let Some(function) = open.pop() {
            for provider in entries.add(linked, resolver, function) {
                if seen.insert(provider) {
                    open.push(provider);
                }
            }
        }
        entries.inputs.sort_by_key(|input| (input.function, input.parameter, input.field));
        entries
    }

    /// Adds the parameters of a handler or of a dependency; gives the functions that it depends on.
    fn add(&mut self, linked: &Linked<'_>, resolver: &mut Resolver, function: Function) -> Vec<Function> {
        let facts = linked.facts(function.file);
        let mut providers = Vec::new();
        let own = linked.function(function);
        for (index, parameter) in (0..).zip(&own.parameters) {
            if index == 0 && own.has_receiver || matches!(parameter.kind, ParameterKind::Rest) {
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
            let context = parameter.class.map(|class| facts.types[class as usize]);
            if let Some(FlowType::Named(name)) = context
                && CONTEXTS.contains(&facts.name(name).rsplit('.').next().unwrap_or(""))
            {
                continue;
            }
            let class = parameter.class.and_then(|class| resolver.class_of(linked, function.file, class, 8));
            let input = Input { function, parameter: index, field: None, is_closed: parameter.is_closed };
            match class {
                Some(class) => self.add_fields(linked, resolver, class, input),
                None => self.inputs.push(input),
            }
        }
        providers
    }

    /// The fields of a model that a framework has checked: each is input of its own type.
    fn add_fields(&mut self, linked: &Linked<'_>, resolver: &mut Resolver, class: Class, input: Input) {
        let mut any = false;
        for class in resolver.ancestry(linked, class) {
            let names = &linked.files[class.file as usize].names;
            for &(name, _, is_closed) in &linked.facts(class.file).classes[class.class as usize].fields {
                any = true;
                self.inputs.push(Input { field: Some(names[name as usize]), is_closed, ..input });
            }
        }
        if !any {
            self.inputs.push(input);
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
