//! Queries over configuration trees (`mode: config`), and the typed values they compare.
//!
//! A query selects places by [paths](path), tests values as what they are and conditions on what lies around, and
//! reports a part of the place:
//!
//! ```yaml
//! config:
//!   select: services.<service>.ports[*]
//!   value: {port: {published-on-all: true, container: [5432, 6379]}}
//!   where:
//!     - lacks: ^.^.extends
//!     - file: {development: false}
//!   captures: {image: ^.^.image}
//! ```
//!
//! The same query works on YAML, JSON, TOML, INI, dotenv, nginx, Dockerfiles, requirements and shell scripts, because it
//! sees one tree. This module knows no rule, no finding and no file but the one at hand.

pub mod one_or_many;
pub mod path;
pub mod spec;
pub mod value_spec;
pub mod values;
pub mod variables;

mod compile;
mod condition;
mod follow;
mod literals;
mod place;
mod predicate;
mod product_predicate;
mod range;
mod report;
mod text;
mod truth;
mod views;

#[cfg(test)]
mod tests;

pub use compile::SpecError;
pub use condition::is_for_development;
pub use place::FileContext;
pub use spec::ConfigSpec;

use crate::source::Span;
use crate::syntax::{FileKind, Language, NodeId, Tree};
use compile::{Below as _, each};
use condition::Condition;
use path::{Path, Step};
use place::{PlaceId, Walk};
use predicate::Predicate;
use rustc_hash::FxHashSet;
use spec::{Report, Unknown};
use truth::Truth;

/// A compiled query.
#[derive(Debug, Clone)]
pub struct ConfigQuery {
    select: Vec<Path>,
    value: Option<Predicate>,
    conditions: Vec<Condition>,
    report: Option<Report>,
    report_at: Vec<Path>,
    captures: Vec<(String, Vec<Path>)>,
    /// Names of `<name>` steps.
    captured_names: Vec<String>,
    related: Vec<(Path, String)>,
    unknown: Unknown,
}

/// One place that a query reports.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigMatch {
    /// The pair, directive, instruction or element that was selected.
    pub node: NodeId,
    /// What the rule points at, in the tree's text.
    pub span: Span,
    /// Values for `{name}` in the rule's message.
    pub captures: Vec<(String, String)>,
    /// Other places that matter, in the tree's text, with a sentence each.
    pub related: Vec<(Span, String)>,
    /// Names of what encloses the place, outermost first, joined by `/` (`services/web/privileged`).
    pub anchor: String,
}

impl ConfigSpec {
    /// Checks and compiles the specification.
    pub fn compile(&self) -> Result<ConfigQuery, SpecError> {
        let select = each(self.select.as_slice(), compile::path).below("select")?;
        if select.is_empty() {
            return Err(SpecError::new("at least one path is needed").below("select"));
        }
        let captured_names = select
            .iter()
            .flat_map(|path| &path.steps)
            .filter_map(|step| match step {
                Step::Captured(name) => Some(name.clone()),
                _ => None,
            })
            .collect();
        let report_at = match &self.report_at {
            Some(paths) => each(paths.as_slice(), compile::path).below("report-at")?,
            None => Vec::new(),
        };
        let captures = self
            .captures
            .iter()
            .map(|(name, paths)| Ok((name.clone(), each(paths.as_slice(), compile::path).below(name)?)))
            .collect::<Result<_, _>>()
            .below("captures")?;
        Ok(ConfigQuery {
            select,
            value: self.value.as_ref().map(Predicate::compile).transpose().below("value")?,
            conditions: match &self.conditions {
                Some(conditions) => each(conditions.as_slice(), Condition::compile).below("where")?,
                None => Vec::new(),
            },
            report: self.report,
            report_at,
            captures,
            captured_names,
            related: each(&self.related, |related| {
                Ok((compile::path(&related.path).below("path")?, related.message.clone()))
            })
            .below("related")?,
            unknown: self.unknown,
        })
    }
}

impl ConfigQuery {
    /// Whether files of a kind have structure that a query can follow.
    pub fn applies_to(&self, kind: FileKind) -> bool {
        !matches!(kind.language(), Language::Python | Language::Rust | Language::Text)
    }

    /// Strings of which at least one stands in every text that matches; `None` where nothing is certain.
    pub fn literals(&self) -> Option<Vec<String>> {
        literals::of_query(&self.select, &self.conditions)
    }

    /// Every match in a tree, in order of the text. Work is bounded in proportion to the tree: a query that would need
    /// more stops with what it has found.
    pub fn run(&self, tree: &Tree, context: FileContext<'_>) -> Vec<ConfigMatch> {
        let mut walk = Walk::new(tree, context);
        let mut matches = Vec::new();
        let mut seen = FxHashSet::default();
        for root in walk.roots() {
            for path in &self.select {
                for place in walk.follow(path, root, &self.captured_names).places {
                    let answer = self.test(&mut walk, place);
                    // Answers of a walk that ran out of work may rest on what it no longer saw.
                    if walk.is_exhausted() {
                        return in_order(matches);
                    }
                    let wanted = answer == Truth::True || (answer == Truth::Unknown && self.unknown == Unknown::Match);
                    if wanted {
                        let found = self.describe(&mut walk, place);
                        if seen.insert((found.span, found.node)) {
                            matches.push(found);
                        }
                    }
                }
            }
        }
        in_order(matches)
    }

    fn test(&self, walk: &mut Walk<'_>, place: PlaceId) -> Truth {
        let value = self.value.as_ref().map_or(Truth::True, |value| value.test(walk, place));
        value.and(|| Truth::all(self.conditions.iter().map(|condition| condition.test(walk, place))))
    }

    fn describe(&self, walk: &mut Walk<'_>, place: PlaceId) -> ConfigMatch {
        let at = walk.follow_all(&self.report_at, place, &[]).places.first().copied().unwrap_or(place);
        let key = walk.name(place).unwrap_or_default();
        let mut captures = vec![("key".to_owned(), key), ("value".to_owned(), walk.message_text(place))];
        for above in walk.ancestors(Some(place)) {
            if let Some(index) = walk.place(above).capture {
                captures.push((self.captured_names[index].clone(), walk.name(above).unwrap_or_default()));
            }
        }
        for (name, paths) in &self.captures {
            let first = walk.follow_all(paths, place, &[]).places.first().copied();
            captures.push((name.clone(), first.map_or_else(String::new, |found| walk.message_text(found))));
        }
        let mut related = Vec::new();
        for (path, message) in &self.related {
            for other in walk.follow(path, place, &[]).places {
                let mut message = message.clone();
                for (name, value) in &captures {
                    message = message.replace(&format!("{{{name}}}"), value);
                }
                related.push((walk.report_span(other, None), message));
            }
        }
        ConfigMatch {
            node: walk.place(place).entry,
            span: walk.report_span(at, self.report),
            captures,
            related,
            anchor: walk.anchor(place),
        }
    }
}

fn in_order(mut matches: Vec<ConfigMatch>) -> Vec<ConfigMatch> {
    matches.sort_by_key(|found| (found.span, found.node));
    matches
}
