//! Credentials of the large clouds whose parts have to be seen together.

use super::{Candidate, Verdict, pem};
use crate::secrets::entropy::{Classes, has_long_run, shannon};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// How far from an access key id its secret is looked for, in bytes.
const PAIR_REACH: usize = 300;

/// An access key id with a secret access key near it; the id alone opens nothing.
pub(super) fn aws_pair(candidate: &Candidate<'_>) -> Verdict {
    let (near, offset) = candidate.surroundings(PAIR_REACH);
    let is_secret_byte = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'/' || byte == b'+';
    let bytes = near.as_bytes();
    let mut start = 0;
    while start < bytes.len() {
        if !is_secret_byte(bytes[start]) {
            start += 1;
            continue;
        }
        let length = bytes[start..].iter().take_while(|&&byte| is_secret_byte(byte)).count();
        let cut_at_edge = (start == 0 && offset > 0) || (start + length == bytes.len());
        if length == 40 && (!cut_at_edge || offset + start + length == candidate.text.len()) {
            let text = &near[start..start + length];
            if is_aws_secret(text) {
                return Verdict::StrongAt(offset + start..offset + start + length);
            }
        }
        start += length;
    }
    Verdict::Weak
}

fn is_aws_secret(text: &str) -> bool {
    let classes = Classes::of(text);
    classes.lower >= 5
        && classes.upper >= 5
        && classes.digit >= 1
        && shannon(text) >= 4.2
        && !has_long_run(text)
        && !text.contains("EXAMPLE")
}

/// The `private_key` of a service account file: a private key in PEM beside the words that only such files have.
pub(super) fn gcp_service_account(candidate: &Candidate<'_>) -> Verdict {
    let verdict = pem::validate(candidate);
    if verdict == Verdict::Reject {
        return verdict;
    }
    let (near, _) = candidate.surroundings(4_096);
    let is_account = near.contains("service_account") || near.contains("gserviceaccount.com");
    if is_account { verdict } else { Verdict::Reject }
}

/// API keys that Google's browser libraries need are sent to every visitor: Firebase settings, map scripts.
pub(super) fn google_key(candidate: &Candidate<'_>) -> Verdict {
    const BROWSER: &[&str] =
        &["authDomain", "messagingSenderId", "maps/api/js", "firebaseConfig", "storageBucket", "google-services"];
    let (near, _) = candidate.surroundings(500);
    if BROWSER.iter().any(|mark| near.contains(mark)) { Verdict::Weak } else { Verdict::Strong }
}

/// The storage emulator's key, published with its documentation (Azurite, and the emulators before it).
const EMULATOR_KEY_START: &str = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq";

/// 64 bytes in base64: keys of storage accounts, Cosmos DB and Batch.
pub(super) fn azure_key(candidate: &Candidate<'_>) -> Verdict {
    let secret = candidate.secret();
    let random =
        STANDARD.decode(secret).is_ok_and(|bytes| bytes.len() == 64 || bytes.len() == 32) && shannon(secret) >= 4.0;
    if !random
        || secret.starts_with(EMULATOR_KEY_START)
        || secret.starts_with("C2y6yDjf5/R+ob0N8A7Cgv30VRDJIWEHLM+4QDU5DE2n")
    {
        return Verdict::Reject;
    }
    Verdict::Strong
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pair(text: &str) -> Verdict {
        let start = text.find("AKIA").unwrap();
        aws_pair(&Candidate { text, whole: start..start + 20, value: start..start + 20 })
    }

    #[test]
    fn an_id_needs_its_secret() {
        let secret = "nOtArEaL/k3yBuTsHaPeDl1kEoNe+FoRtEsTs0Kq";
        let text = format!("id = 'AKIANOTAREALKEYID234'\nsecret = '{secret}'\n");
        let Verdict::StrongAt(range) = pair(&text) else { panic!("no pair") };
        assert_eq!(&text[range], secret);
        assert_eq!(pair("id = 'AKIANOTAREALKEYID234'"), Verdict::Weak);
        let commit = "id = 'AKIANOTAREALKEYID234' # 0123456789abcdef0123456789abcdef01234567";
        assert_eq!(pair(commit), Verdict::Weak);
    }

    #[test]
    fn the_emulator_key_is_public() {
        let emulator = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";
        let check = |text: &str| azure_key(&Candidate { text, whole: 0..text.len(), value: 0..text.len() });
        assert_eq!(check(emulator), Verdict::Reject);
        let bytes: Vec<u8> = (0..64_u8).map(|index| index.wrapping_mul(151).wrapping_add(7)).collect();
        assert_eq!(check(&STANDARD.encode(bytes)), Verdict::Strong);
        assert_eq!(check("c2hvcnQ="), Verdict::Reject);
    }
}
