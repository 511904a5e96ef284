//! Taint on its way: facts (this part of this value carries these lanes, entered here) are made until no new ones come.
//!
//! A function is looked at once for each way in which taint enters it; what it gives back goes to those callers only from
//! which that taint came. Facts are worked off in the order in which they were found, so the first way to a place is one
//! of the shortest.

use super::entry::Entries;
use super::graph::{Call, Class, Function, Linked, Name, Node, Port};
use super::paths::{Path, Paths, WHOLE};
use super::resolve::{self, Fill, Resolver, Target};
use super::{TaintHit, TaintResult};
use crate::facts::flow::{Action, FunctionIx, Piece};
use crate::flow::taint::{LaneSet, LaneTable, Protection};
use rustc_hash::{FxHashMap, FxHashSet};
use std::collections::VecDeque;

/// Facts of one project; beyond it the analysis stops with a notification.
const MAX_FACTS: usize = 1_500_000;
/// Edges followed in one project.
const MAX_STEPS: u64 = 30_000_000;
/// Parts of one value that are told apart for one entry; with more of them the whole counts.
const MAX_PARTS: u8 = 12;

/// A fact: index.
pub(super) type FactIx = u32;

/// How taint came into a function.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Entry {
    /// From a source in the function itself, or from no caller in particular.
    Own(u32, FunctionIx),
    /// Through a parameter: its node, and which part of it.
    Parameter(Node, Path),
    /// In a variable that belongs to no function.
    Shared(u32),
}

/// Where a fact came from.
#[derive(Debug, Clone, Copy)]
pub(super) enum Origin {
    /// A source, by number in its file.
    Source(u32),
    /// A parameter that a framework fills from the request.
    Request,
    /// Another fact in the same function.
    Fact(FactIx),
    /// What a caller handed in: its fact and the call.
    Caller(FactIx, Call),
    /// What a callee gave back: the fact at the call, the callee's at its end, the call.
    Callee(FactIx, FactIx, Call),
    /// What a callee gave back that has it from elsewhere.
    Returned(FactIx, Call),
}

#[derive(Debug)]
pub(super) struct Fact {
    pub entry: Entry,
    pub node: Node,
    pub path: Path,
    pub lanes: LaneSet,
    /// Which lanes came from where, in order.
    pub origins: Vec<(LaneSet, Origin)>,
    is_queued: bool,
}

/// The run.
pub(super) struct Propagation<'p, 't> {
    pub linked: Linked<'p>,
    table: &'t LaneTable,
    pub resolver: Resolver,
    pub paths: Paths,
    pub facts: Vec<Fact>,
    known: FxHashMap<(Entry, Node, Path), FactIx>,
    queue: VecDeque<FactIx>,
    /// How many parts of a value carry taint.
    parts: FxHashMap<(Entry, Node), u8>,
    /// Who entered here: facts of callers and their calls.
    callers: FxHashMap<Entry, Vec<(FactIx, Call)>>,
    /// Ends of functions that were reached, by entry.
    exits: FxHashMap<Entry, Vec<FactIx>>,
    /// The parts of a parameter through which taint came in.
    ways: FxHashMap<Node, Vec<Path>>,
    entries: Entries,
    reached: Vec<Vec<FactIx>>,
    sinks: FxHashMap<(u32, u32), usize>,
    imports: Option<FxHashMap<Name, Vec<Node>>>,
    attributes: Option<FxHashMap<Name, Vec<(Class, Node)>>>,
    steps: u64,
    is_limited: bool,
}

impl<'p, 't> Propagation<'p, 't> {
    pub fn new(linked: Linked<'p>, table: &'t LaneTable) -> Self {
        Self {
            linked,
            table,
            resolver: Resolver::default(),
            paths: Paths::new(),
            facts: Vec::new(),
            known: FxHashMap::default(),
            queue: VecDeque::new(),
            parts: FxHashMap::default(),
            callers: FxHashMap::default(),
            exits: FxHashMap::default(),
            ways: FxHashMap::default(),
            entries: Entries::default(),
            reached: Vec::new(),
            sinks: FxHashMap::default(),
            imports: None,
            attributes: None,
            steps: 0,
            is_limited: false,
        }
    }

