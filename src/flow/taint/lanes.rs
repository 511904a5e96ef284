//! Lanes: all taint rules run together, each label of each rule on a lane of its own, one bit wide.

use super::weakness::{Protection, Weakness};
use std::sync::Arc;

/// Lanes in one table; a rule set with more is analysed in batches.
pub const LANE_CAPACITY: usize = 256;

/// One label of one taint rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Lane(pub u8);

/// A taint rule by its place among the taint rules of a rule set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TaintRuleId(pub u16);

/// A set of lanes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, PartialOrd, Ord)]
pub struct LaneSet([u64; LANE_CAPACITY / 64]);

impl LaneSet {
    /// No lane.
    pub const NONE: Self = Self([0; LANE_CAPACITY / 64]);
    /// Every lane.
    pub const ALL: Self = Self([u64::MAX; LANE_CAPACITY / 64]);

    /// The set of one lane.
    pub const fn of(lane: Lane) -> Self {
        let mut set = Self::NONE;
        set.0[(lane.0 / 64) as usize] = 1 << (lane.0 % 64);
        set
    }

    /// Whether no lane is in it.
    pub fn is_empty(self) -> bool {
        self == Self::NONE
    }

    /// Whether a lane is in it.
    pub const fn has(self, lane: Lane) -> bool {
        self.0[(lane.0 / 64) as usize] & (1 << (lane.0 % 64)) != 0
    }

    /// Lanes of either.
    #[must_use]
    pub fn union(self, other: Self) -> Self {
        Self(std::array::from_fn(|word| self.0[word] | other.0[word]))
    }

    /// Lanes of both.
    #[must_use]
    pub fn intersection(self, other: Self) -> Self {
        Self(std::array::from_fn(|word| self.0[word] & other.0[word]))
    }

    /// Lanes of this without those of the other.
    #[must_use]
    pub fn without(self, other: Self) -> Self {
        Self(std::array::from_fn(|word| self.0[word] & !other.0[word]))
    }

    /// Whether some lane is in both.
    pub fn meets(self, other: Self) -> bool {
        !self.intersection(other).is_empty()
    }

    /// The lanes in order.
    pub fn lanes(self) -> impl Iterator<Item = Lane> {
        (0..=u8::MAX).map(Lane).filter(move |&lane| self.has(lane))
    }
}

impl FromIterator<Lane> for LaneSet {
    fn from_iter<T: IntoIterator<Item = Lane>>(lanes: T) -> Self {
        lanes.into_iter().fold(Self::NONE, |set, lane| set.union(Self::of(lane)))
    }
}

/// What a lane stands for.
#[derive(Debug, Clone)]
pub struct LaneTerms {
    /// The rule.
    pub rule: TaintRuleId,
    /// The label; `None` for the one lane of a rule without labels.
    pub label: Option<Arc<str>>,
    /// What the rule watches for.
    pub weakness: Weakness,
    /// Whether what a web framework hands to a handler is a source (the rule has the kit of request input).
    pub takes_requests: bool,
    /// Whether functions that are not known give back nothing of what they are given.
    pub trusts_functions: bool,
}

/// The lanes of a rule set (or of one batch of it).
#[derive(Debug, Clone, Default)]
pub struct LaneTable {
    lanes: Vec<LaneTerms>,
    requests: LaneSet,
    trusting: LaneSet,
}

impl LaneTable {
    /// Adds a lane; `None` when the table is full.
    pub fn add(&mut self, terms: LaneTerms) -> Option<Lane> {
        let lane = Lane(u8::try_from(self.lanes.len()).ok()?);
        if terms.takes_requests {
            self.requests = self.requests.union(LaneSet::of(lane));
        }
        if terms.trusts_functions {
            self.trusting = self.trusting.union(LaneSet::of(lane));
        }
        self.lanes.push(terms);
        Some(lane)
    }

    /// How many lanes can be added yet.
    pub fn free(&self) -> usize {
        LANE_CAPACITY - self.lanes.len().min(LANE_CAPACITY)
    }

    /// What a lane stands for.
    pub fn terms(&self, lane: Lane) -> Option<&LaneTerms> {
        self.lanes.get(usize::from(lane.0))
    }

    /// All lanes in order.
    pub fn lanes(&self) -> impl Iterator<Item = (Lane, &LaneTerms)> {
        (0..=u8::MAX).map(Lane).zip(&self.lanes)
    }

    /// Whether there is no lane.
    pub fn is_empty(&self) -> bool {
        self.lanes.is_empty()
    }

    /// Lanes for which the parameters of request handlers are sources.
    pub const fn requests(&self) -> LaneSet {
        self.requests
    }

    /// Lanes that functions clear which nobody knows.
    pub const fn trusting(&self) -> LaneSet {
        self.trusting
    }

    /// Lanes that something clears which protects against some weaknesses.
    pub fn cleared_by(&self, protection: Protection) -> LaneSet {
        self.lanes().filter(|(_, terms)| protection.covers(terms.weakness)).map(|(lane, _)| lane).collect()
    }
}

/// What a sink asks of the taint that reaches it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Requires {
    /// This lane.
    Lane(Lane),
    /// All of them.
    All(Vec<Requires>),
    /// One of them.
    Any(Vec<Requires>),
    /// Not this.
    Not(Box<Requires>),
}

impl Requires {
    /// Whether taint of these lanes is what is asked for.
    pub fn holds(&self, lanes: LaneSet) -> bool {
        match self {
            Self::Lane(lane) => lanes.has(*lane),
            Self::All(terms) => terms.iter().all(|term| term.holds(lanes)),
            Self::Any(terms) => terms.iter().any(|term| term.holds(lanes)),
            Self::Not(term) => !term.holds(lanes),
        }
    }

    /// All lanes that it speaks of.
    pub fn lanes(&self) -> LaneSet {
        match self {
            Self::Lane(lane) => LaneSet::of(*lane),
            Self::All(terms) | Self::Any(terms) => {
                terms.iter().fold(LaneSet::NONE, |lanes, term| lanes.union(term.lanes()))
            }
            Self::Not(term) => term.lanes(),
        }
    }
}
