//! pip requirements files: requirements by PEP 508, options, references to other files.
//!
//! Each logical line (a backslash joins lines) is one Requirement. Its label is the package's name, normalised as PEP 503
//! says; for a line that is an option, the option (`-r`, `--index-url`); for a bare URL or path, the name in its `#egg=`,
//! else nothing. Its Words, as written and in order: extras with their brackets, each version specifier, the URL behind
//! `@` or the bare one, the marker behind `;`, the value of an option, and options behind a requirement (`--hash=...`).
//! This module asks no index and compares no versions.

use super::{Field, Kind, Language, Parsed, Problem, TreeBuilder};
use crate::source::Span;
use std::sync::Arc;

/// Parses a requirements file.
#[expect(clippy::needless_pass_by_value, reason = "every front end takes the text it puts into the tree")]
pub fn parse(text: Arc<str>) -> Parsed {
    let mut builder = TreeBuilder::new(Language::Requirements, Arc::clone(&text));
    builder.open(Kind::Document, Field::None, Span::from_range(0..text.len()));
    let mut parser = Parser { text: &text, builder, problems: Vec::new() };
    let mut pieces: Vec<Span> = Vec::new();
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let content = line.trim_end_matches(['\n', '\r']);
        let continued = content.strip_suffix('\\');
        let length = parser.comment(start, continued.unwrap_or(content));
        pieces.push(Span::from_range(start..start + length));
        start += line.len();
        if continued.is_none() {
            parser.logical_line(&pieces);
            pieces.clear();
        }
    }
    parser.logical_line(&pieces);
    Parsed { tree: parser.builder.finish(), problems: parser.problems }
}

/// The normal form of a package's name (PEP 503): lower case, runs of `-`, `_` and `.` are one `-`.
pub fn normalise_name(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    for character in name.chars() {
        if "-_.".contains(character) {
            if !out.ends_with('-') {
                out.push('-');
            }
        } else {
            out.extend(character.to_lowercase());
        }
    }
    out
}

struct Parser<'text> {
    text: &'text str,
    builder: TreeBuilder,
    problems: Vec<Problem>,
}

