//! `metavariable-comparison`: small Python expressions over what metavariables stand for.

use super::evaluate::Context;
use super::pattern::PatternError;
use super::rewrite::MARK;
use super::text_regex::TextRegex;
use super::{Binding, Bindings};
use crate::flow::{Constant, Value, number};
use crate::syntax::{self, Field, Kind, Language, NodeId, Tree};
use std::sync::Arc;

/// A comparison, parsed.
#[derive(Debug, Clone)]
pub struct Comparison {
    tree: Arc<Tree>,
    root: NodeId,
}

/// A value of the comparison language.
#[derive(Debug, Clone, PartialEq)]
enum Term {
    Number(f64),
    Text(String),
    Bool(bool),
    List(Vec<Term>),
    None,
}

impl Comparison {
    /// Parses an expression such as `$PORT < 1024 and $HOST != "localhost"`.
    ///
    /// # Errors
    /// When it is no Python expression.
    pub fn parse(text: &str) -> Result<Self, PatternError> {
        let rewritten = super::rewrite::rewrite(text.trim(), Language::Python, super::rewrite::Variant::Statement);
        let parsed = syntax::parse(Language::Python, rewritten);
        let roots: Vec<NodeId> = parsed.tree.children(parsed.tree.root()).collect();
        match (parsed.problems.as_slice(), roots.as_slice()) {
            ([], [root]) => Ok(Self { root: *root, tree: Arc::new(parsed.tree) }),
            _ => Err(PatternError { message: format!("`{text}` is no expression"), line: None }),
        }
    }

    /// Whether it holds. An expression that cannot be computed does not hold.
    pub(super) fn holds(
        &self,
        bindings: &Bindings,
        metavariable: Option<&str>,
        base: Option<u32>,
        strip: bool,
        context: &Context<'_>,
    ) -> bool {
        let run = Run { tree: &self.tree, bindings, metavariable, base, strip, context };
        run.term(self.root, 0).is_some_and(|term| is_true(&term))
    }
}

fn is_true(term: &Term) -> bool {
    match term {
        Term::Bool(value) => *value,
        Term::Number(number) => *number != 0.0,
        Term::Text(text) => !text.is_empty(),
        Term::List(items) => !items.is_empty(),
        Term::None => false,
    }
}

struct Run<'a> {
    tree: &'a Tree,
    bindings: &'a Bindings,
    metavariable: Option<&'a str>,
    base: Option<u32>,
    strip: bool,
    context: &'a Context<'a>,
}

