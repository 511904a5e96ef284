//! Qualified names: what an import, an alias or a plain assignment makes a name stand for.
//!
//! `import subprocess as sp` makes `sp.run` mean `subprocess.run`; `use std::process::Command` makes `Command::new` mean
//! `std.process.Command.new`. Dots join segments in both languages.

use super::scopes::{Definition, DefinitionKind, ScopeId, Scopes};
use crate::syntax::{Field, Kind, Language, NodeId, Tree};
use rustc_hash::{FxHashMap, FxHashSet};
use std::cell::RefCell;
use std::rc::Rc;

/// How many aliases of aliases are followed (`run = sp.run; r = run`).
const MAX_ALIASES: usize = 4;

/// Names of one tree.
#[derive(Debug)]
pub struct Names<'tree> {
    tree: &'tree Tree,
    scopes: Scopes,
    /// Imported names: local name -> (scope, qualified name), in order of the text.
    imports: FxHashMap<&'tree str, Vec<(ScopeId, String)>>,
    /// Names that somewhere are assigned another name or an attribute.
    aliases: FxHashSet<&'tree str>,
    /// Imported names that are called otherwise where they come from.
    renamed: FxHashSet<&'tree str>,
    /// What was asked for already.
    known: RefCell<FxHashMap<NodeId, Rc<[String]>>>,
    origins: RefCell<Origins>,
}

/// Where names and attributes come from that are assigned many times, as far as it was asked for.
#[derive(Debug, Default)]
struct Origins {
    /// By where the name's definitions stand in memory.
    names: FxHashMap<usize, Rc<[String]>>,
    /// By class and attribute.
    attributes: FxHashMap<(NodeId, String), Rc<[String]>>,
    /// Assignments in a class by the attribute that they may be of.
    assignments: FxHashMap<NodeId, Rc<FxHashMap<String, Vec<NodeId>>>>,
}

/// Definitions of one name from which on it is kept where they all come from.
const MANY_DEFINITIONS: usize = 8;

impl<'tree> Names<'tree> {
    /// Resolves the imports of a tree.
    pub fn new(tree: &'tree Tree) -> Self {
        let scopes = Scopes::new(tree);
        let mut names = Self {
            tree,
            scopes,
            imports: FxHashMap::default(),
            aliases: FxHashSet::default(),
            renamed: FxHashSet::default(),
            known: RefCell::default(),
            origins: RefCell::default(),
        };
        if matches!(tree.language(), Language::Python | Language::Rust) {
            for id in tree.ids().filter(|&id| matches!(tree.kind(id), Kind::Import | Kind::ImportFrom)) {
                names.add_imports(id);
            }
            for id in tree.ids().filter(|&id| tree.kind(id) == Kind::Assign) {
                let is_alias = tree
                    .child(id, Field::Value)
                    .is_some_and(|value| matches!(tree.kind(value), Kind::Name | Kind::Attribute));
                if is_alias {
                    names.aliases.extend(
                        tree.children_by(id, Field::Target)
                            .filter(|&target| tree.kind(target) == Kind::Name)
                            .map(|target| tree.label(target)),
                    );
                }
            }
        }
        names
    }

