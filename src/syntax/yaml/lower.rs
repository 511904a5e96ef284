//! From the parser's events to the tree.
//!
//! Events carry marks of uneven quality (a block's end is the next token, a null's place anywhere), so spans of
//! collections are made from what they hold.

mod scalars;

use super::super::{Field, Kind, Language, MAX_DEPTH, MAX_PROBLEMS, NodeId, Parsed, Problem, TreeBuilder};
use super::events::Failure;
use super::gap::Gaps;
use super::marks::Marks;
use super::prepared::{Mask, Prepared};
use crate::source::Span;
use rustc_hash::FxHashMap;
use saphyr_parser::{Event, Parser, ScalarStyle};
use std::sync::Arc;

/// Beyond this column nobody indents; asking for more would walk long lines again and again.
const MAX_COLUMN: usize = 256;

/// Makes the tree of a text. With a prepared copy, the copy is parsed and the text is what labels say. A failure comes
/// with the tree of all that stands before it.
pub(super) fn lower(text: &Arc<str>, prepared: Option<&Prepared>) -> (Parsed, Option<Failure>) {
    let copy = prepared.map_or(&**text, Prepared::text);
    let masks = prepared.map_or(&[][..], |prepared| &prepared.masks);
    let mut builder = TreeBuilder::new(Language::Yaml, Arc::clone(text));
    let root = builder.open(Kind::Document, Field::None, Span::from_range(0..text.len()));
    let root = Frame { node: root, role: Role::Document, flow: false, column: 0, hull: Span::at(0) };
    let mut lowering = Lowering {
        text,
        copy,
        marks: Marks::new(copy),
        gaps: Gaps::new(copy),
        masks,
        next_bad: 0,
        builder,
        frames: vec![root],
        anchors: FxHashMap::default(),
        too_deep: None,
        problems: Vec::new(),
    };
    let failure = lowering.run();
    if let Some(prepared) = prepared {
        lowering.gaps.comments.extend_from_slice(&prepared.comments);
        lowering.gaps.comments.sort_unstable();
        lowering.gaps.comments.dedup();
    }
    for comment in lowering.gaps.comments {
        lowering.builder.comment(comment);
    }
    lowering.problems.sort_by_key(|problem| problem.span);
    (Parsed { tree: lowering.builder.finish(), problems: lowering.problems }, failure)
}

/// What a collection that is still open waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    Document,
    Sequence,
    /// A mapping in front of a key.
    Key,
    /// A mapping behind the key of this pair.
    Value(NodeId),
}

#[derive(Debug)]
pub(super) struct Frame {
    node: NodeId,
    pub(super) role: Role,
    pub(super) flow: bool,
    /// Column (bytes from the line's start) where it begins.
    pub(super) column: usize,
    pub(super) hull: Span,
}

/// A collection that nests too deep: an [`Kind::Error`] node takes its place.
#[derive(Debug)]
struct TooDeep {
    node: NodeId,
    open: usize,
    span: Span,
}

pub(super) struct Lowering<'a> {
    pub(super) text: &'a Arc<str>,
    pub(super) copy: &'a str,
    marks: Marks<'a>,
    pub(super) gaps: Gaps<'a>,
    pub(super) masks: &'a [Mask],
    /// Index of the first mask that may be a bad block not yet in the tree.
    pub(super) next_bad: usize,
    pub(super) builder: TreeBuilder,
    frames: Vec<Frame>,
    anchors: FxHashMap<usize, NodeId>,
    too_deep: Option<TooDeep>,
    problems: Vec<Problem>,
}

