//! What a scalar means: the type of a plain one, the content of a quoted or block one, and where each byte of the
//! content stands in the text.
//!
//! This module knows the text of one scalar, not the tree around it.

use super::super::{Kind, Language, NodeId, Tree};
use crate::source::{OffsetMap, Span};

/// The kind of a plain scalar by the core schema of YAML 1.2.2 (section 10.3.2): `yes`, `no`, `on` and `off` are strings.
pub(super) fn plain_kind(text: &str) -> Kind {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => Kind::Null,
        "true" | "True" | "TRUE" | "false" | "False" | "FALSE" => Kind::Bool,
        _ if is_number(text) => Kind::Number,
        _ => Kind::Str,
    }
}

fn is_number(text: &str) -> bool {
    let all = |digits: &str, allowed: fn(u8) -> bool| !digits.is_empty() && digits.bytes().all(allowed);
    if let Some(octal) = text.strip_prefix("0o") {
        return all(octal, |byte| matches!(byte, b'0'..=b'7'));
    }
    if let Some(hex) = text.strip_prefix("0x") {
        return all(hex, |byte| byte.is_ascii_hexdigit());
    }
    if matches!(text, ".nan" | ".NaN" | ".NAN") {
        return true;
    }
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
    if matches!(unsigned, ".inf" | ".Inf" | ".INF") {
        return true;
    }
    let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent.strip_prefix(['-', '+']).unwrap_or(exponent))),
        None => (unsigned, None),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    digits(whole)
        && digits(fraction)
        && !(whole.is_empty() && fraction.is_empty())
        && exponent.is_none_or(|exponent| all(exponent, |byte| byte.is_ascii_digit()))
}

/// A scalar's content while it is put together, with the places its parts come from.
#[derive(Debug, Default)]
pub(in crate::syntax) struct Cooked {
    /// The content.
    pub text: String,
    /// (offset in the content, offset in the text), as [`OffsetMap`] wants them.
    segments: Vec<(u32, u32)>,
}

impl Cooked {
    /// Appends content that stands at `at` in the text.
    #[expect(clippy::cast_possible_truncation, reason = "the reader refuses files of 4 GiB and more")]
    fn push(&mut self, at: usize, content: &str) {
        if content.is_empty() {
            return;
        }
        let (start, real) = (self.text.len() as u32, at as u32);
        let in_step = self.segments.last().is_some_and(|&(from, to)| to + (start - from) == real);
        if !in_step {
            self.segments.push((start, real));
        }
        self.text.push_str(content);
    }

    /// Takes back blanks at the end of a folded line, down to `keep` bytes.
    fn trim_blanks(&mut self, keep: usize) {
        while self.text.len() > keep && self.text.ends_with([' ', '\t']) {
            self.text.pop();
        }
        while self.segments.last().is_some_and(|&(start, _)| start as usize > self.text.len()) {
            self.segments.pop();
        }
    }

    fn map(&self, whole: Span) -> OffsetMap {
        let mut map = OffsetMap::new(whole);
        for &(start, real) in &self.segments {
            map.push(start, real);
        }
        map
    }
}

/// How a scalar that is not a block scalar is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::syntax) enum FlowStyle {
    Plain,
    Single,
    Double,
}

impl FlowStyle {
    /// The style by the first byte of the scalar's source.
    pub(super) fn of(first: Option<u8>) -> Self {
        match first {
            Some(b'\'') => Self::Single,
            Some(b'"') => Self::Double,
            _ => Self::Plain,
        }
    }
}

/// The content of a plain or quoted scalar whose source (quotes included) is `source`, found at `base` in the text.
pub(in crate::syntax) fn cook_flow(source: &str, base: usize, style: FlowStyle) -> Cooked {
    let (inner, mut at) = match style {
        FlowStyle::Plain => (source, 0),
        _ => (source.get(1..source.len().saturating_sub(1)).unwrap_or(""), 1),
    };
    let end = at + inner.len();
    let bytes = source.as_bytes();
    let mut cooked = Cooked::default();
    // Blanks up to here were escaped, folding must not take them.
    let mut keep = 0;
    while at < end {
        match bytes[at] {
            b'\n' | b'\r' => {
                cooked.trim_blanks(keep);
                let first = at;
                let (breaks, next) = skip_breaks(bytes, at, end);
                if breaks == 1 {
                    cooked.push(base + first, " ");
                } else {
                    (1..breaks).for_each(|_| cooked.push(base + first, "\n"));
                }
                at = next;
                keep = cooked.text.len();
            }
            b'\'' if style == FlowStyle::Single && bytes.get(at + 1) == Some(&b'\'') && at + 1 < end => {
                cooked.push(base + at, "'");
                at += 2;
            }
            b'\\' if style == FlowStyle::Double && at + 1 < end => {
                if matches!(bytes[at + 1], b'\n' | b'\r') {
                    let (breaks, next) = skip_breaks(bytes, at + 1, end);
                    (1..breaks).for_each(|_| cooked.push(base + at, "\n"));
                    at = next;
                } else {
                    let (character, length) = unescape(&source[at..end]);
                    cooked.push(base + at, character.encode_utf8(&mut [0; 4]));
                    at += length;
                }
                keep = cooked.text.len();
            }
            _ => {
                let stop = bytes[at + 1..end]
                    .iter()
                    .position(|byte| matches!(byte, b'\n' | b'\r' | b'\'' | b'\\'))
                    .map_or(end, |offset| at + 1 + offset);
                cooked.push(base + at, &source[at..stop]);
                at = stop;
            }
        }
    }
    cooked
}

