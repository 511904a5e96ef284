//! Triage: which findings a person has decided not to be told about, and which fail the run.
//!
//! This module knows findings, the text of the file they stand in and the configuration; no tree, no rule's pattern, no
//! report format.

mod comment;
mod date;
mod foreign;
mod suppress;
mod verdict;

#[cfg(test)]
mod tests;

pub use date::Date;
pub use suppress::{FileTriage, Triage};
pub use verdict::Verdict;
