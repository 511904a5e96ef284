//! One nginx file as its audits ask about it: directives with their arguments, what encloses them, where variables are
//! set. Knows nginx's nesting and nothing about what is right or wrong; includes are not followed.

use super::AuditMatch;
use crate::source::Span;
use crate::syntax::{Field, Kind, NodeId, Tree};
use rustc_hash::FxHashMap;

/// A directive in its tree.
#[derive(Debug, Clone, Copy)]
pub(super) struct Directive<'tree> {
    pub tree: &'tree Tree,
    pub node: NodeId,
}

impl PartialEq for Directive<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.node == other.node
    }
}

impl<'tree> Directive<'tree> {
    pub fn name(&self) -> &'tree str {
        self.tree.label(self.node)
    }

    pub fn is(&self, names: &[&str]) -> bool {
        names.contains(&self.name())
    }

    /// Nodes of the arguments.
    pub fn words(&self) -> impl Iterator<Item = NodeId> + use<'tree> {
        let tree = self.tree;
        tree.children_by(self.node, Field::Argument)
    }

    /// Texts of the arguments, quotes resolved.
    pub fn arguments(&self) -> Vec<&'tree str> {
        self.words().map(|word| self.tree.label(word)).collect()
    }

    /// The argument at a 0-based position.
    pub fn argument(&self, index: usize) -> Option<&'tree str> {
        self.words().nth(index).map(|word| self.tree.label(word))
    }

    pub fn block(&self) -> Option<NodeId> {
        self.tree.child(self.node, Field::Body).filter(|&body| self.tree.kind(body) == Kind::Block)
    }

    /// The directives of its block.
    pub fn children(&self) -> impl Iterator<Item = Self> + use<'tree> {
        let tree = self.tree;
        self.block().into_iter().flat_map(move |block| directives(tree, block))
    }

    /// The directives of its block that have a name.
    pub fn children_named(&self, name: &str) -> impl Iterator<Item = Self> {
        self.children().filter(move |child| child.name() == name)
    }

    /// All directives below it, at any depth.
    pub fn below(&self) -> impl Iterator<Item = Self> + use<'tree> {
        let tree = self.tree;
        tree.subtree(self.node)
            .skip(1)
            .filter(move |&node| tree.kind(node) == Kind::Directive)
            .map(move |node| Directive { tree, node })
    }

    /// The enclosing directives, innermost first.
    pub fn ancestors(&self) -> impl Iterator<Item = Self> + use<'tree> {
        let tree = self.tree;
        tree.ancestors(self.node)
            .filter(move |&node| tree.kind(node) == Kind::Directive)
            .map(move |node| Directive { tree, node })
    }

    pub fn parent(&self) -> Option<Self> {
        self.ancestors().next()
    }

    /// Whether something in its block could not be read: a tag of a template language, a mistake.
    pub fn has_unread_parts(&self) -> bool {
        self.block().is_some_and(|block| self.tree.children(block).any(|child| self.tree.kind(child) == Kind::Error))
    }

    /// Whether an include in its block may bring any directive.
    pub fn has_opaque_include(&self) -> bool {
        self.children_named("include").any(|include| !include.brings_parameters_only())
    }

    /// The files that nginx ships with hold parameters and types, certificates of certbot a few `ssl_` directives.
    fn brings_parameters_only(&self) -> bool {
        const HARMLESS: [&str; 7] = [
            "mime.types",
            "fastcgi_params",
            "fastcgi.conf",
            "uwsgi_params",
            "scgi_params",
            "modules-enabled",
            "options-ssl-nginx.conf",
        ];
        self.argument(0).is_some_and(|path| HARMLESS.iter().any(|harmless| path.contains(harmless)))
    }

    pub fn name_span(&self) -> Span {
        let span = self.tree.span(self.node);
        self.tree.label_span(self.node).unwrap_or(span)
    }

    /// What a report of the argument at a position points at.
    pub fn argument_span(&self, index: usize) -> Span {
        self.words().nth(index).map_or_else(|| self.name_span(), |word| self.tree.span(word))
    }

    /// Names of what encloses it and its own, outermost first, joined by `/`.
    pub fn anchor(&self) -> String {
        let mut names: Vec<String> = std::iter::once(*self).chain(self.ancestors()).map(|one| one.shown()).collect();
        names.reverse();
        names.join("/")
    }

    fn shown(&self) -> String {
        if self.block().is_none() {
            return self.name().to_owned();
        }
        let mut shown = self.name().to_owned();
        for argument in self.arguments() {
            shown.push(' ');
            shown.extend(argument.chars().take(40));
        }
        shown
    }

    /// A finding about this directive.
    pub fn report(&self, span: Span, captures: &[(&str, &str)]) -> AuditMatch {
        AuditMatch {
            node: self.node,
            span,
            captures: captures.iter().map(|(name, value)| ((*name).to_owned(), shortened(value))).collect(),
            related: Vec::new(),
            anchor: self.anchor(),
            variant: None,
        }
    }
}

