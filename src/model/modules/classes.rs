//! Classes: what they inherit, what their members are, and which class a value is an instance of.

use super::resolve::Walk;
use super::{Definition, Modules};
use crate::facts::python::{
    self, AssignmentId, Bound, ClassId, Expr, ExprKind, FunctionId, ParameterKind, ScopeId, ScopeKind, StatementKind,
};
use crate::model::FileId;

/// Classes above one class.
const MAX_BASES: usize = 64;

/// A class, of the project or not.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Class {
    Local(FileId, ClassId),
    /// Under its qualified name.
    External(Box<str>),
}

/// What a class has under a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Member {
    /// A method: its file and function.
    Method(FileId, FunctionId),
    /// An attribute of the class, or of `self` where none of the class is.
    Attribute(FileId, AssignmentId),
}

impl Class {
    /// The class that a definition is.
    pub fn of(definition: &Definition) -> Option<Self> {
        match definition {
            Definition::Class(file, id) => Some(Self::Local(*file, *id)),
            Definition::External(name) => Some(Self::External(name.clone())),
            _ => None,
        }
    }

    /// Whether it is the class of this qualified name outside of the project.
    pub fn is(&self, qualified: &str) -> bool {
        matches!(self, Self::External(name) if &**name == qualified)
    }
}

