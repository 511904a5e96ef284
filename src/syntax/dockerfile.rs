//! Dockerfiles: stages, instructions, and the shell text in them.
//!
//! The rules are those of `BuildKit`: parser directives, continued lines with comments in between, here-documents, exec and shell
//! form. Shell text is handed to the shell front end with a map of where its pieces stand. What an instruction does to an
//! image is not known here, except for the defaults that [`resolve_args`] puts in for variables.

mod arguments;
mod exec_form;
mod instruction;
mod lines;

#[cfg(test)]
mod tests;

pub use arguments::{BuildArguments, resolve_args};

use super::{Field, Kind, Language, NodeId, Parsed, Problem, TreeBuilder};
use crate::source::Span;
use instruction::Lowering;
use lines::{Line, Lines};
use std::sync::Arc;

/// Parses a Dockerfile. Never fails.
#[expect(clippy::needless_pass_by_value, reason = "every front end is called alike")]
pub fn parse(text: Arc<str>) -> Parsed {
    let mut builder = TreeBuilder::new(Language::Dockerfile, Arc::clone(&text));
    let root = builder.open(Kind::Document, Field::None, Span::from_range(0..text.len()));
    let mut lines = Lines::new(&text);
    let mut lowering = Lowering::new(builder, lines.escape());
    let mut stage: Option<NodeId> = None;
    while let Some(line) = lines.next() {
        let item = match line {
            Line::Comment(span) => {
                lowering.builder.comment(span);
                continue;
            }
            Line::Template(span) => lowering.builder.leaf(Kind::Error, Field::Item, span),
            Line::Instruction(logical) => {
                for &comment in &logical.comments {
                    lowering.builder.comment(comment);
                }
                if logical.keyword().eq_ignore_ascii_case("FROM") {
                    if let Some(stage) = stage {
                        lowering.builder.close(stage);
                    }
                    stage = Some(lowering.stage(&logical));
                }
                lowering.instruction(&logical, 0, Field::Item)
            }
        };
        if let Some(stage) = stage {
            lowering.cover(stage, item);
        }
    }
    if let Some(stage) = stage {
        lowering.builder.close(stage);
    }
    let Lowering { mut builder, mut problems, .. } = lowering;
    if let Some(span) = lines.first_template() {
        problems.push(Problem { span, message: "template placeholder: its value is not known".to_owned() });
    }
    problems.sort_by_key(|problem| problem.span);
    builder.close(root);
    Parsed { tree: builder.finish(), problems }
}
