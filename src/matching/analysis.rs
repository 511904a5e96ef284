//! `metavariable-analysis`: named judgements on a text. `entropy`: it looks random, as keys and tokens do. `redos`: a
//! backtracking engine can be made to search a regular expression for ever.
//!
//! Semgrep documents what the analyses are for, not how they decide; these decide by themselves.

use regex_syntax::ParserBuilder;
use regex_syntax::hir::{Class, Hir, HirKind, Repetition};

/// A named analysis.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Analysis {
    /// The text looks random.
    Entropy,
    /// The text is a regular expression that takes exponential time on some texts.
    Redos,
}

impl Analysis {
    /// The analysis of a name that Semgrep knows.
    pub fn named(name: &str) -> Option<Self> {
        match name {
            "entropy" | "entropy_v2" => Some(Self::Entropy),
            "redos" => Some(Self::Redos),
            _ => None,
        }
    }

    /// Whether a text is what the analysis looks for.
    pub(super) fn holds(self, text: &str) -> bool {
        match self {
            Self::Entropy => looks_random(text),
            Self::Redos => is_exponential(text),
        }
    }
}

/// Shortest text that can be told from a word.
const MIN_RANDOM: usize = 10;
/// Least information per character, in bits: English has about 4 over long texts, but few characters repeat in short ones.
const MIN_BITS: f64 = 2.8;

/// Random letters and digits change between classes all the time, words do not.
fn looks_random(text: &str) -> bool {
    let characters: Vec<char> = text.chars().take(4_096).collect();
    if characters.len() < MIN_RANDOM || characters.iter().any(|c| c.is_whitespace()) || shannon(&characters) < MIN_BITS
    {
        return false;
    }
    let distinct = {
        let mut sorted = characters.clone();
        sorted.sort_unstable();
        sorted.dedup();
        sorted.len()
    };
    let is_hexadecimal = characters.iter().all(char::is_ascii_hexdigit) && characters.iter().any(char::is_ascii_digit);
    if is_hexadecimal && characters.len() >= 16 && distinct >= 8 {
        return true;
    }
    let class = |c: char| match c {
        'a'..='z' => 0,
        'A'..='Z' => 1,
        '0'..='9' => 2,
        _ => 3,
    };
    // A capital at the start of a word is no change, and neither is punctuation.
    let changes = characters
        .windows(2)
        .filter(|pair| match (class(pair[0]), class(pair[1])) {
            (1, 0) | (3, _) | (_, 3) => false,
            (before, after) => before != after,
        })
        .count();
    changes * 5 >= characters.len()
}

#[expect(clippy::cast_precision_loss, reason = "counts of at most 4096")]
fn shannon(characters: &[char]) -> f64 {
    let mut sorted = characters.to_vec();
    sorted.sort_unstable();
    sorted
        .chunk_by(|left, right| left == right)
        .map(|run| {
            let share = run.len() as f64 / characters.len() as f64;
            -share * share.log2()
        })
        .sum()
}

/// Longest regular expression that is looked at, in bytes.
const MAX_EXPRESSION: usize = 2_000;
/// Texts that one loop is tried on.
const MAX_SAMPLES: usize = 24;
/// How often a sample is repeated.
const REPEATS: usize = 4;

/// Whether an expression has a loop whose rounds can divide one text among themselves in many ways, and something behind
/// it that may fail: then a backtracking engine tries all ways. Expressions with look-around or back-references are not
/// judged.
fn is_exponential(expression: &str) -> bool {
    if expression.len() > MAX_EXPRESSION {
        return false;
    }
    // Python's end of text.
    let expression = expression.replace("\\Z", "\\z");
    let parsed = ParserBuilder::new().utf8(false).nest_limit(60).build().parse(&expression);
    parsed.is_ok_and(|expression| has_ambiguous_loop(&expression, false))
}

/// `can_fail`: whether something behind the expression may not match.
fn has_ambiguous_loop(expression: &Hir, can_fail: bool) -> bool {
    match expression.kind() {
        HirKind::Repetition(Repetition { max, sub, .. }) => {
            let is_loop = max.is_none_or(|max| max >= 25);
            (is_loop && can_fail && is_ambiguous(sub)) || has_ambiguous_loop(sub, can_fail)
        }
        HirKind::Capture(capture) => has_ambiguous_loop(&capture.sub, can_fail),
        HirKind::Alternation(branches) => branches.iter().any(|branch| has_ambiguous_loop(branch, can_fail)),
        HirKind::Concat(parts) => {
            let mut may_fail = can_fail;
            parts.iter().rev().any(|part| {
                let found = has_ambiguous_loop(part, may_fail);
                may_fail |= can_refuse(part);
                found
            })
        }
        HirKind::Empty | HirKind::Literal(_) | HirKind::Class(_) | HirKind::Look(_) => false,
    }
}

