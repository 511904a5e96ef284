//! Finds the smallest blocks of lines that keep a text from parsing, so that everything around them is kept.
//!
//! A text is cut into documents, a document into the entries at its outermost indentation, an entry that does not parse
//! alone into its own entries, and so on. Each piece is parsed by itself; the work is bounded by a multiple of the text.

use super::events::{Failure, scan};
use super::prepared::{Mask, MaskKind, Prepared, line_spans};
use super::repair::mask_aliases;
use super::scalar::leading_spaces;
use crate::source::Span;

/// How many levels of entries are cut.
const MAX_LEVELS: usize = 16;

/// How many entries of one level are given up because they do not parse together although each parses alone.
const MAX_CLASHES: usize = 8;

/// Blanks the blocks that do not parse, each noted as a [`MaskKind::Bad`] mask.
pub(super) fn isolate(prepared: &mut Prepared) {
    let mut probe = prepared.clone();
    // An entry cut out of its document does not see the document's anchors.
    mask_aliases(&mut probe, true);
    let lines = content_lines(probe.text());
    let fuel = probe.bytes().len() * 24 + (1 << 16);
    let mut search = Search { probe, lines, bad: Vec::new(), fuel };
    search.documents();
    let mut bad = search.bad;
    // A block that was given up later covers those that were given up within it.
    bad.sort_by_key(|mask| (mask.span.start, std::cmp::Reverse(mask.span.end)));
    let mut end = 0;
    for mask in bad {
        if mask.span.end > end {
            end = mask.span.end;
            prepared.mask(mask.span, b' ', mask.kind);
        }
    }
}

/// A line that holds more than blanks and a comment.
#[derive(Debug, Clone, Copy)]
struct Line {
    start: usize,
    end: usize,
    indent: usize,
    first: u8,
    /// Whether it begins with a sequence's dash.
    dash: bool,
}

fn content_lines(text: &str) -> Vec<Line> {
    line_spans(text)
        .filter_map(|line| {
            let content = &text[line.range()];
            let trimmed = content.trim_ascii();
            let first = *trimmed.as_bytes().first().filter(|&&byte| byte != b'#')?;
            let Span { start, end } = line;
            let dash = trimmed == "-" || trimmed.starts_with("- ");
            Some(Line { start: start as usize, end: end as usize, indent: leading_spaces(content), first, dash })
        })
        .collect()
}

/// How an entry begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shape {
    Pair,
    Item,
    Other,
}

struct Search {
    /// What is parsed: bad lines are blanked here as they are found.
    probe: Prepared,
    lines: Vec<Line>,
    bad: Vec<Mask>,
    /// Bytes that may still be parsed.
    fuel: usize,
}

impl Search {
    fn documents(&mut self) {
        let mut from = 0;
        for at in 0..=self.lines.len() {
            let is_marker = self.lines.get(at).is_none_or(|line| {
                let content = self.probe.slice(line.start..line.end);
                content.starts_with("---") || content.starts_with("...")
            });
            if is_marker && from < at {
                self.block(from, at, 0);
            }
            if is_marker {
                let bare = self.lines.get(at).is_some_and(|line| line.end - line.start == 3);
                from = at + usize::from(bare);
            }
        }
    }

    /// What is wrong with the lines `from..to` when they are parsed alone; `None` when they parse.
    fn failure(&mut self, from: usize, to: usize) -> Option<Failure> {
        let (start, end) = (self.lines[from].start, self.lines[to - 1].end);
        self.fuel = self.fuel.saturating_sub(end - start);
        let mut failure = scan(self.probe.slice(start..end)).err()?;
        failure.offset += start;
        Some(failure)
    }

    fn give_up(&mut self, from: usize, to: usize, failure: Failure) {
        let (start, end) = (self.lines[from].start + self.lines[from].indent, self.lines[to - 1].end);
        let mask = Mask { span: Span::from_range(start..end), kind: MaskKind::Bad(failure.message) };
        self.probe.mask(mask.span, b' ', mask.kind.clone());
        self.bad.push(mask);
    }

