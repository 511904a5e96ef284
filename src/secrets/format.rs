//! One token format: where its keyword stands in a text, the regex runs; what it matches is tested further.
//!
//! The regex never sees more than a window around keywords, and windows of one format never overlap, so the time for a
//! text is linear whatever stands in it.

use super::entropy::{has_long_run, shannon};
use super::shape::is_masked;
use super::spec::{Checksum, FormatSpec, Grade, Validator};
use super::validators::{self, Candidate, Verdict};
use regex::{Regex, RegexBuilder};
use std::collections::HashMap;
use std::ops::Range;
use std::sync::{Arc, OnceLock};

/// How far in front of a keyword a match may begin, in bytes.
const LEAD: usize = 192;
/// How far behind a keyword's start a match may end unless the format says otherwise, in bytes.
const REACH: usize = 512;
/// Largest reach that a format may ask for, in bytes.
const MAX_REACH: usize = 65_536;

/// A compiled format.
#[derive(Debug)]
pub(super) struct Format {
    pub(super) name: String,
    pattern: String,
    /// Compiled when the first keyword is met; twins share it.
    regex: Arc<OnceLock<Option<Regex>>>,
    keywords: Vec<String>,
    value_group: usize,
    checksum: Checksum,
    validator: Option<Validator>,
    grade: Grade,
    entropy: Option<f64>,
    allow_patterns: Vec<String>,
    allow: OnceLock<Vec<Regex>>,
    glued: bool,
    reach: usize,
}

/// A match of a format, offsets in the text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct FormatMatch {
    pub(super) value: Range<usize>,
    /// The checksum holds: nobody writes that by accident.
    pub(super) proven: bool,
}

