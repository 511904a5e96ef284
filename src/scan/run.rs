use super::enabled::ChosenRules;
use super::file::{FileOutcome, FileTerms};
use super::panics;
use super::report::ScanReport;
use crate::config::Settings;
use crate::discover::{self, Candidate, Discovered, ReadOutcome, WalkOptions};
use crate::engine::{self, FileInput};
use crate::findings::{Notification, NotificationKind};
use crate::source::Source;
use crate::suggest;
use crate::syntax::{FileKind, MAX_DEPTH};
use crate::triage::{Date, Triage};
use rayon::prelude::*;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

/// Stack of a worker: room for hand-written recursion down to [`MAX_DEPTH`] in a build without optimisation. The memory is
/// taken only when it is used.
const WORKER_STACK: usize = 32 << 20;
const _: () = assert!(MAX_DEPTH <= 1000, "deeper trees need a larger stack");

/// Is told how far a scan has come, from several threads.
pub trait Progress: Sync {
    /// So many more files are going to be read.
    fn expect(&self, files: usize);
    /// One of them is done.
    fn advance(&self);
}

/// Nobody wants to know.
#[derive(Debug, Clone, Copy)]
pub struct NoProgress;

impl Progress for NoProgress {
    fn expect(&self, _: usize) {}
    fn advance(&self) {}
}

/// What is to be scanned, and how.
#[derive(Debug, Clone, Copy)]
pub struct ScanRequest<'a> {
    /// Files and folders.
    pub roots: &'a [PathBuf],
    /// One more file, not from the disk: the name that it is to have, and its bytes.
    pub standard_input: Option<(&'a str, &'a [u8])>,
    /// What holds for them.
    pub settings: &'a Settings,
    /// The rules.
    pub rules: &'a ChosenRules,
    /// Whether files are scanned too that git ignores, that are hidden, vendored or generated.
    pub no_ignore: bool,
    /// The day on which suppressions are judged.
    pub today: Date,
}

/// Threads for scans. `None` means one for each core.
pub fn workers(threads: Option<usize>) -> Result<rayon::ThreadPool, rayon::ThreadPoolBuildError> {
    rayon::ThreadPoolBuilder::new()
        .num_threads(threads.unwrap_or(0))
        .stack_size(WORKER_STACK)
        .thread_name(|index| format!("scan-{index}"))
        .build()
}

/// Scans. Call it inside a pool of [`workers`]; the report is the same with any number of them.
pub fn scan(request: &ScanRequest<'_>, progress: &dyn Progress) -> ScanReport {
    let start = Instant::now();
    let Discovered { files, skipped, notifications } = discover::discover(request.roots, &walk_options(request));
    let mut inputs: Vec<Input<'_>> = files.iter().map(Input::File).collect();
    inputs.extend(request.standard_input.map(|(name, bytes)| Input::Standard { name, bytes }));
    progress.expect(inputs.len());
    let results: Vec<FileScan> = inputs
        .par_iter()
        .map(|&input| {
            let result = scan_input(request, input);
            progress.advance();
            result
        })
        .collect();

    let mut report = ScanReport { notifications, rules: request.rules.list(), ..ScanReport::default() };
    report.notifications.extend_from_slice(request.rules.set.notifications());
    report.notifications.extend(unknown_selectors(request));
    let statistics = &mut report.statistics;
    for (reason, count) in skipped {
        *statistics.skipped.entry(reason).or_default() += count;
    }
    for mut result in results {
        if let Some(read) = result.read {
            statistics.files += 1;
            statistics.bytes += read.bytes;
            statistics.lines += read.lines;
            *statistics.by_kind.entry(read.kind.name()).or_default() += 1;
        }
        report.findings.append(&mut result.outcome.findings);
        report.suppressed.append(&mut result.outcome.suppressed);
        report.notifications.append(&mut result.outcome.notifications);
        report.secrets.absorb(result.outcome.secrets);
    }
    statistics.rules = report.rules.len();
    statistics.elapsed = start.elapsed();
    report.arrange();
    report
}

fn walk_options(request: &ScanRequest<'_>) -> WalkOptions {
    WalkOptions { no_ignore: request.no_ignore, docs: request.settings.docs }
}

