//! Statements in a row: `...` between them reaches into nested blocks, as Semgrep documents it.

use super::bindings::{Binding, Match};
use super::matcher::{Matcher, Next, State};
use super::pattern_tree::{Operator, PatternNode};
use super::scope::Scope;
use crate::syntax::{Field, Kind, NodeId};
use std::rc::Rc;

/// Statements in rows that are kept for one tree, those of nested blocks counted for each block around them.
pub(super) const MAX_KEPT: usize = 1 << 20;

/// The statements of a block with all nested ones, in order of the text.
pub(super) struct Flat {
    statements: Vec<Statement>,
}

pub(super) struct Statement {
    node: NodeId,
    /// Index of the statement behind this one and all nested in it.
    behind: usize,
}

impl Matcher<'_> {
    /// Matches of a row of statements or entries anywhere in the tree.
    pub(super) fn find_sequences(&self, nodes: &[PatternNode], scope: &Scope<'_>, found: &mut Vec<Match>) {
        match scope.around {
            Some(around) => self.find_rows(nodes, around.iter().copied(), found),
            None => self.find_rows(nodes, self.tree.ids(), found),
        }
    }

    fn find_rows(&self, nodes: &[PatternNode], among: impl Iterator<Item = NodeId>, found: &mut Vec<Match>) {
        let wanted: Vec<&PatternNode> = nodes.iter().collect();
        let blocks: Vec<NodeId> = among.filter(|&id| is_block(self.tree.kind(id))).collect();
        for block in blocks {
            let flat = self.flat(block);
            if flat.statements.len() > 20_000 {
                // Quadratic over a generated file of statements: the first row of each block still counts.
                self.start_at(&wanted, &flat, 0, found);
                continue;
            }
            let mut at = 0;
            while at < flat.statements.len() {
                self.start_at(&wanted, &flat, at, found);
                // A row that begins with an ellipsis begins at the block's start.
                if wanted.first().is_some_and(|first| first.is_sequence()) {
                    break;
                }
                at = flat.statements[at].behind;
            }
        }
    }

    fn start_at(&self, wanted: &[&PatternNode], flat: &Flat, at: usize, found: &mut Vec<Match>) {
        let Some(statement) = flat.statements.get(at) else { return };
        self.solve(found, statement.node, |matcher, state, next| matcher.row(wanted, flat, at, false, state, next));
    }

    /// A block of the pattern against a block of the code.
    pub(super) fn block(&self, pattern: &PatternNode, node: NodeId, state: &mut State, next: &mut Next<'_>) -> bool {
        let wanted: Vec<&PatternNode> = pattern.children.iter().collect();
        if let [only] = wanted.as_slice() {
            match &only.operator {
                Operator::Ellipsis => return next(state),
                Operator::MetaEllipsis(name) => {
                    let all: Vec<NodeId> = self.tree.children(node).collect();
                    return self.bind(name, Binding::Nodes(all, self.tree.span(node)), state, next);
                }
                _ => {}
            }
        }
        let flat = self.flat(node);
        let end = state.end;
        // As in Semgrep, an ellipsis anywhere leaves the end of the block open.
        let whole = !wanted.iter().any(|statement| statement.is_sequence());
        let stop = self.row(&wanted, &flat, 0, whole, state, &mut |state| {
            let inner = std::mem::replace(&mut state.end, end);
            let stop = next(state);
            state.end = inner;
            stop
        });
        state.end = end;
        stop
    }

    /// Statements from index `at` on; `whole` asks that nothing is left behind the last one.
    fn row(
        &self,
        wanted: &[&PatternNode],
        flat: &Flat,
        at: usize,
        whole: bool,
        state: &mut State,
        next: &mut Next<'_>,
    ) -> bool {
        if !self.burn() {
            return true;
        }
        let Some((first, rest)) = wanted.split_first() else {
            return (!whole || at >= flat.statements.len()) && next(state);
        };
        match &first.operator {
            Operator::Ellipsis | Operator::MetaEllipsis(_) => {
                let bind = |state: &mut State, taken: &[Statement], next: &mut Next<'_>| match &first.operator {
                    Operator::MetaEllipsis(name) => {
                        let nodes = taken.iter().map(|statement| statement.node).collect();
                        self.bind(name, Binding::Nodes(nodes, crate::source::Span::default()), state, next)
                    }
                    _ => next(state),
                };
                if rest.is_empty() {
                    return bind(state, &flat.statements[at.min(flat.statements.len())..], &mut |state| {
                        let end = state.end;
                        if let Some(last) = flat.statements.last() {
                            state.end = end.max(self.tree.span(last.node).end);
                        }
                        if let Some(block) = flat.statements.first().and_then(|first| self.tree.parent(first.node)) {
                            state.end = state.end.max(self.tree.span(block).end);
                        }
                        let stop = next(state);
                        state.end = end;
                        stop
                    });
                }
                (at..=flat.statements.len()).any(|to| {
                    bind(state, &flat.statements[at..to], &mut |state| self.row(rest, flat, to, whole, state, next))
                })
            }
            _ => {
                let Some(statement) = flat.statements.get(at) else { return false };
                self.statement(first, statement.node, state, &mut |state| {
                    let end = state.end;
                    state.end = end.max(self.tree.span(statement.node).end);
                    let stop = self.row(rest, flat, statement.behind, whole, state, next);
                    state.end = end;
                    stop
                })
            }
        }
    }

    /// A statement of the pattern; an expression stands for any statement that evaluates it at once.
    fn statement(&self, wanted: &PatternNode, node: NodeId, state: &mut State, next: &mut Next<'_>) -> bool {
        if self.node(wanted, node, state, next) {
            return true;
        }
        let is_expression = matches!(wanted.operator, Operator::Code) && is_expression(wanted.kind);
        let evaluates = is_expression_statement(self.tree.kind(node));
        is_expression
            && evaluates
            && self
                .evaluated(node)
                .into_iter()
                .any(|below| self.tree.kind(below) == wanted.kind && self.node(wanted, below, state, next))
    }

    /// Everything below a statement that runs when it runs: not what lambdas and comprehensions hold.
    fn evaluated(&self, statement: NodeId) -> Vec<NodeId> {
        let mut below = Vec::new();
        let mut behind = 0;
        // What a function hands back as a lambda counts as its own.
        let is_return = self.tree.kind(statement) == Kind::Return;
        for node in self.tree.subtree(statement).skip(1) {
            if node.0 < behind {
                continue;
            }
            let is_returned = is_return && self.tree.parent(node) == Some(statement);
            if matches!(self.tree.kind(node), Kind::Lambda | Kind::Comprehension) && !is_returned {
                behind = self.tree.subtree_end(node);
            } else {
                below.push(node);
            }
        }
        below
    }

    fn flat(&self, block: NodeId) -> Rc<Flat> {
        if let Some(flat) = self.flats.borrow().get(&block) {
            return Rc::clone(flat);
        }
        let mut flat = Flat { statements: Vec::new() };
        self.flatten(block, &mut flat, 0);
        let flat = Rc::new(flat);
        let left = self.flats_left.get();
        if flat.statements.len() < left {
            self.flats_left.set(left - flat.statements.len() - 1);
            self.flats.borrow_mut().insert(block, Rc::clone(&flat));
        }
        flat
    }

    fn flatten(&self, block: NodeId, flat: &mut Flat, depth: usize) {
        if depth > 100 || flat.statements.len() > 50_000 {
            return;
        }
        for node in self.tree.children(block).filter(|&child| self.tree.field(child) != Field::Modifier) {
            let at = flat.statements.len();
            flat.statements.push(Statement { node, behind: at + 1 });
            if !is_expression_statement(self.tree.kind(node)) {
                self.flatten_inside(node, flat, depth + 1);
            }
            flat.statements[at].behind = flat.statements.len();
        }
    }

    /// Statements of the blocks directly inside a statement.
    fn flatten_inside(&self, statement: NodeId, flat: &mut Flat, depth: usize) {
        for child in self.tree.children(statement) {
            match self.tree.kind(child) {
                Kind::Block => self.flatten(child, flat, depth),
                Kind::ExceptHandler | Kind::MatchArm | Kind::If => self.flatten_inside(child, flat, depth),
                _ => {}
            }
        }
    }
}

const fn is_block(kind: Kind) -> bool {
    matches!(
        kind,
        Kind::Block | Kind::Module | Kind::Document | Kind::Stage | Kind::Section | Kind::Mapping | Kind::Script
    )
}

const fn is_expression(kind: Kind) -> bool {
    matches!(
        kind,
        Kind::Call
            | Kind::MacroCall
            | Kind::Attribute
            | Kind::Name
            | Kind::Subscript
            | Kind::Await
            | Kind::Question
            | Kind::Str
    )
}

const fn is_expression_statement(kind: Kind) -> bool {
    is_expression(kind)
        || matches!(
            kind,
            Kind::Assign
                | Kind::AugmentedAssign
                | Kind::NamedExpression
                | Kind::Yield
                | Kind::Binary
                | Kind::Compare
                | Kind::Return
        )
}
