//! A rule's specification to a rule that can run.

use super::formula::{self, Mistake};
use super::schema::{RuleSpec, TermsSpec};
use super::taint::kits::Kits;
use super::taint::{self, TaintCheck};
use crate::audits::{self, Audit, ProjectAudit};
use crate::findings::{Confidence, Profile, RuleMeta, Severity};
use crate::matching::{Clause, Formula, required_literals};
use crate::query::ConfigQuery;
use crate::secrets::Detector;
use crate::syntax::{FileKind, Language};
use globset::{Glob, GlobSet, GlobSetBuilder};
use serde_json::Value;
use std::sync::{Arc, LazyLock};

/// A rule ready to run.
#[derive(Debug)]
pub struct Rule {
    /// What reports say about it.
    pub meta: Arc<RuleMeta>,
    /// The message with metavariables or captures still in it.
    pub message: String,
    /// Kinds of files that it reads; empty means all.
    pub kinds: Vec<FileKind>,
    /// Whether it reads test code.
    pub in_tests: bool,
    /// Paths that it reads.
    pub paths: Option<PathFilter>,
    /// How it looks.
    pub check: Check,
    /// How it mends.
    pub fix: Option<RuleFix>,
    /// Literals that must stand in a text for the rule to match: of each clause at least one.
    pub literals: Vec<Clause>,
    /// Rules that say more about the same place: where one of them reports, this one is silent.
    pub superseded_by: Vec<Supersession>,
}

/// Which rules another one gives way to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Supersession {
    /// The rule with this id.
    Id(String),
    /// Rules whose id begins like that.
    Prefix(String),
}

impl Supersession {
    fn new(text: &str) -> Self {
        match text.strip_suffix('*') {
            Some(prefix) => Self::Prefix(prefix.to_owned()),
            None => Self::Id(text.to_owned()),
        }
    }

    /// Whether a rule is one of them.
    pub fn names(&self, id: &str) -> bool {
        match self {
            Self::Id(wanted) => wanted == id,
            Self::Prefix(prefix) => id.starts_with(prefix.as_str()),
        }
    }
}

/// How a rule looks.
#[derive(Debug)]
pub enum Check {
    /// By patterns, on trees of these languages.
    Search(Vec<(Language, Formula)>),
    /// By values that flow from sources to sinks.
    Taint(Box<TaintCheck>),
    /// By regular expressions over the text of any file.
    Text(Formula),
    /// By a query over configuration.
    Config(Box<ConfigQuery>),
    /// By a secret detector; the rule set takes it out to run all of them together.
    Secret(Option<Box<Detector>>),
    /// By a check written in Rust.
    Audit {
        /// The check.
        audit: &'static Audit,
        /// The variant that this rule reports.
        variant: Option<String>,
    },
    /// By a check of the whole project.
    ProjectAudit {
        /// The check.
        audit: &'static ProjectAudit,
        /// The variant that this rule reports.
        variant: Option<String>,
    },
}

/// A rule's way of mending.
#[derive(Debug, Clone)]
pub struct RuleFix {
    /// Replacement of the matched text, metavariables still in it.
    pub replacement: FixKind,
    /// Whether the program means the same afterwards, but for the defect.
    pub safe: bool,
}

/// What a fix replaces.
#[derive(Debug, Clone)]
pub enum FixKind {
    /// The whole match.
    Whole(String),
    /// What a regular expression finds in the match, so many times.
    Regex(regex::Regex, String, usize),
}

/// Globs of paths that a rule reads.
#[derive(Debug, Clone)]
pub struct PathFilter {
    include: Option<GlobSet>,
    exclude: GlobSet,
}

impl PathFilter {
    /// Whether the rule reads a path (`/` separated). Globs without a slash match any component, as Semgrep has it.
    pub fn admits(&self, path: &str) -> bool {
        self.include.as_ref().is_none_or(|include| include.is_match(path)) && !self.exclude.is_match(path)
    }

