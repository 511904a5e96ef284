//! Macro calls: arguments are parsed as what they usually are, whatever the macro.
//!
//! Tried in this order: a list of expressions (with `name = value`, `name: value`, the `%` and `?` of tracing, types,
//! JSON objects and `x; n`), pairs `key => value` or `"key": value`, the arms of `select!`, statements between braces,
//! `static ref` declarations. What is none of them is one Raw.

use super::lowering::{Lowering, between};
use super::macro_arguments::{Argument, Body, SelectArm, Value};
use crate::source::Span;
use crate::syntax::{Field, Kind};
use proc_macro2::TokenStream;
use syn::{Expr, Macro, MacroDelimiter};

impl Lowering<'_> {
    pub fn macro_call(&mut self, call: &Macro, field: Field) -> Span {
        let open = self.open(Kind::MacroCall, field);
        let callee = self.path(None, &call.path, Field::Callee);
        if let Some(last) = call.path.segments.last() {
            let (_, label) = self.ident(&last.ident);
            self.label_span(open, label);
        }
        let group = self.range(call.delimiter.span().join());
        let outside = std::mem::take(&mut self.in_attribute);
        self.token_arguments(&call.tokens, group, matches!(call.delimiter, MacroDelimiter::Brace(_)));
        self.in_attribute = outside;
        self.close(open, between(callee, group));
        between(callee, group)
    }

    /// Adds what stands between a macro's or an attribute's brackets as Argument children.
    pub fn token_arguments(&mut self, tokens: &TokenStream, group: Span, braces: bool) {
        let inside = self.inside(group);
        if inside.is_empty() || tokens.is_empty() {
            return;
        }
        let Some(left) = self.macro_bytes.checked_sub(inside.len() as usize) else {
            self.labelled_leaf(Kind::Raw, Field::Argument, inside, inside);
            return;
        };
        self.macro_bytes = left;
        match Body::parse(tokens, braces) {
            Body::Arguments(arguments) => {
                for argument in &arguments {
                    self.macro_argument(argument);
                }
            }
            Body::Repeat(repeat) => {
                let open = self.open(Kind::List, Field::Argument);
                self.value(&repeat.0, Field::Item);
                self.value(&repeat.1, Field::Item);
                self.label(open, ";");
                self.close(open, inside);
            }
            Body::Pairs(pairs) => self.dict(&pairs, inside, Field::Argument),
            Body::Select(arms) => {
                for arm in &arms {
                    self.select_arm(arm);
                }
            }
            Body::Statements(statements) => {
                let open = self.open(Kind::Block, Field::Argument);
                self.statements(&statements);
                self.close(open, inside);
            }
            Body::Statics(statics) => {
                let open = self.open(Kind::Block, Field::Argument);
                for item in &statics {
                    let front = (&*item.attributes, Some(&item.visibility), item.keyword.span);
                    self.constant(
                        front,
                        &item.name,
                        &item.ty,
                        Some(&item.value),
                        Some(item.semicolon),
                        Field::Statement,
                    );
                }
                self.close(open, inside);
            }
            Body::Raw => {
                self.labelled_leaf(Kind::Raw, Field::Argument, inside, inside);
            }
        }
    }

    fn macro_argument(&mut self, argument: &Argument) {
        match argument {
            Argument::Value(value) => {
                self.value(value, Field::Argument);
            }
            Argument::Keyword(name, value) => {
                let (ident, label) = self.ident(name);
                let open = self.open(Kind::KeywordArgument, Field::Argument);
                let value = self.value(value, Field::Value);
                self.close_labelled(open, between(ident, value), label);
            }
        }
    }

    fn value(&mut self, value: &Value, field: Field) -> Span {
        match value {
            Value::Expr(Expr::Assign(assign)) if self.in_attribute => self.attribute_pair(assign, field),
            Value::Expr(expr) => self.expr(expr, field),
            Value::Type(ty) => self.ty(ty, field),
            Value::Null(at) => {
                let span = self.range(*at);
                self.leaf(Kind::Null, field, span)
            }
            Value::Object(at, pairs) => {
                let span = self.range(*at);
                self.dict(pairs, span, field);
                span
            }
            Value::Array(at, items) => {
                let span = self.range(*at);
                let open = self.open(Kind::List, field);
                for item in items {
                    self.value(item, Field::Item);
                }
                self.close(open, span);
                span
            }
            Value::Repeat(at, value, count) => {
                let span = self.range(*at);
                let open = self.open(Kind::List, field);
                self.value(value, Field::Item);
                self.value(count, Field::Item);
                self.label(open, ";");
                self.close(open, span);
                span
            }
        }
    }

    fn dict(&mut self, pairs: &[(Value, Value)], span: Span, field: Field) {
        let dict = self.open(Kind::Dict, field);
        for (key, value) in pairs {
            let open = self.open(Kind::Pair, Field::Item);
            let key = self.value(key, Field::Key);
            let value = self.value(value, Field::Value);
            self.close(open, between(key, value));
        }
        self.close(dict, span);
    }

    /// `pattern = future, if guard => body` is what it means: `if let pattern = future && guard { body }`.
    fn select_arm(&mut self, arm: &SelectArm) {
        let Some((pattern, future)) = &arm.event else {
            self.expr(&arm.body, Field::Argument);
            return;
        };
        let branch = self.open(Kind::If, Field::Argument);
        let both = arm.guard.as_ref().map(|_| self.open(Kind::Boolean, Field::Condition));
        let condition = self.open(Kind::LetCondition, if both.is_some() { Field::Left } else { Field::Condition });
        let start = self.pattern(pattern, Field::Target);
        let value = self.expr(future, Field::Value);
        self.close(condition, between(start, value));
        if let (Some(open), Some(guard)) = (both, &arm.guard) {
            let guard = self.expr(guard, Field::Right);
            self.label(open, "and");
            self.close(open, between(start, guard));
        }
        let body = match &arm.body {
            Expr::Block(block) => self.block(&block.block, Field::Consequence),
            body => {
                let open = self.open(Kind::Block, Field::Consequence);
                let span = self.expr(body, Field::Statement);
                self.close(open, span);
                span
            }
        };
        self.close(branch, between(start, body));
    }
}
