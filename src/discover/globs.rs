use globset::{Glob, GlobBuilder, GlobSet, GlobSetBuilder};
use std::path::Path;

/// Globs as users write them for `--include` and `--exclude`.
///
/// A pattern without a slash matches a name in any folder, one with a slash a path from the scanned root or from the
/// working folder. A folder that matches takes all below it along.
#[derive(Debug, Default)]
pub(super) struct Globs {
    set: GlobSet,
    is_empty: bool,
}

impl Globs {
    /// Compiles patterns; the error names the first that is none.
    pub(super) fn new(patterns: &[String]) -> Result<Self, globset::Error> {
        let mut set = GlobSetBuilder::new();
        for pattern in patterns {
            let trimmed = pattern.trim_start_matches("./").trim_end_matches('/');
            let anchored = match trimmed.strip_prefix('/') {
                Some(rest) => rest.to_owned(),
                None if trimmed.contains('/') => trimmed.to_owned(),
                None => format!("**/{trimmed}"),
            };
            set.add(glob(&anchored)?);
            set.add(glob(&format!("{anchored}/**"))?);
        }
        Ok(Self { set: set.build()?, is_empty: patterns.is_empty() })
    }

    /// Whether there are no patterns.
    pub(super) const fn is_empty(&self) -> bool {
        self.is_empty
    }

    /// Whether a path, seen from its root or as shown, matches.
    pub(super) fn matches(&self, from_root: &Path, shown: &str) -> bool {
        self.set.is_match(from_root) || self.set.is_match(shown)
    }
}

fn glob(pattern: &str) -> Result<Glob, globset::Error> {
    GlobBuilder::new(pattern).literal_separator(true).build()
}
