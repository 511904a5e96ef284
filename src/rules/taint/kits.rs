//! Kits: lists of sources, sinks, sanitizers and propagators that stand once and that rules name.

use super::super::formula::{self, Mistake};
use super::super::schema::TermsSpec;
use super::schema::{GuardSpec, KitSpec, PropagatorSpec, SanitizerSpec, SinkSpec, SourceSpec};
use super::{Search, Wanted};
use crate::matching::{TextRegex, required_literals};
use crate::syntax::Language;
use serde_json::Value;
use std::sync::{Arc, OnceLock};

/// All kits that are loaded.
#[derive(Debug, Default)]
pub struct Kits {
    specs: Vec<Value>,
    kits: Vec<Kit>,
}

/// One kit as one file has it.
#[derive(Debug)]
pub(super) struct Kit {
    pub id: String,
    pub always: bool,
    languages: Vec<String>,
    mentions: Vec<String>,
    pub sources: Vec<KitTerm<SourceSpec>>,
    pub sinks: Vec<KitTerm<SinkSpec>>,
    pub sanitizers: Vec<KitTerm<SanitizerSpec>>,
    pub guards: Vec<KitTerm<GuardSpec>>,
    pub propagators: Vec<KitTerm<PropagatorSpec>>,
}

/// A term of a kit, compiled when the first rule asks for it.
#[derive(Debug)]
pub(super) struct KitTerm<T> {
    pub spec: T,
    compiled: OnceLock<Vec<(Language, Arc<Search>)>>,
}

impl<T> KitTerm<T> {
    fn all(specs: Vec<T>) -> Vec<Self> {
        specs.into_iter().map(|spec| Self { spec, compiled: OnceLock::new() }).collect()
    }

    fn search(&self, terms: &TermsSpec, kit: &Kit, language: Language) -> Option<Arc<Search>> {
        let compiled = self.compiled.get_or_init(|| {
            // What does not compile was reported when the kit was loaded.
            kit.languages()
                .filter_map(|language| Some((language, search_for(terms, language, &kit.mentions).ok()?)))
                .collect()
        });
        compiled.iter().find(|(known, _)| *known == language).map(|(_, search)| Arc::clone(search))
    }
}

impl Kit {
    fn languages(&self) -> impl Iterator<Item = Language> + '_ {
        self.languages
            .iter()
            .filter_map(|name| Language::ALL.into_iter().find(|language| language.name() == name.as_str()))
    }

    pub fn source(&self, term: &KitTerm<SourceSpec>, language: Language) -> Option<Arc<Search>> {
        term.search(&term.spec.terms, self, language)
    }

    pub fn sink(&self, term: &KitTerm<SinkSpec>, language: Language) -> Option<Arc<Search>> {
        term.search(&term.spec.terms, self, language)
    }

    pub fn sanitizer(&self, term: &KitTerm<SanitizerSpec>, language: Language) -> Option<Arc<Search>> {
        if term.spec.text_before.is_none() {
            return term.search(&term.spec.terms, self, language);
        }
        let compiled = term.compiled.get_or_init(|| {
            self.languages().filter_map(|language| Some((language, sanitizer(&term.spec, language).ok()?))).collect()
        });
        compiled.iter().find(|(known, _)| *known == language).map(|(_, search)| Arc::clone(search))
    }

    pub fn guard(&self, term: &KitTerm<GuardSpec>, language: Language) -> Option<Arc<Search>> {
        term.search(&term.spec.terms, self, language)
    }

    pub fn propagator(&self, term: &KitTerm<PropagatorSpec>, language: Language) -> Option<Arc<Search>> {
        term.search(&term.spec.terms, self, language)
    }

    /// Compiles every term to see whether it can be.
    fn check(&self) -> Result<(), Mistake> {
        let languages: Vec<Language> = self.languages().collect();
        if languages.len() != self.languages.len() || languages.is_empty() {
            return Err(Mistake::new("languages", "a kit needs `languages`, each the name of a language"));
        }
        let sources = self.sources.iter().map(|term| ("pattern-sources", &term.spec.terms, &term.spec.kit));
        let sinks = self.sinks.iter().map(|term| ("pattern-sinks", &term.spec.terms, &term.spec.kit));
        for term in self.sanitizers.iter().filter(|term| term.spec.text_before.is_some()) {
            sanitizer(&term.spec, Language::Text).map_err(|mistake| mistake.under("pattern-sanitizers"))?;
        }
        let sanitizers = self.sanitizers.iter().filter(|term| term.spec.text_before.is_none());
        let sanitizers = sanitizers.map(|term| ("pattern-sanitizers", &term.spec.terms, &term.spec.kit));
        let propagators = self.propagators.iter().map(|term| ("pattern-propagators", &term.spec.terms, &term.spec.kit));
        let guards = self.guards.iter().map(|term| ("pattern-guards", &term.spec.terms, &term.spec.kit));
        for (key, terms, nested) in sources.chain(sinks).chain(sanitizers).chain(guards).chain(propagators) {
            if nested.is_some() {
                return Err(Mistake::new("kit", "a kit cannot name another kit").under(key));
            }
            for &language in &languages {
                search(terms, language).map_err(|mistake| mistake.under(key))?;
            }
        }
        Ok(())
    }
}

