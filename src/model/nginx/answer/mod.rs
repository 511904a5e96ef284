//! What nginx answers to a request: its phases, walked through on paper.
//!
//! A request finds its server, passes the server's rewrites, finds a location, passes that location's rewrites, is let in
//! or not, and gets its content or an error page (documentation: "How nginx processes a request" and the modules'
//! pages). What only the running system knows, the content of files and of upstreams, is asked through [`World`]; a
//! variable or directive whose effect is not known here ends in [`Unknown`] instead of a guess.

mod access;
mod content;
mod errors;
mod proxy;
mod rewrite;
mod target;
mod variables;

use super::{Directive, Level, Server, location_of};
use rustc_hash::FxHashMap;
use std::net::IpAddr;

/// A request as it reaches nginx.
#[derive(Debug, Clone)]
pub struct Request<'r> {
    /// Port of nginx that it came in at.
    pub port: u16,
    /// Address of nginx that it came in at.
    pub address: &'r str,
    /// The method, in capitals.
    pub method: &'r str,
    /// Path and arguments as sent.
    pub target: &'r str,
    /// Headers in the order in which they were sent, `Host` among them.
    pub headers: &'r [(&'r str, &'r str)],
    /// Whose connection it is.
    pub client: IpAddr,
    /// Whether it came over TLS.
    pub tls: bool,
}

impl Request<'_> {
    fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| *value)
    }
}

/// What lies at a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OnDisk {
    /// A file.
    File,
    /// A folder.
    Folder,
    /// Nothing.
    Absent,
}

/// What an answer depends on besides the configuration.
pub trait World {
    /// What lies at an absolute path.
    fn look(&self, path: &str) -> OnDisk;
}

/// An effect that is not known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unknown(pub String);

/// Where the content of an answer comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Content {
    /// nginx writes it: a page of its own, or the text of a `return`.
    Own(Option<String>),
    /// A file.
    File(String),
    /// A backend.
    Backend(Backend),
    /// The connection is closed without an answer.
    Closed,
}

/// What is sent to a backend.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Backend {
    /// Host and port as they are written, those of an upstream's only server where it is one.
    pub address: String,
    /// Path and arguments of the request line.
    pub uri: String,
    /// Headers that nginx sets, names in lower case; one that is empty is not sent.
    pub headers: Vec<(String, String)>,
}

/// An answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The status; `None` when the backend decides.
    pub status: Option<u16>,
    /// The `Location` header that nginx itself makes.
    pub location: Option<String>,
    /// Headers that the configuration adds, names in lower case.
    pub headers: Vec<(String, String)>,
    /// What is sent.
    pub content: Content,
}

/// What the phases work on.
#[expect(clippy::struct_excessive_bools, reason = "flags that nginx keeps with a request")]
struct Exchange<'m, 'r> {
    request: &'r Request<'r>,
    world: &'r dyn World,
    server: Server<'m>,
    /// Decoded and normalised path.
    uri: String,
    args: String,
    method: String,
    /// The block whose directives hold: the server, a location, an `if` or `limit_except` in it.
    level: Directive<'m>,
    /// The block whose content handler is used.
    handler: Directive<'m>,
    /// Variables that were set or computed.
    known: FxHashMap<String, String>,
    captures: Vec<Option<String>>,
    client: IpAddr,
    is_internal: bool,
    /// The path is still the one that was sent.
    is_unparsed: bool,
    /// The path still begins with the location's.
    is_location_valid: bool,
    has_error_page: bool,
    /// Status that an error page keeps.
    error_status: Option<u16>,
    location_header: Option<String>,
    is_subrequest: bool,
    changes_left: u32,
    /// Names of maps that are being computed.
    computing: Vec<String>,
}

/// What a phase ends in.
enum Step {
    /// On to the next phase.
    Next,
    /// The path changed: look for a location again.
    Relocate,
    /// Start again with the server's rewrites.
    Restart,
    /// Go on with the rewrites of a named location.
    Named,
    /// Finish with a status, and pass it through error pages.
    Finish(u16),
    /// The answer stands.
    Done(u16, Content),
}

/// How often an internal redirect may follow another.
const MOST_CHANGES: u32 = 10;

