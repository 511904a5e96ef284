//! Statements whose parts are compared in ways of their own: `try`, `with`, classes, imports.
//!
//! Everything here follows what Semgrep does with such patterns (docs/semgrep.md), since rules written for it depend on it.

use super::bindings::Binding;
use super::matcher::{Matcher, Next, State};
use super::pattern_tree::{Label, Operator, PatternNode};
use crate::syntax::{Field, Kind, Language, NodeId};

impl Matcher<'_> {
    /// Each handler of the pattern is some handler of the code; `else` and `finally` are there in both or in neither.
    pub(super) fn try_statement(
        &self,
        pattern: &PatternNode,
        node: NodeId,
        state: &mut State,
        next: &mut Next<'_>,
    ) -> bool {
        let wanted: Vec<&PatternNode> = pattern.children_by(Field::Handler).collect();
        let present: Vec<NodeId> = self.tree.children_by(node, Field::Handler).collect();
        self.field_child(pattern, node, Field::Body, state, &mut |state| {
            self.distinct(&wanted, &present, state, &mut |state| {
                self.field_child(pattern, node, Field::Alternative, state, &mut |state| {
                    self.field_child(pattern, node, Field::Finally, state, next)
                })
            })
        })
    }

    /// `except:` is a handler without type, `except ...:` any handler.
    pub(super) fn handler(&self, pattern: &PatternNode, node: NodeId, state: &mut State, next: &mut Next<'_>) -> bool {
        let body = &mut |state: &mut State| self.field_child(pattern, node, Field::Body, state, next);
        let is_any = pattern.child(Field::Type).is_some_and(|wanted| matches!(wanted.operator, Operator::Ellipsis));
        if is_any && pattern.child(Field::Target).is_none() {
            return body(state);
        }
        self.label(&pattern.label, node, state, &mut |state| {
            self.field_child(pattern, node, Field::Type, state, &mut |state| {
                self.field_child(pattern, node, Field::Target, state, body)
            })
        })
    }

    /// `with a, b:` is `with a:` around `with b:`, so that a pattern may name a run of the items.
    pub(super) fn with_statement(
        &self,
        pattern: &PatternNode,
        node: NodeId,
        state: &mut State,
        next: &mut Next<'_>,
    ) -> bool {
        let wanted: Vec<&PatternNode> = pattern.children_by(Field::Item).collect();
        let present: Vec<NodeId> = self.tree.children_by(node, Field::Item).collect();
        self.label(&pattern.label, node, state, &mut |state| {
            present.windows(wanted.len().max(1)).any(|run| {
                self.with_items(&wanted, run, state, &mut |state| {
                    self.field_child(pattern, node, Field::Body, state, next)
                })
            })
        })
    }

    fn with_items(&self, wanted: &[&PatternNode], run: &[NodeId], state: &mut State, next: &mut Next<'_>) -> bool {
        let (Some((first, rest)), Some((&item, behind))) = (wanted.split_first(), run.split_first()) else {
            return next(state);
        };
        let (Some(value), Some(present)) = (first.child(Field::Value), self.tree.child(item, Field::Value)) else {
            return self.node(first, item, state, &mut |state| self.with_items(rest, behind, state, next));
        };
        let is_open = !matches!(value.operator, Operator::Code);
        self.node(value, present, state, &mut |state| {
            let behind = &mut |state: &mut State| self.with_items(rest, behind, state, next);
            match (first.child(Field::Target), self.tree.child(item, Field::Target)) {
                (Some(target), Some(present)) => self.node(target, present, state, behind),
                (None, Some(_)) => is_open && behind(state),
                (None, None) => behind(state),
                (Some(_), None) => false,
            }
        })
    }

    /// Bases and members in any order, more of them than the pattern names allowed.
    pub(super) fn class(&self, pattern: &PatternNode, node: NodeId, state: &mut State, next: &mut Next<'_>) -> bool {
        self.label(&pattern.label, node, state, &mut |state| {
            self.decorators(pattern, node, state, &mut |state| {
                self.bases(pattern, node, state, &mut |state| self.members(pattern, node, state, next))
            })
        })
    }

    fn bases(&self, pattern: &PatternNode, node: NodeId, state: &mut State, next: &mut Next<'_>) -> bool {
        let is_bound = pattern.children_by(Field::Base).any(|base| matches!(base.operator, Operator::MetaEllipsis(_)));
        if is_bound {
            return self.arguments(pattern, node, Field::Base, state, next);
        }
        let (wanted_keywords, wanted): (Vec<&PatternNode>, Vec<&PatternNode>) = pattern
            .children_by(Field::Base)
            .filter(|base| !base.is_sequence())
            .partition(|base| base.is_code(Kind::KeywordArgument));
        let (keywords, present): (Vec<NodeId>, Vec<NodeId>) =
            self.tree.children_by(node, Field::Base).partition(|&base| self.tree.kind(base) == Kind::KeywordArgument);
        self.distinct(&wanted, &present, state, &mut |state| self.distinct(&wanted_keywords, &keywords, state, next))
    }

    fn members(&self, pattern: &PatternNode, node: NodeId, state: &mut State, next: &mut Next<'_>) -> bool {
        let (Some(wanted), Some(body)) = (pattern.child(Field::Body), self.tree.child(node, Field::Body)) else {
            return self.field_child(pattern, node, Field::Body, state, next);
        };
        let is_bound = wanted.children.iter().any(|member| matches!(member.operator, Operator::MetaEllipsis(_)));
        if !wanted.is_code(Kind::Block) || is_bound {
            return self.node(wanted, body, state, next);
        }
        let members: Vec<&PatternNode> = wanted.children.iter().filter(|member| !member.is_sequence()).collect();
        let present: Vec<NodeId> = self.tree.children(body).collect();
        self.distinct(&members, &present, state, next)
    }

    /// Each name that the pattern imports is imported. Python: `import a.b`, `from a import b` and `from a.b import *`
    /// bring in `a.b`, and `import a` stands for imports of all below `a`.
    pub(super) fn import(&self, pattern: &PatternNode, node: NodeId, state: &mut State, next: &mut Next<'_>) -> bool {
        if self.tree.language() != Language::Python {
            return self.label(&pattern.label, node, state, &mut |state| {
                self.each_somewhere(pattern, node, Field::Item, state, next)
            });
        }
        let wanted: Vec<&PatternNode> =
            pattern.children_by(Field::Item).filter(|item| !matches!(item.operator, Operator::Ellipsis)).collect();
        let present: Vec<NodeId> = self.tree.children_by(node, Field::Item).collect();
        self.imported(pattern, &wanted, node, &present, state, next)
    }

    fn imported(
        &self,
        pattern: &PatternNode,
        wanted: &[&PatternNode],
        node: NodeId,
        present: &[NodeId],
        state: &mut State,
        next: &mut Next<'_>,
    ) -> bool {
        let Some((first, rest)) = wanted.split_first() else { return next(state) };
        present.iter().any(|&item| {
            self.imported_item(pattern, first, node, item, state, &mut |state| {
                self.imported(pattern, rest, node, present, state, next)
            })
        })
    }

    fn imported_item(
        &self,
        pattern: &PatternNode,
        wanted: &PatternNode,
        node: NodeId,
        item: NodeId,
        state: &mut State,
        next: &mut Next<'_>,
    ) -> bool {
        if pattern.kind == self.tree.kind(node) {
            let as_written = self.label(&pattern.label, node, state, &mut |state| self.node(wanted, item, state, next));
            if as_written {
                return true;
            }
        }
        // A name given with `as` stands in the same form of the statement.
        if pattern.kind != self.tree.kind(node) && wanted.child(Field::Alias).is_some() {
            return false;
        }
        let alias = &mut |state: &mut State| self.optional_child(wanted, item, Field::Alias, state, next);
        let path = self.imported_path(node, item);
        let span = self.tree.span(item);
        let is_below = |path: &str, wanted: &str| {
            path.strip_prefix(wanted).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
        };
        if pattern.kind == Kind::Import {
            return match &wanted.label {
                Label::Exact(exact) => is_below(&path, exact) && alias(state),
                Label::Metavariable(name) if pattern.kind != self.tree.kind(node) => {
                    self.bind(name, Binding::Text(path, span), state, alias)
                }
                _ => false,
            };
        }
        if let (Some(module), Some(name)) = (pattern.exact(), wanted.exact()) {
            let is_as_written = pattern.kind == self.tree.kind(node) && module == self.tree.label(node);
            return !is_as_written
                && !module.ends_with('.')
                && is_below(&path, &format!("{module}.{name}"))
                && alias(state);
        }
        // `from a import $X` stands for imports of all below `a`: `$X` is what follows it.
        if let (Some(module), Label::Metavariable(name)) = (pattern.exact(), &wanted.label)
            && self.tree.label(node) != module
        {
            let Some(below) = path.strip_prefix(module).and_then(|rest| rest.strip_prefix('.')) else { return false };
            let next_name = below.split('.').next().unwrap_or(below).to_owned();
            return self.bind(name, Binding::Text(next_name, span), state, alias);
        }
        // A metavariable for the module: `import a.b` is `from a import b`.
        let is_plain = self.tree.kind(node) == Kind::Import || self.tree.label(item) == "*";
        let Some((module, name)) = path.rsplit_once('.').filter(|_| is_plain) else { return false };
        self.label_text(&pattern.label, module, node, state, &mut |state| {
            self.label_text(&wanted.label, name, item, state, alias)
        })
    }

    /// What an item brings in: `a.b` for `import a.b`, `from a import b` and `from a.b import *`.
    fn imported_path(&self, node: NodeId, item: NodeId) -> String {
        let name = self.tree.label(item);
        if self.tree.kind(node) == Kind::Import {
            return name.to_owned();
        }
        let module = self.tree.label(node);
        match name {
            "*" => module.to_owned(),
            _ if module.ends_with('.') => format!("{module}{name}"),
            _ => format!("{module}.{name}"),
        }
    }
}
