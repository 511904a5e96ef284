//! Settings: classes that read the environment, and plain reads of it.

use super::code::Code;
use super::types::{Type, Types};
use super::words::words;
use crate::facts::python::{ClassId, ExprKind, ScopeId, StatementKind};
use crate::flow::Constant;
use crate::model::modules::{Class, Modules};
use crate::model::{FileId, Place};

const BASES: &[&str] = &[
    "pydantic_settings.BaseSettings",
    "pydantic_settings.main.BaseSettings",
    "pydantic.BaseSettings",
    "pydantic.v1.BaseSettings",
];

/// A class of settings.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Its file and class.
    pub class: (FileId, ClassId),
    /// Its name.
    pub name: Box<str>,
    /// Where the name stands.
    pub place: Place,
    /// What the names in the environment begin with.
    pub prefix: Box<str>,
    /// Its fields, those of classes above it first.
    pub fields: Vec<Setting>,
}

/// A setting.
#[derive(Debug, Clone)]
pub struct Setting {
    /// Its name in the code; for a plain read that of the variable it goes to, if any.
    pub name: Box<str>,
    /// Its name in the environment.
    pub variable: Box<str>,
    /// Its type.
    pub ty: Type,
    /// Its default as it is written.
    pub default: Option<Code>,
    /// The default's value where it is known.
    pub value: Option<Constant>,
    /// Whether its name or type says that it is secret.
    pub is_secret: bool,
    /// Where its name stands.
    pub place: Place,
}

impl Setting {
    /// Whether the environment must set it.
    pub const fn is_required(&self) -> bool {
        self.default.is_none()
    }
}

/// Whether a setting of this name holds a secret.
fn is_secret(name: &str) -> bool {
    let words = words(name);
    let has = |wanted: &[&str]| words.iter().any(|word| wanted.contains(&word.as_str()));
    let last = words.last().map_or("", String::as_str);
    has(&["secret", "password", "passwd", "token", "credentials", "private", "salt", "pepper", "signing"])
        && !matches!(
            last,
            "url"
                | "minutes"
                | "seconds"
                | "days"
                | "hours"
                | "expire"
                | "expiry"
                | "length"
                | "name"
                | "algorithm"
                | "ttl"
                | "header"
                | "path"
                | "file"
                | "enabled"
                | "lifetime"
        )
        || (last == "key" && has(&["api", "access", "encryption", "jwt", "session", "app", "auth", "master"]))
        || matches!(last, "dsn" | "apikey")
}

/// All classes of settings, in order of their files.
pub(super) fn settings(modules: Modules<'_>) -> Vec<Settings> {
    let mut found = Vec::new();
    for (file, facts) in modules.python_files() {
        for (id, class) in facts.classes() {
            if class.bases.is_empty() || !modules.inherits(&Class::Local(file, id), BASES) {
                continue;
            }
            found.push(Settings {
                class: (file, id),
                name: class.name.clone(),
                place: Place { file, span: class.name_span },
                prefix: prefix(modules, file, id).into(),
                fields: Vec::new(),
            });
        }
    }
    for settings in &mut found {
        let (file, id) = settings.class;
        for class in modules.ancestry(&Class::Local(file, id)).into_iter().rev() {
            let Class::Local(file, id) = class else { continue };
            for setting in fields(modules, file, id, &settings.prefix) {
                settings.fields.retain(|known: &Setting| known.name != setting.name);
                settings.fields.push(setting);
            }
        }
    }
    found
}

/// `model_config = SettingsConfigDict(env_prefix="APP_")`, `class Config: env_prefix = "APP_"`.
fn prefix(modules: Modules<'_>, file: FileId, id: ClassId) -> String {
    let Some(facts) = modules.facts(file) else { return String::new() };
    for statement in &facts.class(id).body {
        match statement.kind {
            StatementKind::Assign(id) => {
                let assignment = facts.assignment(id);
                let Some(value) = &assignment.value else { continue };
                if assignment.target.as_name() == Some("model_config") {
                    let code = Code { file, scope: assignment.scope, expr: value.clone() };
                    if let Some(prefix) = code.keyword(modules, "env_prefix").and_then(|prefix| prefix.string(modules))
                    {
                        return prefix;
                    }
                }
            }
            StatementKind::Class(inner) if &*facts.class(inner).name == "Config" => {
                for binding in facts.bound(facts.class(inner).scope, "env_prefix") {
                    if let crate::facts::python::Bound::Assignment(id) = binding.what
                        && let Some(value) = facts.assignment(id).value.as_ref().and_then(|value| value.as_str())
                    {
                        return value.to_owned();
                    }
                }
            }
            _ => {}
        }
    }
    String::new()
}

