//! dotenv: `NAME=value` lines as docker compose, python-dotenv and their kin read them.
//!
//! `export` in front of a name, quotes (values in quotes may span lines), comments, and `$NAME` or `${NAME:-default}` in
//! values that are not in single quotes. The root holds one Pair for each assignment: `[Key] Str`, `[Value] Word` with
//! its Variables; `NAME` alone has no value. This module does not know what the names mean and substitutes nothing.

use super::{Field, Kind, Language, MAX_DEPTH, Parsed, Problem, TreeBuilder};
use crate::source::Span;
use std::sync::Arc;

/// Parses a dotenv file.
#[expect(clippy::needless_pass_by_value, reason = "every front end takes the text it puts into the tree")]
pub fn parse(text: Arc<str>) -> Parsed {
    let mut builder = TreeBuilder::new(Language::Dotenv, Arc::clone(&text));
    builder.open(Kind::Document, Field::None, Span::from_range(0..text.len()));
    let mut parser = Parser { text: &text, at: 0, builder, problems: Vec::new() };
    while parser.at < text.len() {
        parser.line();
    }
    Parsed { tree: parser.builder.finish(), problems: parser.problems }
}

struct Parser<'text> {
    text: &'text str,
    at: usize,
    builder: TreeBuilder,
    problems: Vec<Problem>,
}

