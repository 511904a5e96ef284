//! What there is to analyse: the walk over the file system, the kind of each file, and reading with limits.
//!
//! The stages stand in their own modules: [`discover`] lists candidates by name alone, [`read`] decodes one and
//! [`classify`] says what it is, by name and then by content. Nothing is left out in silence: what a user would expect
//! to be analysed and is not becomes a notification, the rest is counted. This module knows no rule and parses nothing.

mod binary;
mod content;
mod encoding;
mod globs;
mod kind;
mod name;
mod read;
mod vendored;
mod walk;

#[cfg(test)]
mod tests;

pub use content::classify_content;
pub use kind::classify;
pub use read::{DEFAULT_LIMIT, ReadOutcome, decode, read};
pub use walk::{Candidate, DiscoverError, Discovered, SkipCounts, SkipReason, WalkOptions, discover};
