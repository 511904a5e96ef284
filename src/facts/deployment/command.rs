//! A command line that starts an application server: which server, which application, with which options.
//!
//! Whatever stands around the server is seen through: launchers (`exec`, `poetry run`, `tini --`), `python -m`, a shell
//! with `-c`. Knows the options of the servers; nothing of files, containers or what an option is worth.

use super::command_options::{canonical, default_bind, is_switch};
use super::word::{Word, commands_of_text};
use crate::query::values::boolean;
use crate::source::Span;

/// How deep `sh -c "sh -c ..."` is followed.
const MAX_NESTING: usize = 3;

/// So many words of a launcher are looked at.
const MAX_LAUNCHER_WORDS: usize = 24;

/// A program that serves a Python application.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Server {
    Uvicorn,
    Gunicorn,
    Hypercorn,
    Granian,
    Daphne,
    /// `fastapi run` and `fastapi dev`.
    FastApi,
    /// `flask run`.
    Flask,
    Waitress,
    Uwsgi,
}

impl Server {
    /// The program's name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Uvicorn => "uvicorn",
            Self::Gunicorn => "gunicorn",
            Self::Hypercorn => "hypercorn",
            Self::Granian => "granian",
            Self::Daphne => "daphne",
            Self::FastApi => "fastapi",
            Self::Flask => "flask",
            Self::Waitress => "waitress",
            Self::Uwsgi => "uwsgi",
        }
    }

    fn of_program(name: &str) -> Option<Self> {
        Some(match name {
            "uvicorn" => Self::Uvicorn,
            "gunicorn" => Self::Gunicorn,
            "hypercorn" => Self::Hypercorn,
            "granian" => Self::Granian,
            "daphne" => Self::Daphne,
            "fastapi" => Self::FastApi,
            "flask" => Self::Flask,
            "waitress-serve" | "waitress" => Self::Waitress,
            "uwsgi" => Self::Uwsgi,
            _ => return None,
        })
    }
}

/// One option of a server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServerOption {
    /// Its long name without dashes, `-` separated, the same for a command line, a keyword argument and a configuration file:
    /// `forwarded-allow-ips`, `workers`, `bind`.
    pub name: String,
    /// Where the option stands.
    pub span: Span,
    /// Its value; `None` for a switch.
    pub value: Option<Word>,
}

impl ServerOption {
    /// Where the value stands, or the switch.
    pub fn value_span(&self) -> Span {
        self.value.as_ref().map_or(self.span, |value| value.span)
    }

    /// Whether the option switches something on: no value, or one that means yes.
    fn is_true(&self) -> bool {
        self.value.as_ref().is_none_or(|value| boolean::parse(&value.text) == Some(true))
    }
}

/// Where a server listens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bind {
    /// Address or host name as written; `None` for a unix socket or a descriptor.
    pub host: Option<String>,
    /// Port as written, `$PORT` for example; `None` for a unix socket or a descriptor.
    pub port: Option<String>,
    /// Path of a unix socket.
    pub socket: Option<String>,
    /// Where that is said; the program's name where the server's default holds.
    pub span: Span,
    /// Whether the command says nothing of host and port.
    pub is_default: bool,
}

impl Bind {
    /// Whether other machines can connect, as far as the address says: any but loopback, sockets and descriptors.
    pub fn is_reachable(&self) -> bool {
        self.host
            .as_deref()
            .is_some_and(|host| !matches!(host, "localhost" | "::1" | "[::1]") && !host.starts_with("127."))
    }

    /// The port as a number, where it is written as one.
    pub fn port_number(&self) -> Option<u16> {
        self.port.as_deref()?.parse().ok()
    }
}

