use rustc_hash::FxHashMap;
use std::borrow::Cow;
use toml_parser::decoder::Encoding;
use toml_parser::parser::{Event, EventKind};
use toml_parser::{ParseError, Source, Span};

/// Index of a value in its [`Model`].
pub(super) type ValueId = usize;

/// A key as it is written, and what it says.
#[derive(Debug, Clone)]
pub(super) struct Key<'text> {
    pub span: Span,
    pub name: Cow<'text, str>,
}

/// A value. Those that hold others name them by index, so that depth costs no stack.
#[derive(Debug)]
pub(super) enum Value<'text> {
    /// A scalar that is still to be decoded.
    Scalar { span: Span, encoding: Option<Encoding> },
    /// A place where a value should be.
    Missing(Span),
    /// An array, or the tables of `[[name]]`.
    Array { items: Vec<ValueId>, span: Span, of_tables: bool },
    /// A table, however it is written; the span is what is its own: braces, or the end of its header.
    Table { entries: Vec<(Key<'text>, ValueId)>, span: Span },
}

/// All values of a text in their logical places; the root table is value 0.
#[derive(Debug)]
pub(super) struct Model<'text> {
    pub values: Vec<Value<'text>>,
    /// Things that stand for nothing: keys without `=`, stray tokens.
    pub stray: Vec<Span>,
    /// Keys that are spelt wrong.
    pub errors: Vec<ParseError>,
    index: FxHashMap<(ValueId, Cow<'text, str>), ValueId>,
}

impl<'text> Model<'text> {
    pub(super) fn new(source: Source<'text>, events: &[Event]) -> Self {
        let root = Value::Table { entries: Vec::new(), span: Span::default() };
        let mut model = Self { values: vec![root], stray: Vec::new(), errors: Vec::new(), index: FxHashMap::default() };
        Reader { source, model: &mut model, table: 0, open: Vec::new(), keys: Vec::new(), has_separator: false }
            .run(events);
        model
    }

    fn add(&mut self, value: Value<'text>) -> ValueId {
        self.values.push(value);
        self.values.len() - 1
    }

    fn insert(&mut self, table: ValueId, key: Key<'text>, value: ValueId) {
        self.index.entry((table, key.name.clone())).or_insert(value);
        if let Value::Table { entries, .. } = &mut self.values[table] {
            entries.push((key, value));
        }
    }

    /// The table at a key, made if need be; the last one of an array of tables.
    fn table_at(&mut self, table: ValueId, key: &Key<'text>) -> ValueId {
        if let Some(&value) = self.index.get(&(table, key.name.clone())) {
            match &self.values[value] {
                Value::Table { .. } => return value,
                Value::Array { items, of_tables: true, .. } => {
                    if let Some(&last) = items.last() {
                        return last;
                    }
                }
                _ => {}
            }
        }
        let made = self.add(Value::Table { entries: Vec::new(), span: key.span.after() });
        self.index.insert((table, key.name.clone()), made);
        self.insert(table, key.clone(), made);
        made
    }
}

/// A collection that is still open.
struct Open<'text> {
    value: ValueId,
    /// Keys in front of it, where it stands in a table.
    keys: Vec<Key<'text>>,
}

struct Reader<'text, 'model> {
    source: Source<'text>,
    model: &'model mut Model<'text>,
    /// The table of the last header.
    table: ValueId,
    open: Vec<Open<'text>>,
    keys: Vec<Key<'text>>,
    /// Whether `=` followed the keys.
    has_separator: bool,
}

