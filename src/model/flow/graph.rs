//! The graphs of all files side by side, with what their nodes are to calls and functions.

use crate::facts::flow::{
    CallIx, Callee, ClassIx, FlowCall, FlowEdge, FlowFacts, FlowFunction, FunctionIx, NodeIx, Piece, Step,
};
use crate::model::{FileId, Place, Project};
use crate::source::Span;
use rustc_hash::FxHashMap;
use std::cell::OnceCell;

/// A file of the analysis: index.
pub(super) type FileIx = u32;
/// A name that means the same in all files.
pub(super) type Name = u32;

/// A value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct Node {
    pub file: FileIx,
    pub node: NodeIx,
}

/// A function.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct Function {
    pub file: FileIx,
    pub function: FunctionIx,
}

/// A class.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct Class {
    pub file: FileIx,
    pub class: ClassIx,
}

/// A call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct Call {
    pub file: FileIx,
    pub call: CallIx,
}

/// What a node is to something that reaches beyond its function.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Port {
    /// An argument of a call, by number.
    Argument(CallIx, u32),
    /// The receiver of a call.
    Receiver(CallIx),
    /// What a function gives back.
    Return(FunctionIx),
    /// What a function puts into a parameter.
    Out(FunctionIx, u32),
    /// A sink, by number.
    Sink(u32),
    /// A variable of the file.
    Global,
    /// Something imported, by number.
    Imported,
    /// An attribute of a class.
    Attribute(ClassIx),
    /// A source with a condition, by number.
    Conditional(u32),
}

/// One file.
#[derive(Debug)]
pub(super) struct File<'p> {
    pub id: FileId,
    pub facts: &'p FlowFacts,
    /// Names of the file as names of the project.
    pub names: Vec<Name>,
    ports: Vec<(NodeIx, Port)>,
}

/// Functions and classes by the place of their names.
#[derive(Debug)]
struct Definitions {
    functions: FxHashMap<(FileIx, Span), FunctionIx>,
    classes: FxHashMap<(FileIx, Span), ClassIx>,
}

/// All files.
#[derive(Debug)]
pub(super) struct Linked<'p> {
    pub project: &'p Project,
    pub files: Vec<File<'p>>,
    pub by_id: FxHashMap<FileId, FileIx>,
    names: FxHashMap<&'p str, Name>,
    texts: Vec<&'p str>,
    definitions: OnceCell<Definitions>,
    callers: OnceCell<FxHashMap<Name, Vec<Call>>>,
    methods: OnceCell<FxHashMap<Name, Vec<Function>>>,
}

impl<'p> Linked<'p> {
    pub fn new(project: &'p Project, batch: usize) -> Self {
        let mut linked = Self {
            project,
            files: Vec::new(),
            by_id: FxHashMap::default(),
            names: FxHashMap::default(),
            texts: Vec::new(),
            definitions: OnceCell::new(),
            callers: OnceCell::new(),
            methods: OnceCell::new(),
        };
        for (id, file) in project.files() {
            let Some(facts) = file.flow.get(batch) else { continue };
            let names = facts.names.iter().map(|text| linked.name(text)).collect();
            linked.by_id.insert(id, u32::try_from(linked.files.len()).unwrap_or(u32::MAX));
            linked.files.push(File { id, facts, names, ports: ports(facts) });
        }
        linked
    }

    fn name(&mut self, text: &'p str) -> Name {
        let texts = &mut self.texts;
        *self.names.entry(text).or_insert_with(|| {
            texts.push(text);
            u32::try_from(texts.len() - 1).unwrap_or(u32::MAX)
        })
    }

    /// A name that some file has.
    pub fn known_name(&self, text: &str) -> Option<Name> {
        self.names.get(text).copied()
    }

