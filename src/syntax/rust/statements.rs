//! Blocks and the statements in them.

use super::lowering::{Lowering, Open, between, cover};
use super::recovery::Context;
use crate::source::Span;
use crate::syntax::{Field, Kind};
use syn::{Block, Expr, Local, Pat, Stmt, Token};

impl Lowering<'_> {
    /// A Block for what stands between braces: what syn found there, or what is recovered.
    pub fn body(&mut self, braces: proc_macro2::Span, context: Context, fill: impl FnOnce(&mut Self)) -> Span {
        let span = self.range(braces);
        if let Some(patch) = self.patch.take_if(|patch| patch.open == span.start as usize) {
            return self.patched_body(&patch, context, Field::Body);
        }
        let open = self.open(Kind::Block, Field::Body);
        fill(self);
        self.close(open, span);
        span
    }

    pub fn block(&mut self, block: &Block, field: Field) -> Span {
        let span = self.range(block.brace_token.span.join());
        if let Some(patch) = self.patch.take_if(|patch| patch.open == span.start as usize) {
            return self.patched_body(&patch, Context::Statements, field);
        }
        let open = self.open(Kind::Block, field);
        self.statements(&block.stmts);
        self.close(open, span);
        span
    }

    pub fn statements(&mut self, statements: &[Stmt]) {
        for statement in statements {
            match statement {
                Stmt::Local(local) => self.local(local),
                Stmt::Item(item) => self.item(item, Field::Statement),
                // A lone semicolon.
                Stmt::Expr(Expr::Verbatim(tokens), _) if tokens.is_empty() => {}
                Stmt::Expr(expr, _) => {
                    self.expr(expr, Field::Statement);
                }
                Stmt::Macro(call) => {
                    self.macro_call(&call.mac, Field::Statement);
                }
            }
        }
    }

    fn local(&mut self, local: &Local) {
        let open = self.open(Kind::Assign, Field::Statement);
        let word = self.token(local.let_token.span, 3);
        self.label_span(open, word);
        let front = cover(self.attributes(&local.attrs), word);
        let (pattern, ty) = match &local.pat {
            Pat::Type(typed) => (&*typed.pat, Some(&*typed.ty)),
            pattern => (pattern, None),
        };
        self.binding_mutability(pattern);
        let mut last = self.pattern(pattern, Field::Target);
        if let Some(ty) = ty {
            last = self.ty(ty, Field::Type);
        }
        if let Some(init) = &local.init {
            last = self.expr(&init.expr, Field::Value);
            if let Some((_, otherwise)) = &init.diverge {
                last = self.expr(otherwise, Field::Alternative);
            }
        }
        let span = self.with_semicolon(between(front, last), Some(local.semi_token));
        self.close(open, span);
    }

    /// A declaration's span with its semicolon, unless that one was added to make a snippet whole.
    pub fn with_semicolon(&self, span: Span, semicolon: Option<Token![;]>) -> Span {
        let Some(semicolon) = semicolon else { return span };
        let at = self.token(semicolon.spans[0], 1);
        if self.text.get(at.range()) == Some(";") { between(span, at) } else { span }
    }

    /// Closes a node over its attributes, words and last part.
    pub fn close_declaration(&mut self, open: Open, front: Span, last: Span) {
        self.close(open, front.cover(last));
    }
}
