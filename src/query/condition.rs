//! Conditions on a place and on what lies around it. What each key means stands at [`ConditionSpec`].

use super::compile::{Below as _, SpecError, each, path};
use super::path::{NamePattern, Path};
use super::place::{PlaceId, Walk};
use super::predicate::Predicate;
use super::range::Range;
use super::spec::{ConditionSpec, FileSpec};
use super::truth::Truth;
use super::values::wildcard;
use crate::syntax::{Field, FileKind};

/// A compiled [`ConditionSpec`].
#[derive(Debug, Clone)]
pub(super) struct Condition {
    pub quantifier: Option<(Quantifier, Vec<Path>)>,
    pub value: Option<Predicate>,
    pub conditions: Vec<Condition>,
    pub count: Option<Range>,
    any: Option<Vec<Condition>>,
    pub all: Vec<Condition>,
    not: Option<Vec<Condition>>,
    first: Option<bool>,
    last: Option<bool>,
    inside: Vec<NamePattern>,
    name: Vec<NamePattern>,
    file: Option<FileSpec>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Quantifier {
    Has,
    Lacks,
    Every,
}

impl Condition {
    pub fn compile(spec: &ConditionSpec) -> Result<Self, SpecError> {
        if *spec == ConditionSpec::default() {
            return Err(SpecError::new("a condition must say something"));
        }
        let quantifiers = [
            (Quantifier::Has, "has", &spec.has),
            (Quantifier::Lacks, "lacks", &spec.lacks),
            (Quantifier::Every, "every", &spec.every),
        ];
        let mut quantifier = None;
        for (kind, key, paths) in quantifiers {
            let Some(paths) = paths else { continue };
            if quantifier.is_some() {
                return Err(
                    SpecError::new("`has`, `lacks` and `every` exclude each other; write two conditions").below(key)
                );
            }
            quantifier = Some((kind, each(paths.as_slice(), path).below(key)?));
        }
        let list = |specs: &Option<Vec<ConditionSpec>>, key: &str| {
            specs.as_ref().map(|specs| each(specs, Self::compile)).transpose().below(key)
        };
        if spec.count.is_some() && spec.has.is_none() {
            return Err(SpecError::new("`count` stands beside `has`").below("count"));
        }
        let names = |names: &Option<super::one_or_many::OneOrMany<String>>| {
            names
                .as_ref()
                .map_or(Vec::new(), |names| names.as_slice().iter().map(|name| NamePattern::new(name)).collect())
        };
        Ok(Self {
            quantifier,
            value: spec.value.as_ref().map(Predicate::compile).transpose().below("value")?,
            conditions: match &spec.conditions {
                Some(conditions) => each(conditions.as_slice(), Self::compile).below("where")?,
                None => Vec::new(),
            },
            count: spec.count.as_ref().map(Range::numbers),
            any: list(&spec.any, "any")?,
            all: list(&spec.all, "all")?.unwrap_or_default(),
            not: match &spec.not {
                Some(not) => Some(each(not.as_slice(), Self::compile).below("not")?),
                None => None,
            },
            first: spec.first,
            last: spec.last,
            inside: names(&spec.inside),
            name: names(&spec.name),
            file: spec.file.clone(),
        })
    }

    pub fn test(&self, walk: &mut Walk<'_>, place: PlaceId) -> Truth {
        // Places that only a condition looked at are dropped again: answers are all that is kept.
        let mark = walk.mark();
        let answer = self.evaluate(walk, place);
        walk.forget(mark);
        answer
    }

    fn evaluate(&self, walk: &mut Walk<'_>, place: PlaceId) -> Truth {
        let file = self.file.as_ref().is_none_or(|file| matches_file(file, walk, place));
        Truth::from(file)
            .and(|| self.position(walk, place))
            .and(|| self.quantified(walk, place))
            .and(|| Truth::all(self.all.iter().map(|one| one.test(walk, place))))
            .and(|| match &self.any {
                Some(any) => Truth::any(any.iter().map(|one| one.test(walk, place))),
                None => Truth::True,
            })
            .and(|| match &self.not {
                Some(not) => !Truth::all(not.iter().map(|one| one.test(walk, place))),
                None => Truth::True,
            })
    }

    /// `value` and `where` of one place.
    fn holds(&self, walk: &mut Walk<'_>, place: PlaceId) -> Truth {
        let value = self.value.as_ref().map_or(Truth::True, |value| value.test(walk, place));
        value.and(|| Truth::all(self.conditions.iter().map(|one| one.test(walk, place))))
    }

