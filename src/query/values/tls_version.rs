//! Versions of SSL and TLS in the names of every product: `TLSv1.1`, `PROTOCOL_TLSv1_1`, `VersionTLS11`, `tls10`.

/// A version of the protocol, oldest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TlsVersion {
    Ssl2,
    Ssl3,
    Tls10,
    Tls11,
    Tls12,
    Tls13,
}

impl TlsVersion {
    /// Every version, oldest first.
    pub const ALL: [Self; 6] = [Self::Ssl2, Self::Ssl3, Self::Tls10, Self::Tls11, Self::Tls12, Self::Tls13];

    /// The name as RFCs write it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Ssl2 => "SSL 2.0",
            Self::Ssl3 => "SSL 3.0",
            Self::Tls10 => "TLS 1.0",
            Self::Tls11 => "TLS 1.1",
            Self::Tls12 => "TLS 1.2",
            Self::Tls13 => "TLS 1.3",
        }
    }
}

/// The version that a name means. `SSLv23` and `TLS` mean «whatever both sides know» and are none.
pub fn parse(text: &str) -> Option<TlsVersion> {
    let name: String = text.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase();
    let name = name.trim_start_matches("protocol").trim_start_matches("version");
    let name = name.trim_end_matches("method").trim_end_matches("server").trim_end_matches("client");
    let (is_ssl, digits) = match name.strip_prefix("ssl") {
        Some(rest) => (true, rest),
        None => (false, name.strip_prefix("tls").unwrap_or(name)),
    };
    let digits = digits.strip_prefix('v').unwrap_or(digits);
    Some(match (is_ssl, digits) {
        (true, "2" | "20") => TlsVersion::Ssl2,
        (true, "3" | "30") => TlsVersion::Ssl3,
        (false, "1" | "10") => TlsVersion::Tls10,
        (false, "11") => TlsVersion::Tls11,
        (false, "12") => TlsVersion::Tls12,
        (false, "13") => TlsVersion::Tls13,
        _ => return None,
    })
}

/// The versions that a list enables. Words with `-` or `!` switch a version off (Apache, Postfix), `all` is every one
/// from SSL 3.0 on.
pub fn enabled<'text>(words: impl IntoIterator<Item = &'text str>) -> Vec<TlsVersion> {
    let mut enabled = Vec::new();
    for word in words {
        let name = word.trim_start_matches(['-', '!', '+']);
        let named = if name.eq_ignore_ascii_case("all") {
            TlsVersion::ALL[1..].to_vec()
        } else {
            parse(name).into_iter().collect()
        };
        if word.starts_with(['-', '!']) {
            enabled.retain(|version| !named.contains(version));
        } else {
            enabled.extend(named);
        }
    }
    enabled.sort_unstable();
    enabled.dedup();
    enabled
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn reads_the_names_of_every_product() {
        for text in ["TLSv1", "TLSv1.0", "PROTOCOL_TLSv1", "VersionTLS10", "tls10", "TLS1_0", "1.0", "TLSV1_METHOD"] {
            assert_eq!(parse(text), Some(TlsVersion::Tls10), "{text}");
        }
        for text in ["TLSv1.2", "TLS_1_2", "PROTOCOL_TLSv1_2", "VersionTLS12", "1.2", "tlsv12"] {
            assert_eq!(parse(text), Some(TlsVersion::Tls12), "{text}");
        }
        assert_eq!(parse("SSLv3"), Some(TlsVersion::Ssl3));
        for text in ["", "TLS", "SSLv23", "PROTOCOL_TLS_CLIENT", "TLSv2", "http"] {
            assert_eq!(parse(text), None, "{text}");
        }
    }

    #[test]
    fn exclusions_count() {
        assert_eq!(enabled(["all", "-SSLv3", "-TLSv1", "-TLSv1.1"]), [TlsVersion::Tls12, TlsVersion::Tls13]);
        assert_eq!(enabled(["TLSv1.2", "TLSv1"]), [TlsVersion::Tls10, TlsVersion::Tls12]);
        assert_eq!(enabled(["!SSLv2", "!SSLv3"]), []);
    }

    #[test]
    fn versions_are_ordered() {
        assert!(TlsVersion::Ssl3 < TlsVersion::Tls10 && TlsVersion::Tls11 < TlsVersion::Tls12);
    }

    proptest! {
        #[test]
        fn never_panics(text in "\\PC*") {
            let _ = parse(&text);
        }
    }
}
