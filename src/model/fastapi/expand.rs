//! From what is registered on single hosts to the routes that can be reached, with full paths and all dependencies.

use super::FastApi;
use super::callables::{Callables, is_bound};
use super::code::Code;
use super::dependency::{Callable, DependencyUse};
use super::host::HostId;
use super::limits::decorator_limit;
use super::link::{numbered, strings};
use super::parameter::{Input, Parameter};
use super::refusal::status_of;
use super::registration::{Action, NewRoute, Registration};
use super::route::{Level, Route, RouteKind, path_names};
use crate::facts::python::{Class as PythonClass, ExprKind, StatementKind};
use crate::model::modules::Modules;
use crate::model::{FileId, Place};
use rustc_hash::FxHashSet;

/// Routers in routers.
const MAX_DEPTH: usize = 20;
/// Routes of one project; a router that includes itself twice a level would bring millions.
const MAX_ROUTES: usize = 20_000;

/// The expansion.
pub(super) struct Expansion<'a, 'p> {
    pub(super) modules: Modules<'p>,
    pub(super) callables: &'a mut Callables<'p>,
    pub(super) registrations: &'a [Registration],
    pub(super) model: &'a mut FastApi,
    /// Hosts that are included or mounted by those of the project.
    pub(super) reached: FxHashSet<u32>,
}

/// What the way to a host adds to its routes.
#[derive(Debug, Clone, Default)]
struct Way {
    root: Option<HostId>,
    app: Option<HostId>,
    hosts: Vec<u32>,
    /// Path of the mounts.
    mounted: String,
    /// Path of the includes.
    prefix: String,
    dependencies: Vec<(Level, DependencyUse)>,
    tags: Vec<Box<str>>,
    is_hidden: bool,
}

impl Expansion<'_, '_> {
    pub(super) fn routes(&mut self) {
        let mut reached: FxHashSet<u32> = FxHashSet::default();
        let mut of_host: Vec<Vec<usize>> = vec![Vec::new(); self.model.hosts.len()];
        for (index, registration) in self.registrations.iter().enumerate() {
            of_host[registration.host as usize].push(index);
            if let Action::Include(hosts) | Action::MountHosts(_, hosts) = &registration.action
                && !self.model.hosts[registration.host as usize].is_handed_in
            {
                reached.extend(hosts.iter().filter(|&&host| host != registration.host));
            }
        }
        let roots: Vec<(HostId, bool)> = numbered(&self.model.hosts)
            .filter(|(id, _)| !reached.contains(&id.0))
            .map(|(id, host)| (id, host.kind.is_app()))
            .collect();
        self.reached = reached;
        for (root, is_app) in roots {
            let way = Way { root: is_app.then_some(root), app: is_app.then_some(root), ..Way::default() };
            self.host(root.0, way, &of_host);
        }
    }

    /// An application that a function is handed from outside adds no second way to what the project's own reach, and no
    /// application of the project is below it.
    fn is_somebody_elses(&self, holder: u32, held: u32) -> bool {
        self.model.hosts[holder as usize].is_handed_in
            && (self.reached.contains(&held) || self.model.hosts[held as usize].kind.is_app())
    }

