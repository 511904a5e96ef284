//! Expressions that begin with a token of their own; those that begin with another expression are chains.

use super::lowering::{Lowering, Open, between};
use crate::source::Span;
use crate::syntax::{Field, Kind};
use proc_macro2::Span as TokenSpan;
use syn::punctuated::Punctuated;
use syn::{
    Arm, Block, Expr, ExprClosure, ExprForLoop, ExprIf, ExprMatch, ExprStruct, ExprUnary, ExprWhile, Pat, RangeLimits,
    Token, UnOp,
};

impl Lowering<'_> {
    pub fn exprs(&mut self, list: &Punctuated<Expr, Token![,]>, field: Field) {
        for expr in list {
            match expr {
                Expr::Assign(assign) if self.in_attribute => self.attribute_pair(assign, field),
                expr => self.expr(expr, field),
            };
        }
    }

    /// Everything that begins with a token of its own.
    pub fn atom(&mut self, expr: &Expr, field: Field) -> Span {
        match expr {
            Expr::Lit(literal) => self.literal(&literal.lit, field),
            Expr::Path(path) => self.path(path.qself.as_ref(), &path.path, field),
            Expr::Macro(call) => self.macro_call(&call.mac, field),
            Expr::Reference(reference) => {
                let and = self.token(reference.and_token.spans[0], 1);
                self.borrow(and, reference.mutability.is_some(), &reference.expr, field)
            }
            Expr::RawAddr(address) => {
                let and = self.token(address.and_token.spans[0], 1);
                let mutable = matches!(address.mutability, syn::PointerMutability::Mut(_));
                self.borrow(and, mutable, &address.expr, field)
            }
            Expr::Unary(unary) => self.unary(unary, field),
            Expr::Struct(literal) => self.struct_literal(literal, field),
            Expr::Closure(closure) => self.closure(closure, field),
            Expr::Block(block) => {
                let span = self.block(&block.block, field);
                match &block.label {
                    Some(label) => between(self.token(label.name.apostrophe, 1), span),
                    None => span,
                }
            }
            Expr::If(branch) => self.if_chain(branch, field),
            Expr::Match(choice) => self.match_expr(choice, field),
            Expr::While(repeat) => self.while_loop(repeat, field),
            Expr::ForLoop(repeat) => self.for_loop(repeat, field),
            Expr::Loop(repeat) => {
                let word = self.token(repeat.loop_token.span, 4);
                let start = repeat.label.as_ref().map_or(word, |label| self.token(label.name.apostrophe, 1));
                let open = self.open(Kind::Loop, field);
                let span = between(start, self.block(&repeat.body, Field::Body));
                self.close(open, span);
                span
            }
            Expr::Async(block) => self.keyword_block(block.async_token.span, "async", &block.block, field),
            Expr::Unsafe(block) => self.keyword_block(block.unsafe_token.span, "unsafe", &block.block, field),
            Expr::Const(block) => self.keyword_block(block.const_token.span, "const", &block.block, field),
            Expr::TryBlock(block) => self.keyword_block(block.try_token.span, "try", &block.block, field),
            Expr::Array(array) => {
                let span = self.range(array.bracket_token.span.join());
                let open = self.open(Kind::List, field);
                self.exprs(&array.elems, Field::Item);
                self.close(open, span);
                span
            }
            Expr::Repeat(repeat) => {
                let span = self.range(repeat.bracket_token.span.join());
                let open = self.open(Kind::List, field);
                self.expr(&repeat.expr, Field::Item);
                self.expr(&repeat.len, Field::Item);
                let semicolon = self.token(repeat.semi_token.spans[0], 1);
                self.close_labelled(open, span, semicolon);
                span
            }
            Expr::Tuple(tuple) => {
                let span = self.range(tuple.paren_token.span.join());
                let open = self.open(Kind::Tuple, field);
                self.exprs(&tuple.elems, Field::Item);
                self.close(open, span);
                span
            }
            Expr::Let(condition) => {
                let word = self.token(condition.let_token.span, 3);
                let open = self.open(Kind::LetCondition, field);
                self.pattern(&condition.pat, Field::Target);
                let span = between(word, self.expr(&condition.expr, Field::Value));
                self.close(open, span);
                span
            }
            // Without a lower bound: the others are chains.
            Expr::Range(range) => self.range_of(None, &range.limits, range.end.as_deref(), field),
            Expr::Return(leave) => self.leaving(Kind::Return, leave.return_token.span, 6, leave.expr.as_deref(), field),
            Expr::Yield(give) => self.leaving(Kind::Yield, give.yield_token.span, 5, give.expr.as_deref(), field),
            Expr::Break(leave) => {
                let word = self.token(leave.break_token.span, 5);
                let label = leave.label.as_ref().map(|label| self.lifetime(label));
                let open = self.open(Kind::Break, field);
                if let Some(label) = label {
                    self.label_span(open, label);
                }
                let value = leave.expr.as_ref().map(|value| self.expr(value, Field::Value));
                let span = between(word, value.or(label).unwrap_or(word));
                self.close(open, span);
                span
            }
            Expr::Continue(next) => {
                let word = self.token(next.continue_token.span, 8);
                let label = next.label.as_ref().map(|label| self.lifetime(label));
                self.leaf(Kind::Continue, field, between(word, label.unwrap_or(word)))
            }
            Expr::Infer(infer) => {
                let span = self.token(infer.underscore_token.span, 1);
                self.labelled_leaf(Kind::Wildcard, field, span, span)
            }
            Expr::Verbatim(tokens) => self.verbatim(tokens, field),
            _ => self.place.beginning(),
        }
    }

    fn lifetime(&self, lifetime: &syn::Lifetime) -> Span {
        Span::from_range(self.start(lifetime.apostrophe)..self.end(lifetime.ident.span()))
    }

    fn borrow(&mut self, and: Span, mutable: bool, operand: &Expr, field: Field) -> Span {
        let open = self.open(Kind::Unary, field);
        if mutable {
            self.label(open, "&mut");
        } else {
            self.label_span(open, and);
        }
        let span = between(and, self.expr(operand, Field::Operand));
        self.close(open, span);
        span
    }

    fn unary(&mut self, unary: &ExprUnary, field: Field) -> Span {
        let (at, label) = match &unary.op {
            UnOp::Deref(star) => (star.spans[0], None),
            UnOp::Neg(minus) => (minus.spans[0], None),
            UnOp::Not(not) => (not.spans[0], Some("not")),
            _ => return self.expr(&unary.expr, field),
        };
        let sign = self.token(at, 1);
        let open = self.open(Kind::Unary, field);
        match label {
            Some(label) => self.label(open, label),
            None => self.label_span(open, sign),
        }
        let span = between(sign, self.expr(&unary.expr, Field::Operand));
        self.close(open, span);
        span
    }

    fn leaving(&mut self, kind: Kind, at: TokenSpan, length: usize, value: Option<&Expr>, field: Field) -> Span {
        let word = self.token(at, length);
        let open = self.open(kind, field);
        let span = between(word, value.map_or(word, |value| self.expr(value, Field::Value)));
        self.close(open, span);
        span
    }

    pub fn limits(&self, limits: &RangeLimits) -> Span {
        match limits {
            RangeLimits::HalfOpen(dots) => self.token(dots.spans[0], 2),
            RangeLimits::Closed(dots) => self.token(dots.spans[0], 3),
        }
    }

    /// `a..=b`, with either end left out; patterns have it too.
    pub fn range_of(&mut self, lower: Option<&Expr>, limits: &RangeLimits, upper: Option<&Expr>, field: Field) -> Span {
        let open = self.open(Kind::Slice, field);
        let limits = self.limits(limits);
        let lower = lower.map_or(limits, |lower| self.expr(lower, Field::Lower));
        let upper = upper.map_or(limits, |upper| self.expr(upper, Field::Upper));
        self.close_labelled(open, between(lower, upper), limits);
        between(lower, upper)
    }

    pub fn keyword_block(&mut self, at: TokenSpan, word: &str, block: &Block, field: Field) -> Span {
        let word = self.token(at, word.len());
        let open = self.open(Kind::KeywordBlock, field);
        let span = between(word, self.block(block, Field::Body));
        self.close_labelled(open, span, word);
        span
    }

    fn struct_literal(&mut self, literal: &ExprStruct, field: Field) -> Span {
        let open = self.open(Kind::StructLiteral, field);
        let path = self.path(literal.qself.as_ref(), &literal.path, Field::Callee);
        for member in &literal.fields {
            let open = self.open(Kind::KeywordArgument, Field::Argument);
            let (name, label) = self.member(&member.member);
            let value = self.expr(&member.expr, Field::Value);
            let span = if member.colon_token.is_some() { between(name, value) } else { value };
            self.close_labelled(open, span, label);
        }
        if let Some(dots) = literal.dot2_token {
            let dots = self.token(dots.spans[0], 2);
            let open = self.open(Kind::Splat, Field::Argument);
            let rest = literal.rest.as_ref().map_or(dots, |rest| self.expr(rest, Field::Value));
            self.close_labelled(open, between(dots, rest), dots);
        }
        let span = between(path, self.range(literal.brace_token.span.join()));
        self.close(open, span);
        span
    }

    fn closure(&mut self, closure: &ExprClosure, field: Field) -> Span {
        let open = self.open(Kind::Lambda, field);
        let mut start = self.token(closure.inputs_begin.spans[0], 1);
        let lifetimes = closure.lifetimes.as_ref().map(|lifetimes| lifetimes.for_token.span);
        let words = [
            lifetimes,
            closure.constness.map(|word| word.span),
            closure.asyncness.map(|word| word.span),
            closure.capture.map(|word| word.span),
        ];
        for word in words.into_iter().flatten() {
            start = self.token(word, 1).cover(start);
        }
        for input in &closure.inputs {
            match input {
                Pat::Type(typed) => self.parameter(&[], &typed.pat, Some(&typed.ty)),
                untyped => self.parameter(&[], untyped, None),
            };
        }
        let body = self.expr(&closure.body, Field::Body);
        let span = between(start, body);
        self.close(open, span);
        span
    }

    /// `if a {} else if b {} else {}`, its links without recursion.
    fn if_chain(&mut self, first: &ExprIf, field: Field) -> Span {
        let mut opened: Vec<(Open, Span)> = Vec::new();
        let mut branch = first;
        let mut role = field;
        let last = loop {
            let word = self.token(branch.if_token.span, 2);
            let open = if opened.is_empty() { self.open(Kind::If, role) } else { self.open_link(Kind::If, role) };
            opened.push((open, word));
            self.expr(&branch.cond, Field::Condition);
            let consequence = self.block(&branch.then_branch, Field::Consequence);
            match branch.else_branch.as_ref().map(|(_, otherwise)| &**otherwise) {
                Some(Expr::If(next)) => {
                    branch = next;
                    role = Field::Alternative;
                }
                Some(other) => break self.expr(other, Field::Alternative),
                None => break consequence,
            }
        };
        let mut span = last;
        while let Some((open, word)) = opened.pop() {
            span = between(word, last);
            self.close(open, span);
        }
        span
    }

    fn match_expr(&mut self, choice: &ExprMatch, field: Field) -> Span {
        let open = self.open(Kind::Match, field);
        self.expr(&choice.expr, Field::Subject);
        for arm in &choice.arms {
            self.match_arm(arm, Field::Case);
        }
        let span = between(self.token(choice.match_token.span, 5), self.range(choice.brace_token.span.join()));
        self.close(open, span);
        span
    }

    pub fn match_arm(&mut self, arm: &Arm, field: Field) {
        let open = self.open(Kind::MatchArm, field);
        let (pattern, guard) = match &arm.pat {
            Pat::Guard(guarded) => (&*guarded.pat, Some(&*guarded.guard)),
            pattern => (pattern, None),
        };
        let start = self.pattern(pattern, Field::Pattern);
        if let Some(guard) = guard {
            self.expr(guard, Field::Guard);
        }
        let body = self.expr(&arm.body, Field::Body);
        self.close(open, between(start, body));
    }

    fn while_loop(&mut self, repeat: &ExprWhile, field: Field) -> Span {
        let word = self.token(repeat.while_token.span, 5);
        let start = repeat.label.as_ref().map_or(word, |label| self.token(label.name.apostrophe, 1));
        let open = self.open(Kind::While, field);
        self.expr(&repeat.cond, Field::Condition);
        let span = between(start, self.block(&repeat.body, Field::Body));
        self.close(open, span);
        span
    }

    fn for_loop(&mut self, repeat: &ExprForLoop, field: Field) -> Span {
        let word = self.token(repeat.for_token.span, 3);
        let start = repeat.label.as_ref().map_or(word, |label| self.token(label.name.apostrophe, 1));
        let open = self.open(Kind::For, field);
        self.pattern(&repeat.pat, Field::Target);
        self.expr(&repeat.expr, Field::Iterable);
        let span = between(start, self.block(&repeat.body, Field::Body));
        self.close(open, span);
        span
    }
}
