use crate::source::printable::{printable, same_length_printable};
use miette::{Diagnostic, NamedSource, SourceSpan};
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

/// A mistake in a configuration file, with its place.
#[derive(Debug, thiserror::Error, Diagnostic)]
#[error("{message}")]
pub struct ConfigError {
    message: String,
    #[source_code]
    source_text: Arc<NamedSource<String>>,
    #[label]
    at: Option<SourceSpan>,
    #[help]
    help: Option<String>,
    /// `path:line:column` for outputs without an excerpt.
    place: String,
}

impl ConfigError {
    /// A mistake at a byte range of the file's text. Text of the file is shown, so control characters are replaced.
    pub fn at(path: &Path, text: &str, range: Range<usize>, message: impl AsRef<str>) -> Self {
        let shown = printable(&path.display().to_string()).into_owned();
        let end = range.end.min(text.len());
        let start = range.start.min(end);
        let before = text.get(..start).unwrap_or("");
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap_or("").chars().count() + 1;
        Self {
            message: printable(message.as_ref()).into_owned(),
            source_text: Arc::new(NamedSource::new(&shown, same_length_printable(text))),
            at: Some((start..end).into()),
            help: None,
            place: format!("{shown}:{line}:{column}"),
        }
    }

    /// A mistake that has no place in the text: the file cannot be read.
    pub fn file(path: &Path, message: impl AsRef<str>) -> Self {
        let shown = printable(&path.display().to_string()).into_owned();
        Self {
            message: printable(&format!("{shown}: {}", message.as_ref())).into_owned(),
            source_text: Arc::new(NamedSource::new(&shown, String::new())),
            at: None,
            help: None,
            place: shown,
        }
    }

    /// Adds what to do about it.
    #[must_use]
    pub fn with_help(mut self, help: Option<String>) -> Self {
        self.help = help.map(|help| printable(&help).into_owned());
        self
    }

    /// `path:line:column` (1-based, columns in characters), or the path alone.
    pub fn place(&self) -> &str {
        &self.place
    }

    /// What to do about it.
    pub fn advice(&self) -> Option<&str> {
        self.help.as_deref()
    }
}
