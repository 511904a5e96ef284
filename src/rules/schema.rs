//! The shape of a rule file: Semgrep's keys, and ours on top.

pub use super::taint::schema::{
    BySideEffect, GuardSpec, KitFile, KitSpec, PropagatorSpec, RequiresSpec, SanitizerSpec, SinkSpec, SourceSpec,
};
use crate::findings::{Confidence, Profile};
use crate::flow::taint::Weakness;
use crate::matching::ValueIs;
use crate::query::ConfigSpec;
use crate::secrets::SecretSpec;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A rule file.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RuleFile {
    /// The rules.
    pub rules: Vec<RuleSpec>,
}

/// One rule.
///
/// Keys of Semgrep mean what Semgrep's documentation says. A rule of ours names its `class`, `title`, `severity` in our
/// words, `confidence`, `profile`, `cwe` and `help`; a rule written for Semgrep keeps these in `metadata`.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", default)]
pub struct RuleSpec {
    /// `<pack>/<check-class>[-variant]`, or any id of letters, digits, `.`, `-`, `_`.
    pub id: String,
    /// The check class without pack and variant.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub class: Option<String>,
    /// One line, no final stop.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// `critical`, `high`, `medium`, `low`, `info`; or Semgrep's `ERROR`, `WARNING`, `INFO`, `HIGH`, ...
    pub severity: String,
    /// How sure the rule is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub confidence: Option<Confidence>,
    /// From which profile on it reports.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub profile: Option<Profile>,
    /// CWE numbers, the most specific first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub cwe: Vec<u32>,
    /// Names of languages (`python`) or kinds of files (`compose`), or `any`.
    pub languages: Vec<String>,
    /// How the rule looks: `search` (left out), `taint`, `config`, `secret`, `audit`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mode: Option<String>,
    /// What is wrong; metavariables or `{captures}` are filled in.
    pub message: String,
    /// Markdown: why it matters, what to do instead, with a bad and a good example.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub help: Option<String>,
    /// Links to sources.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub references: Vec<String>,
    /// Further tags.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    /// Free data; `cwe`, `confidence`, `references`, `owasp` of rules written for Semgrep are read from here.
    #[serde(skip_serializing_if = "Value::is_null")]
    pub metadata: Value,
    /// Semgrep's engine options. Of them only `taint_assume_safe_functions` is read (functions that are not known give back
    /// nothing of what they are given); constant propagation and import resolution are always on.
    #[serde(skip_serializing_if = "Value::is_null")]
    pub options: Value,
    /// Which paths the rule reads.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub paths: Option<PathsSpec>,
    /// Replacement of the matched text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fix: Option<String>,
    /// Replacement by regular expression.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fix_regex: Option<FixRegexSpec>,
    /// Whether the program means the same after the fix, but for the defect.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub safe_fix: bool,
    /// Whether the rule reads test code (`tests/`, `test_*.py`, `#[cfg(test)]`, ...). Left out: rules with `class` and
    /// `profile` do not, others do.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub in_tests: Option<bool>,
    /// Semgrep: oldest version that the rule was written for. Unread.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min_version: Option<String>,
    /// Semgrep: newest version that the rule was written for. Unread.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_version: Option<String>,
    /// The search terms.
    #[serde(flatten)]
    pub terms: TermsSpec,
    /// `mode: config`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub config: Option<ConfigSpec>,
    /// `mode: secret`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub secret: Option<SecretSpec>,
    /// `mode: audit`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub audit: Option<AuditSpec>,
    /// `mode: taint`: where untrusted values come from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pattern_sources: Option<Vec<SourceSpec>>,
    /// `mode: taint`: where they do harm.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pattern_sinks: Option<Vec<SinkSpec>>,
    /// `mode: taint`: what makes them harmless.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pattern_sanitizers: Option<Vec<SanitizerSpec>>,
    /// Ours, `mode: taint`: conditions that prove them harmless.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pattern_guards: Option<Vec<GuardSpec>>,
    /// `mode: taint`: calls that carry them from one expression to another.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pattern_propagators: Option<Vec<PropagatorSpec>>,
    /// Ours, `mode: taint`: what the sinks are weak against. Guards and sanitizers that are known to protect against it
    /// clear the value.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub weakness: Option<Weakness>,
    /// Ours: rules that say more about the same place. Where one of them reports, this rule is silent. An id, or a class
    /// of the same pack with all its variants (`python/sql-injection-*`).
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub superseded_by: Vec<String>,
}

/// A check written in Rust.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct AuditSpec {
    /// Its name.
    pub check: String,
    /// Which of its variants the rule reports.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub variant: Option<String>,
}

