//! Formulas on a tree: ranges with bindings, joined, filtered, narrowed.

use super::bindings::{Bindings, Match};
use super::conditions::Condition;
use super::formula::{And, Formula};
use super::matcher::Matcher;
use super::{Binding, TextRegex, TreeIndex};
use crate::flow::{Names, Values};
use crate::source::Span;
use crate::syntax::Tree;

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
}

impl<'a> Context<'a> {
    /// A context over a tree, its names, values and index.
    pub fn new(tree: &'a Tree, names: &'a Names<'a>, values: &'a Values<'a>, index: &'a TreeIndex<'a>) -> Self {
        Self { tree, names, values, matcher: Matcher::new(tree, names, values, index) }
    }

    /// Matches of a pattern of one node at exactly this node.
    pub(super) fn find_at(&self, pattern: &super::Pattern, node: crate::syntax::NodeId) -> Vec<Match> {
        self.matcher.find_at(pattern, node)
    }

    /// Whether a bound on the work was hit since the last call.
    pub fn take_exhausted(&self) -> bool {
        self.matcher.take_exhausted()
    }
}

/// All places where a formula holds, sorted by place, without doubles.
pub fn evaluate(formula: &Formula, context: &Context<'_>) -> Vec<Match> {
    let mut found = matches(formula, context, context.tree.span(context.tree.root()));
    found.sort_by_key(|found| (found.span.start, found.span.end));
    found.dedup();
    found
}

/// Matches of a formula in a part of the tree.
pub(super) fn matches(formula: &Formula, context: &Context<'_>, within: Span) -> Vec<Match> {
    let mut found = match formula {
        Formula::Pattern(pattern) => context.matcher.find_within(pattern, within),
        Formula::Regex(regex) => regex_matches(regex, context.tree, within),
        Formula::Or(options) => options.iter().flat_map(|option| matches(option, context, within)).collect(),
        Formula::And(and) => conjunction(and, context, within),
    };
    found.truncate(MAX_MATCHES);
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

fn conjunction(and: &And, context: &Context<'_>, within: Span) -> Vec<Match> {
    let mut positives = and.positives.iter();
    // A conjunction of nothing but `pattern-inside` reports what is inside.
    let (mut found, insides) = match positives.next() {
        Some(first) => (matches(first, context, within), and.insides.as_slice()),
        None => match and.insides.split_first() {
            Some((first, rest)) => (matches(first, context, within), rest),
            None => return Vec::new(),
        },
    };
    for positive in positives {
        if found.is_empty() {
            return found;
        }
        found = intersect(&found, &matches(positive, context, within), context.tree);
    }
    // Inside `metavariable-pattern` there is nothing but what the metavariable stands for.
    let whole = within;
    for inside in insides {
        if found.is_empty() {
            return found;
        }
        found = keep_inside(&found, &matches(inside, context, whole), context.tree);
    }
    for not in &and.nots {
        if found.is_empty() {
            return found;
        }
        let excluded = matches(not, context, whole);
        found.retain(|found| {
            !excluded.iter().any(|other| {
                other.span.contains(found.span) && found.bindings.merge(&other.bindings, context.tree).is_some()
            })
        });
    }
    let mut kept: Vec<Match> = Vec::new();
    for candidate in found {
        kept.extend(and.conditions.iter().fold(vec![candidate], |candidates, condition| {
            candidates.into_iter().flat_map(|candidate| condition_holds(condition, &candidate, context)).collect()
        }));
    }
    for names in &and.focus {
        kept = kept.iter().flat_map(|found| focused(found, names, context.tree)).collect();
    }
    kept
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
    let mut kept = Vec::new();
    for one in left {
        for other in right {
            let inner = if other.span.contains(one.span) {
                one
            } else if one.span.contains(other.span) {
                other
            } else {
                continue;
            };
            if let Some(bindings) = one.bindings.merge(&other.bindings, tree) {
                let joined = Match { span: inner.span, node: inner.node, bindings };
                if !kept.contains(&joined) {
                    kept.push(joined);
                }
            }
        }
    }
    kept
}

/// Matches that lie in one of the ranges, with the bindings of both.
fn keep_inside(found: &[Match], around: &[Match], tree: &Tree) -> Vec<Match> {
    let mut kept = Vec::new();
    for one in found {
        for outer in around.iter().filter(|outer| outer.span.contains(one.span)) {
            if let Some(bindings) = one.bindings.merge(&outer.bindings, tree) {
                let joined = Match { bindings, ..one.clone() };
                if !kept.contains(&joined) {
                    kept.push(joined);
                }
            }
        }
    }
    kept
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