    fn block(&mut self, from: usize, to: usize, level: usize) {
        let Some(failure) = self.failure(from, to) else { return };
        let may_cut = level < MAX_LEVELS && self.fuel > 0;
        let entries = if may_cut { self.entries(from, to) } else { Vec::new() };
        if entries.len() < 2 {
            self.give_up(from, to, failure);
            return;
        }
        for &(from, to) in &entries {
            self.block(from, to, level + 1);
        }
        let mut suspects = entries;
        let usual = self.usual_shape(&suspects);
        for _ in 0..MAX_CLASHES {
            if self.fuel == 0 {
                // What is still wrong shows when the whole is parsed.
                return;
            }
            let Some(failure) = self.failure(from, to) else { return };
            // The parser notices late: the culprit is the entry that it was in, or one further up. A line that is
            // unlike the entries around it is the likeliest.
            let may_be = |&&(from, _): &&(usize, usize)| self.lines[from].start <= failure.offset;
            let before = suspects.iter().take_while(may_be).count();
            let is_odd = |&(from, _): &(usize, usize)| self.shape(from) != usual;
            let odd = suspects[..before].iter().rposition(is_odd);
            let Some(culprit) = odd.or(before.checked_sub(1)) else { break };
            let (from, to) = suspects.remove(culprit);
            self.give_up(from, to, failure);
        }
        if let Some(failure) = self.failure(from, to) {
            self.give_up(from, to, failure);
        }
    }

    fn shape(&self, line: usize) -> Shape {
        let Line { start, end, dash, .. } = self.lines[line];
        let content = self.probe.slice(start..end).trim_end();
        match dash {
            true => Shape::Item,
            false if content.ends_with(':') || content.contains(": ") => Shape::Pair,
            false => Shape::Other,
        }
    }

    /// The shape that most of some entries have.
    fn usual_shape(&self, entries: &[(usize, usize)]) -> Shape {
        let count = |shape| entries.iter().filter(|&&(from, _)| self.shape(from) == shape).count();
        if count(Shape::Item) > count(Shape::Pair) { Shape::Item } else { Shape::Pair }
    }

    /// The entries of a block: those at its smallest indentation, or, of a single entry, its first line and the rest.
    fn entries(&self, from: usize, to: usize) -> Vec<(usize, usize)> {
        let lines = &self.lines[from..to];
        let indent = lines.iter().map(|line| line.indent).min().unwrap_or(0);
        let outermost = |line: &&Line| line.indent == indent;
        // Items of a sequence may stand at the indentation of the key they belong to.
        let keys = lines.iter().filter(outermost).any(|line| !line.dash && !b"]}".contains(&line.first));
        let begins = |line: &Line| line.indent == indent && !b"]}".contains(&line.first) && !(keys && line.dash);
        let mut starts: Vec<usize> = (from..to).filter(|&at| begins(&self.lines[at])).collect();
        if starts.first() != Some(&from) {
            starts.insert(0, from);
        }
        if starts.len() == 1 && to - from > 1 {
            let header = self.probe.slice(self.lines[from].start..self.lines[from].end).trim_ascii_end();
            if holds_block_scalar(header) {
                return Vec::new();
            }
            starts.push(from + 1);
        }
        let ends = starts.iter().skip(1).copied().chain([to]);
        starts.iter().copied().zip(ends).collect()
    }
}

/// Whether a line ends in the header of a block scalar: what follows is text, not entries.
fn holds_block_scalar(line: &str) -> bool {
    let line = line.split_once(" #").map_or(line, |(line, _)| line.trim_end());
    let header = line.rsplit(' ').next().unwrap_or("");
    header.starts_with(['|', '>']) && header[1..].bytes().all(|byte| b"+-123456789".contains(&byte))
}
