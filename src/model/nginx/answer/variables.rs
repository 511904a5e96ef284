//! Values of variables in the course of a request.

use super::super::location::compiled;
use super::super::{Directive, Piece, group_names, pieces};
use super::access::network_holds;
use super::target::groups;
use super::{Exchange, Unknown, target};

impl<'m> Exchange<'m, '_> {
    /// A text with its variables filled in.
    pub(super) fn text(&mut self, written: &str) -> Result<String, Unknown> {
        let mut out = String::new();
        for piece in pieces(written) {
            match piece {
                Piece::Text(text) => out.push_str(text),
                Piece::Template => return Err(Unknown(format!("a placeholder in `{written}`"))),
                Piece::Variable(name) => out.push_str(&self.variable(name)?),
            }
        }
        Ok(out)
    }

    pub(super) fn variable(&mut self, name: &str) -> Result<String, Unknown> {
        if let Ok(number @ 1..=9) = name.parse::<usize>() {
            return Ok(self.captures.get(number).cloned().flatten().unwrap_or_default());
        }
        if let Some(known) = self.known.get(name) {
            return Ok(known.clone());
        }
        if let Some(value) = self.builtin(name)? {
            return Ok(value);
        }
        let is_of =
            |maker: &Directive<'_>, at: usize| maker.argument(at).and_then(|made| made.strip_prefix('$')) == Some(name);
        let makers = self.server.block.root().below();
        let maker = makers.into_iter().find(|maker| match maker.name() {
            "map" | "split_clients" => is_of(maker, 1),
            "geo" => is_of(maker, maker.argument_count().saturating_sub(1)),
            "set" => is_of(maker, 0),
            _ => false,
        });
        let Some(maker) = maker else {
            // A group of an expression that did not match on the way.
            let mut words = self.server.block.root().below().flat_map(Directive::arguments);
            let is_group = words.any(|word| group_names(word).any(|group| group == name));
            return if is_group { Ok(String::new()) } else { Err(Unknown(format!("the variable ${name}"))) };
        };
        if self.computing.iter().any(|computing| computing == name) || self.computing.len() > 20 {
            return Err(Unknown(format!("${name}, which depends on itself")));
        }
        self.computing.push(name.to_owned());
        let value = match maker.name() {
            "map" => self.mapped(maker),
            "geo" => self.located(maker),
            // Never set on the way: empty.
            "set" => Ok(String::new()),
            _ => Err(Unknown(format!("the share of ${name}"))),
        };
        self.computing.pop();
        let value = value?;
        if maker.name() != "set" && maker.child("volatile").is_none() {
            self.known.insert(name.to_owned(), value.clone());
        }
        Ok(value)
    }

    fn builtin(&mut self, name: &str) -> Result<Option<String>, Unknown> {
        let header = |name: &str| self.request.header(&name.replace('_', "-")).unwrap_or("").to_owned();
        if let Some(header_name) = name.strip_prefix("http_") {
            return Ok(Some(header(header_name)));
        }
        if let Some(argument) = name.strip_prefix("arg_") {
            let mut pairs = self.args.split('&').filter_map(|pair| pair.split_once('='));
            return Ok(Some(
                pairs.find(|(key, _)| key.eq_ignore_ascii_case(argument)).map_or("", |(_, v)| v).to_owned(),
            ));
        }
        if let Some(cookie) = name.strip_prefix("cookie_") {
            let cookies = header("cookie");
            let mut pairs = cookies.split(';').filter_map(|pair| pair.trim().split_once('='));
            return Ok(Some(pairs.find(|(key, _)| key.eq_ignore_ascii_case(cookie)).map_or("", |(_, v)| v).to_owned()));
        }
        let server_name = || self.server.block.child("server_name").and_then(|names| names.argument(0)).unwrap_or("");
        Ok(Some(match name {
            "host" => {
                let host = target::host(&header("host"));
                if host.is_empty() { server_name().to_owned() } else { host }
            }
            "uri" | "document_uri" => self.uri.clone(),
            "request_uri" => self.request.target.to_owned(),
            "args" | "query_string" => self.args.clone(),
            "is_args" => if self.args.is_empty() { "" } else { "?" }.to_owned(),
            "scheme" => if self.request.tls { "https" } else { "http" }.to_owned(),
            "https" => if self.request.tls { "on" } else { "" }.to_owned(),
            "request_method" => self.method.clone(),
            "server_name" => server_name().to_owned(),
            "server_port" => self.request.port.to_string(),
            "server_addr" => self.request.address.to_owned(),
            "server_protocol" => "HTTP/1.1".to_owned(),
            "remote_addr" => self.client.to_string(),
            "realip_remote_addr" => self.request.client.to_string(),
            "remote_user" => String::new(),
            "request_filename" => self.path_on_disk()?,
            "document_root" => self.root_on_disk()?,
            "content_type" => header("content_type"),
            "content_length" => header("content_length"),
            "proxy_add_x_forwarded_for" => {
                let before = header("x_forwarded_for");
                let client = self.client.to_string();
                if before.is_empty() { client } else { format!("{before}, {client}") }
            }
            "proxy_host" => self.proxy_authority()?,
            _ => return Ok(None),
        }))
    }

    fn mapped(&mut self, map: Directive<'m>) -> Result<String, Unknown> {
        let source = self.text(map.argument(0).unwrap_or(""))?;
        let is_hostnames = map.child("hostnames").is_some();
        let wanted = source.to_ascii_lowercase();
        let wanted = if is_hostnames { wanted.strip_suffix('.').unwrap_or(&wanted) } else { &wanted };
        let entries = || map.children().filter(|entry| !entry.is(&["hostnames", "volatile"]));
        if entries().any(|entry| entry.name() == "include" && !entry.is_resolved_include()) {
            return Err(Unknown("a map that includes another file".to_owned()));
        }
        let key = |entry: &Directive<'m>| entry.name().strip_prefix('\\').unwrap_or(entry.name()).to_ascii_lowercase();
        let is_special = |entry: &Directive<'m>| entry.name() == "default" || entry.name().starts_with('~');
        let exact = entries().find(|entry| {
            let key = key(entry);
            !is_special(entry) && (key == wanted || (is_hostnames && key.strip_prefix('.') == Some(wanted)))
        });
        let wild = || {
            let suffixes = entries().filter(|entry| {
                let key = key(entry);
                let suffix = key.strip_prefix('*').unwrap_or(&key);
                is_hostnames && suffix.starts_with('.') && wanted.len() > suffix.len() && wanted.ends_with(suffix)
            });
            suffixes.max_by_key(|entry| entry.name().trim_start_matches('*').len()).or_else(|| {
                entries()
                    .filter(|entry| {
                        is_hostnames && key(entry).strip_suffix('*').is_some_and(|start| wanted.starts_with(start))
                    })
                    .max_by_key(|entry| entry.name().len())
            })
        };
        let mut chosen = exact.or_else(wild);
        if chosen.is_none() {
            for entry in entries().filter(|entry| entry.name().starts_with('~')) {
                let written = &entry.name()[1..];
                let (written, ignore_case) = match written.strip_prefix('*') {
                    Some(written) => (written, true),
                    None => (written, false),
                };
                let regex =
                    compiled(written, ignore_case).ok_or_else(|| Unknown(format!("regular expression `{written}`")))?;
                if let Some(found) = groups(&regex, &source) {
                    self.remember(found);
                    chosen = Some(entry);
                    break;
                }
            }
        }
        let chosen = chosen.or_else(|| map.child("default"));
        let value = chosen.and_then(|entry| entry.argument(0)).unwrap_or("");
        self.text(value)
    }

    /// `geo`: the most specific network that holds the address.
    fn located(&mut self, geo: Directive<'m>) -> Result<String, Unknown> {
        let address = match geo.argument_count() {
            1 => self.client.to_string(),
            _ => self.text(geo.argument(0).unwrap_or(""))?,
        };
        if geo.children().any(|entry| entry.is(&["proxy", "ranges", "include", "delete"])) {
            return Err(Unknown("a geo block with proxies or ranges".to_owned()));
        }
        let Ok(address) = address.parse() else { return Ok(default_of(geo)) };
        let networks = geo.children().filter(|entry| entry.name() != "default");
        let best = networks.filter(|entry| network_holds(entry.name(), address) == Some(true)).max_by_key(|entry| {
            entry.name().split_once('/').and_then(|(_, bits)| bits.parse::<u32>().ok()).unwrap_or(128)
        });
        Ok(best.map_or_else(|| default_of(geo), |entry| entry.argument(0).unwrap_or("").to_owned()))
    }
}

fn default_of(geo: Directive<'_>) -> String {
    geo.child("default").and_then(|entry| entry.argument(0)).unwrap_or("").to_owned()
}
