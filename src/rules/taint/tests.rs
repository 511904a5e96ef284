//! Taint rules as people write them.

use super::super::{Check, RuleProblem, RuleSources, load};
use super::Reach;
use crate::syntax::Language;
use std::path::PathBuf;

/// The only rule of a text, or why there is none.
fn rule(text: &str) -> Result<super::super::Rule, Vec<RuleProblem>> {
    let folder = tempfile::tempdir().expect("a folder for the test");
    let path: PathBuf = folder.path().join("rule.yaml");
    std::fs::write(&path, text).expect("the folder can be written");
    let mut loaded = load(&RuleSources { builtin: false, paths: vec![path], check_kits: false });
    if !loaded.problems.is_empty() {
        return Err(loaded.problems);
    }
    Ok(loaded.rules.remove(0))
}

const HEAD: &str = "rules:\n- id: t\n  mode: taint\n  languages: [python]\n  severity: ERROR\n  message: m\n";

#[test]
fn semgreps_own_example_loads() {
    let text = format!(
        "{HEAD}  pattern-sources:
  - label: USER
    patterns:
    - pattern: make_tainted($X)
    - focus-metavariable: $X
    by-side-effect: only
  - pattern: read(...)
    label: RAW
    requires: USER
    exact: true
  pattern-propagators:
  - pattern: $TO.append($FROM)
    from: $FROM
    to: $TO
  pattern-sanitizers:
  - pattern: clean(...)
  pattern-sinks:
  - pattern: sink(...)
    requires: RAW and not (USER or RAW)
"
    );
    let rule = rule(&text).expect("it loads");
    let Check::Taint(check) = &rule.check else { panic!("{:?}", rule.check) };
    assert_eq!(check.labels, ["__SOURCE__", "USER", "RAW"]);
    let terms = check.terms(Language::Python).expect("terms for Python");
    assert_eq!(terms.sources[0].reach, Reach::Variable);
    assert!(terms.sources[1].exact && terms.sources[1].requires.is_some());
    assert!(terms.sinks[0].exact, "sinks are exact when nothing is said");
    assert!(terms.propagators[0].by_side_effect, "propagators act on variables when nothing is said");
}

#[test]
fn kits_stand_for_their_terms() {
    let text = format!(
        "kits:
- id: own
  title: Our own reader
  languages: [python]
  pattern-sources: [{{pattern: ours.read(...)}}, {{pattern: ours.peek(...)}}]
{HEAD}  pattern-sources: [{{kit: own}}]
  pattern-sinks: [{{pattern: sink(...)}}]
"
    );
    let rule = rule(&text).expect("it loads");
    let Check::Taint(check) = &rule.check else { panic!("{:?}", rule.check) };
    assert_eq!(check.terms(Language::Python).expect("terms").sources.len(), 2);
}

#[test]
fn mistakes_are_named_at_their_place() {
    let cases = [
        ("  pattern-sources: [{kit: http-inpud}]\n  pattern-sinks: [{pattern: s(...)}]\n", "did you mean `http-input`"),
        ("  pattern-sinks: [{pattern: s(...)}]\n", "needs the key `pattern-sources`"),
        (
            "  pattern-sources: [{pattern: a()}]\n  pattern-sinks:\n  - pattern: s(...)\n    requires: NOPE\n",
            "has the label `NOPE`",
        ),
        (
            "  pattern-sources: [{pattern: a()}]\n  pattern-sinks: [{pattern: s(...)}]\n  weakness: sqll\n",
            "unknown variant `sqll`",
        ),
        (
            "  pattern-sources: [{pattern: a(), exakt: true}]\n  pattern-sinks: [{pattern: s(...)}]\n",
            "did you mean `exact`",
        ),
    ];
    for (body, wanted) in cases {
        let problems = rule(&format!("{HEAD}{body}")).expect_err(wanted);
        assert!(problems[0].message.contains(wanted), "{}", problems[0]);
    }
    let problems = rule(&format!("{HEAD}{}", cases[2].0)).expect_err("a mistake");
    assert_eq!(problems[0].position.map(|position| position.line), Some(10));
}

#[test]
fn what_is_not_supported_is_a_note_and_no_mistake() {
    let text =
        format!("{HEAD}  pattern-sources: [{{pattern: a(), control: true}}]\n  pattern-sinks: [{{pattern: s(...)}}]\n");
    let folder = tempfile::tempdir().expect("a folder for the test");
    let path = folder.path().join("rule.yaml");
    std::fs::write(&path, text).expect("the folder can be written");
    let loaded = load(&RuleSources { builtin: false, paths: vec![path], check_kits: false });
    assert!(loaded.problems.is_empty() && loaded.rules.is_empty());
    assert!(loaded.notifications[0].message.contains("`control` is not supported"));
}
