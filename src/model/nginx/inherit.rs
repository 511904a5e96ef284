//! What holds at a level: nginx's rules of inheritance.
//!
//! A directive holds for its block and all below until a block sets it anew. Directives that may stand several times
//! are replaced as a whole: one `add_header` in a location, and none of the server's remains. Content handlers
//! (`proxy_pass`, ...) hold for their location and the `if` and `limit_except` blocks in it; what the rewrite module runs
//! (`return`, `set`, ...) and `try_files` are not inherited at all.

use super::{Directive, Level};

/// What holds at a level, and where it was set.
#[derive(Debug, Clone)]
pub struct Effective<'m> {
    /// The innermost level that sets it.
    pub level: Directive<'m>,
    /// The directives that hold: one, or all lines of a list.
    pub directives: Vec<Directive<'m>>,
}

/// Directives that fill one list or one value together.
const SHARED: [&[&str]; 2] = [&["allow", "deny"], &["root", "alias"]];

/// Handed down to `if` and `limit_except` blocks only.
const HANDLERS: [&str; 9] = [
    "proxy_pass",
    "fastcgi_pass",
    "uwsgi_pass",
    "scgi_pass",
    "grpc_pass",
    "memcached_pass",
    "stub_status",
    "empty_gif",
    "api",
];

/// Not handed down at all.
const OWN: [&str; 10] =
    ["return", "rewrite", "set", "if", "break", "try_files", "location", "server_name", "listen", "limit_except"];

impl<'m> Directive<'m> {
    /// What holds at this block for a directive, or for those that share its list (`allow` with `deny`); `None` when
    /// nothing in the configuration sets it.
    pub fn effective(self, name: &str) -> Option<Effective<'m>> {
        let alone = [name];
        let names = SHARED.into_iter().find(|names| names.contains(&name)).unwrap_or(&alone);
        if name == "add_header" || name == "add_trailer" {
            return self.merged(name);
        }
        let mut level = self;
        loop {
            let directives: Vec<_> = level.children().filter(|child| child.is(names)).collect();
            if !directives.is_empty() {
                return Some(Effective { level, directives });
            }
            let is_handed_down = if HANDLERS.contains(&name) {
                matches!(level.level(), Level::If | Level::LimitExcept)
            } else {
                !OWN.contains(&name)
            };
            level = level.parent().filter(|_| is_handed_down)?;
        }
    }

    /// The first argument of what holds for a directive.
    pub fn value(self, name: &str) -> Option<&'m str> {
        self.effective(name)?.directives.first()?.argument(0)
    }

    /// Whether a switch is on here.
    pub fn is_on(self, name: &str) -> bool {
        self.value(name) == Some("on")
    }

    /// Whether nothing unknown can change what [`Self::effective`] says: all levels up to the one that sets it are wholly
    /// known; when none does, all up to the outermost one of a main file.
    pub fn knows(self, name: &str) -> bool {
        let found = self.effective(name).map(|effective| effective.level);
        for level in self.levels() {
            if !level.is_wholly_known() {
                return false;
            }
            if Some(level) == found {
                return true;
            }
        }
        self.root().level() == Level::Main
    }

    /// Lists that `add_header_inherit` (nginx 1.29.3) rules.
    fn merged(self, name: &str) -> Option<Effective<'m>> {
        let switch = if name == "add_header" { "add_header_inherit" } else { "add_trailer_inherit" };
        let mut directives: Vec<Directive<'m>> = Vec::new();
        let mut innermost = None;
        for level in self.levels() {
            let before = directives.len();
            directives.extend(level.children_named(name));
            let is_set_here = directives.len() > before;
            if is_set_here && innermost.is_none() {
                innermost = Some(level);
            }
            match level.value(switch) {
                Some("off") => break,
                Some("merge") => {}
                _ if is_set_here => break,
                _ => {}
            }
        }
        Some(Effective { level: innermost?, directives })
    }
}
