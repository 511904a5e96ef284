//! Middleware: what stands around every request of an application.

use super::code::Code;
use super::protection::Protection;
use crate::facts::python::FunctionId;
use crate::model::modules::Class;
use crate::model::{FileId, Place};

/// What a middleware is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum MiddlewareKind {
    Cors,
    TrustedHost,
    HttpsRedirect,
    Session,
    Csrf,
    Compression,
    ProxyHeaders,
    SecurityHeaders,
    RateLimit,
    Authentication,
    /// Anything else; what it does is in the middleware's facts.
    Other,
}

/// A middleware of an application.
#[derive(Debug, Clone)]
pub struct Middleware {
    /// What it is for, by its class or by what its function does.
    pub kind: MiddlewareKind,
    /// Its name as written.
    pub name: Box<str>,
    /// Its class; `None` for a function.
    pub class: Option<Class>,
    /// The function that handles requests: `dispatch`, `__call__` or the decorated one.
    pub function: Option<(FileId, FunctionId)>,
    /// The call that registers it with its arguments: `add_middleware(X, ...)`, `Middleware(X, ...)`, `middleware("http")`.
    pub registered: Code,
    /// Where its name stands in the registration.
    pub place: Place,
    /// Response headers that it sets.
    pub headers: Vec<HeaderSet>,
    /// What it does about who is asking.
    pub protection: Protection,
    /// Paths that it lets pass unseen, as far as they are written out.
    pub exempt: Vec<Box<str>>,
    /// If not empty: the only paths that it guards.
    pub only: Vec<Box<str>>,
}

impl Middleware {
    /// Whether what it guards covers a path.
    pub fn covers(&self, path: &str) -> bool {
        let begins = |prefix: &str| path == prefix || (prefix.len() > 1 && path.starts_with(prefix));
        let any = |prefixes: &[Box<str>]| prefixes.iter().any(|prefix| begins(prefix));
        !any(&self.exempt) && (self.only.is_empty() || any(&self.only))
    }
}

/// A response header that a middleware or handler sets.
#[derive(Debug, Clone)]
pub struct HeaderSet {
    /// In small letters.
    pub name: Box<str>,
    /// Its value.
    pub value: Code,
    /// Where it is set.
    pub place: Place,
    /// Whether only one branch sets it.
    pub is_conditional: bool,
}
