//! `bartizan completions SHELL`.

use super::args::{Cli, CompletionsArgs};
use super::error::CliError;
use super::terminal;
use clap::CommandFactory as _;
use std::process::ExitCode;

pub(super) fn run(args: &CompletionsArgs) -> Result<ExitCode, CliError> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "bartizan", &mut script);
    terminal::print(&String::from_utf8_lossy(&script))?;
    Ok(ExitCode::SUCCESS)
}
