//! Items with bodies: functions, `impl`, `trait`, `mod`, blocks and statements.

use super::lowering::{Lowering, between, cover};
use super::recovery::Context;
use crate::source::Span;
use crate::syntax::{Field, Kind};
use syn::{
    Abi, Attribute, Block, FnArg, FnModifiers, ImplItem, ImplItemFn, Item, ItemFn, ItemForeignMod, ItemImpl, ItemMod,
    ItemTrait, Pat, Receiver, ReceiverKind, Safety, Signature, Token, TraitItem, TraitItemFn, Type, Visibility,
};

/// What stands in front of a function's signature, and what follows it.
struct Function<'a> {
    attributes: &'a [Attribute],
    visibility: Option<&'a Visibility>,
    modifiers: &'a FnModifiers,
    signature: &'a Signature,
    body: Option<&'a Block>,
    /// In place of a body.
    semicolon: Option<Token![;]>,
}

impl Lowering<'_> {
    pub fn item(&mut self, item: &Item, field: Field) {
        match item {
            Item::Fn(ItemFn { attrs, vis, modifiers, sig, block }) => self.function(
                &Function {
                    attributes: attrs,
                    visibility: Some(vis),
                    modifiers,
                    signature: sig,
                    body: Some(block),
                    semicolon: None,
                },
                field,
            ),
            Item::Impl(item) => self.impl_def(item, field),
            Item::Trait(item) => self.trait_def(item, field),
            Item::Mod(item) => self.module(item, field),
            Item::ForeignMod(item) => self.foreign_module(item, field),
            other => self.declaration(other, field),
        }
    }

    fn impl_def(&mut self, item: &ItemImpl, field: Field) {
        let open = self.open(Kind::ImplDef, field);
        let word = self.token(item.impl_token.span, 4);
        let mut front = cover(self.attributes(&item.attrs), word);
        if let Some(word) = item.modifiers.defaultness {
            front = front.cover(self.modifier(word.span, 7));
        }
        if let Some(word) = item.unsafety {
            front = front.cover(self.modifier(word.span, 6));
        }
        self.generics(&item.generics);
        if let Some((path, _)) = &item.trait_ {
            self.path(None, path, Field::Trait);
        }
        if let Some(name) = last_name(&item.self_ty) {
            let (_, label) = self.ident(name);
            self.label_span(open, label);
        }
        self.ty(&item.self_ty, Field::Type);
        let body = self.body(item.brace_token.span.join(), Context::Impl, |this| {
            for member in &item.items {
                this.impl_item(member);
            }
        });
        self.close(open, between(front, body));
    }

    pub fn impl_item(&mut self, item: &ImplItem) {
        let field = Field::Statement;
        match item {
            ImplItem::Fn(ImplItemFn { attrs, vis, modifiers, sig, block }) => self.function(
                &Function {
                    attributes: attrs,
                    visibility: Some(vis),
                    modifiers,
                    signature: sig,
                    body: Some(block),
                    semicolon: None,
                },
                field,
            ),
            ImplItem::Const(item) => self.constant(
                (&item.attrs, Some(&item.vis), item.const_token.span),
                &item.ident,
                &item.ty,
                Some(&item.expr),
                Some(item.semi_token),
                field,
            ),
            ImplItem::Type(item) => self.type_alias(
                (&item.attrs, Some(&item.vis), item.type_token.span),
                &item.ident,
                &item.generics,
                Some(&item.ty),
                Some(item.semi_token),
                field,
            ),
            ImplItem::Macro(item) => {
                self.macro_call(&item.mac, field);
            }
            ImplItem::Verbatim(tokens) => {
                self.verbatim(tokens, field);
            }
            _ => {}
        }
    }

    fn trait_def(&mut self, item: &ItemTrait, field: Field) {
        let open = self.open(Kind::TraitDef, field);
        let (_, label) = self.ident(&item.ident);
        self.label_span(open, label);
        let word = self.token(item.trait_token.span, 5);
        let mut front = cover(self.attributes(&item.attrs), word);
        if let Some(visibility) = self.visibility(&item.vis) {
            front = front.cover(visibility);
        }
        if let Some(word) = item.unsafety {
            front = front.cover(self.modifier(word.span, 6));
        }
        if let Some(word) = item.modifiers.auto_token {
            front = front.cover(self.modifier(word.span, 4));
        }
        self.generics(&item.generics);
        self.bounds(&item.supertraits, Field::Base);
        let body = self.body(item.brace_token.span.join(), Context::Trait, |this| {
            for member in &item.items {
                this.trait_item(member);
            }
        });
        self.close(open, between(front, body));
    }

    pub fn trait_item(&mut self, item: &TraitItem) {
        let field = Field::Statement;
        match item {
            TraitItem::Fn(TraitItemFn { attrs, modifiers, sig, default, semi_token }) => self.function(
                &Function {
                    attributes: attrs,
                    visibility: None,
                    modifiers,
                    signature: sig,
                    body: default.as_ref(),
                    semicolon: *semi_token,
                },
                field,
            ),
            TraitItem::Const(item) => self.constant(
                (&item.attrs, None, item.const_token.span),
                &item.ident,
                &item.ty,
                item.default.as_ref().map(|(_, value)| value),
                Some(item.semi_token),
                field,
            ),
            TraitItem::Type(item) => self.type_alias(
                (&item.attrs, None, item.type_token.span),
                &item.ident,
                &item.generics,
                item.default.as_ref().map(|(_, ty)| ty),
                Some(item.semi_token),
                field,
            ),
            TraitItem::Macro(item) => {
                self.macro_call(&item.mac, field);
            }
            TraitItem::Verbatim(tokens) => {
                self.verbatim(tokens, field);
            }
            _ => {}
        }
    }

    fn module(&mut self, item: &ItemMod, field: Field) {
        let open = self.open(Kind::ModuleDef, field);
        let (_, label) = self.ident(&item.ident);
        self.label_span(open, label);
        let word = self.token(item.mod_token.span, 3);
        let mut front = cover(self.attributes(&item.attrs), word);
        if let Some(visibility) = self.visibility(&item.vis) {
            front = front.cover(visibility);
        }
        if let Some(word) = item.unsafety {
            front = front.cover(self.modifier(word.span, 6));
        }
        let end = match &item.content {
            Some((brace, items)) => self.body(brace.span.join(), Context::Statements, |this| {
                for item in items {
                    this.item(item, Field::Statement);
                }
            }),
            None => item.semi.map_or(label, |semi| self.token(semi.spans[0], 1)),
        };
        self.close(open, between(front, end));
    }

    /// `extern "C" { }`: Other `extern` with its declarations as Item.
    fn foreign_module(&mut self, item: &ItemForeignMod, field: Field) {
        let open = self.open(Kind::Other, field);
        let word = self.token(item.abi.extern_token.span, 6);
        let mut front = cover(self.attributes(&item.attrs), word);
        if let Some(word) = item.unsafety {
            front = front.cover(self.modifier(word.span, 6));
        }
        for declaration in &item.items {
            self.foreign_item(declaration);
        }
        let end = self.range(item.brace_token.span.join());
        self.close_labelled(open, between(front, end), word);
    }

    fn foreign_item(&mut self, item: &syn::ForeignItem) {
        let field = Field::Item;
        match item {
            syn::ForeignItem::Fn(item) => self.function(
                &Function {
                    attributes: &item.attrs,
                    visibility: Some(&item.vis),
                    modifiers: &item.modifiers,
                    signature: &item.sig,
                    body: None,
                    semicolon: Some(item.semi_token),
                },
                field,
            ),
            syn::ForeignItem::Static(item) => self.constant(
                (&item.attrs, Some(&item.vis), item.static_token.span),
                &item.ident,
                &item.ty,
                None,
                Some(item.semi_token),
                field,
            ),
            syn::ForeignItem::Macro(item) => {
                self.macro_call(&item.mac, field);
            }
            syn::ForeignItem::Verbatim(tokens) => {
                self.verbatim(tokens, field);
            }
            _ => {}
        }
    }

    fn function(&mut self, function: &Function<'_>, field: Field) {
        let open = self.open(Kind::FunctionDef, field);
        let signature = function.signature;
        let (_, label) = self.ident(&signature.ident);
        self.label_span(open, label);
        let mut front = cover(self.attributes(function.attributes), self.token(signature.fn_token.span, 2));
        if let Some(visibility) = function.visibility.and_then(|visibility| self.visibility(visibility)) {
            front = front.cover(visibility);
        }
        if let Some(words) = self.function_modifiers(function) {
            front = front.cover(words);
        }
        self.generics(&signature.generics);
        for input in &signature.inputs {
            match input {
                FnArg::Receiver(receiver) => self.receiver(receiver),
                FnArg::Typed(typed) => self.parameter(&typed.attrs, &typed.pat, Some(&typed.ty)),
            };
        }
        if let Some(variadic) = &signature.variadic {
            let dots = self.token(variadic.dots.spans[0], 3);
            self.labelled_leaf(Kind::Parameter, Field::Parameter, dots, dots);
        }
        let parentheses = self.range(signature.paren_token.span.join());
        let output = self.return_type(&signature.output, Field::Returns);
        let end = match function.body {
            Some(body) => self.block(body, Field::Body),
            None => self.with_semicolon(output.unwrap_or(parentheses), function.semicolon),
        };
        self.close(open, between(front, end));
    }

    fn function_modifiers(&mut self, function: &Function<'_>) -> Option<Span> {
        let signature = function.signature;
        let safety = match &signature.safety {
            Safety::Unsafe(word) => Some((word.span, 6)),
            Safety::Safe(word) => Some((word.span, 4)),
            Safety::Default => None,
        };
        let words = [
            function.modifiers.defaultness.map(|word| (word.span, 7)),
            signature.constness.map(|word| (word.span, 5)),
            signature.asyncness.map(|word| (word.span, 5)),
            safety,
            signature.abi.as_ref().map(|abi: &Abi| (abi.extern_token.span, 6)),
        ];
        words.into_iter().flatten().map(|(at, length)| self.modifier(at, length)).reduce(Span::cover)
    }

    /// `self` in its forms; label `self`, with `&`, `&mut` or `mut` as Modifier.
    fn receiver(&mut self, receiver: &Receiver) -> Span {
        let open = self.open(Kind::Parameter, Field::Parameter);
        let word = self.token(receiver.self_token.span, 4);
        let mut span = cover(self.attributes(&receiver.attrs), word);
        if let Some(word) = receiver.mutability {
            span = span.cover(self.modifier(word.span, 3));
        }
        match &receiver.kind {
            ReceiverKind::Reference(and, _, mutability) => {
                let and = self.token(and.spans[0], 1);
                let last = mutability.map_or(and, |word| self.token(word.span, 3));
                let id = self.builder.leaf(Kind::Modifier, Field::Modifier, between(and, last));
                self.builder.label(id, if mutability.is_some() { "&mut" } else { "&" });
                self.builder.close(id);
                span = span.cover(and);
            }
            ReceiverKind::Typed(_, ty) => span = span.cover(self.ty(ty, Field::Type)),
            _ => {}
        }
        self.close_labelled(open, span, word);
        span
    }

    /// A parameter of a function or closure.
    pub fn parameter(&mut self, attributes: &[Attribute], pattern: &Pat, ty: Option<&Type>) -> Span {
        let open = self.open(Kind::Parameter, Field::Parameter);
        let front = self.attributes(attributes);
        let mut span = match pattern {
            Pat::Ident(binding) if binding.subpat.is_none() => {
                let (ident, label) = self.ident(&binding.ident);
                self.label_span(open, label);
                let reference = binding.by_ref.map(|word| self.token(word.span, 3));
                let mutability = self.binding_mutability(pattern);
                [reference, mutability].into_iter().flatten().fold(ident, Span::cover)
            }
            pattern => self.pattern(pattern, Field::Target),
        };
        if let Some(ty) = ty {
            span = between(span, self.ty(ty, Field::Type));
        }
        let span = front.map_or(span, |front| between(front, span));
        self.close(open, span);
        span
    }

    /// `pub`, `pub(crate)`: a Modifier with the text as label.
    pub fn visibility(&mut self, visibility: &Visibility) -> Option<Span> {
        let span = match visibility {
            Visibility::Inherited => return None,
            Visibility::Public(word) => self.token(word.span, 3),
            Visibility::Restricted(restricted) => {
                between(self.token(restricted.pub_token.span, 3), self.range(restricted.paren_token.span.join()))
            }
        };
        Some(self.labelled_leaf(Kind::Modifier, Field::Modifier, span, span))
    }
}

/// The name that an `impl` goes by: the last segment of its type, references taken off.
fn last_name(ty: &Type) -> Option<&syn::Ident> {
    let mut at = ty;
    loop {
        match at {
            Type::Path(path) => return path.path.segments.last().map(|segment| &segment.ident),
            Type::Reference(reference) => at = &reference.elem,
            Type::Paren(inner) => at = &inner.elem,
            Type::Group(inner) => at = &inner.elem,
            _ => return None,
        }
    }
}
