//! INI, `.cfg` and systemd units: sections of `key = value` lines.
//!
//! One reader for the dialects, which it tells apart by what they say themselves. In Python's (`setup.cfg`,
//! `alembic.ini`, supervisord) a line that is further in continues the value above, `:` separates too, and ` ;` begins
//! a comment. In units a backslash at the line's end continues, and nothing else does. Duplicate keys are kept, a unit
//! means each of them. The root holds Sections, and Pairs in front of the first: `[Key] Str`, `[Value] Str`; `key`
//! alone has no value. This module does not know what the keys mean.

use super::{Field, Kind, Language, NodeId, Parsed, Problem, TreeBuilder};
use crate::source::Span;
use std::sync::Arc;

/// Sections that only systemd's files (and podman's Quadlet files, which follow them) have.
const UNIT_SECTIONS: &[&str] = &[
    "Unit",
    "Service",
    "Install",
    "Socket",
    "Timer",
    "Mount",
    "Automount",
    "Swap",
    "Path",
    "Slice",
    "Scope",
    "Container",
    "Pod",
    "Volume",
    "Network",
    "Kube",
    "Build",
    "Image",
    "Match",
    "Link",
    "NetDev",
    "Manager",
    "Resolve",
    "Journal",
];

/// Parses an INI file.
#[expect(clippy::needless_pass_by_value, reason = "every front end takes the text it puts into the tree")]
pub fn parse(text: Arc<str>) -> Parsed {
    let mut builder = TreeBuilder::new(Language::Ini, Arc::clone(&text));
    builder.open(Kind::Document, Field::None, Span::from_range(0..text.len()));
    let mut parser =
        Parser { text: &text, unit: is_unit(&text), builder, section: None, pair: None, problems: Vec::new() };
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        parser.line(start, line.trim_end_matches(['\n', '\r']));
        start += line.len();
    }
    parser.end_pair();
    parser.end_section();
    Parsed { tree: parser.builder.finish(), problems: parser.problems }
}

/// Whether the first section is one of a unit.
fn is_unit(text: &str) -> bool {
    let first = text.lines().map(str::trim).find(|line| line.starts_with('['));
    first.and_then(section_name).is_some_and(|name| UNIT_SECTIONS.contains(&name))
}

fn section_name(line: &str) -> Option<&str> {
    let rest = line.strip_prefix('[')?;
    rest.rfind(']').map(|end| &rest[..end])
}

/// A pair whose value may go on in the lines below.
struct OpenPair {
    node: NodeId,
    key: Span,
    indent: usize,
    value: Option<OpenValue>,
    /// Whether the last line ended in a backslash, in a unit.
    continues: bool,
}

struct OpenValue {
    node: NodeId,
    span: Span,
    /// The content, once it is not one piece of the text.
    content: Option<String>,
}

struct Parser<'text> {
    text: &'text str,
    unit: bool,
    builder: TreeBuilder,
    section: Option<(NodeId, Span)>,
    pair: Option<OpenPair>,
    problems: Vec<Problem>,
}