impl<'text> Reader<'text, '_> {
    fn run(&mut self, events: &[Event]) {
        let mut header: Option<Span> = None;
        for event in events {
            let span = event.span();
            match event.kind() {
                EventKind::StdTableOpen | EventKind::ArrayTableOpen => {
                    self.end_line();
                    self.end_collections(span.start());
                    header = Some(span);
                }
                EventKind::StdTableClose | EventKind::ArrayTableClose => {
                    header = None;
                    self.header(span, event.kind() == EventKind::ArrayTableClose);
                }
                EventKind::SimpleKey => {
                    if self.has_separator {
                        self.end_line();
                    }
                    self.key(event);
                }
                EventKind::KeyValSep => self.has_separator = true,
                EventKind::Scalar => self.value(Value::Scalar { span, encoding: event.encoding() }),
                EventKind::ArrayOpen => self.collection(Value::Array { items: Vec::new(), span, of_tables: false }),
                EventKind::InlineTableOpen => self.collection(Value::Table { entries: Vec::new(), span }),
                EventKind::ArrayClose => self.close(span, false),
                EventKind::InlineTableClose => self.close(span, true),
                EventKind::Newline if header.take().is_some() => self.header(span.before(), false),
                EventKind::Newline if self.open.is_empty() => self.end_line(),
                EventKind::Error => {
                    if self.has_separator {
                        self.value(Value::Missing(span));
                    } else {
                        self.model.stray.push(span);
                    }
                }
                EventKind::ValueSep => self.end_line(),
                EventKind::KeySep | EventKind::Whitespace | EventKind::Comment | EventKind::Newline => {}
            }
        }
        let end = self.source.input().len();
        if header.is_some() {
            self.header(Span::new_unchecked(end, end), false);
        }
        self.end_line();
        self.end_collections(end);
    }

    fn key(&mut self, event: &Event) {
        let span = event.span();
        let mut name = Cow::Borrowed("");
        if let Some(raw) = self.source.get(event) {
            raw.decode_key(&mut name, &mut self.model.errors);
        }
        self.keys.push(Key { span, name });
    }

    fn header(&mut self, end: Span, of_tables: bool) {
        let keys = std::mem::take(&mut self.keys);
        let Some((last, path)) = keys.split_last() else { return };
        let parent = path.iter().fold(0, |table, key| self.model.table_at(table, key));
        if !of_tables {
            self.table = self.model.table_at(parent, last);
            return;
        }
        let element = self.model.add(Value::Table { entries: Vec::new(), span: end.after() });
        let known = self.model.index.get(&(parent, last.name.clone())).copied();
        let is_array =
            known.is_some_and(|known| matches!(self.model.values[known], Value::Array { of_tables: true, .. }));
        match known {
            Some(known) if is_array => {
                if let Value::Array { items, .. } = &mut self.model.values[known] {
                    items.push(element);
                }
            }
            _ => {
                let array = Value::Array { items: vec![element], span: end.after(), of_tables: true };
                let array = self.model.add(array);
                self.model.index.insert((parent, last.name.clone()), array);
                self.model.insert(parent, last.clone(), array);
            }
        }
        self.table = element;
    }

    /// Puts a value where its keys say.
    fn value(&mut self, value: Value<'text>) {
        let value = self.model.add(value);
        let keys = std::mem::take(&mut self.keys);
        self.has_separator = false;
        self.put(value, keys);
    }

    fn put(&mut self, value: ValueId, keys: Vec<Key<'text>>) {
        let container = self.open.last().map_or(self.table, |open| open.value);
        if let Value::Array { items, .. } = &mut self.model.values[container] {
            items.push(value);
            return;
        }
        let mut keys = keys;
        let Some(last) = keys.pop() else {
            if let Value::Scalar { span, .. } | Value::Missing(span) = self.model.values[value] {
                self.model.stray.push(span);
            }
            return;
        };
        let table = keys.iter().fold(container, |table, key| self.model.table_at(table, key));
        self.model.insert(table, last, value);
    }

    fn collection(&mut self, value: Value<'text>) {
        let value = self.model.add(value);
        let keys = std::mem::take(&mut self.keys);
        self.has_separator = false;
        self.open.push(Open { value, keys });
    }

    fn close(&mut self, end: Span, table: bool) {
        self.end_line();
        let matches =
            self.open.last().is_some_and(|open| matches!(self.model.values[open.value], Value::Table { .. }) == table);
        if matches && let Some(open) = self.open.pop() {
            if let Value::Table { span, .. } | Value::Array { span, .. } = &mut self.model.values[open.value] {
                *span = span.append(end);
            }
            self.put(open.value, open.keys);
        }
    }

    /// Collections that no bracket closed end here.
    fn end_collections(&mut self, end: usize) {
        while let Some(open) = self.open.pop() {
            if let Value::Table { span, .. } | Value::Array { span, .. } = &mut self.model.values[open.value] {
                *span = Span::new_unchecked(span.start(), end.max(span.end()));
            }
            self.put(open.value, open.keys);
        }
    }

    /// Keys that got no value.
    fn end_line(&mut self) {
        let (Some(first), Some(last)) = (self.keys.first(), self.keys.last()) else {
            self.has_separator = false;
            return;
        };
        let (keys, end) = (first.span.append(last.span), last.span.after());
        if std::mem::take(&mut self.has_separator) {
            self.value(Value::Missing(end));
        } else {
            self.keys.clear();
            self.model.stray.push(keys);
        }
    }
}
