//! `bartizan map`.

use super::args::{MapArgs, MapFormat};
use super::error::CliError;
use super::terminal::{Terminal, stdout};
use crate::discover::{DEFAULT_LIMIT, WalkOptions};
use crate::facts::deployment::DEPLOYMENT_KINDS;
use crate::report::map;
use crate::scan::{link_project, workers};
use crate::syntax::FileKind;
use std::io::{self, Write as _};
use std::path::PathBuf;
use std::process::ExitCode;

pub(super) fn run(args: &MapArgs, _terminal: &Terminal) -> Result<ExitCode, CliError> {
    let default = [PathBuf::from(".")];
    let roots = if args.paths.is_empty() { &default[..] } else { &args.paths };
    let options = WalkOptions { exclude: args.exclude.clone(), ..WalkOptions::default() };
    let is_wanted = |kind: FileKind| kind == FileKind::Nginx || DEPLOYMENT_KINDS.contains(&kind);
    let view = workers(None)
        .map_err(io::Error::other)?
        .install(|| {
            let linked = link_project(roots, &options, DEFAULT_LIMIT, is_wanted)?;
            Ok(map::view(&linked.project))
        })
        .map_err(|error: crate::discover::DiscoverError| CliError::Usage(error.to_string()))?;
    let mut out = stdout();
    match args.format {
        MapFormat::Text => map::text(&view, &mut out),
        MapFormat::Json => map::json(&view, &mut out),
        MapFormat::Mermaid => map::mermaid(&view, &mut out),
        MapFormat::Dot => map::dot(&view, &mut out),
    }
    .map_err(CliError::Stream)?;
    out.flush().map_err(CliError::Stream)?;
    Ok(ExitCode::SUCCESS)
}
