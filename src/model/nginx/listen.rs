//! Where a server listens.

use super::Directive;

/// An address of a `listen` directive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Address<'m> {
    /// A socket in the file system.
    Unix(&'m str),
    /// A port; host `None` means every address, port `None` that it is not known.
    Port(Option<&'m str>, Option<u16>),
}

impl Address<'_> {
    /// The port.
    pub fn port(self) -> Option<u16> {
        match self {
            Self::Port(_, port) => port,
            Self::Unix(_) => None,
        }
    }

    /// Whether only this machine reaches it.
    pub fn is_local(self) -> bool {
        match self {
            Self::Unix(_) => true,
            Self::Port(host, _) => {
                host.is_some_and(|host| host == "localhost" || host.starts_with("127.") || host == "[::1]")
            }
        }
    }
}

/// One `listen` of a server; a server without any listens on port 80.
#[derive(Debug, Clone, Copy)]
#[expect(clippy::struct_excessive_bools, reason = "the parameters of the directive")]
pub struct Listen<'m> {
    /// The directive; `None` for the default.
    pub directive: Option<Directive<'m>>,
    /// Where.
    pub address: Address<'m>,
    /// `ssl`, or `quic`, which is TLS too.
    pub ssl: bool,
    /// `quic`: HTTP/3 over UDP.
    pub quic: bool,
    /// `http2` (before 1.25.1; later a directive).
    pub http2: bool,
    /// `proxy_protocol`.
    pub proxy_protocol: bool,
    /// `default_server`, or `default` as it was called before 0.8.21.
    pub default_server: bool,
}

impl<'m> Listen<'m> {
    pub(super) const DEFAULT: Self = Self {
        directive: None,
        address: Address::Port(None, Some(80)),
        ssl: false,
        quic: false,
        http2: false,
        proxy_protocol: false,
        default_server: false,
    };

    pub(super) fn new(directive: Directive<'m>) -> Option<Self> {
        let address = address(directive.argument(0)?);
        let mut listen = Self { directive: Some(directive), address, ..Self::DEFAULT };
        for parameter in directive.arguments().into_iter().skip(1) {
            match parameter {
                "ssl" => listen.ssl = true,
                "quic" => (listen.ssl, listen.quic) = (true, true),
                "http2" | "spdy" => listen.http2 = true,
                "proxy_protocol" => listen.proxy_protocol = true,
                "default_server" | "default" => listen.default_server = true,
                _ => {}
            }
        }
        Some(listen)
    }
}

fn address(text: &str) -> Address<'_> {
    if let Some(path) = text.strip_prefix("unix:") {
        return Address::Unix(path);
    }
    let port = |text: &str| text.split('-').next().and_then(|first| first.parse().ok());
    if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-') {
        return Address::Port(None, port(text));
    }
    let bracket = text.rfind(']').unwrap_or(0);
    let (host, number) = match text[bracket..].rfind(':') {
        // `${HOST:-x}` is no host and port.
        Some(colon) if !text.ends_with('}') || text[bracket + colon..].starts_with(":$") => {
            let at = bracket + colon;
            (&text[..at], port(&text[at + 1..]))
        }
        _ if text.contains(['$', '{', '<']) => (text, None),
        _ => (text, Some(80)),
    };
    let is_any = matches!(host, "*" | "0.0.0.0" | "[::]" | "");
    let is_unknown = host.contains(['$', '{', '<']);
    if is_unknown && number.is_none() {
        return Address::Port(None, None);
    }
    Address::Port((!is_any).then_some(host), number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses() {
        for (text, expected) in [
            ("80", Address::Port(None, Some(80))),
            ("*:8080", Address::Port(None, Some(8080))),
            ("[::]:443", Address::Port(None, Some(443))),
            ("[::1]", Address::Port(Some("[::1]"), Some(80))),
            ("127.0.0.1:8000", Address::Port(Some("127.0.0.1"), Some(8000))),
            ("localhost", Address::Port(Some("localhost"), Some(80))),
            ("unix:/run/a.sock", Address::Unix("/run/a.sock")),
            ("${PORT}", Address::Port(None, None)),
            ("0.0.0.0:${PORT}", Address::Port(None, None)),
        ] {
            assert_eq!(address(text), expected, "{text}");
        }
        assert!(address("[::1]:80").is_local() && address("unix:/x").is_local() && !address("80").is_local());
    }
}
