//! The expressions of GitHub Actions, `${{ ... }}`: where they stand in a text, and what they are made of.
//!
//! The grammar is that of GitHub's documentation ("Evaluate expressions in workflows and actions"). Nothing is known here
//! of workflows, or of who controls a context.

use crate::syntax::MAX_DEPTH;
use std::ops::Range;

/// GitHub refuses expressions that are longer (in characters); so nobody has to read them.
const MAX_LENGTH: usize = 21_000;

/// An expression.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Expression {
    /// A string literal, quotes resolved.
    Text(String),
    /// A number, a boolean or `null`, in lower case.
    Constant(String),
    /// A context with its path in lower case: `github.event.issue.title`. `*` stands for a filter and for an index that
    /// is not a literal.
    Context(Vec<String>),
    /// A function (name in lower case) and its arguments; what is taken out of its result is not kept.
    Call(String, Vec<Expression>),
    /// `!x`.
    Not(Box<Expression>),
    /// Comparison; the operator, and its operands (two, or more in a chain).
    Compare(&'static str, Vec<Expression>),
    /// `a && b && ...`.
    And(Vec<Expression>),
    /// `a || b || ...`.
    Or(Vec<Expression>),
}

impl Expression {
    /// Parses what stands between `${{` and `}}`, or a whole `if:`. `None` when it is no expression.
    pub fn parse(text: &str) -> Option<Self> {
        if text.len() > MAX_LENGTH {
            return None;
        }
        let mut parser = Parser { text, at: 0, depth: 0 };
        let expression = parser.or()?;
        parser.skip_space();
        (parser.at == text.len()).then_some(expression)
    }

    /// Parses the text of an `if:`, with or without `${{ }}` around it.
    pub fn parse_condition(text: &str) -> Option<Self> {
        let text = text.trim();
        let inner = text.strip_prefix("${{").and_then(|rest| rest.strip_suffix("}}"));
        match inner {
            Some(inner) if !inner.contains("${{") => Self::parse(inner),
            _ => Self::parse(text),
        }
    }

    /// Contexts whose text can become part of the expression's value. A boolean has no text: what is compared, negated or
    /// tested with `contains` does not count, nor does the left side of `&&`. The flag says whether the whole object is
    /// written out (`toJSON`).
    pub fn texts(&self) -> Vec<(&[String], bool)> {
        let mut found = Vec::new();
        self.collect_texts(false, &mut found);
        found
    }

    fn collect_texts<'a>(&'a self, whole: bool, found: &mut Vec<(&'a [String], bool)>) {
        match self {
            Self::Context(path) => found.push((path, whole)),
            Self::Call(name, arguments) => {
                if matches!(name.as_str(), "format" | "join" | "tojson" | "fromjson" | "case") {
                    for argument in arguments {
                        argument.collect_texts(whole || name == "tojson", found);
                    }
                }
            }
            Self::And(operands) => {
                if let Some(last) = operands.last() {
                    last.collect_texts(whole, found);
                }
            }
            Self::Or(operands) => operands.iter().for_each(|operand| operand.collect_texts(whole, found)),
            Self::Text(_) | Self::Constant(_) | Self::Not(_) | Self::Compare(..) => {}
        }
    }

    /// The expression and all below it.
    pub fn walk<'a>(&'a self, visit: &mut impl FnMut(&'a Self)) {
        visit(self);
        match self {
            Self::Call(_, parts) | Self::Compare(_, parts) | Self::And(parts) | Self::Or(parts) => {
                for part in parts {
                    part.walk(visit);
                }
            }
            Self::Not(inner) => inner.walk(visit),
            Self::Text(_) | Self::Constant(_) | Self::Context(_) => {}
        }
    }

    /// Whether this is the context of a dotted path, in lower case.
    pub fn is_context(&self, dotted: &str) -> bool {
        matches!(self, Self::Context(path) if path.iter().map(String::as_str).eq(dotted.split('.')))
    }
}

/// Places of `${{ ... }}` in a text, with their delimiters. A `}}` in a string literal does not end one.
pub fn places(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(start) = text[at..].find("${{").map(|offset| at + offset) {
        let mut in_string = false;
        let bytes = text.as_bytes();
        let mut end = start + 3;
        let limit = bytes.len().min(start + MAX_LENGTH);
        let close = loop {
            if end >= limit {
                break None;
            }
            match bytes[end] {
                b'\'' => in_string = !in_string,
                b'}' if !in_string && bytes.get(end + 1) == Some(&b'}') => break Some(end + 2),
                _ => {}
            }
            end += 1;
        };
        match close {
            Some(close) => {
                found.push(start..close);
                at = close;
            }
            None => at = start + 3,
        }
        // Without an end, each start would look for it anew.
        if close.is_none() && !text[at..].contains("}}") {
            break;
        }
    }
    found
}

/// What stands between the delimiters of a place.
pub fn inner<'text>(text: &'text str, place: &Range<usize>) -> &'text str {
    text.get(place.start + 3..place.end - 2).unwrap_or("")
}

struct Parser<'text> {
    text: &'text str,
    at: usize,
    depth: usize,
}

