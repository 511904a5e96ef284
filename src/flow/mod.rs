//! What names mean and what values are, within one file.
//!
//! Stands on the tree alone; knows no rule. Scopes and imports resolve names ([`Names`]), and [`Values`] folds expressions
//! to constants or to texts with holes. What is unknown stays unknown; the caller decides what that means.

mod assigned;
mod attributes;
mod format;
mod guards;
mod names;
mod python_formats;
mod python_operators;
mod python_values;
mod rust_closed;
mod rust_values;
mod scopes;
pub mod taint;
#[cfg(test)]
mod tests;
mod values;

pub use names::Names;
pub use scopes::{Definition, DefinitionKind, ScopeId, Scopes};
pub use values::{Constant, Hole, Part, Text, Value, Values, number};
