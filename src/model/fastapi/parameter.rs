//! What a handler or dependency is given: each parameter with where FastAPI takes it from.

use super::dependency::DependencyUse;
use super::types::{Constraint, Framework, Type};
use crate::model::Place;

/// Where FastAPI takes a parameter from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Input {
    Path,
    Query,
    Header,
    Cookie,
    Body,
    Form,
    File,
    /// The result of a dependency.
    Dependency,
    /// An object of the framework: the request, the response, background tasks.
    Framework(Framework),
}

impl Input {
    /// The name in reports.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Path => "path",
            Self::Query => "query",
            Self::Header => "header",
            Self::Cookie => "cookie",
            Self::Body => "body",
            Self::Form => "form",
            Self::File => "file",
            Self::Dependency => "dependency",
            Self::Framework(_) => "framework",
        }
    }

    /// Whether the client chooses the value.
    pub const fn is_from_client(self) -> bool {
        !matches!(self, Self::Dependency | Self::Framework(_))
    }
}

/// A parameter of a handler or of a dependency.
#[derive(Debug, Clone, PartialEq)]
pub struct Parameter {
    /// Its name in the function.
    pub name: Box<str>,
    /// Its name in the request: the alias, for headers with `-`.
    pub alias: Box<str>,
    /// Where it is taken from.
    pub input: Input,
    /// Its type.
    pub ty: Type,
    /// Its annotation as written, `Annotated` taken away; empty without one.
    pub annotation: Box<str>,
    /// Whether a request without it is refused.
    pub is_required: bool,
    /// Limits from `Query(...)` and from its type.
    pub constraints: Vec<Constraint>,
    /// Where it stands.
    pub place: Place,
    /// What it depends on, for [`Input::Dependency`].
    pub dependency: Option<DependencyUse>,
}
