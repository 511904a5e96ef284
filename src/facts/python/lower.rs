//! One walk over the tree: statements, definitions and the names they bind.

use super::{
    Assignment, AssignmentId, Binding, Bound, Class, ClassId, Expr, ExprKind, Function, FunctionId, Handler, Import,
    Iteration, Keyword, Parameter, ParameterKind, PythonFacts, Scope, ScopeId, ScopeKind, Statement, StatementKind,
};
use crate::source::Span;
use crate::syntax::{Field, Kind, NodeId, Tree};
use rustc_hash::FxHashSet;

/// Statements and expressions nested deeper are left out: no hand writes them.
pub(super) const MAX_NESTING: u32 = 100;

/// The walk.
pub(super) struct Lowering<'t> {
    pub(super) tree: &'t Tree,
    pub(super) facts: PythonFacts,
    bindings: Vec<Binding>,
    pub(super) scope: ScopeId,
    /// Names that the current function declares `global`.
    globals: FxHashSet<&'t str>,
    /// Whether a `yield` was seen in the current function.
    pub(super) yields: bool,
    pub(super) nesting: u32,
}

impl<'t> Lowering<'t> {
    pub(super) fn new(tree: &'t Tree) -> Self {
        let facts = PythonFacts {
            scopes: vec![Scope { kind: ScopeKind::Module, parent: ScopeId::MODULE }],
            ..Default::default()
        };
        Self {
            tree,
            facts,
            bindings: Vec::new(),
            scope: ScopeId::MODULE,
            globals: FxHashSet::default(),
            yields: false,
            nesting: 0,
        }
    }

    pub(super) fn module(mut self) -> PythonFacts {
        self.facts.body = self.statements(self.tree.root());
        self.facts.set_bindings(self.bindings);
        self.facts.exports = exports(&self.facts);
        self.facts
    }

    fn span(&self, node: NodeId) -> Span {
        self.tree.file_span(node)
    }

    /// Where the label stands, or the node itself.
    fn name_span(&self, node: NodeId) -> Span {
        self.tree.label_span(node).map_or_else(|| self.span(node), |span| self.tree.to_file(span))
    }

    fn bind(&mut self, name: &str, what: Bound) {
        let scope = if self.globals.contains(name) { ScopeId::MODULE } else { self.scope };
        self.bindings.push(Binding { scope, name: name.into(), what });
    }

    fn enter(&mut self, kind: ScopeKind) -> ScopeId {
        let scope = ScopeId(index(self.facts.scopes.len()));
        self.facts.scopes.push(Scope { kind, parent: self.scope });
        self.scope = scope;
        scope
    }

    /// The statements of a module, block or what else holds them.
    fn statements(&mut self, holder: NodeId) -> Vec<Statement> {
        if self.nesting >= MAX_NESTING {
            return Vec::new();
        }
        self.nesting += 1;
        let tree = self.tree;
        let mut body = Vec::new();
        for child in tree.children(holder) {
            self.statement(child, &mut body);
        }
        self.nesting -= 1;
        body
    }

    fn body(&mut self, node: NodeId, field: Field) -> Vec<Statement> {
        match self.tree.child(node, field) {
            None => Vec::new(),
            // `elif` is an If by itself.
            Some(child) if self.tree.kind(child) == Kind::If => {
                if self.nesting >= MAX_NESTING {
                    return Vec::new();
                }
                self.nesting += 1;
                let mut body = Vec::new();
                self.statement(child, &mut body);
                self.nesting -= 1;
                body
            }
            Some(child) => self.statements(child),
        }
    }

    fn expr_at(&mut self, node: NodeId, field: Field) -> Option<Expr> {
        self.tree.child(node, field).map(|child| self.expr(child))
    }

