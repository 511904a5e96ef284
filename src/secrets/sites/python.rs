//! Python: assignments, defaults, keywords, dictionaries, comparisons, lookups with a default, keys of signing functions.

use super::{Collector, Position};
use crate::secrets::name::SecretKind;
use crate::syntax::{Field, Kind, NodeId};

/// Functions whose argument at a place is a key: name, what it is called on (empty: anything), place, keyword.
const SIGNING_FUNCTIONS: &[(&str, &[&str], usize, &str)] = &[
    ("encode", &["jwt", "jws", "jwe", "jose", "pyjwt"], 1, "key"),
    ("decode", &["jwt", "jws", "jwe", "jose", "pyjwt"], 1, "key"),
    ("encode", &["JsonWebToken", "JWT"], 2, "key"),
    ("new", &["hmac"], 0, "key"),
    ("digest", &["hmac"], 0, "key"),
    ("new", &["AES", "DES3", "ChaCha20", "Blowfish", "ARC4", "ChaCha20_Poly1305"], 0, "key"),
    ("Fernet", &[], 0, "key"),
    ("AESGCM", &[], 0, "key"),
    ("ChaCha20Poly1305", &[], 0, "key"),
    ("URLSafeTimedSerializer", &[], 0, "secret_key"),
    ("URLSafeSerializer", &[], 0, "secret_key"),
    ("TimedJSONWebSignatureSerializer", &[], 0, "secret_key"),
    ("TimestampSigner", &[], 0, "secret_key"),
];

/// Objects whose `.get(name, default)` reads configuration.
const CONFIGURATIONS: &[&str] = &["environ", "env", "config", "conf", "cfg", "settings", "configuration"];

/// Functions that look a name up and take a default.
const LOOKUPS: &[&str] =
    &["getenv", "config", "env", "get_env", "getenv_or", "env_var", "get_secret_or", "decouple_config"];

