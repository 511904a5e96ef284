//! What a rule with `mode: secret` says under its key `secret`: the schema, and its check.
//!
//! Data only; the compiled form is the detector.

use super::detector::{Assignments, Detector};
use super::format::Format;
use super::name::SecretKind;
use super::place::Where;
use super::sites::Position;
use crate::regexes::LazyRegex;
use crate::syntax::FileKind;
use globset::{Glob, GlobSet, GlobSetBuilder};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The secrets that a rule looks for: formats, assignments, or both.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct SecretSpec {
    /// Kinds of files that the rule reads (`compose`, `dotenv`, `python`, ...); empty means all. A rule that names the
    /// kind of a file wins over one that reads all kinds.
    pub target: Vec<String>,
    /// Globs for paths; empty means all.
    pub files: Vec<String>,
    /// Globs for paths that the rule leaves alone.
    pub not_files: Vec<String>,
    /// Whether the rule reads what runs, what only tests and shows (tests, examples, `.env.example`), or both. A format
    /// whose checksum holds counts as something that runs wherever it stands.
    #[serde(rename = "where")]
    pub place: Where,
    /// Tokens that their own shape gives away.
    pub formats: Vec<FormatSpec>,
    /// Literals bound to names that mean a secret.
    pub assignments: Option<AssignmentSpec>,
}

/// One token format.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct FormatSpec {
    /// What it is, for messages (`$KIND`): "GitHub personal access token".
    pub name: String,
    /// The format. It need not mind its borders: a match that goes on in letters, digits, `_` or `-` on either side is
    /// none, unless `glued` is set.
    pub regex: String,
    /// Texts of at least three bytes, one of which is in every match, in any case; the regex runs only near them.
    pub keywords: Vec<String>,
    /// The group of the regex that holds the secret; 0 is the whole match.
    pub value_group: usize,
    /// A checksum inside the token that has to hold.
    pub checksum: Checksum,
    /// A further test, by name.
    pub validator: Option<Validator>,
    /// Which of the validator's two answers the rule reports.
    pub grade: Grade,
    /// Shannon entropy that the value has at least, in bits a byte.
    pub entropy: Option<f64>,
    /// Regexes of values that are no secret.
    pub allow: Vec<String>,
    /// Whether the token may be part of a longer word.
    pub glued: bool,
    /// How many bytes behind a keyword a match may end; 512 unless told.
    pub reach: Option<usize>,
}

/// Checksums that tokens carry.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Checksum {
    /// The format has none.
    #[default]
    None,
    /// The last six characters are the CRC-32 of the part between prefix (up to the first `_`) and them, in base 62: GitHub
    /// and npm tokens.
    GithubCrc32,
}

/// Tests that need more than a regex.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Validator {
    /// JSON Web Token whose header and payload decode. Weak: short-lived or expired long ago, or of the anonymous role.
    Jwt,
    /// PEM block or key file with a private key inside. Weak: the key is encrypted.
    Pem,
    /// AWS access key id with a secret of 40 characters near it. Weak: the id alone.
    AwsPair,
    /// `scheme://user:password@host`. Weak: a toy password on the local machine or a bare service name.
    BasicUrl,
    /// `Password=` among the other keys of an ADO.NET or ODBC connection string.
    ConnectionString,
    /// `private_key` of a Google service account.
    GcpServiceAccount,
    /// Google API key. Weak: it stands among the settings of a browser application.
    GoogleKey,
    /// 64 random bytes in base64, and not the key of the storage emulator.
    AzureKey,
    /// Text that decodes from base64 to a private key or to a token of a well-known format.
    Encoded,
    /// Credentials of an `Authorization` header.
    AuthHeader,
    /// A believable password.
    Password,
    /// A believable generated key.
    Key,
}

/// How much a match weighs after validation.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Grade {
    /// As bad as the format can be.
    #[default]
    Strong,
    /// The validator found something that makes it harmless for now.
    Weak,
}

/// Literals bound to names.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct AssignmentSpec {
    /// Whether the value has to look like a secret in use, or like a default that nobody replaced.
    pub values: Values,
    /// Ways of binding that count; empty means all but `fallback` and `encoded-data`.
    pub positions: Vec<Position>,
    /// Kinds of secret, by name, that count; empty means all.
    pub kinds: Vec<SecretKind>,
    /// Regexes of further names that mean a secret, beside those that are known.
    pub names: Vec<String>,
    /// Regexes of names that mean none.
    pub not_names: Vec<String>,
    /// Regexes of values that are no secret.
    pub allow: Vec<String>,
}

/// Which values an assignment rule reports.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Values {
    /// Looks like a secret that somebody uses.
    #[default]
    Believable,
    /// A placeholder or dictionary word.
    Default,
    /// Both.
    Any,
}

/// A mistake in a specification.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}: {message}", key_path.join("."))]
pub struct SpecError {
    /// Keys and indexes that lead to the mistake, from the rule's `secret` key on.
    pub key_path: Vec<String>,
    /// What is wrong and what is expected.
    pub message: String,
}

