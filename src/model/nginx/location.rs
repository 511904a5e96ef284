//! Which location serves a path (documentation of `ngx_http_core_module`, `location`).

use super::{Directive, Level};
use rustc_hash::FxHashMap;
use std::sync::{Arc, Mutex, PoisonError};

/// How a location is chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Matcher<'m> {
    /// `= /path`.
    Exact(&'m str),
    /// `/path`.
    Prefix(&'m str),
    /// `^~ /path`: no regular expression is asked.
    Preferred(&'m str),
    /// `~ regex`, `~* regex`.
    Regex {
        /// As written.
        regex: &'m str,
        /// `~*`.
        ignore_case: bool,
    },
    /// `@name`, with the sign.
    Named(&'m str),
}

impl<'m> Matcher<'m> {
    /// How a location block is chosen; `None` for another block.
    pub fn of(location: Directive<'m>) -> Option<Self> {
        if location.level() != Level::Location {
            return None;
        }
        let (first, second) = (location.argument(0)?, location.argument(1));
        Some(match (first, second) {
            ("=", Some(path)) => Self::Exact(path),
            ("^~", Some(path)) => Self::Preferred(path),
            ("~", Some(regex)) => Self::Regex { regex, ignore_case: false },
            ("~*", Some(regex)) => Self::Regex { regex, ignore_case: true },
            // The modifier may be written together with the path.
            (one, None) => match one.as_bytes() {
                [b'=', ..] => Self::Exact(&one[1..]),
                [b'^', b'~', ..] => Self::Preferred(&one[2..]),
                [b'~', b'*', ..] => Self::Regex { regex: &one[2..], ignore_case: true },
                [b'~', ..] => Self::Regex { regex: &one[1..], ignore_case: false },
                [b'@', ..] => Self::Named(one),
                _ => Self::Prefix(one),
            },
            (path, Some(_)) => Self::Prefix(path),
        })
    }
}

impl Directive<'_> {
    /// Whether this location takes a path, decoded and normalised, when it is asked.
    pub fn takes(self, path: &str) -> bool {
        match Matcher::of(self) {
            Some(Matcher::Exact(wanted)) => path == wanted,
            Some(Matcher::Prefix(prefix) | Matcher::Preferred(prefix)) => path.starts_with(prefix),
            Some(Matcher::Regex { regex, ignore_case }) => self.nginx().expressions.matches(regex, ignore_case, path),
            Some(Matcher::Named(_)) | None => false,
        }
    }
}

/// The regular expressions of locations, each compiled once: that costs far more than a match.
#[derive(Debug, Default)]
pub(super) struct Expressions(Mutex<FxHashMap<(String, bool), Compiled>>);

/// `None` for one that is not understood.
type Compiled = Option<Arc<fancy_regex::Regex>>;

impl Expressions {
    fn matches(&self, regex: &str, ignore_case: bool, text: &str) -> bool {
        let compiled = {
            let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            let entry = known.entry((regex.to_owned(), ignore_case));
            entry.or_insert_with(|| compiled(regex, ignore_case).map(Arc::new)).clone()
        };
        compiled.is_some_and(|regex| regex.is_match(text).unwrap_or(false))
    }
}

/// A regular expression as nginx compiles it; hostile ones give up early.
pub(super) fn compiled(regex: &str, ignore_case: bool) -> Option<fancy_regex::Regex> {
    const LONGEST: usize = 4_000;
    const MOST_STEPS: usize = 50_000;
    if regex.len() > LONGEST {
        return None;
    }
    let with_flags = if ignore_case { format!("(?i){regex}") } else { regex.to_owned() };
    fancy_regex::RegexBuilder::new(&with_flags).backtrack_limit(MOST_STEPS).build().ok()
}

/// What the search for a location ends in.
enum Search<'m> {
    /// This one, no further questions.
    Final(Directive<'m>),
    /// The longest prefix, which a regular expression of an outer level may still beat.
    Prefix(Directive<'m>),
    Nothing,
}

/// The location that serves a path (decoded, normalised, without arguments) below a server or a location; `None` when
/// that block itself does.
pub fn location_of<'m>(block: Directive<'m>, path: &str) -> Option<Directive<'m>> {
    match search(block, path) {
        Search::Final(location) | Search::Prefix(location) => Some(location),
        Search::Nothing => None,
    }
}

fn search<'m>(block: Directive<'m>, path: &str) -> Search<'m> {
    let locations = || block.children_named("location").filter_map(|one| Some((one, Matcher::of(one)?)));
    let mut best: Option<(Directive<'m>, usize, bool)> = None;
    for (location, matcher) in locations() {
        match matcher {
            Matcher::Exact(wanted) if wanted == path => return Search::Final(location),
            Matcher::Prefix(prefix) | Matcher::Preferred(prefix)
                if path.starts_with(prefix) && best.is_none_or(|(_, length, _)| prefix.len() > length) =>
            {
                best = Some((location, prefix.len(), matches!(matcher, Matcher::Preferred(_))));
            }
            _ => {}
        }
    }
    let mut found = Search::Nothing;
    if let Some((location, _, is_preferred)) = best {
        match search(location, path) {
            Search::Final(inner) => return Search::Final(inner),
            Search::Prefix(inner) => found = Search::Prefix(inner),
            Search::Nothing => found = Search::Prefix(location),
        }
        if is_preferred {
            return found;
        }
    }
    for (location, matcher) in locations() {
        if matches!(matcher, Matcher::Regex { .. }) && location.takes(path) {
            return match search(location, path) {
                Search::Final(inner) | Search::Prefix(inner) => Search::Final(inner),
                Search::Nothing => Search::Final(location),
            };
        }
    }
    found
}
