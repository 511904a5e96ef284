use super::super::{Field, Kind, Language, MAX_DEPTH, NodeId, Problem, Tree, TreeBuilder};
use super::model::{Key, Model, Value, ValueId};
use super::problem;
use crate::source::Span;
use std::borrow::Cow;
use std::sync::Arc;
use toml_parser::decoder::Encoding;
use toml_parser::parser::{Event, EventKind};
use toml_parser::{ParseError, Raw};

/// Where the comments stand.
pub(super) fn comments(events: &[Event]) -> Vec<Span> {
    events.iter().filter(|event| event.kind() == EventKind::Comment).map(|event| own(event.span())).collect()
}

/// The tree of a model, and what is wrong with its values.
pub(super) fn lower(text: &Arc<str>, model: &Model<'_>, comments: &[Span]) -> (Tree, Vec<Problem>) {
    let mut builder = TreeBuilder::new(Language::Toml, Arc::clone(text));
    let whole = Span::from_range(0..text.len());
    builder.open(Kind::Document, Field::None, whole);
    for &comment in comments {
        builder.comment(comment);
    }
    let mut lowering = Lowering { text, model, builder, problems: Vec::new() };
    if let Value::Table { entries, .. } = &model.values[0] {
        let root = lowering.builder.open(Kind::Mapping, Field::Item, whole);
        for (key, value) in entries {
            lowering.pair(key, *value, 2);
        }
        for &stray in &model.stray {
            if !stray.is_empty() {
                lowering.builder.leaf(Kind::Error, Field::Item, own(stray));
            }
        }
        lowering.builder.close(root);
    }
    (lowering.builder.finish(), lowering.problems)
}

fn own(span: toml_parser::Span) -> Span {
    Span::from_range(span.start()..span.end())
}

/// The kind of a value without quotes. Dates and times, and words that are no value, are strings.
fn unquoted_kind(source: &str) -> Kind {
    let is_time = source.get(2..3) == Some(":") || (source.get(4..5) == Some("-") && source.get(7..8) == Some("-"));
    match source.trim_start_matches(['+', '-']) {
        "true" | "false" => Kind::Bool,
        "inf" | "nan" => Kind::Number,
        number if number.starts_with(|first: char| first.is_ascii_digit()) && !is_time => Kind::Number,
        _ => Kind::Str,
    }
}

struct Lowering<'a, 'text> {
    text: &'a Arc<str>,
    model: &'a Model<'text>,
    builder: TreeBuilder,
    problems: Vec<Problem>,
}

impl Lowering<'_, '_> {
    /// Adds a pair; gives its span. Recursion is bounded by [`MAX_DEPTH`].
    fn pair(&mut self, key: &Key<'_>, value: ValueId, depth: usize) -> Span {
        let key_span = own(key.span);
        let pair = self.builder.open(Kind::Pair, Field::Item, key_span);
        let node = self.builder.leaf(Kind::Str, Field::Key, key_span);
        self.label(node, key_span, &key.name);
        let value = self.value(value, Field::Value, depth + 1);
        let span = key_span.cover(value);
        self.builder.set_span(pair, span);
        self.builder.close(pair);
        span
    }

    fn value(&mut self, value: ValueId, field: Field, depth: usize) -> Span {
        match &self.model.values[value] {
            Value::Scalar { span, encoding } => {
                let span = own(*span);
                self.scalar(span, *encoding, field);
                span
            }
            Value::Missing(span) => {
                let span = own(*span);
                self.builder.leaf(Kind::Error, field, span);
                span
            }
            Value::Array { span, .. } | Value::Table { span, .. } if depth + 3 > MAX_DEPTH => {
                let span = own(*span);
                self.builder.leaf(Kind::Error, field, span);
                let message = format!("tables nest deeper than {MAX_DEPTH} levels");
                self.problems.push(Problem { span, message });
                span
            }
            Value::Array { items, span, of_tables } => {
                let (own_span, of_tables) = (own(*span), *of_tables);
                let node = self.builder.open(Kind::Sequence, field, own_span);
                let hull = items.iter().fold(None, |hull, &item| {
                    let span = self.value(item, Field::Item, depth + 1);
                    Some(cover(hull, span))
                });
                self.close(node, own_span, hull, of_tables)
            }
            Value::Table { entries, span } => {
                let own_span = own(*span);
                let node = self.builder.open(Kind::Mapping, field, own_span);
                let hull = entries.iter().fold(None, |hull, (key, value)| {
                    let span = self.pair(key, *value, depth + 1);
                    Some(cover(hull, span))
                });
                self.close(node, own_span, hull, own_span.is_empty())
            }
        }
    }

    /// A table that brackets do not bound is as wide as what it holds.
    fn close(&mut self, node: NodeId, own_span: Span, hull: Option<Span>, unbounded: bool) -> Span {
        let span = match hull {
            Some(hull) if unbounded => hull,
            Some(hull) => hull.cover(own_span),
            None => own_span,
        };
        self.builder.set_span(node, span);
        self.builder.close(node);
        span
    }

    fn scalar(&mut self, span: Span, encoding: Option<Encoding>, field: Field) {
        let text = Arc::clone(self.text);
        let source = &text[span.range()];
        if encoding.is_none() {
            let kind = unquoted_kind(source);
            if kind == Kind::Str && !source.starts_with(|first: char| first.is_ascii_digit()) {
                self.problems.push(Problem { span, message: "expected a value".to_owned() });
            }
            self.builder.labelled_leaf(kind, field, span, span);
            return;
        }
        let mut decoded = Cow::Borrowed("");
        let place = toml_parser::Span::new_unchecked(span.start as usize, span.end as usize);
        let mut errors: Vec<ParseError> = Vec::new();
        let _ = Raw::new_unchecked(source, encoding, place).decode_scalar(&mut decoded, &mut errors);
        self.problems.extend(errors.iter().map(|error| problem(error, &text)));
        let node = self.builder.leaf(Kind::Str, field, span);
        self.label(node, span, &decoded);
    }

    fn label(&mut self, node: NodeId, span: Span, content: &str) {
        let source = &self.text[span.range()];
        let quotes = (source.len().saturating_sub(content.len())) / 2;
        let inner = Span::from_range(span.start as usize + quotes..(span.end as usize).saturating_sub(quotes));
        if self.text.get(inner.range()) == Some(content) {
            self.builder.label_span(node, inner);
        } else {
            self.builder.label(node, content);
        }
    }
}

fn cover(hull: Option<Span>, span: Span) -> Span {
    hull.map_or(span, |hull| hull.cover(span))
}
