//! Functions, classes, their parameters and decorators.

use super::grammar::Syntax;
use super::lowering::{Here, Lowering};
use crate::source::Span;
use crate::syntax::{Field, Kind, NodeId};

impl Lowering<'_> {
    /// A definition with decorators: one node from the first decorator to the end of the body.
    pub(super) fn decorated(&mut self, here: Here, field: Field) {
        let id = self.open(Kind::FunctionDef, field, here.span);
        let mut child = self.enter();
        while let Some(part) = child {
            match part.syntax {
                Syntax::Decorator => self.decorator(part),
                Syntax::FunctionDefinition => self.function_parts(id),
                Syntax::ClassDefinition => {
                    self.set_kind(id, Kind::ClassDef);
                    self.class_parts(id);
                }
                _ if part.syntax.is_token() => {}
                _ => self.expression(part, Field::None),
            }
            child = self.next();
        }
        self.close_at_last_child(id);
    }

    pub(super) fn function(&mut self, here: Here, field: Field) {
        let id = self.open(Kind::FunctionDef, field, here.span);
        self.function_parts(id);
        self.close_at_last_child(id);
    }

    fn function_parts(&mut self, id: NodeId) {
        let mut child = self.enter();
        while let Some(part) = child {
            match part.syntax {
                Syntax::Async => _ = self.labelled(Kind::Modifier, Field::Modifier, part.span),
                Syntax::Identifier => self.label_span(id, part.span),
                Syntax::TypeParameter => self.type_parameters(),
                Syntax::Parameters => self.parameters(),
                Syntax::Type => self.expression(part, Field::Returns),
                Syntax::Block => self.block(part, Field::Body),
                _ if part.syntax.is_token() => {}
                _ => self.expression(part, Field::None),
            }
            child = self.next();
        }
    }

    pub(super) fn class(&mut self, here: Here, field: Field) {
        let id = self.open(Kind::ClassDef, field, here.span);
        self.class_parts(id);
        self.close_at_last_child(id);
    }

    fn class_parts(&mut self, id: NodeId) {
        let mut child = self.enter_node();
        while let Some(part) = child {
            match part.syntax {
                Syntax::Identifier => self.label_span(id, part.span),
                Syntax::TypeParameter => self.type_parameters(),
                Syntax::ArgumentList => self.arguments(Field::Base),
                Syntax::Block => self.block(part, Field::Body),
                _ => self.expression(part, Field::None),
            }
            child = self.next_node();
        }
    }

    pub(super) fn decorator(&mut self, here: Here) {
        let id = self.open(Kind::Decorator, Field::Decorator, here.span);
        let mut child = self.enter_node();
        let mut end = here.span.start;
        while let Some(part) = child {
            self.expression(part, Field::Value);
            end = part.span.end;
            child = self.next_node();
        }
        // The grammar counts the line end in.
        self.set_span(id, Span::new(here.span.start, end.max(self.last_end())));
        self.close(id);
    }

    /// Lowers what stands between the parentheses of a function or behind `lambda`.
    pub(super) fn parameters(&mut self) {
        let mut child = self.enter_node();
        while let Some(part) = child {
            self.parameter(part);
            child = self.next_node();
        }
    }

    fn parameter(&mut self, here: Here) {
        if self.room() == 0 {
            return self.too_deep(here, Field::Parameter);
        }
        match here.syntax {
            Syntax::Identifier | Syntax::KeywordSeparator | Syntax::PositionalSeparator => {
                self.labelled(Kind::Parameter, Field::Parameter, here.span);
            }
            Syntax::ListSplatPattern | Syntax::DictionarySplatPattern => {
                let id = self.open(Kind::Parameter, Field::Parameter, here.span);
                self.starred_parameter(id);
                self.close(id);
            }
            Syntax::TypedParameter | Syntax::DefaultParameter | Syntax::TypedDefaultParameter => {
                self.parameter_parts(here);
            }
            // `def f((a, b)):` of Python 2.
            Syntax::TuplePattern => {
                let id = self.open(Kind::Parameter, Field::Parameter, here.span);
                self.expression(here, Field::Target);
                self.close(id);
            }
            _ => self.expression(here, Field::None),
        }
    }

    fn parameter_parts(&mut self, here: Here) {
        let id = self.open(Kind::Parameter, Field::Parameter, here.span);
        let mut role = Field::Target;
        let mut child = self.enter();
        while let Some(part) = child {
            match part.syntax {
                Syntax::Colon => role = Field::Type,
                Syntax::Equals => role = Field::Default,
                _ if part.syntax.is_token() => {}
                Syntax::Identifier if role == Field::Target => self.label_span(id, part.span),
                Syntax::ListSplatPattern | Syntax::DictionarySplatPattern if role == Field::Target => {
                    self.starred_parameter(id);
                }
                _ => self.expression(part, role),
            }
            child = self.next();
        }
        self.close(id);
    }

    /// `*args` and `**kwargs`: the stars are a Modifier of the parameter, the name its label.
    fn starred_parameter(&mut self, id: NodeId) {
        let mut child = self.enter();
        while let Some(part) = child {
            match part.syntax {
                Syntax::Identifier => self.label_span(id, part.span),
                _ if part.syntax.is_token() => _ = self.labelled(Kind::Modifier, Field::Modifier, part.span),
                _ => self.expression(part, Field::Target),
            }
            child = self.next();
        }
    }

    /// `[T: int, *Ts, **P]`. Defaults (`[T = int]`, Python 3.13) are errors to the grammar: the name in front of the sign
    /// and the type behind it are told apart here, and the default is left out.
    pub(super) fn type_parameters(&mut self) {
        let mut is_default = false;
        let mut child = self.peek_first();
        while let Some(part) = child {
            match part.syntax {
                Syntax::Comma => is_default = false,
                Syntax::Error if self.slice(part.span).starts_with('=') => {}
                Syntax::Error => match self.defaulted_name(part.span) {
                    Some(name) => {
                        let id =
                            self.leaf(Kind::TypeParameter, Field::TypeParameter, Span::new(part.span.start, name.end));
                        self.label_span(id, name);
                        is_default = true;
                    }
                    None => self.error(part, Field::None),
                },
                _ if part.syntax.is_token() || self.take_trivia(part) => {}
                _ if is_default => {}
                _ => self.type_parameter(part),
            }
            child = self.peek_next();
        }
    }

    /// The name in `T =`, `*Ts = *`, `**P =`.
    fn defaulted_name(&self, span: Span) -> Option<Span> {
        let (declared, _) = self.slice(span).split_once('=')?;
        let name = declared.trim_start_matches('*');
        let first = span.range().start + declared.len() - name.len();
        let name = name.trim_end();
        let is_name = !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || c == '_');
        is_name.then(|| Span::from_range(first..first + name.len()))
    }

    fn type_parameter(&mut self, here: Here) {
        if self.room() == 0 {
            return self.too_deep(here, Field::TypeParameter);
        }
        let id = self.open(Kind::TypeParameter, Field::TypeParameter, here.span);
        self.type_parameter_parts(id, here);
        self.close(id);
    }

    /// The first name is the parameter's, what follows is its bound.
    fn type_parameter_parts(&mut self, id: NodeId, here: Here) {
        match here.syntax {
            Syntax::Identifier => self.label_span(id, here.span),
            Syntax::Type | Syntax::ConstrainedType | Syntax::SplatType => {
                self.depth += 1;
                let mut child = if self.room() == 0 { None } else { self.enter_node() };
                let mut named = false;
                while let Some(part) = child {
                    if named {
                        self.expression(part, Field::Type);
                    } else {
                        self.type_parameter_parts(id, part);
                    }
                    named = true;
                    child = self.next_node();
                }
                self.depth -= 1;
            }
            _ => self.expression(here, Field::Type),
        }
    }
}
