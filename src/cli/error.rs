use super::terminal::Terminal;
use crate::config::ConfigError;
use crate::report::paint::Paint;
use crate::rules::RuleProblem;
use crate::source::printable::printable;
use crate::source::{LineIndex, Position};
use miette::{Diagnostic, GraphicalReportHandler, GraphicalTheme};
use std::fmt::Write as _;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

/// Why a command could not do what it was asked for. All of these exit with 2.
#[derive(Debug, thiserror::Error)]
pub(super) enum CliError {
    /// Wrong usage.
    #[error("{0}")]
    Usage(String),
    /// A mistake in a configuration file.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// Mistakes in rule files.
    #[error("the rules cannot be used")]
    Rules(Vec<RuleProblem>),
    /// A report cannot be written to a file.
    #[error("{}: {error}", .path.display())]
    File { path: PathBuf, error: io::Error },
    /// Standard output or input fails.
    #[error(transparent)]
    Stream(#[from] io::Error),
}

impl CliError {
    /// Whether the reader of our output went away: that is no error of ours.
    pub(super) fn is_closed_pipe(&self) -> bool {
        matches!(self, Self::Stream(error) if error.kind() == io::ErrorKind::BrokenPipe)
    }

    /// Tells the user, on standard error.
    pub(super) fn report(&self, terminal: &Terminal) {
        let paint = terminal.err;
        let text = match self {
            Self::Config(error) => diagnostic(error, paint, terminal.width),
            Self::Rules(problems) => rule_problems(problems, paint, terminal.width),
            _ => format!("{} {}\n", paint.bad("error:"), printable(&self.to_string())),
        };
        // When standard error is gone as well there is nobody left to tell.
        let _ = io::stderr().write_all(text.as_bytes());
    }
}

/// A mistake with its excerpt, as miette draws it.
fn diagnostic(error: &dyn Diagnostic, paint: Paint, width: usize) -> String {
    let theme = if paint.on { GraphicalTheme::unicode() } else { GraphicalTheme::unicode_nocolor() };
    let handler =
        GraphicalReportHandler::new_themed(theme).with_width(width).with_links(false).without_syntax_highlighting();
    let mut text = String::new();
    if handler.render_report(&mut text, error).is_err() {
        text = format!("{error}\n");
    }
    text
}

/// Mistakes in rule files, each with an excerpt where its place is known.
pub(super) fn rule_problems(problems: &[RuleProblem], paint: Paint, width: usize) -> String {
    let mut text = String::new();
    for problem in problems {
        let drawn = problem.position.and_then(|position| {
            let content = std::fs::read_to_string(&problem.path).ok()?;
            let offset = offset_of(&content, position)?;
            let rest = &content[offset..];
            // The word at the place: a key, or the first word of a pattern.
            let length = rest.find([' ', ':', '\n', '\r']).unwrap_or(rest.len()).max(1).min(rest.len());
            let error = ConfigError::at(&problem.path, &content, offset..offset + length, &problem.message);
            Some(diagnostic(&error, paint, width))
        });
        match drawn {
            Some(drawn) => text.push_str(&drawn),
            None => {
                let _ = writeln!(text, "{} {}", paint.bad("error:"), printable(&problem.to_string()));
            }
        }
    }
    text
}

/// The byte offset of a position.
fn offset_of(text: &str, position: Position) -> Option<usize> {
    let line = LineIndex::new(text).line_span(text, position.line)?;
    let column = position.column.saturating_sub(1) as usize;
    let content = text.get(line.range())?;
    Some(content.char_indices().nth(column).map_or(line.end as usize, |(index, _)| line.start as usize + index))
}

/// `path: what happened`, for files that reports are written to.
pub(super) fn file_error(path: &Path) -> impl FnOnce(io::Error) -> CliError + '_ {
    move |error| CliError::File { path: path.to_owned(), error }
}
