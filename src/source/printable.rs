//! Text of scanned files on a terminal: nothing in it may move the cursor, change colours or turn the reading direction.

use std::borrow::Cow;
use std::fmt::Write as _;

/// Whether a terminal or a reader would act on this character instead of showing it: C0 and C1 controls and DEL, and the
/// bidirectional controls and separators by which text can look different from what it is (Unicode TR 36, CVE-2021-42574).
pub fn is_control(character: char) -> bool {
    character.is_control()
        || matches!(character, '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{2069}' | '\u{FEFF}')
}

/// The text with every control character written as an escape (`\x1b`, `\u{202e}`). Line ends and tabs stay.
pub fn printable(text: &str) -> Cow<'_, str> {
    let unsafe_here = |character| is_control(character) && !matches!(character, '\n' | '\t');
    if !text.contains(unsafe_here) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    for character in text.chars() {
        if unsafe_here(character) {
            push_escape(&mut out, character);
        } else {
            out.push(character);
        }
    }
    Cow::Owned(out)
}

/// Like [`printable`], for one line of output: line ends and tabs are escaped as well.
pub fn printable_line(text: &str) -> Cow<'_, str> {
    if !text.contains(is_control) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    for character in text.chars() {
        match character {
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            _ if is_control(character) => push_escape(&mut out, character),
            _ => out.push(character),
        }
    }
    Cow::Owned(out)
}

/// The text with every byte of a control character replaced by `?`, so that byte offsets stay what they are.
pub fn same_length_printable(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        if is_control(character) && !matches!(character, '\n' | '\t' | '\r') {
            out.extend(std::iter::repeat_n('?', character.len_utf8()));
        } else {
            out.push(character);
        }
    }
    out
}

/// Writes one control character as an escape.
pub fn push_escape(out: &mut String, character: char) {
    // Writing to a string cannot fail.
    let _ = match u32::from(character) {
        code @ 0..0x80 => write!(out, "\\x{code:02x}"),
        code => write!(out, "\\u{{{code:x}}}"),
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_what_a_terminal_would_obey() {
        assert_eq!(printable("a\x1b[31mb\n\tc"), "a\\x1b[31mb\n\tc");
        assert_eq!(printable("\u{202e}x\u{9b}"), "\\u{202e}x\\u{9b}");
        assert_eq!(printable_line("a\r\nb"), "a\\r\\nb");
        assert!(matches!(printable("plain \u{e9}\u{1F600}"), Cow::Borrowed(_)));
    }

    #[test]
    fn keeps_offsets() {
        let text = "k\x1b = \u{202e}\"v\"\r\n";
        let shown = same_length_printable(text);
        assert_eq!(shown.len(), text.len());
        assert_eq!(shown, "k? = ???\"v\"\r\n");
    }
}
