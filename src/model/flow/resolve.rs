//! Who is called: functions, methods and constructors behind a call.

use super::graph::{Call, Class, FileIx, Function, Linked, Name};
use crate::facts::flow::{Callee, FlowType, ParameterKind, Slot, TypeIx};
use crate::model::modules::Definition;
use rustc_hash::FxHashMap;
use std::rc::Rc;

/// How far classes of results of calls of attributes are followed.
const MAX_DEPTH: u32 = 8;
/// Bases of one class.
const MAX_BASES: usize = 64;
/// Callees of one call.
const MAX_TARGETS: usize = 8;

/// What a call runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Target {
    /// A function; how many of its parameters are filled before the first argument.
    Function(Function, u32),
    /// A class without constructor of its own: arguments become attributes.
    Record(Class),
}

/// Answers that were found before.
#[derive(Debug, Default)]
pub(super) struct Resolver {
    targets: FxHashMap<Call, Rc<[Target]>>,
    dotted: FxHashMap<(FileIx, Name), Option<Found>>,
    classes: FxHashMap<(FileIx, TypeIx), Option<Class>>,
}

/// What a dotted name names.
#[derive(Debug, Clone, Copy)]
pub(super) enum Found {
    /// A function; whether it was found below an instance.
    Function(Function, bool),
    Class(Class),
}

impl Resolver {
    /// What a call runs; empty when nobody knows.
    pub fn targets(&mut self, linked: &Linked<'_>, call: Call) -> Rc<[Target]> {
        if let Some(known) = self.targets.get(&call) {
            return Rc::clone(known);
        }
        let mut found = self.find(linked, call);
        found.truncate(MAX_TARGETS);
        let found: Rc<[Target]> = found.into();
        self.targets.insert(call, Rc::clone(&found));
        found
    }

    fn find(&mut self, linked: &Linked<'_>, call: Call) -> Vec<Target> {
        let file = call.file;
        let site = linked.call(call);
        match site.callee {
            Callee::Function(function) => {
                let function = Function { file, function };
                let is_bound = site.receiver.is_some() && linked.function(function).has_receiver;
                vec![Target::Function(function, u32::from(is_bound))]
            }
            Callee::Class(class) => self.constructor(linked, Class { file, class }),
            Callee::Named(name) => match self.dotted(linked, file, linked.files[file as usize].names[name as usize]) {
                Some(Found::Function(function, is_bound)) => {
                    let is_bound = is_bound && linked.function(function).has_receiver;
                    vec![Target::Function(function, u32::from(is_bound))]
                }
                Some(Found::Class(class)) => self.constructor(linked, class),
                None => Vec::new(),
            },
            Callee::Method(class, name) => {
                let name = linked.files[file as usize].names[name as usize];
                match class.and_then(|class| self.class_of(linked, file, class, MAX_DEPTH)) {
                    Some(class) => self.method(linked, class, name, false).into_iter().map(bound(linked)).collect(),
                    None => by_name(linked, name).into_iter().map(bound(linked)).collect(),
                }
            }
            Callee::Super(class, name) => {
                let name = linked.files[file as usize].names[name as usize];
                self.method(linked, Class { file, class }, name, true).into_iter().map(bound(linked)).collect()
            }
            Callee::Unknown => Vec::new(),
        }
    }

    fn constructor(&mut self, linked: &Linked<'_>, class: Class) -> Vec<Target> {
        let init = linked.known_name("__init__").and_then(|init| self.method(linked, class, init, false));
        match init {
            Some(function) => vec![Target::Function(function, 1)],
            None => vec![Target::Record(class)],
        }
    }

    /// A callee as named where something is provided (`Depends(f)`).
    pub fn provider(&mut self, linked: &Linked<'_>, file: FileIx, callee: Callee) -> Option<Found> {
        match callee {
            Callee::Function(function) => Some(Found::Function(Function { file, function }, false)),
            Callee::Class(class) => Some(Found::Class(Class { file, class })),
            Callee::Named(name) => self.dotted(linked, file, linked.files[file as usize].names[name as usize]),
            _ => None,
        }
    }

