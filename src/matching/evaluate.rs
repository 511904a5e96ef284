//! Formulas on a tree: ranges with bindings, joined, filtered, narrowed.

use super::bindings::{Bindings, Match};
use super::conditions::Condition;
use super::formula::{And, Formula};
use super::matcher::Matcher;
use super::prefilter::may_match;
use super::scope::{Scope, around};
use super::spans::{Distinct, Spans};
use super::{Binding, TextRegex, TreeIndex};
use crate::flow::{Names, Values};
use crate::source::Span;
use crate::syntax::Tree;
use std::cell::Cell;

/// Matches of one part of a formula that are kept on one tree.
const MAX_MATCHES: usize = 20_000;

/// Everything that formulas look at on one tree.
pub struct Context<'a> {
    /// The tree.
    pub tree: &'a Tree,
    /// Its names.
    pub names: &'a Names<'a>,
    /// Its values.
    pub values: &'a Values<'a>,
    matcher: Matcher<'a>,
    /// Whether matches were left out because there are too many.
    is_cut: Cell<bool>,
}

impl<'a> Context<'a> {
    /// A context over a tree, its names, values and index.
    pub fn new(tree: &'a Tree, names: &'a Names<'a>, values: &'a Values<'a>, index: &'a TreeIndex) -> Self {
        Self { tree, names, values, matcher: Matcher::new(tree, names, values, index), is_cut: Cell::new(false) }
    }

    /// Matches of a pattern of one node at exactly this node.
    pub(super) fn find_at(&self, pattern: &super::Pattern, node: crate::syntax::NodeId) -> Vec<Match> {
        self.matcher.find_at(pattern, node)
    }

    /// Whether a bound on the work or on the number of matches was hit since the last call.
    pub fn take_exhausted(&self) -> bool {
        self.matcher.take_exhausted() | self.is_cut.take()
    }
}

/// All places where a formula holds, sorted by place, without doubles.
pub fn evaluate(formula: &Formula, context: &Context<'_>) -> Vec<Match> {
    if !may_match(formula, context.matcher.index) {
        return Vec::new();
    }
    let mut found = matches(formula, context, &Scope::whole(context.tree));
    found.sort_by_key(|found| (found.span.start, found.span.end));
    found.dedup();
    found
}

/// Matches of a formula in a part of the tree.
pub(super) fn matches(formula: &Formula, context: &Context<'_>, scope: &Scope<'_>) -> Vec<Match> {
    let mut found = match formula {
        Formula::Pattern(pattern) => context.matcher.find(pattern, scope),
        Formula::Regex(regex) => regex_matches(regex, context.tree, scope.within),
        Formula::Or(options) => {
            let mut found = Vec::new();
            for option in options {
                found.append(&mut matches(option, context, scope));
                if found.len() > MAX_MATCHES {
                    break;
                }
            }
            found
        }
        Formula::And(and) => conjunction(and, context, scope),
    };
    if found.len() > MAX_MATCHES {
        found.truncate(MAX_MATCHES);
        context.is_cut.set(true);
    }
    found
}

fn regex_matches(regex: &TextRegex, tree: &Tree, within: Span) -> Vec<Match> {
    let Some(text) = tree.text().get(within.range()) else { return Vec::new() };
    let offset = |range: &std::ops::Range<usize>| {
        Span::from_range(range.start + within.start as usize..range.end + within.start as usize)
    };
    regex
        .find_all(text)
        .into_iter()
        .filter_map(|groups| {
            let (_, whole) = groups.iter().find(|(name, _)| name == "0")?;
            let span = offset(whole);
            let bindings = groups
                .iter()
                .filter(|(name, _)| name != "0")
                .map(|(name, range)| {
                    let binding = Binding::Text(text.get(range.clone()).unwrap_or("").to_owned(), offset(range));
                    (format!("${name}").into(), binding)
                })
                .collect();
            Some(Match { span, node: None, bindings: Bindings(bindings) })
        })
        .collect()
}

