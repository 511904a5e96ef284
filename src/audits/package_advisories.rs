//! Python packages that published advisories name, by version: what the services of this stack are built on.
//!
//! A table of the packages that matter here, no copy of a database; its date stands in `dated_tables`.

use super::version::Version;
use std::cmp::Ordering;

/// An advisory on a package.
#[derive(Debug)]
pub(super) struct Advisory {
    /// Normalised name (PEP 503).
    pub package: &'static str,
    /// The first version with the flaw; empty for all before the fix.
    pub from: &'static str,
    /// The first version without it.
    pub fixed: &'static str,
    pub id: &'static str,
    /// What the flaw does, as the end of a sentence.
    pub what: &'static str,
}

const fn advisory(
    package: &'static str,
    from: &'static str,
    fixed: &'static str,
    id: &'static str,
    what: &'static str,
) -> Advisory {
    Advisory { package, from, fixed, id, what }
}

/// By package; of several that hold, the one with the highest fix is named.
const ADVISORIES: &[Advisory] = &[
    advisory("aiohttp", "", "3.10.11", "CVE-2024-52304", "requests can be smuggled in chunks"),
    advisory("aiohttp", "", "3.12.14", "CVE-2025-53643", "requests can be smuggled in trailers"),
    advisory("authlib", "", "1.3.1", "CVE-2024-37568", "tokens are accepted that were signed with the public key"),
    advisory("authlib", "", "1.6.4", "CVE-2025-59420", "tokens with unknown critical headers are accepted"),
    advisory("certifi", "2021.5.30", "2024.7.4", "CVE-2024-39689", "it trusts an authority that was withdrawn"),
    advisory("cryptography", "", "42.0.4", "CVE-2024-26130", "a PKCS#12 file stops the process"),
    advisory("cryptography", "42.0.0", "44.0.1", "CVE-2024-12797", "raw public keys of a server are not checked"),
    advisory("dnspython", "", "2.6.1", "CVE-2023-29483", "forged packets stop a lookup"),
    advisory("fastapi", "", "0.109.1", "CVE-2024-24762", "a form's Content-Type stops the process"),
    advisory("flask", "", "2.2.5", "CVE-2023-30861", "caches hand one user's session to another"),
    advisory("gunicorn", "", "22.0.0", "CVE-2024-1135", "requests can be smuggled"),
    advisory("gunicorn", "", "23.0.0", "CVE-2024-6827", "requests can be smuggled by Transfer-Encoding"),
    advisory("h11", "", "0.16.0", "CVE-2025-43859", "requests can be smuggled in chunks"),
    advisory("h2", "", "4.3.0", "CVE-2025-57804", "requests can be split by header values"),
    advisory("httpx", "", "0.23.0", "CVE-2021-41945", "URLs are put together wrongly"),
    advisory("idna", "", "3.7", "CVE-2024-3651", "a long name stops the process"),
    advisory("jinja2", "", "3.1.4", "CVE-2024-34064", "attribute names let HTML through"),
    advisory("jinja2", "", "3.1.6", "CVE-2025-27516", "templates leave the sandbox"),
    advisory("lxml", "", "4.9.1", "CVE-2022-2309", "a document stops the process"),
    advisory("orjson", "", "3.9.15", "CVE-2024-27454", "nested documents stop the process"),
    advisory("paramiko", "", "3.4.0", "CVE-2023-48795", "messages of a session can be cut off"),
    advisory("pillow", "", "10.3.0", "CVE-2024-28219", "an image writes beyond its buffer"),
    advisory("protobuf", "", "4.25.8", "CVE-2025-4565", "nested messages stop the process"),
    advisory("pydantic", "", "1.10.13", "CVE-2024-3772", "an e-mail address stops the process"),
    advisory("pydantic", "2.0.0", "2.4.0", "CVE-2024-3772", "an e-mail address stops the process"),
    advisory("pyjwt", "1.5.0", "2.4.0", "CVE-2022-29217", "tokens are accepted that were signed with the public key"),
    advisory("pymongo", "", "4.6.3", "CVE-2024-5629", "a document is read beyond its end"),
    advisory("pymysql", "", "1.1.1", "CVE-2024-36039", "keys of a mapping are put into the query"),
    advisory("python-jose", "", "3.4.0", "CVE-2024-33663", "tokens are accepted that were signed with the public key"),
    advisory("python-multipart", "", "0.0.7", "CVE-2024-24762", "a form's Content-Type stops the process"),
    advisory("python-multipart", "", "0.0.18", "CVE-2024-53981", "bytes before a boundary stop the process"),
    advisory("pyyaml", "", "5.4", "CVE-2020-14343", "documents run code with `full_load`"),
    advisory("requests", "", "2.32.4", "CVE-2024-47081", "passwords of `.netrc` go to another host"),
    advisory("sentry-sdk", "", "1.45.1", "CVE-2024-40647", "variables are handed to child processes"),
    advisory("sentry-sdk", "2.0.0", "2.8.0", "CVE-2024-40647", "variables are handed to child processes"),
    advisory("starlette", "", "0.40.0", "CVE-2024-47874", "form fields fill the memory"),
    advisory("starlette", "", "0.47.2", "CVE-2025-54121", "large uploads block the server"),
    advisory("starlette", "0.39.0", "0.49.1", "CVE-2025-62727", "a Range header stops the server"),
    advisory("torch", "", "2.6.0", "CVE-2025-32434", "`torch.load` runs code although `weights_only` is set"),
    advisory("tornado", "", "6.5", "CVE-2025-47287", "a broken form floods the log"),
    advisory("urllib3", "", "1.26.19", "CVE-2024-37891", "proxy passwords go to another host"),
    advisory("urllib3", "2.0.0", "2.5.0", "CVE-2025-50181", "redirects are followed that were switched off"),
    advisory("uvicorn", "", "0.11.7", "CVE-2020-7695", "responses can be split"),
    advisory("werkzeug", "", "3.0.6", "CVE-2024-49767", "form fields fill the memory"),
];

