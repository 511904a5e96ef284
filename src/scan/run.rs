use super::enabled::ChosenRules;
use super::file::{FileOutcome, FileTerms};
use super::panics;
use super::report::ScanReport;
use crate::config::PathGlob;
use crate::config::Settings;
use crate::discover::{self, Candidate, DiscoverError, Discovered, ReadOutcome, SkipReason, WalkOptions};
use crate::engine::{self, FileInput, FileResult};
use crate::facts::FileFacts;
use crate::findings::{Finding, Notification, NotificationKind};
use crate::model::{Present, Project};
use crate::source::Source;
use crate::suggest;
use crate::syntax::rust::CHAIN_DEPTH;
use crate::syntax::{FileKind, MAX_DEPTH};
use crate::triage::{Date, Triage};
use rayon::prelude::*;
use rustc_hash::FxHashMap;
use std::borrow::Cow;
use std::path::{MAIN_SEPARATOR, Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

/// Stack of a worker: room for hand-written recursion down to [`MAX_DEPTH`] in a build without optimisation. The memory is
/// taken only when it is used.
const WORKER_STACK: usize = 32 << 20;
const _: () = assert!(MAX_DEPTH <= 1000 && CHAIN_DEPTH <= 1200, "deeper trees need a larger stack");

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
    /// Globs from the command line, relative to a root or the working folder: only files that match one.
    pub include: &'a [String],
    /// Globs from the command line: no file and no folder that matches one.
    pub exclude: &'a [String],
    /// Whether what the settings exclude is left out even when it was named.
    pub force_exclude: bool,
    /// Whether files are scanned too that git ignores, and vendored and generated ones.
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
///
/// # Errors
/// A root that does not exist, or a glob that is none; nothing was scanned then.
pub fn scan(request: &ScanRequest<'_>, progress: &dyn Progress) -> Result<ScanReport, DiscoverError> {
    let start = Instant::now();
    let Discovered { mut files, mut unread, folders, mut skipped, notifications } =
        discover::discover(request.roots, &walk_options(request))?;
    let filter = ConfiguredFiles::new(request);
    files.retain(|file| match filter.refusal(file) {
        None => true,
        Some(reason) => {
            skipped.add(reason);
            unread.push(file.shown_path.clone());
            false
        }
    });
    let mut inputs: Vec<Input<'_>> = files.iter().map(Input::File).collect();
    inputs.extend(request.standard_input.map(|(name, bytes)| Input::Standard { name, bytes }));
    progress.expect(inputs.len());
    let mut results: Vec<FileScan> = inputs
        .par_iter()
        .map(|&input| {
            let result = scan_input(request, input);
            progress.advance();
            result
        })
        .collect();
    unread.extend(files.iter().map(|file| file.shown_path.clone()));
    let linked = link(request, &mut results, Present::new(folders, unread));
    let outcomes: Vec<FileOutcome> = results
        .par_iter_mut()
        .zip(&inputs)
        .map(|(result, input)| judge(request, input.shown_path(), std::mem::take(&mut result.analysed)))
        .collect();

    let mut report = ScanReport { notifications, rules: request.rules.list(), ..ScanReport::default() };
    report.notifications.extend_from_slice(request.rules.set.notifications());
    report.notifications.extend(unknown_selectors(request));
    report.notifications.extend(linked);
    let statistics = &mut report.statistics;
    for (mut result, mut outcome) in results.into_iter().zip(outcomes) {
        if let Some(reason) = result.left_out {
            skipped.add(reason);
        }
        if let Some(read) = result.read {
            statistics.files += 1;
            statistics.bytes += read.bytes;
            statistics.lines += read.lines;
            *statistics.by_kind.entry(read.kind.name()).or_default() += 1;
        }
        report.notifications.append(&mut result.notifications);
        report.findings.append(&mut outcome.findings);
        report.suppressed.append(&mut outcome.suppressed);
        report.notifications.append(&mut outcome.notifications);
        report.secrets.absorb(outcome.secrets);
    }
    statistics.skipped = skipped.iter().map(|(reason, count)| (reason.name().to_owned(), count)).collect();
    statistics.rules = report.rules.len();
    statistics.elapsed = start.elapsed();
    report.arrange();
    Ok(report)
}

fn walk_options(request: &ScanRequest<'_>) -> WalkOptions {
    let mut exclude = request.exclude.to_vec();
    // Excluded folders are not even entered where the configuration's globs mean the same to the walk as here: they
    // count from a root. All others are left out afterwards.
    if let [root] = request.roots
        && let Ok(root) = root.canonicalize()
    {
        for globs in request.settings.exclude.iter().filter(|globs| globs.base() == root) {
            if !globs.patterns().iter().any(|pattern| pattern.starts_with('!')) {
                exclude.extend_from_slice(globs.patterns());
            }
        }
    }
    WalkOptions {
        include: request.include.to_vec(),
        exclude,
        docs: request.settings.docs,
        gitignore: !request.no_ignore,
        vendored: request.no_ignore,
        ..WalkOptions::default()
    }
}

/// What the configuration's globs, which count from the configuration's folder, say about files.
struct ConfiguredFiles<'a> {
    include: &'a [PathGlob],
    exclude: &'a [PathGlob],
    named_too: bool,
}