/// Skips line breaks and the blanks around them: how many breaks, and where the next content is.
fn skip_breaks(bytes: &[u8], mut at: usize, end: usize) -> (usize, usize) {
    let mut breaks = 0;
    while at < end {
        match bytes[at] {
            b'\r' if bytes.get(at + 1) == Some(&b'\n') && at + 1 < end => at += 1,
            b'\n' | b'\r' => {
                breaks += 1;
                at += 1;
            }
            b' ' | b'\t' => at += 1,
            _ => break,
        }
    }
    (breaks, at)
}

/// One escape sequence of a double-quoted scalar: what it stands for, and its length in bytes.
fn unescape(source: &str) -> (char, usize) {
    let hex = |from: usize, length: usize| {
        source.get(from..from + length).and_then(|digits| u32::from_str_radix(digits, 16).ok())
    };
    let coded = |length: usize| {
        let high = hex(2, length)?;
        // JSON writes characters beyond the basic plane as two halves.
        if (0xD800..0xDC00).contains(&high) && source.get(6..8) == Some("\\u") {
            let low = hex(8, 4).filter(|low| (0xDC00..0xE000).contains(low))?;
            let code = 0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00);
            return char::from_u32(code).map(|character| (character, 12));
        }
        char::from_u32(high).map(|character| (character, 2 + length))
    };
    let Some(letter) = source.chars().nth(1) else { return ('\\', 1) };
    let simple = match letter {
        '0' => '\0',
        'a' => '\x07',
        'b' => '\x08',
        't' | '\t' => '\t',
        'n' => '\n',
        'v' => '\x0b',
        'f' => '\x0c',
        'r' => '\r',
        'e' => '\x1b',
        'N' => '\u{85}',
        '_' => '\u{a0}',
        'L' => '\u{2028}',
        'P' => '\u{2029}',
        'x' => return coded(2).unwrap_or(('\u{FFFD}', 2)),
        'u' => return coded(4).unwrap_or(('\u{FFFD}', 2)),
        'U' => return coded(8).unwrap_or(('\u{FFFD}', 2)),
        other => other,
    };
    (simple, 1 + letter.len_utf8())
}

/// Just behind the quote that closes the one at `open`; the end of the text when none does.
pub(super) fn quoted_end(text: &str, open: usize) -> usize {
    let bytes = text.as_bytes();
    let Some(&quote) = bytes.get(open) else { return text.len() };
    let mut at = open + 1;
    while let Some(&byte) = bytes.get(at) {
        let doubled = quote == b'\'' && byte == quote && bytes.get(at + 1) == Some(&quote);
        if byte == quote && !doubled {
            return at + 1;
        }
        at += if doubled || (byte == b'\\' && quote == b'"') { 2 } else { 1 };
    }
    text.len()
}

/// Lines of a text from an offset on: (start, end without the break, start of the next line).
fn lines(text: &str, from: usize) -> impl Iterator<Item = (usize, usize, usize)> + '_ {
    let mut at = from;
    std::iter::from_fn(move || {
        if at >= text.len() {
            return None;
        }
        let start = at;
        let rest = &text.as_bytes()[at..];
        let length = rest.iter().position(|byte| matches!(byte, b'\n' | b'\r')).unwrap_or(rest.len());
        at += length;
        let end = at;
        at += match rest.get(length..length + 2) {
            Some(b"\r\n") => 2,
            _ => usize::from(length < rest.len()),
        };
        Some((start, end, at))
    })
}

/// How many spaces a line begins with.
pub(super) fn leading_spaces(line: &str) -> usize {
    line.bytes().take_while(|&byte| byte == b' ').count()
}

/// Spaces in front of the first line that is not blank; `None` when all are blank.
pub(super) fn first_indent(text: &str) -> Option<usize> {
    lines(text, 0).map(|(start, end, _)| &text[start..end]).find(|line| !line.trim().is_empty()).map(leading_spaces)
}

