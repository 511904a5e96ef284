//! Private keys in PEM (RFC 7468), OpenSSH and PGP armour, wherever they stand: as a file, indented in YAML, with `\n`
//! escapes in JSON, line by line in source code.

use super::{Candidate, Verdict};
use crate::secrets::entropy::shannon;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// Longest block in bytes; RSA keys of 16384 bits take 13 KB.
const MAX_BLOCK: usize = 20_000;
/// Fewest base64 characters of a key: Ed25519 in PKCS#8 has 64.
const MIN_BODY: usize = 60;

/// The candidate is the header line; the verdict covers the whole block.
pub(super) fn validate(candidate: &Candidate<'_>) -> Verdict {
    let text = candidate.text;
    let header = &text[candidate.whole.clone()];
    let rest = &text[candidate.whole.end..];
    // The next dashes end this block or begin another: either way the search never runs over the same bytes twice.
    let Some(length) = rest.find("-----") else { return Verdict::Reject };
    if length > MAX_BLOCK || !rest[length..].starts_with("-----END") {
        return Verdict::Reject;
    }
    let body = rest[..length].replace("\\n", " ").replace("\\r", " ");
    if body.contains("...") || body.contains('…') {
        return Verdict::Reject;
    }
    let is_base64 = |character: char| character.is_ascii_alphanumeric() || "+/=".contains(character);
    let lines: Vec<&str> = body.split(|character| !is_base64(character)).filter(|line| line.len() >= 32).collect();
    let key: String = lines.concat();
    if key.len() < MIN_BODY || shannon(&key) < 3.5 {
        return Verdict::Reject;
    }
    if header.contains("ENCRYPTED") || body.contains("ENCRYPTED") || body.contains("DEK-Info") {
        return Verdict::Weak;
    }
    if !header.contains("PGP") {
        match private_structure(&key) {
            Some(true) => {}
            Some(false) => return Verdict::Weak,
            None => return Verdict::Reject,
        }
    }
    let tail = &rest[length + 5..];
    let end_line = tail.find("-----").filter(|&at| at < 60).map_or(length, |at| length + 5 + at + 5);
    Verdict::StrongAt(candidate.whole.start..candidate.whole.end + end_line)
}

/// Whether the first bytes are a DER sequence or an OpenSSH key; `Some(false)` for an OpenSSH key with a cipher.
fn private_structure(key: &str) -> Option<bool> {
    let prefix = key.get(..MIN_BODY)?.trim_end_matches('=');
    let usable = prefix.len() / 4 * 4;
    let bytes = STANDARD.decode(&prefix[..usable]).ok()?;
    if let Some(rest) = bytes.strip_prefix(b"openssh-key-v1\0") {
        return Some(rest.get(..8) == Some(b"\0\0\0\x04none"));
    }
    (bytes.first() == Some(&0x30)).then_some(true)
}

#[cfg(test)]
mod tests {
    use super::*;

    const BODY: &str = "MC4CAQAwBQYDK2VwBCIEIBm0tArEaLk3yF4lKe1NoTaReAlKeyAtAllOkayFixtu";

    fn verdict(text: &str) -> Verdict {
        let start = text.find("-----BEGIN").unwrap();
        let end = start + 10 + text[start + 10..].find("-----").unwrap() + 5;
        validate(&Candidate { text, whole: start..end, value: start..end })
    }

    #[test]
    fn blocks_in_every_wrapping() {
        for text in [
            format!("-----BEGIN PRIVATE KEY-----\n{BODY}\n-----END PRIVATE KEY-----\n"),
            format!("key: |\n  -----BEGIN PRIVATE KEY-----\n  {BODY}\n  -----END PRIVATE KEY-----\n"),
            format!("{{\"k\": \"-----BEGIN PRIVATE KEY-----\\n{BODY}\\n-----END PRIVATE KEY-----\\n\"}}"),
            format!("K = (\n \"-----BEGIN PRIVATE KEY-----\\n\"\n \"{BODY}\\n\"\n \"-----END PRIVATE KEY-----\"\n)"),
        ] {
            let Verdict::StrongAt(range) = verdict(&text) else { panic!("{text}") };
            assert!(text[range.clone()].ends_with("-----END PRIVATE KEY-----"), "{}", &text[range]);
        }
    }

    #[test]
    fn what_holds_no_usable_key() {
        for (text, expected) in [
            ("-----BEGIN PRIVATE KEY-----".to_owned(), Verdict::Reject),
            ("-----BEGIN PRIVATE KEY-----\n...\n-----END PRIVATE KEY-----".to_owned(), Verdict::Reject),
            ("a = '-----BEGIN PRIVATE KEY-----'; b = '-----END PRIVATE KEY-----'".to_owned(), Verdict::Reject),
            (format!("-----BEGIN PRIVATE KEY-----\n{BODY}"), Verdict::Reject),
            (format!("-----BEGIN PRIVATE KEY-----\n{}\n-----END", "A".repeat(64)), Verdict::Reject),
            (format!("-----BEGIN ENCRYPTED PRIVATE KEY-----\n{BODY}\n-----END"), Verdict::Weak),
            (format!("-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n\n{BODY}\n-----END RSA"), Verdict::Weak),
        ] {
            assert_eq!(verdict(&text), expected, "{text}");
        }
    }
}