impl<'p> Modules<'p> {
    /// A class of the project.
    pub fn class(&self, file: FileId, id: ClassId) -> Option<&'p python::Class> {
        self.facts(file).map(|facts| facts.class(id))
    }

    /// A class and all above it, nearest first: its own bases before theirs, left before right.
    pub fn ancestry(&self, class: &Class) -> Vec<Class> {
        let mut found = vec![class.clone()];
        let mut at = 0;
        while at < found.len() && found.len() < MAX_BASES {
            if let Class::Local(file, id) = found[at].clone()
                && let Some(own) = self.class(file, id)
            {
                for base in &own.bases {
                    let walk = Walk::new();
                    let base = self.resolve_in(&walk, file, own.parent, base).and_then(|base| match base {
                        // `Base = declarative_base()` is a class of what was called.
                        Definition::Variable(..) => self.class_of_definition(&walk, &base),
                        other => Class::of(&other),
                    });
                    if let Some(base) = base
                        && !found.contains(&base)
                    {
                        found.push(base);
                    }
                }
            }
            at += 1;
        }
        found
    }

    /// Whether a class is one of these outside of the project or inherits from one; `names` are qualified.
    pub fn inherits(&self, class: &Class, names: &[&str]) -> bool {
        self.ancestry(class).iter().any(|class| matches!(class, Class::External(name) if names.contains(&&**name)))
    }

    /// What a class, or one above it in the project, has under a name.
    pub fn class_member(&self, class: &Class, name: &str) -> Option<Member> {
        let ancestry = self.ancestry(class);
        ancestry
            .iter()
            .find_map(|class| self.own_member(class, name))
            .or_else(|| ancestry.iter().find_map(|class| self.instance_attribute(class, name)))
    }

    fn own_member(&self, class: &Class, name: &str) -> Option<Member> {
        let Class::Local(file, id) = *class else { return None };
        let facts = self.facts(file)?;
        let bindings = facts.bound(facts.class(id).scope, name);
        bindings.iter().rev().find_map(|binding| match binding.what {
            Bound::Function(id) => Some(Member::Method(file, id)),
            Bound::Assignment(id) => Some(Member::Attribute(file, id)),
            _ => None,
        })
    }

    /// `self.name = ...` in one of the methods.
    fn instance_attribute(&self, class: &Class, name: &str) -> Option<Member> {
        let Class::Local(file, id) = *class else { return None };
        let facts = self.facts(file)?;
        let class = facts.class(id);
        for statement in &class.body {
            let StatementKind::Function(method) = statement.kind else { continue };
            let method = facts.function(method);
            let Some(receiver) = method.parameters.first() else { continue };
            let mut found = None;
            python::visit_statements(&method.body, &mut |statement| {
                if let StatementKind::Assign(id) = statement.kind
                    && found.is_none()
                    && let ExprKind::Attribute(object, attribute) = &facts.assignment(id).target.kind
                    && **attribute == *name
                    && object.as_name() == Some(&receiver.name)
                {
                    found = Some(Member::Attribute(file, id));
                }
            });
            if found.is_some() {
                return found;
            }
        }
        None
    }

    pub(super) fn class_member_in(&self, walk: &Walk, class: &Class, name: &str) -> Option<Definition> {
        if let Class::External(outer) = class {
            return Some(Definition::External(format!("{outer}.{name}").into()));
        }
        match self.class_member(class, name) {
            Some(Member::Method(file, id)) => Some(Definition::Function(file, id)),
            Some(Member::Attribute(file, id)) => {
                let assignment = self.assignment(file, id)?;
                // `get_user = staticmethod(load_user)`, `router = shared.router`.
                match &assignment.value {
                    Some(value) if matches!(value.kind, ExprKind::Name(_) | ExprKind::Attribute(..)) => {
                        let found = walk.step(|| self.resolve_in(walk, file, assignment.scope, value));
                        match found {
                            Some(
                                found @ (Definition::Function(..)
                                | Definition::Class(..)
                                | Definition::Module(_)
                                | Definition::Variable(..)),
                            ) => Some(found),
                            _ => Some(Definition::Variable(file, id)),
                        }
                    }
                    _ => Some(Definition::Variable(file, id)),
                }
            }
            None => {
                // What a class outside of the project may have.
                let outside = self.ancestry(class).into_iter().find_map(|class| match class {
                    Class::External(outer) if &*outer != "object" => Some(outer),
                    _ => None,
                })?;
                Some(Definition::External(format!("{outside}.{name}").into()))
            }
        }
    }

    /// The class that the value of an expression is an instance of, as far as construction, annotations and `self` tell.
    pub fn class_of(&self, file: FileId, scope: ScopeId, expr: &Expr) -> Option<Class> {
        self.class_of_in(&Walk::new(), file, scope, expr)
    }

    /// The class that an annotation names: `User`, `"User"`, `Optional[User]`, `User | None`, `Annotated[User, ...]`.
    pub fn annotated_class(&self, file: FileId, scope: ScopeId, annotation: &Expr) -> Option<Class> {
        self.annotation_class(&Walk::new(), file, scope, annotation)
    }

    pub(super) fn class_of_in(&self, walk: &Walk, file: FileId, scope: ScopeId, expr: &Expr) -> Option<Class> {
        walk.step(|| match &expr.kind {
            ExprKind::Await(inner) => self.class_of_in(walk, file, scope, inner),
            ExprKind::Walrus(both) => self.class_of_in(walk, file, scope, &both.1),
            ExprKind::Or(both) => {
                self.class_of_in(walk, file, scope, &both.0).or_else(|| self.class_of_in(walk, file, scope, &both.1))
            }
            ExprKind::Call(call) => match self.resolve_in(walk, file, scope, &call.callee)? {
                Definition::Function(file, id) => self.returned_class(walk, file, id),
                // `cls()` in a class method, `settings_class()` of a variable: not known.
                other => Class::of(&other),
            },
            _ => {
                let definition = self.resolve_in(walk, file, scope, expr)?;
                self.class_of_definition(walk, &definition)
            }
        })
    }

    pub(super) fn class_of_definition(&self, walk: &Walk, definition: &Definition) -> Option<Class> {
        walk.step(|| match *definition {
            Definition::Variable(file, id) => {
                let assignment = self.assignment(file, id)?;
                let annotated = assignment
                    .annotation
                    .as_ref()
                    .and_then(|annotation| self.annotation_class(walk, file, assignment.scope, annotation));
                annotated.or_else(|| {
                    let value = assignment.value.as_ref().filter(|value| value.as_name().is_none())?;
                    self.class_of_in(walk, file, assignment.scope, value)
                })
            }
            Definition::Parameter(file, id, place) => {
                let facts = self.facts(file)?;
                let function = facts.function(id);
                let parameter = function.parameters.get(place as usize)?;
                if place == 0
                    && parameter.annotation.is_none()
                    && let ScopeKind::Class(class) = facts.scope(function.parent).kind
                    && !function.decorators.iter().any(|decorator| decorator.as_name() == Some("staticmethod"))
                {
                    return Some(Class::Local(file, class));
                }
                let is_one = !matches!(parameter.kind, ParameterKind::Star | ParameterKind::DoubleStar);
                let annotation = parameter.annotation.as_ref().filter(|_| is_one)?;
                self.annotation_class(walk, file, function.parent, annotation)
            }
            _ => None,
        })
    }

    /// What a function's annotation, or else its only constructed return value, says that it returns.
    fn returned_class(&self, walk: &Walk, file: FileId, id: FunctionId) -> Option<Class> {
        let facts = self.facts(file)?;
        let function = facts.function(id);
        if let Some(returns) = &function.returns {
            return self.annotation_class(walk, file, function.parent, returns);
        }
        let mut returned = Vec::new();
        python::visit_statements(&function.body, &mut |statement| {
            if let StatementKind::Return(Some(value)) = &statement.kind
                && !value.is_none()
            {
                returned.push(value);
            }
        });
        let [only] = returned[..] else { return None };
        walk.step(|| self.class_of_in(walk, file, function.scope, only))
    }

    fn annotation_class(&self, walk: &Walk, file: FileId, scope: ScopeId, annotation: &Expr) -> Option<Class> {
        walk.step(|| match &annotation.kind {
            ExprKind::Subscript(object, index) => match object.last_name()? {
                "Optional" | "Annotated" | "ClassVar" | "Final" | "Awaitable" | "Mapped" | "Iterator"
                | "AsyncIterator" | "Generator" | "AsyncGenerator" | "Iterable" | "AsyncIterable" => {
                    self.annotation_class(walk, file, scope, index.first()?)
                }
                "Union" => index
                    .iter()
                    .find(|item| !item.is_none())
                    .and_then(|item| self.annotation_class(walk, file, scope, item)),
                "Type" | "type" => None,
                _ => self.annotation_class(walk, file, scope, object),
            },
            ExprKind::Binary(_, both) => {
                let part = if both.0.is_none() { &both.1 } else { &both.0 };
                self.annotation_class(walk, file, scope, part)
            }
            ExprKind::Name(_) | ExprKind::Attribute(..) => match self.resolve_in(walk, file, scope, annotation)? {
                // An alias: `CurrentUser = Annotated[User, Depends(..)]`.
                Definition::Variable(file, id) => {
                    let assignment = self.assignment(file, id)?;
                    let value = assignment.value.as_ref()?;
                    matches!(value.kind, ExprKind::Subscript(..) | ExprKind::Binary(..))
                        .then(|| self.annotation_class(walk, file, assignment.scope, value))?
                }
                other => Class::of(&other),
            },
            _ => None,
        })
    }
}
