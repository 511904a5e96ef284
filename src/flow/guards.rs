//! Checks that limit what a name can hold where it is used.

use super::values::Values;
use crate::syntax::{Field, Kind, NodeId, Tree};

/// Methods whose success means that a text has no room for syntax of any other language.
const CHARACTER_CLASSES: &[&str] = &["isdigit", "isdecimal", "isnumeric", "isalnum", "isalpha", "isidentifier"];

impl Values<'_> {
    /// Whether an expression is a constant by convention: an upper-case name or attribute (PEP 8, Rust `const`).
    pub fn is_named_constant(&self, node: NodeId) -> bool {
        let tree = self.tree();
        match tree.kind(node) {
            Kind::Name | Kind::Attribute => is_upper_case(tree.label(node)),
            Kind::Unary => tree.child(node, Field::Operand).is_some_and(|operand| self.is_named_constant(operand)),
            _ => false,
        }
    }

    /// Whether a check before `user` limits the expression to a closed set: `if x not in ALLOWED: raise`, a use inside
    /// `if x in ALLOWED:`, `if not x.isalnum(): return`.
    pub fn is_guarded(&self, expression: NodeId, user: NodeId) -> bool {
        let tree = self.tree();
        let subject = tree.source(expression);
        if subject.is_empty() || !matches!(tree.kind(expression), Kind::Name | Kind::Attribute | Kind::Subscript) {
            return false;
        }
        self.is_limited(subject, user)
    }

    /// Whether a name is a constant by convention, or limited by a check before `user`.
    pub(super) fn is_named_limited(&self, name: &str, user: NodeId) -> bool {
        is_upper_case(name) || self.is_limited(name, user)
    }

    fn is_limited(&self, subject: &str, user: NodeId) -> bool {
        let tree = self.tree();
        let mut at = user;
        while let Some(parent) = tree.parent(at) {
            match tree.kind(parent) {
                Kind::FunctionDef | Kind::ClassDef | Kind::Module => {
                    return tree.kind(parent) == Kind::Module && earlier_guards(tree, parent, at, subject);
                }
                Kind::Block if earlier_guards(tree, parent, at, subject) => return true,
                Kind::If => {
                    let proves = tree.child(parent, Field::Condition).is_some_and(|c| limits(tree, c, subject, true));
                    if proves && tree.field(at) == Field::Consequence {
                        return true;
                    }
                }
                _ => {}
            }
            at = parent;
        }
        false
    }
}

fn is_upper_case(name: &str) -> bool {
    name.len() > 1
        && name.chars().any(|c| c.is_ascii_uppercase())
        && name.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_')
}

/// Whether a statement before `at` in a block leaves when the subject is outside a closed set.
fn earlier_guards(tree: &Tree, block: NodeId, at: NodeId, subject: &str) -> bool {
    tree.children(block).take_while(|&statement| statement < at).any(|statement| match tree.kind(statement) {
        Kind::If => {
            let leaves = tree.child(statement, Field::Consequence).is_some_and(|body| leaves(tree, body));
            leaves && tree.child(statement, Field::Condition).is_some_and(|c| limits(tree, c, subject, false))
        }
        Kind::MacroCall if matches!(tree.label(statement), "assert" | "ensure" | "ensure_whatever") => {
            tree.child(statement, Field::Argument).is_some_and(|c| limits(tree, c, subject, true))
        }
        Kind::Assert => tree.child(statement, Field::Condition).is_some_and(|c| limits(tree, c, subject, true)),
        _ => false,
    })
}

fn leaves(tree: &Tree, block: NodeId) -> bool {
    tree.children(block).last().is_some_and(|last| match tree.kind(last) {
        Kind::Return | Kind::Raise | Kind::Continue | Kind::Break => true,
        Kind::MacroCall => matches!(tree.label(last), "panic" | "bail" | "ensure"),
        Kind::Call => tree
            .child(last, Field::Callee)
            .is_some_and(|callee| matches!(tree.label(callee), "abort" | "exit" | "_exit" | "fail")),
        _ => false,
    })
}

/// Whether a condition being `truth` means that the subject is one of a closed set.
fn limits(tree: &Tree, condition: NodeId, subject: &str, truth: bool) -> bool {
    match tree.kind(condition) {
        Kind::Compare => {
            let (Some(left), Some(right)) = (tree.child(condition, Field::Left), tree.child(condition, Field::Right))
            else {
                return false;
            };
            if tree.source(left) != subject {
                return false;
            }
            match tree.label(condition) {
                "in" => truth && !is_text(tree, right),
                "not in" => !truth && !is_text(tree, right),
                "==" => truth,
                "!=" => !truth,
                _ => false,
            }
        }
        Kind::Unary if tree.label(condition) == "not" => {
            tree.child(condition, Field::Operand).is_some_and(|operand| limits(tree, operand, subject, !truth))
        }
        // All of an `and` hold where it is true; all of an `or` fail where it is false.
        Kind::Boolean if (tree.label(condition) == "and") == truth => {
            tree.children(condition).any(|side| limits(tree, side, subject, truth))
        }
        Kind::Call => truth && call_limits(tree, condition, subject),
        // `matches!(x, "a" | "b")`.
        Kind::MacroCall => {
            truth
                && tree.label(condition) == "matches"
                && tree.child(condition, Field::Argument).is_some_and(|first| tree.source(first) == subject)
        }
        _ => false,
    }
}

fn is_text(tree: &Tree, node: NodeId) -> bool {
    matches!(tree.kind(node), Kind::Str | Kind::FString)
}

/// `x.isalnum()`, `PATTERN.fullmatch(x)`, `ALLOWED.contains(&x)`.
fn call_limits(tree: &Tree, call: NodeId, subject: &str) -> bool {
    let Some(callee) = tree.child(call, Field::Callee) else { return false };
    let object = tree.child(callee, Field::Object);
    if CHARACTER_CLASSES.contains(&tree.label(callee)) {
        return object.is_some_and(|object| tree.source(object) == subject);
    }
    if tree.label(callee) == "all" {
        // `x.chars().all(..)`, `x.bytes().all(..)`.
        return object
            .and_then(|characters| tree.child(characters, Field::Callee))
            .filter(|&method| matches!(tree.label(method), "chars" | "bytes"))
            .and_then(|method| tree.child(method, Field::Object))
            .is_some_and(|text| tree.source(text) == subject);
    }
    matches!(tree.label(callee), "fullmatch" | "contains" | "contains_key")
        && tree
            .children_by(call, Field::Argument)
            .any(|argument| tree.source(argument).trim_start_matches('&') == subject)
}
