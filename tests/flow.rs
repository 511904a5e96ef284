//! What the flow analysis follows and what it does not: annotated files under `tests/flow/cases`, with small rules of
//! their own.

use bartizan::engine::{self, FileInput, RuleSet};
use bartizan::facts::FileFacts;
use bartizan::fixtures;
use bartizan::model::Project;
use bartizan::rules::RuleSources;
use bartizan::scan::workers;
use bartizan::source::Source;
use bartizan::syntax::FileKind;
use std::fmt::Write as _;
use std::path::Path;
use std::sync::Arc;

#[test]
fn values_are_followed_as_the_cases_say() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/flow");
    let sources = RuleSources { builtin: false, paths: vec![folder.join("rules.yaml")], check_kits: false };
    let report = workers(None).expect("threads").install(|| {
        let rules = RuleSet::load(&sources).unwrap_or_else(|problems| panic!("{problems:?}"));
        fixtures::run(&folder.join("cases"), &rules)
    });
    let mut wrong = Vec::new();
    for file in &report.files {
        match &file.outcome {
            Err(reason) => wrong.push(format!("{}: {reason}", file.path.display())),
            Ok(comparison) => wrong.extend(comparison.failures.iter().map(|failure| {
                format!("{}:{} {} {:?}", file.path.display(), failure.line, failure.rule, failure.kind)
            })),
        }
    }
    let (reported, silent) = report.promises.values().fold((0, 0), |sum, one| (sum.0 + one.0, sum.1 + one.1));
    assert!(reported > 100 && silent > 80, "{reported} and {silent} promises");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The findings of some files as text, with all steps; `order` says in which order their facts are linked.
fn found(files: &[(&str, String)], order: &[usize]) -> (Vec<String>, Vec<String>) {
    let rules = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/flow/rules.yaml");
    let sources = RuleSources { builtin: false, paths: vec![rules], check_kits: false };
    let rules = RuleSet::load(&sources).unwrap_or_else(|problems| panic!("{problems:?}"));
    let mut facts: Vec<Vec<FileFacts>> = files
        .iter()
        .map(|(path, text)| {
            let source = Arc::new(Source::new(*path, text.as_str()));
            let input = FileInput { source: &source, kind: FileKind::Python, place: path, include_tests: false };
            engine::analyse(&rules, &input).facts
        })
        .collect();
    let facts = order.iter().flat_map(|&at| std::mem::take(&mut facts[at])).collect();
    let result = engine::analyse_project(&rules, &Project::link(facts), false);
    let findings = result
        .findings
        .iter()
        .map(|finding| {
            let steps: Vec<String> = finding
                .flow
                .iter()
                .map(|step| format!("{} {:?} {}", step.source.path(), step.span, step.message))
                .collect();
            format!("{} {} {:?} {steps:?}", finding.rule.id, finding.source.path(), finding.span)
        })
        .collect();
    (findings, result.notifications.into_iter().map(|notification| notification.message).collect())
}

#[test]
fn the_order_of_files_changes_nothing() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/flow/cases/layers.project/app");
    let paths =
        ["main.py", "config.py", "shared.py", "services/__init__.py", "services/users.py", "repositories/users.py"];
    let files: Vec<(&str, String)> = paths
        .iter()
        .map(|path| (*path, std::fs::read_to_string(folder.join(path)).expect("the case is there")))
        .collect();
    let (expected, _) = found(&files, &[0, 1, 2, 3, 4, 5]);
    assert!(!expected.is_empty());
    for order in [[5, 4, 3, 2, 1, 0], [2, 0, 4, 1, 5, 3], [3, 5, 1, 0, 2, 4], [1, 3, 0, 5, 4, 2]] {
        assert_eq!(found(&files, &order).0, expected, "{order:?}");
    }
}

#[test]
fn a_flow_over_three_files_has_all_its_steps() {
    let files = [
        ("web.py", "from service import find\n\ndef view():\n    name = source()\n    return find(name)\n".to_owned()),
        ("service.py", "import store\n\ndef find(text):\n    return store.load(text.strip())\n".to_owned()),
        ("store.py", "def load(key):\n    statement = 'select ' + key\n    return query(statement)\n".to_owned()),
    ];
    let (findings, _) = found(&files, &[0, 1, 2]);
    assert_eq!(findings.len(), 1, "{findings:?}");
    for step in [
        "web.py Span { start: 49, end: 57 } comes in here",
        "`name` receives it",
        "passed to `find`",
        "service.py Span { start: 23, end: 27 } `text` receives it",
        "passed to `load`",
        "`key` receives it",
        "`statement` receives it",
        "ends up here",
    ] {
        assert!(findings[0].contains(step), "{step}: {}", findings[0]);
    }
}

/// Input that is made to take long: the work has a bound, and what is given up is said.
#[test]
fn hostile_code_costs_no_more_than_its_size() {
    let mut chain = String::from("def f(x):\n    a0 = source()\n");
    for i in 0..3_000 {
        let _ = writeln!(chain, "    a{} = helper(a{i}, '{i}')\n    table['k{i}'] = a{i}\n    self.y{i} = a{i}", i + 1);
    }
    chain.push_str("    query(a3000)\n");
    let mut branches = String::from("def f(c):\n    v = source()\n");
    for i in 0..2_000 {
        let _ = writeln!(branches, "    if c: v = v + '{i}'\n    else: w{i} = v");
    }
    branches.push_str("    query(v)\n");
    let mut loops = String::from("def f():\n    x = source()\n");
    for depth in 0..80 {
        let _ = writeln!(loops, "{}for v{depth} in x:", "    ".repeat(depth + 1));
    }
    let _ = writeln!(loops, "{}x = x + v1\n    query(x)", "    ".repeat(81));
    let mut mutual = String::new();
    for i in 0..60 {
        let (one, other) = ((i * 7 + 1) % 60, (i * 11 + 5) % 60);
        let _ = writeln!(mutual, "def r{i}(a, b, c):\n    a.f{i} = b\n    c[{i}] = a");
        let _ = writeln!(mutual, "    return r{one}(b, c, a) + r{other}(c, a.f{one}, b)");
    }
    mutual.push_str("query(r1(source(), {}, source()))\n");
    for (text, is_found) in [(chain, true), (branches, true), (loops, true), (mutual, false)] {
        let (findings, notifications) = found(&[("a.py", text)], &[0]);
        assert!(if is_found { findings.len() == 1 } else { findings.len() <= 1 }, "{findings:?} {notifications:?}");
    }
}
