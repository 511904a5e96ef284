//! The table as Markdown, for pull requests and wikis.

use super::table::{self, HEADINGS, NOTHING};
use super::view::RoutesView;
use crate::source::printable::printable_line as printable;
use std::io::{self, Write};

/// Writes the table as Markdown.
///
/// # Errors
/// What the stream says.
pub fn markdown(view: &RoutesView, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "# Routes\n\n{}.\n", table::summary(&view.routes))?;
    let mut names: Vec<Option<&str>> = view.routes.iter().map(|route| route.app.as_deref()).collect();
    names.dedup();
    for name in names {
        match name {
            Some(name) => writeln!(out, "## {}\n", code(name))?,
            None => writeln!(out, "## Routers that no application includes\n")?,
        }
        writeln!(out, "| {} | Findings |", HEADINGS.join(" | "))?;
        writeln!(out, "|{}", "---|".repeat(HEADINGS.len() + 1))?;
        for route in view.routes.iter().filter(|route| route.app.as_deref() == name) {
            let cells = table::cells(route).map(|cell| match cell.as_str() {
                "-" => String::new(),
                NOTHING => format!("**{NOTHING}**"),
                cell => code(cell),
            });
            let findings: Vec<String> = route.findings.iter().map(|finding| code(&finding.rule)).collect();
            writeln!(out, "| {} | {} |", cells.join(" | "), findings.join(", "))?;
        }
        writeln!(out)?;
    }
    Ok(())
}

/// Text as code in a cell: nothing in it is markup, and no `|` ends the cell.
pub(super) fn code(text: &str) -> String {
    let text = printable(text).replace('|', "\\|");
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest + 1);
    if longest == 0 { format!("{fence}{text}{fence}") } else { format!("{fence} {text} {fence}") }
}
