//! Every built-in rule on its fixtures: what they promise is kept, and no rule goes without a `ruleid` and an `ok` line.

use bartizan::engine::RuleSet;
use bartizan::fixtures::{self, Promise, expectations};
use bartizan::rules::RuleSources;
use bartizan::scan::workers;
use std::path::Path;

#[test]
fn fixtures_keep_their_promises_and_cover_every_rule() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures");
    let sources = RuleSources { builtin: true, paths: Vec::new(), check_kits: true };
    let (rules, report) = workers(None).expect("threads").install(|| {
        let rules = RuleSet::load(&sources).unwrap_or_else(|problems| panic!("{problems:?}"));
        let report = fixtures::run(&folder, &rules);
        (rules, report)
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
    for rule in rules.rules() {
        let (reported, silent) = report.promises.get(&*rule.id).copied().unwrap_or_default();
        if reported == 0 || silent == 0 {
            wrong.push(format!("{}: {reported} `ruleid` and {silent} `ok` lines", rule.id));
        }
    }
    assert!(!rules.is_empty(), "the packs are in the binary");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The test above proves nothing if it cannot fail.
#[test]
fn a_broken_promise_is_found() {
    let promises = expectations("# ruleid: python/absent\nx = 1\n");
    assert_eq!(promises[0].promise, Promise::Reported);
    let comparison = fixtures::compare(&promises, &std::collections::BTreeSet::new());
    assert_eq!(comparison.failures.len(), 1);
}
