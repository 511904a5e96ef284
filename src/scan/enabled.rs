use crate::config::{RuleSelector, Settings};
use crate::engine::RuleSet;
use crate::findings::{RuleMeta, Severity};
use crate::rules::{RuleProblem, RuleSources};
use rustc_hash::FxHashMap;
use std::cell::RefCell;
use std::sync::Arc;

/// Which rules report.
#[derive(Debug, Clone, Copy, Default)]
pub struct Selection<'a> {
    /// Rules that report whatever profile and configuration say, and no others; empty means what the settings say.
    pub select: &'a [RuleSelector],
    /// Rules that do not report.
    pub ignore: &'a [RuleSelector],
}

impl Selection<'_> {
    /// The severity with which a rule reports; `None` when it does not.
    pub fn severity_of(&self, rule: &RuleMeta, settings: &Settings) -> Option<Severity> {
        let names = |selectors: &[RuleSelector]| selectors.iter().any(|selector| selector.matches(rule));
        if names(self.ignore) {
            return None;
        }
        let configured = settings.severity_of(rule);
        if self.select.is_empty() {
            return configured;
        }
        // A severity from the configuration holds for a selected rule too.
        names(self.select).then(|| configured.unwrap_or(rule.severity))
    }
}

/// The rules of a scan, chosen and ready to run.
#[derive(Debug)]
pub struct ChosenRules {
    /// Those that report, with the severities that the configuration gives them.
    pub(super) set: RuleSet,
    by_id: FxHashMap<Arc<str>, Arc<RuleMeta>>,
    /// Every rule that was loaded.
    known: Vec<Arc<RuleMeta>>,
}

impl ChosenRules {
    /// Loads rules and chooses among them.
    ///
    /// # Errors
    /// Every mistake in the rule files.
    pub fn load(
        sources: &RuleSources,
        settings: &Settings,
        selection: Selection<'_>,
    ) -> Result<Self, Vec<RuleProblem>> {
        let known = RefCell::new(Vec::new());
        let set = RuleSet::load_selected(sources, |rule| {
            known.borrow_mut().push(Arc::new(rule.clone()));
            let severity = selection.severity_of(rule, settings)?;
            Some(RuleMeta { severity, ..rule.clone() })
        })?;
        let by_id = set.rules().map(|rule| (Arc::clone(&rule.id), Arc::clone(rule))).collect();
        Ok(Self { set, by_id, known: known.into_inner() })
    }

    /// The rule as it reports; `None` when it does not.
    pub fn get(&self, id: &str) -> Option<&Arc<RuleMeta>> {
        self.by_id.get(id)
    }

    /// Those that report, in id order.
    pub fn list(&self) -> Vec<Arc<RuleMeta>> {
        let mut list: Vec<_> = self.set.rules().cloned().collect();
        list.sort_by(|a, b| a.id.cmp(&b.id));
        list
    }

    /// Every rule that was loaded, whether it reports or not.
    pub fn known(&self) -> &[Arc<RuleMeta>] {
        &self.known
    }
}

/// The rule with a severity; itself when that is its own.
pub(super) fn with_severity(rule: &Arc<RuleMeta>, severity: Severity) -> Arc<RuleMeta> {
    if rule.severity == severity {
        return Arc::clone(rule);
    }
    Arc::new(RuleMeta { severity, ..RuleMeta::clone(rule) })
}
