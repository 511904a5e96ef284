//! Text and places in it: what was read, spans, lines and columns.
//!
//! This module must not know languages, rules or the file system: it starts where a text has been decoded.

mod line_index;
mod offset_map;
pub mod printable;
mod span;

pub use line_index::{LineIndex, Position};
pub use offset_map::OffsetMap;
pub use span::Span;

use std::sync::{Arc, OnceLock};

/// One decoded text that an audit reads, usually a file.
#[derive(Debug)]
pub struct Source {
    /// Path as reports show it: relative to the working root where possible, `/` separated.
    path: Arc<str>,
    text: Arc<str>,
    lines: OnceLock<LineIndex>,
}

impl Source {
    /// A source from its shown path and its decoded text.
    pub fn new(path: impl Into<Arc<str>>, text: impl Into<Arc<str>>) -> Self {
        Self { path: path.into(), text: text.into(), lines: OnceLock::new() }
    }

    /// The path as reports show it.
    pub fn path(&self) -> &Arc<str> {
        &self.path
    }

    /// The whole text, UTF-8, without a byte order mark.
    pub fn text(&self) -> &Arc<str> {
        &self.text
    }

    /// The text that a span covers; empty when the span does not lie in this text.
    pub fn slice(&self, span: Span) -> &str {
        self.text.get(span.range()).unwrap_or("")
    }

    /// The index of line starts, made at first use.
    pub fn lines(&self) -> &LineIndex {
        self.lines.get_or_init(|| LineIndex::new(&self.text))
    }

    /// Line and columns of a byte offset.
    pub fn position(&self, offset: u32) -> Position {
        self.lines().position(&self.text, offset)
    }

    /// The 1-based line of a byte offset.
    pub fn line_of(&self, offset: u32) -> u32 {
        self.lines().line_of(offset)
    }
}