impl Parser<'_> {
    /// Notes the comment of a physical line; gives the length of what stands before it.
    fn comment(&mut self, start: usize, line: &str) -> usize {
        let begins = |&at: &usize| line[..at].is_empty() || line[..at].ends_with([' ', '\t']);
        let Some(at) = line.match_indices('#').map(|(at, _)| at).find(begins) else { return line.len() };
        self.builder.comment(Span::from_range(start + at..start + line.trim_end().len()));
        at
    }

    fn logical_line(&mut self, pieces: &[Span]) {
        let tokens: Vec<Span> = pieces.iter().flat_map(|&piece| tokens(self.text, piece)).collect();
        let (Some(first), Some(last)) = (tokens.first(), tokens.last()) else { return };
        let span = first.cover(*last);
        let head = &self.text[first.range()];
        let node = self.builder.open(Kind::Requirement, Field::Item, span);
        if head.starts_with('-') {
            self.option(node, &tokens);
        } else if is_location(head) {
            if let Some((_, egg)) = head.split_once("#egg=") {
                let name = egg.split(['&', '[']).next().unwrap_or("");
                self.builder.label(node, &normalise_name(name));
            }
            self.words(&tokens);
        } else {
            self.requirement(node, span, &tokens);
        }
        self.builder.close(node);
    }

    fn words(&mut self, spans: &[Span]) {
        for &span in spans.iter().filter(|span| !span.is_empty()) {
            self.builder.labelled_leaf(Kind::Word, Field::Argument, span, span);
        }
    }

    fn option(&mut self, node: super::NodeId, tokens: &[Span]) {
        let first = tokens[0];
        let head = &self.text[first.range()];
        // `-rfile` and `--option=value` hold their value.
        let length = match head.find('=') {
            Some(at) if head.starts_with("--") => at,
            _ if !head.starts_with("--") => head.chars().take(2).map(char::len_utf8).sum(),
            _ => head.len(),
        };
        let end = first.start as usize + length;
        self.builder.label_span(node, Span::from_range(first.start as usize..end));
        let equals = usize::from(self.text[end..first.end as usize].starts_with('='));
        self.words(&[Span::from_range(end + equals..first.end as usize)]);
        self.words(&tokens[1..]);
    }

    /// `name[extras] specifiers ; marker --options`, or `name[extras] @ url`.
    fn requirement(&mut self, node: super::NodeId, span: Span, tokens: &[Span]) {
        let in_name = |character: char| character.is_alphanumeric() || "-_.".contains(character);
        let head = &self.text[tokens[0].range()];
        let length = head.find(|character| !in_name(character)).unwrap_or(head.len());
        if length == 0 {
            self.builder.leaf(Kind::Error, Field::Argument, tokens[0]);
            self.problems.push(Problem { span, message: "expected a requirement or an option".to_owned() });
            return;
        }
        self.builder.label(node, &normalise_name(&head[..length]));
        let start = tokens[0].start as usize + length;
        let options = tokens.iter().skip(1).position(|token| self.text[token.range()].starts_with("--"));
        let options = options.map_or(tokens.len(), |index| index + 1);
        let end = tokens[options - 1].end as usize;
        // Continued lines lie in one piece of the text, backslashes included; what is between tokens is skipped.
        let mut at = self.skip_blanks(start, end);
        if self.text[at..end].starts_with('[') {
            let close = self.text[at..end].find(']').map_or(end, |length| at + length + 1);
            self.words(&[Span::from_range(at..close)]);
            at = self.skip_blanks(close, end);
        }
        if self.text[at..end].starts_with('@') {
            let url = self.skip_blanks(at + 1, end);
            let length = self.text[url..end].find([' ', '\t', '\\']).unwrap_or(end - url);
            self.words(&[Span::from_range(url..url + length)]);
            at = self.skip_blanks(url + length, end);
        } else {
            at = self.specifiers(at, end);
        }
        if self.text[at..end].starts_with(';') {
            let marker = self.skip_blanks(at + 1, end);
            self.words(&[Span::from_range(marker..end)]);
        } else if at < end {
            let rest = Span::from_range(at..end);
            self.builder.leaf(Kind::Error, Field::Argument, rest);
            self.problems.push(Problem { span: rest, message: "expected a version specifier, `@` or `;`".to_owned() });
        }
        self.words(&tokens[options..]);
    }

    fn skip_blanks(&self, from: usize, end: usize) -> usize {
        let rest = &self.text[from..end];
        end - rest.trim_start_matches([' ', '\t', '\n', '\r', '\\']).len()
    }

    /// Adds `>=1`, `!=1.5`, ... ; parentheses around them are old spelling. Gives the place behind them.
    fn specifiers(&mut self, from: usize, end: usize) -> usize {
        let mut at = from;
        loop {
            at = self.skip_blanks(at, end);
            let rest = &self.text[at..end];
            let Some(first) = rest.chars().next() else { return at };
            if "(),".contains(first) {
                at += 1;
                continue;
            }
            if !"<>=!~".contains(first) {
                return at;
            }
            let operator = rest.bytes().take_while(|byte| b"<>=!~".contains(byte)).count();
            let version = self.skip_blanks(at + operator, end);
            let length =
                self.text[version..end].find([',', ';', ')', ' ', '\t', '\\', '\n', '\r', '<', '>', '=', '!', '~']);
            let stop = length.map_or(end, |length| version + length);
            self.words(&[Span::from_range(at..stop)]);
            at = stop;
        }
    }
}

/// Whether a line begins with a URL or a path instead of a name.
fn is_location(head: &str) -> bool {
    let scheme = head.split("://").next().unwrap_or("");
    let has_scheme = head.contains("://")
        && scheme.chars().all(|character| character.is_alphanumeric() || "+-.".contains(character));
    has_scheme
        || head.starts_with(['.', '/', '~', '$'])
        || [".whl", ".zip", ".tar.gz"].iter().any(|suffix| head.ends_with(suffix))
}

