//! Scopes and the definitions in them: which name is bound where, for Python and Rust.
//!
//! One pass over the tree. Knows nothing of what the bound values are.

use crate::syntax::{Field, Kind, NodeId, Tree};
use rustc_hash::FxHashMap;

/// Index of a scope (0-based); the module is scope 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ScopeId(pub u32);

impl ScopeId {
    /// The module's scope.
    pub const MODULE: Self = Self(0);
}

/// How a name came to be bound.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DefinitionKind {
    /// `name = value`, `let name = value`, walrus.
    Assign,
    /// `name += value`; `name.push_str(value)` in Rust.
    Augment,
    /// Part of an unpacking or a pattern; the value is the whole right side.
    Unpack,
    /// Loop or comprehension variable; the value is the iterable.
    Iterate,
    /// `with value as name`.
    With,
    /// Parameter; the value is its default.
    Parameter,
    /// Import; [`super::Names`] knows the qualified name.
    Import,
    /// Function or class.
    Declaration,
    /// `except E as name`, pattern captures and all other bindings.
    Other,
}

/// One binding of a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Definition {
    /// How.
    pub kind: DefinitionKind,
    /// The statement, parameter or clause that binds.
    pub site: NodeId,
    /// The bound expression, see [`DefinitionKind`].
    pub value: Option<NodeId>,
    /// The scope that the name belongs to.
    pub scope: ScopeId,
}

#[derive(Debug)]
struct Scope {
    node: NodeId,
    parent: Option<ScopeId>,
    is_class: bool,
}

/// Scopes of a tree and the definitions in them, in order of the text.
#[derive(Debug)]
pub struct Scopes {
    scopes: Vec<Scope>,
    definitions: FxHashMap<ScopeId, FxHashMap<String, Vec<Definition>>>,
}

impl Scopes {
    /// Finds scopes and definitions. Trees of configuration languages have one empty scope.
    pub fn new(tree: &Tree) -> Self {
        let mut collector = Collector {
            tree,
            scopes: vec![Scope { node: NodeId::ROOT, parent: None, is_class: false }],
            definitions: FxHashMap::default(),
            declared: FxHashMap::default(),
        };
        collector.run();
        Self { scopes: collector.scopes, definitions: collector.definitions }
    }

    /// The innermost scope around a node. A function's own node, decorators and defaults belong to the scope outside.
    pub fn scope_of(&self, tree: &Tree, node: NodeId) -> ScopeId {
        let index = self.scopes.partition_point(|scope| scope.node <= node);
        let mut at = index.saturating_sub(1);
        loop {
            let scope = &self.scopes[at];
            let outside = at == 0
                || (node != scope.node && tree.is_within(node, scope.node) && !is_in_header(tree, scope.node, node));
            match scope.parent {
                _ if outside => break,
                Some(parent) => at = parent.0 as usize,
                None => break,
            }
        }
        ScopeId(u32::try_from(at).unwrap_or(0))
    }

    /// The node that opens a scope.
    pub fn node(&self, scope: ScopeId) -> NodeId {
        self.scopes[scope.0 as usize].node
    }

    /// Whether the scope is a class body.
    pub fn is_class(&self, scope: ScopeId) -> bool {
        self.scopes[scope.0 as usize].is_class
    }

    /// The scope around a scope.
    pub fn parent(&self, scope: ScopeId) -> Option<ScopeId> {
        self.scopes[scope.0 as usize].parent
    }

    /// Definitions of a name in exactly this scope, in order of the text.
    pub fn local(&self, scope: ScopeId, name: &str) -> &[Definition] {
        self.definitions.get(&scope).and_then(|names| names.get(name)).map_or(&[], Vec::as_slice)
    }

    /// Definitions of a name as seen from a scope: of the nearest enclosing scope that binds it. Class bodies are seen
    /// only from themselves, not from their methods (Python reference, 4.2.2).
    pub fn visible(&self, scope: ScopeId, name: &str) -> &[Definition] {
        let mut at = Some(scope);
        while let Some(current) = at {
            if current == scope || !self.is_class(current) {
                let found = self.local(current, name);
                if !found.is_empty() {
                    return found;
                }
            }
            at = self.parent(current);
        }
        &[]
    }

    /// All names bound in a scope.
    pub fn names(&self, scope: ScopeId) -> impl Iterator<Item = (&str, &[Definition])> {
        self.definitions
            .get(&scope)
            .into_iter()
            .flat_map(|names| names.iter().map(|(name, definitions)| (name.as_str(), definitions.as_slice())))
    }