    /// Runs until nothing new is found.
    pub fn run(&mut self) {
        // Without a sink nothing is to be found.
        if self.linked.files.iter().all(|file| file.facts.sinks.is_empty()) {
            return;
        }
        self.seed();
        while let Some(fact) = self.queue.pop_front() {
            self.facts[fact as usize].is_queued = false;
            self.advance(fact);
            if self.steps > MAX_STEPS || self.facts.len() > MAX_FACTS {
                self.is_limited = true;
                return;
            }
        }
    }

    fn seed(&mut self) {
        for file in 0..u32::try_from(self.linked.files.len()).unwrap_or(u32::MAX) {
            let facts = self.linked.facts(file);
            for (index, source) in (0..).zip(&facts.sources) {
                if source.requires.is_some() {
                    continue;
                }
                let node = Node { file, node: source.node };
                let entry = Entry::Own(file, self.linked.group(node));
                self.add(entry, node, WHOLE, source.lanes, Origin::Source(index));
            }
        }
        let requests = self.table.requests();
        if requests.is_empty() {
            return;
        }
        self.entries = Entries::find(&self.linked, &mut self.resolver);
        let closed = self.table.cleared_by(Protection::SYNTAX);
        for input in self.entries.inputs.clone() {
            let lanes = if input.is_closed { requests.without(closed) } else { requests };
            let parameter = &self.linked.function(input.function).parameters[input.parameter as usize];
            let node = Node { file: input.function.file, node: parameter.node };
            let path =
                input.fields.iter().rev().fold(WHOLE, |path, &field| self.paths.store(Piece::Attribute(field), path));
            let entry = Entry::Own(node.file, self.linked.group(node));
            self.add(entry, node, path, lanes, Origin::Request);
        }
    }

    /// Notes that a part of a value carries lanes.
    fn add(&mut self, entry: Entry, node: Node, path: Path, lanes: LaneSet, origin: Origin) {
        if lanes.is_empty() {
            return;
        }
        let mut path = path;
        if path != WHOLE && !self.known.contains_key(&(entry, node, path)) {
            let parts = self.parts.entry((entry, node)).or_default();
            *parts = parts.saturating_add(1);
            if *parts > MAX_PARTS {
                path = WHOLE;
            }
        }
        let index = *self.known.entry((entry, node, path)).or_insert_with(|| {
            let fact = Fact { entry, node, path, lanes: LaneSet::NONE, origins: Vec::new(), is_queued: false };
            self.facts.push(fact);
            FactIx::try_from(self.facts.len() - 1).unwrap_or(FactIx::MAX)
        });
        let fact = &mut self.facts[index as usize];
        let new = lanes.without(fact.lanes);
        if new.is_empty() {
            return;
        }
        fact.lanes = fact.lanes.union(new);
        fact.origins.push((new, origin));
        if !fact.is_queued {
            fact.is_queued = true;
            self.queue.push_back(index);
        }
    }

