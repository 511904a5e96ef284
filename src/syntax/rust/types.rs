//! Paths, types, bounds and generics.

use super::lowering::{Lowering, Open, between, cover};
use crate::source::Span;
use crate::syntax::{Field, Kind};
use proc_macro2::{TokenStream, TokenTree};
use syn::{
    AngleBracketedGenericArguments, GenericArgument, GenericParam, Generics, NamedArg, Path, PathArguments,
    PathSegment, QSelf, ReturnType, Type, TypeFnPtr, TypeParamBound, WherePredicate,
};

impl Lowering<'_> {
    /// `a::b::<T>::c`: an Attribute chain over the first Name, Subscripts around segments with arguments. `<T as Trait>`
    /// at its beginning is a Cast, `<T>` the type itself.
    pub fn path(&mut self, qself: Option<&QSelf>, path: &Path, field: Field) -> Span {
        let from = qself.map_or(0, |qself| qself.position);
        let count = path.segments.len();
        if count == 0 || (count <= from && qself.is_none()) {
            // syn's placeholder for a path that is not there; no text leads to it.
            return self.place.beginning();
        }
        self.segments(qself, path, from, count, field)
    }

    fn segments(&mut self, qself: Option<&QSelf>, path: &Path, from: usize, to: usize, field: Field) -> Span {
        let mut opened: Vec<(Option<Open>, Option<Open>, &PathSegment)> = Vec::with_capacity(to - from);
        let mut role = field;
        for index in (from..to).rev() {
            let segment = &path.segments[index];
            let first = opened.is_empty();
            let subscript = has_arguments(&segment.arguments).then(|| {
                let open = if first { self.open(Kind::Subscript, role) } else { self.open_link(Kind::Subscript, role) };
                role = Field::Object;
                open
            });
            let is_base = index == 0 && qself.is_none();
            let attribute = (!is_base).then(|| {
                let nested = first && subscript.is_none();
                let open =
                    if nested { self.open(Kind::Attribute, role) } else { self.open_link(Kind::Attribute, role) };
                role = Field::Object;
                open
            });
            opened.push((subscript, attribute, segment));
        }
        let mut span = match qself {
            Some(qself) => Some(self.qualified_self(qself, path, role)),
            None => path.leading_colon.map(|colons| self.token(colons.spans[0], 2)),
        };
        while let Some((subscript, attribute, segment)) = opened.pop() {
            let (ident, label) = self.ident(&segment.ident);
            let whole = cover(span, ident);
            match attribute {
                Some(open) => self.close_labelled(open, whole, label),
                None => {
                    self.labelled_leaf(Kind::Name, role, ident, label);
                }
            }
            let arguments = self.path_arguments(&segment.arguments, subscript.is_some());
            let whole = arguments.map_or(whole, |arguments| between(whole, arguments));
            if let Some(open) = subscript {
                self.close(open, whole);
            }
            span = Some(whole);
        }
        span.unwrap_or_default()
    }

    /// `<T as Trait>` or `<T>`.
    fn qualified_self(&mut self, qself: &QSelf, path: &Path, field: Field) -> Span {
        let outer = Span::from_range(self.start(qself.lt_token.span)..self.end(qself.gt_token.span));
        if qself.position == 0 || qself.as_token.is_none() {
            self.ty(&qself.ty, field);
            return outer;
        }
        let open = self.open(Kind::Cast, field);
        let value = self.ty(&qself.ty, Field::Value);
        let of = self.segments(None, path, 0, qself.position.min(path.segments.len()), Field::Type);
        self.close(open, between(value, of));
        outer
    }

    /// Adds the arguments of a segment and returns where they end.
    fn path_arguments(&mut self, arguments: &PathArguments, add: bool) -> Option<Span> {
        match arguments {
            PathArguments::None => None,
            PathArguments::AngleBracketed(generics) if add => Some(self.generic_arguments(generics)),
            PathArguments::AngleBracketed(generics) => Some(self.token(generics.gt_token.span, 1)),
            PathArguments::Parenthesized(arguments) => {
                let span = self.range(arguments.paren_token.span.join());
                let open = self.open(Kind::Tuple, Field::Index);
                self.named_types(&arguments.inputs);
                self.close(open, span);
                let output = self.return_type(&arguments.output, Field::Index);
                Some(output.map_or(span, |output| between(span, output)))
            }
        }
    }

    fn named_types<'a>(&mut self, arguments: impl IntoIterator<Item = &'a NamedArg>) {
        for argument in arguments {
            self.ty(&argument.ty, Field::Item);
        }
    }

    /// Adds the arguments between `<` and `>` as Index children; returns the span of the brackets.
    pub fn generic_arguments(&mut self, generics: &AngleBracketedGenericArguments) -> Span {
        for argument in &generics.args {
            match argument {
                GenericArgument::Type(ty) => {
                    self.ty(ty, Field::Index);
                }
                GenericArgument::Const(value) => {
                    self.expr(value, Field::Index);
                }
                GenericArgument::AssocType(named) => {
                    let (ident, label) = self.ident(&named.ident);
                    let open = self.open(Kind::KeywordArgument, Field::Index);
                    let value = self.ty(&named.ty, Field::Value);
                    self.close_labelled(open, between(ident, value), label);
                }
                GenericArgument::AssocConst(named) => {
                    let (ident, label) = self.ident(&named.ident);
                    let open = self.open(Kind::KeywordArgument, Field::Index);
                    let value = self.expr(&named.value, Field::Value);
                    self.close_labelled(open, between(ident, value), label);
                }
                GenericArgument::Constraint(constraint) => {
                    let (ident, label) = self.ident(&constraint.ident);
                    let open = self.open(Kind::TypeParameter, Field::Index);
                    let bounds = self.bounds(&constraint.bounds, Field::Type);
                    self.close_labelled(open, bounds.map_or(ident, |bounds| between(ident, bounds)), label);
                }
                _ => {}
            }
        }
        Span::from_range(self.start(generics.lt_token.span)..self.end(generics.gt_token.span))
    }

    pub fn ty(&mut self, ty: &Type, field: Field) -> Span {
        match ty {
            Type::Path(path) => self.path(path.qself.as_ref(), &path.path, field),
            Type::Reference(reference) => {
                let and = self.token(reference.and_token.spans[0], 1);
                self.prefixed_type(
                    if reference.mutability.is_some() { "&mut" } else { "&" },
                    and,
                    &reference.elem,
                    field,
                )
            }
            Type::Ptr(pointer) => {
                let star = self.token(pointer.star_token.spans[0], 1);
                self.prefixed_type("*", star, &pointer.elem, field)
            }
            Type::Paren(inner) => {
                self.ty(&inner.elem, field);
                self.range(inner.paren_token.span.join())
            }
            Type::Group(inner) => self.ty(&inner.elem, field),
            Type::Tuple(tuple) => {
                let span = self.range(tuple.paren_token.span.join());
                let open = self.open(Kind::Tuple, field);
                for element in &tuple.elems {
                    self.ty(element, Field::Item);
                }
                self.close(open, span);
                span
            }
            Type::Slice(slice) => {
                let span = self.range(slice.bracket_token.span.join());
                let open = self.open(Kind::List, field);
                self.ty(&slice.elem, Field::Item);
                self.close(open, span);
                span
            }
            Type::Array(array) => {
                let span = self.range(array.bracket_token.span.join());
                let open = self.open(Kind::List, field);
                self.ty(&array.elem, Field::Item);
                self.expr(&array.len, Field::Item);
                let semicolon = self.token(array.semi_token.spans[0], 1);
                self.close_labelled(open, span, semicolon);
                span
            }
            Type::FnPtr(function) => self.function_pointer(function, field),
            Type::ImplTrait(bounded) => {
                let word = self.token(bounded.impl_token.span, 4);
                self.bounded_type(word, Some(word), &bounded.bounds, field)
            }
            Type::TraitObject(object) => {
                let word = object.dyn_token.map(|token| self.token(token.span, 3));
                self.bounded_type(word.unwrap_or_default(), word, &object.bounds, field)
            }
            Type::Never(never) => {
                let span = self.token(never.bang_token.spans[0], 1);
                self.labelled_leaf(Kind::Other, field, span, span)
            }
            Type::Infer(infer) => {
                let span = self.token(infer.underscore_token.span, 1);
                self.leaf(Kind::Wildcard, field, span)
            }
            Type::Macro(call) => self.macro_call(&call.mac, field),
            Type::Verbatim(tokens) => self.verbatim(tokens, field),
            _ => self.place.beginning(),
        }
    }

    fn prefixed_type(&mut self, label: &str, prefix: Span, ty: &Type, field: Field) -> Span {
        let open = self.open(Kind::Unary, field);
        if label.len() == 1 {
            self.label_span(open, prefix);
        } else {
            self.label(open, label);
        }
        let inner = self.ty(ty, Field::Operand);
        let span = between(prefix, inner);
        self.close(open, span);
        span
    }

    /// `impl A + B`, `dyn A + B`: Other with the word as label.
    fn bounded_type<'a>(
        &mut self,
        label: Span,
        word: Option<Span>,
        bounds: impl IntoIterator<Item = &'a TypeParamBound>,
        field: Field,
    ) -> Span {
        let open = self.open(Kind::Other, field);
        let bounds = self.bounds(bounds, Field::Item);
        let span = match (word, bounds) {
            (Some(word), Some(bounds)) => between(word, bounds),
            (word, bounds) => word.or(bounds).unwrap_or_else(|| self.place.beginning()),
        };
        self.close_labelled(open, span, label);
        span
    }

    /// `fn(A, B) -> C`: Other `fn` with the types as Item.
    fn function_pointer(&mut self, function: &TypeFnPtr, field: Field) -> Span {
        let word = self.token(function.fn_token.span, 2);
        let mut start = word.start;
        if let Some(lifetimes) = &function.lifetimes {
            start = start.min(self.token(lifetimes.for_token.span, 3).start);
        }
        if let Some(unsafety) = function.unsafety {
            start = start.min(self.token(unsafety.span, 6).start);
        }
        if let Some(abi) = &function.abi {
            start = start.min(self.token(abi.extern_token.span, 6).start);
        }
        let open = self.open(Kind::Other, field);
        self.named_types(&function.inputs);
        let parentheses = self.range(function.paren_token.span.join());
        let end = self.return_type(&function.output, Field::Item).unwrap_or(parentheses).end;
        let span = Span::new(start, end);
        self.close_labelled(open, span, word);
        span
    }

    pub fn return_type(&mut self, output: &ReturnType, field: Field) -> Option<Span> {
        match output {
            ReturnType::Default => None,
            ReturnType::Type(_, ty) => Some(self.ty(ty, field)),
        }
    }

    /// Adds trait bounds, lifetimes left out; returns the span from the first to the last, lifetimes included.
    pub fn bounds<'a>(&mut self, bounds: impl IntoIterator<Item = &'a TypeParamBound>, field: Field) -> Option<Span> {
        let mut whole = None;
        for bound in bounds {
            let span = match bound {
                TypeParamBound::Trait(bound) => {
                    let path = self.path(None, &bound.path, field);
                    let mut start = path.start;
                    if let Some(lifetimes) = &bound.lifetimes {
                        start = start.min(self.token(lifetimes.for_token.span, 3).start);
                    }
                    if let Some(maybe) = bound.maybe {
                        start = start.min(self.token(maybe.spans[0], 1).start);
                    }
                    match &bound.paren_token {
                        Some(parentheses) => self.range(parentheses.span.join()),
                        None => Span::new(start, path.end),
                    }
                }
                TypeParamBound::Lifetime(lifetime) => {
                    Span::from_range(self.start(lifetime.apostrophe)..self.end(lifetime.ident.span()))
                }
                TypeParamBound::PreciseCapture(capture) => {
                    Span::from_range(self.start(capture.use_token.span)..self.end(capture.gt_token.span))
                }
                TypeParamBound::Verbatim(tokens) => self.verbatim(tokens, field),
                _ => continue,
            };
            whole = Some(cover(whole, span));
        }
        whole
    }

    /// Adds the generic parameters and the bounds of the `where` clause, lifetimes left out.
    pub fn generics(&mut self, generics: &Generics) {
        for parameter in &generics.params {
            match parameter {
                GenericParam::Type(parameter) => {
                    let (ident, label) = self.ident(&parameter.ident);
                    let open = self.open(Kind::TypeParameter, Field::TypeParameter);
                    let bounds = self.bounds(&parameter.bounds, Field::Type);
                    self.close_labelled(open, bounds.map_or(ident, |bounds| between(ident, bounds)), label);
                }
                GenericParam::Const(parameter) => {
                    let (ident, label) = self.ident(&parameter.ident);
                    let open = self.open(Kind::TypeParameter, Field::TypeParameter);
                    let ty = self.ty(&parameter.ty, Field::Type);
                    self.close_labelled(open, between(ident, ty), label);
                }
                GenericParam::Lifetime(_) => {}
            }
        }
        let predicates = generics.where_clause.iter().flat_map(|clause| &clause.predicates);
        for predicate in predicates {
            let WherePredicate::Type(predicate) = predicate else { continue };
            let Type::Path(bounded) = &predicate.bounded_ty else { continue };
            let Some(ident) = bounded.path.get_ident() else { continue };
            let (ident, label) = self.ident(ident);
            let open = self.open(Kind::TypeParameter, Field::TypeParameter);
            let bounds = self.bounds(&predicate.bounds, Field::Type);
            self.close_labelled(open, bounds.map_or(ident, |bounds| between(ident, bounds)), label);
        }
    }

    /// Tokens that syn keeps as they are: Other `verbatim`.
    pub fn verbatim(&mut self, tokens: &TokenStream, field: Field) -> Span {
        let mut span = None;
        for token in tokens.clone() {
            let range = match &token {
                TokenTree::Group(group) => self.range(group.span()),
                other => self.range(other.span()),
            };
            span = Some(cover(span, range));
        }
        let Some(span) = span else { return self.place.beginning() };
        let open = self.open(Kind::Other, field);
        self.label(open, "verbatim");
        self.close(open, span);
        span
    }
}

fn has_arguments(arguments: &PathArguments) -> bool {
    match arguments {
        PathArguments::None => false,
        PathArguments::Parenthesized(_) => true,
        PathArguments::AngleBracketed(generics) => {
            generics.args.iter().any(|argument| !matches!(argument, GenericArgument::Lifetime(_)))
        }
    }
}
