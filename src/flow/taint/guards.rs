//! Guards: what a condition proves where it holds, and where it does not.
//!
//! Each check clears what it proves and nothing else. Checks that look like a guard and are none (a prefix without its
//! separator, an unanchored expression, a piece that is forbidden) clear nothing.

use super::admitted;
use super::interpreter::Interpreter;
use super::value::{Known, Value};
use super::weakness::{Protection, Weakness};
use crate::facts::flow::Action;
use crate::syntax::{Field, Kind, NodeId};

/// Methods whose success means that a text has no room for syntax of any language.
const CHARACTER_CLASSES: &[&str] = &["isdigit", "isdecimal", "isnumeric", "isalnum", "isalpha", "isidentifier"];
/// What is so only after `resolve()`, `realpath()`.
const BELOW: &[&str] = &["is_relative_to"];

impl Interpreter<'_> {
    /// The condition is known to be `truth` from here on.
    pub fn refine(&mut self, condition: NodeId, truth: bool) {
        self.deeper(|this| this.refine_condition(condition, truth));
    }

    pub fn refine_condition(&mut self, condition: NodeId, truth: bool) {
        let tree = self.tree;
        if self.is_marked(condition) {
            let marks = self.marks;
            for mark in marks.guards(condition).iter().filter(|mark| mark.when == truth) {
                self.clear(mark.subject, mark.lanes);
            }
        }
        match tree.kind(condition) {
            Kind::Unary if tree.label(condition) == "not" => {
                if let Some(operand) = tree.child(condition, Field::Operand) {
                    self.refine(operand, !truth);
                }
            }
            // All of an `and` hold where it is true; all of an `or` fail where it is false.
            Kind::Boolean if (tree.label(condition) == "and") == truth => {
                for side in [Field::Left, Field::Right] {
                    if let Some(side) = tree.child(condition, side) {
                        self.refine(side, truth);
                    }
                }
                if !truth {
                    self.refine_forbidden(condition);
                }
            }
            Kind::Compare => self.refine_comparison(condition, truth),
            Kind::Call | Kind::MacroCall => self.refine_call(condition, truth),
            Kind::NamedExpression => {
                if let Some(value) = tree.child(condition, Field::Value) {
                    self.refine(value, truth);
                }
            }
            _ => {}
        }
    }

    pub fn refine_comparison(&mut self, condition: NodeId, truth: bool) {
        let tree = self.tree;
        let (Some(left), Some(right)) = (tree.child(condition, Field::Left), tree.child(condition, Field::Right))
        else {
            return;
        };
        let (operator, is_so) = match tree.label(condition) {
            "==" | "is" => ("==", truth),
            "!=" | "is not" => ("==", !truth),
            "in" => ("in", truth),
            "not in" => ("in", !truth),
            operator @ ("<" | "<=" | ">" | ">=") => (operator, truth),
            _ => return,
        };
        match operator {
            "==" if is_so => {
                for (subject, other) in [(left, right), (right, left)] {
                    if self.is_common_path(subject, other) {
                        continue;
                    }
                    if self.is_constant(other) {
                        self.clear_closed(subject);
                    }
                }
                self.refine_common_path(left, right);
            }
            // `re.match(..) is None`, `x == None`: a call's result that is nothing.
            "==" if !is_so && tree.kind(right) == Kind::Null && tree.kind(left) == Kind::Call => {
                self.refine(left, true);
            }
            "in" if is_so && self.is_collection(right) => self.clear_closed(left),
            "<" | "<=" | ">" | ">=" => {
                // A bound that is kept: at most the limit where it holds, at least it where it fails.
                let subject = if matches!(operator, "<" | "<=") == is_so { left } else { right };
                let lanes = self.cleared_by(Protection::NONE.and(Weakness::Size));
                self.clear(subject, lanes);
            }
            _ => {}
        }
    }

    /// The value is one of a closed set.
    pub fn clear_closed(&mut self, subject: NodeId) {
        // The host of a URL that was taken apart: the URL itself goes where that host is.
        let value = self.current_if_name(subject);
        if let Some(Known::UrlHost(whole)) = value.as_ref().map(|value| &value.known) {
            let lanes = self.cleared_by(Protection::NONE.and(Weakness::Url).and(Weakness::Redirect));
            self.clear_named(&whole.clone(), subject, lanes);
        }
        let lanes = self.cleared_by(Protection::CLOSED_SET);
        self.clear(subject, lanes);
    }

    /// The value of a name or an attribute, without running anything else.
    pub fn current_if_name(&mut self, id: NodeId) -> Option<Value> {
        let tree = self.tree;
        let mut at = id;
        while tree.kind(at) == Kind::Call {
            // `host.lower() in ALLOWED`.
            let callee = tree.child(at, Field::Callee)?;
            at = tree.child(callee, Field::Object)?;
        }
        match tree.kind(at) {
            Kind::NamedExpression => self.current_if_name(tree.child(at, Field::Target)?),
            Kind::Name => Some(self.name_value(at)),
            Kind::Attribute | Kind::Subscript => Some(self.current(at)),
            _ => None,
        }
    }

    /// Clears a variable by its name.
    pub fn clear_named(&mut self, name: &str, at: NodeId, lanes: super::LaneSet) {
        let Some(value) = self.frame.state.read(name).cloned() else { return };
        let Some(node) = self.node_of(&value, at) else { return };
        let clean = self.silent(at);
        self.graph.filtered_edge(node, clean, Action::Same, lanes);
        self.refined.insert(clean, (node, lanes));
        let slot = self.frame.state.slot(name);
        self.frame.state.set(slot, Some(Value { node: Some(clean), ..value }));
    }

    /// Whether an expression is a constant, or one by convention.
    pub fn is_constant(&mut self, id: NodeId) -> bool {
        let tree = self.tree;
        match tree.kind(id) {
            Kind::Str | Kind::Number | Kind::Bytes | Kind::Bool => true,
            // `x == None` says that there is nothing; nothing needs no guard.
            Kind::Null => true,
            Kind::Name | Kind::Attribute => is_upper_case(tree.label(id)) || self.current(id).as_constant().is_some(),
            Kind::Tuple | Kind::List => {
                let items: Vec<NodeId> = tree.children(id).collect();
                items.into_iter().all(|item| self.is_constant(item))
            }
            _ => false,
        }
    }

    /// Whether `x in right` says that `x` is one of several values, not that it is a piece of a text.
    pub fn is_collection(&mut self, right: NodeId) -> bool {
        let tree = self.tree;
        match tree.kind(right) {
            Kind::Str | Kind::FString | Kind::Binary | Kind::Bytes => false,
            Kind::List | Kind::Tuple | Kind::Set | Kind::Dict | Kind::Comprehension => true,
            Kind::Name | Kind::Attribute | Kind::Subscript => {
                let value = self.current(right);
                value.as_text().is_none()
                    && !matches!(value.known, Known::Prefix(_) | Known::UrlHost(_) | Known::UrlParts(_))
            }
            Kind::Call => {
                let method = tree.child(right, Field::Callee).map_or("", |callee| tree.label(callee));
                !matches!(
                    method,
                    "lower" | "upper" | "strip" | "casefold" | "str" | "decode" | "format" | "join" | "geturl"
                )
            }
            _ => true,
        }
    }

    /// `".." in x or "/" in x` is false: the name stays in its folder.
    pub fn refine_forbidden(&mut self, condition: NodeId) {
        let tree = self.tree;
        let mut subject: Option<NodeId> = None;
        let (mut up, mut separator) = (false, false);
        let mut open = vec![condition];
        while let Some(at) = open.pop() {
            match tree.kind(at) {
                Kind::Boolean => open.extend(tree.children(at)),
                Kind::Compare if tree.label(at) == "in" => {
                    let (Some(left), Some(right)) = (tree.child(at, Field::Left), tree.child(at, Field::Right)) else {
                        continue;
                    };
                    if subject.is_some_and(|subject| tree.source(subject) != tree.source(right)) {
                        return;
                    }
                    subject = Some(right);
                    match tree.label(left) {
                        ".." => up = true,
                        "/" | "sep" => separator = true,
                        _ => {}
                    }
                }
                Kind::Call => {
                    let Some(callee) = tree.child(at, Field::Callee) else { continue };
                    let argument = tree.child(at, Field::Argument);
                    let is_absolute = tree.label(callee) == "isabs"
                        || tree.label(callee) == "startswith" && argument.is_some_and(|a| tree.label(a) == "/")
                        || tree.label(callee) == "is_absolute";
                    separator |= is_absolute;
                }
                Kind::Unary => {}
                _ => {}
            }
        }
        if let Some(subject) = subject.filter(|_| up && separator) {
            let lanes = self.cleared_by(Protection::NONE.and(Weakness::Path));
            self.clear(subject, lanes);
        }
    }

    pub fn is_common_path(&self, one: NodeId, _other: NodeId) -> bool {
        let tree = self.tree;
        tree.kind(one) == Kind::Call
            && tree.child(one, Field::Callee).is_some_and(|callee| matches!(tree.label(callee), "commonpath"))
    }

    /// `os.path.commonpath([base, path]) == base` with a path that was resolved.
    pub fn refine_common_path(&mut self, left: NodeId, right: NodeId) {
        let tree = self.tree;
        for (call, base) in [(left, right), (right, left)] {
            if !self.is_common_path(call, base) {
                continue;
            }
            let Some(list) = tree.child(call, Field::Argument) else { continue };
            let items: Vec<NodeId> = tree.children(list).collect();
            for item in items {
                if self.is_resolved(item) {
                    let lanes = self.cleared_by(Protection::NONE.and(Weakness::Path));
                    self.clear(item, lanes);
                }
            }
        }
    }

    pub fn is_resolved(&mut self, id: NodeId) -> bool {
        let tree = self.tree;
        let inner = match tree.kind(id) {
            Kind::Call => tree
                .child(id, Field::Callee)
                .filter(|&callee| tree.label(callee) == "str")
                .and_then(|_| tree.child(id, Field::Argument))
                .unwrap_or(id),
            _ => id,
        };
        match tree.kind(inner) {
            Kind::Name | Kind::Attribute | Kind::Subscript => {
                matches!(self.current(inner).known, Known::ResolvedPath)
            }
            Kind::Call => tree
                .child(inner, Field::Callee)
                .is_some_and(|callee| matches!(tree.label(callee), "resolve" | "realpath" | "abspath")),
            _ => false,
        }
    }

    pub fn refine_call(&mut self, call: NodeId, truth: bool) {
        let tree = self.tree;
        let Some(callee) = tree.child(call, Field::Callee) else { return };
        let method = tree.label(callee);
        let object = tree.child(callee, Field::Object);
        let arguments: Vec<NodeId> = tree.children_by(call, Field::Argument).collect();
        if let Some(&made) = self.call_sites.get(&call) {
            self.refine_by_callee(made, &arguments, object, truth);
        }
        if !truth {
            return;
        }
        if CHARACTER_CLASSES.contains(&method) {
            if let Some(object) = object {
                let lanes = self.cleared_by(Protection::SYNTAX);
                self.clear(object, lanes);
            }
            return;
        }
        match method {
            "fullmatch" | "match" | "search" => self.refine_regex(call, callee, method, &arguments),
            "startswith" => {
                if let (Some(object), Some(&prefix)) = (object, arguments.first()) {
                    self.refine_prefix(object, prefix);
                }
            }
            method if BELOW.contains(&method) => {
                if let Some(object) = object
                    && self.is_resolved(object)
                {
                    let lanes = self.cleared_by(Protection::NONE.and(Weakness::Path));
                    self.clear(object, lanes);
                }
            }
            "isinstance" => {
                let (Some(&subject), Some(&class)) = (arguments.first(), arguments.get(1)) else { return };
                let classes: Vec<&str> = match tree.kind(class) {
                    Kind::Tuple => tree.children(class).map(|class| tree.label(class)).collect(),
                    _ => vec![tree.label(class)],
                };
                let is_number = classes.iter().all(|class| {
                    matches!(*class, "int" | "float" | "bool" | "UUID" | "Decimal" | "date" | "datetime" | "complex")
                });
                let protection = if is_number {
                    Protection::SYNTAX
                } else if classes.iter().all(|class| matches!(*class, "str" | "bytes")) {
                    Protection::NONE.and(Weakness::Nosql)
                } else {
                    return;
                };
                let lanes = self.cleared_by(protection);
                self.clear(subject, lanes);
            }
            // `bool(check)`, `all(c in ALLOWED for c in x)`.
            "bool" => {
                if let Some(&inner) = arguments.first() {
                    self.refine(inner, true);
                }
            }
            "all" => {
                if let Some(&inner) = arguments.first() {
                    self.refine_every_character(inner);
                }
            }
            "contains" | "contains_key" => {
                // Rust: `ALLOWED.contains(&x)`.
                if tree.language() == crate::syntax::Language::Rust
                    && let (Some(object), Some(&subject)) = (object, arguments.first())
                    && self.is_collection(object)
                {
                    self.clear_closed(subject);
                }
            }
            _ => {}
        }
    }

    /// `all(c.isalnum() or c in "-_" for c in x)`.
    pub fn refine_every_character(&mut self, comprehension: NodeId) {
        let tree = self.tree;
        if tree.kind(comprehension) != Kind::Comprehension {
            return;
        }
        let (Some(item), Some(clause)) =
            (tree.child(comprehension, Field::Item), tree.child(comprehension, Field::Clause))
        else {
            return;
        };
        let Some(iterable) = tree.child(clause, Field::Iterable) else { return };
        let mut admitted = String::new();
        let mut open = vec![item];
        while let Some(at) = open.pop() {
            match tree.kind(at) {
                Kind::Boolean if tree.label(at) == "or" => open.extend(tree.children(at)),
                Kind::Call => {
                    let method = tree.child(at, Field::Callee).map_or("", |callee| tree.label(callee));
                    if !CHARACTER_CLASSES.contains(&method) {
                        return;
                    }
                }
                Kind::Compare if tree.label(at) == "in" => {
                    let Some(right) = tree.child(at, Field::Right) else { return };
                    if tree.kind(right) == Kind::Str {
                        admitted.push_str(tree.label(right));
                    } else if let Some(text) = self.current(right).as_text() {
                        admitted.push_str(text);
                    } else if !is_upper_case(tree.label(right)) && !tree.source(right).starts_with("string.") {
                        return;
                    }
                }
                _ => return,
            }
        }
        let protection = admitted::protection_of_characters(&admitted);
        let lanes = self.cleared_by(protection);
        self.clear(iterable, lanes);
    }

    /// A regular expression that the whole text must match admits only some characters.
    pub fn refine_regex(&mut self, call: NodeId, callee: NodeId, method: &str, arguments: &[NodeId]) {
        let tree = self.tree;
        let is_module =
            self.imported_name(callee).is_some_and(|name| name.starts_with("re.") || name.starts_with("regex."));
        let (pattern, subject) = if is_module {
            let (Some(&pattern), Some(&subject)) = (arguments.first(), arguments.get(1)) else { return };
            let pattern = self.evaluate_unmarked(pattern);
            (pattern.as_text().map(str::to_owned), subject)
        } else {
            let (Some(object), Some(&subject)) = (tree.child(callee, Field::Object), arguments.first()) else { return };
            let pattern = match self.current(object).known {
                Known::Pattern(pattern) => Some(pattern.to_string()),
                _ => None,
            };
            (pattern, subject)
        };
        let is_whole = method == "fullmatch";
        let protection = match pattern {
            Some(pattern) => admitted::protection_of_regex(&pattern, is_whole, method == "match"),
            // Somebody wrote an expression for the whole text; what it admits stands elsewhere.
            None if is_whole => Protection::SYNTAX,
            None => Protection::NONE,
        };
        let _ = call;
        let lanes = self.cleared_by(protection);
        self.clear(subject, lanes);
    }

    /// `x.startswith("https://host/")`, `str(path).startswith(base + os.sep)`.
    pub fn refine_prefix(&mut self, object: NodeId, prefix: NodeId) {
        let tree = self.tree;
        let value = match tree.kind(prefix) {
            Kind::Str | Kind::FString | Kind::Name | Kind::Attribute => self.evaluate_unmarked(prefix),
            _ => Value::default(),
        };
        if let Some(text) = value.as_text()
            && let Some((_, rest)) = text.split_once("://")
            && rest.find(['/', '?', '#']).is_some_and(|end| end > 0)
        {
            let lanes = self.cleared_by(Protection::NONE.and(Weakness::Url).and(Weakness::Redirect));
            self.clear(object, lanes);
            return;
        }
        let source = tree.source(prefix);
        let has_separator = source.contains("sep") || source.ends_with("/\"") || source.ends_with("/'");
        if has_separator && self.is_resolved(object) {
            let lanes = self.cleared_by(Protection::NONE.and(Weakness::Path));
            self.clear(object, lanes);
        }
    }
}

fn is_upper_case(name: &str) -> bool {
    name.len() > 1 && name.chars().any(|c| c.is_ascii_uppercase()) && !name.chars().any(char::is_lowercase)
}
