//! What Python and Rust have in common: values that wrap a literal, calls that bind a name, tests inside a file.

use super::literal::Literal;
use super::{Collector, Position};
use crate::secrets::name::{SecretKind, judge_name};
use crate::syntax::{Field, Kind, NodeId};

/// How many wrappers around a literal are looked through: `SecretStr(str(b"...".decode()))`.
const MAX_WRAPPERS: usize = 6;

/// Functions that give back what they get: `SecretStr("x")`, `String::from("x")`, `b64decode("x")`.
const WRAPPERS: &[&str] = &[
    "SecretStr",
    "SecretBytes",
    "SecretString",
    "Secret",
    "SecretBox",
    "Password",
    "str",
    "bytes",
    "b64decode",
    "urlsafe_b64decode",
    "fromhex",
    "unhexlify",
    "quote",
    "quote_plus",
    "from",
    "Some",
    "Ok",
    "new",
    "from_str",
    "from_static",
    "Cow",
    "Zeroizing",
    "Arc",
    "Box",
    "Key",
];

/// Methods that give back what they are called on: `"x".to_string()`, `"x".encode("utf-8")`.
const CONVERSIONS: &[&str] = &[
    "encode",
    "decode",
    "strip",
    "to_string",
    "to_owned",
    "into",
    "as_bytes",
    "to_vec",
    "as_ref",
    "as_str",
    "into_bytes",
    "clone",
    "into_boxed_str",
    "into_string",
    "unwrap",
    "expect",
];

/// Setters that take name and value: `headers.insert("X-Api-Key", "...")`, `.env("PGPASSWORD", "...")`.
const PAIR_METHODS: &[&str] = &[
    "insert",
    "header",
    "env",
    "set",
    "append",
    "append_header",
    "insert_header",
    "setdefault",
    "putenv",
    "setenv",
    "setItem",
    "set_var",
    "set_default",
    "set_override",
    "query",
    "add_header",
    "set_item",
];

/// Words in front of a method's name that make it a setter: `set_password`, `with_api_key`.
const SETTER_PREFIXES: &[&str] = &["set_", "with_", "add_"];

impl Collector<'_> {
    /// The literal that an expression comes down to, looked through wrappers and references.
    pub(super) fn literal(&self, node: NodeId) -> Option<Literal> {
        let mut at = node;
        for _ in 0..MAX_WRAPPERS {
            match self.tree.kind(at) {
                Kind::Str | Kind::Bytes => return Literal::of(self.tree, at),
                Kind::Unary | Kind::Question | Kind::Await => {
                    at = self.tree.child(at, Field::Operand).or_else(|| self.tree.child(at, Field::Value))?;
                }
                Kind::Block => {
                    let mut statements = self.tree.children(at);
                    at = statements.next()?;
                    if statements.next().is_some() {
                        return None;
                    }
                }
                Kind::Call => at = self.wrapped(at)?,
                _ => return None,
            }
        }
        None
    }

    fn wrapped(&self, call: NodeId) -> Option<NodeId> {
        let callee = self.tree.child(call, Field::Callee)?;
        let name = self.last_name(callee);
        if CONVERSIONS.contains(&name) {
            return self.tree.child(callee, Field::Object);
        }
        WRAPPERS.contains(&name).then(|| self.positional(call, 0)).flatten()
    }

    /// `password("...")`, `.set_password("...")`, `headers.insert("X-Api-Key", "...")`, `login(user, "...")`.
    pub(super) fn binding_call(&mut self, call: NodeId, callee: NodeId) {
        let method = self.last_name(callee).to_owned();
        if self.tree.kind(callee) == Kind::Attribute {
            let name = SETTER_PREFIXES.iter().find_map(|prefix| method.strip_prefix(prefix)).unwrap_or(&method);
            let arguments = self.tree.children_by(call, Field::Argument).count();
            if arguments == 1
                && self.is_interesting(name)
                && let Some(literal) = self.positional(call, 0).and_then(|argument| self.literal(argument))
            {
                self.push(name, literal, Position::Call);
            }
        }
        if PAIR_METHODS.contains(&method.as_str())
            && let (Some(key), Some(value)) = (self.positional(call, 0), self.positional(call, 1))
            && let Some(key) = self.literal(key)
            && self.is_interesting(&key.text)
            && let Some(literal) = self.literal(value)
        {
            self.push(&key.text, literal, Position::Pair);
        }
        if matches!(
            method.as_str(),
            "login" | "basic_auth" | "HTTPBasicAuth" | "HTTPDigestAuth" | "BasicAuth" | "simple_bind_s"
        ) && let Some(literal) = self.positional(call, 1).and_then(|argument| self.literal(argument))
        {
            self.push_as("password", Some(SecretKind::Password), literal, Position::Call);
        }
        if matches!(method.as_str(), "bearer_auth")
            && let Some(literal) = self.positional(call, 0).and_then(|argument| self.literal(argument))
        {
            self.push_as("token", Some(SecretKind::Token), literal, Position::Call);
        }
    }

    /// `("password", "...")` in a list of pairs.
    pub(super) fn pair_tuple(&mut self, tuple: NodeId) {
        let items: Vec<NodeId> = self.tree.children_by(tuple, Field::Item).take(3).collect();
        if let [key, value] = items[..]
            && self.tree.kind(key) == Kind::Str
            && self.is_interesting(self.tree.label(key))
            && let Some(literal) = self.literal(value)
            // `("passwd", "password")` lists names.
            && judge_name(&literal.text).is_none()
        {
            let name = self.tree.label(key).to_owned();
            self.push(&name, literal, Position::Pair);
        }
    }

    /// `token == "..."` and its kin.
    pub(super) fn comparison(&mut self, node: NodeId) {
        if !matches!(self.tree.label(node), "==" | "!=" | "is" | "is not") {
            return;
        }
        let (Some(left), Some(right)) = (self.tree.child(node, Field::Left), self.tree.child(node, Field::Right))
        else {
            return;
        };
        for (named, value) in [(left, right), (right, left)] {
            if let Some(name) = self.bound_name(named)
                && self.is_interesting(&name)
                && let Some(literal) = self.literal(value)
            {
                self.push(&name, literal, Position::Comparison);
            }
        }
    }

    /// The name that an expression is known by: a variable, an attribute, a constant key.
    pub(super) fn bound_name(&self, node: NodeId) -> Option<String> {
        match self.tree.kind(node) {
            Kind::Name | Kind::Attribute => Some(self.tree.label(node).to_owned()),
            Kind::Subscript => {
                let index = self.tree.child(node, Field::Index)?;
                (self.tree.kind(index) == Kind::Str).then(|| self.tree.label(index).to_owned())
            }
            Kind::Unary => self.tree.child(node, Field::Operand).and_then(|inner| self.simple_name(inner)),
            Kind::Call => {
                // `request.headers.get("X-Api-Key") == "..."`
                let callee = self.tree.child(node, Field::Callee)?;
                if self.last_name(callee) != "get" {
                    return None;
                }
                let key = self.positional(node, 0)?;
                (self.tree.kind(key) == Kind::Str).then(|| self.tree.label(key).to_owned())
            }
            _ => None,
        }
    }

    fn simple_name(&self, node: NodeId) -> Option<String> {
        matches!(self.tree.kind(node), Kind::Name | Kind::Attribute).then(|| self.tree.label(node).to_owned())
    }
}
