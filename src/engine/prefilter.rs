//! Which rules can match a text: one pass with all literals that rules need.

use crate::literals::Literals;
use crate::matching::Clause;
use rustc_hash::FxHashMap;

/// All literals in one automaton, and the rules or searches that wait for them.
#[derive(Debug, Default)]
pub(super) struct Prefilter {
    literals: Literals,
    /// For each of them its clauses, literals by number.
    clauses: Vec<Vec<Vec<usize>>>,
}

impl Prefilter {
    /// A prefilter for rules or searches with these clauses.
    pub fn new<'a>(needs: impl Iterator<Item = &'a [Clause]>) -> Self {
        let mut numbers: FxHashMap<String, usize> = FxHashMap::default();
        let mut literals: Vec<String> = Vec::new();
        let clauses = needs
            .map(|clauses| {
                clauses
                    .iter()
                    .map(|clause| {
                        clause
                            .iter()
                            .map(|literal| {
                                *numbers.entry(literal.to_ascii_lowercase()).or_insert_with(|| {
                                    literals.push(literal.to_ascii_lowercase());
                                    literals.len() - 1
                                })
                            })
                            .collect()
                    })
                    .collect()
            })
            .collect();
        Self { literals: Literals::new(literals), clauses }
    }

    /// For each of them whether the text has what it needs.
    pub fn possible(&self, text: &str) -> Vec<bool> {
        let mut present = vec![false; self.literals.len()];
        let mut missing = present.len();
        self.literals.each(text, |literal, _| {
            if !std::mem::replace(&mut present[literal], true) {
                missing -= 1;
            }
            missing > 0
        });
        self.clauses
            .iter()
            .map(|clauses| {
                clauses.iter().all(|clause| clause.is_empty() || clause.iter().any(|&literal| present[literal]))
            })
            .collect()
    }
}
