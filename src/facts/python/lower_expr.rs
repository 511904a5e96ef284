//! Expressions of the tree to [`Expr`].

use super::lower::{Lowering, MAX_NESTING};
use super::{Call, Expr, ExprKind, Keyword};
use crate::flow::{Constant, number};
use crate::source::Span;
use crate::syntax::{self, Field, Kind, Language, NodeId};

/// Longer strings are no annotations.
const MAX_ANNOTATION: usize = 500;

impl Lowering<'_> {
    /// An expression.
    pub(super) fn expr(&mut self, node: NodeId) -> Expr {
        let span = self.tree.file_span(node);
        if self.nesting >= MAX_NESTING {
            return Expr { span, kind: ExprKind::Other(Vec::new()) };
        }
        self.nesting += 1;
        let kind = self.expr_kind(node, span);
        self.nesting -= 1;
        Expr { span, kind }
    }

    fn expr_kind(&mut self, node: NodeId, span: Span) -> ExprKind {
        let tree = self.tree;
        let label = tree.label(node);
        match tree.kind(node) {
            Kind::Name => ExprKind::Name(label.into()),
            Kind::Attribute => match tree.child(node, Field::Object) {
                Some(object) => ExprKind::Attribute(Box::new(self.expr(object)), label.into()),
                None => self.rest(node),
            },
            Kind::Call => self.call(node),
            Kind::Str => ExprKind::Constant(Constant::Str(label.to_owned())),
            Kind::Bytes => ExprKind::Constant(Constant::Bytes(label.to_owned())),
            Kind::Number => {
                number(label).map_or(ExprKind::Other(Vec::new()), |value| ExprKind::Constant(Constant::Number(value)))
            }
            Kind::Bool => ExprKind::Constant(Constant::Bool(label == "true")),
            Kind::Null => ExprKind::Constant(Constant::None),
            Kind::EllipsisLiteral => ExprKind::Ellipsis,
            Kind::FString => {
                let parts = tree.children(node).map(|part| match tree.kind(part) {
                    Kind::Interpolation => match tree.child(part, Field::Value) {
                        Some(value) => self.expr(value),
                        None => Expr { span: tree.file_span(part), kind: ExprKind::Other(Vec::new()) },
                    },
                    _ => self.expr(part),
                });
                ExprKind::FString(parts.collect())
            }
            Kind::List => ExprKind::List(self.all(node)),
            Kind::Tuple => ExprKind::Tuple(self.all(node)),
            Kind::Set => ExprKind::Set(self.all(node)),
            Kind::Dict => ExprKind::Dict(self.pairs(node)),
            Kind::Subscript => match tree.child(node, Field::Object) {
                Some(object) => {
                    let object = self.expr(object);
                    let index = tree.children_by(node, Field::Index).map(|index| self.expr(index)).collect();
                    ExprKind::Subscript(Box::new(object), index)
                }
                None => self.rest(node),
            },
            Kind::Binary => self.two(node, |both| ExprKind::Binary(label.into(), both)),
            Kind::Compare => ExprKind::Compare(label.into(), self.all(node)),
            Kind::Boolean if label == "and" => self.two(node, ExprKind::And),
            Kind::Boolean => self.two(node, ExprKind::Or),
            Kind::Unary if label == "not" => match tree.child(node, Field::Operand) {
                Some(operand) => ExprKind::Not(Box::new(self.expr(operand))),
                None => self.rest(node),
            },
            Kind::Unary if label == "-" => {
                let operand = tree.child(node, Field::Operand).filter(|&operand| tree.kind(operand) == Kind::Number);
                match operand.and_then(|operand| number(tree.label(operand))) {
                    Some(value) => ExprKind::Constant(Constant::Number(-value)),
                    None => self.rest(node),
                }
            }
            Kind::Conditional => {
                let parts = [Field::Condition, Field::Consequence, Field::Alternative].map(|it| tree.child(node, it));
                let [Some(condition), Some(then), Some(otherwise)] = parts else { return self.rest(node) };
                ExprKind::Conditional(Box::new((self.expr(condition), self.expr(then), self.expr(otherwise))))
            }
            Kind::Await => match tree.child(node, Field::Value) {
                Some(value) => ExprKind::Await(Box::new(self.expr(value))),
                None => self.rest(node),
            },
            Kind::Splat => match tree.child(node, Field::Value) {
                Some(value) => ExprKind::Splat(Box::new(self.expr(value))),
                None => self.rest(node),
            },
            Kind::NamedExpression => {
                let parts = [Field::Target, Field::Value].map(|field| tree.child(node, field));
                let [Some(target), Some(value)] = parts else { return self.rest(node) };
                let (target, value) = (self.expr(target), self.expr(value));
                self.record(target.clone(), None, Some(value.clone()), false, span);
                ExprKind::Walrus(Box::new((target, value)))
            }
            Kind::Lambda => ExprKind::Lambda(self.lambda(node)),
            Kind::Yield => {
                self.yields = true;
                self.rest(node)
            }
            _ => self.rest(node),
        }
    }

    fn all(&mut self, node: NodeId) -> Vec<Expr> {
        let tree = self.tree;
        tree.children(node).map(|child| self.expr(child)).collect()
    }

    fn rest(&mut self, node: NodeId) -> ExprKind {
        ExprKind::Other(self.all(node))
    }

    fn two(&mut self, node: NodeId, make: impl FnOnce(Box<(Expr, Expr)>) -> ExprKind) -> ExprKind {
        let tree = self.tree;
        match [Field::Left, Field::Right].map(|field| tree.child(node, field)) {
            [Some(left), Some(right)] => {
                let left = self.expr(left);
                make(Box::new((left, self.expr(right))))
            }
            _ => self.rest(node),
        }
    }

    fn pairs(&mut self, node: NodeId) -> Vec<(Option<Expr>, Expr)> {
        let tree = self.tree;
        let mut pairs = Vec::new();
        for item in tree.children(node) {
            if tree.kind(item) == Kind::Pair {
                let Some(value) = tree.child(item, Field::Value) else { continue };
                let key = tree.child(item, Field::Key).map(|key| self.expr(key));
                pairs.push((key, self.expr(value)));
            } else if let Some(value) = tree.child(item, Field::Value) {
                pairs.push((None, self.expr(value)));
            }
        }
        pairs
    }

    fn call(&mut self, node: NodeId) -> ExprKind {
        let tree = self.tree;
        let Some(callee) = tree.child(node, Field::Callee) else { return self.rest(node) };
        let callee = self.expr(callee);
        let (mut arguments, mut keywords) = (Vec::new(), Vec::new());
        for argument in tree.children_by(node, Field::Argument) {
            match tree.kind(argument) {
                Kind::KeywordArgument => {
                    let Some(value) = tree.child(argument, Field::Value) else { continue };
                    let value = self.expr(value);
                    keywords.push(Keyword { name: tree.label(argument).into(), value, span: tree.file_span(argument) });
                }
                Kind::Splat if tree.label(argument) == "**" => {
                    let Some(value) = tree.child(argument, Field::Value) else { continue };
                    let value = self.expr(value);
                    keywords.push(Keyword { name: "".into(), value, span: tree.file_span(argument) });
                }
                _ => arguments.push(self.expr(argument)),
            }
        }
        ExprKind::Call(Box::new(Call { callee, arguments, keywords }))
    }

    /// An annotation. What stands in quotes is parsed as the code that it is.
    pub(super) fn annotation(&mut self, node: NodeId) -> Expr {
        let mut expr = self.expr(node);
        unquote(&mut expr, 0);
        expr
    }
}

