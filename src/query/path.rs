//! Paths into configuration trees: the notation and its parser.
//!
//! ```text
//! services.*.privileged            keys, `*` any child (of sequences too)
//! services.<service>.privileged    as `*`, and `{service}` is its name in the message
//! **.env[*]                        `**` any depth; [*] every element, [0] [-1] [first] [last] one
//! stage[last].USER                 among several of one name, [n] counts those of one parent
//! {read,write}.path                alternatives
//! annotations.'a.b/c'              quoted names are taken literally; names may hold wildcards otherwise
//! ^.image                          `^` the enclosing place, `$` the top of the document
//! server.listen.@1                 arguments: @1 @2 ... @last @* (@0 is the name of a shell command)
//! environment.env(DEBUG, *_MODE)   entries of a mapping, of a `KEY=value` list, of a list of name and value
//! RUN.command(curl, wget)          shell commands, wherever they stand below
//! command.flag(-k, --insecure)     flags of a command line; the value is the flag's
//! server.effective(ssl_protocols)  nginx: what holds at this level, inherited or not
//! server.header(X-Frame-Options)   nginx: the effective `add_header` of that name; the value is the header's
//! pod()                            Kubernetes: every pod specification, whatever the workload
//! pod().containers()               Kubernetes: containers, init and ephemeral ones
//! key(nginx.*/snippet)             children whose names hold dots, with wildcards
//! ```

use super::values::wildcard;

/// A path, ready to be followed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Path {
    /// The steps in order.
    pub steps: Vec<Step>,
}

/// One step of a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// Children of one of these names.
    Child(Vec<NamePattern>),
    /// Any child; the name is kept under this capture.
    Captured(String),
    /// Any child.
    Any,
    /// The place itself and everything below it.
    Deep,
    /// The enclosing place.
    Parent,
    /// The top of the document.
    Root,
    /// Elements of a sequence, or one of several places of the same name.
    Index(Index),
    /// Arguments of a directive, an instruction, a command, a requirement.
    Argument(Index),
    /// A view that knows the product's own structure.
    View(View, Vec<NamePattern>),
}

/// Which of several.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Index {
    /// Every one.
    All,
    /// From the front, 0-based.
    Front(usize),
    /// From the back, 0-based.
    Back(usize),
}

/// Structure of a product that plain keys do not show.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum View {
    Env,
    Command,
    Flag,
    Effective,
    Header,
    Pod,
    Containers,
    Key,
}

/// A name, literal or with wildcards.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamePattern {
    /// As written.
    pub text: String,
    /// Whether `*` and `?` are wildcards in it.
    pub is_wildcard: bool,
}

impl NamePattern {
    /// A name in which `*` and `?` are wildcards.
    pub fn new(text: &str) -> Self {
        Self { is_wildcard: wildcard::is_wildcard(text), text: text.to_owned() }
    }

    /// Whether a name is meant.
    pub fn matches(&self, name: &str) -> bool {
        if self.is_wildcard { wildcard::matches(&self.text, name, false) } else { self.text == name }
    }
}

/// A mistake in a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PathError {
    /// 1-based column in the path, in characters.
    pub column: usize,
    /// What is wrong there.
    pub message: String,
}

/// Names may hold anything but these.
const SEPARATORS: &[char] = &['.', '[', ']', '{', '}', '(', ')', ',', '<', '>', '^', '$', '@', '\'', '"', ' ', '\t'];

impl Path {
    /// Parses a path.
    pub fn parse(text: &str) -> Result<Self, PathError> {
        let mut parser = Parser { text, at: 0 };
        let mut steps = Vec::new();
        loop {
            steps.push(parser.step()?);
            while parser.take('[') {
                steps.push(Step::Index(parser.index()?));
            }
            if parser.at == text.len() {
                return Ok(Self { steps });
            }
            if !parser.take('.') {
                return Err(parser.error("expected `.` or `[` here"));
            }
        }
    }
}

struct Parser<'text> {
    text: &'text str,
    at: usize,
}

