//! Command lines as configuration files hold them: words that run as they are, or text for a shell.
//!
//! Knows in which places of which files commands stand; nothing of what is done with them.

use super::command::{ServerCommand, server_of_words, servers_of_commands};
use super::python_server;
use super::word::{Word, commands_of_script, commands_of_text, split};
use crate::source::Span;
use crate::syntax::{Field, FileKind, Kind, NodeId, Tree};

/// What a container, a unit or a process runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CommandLine {
    /// Words that are run as they are.
    Exec(Vec<Word>),
    /// Commands that a shell runs, each its words.
    Shell(Vec<Vec<Word>>),
}

impl CommandLine {
    /// `CMD`, `ENTRYPOINT` and the like, in both forms.
    pub fn of_instruction(tree: &Tree, instruction: NodeId) -> Option<Self> {
        if let Some(list) = tree.children(instruction).find(|&child| tree.kind(child) == Kind::Sequence) {
            return Some(Self::Exec(tree.children_by(list, Field::Item).map(|item| Word::of(tree, item)).collect()));
        }
        let body = tree.child(instruction, Field::Body)?;
        let commands = commands_of_script(tree, body);
        (!commands.is_empty()).then_some(Self::Shell(commands))
    }

    /// A list of words, or a text that is split into words and run without a shell (compose).
    pub fn of_value(tree: &Tree, value: NodeId) -> Option<Self> {
        let words = match tree.kind(value) {
            Kind::Sequence => tree
                .children_by(value, Field::Item)
                .filter(|&item| matches!(tree.kind(item), Kind::Str | Kind::Number | Kind::Bool))
                .map(|item| Word::of(tree, item))
                .collect(),
            Kind::Str => split(&Word::of(tree, value)),
            _ => return None,
        };
        Some(Self::Exec(words))
    }

    /// `ExecStart=` of a unit: no shell, but prefixes in front of the program.
    pub fn of_unit_value(word: &Word) -> Self {
        let prefix = word.text.len() - word.text.trim_start_matches(['-', '@', ':', '+', '!', '|', ' ']).len();
        Self::Exec(split(&word.part(prefix..word.text.len())))
    }

    /// A line that a shell runs.
    pub fn of_shell_text(word: &Word) -> Self {
        Self::Shell(commands_of_text(word))
    }

    /// The server that it starts: the first one.
    pub fn server(&self) -> Option<ServerCommand> {
        match self {
            Self::Exec(words) => server_of_words(words),
            Self::Shell(commands) => servers_of_commands(commands).into_iter().next(),
        }
    }

    /// All its commands, each its words.
    pub fn commands(&self) -> Vec<&[Word]> {
        match self {
            Self::Exec(words) => vec![words.as_slice()],
            Self::Shell(commands) => commands.iter().map(Vec::as_slice).collect(),
        }
    }

    /// The first word, where there is one.
    pub fn first_word(&self) -> Option<&Word> {
        match self {
            Self::Exec(words) => words.first(),
            Self::Shell(commands) => commands.first()?.first(),
        }
    }

    /// Changes all places.
    pub fn map_spans(&mut self, map: &dyn Fn(Span) -> Span) {
        let words: Vec<&mut Word> = match self {
            Self::Exec(words) => words.iter_mut().collect(),
            Self::Shell(commands) => commands.iter_mut().flatten().collect(),
        };
        for word in words {
            word.span = map(word.span);
        }
    }

    /// What runs when this is an entrypoint and `arguments` the command: an entrypoint for a shell takes no arguments.
    #[must_use]
    pub fn with_arguments(&self, arguments: Option<&Self>) -> Self {
        match (self, arguments) {
            (Self::Exec(words), Some(Self::Exec(more))) => Self::Exec(words.iter().chain(more).cloned().collect()),
            // The command's text is handed to the entrypoint behind `sh -c`; most entrypoints run it.
            (Self::Exec(words), Some(shell @ Self::Shell(_))) if self.server().is_none() && !words.is_empty() => {
                shell.clone()
            }
            _ => self.clone(),
        }
    }
}

/// Every server that a file starts, with spans in the tree's text.
pub fn server_commands(tree: &Tree, kind: FileKind, path: &str) -> Vec<ServerCommand> {
    match kind {
        FileKind::Python => python_server::server_commands(tree, path),
        FileKind::Dockerfile => tree
            .ids()
            .filter(|&node| {
                tree.kind(node) == Kind::Instruction
                    && matches!(tree.label(node), "CMD" | "ENTRYPOINT")
                    && !tree.parent_kind_is(node, Kind::Instruction)
            })
            .filter_map(|node| CommandLine::of_instruction(tree, node)?.server())
            .collect(),
        FileKind::Shell => servers_of_commands(&commands_of_script(tree, NodeId::ROOT)),
        FileKind::SystemdUnit => keyed(tree, &["ExecStart"], |word| CommandLine::of_unit_value(&word)),
        FileKind::Supervisord => keyed(tree, &["command"], |word| CommandLine::of_unit_value(&word)),
        FileKind::Procfile => tree
            .ids()
            .filter(|&node| tree.kind(node) == Kind::Str && tree.field(node) == Field::Value)
            .filter_map(|node| CommandLine::of_shell_text(&Word::of(tree, node)).server())
            .collect(),
        FileKind::Compose | FileKind::Kubernetes | FileKind::Yaml | FileKind::HelmValues => yaml(tree),
        _ => Vec::new(),
    }
}

