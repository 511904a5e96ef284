//! How values of other modules are written on the command line.

use crate::config::FailOn;
use crate::findings::{Confidence, Profile, Severity};
use clap::ValueEnum;
use clap::builder::PossibleValue;
use std::path::PathBuf;
use std::str::FromStr;

impl ValueEnum for Severity {
    fn value_variants<'a>() -> &'a [Self] {
        &Self::ALL
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        Some(PossibleValue::new(self.name()))
    }
}

impl ValueEnum for Confidence {
    fn value_variants<'a>() -> &'a [Self] {
        &[Self::Low, Self::Medium, Self::High]
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        Some(PossibleValue::new(self.name()))
    }
}

impl ValueEnum for Profile {
    fn value_variants<'a>() -> &'a [Self] {
        &[Self::Default, Self::Strict, Self::Audit]
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        Some(PossibleValue::new(self.name()).help(match self {
            Self::Default => "what a reviewer would act on",
            Self::Strict => "advice and hardening too",
            Self::Audit => "inventory for a manual audit too",
        }))
    }
}

impl ValueEnum for FailOn {
    fn value_variants<'a>() -> &'a [Self] {
        &[Self::Never, Self::Low, Self::Medium, Self::High, Self::Critical]
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        Some(PossibleValue::new(match self {
            Self::Never => "never",
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
            Self::Critical => "critical",
        }))
    }
}

/// When output is coloured. `Auto`: on a terminal unless NO_COLOR is set, and everywhere when CLICOLOR_FORCE is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub(super) enum ColorChoice {
    #[default]
    Auto,
    Always,
    Never,
}

/// A report format.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Format {
    Text,
    Json,
    Sarif,
    Github,
}

/// A report format and the file that it goes to; none means standard output.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct FormatTarget {
    pub format: Format,
    pub file: Option<PathBuf>,
}

impl FromStr for FormatTarget {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (name, file) = match text.split_once('=') {
            Some((_, "")) => return Err("the name of the file is missing behind `=`".into()),
            Some((name, file)) => (name, Some(PathBuf::from(file))),
            None => (text, None),
        };
        let format = match name {
            "text" => Format::Text,
            "json" => Format::Json,
            "sarif" => Format::Sarif,
            "github" => Format::Github,
            _ => return Err("formats are text, json, sarif and github, each with `=FILE` to write to a file".into()),
        };
        Ok(Self { format, file })
    }
}
