//! YAML, JSON, TOML, INI and dotenv: keys with values, environments in all their spellings, Kubernetes Secrets.

use super::literal::Literal;
use super::{Collector, Position};
use crate::syntax::{Field, FileKind, Kind, NodeId};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// Keys whose children describe values and hold none: schemas, documentation, references.
const DESCRIPTIONS: &[&str] = &[
    "properties",
    "definitions",
    "schema",
    "schemas",
    "patternProperties",
    "example",
    "examples",
    "inputs",
    "outputs",
    "secretKeyRef",
    "configMapKeyRef",
    "valueFrom",
    "remoteRef",
    "matchLabels",
    "translations",
    "messages",
    "i18n",
    "openapi",
    "components",
    "parameters",
    "responses",
    "description",
    "descriptions",
    "labelsSelector",
    "enum",
    "$defs",
    "secretRef",
    "secretStoreRef",
    "permissions",
    "scopes",
    "contributes",
    "bindings",
];

/// Kinds of Kubernetes objects whose data is encrypted or stands elsewhere.
const PROTECTED_KINDS: &[&str] = &[
    "SealedSecret",
    "ExternalSecret",
    "SopsSecret",
    "VaultStaticSecret",
    "ClusterExternalSecret",
    "CustomResourceDefinition",
];

