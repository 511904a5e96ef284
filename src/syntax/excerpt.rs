//! A text put together from pieces of a file, with the map back to where each piece stands.
//!
//! What is embedded in a file (a fence, a notebook cell) loses indentation, prompts and escapes before a front end
//! reads it. This module knows neither Markdown nor JSON.

use crate::source::{OffsetMap, Span};

/// A text that grows piece by piece.
#[derive(Debug, Clone, Default)]
pub(super) struct Excerpt {
    text: String,
    /// (offset in `text`, offset in the file), where the two run out of step.
    segments: Vec<(u32, u32)>,
    /// (end in `text`, end in the file) of texts that stand for a longer piece.
    ends: Vec<(u32, u32)>,
    /// First and last byte of the file that a piece came from.
    whole: Option<Span>,
    /// Offset in the file behind the last piece.
    next: u32,
}

impl Excerpt {
    /// Adds a piece of the file as it is.
    pub(super) fn copy(&mut self, file: &str, piece: Span) {
        if !piece.is_empty() {
            self.push(file.get(piece.range()).unwrap_or(""), piece);
        }
    }

    /// Adds a text that stands for a piece of the file: an escape, a character that is left out.
    pub(super) fn replace(&mut self, text: &str, piece: Span) {
        self.push(text, piece);
        if text.len() != piece.range().len() {
            // What follows is out of step, however close it stands.
            self.next = u32::MAX;
            if !piece.is_empty() {
                self.ends.push((Span::from_range(0..self.text.len()).end, piece.end));
            }
        }
    }

    fn push(&mut self, text: &str, piece: Span) {
        if self.segments.is_empty() || self.next != piece.start {
            self.segments.push((Span::from_range(0..self.text.len()).end, piece.start));
        }
        self.text.push_str(text);
        self.next = piece.end;
        self.whole = Some(self.whole.map_or(piece, |whole| whole.cover(piece)));
    }

    /// The text so far.
    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// Offset in the file behind the last byte that a piece came from.
    pub(super) fn end(&self) -> u32 {
        self.whole.map_or(0, |whole| whole.end)
    }

    /// Overwrites a byte of the text by another one.
    pub(super) fn overwrite(&mut self, at: usize, byte: u8) {
        let is_single = self.text.as_bytes().get(at).is_some_and(u8::is_ascii);
        if is_single && byte.is_ascii() {
            self.text.replace_range(at..=at, char::from(byte).encode_utf8(&mut [0]));
        }
    }

    /// Adds all of another excerpt of the same file.
    pub(super) fn append(&mut self, other: &Self) {
        let base = Span::from_range(0..self.text.len()).end;
        self.segments.extend(other.segments.iter().map(|&(at, real)| (base + at, real)));
        self.ends.extend(other.ends.iter().map(|&(at, real)| (base + at, real)));
        self.text.push_str(&other.text);
        self.next = other.next;
        self.whole = match (self.whole, other.whole) {
            (Some(whole), Some(other)) => Some(whole.cover(other)),
            (whole, other) => whole.or(other),
        };
    }

    /// The text and its map.
    pub(super) fn finish(self) -> (String, OffsetMap) {
        let mut map = OffsetMap::new(self.whole.unwrap_or_default());
        for (at, real) in self.segments {
            map.push(at, real);
        }
        for (at, real) in self.ends {
            map.push_end(at, real);
        }
        (self.text, map)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_map_back_to_where_they_stand() {
        let file = "> ab\\n\n> cd";
        let mut excerpt = Excerpt::default();
        excerpt.copy(file, Span::new(2, 4));
        excerpt.replace("\n", Span::new(4, 6));
        excerpt.copy(file, Span::new(9, 11));
        let (text, map) = excerpt.finish();
        assert_eq!(text, "ab\ncd");
        assert_eq!(map.span(Span::new(0, 2)), Span::new(2, 4));
        assert_eq!(map.offset(2), 4);
        assert_eq!(map.span(Span::new(0, 3)), Span::new(2, 6));
        assert_eq!(map.span(Span::new(3, 5)), Span::new(9, 11));
        assert_eq!(map.span(Span::new(0, 5)), Span::new(2, 11));
    }

    #[test]
    fn an_appended_excerpt_keeps_its_places() {
        let file = "ab--cd";
        let (mut first, mut second) = (Excerpt::default(), Excerpt::default());
        first.copy(file, Span::new(0, 2));
        second.copy(file, Span::new(4, 6));
        first.append(&second);
        let (text, map) = first.finish();
        assert_eq!(text, "abcd");
        assert_eq!(map.span(Span::new(2, 4)), Span::new(4, 6));
    }
}