    fn quantified(&self, walk: &mut Walk<'_>, place: PlaceId) -> Truth {
        let Some((quantifier, paths)) = &self.quantifier else { return self.holds(walk, place) };
        let found = walk.follow_all(paths, place, &[]);
        let or_unknown = |answer: Truth| {
            if answer == Truth::False && found.uncertain { Truth::Unknown } else { answer }
        };
        if let Some(count) = &self.count {
            let answers: Vec<_> = found.places.iter().map(|&place| self.holds(walk, place)).collect();
            if found.uncertain || answers.contains(&Truth::Unknown) {
                return Truth::Unknown;
            }
            let number = answers.iter().filter(|&&answer| answer == Truth::True).count();
            return count.contains(f64::from(u32::try_from(number).unwrap_or(u32::MAX))).into();
        }
        match quantifier {
            Quantifier::Has => or_unknown(Truth::any(found.places.iter().map(|&place| self.holds(walk, place)))),
            Quantifier::Lacks => !or_unknown(Truth::any(found.places.iter().map(|&place| self.holds(walk, place)))),
            Quantifier::Every if found.places.is_empty() => or_unknown(Truth::False),
            Quantifier::Every => Truth::all(found.places.iter().map(|&place| self.holds(walk, place))),
        }
    }

    fn position(&self, walk: &mut Walk<'_>, place: PlaceId) -> Truth {
        if !self.inside.is_empty() {
            let parent = walk.place(place).parent;
            let names: Vec<_> = walk.ancestors(parent).filter_map(|above| walk.name(above)).collect();
            if !names.iter().any(|name| self.inside.iter().any(|pattern| pattern.matches(name))) {
                return Truth::False;
            }
        }
        if !self.name.is_empty() {
            let name = walk.name(place).unwrap_or_default();
            if !self.name.iter().any(|pattern| pattern.matches(&name)) {
                return Truth::False;
            }
        }
        if self.first.is_none() && self.last.is_none() {
            return Truth::True;
        }
        let Some(parent) = walk.place(place).parent else { return Truth::Unknown };
        let (entry, siblings) = (walk.place(place).entry, walk.entries(parent).nodes);
        let name = walk.entry_name(entry);
        let mut same = siblings.into_iter().filter(|&sibling| walk.entry_name(sibling) == name);
        let first = same.next();
        let last = same.next_back().or(first);
        let is = |wanted: Option<bool>, edge| wanted.is_none_or(|wanted| (edge == Some(entry)) == wanted);
        (is(self.first, first) && is(self.last, last)).into()
    }
}

fn matches_file(spec: &FileSpec, walk: &mut Walk<'_>, place: PlaceId) -> bool {
    let path = walk.context.path;
    let name = path.rsplit('/').next().unwrap_or(path);
    let one_of = |patterns: &Option<super::one_or_many::OneOrMany<String>>, text: &str| {
        patterns
            .as_ref()
            .is_none_or(|patterns| patterns.as_slice().iter().any(|one| wildcard::matches(one, text, true)))
    };
    one_of(&spec.name, name)
        && one_of(&spec.path, path)
        && one_of(&spec.kind, walk.context.kind.name())
        && spec
            .development
            .is_none_or(|wanted| (is_for_development(path) || is_service_for_development(walk, place)) == wanted)
}

/// Whether a place belongs to a compose service that only runs with a profile for development or tests.
fn is_service_for_development(walk: &mut Walk<'_>, place: PlaceId) -> bool {
    if walk.context.kind != FileKind::Compose {
        return false;
    }
    let above: Vec<PlaceId> = walk.ancestors(Some(place)).collect();
    let services = above.iter().position(|&one| walk.name(one).is_some_and(|name| name == "services"));
    let Some(service) = services.and_then(|at| above.get(at.checked_sub(1)?).copied()) else { return false };
    let entries = walk.entries(service).nodes;
    let Some(entry) = entries.into_iter().find(|&entry| walk.entry_name(entry) == Some("profiles")) else {
        return false;
    };
    let list = walk.value_of(entry);
    let mut profiles = walk.tree.children_by(list, Field::Item).map(|item| walk.tree.label(item)).peekable();
    profiles.peek().is_some() && profiles.all(is_for_development)
}

/// Whether a path says that its file is for development or tests.
pub fn is_for_development(path: &str) -> bool {
    const WORDS: [&str; 23] = [
        "dev",
        "devel",
        "develop",
        "development",
        "devcontainer",
        "local",
        "localdev",
        "test",
        "tests",
        "testing",
        "override",
        "overrides",
        "e2e",
        "ci",
        "debug",
        "integration",
        "demo",
        "playground",
        "kind",
        "minikube",
        "playwright",
        "cypress",
        "testdata",
    ];
    let is_word = |word: &str| WORDS.iter().any(|known| known.eq_ignore_ascii_case(word));
    let (folders, name) = path.rsplit_once('/').unwrap_or(("", path));
    // A folder says so by its whole name (`.devcontainer`, `tests`), a file by a part of it (`compose.dev.yaml`).
    folders.split('/').any(|folder| is_word(folder.trim_start_matches('.')))
        || name.split(['.', '-', '_', ' ']).any(is_word)
}
