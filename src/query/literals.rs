//! Literals that a file must hold for a query to match: what the prefilter looks for.

use super::condition::{Condition, Quantifier};
use super::path::{NamePattern, Path, Step, View};

/// Strings of which at least one must stand in the text; `None` where nothing is certain.
pub(super) fn of_query(select: &[Path], conditions: &[Condition]) -> Option<Vec<String>> {
    let mut best = of_paths(select);
    for condition in conditions {
        best = better(best, of_condition(condition));
    }
    best
}

fn of_condition(condition: &Condition) -> Option<Vec<String>> {
    // A number of places that may be none asks for nothing.
    let may_be_none = condition.count.as_ref().is_some_and(|count| count.contains(0.0));
    let own = match &condition.quantifier {
        _ if may_be_none => None,
        Some((Quantifier::Has | Quantifier::Every, paths)) => of_paths(paths),
        _ => None,
    };
    condition.all.iter().fold(own, |best, one| better(best, of_condition(one)))
}

/// One path of several is enough for a match, so each must give a literal.
fn of_paths(paths: &[Path]) -> Option<Vec<String>> {
    let each: Option<Vec<_>> = paths.iter().map(of_path).collect();
    let mut all: Vec<_> = each?.into_iter().flatten().collect();
    all.sort();
    all.dedup();
    (!all.is_empty()).then_some(all)
}

fn of_path(path: &Path) -> Option<Vec<String>> {
    // A name alone may be a package, which files write in other ways too (PEP 503).
    let names = path.steps.iter().filter(|step| !matches!(step, Step::Argument(_) | Step::Index(_)));
    if let [Step::Child(_)] = names.collect::<Vec<_>>()[..] {
        return None;
    }
    let mut best = None;
    for step in &path.steps {
        let names = match step {
            Step::Child(names) => literal_names(names),
            Step::View(View::Env | View::Command | View::Effective | View::Key, names) => literal_names(names),
            Step::View(View::Pod | View::Containers, _) => Some(vec!["ontainers".to_owned()]),
            _ => None,
        };
        best = better(best, names);
    }
    best
}

/// Names stand in the text as they are, but for those that a front end normalises: upper-case instructions, stages.
fn literal_names(names: &[NamePattern]) -> Option<Vec<String>> {
    let is_literal = |name: &NamePattern| {
        let text = name.text.as_str();
        !name.is_wildcard && text != "stage" && !INSTRUCTIONS.contains(&text) && !text.is_empty()
    };
    names.iter().all(is_literal).then(|| names.iter().map(|name| name.text.clone()).collect())
}

const INSTRUCTIONS: [&str; 18] = [
    "FROM",
    "RUN",
    "CMD",
    "LABEL",
    "MAINTAINER",
    "EXPOSE",
    "ENV",
    "ADD",
    "COPY",
    "ENTRYPOINT",
    "VOLUME",
    "USER",
    "WORKDIR",
    "ARG",
    "ONBUILD",
    "STOPSIGNAL",
    "HEALTHCHECK",
    "SHELL",
];

/// The set whose shortest literal is longer: it rules out more files.
fn better(left: Option<Vec<String>>, right: Option<Vec<String>>) -> Option<Vec<String>> {
    let shortest =
        |set: &Option<Vec<String>>| set.as_ref().and_then(|set| set.iter().map(String::len).min()).unwrap_or(0);
    if shortest(&right) > shortest(&left) { right } else { left }
}
