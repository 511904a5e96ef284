//! From `Depends(expression)` to what is called, and its parameters as FastAPI's rules take them apart.

use super::code::Code;
use super::dependency::{Callable, Dependency, DependencyId, DependencyUse};
use super::parameter::{Input, Parameter};
use super::protection::Protection;
use super::security::{Scheme, auto_error, scheme_class};
use super::types::{Type, TypeKind, Types};
use crate::facts::python::{self, ClassId, Expr, ExprKind, FunctionId, ScopeId, StatementKind};
use crate::flow::Constant;
use crate::model::modules::{Class, Definition, Member, Modules, returned};
use crate::model::{FileId, Place};
use rustc_hash::FxHashMap;

/// Dependencies of dependencies.
const MAX_DEPTH: usize = 40;
/// Functions that return functions that return functions.
const MAX_FACTORIES: usize = 4;

/// What tells dependencies apart: the callable, and the call that made it.
type Key = (Callable, Option<Place>);

/// Collects all dependencies of a project.
#[derive(Debug)]
pub(super) struct Callables<'p> {
    pub(super) modules: Modules<'p>,
    pub(super) dependencies: Vec<Dependency>,
    known: FxHashMap<Key, DependencyId>,
    depth: usize,
}

/// A marker on a parameter: `Query(...)`, `Depends(...)`.
struct Marker {
    name: Box<str>,
    code: Code,
}

impl<'p> Callables<'p> {
    pub(super) fn new(modules: Modules<'p>) -> Self {
        Self { modules, dependencies: Vec::new(), known: FxHashMap::default(), depth: 0 }
    }

    /// What `Depends(...)` or `Security(...)`, or a name of one, depends on. `None` for what is neither.
    pub(super) fn depends(&mut self, code: &Code) -> Option<DependencyUse> {
        let place = code.place();
        let marker = self.marker(code.clone())?;
        matches!(&*marker.name, "Depends" | "Security").then_some(())?;
        self.depends_on(&marker, None, place)
    }

    /// The dependencies of a list.
    pub(super) fn depends_all(&mut self, list: &Code) -> Vec<DependencyUse> {
        list.items(self.modules).iter().filter_map(|item| self.depends(item)).collect()
    }

    fn depends_on(&mut self, marker: &Marker, annotation: Option<&Code>, place: Place) -> Option<DependencyUse> {
        let scopes = marker.code.keyword(self.modules, "scopes");
        let scopes = scopes.map_or_else(Vec::new, |scopes| {
            scopes.items(self.modules).iter().filter_map(|scope| scope.string(self.modules)).map(Into::into).collect()
        });
        let target = marker.code.argument(0, "dependency").filter(|given| !given.expr.is_none());
        let target = target.or_else(|| annotation.cloned())?;
        Some(DependencyUse { dependency: self.dependency(&target), place, scopes })
    }

    /// The marker that an expression is or names, or that a function of the project returns.
    fn marker(&self, code: Code) -> Option<Marker> {
        self.marker_in(code, MAX_FACTORIES)
    }

    fn marker_in(&self, code: Code, depth: usize) -> Option<Marker> {
        let code = code.value(self.modules)?;
        let call = code.expr.as_call()?;
        if let Some(Definition::Function(file, id)) = self.modules.resolve(code.file, code.scope, &call.callee) {
            let depth = depth.checked_sub(1)?;
            let function = self.modules.facts(file)?.function(id);
            let last = *returned(&function.body).last()?;
            return self.marker_in(Code { file, scope: function.scope, expr: last.clone() }, depth);
        }
        let name: Box<str> = match call.name()? {
            known @ ("Path" | "Query" | "Header" | "Cookie" | "Body" | "Form" | "File" | "Depends" | "Security") => {
                known.into()
            }
            // `from fastapi import Depends as D`.
            _ => {
                let qualified = self.modules.external(code.file, code.scope, &call.callee)?;
                let last = qualified.strip_prefix("fastapi.").and_then(|name| name.rsplit('.').next())?;
                matches!(
                    last,
                    "Path" | "Query" | "Header" | "Cookie" | "Body" | "Form" | "File" | "Depends" | "Security"
                )
                .then(|| last.into())?
            }
        };
        // `File(...)` of something else, `pathlib.Path(...)`.
        let definition = self.modules.resolve(code.file, code.scope, &call.callee);
        let is_fastapis = match &definition {
            Some(Definition::External(qualified)) => {
                qualified.starts_with("fastapi.")
                    || !qualified.contains('.')
                    || matches!(&*name, "Depends" | "Security")
            }
            Some(_) => false,
            None => true,
        };
        is_fastapis.then_some(Marker { name, code })
    }

