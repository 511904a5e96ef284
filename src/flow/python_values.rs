//! Folding of Python expressions: string building, conversions, look-ups in literal collections.

use super::format::{Piece, braces};
use super::values::{Constant, Text, Value, Values};
use crate::syntax::{Field, Kind, NodeId};

/// Methods of strings that keep what the text is made of.
const TEXT_METHODS: &[&str] = &[
    "strip",
    "lstrip",
    "rstrip",
    "lower",
    "upper",
    "title",
    "capitalize",
    "encode",
    "decode",
    "expandtabs",
    "casefold",
    "removeprefix",
    "removesuffix",
    "replace",
    "ljust",
    "rjust",
    "center",
    "zfill",
    "translate",
];

/// Functions that give back their first argument as text.
const TEXT_FUNCTIONS: &[&str] =
    &["str", "textwrap.dedent", "dedent", "inspect.cleandoc", "cleandoc", "textwrap.indent", "bytes"];

/// Functions whose result is a number or a text of digits and separators only.
const NUMBER_FUNCTIONS: &[&str] = &[
    "int",
    "float",
    "len",
    "round",
    "abs",
    "sum",
    "ord",
    "hash",
    "id",
    "bool",
    "time.time",
    "uuid.UUID",
    "uuid.uuid4",
    "math.ceil",
    "math.floor",
    "math.trunc",
];

