//! Patterns from text: rewritten, parsed by the language's own front end, converted to pattern nodes.

use super::conversion::{convert_root, json_pair};
use super::index::Symbol;
use super::pattern_tree::{Label, Operator, PatternNode};
use super::prefilter::required_symbols;
use super::rewrite::{Variant, rewrite};
use crate::syntax::{self, Language};
use std::sync::Arc;

/// Why a pattern cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct PatternError {
    /// What is wrong, with the parser's words.
    pub message: String,
    /// 1-based line in the pattern where the parser stopped, where it is known.
    pub line: Option<u32>,
}

impl PatternError {
    pub(super) fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), line: None }
    }
}

/// A pattern ready to match trees of its language.
#[derive(Debug, Clone)]
pub struct Pattern {
    pub(super) shape: Shape,
    /// Names that must stand in a tree for it to match.
    pub(super) symbols: Vec<Symbol>,
}

/// What a pattern's root is.
#[derive(Debug, Clone)]
pub(super) enum Shape {
    /// One expression, statement, pair, directive, instruction.
    One(Box<PatternNode>),
    /// Statements or entries in a row.
    Sequence(Vec<PatternNode>),
}

impl Pattern {
    /// Parses a pattern.
    ///
    /// # Errors
    /// When the text, its operators taken as identifiers, is no code of the language.
    pub fn parse(text: &str, language: Language) -> Result<Self, PatternError> {
        let text = dedent(text);
        if text.trim().is_empty() {
            return Err(PatternError::new("the pattern is empty"));
        }
        if language == Language::Json
            && let Some(pair) = json_pair(&text)
        {
            return pair.map(|shape| Self { symbols: required_symbols(&shape), shape });
        }
        let mut first_problem = None;
        for variant in [Variant::Statement, Variant::Field, Variant::Item] {
            let rewritten = rewrite(&text, language, variant);
            let parsed = syntax::parse(language, rewritten);
            match parsed.problems.first() {
                None => {
                    let shape = convert_root(&parsed.tree)?;
                    return Ok(Self { symbols: required_symbols(&shape), shape });
                }
                Some(problem) => {
                    let line = parsed
                        .tree
                        .text()
                        .get(..problem.span.start as usize)
                        .map(|before| u32::try_from(before.matches('\n').count()).unwrap_or(0) + 1);
                    first_problem.get_or_insert(PatternError {
                        message: format!("the pattern is no {} code: {}", language.name(), problem.message),
                        line,
                    });
                }
            }
            if language != Language::Rust {
                break;
            }
        }
        Err(first_problem.unwrap_or_else(|| PatternError::new("the pattern does not parse")))
    }

    /// Names of metavariables that the pattern binds, `$` included.
    pub fn metavariables(&self) -> Vec<Arc<str>> {
        let mut names = Vec::new();
        match &self.shape {
            Shape::One(root) => collect_metavariables(root, &mut names),
            Shape::Sequence(nodes) => nodes.iter().for_each(|node| collect_metavariables(node, &mut names)),
        }
        names
    }
}

fn collect_metavariables(node: &PatternNode, names: &mut Vec<Arc<str>>) {
    match &node.operator {
        Operator::Metavariable(name) | Operator::MetaEllipsis(name) | Operator::Typed(name, _) => {
            names.push(Arc::clone(name));
        }
        _ => {}
    }
    match &node.label {
        Label::Metavariable(name) => names.push(Arc::clone(name)),
        Label::Pieces(_, pieces) => names.extend(pieces.iter().cloned()),
        Label::Regex(regex) => names.extend(regex.capture_names().flatten().map(|name| format!("${name}").into())),
        _ => {}
    }
    node.children.iter().for_each(|child| collect_metavariables(child, names));
}

/// Removes the indentation that all lines share.
fn dedent(text: &str) -> String {
    let text = text.trim_end().trim_start_matches('\n');
    let indent = text
        .lines()
        .filter(|line| !line.trim().is_empty())
        .map(|line| line.len() - line.trim_start().len())
        .min()
        .unwrap_or(0);
    text.lines().map(|line| line.get(indent..).unwrap_or("")).collect::<Vec<_>>().join("\n")
}