impl Collector<'_> {
    pub(super) fn python(&mut self) {
        for node in self.tree.ids() {
            match self.tree.kind(node) {
                Kind::Assign | Kind::NamedExpression => self.assignment(node),
                Kind::KeywordArgument => self.keyword_argument(node),
                Kind::Parameter => {
                    if let Some(default) = self.tree.child(node, Field::Default) {
                        self.bind(self.tree.label(node).to_owned(), default, Position::Parameter);
                    }
                }
                Kind::Pair => {
                    if let (Some(key), Some(value)) =
                        (self.tree.child(node, Field::Key), self.tree.child(node, Field::Value))
                        && self.tree.kind(key) == Kind::Str
                    {
                        self.bind(self.tree.label(key).to_owned(), value, Position::Pair);
                    }
                }
                Kind::Tuple => self.pair_tuple(node),
                Kind::Compare => self.comparison(node),
                Kind::Call => self.python_call(node),
                _ => {}
            }
        }
        self.mark_context();
    }

    fn assignment(&mut self, node: NodeId) {
        let Some(value) = self.tree.child(node, Field::Value) else { return };
        let targets: Vec<NodeId> = self.tree.children_by(node, Field::Target).collect();
        for target in targets {
            if matches!(self.tree.kind(target), Kind::Tuple | Kind::List)
                && self.tree.kind(value) == self.tree.kind(target)
            {
                let names: Vec<NodeId> = self.tree.children_by(target, Field::Item).collect();
                let values: Vec<NodeId> = self.tree.children_by(value, Field::Item).collect();
                if names.len() == values.len() {
                    for (name, value) in names.into_iter().zip(values) {
                        self.assign_one(name, value);
                    }
                }
            } else {
                self.assign_one(target, value);
            }
        }
    }

    fn assign_one(&mut self, target: NodeId, value: NodeId) {
        if let Some(name) = self.bound_name(target) {
            self.bind(name, value, Position::Assignment);
        }
    }

    fn keyword_argument(&mut self, node: NodeId) {
        let Some(value) = self.tree.child(node, Field::Value) else { return };
        let name = self.tree.label(node).to_owned();
        if name == "auth" && self.tree.kind(value) == Kind::Tuple {
            let second = self.tree.children_by(value, Field::Item).nth(1);
            if let Some(literal) = second.and_then(|item| self.literal(item)) {
                self.push_as("password", Some(SecretKind::Password), literal, Position::Call);
            }
        }
        self.bind(name, value, Position::Keyword);
    }

    /// Binds what an expression can come down to.
    fn bind(&mut self, name: String, value: NodeId, position: Position) {
        if !self.is_interesting(&name) {
            return;
        }
        match self.tree.kind(value) {
            Kind::Boolean if self.tree.label(value) == "or" => {
                let left = self.tree.child(value, Field::Left);
                let position =
                    if left.is_some_and(|left| self.is_lookup(left)) { Position::Fallback } else { position };
                if let Some(right) = self.tree.child(value, Field::Right) {
                    self.bind(name, right, position);
                }
            }
            Kind::Conditional => {
                let condition = self.tree.child(value, Field::Condition);
                if condition.is_some_and(|condition| self.is_about_development(condition)) {
                    return;
                }
                for field in [Field::Consequence, Field::Alternative] {
                    if let Some(literal) = self.tree.child(value, field).and_then(|branch| self.literal(branch)) {
                        self.push(&name, literal, position);
                    }
                }
            }
            Kind::Call => {
                if let Some(literal) = self.literal(value) {
                    self.push(&name, literal, position);
                } else if let Some(default) = self.lookup_default(value)
                    && let Some(literal) = self.literal(default)
                {
                    self.push(&name, literal, Position::Fallback);
                } else if matches!(self.callee_name(value), "Field" | "field" | "attrib" | "ib")
                    && let Some(default) = self.keyword(value, "default").or_else(|| self.positional(value, 0))
                    && let Some(literal) = self.literal(default)
                {
                    self.push(&name, literal, position);
                }
            }
            _ => {
                if let Some(literal) = self.literal(value) {
                    self.push(&name, literal, position);
                }
            }
        }
    }

    fn python_call(&mut self, call: NodeId) {
        let Some(callee) = self.tree.child(call, Field::Callee) else { return };
        self.binding_call(call, callee);
        if let Some(default) = self.lookup_default(call)
            && let Some(name) = self.positional(call, 0).filter(|&name| self.tree.kind(name) == Kind::Str)
            && self.is_interesting(self.tree.label(name))
            && let Some(literal) = self.literal(default)
        {
            let name = self.tree.label(name).to_owned();
            self.push(&name, literal, Position::Fallback);
        }
        self.command_line_option(call);
        let (function, object) = (self.last_name(callee), self.object_name(callee));
        let place = SIGNING_FUNCTIONS
            .iter()
            .find(|(name, objects, ..)| *name == function && (objects.is_empty() || objects.contains(&object)));
        if let Some(&(_, _, index, keyword)) = place {
            let key = self.keyword(call, keyword).or_else(|| self.positional(call, index));
            if let Some(literal) = key.and_then(|key| self.literal(key)) {
                let position = if object == "hmac" { Position::KeyedCall } else { Position::SigningCall };
                self.push_as("key", Some(SecretKind::SigningKey), literal, position);
            }
        }
    }

    /// `add_argument("--password", default="...")`, `click.option("--token", default="...")`.
    fn command_line_option(&mut self, call: NodeId) {
        let Some(first) = self.positional(call, 0) else { return };
        let option = self.tree.label(first);
        if self.tree.kind(first) == Kind::Str
            && option.starts_with('-')
            && self.is_interesting(option)
            && let Some(literal) = self.keyword(call, "default").and_then(|default| self.literal(default))
        {
            let name = option.trim_start_matches('-').to_owned();
            self.push(&name, literal, Position::Parameter);
        }
    }

    fn callee_name(&self, call: NodeId) -> &str {
        self.tree.child(call, Field::Callee).map_or("", |callee| self.last_name(callee))
    }

    /// The default of `os.getenv(name, default)`, `environ.get(..)`, `config(name, default=..)`, `env.str(..)`.
    fn lookup_default(&self, call: NodeId) -> Option<NodeId> {
        self.is_lookup(call).then(|| self.keyword(call, "default").or_else(|| self.positional(call, 1))).flatten()
    }

    fn is_lookup(&self, call: NodeId) -> bool {
        if self.tree.kind(call) != Kind::Call {
            return false;
        }
        let Some(callee) = self.tree.child(call, Field::Callee) else { return false };
        let function = self.last_name(callee);
        match function {
            "get" | "str" | "get_value" | "getstr" | "string" => {
                // `config.get(section, option)` of configparser has a section first, and no default.
                let keyed = |key: NodeId| self.tree.kind(key) == Kind::Str && self.is_interesting(self.tree.label(key));
                let object = self.object_name(callee);
                object == "environ" || (CONFIGURATIONS.contains(&object) && self.positional(call, 0).is_some_and(keyed))
            }
            _ => LOOKUPS.contains(&function),
        }
    }

    fn is_about_development(&self, condition: NodeId) -> bool {
        self.tree.subtree(condition).any(|node| {
            let label = self.tree.label(node).to_ascii_lowercase();
            matches!(self.tree.kind(node), Kind::Name | Kind::Attribute | Kind::Str)
                && ["debug", "dev", "test", "local", "prod"].iter().any(|word| label.contains(word))
        })
    }

    /// What encloses a site can change its meaning: enum members are silent, defaults of settings classes are fallbacks,
    /// functions and classes named as tests are tests, examples inside schemas are shown and not used.
    fn mark_context(&mut self) {
        let tree = self.tree;
        self.sites.retain_mut(|site| {
            let mut nearest_class = true;
            let mut in_function = false;
            for ancestor in tree.ancestors(site.node) {
                match tree.kind(ancestor) {
                    Kind::ClassDef => {
                        let bases: Vec<&str> =
                            tree.children_by(ancestor, Field::Base).map(|base| tree.label(base)).collect();
                        let ends_with = |ending: &str| bases.iter().any(|base| base.ends_with(ending));
                        if nearest_class && !in_function {
                            if ends_with("Enum") || ends_with("Flag") || ends_with("Choices") {
                                return false;
                            }
                            if ends_with("Settings") && site.position == Position::Assignment {
                                site.position = Position::Fallback;
                            }
                        }
                        nearest_class = false;
                        let name = tree.label(ancestor);
                        site.in_test |= name.starts_with("Test") || name.ends_with("Test") || ends_with("TestCase");
                    }
                    Kind::FunctionDef => {
                        in_function = true;
                        site.in_test |= tree.label(ancestor).starts_with("test_");
                    }
                    Kind::Decorator => {
                        return !matches!(site.position, Position::Pair) || !is_documentation(tree, ancestor);
                    }
                    Kind::Pair | Kind::KeywordArgument | Kind::Assign if is_example(tree, ancestor) => return false,
                    _ => {}
                }
            }
            true
        });
    }
}

/// `@app.post(..., responses={...}, openapi_extra={...})`: pairs below are documentation.
fn is_documentation(tree: &crate::syntax::Tree, decorator: NodeId) -> bool {
    tree.subtree(decorator).any(|node| {
        tree.kind(node) == Kind::KeywordArgument
            && matches!(tree.label(node), "responses" | "openapi_extra" | "openapi_examples" | "examples")
    })
}

/// `json_schema_extra = {...}`, `"example": {...}`, `Field(examples=[...])`.
fn is_example(tree: &crate::syntax::Tree, node: NodeId) -> bool {
    let name = match tree.kind(node) {
        Kind::Pair => tree.child(node, Field::Key).map_or("", |key| tree.label(key)),
        Kind::Assign => tree.child(node, Field::Target).map_or("", |target| tree.label(target)),
        _ => tree.label(node),
    };
    matches!(
        name,
        "example"
            | "examples"
            | "json_schema_extra"
            | "schema_extra"
            | "openapi_examples"
            | "openapi_extra"
            | "responses"
            | "description"
            | "help"
            | "summary"
    )
}
