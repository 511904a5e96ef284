//! Blocks and the statements that hold them.

use super::grammar::Syntax;
use super::lowering::{Here, Lowering};
use crate::source::Span;
use crate::syntax::{Field, Kind, NodeId};

/// Levels kept below a long chain of `elif`.
const RESERVE: usize = 60;

impl Lowering<'_> {
    /// Lowers the statements below the cursor.
    pub(super) fn statements(&mut self) {
        let mut child = self.enter_with(Field::Statement);
        while let Some(here) = child {
            if !here.syntax.is_token() {
                self.statement(here);
            }
            child = self.next_with(Field::Statement);
        }
    }

    /// Lowers a body; its span goes from its first to its last statement.
    pub(super) fn block(&mut self, here: Here, field: Field) {
        if self.room() == 0 {
            return self.too_deep(here, field);
        }
        let id = self.open(Kind::Block, field, here.span);
        let first = self.next_id();
        self.statements();
        if self.next_id() == first {
            // Nothing but comments, or nothing at all.
            self.set_span(id, Span::at(here.span.start));
            self.close(id);
        } else {
            self.close_at_last_child(id);
        }
    }

    /// Lowers what the cursor stands on as a statement.
    pub(super) fn statement(&mut self, here: Here) {
        let field = Field::Statement;
        if self.room() == 0 {
            return self.too_deep(here, field);
        }
        match here.syntax {
            Syntax::ExpressionStatement => self.expression_statement(),
            Syntax::FunctionDefinition => self.function(here, field),
            Syntax::ClassDefinition => self.class(here, field),
            Syntax::DecoratedDefinition => self.decorated(here, field),
            Syntax::IfStatement => self.if_(here, field),
            Syntax::ForStatement => self.for_(here, field),
            Syntax::WhileStatement => self.while_(here, field),
            Syntax::TryStatement => self.try_(here, field),
            Syntax::ExceptClause => self.except(here, Field::Handler),
            Syntax::WithStatement => self.with(here, field),
            Syntax::MatchStatement => self.match_(here, field),
            Syntax::CaseClause => self.case(here),
            Syntax::ReturnStatement => self.optional_value(here, field, Kind::Return),
            Syntax::PassStatement => _ = self.leaf(Kind::Pass, field, here.span),
            Syntax::BreakStatement => _ = self.leaf(Kind::Break, field, here.span),
            Syntax::ContinueStatement => _ = self.leaf(Kind::Continue, field, here.span),
            Syntax::RaiseStatement => self.raise(here, field),
            Syntax::AssertStatement => self.assert(here, field),
            Syntax::DeleteStatement => self.delete(here, field),
            Syntax::GlobalStatement | Syntax::NonlocalStatement => self.scope_declaration(here, field),
            Syntax::ImportStatement => self.import(here, field),
            Syntax::ImportFromStatement | Syntax::FutureImportStatement => self.import_from(here, field),
            Syntax::PrintStatement | Syntax::ExecStatement => self.statement_call(here, field),
            Syntax::TypeAliasStatement => self.type_alias(here, field),
            _ => self.expression(here, field),
        }
    }

    /// `if`, `elif`, `else`: each `elif` is an If in the Alternative of the one before it, without recursion, since
    /// generated code has hundreds of them.
    fn if_(&mut self, here: Here, field: Field) {
        let mut open: Vec<NodeId> = vec![self.open(Kind::If, field, here.span)];
        let mut overflow = None;
        let mut role = Field::Condition;
        let mut child = self.enter();
        while let Some(part) = child {
            match part.syntax {
                Syntax::ElifClause => {
                    if self.room() <= RESERVE && overflow.is_none() {
                        let rest = Span::new(part.span.start, here.span.end);
                        self.too_deep_problem(rest);
                        overflow = Some(self.open(Kind::Error, Field::Alternative, rest));
                    }
                    if overflow.is_some() {
                        self.condition_and_body(Field::Item, Field::Item);
                    } else {
                        let span = Span::new(part.span.start, here.span.end);
                        open.push(self.open(Kind::If, Field::Alternative, span));
                        self.condition_and_body(Field::Condition, Field::Consequence);
                    }
                }
                Syntax::ElseClause => {
                    let role = if overflow.is_some() { Field::Item } else { Field::Alternative };
                    self.clause_body(role);
                }
                Syntax::Block => self.block(part, Field::Consequence),
                _ if part.syntax.is_token() => {}
                _ => {
                    self.expression(part, role);
                    role = Field::None;
                }
            }
            child = self.next();
        }
        if let Some(overflow) = overflow {
            self.close_at_last_child(overflow);
        }
        while let Some(id) = open.pop() {
            self.close_at_last_child(id);
        }
    }

    fn condition_and_body(&mut self, condition: Field, body: Field) {
        let mut role = condition;
        let mut child = self.enter_node();
        while let Some(part) = child {
            if part.syntax == Syntax::Block {
                self.block(part, body);
            } else {
                self.expression(part, role);
                role = Field::None;
            }
            child = self.next_node();
        }
    }

    /// Lowers the block of an `else` or `finally`.
    fn clause_body(&mut self, field: Field) {
        self.condition_and_body(Field::None, field);
    }

    fn while_(&mut self, here: Here, field: Field) {
        let id = self.open(Kind::While, field, here.span);
        let mut role = Field::Condition;
        let mut child = self.enter_node();
        while let Some(part) = child {
            match part.syntax {
                Syntax::Block => self.block(part, Field::Body),
                Syntax::ElseClause => self.clause_body(Field::Alternative),
                _ => {
                    self.expression(part, role);
                    role = Field::None;
                }
            }
            child = self.next_node();
        }
        self.close_at_last_child(id);
    }

    fn for_(&mut self, here: Here, field: Field) {
        let id = self.open(Kind::For, field, here.span);
        let mut role = Field::Target;
        let mut child = self.enter();
        while let Some(part) = child {
            match part.syntax {
                Syntax::Async => self.label_span(id, part.span),
                Syntax::Block => self.block(part, Field::Body),
                Syntax::ElseClause => self.clause_body(Field::Alternative),
                _ if part.syntax.is_token() => {}
                _ => {
                    self.expression(part, role);
                    role = if role == Field::Target { Field::Iterable } else { Field::None };
                }
            }
            child = self.next();
        }
        self.close_at_last_child(id);
    }

    fn try_(&mut self, here: Here, field: Field) {
        let id = self.open(Kind::Try, field, here.span);
        let mut child = self.enter_node();
        while let Some(part) = child {
            match part.syntax {
                Syntax::Block => self.block(part, Field::Body),
                Syntax::ExceptClause => self.except(part, Field::Handler),
                Syntax::ElseClause => self.clause_body(Field::Alternative),
                Syntax::FinallyClause => self.clause_body(Field::Finally),
                _ => self.expression(part, Field::None),
            }
            child = self.next_node();
        }
        self.close_at_last_child(id);
    }

    fn except(&mut self, here: Here, field: Field) {
        let id = self.open(Kind::ExceptHandler, field, here.span);
        let mut child = self.enter();
        while let Some(part) = child {
            match part.syntax {
                Syntax::AsPattern => self.value_and_target(Field::Type),
                Syntax::Block => self.block(part, Field::Body),
                _ if part.syntax.is_token() => {
                    if self.slice(part.span) == "*" {
                        self.label_span(id, part.span);
                    }
                }
                // Several types without parentheses, as Python 3.14 has them.
                _ => {
                    child = self.bare_list(child, Field::Type, &[Syntax::Block, Syntax::Colon]);
                    continue;
                }
            }
            child = self.next();
        }
        self.close_at_last_child(id);
    }

    /// `value as target`, split into two nodes without one for the whole.
    fn value_and_target(&mut self, field: Field) {
        let mut role = field;
        let mut child = self.enter_node();
        while let Some(part) = child {
            self.expression(part, role);
            role = Field::Target;
            child = self.next_node();
        }
    }

    fn with(&mut self, here: Here, field: Field) {
        let id = self.open(Kind::With, field, here.span);
        let mut child = self.enter();
        while let Some(part) = child {
            match part.syntax {
                Syntax::Async => self.label_span(id, part.span),
                Syntax::WithClause => {
                    let mut item = self.enter_node();
                    while let Some(here) = item {
                        self.with_item(here);
                        item = self.next_node();
                    }
                }
                Syntax::Block => self.block(part, Field::Body),
                _ if part.syntax.is_token() => {}
                _ => self.expression(part, Field::None),
            }
            child = self.next();
        }
        self.close_at_last_child(id);
    }

    /// One context manager. The grammar takes `with (open(a) as f):` for parentheses around one item.
    fn with_item(&mut self, here: Here) {
        if self.room() == 0 {
            return self.too_deep(here, Field::Item);
        }
        let id = self.open(Kind::WithItem, Field::Item, here.span);
        let mut child = self.enter_node();
        while let Some(part) = child {
            match part.syntax {
                Syntax::AsPattern => self.value_and_target(Field::Value),
                Syntax::ParenthesizedExpression if self.holds_as_pattern() => {
                    let faulty = self.is_faulty();
                    let mut inner = self.enter_node();
                    while let Some(part) = inner {
                        match part.syntax {
                            Syntax::AsPattern => {
                                if !faulty {
                                    self.set_span(id, part.span);
                                }
                                self.value_and_target(Field::Value);
                            }
                            _ => self.expression(part, Field::Value),
                        }
                        inner = self.next_node();
                    }
                }
                _ => self.expression(part, Field::Value),
            }
            child = self.next_node();
        }
        self.close(id);
    }

    fn holds_as_pattern(&mut self) -> bool {
        let mut found = false;
        let mut child = self.peek_first();
        while let Some(part) = child {
            found |= part.syntax == Syntax::AsPattern;
            child = self.peek_next();
        }
        found
    }
}