fn fields(modules: Modules<'_>, file: FileId, id: ClassId, prefix: &str) -> Vec<Setting> {
    let Some(facts) = modules.facts(file) else { return Vec::new() };
    let mut found = Vec::new();
    for statement in &facts.class(id).body {
        let StatementKind::Assign(id) = statement.kind else { continue };
        let assignment = facts.assignment(id);
        let (Some(name), Some(annotation)) = (assignment.target.as_name(), &assignment.annotation) else { continue };
        if matches!(&annotation.kind, ExprKind::Subscript(object, _) if object.last_name() == Some("ClassVar")) {
            continue;
        }
        let given = assignment.value.as_ref().map(|value| Code { file, scope: assignment.scope, expr: value.clone() });
        let field = given.clone().filter(|given| given.call().is_some_and(|call| call.name() == Some("Field")));
        let (default, variable) = match &field {
            Some(field) => {
                let default = field.argument(0, "default").or_else(|| field.keyword(modules, "default_factory"));
                let alias = ["validation_alias", "alias", "env"]
                    .iter()
                    .find_map(|name| field.keyword(modules, name).and_then(|alias| alias.string(modules)));
                (default.filter(|default| !matches!(default.expr.kind, ExprKind::Ellipsis)), alias)
            }
            None => (given, None),
        };
        let ty = Types(modules).read(file, assignment.scope, annotation);
        let is_typed_secret = annotation.any(&|expr| matches!(expr.last_name(), Some("SecretStr" | "SecretBytes")));
        found.push(Setting {
            name: name.into(),
            variable: variable.unwrap_or_else(|| format!("{prefix}{name}").to_uppercase()).into(),
            ty,
            value: default.as_ref().and_then(|default| default.constant(modules)),
            default,
            is_secret: is_typed_secret || is_secret(name),
            place: Place { file, span: assignment.target.span },
        });
    }
    found
}

/// Plain reads of the environment: `os.getenv("X", default)`, `os.environ["X"]`, `config("X", default=...)`.
pub(super) fn environment(modules: Modules<'_>) -> Vec<Setting> {
    let mut found = Vec::new();
    for (file, facts) in modules.python_files() {
        for assignment in &facts.assignments {
            let (Some(value), Some(target)) = (&assignment.value, assignment.target.last_name()) else { continue };
            let mut add = |expr: &crate::facts::python::Expr| {
                let code = Code { file, scope: assignment.scope, expr: expr.clone() };
                if let Some((variable, default)) = read(modules, file, assignment.scope, expr) {
                    let default = default.map(|default| code.part(&default));
                    found.push(Setting {
                        name: target.into(),
                        is_secret: is_secret(&variable) || is_secret(target),
                        variable: variable.into(),
                        ty: Type::of(super::types::TypeKind::Text),
                        value: default.as_ref().and_then(|default| default.constant(modules)),
                        default,
                        place: Place { file, span: assignment.target.span },
                    });
                }
            };
            let mut reads = Vec::new();
            value.walk(&mut |expr| {
                if matches!(expr.kind, ExprKind::Call(_) | ExprKind::Subscript(..)) {
                    reads.push(expr);
                }
            });
            reads.into_iter().for_each(&mut add);
        }
    }
    found
}

/// The variable that an expression reads, and its default.
fn read(
    modules: Modules<'_>,
    file: FileId,
    scope: ScopeId,
    expr: &crate::facts::python::Expr,
) -> Option<(String, Option<crate::facts::python::Expr>)> {
    match &expr.kind {
        ExprKind::Call(call) => {
            if !matches!(call.name(), Some("getenv" | "get" | "config" | "pop")) {
                return None;
            }
            let callee = modules.external(file, scope, &call.callee)?;
            let is_read = matches!(&*callee, "os.getenv" | "os.environ.get" | "os.environ.pop" | "decouple.config")
                || &*callee == "config" && call.keyword("default").is_some();
            let name = call.argument(0, "key").filter(|_| is_read)?;
            Some((modules.string(file, scope, name)?, call.argument(1, "default").cloned()))
        }
        ExprKind::Subscript(object, index) => {
            let is_environment = modules.external(file, scope, object).as_deref() == Some("os.environ");
            let name = index.first().filter(|_| is_environment)?;
            Some((modules.string(file, scope, name)?, None))
        }
        _ => None,
    }
}
