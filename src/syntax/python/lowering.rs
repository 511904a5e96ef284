//! The walk itself: moving the cursor, opening and closing nodes, comments, errors and problems.
//!
//! A handler is called with the cursor on a node and leaves it there. It visits the children with [`Lowering::enter`] and
//! [`Lowering::next`], which take comments and errors out of the way, so that handlers see what the grammar says. The
//! constructs themselves are lowered in the sibling files.

use super::MAX_PROBLEMS;
use super::grammar::{Kinds, Syntax};
use crate::source::Span;
use crate::syntax::{Field, Kind, Language, MAX_DEPTH, NodeId, Parsed, Problem, TreeBuilder};
use std::sync::Arc;

/// Levels that handlers may open between two checks of the depth.
const DEPTH_MARGIN: usize = 12;

/// What the cursor stands on.
#[derive(Debug, Clone, Copy)]
pub(super) struct Here {
    pub syntax: Syntax,
    pub span: Span,
}

impl Here {
    /// The same with a span that does not begin before its parent's, which may have lost a star in front.
    pub(super) fn within(self, parent: Self) -> Self {
        Self { span: Span::new(self.span.start.max(parent.span.start), self.span.end), ..self }
    }
}

/// One walk over a concrete tree.
pub(super) struct Lowering<'tree> {
    cursor: tree_sitter::TreeCursor<'tree>,
    kinds: &'static Kinds,
    has_errors: bool,
    builder: TreeBuilder,
    text: Arc<str>,
    /// Nodes open in the builder, and levels of recursion that opened none.
    pub(super) depth: usize,
    /// End of the node that was closed last.
    end: u32,
    comments: Vec<Span>,
    problems: Vec<Problem>,
}

impl<'tree> Lowering<'tree> {
    pub(super) fn new(tree: &'tree tree_sitter::Tree, text: Arc<str>) -> Self {
        Self {
            cursor: tree.walk(),
            kinds: Kinds::shared(),
            has_errors: tree.root_node().has_error(),
            builder: TreeBuilder::new(Language::Python, Arc::clone(&text)),
            text,
            depth: 0,
            end: 0,
            comments: Vec::new(),
            problems: Vec::new(),
        }
    }

    /// The root: a Module over the whole text, whatever tree-sitter made of it.
    pub(super) fn module(&mut self) {
        let root = self.open(Kind::Module, Field::None, Span::from_range(0..self.text.len()));
        let here = self.here();
        if here.syntax == Syntax::Error {
            self.error(here, Field::Statement);
        } else {
            self.statements();
        }
        self.close(root);
    }

    pub(super) fn finish(mut self) -> Parsed {
        self.comments.sort_unstable_by_key(|span| span.start);
        for span in self.comments {
            self.builder.comment(span);
        }
        self.problems.sort_by_key(|problem| (problem.span.start, problem.span.end));
        self.problems.truncate(MAX_PROBLEMS);
        Parsed { tree: self.builder.finish(), problems: self.problems }
    }

    // ---- the cursor -------------------------------------------------------------------------------------------------

    /// What the cursor stands on.
    #[expect(clippy::cast_possible_truncation, reason = "tree-sitter's offsets are 32 bits wide")]
    pub(super) fn here(&self) -> Here {
        let node = self.cursor.node();
        let span = Span::new(node.start_byte() as u32, node.end_byte() as u32);
        let mut syntax = self.kinds.of_id(node.kind_id());
        if span.is_empty() && self.has_errors && node.is_missing() {
            syntax = Syntax::Missing;
        }
        Here { syntax, span }
    }

    /// Goes to the first child that is no comment and no error. `None`: there is none, and the cursor has not moved.
    pub(super) fn enter(&mut self) -> Option<Here> {
        if self.cursor.goto_first_child() { self.settle(Field::None) } else { None }
    }

    /// As [`Lowering::enter`]; errors among the children are nodes of the role `field`.
    pub(super) fn enter_with(&mut self, field: Field) -> Option<Here> {
        if self.cursor.goto_first_child() { self.settle(field) } else { None }
    }

    /// Goes to the next sibling that is no comment and no error. `None`: there is none, and the cursor is on the parent.
    pub(super) fn next(&mut self) -> Option<Here> {
        self.next_with(Field::None)
    }

