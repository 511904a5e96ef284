//! Words in the tree: their value with escapes resolved, and the variables in them.

use super::lexer::Word;
use super::template::Tags;
use crate::source::Span;
use crate::syntax::{Field, Kind, NodeId, TreeBuilder};

/// Gives a node the value of a word as its label.
pub(super) fn label(builder: &mut TreeBuilder, node: NodeId, text: &str, word: &Word) {
    let content = text.get(word.content.range()).unwrap_or("");
    if word.escaped
        && let Some(value) = unescaped(content)
    {
        builder.label(node, &value);
    } else {
        builder.label_span(node, word.content);
    }
}

/// nginx drops the backslash before quotes and backslashes, knows `\t`, `\r` and `\n`, and keeps every other one.
fn unescaped(content: &str) -> Option<String> {
    let mut value = String::with_capacity(content.len());
    let mut changed = false;
    let mut chars = content.chars().peekable();
    while let Some(char) = chars.next() {
        let replacement = match (char, chars.peek()) {
            ('\\', Some(&next @ ('"' | '\'' | '\\'))) => Some(next),
            ('\\', Some('t')) => Some('\t'),
            ('\\', Some('r')) => Some('\r'),
            ('\\', Some('n')) => Some('\n'),
            _ => None,
        };
        if replacement.is_some() {
            chars.next();
            changed = true;
        }
        value.push(replacement.unwrap_or(char));
    }
    changed.then_some(value)
}

/// Adds an argument with its variables.
pub(super) fn argument(builder: &mut TreeBuilder, text: &str, word: &Word, is_regex: bool) {
    let node = builder.open(Kind::Word, Field::Argument, word.span);
    label(builder, node, text, word);
    if !is_regex {
        variables(builder, text, word.content);
    }
    builder.close(node);
}

/// Whether nginx compiles the word as a regular expression, in which `$` is an anchor: it starts with `~`, or the word
/// before it is a matching operator.
pub(super) fn is_regex(text: &str, word: &Word, before: Option<&Word>) -> bool {
    let source = |word: &Word| text.get(word.content.range()).unwrap_or("");
    source(word).starts_with('~') && source(word).len() > 2
        || before.is_some_and(|before| matches!(source(before), "~" | "~*" | "!~" | "!~*"))
}

/// `$name`, `${name}` and captures (`$1`: one digit), as nginx's script compiler reads them; a template tag stands for
/// a value nobody knows and is a Variable labelled with its whole text.
fn variables(builder: &mut TreeBuilder, text: &str, content: Span) {
    let end = content.range().end;
    let bytes = &text.as_bytes()[..end];
    let mut tags = Tags::new(&text[..end]);
    let mut at = content.range().start;
    while let Some(length) = bytes[at..].iter().position(|byte| matches!(byte, b'$' | b'{' | b'<')) {
        let start = at + length;
        at = start + 1;
        if bytes[start] != b'$' {
            if let Some(tag) = tags.at(start, false) {
                let span = Span::from_range(start..tag.end);
                builder.labelled_leaf(Kind::Variable, Field::Part, span, span);
                at = tag.end;
            }
            continue;
        }
        let braced = bytes.get(start + 1) == Some(&b'{');
        let name_start = start + 1 + usize::from(braced);
        let name_length = match bytes.get(name_start) {
            Some(b'1'..=b'9') if !braced => 1,
            _ => bytes[name_start.min(end)..].iter().take_while(|b| b.is_ascii_alphanumeric() || **b == b'_').count(),
        };
        if name_length == 0 {
            continue;
        }
        let name = name_start..name_start + name_length;
        let mut stop = name.end;
        if braced {
            // `${name:-default}` is for `envsubst`'s richer relatives; without any brace it is nothing.
            let Some(rest) = bytes[name.end..].iter().position(|&byte| byte == b'}' || byte == b'$') else { continue };
            if bytes[name.end + rest] == b'$' {
                continue;
            }
            stop = name.end + rest + 1;
        }
        builder.labelled_leaf(Kind::Variable, Field::Part, Span::from_range(start..stop), Span::from_range(name));
        at = stop;
    }
}
