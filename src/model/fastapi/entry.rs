//! What other parts of the house ask: where a parameter of a function comes from, and what a model's fields are.

use super::dependency::{Callable, DependencyId};
use super::parameter::{Input, Parameter};
use super::types::{Constraint, Type, Types};
use super::{FastApi, Route};
use crate::facts::python::{ClassId, ExprKind, FunctionId, StatementKind};
use crate::model::modules::{Class, Member, Modules};
use crate::model::{FileId, Place};

/// A field of a pydantic model, dataclass or typed dictionary.
#[derive(Debug, Clone)]
pub struct Field {
    /// Its name.
    pub name: Box<str>,
    /// Its type, classes resolved across files.
    pub ty: Type,
    /// Limits from its type and from `Field(...)`.
    pub constraints: Vec<Constraint>,
    /// Whether it has a default.
    pub has_default: bool,
    /// Where its name stands.
    pub place: Place,
}

impl FastApi {
    /// Makes the tables that questions are answered from.
    pub(super) fn index(&mut self) {
        for (index, route) in self.routes.iter().enumerate() {
            if let Some(function) = route.function() {
                self.by_handler.entry(function).or_default().push(u32::try_from(index).unwrap_or(u32::MAX));
            }
        }
        for (index, dependency) in self.dependencies.iter().enumerate() {
            if let Callable::Function(file, function) = dependency.callable {
                let id = DependencyId(u32::try_from(index).unwrap_or(u32::MAX));
                self.by_function.entry((file, function)).or_insert(id);
            }
        }
    }

    /// Makes known which methods classes and objects run as dependencies; they stand in other files than the classes.
    pub(super) fn index_methods(&mut self, modules: Modules<'_>) {
        for (index, dependency) in self.dependencies.iter().enumerate() {
            let (class, name) = match dependency.callable {
                Callable::Class(file, class) => (Class::Local(file, class), "__init__"),
                Callable::Instance(file, class) => (Class::Local(file, class), "__call__"),
                _ => continue,
            };
            if let Some(Member::Method(file, function)) = modules.class_member(&class, name) {
                let id = DependencyId(u32::try_from(index).unwrap_or(u32::MAX));
                self.by_function.entry((file, function)).or_insert(id);
            }
        }
    }

    /// The routes that a function handles.
    pub fn routes_of(&self, file: FileId, function: FunctionId) -> impl Iterator<Item = &Route> {
        self.by_handler.get(&(file, function)).into_iter().flatten().map(|&index| &self.routes[index as usize])
    }

    /// The dependency that a function is; for methods, `__call__` and `__init__` of dependencies that are objects and
    /// classes.
    pub fn dependency_of(&self, file: FileId, function: FunctionId) -> Option<&super::Dependency> {
        self.by_function.get(&(file, function)).map(|id| &self.dependencies[id.0 as usize])
    }

    /// How the framework fills a parameter of a function: of a handler, or of a dependency. `None` for functions that the
    /// framework does not call. Of plain routes (`app.route`, Starlette) the only parameter is the request, which is not
    /// told here.
    pub fn parameter(&self, file: FileId, function: FunctionId, name: &str) -> Option<&Parameter> {
        let named = |parameters: &'_ [Parameter]| parameters.iter().position(|parameter| &*parameter.name == name);
        for route in self.routes_of(file, function) {
            if let Some(at) = named(&route.parameters) {
                return Some(&route.parameters[at]);
            }
        }
        let dependency = self.dependency_of(file, function)?;
        named(&dependency.parameters).map(|at| &dependency.parameters[at])
    }

    /// The functions that run for a parameter's dependency: what they return or yield is its value. None for classes,
    /// schemes and what the project does not define.
    pub fn provider(&self, modules: Modules<'_>, parameter: &Parameter) -> Option<(FileId, FunctionId)> {
        let used = parameter.dependency.as_ref()?;
        match self.dependencies.get(used.dependency.0 as usize)?.callable {
            Callable::Function(file, function) => Some((file, function)),
            Callable::Instance(file, class) => match modules.class_member(&Class::Local(file, class), "__call__")? {
                Member::Method(file, function) => Some((file, function)),
                Member::Attribute(..) => None,
            },
            _ => None,
        }
    }

    /// Whether a value of a parameter can carry an injection: the client chooses it, and the framework lets any text pass.
    pub fn carries_text(parameter: &Parameter) -> bool {
        (parameter.input.is_from_client() && !parameter.ty.is_inert())
            || parameter.input == Input::Framework(super::Framework::Request)
            || parameter.input == Input::Framework(super::Framework::WebSocket)
    }
}

/// The fields of a model, dataclass or typed dictionary with those it inherits, in order.
pub fn fields(modules: Modules<'_>, file: FileId, class: ClassId) -> Vec<Field> {
    let mut found: Vec<Field> = Vec::new();
    for class in modules.ancestry(&Class::Local(file, class)).into_iter().rev() {
        let Class::Local(file, id) = class else { continue };
        let Some(facts) = modules.facts(file) else { continue };
        for statement in &facts.class(id).body {
            let StatementKind::Assign(id) = statement.kind else { continue };
            let assignment = facts.assignment(id);
            let (Some(name), Some(annotation)) = (assignment.target.as_name(), &assignment.annotation) else {
                continue;
            };
            let is_shared =
                matches!(&annotation.kind, ExprKind::Subscript(object, _) if object.last_name() == Some("ClassVar"));
            if is_shared || name == "model_config" {
                continue;
            }
            let types = Types(modules);
            let mut ty = types.read(file, assignment.scope, annotation);
            let mut constraints = std::mem::take(&mut ty.constraints);
            let mut has_default = assignment.value.is_some();
            if let Some(value) = &assignment.value
                && let Some(call) = value.as_call()
            {
                constraints.extend(types.constraints(file, assignment.scope, value));
                if call.name() == Some("Field") {
                    has_default = call.keyword("default_factory").is_some()
                        || call.argument(0, "default").is_some_and(|it| !matches!(it.kind, ExprKind::Ellipsis));
                }
            }
            found.retain(|known| &*known.name != name);
            found.push(Field {
                name: name.into(),
                ty,
                constraints,
                has_default,
                place: Place { file, span: assignment.target.span },
            });
        }
    }
    found
}
