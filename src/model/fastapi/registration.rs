//! What is registered on applications and routers: by decorator, by call, by list.

use super::callables::Callables;
use super::code::Code;
use super::dependency::Callable;
use super::hosts::{Hosts, Stand, each_expr};
use super::loops;
use super::route::RouteKind;
use crate::facts::python::{Call, ClassId, Expr, ExprKind, FunctionId, PythonFacts, ScopeId, StatementKind};
use crate::model::{FileId, Place};
use crate::source::Span;

/// Mounts in mounts.
const MAX_DEPTH: u32 = 8;

/// What is done to a host.
#[derive(Debug)]
pub(super) enum Action {
    Route(NewRoute),
    /// `include_router(...)`.
    Include(Vec<u32>),
    /// A host mounted on another.
    MountHosts(String, Vec<u32>),
    /// Anything else mounted.
    Mount(String, Code),
    /// `add_middleware(X, ...)`, `Middleware(X, ...)`; the class.
    Middleware(Code),
    /// `@app.middleware("http")`.
    MiddlewareFunction(FileId, FunctionId),
    /// What is handled, by what.
    ExceptionHandler(Code, Code),
    /// `on_event`, `add_event_handler`.
    Event(Code),
}

/// A route as it is registered, without what its routers add.
#[derive(Debug)]
pub(super) struct NewRoute {
    pub(super) kind: RouteKind,
    pub(super) methods: Vec<Box<str>>,
    pub(super) path: String,
    pub(super) handler: Callable,
    pub(super) name: Box<str>,
    /// The function with decorators, where the route is one of them.
    pub(super) decorated: Option<FunctionId>,
}

/// Something done to a host.
#[derive(Debug)]
pub(super) struct Registration {
    pub(super) host: u32,
    /// The callee.
    pub(super) place: Place,
    /// The whole call.
    pub(super) call: Code,
    /// The path that mounts of lists put in front.
    pub(super) prefix: String,
    pub(super) action: Action,
}

const HTTP: &[&str] = &["get", "post", "put", "patch", "delete", "head", "options", "trace"];

/// Whether a method of this name registers something on a host.
pub(super) fn is_registering(name: &str) -> bool {
    HTTP.contains(&name)
        || matches!(
            name,
            "api_route"
                | "websocket"
                | "websocket_route"
                | "route"
                | "add_api_route"
                | "add_route"
                | "add_websocket_route"
                | "add_api_websocket_route"
                | "include_router"
                | "mount"
                | "host"
                | "add_middleware"
                | "add_exception_handler"
                | "exception_handler"
                | "middleware"
                | "on_event"
                | "add_event_handler"
        )
}

/// Collects all registrations, in order of files and text.
pub(super) struct Registrations<'h, 'p> {
    hosts: &'h Hosts<'p>,
    callables: &'h Callables<'p>,
    found: Vec<Registration>,
}

impl<'h, 'p> Registrations<'h, 'p> {
    pub(super) fn collect(hosts: &'h Hosts<'p>, callables: &'h Callables<'p>) -> Vec<Registration> {
        let mut all = Self { hosts, callables, found: Vec::new() };
        for (file, facts) in hosts.modules.python_files() {
            let start = all.found.len();
            let mut calls: Vec<(ScopeId, Stand, Span, &'p Call, Option<&'p Expr>)> = Vec::new();
            each_expr(facts, &mut |scope, stand, expr| {
                let outermost = expr.span;
                expr.walk(&mut |expr| {
                    let Some(call) = expr.as_call() else { return };
                    // `router.get("/x")(handler)`.
                    if let Some(inner) = call.callee.as_call()
                        && let Some(handler) = call.arguments.first()
                        && inner.name().is_some_and(is_registering)
                    {
                        calls.push((scope, Stand::Plain, call.callee.span, inner, Some(handler)));
                    }
                    if call.name().is_some_and(is_registering) && call.receiver().is_some() {
                        let stand = if expr.span == outermost { stand } else { Stand::Plain };
                        calls.push((scope, stand, expr.span, call, None));
                    }
                });
            });
            for (scope, stand, span, call, handler) in calls {
                match loops::unrolled(hosts.modules, file, facts, scope, call) {
                    None => all.call(file, facts, scope, stand, span, call, handler),
                    Some(calls) => {
                        for call in &calls {
                            all.call(file, facts, scope, stand, span, call, handler);
                        }
                    }
                }
            }
            all.views(file, facts);
            all.found[start..].sort_by_key(|registration| registration.place);
        }
        for (index, host) in hosts.found.iter().enumerate() {
            let index = u32::try_from(index).unwrap_or(u32::MAX);
            if let Some(routes) = host.made.keyword(hosts.modules, "routes") {
                all.list(index, &routes, "", MAX_DEPTH);
            }
            if let Some(middleware) = host.made.keyword(hosts.modules, "middleware") {
                for item in middleware.items(hosts.modules) {
                    let Some(item) = item.value(hosts.modules) else { continue };
                    let Some(class) = item.argument(0, "cls") else { continue };
                    all.add(index, class.place(), item, Action::Middleware(class));
                }
            }
            if let Some(handlers) =
                host.made.keyword(hosts.modules, "exception_handlers").and_then(|it| it.value(hosts.modules))
                && let ExprKind::Dict(pairs) = &handlers.expr.kind
            {
                for (key, value) in pairs {
                    let Some(key) = key else { continue };
                    let action = Action::ExceptionHandler(handlers.part(key), handlers.part(value));
                    all.add(index, handlers.part(key).place(), handlers.clone(), action);
                }
            }
        }
        all.found
    }