/// Where the header line of the block scalar at `header` ends, break included.
pub(super) fn content_start(text: &str, header: usize) -> usize {
    lines(text, header).next().map_or(text.len(), |(_, _, next)| next)
}

/// Where the last content line of a block scalar ends (without its break), looking at lines up to `limit`.
pub(super) fn block_end(text: &str, header: usize, limit: usize, indent: usize) -> usize {
    let header_end = lines(text, header).next().map_or(text.len(), |(_, end, _)| end);
    let content = content_start(text, header);
    lines(text, content)
        .take_while(|&(start, ..)| start < limit)
        // Blanks beyond the indentation are content.
        .filter(|&(start, end, _)| end - start > indent && leading_spaces(&text[start..end]) >= indent)
        .last()
        .map_or(header_end, |(_, end, _)| end)
}

/// The content of the block scalar whose header (`|` or `>`) stands at `header` and whose last content line ends at
/// `end`; its lines are indented by `indent` spaces.
pub(super) fn cook_block(text: &str, header: usize, end: usize, indent: usize) -> Cooked {
    let mut cooked = Cooked::default();
    let bytes = text.as_bytes();
    let folded = bytes.get(header) == Some(&b'>');
    let indicators = &bytes[(header + 1).min(bytes.len())..(header + 3).min(bytes.len())];
    let indicators = &indicators[..indicators.iter().take_while(|byte| b"+-123456789".contains(byte)).count()];
    let (strip, keep) = (indicators.contains(&b'-'), indicators.contains(&b'+'));
    // The break that ended the last content line, and those of blank lines since.
    let mut pending: Vec<usize> = Vec::new();
    let mut has_content = false;
    let mut last_began_blank = false;
    let mut trailing = Vec::new();
    for (start, stop, next) in lines(text, content_start(text, header)) {
        let line = &text[start..stop];
        let content = &line[leading_spaces(line).min(indent)..];
        if start >= end {
            // Blank lines behind the last content line count when they are kept.
            if !keep || !content.is_empty() || next == stop {
                break;
            }
            trailing.push(stop);
            continue;
        }
        if !content.is_empty() {
            let begins_blank = content.starts_with([' ', '\t']);
            let fold = folded && has_content && !last_began_blank && !begins_blank;
            match pending.as_slice() {
                [only] if fold => cooked.push(*only, " "),
                [_, blank @ ..] if fold => blank.iter().for_each(|&at| cooked.push(at, "\n")),
                all => all.iter().for_each(|&at| cooked.push(at, "\n")),
            }
            pending.clear();
            cooked.push(stop - content.len(), content);
            has_content = true;
            last_began_blank = begins_blank;
        }
        pending.push(stop);
    }
    if !has_content {
        if keep {
            pending.iter().chain(&trailing).for_each(|&at| cooked.push(at, "\n"));
        }
    } else if !strip {
        if let Some(&at) = pending.first() {
            cooked.push(at, "\n");
        }
        pending.iter().skip(1).chain(&trailing).for_each(|&at| cooked.push(at, "\n"));
    }
    cooked
}

/// The content of a string scalar, and a map from its offsets to the tree's text, so that what is embedded in it (a
/// script, a configuration file, a command line) can be parsed with spans that are right. Works for YAML and JSON trees;
/// `None` for other nodes, and for a scalar whose content cannot be traced.
pub fn scalar_map(tree: &Tree, scalar: NodeId) -> Option<(String, OffsetMap)> {
    if tree.kind(scalar) != Kind::Str || !matches!(tree.language(), Language::Yaml | Language::Json) {
        return None;
    }
    let span = tree.span(scalar);
    let source = tree.source(scalar);
    let label = tree.label(scalar);
    let first = source.bytes().next();
    let is_block = matches!(first, Some(b'|' | b'>')) && tree.language() == Language::Yaml;
    let (cooked, whole) = if is_block {
        let text = tree.text();
        let (header, end) = (span.start as usize, span.end as usize);
        let content = content_start(text, header).min(end);
        let in_text = first_indent(&text[content..end]).unwrap_or(0);
        let in_label = first_indent(label).unwrap_or(0);
        // The break behind the last line is content too.
        let after = lines(text, end).next().map_or(end, |(_, _, next)| next);
        (cook_block(text, header, end, in_text.saturating_sub(in_label)), Span::from_range(header..after))
    } else {
        let style = match tree.language() {
            Language::Json => FlowStyle::Double,
            _ => FlowStyle::of(first),
        };
        (cook_flow(source, span.start as usize, style), span)
    };
    (cooked.text == label).then(|| {
        let map = cooked.map(whole);
        (cooked.text, map)
    })
}