    /// The dependency that an expression in `Depends(...)` names.
    pub(super) fn dependency(&mut self, target: &Code) -> DependencyId {
        let (callable, made_by) =
            if self.depth < MAX_DEPTH { self.callable(target, MAX_FACTORIES) } else { (Callable::Unknown, None) };
        let place = match &callable {
            Callable::Unknown => Some(target.place()),
            _ => made_by.as_ref().map(Code::place),
        };
        let key = (callable.clone(), place);
        if let Some(&id) = self.known.get(&key) {
            return id;
        }
        let id = DependencyId(u32::try_from(self.dependencies.len()).unwrap_or(u32::MAX));
        self.known.insert(key, id);
        let is_generator = match callable {
            Callable::Function(file, id) => {
                self.modules.facts(file).is_some_and(|facts| facts.function(id).is_generator)
            }
            _ => false,
        };
        let name: String = target.text(self.modules).split_whitespace().collect::<Vec<_>>().join(" ");
        self.dependencies.push(Dependency {
            callable: callable.clone(),
            declared: target.clone(),
            made_by,
            name: name.into(),
            parameters: Vec::new(),
            is_generator,
            protection: Protection::default(),
        });
        self.depth += 1;
        let parameters = match &callable {
            Callable::External(name)
                if name.rsplit('.').next().is_some_and(|it| it.starts_with("OAuth2PasswordRequestForm")) =>
            {
                password_form(target.place())
            }
            _ => self.parameters(&callable, &[]),
        };
        self.depth -= 1;
        self.dependencies[id.0 as usize].parameters = parameters;
        id
    }

    /// What an expression is when it is called, and the call that made it.
    pub(super) fn callable(&self, target: &Code, depth: usize) -> (Callable, Option<Code>) {
        let Some(depth) = depth.checked_sub(1) else { return (Callable::Unknown, None) };
        match &target.expr.kind {
            ExprKind::Call(call) => self.made(target, call, depth),
            ExprKind::Lambda(id) => (Callable::Function(target.file, *id), None),
            ExprKind::Name(_) | ExprKind::Attribute(..) | ExprKind::Subscript(..) => match target
                .definition(self.modules)
            {
                Some(Definition::Function(file, id)) => (Callable::Function(file, id), None),
                Some(Definition::Class(file, id)) => (Callable::Class(file, id), None),
                Some(Definition::External(name)) => match super::security::scheme_kind(&name) {
                    // The class itself: FastAPI makes an object of it for each request, which asks for nothing.
                    Some(_) => (Callable::Unknown, None),
                    None => (Callable::External(name), None),
                },
                Some(Definition::Variable(file, id)) => {
                    let Some(assignment) = self.modules.assignment(file, id) else { return (Callable::Unknown, None) };
                    match &assignment.value {
                        Some(value) if !matches!(value.kind, ExprKind::Name(_)) => {
                            let value = Code { file, scope: assignment.scope, expr: value.clone() };
                            self.callable(&value, depth)
                        }
                        _ => (Callable::Unknown, None),
                    }
                }
                _ => (Callable::Unknown, None),
            },
            ExprKind::Or(both) => self.callable(&target.part(&both.0), depth),
            ExprKind::Conditional(parts) => self.callable(&target.part(&parts.1), depth),
            _ => (Callable::Unknown, None),
        }
    }

    /// What a call makes that can be called in turn.
    fn made(&self, target: &Code, call: &python::Call, depth: usize) -> (Callable, Option<Code>) {
        let made_by = Some(target.clone());
        let class = match self.modules.resolve(target.file, target.scope, &call.callee) {
            Some(Definition::Function(file, id)) => {
                let (callable, _) = self.returned(file, id, depth);
                return (callable, made_by);
            }
            Some(Definition::External(name)) if matches!(&*name, "functools.partial" | "partial") => {
                let inner = call.arguments.first().map(|inner| self.callable(&target.part(inner), depth));
                return (inner.map_or(Callable::Unknown, |(callable, _)| callable), made_by);
            }
            Some(Definition::Class(file, id)) => Class::Local(file, id),
            Some(Definition::External(name)) => Class::External(name),
            _ => return (Callable::Unknown, made_by),
        };
        if let Class::Local(file, id) = class
            && matches!(self.modules.class_member(&class, "__call__"), Some(Member::Method(..)))
        {
            return (Callable::Instance(file, id), made_by);
        }
        if let Some(kind) = scheme_class(self.modules, &class) {
            let auto_error = auto_error(self.modules, target);
            return (Callable::Scheme(Scheme { kind, auto_error, place: target.place() }), made_by);
        }
        match class {
            Class::External(name) => (Callable::External(name), made_by),
            Class::Local(file, id) => (Callable::Instance(file, id), made_by),
        }
    }