/// A server as a command line starts it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServerCommand {
    /// Which server.
    pub server: Server,
    /// The word that names it.
    pub program: Word,
    /// What it serves as written: `app.main:app`, for `fastapi run` a path (`app/main.py`).
    pub app: Option<Word>,
    /// `fastapi dev`, `flask run --debug`.
    pub is_development: bool,
    /// All options in order; a later one of the same name wins.
    pub options: Vec<ServerOption>,
    /// `NAME=value` in front of the command.
    pub environment: Vec<(Word, Word)>,
}

impl ServerCommand {
    /// A server without options.
    pub fn new(server: Server, program: Word) -> Self {
        Self { server, program, app: None, is_development: false, options: Vec::new(), environment: Vec::new() }
    }

    /// The option of a name that holds: the last one.
    pub fn option(&self, name: &str) -> Option<&ServerOption> {
        self.options.iter().rev().find(|option| option.name == name)
    }

    /// The value of an option.
    pub fn value(&self, name: &str) -> Option<&Word> {
        self.option(name)?.value.as_ref()
    }

    /// A switch that is on, or that is switched off by `--no-name` or a false value: `None` where nothing is said.
    pub fn switch(&self, name: &str) -> Option<(bool, Span)> {
        self.options.iter().rev().find_map(|option| {
            if option.name == name {
                Some((option.is_true(), option.span))
            } else if option.name.strip_prefix("no-") == Some(name) {
                Some((!option.is_true(), option.span))
            } else {
                None
            }
        })
    }

    /// What switches the reloader on.
    pub fn reload(&self) -> Option<Span> {
        match self.switch("reload") {
            Some((is_on, span)) => is_on.then_some(span),
            None => (self.is_development && self.server == Server::FastApi).then_some(self.program.span),
        }
    }

    /// What switches debug pages on.
    pub fn debug(&self) -> Option<Span> {
        let (is_on, span) = self.switch("debug")?;
        is_on.then_some(span)
    }

    /// How many worker processes it starts; `None` where the command does not say it as a number.
    pub fn workers(&self) -> Option<(u32, Span)> {
        let value = self.value("workers").or_else(|| self.value("processes"))?;
        Some((value.text.trim().parse().ok()?, value.span))
    }

    /// Whose forwarding headers it believes, as written.
    pub fn forwarded_allow_ips(&self) -> Option<&Word> {
        self.value("forwarded-allow-ips").or_else(|| self.value("proxy-allow-ips"))
    }

    /// Whether it reads forwarding headers at all, as far as the command says.
    pub fn proxy_headers(&self) -> Option<(bool, Span)> {
        self.switch("proxy-headers")
    }

    /// Whether it speaks TLS itself: the option that names the certificate.
    pub fn tls(&self) -> Option<&ServerOption> {
        self.option("ssl-certfile").or_else(|| self.option("certfile")).filter(|option| option.value.is_some())
    }

    /// The class of gunicorn's and hypercorn's workers.
    pub fn worker_class(&self) -> Option<&Word> {
        self.value("worker-class")
    }

    /// The file with further options, as written.
    pub fn config(&self) -> Option<&Word> {
        self.value("config")
    }

    /// Where it listens, never empty but for a server without a default.
    pub fn binds(&self) -> Vec<Bind> {
        let mut binds = Vec::new();
        for option in &self.options {
            let Some(value) = &option.value else { continue };
            match (self.server, option.name.as_str()) {
                (Server::Gunicorn | Server::Hypercorn, "bind") | (Server::Waitress, "listen") => {
                    binds.extend(
                        value.text.split([',', ' ']).filter(|one| !one.is_empty()).map(|one| bind(one, value.span)),
                    );
                }
                (Server::Uwsgi, "http" | "http-socket" | "https" | "socket") => {
                    binds.push(bind(&value.text, value.span));
                }
                (_, "uds" | "fd" | "unix-socket") => {
                    let socket = (option.name != "fd").then(|| value.text.trim_start_matches("unix:").to_owned());
                    binds.push(Bind { host: None, port: None, socket, span: value.span, is_default: false });
                }
                _ => {}
            }
        }
        if !binds.is_empty() || matches!(self.server, Server::Gunicorn | Server::Hypercorn | Server::Uwsgi) {
            if binds.is_empty() {
                binds.extend(self.default_bind());
            }
            return binds;
        }
        let (host, port) = (self.value("host"), self.value("port"));
        let default = default_bind(self.server, self.is_development);
        if host.is_none() && port.is_none() {
            return self.default_bind().into_iter().collect();
        }
        let text = |word: Option<&Word>, default: Option<&str>| {
            word.map(|word| word.text.clone()).or(default.map(str::to_owned))
        };
        let span = host.or(port).map_or(self.program.span, |word| word.span);
        vec![Bind {
            host: text(host, default.map(|(host, _)| host)),
            port: text(port, default.map(|(_, port)| port)),
            socket: None,
            span,
            is_default: false,
        }]
    }

