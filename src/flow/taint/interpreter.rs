//! The interpreter: runs every function of a file once over its tree, and writes the graph of its values.
//!
//! Statements, expressions, calls, targets and guards stand in files of their own; this one holds what they share.

use super::super::{Constant, Names};
use super::graph::Graph;
use super::lanes::{LaneSet, LaneTable};
use super::marks::Marks;
use super::state::{Changes, Outcome, State};
use super::value::{Known, Value};
use super::weakness::Protection;
use crate::facts::flow::{Action, CallIx, ClassIx, FlowType, FunctionIx, NameIx, NodeIx, Piece, Step, TypeIx};
use crate::source::Span;
use crate::syntax::{Field, Kind, NodeId, Tree};
use rustc_hash::{FxHashMap, FxHashSet};
use std::rc::Rc;

/// Expressions and statements that may be looked at in one function, those nested in it not counted.
pub(super) const FUEL: u32 = 1_000_000;
/// How deep expressions may nest within each other's evaluation.
const MAX_DEPTH: u32 = 600;

/// What the file's own scope says of a name.
#[derive(Debug, Clone, Copy)]
pub(super) enum Declared {
    Function(FunctionIx),
    Class(ClassIx),
}

/// Variables of enclosing functions as a nested function sees them.
#[derive(Debug)]
pub(super) struct Closure {
    pub values: FxHashMap<Box<str>, Value>,
    pub parent: Option<Rc<Closure>>,
}

impl Closure {
    pub fn get(&self, name: &str) -> Option<&Value> {
        let mut at = Some(self);
        while let Some(closure) = at {
            if let Some(value) = closure.values.get(name) {
                return Some(value);
            }
            at = closure.parent.as_deref();
        }
        None
    }
}

/// A loop that is being run.
#[derive(Debug)]
pub(super) struct Loop {
    /// Where the record of changes stood when it began.
    pub mark: usize,
    pub breaks: Vec<Outcome>,
    pub continues: Vec<Outcome>,
}

/// The function that is being run.
#[derive(Debug)]
pub(super) struct Frame<'a> {
    pub function: FunctionIx,
    pub group: FunctionIx,
    pub class: Option<ClassIx>,
    pub state: State,
    pub loops: Vec<Loop>,
    pub fuel: u32,
    pub depth: u32,
    pub closure: Option<Rc<Closure>>,
    /// Names that belong to the file's scope here.
    pub globals: FxHashSet<&'a str>,
    /// Names that nested functions assign: one node each, whatever the order.
    pub cells: FxHashMap<&'a str, NodeIx>,
    /// Functions to be run after this one, with what they see of it.
    pub nested: Vec<NodeId>,
    /// The class whose body is being run.
    pub class_body: Option<ClassIx>,
    /// Names of parameters, by number.
    pub parameters: Vec<&'a str>,
    /// Lanes cleared of each parameter on every way out so far.
    pub checked: Option<Vec<LaneSet>>,
    /// The same for ways out with a false and with a true result.
    pub proofs: [Option<Vec<LaneSet>>; 2],
}

impl Frame<'_> {
    pub fn new(function: FunctionIx, group: FunctionIx, class: Option<ClassIx>) -> Self {
        Self {
            function,
            group,
            class,
            state: State::new(),
            loops: Vec::new(),
            fuel: FUEL,
            depth: 0,
            closure: None,
            globals: FxHashSet::default(),
            cells: FxHashMap::default(),
            nested: Vec::new(),
            class_body: None,
            parameters: Vec::new(),
            checked: None,
            proofs: [None, None],
        }
    }
}

/// Runs the functions of one tree.
pub(super) struct Interpreter<'a> {
    pub tree: &'a Tree,
    pub names: &'a Names<'a>,
    pub marks: &'a Marks,
    pub table: &'a LaneTable,
    pub graph: Graph,
    pub frame: Frame<'a>,
    pub functions: FxHashMap<NodeId, FunctionIx>,
    pub classes: FxHashMap<NodeId, ClassIx>,
    /// Functions and classes of the file's own scope.
    pub declared: FxHashMap<&'a str, Declared>,
    /// Variables of the file's own scope that are constant.
    pub module_values: FxHashMap<Box<str>, Value>,
    pub module_cells: FxHashMap<Box<str>, NodeIx>,
    pub imported_cells: FxHashMap<Box<str>, NodeIx>,
    pub attribute_cells: FxHashMap<(ClassIx, NameIx), NodeIx>,
    /// Attributes that a class body sets, `None` when also set elsewhere.
    pub class_values: FxHashMap<(ClassIx, Box<str>), Option<Value>>,
    /// What each filtered node was before, and what was cleared: guards are found again when a function returns.
    pub refined: FxHashMap<NodeIx, (NodeIx, LaneSet)>,
    /// Calls that were noted, by their expression.
    pub call_sites: FxHashMap<NodeId, CallIx>,
    /// Functions that were run.
    pub done: FxHashSet<NodeId>,
    /// Classes of variables of the file's own scope.
    pub module_types: FxHashMap<Box<str>, TypeIx>,
    /// How often the file's body assigns its variables.
    pub module_assignments: FxHashMap<Box<str>, u32>,
    /// Names below which something is stored, or whose methods may change them.
    pub changed_names: FxHashSet<&'a str>,
    pub has_nonlocal: bool,
    /// Expressions whose values propagators ask for later, and their values.
    pub remembered: FxHashSet<NodeId>,
    pub recent: FxHashMap<NodeId, Value>,
    marked: Vec<u64>,
    cleared: FxHashMap<u32, LaneSet>,
    pub types: FxHashMap<FlowType, TypeIx>,
}