    /// Lets a fact go on along all ways from its node.
    fn advance(&mut self, index: FactIx) {
        let Fact { entry, node, path, lanes, .. } = self.facts[index as usize];
        for port in 0..self.linked.ports(node).len() {
            let (_, port) = self.linked.ports(node)[port];
            self.steps += 1;
            self.through(index, port);
        }
        for edge in self.linked.edges(node) {
            self.steps += 1;
            let to = Node { file: node.file, node: edge.to };
            let mut lanes = lanes.without(self.linked.facts(node.file).cleared(edge.filter));
            let path = match edge.action {
                Action::Same => Some(path),
                Action::Load(piece) => self.paths.load(self.linked.piece(node.file, piece), path),
                Action::Store(piece) => Some(self.paths.store(self.linked.piece(node.file, piece), path)),
                Action::Without(piece) => self.paths.without(self.linked.piece(node.file, piece), path),
                Action::Into => self.paths.made_of(path),
                Action::All => Some(WHOLE),
                Action::Checked(call, argument) => {
                    lanes = lanes.without(self.cleared(Call { file: node.file, call }, argument, None));
                    Some(path)
                }
                Action::Proved(call, argument, truth) => {
                    lanes = lanes.without(self.cleared(Call { file: node.file, call }, argument, Some(truth)));
                    Some(path)
                }
            };
            let Some(path) = path else { continue };
            let Some(entry) = self.entry_behind(entry, node, to) else { continue };
            self.add(entry, to, path, lanes, Origin::Fact(index));
        }
    }

    /// The entry under which a fact goes on: variables that belong to no function forget who put something in.
    fn entry_behind(&self, entry: Entry, from: Node, to: Node) -> Option<Entry> {
        let group = self.linked.group(to);
        if self.linked.is_shared(to) {
            let is_attribute = self.linked.ports(to).iter().any(|(_, port)| matches!(port, Port::Attribute(_)));
            // What a caller put into an object follows the object; only what a method itself reads is everybody's.
            let is_own = !matches!(entry, Entry::Parameter(..));
            return (!is_attribute || is_own).then_some(Entry::Shared(to.file));
        }
        if self.linked.is_shared(from) {
            return Some(Entry::Own(to.file, group));
        }
        if self.linked.group(from) != group {
            return Some(Entry::Own(to.file, group));
        }
        Some(entry)
    }

    /// The lanes that a callee clears of an argument: all callees must.
    fn cleared(&mut self, call: Call, argument: u32, truth: Option<bool>) -> LaneSet {
        let targets = self.resolver.targets(&self.linked, call);
        let mut cleared: Option<LaneSet> = None;
        for target in targets.iter() {
            let Target::Function(function, offset) = *target else { return LaneSet::NONE };
            let parameter = if argument == u32::MAX {
                Some(0)
            } else {
                let slot = self.linked.call(call).arguments[argument as usize].slot;
                match resolve::fills(&self.linked, call, slot, function, offset).as_slice() {
                    [Fill::Whole(parameter)] => Some(*parameter),
                    _ => None,
                }
            };
            let here = parameter.map_or(LaneSet::NONE, |parameter| match truth {
                None => resolve::checked(&self.linked, function, parameter),
                Some(truth) => resolve::proved(&self.linked, function, parameter, truth),
            });
            cleared = Some(cleared.map_or(here, |cleared| cleared.intersection(here)));
        }
        cleared.unwrap_or(LaneSet::NONE)
    }

    /// A fact at something that reaches beyond its function.
    fn through(&mut self, index: FactIx, port: Port) {
        let Fact { entry, node, path, lanes, .. } = self.facts[index as usize];
        let file = node.file;
        match port {
            Port::Argument(call, number) => self.hand_to(index, Call { file, call }, Some(number)),
            Port::Receiver(call) => self.hand_to(index, Call { file, call }, None),
            Port::Return(function) => self.out_of(index, Function { file, function }),
            Port::Out(function, _) => self.out_of(index, Function { file, function }),
            Port::Sink(sink) => {
                let reached = &mut self.reached;
                let at = *self.sinks.entry((file, sink)).or_insert_with(|| {
                    reached.push(Vec::new());
                    reached.len() - 1
                });
                if !self.reached[at].contains(&index) {
                    self.reached[at].push(index);
                }
            }
            Port::Global => self.reach_importers(index),
            Port::Imported => {}
            Port::Attribute(class) => self.reach_relatives(index, Class { file, class }),
            Port::Conditional(source) => {
                let source_facts = &self.linked.facts(file).sources[source as usize];
                let is_met = source_facts.requires.as_ref().is_some_and(|requires| requires.holds(lanes));
                if is_met && path == WHOLE {
                    self.add(entry, node, WHOLE, source_facts.lanes, Origin::Fact(index));
                }
            }
        }
    }

