//! Queries over configuration trees, and the typed values they compare.

pub mod values;
