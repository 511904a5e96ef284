//! Colours on a terminal: SGR sequences when they are wanted, nothing otherwise.

use crate::findings::Severity;
use std::fmt;

/// Whether and how output is coloured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Paint {
    /// Whether SGR sequences are written.
    pub on: bool,
}

/// Text between an SGR sequence and its end.
#[derive(Debug, Clone, Copy)]
pub struct Painted<T> {
    text: T,
    code: &'static str,
}

impl<T: fmt::Display> fmt::Display for Painted<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.code.is_empty() {
            return self.text.fmt(f);
        }
        write!(f, "\x1b[{}m{}\x1b[0m", self.code, self.text)
    }
}

impl Paint {
    /// Bold text.
    pub const fn bold<T>(self, text: T) -> Painted<T> {
        self.with("1", text)
    }

    /// Text of less weight.
    pub const fn dim<T>(self, text: T) -> Painted<T> {
        self.with("2", text)
    }

    /// Code in prose.
    pub const fn code<T>(self, text: T) -> Painted<T> {
        self.with("36", text)
    }

    /// Something that went well.
    pub const fn good<T>(self, text: T) -> Painted<T> {
        self.with("1;32", text)
    }

    /// Something that went wrong.
    pub const fn bad<T>(self, text: T) -> Painted<T> {
        self.with("1;31", text)
    }

    /// Something to look at.
    pub const fn warning<T>(self, text: T) -> Painted<T> {
        self.with("1;33", text)
    }

    /// Text in the colour of a severity.
    pub const fn severity<T>(self, severity: Severity, text: T) -> Painted<T> {
        self.with(
            match severity {
                Severity::Critical => "1;35",
                Severity::High => "1;31",
                Severity::Medium => "1;33",
                Severity::Low => "1;36",
                Severity::Info => "1;34",
            },
            text,
        )
    }

    const fn with<T>(self, code: &'static str, text: T) -> Painted<T> {
        Painted { text, code: if self.on { code } else { "" } }
    }
}