    fn add(&mut self, host: u32, place: Place, call: Code, action: Action) {
        self.found.push(Registration { host, place, call, prefix: String::new(), action });
    }

    #[expect(clippy::too_many_arguments, reason = "where a call stands, and the call")]
    fn call(
        &mut self,
        file: FileId,
        facts: &'p PythonFacts,
        scope: ScopeId,
        stand: Stand,
        span: Span,
        call: &Call,
        handler: Option<&Expr>,
    ) {
        let (Some(receiver), Some(method)) = (call.receiver(), call.name()) else { return };
        let hosts = self.hosts.of(file, scope, receiver);
        if hosts.is_empty() {
            return;
        }
        let whole = Expr { span, kind: ExprKind::Call(Box::new(call.clone())) };
        let code = Code { file, scope, expr: whole };
        let place = Place { file, span: call.callee.span };
        for host in hosts {
            let decorated = match stand {
                Stand::Decorator(id) => Some((Callable::Function(file, id), facts.function(id).name.clone(), Some(id))),
                Stand::ClassDecorator(id) => Some((Callable::Class(file, id), facts.class(id).name.clone(), None)),
                Stand::Plain => handler.map(|handler| self.handler(&code.part(handler))),
            };
            if let Some(action) = self.action(&code, method, decorated, file, stand) {
                self.add(host, place, code.clone(), action);
            }
        }
    }

    fn handler(&self, handler: &Code) -> (Callable, Box<str>, Option<FunctionId>) {
        let (callable, _) = self.callables.callable(handler, 4);
        let name = match &callable {
            Callable::Function(file, id) => {
                self.hosts.modules.facts(*file).map_or("", |facts| &*facts.function(*id).name).into()
            }
            _ => handler.expr.last_name().unwrap_or_default().into(),
        };
        (callable, name, None)
    }

    fn action(
        &self,
        code: &Code,
        method: &str,
        decorated: Option<(Callable, Box<str>, Option<FunctionId>)>,
        file: FileId,
        stand: Stand,
    ) -> Option<Action> {
        let modules = self.hosts.modules;
        let path = || code.argument(0, "path").map_or_else(String::new, |path| path.path(modules).0);
        let route = |kind, methods: Vec<Box<str>>, handler: (Callable, Box<str>, Option<FunctionId>)| {
            let (handler, name, decorated) = handler;
            Some(Action::Route(NewRoute { kind, methods, path: path(), handler, name, decorated }))
        };
        let given = |place: usize, name: &str| code.argument(place, name).map(|handler| self.handler(&handler));
        match method {
            _ if HTTP.contains(&method) => route(RouteKind::Api, vec![method.to_uppercase().into()], decorated?),
            "api_route" => route(RouteKind::Api, self.methods(code, None), decorated?),
            "websocket" => route(RouteKind::WebSocket, Vec::new(), decorated?),
            "websocket_route" => route(RouteKind::WebSocket, Vec::new(), decorated?),
            "route" => route(RouteKind::Plain, self.methods(code, Some(1)), decorated?),
            "add_api_route" => route(RouteKind::Api, self.methods(code, None), given(1, "endpoint")?),
            "add_route" => route(RouteKind::Plain, self.methods(code, Some(2)), given(1, "route")?),
            "add_websocket_route" => route(RouteKind::WebSocket, Vec::new(), given(1, "route")?),
            "add_api_websocket_route" => route(RouteKind::WebSocket, Vec::new(), given(1, "endpoint")?),
            "include_router" => {
                let router = code.argument(0, "router")?;
                Some(Action::Include(self.hosts.of(router.file, router.scope, &router.expr)))
            }
            "mount" => {
                let target = code.argument(1, "app")?;
                let hosts = self.hosts.of(target.file, target.scope, &target.expr);
                Some(if hosts.is_empty() {
                    Action::Mount(path(), target.value(modules)?)
                } else {
                    Action::MountHosts(path(), hosts)
                })
            }
            "add_middleware" => Some(Action::Middleware(code.argument(0, "middleware_class")?)),
            "middleware" => match stand {
                Stand::Decorator(id) => Some(Action::MiddlewareFunction(file, id)),
                _ => match decorated {
                    Some((Callable::Function(file, id), ..)) => Some(Action::MiddlewareFunction(file, id)),
                    _ => None,
                },
            },
            "add_exception_handler" => Some(Action::ExceptionHandler(
                code.argument(0, "exc_class_or_status_code")?,
                code.argument(1, "handler")?,
            )),
            "exception_handler" => {
                let handler = match stand {
                    Stand::Decorator(id) => {
                        let function = modules.facts(file)?.function(id);
                        Expr { span: function.name_span, kind: ExprKind::Name(function.name.clone()) }
                    }
                    _ => return None,
                };
                Some(Action::ExceptionHandler(code.argument(0, "exc_class_or_status_code")?, code.part(&handler)))
            }
            "on_event" | "add_event_handler" => Some(Action::Event(code.clone())),
            _ => None,
        }
    }

