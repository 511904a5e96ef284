//! Taint rules on one tree: which nodes they mark.
//!
//! Rules share their kits, and so the searches of a kit: each search is matched once on a tree, whatever the number of
//! rules that use it. What values do with the marks is the business of [`crate::flow::taint`].

use super::analyse::{FileInput, is_left_alone};
use super::prefilter::Prefilter;
use super::text_before::Holes;
use crate::flow::taint::{
    GuardMark, Lane, LaneSet, LaneTable, LaneTerms, Marks, PropagatorMark, Requires, SanitizerMark, SinkMark,
    SourceMark, TaintRuleId, Weakness,
};
use crate::matching::{Binding, Bindings, Context, Formula, Match, evaluate, interpolate};
use crate::rules::taint::{LabelCondition, Reach, Search, TaintCheck, Wanted};
use crate::rules::{Check, Rule};
use crate::source::Span;
use crate::syntax::{FileKind, Kind, Language, NodeId, Tree};
use rustc_hash::FxHashMap;
use std::sync::Arc;

/// The taint rules of a rule set, in batches that fit a lane table.
#[derive(Debug, Default)]
pub(super) struct TaintSet {
    /// The lanes of each batch.
    pub batches: Vec<LaneTable>,
    rules: Vec<TaintRule>,
    /// Every search once, with the marks that its matches make.
    searches: Vec<(Arc<Search>, Vec<Use>)>,
    prefilter: Prefilter,
}

/// A taint rule and its lanes.
#[derive(Debug)]
struct TaintRule {
    /// Its place among all rules.
    index: usize,
    batch: usize,
    /// The lane of each label.
    lanes: Vec<Lane>,
}

/// What a match of a search means to a rule.
#[derive(Debug)]
struct Use {
    rule: usize,
    language: Language,
    role: Role,
}

#[derive(Debug)]
enum Role {
    Source { label: u8, what: Arc<str>, reach: Reach, exact: bool, requires: Option<LabelCondition> },
    Sink { requires: LabelCondition, metavariable: Option<String>, exact: bool, is_focused: bool },
    Sanitizer { reach: Reach, exact: bool },
    Guard { subject: String, when: bool },
    Propagator { from: String, to: String, by_side_effect: bool, labels: Option<Vec<u8>> },
}

impl TaintSet {
    /// The taint rules among all rules.
    pub fn new(rules: &[Rule]) -> Self {
        let mut set = Self::default();
        let mut numbers: FxHashMap<*const Search, usize> = FxHashMap::default();
        for (index, rule) in rules.iter().enumerate() {
            if let Check::Taint(check) = &rule.check {
                set.add(index, check, &mut numbers);
            }
        }
        set.prefilter = Prefilter::new(set.searches.iter().map(|(search, _)| search.literals.as_slice()));
        set
    }

    fn add(&mut self, index: usize, check: &TaintCheck, numbers: &mut FxHashMap<*const Search, usize>) {
        let id = self.rules.len();
        let Ok(number) = u16::try_from(id) else { return };
        let lanes = loop {
            let batch = match self.batches.last_mut() {
                Some(batch) if batch.free() >= check.labels.len() => batch,
                _ => {
                    self.batches.push(LaneTable::default());
                    continue;
                }
            };
            break check
                .labels
                .iter()
                .enumerate()
                .filter_map(|(label, name)| {
                    batch.add(LaneTerms {
                        rule: TaintRuleId(number),
                        label: (label > 0).then(|| Arc::from(name.as_str())),
                        weakness: check.weakness.unwrap_or(Weakness::Other),
                        trusts_functions: check.options.safe_functions,
                        takes_requests: check.request_labels.iter().any(|&taken| usize::from(taken) == label),
                    })
                })
                .collect();
        };
        self.rules.push(TaintRule { index, batch: self.batches.len() - 1, lanes });
        let mut add = |search: &Arc<Search>, language, role| {
            let at = *numbers.entry(Arc::as_ptr(search)).or_insert_with(|| {
                self.searches.push((Arc::clone(search), Vec::new()));
                self.searches.len() - 1
            });
            self.searches[at].1.push(Use { rule: id, language, role });
        };
        for (language, terms) in &check.languages {
            for term in &terms.sources {
                let (label, what, reach, exact) = (term.label, Arc::clone(&term.what), term.reach, term.exact);
                let role = Role::Source { label, what, reach, exact, requires: term.requires.clone() };
                add(&term.search, *language, role);
            }
            for term in &terms.sinks {
                let role = Role::Sink {
                    requires: term.requires.clone(),
                    metavariable: term.metavariable.clone(),
                    exact: term.exact,
                    is_focused: matches!(&term.search.wanted, Wanted::Formula(formula) if is_focused(formula)),
                };
                add(&term.search, *language, role);
            }
            for term in &terms.sanitizers {
                add(&term.search, *language, Role::Sanitizer { reach: term.reach, exact: term.exact });
            }
            for term in &terms.guards {
                add(&term.search, *language, Role::Guard { subject: term.subject.clone(), when: term.when });
            }
            for term in &terms.propagators {
                let role = Role::Propagator {
                    from: term.from.clone(),
                    to: term.to.clone(),
                    by_side_effect: term.by_side_effect,
                    labels: term.labels.clone(),
                };
                add(&term.search, *language, role);
            }
        }
    }

