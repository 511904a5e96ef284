//! Scalars: plain, quoted, block, and the values that are not there.

use super::super::super::Kind;
use super::super::scalar::{
    FlowStyle, block_end, content_start, cook_block, cook_flow, first_indent, leading_spaces, plain_kind, quoted_end,
};
use super::{Lowering, Role, is_alias};
use crate::source::Span;
use saphyr_parser::{ScalarStyle, Tag};

impl Lowering<'_> {
    pub(super) fn scalar(&mut self, value: &str, style: ScalarStyle, anchor: usize, tag: Option<&Tag>, span: Span) {
        if matches!(style, ScalarStyle::Literal | ScalarStyle::Folded) {
            self.block_scalar(value, anchor, span);
            return;
        }
        let mut start = (span.start as usize).max(self.gaps.position());
        if anchor > 0 || tag.is_some() {
            start = self.gaps.behind_properties(start, span.end as usize);
        } else {
            self.gaps.read(start, |_| false);
        }
        let end = (span.end as usize).max(start);
        let end = match style {
            // The parser's end may lie behind the comment that follows.
            ScalarStyle::SingleQuoted | ScalarStyle::DoubleQuoted => quoted_end(self.copy, start).min(end),
            _ => start + self.copy[start..end].trim_ascii_end().len(),
        };
        self.gaps.consume(end);
        let span = Span::from_range(start..end);
        let source = &self.text[start..end];
        if style == ScalarStyle::Plain && is_alias(source) {
            self.alias(None, span);
            return;
        }
        let masked = self.is_masked(span);
        let cooked = masked.then(|| cook_flow(source, start, FlowStyle::of(source.bytes().next())).text);
        let value = cooked.as_deref().unwrap_or(value);
        let kind = match (style, tag) {
            (ScalarStyle::Plain, Some(tag)) if tag.suffix == "str" || tag.suffix == "!" => Kind::Str,
            (ScalarStyle::Plain, _) => plain_kind(value),
            _ => Kind::Str,
        };
        let field = self.place(start);
        let node = self.builder.leaf(kind, field, span);
        match kind {
            Kind::Null => {}
            Kind::Bool => self.builder.label(node, &value.to_ascii_lowercase()),
            _ if source == value => self.builder.label_span(node, span),
            _ if source.get(1..source.len().saturating_sub(1)) == Some(value) => {
                self.builder.label_span(node, Span::new(span.start + 1, span.end - 1));
            }
            _ => self.builder.label(node, value),
        }
        self.remember(anchor, node);
        self.placed(node, span);
    }

    fn block_scalar(&mut self, value: &str, anchor: usize, span: Span) {
        let limit = (span.end as usize).max(self.gaps.position());
        let header = self.gaps.read(limit, |byte| matches!(byte, b'|' | b'>'));
        let header = header.unwrap_or(self.gaps.position());
        let content = content_start(self.copy, header);
        // The header line may end in a comment.
        self.gaps.read(content.min(self.copy.len()), |_| false);
        let limit = limit.max(content);
        let indent = match first_indent(&self.copy[content..limit]) {
            Some(indent) => indent.saturating_sub(first_indent(value).unwrap_or(0)),
            None => self.text[content..limit]
                .lines()
                .filter(|line| !line.trim().is_empty())
                .map(leading_spaces)
                .min()
                .unwrap_or(0),
        };
        let end = block_end(self.text, header, limit, indent);
        let span = Span::from_range(header..end.max(header));
        self.gaps.consume(end);
        let field = self.place(header);
        let node = self.builder.leaf(Kind::Str, field, span);
        if self.is_masked(span) {
            self.builder.label(node, &cook_block(self.text, header, end, indent).text);
        } else {
            self.builder.label(node, value);
        }
        self.remember(anchor, node);
        self.placed(node, span);
    }

    /// A value that is not there: null, unless masked text stands in its place.
    pub(super) fn empty(&mut self, anchor: usize, tagged: bool, span: Span) {
        let is_value = matches!(self.top().role, Role::Value(_));
        let indicator = match self.top().role {
            Role::Value(_) => b':',
            Role::Key => b'?',
            _ => b'-',
        };
        let limit = (span.end as usize).max(self.gaps.position());
        if anchor > 0 || tagged {
            self.gaps.behind_properties(span.start as usize, limit);
        } else if let Some(at) = self.indicator(indicator) {
            self.gaps.consume(at + 1);
        }
        let at = self.gaps.position().max(self.top().hull.start as usize);
        if is_value && self.masked_value(at) {
            return;
        }
        let field = self.place(at);
        let node = self.builder.leaf(Kind::Null, field, Span::from_range(at..at));
        self.remember(anchor, node);
        self.placed(node, Span::from_range(at..at));
    }
}
