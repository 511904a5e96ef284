//! What nests to the left: attributes, calls, subscripts and operators.
//!
//! Sums of thousands of strings and endless builders nest further than a tree may. Lowered as they are they would lose
//! their first terms below [`MAX_DEPTH`](crate::syntax::MAX_DEPTH). Instead such a chain becomes one Error node with its
//! operands and arguments side by side, so that the literals and calls in it are still seen.

use super::grammar::Syntax;
use super::lowering::{Here, Lowering};
use crate::source::Span;
use crate::syntax::{Field, Kind};

/// Levels kept for what stands inside a chain's operands.
const RESERVE: usize = 40;

/// Links at the inner end that are lowered as they are.
const INNERMOST: usize = 8;

/// No link of a chain is shorter: `+a`, `.a`, `()`.
const SHORTEST_LINK: usize = 2;

impl Lowering<'_> {
    /// Lowers the chain that ends here as a flat list, if it is too long to nest. `false`: it is not, nothing was done.
    pub(super) fn flattened(&mut self, here: Here, field: Field) -> bool {
        // Inside a chain its outermost link has looked already.
        if matches!(field, Field::Left | Field::Object | Field::Callee) {
            return false;
        }
        let room = self.room().saturating_sub(RESERVE);
        if here.span.range().len() < room * SHORTEST_LINK {
            return false;
        }
        let mut links = Vec::new();
        let mut at = here;
        while at.syntax.is_left_recursive() {
            let Some(first) = self.peek_first() else { break };
            links.push(at.syntax);
            at = first;
        }
        if links.len() <= room.max(INNERMOST) {
            for _ in links {
                self.back();
            }
            return false;
        }
        // The innermost links stay nested: they may be the first operand itself.
        for _ in 0..INNERMOST {
            self.back();
            links.pop();
        }
        let at = self.here();
        self.too_deep_problem(here.span);
        let id = self.open(Kind::Error, field, here.span);
        self.expression(at.within(here), Field::Item);
        while let Some(link) = links.pop() {
            let mut child = self.next_node();
            while let Some(part) = child {
                match part.syntax {
                    Syntax::ArgumentList | Syntax::TypeParameter => self.arguments(Field::Item),
                    // The name behind the dot of an attribute says nothing alone.
                    Syntax::Identifier if matches!(link, Syntax::Attribute | Syntax::MemberType) => {}
                    _ => self.expression(part, Field::Item),
                }
                child = self.next_node();
            }
        }
        self.close(id);
        true
    }

    /// Whether a chain begins with a star: without brackets around it the grammar takes `*a.b` for `(*a).b`.
    pub(super) fn is_starred(&self, here: Here) -> bool {
        here.syntax != Syntax::Type
            && !self.is_faulty()
            && self.text_bytes().get(here.span.range().start) == Some(&b'*')
    }

    /// `*a.b()`: the star is taken off the innermost name and put around the whole chain.
    pub(super) fn starred_chain(&mut self, here: Here, field: Field) {
        let star = here.span.range().start;
        let rest = self.text_bytes().get(star + 1..here.span.range().end).unwrap_or(&[]);
        let space = rest.iter().take_while(|byte| byte.is_ascii_whitespace() || **byte == b'\\').count();
        let id = self.open(Kind::Splat, field, here.span);
        self.label_span(id, Span::from_range(star..star + 1));
        let value = Span::from_range(star + 1 + space..here.span.range().end);
        self.expression(Here { span: value, ..here }, Field::Value);
        self.close(id);
    }

    pub(super) fn attribute(&mut self, here: Here, field: Field) {
        if self.flattened(here, field) {
            return;
        }
        let id = self.open(Kind::Attribute, field, here.span);
        let mut child = self.enter_node();
        let mut has_object = false;
        while let Some(part) = child {
            if !has_object {
                self.expression(part.within(here), Field::Object);
                has_object = true;
            } else if part.syntax == Syntax::Missing {
                self.missing(part, Field::None);
            } else {
                self.label_span(id, part.span);
            }
            child = self.next_node();
        }
        self.close(id);
    }

    pub(super) fn call(&mut self, here: Here, field: Field) {
        if self.flattened(here, field) {
            return;
        }
        let id = self.open(Kind::Call, field, here.span);
        let mut role = Field::Callee;
        let mut child = self.enter_node();
        while let Some(part) = child {
            if part.syntax == Syntax::ArgumentList {
                self.arguments(Field::Argument);
            } else {
                self.expression(part.within(here), role);
            }
            role = Field::Argument;
            child = self.next_node();
        }
        self.close(id);
    }

    pub(super) fn subscript(&mut self, here: Here, field: Field) {
        if self.flattened(here, field) {
            return;
        }
        let id = self.open(Kind::Subscript, field, here.span);
        let mut role = Field::Object;
        let mut child = self.enter_node();
        while let Some(part) = child {
            if part.syntax == Syntax::TypeParameter {
                self.arguments(Field::Index);
            } else {
                self.expression(part.within(here), role);
            }
            role = Field::Index;
            child = self.next_node();
        }
        self.close(id);
    }

    pub(super) fn binary(&mut self, here: Here, field: Field, kind: Kind) {
        if self.flattened(here, field) {
            return;
        }
        let id = self.open(kind, field, here.span);
        let mut role = Field::Left;
        let mut child = self.enter();
        while let Some(part) = child {
            if part.syntax.is_token() {
                self.label_span(id, part.span);
                role = Field::Right;
            } else {
                self.expression(part.within(here), role);
            }
            child = self.next();
        }
        self.close(id);
    }
}