impl<'a> ConfiguredFiles<'a> {
    fn new(request: &ScanRequest<'a>) -> Self {
        let Settings { include, exclude, .. } = request.settings;
        Self { include, exclude, named_too: request.force_exclude }
    }

    /// Why a file is left out. One that was named explicitly is not, unless that was asked for.
    fn refusal(&self, file: &Candidate) -> Option<SkipReason> {
        if (file.explicit && !self.named_too) || (self.include.is_empty() && self.exclude.is_empty()) {
            return None;
        }
        let path = file.path.canonicalize().ok()?;
        if self.exclude.iter().any(|globs| globs.matches(&path)) {
            return Some(SkipReason::Excluded);
        }
        let included = self.include.is_empty() || self.include.iter().any(|globs| globs.matches(&path));
        (!included).then_some(SkipReason::NotIncluded)
    }
}

#[derive(Debug, Clone, Copy)]
enum Input<'a> {
    File(&'a Candidate),
    Standard { name: &'a str, bytes: &'a [u8] },
}

impl Input<'_> {
    fn shown_path(&self) -> &str {
        match self {
            Self::File(candidate) => &candidate.shown_path,
            Self::Standard { name, .. } => name,
        }
    }

    /// The path below the root that was named; all of it where a file was named.
    fn place(&self) -> Cow<'_, str> {
        match self {
            Self::File(candidate) if !candidate.explicit => match candidate.path.strip_prefix(&candidate.root) {
                Ok(below) => Cow::Owned(below.to_string_lossy().replace(MAIN_SEPARATOR, "/")),
                Err(_) => Cow::Borrowed(&candidate.shown_path),
            },
            _ => Cow::Borrowed(self.shown_path()),
        }
    }
}

/// What came of one file.
#[derive(Debug, Default)]
struct FileScan {
    /// How much was read; `None` when nothing was.
    read: Option<ReadFile>,
    /// Why nothing was read, when nobody need know more.
    left_out: Option<SkipReason>,
    /// Why nothing was read, when people should know.
    notifications: Vec<Notification>,
    analysed: Option<Analysed>,
}

/// A file with what the rules say of it.
#[derive(Debug)]
struct Analysed {
    source: Arc<Source>,
    kind: FileKind,
    /// Absolute, symbolic links resolved; known when the configuration asks for it.
    path: Option<PathBuf>,
    result: FileResult,
}

#[derive(Debug)]
struct ReadFile {
    bytes: u64,
    lines: u64,
    kind: FileKind,
}

impl FileScan {
    fn skipped(notification: Notification) -> Self {
        Self { notifications: vec![notification], ..Self::default() }
    }

    fn left_out(reason: SkipReason) -> Self {
        Self { left_out: Some(reason), ..Self::default() }
    }
}

