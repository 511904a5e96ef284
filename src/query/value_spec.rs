//! What a rule says about a value; the doc comments here are the JSON schema's descriptions.

use super::one_or_many::{OneOrMany, Scalar};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What a value must be; all keys must hold together. A value that is not in the file, or is no value of the asked type
/// because a variable stands in it, is unknown.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct ValueSpec {
    /// The text is this.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub equals: Option<Scalar>,
    /// The text is one of these.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub one_of: Option<OneOrMany<Scalar>>,
    /// The text matches one of these wildcards as a whole (`*` any characters, `?` one).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub glob: Option<OneOrMany<String>>,
    /// Makes `equals`, `one-of`, `glob` and `words` blind to upper and lower case.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub ignore_case: bool,
    /// The text holds a match of this regular expression.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub regex: Option<String>,
    /// The text holds no match of this regular expression.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub not_regex: Option<String>,
    /// The text as written, variables and all, holds a match of this regular expression. Never unknown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub written: Option<String>,
    /// The text spells this boolean (`true`, `yes`, `on`, `1`, `enabled` and their opposites, any case, quoted or not).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub boolean: Option<bool>,
    /// The value is (is not) empty: no text, `null`, an empty list or mapping.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub empty: Option<bool>,
    /// The value is (is not) wholly in the file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub known: Option<bool>,
    /// The value has this shape.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shape: Option<Shape>,
    /// The text is a number in this range.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number: Option<NumberRange>,
    /// The text is a size in this range (`10m`, `512Mi`, bytes without a unit).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub size: Option<TextRange>,
    /// The text is a duration in this range (`30s`, `1h30m`, seconds without a unit).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub duration: Option<TextRange>,
    /// The value is a list, in whatever form, about whose words this holds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub words: Option<WordsSpec>,
    /// The value enables a version of SSL or TLS in this range (`below: "1.2"`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tls_version: Option<TextRange>,
    /// The value is an OpenSSL cipher string.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cipher: Option<CipherSpec>,
    /// The value is a `Strict-Transport-Security` header.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hsts: Option<HstsSpec>,
    /// The value is a `Content-Security-Policy` header.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub csp: Option<CspSpec>,
    /// The value is a `Referrer-Policy` header whose effective policy is one of these.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub referrer_policy: Option<OneOrMany<String>>,
    /// The value is an `X-Frame-Options` header that browsers read as one of these.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub frame_options: Option<OneOrMany<FrameOptions>>,
    /// The value is a container image reference.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub image: Option<ImageSpec>,
    /// The value is a port mapping of a compose file, short or long.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub port: Option<PortSpec>,
    /// The value is a mount of a compose file, short or long.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mount: Option<MountSpec>,
    /// The text is one of these Linux capabilities, with or without `CAP_`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub capability: Option<OneOrMany<String>>,
    /// The text is a user (`user`, `user:group`, names or numbers).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<UserSpec>,
    /// The text is a file mode, octal or symbolic.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mode: Option<ModeSpec>,
    /// One of these holds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub any: Option<Vec<ValueSpec>>,
    /// All of these hold.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub all: Option<Vec<ValueSpec>>,
    /// This does not hold.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub not: Option<Box<ValueSpec>>,
}

/// Shapes of values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Shape {
    Mapping,
    Sequence,
    /// Any text, number, boolean or null.
    Scalar,
    /// A text, quoted or plain, that is not a number, boolean or null.
    String,
    Number,
    Boolean,
    Null,
}

/// A range of numbers; all keys must hold together.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct NumberRange {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub below: Option<f64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub above: Option<f64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_least: Option<f64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_most: Option<f64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub equals: Option<f64>,
}

/// A range whose bounds are written as the values are; all keys must hold together.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct TextRange {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub below: Option<Scalar>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub above: Option<Scalar>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_least: Option<Scalar>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_most: Option<Scalar>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub equals: Option<Scalar>,
}

