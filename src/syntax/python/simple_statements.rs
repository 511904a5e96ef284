//! Statements that hold no block.

use super::grammar::Syntax;
use super::lowering::{Here, Lowering};
use crate::source::Span;
use crate::syntax::{Field, Kind, NodeId};

impl Lowering<'_> {
    /// An expression that stands alone; several with commas between are a Tuple.
    pub(super) fn expression_statement(&mut self) {
        let first = self.enter();
        self.bare_list(first, Field::Statement, &[]);
    }

    /// `a = b = c: int = value`, flattened: the grammar nests the second assignment into the first one's value.
    pub(super) fn assignment(&mut self, here: Here, field: Field) {
        let id = self.open(Kind::Assign, field, here.span);
        let mut nested = 0_usize;
        let mut role = Field::Target;
        let mut child = self.enter();
        loop {
            let Some(part) = child else {
                if nested == 0 {
                    break;
                }
                nested -= 1;
                child = self.next();
                continue;
            };
            match part.syntax {
                Syntax::Equals => role = Field::Value,
                Syntax::Colon => role = Field::Type,
                Syntax::Assignment if role == Field::Value => {
                    role = Field::Target;
                    child = self.enter();
                    nested += 1;
                    continue;
                }
                _ if part.syntax.is_token() => {}
                _ => self.expression(part, role),
            }
            child = self.next();
        }
        self.close(id);
    }

    pub(super) fn augmented_assignment(&mut self, here: Here, field: Field) {
        let id = self.open(Kind::AugmentedAssign, field, here.span);
        let mut role = Field::Target;
        let mut child = self.enter();
        while let Some(part) = child {
            if part.syntax.is_token() {
                self.label_span(id, part.span);
                role = Field::Value;
            } else {
                self.expression(part, role);
            }
            child = self.next();
        }
        self.close(id);
    }

    pub(super) fn optional_value(&mut self, here: Here, field: Field, kind: Kind) {
        self.sequence(here, field, kind, &[Field::Value]);
    }

    pub(super) fn raise(&mut self, here: Here, field: Field) {
        let id = self.open(Kind::Raise, field, here.span);
        let mut role = Field::Value;
        let mut child = self.enter();
        while let Some(part) = child {
            if part.syntax == Syntax::From {
                role = Field::Cause;
            } else if !part.syntax.is_token() {
                self.expression(part, role);
            }
            child = self.next();
        }
        self.close(id);
    }

    pub(super) fn assert(&mut self, here: Here, field: Field) {
        self.sequence(here, field, Kind::Assert, &[Field::Condition, Field::Message]);
    }

    pub(super) fn delete(&mut self, here: Here, field: Field) {
        let id = self.open(Kind::Delete, field, here.span);
        let mut child = self.enter_node();
        while let Some(part) = child {
            if part.syntax == Syntax::ExpressionList {
                self.arguments(Field::Target);
            } else {
                self.expression(part, Field::Target);
            }
            child = self.next_node();
        }
        self.close(id);
    }

    pub(super) fn scope_declaration(&mut self, here: Here, field: Field) {
        let id = self.open(Kind::ScopeDeclaration, field, here.span);
        let mut labelled = false;
        let mut child = self.enter();
        while let Some(part) = child {
            if !part.syntax.is_token() {
                self.expression(part, Field::Target);
            } else if !labelled {
                self.label_span(id, part.span);
                labelled = true;
            }
            child = self.next();
        }
        self.close(id);
    }

    /// `print x, y` and `exec code in globals` of Python 2 are the calls that they became.
    pub(super) fn statement_call(&mut self, here: Here, field: Field) {
        let id = self.open(Kind::Call, field, here.span);
        let mut has_callee = false;
        let mut child = self.enter();
        while let Some(part) = child {
            if !has_callee && part.syntax.is_token() {
                self.labelled(Kind::Name, Field::Callee, part.span);
                has_callee = true;
            } else if part.syntax == Syntax::Chevron {
                let file = self.open(Kind::KeywordArgument, Field::Argument, part.span);
                self.label(file, "file");
                self.arguments(Field::Value);
                self.close(file);
            } else if !part.syntax.is_token() {
                self.expression(part, Field::Argument);
            }
            child = self.next();
        }
        self.close(id);
    }

    /// `type Name[T] = value`.
    pub(super) fn type_alias(&mut self, here: Here, field: Field) {
        let id = self.open(Kind::TypeAlias, field, here.span);
        let mut named = false;
        let mut child = self.enter_node();
        while let Some(part) = child {
            if named {
                self.expression(part, Field::Type);
            } else {
                self.type_alias_name(id, part);
                named = true;
            }
            child = self.next_node();
        }
        self.close(id);
    }

    fn type_alias_name(&mut self, id: NodeId, here: Here) {
        match here.syntax {
            Syntax::Identifier => self.label_span(id, here.span),
            Syntax::TypeParameter => self.type_parameters(),
            Syntax::Type | Syntax::GenericType if self.room() > 0 => {
                self.depth += 1;
                let mut child = self.enter_node();
                while let Some(part) = child {
                    self.type_alias_name(id, part);
                    child = self.next_node();
                }
                self.depth -= 1;
            }
            _ => self.expression(here, Field::None),
        }
    }

    pub(super) fn import(&mut self, here: Here, field: Field) {
        let id = self.open(Kind::Import, field, here.span);
        let mut child = self.enter_node();
        while let Some(part) = child {
            self.import_item(part);
            child = self.next_node();
        }
        self.close(id);
    }

    pub(super) fn import_from(&mut self, here: Here, field: Field) {
        let id = self.open(Kind::ImportFrom, field, here.span);
        let mut in_items = false;
        let mut child = self.enter();
        while let Some(part) = child {
            match part.syntax {
                Syntax::Import => in_items = true,
                Syntax::Future => self.label_span(id, part.span),
                _ if part.syntax.is_token() => {}
                Syntax::DottedName | Syntax::RelativeImport if !in_items => self.dotted_label(id, part.span),
                _ => self.import_item(part),
            }
            child = self.next();
        }
        self.close(id);
    }

    fn import_item(&mut self, here: Here) {
        match here.syntax {
            Syntax::DottedName => {
                let id = self.leaf(Kind::ImportItem, Field::Item, here.span);
                self.dotted_label(id, here.span);
            }
            Syntax::WildcardImport => _ = self.labelled(Kind::ImportItem, Field::Item, here.span),
            Syntax::AliasedImport => {
                let id = self.open(Kind::ImportItem, Field::Item, here.span);
                let mut child = self.enter_node();
                while let Some(part) = child {
                    match part.syntax {
                        Syntax::DottedName => self.dotted_label(id, part.span),
                        _ => self.expression(part, Field::Alias),
                    }
                    child = self.next_node();
                }
                self.close(id);
            }
            _ => self.expression(here, Field::None),
        }
    }

    /// A dotted name as a label, without the spaces and continuations that Python allows around the dots.
    fn dotted_label(&mut self, id: NodeId, span: Span) {
        let is_filler = |c: char| c.is_whitespace() || c == '\\';
        if !self.slice(span).contains(|c: char| is_filler(c) || c == '#') {
            return self.label_span(id, span);
        }
        // Inside parentheses a comment may stand between a dot and a name.
        let label: String =
            self.slice(span).lines().filter_map(|line| line.split('#').next()).flat_map(str::chars).collect();
        self.label(id, &label.replace(is_filler, ""));
    }
}