/// Reads and analyses one file. A panic costs this file only.
fn scan_input(request: &ScanRequest<'_>, input: Input<'_>) -> FileScan {
    panics::catch(|| {
        let limit = request.settings.max_file_size;
        let read = match input {
            Input::File(candidate) => discover::read(candidate, limit),
            Input::Standard { name, bytes } if bytes.len() as u64 > limit => {
                let message = format!("is larger than the limit of {limit} bytes; raise the limit to analyse it");
                return FileScan::skipped(Notification::file(NotificationKind::TooLarge, name, message));
            }
            Input::Standard { name, bytes } => discover::decode(Path::new(name), name, bytes.to_vec()),
        };
        match read {
            ReadOutcome::Text(source, kind, notification) => {
                analyse(request, input, &Arc::new(source), kind, notification)
            }
            ReadOutcome::Skipped(notification) => FileScan::skipped(notification),
            ReadOutcome::NotText => FileScan::left_out(SkipReason::Binary),
            ReadOutcome::Generated => FileScan::left_out(SkipReason::Generated),
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
    let place = input.place();
    let include_tests = request.settings.include_tests;
    let mut result = engine::analyse(&request.rules.set, &FileInput { source, kind, place: &place, include_tests });
    result.notifications.extend(notification);
    // Only overrides ask for the path on the disk.
    let path = match input {
        Input::File(candidate) if !request.settings.overrides.is_empty() => candidate.path.canonicalize().ok(),
        Input::Standard { name, .. } if !request.settings.overrides.is_empty() => std::path::absolute(name).ok(),
        _ => None,
    };
    let text = source.text();
    let lines =
        text.bytes().filter(|&byte| byte == b'\n').count() + usize::from(!text.is_empty() && !text.ends_with('\n'));
    let read = ReadFile { bytes: text.len() as u64, lines: lines as u64, kind };
    let analysed = Analysed { source: Arc::clone(source), kind, path, result };
    FileScan { read: Some(read), analysed: Some(analysed), ..FileScan::default() }
}

/// Runs the rules on all files together, and gives each file what they find in it. Returns what could not be analysed.
fn link(request: &ScanRequest<'_>, results: &mut [FileScan], present: Present) -> Vec<Notification> {
    let mut files: Vec<&mut Analysed> = results.iter_mut().filter_map(|result| result.analysed.as_mut()).collect();
    let facts: Vec<FileFacts> = files.iter_mut().flat_map(|file| std::mem::take(&mut file.result.facts)).collect();
    if facts.is_empty() {
        for file in &mut files {
            engine::settle(&request.rules.set, &mut file.result.findings);
        }
        return Vec::new();
    }
    let linked = panics::catch(|| {
        let project = Project::link(facts).with_present(present);
        engine::analyse_project(&request.rules.set, &project, request.settings.include_tests)
    });
    let mut linked = match linked {
        Ok(linked) => linked,
        Err(failure) => {
            let message = format!("what only all files together show was not analysed: {failure}");
            return vec![Notification::file(NotificationKind::InternalError, ".", message)];
        }
    };
    let mut by_path: FxHashMap<Arc<str>, Vec<Finding>> = FxHashMap::default();
    for finding in std::mem::take(&mut linked.findings) {
        by_path.entry(Arc::clone(finding.source.path())).or_default().push(finding);
    }
    for file in files {
        linked.withdraw(&mut file.result.findings);
        file.result.findings.extend(by_path.remove(file.source.path()).unwrap_or_default());
        engine::settle(&request.rules.set, &mut file.result.findings);
    }
    linked.notifications
}

/// Applies configuration and suppressions to what was found in a file.
fn judge(request: &ScanRequest<'_>, shown_path: &str, analysed: Option<Analysed>) -> FileOutcome {
    let Some(Analysed { source, kind, path, result }) = analysed else { return FileOutcome::default() };
    let terms = FileTerms {
        settings: request.settings,
        rules: request.rules,
        triage: Triage { policy: &request.settings.suppressions, today: request.today, known: request.rules.known() },
        path: path.as_deref(),
    };
    panics::catch(|| terms.apply(&source, kind, result)).unwrap_or_else(|failure| {
        let notification = Notification::file(NotificationKind::InternalError, shown_path, failure);
        FileOutcome { notifications: vec![notification], ..FileOutcome::default() }
    })
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