impl<'text> Parser<'text> {
    fn rest(&self) -> &'text str {
        &self.text[self.at..]
    }

    fn skip_space(&mut self) {
        self.at = self.text.len() - self.rest().trim_start().len();
    }

    fn take(&mut self, token: &str) -> bool {
        self.skip_space();
        let found = self.rest().starts_with(token);
        if found {
            self.at += token.len();
        }
        found
    }

    fn or(&mut self) -> Option<Expression> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return None;
        }
        let mut operands = vec![self.and()?];
        while self.take("||") {
            operands.push(self.and()?);
        }
        self.depth -= 1;
        if operands.len() == 1 { operands.pop() } else { Some(Expression::Or(operands)) }
    }

    fn and(&mut self) -> Option<Expression> {
        let mut operands = vec![self.compare()?];
        while self.take("&&") {
            operands.push(self.compare()?);
        }
        if operands.len() == 1 { operands.pop() } else { Some(Expression::And(operands)) }
    }

    fn compare(&mut self) -> Option<Expression> {
        let mut operands = vec![self.unary()?];
        let mut operator = "";
        while let Some(next) = ["==", "!=", "<=", ">=", "<", ">"].into_iter().find(|token| self.take(token)) {
            operator = next;
            operands.push(self.unary()?);
        }
        if operands.len() == 1 { operands.pop() } else { Some(Expression::Compare(operator, operands)) }
    }

    fn unary(&mut self) -> Option<Expression> {
        self.skip_space();
        if !self.rest().starts_with('!') || self.rest().starts_with("!=") {
            return self.primary();
        }
        self.at += 1;
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return None;
        }
        let inner = self.unary()?;
        self.depth -= 1;
        Some(Expression::Not(Box::new(inner)))
    }

    fn primary(&mut self) -> Option<Expression> {
        if self.take("(") {
            let inner = self.or()?;
            if !self.take(")") {
                return None;
            }
            let path = self.path()?;
            return Some(match inner {
                Expression::Context(mut start) => {
                    start.extend(path);
                    Expression::Context(start)
                }
                other => other,
            });
        }
        self.skip_space();
        let rest = self.rest();
        let first = rest.chars().next()?;
        if first == '\'' {
            return self.string().map(Expression::Text);
        }
        if first.is_ascii_digit() || matches!(first, '-' | '+' | '.') {
            let length =
                rest.find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '+'))).unwrap_or(rest.len());
            self.at += length;
            return Some(Expression::Constant(rest[..length].to_ascii_lowercase()));
        }
        let name = self.name()?;
        if matches!(name.as_str(), "true" | "false" | "null") {
            return Some(Expression::Constant(name));
        }
        if self.take("(") {
            let mut arguments = Vec::new();
            while !self.take(")") {
                if !arguments.is_empty() && !self.take(",") {
                    return None;
                }
                arguments.push(self.or()?);
            }
            self.path()?;
            return Some(Expression::Call(name, arguments));
        }
        let mut path = vec![name];
        path.extend(self.path()?);
        Some(Expression::Context(path))
    }

    /// `.name`, `.*`, `['name']`, `[0]` and so on.
    fn path(&mut self) -> Option<Vec<String>> {
        let mut path = Vec::new();
        loop {
            if self.take(".") {
                if self.take("*") {
                    path.push("*".to_owned());
                } else {
                    self.skip_space();
                    path.push(self.name()?);
                }
            } else if self.take("[") {
                if self.take("*") {
                    path.push("*".to_owned());
                } else {
                    path.push(match self.or()? {
                        Expression::Text(text) => text.to_ascii_lowercase(),
                        _ => "*".to_owned(),
                    });
                }
                if !self.take("]") {
                    return None;
                }
            } else {
                return Some(path);
            }
        }
    }

    fn name(&mut self) -> Option<String> {
        let rest = self.rest();
        if !rest.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_') {
            return None;
        }
        let length = rest.find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '_' | '-'))).unwrap_or(rest.len());
        self.at += length;
        Some(rest[..length].to_ascii_lowercase())
    }

    /// A string literal; two quotes in it are one.
    fn string(&mut self) -> Option<String> {
        self.at += 1;
        let mut content = String::new();
        loop {
            let rest = self.rest();
            let quote = rest.find('\'')?;
            content.push_str(&rest[..quote]);
            self.at += quote + 1;
            if !self.rest().starts_with('\'') {
                return Some(content);
            }
            content.push('\'');
            self.at += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(text: &str) -> Vec<String> {
        let expression = Expression::parse(text).expect("an expression");
        expression.texts().into_iter().map(|(path, _)| path.join(".")).collect()
    }

    #[test]
    fn tells_what_becomes_text() {
        assert_eq!(texts("github.event.issue.title"), ["github.event.issue.title"]);
        assert_eq!(texts("GitHub.Event['issue'].title || 'none'"), ["github.event.issue.title"]);
        assert_eq!(texts("format('{0} it''s', github.head_ref)"), ["github.head_ref"]);
        assert_eq!(texts("github.head_ref == 'main' && 'a' || inputs.b"), ["inputs.b"]);
        assert_eq!(texts("contains(github.event.issue.body, 'x')"), Vec::<String>::new());
        assert_eq!(texts("github.event.commits[0].message"), ["github.event.commits.*.message"]);
    }

    #[test]
    fn finds_places_and_refuses_what_is_none() {
        assert_eq!(places("a ${{ x }} ${{ '}}' }} ${{ y"), [2..10, 11..22]);
        assert_eq!(Expression::parse("a ="), None);
        assert_eq!(Expression::parse(&"(".repeat(20_000)), None);
        assert_eq!(Expression::parse(&"!".repeat(20_000)), None);
        assert!(places(&"${{".repeat(100_000)).is_empty());
    }
}