#[derive(Debug, Clone, Copy)]
enum Input<'a> {
    File(&'a Candidate),
    Standard { name: &'a str, bytes: &'a [u8] },
}

impl Input<'_> {
    fn shown_path(&self) -> &str {
        match self {
            Self::File(candidate) => &candidate.shown,
            Self::Standard { name, .. } => name,
        }
    }
}

/// What came of one file.
#[derive(Debug, Default)]
struct FileScan {
    /// How much was read; `None` when nothing was.
    read: Option<ReadFile>,
    outcome: FileOutcome,
}

#[derive(Debug)]
struct ReadFile {
    bytes: u64,
    lines: u64,
    kind: FileKind,
}

impl FileScan {
    fn skipped(notification: Notification) -> Self {
        let outcome = FileOutcome { notifications: vec![notification], ..FileOutcome::default() };
        Self { read: None, outcome }
    }
}

/// Reads and analyses one file. A panic costs this file only.
fn scan_input(request: &ScanRequest<'_>, input: Input<'_>) -> FileScan {
    panics::catch(|| {
        let limit = request.settings.max_file_size;
        let read = match input {
            Input::File(candidate) => discover::read(candidate, limit),
            Input::Standard { name, bytes } => discover::decode(name, bytes),
        };
        match read {
            ReadOutcome::Text(source, kind, notification) => {
                analyse(request, input, &Arc::new(source), kind, notification)
            }
            ReadOutcome::Skipped(notification) => FileScan::skipped(notification),
            ReadOutcome::NotText => FileScan::default(),
        }
    })
    .unwrap_or_else(|failure| {
        FileScan::skipped(Notification::file(NotificationKind::InternalError, input.shown_path(), failure))
    })
}

fn analyse(
    request: &ScanRequest<'_>,
    input: Input<'_>,
    source: &Arc<Source>,
    kind: FileKind,
    notification: Option<Notification>,
) -> FileScan {
    let place = match input {
        Input::File(candidate) => candidate.place.as_str(),
        Input::Standard { name, .. } => name,
    };
    let include_tests = request.settings.include_tests;
    let mut result = engine::analyse(&request.rules.set, &FileInput { source, kind, place, include_tests });
    result.notifications.extend(notification);
    // Only overrides ask for the path on the disk.
    let path = match input {
        Input::File(candidate) if !request.settings.overrides.is_empty() => candidate.path.canonicalize().ok(),
        Input::Standard { name, .. } if !request.settings.overrides.is_empty() => std::path::absolute(name).ok(),
        _ => None,
    };
    let terms = FileTerms {
        settings: request.settings,
        rules: request.rules,
        triage: Triage {
            policy: &request.settings.suppressions,
            today: request.today,
            known: request.rules.known(),
        },
        path: path.as_deref(),
    };
    let text = source.text();
    let lines = text.bytes().filter(|&byte| byte == b'\n').count() + usize::from(!text.is_empty() && !text.ends_with('\n'));
    let read = ReadFile { bytes: text.len() as u64, lines: lines as u64, kind };
    FileScan { read: Some(read), outcome: terms.apply(source, kind, result) }
}

/// Selectors of the configuration that name no rule: most likely slips of the hand.
fn unknown_selectors(request: &ScanRequest<'_>) -> Vec<Notification> {
    let known = request.rules.known();
    let settings = request.settings;
    let overrides = settings.overrides.iter().flat_map(|table| table.levels.selectors());
    let path = settings.path.as_deref().map_or_else(String::new, |path| path.display().to_string());
    settings
        .levels
        .selectors()
        .chain(overrides)
        .filter(|selector| !known.iter().any(|rule| selector.matches(rule)))
        .map(|selector| {
            let words = known.iter().flat_map(|rule| [&*rule.id, rule.class.as_str(), rule.pack()]);
            let hint = suggest::closest(selector.text(), words)
                .map_or_else(String::new, |known| format!(": did you mean `{known}`?"));
            let message =
                format!("the configuration names `{}`, which is no rule that is loaded{hint}", selector.text());
            Notification::file(NotificationKind::RuleSkipped, path.clone(), message)
        })
        .collect()
}
