//! The request line and the `Host` header: which server they name, which path they mean.

use super::super::location::compiled;
use super::super::{Address, Directive, Level, Listen, Server};
use super::Request;

/// The host that nginx chooses servers by: lower case, without port and final dot.
pub(super) fn host(header: &str) -> String {
    let host = match header.strip_prefix('[').and_then(|rest| rest.find(']')) {
        Some(end) => &header[..end + 2],
        None => header.split(':').next().unwrap_or(""),
    };
    host.strip_suffix('.').unwrap_or(host).to_ascii_lowercase()
}

/// Named and numbered groups of a match.
pub(super) type Groups = Vec<(Option<String>, Option<String>)>;

/// The server that answers, and the groups of the name that took it.
pub(super) fn server<'m>(root: Directive<'m>, request: &Request<'_>, host: &str) -> Option<(Server<'m>, Groups)> {
    let servers: Vec<Server<'m>> = Server::of(root, Level::Server).collect();
    let listens = |wanted: Option<&str>| {
        let mut found: Vec<(Server<'m>, Listen<'m>)> = Vec::new();
        for server in &servers {
            for listen in server.listens() {
                if let Address::Port(host, port) = listen.address
                    && port == Some(request.port)
                    && host == wanted
                    && found.last().is_none_or(|(last, _)| last != server)
                {
                    found.push((*server, listen));
                }
            }
        }
        found
    };
    // Servers at the very address come before those at all addresses.
    let mut here = listens(Some(request.address));
    if here.is_empty() {
        here = listens(None);
    }
    if let Some(found) = by_name(&here, host) {
        return Some(found);
    }
    let default = here.iter().find(|(_, listen)| listen.default_server).or(here.first())?;
    Some((default.0, Vec::new()))
}

fn by_name<'m>(servers: &[(Server<'m>, Listen<'m>)], host: &str) -> Option<(Server<'m>, Groups)> {
    let names = || servers.iter().flat_map(|(server, _)| server.names().into_iter().map(move |name| (*server, name)));
    let exact = names().find(|(_, name)| {
        name.eq_ignore_ascii_case(host) || name.strip_prefix('.').is_some_and(|name| name.eq_ignore_ascii_case(host))
    });
    let ends = |name: &str| name.strip_prefix('*').or(name.starts_with('.').then_some(name)).map(str::len);
    let starting = || {
        names()
            .filter(|(_, name)| {
                let end = name.strip_prefix('*').unwrap_or(name);
                (name.starts_with("*.") || name.starts_with('.'))
                    && host.len() > end.len()
                    && host.ends_with(&end.to_ascii_lowercase())
            })
            .max_by_key(|(_, name)| ends(name))
    };
    let ending = || {
        names()
            .filter(|(_, name)| {
                name.strip_suffix('*').is_some_and(|start| host.starts_with(&start.to_ascii_lowercase()))
            })
            .max_by_key(|(_, name)| name.len())
    };
    if let Some((server, _)) = exact.or_else(starting).or_else(ending) {
        return Some((server, Vec::new()));
    }
    names().find_map(|(server, name)| {
        let regex = compiled(name.strip_prefix('~')?, true)?;
        Some((server, groups(&regex, host)?))
    })
}

/// The groups of a regular expression on a text; `None` where it does not match.
pub(super) fn groups(regex: &fancy_regex::Regex, text: &str) -> Option<Groups> {
    let found = regex.captures(text).ok()??;
    let groups = regex
        .capture_names()
        .enumerate()
        .map(|(index, name)| (name.map(str::to_owned), found.get(index).map(|group| group.as_str().to_owned())));
    Some(groups.collect())
}

/// Path, decoded and normalised, and arguments of a request line; `None` for what nginx refuses.
pub(super) fn normalised(target: &str, merge_slashes: bool) -> Option<(String, String)> {
    let (path, args) = target.split_once('?').unwrap_or((target, ""));
    let path = path.split('#').next().unwrap_or(path);
    let decoded = decoded(path.as_bytes())?;
    if !decoded.starts_with('/') || decoded.contains('\0') {
        return None;
    }
    let mut out = String::with_capacity(decoded.len());
    let mut parts = decoded[1..].split('/').peekable();
    while let Some(part) = parts.next() {
        let is_last = parts.peek().is_none();
        match part {
            "." | ".." => {
                if part == ".." {
                    out.truncate(out.rfind('/')?);
                }
                if is_last {
                    out.push('/');
                }
            }
            "" if merge_slashes && !is_last => {}
            part => {
                out.push('/');
                out.push_str(part);
            }
        }
    }
    Some((out, args.to_owned()))
}

fn decoded(path: &[u8]) -> Option<String> {
    let mut bytes = Vec::with_capacity(path.len());
    let mut at = 0;
    while let Some(&byte) = path.get(at) {
        if byte == b'%' {
            let digits = std::str::from_utf8(path.get(at + 1..at + 3)?).ok()?;
            bytes.push(u8::from_str_radix(digits, 16).ok()?);
            at += 3;
        } else {
            bytes.push(byte);
            at += 1;
        }
    }
    Some(String::from_utf8_lossy(&bytes).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_decoded_and_normalised() {
        for (target, merge, expected) in [
            ("/a/../b", true, Some("/b")),
            ("/a/./b/", true, Some("/a/b/")),
            ("//a///b//", true, Some("/a/b/")),
            ("//a", false, Some("//a")),
            ("/a%2Fb/%2e%2e/c", true, Some("/a/c")),
            ("/a/..", true, Some("/")),
            ("/..", true, None),
            ("/%zz", true, None),
            ("/a?b=/../c", true, Some("/a")),
        ] {
            assert_eq!(normalised(target, merge).map(|(path, _)| path).as_deref(), expected, "{target}");
        }
        assert_eq!(host("A.Example:80"), "a.example");
        assert_eq!(host("[::1]:80"), "[::1]");
    }
}
