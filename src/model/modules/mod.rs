//! Python names across files: which file a dotted name means, and what is defined there.
//!
//! [`Modules`] answers for one name at a time: [`Modules::resolve`] for an expression as it stands in a scope,
//! [`Modules::qualified`] for a dotted text, [`Modules::member`] for a name of a module. Imports (absolute, relative, star,
//! aliased), re-exports in `__init__`, packages with and without `__init__`, `src` layouts and several roots in one scan
//! are followed; what no file defines is [`Definition::External`] under its qualified name. It stands on facts; it knows
//! no framework.

mod classes;
mod constants;
mod index;
mod outside;
mod resolve;
#[cfg(test)]
pub(crate) mod tests;

pub use classes::{Class, Member};
pub(crate) use constants::returned;
pub(super) use index::ModuleIndex;

use super::{FileId, Place, Project};
use crate::facts::python::{Assignment, AssignmentId, ClassId, FunctionId, PythonFacts, ScopeId};

/// What a name stands for.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Definition {
    /// A module of the project.
    Module(FileId),
    /// A folder that is a package without `__init__`.
    Package(Box<str>),
    /// A function or method.
    Function(FileId, FunctionId),
    /// A class.
    Class(FileId, ClassId),
    /// A variable whose value is no plain name: those are followed.
    Variable(FileId, AssignmentId),
    /// A parameter of a function: its place.
    Parameter(FileId, FunctionId, u32),
    /// One item of what a `for` goes over, in the scope it stands in.
    Item(FileId, ScopeId, u32),
    /// A name that the project does not define: `fastapi.FastAPI`, `os.path.join`; builtins under their bare name.
    External(Box<str>),
}

impl Definition {
    /// The qualified name of something that the project does not define.
    pub fn external(&self) -> Option<&str> {
        match self {
            Self::External(name) => Some(name),
            _ => None,
        }
    }
}

/// Name resolution over the files of a project.
#[derive(Debug, Clone, Copy)]
pub struct Modules<'p> {
    project: &'p Project,
    index: &'p ModuleIndex,
}

impl<'p> Modules<'p> {
    pub(super) fn new(project: &'p Project, index: &'p ModuleIndex) -> Self {
        Self { project, index }
    }

    /// The project.
    pub fn project(&self) -> &'p Project {
        self.project
    }

    /// All Python files, guides and notebooks with their parts, in order of their paths.
    pub fn python_files(&self) -> impl Iterator<Item = (FileId, &'p PythonFacts)> {
        self.project.files().filter_map(|(id, file)| Some((id, file.python.as_deref()?)))
    }

    /// A Python file's facts; `None` for any other file.
    pub fn facts(&self, file: FileId) -> Option<&'p PythonFacts> {
        self.project.file(file).python.as_deref()
    }

    /// A variable's assignment.
    pub fn assignment(&self, file: FileId, id: AssignmentId) -> Option<&'p Assignment> {
        self.facts(file).map(|facts| facts.assignment(id))
    }

    /// Where a definition stands: its name's place.
    pub fn place(&self, definition: &Definition) -> Option<Place> {
        match *definition {
            Definition::Function(file, id) => Some(Place { file, span: self.facts(file)?.function(id).name_span }),
            Definition::Class(file, id) => Some(Place { file, span: self.facts(file)?.class(id).name_span }),
            Definition::Variable(file, id) => Some(Place { file, span: self.assignment(file, id)?.target.span }),
            Definition::Parameter(file, id, place) => {
                let parameter = self.facts(file)?.function(id).parameters.get(place as usize)?;
                Some(Place { file, span: parameter.span })
            }
            _ => None,
        }
    }

    /// The dotted name of a file's module as seen from its root: `app.routers.users`.
    pub fn module_name(&self, file: FileId) -> String {
        self.index.module_name(file)
    }
}
