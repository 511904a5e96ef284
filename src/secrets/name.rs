//! What a name says about the value bound to it: a password, a key, a token, or no secret at all.
//!
//! The last words decide (`token_url` is a URL), what stands before them can take it back (`next_page_token`,
//! `public_key`). Judges names only and never looks at a value.

use super::vocabulary::{
    KEY_QUALIFIERS, MADE_UP_PREFIXES, NAME_STEMS, NEGATING_PREFIXES, NEUTRAL_TAILS, PASS_QUALIFIERS, PAT_QUALIFIERS,
    PUBLIC_QUALIFIERS, SECRET_OF_SOMETHING, SIGNING_QUALIFIERS, TOKEN_OF_SOMETHING,
};
use super::words::words;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What kind of secret a name promises; how a value is judged depends on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum SecretKind {
    /// Chosen by people, may be short: `password`, `passwd`, `pwd`, `passphrase`.
    Password,
    /// Signs or encrypts what the program hands out: `SECRET_KEY`, `jwt_secret`, `fernet_key`.
    SigningKey,
    /// Issued by a service: `api_key`, `access_key`, `private_key`.
    Key,
    /// `access_token`, `auth_token`, `github_pat`; the word alone is often about text, so its values have to be long.
    Token,
    /// `client_secret`, `webhook_secret`, `credentials`.
    Secret,
}

/// A name that means a secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct SecretName {
    pub(super) kind: SecretKind,
    /// The name's words, for comparing the value with them.
    pub(super) words: Vec<String>,
    /// Whether the name says that the value is made up (`fake_token`, `TEST_PASSWORD`).
    pub(super) made_up: bool,
    /// For tokens: whether a word says what the token opens (`access_token`), so that shorter values count.
    pub(super) qualified: bool,
}

/// Whether a name means a secret: `jwt_secret`, `DB_PASSWORD`, but not `token_url` or `public_key`.
pub fn is_secret_name(name: &str) -> bool {
    judge_name(name).is_some()
}

/// Judges a name; `None` when it means no secret. Dotted paths are judged by their last part.
pub(super) fn judge_name(name: &str) -> Option<SecretName> {
    let name = name.trim().trim_start_matches("--").rsplit('.').next().unwrap_or(name);
    if name.len() < 2 || name.len() > 100 {
        return None;
    }
    let lower = name.to_ascii_lowercase();
    if !NAME_STEMS.iter().any(|stem| lower.contains(stem)) {
        return None;
    }
    // A name with spaces or other marks is a label for people (`"Your password"`), not a key.
    if !name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'$' | b'@')) {
        return None;
    }
    let all = words(name);
    let mut relevant: &[String] = &all;
    while let [rest @ .., tail] = relevant
        && !rest.is_empty()
        && (NEUTRAL_TAILS.contains(&tail.as_str()) || tail.bytes().all(|byte| byte.is_ascii_digit()))
    {
        relevant = rest;
    }
    let (head, before) = relevant.split_last()?;
    let before: Vec<&str> = before.iter().map(String::as_str).collect();
    let (kind, qualified) = kind_of(head, &before)?;
    let made_up = before.iter().take(2).any(|word| MADE_UP_PREFIXES.contains(word));
    Some(SecretName { kind, made_up, qualified, words: all })
}

fn kind_of(head: &str, before: &[&str]) -> Option<(SecretKind, bool)> {
    let last = before.last().copied();
    let negated = before.iter().any(|word| NEGATING_PREFIXES.contains(word));
    match head {
        "password" | "passwd" | "pwd" | "passphrase" | "passcode" | "userpass" => {
            (!negated).then_some((SecretKind::Password, true))
        }
        "pass" | "pw" => (!negated && last.is_none_or(|word| PASS_QUALIFIERS.contains(&word)))
            .then_some((SecretKind::Password, last.is_some())),
        "key" => key_kind(before).map(|kind| (kind, true)),
        "token" => {
            let of_something = last.is_some_and(|word| TOKEN_OF_SOMETHING.contains(&word));
            // `reset_token`, `refresh_token` are tokens; an action word further in front is not what they are.
            let described = before.iter().any(|word| {
                matches!(
                    *word,
                    "no" | "is" | "has" | "max" | "min" | "num" | "invalid" | "missing" | "expired" | "hashed"
                )
            });
            let qualified = last.is_some_and(|word| {
                !matches!(word, "my" | "new" | "old" | "default" | "raw" | "test" | "id" | "x") && word.len() > 1
            });
            (!of_something && !described).then_some((SecretKind::Token, qualified))
        }
        "pepper" => Some((SecretKind::SigningKey, true)),
        "pat" => last.is_some_and(|word| PAT_QUALIFIERS.contains(&word)).then_some((SecretKind::Token, true)),
        "secret" => secret_kind(before).map(|kind| (kind, true)),
        "credential" | "credentials" | "creds" => {
            (!negated && !matches!(last, Some("with" | "allow" | "include"))).then_some((SecretKind::Secret, true))
        }
        _ => None,
    }
}