    /// As [`Lowering::next`]; errors among the siblings are nodes of the role `field`.
    pub(super) fn next_with(&mut self, field: Field) -> Option<Here> {
        if self.cursor.goto_next_sibling() {
            self.settle(field)
        } else {
            self.cursor.goto_parent();
            None
        }
    }

    /// From where the cursor is, goes on to something that handlers want to see.
    fn settle(&mut self, error_field: Field) -> Option<Here> {
        loop {
            let here = self.here();
            match here.syntax {
                Syntax::Comment => self.comment(here.span),
                Syntax::LineContinuation => {}
                Syntax::Error => self.error(here, error_field),
                Syntax::Missing if !self.cursor.node().is_named() => {
                    let message = format!("expected `{}`", self.cursor.node().kind());
                    self.problem(here.span, message);
                }
                _ => return Some(here),
            }
            if !self.cursor.goto_next_sibling() {
                self.cursor.goto_parent();
                return None;
            }
        }
    }

    /// As [`Lowering::enter`], but tokens are passed over too.
    pub(super) fn enter_node(&mut self) -> Option<Here> {
        let first = self.enter();
        self.skip_tokens(first)
    }

    /// As [`Lowering::next`], but tokens are passed over too.
    pub(super) fn next_node(&mut self) -> Option<Here> {
        let next = self.next();
        self.skip_tokens(next)
    }

    fn skip_tokens(&mut self, mut here: Option<Here>) -> Option<Here> {
        while let Some(Here { syntax, .. }) = here {
            if !syntax.is_token() {
                return here;
            }
            here = self.next();
        }
        None
    }

    /// Goes to the first child as it is, comment or not. For looking ahead only: see [`Lowering::back`].
    pub(super) fn peek_first(&mut self) -> Option<Here> {
        self.cursor.goto_first_child().then(|| self.here())
    }

    /// Goes to the next sibling as it is; at the last one the cursor goes back to the parent.
    pub(super) fn peek_next(&mut self) -> Option<Here> {
        if self.cursor.goto_next_sibling() {
            return Some(self.here());
        }
        self.back();
        None
    }

    /// What the next sibling is, without going there. The cursor stays.
    pub(super) fn peek_sibling(&mut self) -> Option<Here> {
        let next = self.cursor.goto_next_sibling().then(|| self.here());
        if next.is_some() {
            self.cursor.goto_previous_sibling();
        }
        next
    }

    /// Lowers what the cursor was moved to by a look-ahead, if it is a comment or an error. `true`: it was.
    pub(super) fn take_trivia(&mut self, here: Here) -> bool {
        match here.syntax {
            Syntax::Comment => self.comment(here.span),
            Syntax::LineContinuation => {}
            Syntax::Error => self.error(here, Field::None),
            _ => return false,
        }
        true
    }

    /// Goes back to the parent.
    pub(super) fn back(&mut self) {
        self.cursor.goto_parent();
    }

