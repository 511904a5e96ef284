//! Secrets that the deployment leaves at their defaults, and secrets that two environments share.

use super::view::{App, Building as _, Reports, View};
use crate::facts::deployment::DeploymentFacts;
use crate::facts::python::{Assignment, Class, Expr, ExprKind, PythonFacts};
use crate::model::deployment::{Deployment, SettingLayer};
use crate::model::modules::Class as ModelClass;
use crate::model::{FileId, Place};
use crate::secrets::is_secret_name;
use std::collections::{BTreeMap, BTreeSet};

pub(super) fn check(view: &View<'_>, reports: &mut Reports) {
    for app in &view.apps {
        defaults(view, app, reports);
    }
    reused(view, reports);
}

/// A default of a settings class for a secret, which nothing in the deployment overrides.
fn defaults(view: &View<'_>, app: &App<'_>, reports: &mut Reports) {
    let modules = app.program.code.modules;
    for (file, facts) in app.program.code.files() {
        for (id, class) in facts.classes() {
            let is_settings = modules.inherits(
                &ModelClass::Local(file, id),
                &[
                    "pydantic_settings.BaseSettings",
                    "pydantic_settings.main.BaseSettings",
                    "pydantic.BaseSettings",
                    "pydantic.v1.BaseSettings",
                ],
            );
            if !is_settings {
                continue;
            }
            let prefix = configured(facts, class, "env_prefix").unwrap_or_default();
            let env_file = configured(facts, class, "env_file");
            for assignment in facts.assignments.iter().filter(|it| it.scope == class.scope) {
                field(view, app, (file, facts, class), assignment, (&prefix, env_file.as_deref()), reports);
            }
        }
    }
}

fn field(
    view: &View<'_>,
    app: &App<'_>,
    (file, facts, class): (FileId, &PythonFacts, &Class),
    assignment: &Assignment,
    (prefix, env_file): (&str, Option<&str>),
    reports: &mut Reports,
) {
    let (Some(name), Some(value)) = (assignment.target.as_name(), &assignment.value) else { return };
    if !is_secret_name(name) {
        return;
    }
    let call = value.as_call().filter(|call| matches!(call.name(), Some("Field" | "SecretStr")));
    let default = match call {
        Some(call) => call.argument(0, "default").or_else(|| call.arguments.first()),
        None => Some(value),
    };
    // `Field(default=SecretStr("x"))`
    let default = default.map(|value| match value.as_call() {
        Some(inner) if inner.name() == Some("SecretStr") => inner.arguments.first().unwrap_or(value),
        _ => value,
    });
    let Some(default) = default.filter(|value| value.as_str().is_some_and(|text| !text.trim().is_empty())) else {
        return;
    };
    // A validator of the class may refuse it.
    let refuses = facts.functions.iter().any(|function| {
        function.parent == class.scope
            && function.decorators.iter().any(|decorator| {
                decorator.any(&|expr| {
                    matches!(
                        expr.last_name(),
                        Some("field_validator" | "validator" | "model_validator" | "root_validator")
                    )
                })
            })
    });
    if refuses {
        return;
    }
    let mut names = vec![format!("{prefix}{name}")];
    if let Some(call) = call {
        for key in ["alias", "validation_alias", "env"] {
            if let Some(alias) = call.keyword(key) {
                alias.walk(&mut |expr| names.extend(expr.as_str().map(str::to_owned)));
            }
        }
    }
    let is_set = |known: &String| names.iter().any(|name| name.eq_ignore_ascii_case(known));
    let service = app.service;
    if service.variables().keys().any(is_set) || service.has_unknown_variables() || has_secret_files(view, app) {
        return;
    }
    // The settings class reads a file of its own, which may be in the image.
    if let Some(env_file) = env_file
        && let Some(sets) = file_in_context(view, app, env_file)
        && sets.iter().any(is_set)
    {
        return;
    }
    let place = Place { file, span: default.span };
    let Some(found) = reports.add("default-secret-deployed", place, app.deployment, &service.name) else { return };
    found.with("name", names[0].to_ascii_uppercase()).via(service.place, "nothing that this service is given sets it");
    for (_, named) in &service.env_files {
        found.via(*named, "this file does not set it");
    }
    for local in ["secrets/secret-default-fallback", "secrets/hardcoded-secret", "secrets/weak-secret"] {
        found.instead_of(local, place);
    }
}

