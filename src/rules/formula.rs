//! Search terms to formulas.

use super::schema::{OneOrManyNames, TermOrPattern, TermsSpec};
use crate::matching::{
    Analysis, And, Comparison, Condition, Formula, Pattern, PatternError, TextRegex, ValueCondition,
};
use crate::syntax::Language;

/// A mistake in a rule, with the keys that lead to it below the rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Mistake {
    pub keys: Vec<String>,
    pub message: String,
    /// 1-based line inside the text at that key.
    pub line: Option<u32>,
    /// Whether the rule is right but asks for what we do not have: it is skipped with a note.
    pub unsupported: bool,
}

impl Mistake {
    pub fn new(key: &str, message: impl Into<String>) -> Self {
        Self { keys: vec![key.to_owned()], message: message.into(), line: None, unsupported: false }
    }

    pub fn unsupported(key: &str, message: impl Into<String>) -> Self {
        Self { unsupported: true, ..Self::new(key, message) }
    }

    fn pattern(key: &str, error: PatternError) -> Self {
        Self { line: error.line, ..Self::new(key, error.message) }
    }

    /// The mistake as seen from one key further out.
    pub fn under(mut self, key: impl Into<String>) -> Self {
        self.keys.insert(0, key.into());
        self
    }
}

/// Compiles the terms at the top of a rule.
pub(super) fn compile(terms: &TermsSpec, language: Language) -> Result<Formula, Mistake> {
    if let Some(formula) = terms.unknown.get("match") {
        let classic = super::modern::classic_terms(formula)?;
        return compile(&classic, language).map_err(|mistake| Mistake { keys: vec!["match".to_owned()], ..mistake });
    }
    reject_unknown(terms)?;
    let mut and = And::default();
    add(terms, language, &mut and)?;
    simplify(and).ok_or_else(|| {
        Mistake::new(
            "patterns",
            "nothing to search for: a rule needs `pattern`, `patterns`, `pattern-either` or `pattern-regex`",
        )
    })
}

fn simplify(mut and: And) -> Option<Formula> {
    if and.positives.is_empty() && and.insides.is_empty() {
        return None;
    }
    let is_single = and.positives.len() == 1
        && and.insides.is_empty()
        && and.nots.is_empty()
        && and.not_regexes.is_empty()
        && and.conditions.is_empty()
        && and.focus.is_empty();
    if is_single { and.positives.pop() } else { Some(Formula::And(Box::new(and))) }
}

/// Keys of Semgrep's that we know of and do not have, and everything else.
fn reject_unknown(terms: &TermsSpec) -> Result<(), Mistake> {
    let Some(key) = terms.unknown.keys().next() else { return Ok(()) };
    let is_semgrep = matches!(
        key.as_str(),
        "match"
            | "taint"
            | "join"
            | "extract"
            | "semgrep-internal-pattern-anywhere"
            | "r2c-internal-project-depends-on"
            | "project-depends-on"
            | "product"
            | "dependencies"
            | "request"
            | "response"
            | "validators"
            | "dest-language"
            | "transform"
            | "reduce"
            | "json"
            | "metavariable-name"
            | "pattern-where-python"
            | "equivalences"
    );
    if is_semgrep {
        return Err(Mistake::unsupported(key, format!("`{key}` is not supported")));
    }
    let hint = crate::suggest::closest(key, KEYS.iter().copied())
        .map_or_else(String::new, |hint| format!("; did you mean `{hint}`?"));
    Err(Mistake::new(key, format!("unknown key `{key}`{hint}")))
}

/// All keys of rules and terms, for hints.
const KEYS: &[&str] = &[
    "id",
    "class",
    "title",
    "severity",
    "confidence",
    "profile",
    "cwe",
    "languages",
    "mode",
    "message",
    "help",
    "references",
    "tags",
    "metadata",
    "options",
    "paths",
    "fix",
    "fix-regex",
    "safe-fix",
    "config",
    "secret",
    "audit",
    "match",
    "pattern",
    "patterns",
    "pattern-either",
    "pattern-regex",
    "pattern-not",
    "pattern-inside",
    "pattern-not-inside",
    "pattern-not-regex",
    "metavariable-regex",
    "metavariable-pattern",
    "metavariable-comparison",
    "metavariable-type",
    "metavariable-value",
    "metavariable-analysis",
    "focus-metavariable",
    "pattern-sources",
    "pattern-sinks",
    "pattern-sanitizers",
    "pattern-propagators",
    "pattern-guards",
    "subject",
    "when",
    "what",
    "from",
    "to",
    "weakness",
    "superseded-by",
    "kit",
    "label",
    "requires",
    "by-side-effect",
    "exact",
    "clears",
    "text-before",
    "mentions",
    "always",
    "in-tests",
    "min-version",
    "max-version",
];

