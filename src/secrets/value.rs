//! Whether a literal can be the secret that its name promises.
//!
//! Three answers: believable, a default (a placeholder that works if nobody replaces it), or silent with the reason why.
//! Judges one value and the name it is bound to; never looks at the place in the file.

use super::entropy::{Classes, class_changes, has_long_run, shannon};
use super::name::{SecretKind, SecretName};
use super::vocabulary::{ALGORITHM_STEMS, DEFAULT_CREDENTIALS, PLACEHOLDER_MARKS, TYPE_WORDS};
use super::words::{is_placeholder_phrase, is_wordlike, raw_words, words};

/// What a value is, for the name it is bound to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Judgement {
    /// Looks like a secret that somebody uses.
    Believable,
    /// A placeholder or dictionary word: harmless as text, an open door when the program runs with it.
    Default,
    /// No secret; why.
    Silent(Reason),
}

/// Why a value is no secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reason {
    /// Empty or too short or long to be one.
    Length,
    /// Filled in later: `${VAR}`, `{{ value }}`, `%s`, `<token>`, `$(command)`, `env:NAME`.
    Template,
    /// Cut off or blacked out: `eyJ...`, `****`, `xxxx`.
    Masked,
    /// Words with spaces between them, or in a script other than Latin.
    Prose,
    /// A hash of a password, ciphertext, or a reference into a vault.
    Protected,
    /// A path, a URL, an e-mail address.
    Location,
    /// Code, a regular expression, a selector, a list.
    Expression,
    /// The name again, or the name of something else: a field, a header, a type.
    Name,
    /// Too little randomness for what the name promises.
    Weak,
}

/// Longest value that is judged, in bytes; longer ones are documents, not secrets.
const MAX_LENGTH: usize = 1024;

/// Judges a value bound to a name.
pub(super) fn judge_value(name: &SecretName, value: &str) -> Judgement {
    let value = value.trim();
    if let Some(reason) = silent_by_shape(value) {
        return Judgement::Silent(reason);
    }
    if repeats_name(name, value) {
        return Judgement::Silent(Reason::Name);
    }
    let lower = value.to_ascii_lowercase();
    if is_type_word(value) || is_header_name(value) {
        return Judgement::Silent(Reason::Name);
    }
    if is_default(name, value, &lower) {
        return Judgement::Default;
    }
    if is_identifier(name.kind, value) || is_algorithm(&lower) {
        return Judgement::Silent(Reason::Name);
    }
    if is_strong_enough(name, value) { Judgement::Believable } else { Judgement::Silent(Reason::Weak) }
}

/// Names of types, schemes and states: `string`, `bearer`, `none`.
pub(super) fn is_type_word(value: &str) -> bool {
    TYPE_WORDS.contains(&value.to_ascii_lowercase().as_str())
}

