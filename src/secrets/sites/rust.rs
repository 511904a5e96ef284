//! Rust: bindings, constants, struct literals, builder calls, comparisons, environment lookups with a default, keys of
//! signing functions.

use super::{Collector, Position};
use crate::secrets::name::SecretKind;
use crate::syntax::{Field, Kind, NodeId};

/// Constructors whose first argument is a key: name and what it is called on (empty: anything).
const SIGNING_FUNCTIONS: &[(&str, &[&str])] = &[
    ("from_secret", &[]),
    ("from_base64_secret", &[]),
    ("new_from_slice", &[]),
    ("derive_from", &["Key"]),
    ("from_slice", &["Key"]),
    ("from", &["Key"]),
];

/// Ways to take a default when a lookup fails.
const DEFAULT_METHODS: &[&str] = &["unwrap_or", "unwrap_or_else", "or", "or_else", "unwrap_or_default_to", "map_or"];

/// How far a chain of calls is followed to its lookup.
const MAX_CHAIN: usize = 12;

impl Collector<'_> {
    pub(super) fn rust(&mut self) {
        for node in self.tree.ids() {
            match self.tree.kind(node) {
                Kind::Assign => {
                    if let (Some(target), Some(value)) =
                        (self.tree.child(node, Field::Target), self.tree.child(node, Field::Value))
                        && let Some(name) = self.bound_name(target)
                    {
                        self.bind_literal(&name, value, Position::Assignment);
                    }
                }
                Kind::KeywordArgument => {
                    if let Some(value) = self.tree.child(node, Field::Value) {
                        self.bind_literal(self.tree.label(node), value, Position::Keyword);
                    }
                }
                Kind::Tuple => self.pair_tuple(node),
                Kind::Pair => {
                    if let (Some(key), Some(value)) =
                        (self.tree.child(node, Field::Key), self.tree.child(node, Field::Value))
                        && self.tree.kind(key) == Kind::Str
                    {
                        self.bind_literal(self.tree.label(key), value, Position::Pair);
                    }
                }
                Kind::Compare => self.comparison(node),
                Kind::Call => self.rust_call(node),
                Kind::FieldDef => self.option_default(node),
                _ => {}
            }
        }
        self.mark_rust_tests();
    }

    fn bind_literal(&mut self, name: &str, value: NodeId, position: Position) {
        if !self.is_interesting(name) {
            return;
        }
        if let Some(literal) = self.literal(value) {
            self.push(name, literal, position);
        } else if let Some((_, default)) = self.lookup_with_default(value)
            && let Some(literal) = self.literal(default)
        {
            self.push(name, literal, Position::Fallback);
        }
    }

    fn rust_call(&mut self, call: NodeId) {
        let Some(callee) = self.tree.child(call, Field::Callee) else { return };
        self.binding_call(call, callee);
        if let Some((name, default)) = self.lookup_with_default(call)
            && self.is_interesting(&name)
            && let Some(literal) = self.literal(default)
        {
            self.push(&name, literal, Position::Fallback);
        }
        let (function, object) = (self.last_name(callee), self.object_name(callee));
        let signs = SIGNING_FUNCTIONS
            .iter()
            .any(|(name, objects)| *name == function && (objects.is_empty() || objects.contains(&object)));
        let position = if function == "new_from_slice" { Position::KeyedCall } else { Position::SigningCall };
        let is_credentials = function == "new" && object == "Credentials";
        if signs && let Some(literal) = self.positional(call, 0).and_then(|key| self.literal(key)) {
            self.push_as("key", Some(SecretKind::SigningKey), literal, position);
        }
        if is_credentials && let Some(literal) = self.positional(call, 1).and_then(|password| self.literal(password)) {
            self.push_as("password", Some(SecretKind::Password), literal, Position::Call);
        }
    }

    /// `env::var("NAME").unwrap_or("default".into())` and its kin: the name and the default.
    fn lookup_with_default(&self, call: NodeId) -> Option<(String, NodeId)> {
        if self.tree.kind(call) != Kind::Call {
            return None;
        }
        let callee = self.tree.child(call, Field::Callee)?;
        if !DEFAULT_METHODS.contains(&self.last_name(callee)) {
            return None;
        }
        let argument = self.positional(call, 0)?;
        let default = match self.tree.kind(argument) {
            Kind::Lambda => self.tree.child(argument, Field::Body)?,
            Kind::Call | Kind::Str | Kind::Unary => argument,
            _ => return None,
        };
        let mut at = self.tree.child(callee, Field::Object)?;
        for _ in 0..MAX_CHAIN {
            match self.tree.kind(at) {
                Kind::Call => {
                    let callee = self.tree.child(at, Field::Callee)?;
                    if matches!(self.last_name(callee), "var" | "var_os" | "getenv" | "env_var") {
                        let name = self.positional(at, 0).filter(|&name| self.tree.kind(name) == Kind::Str)?;
                        return Some((self.tree.label(name).to_owned(), default));
                    }
                    at = self.tree.child(callee, Field::Object)?;
                }
                Kind::MacroCall if self.tree.label(at) == "option_env" => {
                    let name = self.positional(at, 0).filter(|&name| self.tree.kind(name) == Kind::Str)?;
                    return Some((self.tree.label(name).to_owned(), default));
                }
                _ => return None,
            }
        }
        None
    }

    /// `#[arg(long, env = "API_KEY", default_value = "...")] api_key: String`
    fn option_default(&mut self, field: NodeId) {
        let name = self.tree.label(field).to_owned();
        if !self.is_interesting(&name) {
            return;
        }
        let decorators: Vec<NodeId> = self.tree.children_by(field, Field::Decorator).collect();
        for decorator in decorators {
            let default = self.tree.subtree(decorator).find_map(|node| {
                let label = match self.tree.kind(node) {
                    Kind::KeywordArgument => self.tree.label(node),
                    Kind::Assign => self.tree.child(node, Field::Target).map_or("", |target| self.tree.label(target)),
                    _ => return None,
                };
                matches!(label, "default_value" | "default_value_t")
                    .then(|| self.tree.child(node, Field::Value))
                    .flatten()
            });
            if let Some(literal) = default.and_then(|default| self.literal(default)) {
                self.push(&name, literal, Position::Fallback);
            }
        }
    }

    /// `#[cfg(test)] mod tests`, `#[test] fn`, `mod tests`; attributes bind names of other things.
    fn mark_rust_tests(&mut self) {
        let tree = self.tree;
        self.sites.retain_mut(|site| {
            for ancestor in tree.ancestors(site.node) {
                match tree.kind(ancestor) {
                    Kind::Decorator if site.position != Position::Fallback => return false,
                    Kind::ModuleDef if matches!(tree.label(ancestor), "tests" | "test") => site.in_test = true,
                    Kind::ModuleDef | Kind::FunctionDef | Kind::ImplDef if is_test_item(tree, ancestor) => {
                        site.in_test = true;
                    }
                    _ => {}
                }
            }
            true
        });
    }
}

fn is_test_item(tree: &crate::syntax::Tree, item: NodeId) -> bool {
    tree.children_by(item, Field::Decorator).any(|decorator| {
        let source = tree.source(decorator);
        source.contains("cfg(test")
            || source.contains("cfg(all(test")
            || source.contains("test]")
            || source.contains("test(")
    })
}
