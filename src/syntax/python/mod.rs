//! The Python front end: plain Python read [`direct`]ly, everything else by way of tree-sitter's concrete tree, lowered in
//! one walk to the shapes of [`Kind`].
//!
//! This folder is the only place that knows tree-sitter. [`hazards`] looks at the text before the parser does,
//! [`grammar`] names the parser's kinds, [`lowering`] walks its tree, and the other files each lower one family of
//! constructs. It must not know rules or files.

mod chains;
mod comprehensions;
mod definitions;
mod direct;
mod expressions;
mod grammar;
mod hazards;
mod lowering;
mod matches;
mod simple_statements;
mod statements;
mod strings;

#[cfg(test)]
mod stress;
#[cfg(test)]
mod tests;

use super::{Field, Kind, Language, Parsed, Problem, TreeBuilder};
use crate::source::Span;
use std::cell::RefCell;
use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Problems named for one text; what follows says less and less.
const MAX_PROBLEMS: usize = 20;

thread_local! {
    /// A parser keeps its stacks and pools from one text to the next.
    static PARSER: RefCell<Option<tree_sitter::Parser>> = const { RefCell::new(None) };
}

/// Parses Python of every version from 2.7 on. Never fails: what is not Python becomes [`Kind::Error`] nodes and
/// [`Problem`]s, and every statement around it is kept.
pub fn parse(text: Arc<str>) -> Parsed {
    // Real code takes a tenth of a microsecond a byte, and the worst known text in linear time takes two. What is left
    // are texts whose errors each make the parser unwind all of a deep stack (`if +if +if +...`): it counts no steps
    // there that could be bounded, so that only a clock tells. On a machine under load real code still has forty times
    // the time that it needs.
    let allowed = Duration::from_secs(1) + Duration::from_micros(4) * u32::try_from(text.len()).unwrap_or(u32::MAX);
    direct::read(&text).unwrap_or_else(|| parse_within(text, allowed))
}

fn parse_within(text: Arc<str>, allowed: Duration) -> Parsed {
    let tamed = hazards::tame(&text);
    let Some(tree) = concrete_tree(&tamed.bytes, allowed) else { return given_up(text) };
    let mut lowering = lowering::Lowering::new(&tree, Arc::clone(&text));
    for &comment in &tamed.comments {
        lowering.comment(comment);
    }
    for &span in &tamed.too_deep {
        lowering.problem(span, format!("brackets nest deeper than {} levels", hazards::MAX_BRACKETS));
    }
    lowering.module();
    lowering.finish()
}

/// tree-sitter's tree; `None` if that would take longer than allowed.
fn concrete_tree(bytes: &[u8], allowed: Duration) -> Option<tree_sitter::Tree> {
    PARSER.with_borrow_mut(|slot| {
        if slot.is_none() {
            let mut parser = tree_sitter::Parser::new();
            parser.set_language(&grammar::language()).ok()?;
            *slot = Some(parser);
        }
        let parser = slot.as_mut()?;
        let start = Instant::now();
        let mut progress = |_: &tree_sitter::ParseState| {
            if start.elapsed() < allowed { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
        };
        let options = tree_sitter::ParseOptions::new().progress_callback(&mut progress);
        let tree = parser.parse_with_options(&mut |at, _| bytes.get(at..).unwrap_or(&[]), None, Some(options));
        if tree.is_none() {
            // A cancelled parser would otherwise go on with the old text.
            parser.reset();
        }
        tree
    })
}

fn given_up(text: Arc<str>) -> Parsed {
    let span = Span::from_range(0..text.len());
    let mut builder = TreeBuilder::new(Language::Python, text);
    builder.leaf(Kind::Error, Field::None, span);
    let problem = Problem { span, message: "too tangled to be parsed as Python".to_owned() };
    Parsed { tree: builder.finish(), problems: vec![problem] }
}
