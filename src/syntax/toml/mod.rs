//! TOML: the events of `toml_parser` (the parser under `toml` and `toml_edit`) made into nested mappings.
//!
//! That parser goes on after a mistake, so a bad line costs itself and no more. Tables are put where their path says:
//! `[tool.poetry.dependencies]` is a Mapping in the value of `dependencies` in `poetry` in `tool`, whether a header, a
//! dotted key or an inline table wrote it, and a table that is extended further down is one Mapping. Its span then runs
//! over what stands between, so siblings can overlap; a child always lies in its parent. `[[name]]` is a Sequence of
//! Mappings. Dates are `Str`, unquoted in the source. This module knows no schema.

mod lower;
mod model;
mod sections;

#[cfg(test)]
mod tests;

use super::{MAX_PROBLEMS, Parsed, Problem};
use crate::source::Span;
use model::Model;
use std::sync::Arc;
use toml_parser::{ParseError, Source};

/// Parses TOML.
#[expect(clippy::needless_pass_by_value, reason = "every front end takes the text it puts into the tree")]
pub fn parse(text: Arc<str>) -> Parsed {
    let (events, mut errors) = sections::events(&text);
    let model = Model::new(Source::new(&text), &events);
    let comments = lower::comments(&events);
    let (tree, in_values) = lower::lower(&text, &model, &comments);
    errors.extend(model.errors);
    let mut problems: Vec<Problem> = errors.iter().map(|error| problem(error, &text)).collect();
    problems.extend(in_values);
    problems.sort_by_key(|problem| problem.span);
    problems.dedup_by_key(|problem| problem.span);
    problems.truncate(MAX_PROBLEMS);
    Parsed { tree, problems }
}

fn problem(error: &ParseError, text: &str) -> Problem {
    let span = error.unexpected().or(error.context()).unwrap_or_default();
    let end = span.end().min(text.len());
    let span = Span::from_range(span.start().min(end)..end);
    Problem { span, message: error.description().to_owned() }
}
