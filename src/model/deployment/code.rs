//! The code of an application: the modules that its own module imports, with what they call, set and say.
//!
//! Knows Python's summaries; what is looked for in them is for the audits to say.

use super::Application;
use crate::facts::python::{
    Call, Class, ClassId, Expr, ExprKind, Function, PythonFacts, ScopeId, ScopeKind, visit_exprs,
};
use crate::flow::Constant;
use crate::model::modules::{Definition, Modules};
use crate::model::{FileId, Place, Project};
use std::collections::BTreeSet;

/// So many modules of an application are read.
const MAX_MODULES: usize = 5000;

/// An expression of the code and where it stands.
#[derive(Debug, Clone, Copy)]
pub struct Site<'p> {
    /// The module's file.
    pub file: FileId,
    /// The scope that it stands in.
    pub scope: ScopeId,
    /// The expression.
    pub expr: &'p Expr,
}

impl Site<'_> {
    /// Its place.
    pub fn place(&self) -> Place {
        Place { file: self.file, span: self.expr.span }
    }
}

/// A response header that the code sets.
#[derive(Debug, Clone)]
pub struct SetHeader {
    /// In lower case.
    pub name: String,
    /// Its value, where it is a constant.
    pub value: Option<String>,
    /// Where its name stands.
    pub place: Place,
}

/// The modules of an application.
#[derive(Debug)]
pub struct Code<'p> {
    /// Names across files.
    pub modules: Modules<'p>,
    files: Vec<(FileId, &'p PythonFacts)>,
}

impl<'p> Code<'p> {
    /// The modules that an application's module imports, itself first; test code is left out.
    pub fn of(project: &'p Project, application: &Application) -> Self {
        let modules = project.modules();
        // An application that is test code itself brings its own kind.
        let with_tests = project.file(application.file).is_test;
        let mut seen = BTreeSet::new();
        let mut open = vec![application.file];
        let mut files = Vec::new();
        while let Some(file) = open.pop() {
            if !seen.insert(file) || files.len() >= MAX_MODULES {
                continue;
            }
            let Some(facts) =
                project.file(file).python.as_deref().filter(|_| with_tests || !project.file(file).is_test)
            else {
                continue;
            };
            files.push((file, facts));
            for import in &facts.imports {
                let dotted = match &import.from {
                    None => import.name.to_string(),
                    Some(from) if import.name.as_ref() == "*" => from.to_string(),
                    Some(from) if from.ends_with('.') => format!("{from}{}", import.name),
                    Some(from) => format!("{from}.{}", import.name),
                };
                let mut found = modules.module(file, &dotted);
                if !matches!(found, Some(Definition::Module(_)))
                    && let Some(from) = &import.from
                {
                    found = modules.module(file, from);
                }
                if let Some(Definition::Module(file)) = found {
                    open.push(file);
                }
            }
        }
        files.sort_by_key(|(file, _)| *file);
        Self { modules, files }
    }

    /// The modules, in order of their paths.
    pub fn files(&self) -> impl Iterator<Item = (FileId, &'p PythonFacts)> {
        self.files.iter().copied()
    }

