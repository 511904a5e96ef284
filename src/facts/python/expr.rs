//! Expressions in their small owned form.

use super::FunctionId;
use crate::flow::Constant;
use crate::source::Span;

/// An expression.
#[derive(Debug, Clone, PartialEq)]
pub struct Expr {
    /// Where it stands in the file.
    pub span: Span,
    /// What it is.
    pub kind: ExprKind,
}

/// What an expression is.
#[derive(Debug, Clone, PartialEq)]
pub enum ExprKind {
    /// `name`.
    Name(Box<str>),
    /// `object.name`.
    Attribute(Box<Expr>, Box<str>),
    /// `callee(arguments)`.
    Call(Box<Call>),
    /// A string, bytes, number, boolean or `None`.
    Constant(Constant),
    /// A string with holes: constants and what fills the holes, in order.
    FString(Vec<Expr>),
    List(Vec<Expr>),
    Tuple(Vec<Expr>),
    Set(Vec<Expr>),
    /// Pairs; a `**splat` has no key.
    Dict(Vec<(Option<Expr>, Expr)>),
    /// `object[index, ...]`.
    Subscript(Box<Expr>, Vec<Expr>),
    /// `left op right`, operator as written.
    Binary(Box<str>, Box<(Expr, Expr)>),
    /// `left op right ...`: the operators joined by spaces, then all operands.
    Compare(Box<str>, Vec<Expr>),
    And(Box<(Expr, Expr)>),
    Or(Box<(Expr, Expr)>),
    Not(Box<Expr>),
    /// `then if condition else otherwise`: condition, then, otherwise.
    Conditional(Box<(Expr, Expr, Expr)>),
    Await(Box<Expr>),
    /// `*x` and `**x` in lists and calls.
    Splat(Box<Expr>),
    /// `(target := value)`.
    Walrus(Box<(Expr, Expr)>),
    /// The function that a lambda is.
    Lambda(FunctionId),
    /// `...`.
    Ellipsis,
    /// Anything else, with the expressions in it: comprehensions, slices, `yield`, unary operators.
    Other(Vec<Expr>),
}

/// A call.
#[derive(Debug, Clone, PartialEq)]
pub struct Call {
    /// What is called.
    pub callee: Expr,
    /// Arguments without names in order; `*x` is a [`ExprKind::Splat`].
    pub arguments: Vec<Expr>,
    /// Arguments with names in order; the name of `**x` is empty.
    pub keywords: Vec<Keyword>,
}

/// `name=value`.
#[derive(Debug, Clone, PartialEq)]
pub struct Keyword {
    /// The name; empty for `**x`.
    pub name: Box<str>,
    /// The value.
    pub value: Expr,
    /// Name and value.
    pub span: Span,
}

impl Call {
    /// The value given by a name.
    pub fn keyword(&self, name: &str) -> Option<&Expr> {
        self.keywords.iter().find(|keyword| &*keyword.name == name).map(|keyword| &keyword.value)
    }

    /// The value of a parameter that may be given by place or by name.
    pub fn argument(&self, place: usize, name: &str) -> Option<&Expr> {
        let splat = self.arguments.iter().position(|argument| matches!(argument.kind, ExprKind::Splat(_)));
        match self.arguments.get(place) {
            Some(argument) if splat.is_none_or(|splat| place < splat) => Some(argument),
            _ => self.keyword(name),
        }
    }

    /// Values of `**x` arguments.
    pub fn splats(&self) -> impl Iterator<Item = &Expr> {
        self.keywords.iter().filter(|keyword| keyword.name.is_empty()).map(|keyword| &keyword.value)
    }

    /// The last name of what is called: `get` of `client.get(..)`.
    pub fn name(&self) -> Option<&str> {
        self.callee.last_name()
    }

    /// What a method is called on.
    pub fn receiver(&self) -> Option<&Expr> {
        match &self.callee.kind {
            ExprKind::Attribute(object, _) => Some(object),
            _ => None,
        }
    }
}

impl Expr {
    /// The call that it is.
    pub fn as_call(&self) -> Option<&Call> {
        match &self.kind {
            ExprKind::Call(call) => Some(call),
            _ => None,
        }
    }

    /// The call that it is or awaits.
    pub fn as_awaited_call(&self) -> Option<&Call> {
        match &self.kind {
            ExprKind::Await(inner) => inner.as_awaited_call(),
            _ => self.as_call(),
        }
    }

    /// The name that it is.
    pub fn as_name(&self) -> Option<&str> {
        match &self.kind {
            ExprKind::Name(name) => Some(name),
            _ => None,
        }
    }

    /// The string that it is.
    pub fn as_str(&self) -> Option<&str> {
        match &self.kind {
            ExprKind::Constant(Constant::Str(text)) => Some(text),
            _ => None,
        }
    }

    /// The boolean that it is.
    pub fn as_bool(&self) -> Option<bool> {
        match &self.kind {
            ExprKind::Constant(Constant::Bool(value)) => Some(*value),
            _ => None,
        }
    }

