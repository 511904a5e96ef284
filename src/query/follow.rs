//! Following a path from a place.

use super::path::{Index, NamePattern, Path, Step, View};
use super::place::{Cut, PlaceId, Walk};
use crate::syntax::Kind;

/// What a path leads to.
#[derive(Debug, Default)]
pub(super) struct Found {
    pub places: Vec<PlaceId>,
    /// Something on the way may hold more than the file shows; only absence depends on it.
    pub uncertain: bool,
}

impl Walk<'_> {
    /// Follows several paths, one after the other.
    pub fn follow_all(&mut self, paths: &[Path], from: PlaceId, captures: &[String]) -> Found {
        let mut all = Found::default();
        for path in paths {
            let found = self.follow(path, from, captures);
            all.places.extend(found.places);
            all.uncertain |= found.uncertain;
        }
        all
    }

    /// Follows a path. `captures` are the names that `<name>` steps refer to.
    pub fn follow(&mut self, path: &Path, from: PlaceId, captures: &[String]) -> Found {
        let mut found = Found { places: vec![from], uncertain: false };
        for step in &path.steps {
            let mut next = Found { places: Vec::new(), uncertain: found.uncertain };
            if let Step::Index(index) = step {
                self.index(&found.places, *index, &mut next);
            } else {
                for &place in &found.places {
                    self.step(step, place, captures, &mut next);
                }
            }
            found = next;
            if found.places.is_empty() || self.is_exhausted() {
                break;
            }
        }
        found
    }

    fn step(&mut self, step: &Step, place: PlaceId, captures: &[String], next: &mut Found) {
        match step {
            Step::Child(names) | Step::View(View::Key, names) => self.children(place, next, |name| {
                name.is_some_and(|name| names.iter().any(|pattern| pattern.matches(name)))
            }),
            Step::Any => self.children(place, next, |_| true),
            Step::Captured(capture) => {
                let first = next.places.len();
                self.children(place, next, |_| true);
                if let Some(index) = captures.iter().position(|name| name == capture) {
                    for &child in &next.places[first..] {
                        self.set_capture(child, index);
                    }
                }
            }
            Step::Deep => self.deep(place, next),
            Step::Parent => next.places.extend(self.place(place).parent.filter(|up| !next.places.contains(up))),
            Step::Root => {
                let root = self.ancestors(Some(place)).last();
                next.places.extend(root.filter(|root| !next.places.contains(root)));
            }
            Step::Argument(index) => self.argument(place, *index, next),
            Step::View(view, names) => self.view(*view, names, place, next),
            // Needs all places at once, see `follow`.
            Step::Index(_) => {}
        }
    }

    /// Adds the children whose name is wanted (`None` for elements without one).
    pub(super) fn children(&mut self, place: PlaceId, next: &mut Found, is_wanted: impl Fn(Option<&str>) -> bool) {
        let entries = self.entries(place);
        next.uncertain |= entries.uncertain;
        for entry in entries.nodes {
            if is_wanted(self.entry_name(entry)) {
                next.places.extend(self.add(entry, Some(place)));
            }
        }
    }

    /// The place and everything below it, in order of the text.
    fn deep(&mut self, place: PlaceId, next: &mut Found) {
        let mut open = vec![place];
        while let Some(place) = open.pop() {
            next.places.push(place);
            let entries = self.entries(place);
            next.uncertain |= entries.uncertain;
            let below: Vec<_> = entries.nodes.into_iter().filter_map(|entry| self.add(entry, Some(place))).collect();
            open.extend(below.into_iter().rev());
        }
    }

    fn index(&mut self, places: &[PlaceId], index: Index, next: &mut Found) {
        let mut at = 0;
        while at < places.len() {
            let first = places[at];
            if self.is_sequence(first) {
                let mut elements = Found::default();
                self.children(first, &mut elements, |_| true);
                next.uncertain |= elements.uncertain;
                next.places.extend(pick(&elements.places, index));
                at += 1;
                continue;
            }
            // Places of the same name in one parent count as a list.
            let parent = self.place(first).parent;
            let same = places[at..]
                .iter()
                .take_while(|&&other| self.place(other).parent == parent && !self.is_sequence(other))
                .count();
            next.places.extend(pick(&places[at..at + same], index));
            at += same;
        }
    }

    fn is_sequence(&self, place: PlaceId) -> bool {
        let place = self.place(place);
        place.cut.is_none() && self.tree.kind(place.value) == Kind::Sequence
    }

    fn argument(&mut self, place: PlaceId, index: Index, next: &mut Found) {
        let value = self.place(place).value;
        // Directives and instructions count from 1; command lines have their program at 0.
        let counts_from_one = matches!(self.tree.kind(value), Kind::Directive | Kind::Instruction | Kind::Requirement);
        let words = self.command_words(place);
        let index = match index {
            Index::Front(0) if counts_from_one => return,
            Index::Front(number) if counts_from_one => Index::Front(number - 1),
            other => other,
        };
        let (name, key_span) = (self.name(place).unwrap_or_default(), self.key_span(place));
        for word in pick(&words, index) {
            let added = if let Some(node) = word.node {
                self.add_with(node, node, Some(place), None)
            } else {
                let cut = Cut { name: name.clone(), text: word.text, key_span, value_span: word.span };
                self.add_with(value, value, Some(place), Some(cut))
            };
            next.places.extend(added);
        }
    }

    fn view(&mut self, view: View, names: &[NamePattern], place: PlaceId, next: &mut Found) {
        match view {
            View::Env => self.environment(names, place, next),
            View::Command => self.commands(names, place, next),
            View::Flag => self.flags(names, place, next),
            View::Effective => self.effective(names, place, next),
            View::Header => self.header(names, place, next),
            View::Pod => self.pods(place, next),
            View::Containers => self.containers(place, next),
            View::Key => {}
        }
    }
}

fn pick<T: Clone>(all: &[T], index: Index) -> Vec<T> {
    match index {
        Index::All => all.to_vec(),
        Index::Front(number) => all.get(number).cloned().into_iter().collect(),
        Index::Back(number) => all.len().checked_sub(number + 1).map(|at| all[at].clone()).into_iter().collect(),
    }
}
