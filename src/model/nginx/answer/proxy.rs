//! Requests to backends: which one, with which path and which headers.

use super::super::{Directive, Level, Matcher};
use super::{Backend, Content, Exchange, Step, Unknown};
use std::fmt::Write;

impl<'m> Exchange<'m, '_> {
    pub(super) fn backend(&mut self) -> Result<Option<Step>, Unknown> {
        for name in ["fastcgi_pass", "uwsgi_pass", "scgi_pass", "grpc_pass", "memcached_pass"] {
            if self.handler.effective(name).is_some() {
                return Err(Unknown(format!("what {name} answers")));
            }
        }
        let Some(pass) = self.pass() else { return Ok(None) };
        let written = pass.argument(0).unwrap_or("");
        let url = self.text(written)?;
        let Some((_, rest)) = url.split_once("://") else { return Ok(Some(Step::Finish(500))) };
        let (authority, path) = match rest.find(['/', '?']) {
            Some(end) => (&rest[..end], Some(&rest[end..])),
            None => (rest, None),
        };
        let uri = match path {
            // With variables the path is sent as it comes out.
            Some(path) if written.contains('$') => {
                if path.starts_with('?') {
                    format!("/{path}")
                } else {
                    path.to_owned()
                }
            }
            None if self.is_unparsed => self.request.target.to_owned(),
            path => {
                let prefix = path.filter(|_| self.is_location_valid).map_or(0, |_| location_length(pass));
                let rest = escaped(self.uri.get(prefix..).unwrap_or(""));
                let question = if self.args.is_empty() { "" } else { "?" };
                let path = path.filter(|_| self.is_location_valid).unwrap_or("");
                format!("{path}{rest}{question}{}", self.args)
            }
        };
        let headers = self.sent_headers(authority)?;
        let address = match pass.upstream_named(authority) {
            Some(upstream) => {
                let mut servers = upstream.servers().filter_map(|(server, _)| server.argument(0));
                match (servers.next(), servers.next()) {
                    (Some(only), None) => only.to_owned(),
                    _ => return Err(Unknown("which server of the upstream is next".to_owned())),
                }
            }
            None => authority.to_owned(),
        };
        Ok(Some(Step::Done(200, Content::Backend(Backend { address, uri, headers }))))
    }

    fn pass(&self) -> Option<Directive<'m>> {
        self.handler.effective("proxy_pass")?.directives.first().copied()
    }

    fn sent_headers(&mut self, authority: &str) -> Result<Vec<(String, String)>, Unknown> {
        let mut headers = Vec::new();
        let set = self.level.effective("proxy_set_header").map_or_else(Vec::new, |effective| effective.directives);
        for header in set {
            let (Some(name), Some(value)) = (header.argument(0), header.argument(1)) else { continue };
            headers.push((name.to_ascii_lowercase(), self.text(value)?));
        }
        for (name, value) in [("host", authority), ("connection", "close")] {
            if headers.iter().all(|(known, _)| known != name) {
                headers.push((name.to_owned(), value.to_owned()));
            }
        }
        Ok(headers)
    }

    /// `$proxy_host`.
    pub(super) fn proxy_authority(&mut self) -> Result<String, Unknown> {
        let Some(pass) = self.pass() else { return Ok(String::new()) };
        let url = self.text(pass.argument(0).unwrap_or(""))?;
        let rest = url.split_once("://").map_or(url.as_str(), |(_, rest)| rest);
        Ok(rest.split(['/', '?']).next().unwrap_or("").to_owned())
    }

    /// A location that ends in a slash and passes requests on sends those without it there by itself.
    pub(super) fn slash_redirect(&self) -> Option<(Directive<'m>, String)> {
        if matches!(Matcher::of(self.level), Some(Matcher::Exact(_))) {
            return None;
        }
        let wanted = format!("{}/", self.uri);
        let is_passing = |location: &Directive<'m>| {
            ["proxy_pass", "fastcgi_pass", "uwsgi_pass", "scgi_pass", "grpc_pass", "memcached_pass"]
                .iter()
                .any(|name| location.child(name).is_some())
        };
        // Only prefixes of the levels at which the search looked count.
        let above = self.level.parent().filter(|above| above.level() == Level::Location);
        let mut locations = std::iter::once(self.server.block).chain(above).flat_map(Directive::children);
        let found = locations.find(|location| {
            matches!(Matcher::of(*location), Some(Matcher::Prefix(path) | Matcher::Preferred(path)) if path == wanted)
                && is_passing(location)
        })?;
        let question = if self.args.is_empty() { "" } else { "?" };
        Some((found, format!("{wanted}{question}{}", self.args)))
    }
}

/// Length of the location's path that a path in `proxy_pass` replaces.
fn location_length(pass: Directive<'_>) -> usize {
    let location = pass.ancestors().find(|level| level.level() == Level::Location);
    match location.and_then(Matcher::of) {
        Some(Matcher::Exact(path) | Matcher::Prefix(path) | Matcher::Preferred(path)) => path.len(),
        _ => 0,
    }
}

/// A decoded path as it is sent on: what may not stand in a request line is encoded.
fn escaped(path: &str) -> String {
    let mut out = String::with_capacity(path.len());
    for byte in path.bytes() {
        let is_plain = byte > 0x20 && byte < 0x7f && !matches!(byte, b'%' | b'?' | b'#');
        if is_plain {
            out.push(char::from(byte));
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}