/// About the words of a list (elements of a sequence, arguments of a directive, words of a text); all keys must hold
/// together. Wildcards are allowed.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct WordsSpec {
    /// One of these is in the list.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub any: Option<OneOrMany<Scalar>>,
    /// Each of these is in the list.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub all: Option<OneOrMany<Scalar>>,
    /// None of these is in the list.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub none: Option<OneOrMany<Scalar>>,
    /// Nothing but these is in the list.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub only: Option<OneOrMany<Scalar>>,
}

/// About an OpenSSL cipher string; all keys must hold together.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct CipherSpec {
    /// Suites without encryption or authentication, with export keys, RC4, DES, 3DES, MD5, SEED or IDEA are (are not)
    /// enabled in the end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub weak: Option<bool>,
    /// Every enabled suite has (not every one has) forward secrecy.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub forward_secrecy: Option<bool>,
    /// Some (no) enabled suite uses authenticated encryption.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub authenticated_encryption: Option<bool>,
}

/// About a `Strict-Transport-Security` header; all keys must hold together.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct HstsSpec {
    /// The header has (has not) a valid `max-age`, without which browsers ignore it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid: Option<bool>,
    /// `max-age` as a duration (`below: 180d`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_age: Option<TextRange>,
    /// `includeSubDomains` is (is not) there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub include_subdomains: Option<bool>,
    /// `preload` is (is not) there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub preload: Option<bool>,
}

/// About a `Content-Security-Policy` header; all keys must hold together.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct CspSpec {
    /// The directive that `allows` speaks about; left out: `script-src`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub directive: Option<String>,
    /// One of these sources is really allowed, after fallbacks, and after what nonces, hashes and `'strict-dynamic'`
    /// take away. Wildcards are allowed; a lone `*` is the source of that name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub allows: Option<OneOrMany<String>>,
    /// Every policy lacks each of these directives, and what they fall back to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ungoverned: Option<OneOrMany<String>>,
    /// Some policy has one of these directives itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub has_directive: Option<OneOrMany<String>>,
}

/// How browsers read an `X-Frame-Options` header.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum FrameOptions {
    Deny,
    Sameorigin,
    /// `ALLOW-FROM`, which browsers no longer honour.
    AllowFrom,
    /// Anything else: ignored.
    Invalid,
}

/// About an image reference; all keys must hold together.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct ImageSpec {
    /// The tag is one of these wildcards, or `missing`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tag: Option<OneOrMany<Scalar>>,
    /// A digest is (is not) there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub digest: Option<bool>,
    /// The name is one of these wildcards: with a `/` the whole path in the registry, without one its last component.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<OneOrMany<String>>,
    /// The registry is one of these wildcards, or `missing` (Docker Hub).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub registry: Option<OneOrMany<String>>,
}

/// About a port mapping; all keys must hold together.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct PortSpec {
    /// The port is (is not) open on every address of the host.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub published_on_all: Option<bool>,
    /// The container's ports include one of these (`5432`, `9000-9100`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub container: Option<OneOrMany<Scalar>>,
    /// The host's ports include one of these.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub host: Option<OneOrMany<Scalar>>,
    /// The protocol is one of these (`tcp` where nothing is written).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub protocol: Option<OneOrMany<String>>,
}

/// About a mount; all keys must hold together.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct MountSpec {
    /// The source is one of these wildcards. Paths have no trailing slash; `$HOME` is `~`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<OneOrMany<String>>,
    /// The path in the container is one of these wildcards.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target: Option<OneOrMany<String>>,
    /// The mount is (is not) read-only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub read_only: Option<bool>,
    /// The source is (is not) a path of the host.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bind: Option<bool>,
}

/// About a user.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct UserSpec {
    /// The user is (is not) root: `root`, `0`, `0:0`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub root: Option<bool>,
}

/// About a file mode; all keys must hold together.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct ModeSpec {
    /// Everybody may (may not) write.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub world_writable: Option<bool>,
    /// The sticky bit is (is not) set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sticky: Option<bool>,
    /// Set-user-ID or set-group-ID is (is not) set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub set_id: Option<bool>,
}
