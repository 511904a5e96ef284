//! Which texts a formula can match at all: literals that must stand in them.

use super::conditions::Condition;
use super::formula::Formula;
use super::index::{Symbol, TreeIndex};
use super::pattern::Shape;
use super::pattern_tree::{Label, Operator, PatternNode};
use crate::syntax::Kind;

/// Literals of which at least one must stand in a text.
pub type Clause = Vec<String>;

/// Names shorter than this stand in almost every text.
const MIN_LENGTH: usize = 3;

/// Clauses that must all hold for a formula to match; empty when nothing can be said.
pub fn required_literals(formula: &Formula) -> Vec<Clause> {
    match formula {
        Formula::Pattern(pattern) => {
            let mut literals = identifiers(&pattern.shape);
            literals.retain(|literal| literal.len() >= MIN_LENGTH);
            literals.into_iter().map(|literal| vec![literal.to_owned()]).collect()
        }
        Formula::Regex(_) => Vec::new(),
        Formula::Or(options) => {
            // One clause: the rarest-looking literal of each option. An option without any makes the whole unfiltered.
            let mut clause = Vec::new();
            for option in options {
                let Some(best) = best_clause(required_literals(option)) else { return Vec::new() };
                clause.extend(best);
            }
            clause.sort_unstable();
            clause.dedup();
            vec![clause]
        }
        Formula::And(and) => {
            let inner = and.conditions.iter().filter_map(part_of_tree);
            and.positives.iter().chain(&and.insides).chain(inner).flat_map(required_literals).collect()
        }
    }
}

/// The formula of a condition that can hold only by a match in the same tree.
fn part_of_tree(condition: &Condition) -> Option<&Formula> {
    match condition {
        Condition::Pattern { language: None, formula, .. } => Some(formula),
        _ => None,
    }
}

/// Whether a formula can match in a tree, as far as names tell.
pub(super) fn may_match(formula: &Formula, index: &TreeIndex) -> bool {
    match formula {
        Formula::Pattern(pattern) => index.may_hold(&pattern.symbols),
        Formula::Regex(_) => true,
        Formula::Or(options) => options.iter().any(|option| may_match(option, index)),
        Formula::And(and) => {
            let inner = and.conditions.iter().filter_map(part_of_tree);
            and.positives.iter().chain(&and.insides).chain(inner).all(|part| may_match(part, index))
        }
    }
}

/// Symbols of all names that must stand in a tree for a pattern to match.
pub(super) fn required_symbols(shape: &Shape) -> Vec<Symbol> {
    identifiers(shape).into_iter().map(Symbol::of).collect()
}

/// Names that a pattern spells out, each once.
fn identifiers(shape: &Shape) -> Vec<&str> {
    let mut literals = Vec::new();
    match shape {
        Shape::One(root) => collect(root, &mut literals),
        Shape::Sequence(nodes) => nodes.iter().for_each(|node| collect(node, &mut literals)),
    }
    literals.sort_unstable();
    literals.dedup();
    literals
}

/// The clause that fewest texts satisfy: few and long literals.
fn best_clause(clauses: Vec<Clause>) -> Option<Clause> {
    clauses.into_iter().max_by_key(|clause| {
        let shortest = clause.iter().map(String::len).min().unwrap_or(0);
        (shortest.min(8), std::cmp::Reverse(clause.len()), shortest)
    })
}

/// Names of a pattern's node and all below it. Strings are left out: a constant may be put together from pieces.
fn collect<'p>(node: &'p PatternNode, literals: &mut Vec<&'p str>) {
    if let (Operator::Code, Label::Exact(label)) = (&node.operator, &node.label) {
        match node.kind {
            Kind::Name
            | Kind::Attribute
            | Kind::KeywordArgument
            | Kind::MacroCall
            | Kind::FunctionDef
            | Kind::ClassDef
            | Kind::Directive
                if !label.is_empty() =>
            {
                literals.push(label);
            }
            Kind::ImportFrom | Kind::ImportItem => literals.extend(label.split('.').filter(|part| !part.is_empty())),
            _ => {}
        }
    }
    // An optional decorator or type is still asked for when the pattern has it.
    node.children.iter().for_each(|child| collect(child, literals));
}
