//! How values move through the functions of one file: a graph that taint can run along once all files are known.
//!
//! Nodes are values at a place in the program, edges say how one becomes part of another. What happens inside functions is
//! decided already (branches that cannot run, guards, sanitizers, constant keys); what a call does is left open until the
//! callee is known. Plain data: this module knows no tree and no rule file.

use crate::flow::taint::{LaneSet, Requires, TaintRuleId};
use crate::source::Span;
use std::sync::Arc;

/// A node of the graph: index into [`FlowFacts::nodes`].
pub type NodeIx = u32;
/// A name: index into [`FlowFacts::names`].
pub type NameIx = u32;
/// A function: index into [`FlowFacts::functions`].
pub type FunctionIx = u32;
/// A class: index into [`FlowFacts::classes`].
pub type ClassIx = u32;
/// A call: index into [`FlowFacts::calls`].
pub type CallIx = u32;
/// A type: index into [`FlowFacts::types`].
pub type TypeIx = u32;
/// A set of lanes: index into [`FlowFacts::filters`].
pub type FilterIx = u32;

/// The graph of one file.
#[derive(Debug, Clone, Default)]
pub struct FlowFacts {
    /// Names that the other tables refer to.
    pub names: Vec<Box<str>>,
    /// Values.
    pub nodes: Vec<FlowNode>,
    /// Ways from value to value, sorted by where they start.
    pub edges: Vec<FlowEdge>,
    /// For each node where its edges begin; one more at the end.
    pub first_edge: Vec<u32>,
    /// Sets of lanes that edges clear; the first is empty.
    pub filters: Vec<LaneSet>,
    /// Functions, methods and lambdas; the first is the file's own body.
    pub functions: Vec<FlowFunction>,
    /// Classes.
    pub classes: Vec<FlowClass>,
    /// Calls whose effect the callee decides.
    pub calls: Vec<FlowCall>,
    /// What is known of the classes of receivers.
    pub types: Vec<FlowType>,
    /// Values that come from outside.
    pub sources: Vec<FlowSource>,
    /// Values that must not come from outside.
    pub sinks: Vec<FlowSink>,
    /// Variables of the file's own scope: name and node.
    pub globals: Vec<(NameIx, NodeIx)>,
    /// Variables of other files that are read here: dotted name as imported, and node.
    pub imported: Vec<(NameIx, NodeIx)>,
    /// Attributes of classes of this file: class, name, node.
    pub attributes: Vec<(ClassIx, NameIx, NodeIx)>,
    /// Functions in which the analysis stopped at a bound.
    pub limited: Vec<Span>,
}

impl FlowFacts {
    /// The text of a name.
    pub fn name(&self, name: NameIx) -> &str {
        self.names.get(name as usize).map_or("", |name| name)
    }

    /// Edges from a node.
    pub fn edges_from(&self, node: NodeIx) -> &[FlowEdge] {
        let bounds = self.first_edge.get(node as usize..node as usize + 2);
        bounds.map_or(&[], |bounds| &self.edges[bounds[0] as usize..bounds[1] as usize])
    }

    /// The lanes that a filter clears.
    pub fn cleared(&self, filter: FilterIx) -> LaneSet {
        self.filters.get(filter as usize).copied().unwrap_or(LaneSet::NONE)
    }
}

/// A value at a place in the program.
#[derive(Debug, Clone, Copy)]
pub struct FlowNode {
    /// Where, in the file.
    pub span: Span,
    /// The outermost function around it: a function and those nested in it are analysed in one context.
    pub group: FunctionIx,
    /// How a report speaks of it.
    pub step: Step,
}

/// How a report speaks of a node on the way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Not at all.
    Silent,
    /// A name is assigned.
    Assigned(NameIx),
    /// A part of a name is assigned.
    Stored(NameIx),
    /// A parameter receives it.
    Parameter(NameIx),
    /// A function gives it back.
    Returned,
    /// What a call gave back.
    Result(CallIx),
    /// It belongs to no function: a variable of the file or an attribute of a class.
    Shared(NameIx),
}

/// A piece of a value: what an access path is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Piece {
    /// An attribute.
    Attribute(NameIx),
    /// A constant key.
    Key(NameIx),
    /// A constant index, 0-based.
    Index(u32),
    /// Some element.
    Element,
}

/// How a value becomes part of another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// It is the same value.
    Same,
    /// A piece of it is read.
    Load(Piece),
    /// It becomes a piece.
    Store(Piece),
    /// It is the same value but for one piece, which was replaced.
    Without(Piece),
    /// A text or another value is made of it and of all that it contains.
    Into,
    /// The same, objects with their attributes too.
    All,
    /// An argument of a call may be checked by the callee.
    Checked(CallIx, u32),
    /// A call that says something about its argument was true or false.
    Proved(CallIx, u32, bool),
}

/// A way from value to value.
#[derive(Debug, Clone, Copy)]
pub struct FlowEdge {
    /// Where it starts.
    pub from: NodeIx,
    /// Where it ends.
    pub to: NodeIx,
    /// What it does.
    pub action: Action,
    /// The lanes that it clears.
    pub filter: FilterIx,
}

