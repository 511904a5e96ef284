//! GitHub's `primaryLocationLineHash`: what its upload action computes for results that bring no fingerprint.
//!
//! A rolling hash over UTF-16 code units, modulo 2^64, multiplier 37, over a window of 100 units. Spaces and tabs do not
//! count; CR, LF and CRLF each count as one LF. One 65535 and 100 zeros follow the text. A line's hash is that of the window
//! which begins at the line's first unit. This module knows texts only.

use rustc_hash::FxHashMap;
use std::collections::BTreeMap;

/// How many code units a line's hash covers.
const WINDOW: u32 = 100;
const MULTIPLIER: u64 = 37;
/// Stands behind the last unit of the text; begins a last line of its own when the text ends in a line end.
const END: u16 = u16::MAX;
const LINE_FEED: u16 = 0x0a;

/// The hashes of some lines of a text as `hex:occurrence`, by 1-based line.
///
/// `wanted` must be sorted. Lines that do not exist are left out. The text is read up to the last wanted line's window,
/// because an occurrence number counts the equal hashes of all lines before.
pub fn line_hashes(text: &str, wanted: &[u32]) -> BTreeMap<u32, String> {
    let Some(&last) = wanted.last() else { return BTreeMap::new() };
    let mut window = Window::new();
    let mut seen: FxHashMap<u64, u32> = FxHashMap::default();
    let mut found = BTreeMap::new();
    let mut record = |line: u32, hash: u64| {
        let occurrence = seen.entry(hash).or_default();
        *occurrence += 1;
        if wanted.binary_search(&line).is_ok() {
            found.insert(line, format!("{hash:x}:{occurrence}"));
        }
        line < last
    };

    let mut line = 0;
    let mut at_line_start = true;
    for unit in counted_units(text) {
        let begins = at_line_start.then(|| {
            line += 1;
            line
        });
        at_line_start = unit == LINE_FEED;
        if let Some((line, hash)) = window.push(unit, begins)
            && !record(line, hash)
        {
            return found;
        }
    }
    for _ in 0..WINDOW {
        if let Some((line, hash)) = window.push(0, None)
            && !record(line, hash)
        {
            return found;
        }
    }
    found
}

/// The units that count: no spaces and tabs, one LF for each line end, [`END`] last.
fn counted_units(text: &str) -> impl Iterator<Item = u16> {
    let mut after_carriage_return = false;
    text.encode_utf16()
        .filter_map(move |unit| {
            let second_half = after_carriage_return && unit == LINE_FEED;
            after_carriage_return = unit == u16::from(b'\r');
            match u8::try_from(unit) {
                Ok(b' ' | b'\t') => None,
                Ok(b'\n') if second_half => None,
                Ok(b'\r') => Some(LINE_FEED),
                _ => Some(unit),
            }
        })
        .chain(std::iter::once(END))
}

/// The last [`WINDOW`] units, their hash, and which of them begin a line.
struct Window {
    units: [u16; WINDOW as usize],
    /// The line that the unit in the same slot begins; 0 for none.
    begins: [u32; WINDOW as usize],
    next: usize,
    hash: u64,
    /// What the unit that leaves has been multiplied with.
    leaving_factor: u64,
}

impl Window {
    const fn new() -> Self {
        Self {
            units: [0; WINDOW as usize],
            begins: [0; WINDOW as usize],
            next: 0,
            hash: 0,
            leaving_factor: MULTIPLIER.wrapping_pow(WINDOW),
        }
    }

