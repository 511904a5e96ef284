//! Expressions that begin with an expression: calls, fields, operators. They are walked with a stack of their own, so that
//! the length of a chain costs no recursion.

use super::lowering::{Lowering, Open, between};
use crate::source::Span;
use crate::syntax::{Field, Kind};
use proc_macro2::Span as TokenSpan;
use syn::{BinOp, Expr, ExprBinary, ExprMethodCall};

/// A construct whose leftmost part is still to be added.
struct Link<'e> {
    expr: &'e Expr,
    /// The nodes it opened, outermost first; parentheses open none.
    open: [Option<Open>; 3],
}

impl Lowering<'_> {
    pub fn expr(&mut self, expr: &Expr, field: Field) -> Span {
        let mut links: Vec<Link<'_>> = Vec::new();
        let mut at = expr;
        let mut role = field;
        let mut chained = false;
        while let Some((inner, inner_role)) = leftmost(at) {
            let open = self.open_chain(at, role, chained);
            chained |= open[0].is_some();
            links.push(Link { expr: at, open });
            role = inner_role.unwrap_or(role);
            at = inner;
        }
        let mut span = self.atom(at, role);
        while let Some(link) = links.pop() {
            span = self.close_chain(&link, span);
        }
        span
    }

    fn open_chain(&mut self, expr: &Expr, field: Field, chained: bool) -> [Option<Open>; 3] {
        let kind = match expr {
            Expr::Paren(_) | Expr::Group(_) => return [None; 3],
            Expr::MethodCall(_) | Expr::Call(_) => Kind::Call,
            Expr::Field(_) => Kind::Attribute,
            Expr::Index(_) => Kind::Subscript,
            Expr::Try(_) => Kind::Question,
            Expr::Await(_) => Kind::Await,
            Expr::Cast(_) => Kind::Cast,
            Expr::Assign(_) => Kind::Assign,
            Expr::Range(_) => Kind::Slice,
            Expr::Binary(binary) => operator(&binary.op).kind,
            _ => Kind::Other,
        };
        let outer = if chained { self.open_link(kind, field) } else { self.open(kind, field) };
        let Expr::MethodCall(call) = expr else { return [Some(outer), None, None] };
        let mut role = Field::Callee;
        let generics = call.turbofish.as_ref().map(|_| {
            let open = self.open_link(Kind::Subscript, role);
            role = Field::Object;
            open
        });
        [Some(outer), generics, Some(self.open_link(Kind::Attribute, role))]
    }

    /// Adds what follows the leftmost part and closes the nodes.
    fn close_chain(&mut self, link: &Link<'_>, left: Span) -> Span {
        let (open, span) = match (link.expr, link.open[0]) {
            (Expr::Paren(paren), _) => return self.range(paren.paren_token.span.join()),
            (_, None) => return left,
            (Expr::MethodCall(call), Some(open)) => (open, self.method_call(call, link, left)),
            (Expr::Call(call), Some(open)) => {
                self.exprs(&call.args, Field::Argument);
                (open, between(left, self.range(call.paren_token.span.join())))
            }
            (Expr::Field(access), Some(open)) => {
                let (member, label) = self.member(&access.member);
                self.label_span(open, label);
                (open, between(left, member))
            }
            (Expr::Index(index), Some(open)) => {
                self.expr(&index.index, Field::Index);
                (open, between(left, self.range(index.bracket_token.span.join())))
            }
            (Expr::Try(question), Some(open)) => (open, between(left, self.token(question.question_token.spans[0], 1))),
            (Expr::Await(wait), Some(open)) => (open, between(left, self.token(wait.await_token.span, 5))),
            (Expr::Cast(cast), Some(open)) => (open, between(left, self.ty(&cast.ty, Field::Type))),
            (Expr::Assign(assign), Some(open)) => {
                let value = self.expr(&assign.right, Field::Value);
                (open, between(left, value))
            }
            (Expr::Range(range), Some(open)) => {
                let limits = self.limits(&range.limits);
                self.label_span(open, limits);
                let upper = range.end.as_ref().map(|end| self.expr(end, Field::Upper));
                (open, between(left, upper.unwrap_or(limits)))
            }
            (Expr::Binary(binary), Some(open)) => (open, self.binary(binary, open, left)),
            (_, Some(open)) => (open, left),
        };
        self.close(open, span);
        span
    }

    fn method_call(&mut self, call: &ExprMethodCall, link: &Link<'_>, receiver: Span) -> Span {
        let (ident, label) = self.ident(&call.method);
        let mut callee = between(receiver, ident);
        if let Some(attribute) = link.open[2] {
            self.close_labelled(attribute, callee, label);
        }
        if let (Some(open), Some(turbofish)) = (link.open[1], &call.turbofish) {
            callee = between(callee, self.generic_arguments(turbofish));
            self.close(open, callee);
        }
        self.exprs(&call.args, Field::Argument);
        between(callee, self.range(call.paren_token.span.join()))
    }

    fn binary(&mut self, binary: &ExprBinary, open: Open, left: Span) -> Span {
        let operator = operator(&binary.op);
        if let Some(label) = operator.label {
            self.label(open, label);
        } else {
            let label = self.token(operator.at, operator.length);
            self.label_span(open, label);
        }
        let field = if operator.kind == Kind::AugmentedAssign { Field::Value } else { Field::Right };
        let right = self.expr(&binary.right, field);
        between(left, right)
    }
}

