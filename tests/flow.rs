//! What the flow analysis follows and what it does not: annotated files under `tests/flow/cases`, with small rules of
//! their own.

use bartizan::engine::RuleSet;
use bartizan::fixtures;
use bartizan::rules::RuleSources;
use bartizan::scan::workers;
use std::path::Path;

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