/// Compiles the terms of one source, sink, sanitizer or propagator.
pub(super) fn search(terms: &TermsSpec, language: Language) -> Result<Arc<Search>, Mistake> {
    search_for(terms, language, &[])
}

/// Compiles terms that are looked for where one of some words stands.
fn search_for(terms: &TermsSpec, language: Language, mentions: &[String]) -> Result<Arc<Search>, Mistake> {
    let formula = formula::compile(terms, language)?;
    let mut literals = required_literals(&formula);
    if !mentions.is_empty() {
        literals.push(mentions.to_vec());
    }
    Ok(Arc::new(Search { wanted: Wanted::Formula(formula), literals }))
}

/// Compiles a sanitizer.
pub(super) fn sanitizer(spec: &SanitizerSpec, language: Language) -> Result<Arc<Search>, Mistake> {
    let Some(source) = &spec.text_before else { return search(&spec.terms, language) };
    if !is_bare(&spec.terms) {
        return Err(Mistake::new("text-before", "`text-before` stands alone, without patterns"));
    }
    let regex = TextRegex::new(source).map_err(|error| Mistake::new("text-before", error.message))?;
    Ok(Arc::new(Search { wanted: Wanted::TextBefore(regex), literals: Vec::new() }))
}

/// Whether no search term is there.
pub(super) fn is_bare(terms: &TermsSpec) -> bool {
    serde_json::to_value(terms).is_ok_and(|value| value.as_object().is_some_and(serde_json::Map::is_empty))
}

impl Kits {
    /// Adds a kit; with `check`, all of its patterns are compiled at once, else when a rule asks for them. One that is
    /// there already, word for word, is not added again.
    pub fn add(&mut self, value: &Value, check: bool) -> Result<(), Mistake> {
        if self.specs.contains(value) {
            return Ok(());
        }
        let spec: KitSpec = serde::Deserialize::deserialize(value).map_err(|error: serde_json::Error| {
            let message = error.to_string();
            let key = message.split('`').nth(1).unwrap_or("").to_owned();
            Mistake { keys: vec![key], message, line: None, unsupported: false }
        })?;
        let kit = Kit {
            id: spec.id,
            always: spec.always,
            languages: spec.languages,
            mentions: spec.mentions,
            sources: KitTerm::all(spec.pattern_sources),
            sinks: KitTerm::all(spec.pattern_sinks),
            sanitizers: KitTerm::all(spec.pattern_sanitizers),
            guards: KitTerm::all(spec.pattern_guards),
            propagators: KitTerm::all(spec.pattern_propagators),
        };
        if check {
            kit.check()?;
        }
        self.specs.push(value.clone());
        self.kits.push(kit);
        Ok(())
    }

    /// The parts of a kit.
    pub(super) fn named<'a>(&'a self, id: &'a str) -> impl Iterator<Item = &'a Kit> {
        self.kits.iter().filter(move |kit| kit.id == id)
    }

    /// Kits that serve every rule with a weakness.
    pub(super) fn always(&self) -> impl Iterator<Item = &Kit> {
        self.kits.iter().filter(|kit| kit.always)
    }

    /// The names of all kits.
    pub(super) fn ids(&self) -> impl Iterator<Item = &str> {
        self.kits.iter().map(|kit| kit.id.as_str())
    }
}
