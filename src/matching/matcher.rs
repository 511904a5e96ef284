//! All ways in which a pattern matches at a node.
//!
//! Continuation passing: each step calls on with the bindings so far, so that every solution is seen, not only the first.
//! Recursion is as deep as the pattern and the tree are, both bounded; the number of steps is bounded by fuel.

use super::TreeIndex;
use super::bindings::{Binding, Bindings, Match};
use super::pattern::{Pattern, Shape};
use super::pattern_tree::{Label, Operator, PatternNode};
use super::scope::Scope;
use super::statements::{Flat, MAX_KEPT};
use crate::flow::{Constant, Names, Value, Values};
use crate::source::Span;
use crate::syntax::{Field, Kind, NodeId, Tree};
use rustc_hash::FxHashMap;
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::sync::Arc;

/// Solutions kept for one pattern at one node.
const MAX_SOLUTIONS: usize = 32;
/// Steps that one pattern may take at one starting node.
const FUEL_PER_NODE: u32 = 50_000;
/// Steps that one pattern may take on a whole tree, over the nodes it has: beyond it the pattern stops with a notification.
const FUEL_PER_TREE: u64 = 20_000_000;

/// The bindings so far, and how far the match reaches.
pub(super) struct State {
    pub bindings: Bindings,
    /// End of the last statement that a sequence matched.
    pub end: u32,
}

/// What goes on after a step; true stops the search.
pub(super) type Next<'n> = dyn FnMut(&mut State) -> bool + 'n;

/// Matches patterns on one tree.
pub struct Matcher<'a> {
    pub(super) tree: &'a Tree,
    pub(super) names: &'a Names<'a>,
    pub(super) values: &'a Values<'a>,
    pub(super) index: &'a TreeIndex,
    /// Blocks with their nested statements, as far as they were asked for.
    pub(super) flats: RefCell<FxHashMap<NodeId, Rc<Flat>>>,
    /// Statements that may still be kept there.
    pub(super) flats_left: Cell<usize>,
    fuel: Cell<u32>,
    spent: Cell<u64>,
    exhausted: Cell<bool>,
}

impl<'a> Matcher<'a> {
    /// A matcher on a tree.
    pub fn new(tree: &'a Tree, names: &'a Names<'a>, values: &'a Values<'a>, index: &'a TreeIndex) -> Self {
        Self {
            tree,
            names,
            values,
            index,
            flats: RefCell::default(),
            flats_left: Cell::new(MAX_KEPT),
            fuel: Cell::new(0),
            spent: Cell::new(0),
            exhausted: Cell::new(false),
        }
    }

    /// Whether a bound on the work was hit since the last call of this function.
    pub fn take_exhausted(&self) -> bool {
        self.exhausted.take()
    }

    /// All matches of a pattern in a part of the tree, in order of the text.
    pub fn find(&self, pattern: &Pattern, scope: &Scope<'_>) -> Vec<Match> {
        let mut found = Vec::new();
        if !self.index.may_hold(&pattern.symbols) {
            return found;
        }
        self.spent.set(0);
        match &pattern.shape {
            Shape::One(root) => {
                for candidate in self.candidates(root, scope) {
                    if scope.within.contains(self.tree.span(candidate)) {
                        self.match_root(root, candidate, &mut found);
                    }
                }
            }
            Shape::Sequence(nodes) => {
                self.find_sequences(nodes, scope, &mut found);
                found.retain(|found| scope.within.contains(found.span));
            }
        }
        found.sort_by_key(|found| found.span);
        found
    }

    /// Matches of a pattern of one node at exactly this node.
    pub fn find_at(&self, pattern: &Pattern, node: NodeId) -> Vec<Match> {
        let mut found = Vec::new();
        if let Shape::One(root) = &pattern.shape {
            self.match_root(root, node, &mut found);
        }
        found
    }

