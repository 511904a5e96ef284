//! Routes: what can be called from outside.

use super::code::Code;
use super::dependency::{Callable, DependencyUse};
use super::host::HostId;
use super::limits::RateLimit;
use super::parameter::Parameter;
use super::protection::Guard;
use crate::facts::python::FunctionId;
use crate::model::{FileId, Place};

/// What a route is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RouteKind {
    /// An operation with parameters that FastAPI reads.
    Api,
    WebSocket,
    /// A plain Starlette route: its handler is given the request only.
    Plain,
}

/// Where a dependency is attached to a route.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// `FastAPI(dependencies=...)`.
    App,
    /// `include_router(..., dependencies=...)`.
    Include,
    /// `APIRouter(dependencies=...)`.
    Router,
    /// The route's decorator.
    Route,
    /// A parameter of the handler.
    Parameter,
}

/// A route of an application. One that is included twice is there twice.
#[derive(Debug, Clone)]
pub struct Route {
    /// The application that it is reached through, the innermost; `None` for a router that nothing includes.
    pub app: Option<HostId>,
    /// The outermost application that it is reached through: `app`, or what that one is mounted in.
    pub root: Option<HostId>,
    /// The application or router that it is registered on.
    pub host: HostId,
    /// What it is.
    pub kind: RouteKind,
    /// In order; empty for a WebSocket.
    pub methods: Vec<Box<str>>,
    /// The full path below the root, mounts included. What is not known is `<written like this>`.
    pub path: Box<str>,
    /// The part of the path that is written at the route itself.
    pub own_path: Box<str>,
    /// Where it is registered: the decorator's or the call's callee.
    pub place: Place,
    /// The call that registers it, with its arguments.
    pub registered: Code,
    /// What handles it.
    pub handler: Callable,
    /// The handler's name.
    pub name: Box<str>,
    /// The handler's own parameters in order.
    pub parameters: Vec<Parameter>,
    /// All dependencies that are attached, parameters' too, in the order in which they run.
    pub dependencies: Vec<(Level, DependencyUse)>,
    /// All that the client sends: parameters of the handler and of all dependencies below it, each once.
    pub inputs: Vec<Parameter>,
    /// `response_model=...`, or the handler's annotation.
    pub response_model: Option<Code>,
    /// `status_code=...`.
    pub status: Option<u16>,
    /// Whether the schema shows it.
    pub include_in_schema: bool,
    /// Its tags.
    pub tags: Vec<Box<str>>,
    /// What recognises the sender and refuses unknown ones; the first that runs.
    pub authentication: Option<Guard>,
    /// What recognises the sender but lets unknown ones pass.
    pub optional_authentication: Option<Guard>,
    /// What checks the sender's rights.
    pub authorisation: Option<Guard>,
    /// What limits how often it may be called.
    pub rate_limit: Option<RateLimit>,
    /// Where the handler's body uses what an authenticating dependency found out; `None` where nothing does.
    pub uses_identity: Option<Place>,
    /// Whether it is test code.
    pub is_test: bool,
}

impl Route {
    /// The handler's file and function.
    pub fn function(&self) -> Option<(FileId, FunctionId)> {
        match self.handler {
            Callable::Function(file, id) => Some((file, id)),
            _ => None,
        }
    }

    /// Whether one of its methods changes something: any but GET, HEAD, OPTIONS and TRACE.
    pub fn is_mutating(&self) -> bool {
        self.methods.iter().any(|method| !matches!(&**method, "GET" | "HEAD" | "OPTIONS" | "TRACE"))
    }

    /// The handler's parameters, and those of dependencies, from a kind of input.
    pub fn inputs_from(&self, input: super::Input) -> impl Iterator<Item = &Parameter> {
        self.inputs.iter().filter(move |parameter| parameter.input == input)
    }
}

/// The names in a path: `item_id` of `/items/{item_id:int}`.
pub fn path_names(path: &str) -> Vec<&str> {
    let mut names = Vec::new();
    let mut rest = path;
    while let Some(start) = rest.find('{') {
        let Some(length) = rest[start + 1..].find('}') else { break };
        let inside = &rest[start + 1..start + 1 + length];
        names.push(inside.split(':').next().unwrap_or(inside));
        rest = &rest[start + length + 2..];
    }
    names
}
