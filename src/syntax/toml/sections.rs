//! The parser's events, with a bracket that nobody closed kept from swallowing the tables below it.

use toml_parser::parser::{Event, EventKind, EventReceiver, RecursionGuard, parse_document};
use toml_parser::{ParseError, Source, Span};

/// How deep arrays and inline tables may nest; the parser recurses.
const MAX_NESTING: u32 = 120;

/// How often a text is cut in front of a table's header.
const MAX_CUTS: usize = 32;

/// The events of a text, and what is wrong with it.
pub(super) fn events(text: &str) -> (Vec<Event>, Vec<ParseError>) {
    let (mut events, mut errors) = part(text, 0);
    for _ in 0..MAX_CUTS {
        if errors.is_empty() {
            break;
        }
        let Some(cut) = swallowed_header(text, &events) else { break };
        let start =
            events.iter().rposition(|event| event.kind() == EventKind::StdTableOpen && event.span().end() <= cut);
        let start = start.map_or(0, |index| events[index].span().start());
        events.retain(|event| event.span().end() <= start);
        errors.retain(|error| error.unexpected().or(error.context()).is_some_and(|span| span.end() <= start));
        for (from, to) in [(start, cut), (cut, text.len())] {
            let (more, wrong) = part(&text[from..to], from);
            events.extend(more);
            errors.extend(wrong);
        }
    }
    (events, errors)
}

/// Events of a part that begins at `base`, with offsets of the whole.
fn part(text: &str, base: usize) -> (Vec<Event>, Vec<ParseError>) {
    let tokens = Source::new(text).lex().into_vec();
    let mut events = Vec::with_capacity(tokens.len());
    let mut errors: Vec<ParseError> = Vec::new();
    {
        let receiver: &mut dyn EventReceiver = &mut events;
        let mut guard = RecursionGuard::new(receiver, MAX_NESTING);
        parse_document(&tokens, &mut guard, &mut errors);
    }
    if base > 0 {
        let shift = |span: Span| Span::new_unchecked(span.start() + base, span.end() + base);
        for event in &mut events {
            *event = Event::new_unchecked(event.kind(), event.encoding(), shift(event.span()));
        }
        for error in &mut errors {
            let place = error.unexpected().or(error.context()).unwrap_or_default();
            *error = ParseError::new(error.description().to_owned()).with_unexpected(shift(place));
        }
    }
    (events, errors)
}

/// Where a line that must be a table's header was read as an array in an array.
fn swallowed_header(text: &str, events: &[Event]) -> Option<usize> {
    let mut open = 0_usize;
    for event in events {
        match event.kind() {
            EventKind::StdTableOpen | EventKind::ArrayTableOpen => open = 0,
            EventKind::ArrayOpen if open > 0 && is_header(text, event.span().start()) => {
                return Some(event.span().start());
            }
            EventKind::ArrayOpen | EventKind::InlineTableOpen => open += 1,
            EventKind::ArrayClose | EventKind::InlineTableClose => open = open.saturating_sub(1),
            _ => {}
        }
    }
    None
}

/// Whether `[name]` stands alone on its line, with `key = ` on the next.
fn is_header(text: &str, start: usize) -> bool {
    if start > 0 && text.as_bytes()[start - 1] != b'\n' {
        return false;
    }
    let mut lines = text[start..].lines();
    let (Some(header), Some(next)) = (lines.next(), lines.find(|line| !line.trim().is_empty())) else { return false };
    let header = header.split('#').next().unwrap_or("").trim_end();
    let Some(name) = header.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) else { return false };
    let in_name = |character: char| character.is_alphanumeric() || "_-.\"'[] ".contains(character);
    let begins_key = next.split_once('=').is_some_and(|(key, _)| key.trim_end().chars().all(in_name));
    name.starts_with(|first: char| !first.is_ascii_digit()) && name.chars().all(in_name) && begins_key
}