    fn statement(&mut self, node: NodeId, out: &mut Vec<Statement>) {
        let tree = self.tree;
        let span = self.span(node);
        let kind = match tree.kind(node) {
            Kind::FunctionDef => StatementKind::Function(self.function(node)),
            Kind::ClassDef => StatementKind::Class(self.class(node)),
            Kind::Import | Kind::ImportFrom => {
                self.import(node);
                StatementKind::Other
            }
            Kind::Assign | Kind::AugmentedAssign => return self.assign(node, out),
            Kind::Return => StatementKind::Return(self.expr_at(node, Field::Value)),
            Kind::Raise => StatementKind::Raise(self.expr_at(node, Field::Value)),
            Kind::If | Kind::While => {
                let condition = self.expr_at(node, Field::Condition);
                let condition = condition.unwrap_or(Expr { span, kind: ExprKind::Other(Vec::new()) });
                let body_field = if tree.kind(node) == Kind::If { Field::Consequence } else { Field::Body };
                let body = self.body(node, body_field);
                let otherwise = self.body(node, Field::Alternative);
                if tree.kind(node) == Kind::If {
                    StatementKind::If(condition, body, otherwise)
                } else {
                    StatementKind::While(condition, body, otherwise)
                }
            }
            Kind::For => {
                let unknown = Expr { span, kind: ExprKind::Other(Vec::new()) };
                let iterable = self.expr_at(node, Field::Iterable).unwrap_or_else(|| unknown.clone());
                let target = self.expr_at(node, Field::Target).unwrap_or(unknown);
                let id = index(self.facts.iterations.len());
                if let Some(name) = target.as_name() {
                    self.bind(name, Bound::Item(id));
                } else {
                    self.bind_parts(&target);
                }
                self.facts.iterations.push(Iteration { target, iterable, span });
                let body = self.body(node, Field::Body);
                StatementKind::For(id, body, self.body(node, Field::Alternative))
            }
            Kind::Try => {
                let body = self.body(node, Field::Body);
                let handlers = tree.children_by(node, Field::Handler).map(|handler| self.handler(handler)).collect();
                let otherwise = self.body(node, Field::Alternative);
                StatementKind::Try { body, handlers, otherwise, finally: self.body(node, Field::Finally) }
            }
            Kind::With => {
                let mut items = Vec::new();
                for item in tree.children_by(node, Field::Item) {
                    let Some(value) = self.expr_at(item, Field::Value) else { continue };
                    let target = self.expr_at(item, Field::Target);
                    if let Some(target) = &target {
                        self.bind_parts(target);
                    }
                    items.push((value, target));
                }
                StatementKind::With(items, self.body(node, Field::Body))
            }
            Kind::Match => {
                let subject = self.expr_at(node, Field::Subject);
                let subject = subject.unwrap_or(Expr { span, kind: ExprKind::Other(Vec::new()) });
                let arms: Vec<NodeId> = tree.children_by(node, Field::Case).collect();
                StatementKind::Match(subject, arms.into_iter().map(|arm| self.body(arm, Field::Body)).collect())
            }
            Kind::Assert => match self.expr_at(node, Field::Condition) {
                Some(condition) => StatementKind::Assert(condition),
                None => StatementKind::Other,
            },
            Kind::ScopeDeclaration => {
                if tree.label(node) == "global" {
                    self.globals.extend(tree.children(node).map(|name| tree.label(name)));
                }
                StatementKind::Other
            }
            Kind::Break | Kind::Continue => StatementKind::Jump,
            Kind::Pass | Kind::Delete | Kind::TypeAlias | Kind::Other if tree.children(node).next().is_none() => {
                StatementKind::Other
            }
            Kind::TypeAlias => {
                self.type_alias(node);
                StatementKind::Other
            }
            // What did not parse may hold statements that did.
            Kind::Error | Kind::Block => {
                out.extend(self.statements(node));
                return;
            }
            _ => StatementKind::Expression(self.expr(node)),
        };
        out.push(Statement { span, kind });
    }

    /// `type X = ...` is an assignment to all who look the name up.
    fn type_alias(&mut self, node: NodeId) {
        let name: Box<str> = self.tree.label(node).into();
        let value = self.tree.child(node, Field::Type).map(|value| self.annotation(value));
        let target = Expr { span: self.name_span(node), kind: ExprKind::Name(name.clone()) };
        let id = AssignmentId(index(self.facts.assignments.len()));
        let (span, scope) = (self.span(node), self.scope);
        self.facts.assignments.push(Assignment { target, annotation: None, value, is_augmented: false, span, scope });
        self.bind(&name, Bound::Assignment(id));
    }

    fn handler(&mut self, node: NodeId) -> Handler {
        let types = self.expr_at(node, Field::Type);
        let name: Option<Box<str>> = self.tree.child(node, Field::Target).map(|name| self.tree.label(name).into());
        if let Some(name) = &name {
            self.bind(name, Bound::Unknown);
        }
        Handler { types, name, body: self.body(node, Field::Body) }
    }

