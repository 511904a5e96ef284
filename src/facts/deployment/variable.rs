//! Environment variables as files set them.

use super::word::Word;
use crate::source::Span;

/// Where the value of a variable comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum VariableValue {
    /// It is written; references to other variables stay as written.
    Written(Word),
    /// From the environment of whoever starts the system (`environment: [NAME]`).
    Caller,
    /// A key of a Secret or of another store of secrets.
    Secret {
        /// The Secret's name.
        name: String,
        /// The key in it.
        key: String,
    },
    /// A key of a ConfigMap.
    ConfigMap {
        /// The ConfigMap's name.
        name: String,
        /// The key in it.
        key: String,
    },
    /// From somewhere that files do not show.
    Elsewhere,
}

/// A variable that a service is given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Variable {
    /// Its name.
    pub name: Word,
    /// Its value.
    pub value: VariableValue,
}

impl Variable {
    /// `NAME=value`; a bare `NAME` is the caller's.
    pub fn of_assignment(word: &Word) -> Self {
        match word.split_once('=') {
            Some((name, value)) => Self { name, value: VariableValue::Written(value) },
            None => Self { name: word.clone(), value: VariableValue::Caller },
        }
    }

    /// Where the value stands, or the name.
    pub fn span(&self) -> Span {
        match &self.value {
            VariableValue::Written(word) if !word.span.is_empty() => word.span,
            _ => self.name.span,
        }
    }
}
