//! The command line: one file per subcommand, nothing in them but wiring and words.
//!
//! Exit codes: 0 nothing at or above the threshold, 1 findings, 2 wrong usage or configuration, 3 something could not be
//! analysed under `--strict`.

mod args;
mod completions;
mod error;
mod explain;
mod man;
mod map;
mod progress;
mod routes;
mod rules_docs;
mod rules_list;
mod rules_test;
mod rules_validate;
mod scan;
mod scan_plan;
mod schema;
mod terminal;
mod values;

use args::{Cli, Command, RulesCommand};
use clap::{CommandFactory as _, FromArgMatches as _};
use std::ffi::OsString;
use std::process::ExitCode;
use terminal::Terminal;

/// The exit code for wrong usage or configuration, as clap has it.
const USAGE: u8 = 2;

/// Runs the command line and gives the exit code of the process.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let arguments = with_default_command(arguments.into_iter().collect());
    let cli = match Cli::command().try_get_matches_from(arguments).and_then(|matches| Cli::from_arg_matches(&matches)) {
        Ok(cli) => cli,
        Err(error) => {
            // Help and version are errors to clap; a closed pipe ends them quietly too.
            let _ = error.print();
            return ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(USAGE));
        }
    };
    let terminal = Terminal::new(cli.color);
    let result = match &cli.command {
        Command::Scan(args) => scan::run(args, &terminal),
        Command::Explain(args) => explain::run(args, &terminal),
        Command::Map(args) => map::run(args, &terminal),
        Command::Routes(args) => routes::run(args, &terminal),
        Command::Rules(RulesCommand::List(args)) => rules_list::run(args, &terminal),
        Command::Rules(RulesCommand::Validate(args)) => rules_validate::run(args, &terminal),
        Command::Rules(RulesCommand::Test(args)) => rules_test::run(args, &terminal),
        Command::Rules(RulesCommand::Docs(args)) => rules_docs::run(args),
        Command::Schema(args) => schema::run(args),
        Command::Completions(args) => completions::run(args),
        Command::Man => man::run(),
    };
    match result {
        Ok(code) => code,
        Err(error) if error.is_closed_pipe() => ExitCode::SUCCESS,
        Err(error) => {
            error.report(&terminal);
            ExitCode::from(USAGE)
        }
    }
}

/// `bartizan PATH...` is short for `bartizan scan PATH...`: the command is put in where none stands.
fn with_default_command(mut arguments: Vec<OsString>) -> Vec<OsString> {
    let command = Cli::command();
    let mut at = 1;
    // The options that hold for every command may stand in front of it.
    while let Some(argument) = arguments.get(at).and_then(|argument| argument.to_str()) {
        match argument {
            "--color" => at += 2,
            _ if argument.starts_with("--color=") => at += 1,
            "-h" | "--help" | "-V" | "--version" | "help" => return arguments,
            _ if command.find_subcommand(argument).is_some() => return arguments,
            _ => break,
        }
    }
    let at = at.min(arguments.len());
    arguments.insert(at, "scan".into());
    arguments
}

#[cfg(test)]
mod tests {
    use super::*;

    fn completed(words: &[&str]) -> Vec<String> {
        let arguments = std::iter::once("bartizan").chain(words.iter().copied()).map(OsString::from).collect();
        with_default_command(arguments).into_iter().skip(1).map(|word| word.into_string().unwrap()).collect()
    }

    #[test]
    fn scan_is_the_default_command() {
        assert_eq!(completed(&[]), ["scan"]);
        assert_eq!(completed(&["src", "rules"]), ["scan", "src", "rules"]);
        assert_eq!(completed(&["--format", "json", "src"]), ["scan", "--format", "json", "src"]);
        assert_eq!(completed(&["--color", "never", "src"]), ["--color", "never", "scan", "src"]);
        assert_eq!(completed(&["--color=never", "rules", "list"]), ["--color=never", "rules", "list"]);
        assert_eq!(completed(&["explain", "x"]), ["explain", "x"]);
        assert_eq!(completed(&["--help"]), ["--help"]);
    }

    #[test]
    fn the_definition_is_sound() {
        Cli::command().debug_assert();
    }
}
