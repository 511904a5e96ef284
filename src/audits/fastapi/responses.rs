//! What answers give away.

use super::super::project::{ProjectAudit, ProjectMatch};
use super::{PYTHON, at_route, has_any, words_of};
use crate::facts::python::{ClassId, ExprKind, StatementKind, visit_statements};
use crate::model::fastapi::{Route, RouteKind, TypeKind, Types, fields, words};
use crate::model::modules::{Class, Definition};
use crate::model::{FileId, Place, Project};

/// Response models with secret fields, and records with secret columns that are returned whole (`record`).
pub(in super::super) const SENSITIVE_RESPONSE_FIELD: ProjectAudit =
    ProjectAudit { name: "fastapi-sensitive-response-field", kinds: PYTHON, variants: &["record"], run };

/// How deep models in models are read.
const DEPTH: usize = 3;

fn run(project: &Project) -> Vec<ProjectMatch> {
    let mut found = Vec::new();
    let routes = project.fastapi().routes.iter();
    for route in routes.filter(|route| !route.is_test && route.kind == RouteKind::Api && !hands_out_secrets(route)) {
        let mut one = match &route.response_model {
            Some(model) => {
                let class = Types(project.modules()).read(model.file, model.scope, &model.expr).class();
                let Some((name, place)) = class.and_then(|class| secret_field(project, class, DEPTH)) else { continue };
                let mut one = at_route(route);
                one.place = model.place();
                one.captures.push(("field".to_owned(), name));
                one.captures.push(("model".to_owned(), model.text(project.modules()).to_owned()));
                one.related.push((place, "the field".to_owned()));
                one
            }
            None => {
                let Some((place, name, column)) = returned_record(project, route) else { continue };
                let mut one = at_route(route);
                one.place = place;
                one.captures.push(("field".to_owned(), name));
                one.related.push((column, "the column".to_owned()));
                one.variant = Some("record");
                one
            }
        };
        one.captures.retain(|(_, value)| value.len() < 200);
        found.push(one);
    }
    found
}

/// Routes whose purpose is to hand out a secret once: tokens, new keys.
fn hands_out_secrets(route: &Route) -> bool {
    let words = words_of(route);
    has_any(
        &words,
        &[
            "login",
            "token",
            "tokens",
            "refresh",
            "signin",
            "auth",
            "key",
            "keys",
            "apikey",
            "apikeys",
            "credentials",
            "secret",
            "secrets",
            "otp",
            "totp",
            "mfa",
            "2fa",
            "oauth",
            "oauth2",
            "rotate",
            "session",
            "webhook",
        ],
    )
}

fn is_secret(name: &str) -> bool {
    let words = words::words(name);
    let has = |word: &str| words.iter().any(|own| own == word);
    let about = has("has") || has("is") || has("set") || has("changed") || has("expires") || has("reset") || has("url");
    let hint = has("hint") || has("policy") || has("length") || has("count") || has("id") || has("at") || has("type");
    let secret = has("password")
        || has("passwd")
        || has("pwd")
        || (has("hashed") && has("pw"))
        || (has("secret") && !has("secretary"))
        || has("salt")
        || has("ssn")
        || has("cvv")
        || (has("private") && has("key"))
        || (has("api") && has("key"))
        || has("apikey")
        || (has("totp") && words.len() > 1)
        || (has("reset") && has("token"));
    secret && (!about || (has("reset") && has("token"))) && !hint
}

/// The first secret field that a model shows, with where it is.
fn secret_field(project: &Project, class: (FileId, ClassId), depth: usize) -> Option<(String, Place)> {
    let text = project.file(class.0).source.text();
    for field in fields(project.modules(), class.0, class.1) {
        // `Field(exclude=True)` on the line, and types that show themselves as stars.
        let rest = project.file(field.place.file).source.text();
        let rest = rest.get(field.place.span.start as usize..).unwrap_or(text);
        let line = rest.split('\n').next().unwrap_or_default();
        let is_hidden = line.contains("exclude=True") || line.contains("SecretStr") || line.contains("PrivateAttr");
        if is_secret(&field.name) && !is_hidden {
            return Some((field.name.to_string(), field.place));
        }
        if let (Some(inner), Some(depth), false) = (field.ty.class(), depth.checked_sub(1), is_hidden)
            && inner != class
            && !matches!(field.ty.kind, TypeKind::Enumeration(..))
            && let Some(found) = secret_field(project, inner, depth)
        {
            return Some(found);
        }
    }
    None
}

