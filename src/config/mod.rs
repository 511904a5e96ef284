//! Configuration: what `bartizan.toml` and `[tool.bartizan]` in `pyproject.toml` may say, where they are looked for, and
//! what follows from them.
//!
//! Configuration is part of the scanned repository and as little trusted as the rest of it: it chooses among rules and
//! files, but nothing in it makes bartizan run or fetch anything, and a file that was found (not named by the user) can
//! only refer to files of its own repository. This module knows rules by their metadata only, and no report.

mod byte_size;
mod discovery;
mod error;
mod file;
mod level;
mod load;
mod selector;
mod settings;

#[cfg(test)]
mod tests;

pub use byte_size::ByteSize;
pub use discovery::{Found, find};
pub use error::ConfigError;
pub use file::{ConfigFile, ForeignSuppression};
pub use level::{FailOn, RuleLevel};
pub use load::{load, load_named};
pub use selector::RuleSelector;
pub use settings::{Override, PathGlob, RuleLevels, Settings, SuppressionPolicy};
