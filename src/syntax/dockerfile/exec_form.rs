//! The exec form of an instruction: a JSON array of strings.

use std::ops::Range;

/// An array, and where its strings stand (with their quotes).
pub(super) struct ExecForm {
    pub(super) span: Range<usize>,
    pub(super) strings: Vec<(String, Range<usize>)>,
}

/// The array that makes up `text[range]`; `None` when it is anything else, which is the shell form then.
pub(super) fn parse(text: &str, range: Range<usize>) -> Option<ExecForm> {
    let start = range.start;
    let text = &text[..range.end];
    let mut at = skip_blanks(text, start);
    if text.as_bytes().get(at) != Some(&b'[') {
        return None;
    }
    at = skip_blanks(text, at + 1);
    let mut strings = Vec::new();
    while text.as_bytes().get(at) != Some(&b']') {
        if !strings.is_empty() {
            if text.as_bytes().get(at) != Some(&b',') {
                return None;
            }
            at = skip_blanks(text, at + 1);
        }
        let end = string_end(text, at)?;
        strings.push((serde_json::from_str::<String>(&text[at..end]).ok()?, at..end));
        at = skip_blanks(text, end);
    }
    let end = at + 1;
    (skip_blanks(text, end) == text.len()).then_some(ExecForm { span: start..end, strings })
}

fn string_end(text: &str, start: usize) -> Option<usize> {
    let bytes = text.as_bytes();
    if bytes.get(start) != Some(&b'"') {
        return None;
    }
    let mut at = start + 1;
    loop {
        match bytes.get(at)? {
            b'"' => return Some(at + 1),
            b'\\' => at += 2,
            _ => at += 1,
        }
    }
}

fn skip_blanks(text: &str, at: usize) -> usize {
    at + text.as_bytes()[at..].iter().take_while(|byte| byte.is_ascii_whitespace()).count()
}