fn conjunction(and: &And, context: &Context<'_>, scope: &Scope<'_>) -> Vec<Match> {
    let parts = and.positives.iter().chain(&and.insides);
    if !parts.clone().all(|part| may_match(part, context.matcher.index)) {
        return Vec::new();
    }
    // What a focus narrows to may stand far from the places that the scope names.
    let everywhere;
    let scope = if and.focus.is_empty() {
        scope
    } else {
        everywhere = scope.everywhere();
        &everywhere
    };
    let mut positives = and.positives.iter();
    // A conjunction of nothing but `pattern-inside` reports what is inside.
    let (mut found, insides) = match positives.next() {
        Some(first) => (matches(first, context, scope), and.insides.as_slice()),
        None => match and.insides.split_first() {
            Some((first, rest)) => (matches(first, context, scope), rest),
            None => return Vec::new(),
        },
    };
    let mut conditions: Vec<&Condition> = and.conditions.iter().collect();
    check_early(&mut found, &mut conditions, context);
    for positive in positives {
        if found.is_empty() {
            return found;
        }
        found = intersect(&found, &matches(positive, context, scope), context.tree);
        check_early(&mut found, &mut conditions, context);
    }
    let needs_surroundings = !insides.is_empty() || !and.nots.is_empty();
    if needs_surroundings && !found.is_empty() {
        found = surroundings(found, insides, &and.nots, &conditions, context, scope);
    }
    for regex in &and.not_regexes {
        if found.is_empty() {
            return found;
        }
        let excluded = regex_matches(regex, context.tree, scope.within);
        found.retain(|found| {
            !excluded.iter().any(|other| other.span.start < found.span.end && found.span.start < other.span.end)
        });
    }
    let mut kept: Vec<Match> = Vec::new();
    for candidate in found {
        kept.extend(conditions.iter().fold(vec![candidate], |candidates, condition| {
            candidates.into_iter().flat_map(|candidate| condition_holds(condition, &candidate, context)).collect()
        }));
    }
    for names in &and.focus {
        kept = kept.iter().flat_map(|found| focused(found, names, context.tree)).collect();
    }
    kept
}

/// Drops matches for which a condition on a metavariable that they have bound fails already, and the conditions that are
/// done with then.
fn check_early(found: &mut Vec<Match>, conditions: &mut Vec<&Condition>, context: &Context<'_>) {
    if found.is_empty() {
        return;
    }
    conditions.retain(|condition| {
        let Some(metavariable) = condition.tested() else { return true };
        let mut is_done = true;
        found.retain(|found| {
            if found.bindings.get(metavariable).is_none() {
                is_done = false;
                return true;
            }
            condition.holds(&found.bindings, context)
        });
        !is_done
    });
}

/// Keeps the matches that lie in all of the insides and in none of the nots. Only what is around them is looked at.
fn surroundings(
    mut found: Vec<Match>,
    insides: &[Formula],
    nots: &[Formula],
    conditions: &[&Condition],
    context: &Context<'_>,
    scope: &Scope<'_>,
) -> Vec<Match> {
    // What the conditions do not let through anyway needs no look around.
    for condition in conditions {
        if let Some(metavariable) = condition.searched() {
            found.retain(|found| {
                found.bindings.get(metavariable).is_none() || condition.holds(&found.bindings, context)
            });
        }
    }
    let nodes = around(&found, context.tree);
    // Inside `metavariable-pattern` there is nothing but what the metavariable stands for.
    let scope = Scope { around: nodes.as_deref(), ..scope.clone() };
    for inside in insides {
        if found.is_empty() {
            return found;
        }
        found = keep_inside(&found, &matches(inside, context, &scope), context.tree);
    }
    for not in nots {
        if found.is_empty() {
            return found;
        }
        let excluded = matches(not, context, &scope);
        let excluded = Spans::new(&excluded);
        found.retain(|found| {
            !excluded.containing_any(found.span).any(|other| found.bindings.agrees(&other.bindings, context.tree))
        });
    }
    found
}

fn condition_holds(condition: &Condition, candidate: &Match, context: &Context<'_>) -> Vec<Match> {
    condition
        .solutions(&candidate.bindings, context)
        .into_iter()
        .map(|bindings| Match { bindings, ..candidate.clone() })
        .collect()
}

/// Ranges of both sides that nest, the inner one kept with the bindings of both.
fn intersect(left: &[Match], right: &[Match], tree: &Tree) -> Vec<Match> {
    let mut kept = Distinct::default();
    let right = Spans::new(right);
    for one in left {
        for other in right.nested(one.span) {
            let inner = if other.span.contains(one.span) { one } else { other };
            if let Some(bindings) = one.bindings.merge(&other.bindings, tree) {
                kept.add(Match { span: inner.span, node: inner.node, bindings });
            }
        }
    }
    kept.into_matches()
}

/// Matches that lie in one of the ranges, with the bindings of both.
fn keep_inside(found: &[Match], around: &[Match], tree: &Tree) -> Vec<Match> {
    let mut kept = Distinct::default();
    let around = Spans::new(around);
    for one in found {
        for outer in around.around(one.span) {
            if let Some(bindings) = one.bindings.merge(&outer.bindings, tree) {
                kept.add(Match { bindings, ..one.clone() });
            }
        }
    }
    kept.into_matches()
}

/// The match narrowed to what a metavariable stands for; with several names, one match for each.
fn focused(found: &Match, names: &[String], tree: &Tree) -> Vec<Match> {
    names
        .iter()
        .filter_map(|name| found.bindings.get(name))
        .filter(|binding| !binding.span(tree).is_empty())
        .map(|binding| Match { span: binding.span(tree), node: binding.node(), bindings: found.bindings.clone() })
        .collect()
}