    /// What a dotted name as imported names in the project.
    fn dotted(&mut self, linked: &Linked<'_>, file: FileIx, name: Name) -> Option<Found> {
        if let Some(&known) = self.dotted.get(&(file, name)) {
            return known;
        }
        let (definition, is_below_instance) = definition(linked, file, linked.text(name))
            .map_or((None, false), |(definition, is_below_instance)| (Some(definition), is_below_instance));
        let found = match definition {
            Some(Definition::Function(id, function)) => linked
                .project
                .modules()
                .facts(id)
                .and_then(|facts| linked.function_at(id, facts.function(function).name_span))
                .map(|function| Found::Function(function, is_below_instance)),
            Some(Definition::Class(id, class)) => linked
                .project
                .modules()
                .facts(id)
                .and_then(|facts| linked.class_at(id, facts.class(class).name_span))
                .map(Found::Class),
            _ => None,
        };
        self.dotted.insert((file, name), found);
        found
    }

    /// The class of a value.
    pub fn class_of(&mut self, linked: &Linked<'_>, file: FileIx, class: TypeIx, depth: u32) -> Option<Class> {
        if depth == 0 {
            return None;
        }
        if let Some(&known) = self.classes.get(&(file, class)) {
            return known;
        }
        // Types that ask for themselves find nothing.
        self.classes.insert((file, class), None);
        let found = match linked.facts(file).types[class as usize] {
            FlowType::Class(class) => Some(Class { file, class }),
            FlowType::Named(name) => {
                match self.dotted(linked, file, linked.files[file as usize].names[name as usize]) {
                    Some(Found::Class(class)) => Some(class),
                    Some(Found::Function(function, _)) => self.class_of_result(linked, function, depth),
                    None => None,
                }
            }
            FlowType::Result(call) => {
                let targets = self.targets(linked, Call { file, call });
                targets.iter().find_map(|target| match *target {
                    Target::Record(class) => Some(class),
                    Target::Function(function, _) => {
                        let is_constructor = linked
                            .text(linked.files[function.file as usize].names[linked.function(function).name as usize])
                            == "__init__";
                        if is_constructor {
                            return linked.function(function).class.map(|class| Class { file: function.file, class });
                        }
                        self.class_of_result(linked, function, depth)
                    }
                })
            }
            FlowType::Attribute(object, name) => {
                let object = self.class_of(linked, file, object, depth - 1)?;
                let name = linked.files[file as usize].names[name as usize];
                self.ancestry(linked, object).into_iter().find_map(|class| {
                    let facts = linked.facts(class.file);
                    let names = &linked.files[class.file as usize].names;
                    let own = &facts.classes[class.class as usize];
                    let attribute = own
                        .attribute_types
                        .iter()
                        .find(|&&(known, _)| names[known as usize] == name)
                        .map(|&(_, class)| class)
                        .or_else(|| own.fields.iter().find(|(known, ..)| names[*known as usize] == name)?.1)?;
                    self.class_of(linked, class.file, attribute, depth - 1)
                })
            }
        };
        self.classes.insert((file, class), found);
        found
    }

    fn class_of_result(&mut self, linked: &Linked<'_>, function: Function, depth: u32) -> Option<Class> {
        let class = linked.function(function).class_of_result?;
        self.class_of(linked, function.file, class, depth - 1)
    }

    /// A class and all above it, nearest first.
    pub fn ancestry(&mut self, linked: &Linked<'_>, class: Class) -> Vec<Class> {
        let mut found = vec![class];
        let mut at = 0;
        while let Some(&class) = found.get(at) {
            for &base in &linked.facts(class.file).classes[class.class as usize].bases {
                if let Some(base) = self.class_of(linked, class.file, base, MAX_DEPTH)
                    && !found.contains(&base)
                    && found.len() < MAX_BASES
                {
                    found.push(base);
                }
            }
            at += 1;
        }
        found
    }