/// The answer of a configuration (one of [`super::Nginx::roots`]) to a request; `None` when no server listens there.
///
/// # Errors
/// Something whose effect is not known decides.
pub fn answer(root: Directive<'_>, request: &Request<'_>, world: &dyn World) -> Option<Result<Answer, Unknown>> {
    let host = target::host(request.header("host").unwrap_or(""));
    let (server, captures) = target::server(root, request, &host)?;
    let Some((uri, args)) = target::normalised(request.target, server.block.value("merge_slashes") != Some("off"))
    else {
        return Some(Err(Unknown("the request line is malformed".to_owned())));
    };
    let mut exchange = Exchange {
        request,
        world,
        server,
        uri,
        args,
        method: request.method.to_owned(),
        level: server.block,
        handler: server.block,
        known: FxHashMap::default(),
        captures: Vec::new(),
        client: request.client,
        is_internal: false,
        is_unparsed: true,
        is_location_valid: true,
        has_error_page: false,
        error_status: None,
        location_header: None,
        is_subrequest: false,
        changes_left: MOST_CHANGES,
        computing: Vec::new(),
    };
    exchange.remember(captures);
    exchange.client = exchange.real_client();
    Some(exchange.run())
}

impl Exchange<'_, '_> {
    fn run(&mut self) -> Result<Answer, Unknown> {
        let mut step = Step::Restart;
        loop {
            step = match step {
                Step::Restart => self.server_rewrites()?,
                Step::Relocate => self.find_location()?,
                Step::Named => self.location_phases()?,
                Step::Next => return Err(Unknown("no phase makes the content".to_owned())),
                Step::Finish(status) => self.error_page(status)?,
                Step::Done(status, content) => return self.answer(status, content),
            };
        }
    }

    fn server_rewrites(&mut self) -> Result<Step, Unknown> {
        self.level = self.server.block;
        self.handler = self.server.block;
        self.is_location_valid = true;
        match self.rewrites(self.server.block)? {
            Step::Next | Step::Relocate => Ok(Step::Relocate),
            other => Ok(other),
        }
    }

    fn find_location(&mut self) -> Result<Step, Unknown> {
        self.level = location_of(self.server.block, &self.uri).unwrap_or(self.server.block);
        self.take_regex_captures();
        self.handler = self.level;
        if let Some((location, redirect)) = self.slash_redirect() {
            self.level = location;
            self.location_header = Some(redirect);
            return Ok(Step::Finish(301));
        }
        if self.level.effective("internal").is_some() && !self.is_internal {
            return Ok(Step::Finish(404));
        }
        self.location_phases()
    }

    fn location_phases(&mut self) -> Result<Step, Unknown> {
        let location = self.level;
        if let Some(limit) = location.child("limit_except")
            && !allows_method(limit, &self.method)
        {
            self.level = limit;
            self.handler = limit;
        }
        if location.level() == Level::Location {
            match self.rewrites(location)? {
                Step::Next => {}
                Step::Relocate => {
                    self.changes_left = self.changes_left.saturating_sub(1);
                    return Ok(if self.changes_left == 0 { Step::Finish(500) } else { Step::Relocate });
                }
                other => return Ok(other),
            }
        }
        if !self.is_subrequest {
            let status = self.access()?;
            if let Some(status) = status {
                return Ok(Step::Finish(status));
            }
        }
        match self.try_files()? {
            Step::Next => self.content(),
            other => Ok(other),
        }
    }

    /// Headers are those of the level at which the answer is made.
    fn answer(&mut self, status: u16, content: Content) -> Result<Answer, Unknown> {
        let status = self.error_status.unwrap_or(status);
        let mut headers = Vec::new();
        for header in self.level.response_headers(Some(status)) {
            let value = self.text(header.value)?;
            if !value.is_empty() {
                headers.push((header.name, value));
            }
        }
        let location = self.location_header.take().map(|location| self.absolute(location));
        let is_backends = matches!(content, Content::Backend(_)) && self.error_status.is_none();
        Ok(Answer { status: (!is_backends).then_some(status), location, headers, content })
    }

    /// An internal redirect to a path with arguments.
    fn redirect_to(&mut self, uri: &str, args: Option<&str>) -> Step {
        self.changes_left = self.changes_left.saturating_sub(1);
        if self.changes_left == 0 {
            return Step::Finish(500);
        }
        uri.clone_into(&mut self.uri);
        args.unwrap_or("").clone_into(&mut self.args);
        self.is_internal = true;
        self.is_unparsed = false;
        Step::Restart
    }

    /// An internal redirect to a named location.
    fn name_to(&mut self, name: &str) -> Step {
        self.changes_left = self.changes_left.saturating_sub(1);
        let named = self.server.block.children_named("location").find(|location| location.argument(0) == Some(name));
        match named {
            Some(location) if self.changes_left > 0 => {
                self.level = location;
                self.handler = location;
                self.is_internal = true;
                Step::Named
            }
            _ => Step::Finish(500),
        }
    }
}

/// Methods that `limit_except` names, and HEAD with GET.
fn allows_method(limit: Directive<'_>, method: &str) -> bool {
    limit.arguments().iter().any(|allowed| *allowed == method || (*allowed == "GET" && method == "HEAD"))
}