/// The advisory that names a version of a package, with the highest fix of those that do.
pub(super) fn advisory_on(package: &str, version: &str) -> Option<&'static Advisory> {
    let version = Version::parse(version)?;
    let parsed = |text: &str| Version::parse(text);
    ADVISORIES
        .iter()
        .filter(|one| one.package == package)
        .filter(|one| parsed(one.fixed).is_some_and(|fixed| version < fixed))
        .filter(|one| parsed(one.from).is_none_or(|from| version >= from))
        .max_by(|left, right| parsed(left.fixed).partial_cmp(&parsed(right.fixed)).unwrap_or(Ordering::Equal))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_the_advisory_with_the_highest_fix() {
        let fixed = |package, version| advisory_on(package, version).map(|one| one.fixed);
        assert_eq!(fixed("python-multipart", "0.0.6"), Some("0.0.18"));
        assert_eq!(fixed("python-multipart", "0.0.9"), Some("0.0.18"));
        assert_eq!(fixed("python-multipart", "0.0.20"), None);
        assert_eq!(fixed("starlette", "0.48.0"), Some("0.49.1"));
        assert_eq!(fixed("pydantic", "1.10.22"), None, "the old line has its own fix");
        assert_eq!(fixed("pydantic", "2.3.0"), Some("2.4.0"));
        assert_eq!(fixed("urllib3", "1.26.20"), None);
        assert_eq!(fixed("nothing", "1.0"), None);
    }

    #[test]
    fn the_table_can_be_read() {
        for one in ADVISORIES {
            assert!(Version::parse(one.fixed).is_some(), "{}", one.package);
            assert!(one.from.is_empty() || Version::parse(one.from) < Version::parse(one.fixed), "{}", one.package);
            assert!(one.id.starts_with("CVE-") || one.id.starts_with("GHSA-"), "{}", one.id);
        }
        assert!(ADVISORIES.is_sorted_by_key(|one| one.package));
    }
}
