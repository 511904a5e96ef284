//! Secrets under one layer of base64: kubeconfigs, `data:` of Secrets, keys squeezed into one environment variable.

use super::{Candidate, Verdict, github_checksum_holds};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD};

/// Decodes to a private key block, a service account file with a key, or a GitHub token whose checksum holds.
pub(super) fn validate(candidate: &Candidate<'_>) -> Verdict {
    let secret = candidate.secret();
    let trimmed = secret.trim_end_matches('=');
    let Ok(bytes) = STANDARD_NO_PAD.decode(trimmed).or_else(|_| STANDARD.decode(secret)) else {
        return Verdict::Reject;
    };
    let text = String::from_utf8_lossy(&bytes);
    let private_key = text.contains("PRIVATE KEY-----")
        && text.contains("-----END")
        && !text.contains("ENCRYPTED")
        && text.len() > 100;
    let token = text
        .split(|character: char| !(character.is_ascii_alphanumeric() || character == '_'))
        .any(|word| word.len() == 40 && word.starts_with("gh") && github_checksum_holds(word));
    if private_key || token { Verdict::Strong } else { Verdict::Reject }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verdict(plain: &str) -> Verdict {
        let text = STANDARD.encode(plain);
        validate(&Candidate { text: &text, whole: 0..text.len(), value: 0..text.len() })
    }

    #[test]
    fn looks_under_base64() {
        let key = format!("-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n", "MC4CAQAwBQYDK2Vw".repeat(5));
        assert_eq!(verdict(&key), Verdict::Strong);
        assert_eq!(verdict("TOKEN=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\n"), Verdict::Strong);
        assert_eq!(verdict("-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----"), Verdict::Reject);
        assert_eq!(verdict("ghp_your_token_here"), Verdict::Reject);
    }
}
