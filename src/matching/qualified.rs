//! Names and attribute chains of patterns against names as written, and as imports and assignments resolve them.

use super::bindings::Binding;
use super::matcher::{Matcher, Next, State};
use super::pattern_tree::{Operator, PatternNode};
use crate::syntax::{Field, Kind, NodeId};

impl Matcher<'_> {
    /// Names and attribute chains: as written, or by what an import makes of them.
    pub(super) fn named(&self, pattern: &PatternNode, node: NodeId, state: &mut State, next: &mut Next<'_>) -> bool {
        // Whatever a chain stands for, its last name stays.
        if self.tree.kind(node) == Kind::Attribute && pattern.exact().is_some_and(|last| last != self.tree.label(node))
        {
            return false;
        }
        if pattern.kind == self.tree.kind(node) {
            let as_written = self.label(&pattern.label, node, state, &mut |state| match (
                pattern.child(Field::Object),
                self.tree.child(node, Field::Object),
            ) {
                (Some(object), Some(target)) => self.node(object, target, state, next),
                (None, None) => next(state),
                _ => false,
            });
            if as_written {
                return true;
            }
        }
        if !self.may_stand_for_another(node) {
            return false;
        }
        // A plain dotted text that agrees has called on already.
        if pattern.kind == self.tree.kind(node) && self.is_spelled(pattern, node) {
            return false;
        }
        self.names.qualified_shared(node).iter().any(|qualified| {
            let segments: Vec<&str> = qualified.split('.').collect();
            self.segments(pattern, &segments, node, state, next)
        })
    }

    /// Whether a chain is letter by letter the pattern's.
    fn is_spelled(&self, pattern: &PatternNode, node: NodeId) -> bool {
        let (mut pattern, mut node) = (pattern, node);
        loop {
            if !pattern.is_code(self.tree.kind(node)) || pattern.exact() != Some(self.tree.label(node)) {
                return false;
            }
            match (pattern.kind, pattern.child(Field::Object), self.tree.child(node, Field::Object)) {
                (Kind::Name, ..) => return true,
                (Kind::Attribute, Some(wanted), Some(object)) => (pattern, node) = (wanted, object),
                _ => return false,
            }
        }
    }

    /// Whether the root of a chain is a name that an import or a plain assignment may have given another meaning.
    fn may_stand_for_another(&self, node: NodeId) -> bool {
        let mut at = node;
        while let Some(object) = self.tree.child(at, Field::Object) {
            at = object;
        }
        self.tree.kind(at) == Kind::Name && self.names.may_resolve(self.tree.label(at))
    }

    /// A Name or Attribute chain of the pattern against a qualified name.
    fn segments(
        &self,
        pattern: &PatternNode,
        segments: &[&str],
        node: NodeId,
        state: &mut State,
        next: &mut Next<'_>,
    ) -> bool {
        let Some((last, rest)) = segments.split_last() else { return false };
        match (&pattern.operator, pattern.kind) {
            (Operator::Metavariable(name), _) => {
                self.bind(name, Binding::Text(segments.join("."), self.tree.span(node)), state, next)
            }
            (Operator::Ellipsis, _) => next(state),
            // `a. ... .f`: the qualified name begins with what the chain begins with.
            (Operator::Chain, _) => {
                let Some(start) = pattern.children.first() else { return false };
                (1..=segments.len()).rev().any(|end| self.segments(start, &segments[..end], node, state, next))
            }
            (Operator::Code, Kind::Name) => rest.is_empty() && self.label_text(&pattern.label, last, node, state, next),
            (Operator::Code, Kind::Attribute) => {
                let Some(object) = pattern.child(Field::Object) else { return false };
                self.label_text(&pattern.label, last, node, state, &mut |state| {
                    self.segments(object, rest, node, state, next)
                })
            }
            _ => false,
        }
    }
}