    fn import(&mut self, node: NodeId) {
        let tree = self.tree;
        let from: Option<Box<str>> = (tree.kind(node) == Kind::ImportFrom).then(|| tree.label(node).into());
        for item in tree.children_by(node, Field::Item) {
            let name = tree.label(item);
            let alias = tree.child(item, Field::Alias).map(|alias| tree.label(alias));
            let id = index(self.facts.imports.len());
            if name != "*" {
                let local = alias.unwrap_or_else(|| name.split('.').next().unwrap_or(name));
                self.bind(local, Bound::Import(id));
            }
            self.facts.imports.push(Import {
                from: from.clone(),
                name: name.into(),
                alias: alias.map(Into::into),
                span: self.span(item),
                scope: self.scope,
            });
        }
    }

    fn assign(&mut self, node: NodeId, out: &mut Vec<Statement>) {
        let tree = self.tree;
        let span = self.span(node);
        let is_augmented = tree.kind(node) == Kind::AugmentedAssign;
        let annotation = tree.child(node, Field::Type).map(|annotation| self.annotation(annotation));
        let targets: Vec<NodeId> = tree.children_by(node, Field::Target).collect();
        let value = self.expr_at(node, Field::Value);
        for target in targets {
            let target = self.expr(target);
            let id = self.record(target, annotation.clone(), value.clone(), is_augmented, span);
            out.push(Statement { span, kind: StatementKind::Assign(id) });
        }
    }

    /// Notes an assignment and what it binds.
    pub(super) fn record(
        &mut self,
        target: Expr,
        annotation: Option<Expr>,
        value: Option<Expr>,
        is_augmented: bool,
        span: Span,
    ) -> AssignmentId {
        let id = AssignmentId(index(self.facts.assignments.len()));
        if let Some(name) = target.as_name() {
            let name: Box<str> = name.into();
            self.bind(&name, Bound::Assignment(id));
        } else {
            self.bind_parts(&target);
        }
        let scope = self.scope;
        self.facts.assignments.push(Assignment { target, annotation, value, is_augmented, span, scope });
        id
    }

    /// Binds the names in a target that is unpacked.
    fn bind_parts(&mut self, target: &Expr) {
        match &target.kind {
            ExprKind::Name(name) => self.bind(name, Bound::Unknown),
            ExprKind::Tuple(items) | ExprKind::List(items) => items.iter().for_each(|item| self.bind_parts(item)),
            ExprKind::Splat(inner) => self.bind_parts(inner),
            _ => {}
        }
    }

    fn function(&mut self, node: NodeId) -> FunctionId {
        let tree = self.tree;
        let decorators = self.decorators(node);
        let is_async = tree.children_by(node, Field::Modifier).any(|modifier| tree.label(modifier) == "async");
        let returns = tree.child(node, Field::Returns).map(|returns| self.annotation(returns));
        let name = tree.label(node);
        let id = self.open_function(node, name.into(), is_async, decorators, returns);
        self.bind(name, Bound::Function(id));
        self.fill_function(id, node);
        id
    }

    /// A lambda, as a function without a name.
    pub(super) fn lambda(&mut self, node: NodeId) -> FunctionId {
        let id = self.open_function(node, "".into(), false, Vec::new(), None);
        self.fill_function(id, node);
        id
    }

    fn open_function(
        &mut self,
        node: NodeId,
        name: Box<str>,
        is_async: bool,
        decorators: Vec<Expr>,
        returns: Option<Expr>,
    ) -> FunctionId {
        let id = FunctionId(index(self.facts.functions.len()));
        let name_span = if name.is_empty() { self.span(node) } else { self.name_span(node) };
        self.facts.functions.push(Function {
            name,
            name_span,
            span: self.span(node),
            is_async,
            is_generator: false,
            decorators,
            parameters: Vec::new(),
            returns,
            body: Vec::new(),
            scope: self.scope,
            parent: self.scope,
        });
        id
    }

