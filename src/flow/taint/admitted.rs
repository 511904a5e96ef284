//! What a regular expression admits, and against what that protects.

use super::weakness::{Protection, Weakness};
use regex_syntax::hir::{Class, Hir, HirKind, Look};

/// Inclusive ranges of characters.
#[derive(Debug, Default)]
struct Admitted {
    ranges: Vec<(char, char)>,
}

impl Admitted {
    fn has(&self, c: char) -> bool {
        self.ranges.iter().any(|&(first, last)| first <= c && c <= last)
    }

    fn has_any(&self, characters: &str) -> bool {
        characters.chars().any(|c| self.has(c))
    }
}

/// What a text is protected against that consists of letters, digits and these characters only.
pub(super) fn protection_of_characters(characters: &str) -> Protection {
    let admitted = Admitted { ranges: characters.chars().map(|c| (c, c)).collect() };
    protection(&admitted, &admitted, true)
}

/// What a text is protected against that a regular expression matches. `is_whole`: the match covers the whole text
/// (`fullmatch`); else the expression itself must say so. `from_start`: the match begins at the start (`match`).
pub(super) fn protection_of_regex(pattern: &str, is_whole: bool, from_start: bool) -> Protection {
    // Python's `\Z` is the end of the text.
    let pattern = pattern.replace("\\Z", "\\z");
    let Ok(hir) = regex_syntax::ParserBuilder::new().nest_limit(100).build().parse(&pattern) else {
        return Protection::NONE;
    };
    let prefix = fixed_url_prefix(&pattern, is_whole || from_start);
    let (begins, ends, ends_before_newline) = anchors(&hir, &pattern);
    if !(is_whole || (from_start || begins) && ends) {
        return prefix;
    }
    let mut admitted = Admitted::default();
    collect(&hir, &mut admitted);
    let mut first = Admitted::default();
    collect_first(&hir, &mut first);
    let newline_free = is_whole || !ends_before_newline;
    protection(&admitted, &first, newline_free).union(prefix).and(Weakness::Nosql)
}

/// An expression that begins with a whole scheme and host leaves no choice of the host.
fn fixed_url_prefix(pattern: &str, from_start: bool) -> Protection {
    let anchored = pattern.starts_with('^') || pattern.starts_with("\\A");
    let text = pattern.trim_start_matches('^').trim_start_matches("\\A").replace("\\/", "/").replace("\\.", "\u{1}");
    let Some(rest) = ["https://", "http://", "https?://"].into_iter().find_map(|scheme| text.strip_prefix(scheme))
    else {
        return Protection::NONE;
    };
    let host = rest.split('/').next().unwrap_or("");
    let is_literal = host.chars().all(|c| c.is_alphanumeric() || c == '\u{1}' || c == '-' || c == ':');
    if (anchored || from_start) && !host.is_empty() && is_literal && rest.contains('/') {
        Protection::NONE.and(Weakness::Url).and(Weakness::Redirect)
    } else {
        Protection::NONE
    }
}

/// Whether an expression begins at the start and ends at the end of the text, and whether its end allows a newline.
fn anchors(hir: &Hir, pattern: &str) -> (bool, bool, bool) {
    let is_multi_line = pattern.starts_with("(?m");
    match hir.kind() {
        HirKind::Concat(parts) => {
            let first = parts.first().map(Hir::kind);
            let last = parts.last().map(Hir::kind);
            let begins = matches!(first, Some(HirKind::Look(Look::Start))) && !is_multi_line;
            let ends = matches!(last, Some(HirKind::Look(Look::End))) && !is_multi_line;
            (begins, ends, pattern.ends_with('$'))
        }
        HirKind::Capture(capture) => anchors(&capture.sub, pattern),
        HirKind::Look(Look::Start) => (true, false, false),
        HirKind::Look(Look::End) => (false, true, true),
        _ => (false, false, false),
    }
}

fn collect(hir: &Hir, admitted: &mut Admitted) {
    match hir.kind() {
        HirKind::Literal(literal) => {
            admitted.ranges.extend(String::from_utf8_lossy(&literal.0).chars().map(|c| (c, c)));
        }
        HirKind::Class(Class::Unicode(class)) => {
            admitted.ranges.extend(class.ranges().iter().map(|range| (range.start(), range.end())));
        }
        HirKind::Class(Class::Bytes(class)) => {
            admitted.ranges.extend(class.ranges().iter().map(|range| (range.start().into(), range.end().into())));
        }
        HirKind::Repetition(repetition) => collect(&repetition.sub, admitted),
        HirKind::Capture(capture) => collect(&capture.sub, admitted),
        HirKind::Concat(parts) | HirKind::Alternation(parts) => {
            for part in parts {
                collect(part, admitted);
            }
        }
        HirKind::Empty | HirKind::Look(_) => {}
    }
}

/// Characters that may come first; false when the expression may match nothing.
fn collect_first(hir: &Hir, first: &mut Admitted) -> bool {
    match hir.kind() {
        HirKind::Literal(literal) => {
            first.ranges.extend(String::from_utf8_lossy(&literal.0).chars().take(1).map(|c| (c, c)));
            true
        }
        HirKind::Class(_) => {
            collect(hir, first);
            true
        }
        HirKind::Repetition(repetition) => collect_first(&repetition.sub, first) && repetition.min > 0,
        HirKind::Capture(capture) => collect_first(&capture.sub, first),
        HirKind::Concat(parts) => parts.iter().any(|part| collect_first(part, first)),
        HirKind::Alternation(parts) => {
            // Every option adds its first characters, whatever the others do.
            let consuming = parts.iter().filter(|part| collect_first(part, first)).count();
            consuming == parts.len()
        }
        HirKind::Empty | HirKind::Look(_) => false,
    }
}

/// What texts of these characters are protected against, `first` among them in the first place.
fn protection(admitted: &Admitted, first: &Admitted, newline_free: bool) -> Protection {
    const SHELL: &str = " \t\n\r;&|<>$`\\\"'(){}[]*?!#~^";
    let table: [(&str, &[Weakness]); 8] = [
        ("'\"`\\; \t\n\r()#,", &[Weakness::Sql]),
        (SHELL, &[Weakness::Shell]),
        ("<>&\"'", &[Weakness::Html, Weakness::Xml]),
        ("{}%$#<>", &[Weakness::Template, Weakness::Format]),
        ("/\\:@.?#%", &[Weakness::Url, Weakness::Redirect]),
        ("*()\\\0/ ,=+<>;\"", &[Weakness::Ldap]),
        ("'\"[]()/@*|= \n", &[Weakness::Xpath]),
        (".*+?()[]{}|^$\\", &[Weakness::Regex]),
    ];
    let mut protects = Protection::NONE;
    for (dangerous, weaknesses) in table {
        if !admitted.has_any(dangerous) {
            protects = protects.union(weaknesses.iter().copied().collect());
        }
    }
    if !admitted.has_any(SHELL) && !first.has('-') {
        protects = protects.and(Weakness::Argument);
    }
    if !admitted.has_any("/\\") && !first.has('.') {
        protects = protects.and(Weakness::Path);
    }
    if !admitted.has_any("\r\n") && newline_free {
        protects = protects.and(Weakness::Log).and(Weakness::Header).and(Weakness::Mail);
    }
    if !first.has_any("=+-@\t\r") {
        protects = protects.and(Weakness::Csv);
    }
    let is_word = !('!'..='~').any(|c| !c.is_alphanumeric() && c != '_' && admitted.has(c)) && !admitted.has(' ');
    if is_word {
        protects = protects.and(Weakness::Code).and(Weakness::Deserialization);
    }
    protects
}