impl Parser<'_> {
    /// The end of the line from an offset on, without its break.
    fn line_end(&self, from: usize) -> usize {
        self.text[from..].find(['\n', '\r']).map_or(self.text.len(), |length| from + length)
    }

    fn skip_blanks(&mut self) {
        let rest = &self.text[self.at..];
        self.at += rest.len() - rest.trim_start_matches([' ', '\t']).len();
    }

    fn line(&mut self) {
        self.skip_blanks();
        let start = self.at;
        let end = self.line_end(start);
        let line = &self.text[start..end];
        if line.is_empty() {
            self.at = end + 1;
            return;
        }
        if line.starts_with('#') {
            self.builder.comment(Span::from_range(start..end));
            self.at = end + 1;
            return;
        }
        if let Some(rest) = line.strip_prefix("export").filter(|rest| rest.starts_with([' ', '\t'])) {
            self.at = end - rest.trim_start().len();
        }
        let rest = &self.text[self.at..end];
        let in_name = |character: char| character.is_alphanumeric() || "_.-".contains(character);
        let name = &rest[..rest.find(|character| !in_name(character)).unwrap_or(rest.len())];
        let behind = rest[name.len()..].trim_start();
        let separator = ["=", ": ", ":\t"].into_iter().find(|separator| behind.starts_with(separator));
        if name.is_empty() || (separator.is_none() && !behind.is_empty() && !behind.starts_with('#')) {
            self.error(Span::from_range(start..start + line.trim_end().len()), "expected `NAME=value`");
            self.at = end + 1;
            return;
        }
        let key = Span::from_range(self.at..self.at + name.len());
        let pair = self.builder.open(Kind::Pair, Field::Item, key);
        self.builder.labelled_leaf(Kind::Str, Field::Key, key, key);
        self.at = end - behind.len();
        if separator.is_some() {
            self.at += 1;
            self.skip_blanks();
            let value = self.value(end);
            self.builder.set_span(pair, key.cover(value));
        }
        self.builder.close(pair);
        self.rest_of_line();
    }

    fn error(&mut self, span: Span, message: &str) {
        self.builder.leaf(Kind::Error, Field::Item, span);
        self.problems.push(Problem { span, message: message.to_owned() });
    }

    /// A comment, or nothing, behind a value.
    fn rest_of_line(&mut self) {
        self.skip_blanks();
        let end = self.line_end(self.at);
        if self.text[self.at..end].starts_with('#') {
            self.builder.comment(Span::from_range(self.at..end));
        }
        self.at = (end + 1).min(self.text.len().max(end));
    }

    /// Adds the value that begins here, on a line that ends at `end`; leaves the position behind it.
    fn value(&mut self, end: usize) -> Span {
        let start = self.at;
        let quote = self.text.as_bytes().get(start).copied().filter(|byte| matches!(byte, b'"' | b'\'' | b'`'));
        if let Some(quote) = quote {
            if let Some(close) = self.closing(quote) {
                let (span, inner) = (Span::from_range(start..close + 1), Span::from_range(start + 1..close));
                let node = self.builder.open(Kind::Word, Field::Value, span);
                if quote == b'"' && self.text[inner.range()].contains('\\') {
                    let content = unescape(&self.text[inner.range()]);
                    self.builder.label(node, &content);
                } else {
                    self.builder.label_span(node, inner);
                }
                if quote != b'\'' {
                    self.variables(inner, 2);
                }
                self.builder.close(node);
                self.at = close + 1;
                return span;
            }
            let span = Span::from_range(start..end);
            self.problems.push(Problem { span, message: "expected a closing quote".to_owned() });
        }
        let raw = &self.text[start..end];
        let comment = raw.match_indices('#').map(|(at, _)| at).find(|&at| raw[..at].ends_with([' ', '\t']) || at == 0);
        let value = raw[..comment.unwrap_or(raw.len())].trim_end();
        let span = Span::from_range(start..start + value.len());
        let node = self.builder.open(Kind::Word, Field::Value, span);
        self.builder.label_span(node, span);
        self.variables(span, 2);
        self.builder.close(node);
        self.at = span.end as usize;
        span
    }

    /// Where the quote at the position is closed: with nothing but a comment behind it on its line.
    fn closing(&self, quote: u8) -> Option<usize> {
        let bytes = self.text.as_bytes();
        let mut at = self.at + 1;
        while let Some(&byte) = bytes.get(at) {
            if byte == b'\\' && quote != b'\'' {
                at += 2;
            } else if byte == quote {
                let behind = self.text[at + 1..self.line_end(at)].trim_start();
                return (behind.is_empty() || behind.starts_with('#')).then_some(at);
            } else {
                at += 1;
            }
        }
        None
    }

    /// Adds the variables of a piece of a value. Defaults nest: `${A:-${B}}`.
    fn variables(&mut self, piece: Span, depth: usize) {
        let (mut at, end) = (piece.start as usize, piece.end as usize);
        let bytes = self.text.as_bytes();
        while let Some(offset) = self.text[at..end].find('$') {
            let start = at + offset;
            at = start + 1;
            if start > piece.start as usize && bytes[start - 1] == b'\\' {
                continue;
            }
            if bytes.get(at) == Some(&b'$') && at < end {
                at += 1;
                continue;
            }
            let braced = bytes.get(at) == Some(&b'{') && at < end;
            let name_start = at + usize::from(braced);
            let length = self.text[name_start..end]
                .bytes()
                .take_while(|byte| byte.is_ascii_alphanumeric() || *byte == b'_')
                .count();
            let name = Span::from_range(name_start..name_start + length);
            if name.is_empty() {
                continue;
            }
            if !braced {
                self.builder.labelled_leaf(
                    Kind::Variable,
                    Field::Part,
                    Span::from_range(start..name_start + length),
                    name,
                );
                at = name_start + length;
                continue;
            }
            let Some(close) = closing_brace(&self.text[..end], start + 1) else { return };
            let node = self.builder.open(Kind::Variable, Field::Part, Span::from_range(start..close + 1));
            self.builder.label_span(node, name);
            let rest = &self.text[name.end as usize..close];
            let operator = rest.bytes().take_while(|byte| b":-+?=".contains(byte)).take(2).count();
            if rest.starts_with(":-") || rest.starts_with('-') || rest.starts_with(":=") || rest.starts_with('=') {
                let operator = if rest.starts_with(':') { operator } else { 1 };
                let default = Span::from_range(name.end as usize + operator..close);
                let word = self.builder.open(Kind::Word, Field::Default, default);
                self.builder.label_span(word, default);
                if depth + 4 < MAX_DEPTH {
                    self.variables(default, depth + 2);
                }
                self.builder.close(word);
            }
            self.builder.close(node);
            at = close + 1;
        }
    }
}

/// The brace that closes the one at `open`.
fn closing_brace(text: &str, open: usize) -> Option<usize> {
    let mut depth = 0_usize;
    for (offset, byte) in text.as_bytes()[open..].iter().enumerate() {
        match byte {
            b'{' => depth += 1,
            b'}' => {
                depth -= 1;
                if depth == 0 {
                    return Some(open + offset);
                }
            }
            _ => {}
        }
    }
    None
}