impl Run<'_> {
    fn child(&self, node: NodeId, field: Field, depth: usize) -> Option<Term> {
        self.term(self.tree.child(node, field)?, depth + 1)
    }

    fn term(&self, node: NodeId, depth: usize) -> Option<Term> {
        if depth > 50 {
            return None;
        }
        let tree = self.tree;
        let label = tree.label(node);
        match tree.kind(node) {
            Kind::Number => number(label).map(Term::Number),
            Kind::Str => Some(Term::Text(label.to_owned())),
            Kind::Bool => Some(Term::Bool(label == "true")),
            Kind::Null => Some(Term::None),
            Kind::Name => self.metavariable(&format!("${}", label.strip_prefix(MARK)?)),
            Kind::List | Kind::Tuple | Kind::Set => tree
                .children_by(node, Field::Item)
                .map(|item| self.term(item, depth + 1))
                .collect::<Option<Vec<_>>>()
                .map(Term::List),
            Kind::Boolean => {
                let left = self.child(node, Field::Left, depth)?;
                match (label, is_true(&left)) {
                    ("and", false) | ("or", true) => Some(left),
                    _ => self.child(node, Field::Right, depth),
                }
            }
            Kind::Unary => match (label, self.child(node, Field::Operand, depth)?) {
                ("not", term) => Some(Term::Bool(!is_true(&term))),
                ("-", Term::Number(number)) => Some(Term::Number(-number)),
                ("+", Term::Number(number)) => Some(Term::Number(number)),
                _ => None,
            },
            Kind::Binary => self.binary(node, label, depth),
            Kind::Compare => self.compare(node, label, depth),
            Kind::Call => self.call(node, depth),
            _ => None,
        }
    }

    fn metavariable(&self, name: &str) -> Option<Term> {
        let binding = self.bindings.get(name)?;
        let is_subject = self.metavariable == Some(name);
        let constant = match binding {
            Binding::Node(node) => match self.context.values.value(*node) {
                Value::Constant(constant) => Some(constant),
                _ => None,
            },
            _ => None,
        };
        match constant {
            Some(Constant::Number(number)) => Some(Term::Number(number)),
            Some(Constant::Bool(value)) => Some(Term::Bool(value)),
            Some(Constant::None) => Some(Term::None),
            Some(Constant::Str(text) | Constant::Bytes(text)) => Some(self.text_term(text, is_subject)),
            None => {
                let text = binding.text(self.context.tree).to_owned();
                // A number that a string pattern caught (`"$PORT"`) compares as a number.
                if !matches!(binding, Binding::Node(_))
                    && let Some(number) = number(&text)
                    && self.base.is_none()
                {
                    return Some(Term::Number(number));
                }
                Some(self.text_term(text, is_subject))
            }
        }
    }

    fn text_term(&self, text: String, is_subject: bool) -> Term {
        if !is_subject || (self.base.is_none() && !self.strip) {
            return Term::Text(text);
        }
        let trimmed = text.trim_matches(['"', '\'', '`']).trim();
        let radix = self.base.unwrap_or(10);
        let digits = trimmed.trim_start_matches("0x").trim_start_matches("0o").trim_start_matches("0b");
        #[expect(clippy::cast_precision_loss, reason = "comparisons are about small numbers")]
        match i64::from_str_radix(digits, radix.clamp(2, 36)) {
            Ok(number) => Term::Number(number as f64),
            Err(_) => number(trimmed).map_or(Term::Text(text.clone()), Term::Number),
        }
    }

    fn binary(&self, node: NodeId, operator: &str, depth: usize) -> Option<Term> {
        match (operator, self.child(node, Field::Left, depth)?, self.child(node, Field::Right, depth)?) {
            ("+", Term::Number(left), Term::Number(right)) => Some(Term::Number(left + right)),
            ("+", Term::Text(left), Term::Text(right)) => Some(Term::Text(left + &right)),
            ("-", Term::Number(left), Term::Number(right)) => Some(Term::Number(left - right)),
            ("*", Term::Number(left), Term::Number(right)) => Some(Term::Number(left * right)),
            ("/", Term::Number(left), Term::Number(right)) => Some(Term::Number(left / right)),
            ("//", Term::Number(left), Term::Number(right)) => Some(Term::Number((left / right).floor())),
            ("%", Term::Number(left), Term::Number(right)) => Some(Term::Number(left.rem_euclid(right))),
            ("**", Term::Number(left), Term::Number(right)) => Some(Term::Number(left.powf(right))),
            ("&" | "|" | "<<" | ">>", Term::Number(left), Term::Number(right)) => {
                #[expect(clippy::cast_possible_truncation, reason = "bit masks are small")]
                let (left, right) = (left as i64, right as i64);
                let shift = u32::try_from(right).ok();
                let result = match operator {
                    "&" => Some(left & right),
                    "|" => Some(left | right),
                    "<<" => left.checked_shl(shift?),
                    _ => left.checked_shr(shift?),
                };
                #[expect(clippy::cast_precision_loss, reason = "bit masks are small")]
                result.map(|number| Term::Number(number as f64))
            }
            _ => None,
        }
    }

    fn compare(&self, node: NodeId, operators: &str, depth: usize) -> Option<Term> {
        let mut left = self.child(node, Field::Left, depth)?;
        let rights: Vec<NodeId> = self.tree.children_by(node, Field::Right).collect();
        let operators = split_operators(operators);
        for (operator, right) in operators.iter().zip(rights) {
            let right = self.term(right, depth + 1)?;
            let holds = match (operator.as_str(), &left, &right) {
                ("==" | "is", left, right) => left == right,
                ("!=" | "is not", left, right) => left != right,
                ("in", left, Term::List(items)) => items.contains(left),
                ("not in", left, Term::List(items)) => !items.contains(left),
                ("in", Term::Text(left), Term::Text(right)) => right.contains(left.as_str()),
                ("not in", Term::Text(left), Term::Text(right)) => !right.contains(left.as_str()),
                (operator, left, right) => {
                    let order = match (left, right) {
                        (Term::Number(left), Term::Number(right)) => left.partial_cmp(right)?,
                        (Term::Text(left), Term::Text(right)) => left.cmp(right),
                        _ => return None,
                    };
                    match operator {
                        "<" => order.is_lt(),
                        "<=" => order.is_le(),
                        ">" => order.is_gt(),
                        ">=" => order.is_ge(),
                        _ => return None,
                    }
                }
            };
            if !holds {
                return Some(Term::Bool(false));
            }
            left = right;
        }
        Some(Term::Bool(true))
    }

    fn call(&self, node: NodeId, depth: usize) -> Option<Term> {
        let tree = self.tree;
        let callee = tree.child(node, Field::Callee)?;
        let arguments = tree
            .children_by(node, Field::Argument)
            .map(|argument| self.term(argument, depth + 1))
            .collect::<Option<Vec<_>>>()?;
        if tree.kind(callee) == Kind::Attribute {
            let object = tree.child(callee, Field::Object)?;
            if tree.label(object) == "re"
                && let ("match", [Term::Text(regex), Term::Text(text)]) = (tree.label(callee), arguments.as_slice())
            {
                return Some(Term::Bool(TextRegex::new(regex).ok()?.matches_at_start(text)));
            }
            return match (tree.label(callee), self.term(object, depth + 1)?, arguments.as_slice()) {
                ("lower", Term::Text(text), []) => Some(Term::Text(text.to_lowercase())),
                ("upper", Term::Text(text), []) => Some(Term::Text(text.to_uppercase())),
                ("startswith", Term::Text(text), [Term::Text(part)]) => Some(Term::Bool(text.starts_with(part))),
                ("endswith", Term::Text(text), [Term::Text(part)]) => Some(Term::Bool(text.ends_with(part))),
                _ => None,
            };
        }
        match (tree.label(callee), arguments.as_slice()) {
            ("int", [Term::Text(text)]) => number(text.trim_matches(['"', '\''])).map(|n| Term::Number(n.trunc())),
            ("int", [Term::Number(number)]) => Some(Term::Number(number.trunc())),
            ("float", [Term::Text(text)]) => number(text.trim_matches(['"', '\''])).map(Term::Number),
            ("float", [Term::Number(number)]) => Some(Term::Number(*number)),
            ("str", [Term::Text(text)]) => Some(Term::Text(text.clone())),
            ("str", [Term::Number(number)]) => Some(Term::Text(number.to_string())),
            #[expect(clippy::cast_precision_loss, reason = "lengths are small")]
            ("len", [Term::Text(text)]) => Some(Term::Number(text.chars().count() as f64)),
            #[expect(clippy::cast_precision_loss, reason = "lengths are small")]
            ("len", [Term::List(items)]) => Some(Term::Number(items.len() as f64)),
            ("abs", [Term::Number(number)]) => Some(Term::Number(number.abs())),
            ("bool", [term]) => Some(Term::Bool(is_true(term))),
            _ => None,
        }
    }
}

/// Operators of a chained comparison: joined by spaces in the label, where two of them have spaces of their own.
fn split_operators(label: &str) -> Vec<String> {
    let mut operators: Vec<String> = Vec::new();
    for word in label.split_whitespace() {
        match (operators.last_mut(), word) {
            (Some(last), "in") if last == "not" => last.push_str(" in"),
            (Some(last), "not") if last == "is" => last.push_str(" not"),
            _ => operators.push(word.to_owned()),
        }
    }
    operators
}
