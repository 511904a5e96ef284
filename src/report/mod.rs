//! Reports: one file per format, each a function of [`crate::scan::ScanReport`] and a writer.
//!
//! A report knows findings and sources, not trees and not rules' patterns. Text of scanned files reaches an output only
//! through [`crate::findings::SecretSpans`], which masks secrets.

pub mod advice;
pub mod excerpt;
pub mod github;
pub mod json;
pub mod map;
pub mod markdown;
pub mod paint;
pub mod routes;
pub mod rule_reference;
pub mod sarif;
mod summary;
pub mod text;

#[cfg(test)]
mod tests;
