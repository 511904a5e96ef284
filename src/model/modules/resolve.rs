//! From an expression to what it names.

use super::{Definition, Modules};
use crate::facts::python::{Bound, Expr, ExprKind, Import, PythonFacts, ScopeId, ScopeKind};
use crate::model::FileId;
use std::cell::{Cell, RefCell};

/// Names followed for one question.
const MAX_STEPS: u32 = 400;
/// Aliases of aliases and attributes of attributes.
const MAX_DEPTH: u32 = 40;

/// What one question has cost so far, and which names it is about to ask for.
#[derive(Debug)]
pub(super) struct Walk {
    steps: Cell<u32>,
    depth: Cell<u32>,
    open: RefCell<Vec<(FileId, Box<str>)>>,
}

impl Walk {
    pub(super) fn new() -> Self {
        Self { steps: Cell::new(0), depth: Cell::new(0), open: RefCell::new(Vec::new()) }
    }

    /// Goes one name deeper, unless it went far enough.
    pub(super) fn step<T>(&self, next: impl FnOnce() -> Option<T>) -> Option<T> {
        if self.steps.get() >= MAX_STEPS || self.depth.get() >= MAX_DEPTH {
            return None;
        }
        self.steps.set(self.steps.get() + 1);
        self.depth.set(self.depth.get() + 1);
        let found = next();
        self.depth.set(self.depth.get() - 1);
        found
    }
}

impl<'p> Modules<'p> {
    /// What an expression in a scope of a file names: names, attributes (of modules, classes, instances, `self`), the
    /// generic of a subscript. `None` for what is no name and what is not known; names that nothing binds are external.
    pub fn resolve(&self, file: FileId, scope: ScopeId, expr: &Expr) -> Option<Definition> {
        self.resolve_in(&Walk::new(), file, scope, expr)
    }

    /// What a dotted text names, as it would in a scope of a file: `services.users.create`.
    pub fn qualified(&self, file: FileId, scope: ScopeId, dotted: &str) -> Option<Definition> {
        let walk = Walk::new();
        let mut names = dotted.split('.');
        let mut found = self.name(&walk, file, scope, names.next()?)?;
        for name in names {
            found = self.attribute(&walk, file, &found, name)?;
        }
        Some(found)
    }

    /// The qualified name of what an expression names, if the project does not define it: `fastapi.FastAPI`.
    pub fn external(&self, file: FileId, scope: ScopeId, expr: &Expr) -> Option<Box<str>> {
        match self.resolve(file, scope, expr)? {
            Definition::External(name) => Some(name),
            _ => None,
        }
    }

    /// The module that a name in an import statement means: `app.db`, `.db`, `..`.
    pub fn module(&self, from: FileId, dotted: &str) -> Option<Definition> {
        let name = dotted.trim_start_matches('.');
        let dots = dotted.len() - name.len();
        if dots == 0 {
            return self.index.absolute(from, name).map(Definition::Module);
        }
        let mut base = self.index.base(from);
        for _ in 1..dots {
            base = super::index::folder(base);
        }
        if name.is_empty() {
            return match self.index.below(super::index::folder(base), base.rsplit('/').next().unwrap_or(base)) {
                Some(package) if self.index.is_package(package) => Some(Definition::Module(package)),
                _ => Some(Definition::Package(base.into())),
            };
        }
        let module = self.index.below(base, name).map(Definition::Module);
        module.or_else(|| self.index.folder_below(base, name).map(Definition::Package))
    }

    /// What a name of a module, class or other definition is.
    pub fn member(&self, of: &Definition, name: &str) -> Option<Definition> {
        let file = match *of {
            Definition::Module(file)
            | Definition::Function(file, _)
            | Definition::Class(file, _)
            | Definition::Variable(file, _)
            | Definition::Parameter(file, ..)
            | Definition::Item(file, ..) => file,
            Definition::Package(_) | Definition::External(_) => FileId(0),
        };
        self.attribute(&Walk::new(), file, of, name)
    }

    pub(super) fn resolve_in(&self, walk: &Walk, file: FileId, scope: ScopeId, expr: &Expr) -> Option<Definition> {
        walk.step(|| match &expr.kind {
            ExprKind::Name(name) => self.name(walk, file, scope, name),
            ExprKind::Attribute(object, name) => match &object.kind {
                ExprKind::Name(_) | ExprKind::Attribute(..) => {
                    let object = self.resolve_in(walk, file, scope, object)?;
                    self.attribute(walk, file, &object, name)
                }
                _ => {
                    let class = self.class_of_in(walk, file, scope, object)?;
                    self.class_member_in(walk, &class, name)
                }
            },
            ExprKind::Subscript(object, _) => self.resolve_in(walk, file, scope, object),
            ExprKind::Walrus(both) => self.resolve_in(walk, file, scope, &both.1),
            ExprKind::Lambda(id) => Some(Definition::Function(file, *id)),
            _ => None,
        })
    }

