//! What stands in a text before the values that are put into it.
//!
//! A value behind `https://example.com/` cannot choose the host any more, whatever it is.

use crate::flow::{Part, Values};
use crate::matching::Context;
use crate::syntax::{Field, Kind, NodeId, Tree};

/// Text before a value that is looked at, in bytes.
const MAX_PREFIX: usize = 400;

/// Values that are put into texts on one tree, each with what stands before it (`{}` for what is not known).
#[derive(Debug)]
pub(super) struct Holes(Vec<(NodeId, String)>);

impl Holes {
    /// All values that f-strings, `+`, `%` and `format` put into texts.
    pub fn new(context: &Context<'_>) -> Self {
        let tree = context.tree;
        let mut holes = Vec::new();
        for node in tree.ids() {
            match tree.kind(node) {
                Kind::FString => of_parts(tree, context.values, node, &mut holes),
                Kind::Binary if is_sum(tree, node) && !is_operand_of_sum(tree, node) => {
                    of_sum(tree, context.values, node, &mut holes);
                }
                Kind::Binary if tree.label(node) == "%" => of_text(tree, context.values, node, &mut holes),
                Kind::Call if is_format(tree, node) => of_text(tree, context.values, node, &mut holes),
                Kind::MacroCall if tree.label(node) == "format" => of_text(tree, context.values, node, &mut holes),
                _ => {}
            }
        }
        holes.retain(|(_, before)| !before.is_empty());
        Self(holes)
    }

    /// Values behind texts that `wanted` accepts.
    pub fn behind<'a>(&'a self, wanted: impl Fn(&str) -> bool + 'a) -> impl Iterator<Item = NodeId> + 'a {
        self.0.iter().filter(move |(_, before)| wanted(before)).map(|(node, _)| *node)
    }
}

fn is_sum(tree: &Tree, node: NodeId) -> bool {
    tree.kind(node) == Kind::Binary && tree.label(node) == "+"
}

fn is_operand_of_sum(tree: &Tree, node: NodeId) -> bool {
    tree.field(node) == Field::Left && tree.parent(node).is_some_and(|parent| is_sum(tree, parent))
}

/// `a + b + c` from its outermost `+`.
fn of_sum(tree: &Tree, values: &Values<'_>, node: NodeId, holes: &mut Vec<(NodeId, String)>) {
    let mut operands = Vec::new();
    let mut at = node;
    while is_sum(tree, at) {
        let (Some(left), Some(right)) = (tree.child(at, Field::Left), tree.child(at, Field::Right)) else { return };
        operands.push(right);
        at = left;
    }
    let mut before = values.text(at).skeleton();
    for &operand in operands.iter().rev() {
        if before.len() > MAX_PREFIX {
            return;
        }
        holes.push((operand, before.clone()));
        before.push_str(&values.text(operand).skeleton());
    }
}

fn is_format(tree: &Tree, call: NodeId) -> bool {
    tree.child(call, Field::Callee)
        .is_some_and(|callee| tree.kind(callee) == Kind::Attribute && tree.label(callee) == "format")
}

fn of_parts(tree: &Tree, values: &Values<'_>, node: NodeId, holes: &mut Vec<(NodeId, String)>) {
    let mut before = String::new();
    for part in tree.children(node) {
        if before.len() > MAX_PREFIX {
            return;
        }
        match tree.kind(part) {
            Kind::Str | Kind::Bytes => before.push_str(tree.label(part)),
            _ => {
                let Some(value) = tree.child(part, Field::Value) else { continue };
                holes.push((value, before.clone()));
                before.push_str(&values.text(value).skeleton());
            }
        }
    }
}

/// Values of a text that the expression itself puts in; those of texts that it refers to stand elsewhere.
fn of_text(tree: &Tree, values: &Values<'_>, node: NodeId, holes: &mut Vec<(NodeId, String)>) {
    let mut before = String::new();
    for part in values.text(node).parts {
        if before.len() > MAX_PREFIX {
            return;
        }
        match part {
            Part::Literal(text) => before.push_str(&text),
            Part::Hole(hole) => {
                if tree.is_within(hole.node, node) && hole.node != node {
                    holes.push((hole.node, before.clone()));
                }
                before.push_str("{}");
            }
        }
    }
}
