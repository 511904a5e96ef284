//! The `Strict-Transport-Security` header (RFC 6797).

/// What the header asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hsts {
    /// Seconds; 0 makes browsers forget the host.
    pub max_age: u64,
    /// Subdomains are covered.
    pub include_subdomains: bool,
    /// The site asks to be built into browsers.
    pub preload: bool,
}

/// The header's meaning; `None` without a valid `max-age`, in which case browsers ignore it (RFC 6797, 6.1).
pub fn parse(header: &str) -> Option<Hsts> {
    let mut max_age = None;
    let (mut include_subdomains, mut preload) = (false, false);
    for directive in header.split(';') {
        let (name, value) = directive.split_once('=').map_or((directive, None), |(name, value)| (name, Some(value)));
        match name.trim().to_ascii_lowercase().as_str() {
            "max-age" => max_age = value?.trim().trim_matches('"').parse().ok(),
            "includesubdomains" => include_subdomains = true,
            "preload" => preload = true,
            _ => {}
        }
    }
    Some(Hsts { max_age: max_age?, include_subdomains, preload })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn reads_the_directives() {
        let full = parse("max-age=63072000; includeSubDomains; preload").unwrap();
        assert_eq!(full, Hsts { max_age: 63_072_000, include_subdomains: true, preload: true });
        assert_eq!(parse("Max-Age=\"300\"").unwrap().max_age, 300);
        assert_eq!(parse("includeSubDomains"), None);
        assert_eq!(parse("max-age=soon"), None);
    }

    proptest! {
        #[test]
        fn never_panics(text in "\\PC*") {
            let _ = parse(&text);
        }
    }
}