fn key_kind(before: &[&str]) -> Option<SecretKind> {
    let last = *before.last()?;
    let blocked = before.iter().any(|word| {
        PUBLIC_QUALIFIERS.contains(word)
            || matches!(*word, "no" | "is" | "has" | "invalid" | "missing" | "hashed" | "use")
    });
    if blocked {
        return None;
    }
    // `SECRET_KEY`, `AWS_SECRET_ACCESS_KEY`: the latter is issued, not chosen.
    if SIGNING_QUALIFIERS.contains(&last) {
        return Some(SecretKind::SigningKey);
    }
    KEY_QUALIFIERS.contains(&last).then_some(SecretKind::Key)
}

fn secret_kind(before: &[&str]) -> Option<SecretKind> {
    let Some(last) = before.last() else { return Some(SecretKind::SigningKey) };
    if SECRET_OF_SOMETHING.contains(last) || before.contains(&"hashed") {
        return None;
    }
    let signs = before.iter().any(|word| {
        matches!(
            *word,
            "jwt"
                | "session"
                | "cookie"
                | "signing"
                | "auth"
                | "nextauth"
                | "app"
                | "hmac"
                | "token"
                | "encryption"
                | "csrf"
                | "jws"
                | "oauth2proxy"
                | "flask"
                | "django"
                | "better"
        )
    });
    Some(if signs { SecretKind::SigningKey } else { SecretKind::Secret })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_mean_secrets() {
        use SecretKind::{Key, Password, Secret, SigningKey, Token};
        let mut wrong = Vec::new();
        for (name, kind) in [
            ("password", Password),
            ("PASSWORD", Password),
            ("db_password", Password),
            ("dbPassword", Password),
            ("DB_PASSWORD_PROD", Password),
            ("password_1", Password),
            ("passwd", Password),
            ("MYSQL_ROOT_PASSWORD", Password),
            ("smtp_pass", Password),
            ("--password", Password),
            ("pwd", Password),
            ("keystorePassword", Password),
            ("spring.datasource.password", Password),
            ("key_passphrase", Password),
            ("SECRET_KEY", SigningKey),
            ("secret", SigningKey),
            ("SECRET", SigningKey),
            ("jwt_secret", SigningKey),
            ("JWT_SECRET_KEY", SigningKey),
            ("SESSION_SECRET", SigningKey),
            ("reset_password_token_secret", SigningKey),
            ("PASSWORD_PEPPER", SigningKey),
            ("fernet_key", SigningKey),
            ("ENCRYPTION_KEY", SigningKey),
            ("api_key", Key),
            ("apiKey", Key),
            ("X-API-Key", Key),
            ("OPENAI_API_KEY", Key),
            ("aws_secret_access_key", Key),
            ("private_key", Key),
            ("accountKey", Key),
            ("token", Token),
            ("access_token", Token),
            ("refresh_token", Token),
            ("authToken", Token),
            ("_authToken", Token),
            ("GITHUB_PAT", Token),
            ("bot_token", Token),
            ("client_secret", Secret),
            ("WEBHOOK_SECRET", Secret),
            ("credentials", Secret),
        ] {
            if judge_name(name).map(|found| found.kind) != Some(kind) {
                wrong.push((name, judge_name(name)));
            }
        }
        assert_eq!(wrong, []);
    }

    #[test]
    fn names_that_only_speak_of_secrets() {
        let mut wrong = Vec::new();
        for name in [
            "token_url",
            "tokenUrl",
            "token_type",
            "TOKEN_EXPIRE_MINUTES",
            "password_field",
            "secret_name",
            "password_hash",
            "hashed_password",
            "encrypted_password",
            "max_tokens",
            "tokenizer",
            "key_id",
            "AWS_ACCESS_KEY_ID",
            "public_key",
            "password_reset_url",
            "password_file",
            "POSTGRES_PASSWORD_FILE",
            "secret_path",
            "token_env",
            "api_key_header",
            "API_KEY_NAME",
            "password_regex",
            "password_label",
            "password_min_length",
            "min_password_length",
            "key",
            "primary_key",
            "foreign_key",
            "cache_key",
            "sort_key",
            "keyword",
            "monkey",
            "next_token",
            "nextPageToken",
            "pad_token",
            "eos_token",
            "csrf_token",
            "has_password",
            "is_secret",
            "reset_password",
            "change_password",
            "forgot_password",
            "show_password",
            "invalid_password",
            "image_pull_secret",
            "existingSecret",
            "secretRef",
            "author",
            "authority",
            "auth",
            "bypass",
            "compass",
            "passed",
            "passenger",
            "path",
            "pattern",
            "compat",
            "no_password",
            "passwordless",
            "tokens",
            "secrets",
            "passwords",
            "site_key",
            "RECAPTCHA_SITE_KEY",
            "ssh_key",
            "Your password",
            "password prompt",
            "",
            "x",
            "pubkey",
            "STRIPE_PUBLISHABLE_KEY",
            "AWS::ApiGateway::ApiKey",
            "access_token_key",
            "design_token",
            "license_key",
        ] {
            if let Some(found) = judge_name(name) {
                wrong.push((name, found));
            }
        }
        assert_eq!(wrong, []);
    }

    #[test]
    fn made_up_names_are_marked() {
        for name in ["fake_token", "TEST_PASSWORD", "dummy_api_key", "mock_secret", "wrong_password"] {
            assert!(judge_name(name).is_some_and(|found| found.made_up), "{name}");
        }
        assert!(judge_name("api_key").is_some_and(|found| !found.made_up));
    }
}
