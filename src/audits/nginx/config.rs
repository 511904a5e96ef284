//! A configuration as its audits ask about it: directives by name, where variables are made; and how a finding is written
//! down. Knows nothing about what is right or wrong.

use crate::audits::ProjectMatch;
use crate::model::nginx::{Directive, group_names};
use crate::model::{Place, Project};
use rustc_hash::{FxHashMap, FxHashSet};
use std::cell::OnceCell;

/// A configuration.
#[derive(Debug)]
pub(super) struct Config<'m> {
    roots: Vec<Directive<'m>>,
    variables: OnceCell<Variables<'m>>,
}

/// Where variables are made.
#[derive(Debug, Default)]
pub(super) struct Variables<'m> {
    /// `set $name value` by name.
    pub sets: FxHashMap<&'m str, Vec<Directive<'m>>>,
    /// `map source $name { }` by name.
    pub maps: FxHashMap<&'m str, Vec<Directive<'m>>>,
    /// Directives whose regular expression has named groups, by name of the group.
    pub named_groups: FxHashMap<&'m str, Vec<Directive<'m>>>,
}

impl<'m> Config<'m> {
    pub fn new(roots: Vec<Directive<'m>>) -> Self {
        Self { roots, variables: OnceCell::new() }
    }

    /// Every directive, in order.
    pub fn all(&self) -> impl Iterator<Item = Directive<'m>> + use<'m> {
        self.roots.clone().into_iter().flat_map(Directive::below)
    }

    /// Every directive of some names, in order.
    pub fn named(&self, names: &'static [&'static str]) -> impl Iterator<Item = Directive<'m>> + use<'m> {
        let of_root = |root: &Directive<'m>| names.iter().flat_map(|name| root.below_named(name)).collect::<Vec<_>>();
        let mut found: Vec<_> = self.roots.iter().flat_map(of_root).collect();
        found.sort_by_key(|directive| directive.id());
        found.into_iter()
    }

    /// Where variables are made.
    pub fn variables(&self) -> &Variables<'m> {
        self.variables.get_or_init(|| {
            let mut variables = Variables::default();
            for directive in self.named(&["set", "map", "location", "if", "server_name", "rewrite"]) {
                match directive.name() {
                    "set" => {
                        if let Some(name) = directive.argument(0).and_then(|name| name.strip_prefix('$')) {
                            variables.sets.entry(name).or_default().push(directive);
                        }
                    }
                    "map" => {
                        if let Some(name) = directive.argument(1).and_then(|name| name.strip_prefix('$')) {
                            variables.maps.entry(name).or_default().push(directive);
                        }
                    }
                    _ => {
                        for name in directive.arguments().into_iter().flat_map(group_names) {
                            variables.named_groups.entry(name).or_default().push(directive);
                        }
                    }
                }
            }
            variables
        })
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
