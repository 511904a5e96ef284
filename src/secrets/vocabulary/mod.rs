//! The words that speak of secrets, and those that speak of something else: tables, no logic.

mod names;
mod values;

pub(super) use names::*;
pub(super) use values::*;
