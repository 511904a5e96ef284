//! `bartizan routes`.

use super::args::{RoutesArgs, RoutesFormat};
use super::error::{CliError, file_error};
use super::terminal::{Terminal, stdout};
use crate::config::Settings;
use crate::discover::{DEFAULT_LIMIT, DiscoverError, WalkOptions};
use crate::findings::Finding;
use crate::report::routes::{self, Filter, RoutesView};
use crate::rules::RuleSources;
use crate::scan::{ChosenRules, NoProgress, ScanRequest, Selection, link_project, scan, workers};
use crate::syntax::FileKind;
use crate::triage::Date;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

pub(super) fn run(args: &RoutesArgs, terminal: &Terminal) -> Result<ExitCode, CliError> {
    let default = [PathBuf::from(".")];
    let roots = if args.paths.is_empty() { &default[..] } else { &args.paths };
    let options = WalkOptions { exclude: args.exclude.clone(), ..WalkOptions::default() };
    let workers = workers(None).map_err(io::Error::other)?;
    let findings = if args.findings { workers.install(|| findings(args, roots))? } else { Vec::new() };
    let mut view = workers
        .install(|| {
            let linked = link_project(roots, &options, DEFAULT_LIMIT, |kind| kind == FileKind::Python)?;
            Ok(routes::view(&linked.project, &findings, args.include_tests))
        })
        .map_err(|error: DiscoverError| CliError::Usage(error.to_string()))?;
    let filter = Filter {
        unauthenticated: args.unauthenticated,
        methods: args.method.iter().map(|method| method.to_uppercase()).collect(),
        paths: args.path.clone(),
    };
    filter.apply(&mut view);
    let mut out = stdout();
    let Some(old) = &args.diff else {
        write(&view, args, terminal, &mut out).map_err(CliError::Stream)?;
        out.flush().map_err(CliError::Stream)?;
        return Ok(ExitCode::SUCCESS);
    };
    let mut old = read(old)?;
    filter.apply(&mut old);
    let found = routes::difference(&old, &view);
    match args.format {
        RoutesFormat::Text => routes::difference_text(&found, terminal.out, &mut out),
        RoutesFormat::Json => {
            serde_json::to_writer_pretty(&mut out, &found).map_err(io::Error::from).and_then(|()| out.write_all(b"\n"))
        }
        RoutesFormat::Markdown => routes::difference_markdown(&found, &mut out),
        RoutesFormat::Html => {
            return Err(CliError::Usage("--diff is written as text, json or markdown".into()));
        }
    }
    .map_err(CliError::Stream)?;
    out.flush().map_err(CliError::Stream)?;
    let has_open = found.added.iter().any(|change| !change.authenticated);
    let fails = args.fail_on_weakened && !found.weakened.is_empty() || args.fail_on_new_open && has_open;
    Ok(if fails { ExitCode::from(1) } else { ExitCode::SUCCESS })
}

fn write(view: &RoutesView, args: &RoutesArgs, terminal: &Terminal, out: &mut dyn Write) -> io::Result<()> {
    match args.format {
        RoutesFormat::Text => routes::text(view, terminal.out, out),
        RoutesFormat::Json => routes::json(view, out),
        RoutesFormat::Markdown => routes::markdown(view, out),
        RoutesFormat::Html => routes::html(view, out),
    }
}

/// A table that `--format json` wrote before.
fn read(path: &Path) -> Result<RoutesView, CliError> {
    let text = std::fs::read_to_string(path).map_err(file_error(path))?;
    let view: RoutesView = serde_json::from_str(&text).map_err(|error| {
        CliError::Usage(format!("{}: is no table of `bartizan routes --format json`: {error}", path.display()))
    })?;
    if view.version != routes::VERSION {
        let message =
            format!("{}: has version {} of the format, not {}", path.display(), view.version, routes::VERSION);
        return Err(CliError::Usage(message));
    }
    Ok(view)
}

/// What a scan of the same files with the default rules finds.
fn findings(args: &RoutesArgs, roots: &[PathBuf]) -> Result<Vec<Finding>, CliError> {
    let settings = Settings { include_tests: args.include_tests, ..Settings::default() };
    let sources = RuleSources { builtin: true, paths: Vec::new(), check_kits: false };
    let rules = ChosenRules::load(&sources, &settings, Selection::default()).map_err(CliError::Rules)?;
    let request = ScanRequest {
        roots,
        standard_input: None,
        settings: &settings,
        rules: &rules,
        include: &[],
        exclude: &args.exclude,
        force_exclude: false,
        no_ignore: false,
        today: Date::today(),
    };
    let report = scan(&request, &NoProgress).map_err(|error| CliError::Usage(error.to_string()))?;
    Ok(report.findings)
}