/// Adds the terms of one item to a conjunction.
fn add(terms: &TermsSpec, language: Language, and: &mut And) -> Result<(), Mistake> {
    if let Some(text) = &terms.pattern {
        and.positives.push(pattern("pattern", text, language)?);
    }
    if let Some(items) = &terms.patterns {
        and.positives.push(conjunction(items, language).map_err(|mistake| mistake.under("patterns"))?);
    }
    if let Some(items) = &terms.pattern_either {
        let options = items
            .iter()
            .enumerate()
            .map(|(index, item)| {
                compile(item, language).map_err(|mistake| mistake.under(index.to_string()).under("pattern-either"))
            })
            .collect::<Result<Vec<_>, _>>()?;
        if options.is_empty() {
            return Err(Mistake::new("pattern-either", "an empty list matches nothing"));
        }
        and.positives.push(Formula::Or(options));
    }
    if let Some(source) = &terms.pattern_regex {
        and.positives.push(regex("pattern-regex", source).map(|regex| Formula::Regex(Box::new(regex)))?);
    }
    if let Some(term) = &terms.pattern_inside {
        and.insides.push(term_or_pattern("pattern-inside", term, language)?);
    }
    if let Some(term) = &terms.pattern_not {
        and.nots.push(term_or_pattern("pattern-not", term, language)?);
    }
    if let Some(term) = &terms.pattern_not_inside {
        and.nots.push(term_or_pattern("pattern-not-inside", term, language)?);
    }
    if let Some(source) = &terms.pattern_not_regex {
        and.not_regexes.push(regex("pattern-not-regex", source)?);
    }
    match &terms.focus_metavariable {
        Some(OneOrManyNames::One(name)) => and.focus.push(vec![name.clone()]),
        Some(OneOrManyNames::Many(names)) => and.focus.push(names.clone()),
        None => {}
    }
    add_conditions(terms, language, and)
}

fn add_conditions(terms: &TermsSpec, language: Language, and: &mut And) -> Result<(), Mistake> {
    if let Some(spec) = &terms.metavariable_regex {
        and.conditions.push(Condition::Regex {
            metavariable: spec.metavariable.clone(),
            regex: regex("regex", &spec.regex).map_err(|mistake| mistake.under("metavariable-regex"))?,
            constant: spec.constant_propagation,
        });
    }
    if let Some(spec) = &terms.metavariable_pattern {
        let inner = match &spec.language {
            Some(name) if matches!(name.as_str(), "generic" | "regex" | "none") => Some(Language::Text),
            Some(name) => {
                Some(Language::ALL.into_iter().find(|language| language.name() == name).ok_or_else(|| {
                    Mistake::unsupported("language", format!("language `{name}` is not supported"))
                        .under("metavariable-pattern")
                })?)
            }
            None => None,
        };
        and.conditions.push(Condition::Pattern {
            metavariable: spec.metavariable.clone(),
            language: inner,
            formula: compile(&spec.terms, inner.unwrap_or(language))
                .map_err(|mistake| mistake.under("metavariable-pattern"))?,
            whole: spec.whole,
        });
    }
    if let Some(spec) = &terms.metavariable_comparison {
        and.conditions.push(Condition::Comparison {
            metavariable: spec.metavariable.clone(),
            comparison: Comparison::parse(&spec.comparison)
                .map_err(|error| Mistake::pattern("comparison", error).under("metavariable-comparison"))?,
            base: spec.base,
            strip: spec.strip,
        });
    }
    if let Some(spec) = &terms.metavariable_type {
        let types = spec.type_.iter().chain(&spec.types).map(|name| name.replace("::", ".")).collect();
        and.conditions.push(Condition::Type { metavariable: spec.metavariable.clone(), types });
    }
    if let Some(spec) = &terms.metavariable_value {
        let compiled = |key: &str, source: &Option<String>| {
            source
                .as_ref()
                .map(|source| regex(key, source).map_err(|mistake| mistake.under("metavariable-value")))
                .transpose()
        };
        and.conditions.push(Condition::Value(Box::new(ValueCondition {
            metavariable: spec.metavariable.clone(),
            is: spec.is,
            text: compiled("text", &spec.text)?,
            not_text: compiled("not-text", &spec.not_text)?,
            has_item: spec.has_item.clone(),
            sanitizers: spec.sanitizers.clone(),
            trusted_parts: compiled("trusted-parts", &spec.trusted_parts)?,
            not: spec.not,
        })));
    }
    if let Some(spec) = &terms.metavariable_analysis {
        let analysis = Analysis::named(&spec.analyzer).ok_or_else(|| {
            Mistake::unsupported("analyzer", format!("the analysis `{}` is not supported", spec.analyzer))
                .under("metavariable-analysis")
        })?;
        and.conditions.push(Condition::Analysis { metavariable: spec.metavariable.clone(), analysis });
    }
    Ok(())
}

fn conjunction(items: &[TermsSpec], language: Language) -> Result<Formula, Mistake> {
    let mut and = And::default();
    for (index, item) in items.iter().enumerate() {
        reject_unknown(item)
            .and_then(|()| add(item, language, &mut and))
            .map_err(|mistake| mistake.under(index.to_string()))?;
    }
    simplify(and).ok_or_else(|| Mistake {
        keys: Vec::new(),
        ..Mistake::new("", "nothing in this list says what to look for: it needs a `pattern`")
    })
}

fn term_or_pattern(key: &str, term: &TermOrPattern, language: Language) -> Result<Formula, Mistake> {
    match term {
        TermOrPattern::Pattern(text) => pattern(key, text, language),
        TermOrPattern::Terms(terms) => compile(terms, language).map_err(|mistake| mistake.under(key)),
    }
}

fn pattern(key: &str, text: &str, language: Language) -> Result<Formula, Mistake> {
    if language == Language::Text {
        return Err(Mistake::unsupported(key, "only `pattern-regex` works on plain text"));
    }
    Pattern::parse(text, language)
        .map(|pattern| Formula::Pattern(Box::new(pattern)))
        .map_err(|error| Mistake::pattern(key, error))
}

fn regex(key: &str, source: &str) -> Result<TextRegex, Mistake> {
    TextRegex::new(source).map_err(|error| Mistake::pattern(key, error))
}
