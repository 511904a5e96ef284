//! `bartizan rules test`.

use super::args::RulesTestArgs;
use super::error::CliError;
use super::explain::load;
use super::terminal::{self, Terminal};
use crate::engine::RuleSet;
use crate::fixtures::{self, FailureKind, FixtureFile, FixtureReport};
use crate::report::paint::Paint;
use crate::scan::workers;
use crate::source::printable::printable_line;
use std::fmt::Write as _;
use std::io;
use std::path::Path;
use std::process::ExitCode;

pub(super) fn run(args: &RulesTestArgs, terminal: &Terminal) -> Result<ExitCode, CliError> {
    let path = args.path.as_deref().unwrap_or(Path::new("fixtures"));
    if !path.exists() {
        return Err(CliError::Usage(format!("{}: there is no such file or folder", path.display())));
    }
    let workers = workers(None).map_err(io::Error::other)?;
    let (rules, report) = workers.install(|| {
        let rules = load(&args.sources)?;
        let report = fixtures::run(path, &rules);
        Ok::<_, CliError>((rules, report))
    })?;
    let paint = terminal.out;
    let mut text = String::new();
    let (mut passed, mut failed) = (0, 0);
    for file in &report.files {
        let (kept, broken) = describe(file, args.verbose, paint, &mut text);
        passed += kept;
        failed += broken;
    }
    if args.coverage || args.path.is_none() {
        failed += describe_coverage(&rules, &report, paint, &mut text);
    }
    let failures = format!("{failed} failed");
    let failures = if failed == 0 { paint.good(failures) } else { paint.bad(failures) };
    let _ = writeln!(text, "{passed} passed, {failures}");
    terminal::print(&text)?;
    Ok(if failed == 0 { ExitCode::SUCCESS } else { ExitCode::from(1) })
}

/// Describes one file; how many promises are kept and how many differences there are.
fn describe(file: &FixtureFile, verbose: bool, paint: Paint, text: &mut String) -> (usize, usize) {
    let path = file.path.display().to_string();
    let path = printable_line(&path);
    let comparison = match &file.outcome {
        Err(reason) => {
            let _ = writeln!(text, "{} {path}: {}", paint.bad("FAIL"), printable_line(reason));
            return (0, 1);
        }
        Ok(comparison) => comparison,
    };
    for failure in &comparison.failures {
        let word = match failure.kind {
            FailureKind::Missing => "missing: `ruleid`, but not reported",
            FailureKind::FalseAlarm => "false alarm: `ok`, but reported",
            FailureKind::Unexpected => "unexpected: reported, but not annotated",
        };
        let (line, rule) = (failure.line, printable_line(&failure.rule));
        let _ = writeln!(text, "{} {path}:{line} {rule}  {word}", paint.bad("FAIL"));
    }
    for (line, rule) in &comparison.done {
        let rule = printable_line(rule);
        let _ = writeln!(text, "{} {path}:{line} {rule}  works now: drop the `todo`", paint.warning("done"));
    }
    if verbose && comparison.failures.is_empty() {
        let _ = writeln!(text, "{} {path} ({})", paint.good("pass"), comparison.kept);
    }
    (comparison.kept, comparison.failures.len())
}

/// Names rules without a `ruleid` or without an `ok` line; how many there are.
fn describe_coverage(rules: &RuleSet, report: &FixtureReport, paint: Paint, text: &mut String) -> usize {
    let mut uncovered = 0;
    for rule in rules.rules() {
        let (reported, silent) = report.promises.get(&*rule.id).copied().unwrap_or_default();
        let lack = match (reported, silent) {
            (0, 0) => "no fixture",
            (0, _) => "no `ruleid` line",
            (_, 0) => "no `ok` line",
            _ => continue,
        };
        uncovered += 1;
        let _ = writeln!(text, "{} {}  {lack}", paint.bad("FAIL"), printable_line(&rule.id));
    }
    uncovered
}