    /// All scopes.
    pub fn ids(&self) -> impl Iterator<Item = ScopeId> + use<> {
        (0..u32::try_from(self.scopes.len()).unwrap_or(u32::MAX)).map(ScopeId)
    }
}

/// Whether `node` stands in the part of a definition that is evaluated outside it: decorators, defaults, annotations.
fn is_in_header(tree: &Tree, scope: NodeId, node: NodeId) -> bool {
    let Some(child) = tree.children(scope).find(|&child| tree.is_within(node, child)) else { return false };
    match tree.field(child) {
        Field::Decorator | Field::Base | Field::Returns => true,
        Field::Parameter => tree.children(child).any(|part| {
            matches!(tree.field(part), Field::Default | Field::Type | Field::Decorator) && tree.is_within(node, part)
        }),
        _ => false,
    }
}

struct Collector<'tree> {
    tree: &'tree Tree,
    scopes: Vec<Scope>,
    definitions: FxHashMap<ScopeId, FxHashMap<String, Vec<Definition>>>,
    /// `global`/`nonlocal` names by scope.
    declared: FxHashMap<(ScopeId, &'tree str), ScopeId>,
}

impl<'tree> Collector<'tree> {
    fn run(&mut self) {
        // Scopes that are open at the current node, innermost last, with the id where each ends.
        let mut open: Vec<(ScopeId, u32)> = vec![(ScopeId::MODULE, u32::MAX)];
        for id in self.tree.ids() {
            while open.last().is_some_and(|&(_, end)| id.0 >= end) {
                open.pop();
            }
            let Some(&(current, _)) = open.last() else { break };
            self.visit(id, current);
            if opens_scope(self.tree.kind(id)) && id != NodeId::ROOT {
                let scope = ScopeId(u32::try_from(self.scopes.len()).unwrap_or(u32::MAX));
                let is_class = matches!(self.tree.kind(id), Kind::ClassDef | Kind::ImplDef | Kind::TraitDef);
                self.scopes.push(Scope { node: id, parent: Some(current), is_class });
                open.push((scope, self.tree.subtree_end(id)));
            }
        }
    }

    fn visit(&mut self, id: NodeId, scope: ScopeId) {
        let tree = self.tree;
        match tree.kind(id) {
            Kind::Assign | Kind::NamedExpression | Kind::LetCondition => {
                let value = tree.child(id, Field::Value);
                for target in tree.children_by(id, Field::Target) {
                    self.bind_target(target, id, value, DefinitionKind::Assign, scope);
                }
            }
            Kind::AugmentedAssign => {
                let value = tree.child(id, Field::Value);
                if let Some(target) = tree.child(id, Field::Target) {
                    self.bind_target(target, id, value, DefinitionKind::Augment, scope);
                }
            }
            Kind::Call => self.visit_call(id, scope),
            Kind::For | Kind::ComprehensionFor => {
                let iterable = tree.child(id, Field::Iterable);
                if let Some(target) = tree.child(id, Field::Target) {
                    self.bind_target(target, id, iterable, DefinitionKind::Iterate, scope);
                }
            }
            Kind::WithItem => {
                let value = tree.child(id, Field::Value);
                if let Some(target) = tree.child(id, Field::Target) {
                    self.bind_target(target, id, value, DefinitionKind::With, scope);
                }
            }
            Kind::ExceptHandler => {
                if let Some(target) = tree.child(id, Field::Target) {
                    self.bind_target(target, id, None, DefinitionKind::Other, scope);
                }
            }
            Kind::Parameter => {
                let value = tree.child(id, Field::Default);
                if let Some(target) = tree.child(id, Field::Target) {
                    self.bind_target(target, id, None, DefinitionKind::Parameter, scope);
                } else {
                    self.bind(tree.label(id), id, value, DefinitionKind::Parameter, scope);
                }
            }
            Kind::FunctionDef
            | Kind::ClassDef
            | Kind::StructDef
            | Kind::EnumDef
            | Kind::ModuleDef
            | Kind::TypeAlias => {
                self.bind(tree.label(id), id, None, DefinitionKind::Declaration, scope);
            }
            Kind::Capture => self.bind(tree.label(id), id, None, DefinitionKind::Other, scope),
            Kind::MatchArm => {
                if let Some(pattern) = tree.child(id, Field::Pattern) {
                    self.bind_target(pattern, id, None, DefinitionKind::Other, scope);
                }
            }
            Kind::ImportItem => {
                let label = tree.label(id);
                let is_from = tree.parent_kind_is(id, Kind::ImportFrom);
                let name = match tree.child(id, Field::Alias) {
                    Some(alias) => tree.label(alias),
                    // `import a.b` binds `a`; `from m import b` and Rust's `use a::b` bind `b`.
                    None if is_from || tree.language() == crate::syntax::Language::Rust => {
                        label.rsplit('.').next().unwrap_or(label)
                    }
                    None => label.split('.').next().unwrap_or(label),
                };
                if name != "*" {
                    self.bind(name, id, None, DefinitionKind::Import, scope);
                }
            }
            Kind::ScopeDeclaration => {
                let owner = if tree.label(id) == "global" {
                    ScopeId::MODULE
                } else {
                    self.scopes[scope.0 as usize].parent.unwrap_or(ScopeId::MODULE)
                };
                for name in tree.children_by(id, Field::Target) {
                    self.declared.insert((scope, tree.label(name)), owner);
                }
            }
            _ => {}
        }
    }

