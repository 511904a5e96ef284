//! The keys of `mode: taint` to terms that can be matched.

use super::super::formula::Mistake;
use super::super::schema::{RuleSpec, TermsSpec};
use super::kits::{Kit, Kits, search};
use super::requires::LabelCondition;
use super::schema::{BySideEffect, PropagatorSpec, RequiresSpec, SanitizerSpec, SinkSpec, SourceSpec};
use super::{PropagatorTerm, Reach, SanitizerTerm, SinkTerm, SourceTerm, TaintCheck, TaintOptions, TaintTerms};
use crate::syntax::Language;
use serde_json::Value;

/// What Semgrep calls the label of sources that name none.
const PLAIN: &str = "__SOURCE__";
/// Labels of one rule.
const MAX_LABELS: usize = 32;

/// Compiles a taint rule.
pub(in super::super) fn compile(spec: &RuleSpec, languages: &[Language], kits: &Kits) -> Result<TaintCheck, Mistake> {
    if let Some(key) = spec.terms.unknown.keys().next() {
        return Err(Mistake::new(key, format!("unknown key `{key}`")));
    }
    let missing = |key: &str| Mistake::new("mode", format!("`mode: taint` needs the key `{key}`"));
    let sources = spec.pattern_sources.as_ref().ok_or_else(|| missing("pattern-sources"))?;
    let sinks = spec.pattern_sinks.as_ref().ok_or_else(|| missing("pattern-sinks"))?;
    if languages.is_empty() {
        return Err(Mistake::unsupported("languages", "`mode: taint` needs a programming language"));
    }
    let mut compiler = Compiler { spec, kits, labels: vec![PLAIN.to_owned()] };
    compiler.collect_labels(sources, spec.pattern_propagators.as_deref().unwrap_or_default())?;
    let compiled = languages
        .iter()
        .map(|&language| {
            let terms = TaintTerms {
                sources: compiler.sources(sources, language)?,
                sinks: compiler.sinks(sinks, language)?,
                sanitizers: compiler
                    .sanitizers(spec.pattern_sanitizers.as_deref().unwrap_or_default(), language)?,
                propagators: compiler
                    .propagators(spec.pattern_propagators.as_deref().unwrap_or_default(), language)?,
            };
            Ok((language, terms))
        })
        .collect::<Result<Vec<_>, Mistake>>()?;
    let options = options(&spec.options);
    Ok(TaintCheck { weakness: spec.weakness, labels: compiler.labels, languages: compiled, options })
}

struct Compiler<'a> {
    spec: &'a RuleSpec,
    kits: &'a Kits,
    labels: Vec<String>,
}

impl<'a> Compiler<'a> {
    fn collect_labels(&mut self, sources: &[SourceSpec], propagators: &[PropagatorSpec]) -> Result<(), Mistake> {
        let named = sources.iter().filter_map(|source| source.label.as_ref());
        for label in named.chain(propagators.iter().filter_map(|propagator| propagator.label.as_ref())) {
            if !self.labels.contains(label) {
                self.labels.push(label.clone());
            }
        }
        if self.labels.len() > MAX_LABELS {
            return Err(Mistake::new("pattern-sources", format!("more than {MAX_LABELS} labels")));
        }
        Ok(())
    }

    fn number(&self, label: &str) -> Result<u8, Mistake> {
        self.labels
            .iter()
            .position(|known| known == label)
            .and_then(|at| u8::try_from(at).ok())
            .ok_or_else(|| Mistake::new("requires", format!("no source of this rule has the label `{label}`")))
    }

    fn condition(&self, text: &str) -> Result<LabelCondition, Mistake> {
        LabelCondition::parse(text, &mut |label| self.number(label))
    }

    fn conditional(&self, text: Option<&String>) -> Result<Option<LabelCondition>, Mistake> {
        text.map(|text| self.condition(text)).transpose()
    }

