//! From a server's command to the application object that it serves.

use super::image::dockerfile_of;
use super::paths::{Paths, clean, folder_of, is_below, join};
use super::{BrokenJoint, Deployment, Service};
use crate::facts::python::{Expr, PythonFacts, ScopeId};
use crate::model::{FileId, Place, Project};
use crate::query::values::hole;

/// The application that a server serves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Application {
    /// The module's file.
    pub file: FileId,
    /// The object's name in it: a variable, or a function that makes it.
    pub object: String,
    /// Where it is defined.
    pub place: Place,
    /// What names it: `app.main:app` in the command.
    pub named: Place,
}

/// Finds the applications of a deployment's services.
pub(super) fn link(project: &Project, paths: &Paths, deployment: &mut Deployment) {
    for service in &mut deployment.services {
        let Some(server) = &service.server else { continue };
        let Some(named) = server.app() else {
            deployment.broken.push(BrokenJoint {
                place: server.place(),
                wanted: format!("the application of `{}`", service.name),
                reason: "the command names none".into(),
            });
            continue;
        };
        let (text, place) = (named.value.to_owned(), named.place);
        match find(project, paths, service, &text, place) {
            Ok(application) => service.application = Some(application),
            Err(reason) => {
                deployment.broken.push(BrokenJoint { place, wanted: format!("the application `{text}`"), reason });
            }
        }
    }
}

fn is_python_file(path: &str) -> bool {
    path.rsplit_once('.').is_some_and(|(_, extension)| extension == "py")
}

fn find(project: &Project, paths: &Paths, service: &Service, text: &str, named: Place) -> Result<Application, String> {
    if hole::has(text) || text.contains('$') {
        return Err("a variable decides which one it is".into());
    }
    let (module, object) = match text.split_once(':') {
        Some((module, object)) => (module, object),
        // `fastapi run app/main.py`, `gunicorn wsgi`
        None => (text, ""),
    };
    let file = if module.is_empty() {
        named.file
    } else {
        let stem = if is_python_file(module) || module.contains('/') {
            clean(module.trim_end_matches(".py"))
        } else {
            module.replace('.', "/")
        };
        module_file(project, paths, service, &stem, named.file)?
    };
    let Some(python) = project.file(file).python.as_deref() else {
        return Err("its module could not be read".into());
    };
    let object = object.split(['(', '.']).next().unwrap_or("");
    let (object, span) = match object {
        "" => default_object(python).ok_or("its module has no application object")?,
        _ => (object.to_owned(), defined(python, object).ok_or_else(|| format!("its module defines no `{object}`"))?),
    };
    Ok(Application { file, object, place: Place { file, span }, named })
}

/// The file of a module, given as a path without ending: below the folder that the server starts in.
fn module_file(
    project: &Project,
    paths: &Paths,
    service: &Service,
    stem: &str,
    beside: FileId,
) -> Result<FileId, String> {
    let last = stem.rsplit('/').next().unwrap_or(stem);
    let fits = |path: &str| {
        let path = path.strip_suffix(".py").unwrap_or(path);
        let path = path.strip_suffix("/__init__").unwrap_or(path);
        path == stem || path.strip_suffix(stem).is_some_and(|rest| rest.ends_with('/'))
    };
    let candidates: Vec<(String, FileId)> = paths
        .modules(last)
        .iter()
        .map(|&file| (clean(project.file(file).path()), file))
        .filter(|(path, _)| fits(path))
        .collect();
    let mut folders = Vec::new();
    if let Some(build) = &service.build {
        folders.push(build.context.clone());
        if let Some(dockerfile) = dockerfile_of(project, build.file) {
            for copy in dockerfile.chain(build.stage).flat_map(|stage| &stage.copies).filter(|copy| copy.from.is_none())
            {
                folders.extend(copy.sources.iter().map(|source| join(&build.context, &source.text)));
            }
        }
    }
    let app_dir =
        service.server.as_ref().and_then(|server| server.option("app-dir").or_else(|| server.option("chdir")));
    if let Some(value) = app_dir.as_ref().and_then(|option| option.value.value.as_ref()) {
        let bases: Vec<String> = folders.clone();
        folders.extend(bases.iter().map(|base| join(base, value.text.trim_start_matches('/'))));
    }
    folders.push(folder_of(project.file(beside).path()).to_owned());
    folders.push(String::new());
    for folder in &folders {
        for layout in ["", "src"] {
            let base = join(folder, layout);
            let path = join(&base, stem);
            let exact = [format!("{path}.py"), format!("{path}/__init__.py")];
            if let Some(file) = exact.iter().find_map(|path| paths.file(path)) {
                return Ok(file);
            }
        }
    }
    for folder in &folders {
        let below: Vec<FileId> =
            candidates.iter().filter(|(path, _)| is_below(path, folder)).map(|(_, file)| *file).collect();
        match below[..] {
            [only] => return Ok(only),
            [] => {}
            _ => return Err("several scanned files could be its module".into()),
        }
    }
    Err("no scanned file is its module".into())
}

/// Where a module defines a name at its top.
fn defined(python: &PythonFacts, name: &str) -> Option<crate::source::Span> {
    let assigned = python
        .assignments
        .iter()
        .rev()
        .find(|assignment| assignment.scope == ScopeId::MODULE && assignment.target.as_name() == Some(name))
        .map(|assignment| assignment.target.span);
    let function = || {
        python
            .functions
            .iter()
            .find(|function| function.parent == ScopeId::MODULE && &*function.name == name)
            .map(|it| it.name_span)
    };
    let imported = || {
        python
            .imports
            .iter()
            .find(|import| import.scope == ScopeId::MODULE && import.alias.as_deref().unwrap_or(&import.name) == name)
            .map(|import| import.span)
    };
    assigned.or_else(function).or_else(imported)
}

/// The object that `fastapi run` and `gunicorn module` take when none is named.
fn default_object(python: &PythonFacts) -> Option<(String, crate::source::Span)> {
    for name in ["app", "api", "application"] {
        if let Some(span) = defined(python, name) {
            return Some((name.to_owned(), span));
        }
    }
    python.assignments.iter().find_map(|assignment| {
        let makes = assignment.value.as_ref().and_then(Expr::as_call).and_then(|call| call.name()) == Some("FastAPI");
        let name = assignment.target.as_name().filter(|_| makes && assignment.scope == ScopeId::MODULE)?;
        Some((name.to_owned(), assignment.target.span))
    })
}