    /// The tree.
    pub const fn tree(&self) -> &'tree Tree {
        self.tree
    }

    /// The scopes.
    pub const fn scopes(&self) -> &Scopes {
        &self.scopes
    }

    fn add_imports(&mut self, statement: NodeId) {
        let tree = self.tree;
        let scope = self.scopes.scope_of(tree, statement);
        let is_rust = tree.language() == Language::Rust;
        for item in tree.children_by(statement, Field::Item) {
            let label = tree.label(item);
            let alias = tree.child(item, Field::Alias).map(|alias| tree.label(alias));
            let last = label.rsplit('.').next().unwrap_or(label);
            if last == "*" {
                continue;
            }
            let (local, qualified) = if tree.kind(statement) == Kind::ImportFrom {
                let module = tree.label(statement);
                let joint = if module.ends_with('.') || module.is_empty() { "" } else { "." };
                (alias.unwrap_or(last), format!("{module}{joint}{label}"))
            } else if is_rust {
                (alias.unwrap_or(last), label.to_owned())
            } else if let Some(alias) = alias {
                (alias, label.to_owned())
            } else {
                let first = label.split('.').next().unwrap_or(label);
                (first, first.to_owned())
            };
            if qualified.rsplit('.').next() != Some(local) {
                self.renamed.insert(local);
            }
            self.imports.entry(local).or_default().push((scope, qualified));
        }
    }

    /// Whether any import binds this local name.
    pub fn is_imported(&self, name: &str) -> bool {
        self.imports.contains_key(name)
    }

    /// Whether a local name may stand for another: an import binds it, or it is assigned a name or an attribute.
    pub fn may_resolve(&self, name: &str) -> bool {
        self.imports.contains_key(name) || self.aliases.contains(name)
    }

    /// Whether the last segment of what a local name stands for may be another name.
    pub fn may_be_renamed(&self, name: &str) -> bool {
        (!self.renamed.is_empty() && self.renamed.contains(name))
            || (!self.aliases.is_empty() && self.aliases.contains(name))
    }

    /// Qualified names of all imports: local name and what it stands for.
    pub fn imports(&self) -> impl Iterator<Item = (&'tree str, &str)> {
        self.imports
            .iter()
            .flat_map(|(&local, targets)| targets.iter().map(move |(_, qualified)| (local, qualified.as_str())))
    }

    /// The qualified names that an expression (Name or Attribute chain) may stand for; empty when its root is bound by no
    /// import. Several when several imports bind the name (`try: import a as x; except: import b as x`).
    pub fn qualified(&self, node: NodeId) -> Vec<String> {
        self.qualified_bounded(node, MAX_ALIASES)
    }

    /// As [`Names::qualified`], kept for who asks again.
    pub fn qualified_shared(&self, node: NodeId) -> Rc<[String]> {
        if let Some(known) = self.known.borrow().get(&node) {
            return Rc::clone(known);
        }
        let names: Rc<[String]> = self.qualified_bounded(node, MAX_ALIASES).into();
        self.known.borrow_mut().insert(node, Rc::clone(&names));
        names
    }

    fn qualified_bounded(&self, node: NodeId, aliases: usize) -> Vec<String> {
        let mut segments: Vec<&str> = Vec::new();
        let mut at = node;
        loop {
            match self.tree.kind(at) {
                Kind::Attribute => {
                    segments.push(self.tree.label(at));
                    let Some(object) = self.tree.child(at, Field::Object) else { return Vec::new() };
                    at = object;
                }
                // Generic arguments do not change what a Rust path names.
                Kind::Subscript if self.tree.language() == Language::Rust => {
                    let Some(object) = self.tree.child(at, Field::Object) else { return Vec::new() };
                    at = object;
                }
                Kind::Name => break,
                _ => return Vec::new(),
            }
        }
        let mut names = self.roots(at, aliases);
        if names.is_empty() {
            return names;
        }
        for name in &mut names {
            for segment in segments.iter().rev() {
                name.push('.');
                name.push_str(segment);
            }
        }
        names
    }

    fn roots(&self, name: NodeId, aliases: usize) -> Vec<String> {
        let label = self.tree.label(name);
        if !self.may_resolve(label) {
            return Vec::new();
        }
        let imported = self.imports.get(label);
        let scope = self.scopes.scope_of(self.tree, name);
        let definitions = self.scopes.visible(scope, label);
        if let Some(imported) = imported
            && definitions.iter().all(|definition| definition.kind == DefinitionKind::Import)
        {
            let owner = definitions.first().map_or(scope, |definition| definition.scope);
            let found: Vec<String> =
                imported.iter().filter(|(at, _)| *at == owner).map(|(_, qualified)| qualified.clone()).collect();
            if !found.is_empty() {
                return found;
            }
            return imported.iter().map(|(_, qualified)| qualified.clone()).collect();
        }
        if aliases == 0 {
            return Vec::new();
        }
        if let [Definition { kind: DefinitionKind::Assign, value: Some(value), .. }] = definitions
            && matches!(self.tree.kind(*value), Kind::Attribute | Kind::Name)
            && !self.tree.is_within(name, *value)
        {
            return self.qualified_bounded(*value, aliases - 1);
        }
        Vec::new()
    }

    /// The dotted text of a Name or Attribute chain as written (`app.state.db`), if it is one.
    pub fn dotted(&self, node: NodeId) -> Option<String> {
        match self.tree.kind(node) {
            Kind::Name => Some(self.tree.label(node).to_owned()),
            Kind::Attribute => {
                let mut segments = Vec::new();
                let mut at = node;
                while self.tree.kind(at) == Kind::Attribute {
                    segments.push(self.tree.label(at));
                    at = self.tree.child(at, Field::Object)?;
                }
                if self.tree.kind(at) != Kind::Name {
                    return None;
                }
                segments.push(self.tree.label(at));
                segments.reverse();
                Some(segments.join("."))
            }
            Kind::Subscript => self.dotted(self.tree.child(node, Field::Object)?),
            _ => None,
        }
    }

    /// Qualified names if an import is behind it, else the dotted text as written.
    pub fn resolved(&self, node: NodeId) -> Vec<String> {
        let qualified = self.qualified(node);
        if qualified.is_empty() { self.dotted(node).into_iter().collect() } else { qualified }
    }

    /// What an expression is by where it comes from: the resolved names of its annotation or of the call that made it
    /// (`db: Session` -> `sqlalchemy.orm.Session`, `conn = sqlite3.connect(..)` -> `sqlite3.connect`). Empty when unknown.
    pub fn origins(&self, node: NodeId) -> Vec<String> {
        match self.tree.kind(node) {
            Kind::Call => self.tree.child(node, Field::Callee).map_or_else(Vec::new, |callee| self.resolved(callee)),
            Kind::Await | Kind::Question => {
                self.tree.child(node, Field::Value).map_or_else(Vec::new, |value| self.origins(value))
            }
            Kind::Unary => self.tree.child(node, Field::Operand).map_or_else(Vec::new, |value| self.origins(value)),
            Kind::Name => {
                let scope = self.scopes.scope_of(self.tree, node);
                let definitions = self.scopes.visible(scope, self.tree.label(node));
                definitions.iter().flat_map(|definition| self.definition_origins(definition, node)).collect()
            }
            Kind::Attribute => self.attribute_origins(node),
            _ => Vec::new(),
        }
    }

    /// Whether one of an expression's origins is one of these names: `a.b.Cursor` means exactly it, `Cursor` any of that
    /// last name.
    pub fn comes_from(&self, node: NodeId, wanted: &[String]) -> bool {
        let is_wanted = |origin: &String| {
            wanted.iter().any(|name| {
                origin == name || origin.strip_suffix(name.as_str()).is_some_and(|rest| rest.ends_with('.'))
            })
        };
        match self.name_origins(node) {
            Some(origins) => origins.iter().any(is_wanted),
            None => self.origins(node).iter().any(is_wanted),
        }
    }

    /// Where a name with many definitions comes from, each origin once: files have thousands of `with open(..) as f`.
    fn name_origins(&self, node: NodeId) -> Option<Rc<[String]>> {
        if self.tree.kind(node) != Kind::Name {
            return None;
        }
        let definitions = self.scopes.visible(self.scopes.scope_of(self.tree, node), self.tree.label(node));
        let first = definitions.first().filter(|_| definitions.len() >= MANY_DEFINITIONS)?;
        let key = std::ptr::from_ref(first).addr();
        // A name inside one of the values is looked up without that value, as long as there are not too many.
        let is_inside = self
            .tree
            .ancestors(node)
            .any(|around| definitions.binary_search_by_key(&around, |definition| definition.site).is_ok());
        if is_inside && definitions.len() < MANY_DEFINITIONS * 64 {
            return None;
        }
        if let Some(known) = self.origins.borrow().names.get(&key) {
            return Some(Rc::clone(known));
        }
        let origins = distinct(definitions.iter().flat_map(|definition| self.definition_origins(definition, node)));
        self.origins.borrow_mut().names.insert(key, Rc::clone(&origins));
        Some(origins)
    }

    fn definition_origins(&self, definition: &Definition, user: NodeId) -> Vec<String> {
        if let Some(annotation) = self.tree.child(definition.site, Field::Type)
            && matches!(self.tree.kind(definition.site), Kind::Parameter | Kind::Assign)
        {
            return self.annotation_names(annotation);
        }
        match (definition.kind, definition.value) {
            (DefinitionKind::Assign | DefinitionKind::With, Some(value))
                if matches!(self.tree.kind(value), Kind::Call | Kind::Await | Kind::Question)
                    && !self.tree.is_within(user, value) =>
            {
                self.origins(value)
            }
            _ => Vec::new(),
        }
    }

    /// Names in an annotation, looking through `Optional[..]`, `Annotated[..]`, references and quotes.
    fn annotation_names(&self, annotation: NodeId) -> Vec<String> {
        match self.tree.kind(annotation) {
            Kind::Name | Kind::Attribute => self.resolved(annotation),
            Kind::Str => vec![self.tree.label(annotation).to_owned()],
            Kind::Unary => {
                self.tree.child(annotation, Field::Operand).map_or_else(Vec::new, |inner| self.annotation_names(inner))
            }
            Kind::Binary => self
                .tree
                .children(annotation)
                .filter(|&side| self.tree.kind(side) != Kind::Null)
                .flat_map(|side| self.annotation_names(side))
                .collect(),
            Kind::Subscript => {
                let mut names = self.tree.child(annotation, Field::Object).map_or_else(Vec::new, |o| self.resolved(o));
                if let Some(first) = self.tree.child(annotation, Field::Index) {
                    names.extend(self.annotation_names(first));
                }
                names
            }
            _ => Vec::new(),
        }
    }

    /// `self.x`: from assignments to `self.x` anywhere in the class, and class-level annotations.
    fn attribute_origins(&self, node: NodeId) -> Vec<String> {
        let tree = self.tree;
        let Some(object) = tree.child(node, Field::Object) else { return Vec::new() };
        if tree.kind(object) != Kind::Name || !matches!(tree.label(object), "self" | "cls") {
            return Vec::new();
        }
        let Some(class) = tree.ancestors(node).find(|&id| tree.kind(id) == Kind::ClassDef) else { return Vec::new() };
        let key = (class, tree.label(node).to_owned());
        if let Some(known) = self.origins.borrow().attributes.get(&key) {
            return known.to_vec();
        }
        let assignments = self.class_assignments(class);
        let mut found = Vec::new();
        for &id in assignments.get(tree.label(node)).map_or(&[][..], Vec::as_slice) {
            if let Some(annotation) = tree.child(id, Field::Type) {
                found.extend(self.annotation_names(annotation));
            } else if let Some(value) = tree.child(id, Field::Value)
                && matches!(tree.kind(value), Kind::Call | Kind::Await | Kind::Name)
            {
                found.extend(self.origins(value));
            }
        }
        let found = distinct(found.into_iter());
        self.origins.borrow_mut().attributes.insert(key, Rc::clone(&found));
        found.to_vec()
    }

    /// The assignments in a class to `self.x` and to plain names, by the attribute that they may be of.
    fn class_assignments(&self, class: NodeId) -> Rc<FxHashMap<String, Vec<NodeId>>> {
        if let Some(known) = self.origins.borrow().assignments.get(&class) {
            return Rc::clone(known);
        }
        let tree = self.tree;
        let mut assignments: FxHashMap<String, Vec<NodeId>> = FxHashMap::default();
        for id in tree.subtree(class).filter(|&id| tree.kind(id) == Kind::Assign) {
            for target in tree.children_by(id, Field::Target) {
                let is_attribute = match tree.kind(target) {
                    Kind::Attribute => {
                        tree.child(target, Field::Object).is_some_and(|object| tree.label(object) == "self")
                    }
                    kind => kind == Kind::Name,
                };
                if is_attribute {
                    assignments.entry(tree.label(target).to_owned()).or_default().push(id);
                }
            }
        }
        let assignments = Rc::new(assignments);
        self.origins.borrow_mut().assignments.insert(class, Rc::clone(&assignments));
        assignments
    }
}

/// Names in order of their first occurrence, each once.
fn distinct(names: impl Iterator<Item = String>) -> Rc<[String]> {
    let mut seen = FxHashSet::default();
    names.filter(|name| seen.insert(name.clone())).collect()
}
