//! `bartizan man`: one page for the command and all below it.

use super::args::Cli;
use super::error::CliError;
use super::terminal;
use clap::CommandFactory as _;
use std::process::ExitCode;

pub(super) fn run() -> Result<ExitCode, CliError> {
    let mut command = Cli::command();
    command.build();
    let mut page = Vec::new();
    clap_mangen::Man::new(command.clone()).render(&mut page)?;
    for subcommand in command.get_subcommands().filter(|subcommand| subcommand.get_name() != "help") {
        section(subcommand, "bartizan", &mut page)?;
    }
    terminal::print(&String::from_utf8_lossy(&page))?;
    Ok(ExitCode::SUCCESS)
}

/// A section for a subcommand, and one for each of its own.
fn section(command: &clap::Command, parent: &str, page: &mut Vec<u8>) -> std::io::Result<()> {
    let name = format!("{parent} {}", command.get_name());
    page.extend_from_slice(format!(".SH \"{}\"\n", name.to_uppercase()).as_bytes());
    let named = command.clone().bin_name(name.clone()).display_name(name.clone());
    let man = clap_mangen::Man::new(named);
    man.render_synopsis_section(page)?;
    man.render_description_section(page)?;
    if command.get_arguments().next().is_some() {
        man.render_options_section(page)?;
    }
    for subcommand in command.get_subcommands().filter(|subcommand| subcommand.get_name() != "help") {
        section(subcommand, &name, page)?;
    }
    Ok(())
}
