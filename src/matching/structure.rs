//! Code against code: which kinds agree, and how the children of each kind are compared.

use super::matcher::{Matcher, Next, State};
use super::pattern_tree::{Label, Operator, PatternNode};
use crate::syntax::{Field, Kind, Language, NodeId};

/// Children that a pattern may leave out: without them it matches code that has them.
const OPTIONAL: &[Field] = &[
    Field::Type,
    Field::Returns,
    Field::Alternative,
    Field::Finally,
    Field::Handler,
    Field::TypeParameter,
    Field::Modifier,
    Field::Decorator,
    Field::Guard,
    Field::Cause,
    Field::Alias,
    Field::Format,
    Field::Trait,
    Field::Default,
    Field::Flag,
];

/// Whether a pattern's list or dict holds an ellipsis and nothing else.
fn is_only_ellipsis(pattern: &PatternNode) -> bool {
    matches!(pattern.children.as_slice(), [only] if matches!(only.operator, Operator::Ellipsis))
}

impl Matcher<'_> {
    /// Matches a code node of the pattern at a node.
    pub(super) fn code(&self, pattern: &PatternNode, node: NodeId, state: &mut State, next: &mut Next<'_>) -> bool {
        let kind = self.tree.kind(node);
        if pattern.kind != kind {
            return self.other_kind(pattern, kind, node, state, next);
        }
        match kind {
            Kind::Name | Kind::Attribute => self.named(pattern, node, state, next),
            // Rust's characters are no strings.
            Kind::Str if pattern.exact().is_none() && self.tree.source(node).starts_with('\'') && self.is_rust() => {
                false
            }
            Kind::Call | Kind::StructLiteral => self.field_child(pattern, node, Field::Callee, state, &mut |state| {
                self.arguments(pattern, node, Field::Argument, state, next)
            }),
            Kind::MacroCall => self.label(&pattern.label, node, state, &mut |state| {
                self.arguments(pattern, node, Field::Argument, state, next)
            }),
            Kind::Dict | Kind::Mapping | Kind::Set | Kind::Section => {
                self.label(&pattern.label, node, state, &mut |state| self.unordered(pattern, node, state, next))
            }
            Kind::ClassDef => self.class(pattern, node, state, next),
            Kind::FunctionDef => self.label(&pattern.label, node, state, &mut |state| {
                self.decorators(pattern, node, state, &mut |state| {
                    self.modifiers(pattern, node)
                        && self.parameters(pattern, node, state, &mut |state| {
                            self.optional_child(pattern, node, Field::Returns, state, &mut |state| {
                                self.field_child(pattern, node, Field::Body, state, next)
                            })
                        })
                })
            }),
            Kind::Block | Kind::Module => self.block(pattern, node, state, next),
            Kind::Assign => self.assignment(pattern, node, state, next),
            Kind::Import | Kind::ImportFrom => self.import(pattern, node, state, next),
            Kind::Try => self.try_statement(pattern, node, state, next),
            Kind::ExceptHandler => self.handler(pattern, node, state, next),
            Kind::With => self.with_statement(pattern, node, state, next),
            Kind::Number if self.is_code() => self.number(pattern, node, state, next),
            Kind::Instruction => {
                self.label(&pattern.label, node, state, &mut |state| self.instruction(pattern, node, state, next))
            }
            Kind::Script => self.script(pattern, node, state, next),
            Kind::Compare => self.comparison(pattern, node, state, next),
            Kind::Directive => {
                self.label(&pattern.label, node, state, &mut |state| self.directive(pattern, node, state, next))
            }
            _ => {
                self.label(&pattern.label, node, state, &mut |state| self.children_in_order(pattern, node, state, next))
            }
        }
    }

    /// Kinds that differ and may still mean the same.
    fn other_kind(
        &self,
        pattern: &PatternNode,
        kind: Kind,
        node: NodeId,
        state: &mut State,
        next: &mut Next<'_>,
    ) -> bool {
        match (pattern.kind, kind) {
            (Kind::Str | Kind::Bytes | Kind::Number | Kind::Bool | Kind::Null, _)
                if self.is_code() && (pattern.kind, kind) != (Kind::Str, Kind::Bytes) =>
            {
                self.constant(pattern, node, state, next)
            }
            // A string of the pattern stands for bytes as well.
            (Kind::Str, Kind::Bytes) => self.label(&pattern.label, node, state, next),
            // Configuration scalars agree by their text.
            (Kind::Str | Kind::Word, Kind::Str | Kind::Word) => self.label(&pattern.label, node, state, next),
            (Kind::Str | Kind::Word, Kind::Number | Kind::Bool | Kind::Null) if matches!(pattern.label, Label::Any) => {
                next(state)
            }
            (Kind::Number | Kind::Bool, Kind::Word) => self.label(&pattern.label, node, state, next),
            // `from m import f` lets `m.f` match `f`.
            (Kind::Attribute, Kind::Name) => self.named(pattern, node, state, next),
            (Kind::Name, Kind::Attribute) => self.named(pattern, node, state, next),
            // Generic arguments that the pattern does not mention.
            (Kind::Name | Kind::Attribute, Kind::Subscript) if self.tree.language() == Language::Rust => {
                self.tree.child(node, Field::Object).is_some_and(|object| self.code(pattern, object, state, next))
            }
            // What an alias stands for is written elsewhere.
            (Kind::Mapping | Kind::Sequence | Kind::Str | Kind::Number | Kind::Bool, Kind::Alias) => {
                self.tree.alias_target(node).is_some_and(|target| self.node(pattern, target, state, next))
            }
            (Kind::Assign, Kind::NamedExpression) => self.children_in_order(pattern, node, state, next),
            // `elif` is an `if` in an `else`.
            (Kind::Block, Kind::If) => match pattern.children.as_slice() {
                [only] if matches!(only.operator, Operator::Ellipsis) => next(state),
                [only] if only.is_code(Kind::If) => self.node(only, node, state, next),
                _ => false,
            },
            // The last expression of a Rust function is what it returns.
            (Kind::Return, _) if self.is_rust() && self.is_tail(node) => match pattern.child(Field::Value) {
                Some(value) => self.node(value, node, state, next),
                None => false,
            },
            // `import a.b` and `from a import b` say the same.
            (Kind::Import, Kind::ImportFrom) | (Kind::ImportFrom, Kind::Import) => {
                self.import(pattern, node, state, next)
            }
            // Brackets around nothing but an ellipsis are any literal or comprehension in such brackets.
            (Kind::List, Kind::Comprehension) if is_only_ellipsis(pattern) => {
                self.tree.label(node) == "list" && next(state)
            }
            (Kind::Dict, Kind::Set) if is_only_ellipsis(pattern) => next(state),
            (Kind::Dict, Kind::Comprehension) if is_only_ellipsis(pattern) => {
                matches!(self.tree.label(node), "set" | "dict") && next(state)
            }
            _ => false,
        }
    }

    fn is_rust(&self) -> bool {
        self.tree.language() == Language::Rust
    }

    /// Whether an expression without a semicolon ends the body of a function.
    fn is_tail(&self, node: NodeId) -> bool {
        let Some(block) = self.tree.parent(node).filter(|&block| self.tree.kind(block) == Kind::Block) else {
            return false;
        };
        let is_last = self.tree.subtree_end(node) == self.tree.subtree_end(block);
        let end = self.tree.span(node).end as usize;
        let is_open = self.tree.text().get(end..).is_some_and(|rest| rest.trim_start().starts_with('}'));
        is_last
            && is_open
            && self.tree.parent(block).is_some_and(|function| self.tree.kind(function) == Kind::FunctionDef)
            && !matches!(self.tree.kind(node), Kind::Assign | Kind::While | Kind::For | Kind::Loop)
    }

    pub(super) fn is_code(&self) -> bool {
        matches!(self.tree.language(), Language::Python | Language::Rust)
    }

    /// The child with a role must match; a pattern without it asks for none.
    pub(super) fn field_child(
        &self,
        pattern: &PatternNode,
        node: NodeId,
        field: Field,
        state: &mut State,
        next: &mut Next<'_>,
    ) -> bool {
        match (pattern.child(field), self.tree.child(node, field)) {
            (Some(pattern), Some(child)) => self.node(pattern, child, state, next),
            (None, None) => next(state),
            _ => false,
        }
    }

    /// As [`Matcher::field_child`], but a pattern without the child matches code with it.
    pub(super) fn optional_child(
        &self,
        pattern: &PatternNode,
        node: NodeId,
        field: Field,
        state: &mut State,
        next: &mut Next<'_>,
    ) -> bool {
        if pattern.child(field).is_none() { next(state) } else { self.field_child(pattern, node, field, state, next) }
    }

    /// Every decorator of the pattern must be on the code, in any place among others.
    pub(super) fn decorators(
        &self,
        pattern: &PatternNode,
        node: NodeId,
        state: &mut State,
        next: &mut Next<'_>,
    ) -> bool {
        if pattern.child(Field::Decorator).is_none() {
            return next(state);
        }
        self.each_somewhere(pattern, node, Field::Decorator, state, next)
    }

    /// Every modifier of the pattern (`async`, `pub`) must be on the code.
    fn modifiers(&self, pattern: &PatternNode, node: NodeId) -> bool {
        pattern.children_by(Field::Modifier).all(|wanted| {
            self.tree
                .children_by(node, Field::Modifier)
                .any(|modifier| wanted.exact() == Some(self.tree.label(modifier)))
        })
    }

    /// Each of the pattern's children of a role matches some child of that role.
    pub(super) fn each_somewhere(
        &self,
        pattern: &PatternNode,
        node: NodeId,
        field: Field,
        state: &mut State,
        next: &mut Next<'_>,
    ) -> bool {
        let wanted: Vec<&PatternNode> =
            pattern.children_by(field).filter(|child| !matches!(child.operator, Operator::Ellipsis)).collect();
        let present: Vec<NodeId> = self.tree.children_by(node, field).collect();
        self.each_in(&wanted, &present, state, next)
    }

    fn each_in(&self, wanted: &[&PatternNode], present: &[NodeId], state: &mut State, next: &mut Next<'_>) -> bool {
        let Some((first, rest)) = wanted.split_first() else { return next(state) };
        present
            .iter()
            .any(|&child| self.node(first, child, state, &mut |state| self.each_in(rest, present, state, next)))
    }

    fn parameters(&self, pattern: &PatternNode, node: NodeId, state: &mut State, next: &mut Next<'_>) -> bool {
        let wanted: Vec<&PatternNode> = pattern.children_by(Field::Parameter).collect();
        let present: Vec<NodeId> = self.tree.children_by(node, Field::Parameter).collect();
        self.sequence(&wanted, &present, state, next)
    }

    /// Any target of a chained assignment will do; a pattern without `let` matches with it.
    fn assignment(&self, pattern: &PatternNode, node: NodeId, state: &mut State, next: &mut Next<'_>) -> bool {
        if !matches!(pattern.exact(), Some("") | None) && pattern.exact() != Some(self.tree.label(node)) {
            return false;
        }
        if !self.modifiers(pattern, node) {
            return false;
        }
        let targets: Vec<&PatternNode> = pattern.children_by(Field::Target).collect();
        let present: Vec<NodeId> = self.tree.children_by(node, Field::Target).collect();
        let with_value = &mut |state: &mut State| {
            self.optional_child(pattern, node, Field::Type, state, &mut |state| match (
                pattern.child(Field::Value),
                self.tree.child(node, Field::Value),
            ) {
                (Some(wanted), Some(value)) => self.node(wanted, value, state, next),
                (None, None) => next(state),
                _ => false,
            })
        };
        match targets.as_slice() {
            [target] => present.iter().any(|&child| self.node(target, child, state, with_value)),
            _ => self.sequence(&targets, &present, state, with_value),
        }
    }

    /// Numbers agree by what they are: `16`, `0x10` and `1_6`, but not `16.0`.
    fn number(&self, pattern: &PatternNode, node: NodeId, state: &mut State, next: &mut Next<'_>) -> bool {
        let text = self.tree.label(node);
        let is_same = pattern.exact().is_none_or(|wanted| {
            let is_whole = |text: &str| !text.contains('.');
            wanted == text
                || (is_whole(wanted) == is_whole(text)
                    && crate::flow::number(wanted).is_some_and(|wanted| crate::flow::number(text) == Some(wanted)))
        });
        is_same && self.label(&Label::Any, node, state, next)
    }

    /// `a == b` matches `b == a` too: equality has no direction.
    fn comparison(&self, pattern: &PatternNode, node: NodeId, state: &mut State, next: &mut Next<'_>) -> bool {
        if !matches!(pattern.label, Label::Any) && pattern.exact() != Some(self.tree.label(node)) {
            return false;
        }
        self.children_in_order(pattern, node, state, next)
    }

    /// Arguments in order; a body that the pattern has not is not asked for.
    fn directive(&self, pattern: &PatternNode, node: NodeId, state: &mut State, next: &mut Next<'_>) -> bool {
        let wanted: Vec<&PatternNode> = pattern.children_by(Field::Argument).collect();
        let present: Vec<NodeId> = self.tree.children_by(node, Field::Argument).collect();
        self.sequence(&wanted, &present, state, &mut |state| self.field_child(pattern, node, Field::Body, state, next))
    }

    /// `FROM image` stands for `FROM image AS name` as well.
    fn instruction(&self, pattern: &PatternNode, node: NodeId, state: &mut State, next: &mut Next<'_>) -> bool {
        let wanted: Vec<&PatternNode> = pattern.children_by(Field::Argument).collect();
        let present: Vec<NodeId> = self.tree.children_by(node, Field::Argument).collect();
        let is_unnamed = self.tree.label(node) == "FROM"
            && wanted.len() == 1
            && present.get(1).is_some_and(|&word| self.tree.label(word).eq_ignore_ascii_case("as"));
        if is_unnamed {
            return self.sequence(&wanted, &present[..1], state, next);
        }
        self.children_in_order(pattern, node, state, next)
    }

    /// Commands in a row, anywhere among the commands of a script.
    fn script(&self, pattern: &PatternNode, node: NodeId, state: &mut State, next: &mut Next<'_>) -> bool {
        let wanted: Vec<&PatternNode> = pattern.children.iter().collect();
        if wanted.iter().any(|item| item.is_sequence()) {
            return self.children_in_order(pattern, node, state, next);
        }
        let present: Vec<NodeId> = self.tree.children(node).collect();
        present.windows(wanted.len().max(1)).any(|row| self.sequence(&wanted, row, state, next))
    }

    /// Children one by one; optional ones that the pattern does not have are passed over.
    pub(super) fn children_in_order(
        &self,
        pattern: &PatternNode,
        node: NodeId,
        state: &mut State,
        next: &mut Next<'_>,
    ) -> bool {
        let wanted: Vec<&PatternNode> = pattern.children.iter().collect();
        let present: Vec<NodeId> = self
            .tree
            .children(node)
            .filter(|&child| {
                let field = self.tree.field(child);
                // Variables inside a word are part of its label.
                self.tree.kind(node) != Kind::Word && (!OPTIONAL.contains(&field) || pattern.child(field).is_some())
            })
            .collect();
        self.sequence(&wanted, &present, state, next)
    }
}