    /// What a function returns that can be called.
    fn returned(&self, file: FileId, id: FunctionId, depth: usize) -> (Callable, Option<Code>) {
        let Some(facts) = self.modules.facts(file) else { return (Callable::Unknown, None) };
        let function = facts.function(id);
        for value in returned(&function.body).into_iter().rev() {
            let code = Code { file, scope: function.scope, expr: value.clone() };
            // `return Depends(check)`: what is depended on in the end.
            let code = match self.marker(code.clone()) {
                Some(marker) if matches!(&*marker.name, "Depends" | "Security") => {
                    marker.code.argument(0, "dependency").unwrap_or(code)
                }
                _ => code,
            };
            let (callable, made) = self.callable(&code, depth);
            if callable != Callable::Unknown {
                return (callable, made);
            }
        }
        (Callable::Unknown, None)
    }

    /// The parameters of a callable. `path_names` are the names in the route's path.
    pub(super) fn parameters(&mut self, callable: &Callable, path_names: &[&str]) -> Vec<Parameter> {
        let modules = self.modules;
        match *callable {
            Callable::Function(file, id) => self.signature(file, id, is_bound(modules, file, id), path_names),
            Callable::Class(file, id) => match modules.class_member(&Class::Local(file, id), "__init__") {
                Some(Member::Method(file, id)) => self.signature(file, id, true, path_names),
                _ => self.fields(file, id, path_names),
            },
            Callable::Instance(file, id) => match modules.class_member(&Class::Local(file, id), "__call__") {
                Some(Member::Method(file, id)) => self.signature(file, id, true, path_names),
                _ => Vec::new(),
            },
            Callable::Scheme(_) | Callable::External(_) | Callable::Unknown => Vec::new(),
        }
    }

    fn signature(&mut self, file: FileId, id: FunctionId, skip_first: bool, path_names: &[&str]) -> Vec<Parameter> {
        let Some(facts) = self.modules.facts(file) else { return Vec::new() };
        let function = facts.function(id);
        let mut found = Vec::new();
        for parameter in function.parameters.iter().skip(usize::from(skip_first)) {
            found.push(self.parameter(
                file,
                function.parent,
                &parameter.name,
                parameter.annotation.as_ref(),
                parameter.default.as_ref(),
                Place { file, span: parameter.span },
                path_names,
            ));
        }
        found
    }

    /// A dataclass or model as a dependency takes its fields; a class without a constructor takes nothing.
    fn fields(&mut self, file: FileId, id: ClassId, path_names: &[&str]) -> Vec<Parameter> {
        let is_structure = {
            let ty = Types(self.modules).class_kind(file, id);
            matches!(ty, TypeKind::Model(..) | TypeKind::Structure(..))
        };
        if !is_structure {
            return Vec::new();
        }
        let mut found: Vec<Parameter> = Vec::new();
        for class in self.modules.ancestry(&Class::Local(file, id)).into_iter().rev() {
            let Class::Local(file, id) = class else { continue };
            let Some(facts) = self.modules.facts(file) else { continue };
            for statement in &facts.class(id).body {
                let StatementKind::Assign(id) = statement.kind else { continue };
                let assignment = facts.assignment(id);
                let (Some(name), Some(annotation)) = (assignment.target.as_name(), &assignment.annotation) else {
                    continue;
                };
                let is_shared = matches!(&annotation.kind, ExprKind::Subscript(object, _) if object.last_name() == Some("ClassVar"));
                if is_shared || name.starts_with('_') || name == "model_config" {
                    continue;
                }
                let place = Place { file, span: assignment.span };
                let value = assignment.value.as_ref();
                let parameter =
                    self.parameter(file, assignment.scope, name, Some(annotation), value, place, path_names);
                found.retain(|other| other.name != parameter.name);
                found.push(parameter);
            }
        }
        found
    }

    /// `list` without an item, and named tuples: FastAPI asks whether all their items are uploads, and there is none that is
    /// not.
    fn is_bare_sequence(&self, ty: &Type, annotation: &Code) -> bool {
        match ty.kind {
            TypeKind::Sequence(_) => matches!(annotation.expr.kind, ExprKind::Name(_) | ExprKind::Attribute(..)),
            TypeKind::Structure(file, id) => {
                let names = ["typing.NamedTuple", "typing_extensions.NamedTuple"];
                self.modules.inherits(&Class::Local(file, id), &names)
            }
            _ => false,
        }
    }

