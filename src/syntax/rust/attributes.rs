//! Attributes: `#[cfg(test)]`, `#[derive(..)]`, `#![allow(..)]`. Documentation comments, attributes to syn, are comments
//! here and left out.

use super::lowering::{Lowering, between, cover};
use crate::source::Span;
use crate::syntax::{Field, Kind};
use syn::{AttrStyle, Attribute, Expr, ExprAssign, Meta, Path};

impl Lowering<'_> {
    /// Adds a Decorator for each attribute; returns the span of those that stand in front of their item.
    pub fn attributes(&mut self, attributes: &[Attribute]) -> Option<Span> {
        let mut outer = None;
        for attribute in attributes {
            let pound = self.token(attribute.pound_token.spans[0], 1);
            if self.text.as_bytes().get(pound.start as usize) != Some(&b'#') {
                continue;
            }
            let span = between(pound, self.range(attribute.bracket_token.span.join()));
            let open = self.open(Kind::Decorator, Field::Decorator);
            self.meta(&attribute.meta);
            self.close(open, span);
            if matches!(attribute.style, AttrStyle::Outer) {
                outer = Some(cover(outer, span));
            }
        }
        outer
    }

    fn meta(&mut self, meta: &Meta) {
        match meta {
            Meta::Path(path) => {
                self.path(None, path, Field::Value);
            }
            Meta::NameValue(pair) => {
                let open = self.open(Kind::Assign, Field::Value);
                let target = self.path(None, &pair.path, Field::Target);
                let value = self.expr(&pair.value, Field::Value);
                self.close(open, between(target, value));
            }
            Meta::List(list) => {
                let open = self.open(Kind::Call, Field::Value);
                let callee = self.path(None, &list.path, Field::Callee);
                let group = self.range(list.delimiter.span().join());
                let outside = std::mem::replace(&mut self.in_attribute, true);
                self.token_arguments(&list.tokens, group, false);
                self.in_attribute = outside;
                self.close(open, between(callee, group));
            }
        }
    }

    /// `name = value` between an attribute's parentheses.
    pub fn attribute_pair(&mut self, pair: &ExprAssign, field: Field) -> Span {
        let Some(name) = simple_name(&pair.left) else {
            let open = self.open(Kind::Assign, field);
            let target = self.expr(&pair.left, Field::Target);
            let value = self.expr(&pair.right, Field::Value);
            self.close(open, between(target, value));
            return between(target, value);
        };
        let Some(ident) = name.get_ident() else { return self.place.beginning() };
        let (ident, label) = self.ident(ident);
        let open = self.open(Kind::KeywordArgument, field);
        let value = self.expr(&pair.right, Field::Value);
        self.close_labelled(open, between(ident, value), label);
        between(ident, value)
    }
}

fn simple_name(expr: &Expr) -> Option<&Path> {
    match expr {
        Expr::Path(path) if path.qself.is_none() && path.path.get_ident().is_some() => Some(&path.path),
        _ => None,
    }
}