/// Shapes that are no secret whatever the name says.
fn silent_by_shape(value: &str) -> Option<Reason> {
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

/// The value says no more than the name: `password = "password"`, `ACCESS_TOKEN = "access-token"`, `SECRET1 = "secret1"`.
fn repeats_name(name: &SecretName, value: &str) -> bool {
    let said = words(value);
    if said.is_empty() {
        return false;
    }
    let letters = |list: &[String]| {
        list.iter().filter(|word| !word.bytes().all(|byte| byte.is_ascii_digit())).cloned().collect::<Vec<_>>()
    };
    if letters(&said).is_empty() {
        return false;
    }
    let long_number = said.iter().any(|word| word.len() > 2 && word.bytes().all(|byte| byte.is_ascii_digit()));
    if long_number {
        return false;
    }
    if letters(&said) == letters(&name.words) {
        return true;
    }
    // `SECRET_KEY = "secret"` runs; for the others a part of the name is a name again.
    name.kind != SecretKind::SigningKey && letters(&said).iter().all(|word| name.words.contains(word))
}

/// `X-Api-Key`, `Content-Type`, `HTTP_AUTHORIZATION`.
fn is_header_name(value: &str) -> bool {
    let parts: Vec<&str> = value.split('-').collect();
    (parts.len() >= 2 || value.starts_with("HTTP_"))
        && (value.starts_with("X-")
            || value.starts_with("x-")
            || value.starts_with("HTTP_")
            || parts
                .iter()
                .all(|part| part.bytes().next().is_some_and(|first| first.is_ascii_uppercase()) && is_wordlike(part)))
        && parts.iter().all(|part| part.split('_').all(is_wordlike))
}

/// Placeholder texts and dictionary passwords.
fn is_default(name: &SecretName, value: &str, lower: &str) -> bool {
    if DEFAULT_CREDENTIALS.contains(&lower) {
        return true;
    }
    let marked = PLACEHOLDER_MARKS.iter().any(|mark| lower.contains(mark));
    if marked {
        // A generated tail makes `django-insecure-...` and `sk-example-...` no less a placeholder.
        return true;
    }
    if has_long_run(value) && name.kind != SecretKind::Password {
        return true;
    }
    if !is_placeholder_phrase(value) || is_name_of_secret(name, value, lower) {
        return false;
    }
    // `admin123` is a password that people use, `secret-key-1` is not.
    let digits = value.bytes().filter(u8::is_ascii_digit).count();
    !(name.kind == SecretKind::Password && digits >= 2 && !value.contains(['-', '_', ' ']))
}

/// `user_password`, `oauth.access_token`: the name of a field, though each of its words could stand in a placeholder too.
fn is_name_of_secret(name: &SecretName, value: &str, lower: &str) -> bool {
    const HEADS: &[&str] =
        &["password", "passwd", "pwd", "pass", "token", "secret", "key", "passphrase", "credentials"];
    const WISHES: &[&str] =
        &["my", "your", "super", "change", "insecure", "default", "some", "the", "replace", "a", "dev", "very"];
    let mut parts = lower.split(['_', '.', ':', '-', '/']);
    let (first, last) = (parts.next().unwrap_or(""), parts.next_back().unwrap_or(""));
    // `SECRET_KEY = "JWT_SECRET_VARIABLE"` names a variable, whatever it is made of.
    let constant = lower.contains('_') && value.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'_');
    let kind = name.kind != SecretKind::SigningKey || constant;
    kind && HEADS.contains(&last) && !WISHES.contains(&first)
}

/// Names of code and configuration: `auth.password`, `accessToken`, `DB_PASSWORD`, `k8s-secret-name`, `user:password`.
fn is_identifier(kind: SecretKind, value: &str) -> bool {
    // `Gull-over-Pier-82`: people make passwords of words and a number; names of things are in one case and count low.
    let classes = Classes::of(value);
    if kind == SecretKind::Password
        && classes.digit > 0
        && classes.letters() > 0
        && (classes.digit > 2 || (classes.upper > 0 && classes.lower > 0))
    {
        return false;
    }
    if !value.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-.:/@#*".contains(&byte)) {
        return false;
    }
    let parts: Vec<&str> =
        value.split(['_', '-', '.', ':', '/', '@', '#', '*']).filter(|part| !part.is_empty()).collect();
    if parts.is_empty() {
        return true;
    }
    parts.iter().all(|part| {
        let humps = raw_words(part);
        let letters = part.bytes().filter(u8::is_ascii_alphabetic).count();
        let digits = part.len() - letters;
        if digits == 0 {
            // Letters alone: every hump can be spoken and is no shard of random case.
            let short = humps.iter().filter(|hump| hump.len() < 3).count();
            return humps.iter().all(|hump| is_wordlike(hump)) && short * 2 <= humps.len();
        }
        if parts.len() == 1 {
            return false;
        }
        // In compounds, numbers and versions are parts of names: `key-1`, `v2`, `oauth2`.
        humps.len() <= 2
            && (part.len() <= 4 || (digits <= 2 && humps.iter().all(|hump| is_wordlike(hump) || hump.len() <= 2)))
    })
}

/// `sha256`, `base64`, `HS512`, `x509`, `oauth2`, `aes-256`.
fn is_algorithm(lower: &str) -> bool {
    let is_digit = |character: char| character.is_ascii_digit();
    let stem = lower.trim_end_matches(is_digit);
    if stem.len() < lower.len() && ALGORITHM_STEMS.contains(&stem) {
        return true;
    }
    let mut parts = lower.split(['-', '_', '+', ':']);
    let known = |part: &str| part.len() > 2 && ALGORITHM_STEMS.contains(&part.trim_end_matches(is_digit));
    lower.contains(['-', '_', '+', ':'])
        && parts.clone().any(known)
        && parts.all(|part| {
            part.len() <= 10 && (known(part) || part.trim_end_matches(is_digit).is_empty() || is_wordlike(part))
        })
}