impl Collector<'_> {
    pub(super) fn settings(&mut self) {
        let documents: Vec<NodeId> = self.tree.children(NodeId::ROOT).collect();
        for document in documents {
            if self.tree.kind(document) == Kind::Mapping {
                if self.value_of(document, "sops").is_some() {
                    continue;
                }
                let kind = self.value_of(document, "kind").map_or("", |kind| self.tree.label(kind));
                if PROTECTED_KINDS.contains(&kind) {
                    continue;
                }
                if kind == "Secret" && self.value_of(document, "apiVersion").is_some() {
                    self.kubernetes_secret(document);
                    continue;
                }
            }
            self.settings_below(document, "");
        }
    }

    /// Walks down with the key that encloses each node; descriptions are left out.
    fn settings_below(&mut self, root: NodeId, root_key: &str) {
        let mut open: Vec<(NodeId, String)> = vec![(root, root_key.to_owned())];
        while let Some((node, key)) = open.pop() {
            match self.tree.kind(node) {
                Kind::Pair => {
                    if let Some(next) = self.pair(node, &key) {
                        open.push(next);
                    }
                }
                Kind::Mapping => {
                    self.named_value(node);
                    open.extend(self.tree.children(node).map(|child| (child, key.clone())));
                }
                Kind::Sequence => {
                    self.list(node, &key);
                    let nested = |&child: &NodeId| matches!(self.tree.kind(child), Kind::Mapping | Kind::Sequence);
                    open.extend(self.tree.children(node).filter(nested).map(|child| (child, key.clone())));
                }
                _ => open.extend(self.tree.children(node).map(|child| (child, key.clone()))),
            }
        }
    }

    /// One key with its value; gives back what is to be walked next.
    fn pair(&mut self, pair: NodeId, enclosing: &str) -> Option<(NodeId, String)> {
        let key = self.tree.child(pair, Field::Key)?;
        let value = self.tree.child(pair, Field::Value)?;
        let name = self.tree.label(key).to_owned();
        // Services of a workflow's job live as long as the job and are reached by nobody else.
        let test_services = name == "services" && self.kind == FileKind::GithubWorkflow;
        if DESCRIPTIONS.contains(&name.as_str()) || test_services {
            return None;
        }
        if matches!(self.tree.kind(value), Kind::Mapping | Kind::Sequence) {
            return Some((value, name));
        }
        self.defaults_inside(&name, value);
        if matches!(self.kind, FileKind::SystemdUnit | FileKind::Supervisord)
            && name.eq_ignore_ascii_case("environment")
        {
            self.environment_line(value);
            return None;
        }
        if matches!(self.kind, FileKind::SystemdUnit | FileKind::Supervisord) && name.starts_with("Exec")
            || matches!(name.as_str(), "command" | "entrypoint" | "args")
        {
            self.command_line(value);
        }
        let literal = Literal::of(self.tree, value)?;
        if self.is_interesting(&name) {
            let environment = matches!(enclosing, "environment" | "env") || self.kind == FileKind::Dotenv;
            let position = if environment { Position::Environment } else { Position::Pair };
            self.push(&name, literal, position);
        }
        None
    }

    /// `- name: DB_PASSWORD` with `value: ...`, as containers have it.
    fn named_value(&mut self, mapping: NodeId) {
        let Some(value) = self.value_of(mapping, "value").or_else(|| self.value_of(mapping, "Value")) else { return };
        let Some(name) = self.value_of(mapping, "name").or_else(|| self.value_of(mapping, "Name")) else { return };
        let name = self.tree.label(name).to_owned();
        if self.is_interesting(&name)
            && let Some(literal) = Literal::of(self.tree, value)
        {
            self.push(&name, literal, Position::Environment);
        }
    }

    /// `KEY=value` items of an environment, options of a command.
    fn list(&mut self, sequence: NodeId, key: &str) {
        let environment = matches!(key, "environment" | "env" | "raw_env");
        if !environment && !matches!(key, "command" | "args" | "entrypoint" | "cmd" | "labels" | "test") {
            return;
        }
        let items: Vec<NodeId> = self.tree.children(sequence).collect();
        for (index, &item) in items.iter().enumerate() {
            let Some(literal) = Literal::of(self.tree, item) else { continue };
            if !environment {
                if !literal.text.contains(char::is_whitespace) {
                    self.option(&literal, items.get(index + 1).copied());
                }
                continue;
            }
            if let Some((name, value)) = literal.text.split_once('=') {
                let from = literal.text.len() - value.len();
                let name = name.to_owned();
                if let Some(value) = literal.tail(self.tree, from) {
                    self.defaults_in_text(&name, &value);
                    if self.is_interesting(&name) {
                        self.push(&name, value, Position::Environment);
                    }
                }
            }
        }
    }

    /// `Environment="A=b" C=d` of systemd, `environment=A="b",C="d"` of supervisord.
    fn environment_line(&mut self, value: NodeId) {
        let Some(literal) = self.any_text(value) else { return };
        for (from, to) in pieces(&literal.text, &[' ', ',', '\t', '\n']) {
            let Some(piece) = literal.part(self.tree, from, to) else { continue };
            let piece = piece.without_quotes(self.tree);
            if let Some((name, rest)) = piece.text.split_once('=') {
                let name = name.to_owned();
                let from = piece.text.len() - rest.len();
                if self.is_interesting(&name)
                    && let Some(value) = piece.tail(self.tree, from)
                {
                    self.push(&name, value.without_quotes(self.tree), Position::Environment);
                }
            }
        }
    }

    /// A command in one string: `ExecStart=/usr/bin/app --password=x`.
    fn command_line(&mut self, value: NodeId) {
        let Some(literal) = self.any_text(value) else { return };
        let parts: Vec<Literal> = pieces(&literal.text, &[' ', '\t', '\n'])
            .into_iter()
            .filter_map(|(from, to)| literal.part(self.tree, from, to))
            .collect();
        for (index, part) in parts.iter().enumerate() {
            if part.text.contains('=') {
                self.option(part, None);
            } else if let Some(name) = part.text.strip_prefix("--")
                && self.is_interesting(name)
                && let Some(value) = parts.get(index + 1).filter(|next| !next.text.starts_with('-'))
            {
                self.push(name, value.clone().without_quotes(self.tree), Position::Argument);
            }
        }
    }

    fn any_text(&self, value: NodeId) -> Option<Literal> {
        let mut literal = Literal::of(self.tree, value);
        if literal.is_none() && self.tree.kind(value) == Kind::Word {
            let span = self.tree.span(value);
            literal = Some(Literal { node: value, text: self.tree.source(value).to_owned(), span, secret: span });
        }
        literal
    }

    /// Every entry of a Secret is one, but for the names of users, hosts and databases.
    fn kubernetes_secret(&mut self, document: NodeId) {
        for (section, position) in [("stringData", Position::SecretData), ("data", Position::EncodedData)] {
            let Some(entries) = self.value_of(document, section) else { continue };
            for pair in self.tree.children(entries).collect::<Vec<_>>() {
                let (Some(key), Some(value)) = (self.tree.child(pair, Field::Key), self.tree.child(pair, Field::Value))
                else {
                    continue;
                };
                let name = self.tree.label(key).to_owned();
                let Some(mut literal) = Literal::of(self.tree, value) else { continue };
                if position == Position::EncodedData {
                    let compact: String = literal.text.split_whitespace().collect();
                    let Some(text) = STANDARD.decode(compact).ok().and_then(|bytes| String::from_utf8(bytes).ok())
                    else {
                        continue;
                    };
                    text.trim_end().clone_into(&mut literal.text);
                }
                self.push(&name, literal, position);
            }
        }
    }

    /// The defaults of `${NAME:-default}` inside a value.
    pub(super) fn defaults_inside(&mut self, key: &str, value: NodeId) {
        if let Some(literal) = self.any_text(value) {
            self.defaults_in_text(key, &literal);
        }
    }

    fn defaults_in_text(&mut self, key: &str, literal: &Literal) {
        let mut at = 0;
        while let Some(open) = literal.text[at..].find("${").map(|index| at + index + 2) {
            let Some(close) = literal.text[open..].find('}').map(|index| open + index) else { return };
            at = close;
            let inner = &literal.text[open..close];
            let Some(separator) =
                inner.find(":-").map(|index| (index, 2)).or_else(|| inner.find('-').map(|index| (index, 1)))
            else {
                continue;
            };
            let variable = inner[..separator.0].to_owned();
            let is_name = variable.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
            let name = if self.is_interesting(&variable) { variable } else { key.to_owned() };
            if is_name
                && self.is_interesting(&name)
                && let Some(default) = literal.part(self.tree, open + separator.0 + separator.1, close)
            {
                self.push(&name, default.without_quotes(self.tree), Position::Fallback);
            }
        }
    }

    fn value_of(&self, mapping: NodeId, key: &str) -> Option<NodeId> {
        let pair = self.tree.children(mapping).find(|&pair| {
            self.tree.kind(pair) == Kind::Pair
                && self.tree.child(pair, Field::Key).is_some_and(|node| self.tree.label(node) == key)
        })?;
        self.tree.child(pair, Field::Value)
    }
}

/// Pieces of a line between separators that stand outside quotes, as byte ranges.
fn pieces(text: &str, separators: &[char]) -> Vec<(usize, usize)> {
    let mut found = Vec::new();
    let mut start = 0;
    let mut quote = None;
    for (index, character) in text.char_indices() {
        match quote {
            Some(open) if character == open => quote = None,
            Some(_) => {}
            None if character == '"' || character == '\'' => quote = Some(character),
            None if separators.contains(&character) => {
                if index > start {
                    found.push((start, index));
                }
                start = index + character.len_utf8();
            }
            None => {}
        }
    }
    if text.len() > start {
        found.push((start, text.len()));
    }
    found
}
