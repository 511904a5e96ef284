//! Items without bodies: types, constants, imports.

use super::lowering::{Lowering, between, cover};
use crate::source::Span;
use crate::syntax::{Field, Kind};
use proc_macro2::{Ident, Span as TokenSpan};
use syn::{
    Attribute, Expr, Fields, Generics, Item, ItemEnum, ItemExternCrate, ItemMacro, ItemStruct, ItemTraitAlias,
    ItemUnion, ItemUse, StaticMutability, Token, Type, UseTree, Variant, Visibility,
};

/// Longest path that is put in front of an imported name; no real import comes near.
const LONGEST_PREFIX: usize = 1024;

/// Attributes, visibility and keyword of an item.
type Front<'a> = (&'a [Attribute], Option<&'a Visibility>, TokenSpan);

impl Lowering<'_> {
    pub fn declaration(&mut self, item: &Item, field: Field) {
        match item {
            Item::Use(item) => self.import(item, field),
            Item::Struct(item) => self.struct_def(item, field),
            Item::Enum(item) => self.enum_def(item, field),
            Item::Union(item) => self.union_def(item, field),
            Item::Const(item) => self.constant(
                (&item.attrs, Some(&item.vis), item.const_token.span),
                &item.ident,
                &item.ty,
                Some(&item.expr),
                Some(item.semi_token),
                field,
            ),
            Item::Static(item) => {
                let open = self.open(Kind::Assign, field);
                let front = self.front((&item.attrs, Some(&item.vis), item.static_token.span));
                let word = self.token(item.static_token.span, 6);
                self.label_span(open, word);
                if let StaticMutability::Mut(word) = item.mutability {
                    self.modifier(word.span, 3);
                }
                let name = self.name(&item.ident, Field::Target);
                self.ty(&item.ty, Field::Type);
                let value = self.expr(&item.expr, Field::Value);
                let span = self.with_semicolon(between(name, value), Some(item.semi_token));
                self.close_declaration(open, front, span);
            }
            Item::Type(item) => self.type_alias(
                (&item.attrs, Some(&item.vis), item.type_token.span),
                &item.ident,
                &item.generics,
                Some(&item.ty),
                Some(item.semi_token),
                field,
            ),
            Item::TraitAlias(item) => self.trait_alias(item, field),
            Item::ExternCrate(item) => self.extern_crate(item, field),
            Item::Macro(item) => self.macro_item(item, field),
            Item::Verbatim(tokens) => {
                self.verbatim(tokens, field);
            }
            _ => {}
        }
    }

    /// Adds attributes and visibility; the span covers them and the first byte of the keyword.
    fn front(&mut self, (attributes, visibility, keyword): Front<'_>) -> Span {
        let front = cover(self.attributes(attributes), self.token(keyword, 1));
        match visibility.and_then(|visibility| self.visibility(visibility)) {
            Some(visibility) => front.cover(visibility),
            None => front,
        }
    }

    fn struct_def(&mut self, item: &ItemStruct, field: Field) {
        let open = self.open(Kind::StructDef, field);
        let (ident, label) = self.ident(&item.ident);
        self.label_span(open, label);
        let front = self.front((&item.attrs, Some(&item.vis), item.struct_token.span));
        self.generics(&item.generics);
        let end = self.fields(&item.fields).unwrap_or(ident);
        let span = self.with_semicolon(between(ident, end), item.semi_token);
        self.close_declaration(open, front, span);
    }

    fn union_def(&mut self, item: &ItemUnion, field: Field) {
        let open = self.open(Kind::StructDef, field);
        let (_, label) = self.ident(&item.ident);
        self.label_span(open, label);
        let front = self.front((&item.attrs, Some(&item.vis), item.union_token.span));
        self.generics(&item.generics);
        for member in &item.fields.named {
            self.field_def(member, 0);
        }
        let end = self.range(item.fields.brace_token.span.join());
        self.close_declaration(open, front, end);
    }

    fn enum_def(&mut self, item: &ItemEnum, field: Field) {
        let open = self.open(Kind::EnumDef, field);
        let (_, label) = self.ident(&item.ident);
        self.label_span(open, label);
        let front = self.front((&item.attrs, Some(&item.vis), item.enum_token.span));
        self.generics(&item.generics);
        for variant in &item.variants {
            self.variant(variant);
        }
        let end = self.range(item.brace_token.span.join());
        self.close_declaration(open, front, end);
    }

    fn variant(&mut self, variant: &Variant) {
        let open = self.open(Kind::Variant, Field::Member);
        let (ident, label) = self.ident(&variant.ident);
        self.label_span(open, label);
        let front = cover(self.attributes(&variant.attrs), ident);
        let mut end = self.fields(&variant.fields).unwrap_or(ident);
        if let Some((_, value)) = &variant.discriminant {
            end = self.expr(value, Field::Value);
        }
        self.close_declaration(open, front, between(ident, end));
    }

    /// Adds the fields and returns their brackets.
    fn fields(&mut self, fields: &Fields) -> Option<Span> {
        match fields {
            Fields::Named(fields) => {
                for member in &fields.named {
                    self.field_def(member, 0);
                }
                Some(self.range(fields.brace_token.span.join()))
            }
            Fields::Unnamed(fields) => {
                for (index, member) in fields.unnamed.iter().enumerate() {
                    self.field_def(member, index);
                }
                Some(self.range(fields.paren_token.span.join()))
            }
            Fields::Unit => None,
        }
    }

    fn field_def(&mut self, member: &syn::Field, index: usize) {
        let open = self.open(Kind::FieldDef, Field::Member);
        let mut front = self.attributes(&member.attrs);
        if let Some(visibility) = self.visibility(&member.vis) {
            front = Some(cover(front, visibility));
        }
        match &member.ident {
            Some(ident) => {
                let (ident, label) = self.ident(ident);
                self.label_span(open, label);
                front = Some(cover(front, ident));
            }
            None => self.label(open, &index.to_string()),
        }
        let ty = self.ty(&member.ty, Field::Type);
        self.close(open, cover(front, ty));
    }

    pub fn constant(
        &mut self,
        front: Front<'_>,
        ident: &Ident,
        ty: &Type,
        value: Option<&Expr>,
        semicolon: Option<Token![;]>,
        field: Field,
    ) {
        let open = self.open(Kind::Assign, field);
        let keyword = self.range(front.2);
        self.label_span(open, keyword);
        let front = self.front(front);
        let name = self.name(ident, Field::Target);
        let mut end = self.ty(ty, Field::Type);
        if let Some(value) = value {
            end = self.expr(value, Field::Value);
        }
        let span = self.with_semicolon(between(name, end), semicolon);
        self.close_declaration(open, front, span);
    }

    pub fn type_alias(
        &mut self,
        front: Front<'_>,
        ident: &Ident,
        generics: &Generics,
        ty: Option<&Type>,
        semicolon: Option<Token![;]>,
        field: Field,
    ) {
        let open = self.open(Kind::TypeAlias, field);
        let (name, label) = self.ident(ident);
        self.label_span(open, label);
        let front = self.front(front);
        self.generics(generics);
        let end = ty.map_or(name, |ty| self.ty(ty, Field::Type));
        let span = self.with_semicolon(between(name, end), semicolon);
        self.close_declaration(open, front, span);
    }

    /// `trait A = B + C;`: a `TypeAlias` of its bounds.
    fn trait_alias(&mut self, item: &ItemTraitAlias, field: Field) {
        let open = self.open(Kind::TypeAlias, field);
        let (name, label) = self.ident(&item.ident);
        self.label_span(open, label);
        let front = self.front((&item.attrs, Some(&item.vis), item.trait_token.span));
        self.generics(&item.generics);
        let end = self.bounds(&item.bounds, Field::Type).unwrap_or(name);
        let span = self.with_semicolon(between(name, end), Some(item.semi_token));
        self.close_declaration(open, front, span);
    }

    fn extern_crate(&mut self, item: &ItemExternCrate, field: Field) {
        let open = self.open(Kind::Import, field);
        let front = self.front((&item.attrs, Some(&item.vis), item.extern_token.span));
        let (name, label) = self.ident(&item.ident);
        let import = self.open(Kind::ImportItem, Field::Item);
        let end = item.rename.as_ref().map_or(name, |(_, alias)| self.name(alias, Field::Alias));
        self.close_labelled(import, between(name, end), label);
        let span = self.with_semicolon(between(name, end), Some(item.semi_token));
        self.close_declaration(open, front, span);
    }

    /// `macro_rules! name { .. }` is Other with the name and its rules as Raw; all else at item level is a call.
    fn macro_item(&mut self, item: &ItemMacro, field: Field) {
        let Some(name) = &item.ident else {
            self.macro_call(&item.mac, field);
            return;
        };
        let open = self.open(Kind::Other, field);
        let word = item.mac.path.segments.last().map(|segment| self.ident(&segment.ident).1);
        self.label_span(open, word.unwrap_or_default());
        let front = self.attributes(&item.attrs);
        let name = self.name(name, Field::Item);
        let group = self.range(item.mac.delimiter.span().join());
        let rules = self.inside(group);
        if !rules.is_empty() {
            self.labelled_leaf(Kind::Raw, Field::Item, rules, rules);
        }
        let span = self.with_semicolon(between(word.unwrap_or(name), group), item.semi_token);
        self.close(open, cover(front, span));
    }

    fn import(&mut self, item: &ItemUse, field: Field) {
        let open = self.open(Kind::Import, field);
        let front = self.front((&item.attrs, Some(&item.vis), item.use_token.span));
        let colons = item.leading_colon.map(|colons| self.token(colons.spans[0], 2));
        let tree = self.use_tree(&item.tree, &mut String::new(), colons);
        let span = self.with_semicolon(tree, Some(item.semi_token));
        self.close_declaration(open, front, span);
    }

    /// Adds one `ImportItem` for each name that a tree brings in and returns the tree's span. `prefix` is the dotted path
    /// so far, `start` where the item begins if no braces came between.
    fn use_tree(&mut self, tree: &UseTree, prefix: &mut String, start: Option<Span>) -> Span {
        let mut at = tree;
        let mut start = start;
        let length = prefix.len();
        while let UseTree::Path(path) = at {
            let (ident, label) = self.ident(&path.ident);
            start = Some(start.unwrap_or(ident));
            if prefix.len() < LONGEST_PREFIX {
                prefix.push_str(&self.text[label.range()]);
                prefix.push('.');
            }
            at = &path.tree;
        }
        let span = match at {
            // The loop above walked down to another kind.
            UseTree::Path(_) => start.unwrap_or_default(),
            UseTree::Name(name) => {
                let (ident, label) = self.ident(&name.ident);
                self.import_item(prefix, label, between(start.unwrap_or(ident), ident), None)
            }
            UseTree::Rename(rename) => {
                let (ident, label) = self.ident(&rename.ident);
                self.import_item(prefix, label, between(start.unwrap_or(ident), ident), Some(&rename.rename))
            }
            UseTree::Glob(glob) => {
                let star = self.token(glob.star_token.spans[0], 1);
                self.import_item(prefix, star, between(start.unwrap_or(star), star), None)
            }
            UseTree::Group(group) => {
                for tree in &group.items {
                    self.use_tree(tree, prefix, None);
                }
                let braces = self.range(group.brace_token.span.join());
                between(start.unwrap_or(braces), braces)
            }
        };
        prefix.truncate(length);
        span
    }

    fn import_item(&mut self, prefix: &str, name: Span, span: Span, alias: Option<&Ident>) -> Span {
        let open = self.open(Kind::ImportItem, Field::Item);
        let last = &self.text[name.range()];
        if prefix.is_empty() || prefix.len() > LONGEST_PREFIX {
            self.label_span(open, name);
        } else if last == "self" {
            // `use a::b::{self}` brings in `a.b`.
            self.label(open, prefix.trim_end_matches('.'));
        } else {
            self.label(open, &format!("{prefix}{last}"));
        }
        let span = match alias {
            Some(alias) => between(span, self.name(alias, Field::Alias)),
            None => span,
        };
        self.close(open, span);
        span
    }
}