    /// The number that it is.
    pub fn as_number(&self) -> Option<f64> {
        match &self.kind {
            ExprKind::Constant(Constant::Number(value)) => Some(*value),
            _ => None,
        }
    }

    /// Whether it is `None`.
    pub fn is_none(&self) -> bool {
        matches!(self.kind, ExprKind::Constant(Constant::None))
    }

    /// Items of a list, tuple or set.
    pub fn as_items(&self) -> Option<&[Self]> {
        match &self.kind {
            ExprKind::List(items) | ExprKind::Tuple(items) | ExprKind::Set(items) => Some(items),
            _ => None,
        }
    }

    /// The last name of a name or attribute.
    pub fn last_name(&self) -> Option<&str> {
        match &self.kind {
            ExprKind::Name(name) | ExprKind::Attribute(_, name) => Some(name),
            _ => None,
        }
    }

    /// `a.b.c`, where it is nothing but names.
    pub fn dotted(&self) -> Option<String> {
        let mut names = Vec::new();
        let mut at = self;
        loop {
            match &at.kind {
                ExprKind::Name(name) => {
                    names.push(&**name);
                    names.reverse();
                    return Some(names.join("."));
                }
                ExprKind::Attribute(object, name) => {
                    names.push(name);
                    at = object;
                }
                _ => return None,
            }
        }
    }

    /// Tells `f` this expression and all in it, outermost first. Bodies of lambdas are not entered.
    pub fn walk<'e>(&'e self, f: &mut dyn FnMut(&'e Self)) {
        f(self);
        match &self.kind {
            ExprKind::Name(_) | ExprKind::Constant(_) | ExprKind::Lambda(_) | ExprKind::Ellipsis => {}
            ExprKind::Attribute(inner, _) | ExprKind::Not(inner) | ExprKind::Await(inner) | ExprKind::Splat(inner) => {
                inner.walk(f);
            }
            ExprKind::Call(call) => {
                call.callee.walk(f);
                call.arguments.iter().for_each(|argument| argument.walk(f));
                call.keywords.iter().for_each(|keyword| keyword.value.walk(f));
            }
            ExprKind::FString(items)
            | ExprKind::List(items)
            | ExprKind::Tuple(items)
            | ExprKind::Set(items)
            | ExprKind::Compare(_, items)
            | ExprKind::Other(items) => items.iter().for_each(|item| item.walk(f)),
            ExprKind::Dict(pairs) => {
                for (key, value) in pairs {
                    if let Some(key) = key {
                        key.walk(f);
                    }
                    value.walk(f);
                }
            }
            ExprKind::Subscript(object, index) => {
                object.walk(f);
                for item in index {
                    item.walk(f);
                }
            }
            ExprKind::Binary(_, both) | ExprKind::And(both) | ExprKind::Or(both) | ExprKind::Walrus(both) => {
                both.0.walk(f);
                both.1.walk(f);
            }
            ExprKind::Conditional(parts) => {
                parts.0.walk(f);
                parts.1.walk(f);
                parts.2.walk(f);
            }
        }
    }

    /// Lets `f` change this expression and all in it, outermost first. Bodies of lambdas are not entered.
    pub fn walk_mut(&mut self, f: &mut dyn FnMut(&mut Self)) {
        f(self);
        match &mut self.kind {
            ExprKind::Name(_) | ExprKind::Constant(_) | ExprKind::Lambda(_) | ExprKind::Ellipsis => {}
            ExprKind::Attribute(inner, _) | ExprKind::Not(inner) | ExprKind::Await(inner) | ExprKind::Splat(inner) => {
                inner.walk_mut(f);
            }
            ExprKind::Call(call) => {
                call.callee.walk_mut(f);
                call.arguments.iter_mut().for_each(|argument| argument.walk_mut(f));
                call.keywords.iter_mut().for_each(|keyword| keyword.value.walk_mut(f));
            }
            ExprKind::FString(items)
            | ExprKind::List(items)
            | ExprKind::Tuple(items)
            | ExprKind::Set(items)
            | ExprKind::Compare(_, items)
            | ExprKind::Other(items) => items.iter_mut().for_each(|item| item.walk_mut(f)),
            ExprKind::Dict(pairs) => {
                for (key, value) in pairs {
                    if let Some(key) = key {
                        key.walk_mut(f);
                    }
                    value.walk_mut(f);
                }
            }
            ExprKind::Subscript(object, index) => {
                object.walk_mut(f);
                for item in index {
                    item.walk_mut(f);
                }
            }
            ExprKind::Binary(_, both) | ExprKind::And(both) | ExprKind::Or(both) | ExprKind::Walrus(both) => {
                both.0.walk_mut(f);
                both.1.walk_mut(f);
            }
            ExprKind::Conditional(parts) => {
                parts.0.walk_mut(f);
                parts.1.walk_mut(f);
                parts.2.walk_mut(f);
            }
        }
    }

    /// Whether this expression or one in it is as asked.
    pub fn any(&self, wanted: &dyn Fn(&Self) -> bool) -> bool {
        let mut found = false;
        self.walk(&mut |expr| found = found || wanted(expr));
        found
    }
}