/// A text that can stand in a message.
fn shortened(text: &str) -> String {
    const LONGEST: usize = 120;
    let mut out: String = text.chars().take(LONGEST).map(|one| if one.is_control() { ' ' } else { one }).collect();
    if text.chars().nth(LONGEST).is_some() {
        out.push('…');
    }
    out
}

/// The directives directly below a node.
fn directives(tree: &Tree, node: NodeId) -> impl Iterator<Item = Directive<'_>> {
    tree.children(node).filter(|&child| tree.kind(child) == Kind::Directive).map(move |node| Directive { tree, node })
}

/// A file with its variables indexed.
#[derive(Debug)]
pub(super) struct Config<'tree> {
    pub tree: &'tree Tree,
    /// The directive before a directive in the same block.
    previous: FxHashMap<NodeId, NodeId>,
    /// `set $name value` by name.
    pub sets: FxHashMap<&'tree str, Vec<Directive<'tree>>>,
    /// `map source $name { }` by name.
    pub maps: FxHashMap<&'tree str, Vec<Directive<'tree>>>,
    /// Directives whose regular expression has named groups, by name of the group.
    pub named_groups: FxHashMap<&'tree str, Vec<Directive<'tree>>>,
}

impl<'tree> Config<'tree> {
    pub fn new(tree: &'tree Tree) -> Self {
        let mut config = Self {
            tree,
            previous: FxHashMap::default(),
            sets: FxHashMap::default(),
            maps: FxHashMap::default(),
            named_groups: FxHashMap::default(),
        };
        config.link_siblings(tree.root());
        for directive in config.all() {
            if let Some(block) = directive.block() {
                config.link_siblings(block);
            }
            match directive.name() {
                "set" => {
                    if let Some(name) = directive.argument(0).and_then(|name| name.strip_prefix('$')) {
                        config.sets.entry(name).or_default().push(directive);
                    }
                }
                "map" => {
                    if let Some(name) = directive.argument(1).and_then(|name| name.strip_prefix('$')) {
                        config.maps.entry(name).or_default().push(directive);
                    }
                }
                "location" | "if" | "server_name" | "rewrite" => {
                    for argument in directive.arguments() {
                        for name in group_names(argument) {
                            config.named_groups.entry(name).or_default().push(directive);
                        }
                    }
                }
                _ => {}
            }
        }
        config
    }

    /// Every directive of the file, in order.
    pub fn all(&self) -> impl Iterator<Item = Directive<'tree>> + use<'tree> {
        let tree = self.tree;
        tree.ids().filter(move |&node| tree.kind(node) == Kind::Directive).map(move |node| Directive { tree, node })
    }

