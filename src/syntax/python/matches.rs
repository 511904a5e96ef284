//! `match` statements and their patterns.

use super::grammar::Syntax;
use super::lowering::{Here, Lowering};
use crate::syntax::{Field, Kind};

impl Lowering<'_> {
    pub(super) fn match_(&mut self, here: Here, field: Field) {
        let id = self.open(Kind::Match, field, here.span);
        let mut child = self.enter();
        while let Some(part) = child {
            match part.syntax {
                // The grammar calls the list of cases a block.
                Syntax::Block => {
                    let mut case = self.enter_node();
                    while let Some(here) = case {
                        match here.syntax {
                            Syntax::CaseClause => self.case(here),
                            _ => self.fragment(here),
                        }
                        case = self.next_node();
                    }
                }
                _ if part.syntax.is_token() => {}
                _ => {
                    child = self.bare_list(child, Field::Subject, &[Syntax::Block, Syntax::Colon]);
                    continue;
                }
            }
            child = self.next();
        }
        self.close_at_last_child(id);
    }

    pub(super) fn case(&mut self, here: Here) {
        if self.room() == 0 {
            return self.too_deep(here, Field::Case);
        }
        let id = self.open(Kind::MatchArm, Field::Case, here.span);
        let mut child = self.enter();
        while let Some(part) = child {
            match part.syntax {
                Syntax::Block => self.block(part, Field::Body),
                Syntax::IfClause => self.arguments(Field::Guard),
                Syntax::CasePattern => {
                    let stop = [Syntax::Block, Syntax::Colon, Syntax::IfClause];
                    child = self.bare_list(child, Field::Pattern, &stop);
                    continue;
                }
                _ if part.syntax.is_token() => {}
                _ => self.expression(part, Field::None),
            }
            child = self.next();
        }
        self.close_at_last_child(id);
    }

    /// Lowers one part of a pattern. A sign and the number behind it are siblings in the grammar: both are taken.
    /// Tokens that mean nothing alone are passed over.
    pub(super) fn pattern(&mut self, here: Here, field: Field) {
        match here.syntax {
            Syntax::Minus => {
                let id = self.open(Kind::Unary, field, here.span);
                self.label_span(id, here.span);
                match self.peek_sibling() {
                    Some(number) if matches!(number.syntax, Syntax::Integer | Syntax::Float) => {
                        self.next();
                        self.set_span(id, here.span.cover(number.span));
                        self.expression(number, Field::Operand);
                    }
                    _ => {}
                }
                self.close(id);
            }
            Syntax::Underscore => _ = self.leaf(Kind::Wildcard, field, here.span),
            _ if here.syntax.is_token() => {}
            _ => self.expression(here, field),
        }
    }

    pub(super) fn case_pattern(&mut self, here: Here, field: Field) {
        self.depth += 1;
        let before = self.next_id();
        let mut child = self.enter();
        while let Some(part) = child {
            self.pattern(part, field);
            child = self.next();
        }
        self.depth -= 1;
        if self.next_id() == before {
            self.leaf(Kind::Error, field, here.span);
        }
    }

    pub(super) fn pattern_items(&mut self, here: Here, field: Field, kind: Kind) {
        let id = self.open(kind, field, here.span);
        let mut child = self.enter();
        while let Some(part) = child {
            self.pattern(part, Field::Item);
            child = self.next();
        }
        self.close(id);
    }

    /// `Point(x, y=0)` has the shape of the call that it looks like.
    pub(super) fn class_pattern(&mut self, here: Here, field: Field) {
        let id = self.open(Kind::Call, field, here.span);
        let mut role = Field::Callee;
        let mut child = self.enter_node();
        while let Some(part) = child {
            self.expression(part, role);
            role = Field::Argument;
            child = self.next_node();
        }
        self.close(id);
    }

    pub(super) fn dict_pattern(&mut self, here: Here, field: Field) {
        let id = self.open(Kind::Dict, field, here.span);
        let mut child = self.enter();
        while let Some(part) = child {
            match part.syntax {
                Syntax::SplatPattern => self.splat(part, Field::Item),
                Syntax::Minus | Syntax::Underscore => child = self.pattern_pair(part),
                _ if part.syntax.is_token() => {}
                _ => child = self.pattern_pair(part),
            }
            if child.is_some() {
                child = self.next();
            }
        }
        self.close(id);
    }

    /// `key: pattern`, which the grammar does not group. Returns the last part taken; `None` if the pattern ended.
    fn pattern_pair(&mut self, key: Here) -> Option<Here> {
        let id = self.open(Kind::Pair, Field::Item, key.span);
        self.pattern(key, Field::Key);
        let mut role = Field::Key;
        let mut child = self.next();
        while let Some(part) = child {
            match part.syntax {
                Syntax::Comma => break,
                Syntax::Colon => role = Field::Value,
                _ => self.pattern(part, role),
            }
            child = self.next();
        }
        self.close_at_last_child(id);
        child
    }

    /// `1 + 2j`, `-1 - 2j`.
    pub(super) fn complex_pattern(&mut self, here: Here, field: Field) {
        let id = self.open(Kind::Binary, field, here.span);
        let mut has_left = false;
        let mut child = self.enter();
        while let Some(part) = child {
            match part.syntax {
                Syntax::Minus if !has_left => {
                    self.pattern(part, Field::Left);
                    has_left = true;
                }
                _ if part.syntax.is_token() => self.label_span(id, part.span),
                _ => {
                    self.expression(part, if has_left { Field::Right } else { Field::Left });
                    has_left = true;
                }
            }
            child = self.next();
        }
        self.close(id);
    }

    /// `pattern as name`, and `value as name` outside `with` and `except`.
    pub(super) fn as_pattern(&mut self, here: Here, field: Field) {
        let id = self.open(Kind::Capture, field, here.span);
        let mut has_pattern = false;
        let mut child = self.enter();
        while let Some(part) = child {
            match part.syntax {
                Syntax::Underscore => _ = self.leaf(Kind::Wildcard, Field::Pattern, part.span),
                _ if part.syntax.is_token() => {}
                _ if !has_pattern => {
                    self.expression(part, Field::Pattern);
                    has_pattern = true;
                }
                Syntax::Identifier | Syntax::AsPatternTarget => self.label_span(id, part.span),
                _ => self.expression(part, Field::None),
            }
            child = self.next();
        }
        self.close(id);
    }
}