    fn compile(spec: &super::schema::PathsSpec) -> Result<Self, Mistake> {
        let set = |key: &str, globs: &[String]| {
            let mut builder = GlobSetBuilder::new();
            for glob in globs {
                let glob = glob.trim_start_matches("./").trim_start_matches('/');
                let variants: Vec<String> = if glob.starts_with("**") {
                    vec![glob.to_owned(), format!("{glob}/**")]
                } else {
                    vec![format!("**/{glob}"), format!("**/{glob}/**")]
                };
                for variant in variants {
                    builder
                        .add(Glob::new(&variant).map_err(|error| Mistake::new(key, error.to_string()).under("paths"))?);
                }
            }
            builder.build().map_err(|error| Mistake::new(key, error.to_string()).under("paths"))
        };
        Ok(Self {
            include: if spec.include.is_empty() { None } else { Some(set("include", &spec.include)?) },
            exclude: set("exclude", &spec.exclude)?,
        })
    }
}

/// Which languages and kinds the names in `languages` mean.
#[derive(Debug, Default)]
struct Targets {
    languages: Vec<Language>,
    kinds: Vec<FileKind>,
    any: bool,
    unknown: Vec<String>,
}

impl Targets {
    fn new(names: &[String]) -> Self {
        let mut targets = Self::default();
        for name in names {
            let name = name.to_ascii_lowercase();
            let language = match name.as_str() {
                "py" | "python2" | "python3" => Some(Language::Python),
                "rs" => Some(Language::Rust),
                "docker" => Some(Language::Dockerfile),
                "sh" | "shell" => Some(Language::Shell),
                "yml" => Some(Language::Yaml),
                "any" | "generic" | "regex" | "none" => {
                    targets.any = true;
                    continue;
                }
                _ => Language::ALL.into_iter().find(|language| language.name() == name),
            };
            // A name that is both (`json`, `yaml`) means the language: every kind written in it.
            match (language, FileKind::ALL.into_iter().find(|kind| kind.name() == name)) {
                (Some(language), _) => targets.languages.push(language),
                (None, Some(kind)) => {
                    targets.kinds.push(kind);
                    if !targets.languages.contains(&kind.language()) {
                        targets.languages.push(kind.language());
                    }
                }
                (None, None) => targets.unknown.push(name),
            }
        }
        targets
    }
}

impl Targets {
    /// Every kind that is named, or written in a language that is named; none for `any`. Markdown and notebooks hold code
    /// of any language and are decided tree by tree.
    fn read_kinds(&self) -> Vec<FileKind> {
        if self.any {
            return Vec::new();
        }
        let by_kind: Vec<Language> = self.kinds.iter().map(|kind| kind.language()).collect();
        FileKind::ALL
            .into_iter()
            .filter(|kind| {
                self.kinds.contains(kind)
                    || (self.languages.contains(&kind.language()) && !by_kind.contains(&kind.language()))
            })
            .collect()
    }
}

/// Whether a rule is written in our words: such a rule leaves test code alone unless it says otherwise.
fn is_ours(spec: &RuleSpec) -> bool {
    spec.class.is_some() && spec.profile.is_some()
}

/// Compiles a rule.
pub(super) fn compile(spec: &RuleSpec, kits: &Kits) -> Result<Rule, Mistake> {
    if spec.id.is_empty() {
        return Err(Mistake::new("id", "a rule needs an `id`"));
    }
    if spec.message.is_empty() {
        return Err(Mistake::new("message", "a rule needs a `message`"));
    }
    let targets = Targets::new(&spec.languages);
    if targets.languages.is_empty() && targets.kinds.is_empty() && !targets.any {
        return Err(match targets.unknown.first() {
            Some(name) => Mistake::unsupported("languages", format!("language `{name}` is not supported")),
            None => Mistake::new("languages", "a rule needs `languages`"),
        });
    }
    let check = compile_check(spec, &targets, kits)?;
    let in_tests = spec.in_tests.unwrap_or_else(|| !is_ours(spec));
    Ok(Rule {
        meta: Arc::new(meta(spec)?),
        message: spec.message.trim_end().to_owned(),
        kinds: targets.read_kinds(),
        in_tests,
        paths: spec.paths.as_ref().map(PathFilter::compile).transpose()?,
        literals: literals(&check),
        check,
        fix: fix(spec)?,
        superseded_by: spec.superseded_by.iter().map(|text| Supersession::new(text)).collect(),
    })
}

