//! One file through all rules.

use super::RuleSet;
use super::fix::fix_place;
use super::search::{search, searching};
use super::test_code::is_test_code;
use crate::audits::{AuditContext, AuditMatch};
use crate::discover::classify_content;
use crate::facts::FileFacts;
use crate::findings::{Finding, Location, Notification, NotificationKind};
use crate::flow::{Names, Values, taint};
use crate::matching::{Context, TreeIndex};
use crate::query::FileContext;
use crate::rules::{Check, Rule};
use crate::secrets::is_in_test_folder;
use crate::source::{Source, Span};
use crate::syntax::{self, FileKind, Language, NodeId, Parsed, Tree};
use rustc_hash::FxHashMap;
use std::sync::Arc;

/// A file to analyse.
#[derive(Debug, Clone)]
pub struct FileInput<'a> {
    /// Its text.
    pub source: &'a Arc<Source>,
    /// What it is for.
    pub kind: FileKind,
    /// Its path below the scanned root, `/` separated: decides what is test code.
    pub place: &'a str,
    /// Whether rules that leave test code alone read it too.
    pub include_tests: bool,
}

/// What the rules say of a file.
#[derive(Debug, Default)]
pub struct FileResult {
    /// In order of the text.
    pub findings: Vec<Finding>,
    /// What could not be analysed.
    pub notifications: Vec<Notification>,
    /// What the file tells the rest of the project, if any rule needs to know.
    pub facts: Vec<FileFacts>,
}

/// Runs all rules on a file.
pub fn analyse(rules: &RuleSet, file: &FileInput<'_>) -> FileResult {
    let text = file.source.text();
    let possible = rules.prefilter.possible(text);
    let is_container = matches!(file.kind, FileKind::Markdown | FileKind::Notebook);
    let active: Vec<&Rule> = rules
        .rules
        .iter()
        .zip(&possible)
        .filter(|(rule, possible)| {
            **possible
                && (is_container || rule.kinds.is_empty() || rule.kinds.contains(&file.kind))
                && rule.paths.as_ref().is_none_or(|paths| paths.admits(file.source.path()))
        })
        .map(|(rule, _)| rule)
        .collect();
    let mut result = FileResult::default();
    let needs_trees = active.iter().any(|rule| needs_tree(rule))
        || rules.secrets.needs_trees(file.kind, text)
        || rules.needs_facts(file.kind);
    let parsed = if needs_trees { syntax::parse_file(file.kind, text) } else { Vec::new() };
    let mut trees = Vec::with_capacity(parsed.len());
    for parsed in parsed {
        note_problems(&parsed, file, is_container, &mut result);
        trees.push(parsed.tree);
    }
    for (part, tree) in (0..).zip(&trees) {
        let kind = if is_container { embedded_kind(tree) } else { file.kind };
        run_on_tree(&active, tree, kind, file, &mut result);
        let searching = searching(&active, tree.language(), kind);
        let follows = rules.needs_facts(kind) && rules.taint.reads(tree.language());
        let mut flow = Vec::new();
        if !searching.is_empty() || follows {
            // Names, values and the index are made once, for all rules.
            let names = Names::new(tree);
            let values = Values::new(&names);
            let index = TreeIndex::new(tree, &names);
            let context = Context::new(tree, &names, &values, &index);
            search(&searching, &context, file, &mut result);
            if follows {
                let marks = rules.taint.marks(&rules.rules, &context, kind, file);
                flow.extend(
                    marks.iter().zip(&rules.taint.batches).map(|(marks, table)| taint::summarise(&names, marks, table)),
                );
            }
        }
        if rules.needs_facts(kind) {
            let part = is_container.then_some(part);
            let facts = FileFacts::collect(file.source, tree, kind, file.place, part);
            result.facts.push(FileFacts { flow, ..facts });
        }
    }
    for rule in &active {
        if let Check::Text(formula) = &rule.check {
            text_rule(rule, formula, file, &mut result);
        }
    }
    run_secrets(rules, &trees, file, &mut result);
    result.findings.sort_by(|left, right| left.sort_key().cmp(&right.sort_key()));
    result.findings.dedup_by(|right, left| right.rule.id == left.rule.id && right.span == left.span);
    result
}

/// What a file tells the rest of the project, without any rule.
pub fn facts(file: &FileInput<'_>, is_wanted: impl Fn(FileKind) -> bool) -> Vec<FileFacts> {
    let is_container = matches!(file.kind, FileKind::Markdown | FileKind::Notebook);
    if !is_container && !is_wanted(file.kind) {
        return Vec::new();
    }
    let parsed = syntax::parse_file(file.kind, file.source.text());
    (0..)
        .zip(&parsed)
        .filter_map(|(part, parsed)| {
            let kind = if is_container { embedded_kind(&parsed.tree) } else { file.kind };
            let part = is_container.then_some(part);
            is_wanted(kind).then(|| FileFacts::collect(file.source, &parsed.tree, kind, file.place, part))
        })
        .collect()
}

fn needs_tree(rule: &Rule) -> bool {
    !matches!(rule.check, Check::Secret(_) | Check::Text(_) | Check::Taint(_) | Check::ProjectAudit { .. })
}