impl<'a> Interpreter<'a> {
    pub fn new(names: &'a Names<'a>, marks: &'a Marks, table: &'a LaneTable) -> Self {
        let tree = names.tree();
        let mut marked = vec![0; tree.len().div_ceil(64)];
        for node in marks.nodes() {
            if let Some(word) = marked.get_mut(node.index() / 64) {
                *word |= 1 << (node.index() % 64);
            }
        }
        Self {
            tree,
            names,
            marks,
            table,
            graph: Graph::new(),
            frame: Frame::new(0, 0, None),
            functions: FxHashMap::default(),
            classes: FxHashMap::default(),
            declared: FxHashMap::default(),
            module_values: FxHashMap::default(),
            module_cells: FxHashMap::default(),
            imported_cells: FxHashMap::default(),
            attribute_cells: FxHashMap::default(),
            class_values: FxHashMap::default(),
            refined: FxHashMap::default(),
            call_sites: FxHashMap::default(),
            done: FxHashSet::default(),
            module_types: FxHashMap::default(),
            module_assignments: FxHashMap::default(),
            changed_names: changed_names(tree),
            has_nonlocal: tree.ids().any(|id| tree.kind(id) == Kind::ScopeDeclaration && tree.label(id) == "nonlocal"),
            remembered: marks.propagator_ends().collect(),
            recent: FxHashMap::default(),
            marked,
            cleared: FxHashMap::default(),
            types: FxHashMap::default(),
        }
    }

    /// Lanes that a protection clears.
    pub fn cleared_by(&mut self, protection: Protection) -> LaneSet {
        let table = self.table;
        *self.cleared.entry(protection.bits()).or_insert_with(|| table.cleared_by(protection))
    }

    /// Takes a step; false when the function has used up what it may.
    pub fn burn(&mut self) -> bool {
        if self.frame.fuel == 0 {
            return false;
        }
        self.frame.fuel -= 1;
        true
    }

    pub fn is_marked(&self, node: NodeId) -> bool {
        self.marked.get(node.index() / 64).is_some_and(|word| word & (1 << (node.index() % 64)) != 0)
    }

    // ---- nodes --------------------------------------------------------------------------------------------------------

    pub fn span(&self, id: NodeId) -> Span {
        self.tree.file_span(id)
    }

    pub fn silent(&mut self, id: NodeId) -> NodeIx {
        let span = self.span(id);
        self.graph.node(span, self.frame.group, Step::Silent)
    }

    pub fn stepped(&mut self, id: NodeId, step: Step) -> NodeIx {
        let span = self.span(id);
        self.graph.node(span, self.frame.group, step)
    }

    /// A node that `action` makes of a value; `None` when nothing can be in it.
    pub fn derived(&mut self, from: Option<NodeIx>, id: NodeId, action: Action, cleared: LaneSet) -> Option<NodeIx> {
        let from = from?;
        let node = self.silent(id);
        self.graph.filtered_edge(from, node, action, cleared);
        Some(node)
    }

    /// The node of a value, made now for containers that are known item by item.
    pub fn node_of(&mut self, value: &Value, id: NodeId) -> Option<NodeIx> {
        self.node_bounded(value, id, 6)
    }

    pub fn node_bounded(&mut self, value: &Value, id: NodeId, depth: u32) -> Option<NodeIx> {
        if value.node.is_some() || depth == 0 {
            return value.node;
        }
        let mut parts: Vec<(Piece, NodeIx)> = Vec::new();
        match &value.known {
            Known::List(items) => {
                for (index, item) in (0..).zip(items.iter()) {
                    if let Some(node) = self.node_bounded(item, id, depth - 1) {
                        parts.push((Piece::Index(index), node));
                    }
                }
            }
            Known::Dict(entries) => {
                for (key, item) in entries.iter() {
                    if let Some(node) = self.node_bounded(item, id, depth - 1) {
                        let piece = self.piece(key);
                        parts.push((piece, node));
                    }
                }
            }
            _ => {}
        }
        if parts.is_empty() {
            return None;
        }
        let whole = self.silent(id);
        for (piece, node) in parts {
            self.graph.edge(node, whole, Action::Store(piece));
        }
        Some(whole)
    }