    fn host(&mut self, id: u32, mut way: Way, of_host: &[Vec<usize>]) {
        if way.hosts.contains(&id) || way.hosts.len() >= MAX_DEPTH || self.model.routes.len() >= MAX_ROUTES {
            return;
        }
        way.hosts.push(id);
        let host = &self.model.hosts[id as usize];
        let level = if host.kind.is_app() { Level::App } else { Level::Router };
        way.prefix.push_str(&host.prefix);
        way.dependencies.extend(host.dependencies.iter().cloned().map(|dependency| (level, dependency)));
        way.tags.extend(host.tags.iter().cloned());
        way.is_hidden |= !host.include_in_schema;
        for &index in &of_host[id as usize] {
            let registrations = self.registrations;
            let registration = &registrations[index];
            match &registration.action {
                Action::Route(route) => self.route(registration, route, HostId(id), &way),
                Action::Include(hosts) => {
                    let call = &registration.call;
                    let mut inner = way.clone();
                    if let Some(prefix) = call.keyword(self.modules, "prefix") {
                        inner.prefix.push_str(&prefix.path(self.modules).0);
                    }
                    if let Some(list) = call.keyword(self.modules, "dependencies") {
                        let added = self.callables.depends_all(&list);
                        inner.dependencies.extend(added.into_iter().map(|dependency| (Level::Include, dependency)));
                    }
                    inner.tags.extend(strings(self.modules, call, "tags"));
                    inner.is_hidden |=
                        call.keyword(self.modules, "include_in_schema").is_some_and(|it| it.is_false(self.modules));
                    for &router in hosts {
                        if self.is_somebody_elses(id, router) {
                            continue;
                        }
                        self.host(router, inner.clone(), of_host);
                    }
                }
                Action::MountHosts(path, hosts) => {
                    // Dependencies of an application are its own operations', not those of what is mounted in it.
                    for &host in hosts {
                        if self.is_somebody_elses(id, host) {
                            continue;
                        }
                        let is_app = self.model.hosts[host as usize].kind.is_app();
                        let inner = Way {
                            root: way.root,
                            app: if is_app { Some(HostId(host)) } else { way.app },
                            hosts: way.hosts.clone(),
                            mounted: format!("{}{}{}", way.mounted, way.prefix, path.trim_end_matches('/')),
                            ..Way::default()
                        };
                        self.host(host, inner, of_host);
                    }
                }
                _ => {}
            }
        }
    }

    fn route(&mut self, registration: &Registration, new: &NewRoute, host: HostId, way: &Way) {
        let modules = self.modules;
        let call = &registration.call;
        let below = format!("{}{}{}", way.prefix, registration.prefix, new.path);
        let names = path_names(&below);
        let mut parameters =
            if new.kind == RouteKind::Plain { Vec::new() } else { self.callables.parameters(&new.handler, &names) };
        if let Callable::Function(file, id) = new.handler
            && new.kind != RouteKind::Plain
            && is_bound(modules, file, id)
            && let Some(class) = modules.facts(file).and_then(|facts| facts.class_of(id))
            && let Some(class) = modules.class(file, class)
            && is_view(class)
        {
            self.view_parameters(file, class, &names, &mut parameters);
        }
        let mut dependencies = way.dependencies.clone();
        if let Some(list) = call.keyword(modules, "dependencies") {
            let own = self.callables.depends_all(&list);
            dependencies.extend(own.into_iter().map(|dependency| (Level::Route, dependency)));
        }
        if new.kind == RouteKind::Plain {
            dependencies.clear();
        }
        let of_parameters = parameters.iter().filter_map(|parameter| parameter.dependency.clone());
        dependencies.extend(of_parameters.map(|dependency| (Level::Parameter, dependency)));
        let inputs = self.inputs(&parameters, &dependencies, &names);
        let mut tags = way.tags.clone();
        tags.extend(strings(modules, call, "tags"));
        let is_hidden = way.is_hidden
            || new.kind != RouteKind::Api
            || call.keyword(modules, "include_in_schema").is_some_and(|it| it.is_false(modules));
        let rate_limit = match (new.decorated, &new.handler) {
            (decorated, Callable::Function(file, id)) => modules.facts(*file).and_then(|facts| {
                decorator_limit(modules, *file, facts.function(*id), decorated.map(|_| call.expr.span))
            }),
            _ => None,
        };
        let project = modules.project();
        let path = format!("{}{below}", way.mounted);
        self.model.routes.push(Route {
            app: way.app,
            root: way.root,
            host,
            kind: new.kind,
            methods: new.methods.clone(),
            path: if path.is_empty() { "/".into() } else { path.into() },
            own_path: new.path.as_str().into(),
            place: registration.place,
            registered: call.clone(),
            handler: new.handler.clone(),
            name: new.name.clone(),
            parameters,
            dependencies,
            inputs,
            response_model: self.response_model(call, &new.handler),
            status: call.keyword(modules, "status_code").and_then(|status| status_of(modules, &status)),
            include_in_schema: !is_hidden,
            tags,
            authentication: None,
            optional_authentication: None,
            authorisation: None,
            rate_limit,
            uses_identity: None,
            is_test: project.file(registration.place.file).is_test,
        });
    }

