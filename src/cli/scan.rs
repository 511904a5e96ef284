//! `bartizan scan`, the default command.

use super::args::{Cli, ScanArgs};
use super::error::{CliError, file_error};
use super::progress::DelayedBar;
use super::scan_plan::{Group, UNNAMED, plan};
use super::terminal::{Terminal, stdout};
use super::values::{Format, FormatTarget};
use crate::discover::DiscoverError;
use crate::findings::{Notification, NotificationKind};
use crate::report::sarif::{self, SarifOptions};
use crate::report::text::{self, TextOptions};
use crate::report::{github, json};
use crate::rules::RuleSources;
use crate::scan::{ChosenRules, ScanReport, ScanRequest, Selection, scan, workers};
use crate::suggest;
use crate::syntax::FileKind;
use crate::triage::{Date, Verdict};
use clap::CommandFactory as _;
use std::fs::File;
use std::io::{self, BufWriter, Read as _, Write};
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Instant;

pub(super) fn run(args: &ScanArgs, terminal: &Terminal) -> Result<ExitCode, CliError> {
    let start = Instant::now();
    let targets = targets(args)?;
    let groups = plan(args)?;
    let workers = workers(args.threads.map(usize::from)).map_err(io::Error::other)?;
    let bar = DelayedBar::new(terminal.interactive && !args.quiet);
    let today = Date::today();
    let mut report = ScanReport::default();
    let mut verdict = Verdict::Passed;
    for group in &groups {
        let part = scan_group(args, group, today, &workers, &bar)?;
        verdict = verdict.worse(Verdict::of(&part, group.settings.fail_on, args.strict));
        report.absorb(part);
    }
    bar.finish();
    // What the user waited for: loading the rules too.
    report.statistics.elapsed = start.elapsed();
    let code = exit_code(verdict, args.exit_zero);
    for target in &targets {
        match write(&report, target, args, terminal) {
            Err(CliError::Stream(error)) if error.kind() == io::ErrorKind::BrokenPipe => {}
            result => result?,
        }
    }
    Ok(code)
}

fn scan_group(
    args: &ScanArgs,
    group: &Group,
    today: Date,
    workers: &rayon::ThreadPool,
    bar: &DelayedBar,
) -> Result<ScanReport, CliError> {
    let sources =
        RuleSources { builtin: !args.no_builtin, paths: group.settings.rule_paths.clone(), check_kits: false };
    let selection = Selection { select: &args.select, ignore: &args.ignore };
    let rules = workers.install(|| ChosenRules::load(&sources, &group.settings, selection)).map_err(CliError::Rules)?;
    check_selectors(args, &rules)?;
    let mut bytes = Vec::new();
    if group.standard_input.is_some() {
        // One byte over the limit is enough to know that it is too large.
        io::stdin().lock().take(group.settings.max_file_size.saturating_add(1)).read_to_end(&mut bytes)?;
    }
    let request = ScanRequest {
        roots: &group.roots,
        standard_input: group.standard_input.as_deref().map(|name| (name, bytes.as_slice())),
        settings: &group.settings,
        rules: &rules,
        include: &args.include,
        exclude: &args.exclude,
        force_exclude: args.force_exclude,
        no_ignore: args.no_ignore,
        today,
    };
    let mut report = workers.install(|| scan(&request, bar)).map_err(|error| wrong_path(args, error))?;
    let is_nameless = group.standard_input.is_some() && args.stdin_filename.is_none();
    if is_nameless && report.statistics.by_kind.contains_key(FileKind::Text.name()) {
        report.notifications.push(Notification::file(
            NotificationKind::NotParsed,
            UNNAMED,
            "nothing tells the language of standard input: name it with --stdin-filename",
        ));
    }
    // The process ends soon; taking thousands of patterns apart would keep the user waiting.
    std::mem::forget(rules);
    Ok(report)
}