    /// Takes in a unit. When the one that leaves began a line, gives that line and the hash of the window it began.
    fn push(&mut self, unit: u16, begins: Option<u32>) -> Option<(u32, u64)> {
        let left = std::mem::replace(&mut self.units[self.next], unit);
        let line = std::mem::replace(&mut self.begins[self.next], begins.unwrap_or(0));
        let complete = (line != 0).then_some((line, self.hash));
        self.hash = self
            .hash
            .wrapping_mul(MULTIPLIER)
            .wrapping_add(u64::from(unit))
            .wrapping_sub(self.leaving_factor.wrapping_mul(u64::from(left)));
        self.next = (self.next + 1) % self.units.len();
        complete
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(text: &str) -> Vec<String> {
        line_hashes(text, &(1..=100).collect::<Vec<_>>()).into_values().collect()
    }

    #[test]
    fn agrees_with_github_on_short_texts() {
        assert_eq!(all(""), ["c129715d7a2bc9a3:1"]);
        assert_eq!(
            all(" a\nb\n  \t\tc\n d"),
            ["271789c17abda88f:1", "54703d4cd895b18:1", "180aee12dab6264:1", "a23a3dc5e078b07b:1"]
        );
    }

    const GREETINGS: &str = " hello; \t\nworld!!!\n\n\n  \t\tGreetings\n End";

    #[test]
    fn agrees_with_github_on_empty_lines() {
        assert_eq!(
            all(GREETINGS),
            [
                "8b7cf3e952e7aeb2:1",
                "b1ae1287ec4718d9:1",
                "bff680108adb0fcc:1",
                "c6805c5e1288b612:1",
                "b86d3392aea1be30:1",
                "e6ceba753e1a442:1",
            ]
        );
    }

    const GREETINGS_WITH_END: [&str; 7] = [
        "e9496ae3ebfced30:1",
        "fb7c023a8b9ccb3f:1",
        "ce8ba1a563dcdaca:1",
        "e20e36e16fcb0cc8:1",
        "b3edc88f2938467e:1",
        "c8e28b0b4002a3a0:1",
        "c129715d7a2bc9a3:1",
    ];

    #[test]
    fn a_final_line_end_begins_a_last_line() {
        assert_eq!(all(&format!("{GREETINGS}\n")), GREETINGS_WITH_END);
    }

    #[test]
    fn every_kind_of_line_end_is_the_same() {
        let text = format!("{GREETINGS}\n");
        assert_eq!(all(&text.replace('\n', "\r")), GREETINGS_WITH_END);
        assert_eq!(all(&text.replace('\n', "\r\n")), GREETINGS_WITH_END);
        assert_eq!(all("a\r\n\rb").len(), 3);
        assert_eq!(all("a\r \nb"), all("a\n\nb"));
    }

    #[test]
    fn counts_occurrences() {
        let text = "Lorem ipsum dolor sit amet.\n".repeat(10);
        assert_eq!(
            all(&text),
            [
                "a7f2ff13bc495cf2:1",
                "a7f2ff13bc495cf2:2",
                "a7f2ff13bc495cf2:3",
                "a7f2ff13bc495cf2:4",
                "a7f2ff13bc495cf2:5",
                "a7f2ff13bc495cf2:6",
                "a7f2ff1481e87703:1",
                "a9cf91f7bbf1862b:1",
                "55ec222b86bcae53:1",
                "cc97dc7b1d7d8f7b:1",
                "c129715d7a2bc9a3:1",
            ]
        );
    }

    #[test]
    fn gives_only_the_lines_asked_for() {
        let text = "Lorem ipsum dolor sit amet.\n".repeat(10);
        let found = line_hashes(&text, &[2, 7, 99]);
        assert_eq!(found.keys().copied().collect::<Vec<_>>(), [2, 7]);
        assert_eq!(found[&2], "a7f2ff13bc495cf2:2");
        assert_eq!(line_hashes(&text, &[]), BTreeMap::new());
    }

    #[test]
    fn indentation_and_later_text_do_not_matter() {
        let padding = "x".repeat(200);
        let before = line_hashes(&format!("if a:\n    run(b)\n{padding}"), &[2]);
        let after = line_hashes(&format!("if a:\n\trun( b )\n{padding} and more"), &[2]);
        assert_eq!(before, after);
    }

    #[test]
    fn lines_agree_with_the_line_index() {
        for text in ["", "a", "a\n", "\r\n\r\n", "a\rb\r\nc\n\u{1F600}\n \t "] {
            let index = crate::source::LineIndex::new(text);
            assert_eq!(all(text).len(), index.count() as usize, "{text:?}");
        }
    }
}
