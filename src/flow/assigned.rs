//! Which definitions of a name may reach a use, by structure: the nearest one on every way to it.

use super::names::Names;
use super::scopes::{Definition, DefinitionKind};
use super::values::{Constant, Value, Values};
use crate::syntax::{Field, Kind, NodeId, Tree};

/// Definitions considered for one use; beyond it the name is unknown.
const MAX_DEFINITIONS: usize = 16;

/// What may stand in a name where it is used.
#[derive(Debug, Default)]
pub(super) struct Assigned {
    /// Definitions of which any may be the last whole assignment. Empty: nothing is known.
    pub bases: Vec<Definition>,
    /// Additions (`+=`, `push_str`) after the bases, in order of the text.
    pub augments: Vec<Definition>,
}

impl Assigned {
    /// The definitions that reach `at`.
    pub fn reaching(names: &Names<'_>, name: &str, at: NodeId) -> Self {
        let tree = names.tree();
        let scope = names.scopes().scope_of(tree, at);
        let definitions = names.scopes().visible(scope, name);
        let Some(first) = definitions.first() else { return Self::default() };
        if first.scope != scope && !is_nested_expression_scope(tree, names, at, first) {
            return Self::from_outside(definitions);
        }
        let mut found = Self::default();
        for definition in definitions.iter().rev() {
            // A definition is complete where its statement ends; `x = x + 1` uses the one before.
            let before = tree.span(definition.site).end <= tree.span(at).start
                || (is_header_binding(tree, definition.site) && definition.site < at)
                || is_clause_around(tree, definition.site, at);
            if !before || tree.is_within(at, definition.site) && is_value_of(tree, definition, at) {
                continue;
            }
            if are_exclusive(tree, definition.site, at) {
                continue;
            }
            if definition.kind == DefinitionKind::Augment {
                found.augments.push(*definition);
            } else {
                found.bases.push(*definition);
                if always_before(tree, definition.site, at) {
                    break;
                }
            }
            if found.bases.len() + found.augments.len() > MAX_DEFINITIONS {
                return Self::default();
            }
        }
        found.augments.reverse();
        // Additions before the last whole assignment are gone.
        if let Some(last) = found.bases.first() {
            let last = last.site;
            found.augments.retain(|augment| augment.site > last || !always_before(tree, last, at));
        }
        found
    }

    /// A name of an enclosing function or the module: any of its definitions may hold when the function runs.
    fn from_outside(definitions: &[Definition]) -> Self {
        if definitions.len() > MAX_DEFINITIONS {
            return Self::default();
        }
        let (augments, bases) =
            definitions.iter().copied().partition(|definition| definition.kind == DefinitionKind::Augment);
        Self { bases, augments }
    }
}

/// Lambdas and comprehensions run in place: names of the function around them are seen as at that place.
fn is_nested_expression_scope(tree: &Tree, names: &Names<'_>, at: NodeId, definition: &Definition) -> bool {
    let mut scope = names.scopes().scope_of(tree, at);
    while scope != definition.scope {
        if !matches!(tree.kind(names.scopes().node(scope)), Kind::Comprehension | Kind::Lambda) {
            return false;
        }
        let Some(parent) = names.scopes().parent(scope) else { return false };
        scope = parent;
    }
    true
}

/// Constructs whose binding holds inside themselves.
fn is_header_binding(tree: &Tree, site: NodeId) -> bool {
    matches!(
        tree.kind(site),
        Kind::For
            | Kind::ComprehensionFor
            | Kind::WithItem
            | Kind::ExceptHandler
            | Kind::Parameter
            | Kind::MatchArm
            | Kind::Capture
            | Kind::NamedExpression
            | Kind::LetCondition
            | Kind::FunctionDef
            | Kind::ClassDef
    )
}

/// The clauses of a comprehension stand behind the item that uses their names.
fn is_clause_around(tree: &Tree, site: NodeId, at: NodeId) -> bool {
    tree.kind(site) == Kind::ComprehensionFor && tree.parent(site).is_some_and(|around| tree.is_within(at, around))
}