    fn match_root(&self, root: &PatternNode, candidate: NodeId, found: &mut Vec<Match>) {
        self.solve(found, candidate, |matcher, state, next| matcher.node(root, candidate, state, next));
    }

    /// Runs a search from one node and keeps its solutions; `span` of each reaches from the node to the state's end.
    pub(super) fn solve(
        &self,
        found: &mut Vec<Match>,
        candidate: NodeId,
        search: impl FnOnce(&Self, &mut State, &mut Next<'_>) -> bool,
    ) {
        if self.spent.get() > FUEL_PER_TREE {
            self.exhausted.set(true);
            return;
        }
        self.fuel.set(FUEL_PER_NODE);
        let first = found.len();
        let span = self.tree.span(candidate);
        let mut state = State { bindings: Bindings::default(), end: 0 };
        search(self, &mut state, &mut |state| {
            let span = if state.end == 0 { span } else { Span::new(span.start, state.end) };
            let node = (state.end == 0).then_some(candidate);
            let is_new = !found[first..].iter().any(|known| known.span == span && known.bindings == state.bindings);
            if is_new {
                found.push(Match { span, node, bindings: state.bindings.clone() });
            }
            found.len() - first >= MAX_SOLUTIONS
        });
        self.spent.set(self.spent.get() + u64::from(FUEL_PER_NODE - self.fuel.get()));
    }

    /// Takes one step of fuel; false when there is none left.
    pub(super) fn burn(&self) -> bool {
        let fuel = self.fuel.get();
        if fuel == 0 {
            self.exhausted.set(true);
            return false;
        }
        self.fuel.set(fuel - 1);
        true
    }

    /// Matches a pattern node at a node.
    pub(super) fn node(&self, pattern: &PatternNode, node: NodeId, state: &mut State, next: &mut Next<'_>) -> bool {
        if !self.burn() {
            return true;
        }
        match &pattern.operator {
            Operator::Ellipsis => next(state),
            Operator::Metavariable(name) | Operator::MetaEllipsis(name) => {
                self.bind(name, Binding::Node(node), state, next)
            }
            Operator::Typed(name, types) => {
                self.is_of_type(node, types) && self.bind(name, Binding::Node(node), state, next)
            }
            Operator::Deep => {
                let Some(inner) = pattern.children.first() else { return false };
                self.tree.subtree(node).any(|below| self.node(inner, below, state, next))
            }
            Operator::Chain => self.chain(pattern, node, state, next),
            Operator::Code => self.code(pattern, node, state, next),
        }
    }

    /// Whether an expression comes from one of the types: `Cursor` means any type of that name, `a.b.Cursor` exactly it.
    fn is_of_type(&self, node: NodeId, types: &[String]) -> bool {
        let literal = match self.tree.kind(node) {
            Kind::Str | Kind::FString => Some("str"),
            Kind::Bytes => Some("bytes"),
            Kind::Number => Some("int"),
            Kind::Bool => Some("bool"),
            Kind::Dict => Some("dict"),
            Kind::List => Some("list"),
            _ => None,
        };
        if literal.is_some_and(|literal| types.iter().any(|wanted| wanted == literal)) {
            return true;
        }
        self.names.comes_from(node, types)
    }

    /// `p. ... `: the start of a chain, with any links after it.
    fn chain(&self, pattern: &PatternNode, node: NodeId, state: &mut State, next: &mut Next<'_>) -> bool {
        let Some(start) = pattern.children.first() else { return false };
        let mut at = node;
        loop {
            if self.node(start, at, state, next) {
                return true;
            }
            let below = match self.tree.kind(at) {
                Kind::Attribute | Kind::Subscript => self.tree.child(at, Field::Object),
                Kind::Call => self.tree.child(at, Field::Callee),
                Kind::Await | Kind::Question => self.tree.child(at, Field::Value),
                _ => None,
            };
            let Some(below) = below else { return false };
            at = below;
        }
    }

    /// Binds a metavariable, or compares with what it is bound to. `$_` matches anything each time.
    pub(super) fn bind(&self, name: &Arc<str>, binding: Binding, state: &mut State, next: &mut Next<'_>) -> bool {
        if &**name == "$_" {
            return next(state);
        }
        if let Some(bound) = state.bindings.get(name) {
            return bound.is_equal(&binding, self.tree) && next(state);
        }
        state.bindings.0.push((Arc::clone(name), binding));
        let stop = next(state);
        state.bindings.0.pop();
        stop
    }

    /// Matches what a pattern asks of a label.
    pub(super) fn label(&self, label: &Label, node: NodeId, state: &mut State, next: &mut Next<'_>) -> bool {
        let text = self.tree.label(node);
        match label {
            Label::Any => next(state),
            Label::Exact(exact) => **exact == *text && next(state),
            Label::Metavariable(name) => self.bind(name, Binding::Label(node), state, next),
            Label::Regex(_) | Label::Pieces(..) => self.label_text(label, text, node, state, next),
        }
    }

    /// Matches what a pattern asks of a string with a text that `node` is known to be.
    pub(super) fn label_text(
        &self,
        label: &Label,
        text: &str,
        node: NodeId,
        state: &mut State,
        next: &mut Next<'_>,
    ) -> bool {
        let span = self.tree.span(node);
        match label {
            Label::Any => next(state),
            Label::Exact(exact) => **exact == *text && next(state),
            Label::Metavariable(name) => self.bind(name, Binding::Text(text.to_owned(), span), state, next),
            Label::Regex(regex) => {
                let Some(captures) = regex.captures(text) else { return false };
                let groups: Vec<(Arc<str>, String)> = regex
                    .capture_names()
                    .flatten()
                    .filter_map(|name| Some((format!("${name}").into(), captures.name(name)?.as_str().to_owned())))
                    .collect();
                self.bind_texts(&groups, span, state, next)
            }
            Label::Pieces(regex, names) => {
                let Some(captures) = regex.captures(text) else { return false };
                let groups: Vec<(Arc<str>, String)> = names
                    .iter()
                    .enumerate()
                    .filter_map(|(index, name)| Some((Arc::clone(name), captures.get(index + 1)?.as_str().to_owned())))
                    .collect();
                self.bind_texts(&groups, span, state, next)
            }
        }
    }

    fn bind_texts(&self, texts: &[(Arc<str>, String)], span: Span, state: &mut State, next: &mut Next<'_>) -> bool {
        match texts {
            [] => next(state),
            [(name, text), rest @ ..] => self.bind(name, Binding::Text(text.clone(), span), state, &mut |state| {
                self.bind_texts(rest, span, state, next)
            }),
        }
    }

    /// Matches a literal of the pattern with an expression that is no literal but is known to have a value.
    pub(super) fn constant(&self, pattern: &PatternNode, node: NodeId, state: &mut State, next: &mut Next<'_>) -> bool {
        if !matches!(
            self.tree.kind(node),
            Kind::Name | Kind::Attribute | Kind::Binary | Kind::Call | Kind::MacroCall | Kind::Unary | Kind::FString
        ) {
            return false;
        }
        match (pattern.kind, self.values.value(node)) {
            (Kind::Str, Value::Constant(Constant::Str(text) | Constant::Bytes(text)))
            | (Kind::Bytes, Value::Constant(Constant::Bytes(text))) => {
                self.label_text(&pattern.label, &text, node, state, next)
            }
            (Kind::Number, Value::Constant(Constant::Number(number))) => {
                pattern.exact().and_then(crate::flow::number) == Some(number) && next(state)
            }
            (Kind::Bool, Value::Constant(Constant::Bool(value))) => {
                pattern.exact() == Some(if value { "true" } else { "false" }) && next(state)
            }
            (Kind::Null, Value::Constant(Constant::None)) => next(state),
            _ => false,
        }
    }
}