fn keyed(tree: &Tree, keys: &[&str], line: impl Fn(Word) -> CommandLine) -> Vec<ServerCommand> {
    tree.ids()
        .filter(|&node| tree.kind(node) == Kind::Pair)
        .filter(|&pair| tree.child(pair, Field::Key).is_some_and(|key| keys.contains(&tree.label(key))))
        .filter_map(|pair| line(Word::of(tree, tree.child(pair, Field::Value)?)).server())
        .collect()
}

/// `command`, `entrypoint` and `args` of a mapping belong together.
fn yaml(tree: &Tree) -> Vec<ServerCommand> {
    let mut found = Vec::new();
    for mapping in tree.ids().filter(|&node| tree.kind(node) == Kind::Mapping) {
        let value = |wanted: &str| {
            let mut pairs = tree.children_by(mapping, Field::Item);
            let pair = pairs.find(|&pair| tree.child(pair, Field::Key).is_some_and(|key| tree.label(key) == wanted))?;
            CommandLine::of_value(tree, tree.child(pair, Field::Value)?)
        };
        let command = value("command");
        let server = match (value("entrypoint"), value("args")) {
            (None, None) => command.and_then(|command| command.server()),
            (Some(entrypoint), _) => entrypoint
                .with_arguments(command.as_ref())
                .server()
                .or_else(|| command.as_ref().and_then(CommandLine::server)),
            (None, Some(args)) => match command {
                Some(command) => command.with_arguments(Some(&args)).server(),
                None => args.server(),
            },
        };
        found.extend(server);
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::syntax::parse;

    fn servers(kind: FileKind, text: &str) -> Vec<String> {
        let tree = if kind == FileKind::Procfile {
            crate::syntax::procfile::parse(text.into()).tree
        } else {
            parse(kind.language(), text).tree
        };
        server_commands(&tree, kind, if text.contains("wsgi_app") { "gunicorn.conf.py" } else { "run.py" })
            .iter()
            .map(|command| {
                let program = &tree.text()[command.program.span.range()];
                let app = command.app.as_ref().map_or("", |app| app.text.as_str());
                let workers = command.workers().map_or_else(String::new, |(count, _)| format!(" x{count}"));
                let place = if program.contains(command.server.name()) { "" } else { " at " };
                format!("{} {app}{workers}{place}", command.server.name())
            })
            .collect()
    }

    #[test]
    fn finds_servers_in_every_kind_of_file() {
        for (kind, text, wanted) in [
            (
                FileKind::Dockerfile,
                "FROM a\nCMD [\"uvicorn\", \"app.main:app\", \"--workers\", \"2\"]\n",
                "uvicorn app.main:app x2",
            ),
            (FileKind::Dockerfile, "FROM a\nCMD alembic upgrade head && uvicorn a:b\n", "uvicorn a:b"),
            (FileKind::Dockerfile, "FROM a\nENTRYPOINT [\"sh\", \"-c\", \"gunicorn a:b -w 3\"]\n", "gunicorn a:b x3"),
            (FileKind::Compose, "services:\n  a:\n    command: uvicorn a:b --workers 2\n", "uvicorn a:b x2"),
            (
                FileKind::Compose,
                "services:\n  a:\n    entrypoint: [tini, --]\n    command: [gunicorn, a:b]\n",
                "gunicorn a:b",
            ),
            (FileKind::Compose, "services:\n  a:\n    command: sh -c \"uvicorn a:b\"\n", "uvicorn a:b"),
            (
                FileKind::Compose,
                "services:\n  a:\n    command: >\n      sh -c \"python x &&\n             uvicorn a:b\"\n",
                "uvicorn a:b",
            ),
            (
                FileKind::Kubernetes,
                "spec:\n  containers:\n  - command: [uvicorn]\n    args: [a:b, --workers, '2']\n",
                "uvicorn a:b x2",
            ),
            (FileKind::SystemdUnit, "[Service]\nExecStart=-/opt/x/bin/gunicorn a:b -w 2\n", "gunicorn a:b x2"),
            (FileKind::Supervisord, "[program:x]\ncommand=/opt/x/bin/daphne a:b\n", "daphne a:b"),
            (FileKind::Procfile, "web: cd x && exec uvicorn a:b --port $PORT\n", "uvicorn a:b"),
            (FileKind::Shell, "#!/bin/sh\nset -e\nif x; then exec uvicorn a:b \"$@\"; fi\n", "uvicorn a:b"),
            (FileKind::Python, "import uvicorn\nuvicorn.run('a:b', workers=2)\n", "uvicorn a:b x2"),
            (FileKind::Python, "wsgi_app = 'a:b'\nworkers = 2\nbind = ':80'\n", "gunicorn a:b x2 at "),
        ] {
            assert_eq!(servers(kind, text), [wanted], "{text}");
        }
        assert!(
            servers(FileKind::Dockerfile, "FROM a\nRUN pip install uvicorn\nHEALTHCHECK CMD uvicorn a:b\n").is_empty()
        );
    }
}
