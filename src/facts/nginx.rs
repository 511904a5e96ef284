//! What an nginx file says: its directives with their arguments, flat and in order.
//!
//! Knows nothing of what directives mean, and follows no include: that is the nginx model's work.

use crate::source::Span;
use crate::syntax::{Field, Kind, NodeId, Tree};
use std::ops::Range;

/// The directives of one text.
#[derive(Debug, Clone, Default)]
pub struct NginxFacts {
    /// The texts of all words, one behind the other.
    texts: String,
    words: Vec<Word>,
    directives: Vec<Written>,
    /// Whether something between the outermost directives could not be read.
    pub has_unread_parts: bool,
}

/// A name or an argument.
#[derive(Debug, Clone, Copy)]
struct Word {
    start: u32,
    end: u32,
    span: Span,
}

/// A directive as it is written.
#[derive(Debug, Clone, Copy)]
pub struct Written {
    /// The whole directive in the file, its block included.
    pub span: Span,
    /// Its block with the braces; `None` for a directive that ends in `;` or holds Lua.
    pub block: Option<Span>,
    /// Index just behind the last directive below it: `index + 1..end` are the directives in its block.
    pub end: u32,
    /// Whether something directly in its block could not be read: a tag of a template language, a mistake.
    pub has_unread_parts: bool,
    first_word: u32,
    last_word: u32,
}

impl NginxFacts {
    /// The directives of a tree.
    pub fn collect(tree: &Tree) -> Self {
        let mut facts = Self::default();
        // Ends of the subtrees of the directives around a node, with their indices.
        let mut open: Vec<(u32, usize)> = Vec::new();
        let mut skip_until = 0;
        for (number, node) in (0_u32..).zip(tree.ids()) {
            if number < skip_until {
                continue;
            }
            while let Some(&(end, index)) = open.last().filter(|(end, _)| *end <= number) {
                debug_assert!(end <= number);
                facts.directives[index].end = facts.next();
                open.pop();
            }
            match tree.kind(node) {
                Kind::Directive => {
                    open.push((tree.subtree_end(node), facts.directives.len()));
                    facts.add(tree, node);
                }
                Kind::Error => {
                    skip_until = tree.subtree_end(node);
                    match open.last() {
                        Some(&(_, index)) => facts.directives[index].has_unread_parts = true,
                        None => facts.has_unread_parts = true,
                    }
                }
                _ => {}
            }
        }
        for (_, index) in open {
            facts.directives[index].end = facts.next();
        }
        facts
    }

    fn next(&self) -> u32 {
        u32::try_from(self.directives.len()).unwrap_or(u32::MAX)
    }

    fn add(&mut self, tree: &Tree, node: NodeId) {
        let first_word = u32::try_from(self.words.len()).unwrap_or(u32::MAX);
        let name_span = tree.label_span(node).unwrap_or_else(|| {
            let start = tree.span(node).start;
            Span::new(start, start.saturating_add(u32::try_from(tree.label(node).len()).unwrap_or(0)))
        });
        self.word(tree.label(node), tree.to_file(name_span));
        let mut block = None;
        for child in tree.children(node) {
            match (tree.field(child), tree.kind(child)) {
                (Field::Argument, _) => self.word(tree.label(child), tree.file_span(child)),
                (Field::Body, Kind::Block) => block = Some(tree.file_span(child)),
                _ => {}
            }
        }
        self.directives.push(Written {
            span: tree.file_span(node),
            block,
            end: self.next() + 1,
            has_unread_parts: false,
            first_word,
            last_word: u32::try_from(self.words.len()).unwrap_or(u32::MAX),
        });
    }

    fn word(&mut self, text: &str, span: Span) {
        let start = u32::try_from(self.texts.len()).unwrap_or(u32::MAX);
        self.texts.push_str(text);
        let end = u32::try_from(self.texts.len()).unwrap_or(u32::MAX);
        self.words.push(Word { start, end, span });
    }

    /// Number of directives.
    pub fn len(&self) -> usize {
        self.directives.len()
    }

    /// Whether there is no directive.
    pub fn is_empty(&self) -> bool {
        self.directives.is_empty()
    }

    /// A directive by its index, in order of the text.
    pub fn directive(&self, index: u32) -> &Written {
        &self.directives[index as usize]
    }

    /// Indices of the directives directly in a block: `0..len` gives the outermost.
    pub fn among(&self, range: Range<u32>) -> impl Iterator<Item = u32> + '_ {
        let mut next = range.start;
        std::iter::from_fn(move || {
            let at = (next < range.end).then_some(next)?;
            next = self.directive(at).end;
            Some(at)
        })
    }

    /// The name, quotes resolved.
    pub fn name(&self, directive: &Written) -> &str {
        self.text(directive.first_word)
    }

    /// Where the name stands.
    pub fn name_span(&self, directive: &Written) -> Span {
        self.words[directive.first_word as usize].span
    }

    /// Number of arguments.
    pub fn argument_count(&self, directive: &Written) -> usize {
        (directive.last_word - directive.first_word - 1) as usize
    }

    /// An argument by its 0-based position, quotes and escapes resolved, variables as written.
    pub fn argument(&self, directive: &Written, index: usize) -> Option<&str> {
        (index < self.argument_count(directive))
            .then(|| self.text(directive.first_word + 1 + u32::try_from(index).unwrap_or(0)))
    }

    /// Where an argument stands, with its quotes.
    pub fn argument_span(&self, directive: &Written, index: usize) -> Option<Span> {
        (index < self.argument_count(directive)).then(|| self.words[directive.first_word as usize + 1 + index].span)
    }

    fn text(&self, word: u32) -> &str {
        let word = self.words[word as usize];
        self.texts.get(word.start as usize..word.end as usize).unwrap_or("")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::syntax::{Language, parse};

    #[test]
    fn nesting_words_and_unread_parts_are_kept() {
        let text = "http {\n  server { listen 80; location \"/a b\" { return 204; } }\n  {{ tag }}\n}\nuser x;";
        let facts = NginxFacts::collect(&parse(Language::Nginx, text).tree);
        let top: Vec<_> = facts.among(0..5).map(|at| facts.name(facts.directive(at))).collect();
        assert_eq!(top, ["http"]);
        let http = facts.directive(0);
        assert!(http.has_unread_parts);
        let server = facts.directive(1);
        let inside: Vec<_> = facts.among(2..server.end).map(|at| facts.name(facts.directive(at))).collect();
        assert_eq!(inside, ["listen", "location"]);
        let location = facts.directive(3);
        assert_eq!(facts.argument(location, 0), Some("/a b"));
        assert_eq!(&text[facts.argument_span(location, 0).unwrap().range()], "\"/a b\"");
        assert_eq!(facts.argument(location, 1), None);
        assert_eq!(facts.len(), 6);
        assert_eq!(facts.name(facts.directive(5)), "user");
    }
}
