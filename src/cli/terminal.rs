use super::values::ColorChoice;
use crate::report::paint::Paint;
use std::io::{self, BufWriter, IsTerminal as _, Write};

/// What is known about where output goes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Terminal {
    /// Colours on standard output.
    pub out: Paint,
    /// Colours on standard error.
    pub err: Paint,
    /// Colours in files.
    pub file: Paint,
    /// Columns for text.
    pub width: usize,
    /// Whether standard error is a terminal, on which progress can be shown.
    pub interactive: bool,
}

/// Columns where no terminal says how many it has.
const WIDTH: usize = 100;
/// Wider text is hard to read.
const MAX_WIDTH: usize = 140;

impl Terminal {
    pub(super) fn new(choice: ColorChoice) -> Self {
        let paint = |is_terminal| Paint { on: colours(choice, is_terminal, |name| std::env::var(name).ok()) };
        let columns = terminal_size::terminal_size().map(|(terminal_size::Width(columns), _)| usize::from(columns));
        // Where there is no terminal, COLUMNS says what the reader has.
        let columns = columns.or_else(|| std::env::var("COLUMNS").ok()?.parse().ok());
        Self {
            out: paint(io::stdout().is_terminal()),
            err: paint(io::stderr().is_terminal()),
            file: Paint { on: choice == ColorChoice::Always },
            width: columns.unwrap_or(WIDTH).clamp(40, MAX_WIDTH),
            interactive: io::stderr().is_terminal(),
        }
    }
}

/// Whether output is coloured: the option decides, then NO_COLOR (no-color.org), then CLICOLOR_FORCE
/// (bixense.com/clicolors), then whether there is a terminal that knows colours.
fn colours(choice: ColorChoice, is_terminal: bool, variable: impl Fn(&str) -> Option<String>) -> bool {
    let set = |name| variable(name).is_some_and(|value| !value.is_empty());
    match choice {
        ColorChoice::Always => true,
        ColorChoice::Never => false,
        ColorChoice::Auto if set("NO_COLOR") => false,
        ColorChoice::Auto if variable("CLICOLOR_FORCE").is_some_and(|value| !value.is_empty() && value != "0") => true,
        ColorChoice::Auto => is_terminal && variable("TERM").as_deref() != Some("dumb"),
    }
}

/// Standard output, buffered. The caller flushes it, because a failure there is an error like any other.
pub(super) fn stdout() -> BufWriter<io::StdoutLock<'static>> {
    BufWriter::with_capacity(64 << 10, io::stdout().lock())
}

/// Writes a text to standard output.
pub(super) fn print(text: &str) -> io::Result<()> {
    let mut out = stdout();
    out.write_all(text.as_bytes())?;
    out.flush()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_and_variables_decide_about_colours() {
        let with = |choice, is_terminal, variables: &[(&str, &str)]| {
            colours(choice, is_terminal, |name| {
                variables.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned())
            })
        };
        assert!(with(ColorChoice::Auto, true, &[]));
        assert!(!with(ColorChoice::Auto, false, &[]));
        assert!(!with(ColorChoice::Auto, true, &[("NO_COLOR", "1"), ("CLICOLOR_FORCE", "1")]));
        assert!(with(ColorChoice::Auto, true, &[("NO_COLOR", "")]));
        assert!(with(ColorChoice::Auto, false, &[("CLICOLOR_FORCE", "1")]));
        assert!(!with(ColorChoice::Auto, false, &[("CLICOLOR_FORCE", "0")]));
        assert!(!with(ColorChoice::Auto, true, &[("TERM", "dumb")]));
        assert!(with(ColorChoice::Always, false, &[("NO_COLOR", "1")]));
        assert!(!with(ColorChoice::Never, true, &[("CLICOLOR_FORCE", "1")]));
    }
}