    /// Whether some rule follows values in a language.
    pub fn reads(&self, language: Language) -> bool {
        self.searches.iter().any(|(_, uses)| uses.iter().any(|one| one.language == language))
    }

    /// The place of a taint rule among all rules.
    pub fn index_of(&self, rule: TaintRuleId) -> usize {
        self.rules[usize::from(rule.0)].index
    }

    /// The marks of each batch on a tree.
    pub fn marks(&self, rules: &[Rule], context: &Context<'_>, kind: FileKind, file: &FileInput<'_>) -> Vec<Marks> {
        let tree = context.tree;
        let language = tree.language();
        let path = file.source.path();
        let admitted: Vec<bool> = self
            .rules
            .iter()
            .map(|rule| {
                let rule = &rules[rule.index];
                (rule.kinds.is_empty() || rule.kinds.contains(&kind))
                    && rule.paths.as_ref().is_none_or(|paths| paths.admits(path))
            })
            .collect();
        let mut marks: Vec<Marks> = self.batches.iter().map(|_| Marks::default()).collect();
        let mut holes = None;
        let possible = self.prefilter.possible(tree.text());
        for ((search, uses), possible) in self.searches.iter().zip(possible) {
            let mut uses = uses.iter().filter(|one| one.language == language && admitted[one.rule]).peekable();
            if !possible || uses.peek().is_none() {
                continue;
            }
            let found = match &search.wanted {
                Wanted::Formula(formula) => evaluate(formula, context),
                Wanted::TextBefore(regex) => holes
                    .get_or_insert_with(|| Holes::new(context))
                    .behind(|text| regex.matches_at_start(text))
                    .map(|node| Match { span: tree.span(node), node: Some(node), bindings: Bindings::default() })
                    .collect(),
            };
            for one in uses {
                let marker = Marker { rule: &self.rules[one.rule], rules, file, tree };
                for found in &found {
                    marker.mark(found, one, &mut marks[marker.rule.batch]);
                }
            }
        }
        marks
    }
}

/// Puts the marks of one rule.
struct Marker<'a> {
    rule: &'a TaintRule,
    rules: &'a [Rule],
    file: &'a FileInput<'a>,
    tree: &'a Tree,
}