    pub fn text(&self, name: Name) -> &'p str {
        self.texts.get(name as usize).copied().unwrap_or("")
    }

    pub fn facts(&self, file: FileIx) -> &'p FlowFacts {
        self.files[file as usize].facts
    }

    pub fn function(&self, function: Function) -> &'p FlowFunction {
        &self.facts(function.file).functions[function.function as usize]
    }

    pub fn call(&self, call: Call) -> &'p FlowCall {
        &self.facts(call.file).calls[call.call as usize]
    }

    pub fn edges(&self, node: Node) -> &'p [FlowEdge] {
        self.facts(node.file).edges_from(node.node)
    }

    pub fn ports(&self, node: Node) -> &[(NodeIx, Port)] {
        let ports = &self.files[node.file as usize].ports;
        let first = ports.partition_point(|&(at, _)| at < node.node);
        let count = ports[first..].partition_point(|&(at, _)| at == node.node);
        &ports[first..first + count]
    }

    pub fn place(&self, file: FileIx, span: Span) -> Place {
        Place { file: self.files[file as usize].id, span }
    }

    pub fn group(&self, node: Node) -> FunctionIx {
        self.facts(node.file).nodes[node.node as usize].group
    }

    pub fn is_shared(&self, node: Node) -> bool {
        matches!(self.facts(node.file).nodes[node.node as usize].step, Step::Shared(_))
    }

    /// A piece with its name as name of the project.
    pub fn piece(&self, file: FileIx, piece: Piece) -> Piece {
        let names = &self.files[file as usize].names;
        match piece {
            Piece::Attribute(name) => Piece::Attribute(names[name as usize]),
            Piece::Key(name) => Piece::Key(names[name as usize]),
            piece => piece,
        }
    }

    fn definitions(&self) -> &Definitions {
        self.definitions.get_or_init(|| {
            let mut functions = FxHashMap::default();
            let mut classes = FxHashMap::default();
            for (file, facts) in (0..).zip(&self.files) {
                for (index, function) in (0..).zip(&facts.facts.functions) {
                    functions.insert((file, function.name_span), index);
                }
                for (index, class) in (0..).zip(&facts.facts.classes) {
                    classes.insert((file, class.name_span), index);
                }
            }
            Definitions { functions, classes }
        })
    }

    /// The function whose name stands at a place.
    pub fn function_at(&self, id: FileId, name: Span) -> Option<Function> {
        let file = *self.by_id.get(&id)?;
        self.definitions().functions.get(&(file, name)).map(|&function| Function { file, function })
    }

    /// The class whose name stands at a place.
    pub fn class_at(&self, id: FileId, name: Span) -> Option<Class> {
        let file = *self.by_id.get(&id)?;
        self.definitions().classes.get(&(file, name)).map(|&class| Class { file, class })
    }

    /// Calls whose callee has this last name.
    pub fn calls_of(&self, name: Name) -> &[Call] {
        let callers = self.callers.get_or_init(|| {
            let mut callers: FxHashMap<Name, Vec<Call>> = FxHashMap::default();
            for (file, facts) in (0..).zip(&self.files) {
                for (index, call) in (0..).zip(&facts.facts.calls) {
                    if let Some(name) = self.last_name(file, call.callee) {
                        callers.entry(name).or_default().push(Call { file, call: index });
                    }
                }
            }
            callers
        });
        callers.get(&name).map_or(&[], Vec::as_slice)
    }

    fn last_name(&self, file: FileIx, callee: Callee) -> Option<Name> {
        let facts = self.facts(file);
        let names = &self.files[file as usize].names;
        match callee {
            Callee::Function(function) => Some(names[facts.functions[function as usize].name as usize]),
            Callee::Class(class) => Some(names[facts.classes[class as usize].name as usize]),
            Callee::Named(name) => {
                let text = facts.name(name);
                self.known_name(text.rsplit('.').next().unwrap_or(text))
            }
            Callee::Method(_, name) | Callee::Super(_, name) => Some(names[name as usize]),
            Callee::Unknown => None,
        }
    }

    /// Methods of classes by name.
    pub fn methods_of(&self, name: Name) -> &[Function] {
        let methods = self.methods.get_or_init(|| {
            let mut methods: FxHashMap<Name, Vec<Function>> = FxHashMap::default();
            for (file, facts) in (0..).zip(&self.files) {
                for class in &facts.facts.classes {
                    for &(name, function) in &class.methods {
                        methods.entry(facts.names[name as usize]).or_default().push(Function { file, function });
                    }
                }
            }
            methods
        });
        methods.get(&name).map_or(&[], Vec::as_slice)
    }

    /// Functions in which the analysis stopped at a bound.
    pub fn limited(&self) -> Vec<Place> {
        self.files
            .iter()
            .flat_map(|file| file.facts.limited.iter().map(|&span| Place { file: file.id, span }))
            .collect()
    }
}

fn ports(facts: &FlowFacts) -> Vec<(NodeIx, Port)> {
    let mut ports: Vec<(NodeIx, Port)> = Vec::new();
    for (index, call) in (0..).zip(&facts.calls) {
        ports.extend(call.receiver.iter().map(|receiver| (receiver.node, Port::Receiver(index))));
        ports.extend(
            (0..).zip(&call.arguments).map(|(number, argument)| (argument.node, Port::Argument(index, number))),
        );
    }
    for (index, function) in (0..).zip(&facts.functions) {
        ports.push((function.returns, Port::Return(index)));
        ports.extend((0..).zip(&function.parameters).map(|(number, p)| (p.out, Port::Out(index, number))));
    }
    ports.extend((0..).zip(&facts.sinks).map(|(index, sink)| (sink.node, Port::Sink(index))));
    ports.extend(facts.globals.iter().map(|&(_, node)| (node, Port::Global)));
    ports.extend(facts.imported.iter().map(|&(_, node)| (node, Port::Imported)));
    ports.extend(facts.attributes.iter().map(|&(class, _, node)| (node, Port::Attribute(class))));
    ports.extend(
        (0..)
            .zip(&facts.sources)
            .filter(|(_, source)| source.requires.is_some())
            .map(|(index, source)| (source.node, Port::Conditional(index))),
    );
    ports.sort_unstable();
    ports
}
