//! Whether a literal can be the secret that its name promises.
//!
//! Three answers: believable, a default (a placeholder that works if nobody replaces it), or silent with the reason why.
//! Judges one value and the name it is bound to; never looks at the place in the file.

use super::entropy::{Classes, class_changes, has_long_run, shannon};
use super::name::{SecretKind, SecretName};
use super::shape::silent_by_shape;
use super::vocabulary::{ALGORITHM_STEMS, DEFAULT_CREDENTIALS, PLACEHOLDER_MARKS, TYPE_WORDS};
use super::words::{is_placeholder_phrase, is_wordlike, words};
use crate::naming::words_and_numbers;

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
        let humps = words_and_numbers(part);
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
    let random_letters =
        !words_and_numbers(value).iter().all(|word| is_wordlike(word)) || class_changes(value) * 4 > length;
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
    length >= 8 && (class_changes(value) * 4 > length || !words_and_numbers(value).iter().all(|word| is_wordlike(word)))
}

#[cfg(test)]
mod tests;
