//! Matches by where they stand: which lie around a span, which inside it. Linear in the matches that are asked for, so
//! that thousands of matches on both sides of a conjunction cost no more than the pairs that nest.

use super::bindings::Match;
use crate::source::Span;
use rustc_hash::FxHashMap;

/// Matches in order of their beginnings.
pub(super) struct Spans<'m> {
    matches: &'m [Match],
    /// Indices of the matches, by beginning.
    order: Vec<usize>,
    /// The furthest end among the matches up to each place of `order`.
    reach: Vec<u32>,
}

impl<'m> Spans<'m> {
    pub fn new(matches: &'m [Match]) -> Self {
        let mut order: Vec<usize> = (0..matches.len()).collect();
        order.sort_by_key(|&index| matches[index].span.start);
        let mut furthest = 0;
        let reach = order
            .iter()
            .map(|&index| {
                furthest = matches[index].span.end.max(furthest);
                furthest
            })
            .collect();
        Self { matches, order, reach }
    }

    /// Indices of the matches that contain a span.
    fn containing(&self, span: Span) -> impl Iterator<Item = usize> + '_ {
        let behind = self.order.partition_point(|&index| self.matches[index].span.start <= span.start);
        (0..behind)
            .rev()
            .take_while(move |&at| self.reach[at] >= span.end)
            .map(|at| self.order[at])
            .filter(move |&index| self.matches[index].span.contains(span))
    }

    /// Indices of the matches that lie in a span.
    fn inside(&self, span: Span) -> impl Iterator<Item = usize> + '_ {
        let first = self.order.partition_point(|&index| self.matches[index].span.start < span.start);
        self.order[first..]
            .iter()
            .copied()
            .take_while(move |&index| self.matches[index].span.start <= span.end)
            .filter(move |&index| span.contains(self.matches[index].span))
    }

    /// The matches that contain a span, in any order.
    pub fn containing_any(&self, span: Span) -> impl Iterator<Item = &'m Match> + '_ {
        self.containing(span).map(|index| &self.matches[index])
    }

    /// The matches that contain a span, in their own order.
    pub fn around(&self, span: Span) -> impl Iterator<Item = &'m Match> + use<'m> {
        self.in_order(self.containing(span).collect())
    }

    /// The matches that contain a span or lie in it, in their own order.
    pub fn nested(&self, span: Span) -> impl Iterator<Item = &'m Match> + use<'m> {
        self.in_order(self.containing(span).chain(self.inside(span)).collect())
    }

    fn in_order(&self, mut indices: Vec<usize>) -> impl Iterator<Item = &'m Match> + use<'m> {
        indices.sort_unstable();
        indices.dedup();
        let matches = self.matches;
        indices.into_iter().map(move |index| &matches[index])
    }
}

/// Matches without doubles, in the order in which they came.
#[derive(Default)]
pub(super) struct Distinct {
    matches: Vec<Match>,
    by_span: FxHashMap<Span, Vec<usize>>,
}

impl Distinct {
    pub fn add(&mut self, found: Match) {
        let same_span = self.by_span.entry(found.span).or_default();
        if !same_span.iter().any(|&index| self.matches[index] == found) {
            same_span.push(self.matches.len());
            self.matches.push(found);
        }
    }

    pub fn into_matches(self) -> Vec<Match> {
        self.matches
    }
}