    /// The piece that a constant key selects.
    pub fn piece(&mut self, key: &Constant) -> Piece {
        match key {
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the range is checked")]
            Constant::Number(number) if number.fract() == 0.0 && (0.0..1e6).contains(number) => {
                Piece::Index(*number as u32)
            }
            Constant::Number(_) => Piece::Element,
            key => Piece::Key(self.graph.name(&key.to_text())),
        }
    }

    /// A value made of all of these.
    pub fn made_of(&mut self, parts: &[Value], id: NodeId, cleared: LaneSet) -> Value {
        let nodes: Vec<NodeIx> = parts.iter().filter_map(|part| self.node_of(part, id)).collect();
        if nodes.is_empty() {
            return Value::default();
        }
        let whole = self.silent(id);
        for node in nodes {
            self.graph.filtered_edge(node, whole, Action::Into, cleared);
        }
        Value::of_node(Some(whole))
    }

    /// The value of a variable after branches that gave it these values.
    pub fn joined(&mut self, values: &[Value], id: NodeId) -> Value {
        let Some((first, rest)) = values.split_first() else { return Value::default() };
        if rest.iter().all(|value| value.is_same(first)) {
            return first.clone();
        }
        let mut nodes: Vec<NodeIx> = values.iter().filter_map(|value| self.node_of(value, id)).collect();
        nodes.sort_unstable();
        nodes.dedup();
        let node = match nodes.as_slice() {
            [] => None,
            [node] => Some(*node),
            _ => {
                let node = self.silent(id);
                for from in nodes {
                    self.graph.edge(from, node, Action::Same);
                }
                Some(node)
            }
        };
        let known = if rest.iter().all(|value| value.known.is_same(&first.known)) && !first.known.is_container() {
            first.known.clone()
        } else {
            Known::Unknown
        };
        let class = values.iter().find_map(|value| value.class);
        let parameter =
            if rest.iter().all(|value| value.parameter == first.parameter) { first.parameter } else { None };
        Value { node, known, class, parameter }
    }

    // ---- branches -----------------------------------------------------------------------------------------------------

    /// Goes on after branches: what each variable holds is what it holds after any of them.
    pub fn join(&mut self, outcomes: Vec<Outcome>, id: NodeId) {
        let mut alive: Vec<Outcome> = outcomes.into_iter().filter(|outcome| outcome.is_alive).collect();
        self.frame.state.is_alive = !alive.is_empty();
        if alive.len() == 1 {
            if let Some(outcome) = alive.pop() {
                self.apply(outcome.changes);
            }
            return;
        }
        let mut slots: Vec<_> = alive.iter().flat_map(|outcome| outcome.changes.keys().copied()).collect();
        slots.sort_unstable();
        slots.dedup();
        for slot in slots {
            let mut values: Vec<Value> = Vec::new();
            let mut is_forgotten = false;
            for outcome in &alive {
                match outcome.changes.get(&slot) {
                    Some(Some(value)) => values.push(value.clone()),
                    Some(None) => is_forgotten = true,
                    None => match self.frame.state.get(slot) {
                        Some(value) => values.push(value.clone()),
                        None => is_forgotten |= self.frame.state.is_path(slot),
                    },
                }
            }
            // What is known of an access path holds only if it holds on every way.
            if is_forgotten && self.frame.state.is_path(slot) {
                self.frame.state.set(slot, None);
                continue;
            }
            let value = self.joined(&values, id);
            self.frame.state.set(slot, Some(value));
        }
    }

    pub fn apply(&mut self, changes: Changes) {
        let mut changes: Vec<_> = changes.into_iter().collect();
        changes.sort_unstable_by_key(|&(slot, _)| slot);
        for (slot, value) in changes {
            self.frame.state.set(slot, value);
        }
    }

    /// Runs `run` one level deeper; gives up silently where expressions nest too deep.
    pub fn deeper<T: Default>(&mut self, run: impl FnOnce(&mut Self) -> T) -> T {
        if self.frame.depth >= MAX_DEPTH || !self.burn() {
            return T::default();
        }
        self.frame.depth += 1;
        let result = run(self);
        self.frame.depth -= 1;
        result
    }
}

/// Names below which something is stored, or whose methods may change them.
fn changed_names(tree: &Tree) -> FxHashSet<&str> {
    let mut changed = FxHashSet::default();
    for id in tree.ids() {
        let stored = match tree.kind(id) {
            Kind::Subscript | Kind::Attribute if tree.field(id) == Field::Target => tree.child(id, Field::Object),
            Kind::Call => tree
                .child(id, Field::Callee)
                .filter(|&callee| super::loops::MUTATORS.contains(&tree.label(callee)))
                .and_then(|callee| tree.child(callee, Field::Object)),
            _ => None,
        };
        if let Some(name) = stored.filter(|&name| tree.kind(name) == Kind::Name) {
            changed.insert(tree.label(name));
        }
    }
    changed
}