    fn default_bind(&self) -> Option<Bind> {
        let (host, port) = default_bind(self.server, self.is_development)?;
        Some(Bind {
            host: Some(host.to_owned()),
            port: Some(port.to_owned()),
            socket: None,
            span: self.program.span,
            is_default: true,
        })
    }

    /// Changes all places.
    pub fn map_spans(&mut self, map: &dyn Fn(Span) -> Span) {
        let word = |word: &mut Word| word.span = map(word.span);
        word(&mut self.program);
        self.app.iter_mut().for_each(word);
        for option in &mut self.options {
            option.span = map(option.span);
            option.value.iter_mut().for_each(word);
        }
        for (name, value) in &mut self.environment {
            word(name);
            word(value);
        }
    }
}

/// `host:port`, `:port`, `[::]:port`, `unix:/path`, `fd://3`.
fn bind(text: &str, span: Span) -> Bind {
    let none = Bind { host: None, port: None, socket: None, span, is_default: false };
    if text.starts_with("unix:") || text.starts_with("fd:") || text.starts_with('/') {
        let path = text.strip_prefix("unix:").unwrap_or(text);
        return Bind { socket: path.starts_with('/').then(|| path.to_owned()), ..none };
    }
    // A colon inside `${PORT:-8000}` separates nothing.
    let colon = text
        .char_indices()
        .scan(0_i32, |depth, (at, character)| {
            match character {
                '{' | '[' => *depth += 1,
                '}' | ']' => *depth -= 1,
                _ => {}
            }
            Some((at, character, *depth))
        })
        .filter(|&(_, character, depth)| character == ':' && depth == 0)
        .last();
    let (host, port) = match colon {
        Some((at, ..)) => (&text[..at], &text[at + 1..]),
        // gunicorn takes a lone number or variable for a port of all addresses, a name for a host.
        None if text.starts_with(|first: char| first.is_ascii_digit()) && !text.contains('.') => ("", text),
        None => (text, "8000"),
    };
    let host = if host.is_empty() { "0.0.0.0" } else { host };
    Bind { host: Some(host.to_owned()), port: Some(port.to_owned()), ..none }
}

/// Programs that run the command that stands behind them.
const LAUNCHERS: &[&str] = &[
    "exec",
    "env",
    "sudo",
    "doas",
    "nohup",
    "nice",
    "ionice",
    "time",
    "timeout",
    "command",
    "stdbuf",
    "eatmydata",
    "xvfb-run",
    "tini",
    "tini-static",
    "dumb-init",
    "catatonit",
    "docker-init",
    "gosu",
    "su-exec",
    "setpriv",
    "runuser",
    "chpst",
    "s6-setuidgid",
    "setuidgid",
    "with-contenv",
    "poetry",
    "pipenv",
    "uv",
    "uvx",
    "pdm",
    "hatch",
    "rye",
    "pixi",
    "conda",
    "micromamba",
    "ddtrace-run",
    "opentelemetry-instrument",
    "newrelic-admin",
    "sentry-run",
    "watchfiles",
    "watchmedo",
    "doppler",
    "infisical",
    "chamber",
    "envconsul",
    "dockerize",
    "wait-for-it",
    "wait-for-it.sh",
    "wait-for",
    "wait-for.sh",
    "wait_for_it.sh",
    "coverage",
    "honcho",
    "strace",
    "systemd-run",
    "scl",
    "taskset",
    "numactl",
    "aws-vault",
    "op",
    "teller",
];

