//! Port mappings of compose files, short syntax: `[address:][host:]container[/protocol]`, with ranges.

use super::hole;
use std::ops::RangeInclusive;

/// One published port or range.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PortMapping {
    /// Whether the port is open on every address of the host; `None` where a variable decides.
    pub on_all_addresses: Option<bool>,
    /// Ports on the host; `None` where Docker chooses or a variable decides.
    pub host: Option<RangeInclusive<u16>>,
    /// Ports in the container; `None` where a variable decides.
    pub container: Option<RangeInclusive<u16>>,
    /// `tcp`, `udp`, ...; `tcp` where nothing is written.
    pub protocol: String,
}

/// Reads the short syntax.
pub fn parse(text: &str) -> Option<PortMapping> {
    let text = text.trim();
    let (rest, protocol) = text.rsplit_once('/').unwrap_or((text, "tcp"));
    let (rest, container) = rest.rsplit_once(':').map_or(("", rest), |(rest, container)| (rest, container));
    let container_range = range(container);
    if container_range.is_none() && !hole::has(container) {
        return None;
    }
    // What is left: nothing, `host`, `address:host` or `address:`; IPv6 addresses stand in brackets or bare.
    let (address, host) = match rest.rsplit_once(':') {
        Some((address, host)) => (address, host),
        None if rest.contains('.') => (rest, ""),
        None => ("", rest),
    };
    let on_all_addresses = if address.is_empty() {
        // `${DB}:5432` may hold an address too, `${DB_PORT}:5432` does not.
        match hole::whole(host) {
            Some(name) if !name.to_ascii_uppercase().ends_with("PORT") => None,
            _ => Some(true),
        }
    } else {
        listens_on_all(address)
    };
    Some(PortMapping {
        on_all_addresses,
        host: range(host),
        container: container_range,
        protocol: protocol.to_ascii_lowercase(),
    })
}

/// Whether a listening address means every address of the host; `None` where a variable decides.
pub fn listens_on_all(address: &str) -> Option<bool> {
    let address = address.trim().trim_matches(['[', ']']);
    if hole::has(address) {
        return None;
    }
    Some(matches!(address, "" | "0.0.0.0" | "::" | "*" | "0" | "0000:0000:0000:0000:0000:0000:0000:0000"))
}

/// A port or a range `first-last`.
pub fn range(text: &str) -> Option<RangeInclusive<u16>> {
    let text = text.trim();
    let (first, last) = text.split_once('-').unwrap_or((text, text));
    let (first, last) = (first.parse().ok()?, last.parse().ok()?);
    (first <= last).then_some(first..=last)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::query::values::hole::{Notation, expand};
    use proptest::prelude::*;

    fn read(text: &str) -> PortMapping {
        parse(&expand(text, Notation::Shell, &|_| None)).unwrap()
    }

    #[test]
    fn reads_the_short_syntax() {
        let plain = read("5432:5432");
        assert_eq!((plain.on_all_addresses, plain.container), (Some(true), Some(5432..=5432)));
        assert_eq!(read("5432").on_all_addresses, Some(true));
        assert_eq!(read("127.0.0.1:5432:5432").on_all_addresses, Some(false));
        assert_eq!(read("127.0.0.1::5432").host, None);
        assert_eq!(read("0.0.0.0:80:80").on_all_addresses, Some(true));
        assert_eq!(read("[::1]:80:80").on_all_addresses, Some(false));
        assert_eq!(read(":::80:80").on_all_addresses, Some(true));
        assert_eq!(read("9000-9002:9000-9002/udp").container, Some(9000..=9002));
        assert_eq!(read("53:53/UDP").protocol, "udp");
        assert_eq!(parse("web"), None);
    }

    #[test]
    fn a_variable_may_hold_the_address() {
        assert_eq!(read("${DB_PORT}:5432").on_all_addresses, Some(true));
        assert_eq!(read("${DB_BIND}:5432").on_all_addresses, None);
        assert_eq!(read("${IP}:5432:5432").on_all_addresses, None);
        assert_eq!(read("${SQL:-127.0.0.1:13306}:3306").on_all_addresses, Some(false));
        assert_eq!(read("${PORT}:${PORT}").container, None);
    }

    proptest! {
        #[test]
        fn never_panics(text in "[0-9:./\\[\\]a-z\u{1a}-]{0,30}") {
            let _ = parse(&text);
        }
    }
}
