use super::marks::Marks;
use saphyr_parser::{Parser, ScanError};

/// Where the parser stopped, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Failure {
    /// Byte offset in the parsed text.
    pub offset: usize,
    /// The parser's words.
    pub message: String,
}

impl Failure {
    pub(super) fn new(error: &ScanError, marks: &Marks<'_>) -> Self {
        Self { offset: marks.byte(error.marker()), message: error.info().to_owned() }
    }
}

/// Whether a text parses, without making a tree of it.
pub(super) fn scan(text: &str) -> Result<(), Failure> {
    for event in Parser::new_from_str(text) {
        event.map_err(|error| Failure::new(&error, &Marks::new(text)))?;
    }
    Ok(())
}