impl Values<'_> {
    pub(super) fn python_value(&self, node: NodeId, depth: u32) -> Value {
        let tree = self.tree();
        match tree.kind(node) {
            Kind::FString => self.f_string(node, depth),
            Kind::Binary => self.python_binary(node, depth),
            Kind::Unary => match (tree.label(node), tree.child(node, Field::Operand)) {
                ("not", _) => Value::NUMBER,
                ("-", Some(operand)) => match self.evaluate(operand, depth - 1) {
                    Value::Constant(Constant::Number(number)) => Value::Constant(Constant::Number(-number)),
                    _ => Value::NUMBER,
                },
                _ => Value::NUMBER,
            },
            Kind::Call => self.python_call(node, depth),
            Kind::Subscript => self.python_subscript(node, depth),
            Kind::Attribute => self.python_attribute(node, depth),
            Kind::Comprehension => self.comprehension(node, depth),
            Kind::Dict => self.dict_keys(node, depth),
            _ => Value::UNKNOWN,
        }
    }

    fn f_string(&self, node: NodeId, depth: u32) -> Value {
        let tree = self.tree();
        let mut text = Text::default();
        for part in tree.children(node) {
            if tree.kind(part) == Kind::Interpolation {
                let numeric = tree.child(part, Field::Format).is_some_and(|format| {
                    matches!(
                        braces(&format!("{{:{}}}", tree.label(format))).first(),
                        Some(Piece::Field { numeric: true, .. })
                    )
                });
                if let Some(value) = tree.child(part, Field::Value) {
                    if numeric {
                        text.append(Text::hole(value, true));
                    } else {
                        text.append(self.evaluate(value, depth - 1).into_text(value));
                    }
                }
            } else {
                text.append(Text::literal(tree.label(part)));
            }
        }
        Value::from_text(text)
    }

    fn python_call(&self, node: NodeId, depth: u32) -> Value {
        let tree = self.tree();
        let Some(callee) = tree.child(node, Field::Callee) else { return Value::UNKNOWN };
        let first = tree
            .children_by(node, Field::Argument)
            .find(|&argument| !matches!(tree.kind(argument), Kind::KeywordArgument | Kind::Splat));
        if let (Kind::Attribute, Some(object)) = (tree.kind(callee), tree.child(callee, Field::Object)) {
            match tree.label(callee) {
                "format" => {
                    if let Value::Constant(Constant::Str(format)) = self.evaluate(object, depth - 1) {
                        return self.brace_format(&format, node, depth);
                    }
                }
                "join" => {
                    if let (Value::Constant(Constant::Str(separator)), Some(items)) =
                        (self.evaluate(object, depth - 1), first)
                    {
                        return self.joined(&separator, items, depth);
                    }
                }
                "keys" | "values" | "items" => {
                    return self.evaluate(object, depth - 1);
                }
                "get" | "pop" => return self.looked_up(object, depth),
                "isoformat" | "timestamp" | "hexdigest" | "total_seconds" => return Value::NUMBER,
                method if TEXT_METHODS.contains(&method) => return self.evaluate(object, depth - 1),
                _ => {}
            }
        }
        if let Some(value) = self.returned(callee, depth) {
            return value;
        }
        if tree.label(callee) == "Field" {
            return self.field_default(node, first, depth);
        }
        let Some(first) = first else { return Value::UNKNOWN };
        for name in self.names().resolved(callee) {
            let name = name.as_str();
            if TEXT_FUNCTIONS.contains(&name) {
                return self.evaluate(first, depth - 1);
            }
            if NUMBER_FUNCTIONS.contains(&name) {
                return Value::NUMBER;
            }
            // The larger of numbers is a number.
            if matches!(name, "max" | "min") {
                let is_number = |value: Value| {
                    matches!(value, Value::Unknown { numeric: true } | Value::Constant(Constant::Number(_)))
                };
                let mut arguments = tree.children_by(node, Field::Argument);
                if arguments.all(|argument| is_number(self.evaluate(argument, depth - 1))) {
                    return Value::NUMBER;
                }
            }
            if matches!(name, "list" | "tuple" | "set" | "frozenset" | "sorted" | "reversed") {
                return self.evaluate(first, depth - 1);
            }
        }
        Value::UNKNOWN
    }

    /// A comprehension is as constant as the item that it makes.
    fn comprehension(&self, node: NodeId, depth: u32) -> Value {
        let tree = self.tree();
        let Some(item) = tree.child(node, Field::Item) else { return Value::UNKNOWN };
        if tree.kind(item) == Kind::Pair {
            return Value::UNKNOWN;
        }
        match self.evaluate(item, depth - 1) {
            Value::Constant(constant) => Value::List(vec![Value::Constant(constant)]),
            Value::OneOf(options) => Value::List(options.into_iter().map(Value::Constant).collect()),
            Value::Text(text) => Value::Text(text),
            Value::Unknown { numeric } => Value::Unknown { numeric },
            Value::List(_) => Value::UNKNOWN,
        }
    }

    /// Iterating over a dictionary gives its keys.
    fn dict_keys(&self, node: NodeId, depth: u32) -> Value {
        let tree = self.tree();
        let mut keys = Vec::new();
        for pair in tree.children_by(node, Field::Item) {
            let Some(key) = tree.child(pair, Field::Key) else { return Value::UNKNOWN };
            keys.push(self.evaluate(key, depth - 1));
        }
        Value::List(keys)
    }

    /// `TABLE[key]`: one of the values when the table is a literal of constants.
    fn python_subscript(&self, node: NodeId, depth: u32) -> Value {
        let tree = self.tree();
        let Some(object) = tree.child(node, Field::Object) else { return Value::UNKNOWN };
        if let Some(index) = tree.child(node, Field::Index)
            && let Value::Constant(Constant::Number(number)) = self.evaluate(index, depth - 1)
            && let Value::List(items) = self.evaluate(object, depth - 1)
            && !matches!(tree.kind(object), Kind::Dict)
        {
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "an index that is out of range finds nothing"
            )]
            let index = number as usize;
            return items.into_iter().nth(index).unwrap_or(Value::UNKNOWN);
        }
        self.looked_up(object, depth)
    }

    /// One of the values of a dictionary literal that a name holds.
    fn looked_up(&self, object: NodeId, depth: u32) -> Value {
        let tree = self.tree();
        let dict = match tree.kind(object) {
            Kind::Dict => Some(object),
            Kind::Name | Kind::Attribute => self.single_definition(object),
            _ => None,
        };
        let Some(dict) = dict.filter(|&dict| tree.kind(dict) == Kind::Dict) else { return Value::UNKNOWN };
        let mut value: Option<Value> = None;
        for pair in tree.children_by(dict, Field::Item) {
            let Some(item) = tree.child(pair, Field::Value).filter(|_| tree.kind(pair) == Kind::Pair) else {
                return Value::UNKNOWN;
            };
            let next = self.evaluate(item, depth - 1);
            value = Some(value.map_or(next.clone(), |value| value.or(next)));
        }
        value.unwrap_or(Value::UNKNOWN)
    }

    /// What a call of a function of this file gives back, when none of its parameters is in it.
    fn returned(&self, callee: NodeId, depth: u32) -> Option<Value> {
        let tree = self.tree();
        let scopes = self.names().scopes();
        if tree.kind(callee) != Kind::Name {
            return None;
        }
        let [definition] = scopes.visible(scopes.scope_of(tree, callee), tree.label(callee)) else { return None };
        let function = definition.site;
        if tree.kind(function) != Kind::FunctionDef || tree.is_within(callee, function) {
            return None;
        }
        let mut value: Option<Value> = None;
        let mut skip_to = 0;
        for id in tree.subtree(function).skip(1) {
            if id.0 < skip_to {
                continue;
            }
            match tree.kind(id) {
                Kind::FunctionDef | Kind::Lambda | Kind::ClassDef => skip_to = tree.subtree_end(id),
                Kind::Yield => return None,
                Kind::Return => {
                    let returned = tree.child(id, Field::Value)?;
                    let next = self.evaluate(returned, depth - 1);
                    // Holes of another function mean nothing to the caller.
                    if !next.is_constant() {
                        return None;
                    }
                    value = Some(value.map_or(next.clone(), |value| value.or(next)));
                }
                _ => {}
            }
        }
        value
    }

    /// Pydantic's `Field(default)`, `Field(default=...)`, `Field(default_factory=lambda: ...)`.
    fn field_default(&self, call: NodeId, first: Option<NodeId>, depth: u32) -> Value {
        let tree = self.tree();
        let keyword = |name: &str| {
            tree.children_by(call, Field::Argument)
                .find(|&argument| tree.kind(argument) == Kind::KeywordArgument && tree.label(argument) == name)
                .and_then(|argument| tree.child(argument, Field::Value))
        };
        if let Some(default) = first.or_else(|| keyword("default")) {
            return self.evaluate(default, depth - 1);
        }
        keyword("default_factory")
            .filter(|&factory| tree.kind(factory) == Kind::Lambda)
            .and_then(|factory| tree.child(factory, Field::Body))
            .map_or(Value::UNKNOWN, |body| self.evaluate(body, depth - 1))
    }

    /// `self.TABLE`, `Config.NAME`: the class attribute when it is assigned once; an upper-case name of another module is
    /// a constant by PEP 8, of unknown text.
    fn python_attribute(&self, node: NodeId, depth: u32) -> Value {
        if let Some(definition) = self.single_definition(node) {
            return self.evaluate(definition, depth - 1);
        }
        Value::UNKNOWN
    }
}
