//! A compiled `mode: secret` rule.

use super::format::Format;
use super::name::SecretKind;
use super::place::Where;
use super::sites::Position;
use super::spec::Values;
use super::vocabulary::NAME_STEMS;
use crate::regexes::LazyRegex;
use crate::syntax::FileKind;
use globset::GlobSet;

/// What one rule looks for, ready to run as part of a [`super::SecretSet`].
#[derive(Debug)]
pub struct Detector {
    pub(super) target: Vec<FileKind>,
    pub(super) files: Option<GlobSet>,
    pub(super) not_files: Option<GlobSet>,
    pub(super) place: Where,
    pub(super) formats: Vec<Format>,
    pub(super) assignments: Option<Assignments>,
}

/// The compiled form of an assignment specification.
#[derive(Debug)]
pub(super) struct Assignments {
    pub(super) values: Values,
    pub(super) positions: Vec<Position>,
    pub(super) kinds: Vec<SecretKind>,
    pub(super) names: Vec<LazyRegex>,
    pub(super) not_names: Vec<LazyRegex>,
    pub(super) allow: Vec<LazyRegex>,
}

impl Detector {
    /// Texts one of which is, in any case, in every file that the detector can find something in.
    pub fn literals(&self) -> Vec<&str> {
        let stems: &[&str] = if self.assignments.is_some() { NAME_STEMS } else { &[] };
        let keywords = self.formats.iter().flat_map(Format::keywords);
        keywords.map(String::as_str).chain(stems.iter().copied()).collect()
    }

    /// Whether the detector needs syntax trees; the others read the text alone.
    pub const fn needs_trees(&self) -> bool {
        self.assignments.is_some()
    }

    /// Whether the detector reads files of a kind at a path at all.
    pub fn reads(&self, kind: FileKind, path: &str) -> bool {
        (self.target.is_empty() || self.target.contains(&kind))
            && self.files.as_ref().is_none_or(|globs| globs.is_match(path))
            && !self.not_files.as_ref().is_some_and(|globs| globs.is_match(path))
    }

    /// Whether the rule was written for this kind of file alone.
    pub(super) fn is_for_kind(&self) -> bool {
        !self.target.is_empty()
    }
}