fn compile_check(spec: &RuleSpec, targets: &Targets, kits: &Kits) -> Result<Check, Mistake> {
    let terms = &spec.terms;
    let mode = spec.mode.as_deref().unwrap_or("search");
    if mode == "taint" {
        return taint::compile::compile(spec, &targets.languages, kits).map(|check| Check::Taint(Box::new(check)));
    }
    let is_taint = [
        ("pattern-sources", spec.pattern_sources.is_some()),
        ("pattern-sinks", spec.pattern_sinks.is_some()),
        ("pattern-sanitizers", spec.pattern_sanitizers.is_some()),
        ("pattern-propagators", spec.pattern_propagators.is_some()),
        ("pattern-guards", spec.pattern_guards.is_some()),
        ("weakness", spec.weakness.is_some()),
    ];
    if let Some((key, _)) = is_taint.iter().find(|(_, is_there)| *is_there) {
        return Err(Mistake::new(key, format!("`{key}` is for `mode: taint`")));
    }
    if mode == "search" {
        return compile_search(terms, targets);
    }
    if let Some(key) = terms.unknown.keys().next().filter(|_| matches!(mode, "config" | "secret" | "audit")) {
        return Err(Mistake::new(key, format!("unknown key `{key}`")));
    }
    let missing = |key: &str| Mistake::new("mode", format!("`mode: {mode}` needs the key `{key}`"));
    match mode {
        "config" => {
            let config = spec.config.as_ref().ok_or_else(|| missing("config"))?;
            let query = config.compile().map_err(|error| nested("config", error.key_path, error.message))?;
            Ok(Check::Config(Box::new(query)))
        }
        "secret" => {
            let secret = spec.secret.as_ref().ok_or_else(|| missing("secret"))?;
            let detector = secret.compile_lazily().map_err(|error| nested("secret", error.key_path, error.message))?;
            Ok(Check::Secret(Some(Box::new(detector))))
        }
        "audit" => {
            let wanted = spec.audit.as_ref().ok_or_else(|| missing("audit"))?;
            let variant = wanted.variant.clone();
            let (variants, check) = match (audits::audit(&wanted.check), audits::project_audit(&wanted.check)) {
                (Some(audit), _) => (audit.variants, Check::Audit { audit, variant }),
                (None, Some(audit)) => (audit.variants, Check::ProjectAudit { audit, variant }),
                (None, None) => {
                    let message = format!("there is no check `{}`", wanted.check);
                    return Err(Mistake::new("check", message).under("audit"));
                }
            };
            if let Some(variant) = &wanted.variant
                && !variants.contains(&variant.as_str())
            {
                return Err(
                    Mistake::new("variant", format!("`{}` has no variant `{variant}`", wanted.check)).under("audit")
                );
            }
            Ok(check)
        }
        "join" | "extract" | "secrets" | "supply_chain" | "sca" | "steps" => {
            Err(Mistake::unsupported("mode", format!("`mode: {mode}` is not supported")))
        }
        _ => Err(Mistake::new("mode", format!("unknown mode `{mode}`: search, taint, config, secret or audit"))),
    }
}

fn nested(key: &str, mut keys: Vec<String>, message: String) -> Mistake {
    keys.insert(0, key.to_owned());
    Mistake { keys, message, line: None, unsupported: false }
}

fn compile_search(terms: &TermsSpec, targets: &Targets) -> Result<Check, Mistake> {
    if targets.languages.is_empty() {
        return formula::compile(terms, Language::Text).map(Check::Text);
    }
    let compiled = targets
        .languages
        .iter()
        .map(|&language| Ok((language, formula::compile(terms, language)?)))
        .collect::<Result<Vec<_>, _>>()?;
    Ok(Check::Search(compiled))
}

fn literals(check: &Check) -> Vec<Clause> {
    match check {
        Check::Search(formulas) => match formulas.as_slice() {
            [(_, formula)] => required_literals(formula),
            _ => Vec::new(),
        },
        Check::Config(query) => query.literals().into_iter().collect(),
        Check::Text(_) | Check::Taint(_) | Check::Secret(_) | Check::Audit { .. } | Check::ProjectAudit { .. } => {
            Vec::new()
        }
    }
}

/// A group as Python writes it.
static GROUP: LazyLock<Option<regex::Regex>> = LazyLock::new(|| regex::Regex::new(r"\\(\d)").ok());