/// Whether an expression can fail to match: it needs a character or a boundary.
fn can_refuse(expression: &Hir) -> bool {
    matches!(expression.kind(), HirKind::Look(_))
        || expression.properties().minimum_len().is_none_or(|length| length > 0)
}

/// Whether rounds of a loop can share a text in more than one way: one round matches some text several times in a row,
/// in numbers that differ. Then n copies fall into rounds in exponentially many ways.
fn is_ambiguous(round: &Hir) -> bool {
    let Ok(whole) = regex::bytes::RegexBuilder::new(&format!("\\A(?:{round})\\z")).size_limit(1 << 20).build() else {
        return false;
    };
    let mut samples = Vec::new();
    collect_samples(round, &mut samples);
    samples
        .iter()
        .filter(|sample| !sample.is_empty() && sample.len() < 200)
        .any(|sample| (1..=REPEATS).filter(|&times| whole.is_match(sample.repeat(times).as_bytes())).nth(1).is_some())
}

/// A text for every part of an expression.
fn collect_samples(expression: &Hir, samples: &mut Vec<String>) {
    if samples.len() >= MAX_SAMPLES {
        return;
    }
    let own = sample(expression);
    if !samples.contains(&own) {
        samples.push(own);
    }
    match expression.kind() {
        HirKind::Repetition(repetition) => collect_samples(&repetition.sub, samples),
        HirKind::Capture(capture) => collect_samples(&capture.sub, samples),
        HirKind::Concat(parts) | HirKind::Alternation(parts) => {
            for part in parts {
                collect_samples(part, samples);
            }
        }
        HirKind::Class(Class::Unicode(class)) => {
            samples.extend(class.iter().take(4).map(|range| range.start().to_string()));
        }
        HirKind::Class(Class::Bytes(_)) | HirKind::Empty | HirKind::Literal(_) | HirKind::Look(_) => {}
    }
}

/// A short text that an expression matches, as good as can be told without searching.
fn sample(expression: &Hir) -> String {
    match expression.kind() {
        HirKind::Empty | HirKind::Look(_) => String::new(),
        HirKind::Literal(literal) => String::from_utf8_lossy(&literal.0).into_owned(),
        HirKind::Class(Class::Unicode(class)) => {
            class.iter().next().map_or_else(String::new, |range| range.start().to_string())
        }
        HirKind::Class(Class::Bytes(class)) => {
            class.iter().next().map_or_else(String::new, |range| char::from(range.start()).to_string())
        }
        HirKind::Repetition(repetition) => sample(&repetition.sub).repeat(repetition.min.clamp(1, 20) as usize),
        HirKind::Capture(capture) => sample(&capture.sub),
        HirKind::Concat(parts) => parts.iter().map(sample).collect(),
        HirKind::Alternation(branches) => branches.iter().map(sample).find(|text| !text.is_empty()).unwrap_or_default(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_look_random_and_words_do_not() {
        for key in ["q9Xv2LmP8sKd4WzR", "0123456789abcdef0123456789abcdef", "sk_live_4eC39HqLyjWDarjtT1zdp7dc"] {
            assert!(Analysis::Entropy.holds(key), "{key}");
        }
        for word in
            ["hunter2", "the quick brown fox", "aaaaaaaaaaaaaaaa", "application/json", "correcthorsebatterystaple"]
        {
            assert!(!Analysis::Entropy.holds(word), "{word}");
        }
    }

    #[test]
    fn loops_in_loops_take_for_ever() {
        for expression in [
            "(a+)+$",
            "(a*)*b",
            r"^(\w+\s?)*$",
            "(x+x+)+y",
            "^(([a-z])+.)+[A-Z]([a-z])+$",
            "(?:a+)+?b",
            "^(a|aa)+$",
            "((ab)+)+c",
        ] {
            assert!(Analysis::Redos.holds(expression), "{expression}");
        }
    }

    #[test]
    fn rounds_that_begin_somewhere_are_fine() {
        for expression in [
            "^[a-z]+$",
            "(ab+)+c",
            "((a+)b)+c",
            "(a|b)*c",
            r"^\s+|\s+$",
            r"^(\w+\.)*\w+$",
            "(a+)+",
            r"(\d{3},?)+x",
            "(a+)+(?=b)",
            "(",
        ] {
            assert!(!Analysis::Redos.holds(expression), "{expression}");
        }
    }
}
