//! Taint within one file: what the rules mark on the tree, and how values carry it through functions.
//!
//! [`Marks`] say where rules see sources, sinks, sanitizers, guards and propagators. Stands on names and values; knows no
//! rule file, no other file and no report.

mod access;
mod admitted;
mod callbacks;
mod calls;
mod containers;
mod declare;
mod expressions;
mod functions;
mod graph;
mod guards;
mod interpreter;
mod known;
mod known_calls;
mod lanes;
mod loops;
mod marking;
mod marks;
mod methods;
mod names;
mod parts;
mod patterns;
mod proofs;
mod shared;
mod state;
mod statements;
mod targets;
mod texts;
mod value;
mod weakness;

pub use functions::summarise;
pub use lanes::{LANE_CAPACITY, Lane, LaneSet, LaneTable, LaneTerms, Requires, TaintRuleId};
pub use marks::{GuardMark, Marks, PropagatorMark, SanitizerMark, SinkMark, SourceMark};
pub use weakness::{Protection, Weakness};
