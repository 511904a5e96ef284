//! FastAPI and Starlette applications as a whole: what can be called from outside, with which inputs, and what stands in
//! front of it.
//!
//! # Overview
//!
//! [`Project::fastapi`](super::Project::fastapi) gives [`FastApi`]:
//!
//! - [`FastApi::hosts`]: applications and routers ([`Host`]); an application has [`AppFacts`]: its [`Middleware`] in order
//!   (kind, arguments, headers it sets, what it guards), exception handlers, mounts of files and other frameworks, where
//!   its documentation is ([`Docs`]), what is on `app.state`, overrides.
//! - [`FastApi::routes`]: a [`Route`] for every way to a handler, with methods, full path, parameters by kind
//!   ([`Parameter`], [`Input`], [`Type`]), all dependencies in the order in which they run ([`Level`]), the response model,
//!   and the [`Guard`]s: `authentication` (refuses unknown senders), `optional_authentication`, `authorisation`,
//!   `rate_limit` ([`RateLimit`], with its [`LimitDefect`]). Each guard has the place where it is attached and the
//!   [`Evidence`] that it guards. A router that nothing includes has routes without `app`.
//! - [`FastApi::dependencies`]: each [`Dependency`] once, with its parameters and its [`Protection`], judged with all below
//!   it. `Route::dependencies` and `Parameter::dependency` name them by [`DependencyId`].
//! - [`FastApi::settings`], [`FastApi::environment`]: [`Settings`] classes and plain reads of the environment.
//!
//! Expressions that an audit may want to read on (arguments of a registration, a response model, a default) are [`Code`]:
//! an owned expression with file and scope; [`Code::call`], [`Code::keyword`], [`Code::constant`], [`Code::items`] and
//! [`Code::definition`] follow names across files. Bodies of functions are in
//! [`facts::python`](crate::facts::python), by the `(FileId, FunctionId)` that [`Route::function`] and [`Callable`] give:
//! `modules.facts(file)?.function(id)`, with `visit_calls` and `visit_statements` to walk them.
//!
//! For flows: [`FastApi::parameter`] says how the framework fills a parameter of a function, [`FastApi::provider`] which
//! function's result a dependency's value is, [`fields`] the fields of a model, [`Type::is_inert`] what the framework has
//! validated to something that carries no injection.
//!
//! # What it must not know
//!
//! Rules, reports, trees. What is not understood counts as no protection, never as one.

mod callables;
mod code;
mod dependency;
mod entry;
mod expand;
mod guards;
mod headers;
mod host;
mod hosts;
mod judge;
mod limits;
mod link;
mod loops;
mod middleware;
mod middleware_facts;
mod parameter;
mod protection;
mod refusal;
mod registration;
mod route;
mod security;
mod settings;
#[cfg(test)]
mod tests;
mod types;
pub mod words;

pub use code::Code;
pub use dependency::{Callable, Dependency, DependencyId, DependencyUse};
pub use entry::{Field, fields};
pub use host::{AppFacts, Docs, ExceptionHandler, Host, HostId, HostKind, Mount};
pub use limits::{LimitDefect, LimitKind, RateLimit};
pub use middleware::{HeaderSet, Middleware, MiddlewareKind};
pub use parameter::{Input, Parameter};
pub use protection::{Evidence, EvidenceKind, Guard, GuardKind, Protection};
pub use route::{Level, Route, RouteKind, path_names};
pub use security::{Scheme, SchemeKind};
pub use settings::{Setting, Settings};
pub use types::{Constraint, Framework, Type, TypeKind, Types};

use super::{FileId, Project};
use crate::facts::python::FunctionId;
use rustc_hash::FxHashMap;

/// All FastAPI and Starlette applications of a project.
#[derive(Debug, Default)]
pub struct FastApi {
    /// Applications and routers, in order of files and text.
    pub hosts: Vec<Host>,
    /// Routes, in order of applications, then as they are registered.
    pub routes: Vec<Route>,
    /// Dependencies, each once.
    pub dependencies: Vec<Dependency>,
    /// Classes of settings.
    pub settings: Vec<Settings>,
    /// Plain reads of the environment into variables.
    pub environment: Vec<Setting>,
    by_handler: FxHashMap<(FileId, FunctionId), Vec<u32>>,
    by_function: FxHashMap<(FileId, FunctionId), DependencyId>,
}

impl FastApi {
    /// Makes the model of a project.
    pub(super) fn link(project: &Project) -> Self {
        let mut model = link::link(project);
        model.index_methods(project.modules());
        model
    }

    /// A host.
    pub fn host(&self, id: HostId) -> &Host {
        &self.hosts[id.0 as usize]
    }

    /// A dependency.
    pub fn dependency(&self, id: DependencyId) -> &Dependency {
        &self.dependencies[id.0 as usize]
    }

    /// Applications with their ids.
    pub fn apps(&self) -> impl Iterator<Item = (HostId, &Host, &AppFacts)> {
        (0..).map(HostId).zip(&self.hosts).filter_map(|(id, host)| Some((id, host, host.app.as_ref()?)))
    }

    /// A dependency and all below it, each once, outermost first.
    pub fn dependency_tree(&self, root: DependencyId) -> Vec<DependencyId> {
        let mut found = vec![root];
        let mut at = 0;
        while at < found.len() {
            for parameter in &self.dependency(found[at]).parameters {
                if let Some(used) = &parameter.dependency
                    && !found.contains(&used.dependency)
                {
                    found.push(used.dependency);
                }
            }
            at += 1;
        }
        found
    }
}
