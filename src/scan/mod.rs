//! A whole scan, from paths to a report's content.
//!
//! This module puts the stages in order and runs the per-file stage in parallel. It knows no language and no report
//! format, and it prints nothing.

mod enabled;
mod file;
mod panics;
mod project;
mod report;
mod run;

pub use enabled::{ChosenRules, Selection};
pub use project::{LinkedProject, link_project};
pub use report::{ScanReport, Statistics, Suppressed, SuppressionKind};
pub use run::{NoProgress, Progress, ScanRequest, scan, workers};
