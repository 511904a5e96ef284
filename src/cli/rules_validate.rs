//! `bartizan rules validate`.

use super::args::RulesValidateArgs;
use super::error::{CliError, rule_problems};
use super::terminal::{self, Terminal};
use crate::rules::{self, RuleSources};
use crate::source::printable::printable_line;
use std::fmt::Write as _;
use std::process::ExitCode;

pub(super) fn run(args: &RulesValidateArgs, terminal: &Terminal) -> Result<ExitCode, CliError> {
    let sources = RuleSources { builtin: args.paths.is_empty(), paths: args.paths.clone(), check_kits: true };
    let loaded = rules::load(&sources);
    let mut text = rule_problems(&loaded.problems, terminal.out, terminal.width);
    for skipped in &loaded.notifications {
        let place = skipped.position.map_or_else(String::new, |place| format!(":{}:{}", place.line, place.column));
        let path = printable_line(&skipped.path);
        let note = terminal.out.warning("not used:");
        let _ = writeln!(text, "{note} {path}{place}: {}", printable_line(&skipped.message));
    }
    let _ = writeln!(
        text,
        "{} rules, {} not used, {} mistakes",
        loaded.rules.len(),
        loaded.notifications.len(),
        loaded.problems.len()
    );
    terminal::print(&text)?;
    // Rule files are configuration.
    Ok(if loaded.problems.is_empty() { ExitCode::SUCCESS } else { ExitCode::from(2) })
}
