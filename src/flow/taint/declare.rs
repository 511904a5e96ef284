//! The tables of a file's functions and classes: parameters, bases, fields, annotations.

use super::interpreter::{Declared, Interpreter};
use crate::facts::flow::{
    Callee, ClassIx, FlowClass, FlowFunction, FlowParameter, FlowType, FunctionIx, ParameterKind, Step, TypeIx,
};
use crate::source::Span;
use crate::syntax::{Field, Kind, NodeId};

/// Types whose values have no room for syntax: what a framework makes of input before a handler sees it.
const CLOSED_TYPES: &[&str] = &[
    "int",
    "float",
    "bool",
    "complex",
    "Decimal",
    "UUID",
    "UUID1",
    "UUID3",
    "UUID4",
    "UUID5",
    "date",
    "datetime",
    "time",
    "timedelta",
    "Literal",
    "PositiveInt",
    "NonNegativeInt",
    "NegativeInt",
    "conint",
    "confloat",
    "IPv4Address",
    "IPv6Address",
    "IPvAnyAddress",
    "StrictInt",
    "StrictBool",
    "StrictFloat",
    "PositiveFloat",
    "NonNegativeFloat",
    "PastDate",
    "FutureDate",
    "AwareDatetime",
    "Color",
];

impl Interpreter<'_> {
    /// Makes the tables of functions and classes.
    pub fn declare(&mut self) {
        let tree = self.tree;
        let whole = tree.file_span(NodeId::ROOT);
        self.add_function(NodeId::ROOT, whole, None, 0);
        // What is open around the current node: end, function, class.
        let mut open: Vec<(u32, Option<FunctionIx>, Option<ClassIx>)> = Vec::new();
        for id in tree.ids() {
            while open.last().is_some_and(|&(end, ..)| id.0 >= end) {
                open.pop();
            }
            match tree.kind(id) {
                Kind::FunctionDef | Kind::Lambda => {
                    let class = match open.last() {
                        Some(&(_, None, class)) => class,
                        _ => None,
                    };
                    let outermost = open.iter().find_map(|&(_, function, _)| function);
                    let is_lambda = tree.kind(id) == Kind::Lambda;
                    #[expect(clippy::cast_possible_truncation, reason = "fewer functions than bytes in the text")]
                    let next = self.graph.facts.functions.len() as FunctionIx;
                    let group = outermost.unwrap_or(if is_lambda { 0 } else { next });
                    let function = self.add_function(id, tree.file_span(id), class, group);
                    self.functions.insert(id, function);
                    if let Some(class) = class {
                        let name = self.graph.name(tree.label(id));
                        self.graph.facts.classes[class as usize].methods.push((name, function));
                    } else if open.is_empty() && !is_lambda {
                        self.declared.insert(tree.label(id), Declared::Function(function));
                    }
                    open.push((tree.subtree_end(id), Some(function), None));
                }
                Kind::ClassDef | Kind::ImplDef | Kind::TraitDef => {
                    let class = self.add_class(id);
                    self.classes.insert(id, class);
                    if open.is_empty() {
                        self.declared.insert(tree.label(id), Declared::Class(class));
                    }
                    open.push((tree.subtree_end(id), None, Some(class)));
                }
                _ => {}
            }
        }
        // Bases, fields and annotations may name classes that stand further down.
        let classes: Vec<(NodeId, ClassIx)> = self.classes.iter().map(|(&id, &class)| (id, class)).collect();
        for (id, class) in classes {
            self.describe_class(id, class);
        }
        let functions: Vec<(NodeId, FunctionIx)> =
            self.functions.iter().map(|(&id, &function)| (id, function)).collect();
        for (id, function) in functions {
            self.describe_function(id, function);
        }
    }

    #[expect(clippy::cast_possible_truncation, reason = "fewer functions than bytes in the text")]
    pub fn add_function(&mut self, id: NodeId, span: Span, class: Option<ClassIx>, group: FunctionIx) -> FunctionIx {
        let tree = self.tree;
        let index = self.graph.facts.functions.len() as FunctionIx;
        let is_definition = tree.kind(id) == Kind::FunctionDef;
        let name = if is_definition { tree.label(id) } else { "" };
        let name_span =
            tree.label_span(id).filter(|_| is_definition).map_or(Span::at(span.start), |name| tree.to_file(name));
        let name = self.graph.name(name);
        let returns = self.graph.node(name_span, group, Step::Returned);
        let mut parameters = Vec::new();
        let mut keyword_only = false;
        for parameter in tree.children_by(id, Field::Parameter) {
            let label = tree.label(parameter);
            if matches!(label, "*" | "/") {
                keyword_only |= label == "*";
                continue;
            }
            let stars = tree.children_by(parameter, Field::Modifier).map(|modifier| tree.label(modifier)).last();
            let kind = match stars {
                Some("*") => ParameterKind::Rest,
                Some("**") => ParameterKind::Keywords,
                _ if keyword_only => ParameterKind::Keyword,
                _ => ParameterKind::Plain,
            };
            keyword_only |= kind == ParameterKind::Rest;
            let text = self.graph.name(label);
            let span = tree.label_span(parameter).map_or_else(|| tree.file_span(parameter), |name| tree.to_file(name));
            let node = self.graph.node(span, group, Step::Parameter(text));
            let out = self.graph.node(span, group, Step::Silent);
            parameters.push(FlowParameter {
                name: text,
                kind,
                node,
                out,
                class: None,
                cleared: 0,
                is_closed: false,
                provider: None,
            });
        }
        let decorators: Vec<NodeId> = tree.children_by(id, Field::Decorator).collect();
        let mut names = Vec::new();
        for decorator in decorators {
            let Some(mut value) = tree.child(decorator, Field::Value) else { continue };
            if tree.kind(value) == Kind::Call {
                value = tree.child(value, Field::Callee).unwrap_or(value);
            }
            if let Some(text) = self.names.dotted(value) {
                names.push(self.graph.name(&text));
            }
        }
        let has = |this: &Self, wanted: &[&str]| {
            names
                .iter()
                .any(|&name| wanted.contains(&this.graph.facts.names[name as usize].rsplit('.').next().unwrap_or("")))
        };
        let has_receiver = class.is_some() && !has(self, &["staticmethod"]) && !parameters.is_empty();
        let is_property = class.is_some() && has(self, &["property", "cached_property"]);
        self.graph.facts.functions.push(FlowFunction {
            name,
            span,
            name_span,
            class,
            group,
            parameters,
            has_receiver,
            is_property,
            returns,
            class_of_result: None,
            proofs: Vec::new(),
            decorators: names,
        });
        index
    }

    #[expect(clippy::cast_possible_truncation, reason = "fewer classes than bytes in the text")]
    pub fn add_class(&mut self, id: NodeId) -> ClassIx {
        let name = self.graph.name(self.tree.label(id));
        let span = self.tree.file_span(id);
        let name_span = self.tree.label_span(id).map_or(Span::at(span.start), |name| self.tree.to_file(name));
        self.graph.facts.classes.push(FlowClass {
            name,
            span,
            name_span,
            bases: Vec::new(),
            methods: Vec::new(),
            fields: Vec::new(),
            attribute_types: Vec::new(),
        });
        self.graph.facts.classes.len() as ClassIx - 1
    }

    pub fn describe_class(&mut self, id: NodeId, class: ClassIx) {
        let tree = self.tree;
        for base in tree.children_by(id, Field::Base) {
            let base =
                if tree.kind(base) == Kind::Subscript { tree.child(base, Field::Object).unwrap_or(base) } else { base };
            if let Some(base) = self.named_class(base) {
                self.graph.facts.classes[class as usize].bases.push(base);
            }
        }
        let Some(body) = tree.child(id, Field::Body) else { return };
        for statement in tree.children(body).filter(|&statement| tree.kind(statement) == Kind::Assign) {
            let (Some(target), Some(annotation)) =
                (tree.child(statement, Field::Target), tree.child(statement, Field::Type))
            else {
                continue;
            };
            let name = self.graph.name(tree.label(target));
            let class_of_field = self.annotated_class(annotation);
            let is_closed = self.is_closed_type(annotation, 6);
            self.graph.facts.classes[class as usize].fields.push((name, class_of_field, is_closed));
        }
    }

    pub fn describe_function(&mut self, id: NodeId, function: FunctionIx) {
        let tree = self.tree;
        if let Some(returns) = tree.child(id, Field::Returns) {
            let class = self.annotated_class(returns);
            self.graph.facts.functions[function as usize].class_of_result = class;
        }
        let named =
            tree.children_by(id, Field::Parameter).filter(|&parameter| !matches!(tree.label(parameter), "*" | "/"));
        for (index, parameter) in named.enumerate() {
            let annotation = tree.child(parameter, Field::Type);
            let class = annotation.and_then(|annotation| self.annotated_class(annotation));
            let default = tree.child(parameter, Field::Default);
            let is_closed = annotation.is_some_and(|annotation| self.is_closed_type(annotation, 6));
            let provider = self.provider(default.into_iter().chain(annotation), class);
            let described = &mut self.graph.facts.functions[function as usize].parameters[index];
            described.class = class;
            described.is_closed = is_closed;
            described.provider = provider;
        }
        let owner = self.graph.facts.functions[function as usize].class;
        if let Some(class) = owner.filter(|_| self.graph.facts.functions[function as usize].has_receiver) {
            let class = self.type_ix(FlowType::Class(class));
            self.graph.facts.functions[function as usize].parameters[0].class = Some(class);
        }
    }

    /// The function that `Depends(f)` in a default or an annotation names.
    pub fn provider(&mut self, places: impl Iterator<Item = NodeId>, class: Option<TypeIx>) -> Option<Callee> {
        let tree = self.tree;
        for place in places {
            for call in tree.subtree(place).filter(|&id| tree.kind(id) == Kind::Call) {
                let Some(callee) = tree.child(call, Field::Callee) else { continue };
                if !matches!(tree.label(callee), "Depends" | "Security") {
                    continue;
                }
                let first = tree.children_by(call, Field::Argument).next();
                let first = first.map(|first| {
                    if tree.kind(first) == Kind::KeywordArgument {
                        tree.child(first, Field::Value).unwrap_or(first)
                    } else {
                        first
                    }
                });
                let Some(first) = first else {
                    return class.map(|class| match self.graph.facts.types[class as usize] {
                        FlowType::Class(class) => Callee::Class(class),
                        FlowType::Named(name) => Callee::Named(name),
                        _ => Callee::Unknown,
                    });
                };
                return Some(self.callee_named(first));
            }
        }
        None
    }

    /// The function or class that a name or a dotted name means in the file's scope.
    pub fn callee_named(&mut self, id: NodeId) -> Callee {
        match self.declared.get(self.tree.label(id)).filter(|_| self.tree.kind(id) == Kind::Name) {
            Some(Declared::Function(function)) => Callee::Function(*function),
            Some(Declared::Class(class)) => Callee::Class(*class),
            None => match self.names.qualified(id).into_iter().next() {
                Some(dotted) => Callee::Named(self.graph.name(&dotted)),
                None => Callee::Unknown,
            },
        }
    }

    /// The class that a name means.
    pub fn named_class(&mut self, id: NodeId) -> Option<TypeIx> {
        let class = match self.callee_named(id) {
            Callee::Class(class) => FlowType::Class(class),
            Callee::Named(name) => FlowType::Named(name),
            _ => return None,
        };
        Some(self.type_ix(class))
    }

    /// The class in an annotation, looking through `Optional[..]`, `Annotated[..]`, `X | None` and quotes.
    pub fn annotated_class(&mut self, annotation: NodeId) -> Option<TypeIx> {
        let tree = self.tree;
        let mut at = annotation;
        for _ in 0..8 {
            match tree.kind(at) {
                Kind::Name | Kind::Attribute => return self.named_class(at),
                Kind::Str => {
                    let name = tree.label(at);
                    let Some(Declared::Class(class)) = self.declared.get(name) else { return None };
                    let class = *class;
                    return Some(self.type_ix(FlowType::Class(class)));
                }
                Kind::Binary => {
                    at = tree.children(at).find(|&side| tree.kind(side) != Kind::Null)?;
                }
                Kind::Unary => at = tree.child(at, Field::Operand)?,
                Kind::Subscript => {
                    let outer = tree.label(tree.child(at, Field::Object)?);
                    let looks_through = matches!(
                        outer,
                        "Optional" | "Annotated" | "Union" | "Final" | "ClassVar" | "Mapped" | "Required"
                    );
                    if !looks_through {
                        return None;
                    }
                    at = tree.child(at, Field::Index)?;
                }
                _ => return None,
            }
        }
        None
    }

    /// Whether an annotation leaves no room for text.
    pub fn is_closed_type(&mut self, annotation: NodeId, depth: u32) -> bool {
        let tree = self.tree;
        if depth == 0 {
            return false;
        }
        match tree.kind(annotation) {
            Kind::Null => true,
            Kind::Name | Kind::Attribute => {
                let label = tree.label(annotation);
                if CLOSED_TYPES.contains(&label) {
                    return true;
                }
                match self.declared.get(label) {
                    Some(Declared::Class(class)) => self.is_enumeration(*class),
                    _ => false,
                }
            }
            Kind::Binary => {
                let sides: Vec<NodeId> = tree.children(annotation).collect();
                sides.into_iter().all(|side| self.is_closed_type(side, depth - 1))
            }
            Kind::Subscript => {
                let outer = tree.child(annotation, Field::Object).map_or("", |outer| tree.label(outer));
                let indexes: Vec<NodeId> = tree.children_by(annotation, Field::Index).collect();
                match outer {
                    "Literal" => true,
                    "Annotated" => indexes.first().is_some_and(|&first| self.is_closed_type(first, depth - 1)),
                    "Optional" | "Union" | "list" | "List" | "set" | "Set" | "tuple" | "Tuple" | "Sequence"
                    | "dict" | "Dict" => {
                        !indexes.is_empty() && indexes.into_iter().all(|index| self.is_closed_type(index, depth - 1))
                    }
                    _ => false,
                }
            }
            _ => false,
        }
    }

    pub fn is_enumeration(&self, class: ClassIx) -> bool {
        self.graph.facts.classes[class as usize].bases.iter().any(|&base| match self.graph.facts.types[base as usize] {
            FlowType::Named(name) => {
                let text = &*self.graph.facts.names[name as usize];
                text.starts_with("enum.") || matches!(text.rsplit('.').next(), Some("StrEnum" | "IntEnum" | "Enum"))
            }
            FlowType::Class(base) => base != class && self.is_enumeration_bounded(base, 4),
            _ => false,
        })
    }

    pub fn is_enumeration_bounded(&self, class: ClassIx, depth: u32) -> bool {
        depth > 0
            && self.graph.facts.classes[class as usize].bases.iter().any(|&base| {
                match self.graph.facts.types[base as usize] {
                    FlowType::Named(name) => self.graph.facts.names[name as usize].starts_with("enum."),
                    FlowType::Class(base) => self.is_enumeration_bounded(base, depth - 1),
                    _ => false,
                }
            })
    }

    /// A class and its bases in this file, nearest first.
    pub fn lineage(&self, class: ClassIx) -> Vec<ClassIx> {
        let mut found = vec![class];
        let mut at = 0;
        while let Some(&class) = found.get(at) {
            for &base in &self.graph.facts.classes[class as usize].bases {
                if let FlowType::Class(base) = self.graph.facts.types[base as usize]
                    && !found.contains(&base)
                    && found.len() < 32
                {
                    found.push(base);
                }
            }
            at += 1;
        }
        found
    }

    /// The method of a name in a class or its bases in this file.
    pub fn method_here(&self, class: ClassIx, name: &str) -> Option<FunctionIx> {
        self.lineage(class).into_iter().find_map(|class| {
            let methods = &self.graph.facts.classes[class as usize].methods;
            methods.iter().rev().find(|&&(known, _)| &*self.graph.facts.names[known as usize] == name).map(|&(_, f)| f)
        })
    }
}