const SHELLS: &[&str] = &["sh", "bash", "dash", "ash", "zsh", "ksh"];

/// The server that a command line starts, given as words that are run as they are.
pub fn server_of_words(words: &[Word]) -> Option<ServerCommand> {
    server_of(words, 0)
}

/// The servers that the commands of a script start, in order.
pub fn servers_of_commands(commands: &[Vec<Word>]) -> Vec<ServerCommand> {
    commands.iter().filter_map(|words| server_of(words, 0)).collect()
}

fn server_of(words: &[Word], nesting: usize) -> Option<ServerCommand> {
    let mut environment = Vec::new();
    let mut at = 0;
    let mut steps = 0;
    loop {
        steps += 1;
        if steps > MAX_LAUNCHER_WORDS {
            return None;
        }
        while let Some((name, value)) = words.get(at).and_then(assignment) {
            environment.push((name, value));
            at += 1;
        }
        let word = words.get(at)?;
        let name = word.file_name();
        if let Some(server) = Server::of_program(name) {
            let mut command = parse(server, word.clone(), &words[at + 1..])?;
            command.environment = environment;
            return Some(command);
        }
        if SHELLS.contains(&name) {
            let script = shell_script(&words[at + 1..])?;
            if nesting >= MAX_NESTING {
                return None;
            }
            return commands_of_text(script).iter().find_map(|words| server_of(words, nesting + 1)).map(
                |mut command| {
                    environment.append(&mut command.environment);
                    command.environment = std::mem::take(&mut environment);
                    command
                },
            );
        }
        let rest = &words[at + 1..];
        let next = if is_python(name) {
            // `python -u -m uvicorn`: options, then the module. A script's own arguments start nothing.
            let module = rest.iter().position(|word| !word.text.starts_with('-') || word.text == "-m")?;
            (rest[module].text == "-m").then_some(module + 1)?
        } else if matches!(name, "debugpy" | "coverage" | "ddtrace") {
            rest.iter().take(MAX_LAUNCHER_WORDS).position(|word| word.text == "-m")? + 1
        } else if LAUNCHERS.contains(&name) {
            let starts = |word: &Word| {
                let name = word.file_name();
                Server::of_program(name).is_some()
                    || is_python(name)
                    || SHELLS.contains(&name)
                    || LAUNCHERS.contains(&name)
                    || assignment(word).is_some()
            };
            rest.iter().take(MAX_LAUNCHER_WORDS).position(starts)?
        } else {
            rest.iter().take(MAX_LAUNCHER_WORDS).position(|word| word.text == "--")? + 1
        };
        at += 1 + next;
    }
}

/// `NAME=value`.
fn assignment(word: &Word) -> Option<(Word, Word)> {
    let (name, value) = word.split_once('=')?;
    let is_name = name.text.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_')
        && name.text.chars().all(|one| one.is_ascii_alphanumeric() || one == '_');
    is_name.then_some((name, value))
}

fn is_python(name: &str) -> bool {
    name.trim_end_matches(|one: char| one.is_ascii_digit() || one == '.') == "python"
}

/// The text behind `-c`, `-lc` and alike.
fn shell_script(words: &[Word]) -> Option<&Word> {
    let mut words = words.iter();
    while let Some(word) = words.next() {
        let flags = word.text.strip_prefix('-')?;
        if !flags.starts_with('-') && flags.contains('c') {
            return words.next();
        }
        if flags.ends_with('o') {
            words.next();
        }
    }
    None
}

