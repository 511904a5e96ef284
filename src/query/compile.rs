//! What compiling a specification can say: mistakes, with the keys that lead to them.

use super::path::Path;
use crate::regexes::LazyRegex;

/// A mistake in a specification.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}: {message}", key_path.join("."))]
pub struct SpecError {
    /// Keys (and list positions, 0-based) from `config` down to the mistake.
    pub key_path: Vec<String>,
    /// What is wrong, one sentence; a mistake in a path or a regular expression says where.
    pub message: String,
}

impl SpecError {
    pub(super) fn new(message: impl Into<String>) -> Self {
        Self { key_path: Vec::new(), message: message.into() }
    }

    /// The mistake lies below this key.
    #[must_use]
    pub(super) fn below(mut self, key: impl Into<String>) -> Self {
        self.key_path.insert(0, key.into());
        self
    }
}

/// Adds the key under which a part was compiled to its mistake.
pub(super) trait Below<T> {
    fn below(self, key: impl Into<String>) -> Result<T, SpecError>;
}

impl<T> Below<T> for Result<T, SpecError> {
    fn below(self, key: impl Into<String>) -> Self {
        self.map_err(|error| error.below(key))
    }
}

/// Compiles the members of a list, naming the position of a mistake.
pub(super) fn each<S, T>(specs: &[S], compile: impl Fn(&S) -> Result<T, SpecError>) -> Result<Vec<T>, SpecError> {
    specs
        .iter()
        .enumerate()
        .map(|(index, spec)| if specs.len() == 1 { compile(spec) } else { compile(spec).below(index.to_string()) })
        .collect()
}

pub(super) fn path(text: &String) -> Result<Path, SpecError> {
    Path::parse(text)
        .map_err(|error| SpecError::new(format!("path `{text}`, column {}: {}", error.column, error.message)))
}

pub(super) fn regex(text: &str) -> Result<LazyRegex, SpecError> {
    LazyRegex::new(text).map_err(|error| SpecError::new(format!("regular expression `{text}`: {error}")))
}
