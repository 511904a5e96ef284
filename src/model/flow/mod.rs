//! Flow across files: the graphs of all files joined, and taint run along them from every source.
//!
//! Callees are resolved when taint reaches a call; calls and returns are matched, so that what one caller hands in does not
//! come back to another. Stands on facts and on the names of the project; knows no tree and no rule file.

mod entry;
mod graph;
mod paths;
mod propagate;
mod resolve;
mod trace;

use super::{Place, Project};
use crate::flow::taint::{LaneTable, TaintRuleId};

/// A value from outside that reaches a sink.
#[derive(Debug, Clone)]
pub struct TaintHit {
    /// The rule that asked.
    pub rule: TaintRuleId,
    /// What to report.
    pub place: Place,
    /// What the rule says of it.
    pub message: String,
    /// Names of what encloses the sink.
    pub anchor: String,
    /// Source to sink, with a sentence each.
    pub flow: Vec<(Place, String)>,
}

/// What flow analysis found.
#[derive(Debug, Default)]
pub struct TaintResult {
    /// In order of rule and place.
    pub hits: Vec<TaintHit>,
    /// Functions that were not followed to their end.
    pub limited: Vec<Place>,
    /// Whether the project as a whole was not.
    pub is_limited: bool,
}

/// Follows taint through a project, for one batch of lanes.
pub fn follow(project: &Project, batch: usize, table: &LaneTable) -> TaintResult {
    let graph = graph::Linked::new(project, batch);
    let limited = graph.limited();
    let mut propagation = propagate::Propagation::new(graph, table);
    propagation.run();
    let mut result = propagation.hits();
    result.limited = limited;
    result
}