/// The part that a construct begins with and its role; parentheses pass their own role on (`None`).
fn leftmost(expr: &Expr) -> Option<(&Expr, Option<Field>)> {
    Some(match expr {
        Expr::MethodCall(call) => (&*call.receiver, Some(Field::Object)),
        Expr::Call(call) => (&*call.func, Some(Field::Callee)),
        Expr::Field(access) => (&*access.base, Some(Field::Object)),
        Expr::Index(index) => (&*index.expr, Some(Field::Object)),
        Expr::Try(question) => (&*question.expr, Some(Field::Value)),
        Expr::Await(wait) => (&*wait.base, Some(Field::Value)),
        Expr::Cast(cast) => (&*cast.expr, Some(Field::Value)),
        Expr::Assign(assign) => (&*assign.left, Some(Field::Target)),
        Expr::Range(range) => (&**range.start.as_ref()?, Some(Field::Lower)),
        Expr::Binary(binary) => {
            let augmented = operator(&binary.op).kind == Kind::AugmentedAssign;
            (&*binary.left, Some(if augmented { Field::Target } else { Field::Left }))
        }
        Expr::Paren(paren) => (&*paren.expr, None),
        Expr::Group(group) => (&*group.expr, None),
        _ => return None,
    })
}

/// What a binary operator makes, and its text.
struct Operator {
    kind: Kind,
    /// When it differs from the source.
    label: Option<&'static str>,
    at: TokenSpan,
    length: usize,
}

fn operator(op: &BinOp) -> Operator {
    let (kind, at, length) = match op {
        BinOp::Add(token) => (Kind::Binary, token.spans[0], 1),
        BinOp::Sub(token) => (Kind::Binary, token.spans[0], 1),
        BinOp::Mul(token) => (Kind::Binary, token.spans[0], 1),
        BinOp::Div(token) => (Kind::Binary, token.spans[0], 1),
        BinOp::Rem(token) => (Kind::Binary, token.spans[0], 1),
        BinOp::BitXor(token) => (Kind::Binary, token.spans[0], 1),
        BinOp::BitAnd(token) => (Kind::Binary, token.spans[0], 1),
        BinOp::BitOr(token) => (Kind::Binary, token.spans[0], 1),
        BinOp::Shl(token) => (Kind::Binary, token.spans[0], 2),
        BinOp::Shr(token) => (Kind::Binary, token.spans[0], 2),
        BinOp::And(token) => (Kind::Boolean, token.spans[0], 2),
        BinOp::Or(token) => (Kind::Boolean, token.spans[0], 2),
        BinOp::Eq(token) => (Kind::Compare, token.spans[0], 2),
        BinOp::Lt(token) => (Kind::Compare, token.spans[0], 1),
        BinOp::Le(token) => (Kind::Compare, token.spans[0], 2),
        BinOp::Ne(token) => (Kind::Compare, token.spans[0], 2),
        BinOp::Ge(token) => (Kind::Compare, token.spans[0], 2),
        BinOp::Gt(token) => (Kind::Compare, token.spans[0], 1),
        BinOp::AddAssign(token) => (Kind::AugmentedAssign, token.spans[0], 2),
        BinOp::SubAssign(token) => (Kind::AugmentedAssign, token.spans[0], 2),
        BinOp::MulAssign(token) => (Kind::AugmentedAssign, token.spans[0], 2),
        BinOp::DivAssign(token) => (Kind::AugmentedAssign, token.spans[0], 2),
        BinOp::RemAssign(token) => (Kind::AugmentedAssign, token.spans[0], 2),
        BinOp::BitXorAssign(token) => (Kind::AugmentedAssign, token.spans[0], 2),
        BinOp::BitAndAssign(token) => (Kind::AugmentedAssign, token.spans[0], 2),
        BinOp::BitOrAssign(token) => (Kind::AugmentedAssign, token.spans[0], 2),
        BinOp::ShlAssign(token) => (Kind::AugmentedAssign, token.spans[0], 3),
        BinOp::ShrAssign(token) => (Kind::AugmentedAssign, token.spans[0], 3),
        _ => (Kind::Binary, TokenSpan::call_site(), 0),
    };
    let label = match op {
        BinOp::And(_) => Some("and"),
        BinOp::Or(_) => Some("or"),
        _ => None,
    };
    Operator { kind, label, at, length }
}
