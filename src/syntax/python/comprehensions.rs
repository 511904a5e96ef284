//! Comprehensions, lambdas and `yield`.

use super::grammar::Syntax;
use super::lowering::{Here, Lowering};
use crate::syntax::{Field, Kind};

impl Lowering<'_> {
    pub(super) fn comprehension(&mut self, here: Here, field: Field, label: &str) {
        let id = self.open(Kind::Comprehension, field, here.span);
        self.label(id, label);
        let mut child = self.enter_node();
        while let Some(part) = child {
            let role =
                if matches!(part.syntax, Syntax::ForInClause | Syntax::IfClause) { Field::Clause } else { Field::Item };
            self.expression(part, role);
            child = self.next_node();
        }
        self.close(id);
    }

    pub(super) fn comprehension_for(&mut self, here: Here, field: Field) {
        let id = self.open(Kind::ComprehensionFor, field, here.span);
        let mut child = self.enter();
        let mut has_target = false;
        while let Some(part) = child {
            if part.syntax == Syntax::Async {
                self.label_span(id, part.span);
            } else if !part.syntax.is_token() {
                if has_target {
                    // `for x in 1, 2` of Python 2.
                    child = self.bare_list(child, Field::Iterable, &[]);
                    continue;
                }
                self.expression(part, Field::Target);
                has_target = true;
            }
            child = self.next();
        }
        self.close(id);
    }

    pub(super) fn lambda(&mut self, here: Here, field: Field) {
        let id = self.open(Kind::Lambda, field, here.span);
        let mut child = self.enter_node();
        while let Some(part) = child {
            if part.syntax == Syntax::LambdaParameters {
                self.parameters();
            } else {
                self.expression(part, Field::Body);
            }
            child = self.next_node();
        }
        self.close(id);
    }

    pub(super) fn yield_(&mut self, here: Here, field: Field) {
        let id = self.open(Kind::Yield, field, here.span);
        let mut child = self.enter();
        while let Some(part) = child {
            if part.syntax == Syntax::From {
                self.label_span(id, part.span);
            } else if !part.syntax.is_token() {
                self.expression(part, Field::Value);
            }
            child = self.next();
        }
        self.close(id);
    }
}