/// Reads what stands behind the server's name.
fn parse(server: Server, program: Word, arguments: &[Word]) -> Option<ServerCommand> {
    let mut command = ServerCommand::new(server, program);
    let mut at = 0;
    let mut has_subcommand = !matches!(server, Server::FastApi | Server::Flask);
    while let Some(word) = arguments.get(at) {
        at += 1;
        let text = word.text.as_str();
        if text == "--" || !text.starts_with('-') || text == "-" {
            if text == "--" || text.is_empty() {
                continue;
            }
            if !has_subcommand {
                has_subcommand = true;
                match text {
                    "dev" => command.is_development = true,
                    "run" => {}
                    // `flask db upgrade`, `fastapi deploy` serve nothing.
                    _ => return None,
                }
            } else if command.app.is_none() {
                command.app = Some(word.clone());
            }
            continue;
        }
        let (flag, joined) = match word.split_once('=') {
            Some((flag, value)) => (flag, Some(value)),
            None => {
                short_joined(server, word).map_or_else(|| (word.clone(), None), |(flag, value)| (flag, Some(value)))
            }
        };
        let name = canonical(server, &flag.text);
        let value = if joined.is_some() {
            joined
        } else if is_switch(server, &name) {
            None
        } else {
            let next = arguments.get(at).filter(|next| !next.text.starts_with("--"));
            at += usize::from(next.is_some());
            next.cloned()
        };
        command.options.push(ServerOption { name, span: flag.span, value });
    }
    match server {
        Server::FastApi | Server::Flask if !has_subcommand => return None,
        Server::Flask => {
            command.is_development = command.debug().is_some();
            command.app = command.value("app").cloned();
        }
        Server::FastApi if command.app.is_none() => command.app = command.value("app").cloned(),
        Server::Gunicorn if command.app.is_none() => command.app = command.value("wsgi-app").cloned(),
        Server::Uwsgi => command.app = command.value("module").cloned(),
        _ => {}
    }
    Some(command)
}

/// `-w4`, `-b0.0.0.0:80`: a short option with its value.
fn short_joined(server: Server, word: &Word) -> Option<(Word, Word)> {
    if word.text.starts_with("--") || word.text.len() < 3 || !word.text.is_char_boundary(2) {
        return None;
    }
    let flag = word.part(0..2);
    // Only names that the table knows.
    (canonical(server, &flag.text).len() > 1).then(|| (flag, word.part(2..word.text.len())))
}

#[cfg(test)]
mod tests {
    use super::super::word::split;
    use super::*;
    use proptest::prelude::*;

    fn read(line: &str) -> Option<ServerCommand> {
        let whole = Word::new(line, Span::from_range(0..line.len()));
        server_of_words(&split(&whole))
    }

    fn known(line: &str) -> ServerCommand {
        read(line).unwrap_or_else(|| panic!("no server in {line}"))
    }

    fn app(line: &str) -> String {
        known(line).app.map_or_else(String::new, |app| app.text)
    }