fn is_value_of(tree: &Tree, definition: &Definition, at: NodeId) -> bool {
    definition.value.is_some_and(|value| tree.is_within(at, value))
}

/// Whether two places lie on branches of which only one runs.
fn are_exclusive(tree: &Tree, site: NodeId, at: NodeId) -> bool {
    let Some(common) = tree.ancestors(site).find(|&ancestor| tree.is_within(at, ancestor)) else { return false };
    // Blocks have many children: look for the branches only where there are some.
    if !matches!(tree.kind(common), Kind::If | Kind::Match) {
        return false;
    }
    let branch = |node: NodeId| tree.children(common).find(|&child| tree.is_within(node, child));
    let (Some(left), Some(right)) = (branch(site), branch(at)) else { return false };
    if left == right {
        return false;
    }
    match tree.kind(common) {
        Kind::If => tree.field(left) == Field::Consequence && tree.field(right) == Field::Alternative,
        Kind::Match => tree.field(left) == Field::Case && tree.field(right) == Field::Case,
        _ => false,
    }
}

/// Whether a definition lies on every way to a use: the block it stands in is around the use.
fn always_before(tree: &Tree, site: NodeId, at: NodeId) -> bool {
    if is_header_binding(tree, site) && !matches!(tree.kind(site), Kind::NamedExpression) {
        return true;
    }
    tree.ancestors(site)
        .find(|&ancestor| matches!(tree.kind(ancestor), Kind::Block | Kind::Module))
        .is_none_or(|block| tree.is_within(at, block))
}

impl Values<'_> {
    /// What a definition binds its name to.
    pub(super) fn definition_value(&self, definition: &Definition, name: &str, depth: u32) -> Value {
        let Some(value) = definition.value else { return self.rust_typed(definition, name) };
        if depth == 0 {
            return Value::UNKNOWN;
        }
        match definition.kind {
            DefinitionKind::Assign => match self.evaluate(value, depth) {
                Value::Unknown { numeric: false } => self.rust_typed(definition, name),
                value => value,
            },
            DefinitionKind::Unpack => self.unpacked(definition.site, value, name, depth),
            DefinitionKind::Iterate => self.item_of(value, depth),
            _ => Value::UNKNOWN,
        }
    }

    /// `a, b = 1, 2`: the item at the name's place.
    fn unpacked(&self, site: NodeId, value: NodeId, name: &str, depth: u32) -> Value {
        let tree = self.tree();
        let is_plain_list = |node: NodeId| {
            matches!(tree.kind(node), Kind::Tuple | Kind::List)
                && tree.children_by(node, Field::Item).all(|item| tree.kind(item) != Kind::Splat)
        };
        let Some(target) = tree.children_by(site, Field::Target).find(|&target| is_plain_list(target)) else {
            return Value::UNKNOWN;
        };
        if !is_plain_list(value) {
            return Value::UNKNOWN;
        }
        tree.children_by(target, Field::Item)
            .position(|item| tree.kind(item) == Kind::Name && tree.label(item) == name)
            .and_then(|index| tree.children_by(value, Field::Item).nth(index))
            .map_or(Value::UNKNOWN, |item| self.evaluate(item, depth - 1))
    }

    /// What a loop variable over an expression can be: one of the items of a literal collection of constants.
    fn item_of(&self, iterable: NodeId, depth: u32) -> Value {
        let tree = self.tree();
        if tree.kind(iterable) == Kind::Call
            && tree.child(iterable, Field::Callee).is_some_and(|callee| tree.label(callee) == "range")
        {
            return Value::NUMBER;
        }
        if tree.kind(iterable) == Kind::Slice {
            return Value::NUMBER;
        }
        match self.evaluate(iterable, depth - 1) {
            Value::List(items) if !items.is_empty() && items.iter().all(|i| matches!(i, Value::Constant(_))) => {
                let options: Vec<Constant> = items
                    .into_iter()
                    .filter_map(|item| if let Value::Constant(constant) = item { Some(constant) } else { None })
                    .collect();
                Value::OneOf(options)
            }
            _ => Value::UNKNOWN,
        }
    }
}
