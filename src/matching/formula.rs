//! Formulas: patterns combined as a rule says.

use super::conditions::Condition;
use super::pattern::Pattern;
use super::text_regex::TextRegex;

/// What a search rule asks for, in one language.
#[derive(Debug, Clone)]
pub enum Formula {
    /// `pattern`.
    Pattern(Box<Pattern>),
    /// `pattern-regex`, over the text.
    Regex(Box<TextRegex>),
    /// `pattern-either`.
    Or(Vec<Formula>),
    /// `patterns`.
    And(Box<And>),
}

/// Terms of `patterns` that must hold together, whatever their order in the rule.
#[derive(Debug, Clone, Default)]
pub struct And {
    /// `pattern`, `pattern-either`, `patterns`, `pattern-regex`: ranges that must nest.
    pub positives: Vec<Formula>,
    /// `pattern-inside`: ranges that must be around.
    pub insides: Vec<Formula>,
    /// `pattern-not`, `pattern-not-inside`: ranges that must not be around.
    pub nots: Vec<Formula>,
    /// `pattern-not-regex`: ranges that must not overlap.
    pub not_regexes: Vec<TextRegex>,
    /// `metavariable-*`.
    pub conditions: Vec<Condition>,
    /// `focus-metavariable`: each item narrows the range to one of its metavariables.
    pub focus: Vec<Vec<String>>,
}