    /// The method of a name in a class or above it.
    fn method(&mut self, linked: &Linked<'_>, class: Class, name: Name, above: bool) -> Option<Function> {
        self.ancestry(linked, class).into_iter().skip(usize::from(above)).find_map(|class| {
            let names = &linked.files[class.file as usize].names;
            let methods = &linked.facts(class.file).classes[class.class as usize].methods;
            let found = methods.iter().rev().find(|&&(known, _)| names[known as usize] == name);
            found.map(|&(_, function)| Function { file: class.file, function })
        })
    }
}

/// A method with its receiver filled in; a static method has none.
fn bound<'l>(linked: &'l Linked<'_>) -> impl Fn(Function) -> Target + 'l {
    |function| Target::Function(function, u32::from(linked.function(function).has_receiver))
}

/// Methods of unknown receivers: the only one of that name in the project, unless the name is one that containers, texts,
/// files and clients of libraries have too.
fn by_name(linked: &Linked<'_>, name: Name) -> Option<Function> {
    const COMMON: &[&str] = &[
        "get",
        "set",
        "add",
        "pop",
        "update",
        "append",
        "insert",
        "remove",
        "delete",
        "read",
        "write",
        "close",
        "open",
        "run",
        "start",
        "stop",
        "send",
        "connect",
        "execute",
        "fetch",
        "find",
        "save",
        "load",
        "create",
        "items",
        "keys",
        "values",
        "copy",
        "clear",
        "format",
        "join",
        "split",
        "encode",
        "decode",
        "replace",
        "strip",
        "filter",
        "all",
        "first",
        "one",
        "query",
        "commit",
        "rollback",
        "flush",
        "put",
        "post",
        "patch",
        "head",
        "options",
        "request",
        "info",
        "debug",
        "warning",
        "error",
        "exception",
        "critical",
        "log",
        "count",
        "index",
        "sort",
        "reverse",
        "extend",
        "call",
        "apply",
        "map",
        "next",
        "iter",
        "group",
        "match",
        "search",
        "sub",
        "json",
        "text",
        "content",
        "render",
        "__init__",
        "__call__",
        "__enter__",
        "__exit__",
        "exists",
        "validate",
        "process",
        "handle",
        "submit",
        "register",
        "dict",
        "name",
        "path",
        "url",
        "parse",
        "loads",
        "dumps",
        "dump",
        "startswith",
        "endswith",
        "lower",
        "upper",
    ];
    if COMMON.contains(&linked.text(name)) {
        return None;
    }
    match linked.methods_of(name) {
        [only] => Some(*only),
        _ => None,
    }
}

/// What a dotted name as imported means in a file, and whether it was found below an instance.
pub(super) fn definition(linked: &Linked<'_>, file: FileIx, dotted: &str) -> Option<(Definition, bool)> {
    let modules = linked.project.modules();
    let id = linked.files[file as usize].id;
    let name = dotted.trim_start_matches('.');
    let dots = &dotted[..dotted.len() - name.len()];
    // The longest piece that is a module, then what is in it.
    let mut ends: Vec<usize> = name.match_indices('.').map(|(at, _)| at).collect();
    ends.push(name.len());
    let (mut at, end) = if dots.is_empty() {
        ends.iter().rev().find_map(|&end| Some((modules.module(id, &name[..end])?, end)))?
    } else {
        let found =
            ends.iter().rev().find_map(|&end| Some((modules.module(id, &format!("{dots}{}", &name[..end]))?, end)));
        match found {
            Some(found) => found,
            None => (modules.module(id, dots)?, 0),
        }
    };
    let rest = name[end..].trim_start_matches('.');
    let mut is_below_instance = false;
    for segment in rest.split('.').filter(|segment| !segment.is_empty()) {
        is_below_instance |= matches!(at, Definition::Variable(..) | Definition::Parameter(..));
        at = modules.member(&at, segment)?;
    }
    Some((at, is_below_instance))
}