    fn bind_of(line: &str) -> String {
        let binds = known(line).binds();
        let one = |bind: &Bind| match (&bind.host, &bind.port) {
            (Some(host), Some(port)) => format!("{host}:{port}"),
            _ => "socket".to_owned(),
        };
        binds.iter().map(one).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn sees_through_what_stands_around_the_server() {
        for line in [
            "uvicorn app.main:app",
            "/opt/venv/bin/uvicorn app.main:app --port 80",
            "python -m uvicorn app.main:app",
            "python3.12 -u -m uvicorn --host 0.0.0.0 app.main:app",
            "exec poetry run uvicorn --reload app.main:app",
            "tini -- gosu app:app uvicorn app.main:app",
            "env A=1 B=2 gunicorn -w 4 app.main:app",
            "PORT=1 gunicorn -w4 -k uvicorn.workers.UvicornWorker app.main:app",
            "sh -c 'alembic upgrade head && exec uvicorn app.main:app --port $PORT'",
            "bash -euo pipefail -c 'uvicorn app.main:app'",
            "./wait-for-it.sh db:5432 -t 30 -- uvicorn app.main:app",
            "./start.sh --fast -- gunicorn app.main:app",
            "python -m debugpy --listen 0.0.0.0:5678 -m uvicorn app.main:app",
            "opentelemetry-instrument --service_name x hypercorn app.main:app",
            "granian --interface asgi app.main:app",
            "uv run --no-sync uvicorn --no-access-log app.main:app",
        ] {
            assert_eq!(app(line), "app.main:app", "{line}");
        }
        for line in [
            "pip install uvicorn gunicorn",
            "echo uvicorn",
            "python app.py uvicorn",
            "flask db upgrade",
            "pkill -f gunicorn",
            "celery -A app.worker worker",
            "sh start.sh",
            "",
        ] {
            assert_eq!(read(line), None, "{line}");
        }
    }

    #[test]
    fn knows_where_it_listens() {
        assert_eq!(bind_of("uvicorn a:b"), "127.0.0.1:8000");
        assert_eq!(bind_of("uvicorn a:b --host 0.0.0.0"), "0.0.0.0:8000");
        assert_eq!(bind_of("uvicorn a:b --port=9000"), "127.0.0.1:9000");
        assert_eq!(bind_of("uvicorn a:b --uds /run/x.sock"), "socket");
        assert_eq!(bind_of("gunicorn a:b -b :8080 --bind unix:/run/x"), "0.0.0.0:8080 socket");
        assert_eq!(bind_of("gunicorn a:b --bind=[::]:80"), "[::]:80");
        assert_eq!(bind_of("gunicorn a:b -b 0.0.0.0:${PORT:-8000}"), "0.0.0.0:${PORT:-8000}");
        assert_eq!(bind_of("fastapi run app/main.py"), "0.0.0.0:8000");
        assert_eq!(bind_of("fastapi dev"), "127.0.0.1:8000");
        assert_eq!(bind_of("daphne -b 0.0.0.0 -p 8001 a:b"), "0.0.0.0:8001");
        assert_eq!(bind_of("flask --app web run -h 0.0.0.0 -p 5001"), "0.0.0.0:5001");
        assert!(!known("uvicorn a:b").binds()[0].is_reachable());
        assert!(known("gunicorn a:b -b :80").binds()[0].is_reachable());
    }

    #[test]
    fn reads_options_with_their_places() {
        let line = "uvicorn app.main:app --workers 4 --forwarded-allow-ips='*' --no-proxy-headers --reload";
        let command = known(line);
        assert_eq!(command.workers().map(|(workers, _)| workers), Some(4));
        let trusted = command.forwarded_allow_ips().unwrap();
        assert_eq!(trusted.text, "*");
        assert_eq!(command.proxy_headers().map(|(is_on, _)| is_on), Some(false));
        assert_eq!(&line[command.reload().unwrap().range()], "--reload");
        assert_eq!(&line[command.option("workers").unwrap().value_span().range()], "4");
        assert!(known("fastapi dev app/main.py").reload().is_some());
        assert!(known("uvicorn a:b --ssl-certfile c --ssl-keyfile k").tls().is_some());
        assert_eq!(known("A=1 uvicorn a:b").environment[0].1.text, "1");
    }

    proptest! {
        #[test]
        fn never_panics(line in "[a-z=:/ -]{0,40}|(sh -c |'|exec |uvicorn |-|--x |python -m |\\$\\{A:-é\\}|a:b |-b:){0,12}") {
            if let Some(command) = read(&line) {
                let _ = command.binds();
                for option in &command.options {
                    prop_assert!(option.value_span().range().end <= line.len());
                }
            }
        }
    }
}
