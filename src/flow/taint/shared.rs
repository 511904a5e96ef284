//! Types, and variables that belong to no function: those of the file, what is imported, attributes of classes.

use super::interpreter::Interpreter;
use crate::facts::flow::{CallIx, ClassIx, FlowType, NodeIx, Step, TypeIx};
use crate::source::Span;

impl Interpreter<'_> {
    #[expect(clippy::cast_possible_truncation, reason = "fewer types than nodes in the tree")]
    pub fn type_ix(&mut self, class: FlowType) -> TypeIx {
        let types = &mut self.graph.facts.types;
        *self.types.entry(class).or_insert_with(|| {
            types.push(class);
            types.len() as TypeIx - 1
        })
    }

    pub fn result_type(&mut self, call: CallIx) -> TypeIx {
        self.type_ix(FlowType::Result(call))
    }

    /// The node of a variable of the file's scope.
    pub fn module_cell(&mut self, name: &str) -> NodeIx {
        if let Some(&node) = self.module_cells.get(name) {
            return node;
        }
        let text = self.graph.name(name);
        let node = self.graph.node(Span::default(), 0, Step::Shared(text));
        self.module_cells.insert(name.into(), node);
        self.graph.facts.globals.push((text, node));
        node
    }

    /// The node of something imported that is used as a value.
    pub fn imported_cell(&mut self, dotted: &str) -> NodeIx {
        if let Some(&node) = self.imported_cells.get(dotted) {
            return node;
        }
        let text = self.graph.name(dotted);
        let node = self.graph.node(Span::default(), 0, Step::Shared(text));
        self.imported_cells.insert(dotted.into(), node);
        self.graph.facts.imported.push((text, node));
        node
    }

    /// The node of an attribute of a class, whatever the object.
    pub fn attribute_cell(&mut self, class: ClassIx, name: &str) -> NodeIx {
        let text = self.graph.name(name);
        if let Some(&node) = self.attribute_cells.get(&(class, text)) {
            return node;
        }
        let node = self.graph.node(Span::default(), 0, Step::Shared(text));
        self.attribute_cells.insert((class, text), node);
        self.graph.facts.attributes.push((class, text, node));
        node
    }
}
