//! The state of one function: what each variable holds. Branches are run one after the other on the same state, with a
//! record of what they changed, so that a branch costs what it writes and no more.

use super::value::Value;
use rustc_hash::FxHashMap;

/// A variable, or an access path that is treated like one (`self.path`, `form["name"]`): an index.
pub(super) type SlotIx = u32;

/// What a branch changed, by slot.
pub(super) type Changes = FxHashMap<SlotIx, Option<Value>>;

/// How a branch ended.
#[derive(Debug, Default)]
pub(super) struct Outcome {
    /// Whether what follows can be reached.
    pub is_alive: bool,
    pub changes: Changes,
}

/// Variables of one function.
#[derive(Debug, Default)]
pub(super) struct State {
    values: Vec<Option<Value>>,
    trail: Vec<(SlotIx, Option<Value>)>,
    /// Whether the current place can be reached.
    pub is_alive: bool,
    slots: FxHashMap<Box<str>, SlotIx>,
    /// Access paths that begin with a variable.
    derived: FxHashMap<SlotIx, Vec<SlotIx>>,
    /// Every value that a variable was given, for functions that are nested in this one.
    pub given: Vec<(SlotIx, Value)>,
    /// Slots that are access paths, with their texts.
    path_texts: FxHashMap<SlotIx, Box<str>>,
}

impl State {
    pub fn new() -> Self {
        Self { is_alive: true, ..Self::default() }
    }

    /// The slot of a name, made at first use.
    pub fn slot(&mut self, name: &str) -> SlotIx {
        if let Some(&slot) = self.slots.get(name) {
            return slot;
        }
        let slot = SlotIx::try_from(self.values.len()).unwrap_or(SlotIx::MAX);
        self.values.push(None);
        self.slots.insert(name.into(), slot);
        slot
    }

    /// The slot of an access path below a variable.
    pub fn path_slot(&mut self, root: &str, path: &str) -> SlotIx {
        let known = self.slots.contains_key(path);
        let slot = self.slot(path);
        if !known {
            let root = self.slot(root);
            self.derived.entry(root).or_default().push(slot);
            self.path_texts.insert(slot, path.into());
        }
        slot
    }

    pub fn known_slot(&self, name: &str) -> Option<SlotIx> {
        self.slots.get(name).copied()
    }

    /// Whether any access path has a value of its own.
    pub fn has_paths(&self) -> bool {
        !self.path_texts.is_empty()
    }

    /// Whether a slot is an access path, no plain variable.
    pub fn is_path(&self, slot: SlotIx) -> bool {
        self.path_texts.contains_key(&slot)
    }

    pub fn get(&self, slot: SlotIx) -> Option<&Value> {
        self.values.get(slot as usize)?.as_ref()
    }

    pub fn read(&self, name: &str) -> Option<&Value> {
        self.get(self.known_slot(name)?)
    }

    pub fn set(&mut self, slot: SlotIx, value: Option<Value>) {
        let old = std::mem::replace(&mut self.values[slot as usize], value);
        self.trail.push((slot, old));
    }

    /// Forgets what is known of access paths below a variable; `except` keeps one of them.
    pub fn forget_paths(&mut self, root: SlotIx, except: Option<SlotIx>) {
        let Some(paths) = self.derived.get(&root).cloned() else { return };
        for path in paths {
            if Some(path) != except && self.values[path as usize].is_some() {
                self.set(path, None);
            }
        }
    }

    /// Forgets what is known of access paths that go on below a path.
    pub fn forget_below(&mut self, root: SlotIx, path: &str) {
        let Some(paths) = self.derived.get(&root) else { return };
        let below: Vec<SlotIx> = paths
            .iter()
            .copied()
            .filter(|&slot| {
                self.path_texts
                    .get(&slot)
                    .is_some_and(|text| text.strip_prefix(path).is_some_and(|rest| rest.starts_with(['.', '['])))
            })
            .collect();
        for slot in below {
            self.set(slot, None);
        }
    }

    /// Names and slots.
    pub fn names(&self) -> impl Iterator<Item = (&str, SlotIx)> {
        self.slots.iter().map(|(name, &slot)| (&**name, slot))
    }

    /// Slots whose values hold the same container, `slot` excluded.
    pub fn slots_where(&self, is_wanted: impl Fn(&Value) -> bool) -> Vec<SlotIx> {
        (0..)
            .zip(&self.values)
            .filter(|(_, value)| value.as_ref().is_some_and(&is_wanted))
            .map(|(slot, _)| slot)
            .collect()
    }

    /// Where the record stands.
    pub const fn mark(&self) -> usize {
        self.trail.len()
    }

    /// What was changed since a mark.
    pub fn changes(&self, mark: usize) -> Changes {
        self.trail[mark..].iter().map(|&(slot, _)| (slot, self.values[slot as usize].clone())).collect()
    }

    /// Every value that slots had since a mark, the first and the last among them.
    pub fn history(&self, mark: usize) -> FxHashMap<SlotIx, Vec<Value>> {
        let mut history: FxHashMap<SlotIx, Vec<Value>> = FxHashMap::default();
        for (slot, old) in &self.trail[mark..] {
            history.entry(*slot).or_default().extend(old.clone());
        }
        for (slot, values) in &mut history {
            values.extend(self.values[*slot as usize].clone());
        }
        history
    }

    /// Goes back to a mark.
    pub fn undo(&mut self, mark: usize) {
        while self.trail.len() > mark {
            if let Some((slot, old)) = self.trail.pop() {
                self.values[slot as usize] = old;
            }
        }
    }

    /// Ends a branch that began at a mark: its outcome, and the state as before.
    pub fn leave(&mut self, mark: usize) -> Outcome {
        let outcome = Outcome { is_alive: self.is_alive, changes: self.changes(mark) };
        self.undo(mark);
        outcome
    }
}
