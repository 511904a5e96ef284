//! Patterns: in `let`, `match`, parameters and conditions.

use super::lowering::{Lowering, between};
use crate::source::Span;
use crate::syntax::{Field, Kind};
use syn::punctuated::Punctuated;
use syn::{Member, Pat, PatIdent, PatStruct, Token};

impl Lowering<'_> {
    pub fn pattern(&mut self, pattern: &Pat, field: Field) -> Span {
        match pattern {
            Pat::Ident(ident) => self.binding(ident, field),
            Pat::Wild(wild) => {
                let span = self.token(wild.underscore_token.span, 1);
                self.labelled_leaf(Kind::Wildcard, field, span, span)
            }
            Pat::Rest(rest) => {
                let span = self.token(rest.dot2_token.spans[0], 2);
                self.labelled_leaf(Kind::Wildcard, field, span, span)
            }
            Pat::Lit(literal) => self.literal(&literal.lit, field),
            Pat::Path(path) => self.path(path.qself.as_ref(), &path.path, field),
            Pat::Range(range) => self.range_of(range.start.as_deref(), &range.limits, range.end.as_deref(), field),
            Pat::Macro(call) => self.macro_call(&call.mac, field),
            Pat::Const(block) => self.keyword_block(block.const_token.span, "const", &block.block, field),
            Pat::Paren(inner) => {
                self.pattern(&inner.pat, field);
                self.range(inner.paren_token.span.join())
            }
            Pat::Reference(reference) => {
                let and = self.token(reference.and_token.spans[0], 1);
                let open = self.open(Kind::Unary, field);
                if reference.mutability.is_some() {
                    self.label(open, "&mut");
                } else {
                    self.label_span(open, and);
                }
                let inner = self.pattern(&reference.pat, Field::Operand);
                self.close(open, between(and, inner));
                between(and, inner)
            }
            Pat::Or(or) => {
                let open = self.open(Kind::OrPattern, field);
                let span = self.patterns(&or.cases, Field::Item).unwrap_or_default();
                let start = or.leading_vert.map_or(span, |bar| self.token(bar.spans[0], 1));
                self.close(open, between(start, span));
                between(start, span)
            }
            Pat::Slice(slice) => {
                let span = self.range(slice.bracket_token.span.join());
                let open = self.open(Kind::List, field);
                self.patterns(&slice.elems, Field::Item);
                self.close(open, span);
                span
            }
            Pat::Tuple(tuple) => {
                let span = self.range(tuple.paren_token.span.join());
                let open = self.open(Kind::Tuple, field);
                self.patterns(&tuple.elems, Field::Item);
                self.close(open, span);
                span
            }
            Pat::TupleStruct(pattern) => {
                let open = self.open(Kind::Call, field);
                let path = self.path(pattern.qself.as_ref(), &pattern.path, Field::Callee);
                self.patterns(&pattern.elems, Field::Argument);
                let span = between(path, self.range(pattern.paren_token.span.join()));
                self.close(open, span);
                span
            }
            Pat::Struct(pattern) => self.struct_pattern(pattern, field),
            Pat::Type(typed) => {
                // Only closure parameters and `let` have it, and both take it apart; elsewhere the type says nothing.
                let inner = self.pattern(&typed.pat, field);
                Span::new(inner.start, inner.end)
            }
            Pat::Guard(guarded) => {
                let open = self.open(Kind::Other, field);
                let inner = self.pattern(&guarded.pat, Field::Item);
                let condition = self.expr(&guarded.guard, Field::Item);
                let word = self.token(guarded.if_token.span, 2);
                self.close_labelled(open, between(inner, condition), word);
                between(inner, condition)
            }
            Pat::Verbatim(tokens) => self.verbatim(tokens, field),
            _ => self.place.beginning(),
        }
    }

    fn patterns<P>(&mut self, patterns: &Punctuated<Pat, P>, field: Field) -> Option<Span> {
        let mut whole: Option<Span> = None;
        for pattern in patterns {
            let span = self.pattern(pattern, field);
            whole = Some(whole.map_or(span, |whole| between(whole, span)));
        }
        whole
    }

    /// `ref mut name @ pattern`. `ref` and `mut` change nothing about what is bound and are left out.
    fn binding(&mut self, binding: &PatIdent, field: Field) -> Span {
        let (ident, label) = self.ident(&binding.ident);
        let mut start = ident;
        if let Some(word) = binding.mutability {
            start = self.token(word.span, 3);
        }
        if let Some(word) = binding.by_ref {
            start = self.token(word.span, 3);
        }
        let Some((_, inner)) = &binding.subpat else {
            self.labelled_leaf(Kind::Name, field, ident, label);
            return between(start, ident);
        };
        let open = self.open(Kind::Capture, field);
        let inner = self.pattern(inner, Field::Pattern);
        self.close_labelled(open, between(start, inner), label);
        between(start, inner)
    }

    fn struct_pattern(&mut self, pattern: &PatStruct, field: Field) -> Span {
        let open = self.open(Kind::StructLiteral, field);
        let path = self.path(pattern.qself.as_ref(), &pattern.path, Field::Callee);
        for member in &pattern.fields {
            let open = self.open(Kind::KeywordArgument, Field::Argument);
            let (name, label) = self.member(&member.member);
            let value = self.pattern(&member.pat, Field::Value);
            let span = if member.colon_token.is_some() { between(name, value) } else { value };
            self.close_labelled(open, span, label);
        }
        if let Some(rest) = &pattern.rest {
            let span = self.token(rest.dot2_token.spans[0], 2);
            self.labelled_leaf(Kind::Splat, Field::Argument, span, span);
        }
        let span = between(path, self.range(pattern.brace_token.span.join()));
        self.close(open, span);
        span
    }

    /// A field's name or number, as in [`Lowering::ident`].
    pub fn member(&self, member: &Member) -> (Span, Span) {
        match member {
            Member::Named(ident) => self.ident(ident),
            Member::Unnamed(index) => {
                let span = self.range(index.span);
                (span, span)
            }
        }
    }

    /// The word `mut` of a pattern that binds one name.
    pub fn binding_mutability(&mut self, pattern: &Pat) -> Option<Span> {
        let Pat::Ident(PatIdent { mutability: Some(word), .. }) = pattern else { return None };
        let word: Token![mut] = *word;
        Some(self.modifier(word.span, 3))
    }
}
