//! Which rules can match a text: one pass with all literals that rules need.

use crate::matching::Clause;
use aho_corasick::{AhoCorasick, AhoCorasickKind};
use rustc_hash::FxHashMap;

/// All literals in one automaton, and the rules or searches that wait for them.
#[derive(Debug, Default)]
pub(super) struct Prefilter {
    automaton: Option<AhoCorasick>,
    literals: usize,
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
        // The DFA is several times faster than the automatic choice for hundreds of literals.
        let automaton = AhoCorasick::builder()
            .ascii_case_insensitive(true)
            .kind(Some(AhoCorasickKind::DFA))
            .build(&literals)
            .ok()
            .filter(|_| !literals.is_empty());
        Self { automaton, literals: literals.len(), clauses }
    }

    /// For each of them whether the text has what it needs.
    pub fn possible(&self, text: &str) -> Vec<bool> {
        let mut present = vec![false; self.literals];
        let mut missing = self.literals;
        if let Some(automaton) = &self.automaton {
            for hit in automaton.find_overlapping_iter(text) {
                let seen = &mut present[hit.pattern().as_usize()];
                if !*seen {
                    *seen = true;
                    missing -= 1;
                    if missing == 0 {
                        break;
                    }
                }
            }
        }
        self.clauses
            .iter()
            .map(|clauses| {
                clauses.iter().all(|clause| clause.is_empty() || clause.iter().any(|&literal| present[literal]))
            })
            .collect()
    }
}
