//! Folding of Python's operators: arithmetic, concatenation and repetition of texts, bytes and lists.

use super::values::{Constant, Value, Values};
use crate::syntax::{Field, NodeId};

/// Longest text that a repetition is written out to, in bytes.
const MAX_REPEATED: usize = 4_096;

impl Values<'_> {
    pub(super) fn python_binary(&self, node: NodeId, depth: u32) -> Value {
        let tree = self.tree();
        let (Some(left), Some(right)) = (tree.child(node, Field::Left), tree.child(node, Field::Right)) else {
            return Value::UNKNOWN;
        };
        match tree.label(node) {
            "+" => self.concatenation(left, right, depth),
            "%" => {
                let format = self.evaluate(left, depth - 1);
                match &format {
                    Value::Constant(Constant::Number(_)) | Value::Unknown { numeric: true } => Value::NUMBER,
                    Value::Constant(Constant::Str(format)) => self.percent_format(format, right, depth),
                    Value::Text(text) => {
                        let mut text = text.clone();
                        text.append(self.evaluate(right, depth - 1).into_text(right));
                        Value::from_text(text)
                    }
                    _ => Value::UNKNOWN,
                }
            }
            "*" => match (self.evaluate(left, depth - 1), self.evaluate(right, depth - 1)) {
                // A text of constants repeated is made of nothing but these constants.
                (Value::Constant(Constant::Str(text)), times) | (times, Value::Constant(Constant::Str(text))) => {
                    Value::string(repeated(&text, &times))
                }
                (Value::Constant(Constant::Bytes(text)), times) | (times, Value::Constant(Constant::Bytes(text))) => {
                    Value::Constant(Constant::Bytes(repeated(&text, &times)))
                }
                (Value::List(items), _) | (_, Value::List(items)) => Value::List(items),
                (Value::Text(text), _) | (_, Value::Text(text)) => Value::Text(text),
                (Value::Constant(Constant::Number(left)), Value::Constant(Constant::Number(right))) => {
                    Value::Constant(Constant::Number(left * right))
                }
                _ => Value::NUMBER,
            },
            operator @ ("-" | "//" | "**" | "<<" | ">>") => {
                match (self.evaluate(left, depth - 1), self.evaluate(right, depth - 1)) {
                    (Value::Constant(Constant::Number(left)), Value::Constant(Constant::Number(right))) => {
                        arithmetic(operator, left, right)
                            .map_or(Value::NUMBER, |number| Value::Constant(Constant::Number(number)))
                    }
                    // Sets and dates have differences too.
                    _ if operator == "-" => Value::UNKNOWN,
                    _ => Value::NUMBER,
                }
            }
            // `/` joins paths as well as it divides; `|` unites sets and flags.
            _ => match (self.evaluate(left, depth - 1), self.evaluate(right, depth - 1)) {
                (left, right) if left.is_constant() && right.is_constant() => left.or(right),
                _ => Value::UNKNOWN,
            },
        }
    }

    /// `left + right` for texts, numbers and lists.
    pub(super) fn concatenation(&self, left: NodeId, right: NodeId, depth: u32) -> Value {
        let (left_value, right_value) = (self.evaluate(left, depth - 1), self.evaluate(right, depth - 1));
        match (left_value, right_value) {
            (Value::Constant(Constant::Number(left)), Value::Constant(Constant::Number(right))) => {
                Value::Constant(Constant::Number(left + right))
            }
            (Value::List(mut items), Value::List(more)) => {
                items.extend(more);
                Value::List(items)
            }
            (Value::List(_), _) | (_, Value::List(_)) | (Value::UNKNOWN, Value::UNKNOWN) => Value::UNKNOWN,
            (Value::Unknown { numeric: true }, Value::Unknown { .. } | Value::Constant(Constant::Number(_)))
            | (Value::Constant(Constant::Number(_)), Value::Unknown { .. }) => Value::NUMBER,
            (left_value, right_value) => {
                let mut text = left_value.into_text(left);
                text.append(right_value.into_text(right));
                Value::from_text(text)
            }
        }
    }
}

/// A text so many times; once where the number is not known or the result too long: what it is made of is still right.
fn repeated(text: &str, times: &Value) -> String {
    let Value::Constant(Constant::Number(times)) = times else { return text.to_owned() };
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "negative numbers repeat nothing, as in Python; large ones are refused"
    )]
    let times = *times as usize;
    match text.len().checked_mul(times) {
        Some(length) if length <= MAX_REPEATED => text.repeat(times),
        _ => text.to_owned(),
    }
}

fn arithmetic(operator: &str, left: f64, right: f64) -> Option<f64> {
    let shift = || (0.0..64.0).contains(&right).then(|| right.exp2());
    let result = match operator {
        "-" => left - right,
        "//" if right != 0.0 => (left / right).floor(),
        "**" => left.powf(right),
        "<<" => left * shift()?,
        ">>" => (left / shift()?).floor(),
        _ => return None,
    };
    result.is_finite().then_some(result)
}