    /// `text.push_str(x)`, `items.append(x)` and their kin change what a name holds.
    fn visit_call(&mut self, id: NodeId, scope: ScopeId) {
        let tree = self.tree;
        let Some(callee) = tree.child(id, Field::Callee) else { return };
        if tree.kind(callee) != Kind::Attribute
            || !matches!(tree.label(callee), "push_str" | "insert_str" | "push" | "append" | "extend" | "add")
        {
            return;
        }
        let Some(object) = tree.child(callee, Field::Object) else { return };
        if tree.kind(object) == Kind::Name && !self.local_is_empty(scope, tree.label(object)) {
            let value = tree.children_by(id, Field::Argument).last();
            self.bind(tree.label(object), id, value, DefinitionKind::Augment, scope);
        }
    }

    fn local_is_empty(&self, scope: ScopeId, name: &str) -> bool {
        self.definitions.get(&scope).and_then(|names| names.get(name)).is_none()
    }

    /// Binds every name in a target or pattern.
    fn bind_target(
        &mut self,
        target: NodeId,
        site: NodeId,
        value: Option<NodeId>,
        kind: DefinitionKind,
        scope: ScopeId,
    ) {
        let tree = self.tree;
        match tree.kind(target) {
            Kind::Name => {
                // In patterns an upper-case name is a constant or a variant, not a binding.
                let is_pattern = tree.kind(site) == Kind::MatchArm;
                if !(is_pattern && tree.label(target).starts_with(|c: char| c.is_uppercase())) {
                    self.bind(tree.label(target), site, value, kind, scope);
                }
            }
            Kind::Attribute | Kind::Subscript => {}
            Kind::Tuple
            | Kind::List
            | Kind::Splat
            | Kind::Unary
            | Kind::OrPattern
            | Kind::Call
            | Kind::StructLiteral
            | Kind::KeywordArgument
            | Kind::Capture
            | Kind::Dict
            | Kind::Pair => {
                if tree.kind(target) == Kind::Capture {
                    self.bind(tree.label(target), site, None, DefinitionKind::Other, scope);
                }
                let inner = match kind {
                    DefinitionKind::Assign => DefinitionKind::Unpack,
                    other => other,
                };
                let inner = if tree.kind(target) == Kind::Unary { kind } else { inner };
                for child in tree.children(target) {
                    if tree.field(child) != Field::Callee && tree.field(child) != Field::Modifier {
                        self.bind_target(child, site, value, inner, scope);
                    }
                }
            }
            _ => {}
        }
    }

    fn bind(&mut self, name: &'tree str, site: NodeId, value: Option<NodeId>, kind: DefinitionKind, scope: ScopeId) {
        if name.is_empty() {
            return;
        }
        let owner = self.declared.get(&(scope, name)).copied().unwrap_or(scope);
        self.definitions.entry(owner).or_default().entry(name.to_owned()).or_default().push(Definition {
            kind,
            site,
            value,
            scope: owner,
        });
    }
}

const fn opens_scope(kind: Kind) -> bool {
    matches!(
        kind,
        Kind::FunctionDef | Kind::ClassDef | Kind::Lambda | Kind::Comprehension | Kind::ImplDef | Kind::TraitDef
    )
}
