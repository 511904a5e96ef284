//! The promises of the command line, kept through the binary.
//!
//! The rules in `tests/data/rules` report words, so that these tests depend on no language and no built-in rule.

#![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

mod colours;
mod configuration;
mod exit_codes;
mod formats;
mod hooks;
mod hostile;
mod input;
mod map;
mod project;
mod routes;
mod rules;
mod suppressions;
