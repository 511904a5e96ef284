//! The rules of a scan, with what serves all of them at once.

use super::prefilter::Prefilter;
use super::taint::TaintSet;
use crate::findings::{Notification, RuleMeta};
use crate::rules::{Check, Rule, RuleProblem, RuleSources, load};
use crate::secrets::SecretSet;
use crate::syntax::FileKind;
use rustc_hash::FxHashMap;
use std::sync::Arc;

/// Rules ready to run together.
#[derive(Debug)]
pub struct RuleSet {
    pub(super) rules: Vec<Rule>,
    pub(super) prefilter: Prefilter,
    /// The detectors of secret rules, and the index of each one's rule.
    pub(super) secrets: SecretSet,
    pub(super) secret_rules: Vec<usize>,
    pub(super) taint: TaintSet,
    /// Rules that give way to others, by id.
    superseded: FxHashMap<Arc<str>, usize>,
    /// The kinds of files whose facts some rule needs.
    fact_kinds: Vec<FileKind>,
    notifications: Vec<Notification>,
}

impl RuleSet {
    /// Loads rules.
    ///
    /// # Errors
    /// All mistakes in the rule files.
    pub fn load(sources: &RuleSources) -> Result<Self, Vec<RuleProblem>> {
        Self::load_selected(sources, |meta| Some(meta.clone()))
    }

    /// Loads rules and keeps those that `select` keeps, with the metadata that it gives them.
    ///
    /// # Errors
    /// All mistakes in the rule files, those of rules that are not kept too.
    pub fn load_selected(
        sources: &RuleSources,
        select: impl Fn(&RuleMeta) -> Option<RuleMeta>,
    ) -> Result<Self, Vec<RuleProblem>> {
        let loaded = load(sources);
        if !loaded.problems.is_empty() {
            return Err(loaded.problems);
        }
        let rules = loaded
            .rules
            .into_iter()
            .filter_map(|mut rule| {
                let meta = select(&rule.meta)?;
                if meta != *rule.meta {
                    rule.meta = Arc::new(meta);
                }
                Some(rule)
            })
            .collect();
        Ok(Self::new(rules, loaded.notifications))
    }

    fn new(mut rules: Vec<Rule>, notifications: Vec<Notification>) -> Self {
        let mut detectors = Vec::new();
        let mut secret_rules = Vec::new();
        for (index, rule) in rules.iter_mut().enumerate() {
            if let Check::Secret(detector) = &mut rule.check
                && let Some(detector) = detector.take()
            {
                detectors.push(*detector);
                secret_rules.push(index);
            }
        }
        let prefilter = Prefilter::new(rules.iter().map(|rule| rule.literals.as_slice()));
        let fact_kinds = FileKind::ALL
            .into_iter()
            .filter(|kind| {
                rules.iter().any(|rule| match &rule.check {
                    Check::ProjectAudit { audit, .. } => audit.kinds.contains(kind),
                    Check::Taint(check) => check.terms(kind.language()).is_some(),
                    _ => false,
                })
            })
            .collect();
        let taint = TaintSet::new(&rules);
        let superseded = rules
            .iter()
            .enumerate()
            .filter(|(_, rule)| !rule.superseded_by.is_empty())
            .map(|(index, rule)| (Arc::clone(&rule.meta.id), index))
            .collect();
        Self {
            superseded,
            fact_kinds,
            taint,
            rules,
            prefilter,
            secrets: SecretSet::new(detectors),
            secret_rules,
            notifications,
        }
    }

    /// The rules' metadata, in id order.
    pub fn rules(&self) -> impl Iterator<Item = &Arc<RuleMeta>> {
        self.rules.iter().map(|rule| &rule.meta)
    }

    /// Whether some rule needs the facts of files of a kind. Of Markdown and notebooks it is what stands in them that counts.
    pub(super) fn needs_facts(&self, kind: FileKind) -> bool {
        self.fact_kinds.contains(&kind)
            || (matches!(kind, FileKind::Markdown | FileKind::Notebook) && !self.fact_kinds.is_empty())
    }

    /// Rules that give way to others: id and place among the rules.
    pub(super) const fn superseded(&self) -> &FxHashMap<Arc<str>, usize> {
        &self.superseded
    }

    /// Number of rules.
    pub fn len(&self) -> usize {
        self.rules.len()
    }

    /// Whether there is no rule.
    pub fn is_empty(&self) -> bool {
        self.rules.is_empty()
    }

    /// Rules that were skipped, and why.
    pub fn notifications(&self) -> &[Notification] {
        &self.notifications
    }
}