fn unescape(content: &str) -> String {
    let mut out = String::with_capacity(content.len());
    let mut characters = content.chars();
    while let Some(character) = characters.next() {
        if character != '\\' {
            out.push(character);
            continue;
        }
        match characters.next() {
            Some('n') => out.push('\n'),
            Some('r') => out.push('\r'),
            Some('t') => out.push('\t'),
            Some(quoted @ ('"' | '\'' | '\\' | '$' | '`')) => out.push(quoted),
            Some('\n') => {}
            Some(other) => out.extend(['\\', other]),
            None => out.push('\\'),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::syntax::Tree;
    use proptest::prelude::*;

    fn dotenv(text: &str) -> Parsed {
        let parsed = parse(Arc::from(text));
        parsed.tree.check().unwrap_or_else(|error| panic!("{error}\n{text:?}\n{}", parsed.tree.dump()));
        parsed
    }

    fn pairs(tree: &Tree) -> Vec<(&str, Option<&str>)> {
        tree.children(tree.root())
            .filter(|&pair| tree.kind(pair) == Kind::Pair)
            .map(|pair| {
                let label = |field| tree.child(pair, field).map(|node| tree.label(node));
                (label(Field::Key).unwrap_or(""), label(Field::Value))
            })
            .collect()
    }

    #[test]
    fn reads_assignments() {
        let text = "# head\nexport A=1\r\nB = two words # c\nC='it # is'\nD=\"a\\nb\" # c\nE=\nF\nG=a#b\nH: yes\n";
        let parsed = dotenv(text);
        assert_eq!(parsed.problems, []);
        assert_eq!(
            pairs(&parsed.tree),
            [
                ("A", Some("1")),
                ("B", Some("two words")),
                ("C", Some("it # is")),
                ("D", Some("a\nb")),
                ("E", Some("")),
                ("F", None),
                ("G", Some("a#b")),
                ("H", Some("yes")),
            ]
        );
        assert_eq!(parsed.tree.comments().len(), 3);
    }

    #[test]
    fn quotes_span_lines_only_when_they_close_properly() {
        let parsed = dotenv("KEY=\"-----BEGIN\nabc\n-----END\"\nX=1\nBAD=\"open\nY=\"z\"\n");
        assert_eq!(
            pairs(&parsed.tree),
            [("KEY", Some("-----BEGIN\nabc\n-----END")), ("X", Some("1")), ("BAD", Some("\"open")), ("Y", Some("z"))]
        );
        assert_eq!(parsed.problems.len(), 1);
    }

    #[test]
    fn variables_are_parts() {
        let parsed = dotenv("URL=postgres://${USER:-me${X}}:$PASS@db\nQ=\"$A\"\nS='$B'\nD=$$C \\$E\n");
        let tree = &parsed.tree;
        let names: Vec<&str> =
            tree.ids().filter(|&id| tree.kind(id) == Kind::Variable).map(|id| tree.label(id)).collect();
        assert_eq!(names, ["USER", "X", "PASS", "A"]);
        let user = tree.ids().find(|&id| tree.label(id) == "USER").unwrap();
        assert_eq!(tree.source(user), "${USER:-me${X}}");
        assert_eq!(tree.label(tree.child(user, Field::Default).unwrap()), "me${X}");
    }

    #[test]
    fn other_lines_are_problems() {
        let text = "if [ -f x ]; then\nA=1\n=2\n";
        let parsed = dotenv(text);
        assert_eq!(pairs(&parsed.tree), [("A", Some("1"))]);
        assert_eq!(&text[parsed.problems[0].span.range()], "if [ -f x ]; then");
        assert_eq!(parsed.problems.len(), 2);
    }

    #[test]
    fn depth_is_bounded() {
        dotenv(&format!("A={}", "${B:-".repeat(20_000)));
        dotenv(&format!("A={}{}", "${B:-".repeat(20_000), "}".repeat(20_000)));
    }

    proptest! {
        #[test]
        fn any_text_gives_a_sound_tree(text in any::<String>()) {
            dotenv(&text);
        }

        #[test]
        fn any_mix_of_pieces_gives_a_sound_tree(
            pieces in prop::collection::vec(prop::sample::select(vec![
                "A", "=", "\n", "\"", "'", "#", " ", "${", "}", "$", "B", ":-", "\\", "export ", "é", "\r\n", "`",
            ]), 0..60)
        ) {
            dotenv(&pieces.concat());
        }
    }
}