    /// One parameter as FastAPI takes it apart.
    #[expect(clippy::too_many_arguments, reason = "the parts of a parameter, from functions and from fields")]
    pub(super) fn parameter(
        &mut self,
        file: FileId,
        scope: ScopeId,
        name: &str,
        annotation: Option<&Expr>,
        default: Option<&Expr>,
        place: Place,
        path_names: &[&str],
    ) -> Parameter {
        let mut markers: Vec<Marker> = Vec::new();
        let mut annotation = annotation.map(|annotation| Code { file, scope, expr: annotation.clone() });
        // `Annotated[...]`, by itself or under a name, and one in another.
        for _ in 0..6 {
            let Some(code) = &annotation else { break };
            let named = match &code.expr.kind {
                ExprKind::Name(_) | ExprKind::Attribute(..) => code.clone().value(self.modules),
                _ => Some(code.clone()),
            };
            let Some(named) = named else { break };
            let ExprKind::Subscript(object, index) = &named.expr.kind else { break };
            if object.last_name() != Some("Annotated") {
                break;
            }
            let extras = index.iter().skip(1).filter_map(|extra| self.marker(named.part(extra)));
            markers.splice(0..0, extras);
            annotation = index.first().map(|first| named.part(first));
        }
        let default_code = default.map(|default| Code { file, scope, expr: default.clone() });
        let default_marker = default_code.as_ref().and_then(|default| self.marker(default.clone()));
        let has_default_marker = default_marker.is_some();
        // The default decides before the annotation, and of several in an annotation the last.
        let marker = default_marker.or_else(|| markers.pop());
        let types = Types(self.modules);
        let mut ty =
            annotation.as_ref().map_or(Type::of(TypeKind::Any), |code| types.read(code.file, code.scope, &code.expr));
        let shown = annotation.as_ref().map_or("", |code| code.text(self.modules));
        let mut constraints = std::mem::take(&mut ty.constraints);
        let mut is_required = default.is_none();
        let mut alias: Box<str> = name.into();
        let mut dependency = None;
        let input = match &marker {
            Some(marker) => {
                constraints.extend(types.constraints(marker.code.file, marker.code.scope, &marker.code.expr));
                if let Some(given) =
                    marker.code.keyword(self.modules, "alias").and_then(|alias| alias.string(self.modules))
                {
                    alias = given.into();
                } else if &*marker.name == "Header"
                    && marker.code.keyword(self.modules, "convert_underscores").and_then(|it| it.constant(self.modules))
                        != Some(Constant::Bool(false))
                {
                    alias = name.replace('_', "-").into();
                }
                if has_default_marker {
                    let given = marker
                        .code
                        .argument(0, "default")
                        .or_else(|| marker.code.keyword(self.modules, "default_factory"));
                    is_required = given.is_none_or(|given| matches!(given.expr.kind, ExprKind::Ellipsis));
                }
                match &*marker.name {
                    "Path" => Input::Path,
                    "Query" => Input::Query,
                    "Header" => Input::Header,
                    "Cookie" => Input::Cookie,
                    "Body" => Input::Body,
                    "Form" => Input::Form,
                    "File" => Input::File,
                    _ => {
                        dependency = self.depends_on(marker, annotation.as_ref(), marker_place(marker, place));
                        Input::Dependency
                    }
                }
            }
            None => match &ty.kind {
                TypeKind::Framework(framework) => Input::Framework(*framework),
                _ if path_names.contains(&name) => Input::Path,
                _ if ty.is_upload() || annotation.as_ref().is_some_and(|it| self.is_bare_sequence(&ty, it)) => {
                    Input::File
                }
                _ if ty.is_complex() => Input::Body,
                _ => Input::Query,
            },
        };
        if input == Input::Path {
            is_required = true;
        }
        let name = name.into();
        Parameter { name, alias, input, ty, annotation: shown.into(), is_required, constraints, place, dependency }
    }
}

/// The fields of FastAPI's form for the password flow (RFC 6749, 4.3.2).
fn password_form(place: Place) -> Vec<Parameter> {
    let field = |&(name, is_required): &(&str, bool)| Parameter {
        name: name.into(),
        alias: name.into(),
        input: Input::Form,
        ty: Type::of(TypeKind::Text),
        annotation: "str".into(),
        is_required,
        constraints: Vec::new(),
        place,
        dependency: None,
    };
    let fields = [
        ("grant_type", false),
        ("username", true),
        ("password", true),
        ("scope", false),
        ("client_id", false),
        ("client_secret", false),
    ];
    fields.iter().map(field).collect()
}

/// Where a marker stands, if it is in the parameter's file; an alias's stands elsewhere.
fn marker_place(marker: &Marker, parameter: Place) -> Place {
    if marker.code.file == parameter.file && parameter.span.contains(marker.code.expr.span) {
        marker.code.place()
    } else {
        parameter
    }
}

/// Whether a function is a method that its object or class is handed to.
pub(super) fn is_bound(modules: Modules<'_>, file: FileId, id: FunctionId) -> bool {
    modules.facts(file).is_some_and(|facts| {
        facts.class_of(id).is_some()
            && !facts.function(id).decorators.iter().any(|decorator| decorator.as_name() == Some("staticmethod"))
    })
}
