//! The keys of `mode: taint` to terms that can be matched.

use super::super::formula::Mistake;
use super::super::schema::{RuleSpec, TermsSpec};
use super::kits::{Kit, Kits, is_bare, sanitizer, search};
use super::requires::LabelCondition;
use super::schema::{BySideEffect, GuardSpec, PropagatorSpec, RequiresSpec, SanitizerSpec, SinkSpec, SourceSpec};
use super::{
    GuardTerm, PropagatorTerm, Reach, SanitizerTerm, SinkTerm, SourceTerm, TaintCheck, TaintOptions, TaintTerms,
};
use crate::flow::taint::Weakness;
use crate::syntax::Language;
use serde_json::Value;
use std::sync::Arc;

/// What Semgrep calls the label of sources that name none.
const PLAIN: &str = "__SOURCE__";
/// The kit of request data: with it come the parameters of request handlers.
const REQUESTS: &str = "http-input";
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
    compiler.collect_labels(sources)?;
    let terms_by_language = languages
        .iter()
        .map(|&language| {
            let terms = TaintTerms {
                sources: compiler.sources(sources, language)?,
                sinks: compiler.sinks(sinks, language)?,
                sanitizers: compiler.sanitizers(spec.pattern_sanitizers.as_deref().unwrap_or_default(), language)?,
                guards: compiler.guards(spec.pattern_guards.as_deref().unwrap_or_default(), language)?,
                propagators: compiler.propagators(spec.pattern_propagators.as_deref().unwrap_or_default(), language)?,
            };
            Ok((language, terms))
        })
        .collect::<Result<Vec<_>, Mistake>>()?;
    let mut request_labels = Vec::new();
    for source in sources.iter().filter(|source| source.kit.as_deref() == Some(REQUESTS)) {
        request_labels.push(source.label.as_ref().map_or(Ok(0), |label| compiler.number(label))?);
    }
    Ok(TaintCheck {
        weakness: spec.weakness,
        labels: compiler.labels,
        languages: terms_by_language,
        request_labels,
        options: options(&spec.options),
    })
}

struct Compiler<'a> {
    spec: &'a RuleSpec,
    kits: &'a Kits,
    labels: Vec<String>,
}

impl<'a> Compiler<'a> {
    fn collect_labels(&mut self, sources: &[SourceSpec]) -> Result<(), Mistake> {
        for label in sources.iter().filter_map(|source| source.label.as_ref()) {
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
                                what: what(spec.what.as_ref().or(term.spec.what.as_ref())),
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
                    what: what(spec.what.as_ref()),
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
            let (requires, metavariable) = self.sink_requires(spec.requires.as_ref()).map_err(place)?;
            match &spec.kit {
                Some(name) => {
                    for kit in self.kit(name, &spec.terms).map_err(place)? {
                        terms.extend(kit.sinks.iter().filter_map(|term| {
                            Some(SinkTerm {
                                search: kit.sink(term, language)?,
                                requires: requires.clone(),
                                metavariable: metavariable.clone(),
                                exact: spec.exact.or(term.spec.exact).unwrap_or(true),
                            })
                        }));
                    }
                }
                None => terms.push(SinkTerm {
                    search: search(&spec.terms, language).map_err(place)?,
                    requires,
                    metavariable,
                    exact: spec.exact.unwrap_or(true),
                }),
            }
        }
        Ok(terms)
    }

