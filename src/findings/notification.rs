use crate::source::Position;

/// Why something was not analysed, or not wholly.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum NotificationKind {
    /// Larger than the limit.
    TooLarge,
    /// Binary content under a name that is usually text.
    Binary,
    /// Bytes that are no valid text in the encoding that the file claims.
    Encoding,
    /// The file system refused to read it.
    Unreadable,
    /// A symbolic link that leaves the scanned roots, or that leads back to itself.
    SymlinkSkipped,
    /// Parts of the file could not be parsed; the rest was analysed.
    PartlyParsed,
    /// Nothing of the file could be parsed.
    NotParsed,
    /// A bound on the work for one file was hit.
    LimitReached,
    /// A configuration includes a file that should be among those scanned and is not.
    MissingInclude,
    /// The analysis of this file failed inside bartizan.
    InternalError,
    /// A rule could not be used (another tool's language, an operator that is not supported).
    RuleSkipped,
    /// A suppression comment that suppresses nothing, or is malformed.
    Suppression,
}

impl NotificationKind {
    /// Stable identifier for reports.
    pub const fn name(self) -> &'static str {
        match self {
            Self::TooLarge => "too-large",
            Self::Binary => "binary",
            Self::Encoding => "encoding",
            Self::Unreadable => "unreadable",
            Self::SymlinkSkipped => "symlink-skipped",
            Self::PartlyParsed => "partly-parsed",
            Self::NotParsed => "not-parsed",
            Self::LimitReached => "limit-reached",
            Self::MissingInclude => "missing-include",
            Self::InternalError => "internal-error",
            Self::RuleSkipped => "rule-skipped",
            Self::Suppression => "suppression",
        }
    }

    /// Whether something that was asked for was not (wholly) analysed: `--strict` turns it into exit code 3.
    pub const fn is_gap(self) -> bool {
        !matches!(self, Self::RuleSkipped | Self::Suppression | Self::MissingInclude)
    }
}

/// A word to the user about something that was not analysed as asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notification {
    /// Which case it is.
    pub kind: NotificationKind,
    /// The file, as reports show paths; empty when it is about no file.
    pub path: String,
    /// Where in the file.
    pub position: Option<Position>,
    /// What happened and what to do, one or two sentences.
    pub message: String,
}

impl Notification {
    /// A notification about a whole file.
    pub fn file(kind: NotificationKind, path: impl Into<String>, message: impl Into<String>) -> Self {
        Self { kind, path: path.into(), position: None, message: message.into() }
    }

    /// Total order of reports.
    pub fn sort_key(&self) -> (&str, NotificationKind, Option<Position>, &str) {
        (&self.path, self.kind, self.position, &self.message)
    }
}