/// Randomness and classes that the kind of secret asks for.
fn is_strong_enough(name: &SecretName, value: &str) -> bool {
    let classes = Classes::of(value);
    let length = value.len();
    if name.kind == SecretKind::Password {
        return password_is_believable(value, classes);
    }
    let minimum = match name.kind {
        SecretKind::Token if !name.qualified => 16,
        SecretKind::Token | SecretKind::Key => 10,
        _ => 8,
    };
    if length < minimum || has_long_run(value) {
        return false;
    }
    let entropy = shannon(value);
    if classes.letters() > 0 && classes.digit > 0 {
        // Short hexadecimal has at most 4 bits a character, 16 of them rarely more than 3.3.
        let wanted = if length >= 16 { 2.8 } else { 2.5 };
        let spoken_with_number = classes.digit <= 2 && class_changes(value) <= 1 && length < 16;
        return entropy >= wanted && !(spoken_with_number && matches!(name.kind, SecretKind::Token | SecretKind::Key));
    }
    if classes.letters() == 0 {
        // A long number is an id more often than a key.
        return false;
    }
    let random_letters = !raw_words(value).iter().all(|word| is_wordlike(word)) || class_changes(value) * 4 > length;
    length >= 16 && entropy >= 3.4 && random_letters
}

/// What people choose: short, but more than a word.
fn password_is_believable(value: &str, classes: Classes) -> bool {
    let length = value.len();
    let inner_symbol = value.trim_end_matches('!').bytes().any(|byte| b"!@#$%^&*?~+=".contains(&byte));
    if classes.letters() > 0 && classes.digit > 0 {
        return length >= 6 || (length >= 5 && classes.symbol > 0);
    }
    if classes.letters() > 0 && inner_symbol {
        return length >= 6;
    }
    if classes.letters() == 0 {
        return classes.digit >= 6 && !has_long_run(value) && length <= 20;
    }
    // Letters alone: only what cannot be spoken.
    length >= 8 && (class_changes(value) * 4 > length || !raw_words(value).iter().all(|word| is_wordlike(word)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::secrets::name::judge_name;

    fn judge(name: &str, value: &str) -> Judgement {
        judge_value(&judge_name(name).unwrap_or_else(|| panic!("{name} is no secret's name")), value)
    }

    #[test]
    fn believable_values() {
        let mut wrong = Vec::new();
        for (name, value) in [
            ("password", "hunter2!"),
            ("password", "hunter2"),
            ("password", "S3cretPass"),
            ("password", "admin123"),
            ("password", "secret123"),
            ("db_password", "Tr0ub4dor&3"),
            ("passwd", "p4ssw0rd!"),
            ("password", "pa$$word!x"),
            ("password", "83920174"),
            ("password", "Gull-over-Pier-82"),
            ("password", "lantern-quay-4471"),
            ("password", "xkqzvbnmwp"),
            ("smtp_pass", "mT7-wq2-Zk"),
            ("api_key", "9f8e7d6c5b4a39281706f5e4d3c2b1a0"),
            ("api_key", "kX9fLq2vR7mZtB4wYc1N"),
            ("api_key", "AbK-29fj-Xq81-PPz0"),
            ("SECRET_KEY", "q8Zt2!vLw0@xRm5#"),
            ("SECRET_KEY", "5b1c9e0f7a3d4e6f8091a2b3c4d5e6f7"),
            ("SECRET_KEY", "n@2s0^w8d1x$f_3q%z&l9k(v7m+r4t=y6"),
            ("jwt_secret", "wint3r-F4lcon-lamp9x"),
            ("client_secret", "d3b07384d113edec49eaa6238ad5ff00"),
            ("access_token", "2YotnFZFEjr1zCsicMWpAA"),
            ("auth_token", "f3a91c77b2"),
            ("api_key", "6f9619ff-8b86-d011-b42d-00cf4fc964ff"),
            ("webhook_secret", "QmFzZTY0IGlzIG5vdCBlbmNyeXB0aW9uIQ=="),
            ("token", "bXlzdXBlcnRva2VuMTIzNDU2Nzg5MA"),
        ] {
            if judge(name, value) != Judgement::Believable {
                wrong.push((name, value, judge(name, value)));
            }
        }
        assert_eq!(wrong, []);
    }

    #[test]
    fn defaults() {
        let mut wrong = Vec::new();
        for (name, value) in [
            ("SECRET_KEY", "change-me"),
            ("SECRET_KEY", "changeme"),
            ("SECRET_KEY", "your-secret-key-keep-it-secret"),
            ("SECRET_KEY", "your-256-bit-secret"),
            ("SECRET_KEY", "secret"),
            ("SECRET_KEY", "dev"),
            ("SECRET_KEY", "super-secret-key"),
            ("SECRET_KEY", "supersecretkey"),
            ("SECRET_KEY", "my-secret-key-123"),
            ("SECRET_KEY", "django-insecure-8#k2v!x9q0"),
            ("jwt_secret", "CHANGE_ME_IN_PRODUCTION"),
            ("password", "changeme"),
            ("password", "postgres"),
            ("password", "123456"),
            ("password", "admin"),
            ("password", "example"),
            ("api_key", "your_api_key_here"),
            ("api_key", "sk-example-0a1b2c"),
            ("api_key", "1234567890abcdef"),
        ] {
            if judge(name, value) != Judgement::Default {
                wrong.push((name, value, judge(name, value)));
            }
        }
        assert_eq!(wrong, []);
    }

    #[test]
    fn silent_values() {
        let mut wrong = Vec::new();
        use Reason::{Expression, Length, Location, Masked, Name, Prose, Protected, Template};
        for (name, value, reason) in [
            ("password", "", Length),
            ("password", "x", Length),
            ("password", "${DB_PASSWORD}", Template),
            ("password", "${DB_PASSWORD:-x}", Template),
            ("password", "{{ db_password }}", Template),
            ("password", "$DB_PASSWORD", Template),
            ("password", "$(cat /run/secrets/db)", Template),
            ("password", "<your-password>", Template),
            ("password", "%s", Length),
            ("password", "{password}", Template),
            ("password", "pw-{name}-1", Template),
            ("password", "env:DB_PASSWORD", Template),
            ("password", "op://vault/item/password", Template),
            ("password", "arn:aws:secretsmanager:eu-west-1:1:secret:x", Template),
            ("password", "********", Masked),
            ("password", "xxxxxxxx", Masked),
            ("token", "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9...", Masked),
            ("api_key", "sk-XXXXXXXXXXXXXXXX", Masked),
            ("password", "The password must have 8 characters", Prose),
            ("password", "Contraseña", Prose),
            ("password", "$2b$12$KIXQ4yqL9cB1u8hQn0mXeO", Protected),
            ("password", "$argon2id$v=19$m=65536,t=3,p=4$c29tZXNhbHQ$x", Protected),
            ("password", "pbkdf2_sha256$260000$abc$def=", Protected),
            ("secret", "ENC[AES256_GCM,data:xyz]", Protected),
            ("password", "/run/secrets/db_password", Location),
            ("private_key", "certs/server.pem", Location),
            ("token", "https://auth.example.com/token", Location),
            ("password", "user@example.com", Location),
            ("pwd", "1.2.840.113549.1.9.7", Location),
            ("credentials", "acme256/home#assets/deploy-keys", Location),
            ("password", "getpass()", Expression),
            ("token", "\\w+", Expression),
            ("password", "#id_password", Expression),
            ("password", "--password", Expression),
            ("token", "?token=", Expression),
            ("password", "Password:", Expression),
            ("password", "password", Name),
            ("PASSWORD", "user_password", Name),
            ("access_token", "access_token", Name),
            ("access_token", "accessToken", Name),
            ("ACCESS_TOKEN", "oauth.access_token", Name),
            ("password", "auth.login.password", Name),
            ("api_key", "X-API-Key", Name),
            ("token", "Bearer", Name),
            ("token", "string", Name),
            ("password", "sha256", Name),
            ("secret", "my-app-tls-cert", Name),
            ("auth_token", "oauth2", Name),
            ("token", "NUMBER", Name),
        ] {
            if judge(name, value) != Judgement::Silent(reason) {
                wrong.push((name, value, judge(name, value)));
            }
        }
        assert_eq!(wrong, []);
    }

    #[test]
    fn long_values_are_judged_in_linear_time() {
        let long = "aB3/".repeat(250_000);
        let start = std::time::Instant::now();
        assert_eq!(judge("password", &long), Judgement::Silent(Reason::Length));
        assert!(start.elapsed().as_millis() < 100);
    }
}