    /// All expressions, outermost first.
    pub fn sites(&self) -> Vec<Site<'p>> {
        let mut sites = Vec::new();
        for (file, facts) in self.files() {
            let mut add = |scope: ScopeId, body| {
                visit_exprs(facts, body, &mut |expr| sites.push(Site { file, scope, expr }));
            };
            add(ScopeId::MODULE, &facts.body);
            for function in &facts.functions {
                add(function.scope, &function.body);
            }
            for class in &facts.classes {
                add(class.scope, &class.body);
            }
            let mut walk =
                |scope: ScopeId, expr: &'p Expr| expr.walk(&mut |expr| sites.push(Site { file, scope, expr }));
            for function in &facts.functions {
                function.decorators.iter().for_each(|expr| walk(function.parent, expr));
                for parameter in &function.parameters {
                    parameter.annotation.iter().chain(&parameter.default).for_each(|expr| walk(function.parent, expr));
                }
            }
        }
        sites
    }

    /// The qualified name of what an expression names, outside of the project.
    pub fn external(&self, site: Site<'p>, expr: &Expr) -> Option<Box<str>> {
        self.modules.external(site.file, site.scope, expr)
    }

    /// The text that an expression is.
    pub fn text(&self, file: FileId, scope: ScopeId, expr: &Expr) -> Option<String> {
        expr.as_str().map(str::to_owned).or_else(|| self.modules.string(file, scope, expr))
    }

    /// The constant that an expression is.
    pub fn constant(&self, site: Site<'p>, expr: &Expr) -> Option<Constant> {
        self.modules.constant(site.file, site.scope, expr)
    }

    /// The assignment of a module's variable, followed through names.
    pub fn value_of(&self, site: Site<'p>, expr: &'p Expr) -> (Site<'p>, &'p Expr) {
        if let ExprKind::Name(_) | ExprKind::Attribute(..) = expr.kind
            && let Some(Definition::Variable(file, id)) = self.modules.resolve(site.file, site.scope, expr)
            && let Some(assignment) = self.modules.assignment(file, id)
            && let Some(value) = &assignment.value
        {
            return (Site { file, scope: assignment.scope, expr: value }, value);
        }
        (site, expr)
    }

    /// Whether a middleware or another class of the project is used anywhere: one that only stands there does nothing.
    fn is_used(sites: &[Site<'p>], class: &Class) -> bool {
        sites.iter().any(|site| site.expr.last_name() == Some(&class.name))
    }

    /// Scopes of classes that nothing uses.
    pub fn dead_scopes(&self, sites: &[Site<'p>]) -> BTreeSet<(FileId, ScopeId)> {
        let mut dead = BTreeSet::new();
        for (file, facts) in self.files() {
            let unused: Vec<ClassId> =
                facts.classes().filter(|(_, class)| !Self::is_used(sites, class)).map(|(id, _)| id).collect();
            for number in (0..).map(ScopeId).take(facts.scopes.len()) {
                let mut at = number;
                let mut steps = 0;
                while at != ScopeId::MODULE && steps < 64 {
                    let inner = facts.scope(at);
                    if matches!(inner.kind, ScopeKind::Class(class) if unused.contains(&class)) {
                        dead.insert((file, number));
                        break;
                    }
                    at = inner.parent;
                    steps += 1;
                }
            }
        }
        dead
    }

    /// Response headers that the code sets by name: `response.headers["X"] = v`, `.setdefault`, `.update({..})`,
    /// `headers={..}`, and loops over a table of them.
    pub fn set_headers(&self, sites: &[Site<'p>]) -> Vec<SetHeader> {
        let dead = self.dead_scopes(sites);
        let mut found = Vec::new();
        for (file, facts) in self.files() {
            for assignment in facts.assignments.iter().filter(|it| !dead.contains(&(file, it.scope))) {
                let ExprKind::Subscript(object, index) = &assignment.target.kind else { continue };
                if !is_headers(object) {
                    continue;
                }
                let ([index], Some(value)) = (index.as_slice(), &assignment.value) else { continue };
                match self.text(file, assignment.scope, index) {
                    Some(name) => found.push(SetHeader {
                        name: name.to_ascii_lowercase(),
                        value: self.text(file, assignment.scope, value),
                        place: Place { file, span: index.span },
                    }),
                    None => found.extend(self.looped_headers(file, facts, assignment.scope, index)),
                }
            }
        }
        for site in sites.iter().filter(|site| !dead.contains(&(site.file, site.scope))) {
            let Some(call) = site.expr.as_call() else { continue };
            let on_headers = call.receiver().is_some_and(is_headers);
            match call.name() {
                Some("setdefault" | "append" | "add") if on_headers => {
                    let [name, value, ..] = call.arguments.as_slice() else { continue };
                    if let Some(text) = self.text(site.file, site.scope, name) {
                        found.push(SetHeader {
                            name: text.to_ascii_lowercase(),
                            value: self.text(site.file, site.scope, value),
                            place: Place { file: site.file, span: name.span },
                        });
                    }
                }
                Some("update") if on_headers => {
                    found.extend(call.arguments.iter().flat_map(|argument| self.table(*site, argument)));
                }
                _ => found.extend(call.keyword("headers").into_iter().flat_map(|headers| self.table(*site, headers))),
            }
        }
        found
    }

    /// Headers of a dictionary, or of a variable that is one.
    fn table(&self, site: Site<'p>, expr: &'p Expr) -> Vec<SetHeader> {
        let (at, value) = self.value_of(site, expr);
        let ExprKind::Dict(pairs) = &value.kind else { return Vec::new() };
        pairs
            .iter()
            .filter_map(|(key, value)| {
                let key = key.as_ref()?;
                Some(SetHeader {
                    name: self.text(at.file, at.scope, key)?.to_ascii_lowercase(),
                    value: self.text(at.file, at.scope, value),
                    place: Place { file: at.file, span: key.span },
                })
            })
            .collect()
    }

    /// `for name, value in TABLE.items(): response.headers[name] = value`.
    fn looped_headers(&self, file: FileId, facts: &'p PythonFacts, scope: ScopeId, index: &Expr) -> Vec<SetHeader> {
        let Some(name) = index.as_name() else { return Vec::new() };
        let mut found = Vec::new();
        for iteration in &facts.iterations {
            let binds = iteration.target.any(&|expr| expr.as_name() == Some(name));
            let Some(call) = iteration.iterable.as_call().filter(|_| binds) else { continue };
            if let (Some("items"), Some(table)) = (call.name(), call.receiver()) {
                found.extend(self.table(Site { file, scope, expr: table }, table));
            }
        }
        found
    }

    /// Places where the code says a text, compared without case; code that nothing uses is left out.
    pub fn mentions(&self, sites: &[Site<'p>], wanted: &[&str]) -> Option<Place> {
        let dead = self.dead_scopes(sites);
        sites
            .iter()
            .filter(|site| !dead.contains(&(site.file, site.scope)))
            .find(|site| match &site.expr.kind {
                ExprKind::Constant(Constant::Str(text) | Constant::Bytes(text)) => {
                    wanted.iter().any(|wanted| wanted.eq_ignore_ascii_case(text))
                }
                _ => false,
            })
            .map(Site::place)
    }

    /// Calls of a name, last component only, with the site.
    pub fn calls<'s>(
        &self,
        sites: &'s [Site<'p>],
        name: &'s str,
    ) -> impl Iterator<Item = (Site<'p>, &'p Call)> + use<'s, 'p> {
        sites
            .iter()
            .filter_map(move |site| Some((*site, site.expr.as_call()?)))
            .filter(move |(_, call)| call.name() == Some(name))
    }

    /// `add_middleware(Name, ...)` and `Middleware(Name, ...)`: the call.
    pub fn middleware<'s>(
        &self,
        sites: &'s [Site<'p>],
        name: &'s str,
    ) -> impl Iterator<Item = (Site<'p>, &'p Call)> + use<'s, 'p> {
        sites.iter().filter_map(|site| Some((*site, site.expr.as_call()?))).filter(move |(_, call)| {
            matches!(call.name(), Some("add_middleware" | "Middleware"))
                && call.argument(0, "middleware_class").is_some_and(|class| class.last_name() == Some(name))
        })
    }

    /// Modules of packages that the code imports: first components.
    pub fn imports(&self, package: &str) -> bool {
        self.files().flat_map(|(_, facts)| &facts.imports).any(|import| {
            let module = import.from.as_deref().unwrap_or(&import.name);
            module == package || module.strip_prefix(package).is_some_and(|rest| rest.starts_with('.'))
        })
    }

    /// The function that a scope belongs to.
    pub fn function(&self, file: FileId, scope: ScopeId) -> Option<&'p Function> {
        let facts = self.modules.facts(file)?;
        let mut at = scope;
        for _ in 0..64 {
            let inner = facts.scope(at);
            if let ScopeKind::Function(id) = inner.kind {
                return Some(facts.function(id));
            }
            if at == ScopeId::MODULE {
                return None;
            }
            at = inner.parent;
        }
        None
    }

    /// Names of what encloses a scope, joined by `.`.
    pub fn qualified(&self, file: FileId, scope: ScopeId) -> String {
        self.modules.facts(file).map_or_else(String::new, |facts| facts.qualified(scope))
    }
}

/// `response.headers`, `headers`.
fn is_headers(object: &Expr) -> bool {
    object.last_name().is_some_and(|name| name == "headers" || name.ends_with("_headers"))
}