    /// Every directive of some names.
    pub fn named(&self, names: &'static [&'static str]) -> impl Iterator<Item = Directive<'tree>> + use<'tree> {
        self.all().filter(move |directive| directive.is(names))
    }

    /// What stands before a directive in its block, nearest first; at most a hundred.
    pub fn before(&self, directive: Directive<'tree>) -> impl Iterator<Item = Directive<'tree>> + '_ {
        let tree = self.tree;
        std::iter::successors(self.previous.get(&directive.node), |node| self.previous.get(node))
            .take(100)
            .map(move |&node| Directive { tree, node })
    }

    fn link_siblings(&mut self, block: NodeId) {
        let mut before = None;
        for directive in directives(self.tree, block) {
            if let Some(before) = before.replace(directive.node) {
                self.previous.insert(directive.node, before);
            }
        }
    }
}

/// The server that a directive stands in.
pub(super) fn server_of(directive: Directive<'_>) -> Option<Directive<'_>> {
    directive.ancestors().find(|above| above.name() == "server")
}

/// Names of the groups `(?<name>...)` and `(?P<name>...)` of a regular expression.
fn group_names(regex: &str) -> impl Iterator<Item = &str> {
    regex.match_indices("(?").filter_map(move |(at, _)| {
        let rest = &regex[at + 2..];
        let rest = rest.strip_prefix('P').unwrap_or(rest).strip_prefix('<')?;
        let (name, _) = rest.split_once('>')?;
        name.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_').then_some(name)
    })
}

/// A piece of a text with variables.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Piece<'text> {
    Text(&'text str),
    /// Without `$` and braces.
    Variable(&'text str),
    /// A tag of a template language.
    Template,
}

/// Cuts a text into constant pieces and variables, as nginx's script compiler does.
pub(super) fn pieces(text: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let bytes = text.as_bytes();
    let (mut from, mut at) = (0, 0);
    while at < bytes.len() {
        let end_of_tag = match (bytes[at], bytes.get(at + 1)) {
            (b'{', Some(b'{')) => text[at..].find("}}").map(|length| at + length + 2),
            (b'<', Some(b'%')) => text[at..].find("%>").map(|length| at + length + 2),
            _ => None,
        };
        let variable = if bytes[at] == b'$' { variable(text, at) } else { None };
        let (piece, end) = match (end_of_tag, variable) {
            (Some(end), _) => (Piece::Template, end),
            (None, Some((name, end))) => (Piece::Variable(name), end),
            (None, None) => {
                at += 1;
                continue;
            }
        };
        if from < at {
            pieces.push(Piece::Text(&text[from..at]));
        }
        pieces.push(piece);
        (from, at) = (end, end);
    }
    if from < text.len() {
        pieces.push(Piece::Text(&text[from..]));
    }
    pieces
}

/// The variable whose `$` stands at an offset, and where it ends.
fn variable(text: &str, dollar: usize) -> Option<(&str, usize)> {
    let rest = &text[dollar + 1..];
    if let Some(braced) = rest.strip_prefix('{') {
        let (name, _) = braced.split_once('}')?;
        return is_name(name).then_some((name, dollar + 3 + name.len()));
    }
    let length = match rest.as_bytes().first()? {
        b'1'..=b'9' => 1,
        _ => rest.bytes().take_while(|byte| byte.is_ascii_alphanumeric() || *byte == b'_').count(),
    };
    (length > 0).then(|| (&rest[..length], dollar + 1 + length))
}

fn is_name(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cuts_texts_at_variables() {
        assert_eq!(
            pieces("https://${host}/a$1b{{ x }}$"),
            [
                Piece::Text("https://"),
                Piece::Variable("host"),
                Piece::Text("/a"),
                Piece::Variable("1"),
                Piece::Text("b"),
                Piece::Template,
                Piece::Text("$"),
            ]
        );
        assert_eq!(pieces(""), []);
        assert_eq!(pieces("é$é"), [Piece::Text("é$é")]);
    }

    #[test]
    fn finds_names_of_groups() {
        assert_eq!(group_names(r"^/(?<user>\w+)/(?P<file>.*)(?<!x)$").collect::<Vec<_>>(), ["user", "file"]);
    }
}
