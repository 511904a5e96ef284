//! Places in syntax trees where a literal is bound to a name.
//!
//! Knows the shapes of the languages. Whether the name means a secret and the value looks like one is judged by the caller;
//! here a name is only asked whether it is worth the trouble.

mod code;
mod container;
mod literal;
mod nginx;
mod python;
mod rust;
mod settings;

use super::name::SecretKind;
use crate::source::Span;
use crate::syntax::{Field, FileKind, Kind, Language, NodeId, Tree};
use literal::Literal;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How a literal is bound to its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Position {
    /// Variable, attribute, constant, subscript: `password = "..."`.
    Assignment,
    /// Keyword argument or field of a struct literal.
    Keyword,
    /// Default of a parameter or of a command line option.
    Parameter,
    /// Key and value: dictionaries, YAML, JSON, TOML, INI, dotenv, headers.
    Pair,
    /// `token == "..."`.
    Comparison,
    /// Positional argument whose place means a secret: `.password("...")`, `login(user, "...")`.
    Call,
    /// Key argument of a function that signs or encrypts: `jwt.encode(payload, "...")`.
    SigningCall,
    /// Key argument of a function that takes public constants too: `hmac.new(b"WebAppData", token)`.
    KeyedCall,
    /// What a lookup falls back to: `getenv("KEY", "...")`, `${KEY:-...}`, a settings class's default.
    Fallback,
    /// Environment of a container, a service or a pipeline.
    Environment,
    /// Command line argument: `--password=...`.
    Argument,
    /// nginx directive.
    Directive,
    /// `stringData` of a Kubernetes Secret, where every key may be one.
    SecretData,
    /// `data` of a Kubernetes Secret, decoded.
    EncodedData,
}

/// One literal and the name it is bound to; spans are in the tree's text.
#[derive(Debug, Clone)]
pub(super) struct Site {
    pub(super) name: String,
    /// Set where the place decides what the value is, whatever its name.
    pub(super) kind: Option<SecretKind>,
    pub(super) value: String,
    pub(super) position: Position,
    pub(super) node: NodeId,
    /// The literal.
    pub(super) span: Span,
    /// What of the literal is to be masked.
    pub(super) secret: Span,
    /// Whether it stands in a test inside a file that is none.
    pub(super) in_test: bool,
}

/// Collects the sites of one tree.
pub(super) struct Collector<'a> {
    tree: &'a Tree,
    kind: FileKind,
    interesting: &'a dyn Fn(&str) -> bool,
    sites: Vec<Site>,
}

/// Every site of a tree whose name is `interesting`, or whose place speaks for itself.
pub(super) fn collect(tree: &Tree, kind: FileKind, interesting: &dyn Fn(&str) -> bool) -> Vec<Site> {
    let mut collector = Collector { tree, kind, interesting, sites: Vec::new() };
    match tree.language() {
        Language::Python => collector.python(),
        Language::Rust => collector.rust(),
        Language::Yaml | Language::Json | Language::Toml | Language::Ini | Language::Dotenv => collector.settings(),
        Language::Dockerfile | Language::Shell => collector.container(),
        Language::Nginx => collector.nginx(),
        Language::Requirements | Language::Text => {}
    }
    collector.sites
}

impl Collector<'_> {
    fn push(&mut self, name: &str, literal: Literal, position: Position) {
        self.push_as(name, None, literal, position);
    }

    fn push_as(&mut self, name: &str, kind: Option<SecretKind>, literal: Literal, position: Position) {
        self.sites.push(Site {
            name: name.to_owned(),
            kind,
            value: literal.text,
            position,
            node: literal.node,
            span: literal.span,
            secret: literal.secret,
            in_test: false,
        });
    }

    /// The last name of a callee: `new` of `hmac.new`, `Fernet` of `Fernet`.
    fn last_name(&self, node: NodeId) -> &str {
        match self.tree.kind(node) {
            Kind::Name | Kind::Attribute => self.tree.label(node),
            Kind::Subscript => self.tree.child(node, Field::Object).map_or("", |object| self.last_name_of(object)),
            _ => "",
        }
    }

    fn last_name_of(&self, node: NodeId) -> &str {
        if matches!(self.tree.kind(node), Kind::Name | Kind::Attribute) { self.tree.label(node) } else { "" }
    }

    /// The last name of what a callee is called on: `hmac` of `hmac.new`.
    fn object_name(&self, callee: NodeId) -> &str {
        self.tree.child(callee, Field::Object).map_or("", |object| self.last_name(object))
    }

    /// The `index`-th positional argument (0-based).
    fn positional(&self, call: NodeId, index: usize) -> Option<NodeId> {
        self.tree
            .children_by(call, Field::Argument)
            .filter(|&argument| !matches!(self.tree.kind(argument), Kind::KeywordArgument | Kind::Splat))
            .nth(index)
    }

    /// The value of a keyword argument.
    fn keyword(&self, call: NodeId, name: &str) -> Option<NodeId> {
        let argument = self
            .tree
            .children_by(call, Field::Argument)
            .find(|&argument| self.tree.kind(argument) == Kind::KeywordArgument && self.tree.label(argument) == name)?;
        self.tree.child(argument, Field::Value)
    }

    fn is_interesting(&self, name: &str) -> bool {
        (self.interesting)(name)
    }
}