    /// Attributes and constructor parameters of a class whose methods are handlers.
    fn view_parameters(&mut self, file: FileId, class: &PythonClass, names: &[&str], out: &mut Vec<Parameter>) {
        let modules = self.modules;
        let Some(facts) = modules.facts(file) else { return };
        for statement in &class.body {
            match statement.kind {
                StatementKind::Assign(id) => {
                    let assignment = facts.assignment(id);
                    let Some(name) = assignment.target.as_name() else { continue };
                    let place = Place { file, span: assignment.span };
                    let annotation = assignment.annotation.as_ref();
                    if annotation.is_some_and(|it| matches!(&it.kind, ExprKind::Subscript(object, _) if object.last_name() == Some("ClassVar"))) {
                        continue;
                    }
                    let value = assignment.value.as_ref();
                    if annotation.is_none() && value.is_none_or(|value| value.as_call().is_none()) {
                        continue;
                    }
                    let found = self.callables.parameter(file, class.scope, name, annotation, value, place, names);
                    if annotation.is_some() || found.dependency.is_some() {
                        out.push(found);
                    }
                }
                StatementKind::Function(id) if &*facts.function(id).name == "__init__" => {
                    out.extend(self.callables.parameters(&Callable::Function(file, id), names));
                }
                _ => {}
            }
        }
    }

    /// All that the client sends: what handler and dependencies take, each once.
    fn inputs(&self, own: &[Parameter], dependencies: &[(Level, DependencyUse)], names: &[&str]) -> Vec<Parameter> {
        let mut inputs: Vec<Parameter> = Vec::new();
        let mut add = |parameter: &Parameter| {
            if !parameter.input.is_from_client() {
                return;
            }
            let mut parameter = parameter.clone();
            if parameter.input == Input::Query && names.contains(&&*parameter.name) {
                parameter.input = Input::Path;
                parameter.is_required = true;
            }
            if !inputs.iter().any(|known| known.input == parameter.input && known.alias == parameter.alias) {
                inputs.push(parameter);
            }
        };
        own.iter().for_each(&mut add);
        let mut seen = FxHashSet::default();
        let mut next: Vec<_> = dependencies.iter().rev().map(|(_, dependency)| dependency.dependency).collect();
        while let Some(id) = next.pop() {
            if !seen.insert(id) {
                continue;
            }
            let Some(dependency) = self.callables.dependencies.get(id.0 as usize) else { continue };
            dependency.parameters.iter().for_each(&mut add);
            next.extend(
                dependency.parameters.iter().rev().filter_map(|it| it.dependency.as_ref()).map(|it| it.dependency),
            );
        }
        inputs
    }

    /// `response_model=...`, or what the handler's annotation says.
    fn response_model(&self, call: &Code, handler: &Callable) -> Option<Code> {
        if let Some(given) = call.keyword(self.modules, "response_model") {
            return (!given.expr.is_none()).then_some(given);
        }
        let Callable::Function(file, id) = *handler else { return None };
        let function = self.modules.facts(file)?.function(id);
        let returns = function.returns.as_ref()?;
        Some(Code { file, scope: function.parent, expr: returns.clone() })
    }
}

/// Whether a class's decorator makes its attributes and constructor parameters those of the handlers in it.
fn is_view(class: &PythonClass) -> bool {
    class.decorators.iter().any(|decorator| {
        let named = decorator.as_call().map_or(decorator, |call| &call.callee);
        named.last_name().is_some_and(|name| matches!(name, "cbv" | "View" | "controller" | "Controller"))
    })
}