    /// Without `requires`, only values of sources without a label do harm, as in Semgrep.
    fn sink_requires(&self, spec: Option<&RequiresSpec>) -> Result<(LabelCondition, Option<String>), Mistake> {
        match spec {
            None => Ok((LabelCondition::Has(0), None)),
            Some(RequiresSpec::Labels(text)) => Ok((self.condition(text)?, None)),
            Some(RequiresSpec::Metavariables(list)) => {
                let mut all = list.iter().flatten();
                match (all.next(), all.next()) {
                    (Some((name, text)), None) => Ok((self.condition(text)?, Some(name.clone()))),
                    _ => Err(Mistake::unsupported("requires", "`requires` of several metavariables is not supported")),
                }
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
                    search: sanitizer(spec, language).map_err(place)?,
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
        terms.extend(kit.sanitizers.iter().filter(|term| self.is_served(&term.spec.clears)).filter_map(|term| {
            Some(SanitizerTerm {
                search: kit.sanitizer(term, language)?,
                reach: reach(spec.and_then(|spec| spec.by_side_effect).or(term.spec.by_side_effect)),
                exact: spec.and_then(|spec| spec.exact).or(term.spec.exact).unwrap_or(false),
            })
        }));
    }

    fn guards(&self, specs: &'a [GuardSpec], language: Language) -> Result<Vec<GuardTerm>, Mistake> {
        let mut terms = Vec::new();
        for (index, spec) in specs.iter().enumerate() {
            let place = |mistake: Mistake| mistake.under(index.to_string()).under("pattern-guards");
            match &spec.kit {
                Some(name) => {
                    for kit in self.kit(name, &spec.terms).map_err(place)? {
                        self.add_guards(kit, language, &mut terms);
                    }
                }
                None => {
                    metavariable("subject", &spec.subject).map_err(place)?;
                    let search = search(&spec.terms, language).map_err(place)?;
                    terms.push(GuardTerm { search, subject: spec.subject.clone(), when: spec.when.unwrap_or(true) });
                }
            }
        }
        if self.spec.weakness.is_some() {
            for kit in self.kits.always() {
                self.add_guards(kit, language, &mut terms);
            }
        }
        Ok(terms)
    }

    fn add_guards(&self, kit: &Kit, language: Language, terms: &mut Vec<GuardTerm>) {
        terms.extend(kit.guards.iter().filter(|term| self.is_served(&term.spec.clears)).filter_map(|term| {
            Some(GuardTerm {
                search: kit.guard(term, language)?,
                subject: term.spec.subject.clone(),
                when: term.spec.when.unwrap_or(true),
            })
        }));
    }

    /// Whether what protects against some weaknesses (against all, if none is named) serves this rule.
    fn is_served(&self, clears: &[Weakness]) -> bool {
        clears.is_empty() || self.spec.weakness.is_some_and(|weakness| clears.contains(&weakness))
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

    fn propagator(&self, spec: &PropagatorSpec, search: Arc<super::Search>) -> Result<PropagatorTerm, Mistake> {
        metavariable("from", &spec.from)?;
        metavariable("to", &spec.to)?;
        unsupported_when("label", Some(spec.label.is_some()))?;
        unsupported_when("replace-labels", Some(spec.replace_labels.is_some()))?;
        let labels = match self.conditional(spec.requires.as_ref())? {
            None => None,
            Some(condition) => Some(condition.any_of().ok_or_else(|| {
                Mistake::unsupported("requires", "`requires` of a propagator can only list labels: `A or B`")
            })?),
        };
        Ok(PropagatorTerm {
            search,
            from: spec.from.clone(),
            to: spec.to.clone(),
            by_side_effect: spec.by_side_effect.unwrap_or(true),
            labels,
        })
    }
}

/// A key that names a metavariable.
fn metavariable(key: &str, name: &str) -> Result<(), Mistake> {
    if name.starts_with('$') {
        Ok(())
    } else {
        Err(Mistake::new(key, format!("`{key}` names a metavariable, such as `$X`")))
    }
}

fn what(text: Option<&String>) -> Arc<str> {
    text.map_or_else(|| Arc::from(""), |text| Arc::from(text.as_str()))
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

fn options(value: &Value) -> TaintOptions {
    let on = |key: &str| value.get(key).and_then(Value::as_bool).unwrap_or(false);
    TaintOptions { safe_functions: on("taint_assume_safe_functions") }
}
