use super::Span;

/// Maps offsets of a text that was cut out of a file back to that file.
///
/// Code inside Markdown fences, notebook cells, YAML block scalars or continued Dockerfile lines is not contiguous in
/// its file: indentation, escapes and prompts were removed. The map is piecewise: from each segment's virtual start on,
/// virtual and real offsets run in step until the next segment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OffsetMap {
    /// (virtual start, real start), sorted by virtual start, the first at virtual 0.
    segments: Vec<(u32, u32)>,
    /// (virtual end, real end) of what is longer in the file than in the text, sorted.
    ends: Vec<(u32, u32)>,
    /// The real span of the whole embedded text; nothing is mapped outside it.
    whole: Span,
}

impl OffsetMap {
    /// A map whose real offsets all lie in `whole`. Segments come in growing virtual order by [`OffsetMap::push`].
    pub const fn new(whole: Span) -> Self {
        Self { segments: Vec::new(), ends: Vec::new(), whole }
    }

    /// From `virtual_start` on, the text stands at `real_start` in the file.
    pub fn push(&mut self, virtual_start: u32, real_start: u32) {
        self.segments.push((virtual_start, real_start));
    }

    /// The map of a part of the virtual text that is taken as a text of its own.
    #[must_use]
    pub fn part(&self, part: Span) -> Self {
        let mut segments = vec![(0, self.offset(part.start))];
        let first = self.segments.partition_point(|&(start, _)| start <= part.start);
        let inside = self.segments[first..].iter().take_while(|&&(start, _)| start < part.end);
        segments.extend(inside.map(|&(start, real)| (start - part.start, real)));
        let first = self.ends.partition_point(|&(end, _)| end <= part.start);
        let inside = self.ends[first..].iter().take_while(|&&(end, _)| end <= part.end);
        let ends = inside.map(|&(end, real)| (end - part.start, real)).collect();
        Self { segments, ends, whole: self.whole }
    }

    /// A span that ends at `virtual_end` ends at `real_end` in the file: there stands an escape, of which the text has
    /// only what it means. Ends come in growing order.
    pub fn push_end(&mut self, virtual_end: u32, real_end: u32) {
        self.ends.push((virtual_end, real_end));
    }

    /// The file offset of a virtual offset.
    pub fn offset(&self, virtual_offset: u32) -> u32 {
        let index = self.segments.partition_point(|&(start, _)| start <= virtual_offset);
        let real = match index.checked_sub(1).map(|last| self.segments[last]) {
            Some((start, real)) => real.saturating_add(virtual_offset - start),
            None => self.whole.start,
        };
        real.clamp(self.whole.start, self.whole.end)
    }

    /// The file span of a virtual span. The end is mapped from the last byte inside the span, so that a span which
    /// ends at a segment's end does not run on into the next segment.
    pub fn span(&self, span: Span) -> Span {
        let start = self.offset(span.start);
        if span.is_empty() {
            return Span::at(start);
        }
        let end = match self.ends.binary_search_by_key(&span.end, |&(end, _)| end) {
            Ok(index) => self.ends[index].1,
            Err(_) => self.offset(span.end - 1).saturating_add(1),
        };
        Span::new(start, end.min(self.whole.end))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn maps_dedented_lines_back() {
        // "    a\n    b\n" dedented to "a\nb\n"
        let mut map = OffsetMap::new(Span::new(0, 12));
        map.push(0, 4);
        map.push(2, 10);
        assert_eq!(map.span(Span::new(0, 1)), Span::new(4, 5));
        assert_eq!(map.span(Span::new(0, 3)), Span::new(4, 11));
        assert_eq!(map.span(Span::new(0, 2)), Span::new(4, 6));
    }

    #[test]
    fn a_span_that_ends_with_an_escape_covers_it() {
        // `a\"b` with the escape resolved is `a"b`
        let mut map = OffsetMap::new(Span::new(10, 14));
        map.push(0, 10);
        map.push(1, 11);
        map.push_end(2, 13);
        map.push(2, 13);
        assert_eq!(map.span(Span::new(0, 2)), Span::new(10, 13));
        assert_eq!(map.span(Span::new(1, 2)), Span::new(11, 13));
        assert_eq!(map.span(Span::new(2, 3)), Span::new(13, 14));
    }
}