/// Replaces strings in an annotation by what they say. Arguments of `Literal` and all but the first of `Annotated` are
/// values, not types.
fn unquote(expr: &mut Expr, depth: u32) {
    if depth > 20 {
        return;
    }
    match &mut expr.kind {
        ExprKind::Constant(Constant::Str(text)) if text.len() <= MAX_ANNOTATION => {
            if let Some(parsed) = parsed(text, expr.span) {
                expr.kind = parsed.kind;
            }
        }
        ExprKind::Subscript(object, index) => match object.last_name() {
            Some("Literal") => {}
            Some("Annotated") => {
                if let Some(first) = index.first_mut() {
                    unquote(first, depth + 1);
                }
            }
            _ => index.iter_mut().for_each(|item| unquote(item, depth + 1)),
        },
        ExprKind::List(items) | ExprKind::Tuple(items) => items.iter_mut().for_each(|item| unquote(item, depth + 1)),
        ExprKind::Binary(_, both) => {
            unquote(&mut both.0, depth + 1);
            unquote(&mut both.1, depth + 1);
        }
        _ => {}
    }
}

/// The expression in a string; all of it gets the string's span.
fn parsed(text: &str, span: Span) -> Option<Expr> {
    let is_plain_name = text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    if is_plain_name && !text.is_empty() {
        return Some(Expr { span, kind: ExprKind::Name(text.into()) });
    }
    let parsed = syntax::parse(Language::Python, text.trim());
    if !parsed.problems.is_empty() {
        return None;
    }
    let first = parsed.tree.children(parsed.tree.root()).next()?;
    let mut expr = Lowering::new(&parsed.tree).expr(first);
    let is_lambda = expr.any(&|expr| matches!(expr.kind, ExprKind::Lambda(_)));
    move_to(&mut expr, span);
    // A lambda's id would be one of another table.
    (!is_lambda).then_some(expr)
}

fn move_to(expr: &mut Expr, span: Span) {
    expr.walk_mut(&mut |part| {
        part.span = span;
        if let ExprKind::Call(call) = &mut part.kind {
            call.keywords.iter_mut().for_each(|keyword| keyword.span = span);
        }
    });
}
