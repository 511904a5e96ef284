//! Folding of Rust expressions: `format!` and its kin, conversions between string types, `match` over literals.

use super::format::{Piece, braces};
use super::rust_closed::plain_callee;
use super::values::{Constant, Text, Value, Values};
use crate::syntax::{Field, Kind, NodeId};

/// Methods that keep what a text is made of.
const TEXT_METHODS: &[&str] = &[
    "to_string",
    "to_owned",
    "into",
    "as_str",
    "as_ref",
    "as_bytes",
    "clone",
    "trim",
    "trim_end",
    "trim_start",
    "to_lowercase",
    "to_uppercase",
    "to_ascii_lowercase",
    "to_ascii_uppercase",
    "into_bytes",
    "into_boxed_str",
    "borrow",
    "as_deref",
    "deref",
    "into_string",
    "replace",
    "unwrap",
    "expect",
    "to_vec",
];

/// Macros whose value is a formatted text: where the format string stands among the arguments.
const FORMAT_MACROS: &[(&str, usize)] =
    &[("format", 0), ("format_args", 0), ("formatcp", 0), ("indoc", 0), ("formatdoc", 0)];

impl Values<'_> {
    pub(super) fn rust_value(&self, node: NodeId, depth: u32) -> Value {
        let tree = self.tree();
        match tree.kind(node) {
            Kind::MacroCall => self.rust_macro(node, depth),
            Kind::Unary => match (tree.label(node), tree.child(node, Field::Operand)) {
                ("&" | "&mut" | "*", Some(operand)) => self.evaluate(operand, depth - 1),
                ("-", Some(operand)) => match self.evaluate(operand, depth - 1) {
                    Value::Constant(Constant::Number(number)) => Value::Constant(Constant::Number(-number)),
                    _ => Value::NUMBER,
                },
                _ => Value::UNKNOWN,
            },
            Kind::Binary => match (tree.label(node), tree.child(node, Field::Left), tree.child(node, Field::Right)) {
                ("+", Some(left), Some(right)) => match self.concatenation(left, right, depth) {
                    // Only numbers are added to a number.
                    Value::Text(_) if [left, right].iter().any(|&side| tree.kind(side) == Kind::Number) => {
                        Value::NUMBER
                    }
                    sum => sum,
                },
                (operator, Some(left), Some(right)) => {
                    let numbers = (self.evaluate(left, depth - 1), self.evaluate(right, depth - 1));
                    match numbers {
                        (Value::Constant(Constant::Number(left)), Value::Constant(Constant::Number(right))) => {
                            calculated(operator, left, right)
                        }
                        _ => Value::NUMBER,
                    }
                }
                _ => Value::NUMBER,
            },
            Kind::Call => self.rust_call(node, depth),
            Kind::Cast => Value::NUMBER,
            Kind::If => self.either(
                [tree.child(node, Field::Consequence), tree.child(node, Field::Alternative)].into_iter().flatten(),
                depth,
            ),
            Kind::Match => {
                self.either(tree.children_by(node, Field::Case).filter_map(|case| tree.child(case, Field::Body)), depth)
            }
            Kind::Block => tree.children(node).last().map_or(Value::UNKNOWN, |last| self.evaluate(last, depth - 1)),
            _ => Value::UNKNOWN,
        }
    }

    /// What any of several branches gives; a branch that leaves the function gives nothing.
    fn either(&self, branches: impl Iterator<Item = NodeId>, depth: u32) -> Value {
        let tree = self.tree();
        let mut value: Option<Value> = None;
        for branch in branches {
            let last = if tree.kind(branch) == Kind::Block { tree.children(branch).last() } else { Some(branch) };
            let Some(last) = last else { return Value::UNKNOWN };
            let leaves = matches!(tree.kind(last), Kind::Return | Kind::Break | Kind::Continue)
                || (tree.kind(last) == Kind::MacroCall
                    && matches!(tree.label(last), "panic" | "bail" | "unreachable" | "unimplemented" | "todo"));
            if leaves {
                continue;
            }
            let next = self.evaluate(last, depth - 1);
            value = Some(value.map_or(next.clone(), |value| value.or(next)));
        }
        value.unwrap_or(Value::UNKNOWN)
    }

    fn rust_macro(&self, node: NodeId, depth: u32) -> Value {
        let tree = self.tree();
        let arguments: Vec<NodeId> = tree.children_by(node, Field::Argument).collect();
        if tree.label(node) == "concat" {
            let mut text = Text::default();
            for argument in arguments {
                text.append(self.evaluate(argument, depth - 1).into_text(argument));
            }
            return Value::from_text(text);
        }
        if matches!(tree.label(node), "include_str" | "env" | "option_env" | "file" | "stringify") {
            // Fixed when the program is compiled.
            return Value::string("");
        }
        if tree.label(node) == "vec" {
            return match arguments.as_slice() {
                [list] if tree.kind(*list) == Kind::List && tree.label(*list) == ";" => self.evaluate(*list, depth - 1),
                _ => Value::List(arguments.into_iter().map(|item| self.evaluate(item, depth - 1)).collect()),
            };
        }
        let Some(&(_, at)) = FORMAT_MACROS.iter().find(|(name, _)| *name == tree.label(node)) else {
            return Value::UNKNOWN;
        };
        let Some(format) =
            arguments.get(at).and_then(|&format| self.evaluate(format, depth - 1).as_str().map(str::to_owned))
        else {
            return Value::UNKNOWN;
        };
        let positional: Vec<NodeId> = arguments[at + 1..]
            .iter()
            .copied()
            .filter(|&argument| tree.kind(argument) != Kind::KeywordArgument)
            .collect();
        let mut next = 0;
        let mut text = Text::default();
        for piece in braces(&format) {
            let Piece::Field { name, .. } = piece else {
                if let Piece::Literal(literal) = piece {
                    text.append(Text::literal(literal));
                }
                continue;
            };
            let argument = if name.is_empty() {
                next += 1;
                positional.get(next - 1).copied()
            } else if let Ok(index) = name.parse::<usize>() {
                positional.get(index).copied()
            } else {
                arguments
                    .iter()
                    .copied()
                    .find(|&argument| tree.kind(argument) == Kind::KeywordArgument && tree.label(argument) == name)
                    .and_then(|argument| tree.child(argument, Field::Value))
            };
            text.append(match argument {
                Some(argument) => self.evaluate(argument, depth - 1).into_text(argument),
                // An inline argument: `{name}` reads the variable.
                None => match self.name_value(&name, node, depth - 1) {
                    Value::Unknown { .. } if self.is_named_limited(&name, node) => Text::hole(node, true),
                    value => value.into_text(self.inline_argument(&name, node)),
                },
            });
        }
        Value::from_text(text)
    }

    fn rust_call(&self, node: NodeId, depth: u32) -> Value {
        let tree = self.tree();
        if let Some(list) = self.rust_iterator(node, depth) {
            return list;
        }
        let Some(callee) = plain_callee(tree, node) else { return Value::UNKNOWN };
        if self.returns_static_text(tree.label(callee)) {
            // Which of the texts is not known; that the program holds it is.
            return Value::NUMBER;
        }
        if tree.kind(callee) != Kind::Attribute {
            return Value::UNKNOWN;
        }
        let first = tree.child(node, Field::Argument);
        let Some(object) = tree.child(callee, Field::Object) else { return Value::UNKNOWN };
        match tree.label(callee) {
            "from" | "from_str" | "Borrowed" | "Owned" | "new" if is_text_type(tree.label(object)) => {
                first.map_or(Value::string(""), |first| self.evaluate(first, depth - 1))
            }
            "join" | "concat" => match (self.evaluate(object, depth - 1), first) {
                (Value::List(items), separator) => {
                    let separator = separator
                        .and_then(|s| self.evaluate(s, depth - 1).as_str().map(str::to_owned))
                        .unwrap_or_default();
                    let mut text = Text::default();
                    for (index, item) in items.into_iter().enumerate() {
                        if index > 0 {
                            text.append(Text::literal(separator.clone()));
                        }
                        text.append(item.into_text(object));
                    }
                    Value::from_text(text)
                }
                _ => Value::UNKNOWN,
            },
            "repeat" => self.evaluate(object, depth - 1),
            "len" | "count" | "timestamp" | "timestamp_millis" | "parse" | "as_u64" | "as_i64" => Value::NUMBER,
            method if TEXT_METHODS.contains(&method) => self.evaluate(object, depth - 1),
            _ => Value::UNKNOWN,
        }
    }
}

/// Arithmetic of constants: what sizes, durations and limits are written with.
fn calculated(operator: &str, left: f64, right: f64) -> Value {
    let number = match operator {
        "*" => left * right,
        "-" => left - right,
        "/" if right != 0.0 => (left / right).trunc(),
        "<<" if (0.0..128.0).contains(&right) => left * right.trunc().exp2(),
        _ => return Value::NUMBER,
    };
    Value::Constant(Constant::Number(number))
}

fn is_text_type(name: &str) -> bool {
    matches!(name, "String" | "Cow" | "PathBuf" | "OsString" | "Box" | "Rc" | "Arc" | "SmolStr" | "CompactString")
}