/// The parameters that an argument fills, each with the piece of it that the argument becomes or gives.
#[derive(Debug, Clone, Copy)]
pub(super) enum Fill {
    /// The parameter is the argument.
    Whole(u32),
    /// The argument becomes an element of the parameter.
    Element(u32),
    /// The argument becomes the value of a key of the parameter.
    Key(u32),
    /// An element of the argument becomes the parameter.
    FromElement(u32),
    /// The value of the parameter's name in the argument becomes the parameter.
    FromKey(u32),
}

/// Which parameters an argument fills.
pub(super) fn fills(linked: &Linked<'_>, call: Call, slot: Slot, function: Function, offset: u32) -> Vec<Fill> {
    let parameters = &linked.function(function).parameters;
    let names = &linked.files[function.file as usize].names;
    let caller = &linked.files[call.file as usize].names;
    let numbered = || (0..).zip(parameters);
    match slot {
        Slot::Position(position) => {
            let wanted = position.saturating_add(offset);
            let plain = numbered().find(|&(index, p)| index == wanted && p.kind == ParameterKind::Plain);
            match plain {
                Some((index, _)) => vec![Fill::Whole(index)],
                None => numbered()
                    .filter(|(_, p)| p.kind == ParameterKind::Rest)
                    .map(|(index, _)| Fill::Element(index))
                    .collect(),
            }
        }
        Slot::Keyword(name) => {
            let name = caller[name as usize];
            let by_name = numbered().find(|(_, p)| {
                matches!(p.kind, ParameterKind::Plain | ParameterKind::Keyword) && names[p.name as usize] == name
            });
            match by_name {
                Some((index, _)) => vec![Fill::Whole(index)],
                None => numbered()
                    .filter(|(_, p)| p.kind == ParameterKind::Keywords)
                    .map(|(index, _)| Fill::Key(index))
                    .collect(),
            }
        }
        Slot::Rest => numbered()
            .filter(|&(index, p)| index >= offset && matches!(p.kind, ParameterKind::Plain | ParameterKind::Rest))
            .map(|(index, p)| if p.kind == ParameterKind::Rest { Fill::Whole(index) } else { Fill::FromElement(index) })
            .collect(),
        Slot::Keywords => numbered()
            .filter(|&(index, p)| index >= offset && p.kind != ParameterKind::Rest)
            .map(|(index, p)| if p.kind == ParameterKind::Keywords { Fill::Whole(index) } else { Fill::FromKey(index) })
            .collect(),
    }
}

impl Fill {
    pub const fn parameter(self) -> u32 {
        match self {
            Self::Whole(index)
            | Self::Element(index)
            | Self::Key(index)
            | Self::FromElement(index)
            | Self::FromKey(index) => index,
        }
    }
}

/// The lanes that a callee clears of a parameter, as a set of the file that it stands in.
pub(super) fn checked(linked: &Linked<'_>, function: Function, parameter: u32) -> crate::flow::taint::LaneSet {
    let facts = linked.facts(function.file);
    facts.functions[function.function as usize]
        .parameters
        .get(parameter as usize)
        .map_or(crate::flow::taint::LaneSet::NONE, |parameter| facts.cleared(parameter.cleared))
}

/// The lanes that a true or false result clears of a parameter.
pub(super) fn proved(
    linked: &Linked<'_>,
    function: Function,
    parameter: u32,
    truth: bool,
) -> crate::flow::taint::LaneSet {
    let facts = linked.facts(function.file);
    facts.functions[function.function as usize]
        .proofs
        .iter()
        .find(|&&(index, known, _)| index == parameter && known == truth)
        .map_or(crate::flow::taint::LaneSet::NONE, |&(.., filter)| facts.cleared(filter))
}
