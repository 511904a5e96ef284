//! Whether a value is what a rule asks for. What each key means stands at [`ValueSpec`].

use super::compile::{Below as _, SpecError, each, regex};
use super::one_or_many::{OneOrMany, Scalar};
use super::place::{PlaceId, Walk};
use super::range::Range;
use super::truth::Truth;
use super::value_spec::{Shape, ValueSpec, WordsSpec};
use super::values::{boolean, duration, hole, number, size, tls_version, wildcard};
use super::{product_predicate, value_spec};
use crate::regexes::LazyRegex;
use crate::syntax::Kind;

/// A compiled [`ValueSpec`]: all parts must hold.
#[derive(Debug, Clone, Default)]
pub(super) struct Predicate {
    parts: Vec<Part>,
    ignore_case: bool,
}

#[derive(Debug, Clone)]
enum Part {
    OneOf(Vec<String>),
    Glob(Vec<String>),
    Regex(LazyRegex),
    NotRegex(LazyRegex),
    Written(LazyRegex),
    Boolean(bool),
    Empty(bool),
    Known(bool),
    Shape(Shape),
    Number(Range),
    Size(Range),
    Duration(Range),
    TlsVersion(Range),
    Words(WordsSpec),
    Product(product_predicate::ProductPredicate),
    Any(Vec<Predicate>),
    All(Vec<Predicate>),
    Not(Predicate),
}

impl Predicate {
    pub fn compile(spec: &ValueSpec) -> Result<Self, SpecError> {
        let mut parts = Vec::new();
        if let Some(text) = &spec.equals {
            parts.push(Part::OneOf(vec![text.0.clone()]));
        }
        if let Some(texts) = &spec.one_of {
            parts.push(Part::OneOf(scalars(texts)));
        }
        if let Some(globs) = &spec.glob {
            parts.push(Part::Glob(globs.as_slice().to_vec()));
        }
        if let Some(text) = &spec.regex {
            parts.push(Part::Regex(regex(text).below("regex")?));
        }
        if let Some(text) = &spec.not_regex {
            parts.push(Part::NotRegex(regex(text).below("not-regex")?));
        }
        if let Some(text) = &spec.written {
            parts.push(Part::Written(regex(text).below("written")?));
        }
        parts.extend(spec.boolean.map(Part::Boolean));
        parts.extend(spec.empty.map(Part::Empty));
        parts.extend(spec.known.map(Part::Known));
        parts.extend(spec.shape.map(Part::Shape));
        parts.extend(spec.number.as_ref().map(|range| Part::Number(Range::numbers(range))));
        if let Some(range) = &spec.size {
            parts.push(Part::Size(Range::texts(range, size::parse, "size").below("size")?));
        }
        if let Some(range) = &spec.duration {
            parts.push(Part::Duration(Range::texts(range, duration::parse, "duration").below("duration")?));
        }
        if let Some(range) = &spec.tls_version {
            parts.push(Part::TlsVersion(Range::texts(range, tls_rank, "version of TLS").below("tls-version")?));
        }
        parts.extend(spec.words.clone().map(Part::Words));
        parts.extend(product_predicate::compile(spec)?.into_iter().map(Part::Product));
        if let Some(any) = &spec.any {
            parts.push(Part::Any(each(any, Self::compile).below("any")?));
        }
        if let Some(all) = &spec.all {
            parts.push(Part::All(each(all, Self::compile).below("all")?));
        }
        if let Some(not) = &spec.not {
            parts.push(Part::Not(Self::compile(not).below("not")?));
        }
        if parts.is_empty() {
            return Err(SpecError::new("a condition on a value must say something"));
        }
        Ok(Self { parts, ignore_case: spec.ignore_case })
    }

    pub fn test(&self, walk: &mut Walk<'_>, place: PlaceId) -> Truth {
        Truth::all(self.parts.iter().map(|part| self.part(part, walk, place)))
    }

    fn part(&self, part: &Part, walk: &mut Walk<'_>, place: PlaceId) -> Truth {
        match part {
            Part::OneOf(texts) => known(&walk.text(place), |text| texts.iter().any(|one| self.same(one, text))),
            Part::Glob(globs) => known(&walk.text(place), |text| {
                globs.iter().any(|glob| wildcard::matches(glob, text, self.ignore_case))
            }),
            Part::Regex(regex) => known(&walk.text(place), |text| regex.is_match(text)),
            Part::NotRegex(regex) => known(&walk.text(place), |text| !regex.is_match(text)),
            Part::Written(regex) => regex.is_match(&walk.written(place)).into(),
            Part::Boolean(wanted) => parsed(&walk.text(place), |text| Some(boolean::parse(text)? == *wanted)),
            Part::Empty(wanted) => empty(walk, place).map_or(Truth::Unknown, |empty| (empty == *wanted).into()),
            Part::Known(wanted) => (hole::has(&walk.text(place)) != *wanted).into(),
            Part::Shape(shape) => has_shape(walk, place, *shape).into(),
            Part::Number(range) => parsed(&walk.text(place), |text| Some(range.contains(number::parse(text)?))),
            Part::Size(range) => parsed(&walk.text(place), |text| Some(range.contains(size::parse(text)?))),
            Part::Duration(range) => parsed(&walk.text(place), |text| Some(range.contains(duration::parse(text)?))),
            Part::TlsVersion(range) => tls(&walk.list_words(place), range),
            Part::Words(spec) => self.words(spec, &walk.list_words(place)),
            Part::Product(product) => product.test(walk, place),
            Part::Any(any) => Truth::any(any.iter().map(|one| one.test(walk, place))),
            Part::All(all) => Truth::all(all.iter().map(|one| one.test(walk, place))),
            Part::Not(not) => !not.test(walk, place),
        }
    }

