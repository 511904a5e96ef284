//! One tree for every language, and a front end for each.
//!
//! A front end turns text into a [`Tree`] of the shapes that [`Kind`] lists; it is the only place that knows its parser.
//! This module knows no rule and no file system.

mod anchor;
mod excerpt;
mod kind;
mod language;
mod tree;

pub mod dockerfile;
pub mod dotenv;
pub mod ini;
pub mod json;
pub mod markdown;
pub mod nginx;
pub mod notebook;
pub mod procfile;
pub mod python;
pub mod requirements;
pub mod rust;
pub mod shell;
pub mod toml;
pub mod yaml;

pub use kind::{Field, Kind};
pub use language::{FileKind, Language};
pub use tree::{Children, Node, NodeId, Tree, TreeBuilder};
pub use yaml::scalar_map;

use crate::source::Span;
use std::sync::Arc;

/// How deep a tree may nest. A front end stops descending there, covers the rest by one [`Kind::Error`] node and reports
/// a [`Problem`]; hand-written recursion in front ends and matchers is safe up to this depth on a 8 MiB stack.
/// Only left-leaning chains of Rust code (`a.b().c()`, `else if`) may nest deeper, down to [`rust::CHAIN_DEPTH`].
pub const MAX_DEPTH: usize = 400;

/// More mistakes than this in one text are not listed one by one.
pub const MAX_PROBLEMS: usize = 100;

/// A tree and what went wrong while it was made.
#[derive(Debug, Clone)]
pub struct Parsed {
    /// What could be parsed; places that could not are [`Kind::Error`] nodes.
    pub tree: Tree,
    /// Places that were not understood, in order of the text. Empty for a text that parsed as a whole.
    pub problems: Vec<Problem>,
}

/// A place that a front end did not understand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Where, in the tree's text.
    pub span: Span,
    /// What was expected, one short sentence without a final stop.
    pub message: String,
}

/// Parses a text of a language.
pub fn parse(language: Language, text: impl Into<Arc<str>>) -> Parsed {
    let text = text.into();
    let mut parsed = match language {
        Language::Python => python::parse(text),
        Language::Rust => rust::parse(text),
        Language::Nginx => nginx::parse(text),
        Language::Yaml => yaml::parse(text),
        Language::Json => json::parse(text),
        Language::Toml => toml::parse(text),
        Language::Dockerfile => dockerfile::parse(text),
        Language::Dotenv => dotenv::parse(text),
        Language::Ini => ini::parse(text),
        Language::Shell => shell::parse(text),
        Language::Requirements => requirements::parse(text),
        Language::Text => Parsed { tree: TreeBuilder::new(Language::Text, text).finish(), problems: Vec::new() },
    };
    parsed.problems.truncate(MAX_PROBLEMS);
    parsed
}

/// Parses a file of a kind: one tree for most, one for each fence of a Markdown file and each code cell of a notebook.
pub fn parse_file(kind: FileKind, text: &Arc<str>) -> Vec<Parsed> {
    match kind {
        FileKind::Markdown => markdown::parse(text),
        FileKind::Notebook => notebook::parse(text),
        FileKind::Procfile => vec![procfile::parse(Arc::clone(text))],
        _ => vec![parse(kind.language(), Arc::clone(text))],
    }
}
