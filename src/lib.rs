//! bartizan: a static security auditor for Python/FastAPI and Rust, nginx and deployment files.
//!
//! The folders are the stages a scan goes through; docs/architecture.md shows them and what each must not know.

#![forbid(unsafe_code)]

pub mod audits;
pub mod cli;
pub mod config;
pub mod discover;
pub mod engine;
pub mod facts;
pub mod findings;
pub mod fixtures;
pub mod flow;
pub mod literals;
pub mod matching;
pub mod model;
pub mod naming;
pub mod query;
pub mod regexes;
pub mod report;
pub mod rules;
pub mod scan;
pub mod secrets;
pub mod source;
pub mod suggest;
pub mod syntax;
pub mod triage;
