use super::*;
use crate::config::{ForeignSuppression, SuppressionPolicy};
use crate::findings::{Confidence, Finding, Profile, RuleMeta, Severity};
use crate::source::{Source, Span};
use crate::syntax::FileKind;
use std::sync::Arc;

fn rule(id: &str, class: &str) -> Arc<RuleMeta> {
    Arc::new(RuleMeta {
        id: id.into(),
        class: class.into(),
        title: "Title".into(),
        severity: Severity::High,
        confidence: Confidence::High,
        profile: Profile::Default,
        cwe: vec![78],
        help: String::new(),
        references: Vec::new(),
        languages: vec!["python".into()],
        tags: Vec::new(),
    })
}

/// Triages a text in which every `BAD` is a finding of `python/shell`. Gives the lines that are still reported, the
/// reasons of suppressed ones, and the notifications as `line: message`.
fn triage(kind: FileKind, text: &str, policy: &SuppressionPolicy) -> (Vec<u32>, Vec<Option<String>>, Vec<String>) {
    let rules = [rule("python/shell", "shell-injection"), rule("python/off", "off")];
    let source = Arc::new(Source::new("app.py", text));
    let findings: Vec<Finding> = text
        .match_indices("BAD")
        .map(|(at, _)| {
            Finding::new(Arc::clone(&rules[0]), Arc::clone(&source), Span::from_range(at..at + 3), "It is bad.")
        })
        .collect();
    let triage = Triage { policy, today: "2026-06-15".parse().unwrap(), known: &rules };
    let result = triage.file(&source, kind, findings, &|rule| &*rule.id != "python/off");
    (
        result.findings.iter().map(|finding| source.line_of(finding.span.start)).collect(),
        result.suppressed.into_iter().map(|suppressed| suppressed.reason).collect(),
        result
            .notifications
            .iter()
            .map(|note| format!("{}: {}", note.position.map_or(0, |position| position.line), note.message))
            .collect(),
    )
}

fn python(text: &str) -> (Vec<u32>, Vec<Option<String>>, Vec<String>) {
    triage(FileKind::Python, text, &SuppressionPolicy::default())
}

#[test]
fn silences_its_line_or_the_line_below() {
    let (left, reasons, notes) = python(
        "BAD  # bartizan: ignore[python/shell] input is a constant\n\
         # bartizan: ignore[shell-injection]: by class\n\
         # an explanation between\n\
         BAD\n\
         BAD\n",
    );
    assert_eq!(left, [5]);
    assert_eq!(reasons, [Some("input is a constant".into()), Some("by class".into())]);
    assert_eq!(notes, Vec::<String>::new());
}

#[test]
fn a_comment_behind_code_does_not_speak_about_the_next_line() {
    let (left, _, notes) = python("x = 1  # bartizan: ignore[python]\nBAD\n");
    assert_eq!(left, [2]);
    assert_eq!(notes, ["1: `python` suppresses nothing on line 1: remove it"]);
}

#[test]
fn silences_a_whole_file() {
    let (left, reasons, _) = python("BAD\nBAD\n# bartizan: ignore-file[python/*] generated\n");
    assert_eq!(left, Vec::<u32>::new());
    assert_eq!(reasons.len(), 2);
}

#[test]
fn understands_the_comments_of_each_language() {
    let policy = SuppressionPolicy::default();
    for (kind, line) in [
        (FileKind::Rust, "BAD(); // bartizan: ignore[shell-injection] reason"),
        (FileKind::Rust, "BAD(); /* bartizan: ignore[shell-injection] reason */"),
        (FileKind::Ini, "; bartizan: ignore[shell-injection] reason\nBAD"),
        (FileKind::Markdown, "<!-- bartizan: ignore[shell-injection] reason -->\nBAD"),
        (FileKind::Markdown, "BAD -- bartizan: ignore[shell-injection] reason"),
        (FileKind::Notebook, "\"BAD  # bartizan: ignore[shell-injection] reason\\n\","),
        (FileKind::Notebook, "  \"# bartizan: ignore[shell-injection] reason\\n\",\n\"BAD\\n\","),
        (FileKind::Nginx, "BAD; # bartizan: ignore[shell-injection] reason # noqa"),
    ] {
        let (left, reasons, notes) = triage(kind, line, &policy);
        assert_eq!((left, reasons, notes), (vec![], vec![Some("reason".into())], vec![]), "{line}");
    }
    // What is no comment in the language says nothing.
    assert_eq!(triage(FileKind::Python, "BAD // bartizan: ignore[shell-injection]", &policy).0, [1]);
    assert_eq!(triage(FileKind::Python, "BAD = 'bartizan: ignore[shell-injection]'", &policy).0, [1]);
}