    /// What a bare name means in a scope.
    fn name(&self, walk: &Walk, file: FileId, scope: ScopeId, name: &str) -> Option<Definition> {
        let facts = self.facts(file)?;
        let bindings = facts.lookup(scope, name);
        if bindings.is_empty() {
            return self
                .starred(walk, file, facts, name)
                .or_else(|| self.in_siblings(walk, file, name))
                .or_else(|| Some(Definition::External(name.into())));
        }
        self.bound(walk, file, facts, bindings)
    }

    /// Of several bindings of a name the last one, but what the project defines before what it does not, and `None` and bare
    /// annotations last.
    fn bound(
        &self,
        walk: &Walk,
        file: FileId,
        facts: &'p PythonFacts,
        bindings: &[crate::facts::python::Binding],
    ) -> Option<Definition> {
        let mut best: Option<(u8, Definition)> = None;
        for binding in bindings.iter().rev().take(8) {
            let (rank, definition) = match binding.what {
                Bound::Function(id) => (3, Definition::Function(file, id)),
                Bound::Class(id) => (3, Definition::Class(file, id)),
                Bound::Import(id) => match self.import(walk, file, &facts.imports[id as usize]) {
                    Some(found @ Definition::External(_)) => (2, found),
                    Some(found) => (3, found),
                    None => continue,
                },
                Bound::Assignment(id) => {
                    let assignment = facts.assignment(id);
                    match &assignment.value {
                        Some(value) if value.is_none() => (1, Definition::Variable(file, id)),
                        Some(value) if !assignment.is_augmented => {
                            (3, self.aliased(walk, file, assignment.scope, value, id))
                        }
                        Some(_) | None => (0, Definition::Variable(file, id)),
                    }
                }
                Bound::Parameter(place) => match facts.scope(binding.scope).kind {
                    ScopeKind::Function(id) => (3, Definition::Parameter(file, id, place)),
                    _ => continue,
                },
                Bound::Item(id) => (3, Definition::Item(file, binding.scope, id)),
                Bound::Unknown => continue,
            };
            if best.as_ref().is_none_or(|(best, _)| rank > *best) {
                best = Some((rank, definition));
            }
            if best.as_ref().is_some_and(|(best, _)| *best == 3) {
                break;
            }
        }
        best.map(|(_, definition)| definition)
    }

    /// A variable, or what it is another name for.
    fn aliased(
        &self,
        walk: &Walk,
        file: FileId,
        scope: ScopeId,
        value: &Expr,
        id: crate::facts::python::AssignmentId,
    ) -> Definition {
        let variable = Definition::Variable(file, id);
        if !matches!(value.kind, ExprKind::Name(_) | ExprKind::Attribute(..)) {
            return variable;
        }
        let key = (file, Box::from(format!("={}", id.0)));
        if walk.open.borrow().contains(&key) {
            return variable;
        }
        walk.open.borrow_mut().push(key);
        let found = self.resolve_in(walk, file, scope, value);
        walk.open.borrow_mut().pop();
        match found {
            // `x = request.state`: an attribute of something is a value of its own.
            Some(Definition::Parameter(..) | Definition::Item(..)) | None => variable,
            Some(found) => found,
        }
    }

    fn import(&self, walk: &Walk, file: FileId, import: &Import) -> Option<Definition> {
        let Some(from) = &import.from else {
            let dotted = if import.alias.is_some() { &*import.name } else { import.name.split('.').next()? };
            return Some(self.absolute(walk, file, dotted));
        };
        walk.step(|| Some(self.imported(walk, file, from, &import.name)))
    }

    /// `from module import name`.
    fn imported(&self, walk: &Walk, file: FileId, module: &str, name: &str) -> Definition {
        let found = self.module(file, module);
        // `from . import users` in the package itself means the submodule.
        if found == Some(Definition::Module(file))
            && let Some(submodule) = self.index.below(self.index.base(file), name)
        {
            return Definition::Module(submodule);
        }
        if let Some(found) = &found
            && let Some(member) = self.attribute(walk, file, found, name)
        {
            return member;
        }
        if found.is_none() {
            if !module.starts_with('.')
                && let Some(submodule) = self.index.absolute(file, &format!("{module}.{name}"))
            {
                return Definition::Module(submodule);
            }
            if let Some(sibling) = self.in_siblings(walk, file, name) {
                return sibling;
            }
        }
        let joint = if module.ends_with('.') { "" } else { "." };
        Definition::External(format!("{module}{joint}{name}").into())
    }

    /// An absolute dotted name: the longest beginning that is a module, then its attributes.
    fn absolute(&self, walk: &Walk, file: FileId, dotted: &str) -> Definition {
        let mut end = dotted.len();
        loop {
            if let Some(module) = self.index.absolute(file, &dotted[..end]) {
                let mut rest = dotted[end..].split('.').filter(|name| !name.is_empty());
                let found =
                    rest.try_fold(Definition::Module(module), |found, name| self.attribute(walk, file, &found, name));
                if let Some(found) = found {
                    return found;
                }
            }
            match dotted[..end].rfind('.') {
                Some(at) => end = at,
                None => return Definition::External(dotted.into()),
            }
        }
    }