    // ---- calls --------------------------------------------------------------------------------------------------------

    /// Taint is handed to a call, as an argument or as the receiver.
    fn hand_to(&mut self, index: FactIx, call: Call, argument: Option<u32>) {
        let Fact { entry, path, lanes, .. } = self.facts[index as usize];
        let site = self.linked.call(call);
        let targets = self.resolver.targets(&self.linked, call);
        for target in targets.iter() {
            match *target {
                Target::Function(function, offset) => {
                    let fills = match argument {
                        None if offset == 1 => vec![Fill::Whole(0)],
                        None => Vec::new(),
                        Some(number) => {
                            let slot = site.arguments[number as usize].slot;
                            resolve::fills(&self.linked, call, slot, function, offset)
                        }
                    };
                    for fill in fills {
                        self.enter(index, call, argument, function, fill);
                    }
                }
                Target::Record(class) => {
                    if let Some(number) = argument {
                        self.fill_field(index, call, number, class);
                    }
                }
            }
        }
        if targets.is_empty()
            && site.passes
            && let Some(path) = self.paths.made_of(path)
        {
            let result = Node { file: call.file, node: site.result };
            let lanes = lanes.without(self.table.trusting());
            self.add(entry, result, path, lanes, Origin::Fact(index));
        }
    }

    fn enter(&mut self, index: FactIx, call: Call, argument: Option<u32>, function: Function, fill: Fill) {
        let Fact { path, lanes, .. } = self.facts[index as usize];
        let parameter = &self.linked.function(function).parameters[fill.parameter() as usize];
        let name = self.linked.files[function.file as usize].names[parameter.name as usize];
        let path = match fill {
            Fill::Whole(_) => Some(path),
            Fill::Element(_) => Some(self.paths.store(Piece::Element, path)),
            Fill::Key(_) => {
                let slot = argument.map(|number| self.linked.call(call).arguments[number as usize].slot);
                let key = match slot {
                    Some(crate::facts::flow::Slot::Keyword(key)) => {
                        Piece::Key(self.linked.files[call.file as usize].names[key as usize])
                    }
                    _ => Piece::Element,
                };
                Some(self.paths.store(key, path))
            }
            Fill::FromElement(_) => self.paths.load(Piece::Element, path),
            Fill::FromKey(_) => self.paths.load(Piece::Key(name), path),
        };
        let Some(path) = path else { return };
        let node = Node { file: function.file, node: parameter.node };
        let path = self.entry_path(node, path);
        let entry = Entry::Parameter(node, path);
        self.add(entry, node, path, lanes, Origin::Caller(index, call));
        let callers = self.callers.entry(entry).or_default();
        if !callers.contains(&(index, call)) {
            callers.push((index, call));
        }
        // What is known of the function already.
        for exit in self.exits.get(&entry).cloned().unwrap_or_default() {
            self.give_back(exit, index, call);
        }
    }

    /// The part of a parameter under which its function is looked at: functions that are entered in too many ways are
    /// looked at for the whole.
    fn entry_path(&mut self, node: Node, path: Path) -> Path {
        let ways = self.ways.entry(node).or_default();
        if path == WHOLE || ways.contains(&path) {
            return path;
        }
        if ways.len() >= usize::from(MAX_PARTS) {
            return WHOLE;
        }
        ways.push(path);
        path
    }