/// How arguments find a parameter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ParameterKind {
    /// By position or by name.
    Plain,
    /// By name only.
    Keyword,
    /// All positional arguments that are left.
    Rest,
    /// All keyword arguments that are left.
    Keywords,
}

/// A parameter.
#[derive(Debug, Clone)]
pub struct FlowParameter {
    /// Its name.
    pub name: NameIx,
    /// How arguments find it.
    pub kind: ParameterKind,
    /// The value at the beginning.
    pub node: NodeIx,
    /// What the function adds to the value that was handed in.
    pub out: NodeIx,
    /// Its annotation.
    pub class: Option<TypeIx>,
    /// The lanes that are cleared when the function returns: it checks this parameter.
    pub cleared: FilterIx,
    /// Whether its annotation or default leaves no room for text (number, identifier, date, enumeration).
    pub is_closed: bool,
    /// The function that a framework calls to fill it (`Depends(f)`).
    pub provider: Option<Callee>,
}

/// A function.
#[derive(Debug, Clone)]
pub struct FlowFunction {
    /// Its own name; empty for lambdas and the file's body.
    pub name: NameIx,
    /// The whole definition, in the file.
    pub span: Span,
    /// The name in the definition, in the file.
    pub name_span: Span,
    /// The class whose method it is.
    pub class: Option<ClassIx>,
    /// The outermost function around it, maybe itself.
    pub group: FunctionIx,
    /// Parameters, the receiver among them.
    pub parameters: Vec<FlowParameter>,
    /// Whether the first parameter is the receiver (no static method, no plain function).
    pub has_receiver: bool,
    /// Whether it is read as an attribute.
    pub is_property: bool,
    /// What it gives back.
    pub returns: NodeIx,
    /// The class of what it gives back.
    pub class_of_result: Option<TypeIx>,
    /// What a true or false result says about a parameter: parameter, truth, lanes that are cleared.
    pub proofs: Vec<(u32, bool, FilterIx)>,
    /// Decorators as written, without arguments (`router.get`).
    pub decorators: Vec<NameIx>,
}

/// A class.
#[derive(Debug, Clone)]
pub struct FlowClass {
    /// Its name.
    pub name: NameIx,
    /// The whole definition, in the file.
    pub span: Span,
    /// The name in the definition, in the file.
    pub name_span: Span,
    /// Base classes.
    pub bases: Vec<TypeIx>,
    /// Methods by name.
    pub methods: Vec<(NameIx, FunctionIx)>,
    /// Annotated fields in order: name, class, whether the type leaves no room for text.
    pub fields: Vec<(NameIx, Option<TypeIx>, bool)>,
    /// Classes of attributes that are assigned in methods.
    pub attribute_types: Vec<(NameIx, TypeIx)>,
}

/// What is known of the class of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FlowType {
    /// The class of a dotted name, relative imports with their dots.
    Named(NameIx),
    /// A class of this file.
    Class(ClassIx),
    /// The class of what a call gives back.
    Result(CallIx),
    /// The class of an attribute.
    Attribute(TypeIx, NameIx),
}

/// What a call calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Callee {
    /// A function of this file.
    Function(FunctionIx),
    /// A class of this file.
    Class(ClassIx),
    /// Something imported, by its dotted name.
    Named(NameIx),
    /// A method of a value.
    Method(Option<TypeIx>, NameIx),
    /// A method of a base class.
    Super(ClassIx, NameIx),
    /// Something else.
    Unknown,
}

/// How an argument is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Slot {
    /// By position, 0-based, the receiver not counted.
    Position(u32),
    /// By name.
    Keyword(NameIx),
    /// `*items`.
    Rest,
    /// `**mapping`.
    Keywords,
}

/// An argument.
#[derive(Debug, Clone, Copy)]
pub struct FlowArgument {
    /// How it is given.
    pub slot: Slot,
    /// Its value.
    pub node: NodeIx,
    /// The name's value after the call, for arguments that are names.
    pub after: Option<NodeIx>,
}

/// A call.
#[derive(Debug, Clone)]
pub struct FlowCall {
    /// What is called.
    pub callee: Callee,
    /// The call, in the file.
    pub span: Span,
    /// The outermost function around it.
    pub group: FunctionIx,
    /// The receiver's value and its value after the call.
    pub receiver: Option<FlowArgument>,
    /// The arguments that may carry anything.
    pub arguments: Vec<FlowArgument>,
    /// What it gives back.
    pub result: NodeIx,
    /// Whether the result is made of receiver and arguments when nobody knows the callee.
    pub passes: bool,
}

/// A value from outside.
#[derive(Debug, Clone)]
pub struct FlowSource {
    /// The value.
    pub node: NodeIx,
    /// The lanes that start here.
    pub lanes: LaneSet,
    /// What comes in, a few words.
    pub what: Arc<str>,
    /// What the value must carry already.
    pub requires: Option<Requires>,
}

/// A value that must not come from outside.
#[derive(Debug, Clone)]
pub struct FlowSink {
    /// The value.
    pub node: NodeIx,
    /// The rule that reports it.
    pub rule: TaintRuleId,
    /// What must arrive.
    pub requires: Requires,
    /// What to report, in the file.
    pub span: Span,
    /// The message.
    pub message: Box<str>,
    /// Names of what encloses it.
    pub anchor: Box<str>,
}
