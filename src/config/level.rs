use crate::findings::Severity;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{self, Deserialize, Deserializer, Visitor};
use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

/// From which severity on findings fail the run (exit code 1). `info` is no threshold: it is inventory.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum FailOn {
    /// Findings never fail the run.
    Never,
    /// The default: whatever the profile reports is meant to be acted on.
    #[default]
    Low,
    Medium,
    High,
    Critical,
}

impl FailOn {
    /// Every spelling, as on the command line.
    pub const NAMES: [&'static str; 5] = ["never", "low", "medium", "high", "critical"];

    /// Whether a finding of this severity fails the run.
    pub fn fails(self, severity: Severity) -> bool {
        match self {
            Self::Never => false,
            Self::Low => severity >= Severity::Low,
            Self::Medium => severity >= Severity::Medium,
            Self::High => severity >= Severity::High,
            Self::Critical => severity >= Severity::Critical,
        }
    }
}

impl FromStr for FailOn {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Ok(match text {
            "never" => Self::Never,
            "low" => Self::Low,
            "medium" => Self::Medium,
            "high" => Self::High,
            "critical" => Self::Critical,
            _ => return Err(format!("`{text}` is no threshold: write {}", Self::NAMES.join(", "))),
        })
    }
}

/// What the configuration says about a rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RuleLevel {
    /// The rule does not report.
    Off,
    /// The rule reports with its own severity, whatever the profile.
    On,
    /// The rule reports with this severity.
    Severity(Severity),
}

impl RuleLevel {
    const NAMES: [&'static str; 7] = ["off", "on", "info", "low", "medium", "high", "critical"];
}

impl FromStr for RuleLevel {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "off" => Ok(Self::Off),
            "on" => Ok(Self::On),
            _ => Severity::ALL
                .into_iter()
                .find(|severity| severity.name() == text)
                .map(Self::Severity)
                .ok_or_else(|| format!("`{text}` is neither a severity nor `off` or `on`")),
        }
    }
}

impl<'de> Deserialize<'de> for RuleLevel {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct LevelVisitor;
        impl Visitor<'_> for LevelVisitor {
            type Value = RuleLevel;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "one of {}", RuleLevel::NAMES.join(", "))
            }

            fn visit_str<E: de::Error>(self, value: &str) -> Result<RuleLevel, E> {
                value.parse().map_err(|_| E::unknown_variant(value, &RuleLevel::NAMES))
            }

            fn visit_bool<E: de::Error>(self, value: bool) -> Result<RuleLevel, E> {
                Ok(if value { RuleLevel::On } else { RuleLevel::Off })
            }
        }
        deserializer.deserialize_any(LevelVisitor)
    }
}

impl JsonSchema for RuleLevel {
    fn schema_name() -> Cow<'static, str> {
        "RuleLevel".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "`off`, `on` (with the rule's own severity), or a severity.",
            "enum": ["off", "on", "info", "low", "medium", "high", "critical", true, false]
        })
    }
}