    fn same(&self, left: &str, right: &str) -> bool {
        if self.ignore_case { left.eq_ignore_ascii_case(right) } else { left == right }
    }

    fn words(&self, spec: &WordsSpec, words: &[String]) -> Truth {
        let is = |word: &str, wanted: &Scalar| wildcard::matches(&wanted.0, word, self.ignore_case);
        let has = |wanted: &Scalar| {
            let found = words.iter().any(|word| is(word, wanted));
            let unknown = words.iter().any(|word| hole::has(word));
            if found || !unknown { Truth::from(found) } else { Truth::Unknown }
        };
        let each = |wanted: &Option<OneOrMany<Scalar>>, test: &dyn Fn(&[Scalar]) -> Truth| {
            wanted.as_ref().map_or(Truth::True, |wanted| test(wanted.as_slice()))
        };
        each(&spec.any, &|wanted| Truth::any(wanted.iter().map(has)))
            .and(|| each(&spec.all, &|wanted| Truth::all(wanted.iter().map(has))))
            .and(|| each(&spec.none, &|wanted| !Truth::any(wanted.iter().map(has))))
            .and(|| {
                each(&spec.only, &|wanted| {
                    Truth::all(words.iter().map(|word| known(word, |word| wanted.iter().any(|one| is(word, one)))))
                })
            })
    }
}

/// An answer about a text; unknown where it has a hole.
pub(super) fn known(text: &str, holds: impl FnOnce(&str) -> bool) -> Truth {
    if hole::has(text) { Truth::Unknown } else { holds(text).into() }
}

/// An answer about a text of a type: what does not parse is unknown where a variable stands in it, else it does not hold.
fn parsed(text: &str, holds: impl FnOnce(&str) -> Option<bool>) -> Truth {
    match holds(text) {
        Some(answer) => answer.into(),
        // nginx variables are no holes: they are part of its language.
        None if hole::has(text) || text.contains('$') => Truth::Unknown,
        None => Truth::False,
    }
}

pub(super) fn scalars(texts: &OneOrMany<Scalar>) -> Vec<String> {
    texts.as_slice().iter().map(|text| text.0.clone()).collect()
}

fn tls_rank(text: &str) -> Option<f64> {
    let version = tls_version::parse(text)?;
    tls_version::TlsVersion::ALL.iter().position(|&other| other == version).map(rank)
}

#[expect(clippy::cast_precision_loss, reason = "a rank is at most five")]
const fn rank(position: usize) -> f64 {
    position as f64
}

fn tls(words: &[String], range: &Range) -> Truth {
    let enabled = tls_version::enabled(words.iter().map(String::as_str));
    let in_range = |version: &tls_version::TlsVersion| {
        tls_version::TlsVersion::ALL
            .iter()
            .position(|other| other == version)
            .is_some_and(|at| range.contains(rank(at)))
    };
    if enabled.iter().any(in_range) {
        return Truth::True;
    }
    if words.iter().any(|word| hole::has(word) || word.starts_with('$')) { Truth::Unknown } else { Truth::False }
}

fn empty(walk: &mut Walk<'_>, place: PlaceId) -> Option<bool> {
    let at = walk.place(place);
    if at.cut.is_none() && matches!(walk.tree.kind(at.value), Kind::Mapping | Kind::Sequence) {
        let entries = walk.entries(place);
        return if entries.nodes.is_empty() && entries.uncertain { None } else { Some(entries.nodes.is_empty()) };
    }
    let text = walk.text(place);
    if hole::has(&text) { None } else { Some(text.trim().is_empty()) }
}

fn has_shape(walk: &Walk<'_>, place: PlaceId, shape: Shape) -> bool {
    let at = walk.place(place);
    if at.cut.is_some() {
        return matches!(shape, Shape::Scalar | Shape::String);
    }
    let kind = walk.tree.kind(at.value);
    match shape {
        value_spec::Shape::Mapping => kind == Kind::Mapping,
        Shape::Sequence => kind == Kind::Sequence,
        Shape::Scalar => matches!(kind, Kind::Str | Kind::Word | Kind::Number | Kind::Bool | Kind::Null),
        Shape::String => matches!(kind, Kind::Str | Kind::Word),
        Shape::Number => kind == Kind::Number,
        Shape::Boolean => kind == Kind::Bool,
        Shape::Null => kind == Kind::Null,
    }
}
