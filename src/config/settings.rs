use super::{FailOn, ForeignSuppression, RuleLevel, RuleSelector};
use crate::findings::{Confidence, Profile, RuleMeta, Severity};
use ignore::gitignore::{Gitignore, GitignoreBuilder};
use std::path::{Path, PathBuf};

/// What holds for one scan, from defaults, configuration files and the command line.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The configuration file that decided, when there is one.
    pub path: Option<PathBuf>,
    /// Only files that match one of these are scanned; empty means all.
    pub include: Vec<PathGlob>,
    /// Files and folders that are not scanned.
    pub exclude: Vec<PathGlob>,
    /// Which rules report.
    pub profile: Profile,
    /// From which severity on findings fail the run.
    pub fail_on: FailOn,
    /// Findings below this severity are not reported.
    pub min_severity: Severity,
    /// Findings of rules that are less sure are not reported.
    pub min_confidence: Confidence,
    /// Larger files are not read, in bytes.
    pub max_file_size: u64,
    /// Whether fenced code in Markdown files is scanned everywhere.
    pub docs: bool,
    /// Whether rules that leave test code alone read it too.
    pub include_tests: bool,
    /// Files and folders with further rules.
    pub rule_paths: Vec<PathBuf>,
    /// Levels by rule.
    pub levels: RuleLevels,
    /// Levels for some paths only; later ones win.
    pub overrides: Vec<Override>,
    /// How suppression comments are treated.
    pub suppressions: SuppressionPolicy,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            path: None,
            include: Vec::new(),
            exclude: Vec::new(),
            profile: Profile::Default,
            fail_on: FailOn::default(),
            min_severity: Severity::Info,
            min_confidence: Confidence::Low,
            max_file_size: Self::DEFAULT_MAX_FILE_SIZE,
            docs: false,
            include_tests: false,
            rule_paths: Vec::new(),
            levels: RuleLevels::default(),
            overrides: Vec::new(),
            suppressions: SuppressionPolicy::default(),
        }
    }
}

impl Settings {
    /// 2 MiB: above it stand data and generated code.
    pub const DEFAULT_MAX_FILE_SIZE: u64 = 2 << 20;

    /// The severity with which a rule reports; `None` when it does not.
    pub fn severity_of(&self, rule: &RuleMeta) -> Option<Severity> {
        let in_profile = rule.profile <= self.profile;
        match self.levels.of(rule) {
            Some((RuleLevel::Off, _)) => None,
            Some((RuleLevel::On, _)) => Some(rule.severity),
            Some((RuleLevel::Severity(severity), by_id)) => (in_profile || by_id).then_some(severity),
            None => in_profile.then_some(rule.severity),
        }
    }

    /// The severity of a rule, enabled with `severity`, in the file at an absolute path; `None` when it is off there.
    pub fn severity_at(&self, rule: &RuleMeta, severity: Severity, path: &Path) -> Option<Severity> {
        self.overrides
            .iter()
            .rev()
            .filter(|table| table.paths.matches(path))
            .find_map(|table| table.levels.of(rule))
            .map_or(Some(severity), |(level, _)| match level {
                RuleLevel::Off => None,
                RuleLevel::On => Some(severity),
                RuleLevel::Severity(severity) => Some(severity),
            })
    }
}

/// Levels by rule selector. Selectors come in layers (the files of an `extends` chain); the last layer that names a rule
/// decides, and in it the narrowest selector.
#[derive(Debug, Clone, Default)]
pub struct RuleLevels {
    layers: Vec<Vec<(RuleSelector, RuleLevel)>>,
}

impl RuleLevels {
    /// Adds a layer above all others.
    pub fn push(&mut self, layer: Vec<(RuleSelector, RuleLevel)>) {
        if !layer.is_empty() {
            self.layers.push(layer);
        }
    }

    /// What is said about a rule, and whether it was named by its id.
    pub fn of(&self, rule: &RuleMeta) -> Option<(RuleLevel, bool)> {
        self.layers.iter().rev().find_map(|layer| {
            layer
                .iter()
                .filter(|(selector, _)| selector.matches(rule))
                .max_by_key(|(selector, _)| selector.specificity(rule))
                .map(|(selector, level)| (*level, selector.is_id_of(rule)))
        })
    }

    /// Every selector, lowest layer first.
    pub fn selectors(&self) -> impl Iterator<Item = &RuleSelector> {
        self.layers.iter().flatten().map(|(selector, _)| selector)
    }
}

/// Levels for some paths only.
#[derive(Debug, Clone)]
pub struct Override {
    /// Where it holds.
    pub paths: PathGlob,
    /// What holds there.
    pub levels: RuleLevels,
}

/// Globs as in `.gitignore`, relative to a folder.
#[derive(Debug, Clone)]
pub struct PathGlob {
    base: PathBuf,
    patterns: Vec<String>,
    matcher: Gitignore,
}

impl PathGlob {
    /// Compiles globs relative to `base`; the error names the pattern's index and what is wrong with it.
    pub fn new<'a>(base: &Path, patterns: impl IntoIterator<Item = &'a str>) -> Result<Self, (usize, String)> {
        let mut builder = GitignoreBuilder::new(base);
        let mut kept = Vec::new();
        for (index, pattern) in patterns.into_iter().enumerate() {
            // `ignore` takes an error in one pattern for a reason to skip it; here it is a mistake to report.
            let glob = globset::GlobBuilder::new(pattern.trim_start_matches(['!', '/']).trim_end_matches('/'))
                .literal_separator(true)
                .build();
            glob.map_err(|error| (index, error.kind().to_string()))?;
            builder.add_line(None, pattern).map_err(|error| (index, error.to_string()))?;
            kept.push(pattern.to_owned());
        }
        let matcher = builder.build().map_err(|error| (0, error.to_string()))?;
        Ok(Self { base: base.to_owned(), patterns: kept, matcher })
    }

    /// Whether a file, or a folder above it, matches. A file outside the base folder never does.
    pub fn matches(&self, path: &Path) -> bool {
        path.strip_prefix(&self.base)
            .is_ok_and(|relative| self.matcher.matched_path_or_any_parents(relative, false).is_ignore())
    }

    /// The folder that the globs are relative to.
    pub fn base(&self) -> &Path {
        &self.base
    }

    /// The globs as they were written.
    pub fn patterns(&self) -> &[String] {
        &self.patterns
    }
}

/// How suppression comments are treated.
#[derive(Debug, Clone, Default)]
pub struct SuppressionPolicy {
    /// A comment without a reason suppresses nothing.
    pub require_reason: bool,
    /// Other tools' comments that count.
    pub honoured: Vec<ForeignSuppression>,
}
