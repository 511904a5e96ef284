//! A configuration as its audits ask about it: what stands before a directive, where variables are made; and how a
//! finding is written down. Knows nothing about what is right or wrong.

use crate::audits::ProjectMatch;
use crate::model::nginx::{Directive, DirectiveId, group_names};
use crate::model::{Place, Project};
use rustc_hash::{FxHashMap, FxHashSet};

/// A configuration with its variables indexed.
#[derive(Debug)]
pub(super) struct Config<'m> {
    roots: Vec<Directive<'m>>,
    /// The directive before a directive in the same block.
    previous: FxHashMap<DirectiveId, DirectiveId>,
    /// `set $name value` by name.
    pub sets: FxHashMap<&'m str, Vec<Directive<'m>>>,
    /// `map source $name { }` by name.
    pub maps: FxHashMap<&'m str, Vec<Directive<'m>>>,
    /// Directives whose regular expression has named groups, by name of the group.
    pub named_groups: FxHashMap<&'m str, Vec<Directive<'m>>>,
}

impl<'m> Config<'m> {
    pub fn new(roots: Vec<Directive<'m>>) -> Self {
        let mut config = Self {
            roots,
            previous: FxHashMap::default(),
            sets: FxHashMap::default(),
            maps: FxHashMap::default(),
            named_groups: FxHashMap::default(),
        };
        for root in config.roots.clone() {
            config.link_siblings(root);
        }
        let all: Vec<_> = config.all().collect();
        for directive in all {
            if directive.has_block() {
                config.link_siblings(directive);
            }
            match directive.name() {
                "set" => {
                    if let Some(name) = directive.argument(0).and_then(|name| name.strip_prefix('$')) {
                        config.sets.entry(name).or_default().push(directive);
                    }
                }
                "map" => {
                    if let Some(name) = directive.argument(1).and_then(|name| name.strip_prefix('$')) {
                        config.maps.entry(name).or_default().push(directive);
                    }
                }
                "location" | "if" | "server_name" | "rewrite" => {
                    for argument in directive.arguments() {
                        for name in group_names(argument) {
                            config.named_groups.entry(name).or_default().push(directive);
                        }
                    }
                }
                _ => {}
            }
        }
        config
    }

    /// Every directive, in order.
    pub fn all(&self) -> impl Iterator<Item = Directive<'m>> + use<'m> {
        self.roots.clone().into_iter().flat_map(Directive::below)
    }

    /// Every directive of some names.
    pub fn named(&self, names: &'static [&'static str]) -> impl Iterator<Item = Directive<'m>> + use<'m> {
        self.all().filter(move |directive| directive.is(names))
    }

    /// What stands before a directive in its block, nearest first; at most a hundred.
    pub fn before(&self, directive: Directive<'m>) -> impl Iterator<Item = Directive<'m>> + '_ {
        std::iter::successors(self.previous.get(&directive.id()), |id| self.previous.get(id))
            .take(100)
            .map(move |&id| directive.with_id(id))
    }

    fn link_siblings(&mut self, block: Directive<'m>) {
        let mut before = None;
        for directive in block.children() {
            if let Some(before) = before.replace(directive.id()) {
                self.previous.insert(directive.id(), before);
            }
        }
    }
}

/// Runs a check on every configuration of a project. A directive that several servers include is reported once.
pub(super) fn each(project: &Project, check: impl Fn(&Config<'_>) -> Vec<ProjectMatch>) -> Vec<ProjectMatch> {
    let mut seen = FxHashSet::default();
    let mut all = Vec::new();
    for roots in project.nginx().configurations() {
        let found = check(&Config::new(roots));
        all.extend(found.into_iter().filter(|one| seen.insert((one.place, one.variant))));
    }
    all
}

/// A finding about a directive. Where it came by an include, the includes are named too.
pub(super) fn report(directive: Directive<'_>, place: Place, captures: &[(&str, &str)]) -> ProjectMatch {
    let mut found = ProjectMatch::new(place, directive.anchor());
    found.captures = captures.iter().map(|(name, value)| ((*name).to_owned(), shortened(value))).collect();
    let includes = std::iter::successors(directive.included_by(), |include| include.included_by());
    found.related = includes.take(8).map(|include| (include.argument_place(0), "Included here".to_owned())).collect();
    found
}

/// A text that can stand in a message.
fn shortened(text: &str) -> String {
    const LONGEST: usize = 120;
    let mut out: String = text.chars().take(LONGEST).map(|one| if one.is_control() { ' ' } else { one }).collect();
    if text.chars().nth(LONGEST).is_some() {
        out.push('…');
    }
    out
}
