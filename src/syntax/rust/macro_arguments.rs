//! The grammar of macro arguments: tokens in, syn's trees out. Every decision is made by looking ahead, so that nested
//! arguments are parsed once, not once a level.

use proc_macro2::{Span as TokenSpan, TokenStream};
use syn::ext::IdentExt as _;
use syn::parse::discouraged::Speculative as _;
use syn::parse::{ParseStream, Parser as _};
use syn::{Attribute, Block, Expr, Ident, Lit, Pat, Result, Stmt, Token, Type, Visibility, token};

/// What a macro was called with.
pub(super) enum Body {
    Arguments(Vec<Argument>),
    /// `x; n`.
    Repeat(Box<(Value, Value)>),
    /// `key => value, ...` or `"key": value, ...`.
    Pairs(Vec<(Value, Value)>),
    Select(Vec<SelectArm>),
    Statements(Vec<Stmt>),
    Statics(Vec<StaticRef>),
    Raw,
}

pub(super) enum Argument {
    Value(Value),
    /// `name = value` or `name: value`.
    Keyword(Ident, Value),
}

pub(super) enum Value {
    Expr(Expr),
    Type(Type),
    Null(TokenSpan),
    Object(TokenSpan, Vec<(Value, Value)>),
    Array(TokenSpan, Vec<Value>),
    Repeat(TokenSpan, Box<Value>, Box<Value>),
}

/// An arm of `select!`; `else`, `default` and `complete` wait for no event.
pub(super) struct SelectArm {
    pub event: Option<(Pat, Expr)>,
    pub guard: Option<Expr>,
    pub body: Expr,
}

/// `static ref NAME: Type = value;` of `lazy_static!`.
pub(super) struct StaticRef {
    pub attributes: Vec<Attribute>,
    pub visibility: Visibility,
    pub keyword: Token![static],
    pub name: Ident,
    pub ty: Type,
    pub value: Expr,
    pub semicolon: Token![;],
}

impl Body {
    pub fn parse(tokens: &TokenStream, braces: bool) -> Self {
        let parser = |input: ParseStream<'_>| -> Result<Self> {
            let attempt = input.fork();
            if let Ok(body) = arguments(&attempt, !braces) {
                input.advance_to(&attempt);
                return Ok(body);
            }
            let attempt = input.fork();
            if let Ok(arms) = select_arms(&attempt) {
                input.advance_to(&attempt);
                return Ok(Self::Select(arms));
            }
            if braces {
                let attempt = input.fork();
                if let Ok(statements) = Block::parse_within(&attempt) {
                    input.advance_to(&attempt);
                    return Ok(Self::Statements(statements));
                }
                return static_refs(input).map(Self::Statics);
            }
            Err(input.error("not understood"))
        };
        parser.parse2(tokens.clone()).unwrap_or(Self::Raw)
    }
}

/// `counted`: whether `x; n` is a value and how often, not two statements.
fn arguments(input: ParseStream<'_>, counted: bool) -> Result<Body> {
    let mut arguments = Vec::new();
    while !input.is_empty() {
        let argument = argument(input)?;
        if arguments.is_empty() {
            match argument {
                Argument::Value(key) if at_pair(input) => return pairs(input, Some(key)).map(Body::Pairs),
                Argument::Value(value) if counted && input.peek(Token![;]) => {
                    input.parse::<Token![;]>()?;
                    let count = value_of(input)?;
                    return if input.is_empty() {
                        Ok(Body::Repeat(Box::new((value, count))))
                    } else {
                        Err(input.error("too much"))
                    };
                }
                other => arguments.push(other),
            }
        } else {
            arguments.push(argument);
        }
        if !input.is_empty() {
            input.parse::<Token![,]>()?;
        }
    }
    Ok(Body::Arguments(arguments))
}

fn argument(input: ParseStream<'_>) -> Result<Argument> {
    if input.peek(Ident::peek_any) {
        let assigned = input.peek2(Token![=]) && !input.peek2(Token![==]) && !input.peek2(Token![=>]);
        let named = input.peek2(Token![:]) && !input.peek2(Token![::]);
        if assigned || named {
            let name = Ident::parse_any(input)?;
            if assigned {
                input.parse::<Token![=]>()?;
            } else {
                input.parse::<Token![:]>()?;
            }
            sigil(input)?;
            return Ok(Argument::Keyword(name, value_of(input)?));
        }
    }
    sigil(input)?;
    value_of(input).map(Argument::Value)
}

/// tracing's `%value` (Display) and `?value` (Debug), the `@"..."` of inline snapshots.
fn sigil(input: ParseStream<'_>) -> Result<()> {
    if input.peek(Token![%]) {
        input.parse::<Token![%]>()?;
    } else if input.peek(Token![?]) {
        input.parse::<Token![?]>()?;
    } else if input.peek(Token![@]) {
        input.parse::<Token![@]>()?;
    }
    Ok(())
}

fn at_pair(input: ParseStream<'_>) -> bool {
    input.peek(Token![=>]) || (input.peek(Token![:]) && !input.peek(Token![::]))
}

