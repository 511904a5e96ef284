use super::Finding;
use crate::source::{Source, Span};
use aho_corasick::{AhoCorasick, MatchKind};
use rustc_hash::FxHashMap;
use std::borrow::Cow;
use std::collections::hash_map::Entry;
use std::sync::{Arc, OnceLock};

/// From this many characters on, a secret's first characters are shown: enough to find out which key it is, too few to
/// make guessing the rest easier.
const SHOWN_FROM: usize = 16;
/// How many characters of such a secret are shown.
const SHOWN: usize = 4;
/// What stands for the rest of a secret. Its length tells nothing.
const MASK: &str = "****";

/// A secret as outputs may show it: `****`, with the first four characters in front when it has sixteen or more.
pub fn mask(secret: &str) -> String {
    let mut masked =
        if secret.chars().nth(SHOWN_FROM - 1).is_some() { secret.chars().take(SHOWN).collect() } else { String::new() };
    masked.push_str(MASK);
    masked
}

/// Where the secrets of every scanned file stand.
///
/// An excerpt shows neighbouring lines too, and another rule's finding may lie on the line of a secret. So outputs do not
/// ask the finding at hand but this map, which knows the secrets of all findings, also of those that are not reported.
#[derive(Debug, Clone, Default)]
pub struct SecretSpans {
    by_path: FxHashMap<Arc<str>, FileSecrets>,
}

/// The secrets of one file.
#[derive(Debug, Clone, Default)]
struct FileSecrets {
    /// In order, none overlapping another.
    spans: Vec<Span>,
    /// Finds the secrets' values in messages; made at first use, `None` when no value is long enough.
    finder: OnceLock<Option<AhoCorasick>>,
}

impl SecretSpans {
    /// Collects the secrets of findings.
    pub fn of<'a>(findings: impl IntoIterator<Item = &'a Finding>) -> Self {
        let mut by_path: FxHashMap<Arc<str>, Vec<Span>> = FxHashMap::default();
        for finding in findings.into_iter().filter(|finding| !finding.secrets.is_empty()) {
            let spans = by_path.entry(Arc::clone(finding.source.path())).or_default();
            spans.extend(finding.secrets.iter().filter(|span| !span.is_empty()));
        }
        let by_path = by_path.into_iter().map(|(path, spans)| (path, FileSecrets::new(spans)));
        Self { by_path: by_path.collect() }
    }

    /// Adds the secrets that another scan stage collected.
    pub fn absorb(&mut self, other: Self) {
        for (path, secrets) in other.by_path {
            match self.by_path.entry(path) {
                Entry::Vacant(entry) => {
                    entry.insert(secrets);
                }
                Entry::Occupied(mut entry) => {
                    let known = std::mem::take(&mut entry.get_mut().spans);
                    entry.insert(FileSecrets::new([known, secrets.spans].concat()));
                }
            }
        }
    }

    /// The secrets of a file, in order, none overlapping another.
    pub fn in_file(&self, path: &str) -> &[Span] {
        self.by_path.get(path).map_or(&[], |secrets| &secrets.spans)
    }

    /// The text of a span with every secret in it masked. Line ends inside a secret stay, so that an excerpt keeps its
    /// line numbers.
    pub fn text<'a>(&self, source: &'a Source, span: Span) -> Cow<'a, str> {
        let text = source.slice(span);
        let secrets = self.in_file(source.path());
        let from = secrets.partition_point(|secret| secret.end <= span.start);
        if text.is_empty() || secrets.get(from).is_none_or(|secret| secret.start >= span.end) {
            return Cow::Borrowed(text);
        }
        let mut out = String::with_capacity(text.len());
        let mut done = span.start;
        for &secret in secrets[from..].iter().take_while(|secret| secret.start < span.end) {
            let (start, end) = (secret.start.max(span.start), secret.end.min(span.end));
            out.push_str(source.slice(Span::new(done, start)));
            mask_lines(&mut out, source, secret, Span::new(start, end));
            done = end;
        }
        out.push_str(source.slice(Span::new(done, span.end)));
        Cow::Owned(out)
    }

    /// A message that quotes text of a file, with that file's secrets masked where they stand in it whole.
    pub fn message<'a>(&self, source: &Source, message: &'a str) -> Cow<'a, str> {
        let Some(secrets) = self.by_path.get(&**source.path()) else { return Cow::Borrowed(message) };
        let Some(finder) = secrets.finder(source) else { return Cow::Borrowed(message) };
        if !finder.is_match(message) {
            return Cow::Borrowed(message);
        }
        let mut masked = String::with_capacity(message.len());
        finder.replace_all_with(message, &mut masked, |_, value, out| {
            out.push_str(&mask(value));
            true
        });
        Cow::Owned(masked)
    }
}

