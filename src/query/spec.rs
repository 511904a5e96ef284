//! What a rule says under `config:`; the doc comments here are the JSON schema's descriptions.

use super::one_or_many::OneOrMany;
use super::value_spec::{NumberRange, ValueSpec};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A query over a configuration file: which places it selects, what must hold there, and what it reports.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct ConfigSpec {
    /// The places to look at: a path from the top of each document, or several (`services.*.privileged`).
    pub select: OneOrMany<String>,
    /// What the selected value must be.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<ValueSpec>,
    /// What else must hold, relative to the selected place: one condition, or a list that must hold together.
    #[serde(default, rename = "where", skip_serializing_if = "Option::is_none")]
    pub conditions: Option<OneOrMany<ConditionSpec>>,
    /// Which part of the selected place the finding points at; left out: the value of a scalar, else the key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub report: Option<Report>,
    /// Points the finding at another place: a path relative to the selected one; the first that exists.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub report_at: Option<OneOrMany<String>>,
    /// Values for the message: name to a path relative to the selected place. `{key}` and `{value}` of the selected
    /// place, and the names of `<name>` steps, are there without being listed.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub captures: BTreeMap<String, OneOrMany<String>>,
    /// Other places that the finding shows.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub related: Vec<RelatedSpec>,
    /// Whether values that are not in the file (`${VAR}` without default, `{{ template }}`) match or not.
    #[serde(default, skip_serializing_if = "Unknown::is_skip")]
    pub unknown: Unknown,
}

/// A place that a finding shows beside its own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct RelatedSpec {
    /// Path relative to the selected place.
    pub path: String,
    /// One sentence; may use the captures.
    pub message: String,
}

/// Which part of a place a finding points at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Report {
    /// The key, the directive's or the instruction's name.
    Key,
    /// The value, or the arguments of a directive.
    Value,
    /// Key and value together.
    Node,
    /// The value of the place's `name` key where it has one (Kubernetes containers), else the key.
    Name,
}

/// What to do where a value is not in the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Unknown {
    /// Say nothing.
    #[default]
    Skip,
    /// Report.
    Match,
}

impl Unknown {
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands a reference in")]
    const fn is_skip(&self) -> bool {
        matches!(self, Self::Skip)
    }
}

/// A condition; all its keys must hold together.
///
/// `has`, `lacks` and `every` look at places relative to the current one; `value`, `where` and `count` beside them speak
/// about those places. Without one of the three, `value` and `where` speak about the current place itself.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct ConditionSpec {
    /// At least one place at this path (at one of these paths) exists and satisfies `value` and `where`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub has: Option<OneOrMany<String>>,
    /// No place at this path (at any of these paths) exists that satisfies `value` and `where`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lacks: Option<OneOrMany<String>>,
    /// There are places at this path, and all of them satisfy `value` and `where`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub every: Option<OneOrMany<String>>,
    /// What the value must be.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<ValueSpec>,
    /// Conditions on the places of `has`, `lacks` or `every`, relative to them.
    #[serde(default, rename = "where", skip_serializing_if = "Option::is_none")]
    pub conditions: Option<Box<OneOrMany<ConditionSpec>>>,
    /// With `has`: how many places must satisfy (left out: at least one).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub count: Option<NumberRange>,
    /// At least one of these conditions holds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub any: Option<Vec<ConditionSpec>>,
    /// All of these conditions hold.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub all: Option<Vec<ConditionSpec>>,
    /// This condition does not hold (one, or a list that does not hold together).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub not: Option<Box<OneOrMany<ConditionSpec>>>,
    /// The current place is (is not) the first of its name in its parent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first: Option<bool>,
    /// The current place is (is not) the last of its name in its parent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last: Option<bool>,
    /// The current place has an enclosing place of one of these names, at any distance.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub inside: Option<OneOrMany<String>>,
    /// The current place's own name (key, directive) is one of these.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<OneOrMany<String>>,
    /// What the file must be.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<FileSpec>,
}

/// A condition on the file; all its keys must hold together.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct FileSpec {
    /// The file's name (last component) matches one of these wildcards, in any case.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<OneOrMany<String>>,
    /// The path matches one of these wildcards, in any case (`*` crosses folders).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path: Option<OneOrMany<String>>,
    /// The file's name or a folder says that it is for development or tests: a part of it is `dev`, `local`, `test`,
    /// `override`, `ci`, `debug` or alike. So does a compose service all of whose `profiles` are called so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub development: Option<bool>,
    /// The file is of one of these kinds (`compose`, `kubernetes`, `helm-values`, ...).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<OneOrMany<String>>,
}
