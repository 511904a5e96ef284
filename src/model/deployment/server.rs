//! The server that a service starts, with all the files that have a say in it.

use super::{Stated, settings::Setting};
use crate::facts::deployment::{Bind, Server, ServerCommand, ServerOption, Word};
use crate::model::{FileId, Place};
use crate::query::values::hole::{self, Notation};
use crate::source::Span;
use std::collections::BTreeMap;

/// A server as it runs: the command line, and the configuration files behind it.
#[derive(Debug, Clone)]
pub struct RunningServer {
    /// The command line first, then configuration files: what stands first wins.
    pub layers: Vec<(FileId, ServerCommand)>,
    /// Where the command is said: compose `command`, `CMD`, `ExecStart`; behind it a script that it runs.
    pub said: Vec<Place>,
}

impl RunningServer {
    /// Which server.
    pub fn server(&self) -> Server {
        self.layers[0].1.server
    }

    /// The command line.
    pub fn command(&self) -> &ServerCommand {
        &self.layers[0].1
    }

    /// Where the server's name stands.
    pub fn place(&self) -> Place {
        Place { file: self.layers[0].0, span: self.layers[0].1.program.span }
    }

    /// The application object as written.
    pub fn app(&self) -> Option<Stated<&str>> {
        self.layers.iter().find_map(|(file, command)| {
            let app = command.app.as_ref()?;
            Some(Stated::new(app.text.as_str(), Place { file: *file, span: app.span }))
        })
    }

    fn first<T>(&self, ask: impl Fn(&ServerCommand) -> Option<(T, Span)>) -> Option<Stated<T>> {
        self.layers.iter().find_map(|(file, command)| {
            let (value, span) = ask(command)?;
            Some(Stated::new(value, Place { file: *file, span }))
        })
    }

    /// The option of a name.
    pub fn option(&self, name: &str) -> Option<Stated<&ServerOption>> {
        self.layers.iter().find_map(|(file, command)| {
            let option = command.option(name)?;
            Some(Stated::new(option, Place { file: *file, span: option.value_span() }))
        })
    }

    /// What switches the reloader on.
    pub fn reload(&self) -> Option<Place> {
        let (file, span) = self.layers.iter().find_map(|(file, command)| match command.switch("reload") {
            Some((is_on, span)) => Some((*file, is_on.then_some(span))),
            None => command.reload().map(|span| (*file, Some(span))),
        })?;
        span.map(|span| Place { file, span })
    }

    /// What switches debug pages on.
    pub fn debug(&self) -> Option<Place> {
        let stated = self.first(|command| command.switch("debug"))?;
        stated.value.then_some(stated.place)
    }

    /// How many workers, where it is said as a number.
    pub(super) fn workers(&self, variables: &BTreeMap<String, Setting>) -> Option<Stated<u32>> {
        let said = self.layers.iter().find_map(|(file, command)| {
            let word = command.value("workers").or_else(|| command.value("processes"))?;
            Some((*file, word))
        });
        match said {
            Some((file, word)) => {
                let number = resolved(word, variables)?.trim().parse().ok()?;
                Some(Stated::new(number, Place { file, span: word.span }))
            }
            None if matches!(self.server(), Server::Uvicorn | Server::Gunicorn | Server::FastApi) => {
                let setting = variables.get("WEB_CONCURRENCY")?;
                Some(Stated::new(setting.known()?.trim().parse().ok()?, setting.place))
            }
            None => None,
        }
    }

    /// Whose forwarding headers are believed; `None` where it cannot be told. The default is the server's own, loopback.
    pub(super) fn trusted_proxies(&self, variables: &BTreeMap<String, Setting>) -> Option<Stated<String>> {
        let said = self.layers.iter().find_map(|(file, command)| Some((*file, command.forwarded_allow_ips()?)));
        if let Some((file, word)) = said {
            return Some(Stated::new(resolved(word, variables)?, Place { file, span: word.span }));
        }
        match variables.get("FORWARDED_ALLOW_IPS") {
            Some(setting) => Some(Stated::new(setting.known()?.to_owned(), setting.place)),
            None => Some(Stated::new("127.0.0.1".to_owned(), self.place())),
        }
    }

    /// Whether forwarding headers are read at all: uvicorn and what starts it read them unless told not to.
    pub fn reads_proxy_headers(&self) -> bool {
        let said = self.first(ServerCommand::proxy_headers);
        match self.server() {
            Server::Uvicorn | Server::FastApi => said.is_none_or(|said| said.value),
            Server::Gunicorn => self
                .first(|command| {
                    let class = command.worker_class()?;
                    Some((class.text.contains("uvicorn"), class.span))
                })
                .is_some_and(|class| class.value),
            Server::Daphne => said.is_some_and(|said| said.value),
            _ => false,
        }
    }

    /// The option that makes it speak TLS itself.
    pub fn tls(&self) -> Option<Place> {
        self.layers.iter().find_map(|(file, command)| Some(Place { file: *file, span: command.tls()?.value_span() }))
    }

    /// Where it listens.
    pub(super) fn binds(&self, variables: &BTreeMap<String, Setting>) -> Vec<Stated<Bind>> {
        // A configuration file's addresses hold where the command line names none.
        let said = self.layers.iter().find(|(_, command)| command.binds().iter().any(|bind| !bind.is_default));
        let (file, command) = said.unwrap_or(&self.layers[0]);
        let mut binds = command.binds();
        let port = variables.get("PORT").filter(|_| matches!(command.server, Server::Gunicorn));
        for bind in &mut binds {
            if let (true, Some(port)) = (bind.is_default, port) {
                // gunicorn's default is `0.0.0.0:$PORT` where the variable is set.
                bind.host = Some("0.0.0.0".to_owned());
                bind.port = port.known().map(str::to_owned);
            }
            for part in [&mut bind.host, &mut bind.port] {
                if let Some(text) = part.take() {
                    let expanded = expand(&text, variables);
                    *part = (!hole::has(&expanded)).then_some(expanded);
                }
            }
        }
        binds.into_iter().map(|bind| Stated::new(bind.clone(), Place { file: *file, span: bind.span })).collect()
    }
}

fn expand(text: &str, variables: &BTreeMap<String, Setting>) -> String {
    hole::expand(text, Notation::Shell, &|name| variables.get(name).and_then(Setting::known).map(str::to_owned))
}

/// A word's text with the service's variables put in.
fn resolved(word: &Word, variables: &BTreeMap<String, Setting>) -> Option<String> {
    let text = expand(&word.text, variables);
    (!hole::has(&text)).then_some(text)
}
