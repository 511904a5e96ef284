//! Where requests are passed on to.

use super::{Directive, Level, Piece, pieces};

/// The protocol that nginx speaks to a backend.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Protocol {
    /// `proxy_pass http://`, or a scheme that is not known.
    Http,
    /// `proxy_pass https://`.
    Https,
    /// `grpc_pass grpc://`.
    Grpc,
    /// `grpc_pass grpcs://`.
    Grpcs,
    /// `fastcgi_pass`.
    FastCgi,
    /// `uwsgi_pass`, also `suwsgi://`.
    Uwsgi,
    /// `scgi_pass`.
    Scgi,
    /// `proxy_pass` of a stream server.
    Stream,
}

/// An `upstream` block.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Upstream<'m> {
    /// The block.
    pub block: Directive<'m>,
}

impl<'m> Upstream<'m> {
    pub(super) fn new(block: Directive<'m>) -> Option<Self> {
        (block.level() == Level::Upstream).then_some(Self { block })
    }

    /// Its name.
    pub fn name(self) -> &'m str {
        self.block.argument(0).unwrap_or("")
    }

    /// Its servers: the directive, and host and port.
    pub fn servers(self) -> impl Iterator<Item = (Directive<'m>, Authority<'m>)> + use<'m> {
        self.block.children_named("server").filter_map(|server| {
            let address = server.argument(0)?;
            Some((server, Authority::new(address, 80)))
        })
    }
}

/// Host and port of a backend.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Authority<'m> {
    /// Host, socket (`unix:/path`) or name of an upstream, as written.
    pub host: &'m str,
    /// The port, that of the protocol when none is written; `None` where it is not known.
    pub port: Option<u16>,
}

impl<'m> Authority<'m> {
    fn new(text: &'m str, default: u16) -> Self {
        if text.starts_with("unix:") {
            return Self { host: text, port: None };
        }
        let bracket = text.rfind(']').unwrap_or(0);
        match text[bracket..].rfind(':') {
            Some(colon) => Self { host: &text[..bracket + colon], port: text[bracket + colon + 1..].parse().ok() },
            None => Self { host: text, port: Some(default) },
        }
    }

    /// Whether a variable or placeholder stands in it.
    pub fn is_variable(self) -> bool {
        self.host.contains(['$', '{', '<'])
    }
}

/// What `proxy_pass` and its relatives name.
#[derive(Debug, Clone, Copy)]
pub struct ProxyTarget<'m> {
    /// The directive.
    pub directive: Directive<'m>,
    /// How it is spoken to.
    pub protocol: Protocol,
    /// Host and port as written; variables stay as they are.
    pub authority: Authority<'m>,
    /// The upstream of that name in the same configuration.
    pub upstream: Option<Upstream<'m>>,
    /// What follows the host: a path that replaces that of the location; `None` when the request's path is passed on.
    pub path: Option<&'m str>,
}

const PASSES: [(&str, Protocol); 5] = [
    ("proxy_pass", Protocol::Http),
    ("grpc_pass", Protocol::Grpc),
    ("fastcgi_pass", Protocol::FastCgi),
    ("uwsgi_pass", Protocol::Uwsgi),
    ("scgi_pass", Protocol::Scgi),
];

impl<'m> Directive<'m> {
    /// Where a location (or an `if` in it, or a stream server) passes requests on to. Where the host is one variable that
    /// the same server sets to one constant, that constant is meant.
    pub fn proxy_target(self) -> Option<ProxyTarget<'m>> {
        let (directive, protocol) =
            PASSES.iter().find_map(|(name, protocol)| Some((*self.effective(name)?.directives.first()?, *protocol)))?;
        let written = directive.argument(0)?;
        let text = self.constant(written).unwrap_or(written);
        let (scheme, rest) = text.split_once("://").unwrap_or(("", text));
        let (protocol, port) = match (protocol, scheme) {
            _ if self.level() == Level::StreamServer => (Protocol::Stream, 0),
            (Protocol::Http, "https") => (Protocol::Https, 443),
            (Protocol::Grpc, "grpcs") => (Protocol::Grpcs, 443),
            (protocol, _) => (protocol, 80),
        };
        let end = match rest.strip_prefix("unix:") {
            Some(socket) => socket.find(':').map_or(rest.len(), |colon| colon + "unix:".len()),
            None => rest.find('/').unwrap_or(rest.len()),
        };
        let (host, path) = rest.split_at(end);
        let path = path.strip_prefix(':').unwrap_or(path);
        let authority = self.constant(host).unwrap_or(host);
        let upstream = self.upstream_named(authority);
        Some(ProxyTarget {
            directive,
            protocol,
            authority: Authority::new(authority, port),
            upstream,
            path: (!path.is_empty()).then_some(path),
        })
    }

    /// The upstream of a name in the same configuration.
    pub fn upstream_named(self, name: &str) -> Option<Upstream<'m>> {
        self.upstream_block(name).and_then(Upstream::new)
    }

    /// The value of a text that is one variable which this server sets once, to a constant.
    fn constant(self, text: &str) -> Option<&'m str> {
        let [Piece::Variable(name)] = pieces(text)[..] else { return None };
        let server = self.server()?;
        let mut sets = server
            .below()
            .filter(|set| set.name() == "set" && set.argument(0).and_then(|set| set.strip_prefix('$')) == Some(name));
        let value = sets.next()?.argument(1)?;
        (sets.next().is_none() && !value.contains('$')).then_some(value)
    }
}