/// Whether the service mounts files of secrets: then the settings may come from there.
fn has_secret_files(view: &View<'_>, app: &App<'_>) -> bool {
    let mounts = app.service.mounts.iter().any(|(_, mount)| {
        mount.target.starts_with("/run/secrets")
            || mount.target.rsplit('/').next().is_some_and(|name| name.contains(".env"))
    });
    let _ = view;
    mounts || app.program.mentions(&["/run/secrets"]).is_some()
}

/// The names that a file of variables in the build context sets.
fn file_in_context(view: &View<'_>, app: &App<'_>, name: &str) -> Option<Vec<String>> {
    let build = app.service.build.as_ref()?;
    let path = if build.context.is_empty() { name.to_owned() } else { format!("{}/{name}", build.context) };
    view.project.files().find(|(_, file)| file.path() == path).and_then(|(_, file)| match &file.deployment {
        Some(DeploymentFacts::Environment(variables)) => {
            Some(variables.iter().map(|variable| variable.name.text.clone()).collect())
        }
        _ => None,
    })
}

/// A text in `model_config = SettingsConfigDict(key="x")` or in `class Config: key = "x"`.
fn configured(facts: &PythonFacts, class: &Class, key: &str) -> Option<String> {
    let by_call = facts
        .assignments
        .iter()
        .filter(|it| it.scope == class.scope && it.target.as_name() == Some("model_config"))
        .find_map(|it| match &it.value.as_ref()?.kind {
            ExprKind::Call(call) => call.keyword(key).and_then(Expr::as_str).map(str::to_owned),
            ExprKind::Dict(pairs) => pairs
                .iter()
                .find(|(name, _)| name.as_ref().and_then(Expr::as_str) == Some(key))
                .and_then(|(_, value)| value.as_str().map(str::to_owned)),
            _ => None,
        });
    by_call.or_else(|| {
        let config = facts.classes.iter().find(|inner| inner.parent == class.scope && &*inner.name == "Config")?;
        let found = facts.assignments.iter().find(|it| it.scope == config.scope && it.target.as_name() == Some(key))?;
        found.value.as_ref()?.as_str().map(str::to_owned)
    })
}

/// The same secret for production and for another environment.
fn reused(view: &View<'_>, reports: &mut Reports) {
    // A file that production reads too is no place of another environment.
    let of_production: BTreeSet<FileId> = view
        .deployments
        .iter()
        .flat_map(|deployment| {
            let settings = deployment.services.iter().flat_map(|service| service.variables().values());
            deployment.files.iter().copied().chain(settings.map(|setting| setting.place.file))
        })
        .collect();
    let mut elsewhere: BTreeMap<(&str, &str), (Place, &Deployment)> = BTreeMap::new();
    for deployment in view.project.deployments().iter().filter(|deployment| !deployment.is_production) {
        for service in &deployment.services {
            for (name, setting) in
                service.variables().iter().filter(|(_, setting)| setting.layer != SettingLayer::Image)
            {
                let is_other = !of_production.contains(&setting.place.file);
                if let Some(value) =
                    setting.known().filter(|value| is_other && is_secret_name(name) && value.len() >= 12)
                {
                    elsewhere.entry((name, value)).or_insert((setting.place, deployment));
                }
            }
        }
    }
    let mut told = BTreeSet::new();
    for deployment in &view.deployments {
        for service in &deployment.services {
            for (name, setting) in service.variables() {
                let Some(value) = setting.known().filter(|value| !value.is_empty()) else { continue };
                // One secret, one finding, however many services are given it.
                if !told.insert(value) {
                    continue;
                }
                let Some((place, other)) = elsewhere.get(&(name.as_str(), value)) else { continue };
                let Some(found) = reports.add("secret-reused", setting.place, deployment, &service.name) else {
                    continue;
                };
                found
                    .with("name", name.clone())
                    .with("other", other.name.clone())
                    .via(*place, "the same value outside of production");
            }
        }
    }
}
