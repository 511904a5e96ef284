//! `mode: taint`: sources, sinks, sanitizers and propagators of a rule, ready to be matched.
//!
//! [`schema`] is what a rule file says, [`compile`] makes formulas of it, [`kits`] holds the lists that many rules share.
//! Matching the formulas on a tree is the engine's work, following values is that of [`crate::flow`].

pub(super) mod compile;
pub(super) mod kits;
mod requires;
pub mod schema;
#[cfg(test)]
mod tests;

use crate::flow::taint::Weakness;
use crate::matching::{Clause, Formula, TextRegex};
use crate::syntax::Language;
pub use requires::LabelCondition;
use std::sync::Arc;

/// What a taint rule looks for.
#[derive(Debug)]
pub struct TaintCheck {
    /// What the sinks are weak against.
    pub weakness: Option<Weakness>,
    /// The names of the labels that sources give; the first is that of sources without `label`.
    pub labels: Vec<String>,
    /// The terms, by language.
    pub languages: Vec<(Language, TaintTerms)>,
    /// Whether the parameters of request handlers, which the model of the framework knows, are sources, and of which label.
    pub request_labels: Vec<u8>,
    /// Semgrep's options for the flow of values.
    pub options: TaintOptions,
}

/// Semgrep's options for the flow of values.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct TaintOptions {
    /// `taint_assume_safe_functions`: a call whose function is not known does not hand its arguments on.
    pub safe_functions: bool,
}

/// The terms of a rule in one language.
#[derive(Debug, Clone, Default)]
pub struct TaintTerms {
    /// Where values come from.
    pub sources: Vec<SourceTerm>,
    /// Where they do harm.
    pub sinks: Vec<SinkTerm>,
    /// What clears them.
    pub sanitizers: Vec<SanitizerTerm>,
    /// What proves them harmless.
    pub guards: Vec<GuardTerm>,
    /// What carries them.
    pub propagators: Vec<PropagatorTerm>,
}

/// A search that several rules may share: it is made once for all of them.
#[derive(Debug)]
pub struct Search {
    /// What to look for.
    pub wanted: Wanted,
    /// Literals that must stand in a text for it to match: of each clause at least one.
    pub literals: Vec<Clause>,
}

/// What a search looks for.
#[derive(Debug)]
pub enum Wanted {
    /// Places that a formula matches.
    Formula(Formula),
    /// Values that are put into a text behind this.
    TextBefore(TextRegex),
}

/// Whether a match means the variable, the expression, or both.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// The expression alone.
    Expression,
    /// The expression, and the variable from there on.
    Both,
    /// The variable from there on.
    Variable,
}

/// A source.
#[derive(Debug, Clone)]
pub struct SourceTerm {
    /// What to look for.
    pub search: Arc<Search>,
    /// Number of the label that its values get.
    pub label: u8,
    /// What comes in, in a few words; may be empty.
    pub what: Arc<str>,
    /// What the value must carry already.
    pub requires: Option<LabelCondition>,
    /// What the match stands for.
    pub reach: Reach,
    /// Whether expressions inside the match are no sources.
    pub exact: bool,
}

/// A sink.
#[derive(Debug, Clone)]
pub struct SinkTerm {
    /// What to look for.
    pub search: Arc<Search>,
    /// What the arriving value must carry.
    pub requires: LabelCondition,
    /// The metavariable whose value must carry it; left out, it is the match.
    pub metavariable: Option<String>,
    /// Whether expressions inside the match are no sinks.
    pub exact: bool,
}

/// A sanitizer.
#[derive(Debug, Clone)]
pub struct SanitizerTerm {
    /// What to look for.
    pub search: Arc<Search>,
    /// What the match stands for.
    pub reach: Reach,
    /// Whether expressions inside the match are not cleared.
    pub exact: bool,
}

/// A condition that proves something about a value.
#[derive(Debug, Clone)]
pub struct GuardTerm {
    /// The condition.
    pub search: Arc<Search>,
    /// The metavariable that it speaks of.
    pub subject: String,
    /// The truth of the condition that proves it.
    pub when: bool,
}

/// A propagator.
#[derive(Debug, Clone)]
pub struct PropagatorTerm {
    /// What to look for.
    pub search: Arc<Search>,
    /// The metavariable that the value comes from.
    pub from: String,
    /// The metavariable that it goes to.
    pub to: String,
    /// Whether a variable that `to` stands for is tainted from there on.
    pub by_side_effect: bool,
    /// The labels that it carries; `None` for all.
    pub labels: Option<Vec<u8>>,
}

impl TaintCheck {
    /// The terms in a language.
    pub fn terms(&self, language: Language) -> Option<&TaintTerms> {
        self.languages.iter().find(|(known, _)| *known == language).map(|(_, terms)| terms)
    }

    /// Every search of the rule, in every language.
    pub fn searches(&self) -> impl Iterator<Item = &Arc<Search>> {
        self.languages.iter().flat_map(|(_, terms)| {
            let sources = terms.sources.iter().map(|term| &term.search);
            let sinks = terms.sinks.iter().map(|term| &term.search);
            let sanitizers = terms.sanitizers.iter().map(|term| &term.search);
            let propagators = terms.propagators.iter().map(|term| &term.search);
            let guards = terms.guards.iter().map(|term| &term.search);
            sources.chain(sinks).chain(sanitizers).chain(guards).chain(propagators)
        })
    }
}