/// The key of the specification that is wrong, and why.
type Mistake = (&'static str, String);

impl Format {
    /// Takes a specification over and checks what costs nothing.
    pub(super) fn new(spec: &FormatSpec) -> Result<Self, Mistake> {
        if spec.name.is_empty() {
            return Err(("name", "is missing: say what the token is".to_owned()));
        }
        if spec.regex.is_empty() {
            return Err(("regex", "is missing".to_owned()));
        }
        if spec.keywords.is_empty() || spec.keywords.iter().any(|keyword| keyword.len() < 3) {
            return Err(("keywords", "needs at least one, of three bytes or more, that every match holds".to_owned()));
        }
        if spec.reach.is_some_and(|reach| reach > MAX_REACH) {
            return Err(("reach", format!("must be at most {MAX_REACH}")));
        }
        Ok(Self {
            name: spec.name.clone(),
            pattern: spec.regex.clone(),
            regex: Arc::default(),
            keywords: spec.keywords.clone(),
            value_group: spec.value_group,
            checksum: spec.checksum,
            validator: spec.validator,
            grade: spec.grade,
            entropy: spec.entropy,
            allow_patterns: spec.allow.clone(),
            allow: OnceLock::new(),
            glued: spec.glued,
            reach: spec.reach.unwrap_or(REACH),
        })
    }

    /// Compiles the regexes and reports the first mistake.
    pub(super) fn check(&self) -> Result<(), Mistake> {
        let regex = compile(&self.pattern).map_err(|error| ("regex", error.to_string()))?;
        if self.value_group >= regex.captures_len() {
            let groups = regex.captures_len() - 1;
            return Err(("value-group", format!("the regex has {groups} groups")));
        }
        for pattern in &self.allow_patterns {
            compile(pattern).map_err(|error| ("allow", error.to_string()))?;
        }
        let _ = self.regex.set(Some(regex));
        Ok(())
    }

    /// Takes over the regex of a format with the same pattern, so that it is compiled once.
    pub(super) fn share_regex(&mut self, known: &mut HashMap<String, Arc<OnceLock<Option<Regex>>>>) {
        let shared = known.entry(self.pattern.clone()).or_insert_with(|| Arc::clone(&self.regex));
        self.regex = Arc::clone(shared);
    }

    /// Whether a match can prove itself and so counts as something that runs even in tests.
    pub(super) const fn can_be_proven(&self) -> bool {
        !matches!(self.checksum, Checksum::None)
    }

    /// The texts near which the format can match.
    pub(super) fn keywords(&self) -> impl Iterator<Item = &String> {
        self.keywords.iter()
    }

    /// Lower is more specific: where two formats claim one value, the lower one gets it.
    pub(super) const fn rank(&self) -> u8 {
        match self.validator {
            Some(Validator::GcpServiceAccount) => 0,
            Some(Validator::BasicUrl | Validator::ConnectionString | Validator::Jwt) => 2,
            Some(Validator::AuthHeader | Validator::Password | Validator::Key | Validator::Encoded) => 3,
            _ => 1,
        }
    }

    /// Whether what matches may be prose as well: such formats are left alone in comments and docstrings.
    pub(super) const fn is_loose(&self) -> bool {
        matches!(
            self.validator,
            Some(
                Validator::BasicUrl
                    | Validator::ConnectionString
                    | Validator::Jwt
                    | Validator::AuthHeader
                    | Validator::Password
                    | Validator::Key
            )
        )
    }

    /// Every match near the keywords at `starts` (ascending offsets in `text`).
    pub(super) fn matches(&self, text: &str, starts: &[usize]) -> Vec<FormatMatch> {
        let Some(regex) = self.regex.get_or_init(|| compile(&self.pattern).ok()) else { return Vec::new() };
        let mut found = Vec::new();
        for window in windows(text, starts, self.reach) {
            let slice = &text[window.clone()];
            for captures in regex.captures_iter(slice) {
                let Some(value) = captures.get(self.value_group) else { continue };
                let Some(whole) = captures.get(0) else { continue };
                let shift = |range: Range<usize>| range.start + window.start..range.end + window.start;
                if let Some(hit) = self.judge(text, &shift(whole.range()), shift(value.range())) {
                    found.push(hit);
                }
            }
        }
        found
    }

    fn judge(&self, text: &str, whole: &Range<usize>, value: Range<usize>) -> Option<FormatMatch> {
        let secret = text.get(value.clone())?;
        if secret.is_empty() || (!self.glued && is_part_of_word(text, whole)) || is_cut_off(text, value.end) {
            return None;
        }
        if self.entropy.is_some_and(|wanted| shannon(secret) < wanted || has_long_run(secret))
            || self.is_allowed(secret)
        {
            return None;
        }
        let proven = match self.checksum {
            Checksum::None => false,
            Checksum::GithubCrc32 if validators::github_checksum_holds(secret) => true,
            Checksum::GithubCrc32 => return None,
        };
        // A token of random characters does not speak; a password or a key block may.
        if self.entropy.is_some() && (is_masked(secret) || speaks_of_placeholder(secret)) {
            return None;
        }
        let verdict = match self.validator {
            None => Verdict::Strong,
            Some(validator) => {
                validators::validate(validator, &Candidate { text, whole: whole.clone(), value: value.clone() })
            }
        };
        match (verdict, self.grade) {
            (Verdict::Strong, Grade::Strong) | (Verdict::Weak, Grade::Weak) => Some(FormatMatch { value, proven }),
            (Verdict::StrongAt(moved), Grade::Strong) => Some(FormatMatch { value: moved, proven }),
            _ => None,
        }
    }

    fn is_allowed(&self, secret: &str) -> bool {
        let allow = self.allow.get_or_init(|| self.allow_patterns.iter().filter_map(|one| compile(one).ok()).collect());
        allow.iter().any(|regex| regex.is_match(secret))
    }
}

fn compile(pattern: &str) -> Result<Regex, regex::Error> {
    RegexBuilder::new(pattern).size_limit(8 << 20).nest_limit(64).build()
}

/// Windows around keywords: ascending, not overlapping, on character boundaries.
fn windows(text: &str, starts: &[usize], reach: usize) -> Vec<Range<usize>> {
    let mut merged: Vec<Range<usize>> = Vec::new();
    for &start in starts {
        let from = floor_boundary(text, start.saturating_sub(LEAD));
        let to = ceil_boundary(text, (start + reach).min(text.len()));
        match merged.last_mut() {
            Some(last) if from <= last.end => last.end = last.end.max(to),
            _ => merged.push(from..to),
        }
    }
    merged
}

fn floor_boundary(text: &str, mut offset: usize) -> usize {
    while !text.is_char_boundary(offset) {
        offset -= 1;
    }
    offset
}

fn ceil_boundary(text: &str, mut offset: usize) -> usize {
    while !text.is_char_boundary(offset) {
        offset += 1;
    }
    offset
}

/// Whether a match goes on as a word on either side. A backslash escape (`\n`) in front is no word.
fn is_part_of_word(text: &str, range: &Range<usize>) -> bool {
    let bytes = text.as_bytes();
    let is_word = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-';
    let first = bytes[range.start];
    let before = range.start.checked_sub(1).map(|index| bytes[index]);
    let escape = range.start >= 2 && bytes[range.start - 2] == b'\\' && matches!(before, Some(b'n' | b't' | b'r'));
    let after = bytes.get(range.end).copied();
    (is_word(first) && before.is_some_and(is_word) && !escape)
        || (is_word(bytes[range.end - 1]) && after.is_some_and(is_word))
}

/// `ghp_abc...`: a sample that was cut off.
fn is_cut_off(text: &str, end: usize) -> bool {
    let rest = &text[end..];
    rest.starts_with("..") || rest.starts_with('…') || rest.starts_with("**")
}

/// Texts that people put into tokens they made up.
fn speaks_of_placeholder(secret: &str) -> bool {
    const MARKS: &[&str] = &[
        "example",
        "placeholder",
        "changeme",
        "your_",
        "your-",
        "yourtoken",
        "yourkey",
        "dummy",
        "redacted",
        "sample",
        "1234567890",
    ];
    let lower = secret.to_ascii_lowercase();
    MARKS.iter().any(|mark| lower.contains(mark))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn format(regex: &str, keyword: &str) -> Format {
        let spec = FormatSpec {
            name: "x".into(),
            regex: regex.into(),
            keywords: vec![keyword.into()],
            ..FormatSpec::default()
        };
        Format::new(&spec).unwrap()
    }

    fn starts(text: &str, keyword: &str) -> Vec<usize> {
        text.match_indices(keyword).map(|(offset, _)| offset).collect()
    }

    #[test]
    fn respects_word_borders() {
        let format = format("tok_[0-9a-f]{8}", "tok_");
        for (text, count) in [
            ("tok_0123abcd", 1),
            ("x = 'tok_0123abcd'", 1),
            ("stok_0123abcd", 0),
            ("tok_0123abcd9", 0),
            ("tok_0123abcd-9", 0),
            ("tok_0123abcd...", 0),
            ("\\ntok_0123abcd\\n", 1),
            ("ü tok_0123abcd ü", 1),
        ] {
            assert_eq!(format.matches(text, &starts(text, "tok_")).len(), count, "{text}");
        }
    }

    #[test]
    fn windows_merge() {
        let text = "k".repeat(10_000);
        let all: Vec<usize> = (0..10_000).collect();
        assert_eq!(windows(&text, &all, 512), std::iter::once(0..10_000).collect::<Vec<_>>());
        assert_eq!(windows(&text, &[0, 5_000], 512), [0..512, 4_808..5_512]);
    }
}
