//! Patterns against trees: Semgrep's matching language on the one tree.
//!
//! A pattern is code with holes. [`Pattern::parse`] makes it from text with the language's own front end, `Matcher` finds
//! all ways in which it matches a node, and [`evaluate`](evaluate::evaluate) combines patterns as a rule's formula says.
//! This module knows trees, names and values; it knows no rule file, no file system and no report.

mod analysis;
mod bindings;
mod candidates;
mod comparison;
mod compound;
mod conditions;
mod conversion;
mod evaluate;
mod formula;
mod index;
mod interpolate;
mod matcher;
mod pattern;
mod pattern_tree;
mod prefilter;
mod qualified;
mod rewrite;
mod rewrite_configuration;
mod scope;
mod sequences;
mod spans;
mod statements;
mod structure;
#[cfg(test)]
mod tests;
mod text_regex;

pub use analysis::Analysis;
pub use bindings::{Binding, Bindings, Match};
pub use comparison::Comparison;
pub use conditions::{Condition, ValueCondition, ValueIs};
pub use evaluate::{Context, evaluate};
pub use formula::{And, Formula};
pub use index::TreeIndex;
pub use interpolate::interpolate;
pub use pattern::{Pattern, PatternError};
pub use prefilter::{Clause, required_literals};
pub use text_regex::TextRegex;