/// Globs of paths.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct PathsSpec {
    /// Only these.
    pub include: Vec<String>,
    /// Not these.
    pub exclude: Vec<String>,
}

/// Semgrep's `fix-regex`.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FixRegexSpec {
    /// What is replaced in the matched text.
    pub regex: String,
    /// By what; `\1` are groups.
    pub replacement: String,
    /// How often; always when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub count: Option<usize>,
}

/// Search terms: exactly one of the patterns at the top of a rule; one key in an item of `patterns`.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", default)]
pub struct TermsSpec {
    /// Code with holes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pattern: Option<String>,
    /// All of these.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub patterns: Option<Vec<TermsSpec>>,
    /// Any of these.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pattern_either: Option<Vec<TermsSpec>>,
    /// A regular expression over the text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pattern_regex: Option<String>,
    /// Not where this matches.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pattern_not: Option<TermOrPattern>,
    /// Inside a match of this.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pattern_inside: Option<TermOrPattern>,
    /// Not inside a match of this.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pattern_not_inside: Option<TermOrPattern>,
    /// Not inside a match of this expression.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pattern_not_regex: Option<String>,
    /// Condition on a metavariable's text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub metavariable_regex: Option<MetavariableRegexSpec>,
    /// Condition on what a metavariable stands for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub metavariable_pattern: Option<Box<MetavariablePatternSpec>>,
    /// Condition by computation.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub metavariable_comparison: Option<MetavariableComparisonSpec>,
    /// Condition on the type or maker of an expression.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub metavariable_type: Option<MetavariableTypeSpec>,
    /// Ours: condition on the value of an expression.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub metavariable_value: Option<MetavariableValueSpec>,
    /// Semgrep's named analyses (`entropy`, `redos`).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub metavariable_analysis: Option<MetavariableAnalysisSpec>,
    /// Reports what the metavariable stands for, not the whole match.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub focus_metavariable: Option<OneOrManyNames>,
    /// What no key above takes; anything here is a mistake, named when the rule is compiled.
    #[serde(flatten)]
    #[schemars(skip)]
    pub unknown: serde_json::Map<String, Value>,
}

/// A pattern, or terms.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum TermOrPattern {
    /// Code with holes.
    Pattern(String),
    /// Terms.
    Terms(Box<TermsSpec>),
}

/// One name or several.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum OneOrManyNames {
    /// One.
    One(String),
    /// Several.
    Many(Vec<String>),
}

/// `metavariable-regex`.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct MetavariableRegexSpec {
    /// The metavariable.
    pub metavariable: String,
    /// Must match from the beginning of the text on.
    pub regex: String,
    /// Whether the value of a constant counts instead of its text.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub constant_propagation: bool,
}

/// `metavariable-pattern`.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct MetavariablePatternSpec {
    /// The metavariable.
    pub metavariable: String,
    /// The language of a string's content.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    /// Ours: whether the terms must match all that the metavariable stands for, not a part of it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub whole: bool,
    /// The terms.
    #[serde(flatten)]
    pub terms: TermsSpec,
}

/// `metavariable-comparison`.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct MetavariableComparisonSpec {
    /// The metavariable that `base` and `strip` are for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub metavariable: Option<String>,
    /// A Python expression over metavariables.
    pub comparison: String,
    /// Base of the number in a string.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub base: Option<u32>,
    /// Whether quotes are stripped.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub strip: bool,
}

/// `metavariable-type`.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct MetavariableTypeSpec {
    /// The metavariable.
    pub metavariable: String,
    /// Its type, or the qualified name of what makes it.
    #[serde(default, rename = "type", skip_serializing_if = "Option::is_none")]
    pub type_: Option<String>,
    /// Any of these.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub types: Vec<String>,
}

/// `metavariable-value`: what is known of the value of the expression that a metavariable stands for.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct MetavariableValueSpec {
    /// The metavariable.
    pub metavariable: String,
    /// The class of the value.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub is: Option<ValueIs>,
    /// Must match somewhere in the constant, or in the text with `{}` for what is not known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// Must match nowhere in it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub not_text: Option<String>,
    /// A text that the value is, or that stands among its items when it is a list.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub has_item: Option<String>,
    /// For `built`: functions whose result is harmless in the text (`shlex.quote`); qualified names, or last names.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sanitizers: Vec<String>,
    /// For `built`: parts whose source text matches this from its beginning on are not open (`self.table_name`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trusted_parts: Option<String>,
    /// Turns the condition round.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub not: bool,
}

/// `metavariable-analysis`.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct MetavariableAnalysisSpec {
    /// The analysis.
    pub analyzer: String,
    /// The metavariable.
    pub metavariable: String,
}
