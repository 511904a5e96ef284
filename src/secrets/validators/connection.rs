//! Credentials inside URLs, connection strings and `Authorization` headers.

use super::{Candidate, Verdict, judge};
use crate::secrets::name::SecretKind;
use crate::secrets::value::{Judgement, Reason};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// Names that stand for a user or a password in documentation.
const DUMMY_USERS: &[&str] = &[
    "user",
    "username",
    "usr",
    "uname",
    "login",
    "name",
    "foo",
    "u",
    "me",
    "my",
    "myuser",
    "your_username",
    "someuser",
    "x",
    "joe",
    "john",
];

/// `scheme://user:password@host`; the value is the password.
pub(super) fn basic_url(candidate: &Candidate<'_>) -> Verdict {
    let whole = &candidate.text[candidate.whole.clone()];
    let Some((_, after_scheme)) = whole.split_once("://") else { return Verdict::Reject };
    let user = after_scheme.split(':').next().unwrap_or("");
    let password = candidate.secret();
    let host_start = candidate.value.end + 1;
    let host = candidate.text.get(host_start..).unwrap_or("");
    let host_end =
        host.find(|character: char| !(character.is_ascii_alphanumeric() || "-._{}$<%[(".contains(character)));
    let host = host[..host_end.unwrap_or(host.len()).min(253)].to_ascii_lowercase();
    if is_documentation_host(&host) || host.is_empty() {
        return Verdict::Reject;
    }
    let local = is_local_host(&host);
    let judgement = judge(SecretKind::Password, password);
    if user == password && !matches!(judgement, Judgement::Silent(Reason::Length | Reason::Template | Reason::Masked)) {
        return toy(local, &host);
    }
    match judgement {
        Judgement::Believable => Verdict::Strong,
        Judgement::Default | Judgement::Silent(Reason::Name)
            if DUMMY_USERS.contains(&user.to_ascii_lowercase().as_str()) =>
        {
            if local {
                Verdict::Weak
            } else {
                Verdict::Reject
            }
        }
        Judgement::Default => toy(local, &host),
        Judgement::Silent(Reason::Name | Reason::Weak) => Verdict::Weak,
        Judgement::Silent(_) => Verdict::Reject,
    }
}

/// A dictionary password opens a real host and is a habit on one's own machine.
fn toy(local: bool, host: &str) -> Verdict {
    if local || !host.contains('.') || host.contains(['$', '{']) { Verdict::Weak } else { Verdict::Strong }
}

/// This machine, or a service of the same compose network.
fn is_local_host(host: &str) -> bool {
    matches!(host, "localhost" | "127.0.0.1" | "0.0.0.0" | "[::1]" | "[" | "host.docker.internal")
        || !host.contains('.')
}

/// RFC 2606 names, and the words that stand for a host in documentation.
fn is_documentation_host(host: &str) -> bool {
    let last = host.rsplit('.').next().unwrap_or("");
    matches!(last, "example" | "invalid" | "test" | "tld")
        || host.starts_with("example.")
        || host.contains(".example.")
        || host.contains("your")
        || matches!(
            host,
            "host"
                | "hostname"
                | "server"
                | "servername"
                | "ip"
                | "address"
                | "foo"
                | "bar"
                | "foo.bar"
                | "domain.com"
                | "host.com"
                | "domain"
                | "somehost"
                | "myhost"
                | "h"
        )
        || host.starts_with(['<', '%'])
}

/// `Password=...` beside the other keys of an ADO.NET, ODBC or libpq connection string.
pub(super) fn connection_string(candidate: &Candidate<'_>) -> Verdict {
    const COMPANIONS: &[&str] = &[
        "server=",
        "data source=",
        "datasource=",
        "host=",
        "user id=",
        "uid=",
        "username=",
        "user=",
        "database=",
        "initial catalog=",
        "dbname=",
        "jdbc:",
        "driver=",
        "addr=",
    ];
    let (near, offset) = candidate.surroundings(300);
    // Only the string itself: from the last quote or line end in front to the next one behind.
    let at = candidate.value.start - offset;
    let is_end = |character: char| matches!(character, '"' | '\'' | '\n' | '`' | '\r');
    let from = near[..at].rfind(is_end).map_or(0, |index| index + 1);
    let to = near[at..].find(is_end).map_or(near.len(), |index| at + index);
    let string = near[from..to].to_ascii_lowercase();
    let companions = COMPANIONS.iter().filter(|companion| string.contains(**companion)).count();
    if companions < 2 && !string.contains("jdbc:") {
        return Verdict::Reject;
    }
    let local =
        ["localhost", "127.0.0.1", "(local)", "=.;", "host=db;", "sqlexpress"].iter().any(|host| string.contains(host));
    match judge(SecretKind::Password, candidate.secret()) {
        Judgement::Believable => Verdict::Strong,
        Judgement::Default if local => Verdict::Weak,
        Judgement::Default | Judgement::Silent(Reason::Weak | Reason::Name) => Verdict::Weak,
        Judgement::Silent(_) => Verdict::Reject,
    }
}