impl Marker<'_> {
    fn mark(&self, found: &Match, one: &Use, marks: &mut Marks) {
        let tree = self.tree;
        let nodes = nodes(found, tree);
        let Some(&first) = nodes.first() else { return };
        let rule = &self.rules[self.rule.index];
        match &one.role {
            Role::Source { label, what, reach, exact, requires } => {
                if is_left_alone(rule, self.file, tree, first) {
                    return;
                }
                let lanes = self.lane(*label);
                let mark = |by_side_effect| SourceMark {
                    lanes,
                    what: Arc::clone(what),
                    by_side_effect,
                    exact: *exact,
                    requires: requires.as_ref().map(|condition| self.requires(condition)),
                };
                for node in spread(tree, &nodes, *exact) {
                    marks.add_source(node, mark(*reach != Reach::Expression));
                }
            }
            Role::Sink { requires, metavariable, exact, is_focused } => {
                if is_left_alone(rule, self.file, tree, first) {
                    return;
                }
                let value = metavariable.as_ref().map(|name| found.bindings.get(name).and_then(Binding::node));
                let message = interpolate(&rule.message, &found.bindings, tree);
                let mark = |exact| SinkMark {
                    rule: TaintRuleId(u16::try_from(one.rule).unwrap_or(u16::MAX)),
                    requires: self.requires(requires),
                    span: found.span,
                    message: message.clone(),
                    exact,
                };
                match value {
                    Some(None) => {}
                    Some(Some(node)) => marks.add_sink(node, mark(true)),
                    None if *exact => nodes.iter().for_each(|&node| marks.add_sink(node, mark(*is_focused))),
                    None => {
                        let below = nodes.iter().flat_map(|&node| tree.subtree(node));
                        below.filter(|&node| is_value(tree, node)).for_each(|node| marks.add_sink(node, mark(true)));
                    }
                }
            }
            Role::Sanitizer { reach, exact } => {
                let lanes = self.all_lanes();
                for node in spread(tree, &nodes, *exact) {
                    marks.add_sanitizer(node, SanitizerMark { lanes, by_side_effect: *reach != Reach::Expression });
                }
            }
            Role::Guard { subject, when } => {
                if let Some(subject) = found.bindings.get(subject).and_then(Binding::node) {
                    marks.add_guard(first, GuardMark { subject, lanes: self.all_lanes(), when: *when });
                }
            }
            Role::Propagator { from, to, by_side_effect, labels } => {
                let node = |name: &str| found.bindings.get(name).and_then(Binding::node);
                if let (Some(from), Some(to)) = (node(from), node(to)) {
                    let lanes = labels.as_ref().map_or_else(
                        || self.all_lanes(),
                        |labels| {
                            labels
                                .iter()
                                .filter_map(|&label| self.rule.lanes.get(usize::from(label)))
                                .copied()
                                .collect()
                        },
                    );
                    marks.add_propagator(first, PropagatorMark { from, to, lanes, by_side_effect: *by_side_effect });
                }
            }
        }
    }

    fn lane(&self, label: u8) -> LaneSet {
        self.rule.lanes.get(usize::from(label)).map_or(LaneSet::NONE, |&lane| LaneSet::of(lane))
    }

    fn all_lanes(&self) -> LaneSet {
        self.rule.lanes.iter().copied().collect()
    }

    fn requires(&self, condition: &LabelCondition) -> Requires {
        match condition {
            LabelCondition::Has(label) => match self.rule.lanes.get(usize::from(*label)) {
                Some(&lane) => Requires::Lane(lane),
                None => Requires::Any(Vec::new()),
            },
            LabelCondition::Not(inner) => Requires::Not(Box::new(self.requires(inner))),
            LabelCondition::And(left, right) => Requires::All(vec![self.requires(left), self.requires(right)]),
            LabelCondition::Or(left, right) => Requires::Any(vec![self.requires(left), self.requires(right)]),
            LabelCondition::Always(true) => Requires::All(Vec::new()),
            LabelCondition::Always(false) => Requires::Any(Vec::new()),
        }
    }
}

/// The outermost nodes of a match.
fn nodes(found: &Match, tree: &Tree) -> Vec<NodeId> {
    match found.node {
        Some(node) => vec![node],
        None => outermost(tree, found.span),
    }
}

/// The outermost nodes that lie in a span.
fn outermost(tree: &Tree, span: Span) -> Vec<NodeId> {
    let around = tree.covering(span);
    if tree.span(around) == span {
        return vec![around];
    }
    tree.children(around).filter(|&child| span.contains(tree.span(child)) && !tree.span(child).is_empty()).collect()
}

/// The nodes that a mark goes to: the match alone, and when the match is a statement or a region and not a value, every
/// value in it.
fn spread(tree: &Tree, nodes: &[NodeId], exact: bool) -> Vec<NodeId> {
    let is_region = |node: NodeId| !is_value(tree, node) && !matches!(tree.kind(node), Kind::Parameter);
    if exact || !nodes.iter().any(|&node| is_region(node)) {
        return nodes.to_vec();
    }
    nodes
        .iter()
        .flat_map(|&node| if is_region(node) { tree.subtree(node).collect() } else { vec![node] })
        .filter(|&node| is_value(tree, node))
        .collect()
}