impl Lowering<'_> {
    fn run(&mut self) -> Option<Failure> {
        let mut failure = None;
        for event in Parser::new_from_str(self.copy) {
            match event {
                Ok((event, span)) => {
                    let span = Span::from_range(self.marks.byte(&span.start)..self.marks.byte(&span.end));
                    self.event(event, span);
                }
                Err(error) => {
                    failure = Some(Failure::new(&error, &self.marks));
                    break;
                }
            }
        }
        while self.frames.len() > 1 {
            self.close(self.gaps.position(), false);
        }
        if failure.is_none() {
            self.gaps.read(self.copy.len(), |_| false);
        }
        self.bad_blocks(self.copy.len(), false);
        if let Some(failure) = &failure {
            let start = self.gaps.position();
            let rest = self.copy[start..].trim_ascii();
            if !rest.is_empty() {
                let start = start + self.copy[start..].len() - self.copy[start..].trim_ascii_start().len();
                self.builder.leaf(Kind::Error, Field::Item, Span::from_range(start..start + rest.len()));
            }
            self.problem(Span::from_range(failure.offset..failure.offset), failure.message.clone());
        }
        failure
    }

    fn event(&mut self, event: Event<'_>, span: Span) {
        if self.too_deep.is_some() {
            self.skip(&event, span);
            return;
        }
        match event {
            Event::SequenceStart(anchor, tag) => self.open(Kind::Sequence, anchor, tag.is_some(), span),
            Event::MappingStart(anchor, tag) => self.open(Kind::Mapping, anchor, tag.is_some(), span),
            Event::SequenceEnd | Event::MappingEnd => self.close(span.start as usize, true),
            Event::Alias(anchor) => self.alias(Some(anchor), span),
            Event::Scalar(value, style, anchor, tag) => {
                if value.is_empty() && style == ScalarStyle::Plain {
                    self.empty(anchor, tag.is_some(), span);
                } else {
                    self.scalar(&value, style, anchor, tag.as_deref(), span);
                }
            }
            Event::Nothing | Event::StreamStart | Event::StreamEnd | Event::DocumentStart(_) | Event::DocumentEnd => {}
        }
    }

    pub(super) fn problem(&mut self, span: Span, message: String) {
        if self.problems.len() < MAX_PROBLEMS {
            self.problems.push(Problem { span, message });
        }
    }

    /// Bytes from the line's start; far in on a long line, all columns count as one.
    pub(super) fn column(&self, offset: usize) -> usize {
        let before = &self.copy.as_bytes()[offset.saturating_sub(MAX_COLUMN)..offset];
        before.iter().rev().take_while(|&&byte| !matches!(byte, b'\n' | b'\r')).count()
    }

    // ---- places ------------------------------------------------------------------------------------------------------

    pub(super) fn top(&mut self) -> &mut Frame {
        let last = self.frames.len() - 1;
        &mut self.frames[last]
    }

    /// The role of the node that comes next, at `start`; opens its pair when it is a key.
    fn place(&mut self, start: usize) -> Field {
        self.bad_blocks(start, false);
        match self.top().role {
            Role::Document | Role::Sequence => Field::Item,
            Role::Value(_) => Field::Value,
            Role::Key => {
                let pair = self.builder.open(Kind::Pair, Field::Item, Span::from_range(start..start));
                self.top().role = Role::Value(pair);
                Field::Key
            }
        }
    }

    /// A node is complete: the collection around it grows.
    pub(super) fn placed(&mut self, node: NodeId, span: Span) {
        let is_key = self.builder.field(node) == Field::Key;
        self.builder.set_span(node, span);
        if let Role::Value(pair) = self.top().role {
            let pair_span = if is_key { span } else { self.builder.span(pair).cover(span) };
            self.builder.set_span(pair, pair_span);
            if !is_key {
                self.builder.close(pair);
                self.top().role = Role::Key;
            }
        }
        let frame = self.top();
        frame.hull = frame.hull.cover(span);
    }

    // ---- collections -------------------------------------------------------------------------------------------------

    fn open(&mut self, kind: Kind, anchor: usize, tagged: bool, span: Span) {
        let mut start = (span.start as usize).max(self.gaps.position());
        if kind == Kind::Sequence && anchor == 0 && !tagged {
            // The mark of a sequence under its key stands behind the first dash.
            start = self.gaps.read(start, |byte| byte == b'-').unwrap_or(start);
        }
        let content = if anchor > 0 || tagged {
            self.gaps.behind_properties(start, span.end as usize)
        } else {
            self.gaps.read(start, |_| false);
            start
        };
        let field = self.place(start);
        let here = Span::from_range(start..start);
        // A pair stands between a mapping and what it holds.
        if self.frames.len() * 2 + 4 > MAX_DEPTH {
            let node = self.builder.leaf(Kind::Error, field, here);
            self.too_deep = Some(TooDeep { node, open: 1, span: here });
            return;
        }
        let node = self.builder.open(kind, field, here);
        if anchor > 0 {
            self.anchors.insert(anchor, node);
        }
        let flow = matches!(self.copy.as_bytes().get(content), Some(b'[' | b'{'));
        let role = if kind == Kind::Mapping { Role::Key } else { Role::Sequence };
        let column = if flow { 0 } else { self.column(content) };
        self.frames.push(Frame { node, role, flow, column, hull: here });
    }

    fn close(&mut self, end: usize, complete: bool) {
        if let Role::Value(_) = self.top().role
            && !complete
        {
            // The text ended behind a key.
            self.empty(0, false, Span::from_range(end..end));
        }
        let node = self.top().node;
        let bracket = match self.builder.kind(node) {
            Kind::Mapping => b'}',
            _ => b']',
        };
        if complete && self.top().flow && self.copy.as_bytes().get(end) == Some(&bracket) {
            self.gaps.read(end, |_| false);
            self.gaps.consume(end + 1);
            let frame = self.top();
            frame.hull = frame.hull.cover(Span::from_range(end..end + 1));
        } else if complete {
            self.bad_blocks(end, true);
        }
        if self.frames.len() > 1
            && let Some(frame) = self.frames.pop()
        {
            self.builder.close(frame.node);
            self.placed(frame.node, frame.hull);
        }
    }

    fn skip(&mut self, event: &Event<'_>, span: Span) {
        let Some(deep) = &mut self.too_deep else { return };
        match event {
            Event::SequenceStart(..) | Event::MappingStart(..) => deep.open += 1,
            Event::SequenceEnd | Event::MappingEnd => deep.open -= 1,
            Event::Scalar(..) | Event::Alias(_) if span.start >= deep.span.start => {
                deep.span = deep.span.cover(span);
                self.gaps.read(span.start as usize, |_| false);
                self.gaps.consume(span.end as usize);
            }
            _ => {}
        }
        if deep.open == 0
            && let Some(deep) = self.too_deep.take()
        {
            self.problem(deep.span, format!("collections nest deeper than {MAX_DEPTH} levels"));
            self.placed(deep.node, deep.span);
        }
    }

    // ---- scalars -----------------------------------------------------------------------------------------------------

    fn alias(&mut self, anchor: Option<usize>, span: Span) {
        self.gaps.read(span.start as usize, |_| false);
        self.gaps.consume(span.end as usize);
        let field = self.place(span.start as usize);
        let node = self.builder.leaf(Kind::Alias, field, span);
        self.builder.label_span(node, Span::new(span.start + 1, span.end));
        if let Some(&target) = anchor.and_then(|anchor| self.anchors.get(&anchor)) {
            self.builder.alias(node, target);
        }
        self.placed(node, span);
    }

    /// The indicator, when it is the next thing in the gap.
    fn indicator(&mut self, indicator: u8) -> Option<usize> {
        let rest = &self.copy.as_bytes()[self.gaps.position()..];
        let blanks = rest.iter().take_while(|byte| byte.is_ascii_whitespace()).count();
        (rest.get(blanks) == Some(&indicator)).then(|| self.gaps.position() + blanks)
    }

    fn remember(&mut self, anchor: usize, node: NodeId) {
        if anchor > 0 {
            self.anchors.insert(anchor, node);
        }
    }
}

fn is_alias(source: &str) -> bool {
    source.strip_prefix('*').is_some_and(|name| {
        !name.is_empty()
            && name.chars().all(|character| character.is_alphanumeric() || matches!(character, '_' | '-' | '.'))
    })
}
