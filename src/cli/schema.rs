//! `bartizan schema`.

use super::args::{SchemaArgs, SchemaFormat};
use super::error::CliError;
use super::terminal;
use crate::config::ConfigFile;
use crate::report::json::JsonReport;
use crate::rules::schema::RuleFile;
use schemars::schema_for;
use std::process::ExitCode;

pub(super) fn run(args: &SchemaArgs) -> Result<ExitCode, CliError> {
    let schema = match args.format {
        SchemaFormat::Rules => schema_for!(RuleFile),
        SchemaFormat::Config => schema_for!(ConfigFile),
        SchemaFormat::Json => schema_for!(JsonReport<'static>),
    };
    let text = serde_json::to_string_pretty(&schema).map_err(std::io::Error::from)?;
    terminal::print(&(text + "\n"))?;
    Ok(ExitCode::SUCCESS)
}
