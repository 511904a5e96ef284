use super::{ByteSize, FailOn, RuleLevel};
use crate::findings::{Confidence, Profile, Severity};
use schemars::JsonSchema;
use serde::Deserialize;
use std::collections::BTreeMap;
use toml::Spanned;

/// What `bartizan.toml`, or `[tool.bartizan]` in `pyproject.toml`, may say.
///
/// All paths and globs are relative to the file in which they stand. Globs are written as in `.gitignore`.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
#[schemars(title = "bartizan configuration")]
pub struct ConfigFile {
    /// Other configuration files that this one builds on; what stands here wins. Paths, never URLs.
    #[serde(deserialize_with = "one_or_many")]
    #[schemars(with = "OneOrMany")]
    pub extends: Vec<Spanned<String>>,
    /// Only files that match one of these are scanned. Empty: every file of a known kind.
    #[schemars(with = "Vec<String>")]
    pub include: Vec<Spanned<String>>,
    /// Files and folders that are not scanned, beside those that git ignores.
    #[schemars(with = "Vec<String>")]
    pub exclude: Vec<Spanned<String>>,
    /// Which rules report: `default` what a reviewer would act on, `strict` advice and hardening too, `audit` inventory
    /// for a manual audit too.
    pub profile: Option<Profile>,
    /// From which severity on findings fail the run (exit code 1). `low` when nothing is said.
    pub fail_on: Option<FailOn>,
    /// Findings below this severity are not reported.
    pub min_severity: Option<Severity>,
    /// Findings of rules that are less sure than this are not reported.
    pub min_confidence: Option<Confidence>,
    /// Larger files are not read, but named in the report. `2MiB` when nothing is said.
    pub max_file_size: Option<ByteSize>,
    /// Whether fenced code in Markdown files is scanned when its folder was not named on the command line.
    pub docs: Option<bool>,
    /// Whether rules that leave test code alone read it too.
    pub include_tests: Option<bool>,
    /// Files and folders with further rules.
    #[schemars(with = "Vec<String>")]
    pub rule_paths: Vec<Spanned<String>>,
    /// Levels by rule: a rule id, a check class, a pack (`python` or `python/*`) or a glob over ids. The narrowest
    /// selector decides. `on` turns rules on in every profile, and so does a severity for the id of one rule.
    #[schemars(with = "BTreeMap<String, RuleSetting>")]
    pub rules: BTreeMap<Spanned<String>, RuleSetting>,
    /// Levels for some paths only; later ones win.
    pub overrides: Vec<OverrideTable>,
    /// How comments that suppress findings are treated.
    pub suppressions: SuppressionTable,
}

/// What one entry of `rules` says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, JsonSchema)]
#[schemars(untagged)]
pub enum RuleSetting {
    /// `"python/weak-hash" = "low"`.
    Level(RuleLevel),
    /// `[rules."python/weak-hash"]` with `severity = "low"`.
    Table {
        /// The level.
        severity: RuleLevel,
    },
}

impl RuleSetting {
    /// The level, however it was written.
    pub const fn level(self) -> RuleLevel {
        match self {
            Self::Level(level) | Self::Table { severity: level } => level,
        }
    }
}

impl<'de> Deserialize<'de> for RuleSetting {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Table {
            severity: RuleLevel,
        }
        struct SettingVisitor;
        impl<'de> serde::de::Visitor<'de> for SettingVisitor {
            type Value = RuleSetting;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("a level (\"off\", \"on\" or a severity) or a table with `severity`")
            }

            fn visit_str<E: serde::de::Error>(self, value: &str) -> Result<RuleSetting, E> {
                RuleLevel::deserialize(serde::de::value::StrDeserializer::new(value)).map(RuleSetting::Level)
            }

            fn visit_bool<E: serde::de::Error>(self, value: bool) -> Result<RuleSetting, E> {
                Ok(RuleSetting::Level(if value { RuleLevel::On } else { RuleLevel::Off }))
            }

            fn visit_map<A: serde::de::MapAccess<'de>>(self, map: A) -> Result<RuleSetting, A::Error> {
                let table = Table::deserialize(serde::de::value::MapAccessDeserializer::new(map))?;
                Ok(RuleSetting::Table { severity: table.severity })
            }
        }
        deserializer.deserialize_any(SettingVisitor)
    }
}

/// Levels for some paths only.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct OverrideTable {
    /// Globs over paths, relative to this file.
    #[schemars(with = "Vec<String>")]
    pub paths: Vec<Spanned<String>>,
    /// Levels by rule selector, as in the top-level `rules`.
    #[schemars(with = "BTreeMap<String, RuleSetting>")]
    pub rules: BTreeMap<Spanned<String>, RuleSetting>,
}

/// How comments that suppress findings are treated.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct SuppressionTable {
    /// Whether `bartizan: ignore[...]` must be followed by a reason; one without suppresses nothing.
    pub require_reason: Option<bool>,
    /// Other tools' comments that suppress findings here too.
    #[serde(alias = "honor")]
    pub honour: Option<Vec<ForeignSuppression>>,
}

/// Another tool's suppression comment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum ForeignSuppression {
    /// bandit's `# nosec`: every finding on the line.
    Nosec,
    /// flake8's and ruff's `# noqa: S105` (an `S` code is needed): every finding on the line.
    Noqa,
    /// Semgrep's `# nosemgrep` or `# nosemgrep: rule-id`, on the line or the line above.
    Nosemgrep,
}

/// For the schema: a string or a list of strings.
#[derive(JsonSchema)]
#[schemars(untagged)]
#[expect(dead_code, reason = "only its schema is used")]
enum OneOrMany {
    One(String),
    Many(Vec<String>),
}

fn one_or_many<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Vec<Spanned<String>>, D::Error> {
    struct PathsVisitor;
    impl<'de> serde::de::Visitor<'de> for PathsVisitor {
        type Value = Vec<String>;

        fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            f.write_str("a path or a list of paths")
        }

        fn visit_str<E: serde::de::Error>(self, value: &str) -> Result<Vec<String>, E> {
            Ok(vec![value.to_owned()])
        }

        fn visit_seq<A: serde::de::SeqAccess<'de>>(self, mut seq: A) -> Result<Vec<String>, A::Error> {
            let mut paths = Vec::new();
            while let Some(path) = seq.next_element()? {
                paths.push(path);
            }
            Ok(paths)
        }
    }
    /// The span of the whole value is precise enough: one path is the rule.
    struct Paths(Vec<String>);
    impl<'de> Deserialize<'de> for Paths {
        fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
            deserializer.deserialize_any(PathsVisitor).map(Self)
        }
    }
    let paths = Spanned::<Paths>::deserialize(deserializer)?;
    let range = paths.span();
    Ok(paths.into_inner().0.into_iter().map(|path| Spanned::new(range.clone(), path)).collect())
}