/// A path that does not exist may be a mistyped command.
fn wrong_path(args: &ScanArgs, error: DiscoverError) -> CliError {
    let message = error.to_string();
    let commands: Vec<String> = Cli::command().get_subcommands().map(|command| command.get_name().to_owned()).collect();
    let hint = match (error, args.paths.first()) {
        (DiscoverError::NotFound { path }, Some(first)) if first.as_os_str() == path.as_str() => {
            suggest::closest(&path, commands.iter().map(String::as_str))
                .map_or_else(String::new, |command| format!("; did you mean the command `{command}`?"))
        }
        _ => String::new(),
    };
    CliError::Usage(format!("{message}{hint}"))
}

/// A selector on the command line that names no rule is a mistake.
fn check_selectors(args: &ScanArgs, rules: &ChosenRules) -> Result<(), CliError> {
    for selector in args.select.iter().chain(&args.ignore) {
        if rules.known().iter().any(|rule| selector.matches(rule)) {
            continue;
        }
        let words = rules.known().iter().flat_map(|rule| [&*rule.id, rule.class.as_str(), rule.pack()]);
        let hint = suggest::closest(selector.text(), words)
            .map_or_else(String::new, |known| format!(": did you mean `{known}`?"));
        return Err(CliError::Usage(format!("`{}` names no rule that is loaded{hint}", selector.text())));
    }
    Ok(())
}

/// The reports to write. One without a file goes to `-o`, or to standard output.
fn targets(args: &ScanArgs) -> Result<Vec<FormatTarget>, CliError> {
    let mut targets = args.formats.clone();
    if targets.is_empty() {
        targets.push(FormatTarget { format: Format::Text, file: None });
    }
    let mut without_file = targets.iter_mut().filter(|target| target.file.is_none());
    let first = without_file.next();
    if without_file.next().is_some() {
        return Err(CliError::Usage(
            "two reports would go to the same place: name a file for one, as in `--format sarif=out.sarif`".into(),
        ));
    }
    match (first, &args.output) {
        (Some(target), Some(file)) => target.file = Some(file.clone()),
        (None, Some(_)) => {
            return Err(CliError::Usage("--output needs a format without a file of its own".into()));
        }
        (_, None) => {}
    }
    let mut files: Vec<&PathBuf> = targets.iter().filter_map(|target| target.file.as_ref()).collect();
    files.sort();
    if let Some(twice) = files.windows(2).find(|pair| pair[0] == pair[1]) {
        return Err(CliError::Usage(format!("two reports would go to {}", twice[0].display())));
    }
    Ok(targets)
}

fn write(report: &ScanReport, target: &FormatTarget, args: &ScanArgs, terminal: &Terminal) -> Result<(), CliError> {
    match &target.file {
        None => write_to(report, target, args, terminal, &mut stdout()).map_err(CliError::Stream),
        Some(path) => {
            let file = File::create(path).map_err(file_error(path))?;
            write_to(report, target, args, terminal, &mut BufWriter::new(file)).map_err(file_error(path))
        }
    }
}

fn write_to(
    report: &ScanReport,
    target: &FormatTarget,
    args: &ScanArgs,
    terminal: &Terminal,
    out: &mut dyn Write,
) -> io::Result<()> {
    match target.format {
        Format::Text => {
            let options = TextOptions {
                paint: if target.file.is_some() { terminal.file } else { terminal.out },
                width: terminal.width,
                findings: !args.summary,
                summary: !args.quiet,
                suppressed: args.show_suppressed,
            };
            text::write(report, &options, out)?;
        }
        Format::Json => json::write(report, args.show_suppressed, out)?,
        Format::Github => github::write(report, out)?,
        Format::Sarif => {
            let options = SarifOptions { category: args.category.clone(), show_suppressed: args.show_suppressed };
            sarif::write(report, &options, out)?;
        }
    }
    out.flush()
}

fn exit_code(verdict: Verdict, exit_zero: bool) -> ExitCode {
    match verdict {
        Verdict::Failed if exit_zero => ExitCode::SUCCESS,
        Verdict::Passed => ExitCode::SUCCESS,
        Verdict::Failed => ExitCode::from(1),
        Verdict::Incomplete => ExitCode::from(3),
    }
}
