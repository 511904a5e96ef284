//! Regular expressions that are checked when a rule is loaded and compiled when a text first asks for them.
//!
//! A rule set has over a thousand expressions and a file asks for a few of them; compiling all of them took over half of
//! the time of a scan of one file. This module knows no rule and no text.

use regex::{Captures, Regex, RegexBuilder};
use std::sync::OnceLock;

/// What one expression may take up in memory, in bytes.
const MAX_SIZE: usize = 32 << 20;

/// An expression that is known to be one.
#[derive(Debug, Clone)]
pub struct LazyRegex {
    source: Box<str>,
    compiled: OnceLock<Option<Regex>>,
}

impl LazyRegex {
    /// Checks an expression.
    ///
    /// # Errors
    /// What is wrong with it, in the words of the regex crate.
    pub fn new(source: &str) -> Result<Self, String> {
        let compiled = OnceLock::new();
        if is_possibly_large(source) {
            let _ = compiled.set(Some(compile(source).map_err(|error| error.to_string())?));
        } else {
            regex_syntax::parse(source).map_err(|error| error.to_string())?;
        }
        Ok(Self { source: source.into(), compiled })
    }

    /// The expression, compiled; `None` should it turn out too large.
    pub fn get(&self) -> Option<&Regex> {
        self.compiled.get_or_init(|| compile(&self.source).ok()).as_ref()
    }

    /// Whether it matches somewhere.
    pub fn is_match(&self, text: &str) -> bool {
        self.get().is_some_and(|regex| regex.is_match(text))
    }

    /// The groups of the first match.
    pub fn captures<'t>(&self, text: &'t str) -> Option<Captures<'t>> {
        self.get()?.captures(text)
    }

    /// Names of the groups, by number.
    pub fn capture_names(&self) -> impl Iterator<Item = Option<&str>> {
        self.get().into_iter().flat_map(Regex::capture_names)
    }
}

fn compile(source: &str) -> Result<Regex, regex::Error> {
    RegexBuilder::new(source).size_limit(MAX_SIZE).build()
}

/// Whether an expression repeats something so many times that it may not compile: `\w{500}`.
fn is_possibly_large(source: &str) -> bool {
    let counted = source.split('{').skip(1).filter(|rest| {
        let digits = rest.bytes().filter(|&byte| byte != b',').take_while(u8::is_ascii_digit).count();
        digits >= 3
    });
    let nested = source.split('{').skip(1).filter(|rest| rest.starts_with(|c: char| c.is_ascii_digit())).count();
    nested > 6 || counted.count() > 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mistakes_are_found_without_compiling() {
        let regex = LazyRegex::new(r"^a(?P<x>\w+)$").unwrap();
        assert!(regex.compiled.get().is_none());
        assert!(regex.is_match("abc") && !regex.is_match("b"));
        assert_eq!(regex.capture_names().flatten().collect::<Vec<_>>(), ["x"]);
        assert_eq!(&regex.captures("abc").unwrap()["x"], "bc");
        for wrong in ["(", "[z-a]", r"\p{Nothing}", "(?=a)", r"(a)\1"] {
            assert!(LazyRegex::new(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn expressions_that_are_too_large_are_mistakes() {
        assert!(LazyRegex::new(r"(\w{1000}){1000}").is_err());
    }
}
