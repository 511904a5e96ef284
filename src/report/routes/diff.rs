//! What changed between two tables: routes that came and went, and protections that were lost.

use super::markdown::code;
use super::table::methods;
use super::view::{RouteView, RoutesView};
use crate::report::paint::Paint;
use crate::source::printable::printable_line as printable;
use serde::Serialize;
use std::collections::BTreeMap;
use std::io::{self, Write};

/// All changes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Difference {
    /// Routes that are new.
    pub added: Vec<Change>,
    /// Routes that are no more.
    pub removed: Vec<Change>,
    /// Routes that lost a protection.
    pub weakened: Vec<Weakening>,
    /// Routes that gained one.
    pub strengthened: Vec<Weakening>,
}

/// A route that came or went.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Change {
    /// Application, method and path.
    pub route: String,
    /// Whether anything authenticates it.
    pub authenticated: bool,
}

/// What a route lost or gained.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Weakening {
    /// Application, method and path.
    pub route: String,
    /// What exactly, one sentence each.
    pub what: Vec<String>,
}

impl Difference {
    /// Whether nothing changed.
    pub const fn is_empty(&self) -> bool {
        self.added.is_empty() && self.removed.is_empty() && self.weakened.is_empty() && self.strengthened.is_empty()
    }
}

/// By what a route is recognised again: application, method and path. Routes with several methods are taken apart.
fn by_key(view: &RoutesView) -> BTreeMap<String, &RouteView> {
    let mut found = BTreeMap::new();
    for route in &view.routes {
        let methods = if route.methods.is_empty() { vec![methods(route)] } else { route.methods.clone() };
        for method in methods {
            let app = route.app.as_deref().unwrap_or("(no application)");
            // The first registration is the one that answers.
            found.entry(format!("{app} {method} {}", route.path)).or_insert(route);
        }
    }
    found
}

/// What changed from one table to another.
pub fn difference(old: &RoutesView, new: &RoutesView) -> Difference {
    let (old, new) = (by_key(old), by_key(new));
    let change = |(key, route): (&String, &&RouteView)| Change {
        route: key.clone(),
        authenticated: route.authentication.is_some(),
    };
    let mut found = Difference {
        added: new.iter().filter(|(key, _)| !old.contains_key(*key)).map(change).collect(),
        removed: old.iter().filter(|(key, _)| !new.contains_key(*key)).map(change).collect(),
        weakened: Vec::new(),
        strengthened: Vec::new(),
    };
    for (key, after) in &new {
        let Some(before) = old.get(key) else { continue };
        let lost = lost(before, after);
        if !lost.is_empty() {
            found.weakened.push(Weakening { route: key.clone(), what: lost });
        }
        let gained = self::lost(after, before);
        if !gained.is_empty() {
            let what = gained.into_iter().map(|what| what.replacen("lost", "gained", 1)).collect();
            found.strengthened.push(Weakening { route: key.clone(), what });
        }
    }
    found
}

/// The protections that one has and the other has not.
fn lost(before: &RouteView, after: &RouteView) -> Vec<String> {
    let mut lost = Vec::new();
    if let Some(guard) = before.authentication.as_ref().filter(|_| after.authentication.is_none()) {
        lost.push(format!("lost authentication by `{}`", guard.name));
    }
    if let Some(guard) = before.authorisation.as_ref().filter(|_| after.authorisation.is_none()) {
        lost.push(format!("lost authorisation by `{}`", guard.name));
    }
    let works = |route: &RouteView| route.rate_limit.clone().filter(|limit| limit.defect.is_none());
    if let Some(limit) = works(before).filter(|_| works(after).is_none()) {
        lost.push(format!("lost the rate limit `{}`", limit.limit));
    }
    for input in &before.inputs {
        let Some(same) = after.inputs.iter().find(|other| other.name == input.name && other.input == input.input)
        else {
            continue;
        };
        for (name, value) in &input.constraints {
            if !same.constraints.contains_key(name) {
                lost.push(format!("lost the constraint `{name}={value}` on {} `{}`", input.input, input.name));
            }
        }
    }
    lost
}

/// Writes the changes for people.
///
/// # Errors
/// What the stream says.
pub fn difference_text(found: &Difference, paint: Paint, out: &mut dyn Write) -> io::Result<()> {
    if found.is_empty() {
        return writeln!(out, "No route was added or removed, and none lost a protection.");
    }
    for change in &found.added {
        let note = if change.authenticated { "" } else { "  without authentication" };
        writeln!(out, "{} {}{}", paint.good("added"), printable(&change.route), paint.warning(note))?;
    }
    for change in &found.removed {
        writeln!(out, "{} {}", paint.dim("removed"), printable(&change.route))?;
    }
    for (word, list) in [("weakened", &found.weakened), ("strengthened", &found.strengthened)] {
        for change in list {
            let word = if word == "weakened" { paint.bad(word) } else { paint.good(word) };
            writeln!(out, "{word} {}: {}", printable(&change.route), printable(&change.what.join(", ")))?;
        }
    }
    Ok(())
}

/// Writes the changes as Markdown.
///
/// # Errors
/// What the stream says.
pub fn difference_markdown(found: &Difference, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "# Routes: what changed\n")?;
    if found.is_empty() {
        return writeln!(out, "No route was added or removed, and none lost a protection.");
    }
    for change in &found.added {
        let note = if change.authenticated { "" } else { ", **without authentication**" };
        writeln!(out, "- added {}{note}", code(&change.route))?;
    }
    for change in &found.removed {
        writeln!(out, "- removed {}", code(&change.route))?;
    }
    for (word, list) in [("**weakened**", &found.weakened), ("strengthened", &found.strengthened)] {
        for change in list {
            let what: Vec<String> = change.what.iter().map(|what| printable(what).into_owned()).collect();
            writeln!(out, "- {word} {}: {}", code(&change.route), what.join(", "))?;
        }
    }
    Ok(())
}
