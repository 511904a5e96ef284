//! A whole scan, from paths to a report's content.
//!
//! This module puts the stages in order and runs the per-file stage in parallel. It knows no language and no report
//! format, and it prints nothing.

mod report;

pub use report::{ScanReport, Statistics, Suppressed, SuppressionKind};