/// The words of a piece of text, split at blanks outside quotes.
fn tokens(text: &str, piece: Span) -> Vec<Span> {
    let mut tokens = Vec::new();
    let mut start = None;
    let mut quote = None;
    let base = piece.start as usize;
    for (offset, character) in text[piece.range()].char_indices() {
        let at = base + offset;
        if quote == Some(character) {
            quote = None;
        } else if quote.is_none() && matches!(character, '"' | '\'') {
            quote = Some(character);
        }
        if character.is_whitespace() && quote.is_none() {
            tokens.extend(start.take().map(|start| Span::from_range(start..at)));
        } else if start.is_none() {
            start = Some(at);
        }
    }
    tokens.extend(start.map(|start| Span::from_range(start..piece.end as usize)));
    tokens
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn requirements(text: &str) -> Parsed {
        let parsed = parse(Arc::from(text));
        parsed.tree.check().unwrap_or_else(|error| panic!("{error}\n{text:?}\n{}", parsed.tree.dump()));
        parsed
    }

    fn lines(text: &str) -> Vec<(String, Vec<String>)> {
        let parsed = requirements(text);
        assert_eq!(parsed.problems, [], "{text}");
        let tree = &parsed.tree;
        tree.children(tree.root())
            .map(|line| {
                let words = tree.children(line).map(|word| tree.label(word).to_owned()).collect();
                (tree.label(line).to_owned(), words)
            })
            .collect()
    }

    fn one(text: &str) -> (String, String) {
        let (label, words) = lines(text).remove(0);
        (label, words.join(" | "))
    }

    #[test]
    fn reads_each_kind_of_line() {
        for (text, label, words) in [
            ("Django>=4.2,<5 # c", "django", ">=4.2 | <5"),
            ("My_Pkg.x [a,b] == 1.0", "my-pkg-x", "[a,b] | == 1.0"),
            ("x ~= 1.0 ; python_version < \"3.8\"", "x", "~= 1.0 | python_version < \"3.8\""),
            ("x==1 \\\n  --hash=sha256:aa \\\n  --hash=sha256:bb", "x", "==1 | --hash=sha256:aa | --hash=sha256:bb"),
            ("x @ git+https://u:p@h/r.git@main#egg=x ; m", "x", "git+https://u:p@h/r.git@main#egg=x | m"),
            ("git+https://h/r.git#egg=Foo_Bar", "foo-bar", "git+https://h/r.git#egg=Foo_Bar"),
            ("-r base.txt", "-r", "base.txt"),
            ("-rbase.txt", "-r", "base.txt"),
            ("--extra-index-url=http://h/simple", "--extra-index-url", "http://h/simple"),
            ("--trusted-host h", "--trusted-host", "h"),
            ("-e ./pkg", "-e", "./pkg"),
            ("./wheels/x.whl", "", "./wheels/x.whl"),
            ("requests", "requests", ""),
            ("a (>=1)", "a", ">=1"),
        ] {
            assert_eq!(one(text), (label.to_owned(), words.to_owned()), "{text}");
        }
        assert_eq!(lines("# c\n\na\r\nb\n").len(), 2);
        assert_eq!(requirements("# c\na # d\n").tree.comments().len(), 2);
    }

    #[test]
    fn other_lines_are_problems() {
        for text in ["=1", "name what", "{{ x }}"] {
            assert_eq!(requirements(text).problems.len(), 1, "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_text_gives_a_sound_tree(text in any::<String>()) {
            requirements(&text);
        }

        #[test]
        fn any_mix_of_pieces_gives_a_sound_tree(
            pieces in prop::collection::vec(prop::sample::select(vec![
                "a", "==", "1", ",", ";", "[", "]", "@", " ", "\\\n", "\n", "#", "--hash=x", "-r", "\"", "é", "(", "://",
            ]), 0..60)
        ) {
            requirements(&pieces.concat());
        }
    }
}