    /// The parts of a kit that a term names. A rule in several languages takes from a kit what it has for each.
    fn kit(&self, name: &'a str, terms: &TermsSpec) -> Result<Vec<&'a Kit>, Mistake> {
        if !is_bare(terms) {
            return Err(Mistake::new("kit", "`kit` stands alone: the patterns of a kit are its own"));
        }
        let found: Vec<&'a Kit> = self.kits.named(name).collect();
        if found.is_empty() {
            let hint = crate::suggest::closest(name, self.kits.ids())
                .map_or_else(String::new, |known| format!("; did you mean `{known}`?"));
            return Err(Mistake::new("kit", format!("there is no kit `{name}`{hint}")));
        }
        Ok(found)
    }

    fn sources(&self, specs: &'a [SourceSpec], language: Language) -> Result<Vec<SourceTerm>, Mistake> {
        let mut terms = Vec::new();
        for (index, spec) in specs.iter().enumerate() {
            let place = |mistake: Mistake| mistake.under(index.to_string()).under("pattern-sources");
            unsupported_when("control", spec.control).map_err(place)?;
            let label = spec.label.as_ref().map_or(Ok(0), |label| self.number(label)).map_err(place)?;
            let requires = self.conditional(spec.requires.as_ref()).map_err(place)?;
            match &spec.kit {
                Some(name) => {
                    for kit in self.kit(name, &spec.terms).map_err(place)? {
                        terms.extend(kit.sources.iter().filter_map(|term| {
                            Some(SourceTerm {
                                search: kit.source(term, language)?,
                                label,
                                requires: requires.clone(),
                                reach: reach(spec.by_side_effect.or(term.spec.by_side_effect)),
                                exact: spec.exact.or(term.spec.exact).unwrap_or(false),
                            })
                        }));
                    }
                }
                None => terms.push(SourceTerm {
                    search: search(&spec.terms, language).map_err(place)?,
                    label,
                    requires,
                    reach: reach(spec.by_side_effect),
                    exact: spec.exact.unwrap_or(false),
                }),
            }
        }
        Ok(terms)
    }

    fn sinks(&self, specs: &'a [SinkSpec], language: Language) -> Result<Vec<SinkTerm>, Mistake> {
        let mut terms = Vec::new();
        for (index, spec) in specs.iter().enumerate() {
            let place = |mistake: Mistake| mistake.under(index.to_string()).under("pattern-sinks");
            unsupported_when("at-exit", spec.at_exit).map_err(place)?;
            let (requires, metavariables) = self.sink_requires(spec.requires.as_ref()).map_err(place)?;
            match &spec.kit {
                Some(name) => {
                    for kit in self.kit(name, &spec.terms).map_err(place)? {
                        terms.extend(kit.sinks.iter().filter_map(|term| {
                            Some(SinkTerm {
                                search: kit.sink(term, language)?,
                                requires: requires.clone(),
                                metavariables: metavariables.clone(),
                                exact: spec.exact.or(term.spec.exact).unwrap_or(true),
                            })
                        }));
                    }
                }
                None => terms.push(SinkTerm {
                    search: search(&spec.terms, language).map_err(place)?,
                    requires,
                    metavariables,
                    exact: spec.exact.unwrap_or(true),
                }),
            }
        }
        Ok(terms)
    }

    /// Without `requires`, values of sources without a label do harm; values with labels only do where none is asked for by
    /// name either, which is what Semgrep does too.
    fn sink_requires(
        &self,
        spec: Option<&RequiresSpec>,
    ) -> Result<(LabelCondition, Vec<(String, LabelCondition)>), Mistake> {
        match spec {
            None => Ok((LabelCondition::Has(0), Vec::new())),
            Some(RequiresSpec::Labels(text)) => Ok((self.condition(text)?, Vec::new())),
            Some(RequiresSpec::Metavariables(list)) => {
                let each = list.iter().flatten().map(|(name, text)| Ok((name.clone(), self.condition(text)?)));
                Ok((LabelCondition::Always(true), each.collect::<Result<_, Mistake>>()?))
            }
        }
    }

    fn sanitizers(&self, specs: &'a [SanitizerSpec], language: Language) -> Result<Vec<SanitizerTerm>, Mistake> {
        let mut terms = Vec::new();
        for (index, spec) in specs.iter().enumerate() {
            let place = |mistake: Mistake| mistake.under(index.to_string()).under("pattern-sanitizers");
            unsupported_when("not_conflicting", spec.not_conflicting).map_err(place)?;
            match &spec.kit {
                Some(name) => {
                    for kit in self.kit(name, &spec.terms).map_err(place)? {
                        self.add_sanitizers(kit, Some(spec), language, &mut terms);
                    }
                }
                None => terms.push(SanitizerTerm {
                    search: search(&spec.terms, language).map_err(place)?,
                    reach: reach(spec.by_side_effect),
                    exact: spec.exact.unwrap_or(false),
                }),
            }
        }
        if self.spec.weakness.is_some() {
            for kit in self.kits.always() {
                self.add_sanitizers(kit, None, language, &mut terms);
            }
        }
        Ok(terms)
    }

    fn add_sanitizers(
        &self,
        kit: &Kit,
        spec: Option<&SanitizerSpec>,
        language: Language,
        terms: &mut Vec<SanitizerTerm>,
    ) {
        let serves = |clears: &[crate::flow::Weakness]| {
            clears.is_empty() || self.spec.weakness.is_some_and(|weakness| clears.contains(&weakness))
        };
        terms.extend(kit.sanitizers.iter().filter(|term| serves(&term.spec.clears)).filter_map(|term| {
            Some(SanitizerTerm {
                search: kit.sanitizer(term, language)?,
                reach: reach(spec.and_then(|spec| spec.by_side_effect).or(term.spec.by_side_effect)),
                exact: spec.and_then(|spec| spec.exact).or(term.spec.exact).unwrap_or(false),
            })
        }));
    }

    fn propagators(&self, specs: &'a [PropagatorSpec], language: Language) -> Result<Vec<PropagatorTerm>, Mistake> {
        let mut terms = Vec::new();
        for (index, spec) in specs.iter().enumerate() {
            let place = |mistake: Mistake| mistake.under(index.to_string()).under("pattern-propagators");
            match &spec.kit {
                Some(name) => {
                    for kit in self.kit(name, &spec.terms).map_err(place)? {
                        for term in &kit.propagators {
                            if let Some(search) = kit.propagator(term, language) {
                                terms.push(self.propagator(&term.spec, search).map_err(place)?);
                            }
                        }
                    }
                }
                None => {
                    let search = search(&spec.terms, language).map_err(place)?;
                    terms.push(self.propagator(spec, search).map_err(place)?);
                }
            }
        }
        if self.spec.weakness.is_some() && specs.iter().all(|spec| spec.kit.is_none()) {
            for kit in self.kits.always() {
                for term in &kit.propagators {
                    if let Some(search) = kit.propagator(term, language) {
                        terms.push(self.propagator(&term.spec, search)?);
                    }
                }
            }
        }
        Ok(terms)
    }

    fn propagator(
        &self,
        spec: &PropagatorSpec,
        search: std::sync::Arc<super::Search>,
    ) -> Result<PropagatorTerm, Mistake> {
        for (key, name) in [("from", &spec.from), ("to", &spec.to)] {
            if !name.starts_with('$') {
                return Err(Mistake::new(key, format!("`{key}` names a metavariable, such as `$X`")));
            }
        }
        let replaces = spec.replace_labels.as_deref().unwrap_or_default();
        Ok(PropagatorTerm {
            search,
            from: spec.from.clone(),
            to: spec.to.clone(),
            by_side_effect: spec.by_side_effect.unwrap_or(true),
            label: spec.label.as_ref().map(|label| self.number(label)).transpose()?,
            replaces: replaces.iter().map(|label| self.number(label)).collect::<Result<_, _>>()?,
            requires: self.conditional(spec.requires.as_ref())?,
        })
    }
}

fn unsupported_when(key: &str, value: Option<bool>) -> Result<(), Mistake> {
    if value == Some(true) { Err(Mistake::unsupported(key, format!("`{key}` is not supported"))) } else { Ok(()) }
}

fn reach(spec: Option<BySideEffect>) -> Reach {
    match spec {
        None | Some(BySideEffect::Also(false)) => Reach::Expression,
        Some(BySideEffect::Also(true)) => Reach::Both,
        Some(BySideEffect::Only(_)) => Reach::Variable,
    }
}

/// Whether no search term is there.
fn is_bare(terms: &TermsSpec) -> bool {
    serde_json::to_value(terms).is_ok_and(|value| value.as_object().is_some_and(serde_json::Map::is_empty))
}

fn options(value: &Value) -> TaintOptions {
    let on = |key: &str| value.get(key).and_then(Value::as_bool).unwrap_or(false);
    TaintOptions {
        safe_functions: on("taint_assume_safe_functions"),
        safe_indexes: on("taint_assume_safe_indexes"),
        safe_comparisons: on("taint_assume_safe_comparisons"),
        safe_booleans: on("taint_assume_safe_booleans"),
        safe_numbers: on("taint_assume_safe_numbers"),
    }
}