/// A record with a secret column that a handler returns as it came from the database: where, which column, its place.
fn returned_record(project: &Project, route: &Route) -> Option<(Place, String, Place)> {
    let modules = project.modules();
    let (file, id) = route.function()?;
    let facts = modules.facts(file)?;
    let function = facts.function(id);
    // An annotation of the result would be the response model; `-> Any` and such say nothing.
    let mut records: Vec<(&str, (FileId, ClassId))> = Vec::new();
    let mut found = None;
    visit_statements(&function.body, &mut |statement| match &statement.kind {
        StatementKind::Assign(assigned) => {
            let assignment = facts.assignment(*assigned);
            let (Some(name), Some(value)) = (assignment.target.as_name(), &assignment.value) else { return };
            records.retain(|(known, _)| *known != name);
            if let Some(class) = queried_class(project, file, function.scope, value) {
                records.push((name, class));
            }
        }
        StatementKind::Return(Some(value)) if found.is_none() => {
            let class = match value.as_name() {
                Some(name) => records.iter().find(|(known, _)| *known == name).map(|&(_, class)| class),
                None => queried_class(project, file, function.scope, value),
            };
            if let Some((name, place)) = class.and_then(|class| secret_column(project, class)) {
                found = Some((Place { file, span: value.span }, name, place));
            }
        }
        _ => {}
    });
    found
}

/// The class of the records that a query gives: `db.query(User)...first()`, `db.get(User, id)`, `select(User)`.
fn queried_class(
    project: &Project,
    file: FileId,
    scope: crate::facts::python::ScopeId,
    value: &crate::facts::python::Expr,
) -> Option<(FileId, ClassId)> {
    let call = value.as_awaited_call()?;
    // What is taken out of records, counted or made another thing is no record.
    if matches!(call.name(), Some("count" | "exists" | "scalar" | "delete" | "update" | "model_validate" | "from_orm"))
    {
        return None;
    }
    let mut found = None;
    value.walk(&mut |part| {
        let ExprKind::Call(inner) = &part.kind else { return };
        if found.is_some() || !matches!(inner.name(), Some("query" | "get" | "select")) {
            return;
        }
        let Some(first) = inner.arguments.first() else { return };
        if let Some(Definition::Class(file, id)) = project.modules().resolve(file, scope, first) {
            found = Some((file, id));
        }
    });
    found
}

/// A secret column of a mapped class.
fn secret_column(project: &Project, class: (FileId, ClassId)) -> Option<(String, Place)> {
    let modules = project.modules();
    let facts = modules.facts(class.0)?;
    let scope = modules.class(class.0, class.1)?.scope;
    let is_mapped = modules.ancestry(&Class::Local(class.0, class.1)).iter().any(|above| match above {
        Class::External(name) => {
            let last = name.rsplit('.').next().unwrap_or(name);
            matches!(last, "Base" | "DeclarativeBase" | "SQLModel" | "Model" | "Document" | "declarative_base")
        }
        Class::Local(file, id) => modules.class(*file, *id).is_some_and(|class| {
            class.keywords.iter().any(|keyword| &*keyword.name == "table") || &*class.name == "Base"
        }),
    });
    if !is_mapped {
        return None;
    }
    facts.assignments.iter().find_map(|assignment| {
        let name = assignment.target.as_name().filter(|_| assignment.scope == scope)?;
        is_secret(name).then(|| (name.to_owned(), Place { file: class.0, span: assignment.target.span }))
    })
}
