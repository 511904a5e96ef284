//! Which paths are scanned under which settings: configuration is looked for from each path upward, and the command line
//! has the last word.

use super::args::ScanArgs;
use super::error::CliError;
use crate::config::{self, Found, PathGlob, Settings};
use std::collections::HashMap;
use std::path::{Path, PathBuf};

/// Paths with the same settings.
#[derive(Debug)]
pub(super) struct Group {
    pub roots: Vec<PathBuf>,
    /// The name of standard input, when it belongs here.
    pub standard_input: Option<String>,
    pub settings: Settings,
}

/// The name of standard input that says nothing about its language.
pub(super) const UNNAMED: &str = "stdin";

/// Sorts the paths by the configuration that holds for them.
pub(super) fn plan(args: &ScanArgs) -> Result<Vec<Group>, CliError> {
    let default = [PathBuf::from(".")];
    let paths = if args.paths.is_empty() { &default[..] } else { &args.paths };
    let mut finder = Finder { args, settings: HashMap::new(), found: HashMap::new() };
    let mut groups: Vec<(Option<Found>, Group)> = Vec::new();
    for path in paths {
        let is_standard_input = path.as_os_str() == "-";
        let name = args.stdin_filename.as_deref().unwrap_or(Path::new(UNNAMED));
        let found = finder.find(if is_standard_input { folder_of(name) } else { path })?;
        let index = match groups.iter().position(|(known, _)| *known == found) {
            Some(index) => index,
            None => {
                let settings = finder.settings(found.as_ref())?;
                groups.push((found, Group { roots: Vec::new(), standard_input: None, settings }));
                groups.len() - 1
            }
        };
        let group = &mut groups[index].1;
        if is_standard_input {
            group.standard_input = Some(name.to_string_lossy().replace('\\', "/"));
        } else {
            group.roots.push(path.clone());
        }
    }
    if args.stdin_filename.is_some() && groups.iter().all(|(_, group)| group.standard_input.is_none()) {
        return Err(CliError::Usage("--stdin-filename names standard input: pass `-` as a path too".into()));
    }
    Ok(groups.into_iter().map(|(_, group)| group).collect())
}

/// The folder of a name that may not exist.
fn folder_of(name: &Path) -> &Path {
    match name.parent() {
        Some(folder) if folder.is_dir() => folder,
        _ => Path::new("."),
    }
}

struct Finder<'a> {
    args: &'a ScanArgs,
    /// Settings by configuration file.
    settings: HashMap<Option<Found>, Settings>,
    /// What was found by folder: a commit hook names many files of one folder.
    found: HashMap<PathBuf, Option<Found>>,
}

impl Finder<'_> {
    fn find(&mut self, path: &Path) -> Result<Option<Found>, CliError> {
        if self.args.no_config || self.args.config.is_some() {
            return Ok(None);
        }
        let folder = if path.is_dir() { path } else { folder_of(path) };
        if let Some(found) = self.found.get(folder) {
            return Ok(found.clone());
        }
        let found = config::find(folder)?;
        self.found.insert(folder.to_owned(), found.clone());
        Ok(found)
    }

    fn settings(&mut self, found: Option<&Found>) -> Result<Settings, CliError> {
        if let Some(settings) = self.settings.get(&found.cloned()) {
            return Ok(settings.clone());
        }
        let mut settings = match (found, &self.args.config) {
            (Some(found), _) => config::load(found)?,
            (None, Some(path)) => config::load_named(path)?,
            (None, None) => Settings::default(),
        };
        apply(self.args, &mut settings)?;
        self.settings.insert(found.cloned(), settings.clone());
        Ok(settings)
    }
}

/// Lets the command line have the last word.
fn apply(args: &ScanArgs, settings: &mut Settings) -> Result<(), CliError> {
    if !args.include.is_empty() {
        // What is asked for now replaces what the configuration asks for always.
        settings.include.clear();
    }
    if args.force_exclude && !args.exclude.is_empty() {
        // The walk does not ask about files that are named; the settings are asked about them.
        let here = std::env::current_dir().and_then(|folder| folder.canonicalize())?;
        let globs = PathGlob::new(&here, args.exclude.iter().map(String::as_str));
        settings.exclude.push(
            globs.map_err(|(index, reason)| {
                CliError::Usage(format!("`{}` is no glob: {reason}", args.exclude[index]))
            })?,
        );
    }
    settings.profile = args.profile.unwrap_or(settings.profile);
    settings.fail_on = args.fail_on.unwrap_or(settings.fail_on);
    settings.min_severity = args.min_severity.unwrap_or(settings.min_severity);
    settings.min_confidence = args.min_confidence.unwrap_or(settings.min_confidence);
    settings.max_file_size = args.max_file_size.map_or(settings.max_file_size, |size| size.0);
    settings.docs |= args.docs;
    settings.include_tests |= args.include_tests;
    settings.rule_paths.extend(args.rules.iter().cloned());
    Ok(())
}
