//! nginx: headers that are sent with a literal value, and variables that are set to one.

use super::literal::Literal;
use super::{Collector, Position};
use crate::syntax::{Field, Kind, NodeId};

/// Directives of the form `directive NAME VALUE`.
const NAMED: &[&str] =
    &["proxy_set_header", "grpc_set_header", "fastcgi_param", "uwsgi_param", "scgi_param", "set", "add_header", "env"];

impl Collector<'_> {
    pub(super) fn nginx(&mut self) {
        for node in self.tree.ids() {
            if self.tree.kind(node) != Kind::Directive || !NAMED.contains(&self.tree.label(node)) {
                continue;
            }
            let arguments: Vec<NodeId> = self.tree.children_by(node, Field::Argument).take(2).collect();
            let [name, value] = arguments[..] else { continue };
            let name = self.tree.label(name).trim_start_matches('$').to_owned();
            let name = name.strip_prefix("HTTP_").unwrap_or(&name);
            if self.is_interesting(name)
                && let Some(literal) = Literal::of(self.tree, value)
            {
                self.push(name, literal, Position::Directive);
            }
        }
    }
}
