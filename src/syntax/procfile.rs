//! Procfile: one process a line, `name: command`.
//!
//! The format only looks like YAML: a command may hold `: `, `#` and quotes. The tree is the one that YAML would give, a
//! Mapping of Str to Str. This module knows nothing of what the commands do.

use super::{Field, Kind, Language, Parsed, Problem, TreeBuilder};
use crate::source::Span;
use std::sync::Arc;

/// Parses a Procfile.
#[expect(clippy::needless_pass_by_value, reason = "every front end takes the text it puts into the tree")]
pub fn parse(text: Arc<str>) -> Parsed {
    let mut builder = TreeBuilder::new(Language::Yaml, Arc::clone(&text));
    let mut problems = Vec::new();
    let whole = Span::from_range(0..text.len());
    builder.open(Kind::Document, Field::None, whole);
    let mapping = builder.open(Kind::Mapping, Field::Item, whole);
    let mut start = 0;
    for line in text.split_inclusive(['\n', '\r']) {
        let content = line.trim();
        let from = start + (line.len() - line.trim_start().len());
        start += line.len();
        let span = Span::from_range(from..from + content.len());
        if content.starts_with('#') {
            builder.comment(span);
            continue;
        }
        let name = content.split(':').next().unwrap_or("");
        let is_name = name.chars().all(|character| character.is_alphanumeric() || "-_.".contains(character));
        if content.is_empty() {
            continue;
        }
        if name.is_empty() || name.len() == content.len() || !is_name {
            builder.leaf(Kind::Error, Field::Item, span);
            problems.push(Problem { span, message: "expected `name: command`".to_owned() });
            continue;
        }
        let pair = builder.open(Kind::Pair, Field::Item, span);
        let key = Span::from_range(from..from + name.len());
        builder.labelled_leaf(Kind::Str, Field::Key, key, key);
        let command = content[name.len() + 1..].trim_start();
        let value = Span::from_range(from + content.len() - command.len()..from + content.len());
        let kind = if command.is_empty() { Kind::Null } else { Kind::Str };
        builder.labelled_leaf(kind, Field::Value, value, value);
        builder.close(pair);
    }
    builder.close(mapping);
    Parsed { tree: builder.finish(), problems }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn commands_are_taken_as_they_are() {
        let text =
            "# processes\nweb: uvicorn app:app --header 'X: y' # not a comment\r\n\nworker:  celery -A x\nnonsense\n";
        let parsed = parse(Arc::from(text));
        parsed.tree.check().unwrap();
        let values: Vec<&str> = parsed
            .tree
            .ids()
            .filter(|&id| parsed.tree.field(id) == Field::Value)
            .map(|id| parsed.tree.label(id))
            .collect();
        assert_eq!(values, ["uvicorn app:app --header 'X: y' # not a comment", "celery -A x"]);
        assert_eq!(parsed.tree.comments().len(), 1);
        assert_eq!(&text[parsed.problems[0].span.range()], "nonsense");
    }

    proptest! {
        #[test]
        fn any_text_gives_a_sound_tree(text in any::<String>()) {
            prop_assert_eq!(parse(Arc::from(text)).tree.check(), Ok(()));
        }
    }
}