    /// `Record(name=value)`: the argument becomes an attribute.
    fn fill_field(&mut self, index: FactIx, call: Call, number: u32, class: Class) {
        use crate::facts::flow::Slot;
        let Fact { entry, path, lanes, .. } = self.facts[index as usize];
        let site = self.linked.call(call);
        let result = Node { file: call.file, node: site.result };
        let field = match site.arguments[number as usize].slot {
            Slot::Keyword(name) => Some(self.linked.files[call.file as usize].names[name as usize]),
            Slot::Position(position) => {
                let lineage = self.resolver.ancestry(&self.linked, class);
                lineage
                    .iter()
                    .flat_map(|class| {
                        let names = &self.linked.files[class.file as usize].names;
                        let fields = &self.linked.facts(class.file).classes[class.class as usize].fields;
                        fields.iter().map(move |(name, ..)| names[*name as usize])
                    })
                    .nth(position as usize)
            }
            Slot::Keywords => match self.paths.split(path) {
                Some((Piece::Key(name), _)) => Some(name),
                _ => None,
            },
            Slot::Rest => None,
        };
        let path = match (field, site.arguments[number as usize].slot) {
            (Some(field), Slot::Keywords) => {
                let rest = self.paths.split(path).map_or(WHOLE, |(_, rest)| rest);
                Some(self.paths.store(Piece::Attribute(field), rest))
            }
            (Some(field), _) => Some(self.paths.store(Piece::Attribute(field), path)),
            (None, _) => self.paths.made_of(path),
        };
        if let Some(path) = path {
            self.add(entry, result, path, lanes, Origin::Fact(index));
        }
    }

    /// Taint reaches the end of a function.
    fn out_of(&mut self, index: FactIx, function: Function) {
        let Fact { entry, lanes, .. } = self.facts[index as usize];
        let is_own_parameter = |parameter: Node| {
            parameter.file == function.file
                && self.linked.function(function).parameters.iter().any(|own| own.node == parameter.node)
        };
        match entry {
            Entry::Parameter(parameter, _) if is_own_parameter(parameter) => {
                let exits = self.exits.entry(entry).or_default();
                if !exits.contains(&index) {
                    exits.push(index);
                }
                for (fact, call) in self.callers.get(&entry).cloned().unwrap_or_default() {
                    self.give_back(index, fact, call);
                }
            }
            // Whoever calls it gets what it has from elsewhere; a nested function's callers around it only.
            _ => {
                let group = self.linked.function(function).group;
                for call in self.calls_of(function) {
                    let site = self.linked.call(call);
                    let is_same = call.file == function.file && site.group == group && group != function.function;
                    let entry = match entry {
                        Entry::Parameter(..) if !is_same => continue,
                        Entry::Parameter(..) => entry,
                        _ => Entry::Own(call.file, site.group),
                    };
                    if let Some((node, path)) = self.behind(index, call) {
                        self.add(entry, node, path, lanes, Origin::Returned(index, call));
                    }
                }
                self.fill_dependents(index, function);
            }
        }
    }

    /// What a callee gives back goes to the caller that handed it in.
    fn give_back(&mut self, exit: FactIx, caller: FactIx, call: Call) {
        let lanes = self.facts[exit as usize].lanes.intersection(self.facts[caller as usize].lanes);
        let entry = self.facts[caller as usize].entry;
        if let Some((node, path)) = self.behind(exit, call) {
            self.add(entry, node, path, lanes, Origin::Callee(caller, exit, call));
        }
    }

