use super::file::{ConfigFile, RuleSetting};
use super::settings::{Override, PathGlob, RuleLevels, Settings};
use super::{ConfigError, Found, RuleLevel, RuleSelector};
use crate::suggest;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use toml::Spanned;

/// A configuration file larger than this is none.
pub(super) const MAX_CONFIG_BYTES: u64 = 1 << 20;
/// More files in an `extends` chain are a mistake or an attack.
const MAX_EXTENDS: usize = 16;

/// Loads a configuration file that was found; it can only refer to files inside its repository.
pub fn load(found: &Found) -> Result<Settings, ConfigError> {
    Loader { boundary: Some(&found.boundary), open: Vec::new() }.load(&found.path, Settings::default())
}

/// Loads a configuration file that the user named; it can refer to any file.
pub fn load_named(path: &Path) -> Result<Settings, ConfigError> {
    let path = path.canonicalize().map_err(|error| ConfigError::file(path, error.to_string()))?;
    Loader { boundary: None, open: Vec::new() }.load(&path, Settings::default())
}

struct Loader<'a> {
    /// Nothing outside is read; `None` for files that the user vouches for.
    boundary: Option<&'a Path>,
    /// The files of the `extends` chain that are being read.
    open: Vec<PathBuf>,
}

/// One file's text with its path, for errors that point into it.
struct Place<'a> {
    path: &'a Path,
    text: &'a str,
}

impl Place<'_> {
    fn error<T>(&self, at: &Spanned<T>, message: impl AsRef<str>) -> ConfigError {
        ConfigError::at(self.path, self.text, at.span(), message)
    }

    fn folder(&self) -> &Path {
        self.path.parent().unwrap_or(self.path)
    }
}

impl Loader<'_> {
    /// `path` is canonical. `base` is what holds where the file says nothing.
    fn load(&mut self, path: &Path, base: Settings) -> Result<Settings, ConfigError> {
        let text = read_limited(path, MAX_CONFIG_BYTES).map_err(|reason| ConfigError::file(path, reason))?;
        let place = Place { path, text: &text };
        let file = parse(&place)?;
        let mut settings = base;
        self.open.push(path.to_owned());
        for extended in &file.extends {
            let target = self.resolve(&place, extended)?;
            if self.open.contains(&target) || self.open.len() >= MAX_EXTENDS {
                return Err(place.error(extended, "`extends` leads back to this file, or on without end"));
            }
            settings = self.load(&target, settings)?;
        }
        self.open.pop();
        self.apply(&place, file, &mut settings)?;
        settings.path = Some(path.to_owned());
        Ok(settings)
    }

    fn apply(&self, place: &Place<'_>, file: ConfigFile, settings: &mut Settings) -> Result<(), ConfigError> {
        if !file.include.is_empty() {
            settings.include.push(globs(place, &file.include)?);
        }
        if !file.exclude.is_empty() {
            settings.exclude.push(globs(place, &file.exclude)?);
        }
        set(&mut settings.profile, file.profile);
        set(&mut settings.fail_on, file.fail_on);
        set(&mut settings.min_severity, file.min_severity);
        set(&mut settings.min_confidence, file.min_confidence);
        set(&mut settings.max_file_size, file.max_file_size.map(|size| size.0));
        set(&mut settings.docs, file.docs);
        set(&mut settings.include_tests, file.include_tests);
        set(&mut settings.suppressions.require_reason, file.suppressions.require_reason);
        set(&mut settings.suppressions.honoured, file.suppressions.honour);
        for path in &file.rule_paths {
            settings.rule_paths.push(self.resolve(place, path)?);
        }
        settings.levels.push(layer(place, &file.rules)?);
        for table in &file.overrides {
            let mut levels = RuleLevels::default();
            levels.push(layer(place, &table.rules)?);
            settings.overrides.push(Override { paths: globs(place, &table.paths)?, levels });
        }
        Ok(())
    }

    /// A path in a configuration file as a canonical path that may be read.
    fn resolve(&self, place: &Place<'_>, path: &Spanned<String>) -> Result<PathBuf, ConfigError> {
        let written = path.get_ref();
        if written.contains("://") {
            return Err(place.error(path, format!("`{written}` is a URL: only files are read")));
        }
        let outside = || {
            place.error(path, format!("`{written}` lies outside the repository")).with_help(Some(
                "a configuration that was found can only refer to files of its repository; one named by --config to any"
                    .into(),
            ))
        };
        if self.boundary.is_some() && Path::new(written).is_absolute() {
            return Err(outside());
        }
        let resolved = place
            .folder()
            .join(written)
            .canonicalize()
            .map_err(|error| place.error(path, format!("`{written}` cannot be read: {error}")))?;
        match self.boundary {
            Some(boundary) if !resolved.starts_with(boundary) => Err(outside()),
            _ => Ok(resolved),
        }
    }
}

fn set<T>(setting: &mut T, value: Option<T>) {
    if let Some(value) = value {
        *setting = value;
    }
}

/// Reads a small text file whole.
pub(super) fn read_limited(path: &Path, limit: u64) -> Result<String, String> {
    let file = std::fs::File::open(path).map_err(|error| error.to_string())?;
    let mut text = String::new();
    file.take(limit + 1).read_to_string(&mut text).map_err(|error| error.to_string())?;
    if text.len() as u64 > limit {
        return Err(format!("larger than {}", super::ByteSize(limit)));
    }
    Ok(text)
}

fn parse(place: &Place<'_>) -> Result<ConfigFile, ConfigError> {
    #[derive(Deserialize)]
    struct Pyproject {
        #[serde(default)]
        tool: Tool,
    }
    #[derive(Deserialize, Default)]
    struct Tool {
        #[serde(default)]
        bartizan: ConfigFile,
    }
    let parsed = if place.path.file_name().is_some_and(|name| name == "pyproject.toml") {
        toml::from_str(place.text).map(|pyproject: Pyproject| pyproject.tool.bartizan)
    } else {
        toml::from_str(place.text)
    };
    parsed.map_err(|error| {
        let range = error.span().unwrap_or(0..0);
        let message = error.message().trim();
        ConfigError::at(place.path, place.text, range, message).with_help(hint(message))
    })
}

/// "Did you mean" for serde's messages about unknown fields and variants, which quote the wrong word first and then
/// every known one.
fn hint(message: &str) -> Option<String> {
    let words = message.strip_prefix("unknown field ").or_else(|| message.strip_prefix("unknown variant "))?;
    let mut quoted = words.split('`').skip(1).step_by(2);
    let wrong = quoted.next()?;
    suggest::closest(wrong, quoted).map(|known| format!("did you mean `{known}`?"))
}

fn globs(place: &Place<'_>, patterns: &[Spanned<String>]) -> Result<PathGlob, ConfigError> {
    PathGlob::new(place.folder(), patterns.iter().map(|pattern| pattern.get_ref().as_str())).map_err(
        |(index, reason)| {
            let pattern = &patterns[index];
            place.error(pattern, format!("`{}` is no glob: {reason}", pattern.get_ref()))
        },
    )
}

fn layer(
    place: &Place<'_>,
    rules: &BTreeMap<Spanned<String>, RuleSetting>,
) -> Result<Vec<(RuleSelector, RuleLevel)>, ConfigError> {
    rules
        .iter()
        .map(|(selector, setting)| {
            let parsed = RuleSelector::parse(selector.get_ref()).map_err(|reason| place.error(selector, reason))?;
            Ok((parsed, setting.level()))
        })
        .collect()
}