/// Whether the value read so far is complete.
fn at_end(input: ParseStream<'_>) -> bool {
    input.is_empty() || input.peek(Token![,]) || input.peek(Token![;]) || at_pair(input)
}

fn value_of(input: ParseStream<'_>) -> Result<Value> {
    if (input.peek(token::Brace) || input.peek(token::Bracket)) && stands_alone(input)? {
        if input.peek(token::Bracket) {
            return array(input);
        }
        let content;
        let attempt = input.fork();
        let braces = syn::braced!(content in attempt);
        let keyed = content.peek(Lit) || content.peek(Ident::peek_any) || content.peek(token::Paren);
        let paired = content.peek2(Token![=>]) || (content.peek2(Token![:]) && !content.peek2(Token![::]));
        if content.is_empty() || (keyed && paired) {
            let pairs = pairs(&content, None)?;
            input.advance_to(&attempt);
            return Ok(Value::Object(braces.span.join(), pairs));
        }
    }
    let attempt = input.fork();
    if let Ok(expr) = attempt.parse::<Expr>()
        && at_end(&attempt)
    {
        input.advance_to(&attempt);
        return Ok(Value::Expr(expr));
    }
    input.parse().map(Value::Type)
}

/// Whether the bracket group ahead is a value of its own, not the beginning of a longer expression.
fn stands_alone(input: ParseStream<'_>) -> Result<bool> {
    let behind = input.fork();
    let _content;
    if behind.peek(token::Bracket) {
        syn::bracketed!(_content in behind);
    } else {
        syn::braced!(_content in behind);
    }
    Ok(at_end(&behind))
}

fn array(input: ParseStream<'_>) -> Result<Value> {
    let content;
    let brackets = syn::bracketed!(content in input);
    let mut items = Vec::new();
    while !content.is_empty() {
        items.push(element(&content)?);
        if items.len() == 1 && content.peek(Token![;]) {
            content.parse::<Token![;]>()?;
            let count = Box::new(element(&content)?);
            let Some(value) = items.pop() else { break };
            return Ok(Value::Repeat(brackets.span.join(), Box::new(value), count));
        }
        if !content.is_empty() {
            content.parse::<Token![,]>()?;
        }
    }
    Ok(Value::Array(brackets.span.join(), items))
}

/// A value inside an object or array: `null` is one there.
fn element(input: ParseStream<'_>) -> Result<Value> {
    if input.peek(Ident) {
        let attempt = input.fork();
        let word: Ident = attempt.parse()?;
        if word == "null" && at_end(&attempt) {
            input.advance_to(&attempt);
            return Ok(Value::Null(word.span()));
        }
    }
    value_of(input)
}

fn pairs(input: ParseStream<'_>, first: Option<Value>) -> Result<Vec<(Value, Value)>> {
    let mut pairs = Vec::new();
    let mut key = first;
    while key.is_some() || !input.is_empty() {
        let name = match key.take() {
            Some(key) => key,
            None => Value::Expr(input.parse()?),
        };
        if input.peek(Token![=>]) {
            input.parse::<Token![=>]>()?;
        } else {
            input.parse::<Token![:]>()?;
        }
        pairs.push((name, element(input)?));
        if !input.is_empty() {
            input.parse::<Token![,]>()?;
        }
    }
    Ok(pairs)
}

fn select_arms(input: ParseStream<'_>) -> Result<Vec<SelectArm>> {
    if input.peek(Ident) && input.peek2(Token![;]) {
        // `biased;`
        input.parse::<Ident>()?;
        input.parse::<Token![;]>()?;
    }
    let mut arms = Vec::new();
    while !input.is_empty() {
        let idle = input.peek2(Token![=>]) && (input.peek(Token![else]) || input.peek(Ident));
        let event = if idle {
            Ident::parse_any(input)?;
            None
        } else {
            let pattern = Pat::parse_multi_with_leading_vert(input)?;
            input.parse::<Token![=]>()?;
            Some((pattern, input.parse()?))
        };
        let guard = if input.peek(Token![,]) {
            input.parse::<Token![,]>()?;
            input.parse::<Token![if]>()?;
            Some(input.parse()?)
        } else {
            None
        };
        input.parse::<Token![=>]>()?;
        let body = Expr::parse_with_earlier_boundary_rule(input)?;
        arms.push(SelectArm { event, guard, body });
        input.parse::<Option<Token![,]>>()?;
    }
    Ok(arms)
}

fn static_refs(input: ParseStream<'_>) -> Result<Vec<StaticRef>> {
    let mut statics = Vec::new();
    while !input.is_empty() {
        let attributes = input.call(Attribute::parse_outer)?;
        let visibility = input.parse()?;
        let keyword = input.parse()?;
        input.parse::<Option<Token![ref]>>()?;
        let name = input.parse()?;
        input.parse::<Token![:]>()?;
        let ty = input.parse()?;
        input.parse::<Token![=]>()?;
        let value = input.parse()?;
        let semicolon = input.parse()?;
        statics.push(StaticRef { attributes, visibility, keyword, name, ty, value, semicolon });
    }
    Ok(statics)
}
