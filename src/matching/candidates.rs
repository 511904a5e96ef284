//! Where a pattern's root can match at all: by the kind of node, and by the name that the index has it under.

use super::index::Symbol;
use super::matcher::Matcher;
use super::pattern_tree::{Operator, PatternNode};
use super::scope::Scope;
use crate::syntax::{Field, Kind, Language, NodeId};
use std::ops::Range;

/// The part of a list of nodes, sorted by id, that lies in a range of ids.
fn among<'n>(nodes: &'n [NodeId], ids: &Range<u32>) -> &'n [NodeId] {
    let first = nodes.partition_point(|node| node.0 < ids.start);
    let behind = nodes.partition_point(|node| node.0 < ids.end);
    &nodes[first..behind]
}

/// Statements that are no expressions: `<... p ...>` is an expression that holds `p`.
const fn is_statement(kind: Kind) -> bool {
    matches!(
        kind,
        Kind::FunctionDef
            | Kind::ClassDef
            | Kind::StructDef
            | Kind::EnumDef
            | Kind::ImplDef
            | Kind::TraitDef
            | Kind::ModuleDef
            | Kind::If
            | Kind::While
            | Kind::For
            | Kind::Try
            | Kind::With
            | Kind::Return
            | Kind::Raise
            | Kind::Assert
            | Kind::Delete
            | Kind::Import
            | Kind::ImportFrom
    )
}

/// The kinds of nodes at which a pattern's root of this kind can match.
const fn root_kinds(kind: Kind, is_code: bool) -> [Kind; 3] {
    match kind {
        Kind::Call | Kind::MacroCall => [Kind::Call, Kind::MacroCall, Kind::Call],
        Kind::Name | Kind::Attribute => [Kind::Attribute, Kind::Name, Kind::Name],
        Kind::Str if is_code => [Kind::Str, Kind::Bytes, Kind::Str],
        // Scalars of configuration languages are told apart only by their spelling.
        Kind::Word | Kind::Str => [Kind::Str, Kind::Word, Kind::Str],
        Kind::Assign => [Kind::Assign, Kind::NamedExpression, Kind::Assign],
        Kind::Import | Kind::ImportFrom => [Kind::Import, Kind::ImportFrom, Kind::Import],
        // Only `[...]` and `{...}` match other kinds; the others fail at once.
        Kind::List => [Kind::List, Kind::Comprehension, Kind::List],
        Kind::Dict => [Kind::Dict, Kind::Set, Kind::Comprehension],
        kind => [kind, kind, kind],
    }
}

/// The name under which the index has every node at which a pattern's root can match: the name itself or the one that is
/// called, or (`true`) that of a keyword argument.
fn root_symbol(root: &PatternNode) -> Option<(Symbol, bool)> {
    match root.kind {
        Kind::Name | Kind::Attribute => Some((Symbol::of(root.exact()?), false)),
        Kind::Call | Kind::MacroCall => {
            let callee = root.child(Field::Callee);
            let callee = callee.map(|callee| {
                if callee.is_code(Kind::Subscript) { callee.child(Field::Object).unwrap_or(callee) } else { callee }
            });
            let name = callee
                .filter(|callee| matches!(callee.kind, Kind::Name | Kind::Attribute))
                .and_then(PatternNode::exact);
            if let Some(name) = name {
                return Some((Symbol::of(name), false));
            }
            root.children_by(Field::Argument)
                .filter(|argument| argument.is_code(Kind::KeywordArgument))
                .find_map(PatternNode::exact)
                .map(|keyword| (Symbol::of(keyword), true))
        }
        _ => None,
    }
}

impl Matcher<'_> {
    /// Nodes at which a pattern's root can match.
    pub(super) fn candidates(&self, root: &PatternNode, scope: &Scope<'_>) -> Vec<NodeId> {
        let ids = scope.ids.clone();
        let kinds = root_kinds(root.kind, self.is_code());
        let is_possible = move |node: NodeId| match root.operator {
            Operator::Code => kinds.contains(&self.tree.kind(node)),
            Operator::Deep => self.is_expression(node) && !is_statement(self.tree.kind(node)),
            _ => self.is_expression(node),
        };
        if let Some(around) = scope.around {
            let nodes = around.iter().copied().filter(|&node| ids.contains(&node.0) && is_possible(node));
            return nodes.collect();
        }
        if !matches!(root.operator, Operator::Code) {
            return ids.map(NodeId).filter(|&node| is_possible(node)).collect();
        }
        if let Some((symbol, is_keyword)) = root_symbol(root) {
            let mut nodes: Vec<NodeId> = self
                .index
                .of_name(symbol, &ids)
                .filter_map(|node| match (self.tree.kind(node), is_keyword) {
                    (Kind::KeywordArgument, true) => self.tree.parent(node),
                    (Kind::KeywordArgument, false) => None,
                    (_, is_keyword) => (!is_keyword).then_some(node),
                })
                .filter(|&node| is_possible(node))
                .collect();
            // A call under two names, or with two arguments of one name.
            nodes.sort_unstable();
            nodes.dedup();
            return nodes;
        }
        let mut nodes = Vec::new();
        for (at, kind) in kinds.iter().enumerate() {
            if !kinds[..at].contains(kind) {
                nodes.extend_from_slice(among(self.index.of_kind(*kind), &ids));
            }
        }
        if root.kind == Kind::Return && self.tree.language() == Language::Rust {
            // What a block ends with may be what a function returns.
            let blocks = among(self.index.of_kind(Kind::Block), &ids);
            let tails = blocks.iter().filter_map(|&block| self.tree.children(block).last());
            nodes.extend(tails.filter(|&tail| self.tree.kind(tail) != Kind::Return));
        }
        nodes
    }

    /// Whether a node is an expression or a statement of its own: what a lone metavariable can be.
    fn is_expression(&self, node: NodeId) -> bool {
        !matches!(
            self.tree.kind(node),
            Kind::Module
                | Kind::Document
                | Kind::Block
                | Kind::Error
                | Kind::KeywordArgument
                | Kind::Parameter
                | Kind::Modifier
                | Kind::Decorator
                | Kind::ImportItem
                | Kind::Interpolation
                | Kind::ComprehensionFor
                | Kind::ComprehensionIf
                | Kind::WithItem
                | Kind::ExceptHandler
                | Kind::MatchArm
                | Kind::Pair
        )
    }
}