    /// The grammar's name of what the cursor stands on.
    pub(super) fn grammar_name(&self) -> &'tree str {
        self.cursor.node().kind()
    }

    /// Whether anything below the cursor is an error.
    pub(super) fn is_faulty(&self) -> bool {
        self.has_errors && self.cursor.node().has_error()
    }

    // ---- nodes ------------------------------------------------------------------------------------------------------

    /// The source text of a span.
    pub(super) fn slice(&self, span: Span) -> &str {
        self.text.get(span.range()).unwrap_or("")
    }

    /// The whole text as bytes.
    pub(super) fn text_bytes(&self) -> &[u8] {
        self.text.as_bytes()
    }

    /// A handle on the text that does not borrow the walk.
    pub(super) fn text(&self) -> Arc<str> {
        Arc::clone(&self.text)
    }

    pub(super) fn open(&mut self, kind: Kind, field: Field, span: Span) -> NodeId {
        self.depth += 1;
        self.builder.open(kind, field, span)
    }

    pub(super) fn close(&mut self, id: NodeId) {
        self.depth -= 1;
        self.builder.close(id);
        self.end = self.builder.span(id).end;
    }

    /// Closes a node that ends where its last child does, without the comments and line ends that follow.
    pub(super) fn close_at_last_child(&mut self, id: NodeId) {
        let start = self.builder.span(id).start;
        self.builder.set_span(id, Span::new(start, self.end));
        self.close(id);
    }

    pub(super) fn leaf(&mut self, kind: Kind, field: Field, span: Span) -> NodeId {
        self.end = span.end;
        self.builder.leaf(kind, field, span)
    }

    /// A leaf whose label is its own source.
    pub(super) fn labelled(&mut self, kind: Kind, field: Field, span: Span) -> NodeId {
        self.end = span.end;
        self.builder.labelled_leaf(kind, field, span, span)
    }

    pub(super) fn label_span(&mut self, id: NodeId, span: Span) {
        self.end = self.end.max(span.end);
        self.builder.label_span(id, span);
    }

    pub(super) fn label(&mut self, id: NodeId, label: &str) {
        self.builder.label(id, label);
    }

    pub(super) fn set_kind(&mut self, id: NodeId, kind: Kind) {
        self.builder.set_kind(id, kind);
    }

    pub(super) fn set_span(&mut self, id: NodeId, span: Span) {
        self.builder.set_span(id, span);
    }

    pub(super) fn next_id(&self) -> NodeId {
        self.builder.next_id()
    }

    /// End of the node that was closed or added last.
    pub(super) const fn last_end(&self) -> u32 {
        self.end
    }

    /// Puts everything from `first` on below a new Tuple with the role of `first`; more Items may follow until the
    /// Tuple is closed.
    pub(super) fn wrap_in_tuple(&mut self, first: NodeId, span: Span) -> NodeId {
        self.depth += 1;
        self.builder.wrap(first, Kind::Tuple, span, Field::Item)
    }

    // ---- depth, errors, comments ------------------------------------------------------------------------------------

    /// Levels that may still be opened.
    pub(super) const fn room(&self) -> usize {
        MAX_DEPTH.saturating_sub(self.depth + DEPTH_MARGIN)
    }

    /// Covers a node that lies too deep by one Error, without going down.
    pub(super) fn too_deep(&mut self, here: Here, field: Field) {
        self.leaf(Kind::Error, field, here.span);
        self.too_deep_problem(here.span);
    }

    pub(super) fn too_deep_problem(&mut self, span: Span) {
        self.problem(span, format!("nests deeper than {MAX_DEPTH} levels"));
    }

    /// Lowers an error node: what parsed inside it is kept.
    pub(super) fn error(&mut self, here: Here, field: Field) {
        let snippet: String = self.slice(here.span).trim().chars().take_while(|&c| c != '\n').take(24).collect();
        let message =
            if snippet.is_empty() { "incomplete code".to_owned() } else { format!("unexpected `{}`", snippet.trim()) };
        self.problem(here.span, message);
        if self.room() == 0 {
            self.leaf(Kind::Error, field, here.span);
            return;
        }
        let id = self.open(Kind::Error, field, here.span);
        let mut child = self.enter_with(Field::Statement);
        while let Some(here) = child {
            if here.syntax != Syntax::Missing {
                self.fragment(here);
            }
            child = self.next_with(Field::Statement);
        }
        self.close(id);
    }

    /// A node that the parser made up.
    pub(super) fn missing(&mut self, here: Here, field: Field) {
        let message = format!("expected {}", self.grammar_name().replace('_', " "));
        self.problem(here.span, message);
        self.leaf(Kind::Error, field, here.span);
    }

    pub(super) fn comment(&mut self, span: Span) {
        self.comments.push(span);
    }

    /// Notes a problem; one that follows another on the same line is taken as a part of it.
    pub(super) fn problem(&mut self, span: Span, message: String) {
        if self.problems.len() == 2 * MAX_PROBLEMS {
            return;
        }
        if let Some(last) = self.problems.last_mut() {
            let between = self.text.as_bytes().get(last.span.range().end..span.range().start);
            if last.span.start <= span.start && between.is_none_or(|between| !between.contains(&b'\n')) {
                last.span = last.span.cover(span);
                return;
            }
        }
        self.problems.push(Problem { span, message });
    }
}