impl SpecError {
    fn at(path: &[&str], message: impl Into<String>) -> Self {
        Self { key_path: path.iter().map(ToString::to_string).collect(), message: message.into() }
    }
}

impl SecretSpec {
    /// Checks the specification and makes a detector of it.
    pub fn compile(&self) -> Result<Detector, SpecError> {
        let detector = self.compile_lazily()?;
        for (index, format) in detector.formats.iter().enumerate() {
            format.check().map_err(|(key, message)| SpecError::at(&["formats", &index.to_string(), key], message))?;
        }
        Ok(detector)
    }

    /// Makes a detector and leaves the regexes of formats unread until a keyword is met: for packs that a test has
    /// compiled. A regex that does not compile then never matches.
    pub fn compile_lazily(&self) -> Result<Detector, SpecError> {
        if self.formats.is_empty() && self.assignments.is_none() {
            return Err(SpecError::at(&[], "needs `formats` or `assignments`"));
        }
        let mut target = Vec::new();
        for (index, name) in self.target.iter().enumerate() {
            let kind = FileKind::ALL.into_iter().find(|kind| kind.name() == name).ok_or_else(|| {
                let known: Vec<&str> = FileKind::ALL.iter().map(|kind| kind.name()).collect();
                SpecError::at(
                    &["target", &index.to_string()],
                    format!("`{name}` is no kind of file; known are {}", known.join(", ")),
                )
            })?;
            target.push(kind);
        }
        let mut formats = Vec::new();
        for (index, format) in self.formats.iter().enumerate() {
            let index = index.to_string();
            formats
                .push(Format::new(format).map_err(|(key, message)| SpecError::at(&["formats", &index, key], message))?);
        }
        Ok(Detector {
            target,
            files: globs("files", &self.files)?,
            not_files: globs("not-files", &self.not_files)?,
            place: self.place,
            formats,
            assignments: self.assignments.as_ref().map(assignments).transpose()?,
        })
    }
}

fn assignments(spec: &AssignmentSpec) -> Result<Assignments, SpecError> {
    Ok(Assignments {
        values: spec.values,
        positions: spec.positions.clone(),
        kinds: spec.kinds.clone(),
        names: regexes("names", &spec.names)?,
        not_names: regexes("not-names", &spec.not_names)?,
        allow: regexes("allow", &spec.allow)?,
    })
}

fn regexes(key: &str, patterns: &[String]) -> Result<Vec<LazyRegex>, SpecError> {
    let compile = |(index, pattern): (usize, &String)| {
        LazyRegex::new(pattern).map_err(|error| SpecError::at(&["assignments", key, &index.to_string()], error))
    };
    patterns.iter().enumerate().map(compile).collect()
}

fn globs(key: &str, patterns: &[String]) -> Result<Option<GlobSet>, SpecError> {
    if patterns.is_empty() {
        return Ok(None);
    }
    let mut builder = GlobSetBuilder::new();
    for (index, pattern) in patterns.iter().enumerate() {
        let glob = Glob::new(pattern).map_err(|error| SpecError::at(&[key, &index.to_string()], error.to_string()))?;
        builder.add(glob);
    }
    builder.build().map(Some).map_err(|error| SpecError::at(&[key], error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn compile(yaml: &str) -> Result<Detector, SpecError> {
        yaml_serde::from_str::<SecretSpec>(yaml).unwrap().compile()
    }

    #[test]
    fn a_company_format_needs_three_lines() {
        let yaml = "formats:\n- name: Acme token\n  regex: acme_[0-9a-f]{32}\n  keywords: [acme_]\n";
        assert!(compile(yaml).is_ok());
    }

    #[test]
    fn mistakes_say_where_they_are() {
        for (yaml, path) in [
            ("{}", ""),
            ("{target: [cobol], assignments: {}}", "target.0"),
            ("{files: ['a[']  , assignments: {}}", "files.0"),
            ("{assignments: {names: ['(']}}", "assignments.names.0"),
            ("formats: [{name: x, regex: '(', keywords: [abc]}]", "formats.0.regex"),
            ("formats: [{name: x, regex: abc}]", "formats.0.keywords"),
            ("formats: [{name: x, regex: abc, keywords: [a]}]", "formats.0.keywords"),
            ("formats: [{name: x, regex: abc, keywords: [abc], value-group: 1}]", "formats.0.value-group"),
            ("formats: [{name: x, regex: abc, keywords: [abc], allow: ['(']}]", "formats.0.allow"),
            ("formats: [{regex: abc, keywords: [abc]}]", "formats.0.name"),
        ] {
            let error = compile(yaml).unwrap_err();
            assert_eq!(error.key_path.join("."), path, "{yaml}: {error}");
        }
    }

    #[test]
    fn unknown_keys_are_refused() {
        assert!(yaml_serde::from_str::<SecretSpec>("{formats: [], colour: red}").is_err());
        assert!(yaml_serde::from_str::<SecretSpec>("{assignments: {name: [x]}}").is_err());
    }
}