impl FileSecrets {
    fn new(spans: Vec<Span>) -> Self {
        Self { spans: disjoint(spans), finder: OnceLock::new() }
    }

    fn finder(&self, source: &Source) -> Option<&AhoCorasick> {
        let finder = self.finder.get_or_init(|| {
            // Shorter values stand in words by chance ("root", "admin").
            let values = self.spans.iter().map(|&span| source.slice(span)).filter(|value| value.len() >= 8);
            let values: Vec<&str> = values.collect();
            let mut builder = AhoCorasick::builder();
            builder.match_kind(MatchKind::LeftmostLongest);
            if values.is_empty() { None } else { builder.build(values).ok() }
        });
        finder.as_ref()
    }
}

/// The same bytes by spans that are in order and do not overlap.
fn disjoint(mut spans: Vec<Span>) -> Vec<Span> {
    spans.sort_unstable();
    let mut merged: Vec<Span> = Vec::with_capacity(spans.len());
    for span in spans {
        match merged.last_mut() {
            Some(last) if span.start < last.end => last.end = last.end.max(span.end),
            _ => merged.push(span),
        }
    }
    merged
}

/// Writes the part of a secret that `shown` covers, masked line by line.
fn mask_lines(out: &mut String, source: &Source, secret: Span, shown: Span) {
    let mut first = shown.start == secret.start;
    for line in source.slice(shown).split_inclusive(['\n', '\r']) {
        let content = line.trim_end_matches(['\n', '\r']);
        if first && content.chars().nth(SHOWN_FROM - 1).is_some() {
            out.push_str(&mask(content));
        } else if !content.is_empty() {
            out.push_str(MASK);
        }
        first = false;
        out.push_str(&line[content.len()..]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secrets(path: &str, spans: &[Span]) -> SecretSpans {
        SecretSpans { by_path: FxHashMap::from_iter([(Arc::from(path), FileSecrets::new(spans.to_vec()))]) }
    }

    #[test]
    fn shows_four_characters_of_long_values_only() {
        assert_eq!(mask("hunter2"), "****");
        assert_eq!(mask("AKIAIOSFODNN7EXAMPLE"), "AKIA****");
        assert_eq!(mask("\u{1F511}\u{1F511}\u{1F511}\u{1F511}\u{1F511}"), "****");
    }

    #[test]
    fn masks_inside_an_excerpt_and_keeps_lines() {
        let text = "a = 'AKIAIOSFODNN7EXAMPLE'\nb = '''x\ny\n'''\n";
        let source = Source::new("f.py", text);
        let key = text.find("AKIA").unwrap();
        let body = text.find("x\ny\n").unwrap();
        let secrets = secrets("f.py", &[Span::from_range(key..key + 20), Span::from_range(body..body + 4)]);
        let shown = secrets.text(&source, Span::from_range(0..text.len()));
        assert_eq!(shown, "a = 'AKIA****'\nb = '''****\n****\n'''\n");
        assert_eq!(secrets.text(&source, Span::from_range(0..3)), "a =");
        // An excerpt that begins inside the secret shows nothing of it.
        assert_eq!(secrets.text(&source, Span::from_range(key + 4..key + 21)), "****'");
    }

    #[test]
    fn masks_messages_that_quote_a_secret() {
        let text = "key = correct-horse-battery";
        let source = Source::new("f", text);
        let secrets = secrets("f", &[Span::from_range(6..text.len())]);
        assert_eq!(secrets.message(&source, "`correct-horse-battery` is used"), "`corr****` is used");
    }
}