impl<'text> Parser<'text> {
    fn rest(&self) -> &'text str {
        &self.text[self.at..]
    }

    fn error(&self, message: &str) -> PathError {
        PathError { column: self.text[..self.at].chars().count() + 1, message: message.to_owned() }
    }

    fn take(&mut self, character: char) -> bool {
        let found = self.rest().starts_with(character);
        if found {
            self.at += character.len_utf8();
        }
        found
    }

    fn until(&mut self, end: char) -> Result<&'text str, PathError> {
        let Some(length) = self.rest().find(end) else {
            return Err(self.error(&format!("`{end}` is missing")));
        };
        let inside = &self.rest()[..length];
        self.at += length + end.len_utf8();
        Ok(inside)
    }

    fn step(&mut self) -> Result<Step, PathError> {
        if self.take('^') {
            return Ok(Step::Parent);
        }
        if self.take('$') {
            return Ok(Step::Root);
        }
        if self.take('@') {
            return self.argument();
        }
        if self.take('{') {
            return self.alternatives();
        }
        if self.take('<') {
            let start = self.at;
            let name = self.until('>')?;
            if name.is_empty() || !name.chars().all(|part| part.is_ascii_alphanumeric() || "_-".contains(part)) {
                self.at = start;
                return Err(self.error("a name of letters, digits, `_` and `-` is expected between `<` and `>`"));
            }
            return Ok(Step::Captured(name.to_owned()));
        }
        if let Some(name) = self.quoted()? {
            return Ok(Step::Child(vec![name]));
        }
        let start = self.at;
        let name = self.word();
        if name.is_empty() {
            return Err(self.error("a name is expected here"));
        }
        if self.rest().starts_with('(') {
            return self.view(name, start);
        }
        Ok(match name {
            "*" => Step::Any,
            "**" => Step::Deep,
            _ if name.contains("**") => {
                self.at = start;
                return Err(self.error("`**` stands alone between dots"));
            }
            _ => Step::Child(vec![NamePattern::new(name)]),
        })
    }

    fn word(&mut self) -> &'text str {
        let rest = self.rest();
        let length = rest.find(SEPARATORS).unwrap_or(rest.len());
        self.at += length;
        &rest[..length]
    }

    fn quoted(&mut self) -> Result<Option<NamePattern>, PathError> {
        for quote in ['\'', '"'] {
            if self.take(quote) {
                let text = self.until(quote)?.to_owned();
                return Ok(Some(NamePattern { text, is_wildcard: false }));
            }
        }
        Ok(None)
    }

    fn alternatives(&mut self) -> Result<Step, PathError> {
        let mut names = Vec::new();
        loop {
            if let Some(name) = self.quoted()? {
                names.push(name);
            } else {
                let name = self.word();
                if name.is_empty() {
                    return Err(self.error("a name is expected here"));
                }
                names.push(NamePattern::new(name));
            }
            if self.take('}') {
                return Ok(Step::Child(names));
            }
            if !self.take(',') {
                return Err(self.error("expected `,` or `}` here"));
            }
        }
    }

    fn index(&mut self) -> Result<Index, PathError> {
        let start = self.at;
        let inside = self.until(']')?;
        parse_index(inside, 0).ok_or_else(|| {
            self.at = start;
            self.error("expected `*`, `first`, `last` or a number")
        })
    }

    fn argument(&mut self) -> Result<Step, PathError> {
        let start = self.at;
        let word = self.word();
        parse_index(word, 0).map(Step::Argument).ok_or_else(|| {
            self.at = start;
            self.error("expected `*`, `last` or a number behind `@`")
        })
    }

    fn view(&mut self, name: &str, start: usize) -> Result<Step, PathError> {
        let view = match name {
            "env" => View::Env,
            "command" => View::Command,
            "flag" => View::Flag,
            "effective" => View::Effective,
            "header" => View::Header,
            "pod" => View::Pod,
            "containers" => View::Containers,
            "key" => View::Key,
            _ => {
                self.at = start;
                return Err(self
                    .error("no such view; there are env, command, flag, effective, header, pod, containers and key"));
            }
        };
        self.take('(');
        let inside_at = self.at;
        let inside = self.until(')')?;
        let names: Vec<_> = inside.split(',').map(str::trim).filter(|name| !name.is_empty()).collect();
        let takes_none = matches!(view, View::Pod | View::Containers);
        if takes_none != names.is_empty() {
            self.at = inside_at;
            return Err(self.error(if takes_none { "this view takes no names" } else { "this view needs a name" }));
        }
        Ok(Step::View(view, names.into_iter().map(NamePattern::new).collect()))
    }
}

fn parse_index(text: &str, first: usize) -> Option<Index> {
    match text {
        "*" => Some(Index::All),
        "first" => Some(Index::Front(first)),
        "last" => Some(Index::Back(0)),
        _ => match text.strip_prefix('-') {
            Some(digits) => digits.parse::<usize>().ok()?.checked_sub(1).map(Index::Back),
            None => text.parse().ok().map(Index::Front),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn child(name: &str) -> Step {
        Step::Child(vec![NamePattern::new(name)])
    }

    fn steps(text: &str) -> Vec<Step> {
        Path::parse(text).unwrap().steps
    }

    #[test]
    fn reads_every_kind_of_step() {
        assert_eq!(steps("services.*.privileged"), [child("services"), Step::Any, child("privileged")]);
        assert_eq!(steps("**.env[*]"), [Step::Deep, child("env"), Step::Index(Index::All)]);
        assert_eq!(steps("stage[last].USER"), [child("stage"), Step::Index(Index::Back(0)), child("USER")]);
        assert_eq!(steps("a[-2][0]"), [child("a"), Step::Index(Index::Back(1)), Step::Index(Index::Front(0))]);
        assert_eq!(steps("^.$.@1"), [Step::Parent, Step::Root, Step::Argument(Index::Front(1))]);
        assert_eq!(steps("services.<service>")[1], Step::Captured("service".into()));
        assert_eq!(steps("{read,'a.b'}").len(), 1);
        assert_eq!(
            steps("'a.b/*'.c"),
            [Step::Child(vec![NamePattern { text: "a.b/*".into(), is_wildcard: false }]), child("c")]
        );
        let Step::View(View::Env, names) = &steps("environment.env(DEBUG, *_MODE)")[1] else { panic!() };
        assert_eq!(names.len(), 2);
        assert_eq!(steps("pod().containers()").len(), 2);
    }

    #[test]
    fn mistakes_name_their_column() {
        for (text, column) in
            [("", 1), ("a..b", 3), ("a[x]", 3), ("a.{b", 5), ("a.<b", 4), ("a.nope(x)", 3), ("a.env()", 7), ("a b", 2)]
        {
            assert_eq!(Path::parse(text).unwrap_err().column, column, "{text}");
        }
    }

    proptest! {
        #[test]
        fn never_panics(text in "[a.*\\[\\]{}()<>@^$'\", 1é-]{0,24}") {
            let _ = Path::parse(&text);
        }
    }
}