/// Runs the rules that need nothing but the tree.
fn run_on_tree(active: &[&Rule], tree: &Tree, kind: FileKind, file: &FileInput<'_>, result: &mut FileResult) {
    let mut audited: FxHashMap<&str, Vec<AuditMatch>> = FxHashMap::default();
    for rule in active.iter().filter(|rule| rule.kinds.is_empty() || rule.kinds.contains(&kind)) {
        match &rule.check {
            Check::Config(_) if !rule.in_tests && !file.include_tests && is_in_test_folder(file.place) => {}
            Check::Config(query) => {
                let context = FileContext { path: file.place, kind };
                for found in query.run(tree, context) {
                    let message = fill(&rule.message, &found.captures);
                    let mut finding = new_finding(rule, file, tree.to_file(found.span), message);
                    finding.anchor = found.anchor;
                    finding.fix = rule.fix.as_ref().and_then(|wanted| fix_place(wanted, found.span, tree));
                    finding.related = related(file, tree, found.related);
                    result.findings.push(finding);
                }
            }
            Check::Audit { audit, variant } if audit.kinds.contains(&kind) => {
                // Twins of a check class share one run of its audit.
                let found = audited.entry(audit.name).or_insert_with(|| {
                    (audit.run)(&AuditContext { tree, source: file.source, kind, path: file.place })
                });
                for found in found.iter() {
                    if found.variant != variant.as_deref() || is_left_alone(rule, file, tree, found.node) {
                        continue;
                    }
                    let message = fill(&rule.message, &found.captures);
                    let mut finding = new_finding(rule, file, tree.to_file(found.span), message);
                    finding.anchor.clone_from(&found.anchor);
                    finding.related = related(file, tree, found.related.clone());
                    result.findings.push(finding);
                }
            }
            _ => {}
        }
    }
}

/// Whether a rule leaves a place alone because it is test code.
pub(super) fn is_left_alone(rule: &Rule, file: &FileInput<'_>, tree: &Tree, node: NodeId) -> bool {
    !rule.in_tests && !file.include_tests && is_test_code(file.place, tree, node)
}

/// What a fence or a cell is for.
fn embedded_kind(tree: &Tree) -> FileKind {
    classify_content(tree.language(), tree.text()).unwrap_or_else(|| {
        FileKind::ALL.into_iter().find(|kind| kind.language() == tree.language()).unwrap_or(FileKind::Text)
    })
}

pub(super) fn new_finding(rule: &Rule, file: &FileInput<'_>, span: Span, message: String) -> Finding {
    Finding::new(Arc::clone(&rule.meta), Arc::clone(file.source), span, message)
}

fn related(file: &FileInput<'_>, tree: &Tree, places: Vec<(Span, String)>) -> Vec<Location> {
    places
        .into_iter()
        .map(|(span, message)| Location { source: Arc::clone(file.source), span: tree.to_file(span), message })
        .collect()
}

/// Fills `{name}` in a message.
pub(super) fn fill(message: &str, captures: &[(String, String)]) -> String {
    captures.iter().fold(message.to_owned(), |message, (name, value)| {
        if name.starts_with('$') {
            message.replace(name.as_str(), value)
        } else {
            message.replace(&format!("{{{name}}}"), value)
        }
    })
}

fn text_rule(rule: &Rule, formula: &crate::matching::Formula, file: &FileInput<'_>, result: &mut FileResult) {
    let tree = syntax::parse(Language::Text, Arc::clone(file.source.text())).tree;
    super::search::run(rule, formula, &tree, file, result);
}

fn run_secrets(rules: &RuleSet, trees: &[Tree], file: &FileInput<'_>, result: &mut FileResult) {
    let text = file.source.text();
    for found in rules.secrets.scan(file.kind, file.place, text, trees) {
        let rule = &rules.rules[rules.secret_rules[found.detector]];
        if rule.paths.as_ref().is_some_and(|paths| !paths.admits(file.source.path())) {
            continue;
        }
        let message = fill(&rule.message, &found.message_captures);
        let mut finding = new_finding(rule, file, found.span, message);
        finding.secrets.push(found.value);
        if let Some((tree, node)) = found.anchor_node {
            finding.anchor = trees[tree].anchor(node);
        }
        result.findings.push(finding);
    }
}

fn note_problems(parsed: &Parsed, file: &FileInput<'_>, is_container: bool, result: &mut FileResult) {
    // Guides and notebooks leave things out on purpose: what of a fence does not parse is no gap.
    let Some(first) = parsed.problems.first().filter(|_| !is_container) else { return };
    let tree = &parsed.tree;
    let nothing = tree.len() <= 2;
    let more = match parsed.problems.len() {
        1 => String::new(),
        count => format!(" ({} more such places)", count - 1),
    };
    let (kind, what) = if nothing {
        (NotificationKind::NotParsed, "not analysed")
    } else {
        (NotificationKind::PartlyParsed, "the rest was analysed")
    };
    result.notifications.push(Notification {
        kind,
        path: file.source.path().to_string(),
        position: Some(file.source.position(tree.to_file(first.span).start)),
        message: format!("{}{more}; {what}", first.message),
    });
}