    /// Where a fact at a function's end goes on at a call of it.
    fn behind(&mut self, exit: FactIx, call: Call) -> Option<(Node, Path)> {
        let Fact { node, path, .. } = self.facts[exit as usize];
        let file = node.file;
        let port = self.linked.ports(node).iter().find_map(|&(_, port)| match port {
            Port::Return(_) | Port::Out(..) => Some(port),
            _ => None,
        })?;
        let site = self.linked.call(call);
        match port {
            Port::Return(_) => Some((Node { file: call.file, node: site.result }, path)),
            Port::Out(function, parameter) => {
                let function = Function { file, function };
                let own = self.linked.function(function);
                // What a constructor puts into its object is in what the call gives.
                let is_constructor = own.has_receiver && parameter == 0 && site.receiver.is_none();
                if is_constructor {
                    return Some((Node { file: call.file, node: site.result }, path));
                }
                if own.has_receiver && parameter == 0 {
                    let after = site.receiver.as_ref()?.after?;
                    return Some((Node { file: call.file, node: after }, path));
                }
                let targets = self.resolver.targets(&self.linked, call);
                let offset = targets.iter().find_map(|target| match *target {
                    Target::Function(known, offset) if known == function => Some(offset),
                    _ => None,
                })?;
                site.arguments.iter().find_map(|argument| {
                    let fills = resolve::fills(&self.linked, call, argument.slot, function, offset);
                    let is_it = matches!(fills.as_slice(), [Fill::Whole(filled)] if *filled == parameter);
                    is_it.then_some((Node { file: call.file, node: argument.after? }, path))
                })
            }
            _ => None,
        }
    }

    /// All calls of a function.
    fn calls_of(&mut self, function: Function) -> Vec<Call> {
        let own = self.linked.function(function);
        let names = &self.linked.files[function.file as usize].names;
        let mut wanted = vec![names[own.name as usize]];
        if let Some(class) = own.class
            && self.linked.text(wanted[0]) == "__init__"
        {
            let name = self.linked.facts(function.file).classes[class as usize].name;
            wanted.push(names[name as usize]);
        }
        let mut found = Vec::new();
        for name in wanted {
            for call in self.linked.calls_of(name).to_vec() {
                self.steps += 1;
                let targets = self.resolver.targets(&self.linked, call);
                if targets.iter().any(|target| matches!(target, Target::Function(known, _) if *known == function)) {
                    found.push(call);
                }
            }
        }
        found
    }

    /// What a dependency gives is what the parameter holds that asks for it.
    fn fill_dependents(&mut self, index: FactIx, function: Function) {
        let Fact { node, path, lanes, .. } = self.facts[index as usize];
        let is_return = self.linked.ports(node).iter().any(|(_, port)| matches!(port, Port::Return(_)));
        let table = if is_return { &self.entries.provided } else { &self.entries.made };
        for (dependent, parameter) in table.get(&function).cloned().unwrap_or_default() {
            let parameter = &self.linked.function(dependent).parameters[parameter as usize];
            let to = Node { file: dependent.file, node: parameter.node };
            let entry = Entry::Own(to.file, self.linked.group(to));
            self.add(entry, to, path, lanes, Origin::Fact(index));
        }
    }

    // ---- variables that belong to no function -------------------------------------------------------------------------

    /// A variable of a file is read by those that import it.
    fn reach_importers(&mut self, index: FactIx) {
        let Fact { node, path, lanes, .. } = self.facts[index as usize];
        let facts = self.linked.facts(node.file);
        let Some(&(name, _)) = facts.globals.iter().find(|&&(_, global)| global == node.node) else { return };
        let name = self.linked.files[node.file as usize].names[name as usize];
        let linked = &self.linked;
        let imports = self.imports.get_or_insert_with(|| {
            let mut imports: FxHashMap<Name, Vec<Node>> = FxHashMap::default();
            for (file, one) in (0..).zip(&linked.files) {
                for &(dotted, node) in &one.facts.imported {
                    for segment in one.facts.name(dotted).split('.') {
                        if let Some(segment) = linked.known_name(segment) {
                            imports.entry(segment).or_default().push(Node { file, node });
                        }
                    }
                }
            }
            imports
        });
        for to in imports.get(&name).cloned().unwrap_or_default() {
            self.steps += 1;
            let facts = self.linked.facts(to.file);
            let Some(&(dotted, _)) = facts.imported.iter().find(|&&(_, cell)| cell == to.node) else { continue };
            let dotted = facts.name(dotted);
            // The variable itself, or something below it.
            let segments: Vec<&str> = dotted.split('.').collect();
            for (at, segment) in segments.iter().enumerate() {
                if self.linked.known_name(segment) != Some(name) {
                    continue;
                }
                let found = resolve::definition(&self.linked, to.file, &segments[..=at].join("."));
                let Some((crate::model::modules::Definition::Variable(id, _), _)) = found else { continue };
                if self.linked.by_id.get(&id) != Some(&node.file) {
                    continue;
                }
                let mut path = Some(path);
                for segment in &segments[at + 1..] {
                    let piece = self.linked.known_name(segment).map(Piece::Attribute);
                    path = path.and_then(|path| self.paths.load(piece?, path));
                }
                if let Some(path) = path {
                    self.add(Entry::Shared(to.file), to, path, lanes, Origin::Fact(index));
                }
                break;
            }
        }
    }

