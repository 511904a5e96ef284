//! Many literals looked for in one pass, in any case of ASCII letters.
//!
//! The fastest automaton takes a while to build and much memory. It pays off when much text is searched, so it is made
//! only then; a small one does until then. This module knows no rule and no tree.

use aho_corasick::{AhoCorasick, AhoCorasickKind};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Bytes that are searched with the small automaton before the fast one is made.
const MUCH: usize = 256 << 10;

/// Literals, known by their place in the list.
#[derive(Debug, Default)]
pub struct Literals {
    texts: Vec<String>,
    small: Option<AhoCorasick>,
    fast: OnceLock<Option<AhoCorasick>>,
    searched: AtomicUsize,
}

impl Literals {
    /// Puts literals together.
    pub fn new(texts: Vec<String>) -> Self {
        let small = build(&texts, AhoCorasickKind::NoncontiguousNFA);
        Self { texts, small, fast: OnceLock::new(), searched: AtomicUsize::new(0) }
    }

    /// Number of literals.
    pub const fn len(&self) -> usize {
        self.texts.len()
    }

    /// Whether there is none.
    pub const fn is_empty(&self) -> bool {
        self.texts.is_empty()
    }

    /// Calls for every occurrence, overlapping ones too, in order of their ends: the literal and where it begins, until
    /// `false` comes back.
    pub fn each(&self, text: &str, mut found: impl FnMut(usize, usize) -> bool) {
        let searched = self.searched.fetch_add(text.len(), Ordering::Relaxed);
        let automaton = if searched + text.len() > MUCH {
            self.fast.get_or_init(|| build(&self.texts, AhoCorasickKind::DFA)).as_ref()
        } else {
            self.small.as_ref()
        };
        let Some(automaton) = automaton else { return };
        for hit in automaton.find_overlapping_iter(text) {
            if !found(hit.pattern().as_usize(), hit.start()) {
                return;
            }
        }
    }
}

fn build(texts: &[String], kind: AhoCorasickKind) -> Option<AhoCorasick> {
    if texts.is_empty() {
        return None;
    }
    AhoCorasick::builder().ascii_case_insensitive(true).kind(Some(kind)).build(texts).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_automata_find_the_same() {
        let literals = Literals::new(vec!["secret".into(), "cre".into(), "x".into()]);
        let found = |text: &str| {
            let mut found = Vec::new();
            literals.each(text, |literal, start| {
                found.push((literal, start));
                true
            });
            found
        };
        let small = found("a SECRET xX");
        assert_eq!(small, [(1, 4), (0, 2), (2, 9), (2, 10)]);
        assert!(found(&" ".repeat(MUCH)).is_empty());
        assert!(literals.fast.get().is_some());
        assert_eq!(found("a SECRET xX"), small);
        let mut count = 0;
        literals.each("xxx", |_, _| {
            count += 1;
            count < 2
        });
        assert_eq!(count, 2);
    }
}
