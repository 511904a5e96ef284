//! Applications and routers: what routes are registered on.

use super::code::Code;
use super::dependency::DependencyUse;
use super::middleware::Middleware;
use super::protection::Evidence;
use crate::model::Place;
use crate::model::modules::Class;

/// Which application or router of a project: index into [`FastApi::hosts`](super::FastApi::hosts).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct HostId(pub u32);

/// What a host is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HostKind {
    /// `FastAPI(...)`.
    App,
    /// `APIRouter(...)`.
    Router,
    /// `Starlette(...)`.
    StarletteApp,
    /// Starlette's `Router(...)`.
    StarletteRouter,
}

impl HostKind {
    /// Whether it is an application, with middleware of its own.
    pub const fn is_app(self) -> bool {
        matches!(self, Self::App | Self::StarletteApp)
    }
}

/// An application or a router.
#[derive(Debug, Clone)]
pub struct Host {
    /// What it is.
    pub kind: HostKind,
    /// The name that it is first bound to; `FastAPI` and so on where there is none.
    pub name: Box<str>,
    /// Where it is made: what is called, the tightest span; for one that is only handed in, the parameter.
    pub place: Place,
    /// The call that makes it; the parameter's annotation for one that is only handed in.
    pub made: Code,
    /// Its class.
    pub class: Class,
    /// A router's own prefix.
    pub prefix: Box<str>,
    /// `dependencies=[...]` of its own.
    pub dependencies: Vec<DependencyUse>,
    /// Its own tags.
    pub tags: Vec<Box<str>>,
    /// Whether its routes are shown in the schema.
    pub include_in_schema: bool,
    /// Whether its file is test code.
    pub is_test: bool,
    /// Whether it is a parameter that nothing in the project hands a host to: the application of somebody else.
    pub is_handed_in: bool,
    /// What only an application has.
    pub app: Option<AppFacts>,
}

/// What an application has beside routes.
#[derive(Debug, Clone, Default)]
pub struct AppFacts {
    /// In the order of their registration: the last one added is the outermost.
    pub middleware: Vec<Middleware>,
    /// `add_exception_handler` and `@app.exception_handler`: what is handled and by what.
    pub exception_handlers: Vec<ExceptionHandler>,
    /// Paths of the documentation; `None` where it is switched off.
    pub docs: Docs,
    /// `debug=...`.
    pub debug: Option<Code>,
    /// `app.mount(...)` of what is no host of the project: files, other frameworks.
    pub mounts: Vec<Mount>,
    /// Handlers of start and end: `lifespan=`, `on_event`.
    pub lifespan: Vec<Code>,
    /// What is put on `app.state`: name and value.
    pub state: Vec<(Box<str>, Code)>,
    /// `app.dependency_overrides[original] = replacement`.
    pub overrides: Vec<(Code, Code)>,
    /// What limits how often all routes may be called.
    pub rate_limit: Option<Evidence>,
}

/// Where an application shows its documentation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Docs {
    /// The schema; without it there is no documentation at all.
    pub openapi: Option<Box<str>>,
    /// Swagger UI.
    pub swagger: Option<Box<str>>,
    /// ReDoc.
    pub redoc: Option<Box<str>>,
    /// Whether one of them is set by what is not known here: an environment, a condition.
    pub is_conditional: bool,
}

impl Default for Docs {
    fn default() -> Self {
        Self {
            openapi: Some("/openapi.json".into()),
            swagger: Some("/docs".into()),
            redoc: Some("/redoc".into()),
            is_conditional: false,
        }
    }
}

/// A handler of exceptions.
#[derive(Debug, Clone)]
pub struct ExceptionHandler {
    /// The class or status that it handles.
    pub handles: Code,
    /// What handles it.
    pub handler: Code,
    /// Where it is registered.
    pub place: Place,
}

/// Something mounted that is no host of the project.
#[derive(Debug, Clone)]
pub struct Mount {
    /// The path.
    pub path: Box<str>,
    /// What is mounted: `StaticFiles(directory=...)`.
    pub target: Code,
    /// Where it is registered.
    pub place: Place,
}