#[test]
fn runs_out() {
    let (left, _, notes) = python(
        "BAD  # bartizan: ignore[python] until=2026-06-14 soon\nBAD  # bartizan: ignore[python] until=2026-06-15 soon\n",
    );
    assert_eq!(left, [1]);
    assert_eq!(notes, ["1: `bartizan: ignore[python]` ran out on 2026-06-14: mend what it hides, or decide again"]);
}

#[test]
fn malformed_ones_are_reported_and_suppress_nothing() {
    let (left, _, notes) = python(
        "BAD  # bartizan: ignore\n\
         BAD  # bartizan: ignore[]\n\
         BAD  # bartizan: ingore[python/shell]\n\
         BAD  # bartizan: ignore[python/shell] until=tomorrow\n\
         BAD  # bartizan: ignore[python/shel]\n\
         # bartizan: a static security auditor\n",
    );
    assert_eq!(left, [1, 2, 3, 4, 5]);
    assert_eq!(
        notes,
        [
            "1: `bartizan: ignore` names no rule: write `bartizan: ignore[rule-id] reason`",
            "2: `bartizan: ignore[]` names no rule: write `bartizan: ignore[rule-id] reason`",
            "3: `bartizan: ingore` is unknown: did you mean `ignore[rule-id]`?",
            "4: `until=tomorrow` is no date: write it as `until=2027-01-31`",
            "5: `python/shel` names no rule that is loaded: did you mean `python/shell`?",
        ]
    );
}

#[test]
fn idle_ones_are_reported_when_their_rule_is_on() {
    let (_, _, notes) =
        python("x  # bartizan: ignore[python/shell, python/off]\n# bartizan: ignore-file[python/shell]\n");
    assert_eq!(
        notes,
        [
            "1: `python/shell` suppresses nothing on line 1: remove it",
            "2: `python/shell` suppresses nothing in this file: remove it"
        ]
    );
}

#[test]
fn a_reason_can_be_required() {
    let policy = SuppressionPolicy { require_reason: true, ..SuppressionPolicy::default() };
    let text = "BAD  # bartizan: ignore[python]\nBAD  # bartizan: ignore[python]  # noqa\nBAD  # bartizan: ignore[python] - fine\n";
    let (left, reasons, notes) = triage(FileKind::Python, text, &policy);
    assert_eq!(left, [1, 2]);
    assert_eq!(reasons, [Some("fine".into())]);
    assert_eq!(notes.len(), 2);
}

#[test]
fn other_tools_comments_count_only_when_honoured() {
    let text = "BAD  # nosec B602\nBAD  # noqa: E501, S602\nBAD  # nosemgrep: rules.python.shell\n# nosemgrep\nBAD\n\
                BAD  # noqa\nBAD  # nosemgrep: other\nBAD # nosecurity\n";
    assert_eq!(triage(FileKind::Python, text, &SuppressionPolicy::default()).0.len(), 7);
    let honoured = vec![ForeignSuppression::Nosec, ForeignSuppression::Noqa, ForeignSuppression::Nosemgrep];
    let policy = SuppressionPolicy { require_reason: true, honoured };
    let (left, reasons, notes) = triage(FileKind::Python, text, &policy);
    assert_eq!(left, [6, 7, 8]);
    assert_eq!(reasons[0].as_deref(), Some("# nosec"));
    assert_eq!(notes, Vec::<String>::new());
}

#[test]
fn a_file_of_nothing_but_suppressions_is_no_work() {
    let mut text = "# bartizan: ignore[python/shell, a]\n".repeat(30_000);
    text.push_str("BAD\n");
    let start = std::time::Instant::now();
    let (left, reasons, notes) = python(&text);
    assert_eq!((left.len(), reasons.len(), notes.len()), (0, 1, 100));
    assert!(start.elapsed().as_secs() < 5, "{:?}", start.elapsed());
}