    pub(super) fn attribute(&self, walk: &Walk, file: FileId, of: &Definition, name: &str) -> Option<Definition> {
        walk.step(|| match of {
            Definition::Module(module) => self.module_member(walk, *module, name),
            Definition::Package(folder) => {
                let module = self.index.below(folder, name).map(Definition::Module);
                module.or_else(|| self.index.folder_below(folder, name).map(Definition::Package))
            }
            Definition::Class(..) => self.class_member_in(walk, &super::Class::of(of)?, name),
            Definition::Variable(..) | Definition::Parameter(..) => {
                let class = self.class_of_definition(walk, of)?;
                self.class_member_in(walk, &class, name)
            }
            Definition::External(outer) => {
                let dotted = format!("{outer}.{name}");
                Some(self.absolute(walk, file, &dotted))
            }
            Definition::Function(..) | Definition::Item(..) => None,
        })
    }

    /// A name of a module as others see it: what it binds, what it imports with a star, its submodules.
    fn module_member(&self, walk: &Walk, file: FileId, name: &str) -> Option<Definition> {
        let facts = self.facts(file)?;
        let key = (file, Box::from(name));
        if walk.open.borrow().contains(&key) {
            return None;
        }
        walk.open.borrow_mut().push(key);
        let bindings = facts.bound(ScopeId::MODULE, name);
        let own = if bindings.is_empty() { None } else { self.bound(walk, file, facts, bindings) };
        let found = own.or_else(|| self.starred(walk, file, facts, name));
        walk.open.borrow_mut().pop();
        found.or_else(|| {
            let is_package = self.index.is_package(file);
            is_package.then(|| self.index.below(self.index.base(file), name).map(Definition::Module))?
        })
    }

    /// What `from x import *` brings under a name.
    fn starred(&self, walk: &Walk, file: FileId, facts: &'p PythonFacts, name: &str) -> Option<Definition> {
        let stars = facts.imports.iter().filter(|import| &*import.name == "*" && import.scope == ScopeId::MODULE);
        let mut outside = None;
        for import in stars {
            let from = import.from.as_deref()?;
            match self.module(file, from) {
                Some(Definition::Module(module)) if module != file => {
                    let exports = self.facts(module)?.exports.as_ref();
                    let is_exported = match exports {
                        Some(exports) => exports.iter().any(|export| &**export == name),
                        None => !name.starts_with('_'),
                    };
                    if is_exported && let Some(found) = walk.step(|| self.module_member(walk, module, name)) {
                        return Some(found);
                    }
                }
                // Only names written like those of the module are taken to come from outside.
                None if outside.is_none() && !is_builtin(name) && !from.starts_with('.') => {
                    outside = Some(Definition::External(format!("{from}.{name}").into()));
                }
                _ => {}
            }
        }
        outside
    }

    /// What another fence of the same guide or cell of the same notebook defines: the ones before, nearest first, then those
    /// behind.
    fn in_siblings(&self, walk: &Walk, file: FileId, name: &str) -> Option<Definition> {
        let facts = self.project.file(file);
        facts.part?;
        let siblings = self.index.siblings(facts.path());
        let own = siblings.partition_point(|&sibling| sibling < file);
        let order = siblings[..own].iter().rev().chain(siblings.get(own + 1..).unwrap_or_default());
        for &sibling in order {
            let Some(facts) = self.facts(sibling) else { continue };
            // Only what it defines itself: imports lead back here.
            let defines = facts
                .bound(ScopeId::MODULE, name)
                .iter()
                .any(|binding| matches!(binding.what, Bound::Function(_) | Bound::Class(_) | Bound::Assignment(_)));
            if defines {
                return walk.step(|| self.module_member(walk, sibling, name));
            }
        }
        None
    }
}

/// Names that Python itself binds, as far as annotations and calls of web code use them.
fn is_builtin(name: &str) -> bool {
    matches!(
        name,
        "int"
            | "str"
            | "float"
            | "bool"
            | "bytes"
            | "list"
            | "dict"
            | "set"
            | "tuple"
            | "frozenset"
            | "type"
            | "object"
            | "len"
            | "print"
            | "open"
            | "range"
            | "isinstance"
            | "getattr"
            | "setattr"
            | "hasattr"
            | "super"
            | "any"
            | "all"
            | "max"
            | "min"
            | "sum"
            | "sorted"
            | "enumerate"
            | "zip"
            | "map"
            | "filter"
            | "Exception"
            | "ValueError"
            | "KeyError"
            | "TypeError"
            | "property"
            | "staticmethod"
            | "classmethod"
    )
}
