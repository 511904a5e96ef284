//! Sequences with ellipses: arguments, parameters, items, entries.

use super::bindings::Binding;
use super::matcher::{Matcher, Next, State};
use super::pattern_tree::{Operator, PatternNode};
use crate::source::Span;
use crate::syntax::{Field, Kind, NodeId};

impl Matcher<'_> {
    /// Pattern nodes against nodes, in order; ellipses take any number of nodes.
    pub(super) fn sequence(
        &self,
        wanted: &[&PatternNode],
        present: &[NodeId],
        state: &mut State,
        next: &mut Next<'_>,
    ) -> bool {
        let Some((first, rest)) = wanted.split_first() else {
            return present.is_empty() && next(state);
        };
        // `x[...]` asks for an index, as `x[$I]` does; Rust's `a..b` is an expression.
        let is_slice = |&node: &NodeId| self.tree.kind(node) == Kind::Slice && self.tree.label(node) == ":";
        match &first.operator {
            Operator::Ellipsis if rest.is_empty() => !present.iter().any(is_slice) && next(state),
            Operator::Ellipsis => {
                (0..=present.len()).any(|taken| self.burn() && self.sequence(rest, &present[taken..], state, next))
            }
            Operator::MetaEllipsis(name) => (0..=present.len()).rev().any(|taken| {
                let (inside, behind) = present.split_at(taken);
                let at = behind.first().map_or_else(Span::default, |&node| Span::at(self.tree.span(node).start));
                self.burn()
                    && self.bind(name, Binding::Nodes(inside.to_vec(), at), state, &mut |state| {
                        self.sequence(rest, behind, state, next)
                    })
            }),
            _ => {
                let Some((&node, behind)) = present.split_first() else { return false };
                // A lone expression does not stand for an argument of another form.
                let is_special = match self.tree.kind(node) {
                    // `if let` is no condition that a value could stand for.
                    Kind::Splat | Kind::KeywordArgument | Kind::LetCondition => true,
                    _ => is_slice(&node),
                };
                if is_special && first.kind != self.tree.kind(node) {
                    return false;
                }
                self.node(first, node, state, &mut |state| self.sequence(rest, behind, state, next))
            }
        }
    }

    /// Arguments: positional ones in order, keyword ones in any order. Keyword arguments that the pattern does not name
    /// need an ellipsis.
    pub(super) fn arguments(
        &self,
        pattern: &PatternNode,
        node: NodeId,
        field: Field,
        state: &mut State,
        next: &mut Next<'_>,
    ) -> bool {
        let is_keyword = |wanted: &&PatternNode| wanted.is_code(Kind::KeywordArgument);
        let (keywords, positional): (Vec<&PatternNode>, Vec<&PatternNode>) =
            pattern.children_by(field).partition(is_keyword);
        let (present_keywords, present): (Vec<NodeId>, Vec<NodeId>) =
            self.tree.children_by(node, field).partition(|&child| self.tree.kind(child) == Kind::KeywordArgument);
        // `$...ARGS` alone takes the keyword arguments as well.
        if let ([only], []) = (positional.as_slice(), keywords.as_slice())
            && let Operator::MetaEllipsis(name) = &only.operator
        {
            let all: Vec<NodeId> = self.tree.children_by(node, field).collect();
            return self.bind(name, Binding::Nodes(all, Span::default()), state, next);
        }
        let is_open = positional.iter().any(|wanted| wanted.is_sequence());
        if !is_open && present_keywords.len() > keywords.len() {
            return false;
        }
        self.keywords(&keywords, &mut present_keywords.clone(), state, &mut |state| {
            self.sequence(&positional, &present, state, next)
        })
    }

    fn keywords(
        &self,
        wanted: &[&PatternNode],
        present: &mut Vec<NodeId>,
        state: &mut State,
        next: &mut Next<'_>,
    ) -> bool {
        let Some((first, rest)) = wanted.split_first() else { return next(state) };
        for at in 0..present.len() {
            let node = present.remove(at);
            let left = present.clone();
            let stop = self.label(&first.label, node, state, &mut |state| match (
                first.child(Field::Value),
                self.tree.child(node, Field::Value),
            ) {
                (Some(wanted), Some(value)) => {
                    self.node(wanted, value, state, &mut |state| self.keywords(rest, &mut left.clone(), state, next))
                }
                _ => false,
            });
            present.insert(at, node);
            if stop {
                return true;
            }
        }
        false
    }

    /// Entries of a dict, mapping or set: each of the pattern's in any place; others need an ellipsis.
    pub(super) fn unordered(
        &self,
        pattern: &PatternNode,
        node: NodeId,
        state: &mut State,
        next: &mut Next<'_>,
    ) -> bool {
        let is_open = pattern.children.iter().any(PatternNode::is_sequence);
        let wanted: Vec<&PatternNode> = pattern.children.iter().filter(|child| !child.is_sequence()).collect();
        let present: Vec<NodeId> = self.tree.children(node).collect();
        if present.len() < wanted.len() || (!is_open && present.len() > wanted.len()) {
            return false;
        }
        self.distinct(&wanted, &present, state, next)
    }

    /// Each pattern node matches a node of its own, in any order.
    pub(super) fn distinct(
        &self,
        wanted: &[&PatternNode],
        present: &[NodeId],
        state: &mut State,
        next: &mut Next<'_>,
    ) -> bool {
        let Some((first, rest)) = wanted.split_first() else { return next(state) };
        present.iter().enumerate().any(|(at, &node)| {
            self.node(first, node, state, &mut |state| {
                let mut left = present.to_vec();
                left.remove(at);
                self.distinct(rest, &left, state, next)
            })
        })
    }
}
