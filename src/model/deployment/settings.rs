//! The environment variables of a service, from all layers.

use super::paths::{Paths, folder_of, join};
use crate::facts::deployment::{DeploymentFacts, Variable, VariableValue};
use crate::model::{FileId, Place, Project};
use crate::query::values::hole::{self, Notation};
use std::collections::BTreeMap;

/// What a variable is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SettingValue {
    /// Exactly this.
    Known(String),
    /// From a store of secrets.
    Secret,
    /// Only the running system knows.
    Unknown,
}

/// Which layer sets a variable, the weakest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum SettingLayer {
    /// `ENV` of the image.
    Image,
    /// A file of variables.
    EnvFile,
    /// A `ConfigMap` or Secret as a whole.
    EnvFrom,
    /// The service's own list.
    Service,
    /// In front of the command itself.
    Command,
}

/// A variable as it takes effect.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Setting {
    /// Its value.
    pub value: SettingValue,
    /// Where the value stands.
    pub place: Place,
    /// Which layer.
    pub layer: SettingLayer,
}

impl Setting {
    /// The value, where it is known.
    pub fn known(&self) -> Option<&str> {
        match &self.value {
            SettingValue::Known(text) => Some(text),
            _ => None,
        }
    }
}

/// The variables of a service.
#[derive(Debug, Clone, Default)]
pub(super) struct Settings {
    pub all: BTreeMap<String, Setting>,
    /// Whether there are variables that no file shows.
    pub has_unknown: bool,
}

impl Settings {
    /// Adds variables of a layer; they win over what is there. `lookup` resolves references.
    pub fn add(
        &mut self,
        file: FileId,
        variables: &[Variable],
        layer: SettingLayer,
        lookup: &dyn Fn(&str) -> Option<String>,
    ) {
        for variable in variables {
            let value = match &variable.value {
                VariableValue::Written(word) => written(&word.text, lookup),
                VariableValue::Caller => match lookup(&variable.name.text) {
                    Some(value) => SettingValue::Known(value),
                    None => SettingValue::Unknown,
                },
                VariableValue::Secret { .. } => SettingValue::Secret,
                VariableValue::ConfigMap { .. } | VariableValue::Elsewhere => SettingValue::Unknown,
            };
            let place = Place { file, span: variable.span() };
            self.all.insert(variable.name.text.clone(), Setting { value, place, layer });
        }
    }

    /// Adds the variables of a dotenv file; one that is not in the project leaves the service with unknown variables.
    pub fn add_file(&mut self, project: &Project, paths: &Paths, including: FileId, written: &str) -> bool {
        let path = join(folder_of(project.file(including).path()), written);
        let found = paths.file(&path).filter(|_| !hole::has(written));
        let facts = found.and_then(|file| Some((file, project.file(file).deployment.as_ref()?)));
        let Some((file, DeploymentFacts::Environment(variables))) = facts else {
            self.has_unknown = true;
            return false;
        };
        let known: BTreeMap<String, String> = values(variables);
        self.add(file, variables, SettingLayer::EnvFile, &|name| known.get(name).cloned());
        true
    }
}

fn written(text: &str, lookup: &dyn Fn(&str) -> Option<String>) -> SettingValue {
    let expanded = hole::expand(text, Notation::Shell, lookup);
    if hole::has(&expanded) { SettingValue::Unknown } else { SettingValue::Known(expanded) }
}

/// Variables with written values, as a shell that reads the file in order has them.
pub(super) fn values(variables: &[Variable]) -> BTreeMap<String, String> {
    let mut known = BTreeMap::new();
    for variable in variables {
        if let VariableValue::Written(word) = &variable.value
            && let SettingValue::Known(value) = written(&word.text, &|name| known.get(name).cloned())
        {
            known.insert(variable.name.text.clone(), value);
        }
    }
    known
}
