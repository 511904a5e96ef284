//! One defect, one finding: a rule that saw less is silent where a rule that saw more has spoken.

use super::RuleSet;
use crate::findings::Finding;
use crate::source::Span;
use rustc_hash::FxHashMap;

/// Takes out of the findings of one file those that another finding at the same place says better.
///
/// Places are the same when their spans overlap: a rule may point at the call and another one at its argument.
pub fn settle(rules: &RuleSet, findings: &mut Vec<Finding>) {
    if findings.len() < 2 || rules.superseded().is_empty() {
        return;
    }
    let mut better: FxHashMap<usize, Places> = FxHashMap::default();
    let silent: Vec<bool> = findings
        .iter()
        .map(|finding| {
            let Some(&rule) = rules.superseded().get(&*finding.rule.id) else { return false };
            better.entry(rule).or_insert_with(|| Places::of_better(rules, rule, findings)).overlap(finding.span)
        })
        .collect();
    let mut silent = silent.into_iter();
    findings.retain(|_| !silent.next().unwrap_or(false));
}

/// Spans in order of their starts, each with the furthest end of all up to it.
struct Places(Vec<(u32, u32)>);

impl Places {
    /// Where rules report that a rule gives way to.
    fn of_better(rules: &RuleSet, rule: usize, findings: &[Finding]) -> Self {
        let names = &rules.rules[rule].superseded_by;
        let mut places: Vec<(u32, u32)> = findings
            .iter()
            .filter(|finding| names.iter().any(|better| better.names(&finding.rule.id)))
            .filter(|finding| finding.rule.id != rules.rules[rule].meta.id)
            .map(|finding| (finding.span.start, finding.span.end))
            .collect();
        places.sort_unstable();
        let mut furthest = 0;
        for (_, end) in &mut places {
            furthest = furthest.max(*end);
            *end = furthest;
        }
        Self(places)
    }

    fn overlap(&self, span: Span) -> bool {
        let before = self.0.partition_point(|(start, _)| *start < span.end.max(span.start + 1));
        before.checked_sub(1).is_some_and(|last| self.0[last].1 > span.start)
    }
}