impl Parser<'_> {
    fn line(&mut self, start: usize, line: &str) {
        let content = line.trim();
        let indent = line.len() - line.trim_start().len();
        let span = Span::from_range(start + indent..start + indent + content.len());
        if content.starts_with(['#', ';']) {
            self.builder.comment(span);
            return;
        }
        let continues = self
            .pair
            .as_ref()
            .is_some_and(|pair| if self.unit { pair.continues } else { indent > pair.indent && !content.is_empty() });
        if continues {
            self.continuation(span);
            return;
        }
        if content.is_empty() {
            return;
        }
        self.end_pair();
        if content.starts_with('[') {
            if let Some(name) = section_name(content) {
                self.end_section();
                let node = self.builder.open(Kind::Section, Field::Item, span);
                let from = span.start as usize + 1;
                self.builder.label_span(node, Span::from_range(from..from + name.len()));
                self.section = Some((node, span));
                return;
            }
            self.error(span, "expected `]`");
            return;
        }
        self.pair(span, indent);
    }

    fn error(&mut self, span: Span, message: &str) {
        self.builder.leaf(Kind::Error, Field::Item, span);
        self.grow(span);
        self.problems.push(Problem { span, message: message.to_owned() });
    }

    fn grow(&mut self, span: Span) {
        if let Some((_, section)) = &mut self.section {
            *section = section.cover(span);
        }
    }

    fn pair(&mut self, span: Span, indent: usize) {
        let content = &self.text[span.range()];
        let separator = content.find(if self.unit { &['='][..] } else { &['=', ':'][..] });
        let name = content[..separator.unwrap_or(content.len())].trim_end();
        if name.is_empty() || (self.unit && separator.is_none()) {
            self.error(span, "expected `key = value`");
            return;
        }
        let key = Span::new(span.start, span.start + Span::from_range(0..name.len()).end);
        let node = self.builder.open(Kind::Pair, Field::Item, key);
        self.builder.labelled_leaf(Kind::Str, Field::Key, key, key);
        let mut pair = OpenPair { node, key, indent, value: None, continues: false };
        if let Some(separator) = separator {
            let rest = &content[separator + 1..];
            let from = span.start as usize + separator + 1 + (rest.len() - rest.trim_start().len());
            let (value, continues) = self.piece(Span::from_range(from..(span.end as usize).max(from)));
            let node = self.builder.leaf(Kind::Str, Field::Value, value);
            pair.continues = continues;
            pair.value = Some(OpenValue { node, span: value, content: None });
        }
        self.pair = Some(pair);
    }

    /// The part of a line that is value: without a comment, and without the backslash that continues it.
    fn piece(&mut self, span: Span) -> (Span, bool) {
        let content = &self.text[span.range()];
        if self.unit {
            if let Some(content) = content.strip_suffix('\\') {
                let length = content.trim_end().len();
                return (Span::from_range(span.start as usize..span.start as usize + length), true);
            }
            return (span, false);
        }
        let comment = content.match_indices(';').map(|(at, _)| at).find(|&at| content[..at].ends_with([' ', '\t']));
        if let Some(comment) = comment {
            let start = span.start as usize;
            self.builder.comment(Span::from_range(start + comment..span.end as usize));
            return (Span::from_range(start..start + content[..comment].trim_end().len()), false);
        }
        (span, false)
    }

    fn continuation(&mut self, span: Span) {
        let (span, continues) = self.piece(span);
        let unit = self.unit;
        let piece = &self.text[span.range()];
        let Some(pair) = &mut self.pair else { return };
        pair.continues = continues;
        let Some(value) = &mut pair.value else {
            // A line that is further in than a key without value: a second key of a list.
            let node = self.builder.labelled_leaf(Kind::Str, Field::Value, span, span);
            pair.value = Some(OpenValue { node, span, content: None });
            return;
        };
        if piece.is_empty() {
            return;
        }
        let mut content = value.content.take().unwrap_or_else(|| self.text[value.span.range()].to_owned());
        if !content.is_empty() {
            content.push(if unit { ' ' } else { '\n' });
        }
        content.push_str(piece);
        if value.span.is_empty() {
            // An empty first line: the value begins on this one.
            value.span = span;
        } else {
            value.content = Some(content);
            value.span = value.span.cover(span);
        }
    }

    fn end_pair(&mut self) {
        let Some(pair) = self.pair.take() else { return };
        let mut span = pair.key;
        if let Some(value) = pair.value {
            self.builder.set_span(value.node, value.span);
            match value.content {
                Some(content) => self.builder.label(value.node, &content),
                None => self.builder.label_span(value.node, value.span),
            }
            span = span.cover(value.span);
        }
        self.builder.set_span(pair.node, span);
        self.builder.close(pair.node);
        self.grow(span);
    }

    fn end_section(&mut self) {
        if let Some((node, span)) = self.section.take() {
            self.builder.set_span(node, span);
            self.builder.close(node);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::syntax::Tree;
    use proptest::prelude::*;

    fn ini(text: &str) -> Parsed {
        let parsed = parse(Arc::from(text));
        parsed.tree.check().unwrap_or_else(|error| panic!("{error}\n{text:?}\n{}", parsed.tree.dump()));
        parsed
    }

    fn pairs(tree: &Tree) -> Vec<(&str, &str, Option<&str>)> {
        tree.ids()
            .filter(|&id| tree.kind(id) == Kind::Pair)
            .map(|pair| {
                let section = tree.parent(pair).map_or("", |section| tree.label(section));
                let label = |field| tree.child(pair, field).map(|node| tree.label(node));
                (section, label(Field::Key).unwrap_or(""), label(Field::Value))
            })
            .collect()
    }

    #[test]
    fn reads_units() {
        let text = "[Unit]\nDescription=x: y ; z\n\n[Service]\n# c\nExecStart=/bin/a \\\n  --b \\\n# inside\n  --c\n\
                    Environment=A=1\nEnvironment=B=2\nExecStart=\n  User=root\n";
        let parsed = ini(text);
        assert_eq!(parsed.problems, []);
        assert_eq!(
            pairs(&parsed.tree),
            [
                ("Unit", "Description", Some("x: y ; z")),
                ("Service", "ExecStart", Some("/bin/a --b --c")),
                ("Service", "Environment", Some("A=1")),
                ("Service", "Environment", Some("B=2")),
                ("Service", "ExecStart", Some("")),
                ("Service", "User", Some("root")),
            ]
        );
        assert_eq!(parsed.tree.comments().len(), 2);
    }

    #[test]
    fn reads_python_cfg() {
        let text = "top = 1\n[options]\ninstall_requires =\n    a>=1\n    # c\n    b\n\nzip_safe: no\nflag\n\
                    [tool:pytest]\nurl = sqlite:///x ; why\n  colour = a;b\n";
        let parsed = ini(text);
        assert_eq!(
            pairs(&parsed.tree),
            [
                ("", "top", Some("1")),
                ("options", "install_requires", Some("a>=1\nb")),
                ("options", "zip_safe", Some("no")),
                ("options", "flag", None),
                ("tool:pytest", "url", Some("sqlite:///x\ncolour = a;b")),
            ]
        );
        assert_eq!(parsed.tree.comments().len(), 2);
    }

    #[test]
    fn indented_keys_of_git_are_keys() {
        let parsed = ini("[remote \"origin\"]\n\turl = x\n\tfetch = y\n");
        assert_eq!(
            pairs(&parsed.tree),
            [("remote \"origin\"", "url", Some("x")), ("remote \"origin\"", "fetch", Some("y"))]
        );
    }

    #[test]
    fn bad_lines_are_problems() {
        let text = "[open\n[Service]\n= 1\nUser=a\n";
        let parsed = ini(text);
        let places: Vec<&str> = parsed.problems.iter().map(|problem| &text[problem.span.range()]).collect();
        assert_eq!(places, ["[open", "= 1"]);
        assert_eq!(pairs(&parsed.tree), [("Service", "User", Some("a"))]);
    }

    proptest! {
        #[test]
        fn any_text_gives_a_sound_tree(text in any::<String>()) {
            ini(&text);
        }

        #[test]
        fn any_mix_of_pieces_gives_a_sound_tree(
            pieces in prop::collection::vec(prop::sample::select(vec![
                "[Service]", "[a]", "[", "]", "\n", "\r\n", " ", "  ", "k", "=", ":", ";", "#", "\\", "\\\n", "é", "\t",
            ]), 0..60)
        ) {
            ini(&pieces.concat());
        }
    }
}
