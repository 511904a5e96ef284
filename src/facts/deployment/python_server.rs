//! Servers that Python files start or configure: `uvicorn.run(...)`, `uvicorn.Config(...)`, `gunicorn.conf.py`.
//!
//! Knows the names of these entry points; the options' meaning is that of [`super::command`].

use super::command::{Server, ServerCommand, ServerOption};
use super::word::Word;
use crate::flow::{Constant, Names, Value, Values};
use crate::query::values::hole;
use crate::source::Span;
use crate::syntax::{Field, Kind, NodeId, Tree};

/// What starts a server, and what its first argument is.
const STARTERS: &[(&str, Server)] = &[
    ("uvicorn.run", Server::Uvicorn),
    ("uvicorn.Config", Server::Uvicorn),
    ("uvicorn.main.run", Server::Uvicorn),
    ("uvicorn.config.Config", Server::Uvicorn),
    ("granian.Granian", Server::Granian),
    ("waitress.serve", Server::Waitress),
];

/// Whether a file's name says that gunicorn reads it.
pub(super) fn is_gunicorn_config(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    let Some(stem) = name.strip_suffix(".py") else { return false };
    matches!(
        stem,
        "gunicorn" | "gunicorn.conf" | "gunicorn_conf" | "gunicorn_config" | "gunicorn-conf" | "gunicorn-config"
    ) || (stem.contains("gunicorn") && (stem.contains("conf") || stem.contains("settings")))
}

/// The servers of a file.
pub(super) fn server_commands(tree: &Tree, path: &str) -> Vec<ServerCommand> {
    let is_config = is_gunicorn_config(path);
    let text = tree.text();
    if !is_config && !["uvicorn", "granian", "waitress"].iter().any(|name| text.contains(name)) {
        return Vec::new();
    }
    let names = Names::new(tree);
    let values = Values::new(&names);
    if is_config {
        return vec![gunicorn_config(tree, &values)];
    }
    let calls = tree.ids().filter(|&node| tree.kind(node) == Kind::Call);
    calls.filter_map(|call| started_by(tree, &names, &values, call)).collect()
}

fn started_by(tree: &Tree, names: &Names<'_>, values: &Values<'_>, call: NodeId) -> Option<ServerCommand> {
    let callee = tree.child(call, Field::Callee)?;
    if !matches!(tree.label(callee), "run" | "Config" | "Granian" | "serve") && !names.may_resolve(tree.label(callee)) {
        return None;
    }
    let resolved = names.resolved(callee);
    let (_, server) = STARTERS.iter().find(|(name, _)| resolved.iter().any(|resolved| resolved == name))?;
    let mut command = ServerCommand::new(*server, Word::of(tree, callee));
    command.program.span = tree.span(callee);
    for argument in tree.children_by(call, Field::Argument) {
        match tree.kind(argument) {
            Kind::KeywordArgument => {
                let Some(value) = tree.child(argument, Field::Value) else { continue };
                let name = tree.label(argument);
                if matches!(name, "app" | "target") {
                    command.app = Some(app_word(tree, values, value));
                } else {
                    command.options.push(option(tree, values, name, tree.span(argument), value));
                }
            }
            Kind::Splat => {}
            _ if command.app.is_none() => command.app = Some(app_word(tree, values, argument)),
            _ => {}
        }
    }
    Some(command)
}

/// `"app.main:app"`, or the name of an object of this file: then `:name`.
fn app_word(tree: &Tree, values: &Values<'_>, node: NodeId) -> Word {
    match (tree.kind(node), values.value(node)) {
        (Kind::Name, value) if value.as_str().is_none() => Word::new(format!(":{}", tree.label(node)), tree.span(node)),
        (_, value) => match value.as_str() {
            Some(text) => Word::new(text, tree.span(node)),
            None => Word::new(hole::unknown(), tree.span(node)),
        },
    }
}

fn gunicorn_config(tree: &Tree, values: &Values<'_>) -> ServerCommand {
    let start = Span::at(0);
    let mut command = ServerCommand::new(Server::Gunicorn, Word::new("gunicorn", start));
    for statement in tree.children(NodeId::ROOT).filter(|&node| tree.kind(node) == Kind::Assign) {
        let (Some(target), Some(value)) = (tree.child(statement, Field::Target), tree.child(statement, Field::Value))
        else {
            continue;
        };
        if tree.kind(target) != Kind::Name {
            continue;
        }
        let option = option(tree, values, tree.label(target), tree.span(target), value);
        if option.name == "wsgi-app" {
            command.app.clone_from(&option.value);
        }
        command.options.push(option);
    }
    command
}

fn option(tree: &Tree, values: &Values<'_>, name: &str, span: Span, value: NodeId) -> ServerOption {
    let name = match name {
        "certfile" => "ssl-certfile".to_owned(),
        "keyfile" => "ssl-keyfile".to_owned(),
        other => other.replace('_', "-"),
    };
    ServerOption { name, span, value: Some(Word::new(text(tree, values, value), tree.span(value))) }
}

/// A value as a command line would have it; what is not known is a hole, a variable of the environment with its default is
/// `${NAME:-default}`.
fn text(tree: &Tree, values: &Values<'_>, node: NodeId) -> String {
    match values.value(node) {
        Value::Constant(Constant::Bool(value)) => return value.to_string(),
        Value::Constant(Constant::None) => return String::new(),
        Value::Constant(constant) => return constant.to_text(),
        Value::List(items) => {
            let texts: Option<Vec<&str>> = items.iter().map(Value::as_str).collect();
            if let Some(texts) = texts {
                return texts.join(",");
            }
        }
        _ => {}
    }
    from_environment(tree, values, node).unwrap_or_else(hole::unknown)
}

/// `os.getenv("NAME", "default")`, also inside `int(...)`.
fn from_environment(tree: &Tree, values: &Values<'_>, node: NodeId) -> Option<String> {
    if tree.kind(node) != Kind::Call {
        return None;
    }
    let callee = tree.child(node, Field::Callee)?;
    let mut arguments = tree.children_by(node, Field::Argument);
    let first = arguments.next()?;
    if matches!(tree.label(callee), "int" | "str" | "bool" | "float") && tree.kind(callee) == Kind::Name {
        let inner = tree.kind(first) == Kind::Call;
        return if inner { from_environment(tree, values, first) } else { None };
    }
    let is_environment = values
        .names()
        .resolved(callee)
        .iter()
        .any(|name| matches!(name.as_str(), "os.getenv" | "os.environ.get" | "environ.get" | "getenv"));
    if !is_environment {
        return None;
    }
    let name = values.value(first).as_str()?.to_owned();
    match arguments.next().map(|default| values.value(default)) {
        Some(Value::Constant(default)) => Some(format!("${{{name}:-{}}}", default.to_text())),
        None => Some(format!("${{{name}}}")),
        Some(_) => None,
    }
}
