//! Rule packs: from YAML to rules ready to run.
//!
//! [`schema`] is the shape of a rule file, [`load`] reads files and points at mistakes, [`compile`] turns a specification
//! into a [`Rule`]. This module knows how a rule is written; it does not run rules and reads no scanned file.

mod builtin;
mod compile;
mod formula;
mod load;
mod locate;
mod modern;
pub mod schema;
pub mod taint;

pub use compile::{Check, FixKind, PathFilter, Rule, RuleFix, Supersession};
pub use load::{Loaded, RuleProblem, RuleSources, load};
