//! The tests behind `checksum` and `validator`: structure that a regex cannot see.
//!
//! A validator gets the text and a match in it, looks at bounded surroundings, and answers; it knows no rule.

mod cloud;
mod connection;
mod encoded;
mod jwt;
mod pem;

use super::name::{SecretKind, SecretName};
use super::spec::Validator;
use super::value::{Judgement, judge_value};
use std::ops::Range;

/// A match of a format that is to be tested; ranges are offsets in the text.
pub(super) struct Candidate<'a> {
    pub(super) text: &'a str,
    pub(super) whole: Range<usize>,
    pub(super) value: Range<usize>,
}

impl Candidate<'_> {
    fn secret(&self) -> &str {
        &self.text[self.value.clone()]
    }

    /// The text around the match, at most `reach` bytes to either side, and where it begins.
    fn surroundings(&self, reach: usize) -> (&str, usize) {
        let mut from = self.whole.start.saturating_sub(reach);
        while !self.text.is_char_boundary(from) {
            from -= 1;
        }
        let mut to = (self.whole.end + reach).min(self.text.len());
        while !self.text.is_char_boundary(to) {
            to += 1;
        }
        (&self.text[from..to], from)
    }
}

/// What a validator says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Verdict {
    /// It is what it looks like.
    Strong,
    /// It is, and the secret itself stands here.
    StrongAt(Range<usize>),
    /// It is, but harmless for now.
    Weak,
    /// It is something else.
    Reject,
}

/// Runs a validator by name.
pub(super) fn validate(validator: Validator, candidate: &Candidate<'_>) -> Verdict {
    match validator {
        Validator::Jwt => jwt::validate(candidate),
        Validator::Pem => pem::validate(candidate),
        Validator::AwsPair => cloud::aws_pair(candidate),
        Validator::GcpServiceAccount => cloud::gcp_service_account(candidate),
        Validator::GoogleKey => cloud::google_key(candidate),
        Validator::AzureKey => cloud::azure_key(candidate),
        Validator::BasicUrl => connection::basic_url(candidate),
        Validator::ConnectionString => connection::connection_string(candidate),
        Validator::AuthHeader => connection::auth_header(candidate),
        Validator::Encoded => encoded::validate(candidate),
        Validator::Password => believable(SecretKind::Password, candidate.secret()),
        Validator::Key => believable(SecretKind::Key, candidate.secret()),
    }
}

/// How a bare value is judged, as if it were bound to a name of this kind.
fn judge(kind: SecretKind, value: &str) -> Judgement {
    let words = vec![if kind == SecretKind::Password { "password" } else { "key" }.to_owned()];
    judge_value(&SecretName { kind, words, made_up: false, qualified: true }, value)
}

fn believable(kind: SecretKind, value: &str) -> Verdict {
    if judge(kind, value) == Judgement::Believable { Verdict::Strong } else { Verdict::Reject }
}

/// Whether the last six characters of a GitHub or npm token are the CRC-32 of its random part in base 62 (digits, upper,
/// lower case), as GitHub described when it introduced the format in April 2021.
pub(super) fn github_checksum_holds(token: &str) -> bool {
    const ALPHABET: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    let Some((_, body)) = token.split_once('_') else { return false };
    let Some((random, checksum)) = body.len().checked_sub(6).and_then(|at| body.split_at_checked(at)) else {
        return false;
    };
    let mut rest = crc32fast::hash(random.as_bytes());
    let mut expected = [b'0'; 6];
    for slot in expected.iter_mut().rev() {
        *slot = ALPHABET[(rest % 62) as usize];
        rest /= 62;
    }
    expected == checksum.as_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_the_published_checksum_example() {
        assert!(github_checksum_holds("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"));
        assert!(!github_checksum_holds("ghp_zQWBuTSOoRi4A9spHcVY5ncnsDkxkJ0mLq18"));
        for token in ["", "ghp_", "ghp_abc", "ghp", "ghp_ünïcödé"] {
            assert!(!github_checksum_holds(token), "{token}");
        }
    }
}