    /// `methods=[...]`; GET where nothing is said.
    fn methods(&self, code: &Code, place: Option<usize>) -> Vec<Box<str>> {
        let modules = self.hosts.modules;
        let given =
            place.and_then(|place| code.argument(place, "methods")).or_else(|| code.keyword(modules, "methods"));
        let Some(given) = given.filter(|given| !given.expr.is_none()) else { return vec!["GET".into()] };
        let mut methods: Vec<Box<str>> = given
            .items(modules)
            .iter()
            .filter_map(|method| method.string(modules))
            .map(|method| method.to_uppercase().into())
            .collect();
        methods.sort();
        methods.dedup();
        if methods.is_empty() { vec!["<methods>".into()] } else { methods }
    }

    /// `routes=[Route(...), Mount(...)]`.
    fn list(&mut self, host: u32, routes: &Code, prefix: &str, depth: u32) {
        let Some(depth) = depth.checked_sub(1) else { return };
        let modules = self.hosts.modules;
        for item in routes.items(modules) {
            let Some(item) = item.value(modules) else { continue };
            let Some(call) = item.expr.as_call() else { continue };
            let place = Place { file: item.file, span: call.callee.span };
            let path = item.argument(0, "path").map_or_else(String::new, |path| path.path(modules).0);
            let kind = match call.name() {
                Some("APIRoute") => RouteKind::Api,
                Some("Route") => RouteKind::Plain,
                Some("WebSocketRoute" | "APIWebSocketRoute") => RouteKind::WebSocket,
                Some("Mount") => {
                    let path = format!("{prefix}{}", path.trim_end_matches('/'));
                    if let Some(routes) = item.keyword(modules, "routes") {
                        self.list(host, &routes, &path, depth);
                    } else if let Some(target) = item.argument(1, "app") {
                        let hosts = self.hosts.of(target.file, target.scope, &target.expr);
                        if !hosts.is_empty() {
                            self.add(host, place, item.clone(), Action::MountHosts(path, hosts));
                        } else if let Some(target) = target.value(modules) {
                            self.add(host, place, item.clone(), Action::Mount(path, target));
                        }
                    }
                    continue;
                }
                _ => continue,
            };
            let Some(endpoint) = item.argument(1, "endpoint") else { continue };
            let (handler, name, _) = self.handler(&endpoint);
            let methods = if kind == RouteKind::WebSocket { Vec::new() } else { self.methods(&item, None) };
            let route = NewRoute { kind, methods, path, handler, name, decorated: None };
            let prefix = prefix.to_owned();
            self.found.push(Registration { host, place, call: item, prefix, action: Action::Route(route) });
        }
    }

    /// Classes under `@View(router)`: a method for each HTTP method.
    fn views(&mut self, file: FileId, facts: &'p PythonFacts) {
        let modules = self.hosts.modules;
        for (id, class) in facts.classes() {
            for decorator in &class.decorators {
                let Some(call) = decorator.as_call().filter(|call| call.name() == Some("View")) else { continue };
                let code = Code { file, scope: class.parent, expr: decorator.clone() };
                let Some(router) = code.argument(0, "router") else { continue };
                let place = Place { file, span: call.callee.span };
                let path = code.argument(1, "path").map_or_else(|| "/".to_owned(), |path| path.path(modules).0);
                for host in self.hosts.of(router.file, router.scope, &router.expr) {
                    for (method, function) in methods_of(facts, id) {
                        let route = NewRoute {
                            kind: RouteKind::Api,
                            methods: vec![method],
                            path: path.clone(),
                            handler: Callable::Function(file, function),
                            name: facts.function(function).name.clone(),
                            decorated: None,
                        };
                        self.add(host, place, code.clone(), Action::Route(route));
                    }
                }
            }
        }
    }
}

/// A class's own methods that are named like HTTP methods.
pub(super) fn methods_of(facts: &PythonFacts, class: ClassId) -> Vec<(Box<str>, FunctionId)> {
    let body = facts.class(class).body.iter();
    body.filter_map(|statement| {
        let StatementKind::Function(id) = statement.kind else { return None };
        let name = &facts.function(id).name;
        HTTP.contains(&&**name).then(|| (name.to_uppercase().into(), id))
    })
    .collect()
}
