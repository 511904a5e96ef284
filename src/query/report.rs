//! What a match says: where it is, what it is called, and the values for the rule's message.

use super::place::{PlaceId, Walk};
use super::spec::Report;
use super::values::hole;
use crate::source::Span;
use crate::syntax::{FileKind, Kind};

/// Values in messages are cut to this many characters.
const LONGEST_CAPTURE: usize = 120;

impl Walk<'_> {
    /// The span that a rule asks for.
    pub(super) fn report_span(&mut self, id: PlaceId, report: Option<Report>) -> Span {
        let place = self.place(id);
        let is_container = place.cut.is_none()
            && !matches!(
                self.tree.kind(place.value),
                Kind::Str | Kind::Word | Kind::Number | Kind::Bool | Kind::Null | Kind::Alias
            );
        match report {
            Some(Report::Key) => self.key_span(id),
            Some(Report::Value) => self.value_span(id),
            Some(Report::Node) => match &self.place(id).cut {
                Some(cut) => cut.key_span.cover(cut.value_span),
                None if self.tree.kind(self.place(id).entry) == Kind::Stage => self.key_span(id),
                None => self.tree.span(self.place(id).entry),
            },
            None if !is_container => self.value_span(id),
            Some(Report::Name) | None => match self.name_value(id) {
                Some((_, span)) if self.name(id).is_none() => span,
                _ => self.key_span(id),
            },
        }
    }

    /// The `name` of a place that is a mapping, and where it stands.
    fn name_value(&mut self, id: PlaceId) -> Option<(String, Span)> {
        if self.tree.kind(self.place(id).value) != Kind::Mapping {
            return None;
        }
        let entry = self.entries(id).nodes.into_iter().find(|&entry| self.entry_name(entry) == Some("name"))?;
        let value = self.value_of(entry);
        Some((self.tree.label(value).to_owned(), self.tree.span(value)))
    }

    /// A place's text for a message: holes readable, one line, not too long.
    pub(super) fn message_text(&self, id: PlaceId) -> String {
        shown(&self.text(id))
    }

    /// Names of what encloses a place, outermost first, and its own.
    pub(super) fn anchor(&mut self, id: PlaceId) -> String {
        let mut chain: Vec<_> = self.ancestors(Some(id)).collect();
        chain.reverse();
        let mut parts: Vec<String> = Vec::new();
        for place in chain {
            let Some(part) = self.anchor_part(place) else { continue };
            parts.push(part);
        }
        parts.join("/")
    }

    fn anchor_part(&mut self, id: PlaceId) -> Option<String> {
        let place = self.place(id).clone();
        if let Some(cut) = &place.cut {
            return Some(cut.name.clone());
        }
        match self.tree.kind(place.entry) {
            // `location /x`; a server's place among its siblings says enough.
            Kind::Directive if matches!(self.tree.label(place.entry), "location" | "upstream" | "if" | "map") => {
                Some(shown(format!("{} {}", self.tree.label(place.entry), self.written(id)).trim_end()))
            }
            Kind::Stage if !self.tree.label(place.entry).is_empty() => Some(self.tree.label(place.entry).to_owned()),
            Kind::Mapping if place.parent.is_none() => self.manifest_name(id),
            Kind::Mapping => self.name_value(id).map(|(name, _)| shown(&name)),
            _ => self.entry_name(place.entry).map(shown),
        }
    }

    /// `Deployment/web` of a Kubernetes manifest.
    fn manifest_name(&mut self, root: PlaceId) -> Option<String> {
        if self.context.kind != FileKind::Kubernetes {
            return None;
        }
        let entries = self.entries(root).nodes;
        let find = |walk: &Self, key: &str| entries.iter().copied().find(|&entry| walk.entry_name(entry) == Some(key));
        let kind = find(self, "kind").map(|entry| self.tree.label(self.value_of(entry)).to_owned())?;
        let metadata = find(self, "metadata").and_then(|entry| self.add(entry, Some(root)));
        let name = metadata.and_then(|metadata| self.name_value(metadata)).map(|(name, _)| name);
        Some(shown(&name.map_or_else(|| kind.clone(), |name| format!("{kind}/{name}"))))
    }
}

/// A text that can stand in a message.
fn shown(text: &str) -> String {
    let readable = hole::readable(text);
    let mut out: String = readable
        .chars()
        .take(LONGEST_CAPTURE)
        .map(|character| if character.is_control() { ' ' } else { character })
        .collect();
    if readable.chars().nth(LONGEST_CAPTURE).is_some() {
        out.push('…');
    }
    out
}
