//! Dependencies: what `Depends(...)` and `Security(...)` call, and with which parameters.

use super::code::Code;
use super::parameter::Parameter;
use super::protection::Protection;
use super::security::Scheme;
use crate::facts::python::{ClassId, FunctionId};
use crate::model::{FileId, Place};

/// Which dependency of a project: index into [`FastApi::dependencies`](super::FastApi::dependencies).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DependencyId(pub u32);

/// What is called for a request: a handler, or what a dependency depends on.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Callable {
    /// A function, a bound method or a lambda.
    Function(FileId, FunctionId),
    /// A class: it is constructed.
    Class(FileId, ClassId),
    /// An object of a class of the project: its `__call__`.
    Instance(FileId, ClassId),
    /// A scheme of `fastapi.security`, or an object of a class that inherits from one without a `__call__` of its own.
    Scheme(Scheme),
    /// Something that the project does not define, under its qualified name.
    External(Box<str>),
    /// Not known.
    Unknown,
}

/// Something that `Depends(...)` names. One for each callable; one for each call where a call makes the callable, as in
/// `Depends(require_role("admin"))`.
#[derive(Debug, Clone)]
pub struct Dependency {
    /// What is called.
    pub callable: Callable,
    /// The expression in `Depends(...)` that it was first met in; the class for `Annotated[Class, Depends()]`.
    pub declared: Code,
    /// The call that made the callable: `require_role("admin")`, `OAuth2PasswordBearer(...)`.
    pub made_by: Option<Code>,
    /// How it is written: `current_user`, `require_role("admin")`.
    pub name: Box<str>,
    /// Its parameters in order, as FastAPI sees them where no name is one of the path.
    pub parameters: Vec<Parameter>,
    /// Whether it yields.
    pub is_generator: bool,
    /// What it does about who is asking, all below it included.
    pub protection: Protection,
}

/// Where something depends on a dependency.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DependencyUse {
    /// On what.
    pub dependency: DependencyId,
    /// Where `Depends(...)` stands.
    pub place: Place,
    /// Scopes of `Security(..., scopes=[...])`.
    pub scopes: Vec<Box<str>>,
}
