//! Values that are no secret by their shape alone, whatever they are bound to: templates, masks, prose, hashes, paths, code.
//!
//! Knows no names; what is left is judged beside its name.

use super::entropy::Classes;
use super::value::Reason;
use super::words::is_wordlike;

/// Longest value that is judged, in bytes; longer ones are documents, not secrets.
const MAX_LENGTH: usize = 1024;

/// Shapes that are no secret whatever the name says.
pub(super) fn silent_by_shape(value: &str) -> Option<Reason> {
    if value.len() < 3 || value.len() > MAX_LENGTH {
        return Some(Reason::Length);
    }
    if is_template(value) {
        return Some(Reason::Template);
    }
    if is_masked(value) {
        return Some(Reason::Masked);
    }
    if value.contains(char::is_whitespace) || Classes::of(value).foreign > 0 {
        return Some(Reason::Prose);
    }
    if is_protected(value) {
        return Some(Reason::Protected);
    }
    if is_location(value) {
        return Some(Reason::Location);
    }
    is_expression(value).then_some(Reason::Expression)
}

/// Filled in by somebody else: a shell, a template engine, a format function, a vault.
pub(super) fn is_template(value: &str) -> bool {
    const ANYWHERE: &[&str] = &["${", "{{", "}}", "<%", "%>", "$(", "%(", "{%", "#{", "$[[", "@@", "{}"];
    const AT_START: &[&str] = &[
        "env:",
        "env.",
        "vault:",
        "ssm:",
        "arn:",
        "file:",
        "op://",
        "ref+",
        "secretsmanager:",
        "secret:",
        "secret://",
        "keyring:",
        "os.environ",
        "process.env",
        "!vault",
        "!secret",
        "!ref",
        "!env",
        "@microsoft.keyvault",
        "from_env",
        "env/",
        "doppler:",
        "aws:",
        "gcp:",
        "awssm:",
        "projects/",
        "sm://",
        "akv:",
        "azurekeyvault",
        "awsps:",
    ];
    if ANYWHERE.iter().any(|mark| value.contains(mark)) {
        return true;
    }
    let lower = value.to_ascii_lowercase();
    if AT_START.iter().any(|mark| lower.starts_with(mark)) {
        return true;
    }
    let bytes = value.as_bytes();
    let enclosed = |open: u8, close: u8| bytes.first() == Some(&open) && bytes.last() == Some(&close);
    if enclosed(b'<', b'>')
        || enclosed(b'{', b'}')
        || enclosed(b'[', b']')
        || enclosed(b'`', b'`')
        || enclosed(b'%', b'%')
    {
        return true;
    }
    if value.len() > 4 && value.starts_with("__") && value.ends_with("__") {
        return true;
    }
    // `$NAME` of a shell, `$1` of a script.
    if let Some(variable) = value.strip_prefix('$')
        && variable.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
    {
        return true;
    }
    has_placeholder_field(value)
}

/// `{name}` of a format string, `<name>` inside a longer text, `%s`, `%d`.
fn has_placeholder_field(value: &str) -> bool {
    for (open, close) in [('{', '}'), ('<', '>')] {
        if let Some((_, rest)) = value.split_once(open)
            && let Some((field, _)) = rest.split_once(close)
            && field.len() < 60
            && field.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-.:! ".contains(&byte))
        {
            return true;
        }
    }
    value.contains("%s") || value.ends_with("%d")
}

/// Cut off, blacked out, or one character over and over.
pub(super) fn is_masked(value: &str) -> bool {
    if value.contains("...") || value.contains('…') || value.contains("***") || value.contains('•') {
        return true;
    }
    let lower = value.to_ascii_lowercase();
    if lower.contains("xxx") || lower.starts_with("xx-") {
        return true;
    }
    let mut distinct: Vec<char> = lower.chars().filter(|character| character.is_alphanumeric()).collect();
    let characters = distinct.len();
    distinct.sort_unstable();
    distinct.dedup();
    (distinct.len() <= 1 && characters != 1) || (value.len() >= 16 && distinct.len() <= 4)
}