/// The credentials of `Authorization: Basic ...` decode to a believable password; those of the other schemes are believable
/// tokens, and no JWT, which is judged by itself.
pub(super) fn auth_header(candidate: &Candidate<'_>) -> Verdict {
    let secret = candidate.secret();
    let scheme = candidate.text[candidate.whole.start..candidate.value.start].to_ascii_lowercase();
    if secret.starts_with("eyJ") {
        return Verdict::Reject;
    }
    if scheme.contains("basic") {
        let Ok(bytes) = STANDARD.decode(secret) else { return Verdict::Reject };
        let Ok(decoded) = String::from_utf8(bytes) else { return Verdict::Reject };
        let Some((user, password)) = decoded.split_once(':') else { return Verdict::Reject };
        let believable = judge(SecretKind::Password, password) == Judgement::Believable && user != password;
        return if believable { Verdict::Strong } else { Verdict::Reject };
    }
    if judge(SecretKind::Token, secret) == Judgement::Believable { Verdict::Strong } else { Verdict::Reject }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(text: &str) -> Verdict {
        let at = text.rfind('@').unwrap();
        let colon = text[..at].rfind(':').unwrap();
        basic_url(&Candidate { text, whole: 0..at + 1, value: colon + 1..at })
    }

    #[test]
    fn grades_urls() {
        for (text, expected) in [
            ("postgres://app:S3cr3t-pw!@db.internal/app", Verdict::Strong),
            ("postgresql+asyncpg://app:kX9fLq2v@localhost:5432/app", Verdict::Strong),
            ("redis://:kX9fLq2vR7m@cache:6379/0", Verdict::Strong),
            ("amqp://guest:guest@rabbit.corp.net/", Verdict::Strong),
            ("postgres://postgres:postgres@localhost/app", Verdict::Weak),
            ("postgres://postgres:postgres@db:5432/app", Verdict::Weak),
            ("postgres://user:password@localhost/app", Verdict::Weak),
            ("postgres://user:password@db.acme.com/app", Verdict::Reject),
            ("postgres://user:S3cr3t-pw!@host/db", Verdict::Reject),
            ("http://user:hunter2@proxy.example.com:3128", Verdict::Reject),
            ("postgres://{user}:{password}@db.acme.com/app", Verdict::Reject),
            ("postgres://$USER:$PASSWORD@db.acme.com/app", Verdict::Reject),
            ("postgres://app:${DB_PASSWORD}@db.acme.com/app", Verdict::Reject),
            ("postgres://app:%s@db.acme.com/app", Verdict::Reject),
            ("postgres://app:****@db.acme.com/app", Verdict::Reject),
            ("https://***:***@proxy.com", Verdict::Reject),
            ("http://a:b@c", Verdict::Reject),
        ] {
            assert_eq!(url(text), expected, "{text}");
        }
    }

    #[test]
    fn grades_connection_strings() {
        let check = |text: &str| {
            let start = text.find("Password=").unwrap() + 9;
            let end = text[start..].find(';').map_or(text.len(), |at| start + at);
            connection_string(&Candidate { text, whole: start - 9..end, value: start..end })
        };
        assert_eq!(check("Server=db.acme.com;Database=app;User Id=sa;Password=kX9fLq2v!;"), Verdict::Strong);
        assert_eq!(check("Server=localhost;Database=app;User Id=sa;Password=changeme;"), Verdict::Weak);
        assert_eq!(check("Server=db;Database=app;Password={0};"), Verdict::Reject);
        assert_eq!(check("Password=kX9fLq2v!"), Verdict::Reject);
    }

    #[test]
    fn grades_headers() {
        let check = |text: &str| {
            let start = text.rfind(' ').unwrap() + 1;
            auth_header(&Candidate { text, whole: 0..text.len(), value: start..text.len() })
        };
        let basic = format!("Authorization: Basic {}", STANDARD.encode("svc:kX9fLq2v!"));
        assert_eq!(check(&basic), Verdict::Strong);
        assert_eq!(check(&format!("Authorization: Basic {}", STANDARD.encode("user:password"))), Verdict::Reject);
        assert_eq!(check("Authorization: Bearer kX9fLq2vR7mZtB4wYc1N"), Verdict::Strong);
        assert_eq!(check("Authorization: Bearer $TOKEN"), Verdict::Reject);
        assert_eq!(check("Authorization: Bearer eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9"), Verdict::Reject);
    }
}