fn fix(spec: &RuleSpec) -> Result<Option<RuleFix>, Mistake> {
    let replacement = match (&spec.fix, &spec.fix_regex) {
        (Some(text), _) => FixKind::Whole(text.trim_end().to_owned()),
        (None, Some(fix)) => {
            let regex = regex::Regex::new(&fix.regex)
                .map_err(|error| Mistake::new("regex", error.to_string()).under("fix-regex"))?;
            // Python writes groups as \1, this engine as ${1}.
            let replacement = GROUP.as_ref().map_or_else(
                || fix.replacement.clone(),
                |group| group.replace_all(&fix.replacement, "$${$1}").into_owned(),
            );
            FixKind::Regex(regex, replacement, fix.count.unwrap_or(0))
        }
        (None, None) => return Ok(None),
    };
    Ok(Some(RuleFix { replacement, safe: spec.safe_fix }))
}

fn meta(spec: &RuleSpec) -> Result<RuleMeta, Mistake> {
    let metadata = &spec.metadata;
    let class = spec.class.clone().unwrap_or_else(|| {
        let last = spec.id.rsplit(['/', '.']).next().unwrap_or(&spec.id);
        last.to_owned()
    });
    let message = spec.message.split_whitespace().collect::<Vec<_>>().join(" ");
    let title = spec.title.clone().or_else(|| text(&metadata["shortDescription"])).unwrap_or_else(|| {
        let sentence = message.split(". ").next().unwrap_or(&message).trim_end_matches('.');
        // What `$X` stands for differs from finding to finding; a title is the rule's.
        without_metavariables(sentence).chars().take(120).collect()
    });
    let references = if spec.references.is_empty() { texts(&metadata["references"]) } else { spec.references.clone() };
    let cwe = if spec.cwe.is_empty() {
        texts(&metadata["cwe"]).iter().filter_map(|name| cwe_number(name)).collect()
    } else {
        spec.cwe.clone()
    };
    let help = spec
        .help
        .clone()
        .unwrap_or_else(|| references.iter().fold(format!("{message}\n"), |help, link| format!("{help}\n- <{link}>")));
    Ok(RuleMeta {
        id: spec.id.as_str().into(),
        class,
        title,
        severity: severity(&spec.severity)?,
        confidence: spec.confidence.unwrap_or_else(|| confidence(&metadata["confidence"])),
        profile: spec.profile.unwrap_or(Profile::Default),
        cwe,
        help,
        references,
        languages: spec.languages.clone(),
        tags: spec.tags.clone(),
    })
}

/// A text with `…` for each metavariable.
fn without_metavariables(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('$') {
        let name = &rest[at + 1..];
        let length =
            name.find(|c: char| !(c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_')).unwrap_or(name.len());
        out.push_str(&rest[..at]);
        out.push(if length == 0 { '$' } else { '…' });
        rest = &name[length..];
    }
    out + rest
}

fn severity(name: &str) -> Result<Severity, Mistake> {
    match name.to_ascii_lowercase().as_str() {
        "critical" => Ok(Severity::Critical),
        "high" | "error" => Ok(Severity::High),
        "medium" | "warning" => Ok(Severity::Medium),
        "low" => Ok(Severity::Low),
        "info" | "inventory" | "experiment" => Ok(Severity::Info),
        _ => Err(Mistake::new("severity", format!("unknown severity `{name}`: critical, high, medium, low or info"))),
    }
}

fn confidence(value: &Value) -> Confidence {
    match value.as_str().map(str::to_ascii_lowercase).as_deref() {
        Some("high") => Confidence::High,
        Some("low") => Confidence::Low,
        _ => Confidence::Medium,
    }
}

/// `CWE-89: Improper Neutralization ...`, `89`.
fn cwe_number(text: &str) -> Option<u32> {
    let digits = text.trim().trim_start_matches("CWE-");
    let end = digits.find(|c: char| !c.is_ascii_digit()).unwrap_or(digits.len());
    digits[..end].parse().ok()
}

fn text(value: &Value) -> Option<String> {
    value.as_str().map(str::to_owned)
}

fn texts(value: &Value) -> Vec<String> {
    match value {
        Value::String(text) => vec![text.clone()],
        Value::Array(items) => items.iter().filter_map(text).collect(),
        _ => Vec::new(),
    }
}