    /// An attribute of a class is that of its subclasses and bases too.
    fn reach_relatives(&mut self, index: FactIx, class: Class) {
        let Fact { node, path, lanes, .. } = self.facts[index as usize];
        let facts = self.linked.facts(node.file);
        let Some(&(_, name, _)) = facts.attributes.iter().find(|&&(_, _, cell)| cell == node.node) else { return };
        let name = self.linked.files[node.file as usize].names[name as usize];
        let linked = &self.linked;
        let attributes = self.attributes.get_or_insert_with(|| {
            let mut attributes: FxHashMap<Name, Vec<(Class, Node)>> = FxHashMap::default();
            for (file, one) in (0..).zip(&linked.files) {
                for &(class, name, node) in &one.facts.attributes {
                    let name = one.names[name as usize];
                    attributes.entry(name).or_default().push((Class { file, class }, Node { file, node }));
                }
            }
            attributes
        });
        let own = self.resolver.ancestry(linked, class);
        for (other, to) in attributes.get(&name).cloned().unwrap_or_default() {
            self.steps += 1;
            if other == class {
                continue;
            }
            let is_related = own.contains(&other) || self.resolver.ancestry(&self.linked, other).contains(&class);
            if is_related {
                self.add(Entry::Shared(to.file), to, path, lanes, Origin::Fact(index));
            }
        }
    }

    // ---- what was found -----------------------------------------------------------------------------------------------

    /// The sinks that were reached, each with the first way to it.
    pub fn hits(mut self) -> TaintResult {
        let mut sinks: Vec<((u32, u32), usize)> = self.sinks.iter().map(|(&sink, &at)| (sink, at)).collect();
        sinks.sort_unstable();
        let mut result = TaintResult { is_limited: self.is_limited, ..TaintResult::default() };
        let mut seen: FxHashSet<(u16, u32, crate::source::Span)> = FxHashSet::default();
        for ((file, index), at) in sinks {
            let sink = &self.linked.facts(file).sinks[index as usize];
            let reached = std::mem::take(&mut self.reached[at]);
            let lanes = reached.iter().fold(LaneSet::NONE, |lanes, &fact| lanes.union(self.facts[fact as usize].lanes));
            if !sink.requires.holds(lanes) {
                continue;
            }
            let wanted = sink.requires.lanes().intersection(lanes);
            let Some((lane, fact)) = wanted.lanes().find_map(|lane| {
                let fact = reached.iter().copied().find(|&fact| self.facts[fact as usize].lanes.has(lane))?;
                Some((lane, fact))
            }) else {
                continue;
            };
            if !seen.insert((sink.rule.0, file, sink.span)) {
                continue;
            }
            result.hits.push(TaintHit {
                rule: sink.rule,
                place: self.linked.place(file, sink.span),
                message: sink.message.to_string(),
                anchor: sink.anchor.to_string(),
                flow: self.trace(fact, lane),
            });
        }
        result.hits.sort_by_key(|hit| (hit.rule, hit.place));
        result
    }
}