/// Whether a node is an expression that has a value of its own which can be tainted.
fn is_value(tree: &Tree, node: NodeId) -> bool {
    matches!(
        tree.kind(node),
        Kind::Name
            | Kind::Attribute
            | Kind::Subscript
            | Kind::Call
            | Kind::MacroCall
            | Kind::FString
            | Kind::Binary
            | Kind::Boolean
            | Kind::Compare
            | Kind::Unary
            | Kind::Conditional
            | Kind::Lambda
            | Kind::Await
            | Kind::Yield
            | Kind::Question
            | Kind::NamedExpression
            | Kind::List
            | Kind::Tuple
            | Kind::Set
            | Kind::Dict
            | Kind::Comprehension
            | Kind::Cast
            | Kind::StructLiteral
            | Kind::Str
            | Kind::Bytes
            | Kind::Number
            | Kind::Splat
    )
}

/// Whether a formula narrows its match to a part of what a pattern matches.
fn is_focused(formula: &Formula) -> bool {
    match formula {
        Formula::Pattern(_) | Formula::Regex(_) => false,
        Formula::Or(options) => options.iter().any(is_focused),
        Formula::And(and) => !and.focus.is_empty() || and.positives.iter().any(is_focused),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::RuleSet;
    use crate::flow::{Names, Values};
    use crate::matching::TreeIndex;
    use crate::rules::RuleSources;
    use crate::source::Source;

    const RULES: &str = "rules:
- id: t
  mode: taint
  languages: [python]
  severity: ERROR
  message: $X gets there
  weakness: sql
  pattern-sources:
  - pattern: read(...)
  - patterns: [{pattern: 'fill($B)'}, {focus-metavariable: $B}]
    by-side-effect: true
    label: FILLED
  pattern-sanitizers: [{pattern: clean(...)}]
  pattern-guards: [{pattern: 'is_fine($V)', subject: $V}]
  pattern-propagators: [{pattern: $TO.add($FROM), from: $FROM, to: $TO}]
  pattern-sinks:
  - pattern: sink(...)
  - patterns: [{pattern: 'run($X, ...)'}, {focus-metavariable: $X}]
    requires: FILLED
";

    fn marked(code: &str) -> (Tree, Marks) {
        let folder = tempfile::tempdir().expect("a folder for the test");
        let path = folder.path().join("rule.yaml");
        std::fs::write(&path, RULES).expect("the folder can be written");
        let sources = RuleSources { builtin: false, paths: vec![path], check_kits: false };
        let rules = RuleSet::load(&sources).expect("the rules load");
        let tree = crate::syntax::parse(Language::Python, code).tree;
        let names = Names::new(&tree);
        let values = Values::new(&names);
        let index = TreeIndex::new(&tree, &names);
        let context = Context::new(&tree, &names, &values, &index);
        let source = Arc::new(Source::new("app.py", code));
        let file = FileInput { source: &source, kind: FileKind::Python, place: "app.py", include_tests: false };
        let mut marks = rules.taint.marks(&rules.rules, &context, FileKind::Python, &file);
        (tree, marks.remove(0))
    }

    fn node(tree: &Tree, text: &str) -> NodeId {
        tree.ids().find(|&id| tree.source(id) == text && tree.kind(id) != Kind::Module).expect(text)
    }

    #[test]
    fn every_role_leaves_its_mark() {
        let (tree, marks) = marked("fill(a)\nb = read(1)\nif is_fine(b):\n    run(a, b)\nq.add(b)\nsink(clean(b))\n");
        let source = &marks.sources(node(&tree, "read(1)"))[0];
        assert!(!source.by_side_effect && source.lanes.lanes().eq([Lane(0)]));
        let filled = &marks.sources(node(&tree, "a"))[0];
        assert!(filled.by_side_effect && filled.lanes.lanes().eq([Lane(1)]));
        assert_eq!(marks.sanitizers(node(&tree, "clean(b)"))[0].lanes.lanes().count(), 2);
        let guard = marks.guards(node(&tree, "is_fine(b)"))[0];
        assert!(guard.when && tree.source(guard.subject) == "b");
        let moved = marks.propagators(node(&tree, "q.add(b)"))[0];
        assert!(tree.source(moved.from) == "b" && tree.source(moved.to) == "q");
        let call = &marks.sinks(node(&tree, "sink(clean(b))"))[0];
        assert!(!call.exact && call.requires == Requires::Lane(Lane(0)), "a call's arguments are the sink");
        let focused: Vec<&SinkMark> = tree.ids().flat_map(|id| marks.sinks(id)).filter(|mark| mark.exact).collect();
        assert!(focused.len() == 1 && focused[0].message == "a gets there");
        assert_eq!(focused[0].requires, Requires::Lane(Lane(1)));
    }
}
