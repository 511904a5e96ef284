//! Taint within one file: what the rules mark on the tree, and how values carry it through functions.
//!
//! [`Marks`] say where rules see sources, sinks, sanitizers, guards and propagators. Stands on names and values; knows no
//! rule file, no other file and no report.

mod lanes;
mod marks;
mod weakness;

pub use lanes::{LANE_CAPACITY, Lane, LaneSet, LaneTable, LaneTerms, Requires, TaintRuleId};
pub use marks::{GuardMark, Marks, PropagatorMark, SanitizerMark, SinkMark, SourceMark};
pub use weakness::{Protection, Weakness};
