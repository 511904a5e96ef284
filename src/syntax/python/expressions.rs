//! Expressions, and whatever can stand where one is expected.

use super::grammar::Syntax;
use super::lowering::{Here, Lowering};
use crate::source::Span;
use crate::syntax::{Field, Kind, NodeId};

impl Lowering<'_> {
    /// Lowers what the cursor stands on to one node (parentheses and the like make none of their own).
    pub(super) fn expression(&mut self, here: Here, field: Field) {
        if self.room() == 0 {
            return self.too_deep(here, field);
        }
        if here.syntax.is_left_recursive() && self.is_starred(here) {
            return self.starred_chain(here, field);
        }
        match here.syntax {
            Syntax::Identifier => _ = self.labelled(Kind::Name, field, here.span),
            Syntax::Attribute | Syntax::MemberType => self.attribute(here, field),
            Syntax::Call => self.call(here, field),
            Syntax::String => self.string(here, field),
            Syntax::ConcatenatedString => self.concatenated_string(here, field),
            Syntax::Integer | Syntax::Float => _ = self.labelled(Kind::Number, field, here.span),
            Syntax::True => self.constant(Kind::Bool, field, here.span, "true"),
            Syntax::False => self.constant(Kind::Bool, field, here.span, "false"),
            Syntax::None => _ = self.leaf(Kind::Null, field, here.span),
            Syntax::Ellipsis => _ = self.leaf(Kind::EllipsisLiteral, field, here.span),
            Syntax::ParenthesizedExpression
            | Syntax::Type
            | Syntax::AsPatternTarget
            | Syntax::ExpressionStatement
            | Syntax::WithItem => self.inner(here, field),
            Syntax::Subscript | Syntax::GenericType => self.subscript(here, field),
            Syntax::BinaryOperator | Syntax::UnionType => self.binary(here, field, Kind::Binary),
            Syntax::BooleanOperator => self.binary(here, field, Kind::Boolean),
            Syntax::ComparisonOperator => self.comparison(here, field),
            Syntax::UnaryOperator | Syntax::NotOperator => self.unary(here, field),
            Syntax::Tuple | Syntax::ExpressionList | Syntax::PatternList => {
                self.items(here, field, Kind::Tuple);
            }
            Syntax::TuplePattern => self.tuple_pattern(here, field),
            Syntax::List | Syntax::ListPattern => self.items(here, field, Kind::List),
            Syntax::Set => self.items(here, field, Kind::Set),
            Syntax::Dictionary => self.items(here, field, Kind::Dict),
            Syntax::Pair => self.pair(here, field),
            Syntax::ListComprehension => self.comprehension(here, field, "list"),
            Syntax::SetComprehension => self.comprehension(here, field, "set"),
            Syntax::DictionaryComprehension => self.comprehension(here, field, "dict"),
            Syntax::GeneratorExpression => self.comprehension(here, field, "generator"),
            Syntax::ForInClause => self.comprehension_for(here, field),
            Syntax::IfClause => self.sequence(here, field, Kind::ComprehensionIf, &[Field::Condition]),
            Syntax::ConditionalExpression => {
                let roles = [Field::Consequence, Field::Condition, Field::Alternative];
                self.sequence(here, field, Kind::Conditional, &roles);
            }
            Syntax::Lambda => self.lambda(here, field),
            Syntax::Await => self.sequence(here, field, Kind::Await, &[Field::Value]),
            Syntax::Yield => self.yield_(here, field),
            Syntax::NamedExpression => {
                self.sequence(here, field, Kind::NamedExpression, &[Field::Target, Field::Value]);
            }
            Syntax::Slice | Syntax::ConstrainedType => self.slice_expression(here, field),
            Syntax::KeywordArgument | Syntax::KeywordPattern => self.keyword_argument(here, field),
            Syntax::ListSplat
            | Syntax::ListSplatPattern
            | Syntax::DictionarySplat
            | Syntax::DictionarySplatPattern
            | Syntax::SplatType
            | Syntax::SplatPattern => self.splat(here, field),
            Syntax::Assignment => self.assignment(here, field),
            Syntax::AugmentedAssignment => self.augmented_assignment(here, field),
            Syntax::DottedName => self.dotted_name(here, field),
            Syntax::AsPattern => self.as_pattern(here, field),
            Syntax::UnionPattern => self.pattern_items(here, field, Kind::OrPattern),
            Syntax::DictPattern => self.dict_pattern(here, field),
            Syntax::ClassPattern => self.class_pattern(here, field),
            Syntax::ComplexPattern => self.complex_pattern(here, field),
            Syntax::CasePattern => self.case_pattern(here, field),
            Syntax::Interpolation | Syntax::FormatExpression => self.interpolation(here, field),
            Syntax::Missing => self.missing(here, field),
            Syntax::Error => self.error(here, field),
            _ => self.other(here, field),
        }
    }

    /// Lowers a part of an error: a statement where it is one, else whatever it is.
    pub(super) fn fragment(&mut self, here: Here) {
        match here.syntax {
            _ if here.syntax.is_token() => {}
            Syntax::Block => self.block(here, Field::Body),
            Syntax::Decorator => self.decorator(here),
            Syntax::StringContent | Syntax::TypeConversion | Syntax::EscapeInterpolation => {}
            _ => self.statement(here),
        }
    }

    /// Something without a shape of its own: its grammar name, and its parts.
    fn other(&mut self, here: Here, field: Field) {
        let id = self.open(Kind::Other, field, here.span);
        self.label(id, self.grammar_name());
        let mut child = self.enter_node();
        while let Some(part) = child {
            match part.syntax {
                Syntax::Block => self.block(part, Field::Item),
                _ => self.expression(part, Field::Item),
            }
            child = self.next_node();
        }
        self.close(id);
    }

    fn constant(&mut self, kind: Kind, field: Field, span: Span, label: &str) {
        let id = self.leaf(kind, field, span);
        self.label(id, label);
    }

    /// Lowers the one expression inside parentheses and other wrappers.
    fn inner(&mut self, here: Here, field: Field) {
        self.depth += 1;
        let before = self.next_id();
        let mut child = self.enter_node();
        while let Some(part) = child {
            self.expression(part, field);
            child = self.next_node();
        }
        self.depth -= 1;
        if self.next_id() == before {
            self.leaf(Kind::Error, field, here.span);
        }
    }

    /// Lowers a node whose parts have fixed roles in order; further parts repeat the last role.
    pub(super) fn sequence(&mut self, here: Here, field: Field, kind: Kind, roles: &[Field]) {
        let id = self.open(kind, field, here.span);
        let mut roles = roles.iter();
        let mut role = Field::None;
        let mut child = self.enter_node();
        while let Some(part) = child {
            role = roles.next().copied().unwrap_or(role);
            self.expression(part, role);
            child = self.next_node();
        }
        self.close(id);
    }

    /// Lowers a display or list: every part is an Item.
    pub(super) fn items(&mut self, here: Here, field: Field, kind: Kind) {
        self.sequence(here, field, kind, &[Field::Item]);
    }

    /// Lowers the parts of an argument list, each with the same role.
    pub(super) fn arguments(&mut self, field: Field) {
        let mut child = self.enter_node();
        while let Some(argument) = child {
            self.expression(argument, field);
            child = self.next_node();
        }
    }

    fn keyword_argument(&mut self, here: Here, field: Field) {
        let id = self.open(Kind::KeywordArgument, field, here.span);
        let mut child = self.enter();
        let mut seen_equals = false;
        while let Some(part) = child {
            match part.syntax {
                Syntax::Equals => seen_equals = true,
                _ if seen_equals => self.pattern(part, Field::Value),
                Syntax::Identifier => self.label_span(id, part.span),
                _ => {}
            }
            child = self.next();
        }
        self.close(id);
    }

    fn slice_expression(&mut self, here: Here, field: Field) {
        let id = self.open(Kind::Slice, field, here.span);
        let mut role = Field::Lower;
        let mut child = self.enter();
        while let Some(part) = child {
            if part.syntax == Syntax::Colon {
                if role == Field::Lower {
                    self.label_span(id, part.span);
                }
                role = if role == Field::Lower { Field::Upper } else { Field::Step };
            } else if !part.syntax.is_token() {
                self.expression(part, role);
            }
            child = self.next();
        }
        self.close(id);
    }

    fn comparison(&mut self, here: Here, field: Field) {
        let id = self.open(Kind::Compare, field, here.span);
        let mut operators: Vec<Span> = Vec::new();
        let mut child = self.enter();
        while let Some(part) = child {
            if part.syntax.is_token() {
                operators.push(part.span);
            } else {
                self.expression(part, if operators.is_empty() { Field::Left } else { Field::Right });
            }
            child = self.next();
        }
        match operators.as_slice() {
            &[only] if only.len() < 3 || matches!(self.slice(only), "not in" | "is not") => self.label_span(id, only),
            _ => {
                let text = self.text();
                let words: Vec<&str> =
                    operators.iter().filter_map(|span| text.get(span.range())).flat_map(operator_words).collect();
                self.label(id, &words.join(" "));
            }
        }
        self.close(id);
    }

    fn unary(&mut self, here: Here, field: Field) {
        let id = self.open(Kind::Unary, field, here.span);
        let mut child = self.enter();
        while let Some(part) = child {
            if part.syntax.is_token() {
                self.label_span(id, part.span);
            } else {
                self.expression(part, Field::Operand);
            }
            child = self.next();
        }
        self.close(id);
    }

    pub(super) fn pair(&mut self, here: Here, field: Field) {
        self.sequence(here, field, Kind::Pair, &[Field::Key, Field::Value]);
    }

    /// `*x`, `**x`; the label is the stars.
    pub(super) fn splat(&mut self, here: Here, field: Field) {
        if self.text_bytes().get(here.span.range().start) != Some(&b'*') {
            // Its star stands around the chain already.
            return self.inner(here, field);
        }
        let id = self.open(Kind::Splat, field, here.span);
        let mut child = self.enter();
        while let Some(part) = child {
            match part.syntax {
                Syntax::Underscore => _ = self.leaf(Kind::Wildcard, Field::Value, part.span),
                _ if part.syntax.is_token() => self.label_span(id, part.span),
                _ => self.expression(part, Field::Value),
            }
            child = self.next();
        }
        self.close(id);
    }

    /// Parentheses on the left of an assignment or in a pattern: a Tuple, unless they only group.
    fn tuple_pattern(&mut self, here: Here, field: Field) {
        self.depth += 1;
        let first = self.next_id();
        let mut tuple = None;
        let mut count = 0;
        let mut child = self.enter();
        while let Some(part) = child {
            if part.syntax == Syntax::Comma {
                if tuple.is_none() && self.next_id() != first {
                    tuple = Some(self.wrap_in_tuple(first, here.span));
                }
            } else if !part.syntax.is_token() {
                self.expression(part, if tuple.is_some() { Field::Item } else { field });
                count += 1;
            }
            child = self.next();
        }
        match tuple {
            Some(tuple) => self.close(tuple),
            None if count == 0 => _ = self.leaf(Kind::Tuple, field, here.span),
            None => {}
        }
        self.depth -= 1;
    }

    /// Lowers the rest of a list without brackets of its own, from `first` on: one expression as it is, several as a
    /// Tuple. Stops at a part of one of the kinds in `stop`, which is returned.
    pub(super) fn bare_list(&mut self, first: Option<Here>, field: Field, stop: &[Syntax]) -> Option<Here> {
        let before = self.next_id();
        let mut tuple: Option<NodeId> = None;
        let mut start = None;
        let mut end = 0;
        let mut child = first;
        while let Some(part) = child {
            if stop.contains(&part.syntax) {
                break;
            }
            let span = Span::new(*start.get_or_insert(part.span.start), part.span.end);
            if part.syntax == Syntax::Comma {
                if tuple.is_none() && self.next_id() != before {
                    tuple = Some(self.wrap_in_tuple(before, span));
                }
            } else {
                self.pattern(part, if tuple.is_some() { Field::Item } else { field });
            }
            end = span.end;
            child = self.next();
        }
        if let Some(tuple) = tuple {
            // An error behind the last part is a child too.
            self.set_span(tuple, Span::new(start.unwrap_or(end), end.max(self.last_end())));
            self.close(tuple);
        }
        child
    }

    /// `a.b.c` that the grammar keeps as one list of names.
    fn dotted_name(&mut self, here: Here, field: Field) {
        let mut names = Vec::new();
        let mut child = self.enter_node();
        while let Some(part) = child {
            names.push(part.span);
            child = self.next_node();
        }
        if names.len() > self.room() {
            return self.too_deep(here, field);
        }
        let Some((&first, rest)) = names.split_first() else { return self.missing(here, field) };
        let mut open = Vec::with_capacity(rest.len());
        for &name in rest.iter().rev() {
            let role = if open.is_empty() { field } else { Field::Object };
            let id = self.open(Kind::Attribute, role, Span::new(first.start, name.end));
            self.label_span(id, name);
            open.push(id);
        }
        self.labelled(Kind::Name, if open.is_empty() { field } else { Field::Object }, first);
        while let Some(id) = open.pop() {
            self.close(id);
        }
    }
}

/// The words of a comparison operator: `not  in` may be written with any space between.
fn operator_words(operator: &str) -> impl Iterator<Item = &str> {
    operator.split(|c: char| c.is_whitespace() || c == '\\').filter(|word| !word.is_empty())
}