    fn fill_function(&mut self, id: FunctionId, node: NodeId) {
        let tree = self.tree;
        let outer = self.scope;
        // Defaults and annotations are evaluated outside.
        let parameters = self.parameters(node);
        let outer_globals = std::mem::take(&mut self.globals);
        let outer_yields = std::mem::replace(&mut self.yields, false);
        let scope = self.enter(ScopeKind::Function(id));
        for (place, parameter) in parameters.iter().enumerate() {
            self.bind(&parameter.name, Bound::Parameter(index(place)));
        }
        let body = match tree.child(node, Field::Body) {
            Some(body) if tree.kind(node) == Kind::Lambda => {
                let value = self.expr(body);
                vec![Statement { span: value.span, kind: StatementKind::Return(Some(value)) }]
            }
            Some(body) => self.statements(body),
            None => Vec::new(),
        };
        let function = &mut self.facts.functions[id.0 as usize];
        function.parameters = parameters;
        function.body = body;
        function.scope = scope;
        function.is_generator = self.yields;
        self.scope = outer;
        self.globals = outer_globals;
        self.yields = outer_yields;
    }

    fn parameters(&mut self, node: NodeId) -> Vec<Parameter> {
        let tree = self.tree;
        let mut parameters: Vec<Parameter> = Vec::new();
        let mut kind = ParameterKind::Plain;
        for child in tree.children_by(node, Field::Parameter) {
            match tree.label(child) {
                "/" => parameters.iter_mut().for_each(|before| before.kind = ParameterKind::PositionalOnly),
                "*" => kind = ParameterKind::KeywordOnly,
                name => {
                    let star = tree.children_by(child, Field::Modifier).map(|modifier| tree.label(modifier)).next();
                    let own = match star {
                        Some("*") => ParameterKind::Star,
                        Some("**") => ParameterKind::DoubleStar,
                        _ => kind,
                    };
                    if own == ParameterKind::Star {
                        kind = ParameterKind::KeywordOnly;
                    }
                    parameters.push(Parameter {
                        name: name.into(),
                        span: self.span(child),
                        kind: own,
                        annotation: tree.child(child, Field::Type).map(|annotation| self.annotation(annotation)),
                        default: self.expr_at(child, Field::Default),
                    });
                }
            }
        }
        parameters
    }

    fn decorators(&mut self, node: NodeId) -> Vec<Expr> {
        let decorators: Vec<NodeId> = self.tree.children_by(node, Field::Decorator).collect();
        decorators.into_iter().filter_map(|decorator| self.expr_at(decorator, Field::Value)).collect()
    }

    fn class(&mut self, node: NodeId) -> ClassId {
        let tree = self.tree;
        let id = ClassId(index(self.facts.classes.len()));
        let name = tree.label(node);
        let decorators = self.decorators(node);
        let (mut bases, mut keywords) = (Vec::new(), Vec::new());
        for base in tree.children_by(node, Field::Base) {
            if tree.kind(base) == Kind::KeywordArgument {
                if let Some(value) = self.expr_at(base, Field::Value) {
                    keywords.push(Keyword { name: tree.label(base).into(), value, span: self.span(base) });
                }
            } else {
                bases.push(self.expr(base));
            }
        }
        self.facts.classes.push(Class {
            name: name.into(),
            name_span: self.name_span(node),
            span: self.span(node),
            decorators,
            bases,
            keywords,
            body: Vec::new(),
            scope: self.scope,
            parent: self.scope,
        });
        self.bind(name, Bound::Class(id));
        let outer = self.scope;
        let outer_globals = std::mem::take(&mut self.globals);
        let scope = self.enter(ScopeKind::Class(id));
        let body = self.body(node, Field::Body);
        let class = &mut self.facts.classes[id.0 as usize];
        class.body = body;
        class.scope = scope;
        self.scope = outer;
        self.globals = outer_globals;
        id
    }
}

/// The strings of `__all__`, also of `__all__ += [...]`.
fn exports(facts: &PythonFacts) -> Option<Vec<Box<str>>> {
    let mut names: Option<Vec<Box<str>>> = None;
    for binding in facts.bound(ScopeId::MODULE, "__all__") {
        let Bound::Assignment(id) = binding.what else { return None };
        let items = facts.assignment(id).value.as_ref()?.as_items()?;
        let strings: Option<Vec<Box<str>>> = items.iter().map(|item| item.as_str().map(Into::into)).collect();
        names.get_or_insert_default().extend(strings?);
    }
    names
}

/// A table's index; no file has four thousand million of anything.
pub(super) fn index(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}
