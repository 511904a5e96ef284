//! The shape of the keys of `mode: taint`, and of a kit file.
//!
//! The keys are Semgrep's, with some of ours: `kit` stands for the terms of a kit, `pattern-guards` lists conditions that
//! prove a value harmless, and `clears` says what a sanitizer or a guard of a kit protects against.

use super::super::schema::TermsSpec;
use crate::flow::taint::Weakness;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A file of kits: lists of sources, sinks and sanitizers that rules name.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct KitFile {
    /// The kits.
    pub kits: Vec<KitSpec>,
}

/// A named list of terms. Kits of one name, for several languages or in several files, are one kit.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct KitSpec {
    /// The name that rules use.
    pub id: String,
    /// What it holds, in one sentence.
    pub title: String,
    /// The languages of its patterns.
    pub languages: Vec<String>,
    /// Words of which one must stand in a file for the patterns to be looked for there, whatever its case.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub mentions: Vec<String>,
    /// Whether every taint rule uses it that names a weakness, without naming the kit.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub always: bool,
    /// What rules get that name the kit among their sources.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub pattern_sources: Vec<SourceSpec>,
    /// What rules get that name the kit among their sinks.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub pattern_sinks: Vec<SinkSpec>,
    /// What rules get that name the kit among their sanitizers.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub pattern_sanitizers: Vec<SanitizerSpec>,
    /// What rules get that name the kit among their guards.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub pattern_guards: Vec<GuardSpec>,
    /// What rules get that name the kit among their propagators.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub pattern_propagators: Vec<PropagatorSpec>,
}

/// One term of `pattern-sources`.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", default)]
pub struct SourceSpec {
    /// Ours: the sources of a kit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kit: Option<String>,
    /// Ours: what comes in, in a few words without article or stop, for the first step of the flow (`request data`).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub what: Option<String>,
    /// What values from here are called in `requires`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// It is a source only for values that carry these labels already.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub requires: Option<String>,
    /// Whether the variable that matches is tainted from here on, and not this expression alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by_side_effect: Option<BySideEffect>,
    /// Whether only the whole match is a source, not the expressions in it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub exact: Option<bool>,
    /// Semgrep: whether what runs after the match is tainted. Not supported.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub control: Option<bool>,
    /// What to look for.
    #[serde(flatten)]
    pub terms: TermsSpec,
}

/// One term of `pattern-sinks`.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", default)]
pub struct SinkSpec {
    /// Ours: the sinks of a kit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kit: Option<String>,
    /// Which labels must arrive.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub requires: Option<RequiresSpec>,
    /// Whether only the whole match is a sink (left out: yes), or every expression in it too.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub exact: Option<bool>,
    /// Semgrep: whether the sink counts only where the function ends. Not supported.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at_exit: Option<bool>,
    /// What to look for.
    #[serde(flatten)]
    pub terms: TermsSpec,
}

/// One term of `pattern-sanitizers`.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", default)]
pub struct SanitizerSpec {
    /// Ours: the sanitizers of a kit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kit: Option<String>,
    /// Ours, in a kit: only rules with one of these weaknesses are served. Left out: all rules that use the kit.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub clears: Vec<Weakness>,
    /// Whether the variable that matches is clean from here on, and not this expression alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by_side_effect: Option<BySideEffect>,
    /// Whether only the whole match is clean, not the expressions in it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub exact: Option<bool>,
    /// Ours, in place of patterns: a value is harmless in the rest of a text that begins like this (a regular expression
    /// on what stands before the value, `{}` for what is not known there).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text_before: Option<String>,
    /// Semgrep: deprecated there. Not supported.
    #[serde(rename = "not_conflicting", skip_serializing_if = "Option::is_none")]
    pub not_conflicting: Option<bool>,
    /// What to look for.
    #[serde(flatten)]
    pub terms: TermsSpec,
}

/// One term of `pattern-guards`: a condition that proves something about a value.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", default)]
pub struct GuardSpec {
    /// The guards of a kit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kit: Option<String>,
    /// In a kit: only rules with one of these weaknesses are served. Left out: all rules that use the kit.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub clears: Vec<Weakness>,
    /// The metavariable that the condition speaks of.
    pub subject: String,
    /// The truth of the condition that proves it. Left out: true.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub when: Option<bool>,
    /// The condition.
    #[serde(flatten)]
    pub terms: TermsSpec,
}

/// One term of `pattern-propagators`.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", default)]
pub struct PropagatorSpec {
    /// Ours: the propagators of a kit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kit: Option<String>,
    /// The metavariable that the value comes from.
    pub from: String,
    /// The metavariable that it goes to.
    pub to: String,
    /// Whether the variable that `to` stands for is tainted from here on. Left out: yes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by_side_effect: Option<bool>,
    /// Semgrep: what the value is called afterwards. Not supported.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// Semgrep: which labels `label` takes the place of. Not supported.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub replace_labels: Option<Vec<String>>,
    /// It carries only values with one of these labels (`A or B`).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub requires: Option<String>,
    /// What to look for.
    #[serde(flatten)]
    pub terms: TermsSpec,
}

/// `by-side-effect`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum BySideEffect {
    /// `true` or `false`.
    Also(bool),
    /// `only`: the variable, but not the expression that matches.
    Only(OnlyWord),
}

/// The word `only`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum OnlyWord {
    /// `only`.
    Only,
}

/// `requires` of a sink.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum RequiresSpec {
    /// Of the value that arrives: `A and (B or not C)`.
    Labels(String),
    /// Of what metavariables of the sink stand for; all must hold.
    Metavariables(Vec<std::collections::BTreeMap<String, String>>),
}
