//! Regular expressions over text, on two engines.

use super::pattern::PatternError;
use crate::regexes::LazyRegex;
use fancy_regex::Regex as FancyRegex;
use std::sync::OnceLock;

/// A regular expression over text, in the syntax that Semgrep documents (PCRE).
///
/// Expressions without look-around and back-references run on the linear engine; the others on a backtracking engine
/// with a bound on its steps.
#[derive(Debug, Clone)]
pub struct TextRegex {
    engine: Engine,
    /// The linear engine's expression bound to the beginning, made when it is first asked for.
    anchored: OnceLock<Option<LazyRegex>>,
    source: String,
}

#[derive(Debug, Clone)]
enum Engine {
    Linear(LazyRegex),
    Backtracking(Box<FancyRegex>),
}

impl TextRegex {
    /// Compiles an expression; `^` and `$` match at lines as in Semgrep.
    ///
    /// # Errors
    /// When neither engine accepts it.
    pub fn new(source: &str) -> Result<Self, PatternError> {
        let multi_line = format!("(?m){source}");
        let engine = match LazyRegex::new(&multi_line) {
            Ok(regex) => Engine::Linear(regex),
            Err(_) => Engine::Backtracking(Box::new(
                fancy_regex::RegexBuilder::new(&multi_line)
                    .backtrack_limit(200_000)
                    .build()
                    .map_err(|error| PatternError::new(format!("regular expression: {error}")))?,
            )),
        };
        Ok(Self { engine, anchored: OnceLock::new(), source: source.to_owned() })
    }

    /// The expression as written.
    pub fn source(&self) -> &str {
        &self.source
    }

    /// Whether it matches somewhere. A search that hits the bound counts as no match.
    pub fn is_match(&self, text: &str) -> bool {
        match &self.engine {
            Engine::Linear(regex) => regex.is_match(text),
            Engine::Backtracking(regex) => regex.is_match(text).unwrap_or(false),
        }
    }

    /// Whether it matches at the very beginning, as Python's `re.match` does.
    pub fn matches_at_start(&self, text: &str) -> bool {
        match &self.engine {
            Engine::Linear(_) => self.anchored(text),
            Engine::Backtracking(regex) => regex.find(text).is_ok_and(|found| found.is_some_and(|f| f.start() == 0)),
        }
    }

    /// An expression of its own: compiling one costs more than all its searches, and a search without the anchor reads
    /// the whole text.
    fn anchored(&self, text: &str) -> bool {
        self.anchored
            .get_or_init(|| {
                let anchored = format!("(?m)\\A(?:{})", self.source);
                LazyRegex::new(&anchored).ok()
            })
            .as_ref()
            .is_some_and(|regex| regex.is_match(text))
    }

    /// All matches: the whole span and the groups (named ones by name, others by number), byte ranges in `text`.
    pub fn find_all(&self, text: &str) -> Vec<Vec<(String, std::ops::Range<usize>)>> {
        let mut found = Vec::new();
        match &self.engine {
            Engine::Linear(regex) => {
                let Some(regex) = regex.get() else { return found };
                for captures in regex.captures_iter(text) {
                    let names = regex.capture_names().enumerate();
                    found.push(
                        names
                            .filter_map(|(index, name)| {
                                let group = captures.get(index)?;
                                Some((name.map_or_else(|| index.to_string(), str::to_owned), group.range()))
                            })
                            .collect(),
                    );
                }
            }
            Engine::Backtracking(regex) => {
                for captures in regex.captures_iter(text).map_while(Result::ok) {
                    let names = regex.capture_names().enumerate();
                    found.push(
                        names
                            .filter_map(|(index, name)| {
                                let group = captures.get(index)?;
                                Some((
                                    name.map_or_else(|| index.to_string(), str::to_owned),
                                    group.start()..group.end(),
                                ))
                            })
                            .collect(),
                    );
                }
            }
        }
        found
    }
}
