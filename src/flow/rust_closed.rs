//! Rust expressions whose text has no room for syntax of another language, told by types and iterators: numbers, UUIDs,
//! counters of ranges, functions that return `&'static str`.

use super::assigned::Assigned;
use super::scopes::{Definition, DefinitionKind};
use super::values::{Value, Values};
use crate::syntax::{Field, Kind, Language, NodeId, Tree};
use rustc_hash::FxHashSet;

/// Types that print as digits, hexadecimal digits and separators only.
const CLOSED_TYPES: &[&str] = &[
    "u8",
    "u16",
    "u32",
    "u64",
    "u128",
    "usize",
    "i8",
    "i16",
    "i32",
    "i64",
    "i128",
    "isize",
    "f32",
    "f64",
    "bool",
    "NonZeroU8",
    "NonZeroU16",
    "NonZeroU32",
    "NonZeroU64",
    "NonZeroUsize",
    "NonZeroI32",
    "NonZeroI64",
    "Uuid",
    "Ulid",
    "ObjectId",
    "Decimal",
    "IpAddr",
    "Ipv4Addr",
    "Ipv6Addr",
    "SocketAddr",
    "NaiveDate",
    "NaiveDateTime",
    "NaiveTime",
    "DateTime",
    "OffsetDateTime",
    "Timestamp",
    "Duration",
    "SystemTime",
    "Oid",
];

/// Wrappers that print or hand out what they hold.
const WRAPPERS: &[&str] = &["Path", "Query", "Json", "Form", "Option", "Box", "Arc", "Rc", "Cow", "Data", "State"];

/// Iterator steps that keep the kind of item.
const ITEM_STEPS: &[&str] = &[
    "collect",
    "iter",
    "into_iter",
    "iter_mut",
    "take",
    "skip",
    "rev",
    "cloned",
    "copied",
    "peekable",
    "step_by",
    "filter",
    "collect_vec",
    "take_while",
    "skip_while",
    "cycle",
];

impl Values<'_> {
    /// What a definition without a value is known to be by its type or place.
    pub(super) fn rust_typed(&self, definition: &Definition, name: &str) -> Value {
        let tree = self.tree();
        if tree.language() != Language::Rust {
            return Value::UNKNOWN;
        }
        let annotation = tree.child(definition.site, Field::Type);
        let is_parameter = definition.kind == DefinitionKind::Parameter;
        let closed = annotation.is_some_and(|annotation| is_closed(tree, annotation))
            || (is_parameter && annotation.is_none() && counts(tree, definition.site, name));
        if closed { Value::NUMBER } else { Value::UNKNOWN }
    }

    /// A call of an iterator method as the list it makes; its items stand for any number of their kind.
    pub(super) fn rust_iterator(&self, call: NodeId, depth: u32) -> Option<Value> {
        let tree = self.tree();
        let callee = plain_callee(tree, call)?;
        if matches!(tree.label(callee), "repeat" | "repeat_n") {
            let is_path = tree.child(callee, Field::Object).is_none_or(|object| {
                tree.kind(object) == Kind::Name && matches!(tree.label(object), "iter" | "itertools")
                    || tree.kind(object) == Kind::Attribute && tree.label(object) == "iter"
            });
            let item = tree.child(call, Field::Argument).filter(|_| is_path)?;
            return Some(Value::List(vec![self.evaluate(item, depth - 1)]));
        }
        let object = tree.child(callee, Field::Object)?;
        match tree.label(callee) {
            "map" => {
                let closure = tree.child(call, Field::Argument).filter(|&a| tree.kind(a) == Kind::Lambda)?;
                let item = self.evaluate(tree.child(closure, Field::Body)?, depth - 1);
                matches!(item, Value::Constant(_) | Value::OneOf(_) | Value::Text(_) | Value::Unknown { numeric: true })
                    .then(|| Value::List(vec![item]))
            }
            step if ITEM_STEPS.contains(&step) => match self.evaluate(object, depth - 1) {
                list @ Value::List(_) => Some(list),
                _ => None,
            },
            _ => None,
        }
    }

    /// Whether a call is of a function of this file that returns `&'static str`.
    pub(super) fn returns_static_text(&self, name: &str) -> bool {
        let tree = self.tree();
        let known = self.static_texts.get_or_init(|| {
            tree.ids()
                .filter(|&id| tree.kind(id) == Kind::FunctionDef)
                .filter(|&id| {
                    tree.child(id, Field::Returns).is_some_and(|returns| tree.source(returns).contains("'static str"))
                })
                .map(|id| tree.label(id).to_owned())
                .collect::<FxHashSet<_>>()
        });
        known.contains(name)
    }

    /// The expression that fills `{name}`: what the name was assigned, when that says where it comes from; else the macro.
    pub(super) fn inline_argument(&self, name: &str, at: NodeId) -> NodeId {
        let assigned = Assigned::reaching(self.names(), name, at);
        match (assigned.bases.as_slice(), assigned.augments.as_slice()) {
            ([Definition { kind: DefinitionKind::Assign, value: Some(value), .. }], []) => *value,
            _ => at,
        }
    }
}

/// The callee of a call without its generic arguments.
pub(super) fn plain_callee(tree: &Tree, call: NodeId) -> Option<NodeId> {
    let callee = tree.child(call, Field::Callee)?;
    if tree.kind(callee) == Kind::Subscript { tree.child(callee, Field::Object) } else { Some(callee) }
}

/// Whether only closed texts have this type.
fn is_closed(tree: &Tree, annotation: NodeId) -> bool {
    let mut at = annotation;
    loop {
        match tree.kind(at) {
            Kind::Name | Kind::Attribute => return CLOSED_TYPES.contains(&tree.label(at)),
            Kind::Unary => {
                let Some(inner) = tree.child(at, Field::Operand) else { return false };
                at = inner;
            }
            Kind::Subscript => {
                let Some(object) = tree.child(at, Field::Object) else { return false };
                if CLOSED_TYPES.contains(&tree.label(object)) {
                    return true;
                }
                let mut indexes = tree.children_by(at, Field::Index);
                match (WRAPPERS.contains(&tree.label(object)), indexes.next(), indexes.next()) {
                    (true, Some(only), None) => at = only,
                    _ => return false,
                }
            }
            _ => return false,
        }
    }
}

/// Whether a closure's parameter counts: the closure runs over a range, or the name is the index of `enumerate`.
fn counts(tree: &Tree, parameter: NodeId, name: &str) -> bool {
    let Some(lambda) = tree.parent(parameter).filter(|&p| tree.kind(p) == Kind::Lambda) else { return false };
    let Some(call) = tree.parent(lambda).filter(|&p| tree.kind(p) == Kind::Call) else { return false };
    let Some(mut at) = plain_callee(tree, call).and_then(|callee| tree.child(callee, Field::Object)) else {
        return false;
    };
    while tree.kind(at) == Kind::Call {
        let Some(callee) = plain_callee(tree, at) else { return false };
        if tree.label(callee) == "enumerate" {
            return tree.child(parameter, Field::Target).is_some_and(|pattern| {
                tree.kind(pattern) == Kind::Tuple
                    && tree.child(pattern, Field::Item).is_some_and(|first| tree.label(first) == name)
            });
        }
        if !ITEM_STEPS.contains(&tree.label(callee)) {
            return false;
        }
        let Some(object) = tree.child(callee, Field::Object) else { return false };
        at = object;
    }
    tree.kind(at) == Kind::Slice
}