/// Hashes, ciphertext, references to key stores.
fn is_protected(value: &str) -> bool {
    const STARTS: &[&str] = &[
        "$1$",
        "$2a$",
        "$2b$",
        "$2x$",
        "$2y$",
        "$5$",
        "$6$",
        "$7$",
        "$y$",
        "$apr1$",
        "$argon2",
        "$scrypt$",
        "$pbkdf2",
        "$sha1$",
        "$md5",
        "$P$",
        "$H$",
        "$bcrypt",
        "pbkdf2:",
        "pbkdf2_",
        "scrypt:",
        "bcrypt$",
        "bcrypt_sha256$",
        "argon2$",
        "sha1$",
        "sha256$",
        "sha512$",
        "md5$",
        "crypt$",
        "{SSHA",
        "{SHA",
        "{MD5}",
        "{CRYPT}",
        "{bcrypt}",
        "{noop}",
        "{cipher}",
        "sha1:",
        "sha256:",
        "sha512:",
        "sha256-",
        "sha384-",
        "sha512-",
        "md5:",
        "SCRAM-SHA",
        "ENC[",
        "ENC(",
        "$ANSIBLE_VAULT",
        "AQICAH",
        "AgA",
        "vault:v",
        "-----BEGIN PUBLIC",
        "-----BEGIN CERT",
        "ssh-rsa",
        "ssh-ed25519",
        "gAAAAA",
        "age1",
        "-----BEGIN",
    ];
    STARTS.iter().any(|start| value.starts_with(start))
}

/// Paths, URLs, addresses.
fn is_location(value: &str) -> bool {
    const ENDINGS: &[&str] = &[
        ".pem",
        ".key",
        ".json",
        ".txt",
        ".yaml",
        ".yml",
        ".toml",
        ".crt",
        ".cer",
        ".pub",
        ".p12",
        ".jks",
        ".pfx",
        ".env",
        ".html",
        ".py",
        ".rs",
        ".conf",
        ".ini",
        ".js",
        ".xml",
        ".sock",
        ".com",
        ".org",
        ".net",
        ".io",
        ".php",
        ".aspx",
        ".keystore",
        ".cfg",
        ".gpg",
        ".asc",
        ".svg",
        ".png",
        ".local",
        ".csv",
        ".htm",
    ];
    let lower = value.to_ascii_lowercase();
    if value.contains("://") || ENDINGS.iter().any(|ending| lower.ends_with(ending)) {
        return true;
    }
    // Versions, addresses, object identifiers.
    if value.contains('.') && value.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.') {
        return true;
    }
    if ["./", "../", "~/", "mailto:", "data:", "urn:", "refs/"].iter().any(|start| value.starts_with(start)) {
        return true;
    }
    if value.as_bytes().get(1) == Some(&b':') && value.as_bytes().get(2) == Some(&b'\\') {
        return true;
    }
    if let Some((user, host)) = value.split_once('@')
        && is_dotted_words(host)
        && host.contains('.')
        && !user.is_empty()
    {
        return true;
    }
    // Base64 may hold slashes too: a path has parts that can be spoken.
    let parts: Vec<&str> = value.split('/').filter(|part| !part.is_empty()).collect();
    let spoken = parts.iter().filter(|part| is_dotted_words(part)).count();
    value.contains('/') && !value.contains(['+', '=']) && spoken * 2 >= parts.len()
}

fn is_dotted_words(text: &str) -> bool {
    let stem = |part: &str| part.trim_end_matches(|character: char| character.is_ascii_digit()).to_owned();
    !text.is_empty() && text.split(['.', '-', '_', '#']).all(|part| part.len() <= 3 || is_wordlike(&stem(part)))
}

/// Code, regular expressions, selectors, flags, lists, prompts.
fn is_expression(value: &str) -> bool {
    let bytes = value.as_bytes();
    if (value.contains('[') && value.contains(']'))
        || value.contains("()")
        || value.contains("[\"")
        || value.contains("['")
        || value.contains("](")
    {
        return true;
    }
    if value.contains(['\\', '`', '"', '\''])
        || (bytes[0] == b'^' && value.ends_with('$'))
        || value.contains("[a-z")
        || value.contains("[A-Z")
        || value.contains("(?")
        || value.contains(".*")
        || value.contains("->")
        || value.contains("=>")
        || value.contains("::")
        || value.contains("&&")
    {
        return true;
    }
    if let Some((callee, _)) = value.split_once('(')
        && value.ends_with(')')
        && callee.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'.')
    {
        return true;
    }
    // `#password`, `--token`, `?key=`, `password:`, `a,b`
    let core = value.trim_matches(|character: char| character.is_ascii_punctuation());
    let spoken_core = !core.is_empty() && core.split(['_', '-', '.', ',', ':', '=', '&', '|', ';']).all(is_wordlike);
    if spoken_core && core.len() < value.len() {
        return true;
    }
    let separated = |separator: char| {
        value.contains(separator)
            && value.split(separator).all(|part| part.is_empty() || part.split(['_', '-', '.']).all(is_wordlike))
    };
    if separated(',') || separated('|') || separated(';') {
        return true;
    }
    // `key=value`, but not the padding of base64.
    value.trim_end_matches('=').split_once('=').is_some_and(|(key, _)| {
        key.len() > 1 && key.split(['_', '-', '.', '?', '&']).all(|part| part.is_empty() || is_wordlike(part))
    })
}
