//! Which texts a formula can match at all: literals that must stand in them.

use super::formula::Formula;
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
            let mut literals = Vec::new();
            match &pattern.shape {
                Shape::One(root) => collect(root, &mut literals),
                Shape::Sequence(nodes) => nodes.iter().for_each(|node| collect(node, &mut literals)),
            }
            literals.sort_unstable();
            literals.dedup();
            literals.into_iter().map(|literal| vec![literal]).collect()
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
        Formula::And(and) => and.positives.iter().chain(&and.insides).flat_map(required_literals).collect(),
    }
}

/// The clause that fewest texts satisfy: few and long literals.
fn best_clause(clauses: Vec<Clause>) -> Option<Clause> {
    clauses.into_iter().max_by_key(|clause| {
        let shortest = clause.iter().map(String::len).min().unwrap_or(0);
        (shortest.min(8), std::cmp::Reverse(clause.len()), shortest)
    })
}

/// Identifiers that the pattern spells out. Strings are left out: a constant may be put together from pieces.
fn collect(node: &PatternNode, literals: &mut Vec<String>) {
    if let (Operator::Code, Label::Exact(label)) = (&node.operator, &node.label)
        && label.len() >= MIN_LENGTH
    {
        match node.kind {
            Kind::Name
            | Kind::Attribute
            | Kind::KeywordArgument
            | Kind::MacroCall
            | Kind::FunctionDef
            | Kind::ClassDef
            | Kind::Directive => literals.push(label.to_string()),
            Kind::ImportFrom | Kind::ImportItem => {
                literals.extend(label.split('.').filter(|part| part.len() >= MIN_LENGTH).map(str::to_owned));
            }
            _ => {}
        }
    }
    // An optional decorator or type is still asked for when the pattern has it.
    node.children.iter().for_each(|child| collect(child, literals));
}
