//! OpenSSL cipher strings (openssl-ciphers(1)): which suites a string enables in the end, and how weak they are.
//!
//! The suites are representatives of every family that any OpenSSL since 0.9.8 had, old ones included: a configuration
//! that asks for RC4 asks for it whether or not today's library still has it.

/// What is wrong with a suite.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Weakness {
    /// No encryption.
    Null,
    /// No authentication of the server.
    Anonymous,
    /// Keys of 40 or 56 bits, made for export.
    Export,
    /// RC2 and RC4.
    Rc4,
    /// Single DES.
    Des,
    /// Triple DES: blocks of 64 bits (SWEET32).
    TripleDes,
    /// MD5 as message authentication.
    Md5,
    /// SEED.
    Seed,
    /// IDEA: blocks of 64 bits.
    Idea,
}

impl Weakness {
    /// The word of OpenSSL.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Null => "NULL",
            Self::Anonymous => "aNULL",
            Self::Export => "EXPORT",
            Self::Rc4 => "RC4",
            Self::Des => "DES",
            Self::TripleDes => "3DES",
            Self::Md5 => "MD5",
            Self::Seed => "SEED",
            Self::Idea => "IDEA",
        }
    }
}

/// A cipher suite: OpenSSL's name, key exchange, authentication, encryption and message authentication.
#[derive(Debug, PartialEq, Eq)]
pub struct Suite {
    /// OpenSSL's name.
    pub name: &'static str,
    exchange: &'static str,
    authentication: &'static str,
    encryption: &'static str,
    integrity: &'static str,
}

const fn suite(
    name: &'static str,
    exchange: &'static str,
    authentication: &'static str,
    encryption: &'static str,
    integrity: &'static str,
) -> Suite {
    Suite { name, exchange, authentication, encryption, integrity }
}

static SUITES: &[Suite] = &[
    suite("ECDHE-ECDSA-AES256-GCM-SHA384", "ECDHE", "ECDSA", "AES256GCM", "AEAD"),
    suite("ECDHE-RSA-AES256-GCM-SHA384", "ECDHE", "RSA", "AES256GCM", "AEAD"),
    suite("DHE-DSS-AES256-GCM-SHA384", "DHE", "DSS", "AES256GCM", "AEAD"),
    suite("DHE-RSA-AES256-GCM-SHA384", "DHE", "RSA", "AES256GCM", "AEAD"),
    suite("ECDHE-ECDSA-CHACHA20-POLY1305", "ECDHE", "ECDSA", "CHACHA20", "AEAD"),
    suite("ECDHE-RSA-CHACHA20-POLY1305", "ECDHE", "RSA", "CHACHA20", "AEAD"),
    suite("DHE-RSA-CHACHA20-POLY1305", "DHE", "RSA", "CHACHA20", "AEAD"),
    suite("ECDHE-ECDSA-AES256-CCM", "ECDHE", "ECDSA", "AES256CCM", "AEAD"),
    suite("ECDHE-ECDSA-AES128-GCM-SHA256", "ECDHE", "ECDSA", "AES128GCM", "AEAD"),
    suite("ECDHE-RSA-AES128-GCM-SHA256", "ECDHE", "RSA", "AES128GCM", "AEAD"),
    suite("DHE-RSA-AES128-GCM-SHA256", "DHE", "RSA", "AES128GCM", "AEAD"),
    suite("ECDHE-ECDSA-AES256-SHA384", "ECDHE", "ECDSA", "AES256", "SHA384"),
    suite("ECDHE-RSA-AES256-SHA384", "ECDHE", "RSA", "AES256", "SHA384"),
    suite("DHE-RSA-AES256-SHA256", "DHE", "RSA", "AES256", "SHA256"),
    suite("ECDHE-ECDSA-AES128-SHA256", "ECDHE", "ECDSA", "AES128", "SHA256"),
    suite("ECDHE-RSA-AES128-SHA256", "ECDHE", "RSA", "AES128", "SHA256"),
    suite("DHE-RSA-AES128-SHA256", "DHE", "RSA", "AES128", "SHA256"),
    suite("ECDHE-ECDSA-AES256-SHA", "ECDHE", "ECDSA", "AES256", "SHA1"),
    suite("ECDHE-RSA-AES256-SHA", "ECDHE", "RSA", "AES256", "SHA1"),
    suite("DHE-RSA-AES256-SHA", "DHE", "RSA", "AES256", "SHA1"),
    suite("ECDHE-ECDSA-AES128-SHA", "ECDHE", "ECDSA", "AES128", "SHA1"),
    suite("ECDHE-RSA-AES128-SHA", "ECDHE", "RSA", "AES128", "SHA1"),
    suite("DHE-RSA-AES128-SHA", "DHE", "RSA", "AES128", "SHA1"),
    suite("DHE-RSA-CAMELLIA256-SHA", "DHE", "RSA", "CAMELLIA256", "SHA1"),
    suite("DHE-RSA-CAMELLIA128-SHA", "DHE", "RSA", "CAMELLIA128", "SHA1"),
    suite("AES256-GCM-SHA384", "RSA", "RSA", "AES256GCM", "AEAD"),
    suite("AES128-GCM-SHA256", "RSA", "RSA", "AES128GCM", "AEAD"),
    suite("AES256-SHA256", "RSA", "RSA", "AES256", "SHA256"),
    suite("AES128-SHA256", "RSA", "RSA", "AES128", "SHA256"),
    suite("AES256-SHA", "RSA", "RSA", "AES256", "SHA1"),
    suite("AES128-SHA", "RSA", "RSA", "AES128", "SHA1"),
    suite("CAMELLIA256-SHA", "RSA", "RSA", "CAMELLIA256", "SHA1"),
    suite("CAMELLIA128-SHA", "RSA", "RSA", "CAMELLIA128", "SHA1"),
    suite("PSK-AES256-CBC-SHA", "PSK", "PSK", "AES256", "SHA1"),
    suite("SRP-RSA-AES-256-CBC-SHA", "SRP", "RSA", "AES256", "SHA1"),
    suite("ADH-AES256-GCM-SHA384", "DHE", "NULL", "AES256GCM", "AEAD"),
    suite("ADH-AES256-SHA", "DHE", "NULL", "AES256", "SHA1"),
    suite("AECDH-AES256-SHA", "ECDHE", "NULL", "AES256", "SHA1"),
    suite("ADH-DES-CBC3-SHA", "DHE", "NULL", "3DES", "SHA1"),
    suite("ADH-RC4-MD5", "DHE", "NULL", "RC4", "MD5"),
    suite("AECDH-RC4-SHA", "ECDHE", "NULL", "RC4", "SHA1"),
    suite("ECDHE-ECDSA-DES-CBC3-SHA", "ECDHE", "ECDSA", "3DES", "SHA1"),
    suite("ECDHE-RSA-DES-CBC3-SHA", "ECDHE", "RSA", "3DES", "SHA1"),
    suite("EDH-RSA-DES-CBC3-SHA", "DHE", "RSA", "3DES", "SHA1"),
    suite("DES-CBC3-SHA", "RSA", "RSA", "3DES", "SHA1"),
    suite("DHE-RSA-SEED-SHA", "DHE", "RSA", "SEED", "SHA1"),
    suite("SEED-SHA", "RSA", "RSA", "SEED", "SHA1"),
    suite("IDEA-CBC-SHA", "RSA", "RSA", "IDEA", "SHA1"),
    suite("ECDHE-ECDSA-RC4-SHA", "ECDHE", "ECDSA", "RC4", "SHA1"),
    suite("ECDHE-RSA-RC4-SHA", "ECDHE", "RSA", "RC4", "SHA1"),
    suite("RC4-SHA", "RSA", "RSA", "RC4", "SHA1"),
    suite("RC4-MD5", "RSA", "RSA", "RC4", "MD5"),
    suite("EDH-RSA-DES-CBC-SHA", "DHE", "RSA", "DES", "SHA1"),
    suite("DES-CBC-SHA", "RSA", "RSA", "DES", "SHA1"),
    suite("EXP-EDH-RSA-DES-CBC-SHA", "DHE", "RSA", "EXPDES", "SHA1"),
    suite("EXP-DES-CBC-SHA", "RSA", "RSA", "EXPDES", "SHA1"),
    suite("EXP-RC2-CBC-MD5", "RSA", "RSA", "EXPRC2", "MD5"),
    suite("EXP-RC4-MD5", "RSA", "RSA", "EXPRC4", "MD5"),
    suite("EXP-ADH-RC4-MD5", "DHE", "NULL", "EXPRC4", "MD5"),
    suite("ECDHE-ECDSA-NULL-SHA", "ECDHE", "ECDSA", "NULL", "SHA1"),
    suite("ECDHE-RSA-NULL-SHA", "ECDHE", "RSA", "NULL", "SHA1"),
    suite("AECDH-NULL-SHA", "ECDHE", "NULL", "NULL", "SHA1"),
    suite("NULL-SHA256", "RSA", "RSA", "NULL", "SHA256"),
    suite("NULL-SHA", "RSA", "RSA", "NULL", "SHA1"),
    suite("NULL-MD5", "RSA", "RSA", "NULL", "MD5"),
];

impl Suite {
    /// Every weakness of the suite.
    pub fn weaknesses(&self) -> impl Iterator<Item = Weakness> {
        let encryption = match self.encryption {
            "NULL" => Some(Weakness::Null),
            "RC4" => Some(Weakness::Rc4),
            "DES" => Some(Weakness::Des),
            "3DES" => Some(Weakness::TripleDes),
            "SEED" => Some(Weakness::Seed),
            "IDEA" => Some(Weakness::Idea),
            name if name.starts_with("EXP") => Some(Weakness::Export),
            _ => None,
        };
        let anonymous = (self.authentication == "NULL").then_some(Weakness::Anonymous);
        let integrity = (self.integrity == "MD5").then_some(Weakness::Md5);
        encryption.into_iter().chain(anonymous).chain(integrity)
    }

    /// Whether a stolen server key leaves recorded connections secret.
    pub fn has_forward_secrecy(&self) -> bool {
        matches!(self.exchange, "ECDHE" | "DHE")
    }

    /// Whether encryption and authentication are one (GCM, CCM, ChaCha20-Poly1305).
    pub fn is_aead(&self) -> bool {
        self.integrity == "AEAD"
    }

    fn is_export(&self) -> bool {
        self.encryption.starts_with("EXP")
    }

    fn is_medium(&self) -> bool {
        matches!(self.encryption, "RC4" | "SEED" | "IDEA" | "3DES")
    }

    fn is_high(&self) -> bool {
        ["AES", "CAMELLIA", "CHACHA"].iter().any(|family| self.encryption.starts_with(family))
    }

    /// Whether a word of a cipher string names the suite. `None` for a word that OpenSSL does not know.
    fn is_named_by(&self, word: &str) -> Option<bool> {
        if self.name.eq_ignore_ascii_case(word) {
            return Some(true);
        }
        let signed = |name: &str| self.authentication == name;
        let kind = |name: &str| self.encryption.starts_with(name);
        Some(match word {
            "ALL" => self.encryption != "NULL",
            "COMPLEMENTOFALL" | "eNULL" | "NULL" => self.encryption == "NULL",
            "DEFAULT" => self.encryption != "NULL" && !signed("NULL") && self.is_high(),
            "COMPLEMENTOFDEFAULT" => signed("NULL") && self.encryption != "NULL",
            "HIGH" => self.is_high(),
            "MEDIUM" => self.is_medium(),
            "LOW" => self.encryption == "DES",
            "EXP" | "EXPORT" | "EXPORT40" | "EXPORT56" => self.is_export(),
            "aNULL" => signed("NULL"),
            "kRSA" => self.exchange == "RSA",
            "aRSA" => signed("RSA"),
            "RSA" => self.exchange == "RSA" || signed("RSA"),
            "ECDSA" | "aECDSA" => signed("ECDSA"),
            "DSS" | "aDSS" => signed("DSS"),
            "kEDH" | "kDHE" | "DH" => self.exchange == "DHE",
            "EDH" | "DHE" => self.exchange == "DHE" && !signed("NULL"),
            "ADH" => self.exchange == "DHE" && signed("NULL"),
            "kEECDH" | "kECDHE" | "ECDH" => self.exchange == "ECDHE",
            "EECDH" | "ECDHE" => self.exchange == "ECDHE" && !signed("NULL"),
            "AECDH" => self.exchange == "ECDHE" && signed("NULL"),
            "PSK" | "kPSK" | "aPSK" => self.exchange == "PSK",
            "SRP" | "kSRP" | "aSRP" => self.exchange == "SRP",
            "AES" => kind("AES"),
            "AES128" => kind("AES128"),
            "AES256" => kind("AES256"),
            "AESGCM" => self.encryption.ends_with("GCM"),
            "AESCCM" => self.encryption.ends_with("CCM"),
            "CAMELLIA" => kind("CAMELLIA"),
            "CAMELLIA128" => kind("CAMELLIA128"),
            "CAMELLIA256" => kind("CAMELLIA256"),
            "CHACHA20" => kind("CHACHA20"),
            "3DES" => kind("3DES"),
            "DES" => matches!(self.encryption, "DES" | "EXPDES"),
            "RC4" => matches!(self.encryption, "RC4" | "EXPRC4"),
            "RC2" => self.encryption == "EXPRC2",
            "IDEA" => kind("IDEA"),
            "SEED" => kind("SEED"),
            "MD5" => self.integrity == "MD5",
            "SHA" | "SHA1" => self.integrity == "SHA1",
            "SHA256" => self.integrity == "SHA256",
            "SHA384" => self.integrity == "SHA384",
            "SSLv3" | "SSLv2" | "TLSv1" | "TLSv1.0" => matches!(self.integrity, "SHA1" | "MD5"),
            "TLSv1.2" => matches!(self.integrity, "AEAD" | "SHA256" | "SHA384"),
            _ => return None,
        })
    }
}

/// The suites that a cipher string enables in the end.
///
/// `!word` forbids for good, `-word` removes, `+word` only reorders, `A+B` is what both name, `@STRENGTH` sorts.
pub fn enabled(text: &str) -> Vec<&'static Suite> {
    let mut state = [State::Off; 128];
    for element in text.split([':', ',', ' ', ';', '\t', '\n']).map(str::trim).filter(|word| !word.is_empty()) {
        let (action, words) = match element.as_bytes()[0] {
            b'!' => (Some(State::Forbidden), &element[1..]),
            b'-' => (Some(State::Off), &element[1..]),
            b'+' | b'@' => (None, ""),
            _ => (Some(State::On), element),
        };
        let Some(action) = action else { continue };
        for (suite, state) in SUITES.iter().zip(&mut state) {
            if *state != State::Forbidden && words.split('+').all(|word| suite.is_named_by(word) == Some(true)) {
                *state = action;
            }
        }
    }
    SUITES.iter().zip(state).filter(|(_, state)| *state == State::On).map(|(suite, _)| suite).collect()
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Off,
    On,
    Forbidden,
}

/// The weaknesses of all enabled suites, each once, worst first.
pub fn weaknesses(text: &str) -> Vec<Weakness> {
    let mut found: Vec<_> = enabled(text).into_iter().flat_map(Suite::weaknesses).collect();
    found.sort_unstable();
    found.dedup();
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_table_fits_and_names_are_unique() {
        assert!(SUITES.len() <= 128);
        for (index, one) in SUITES.iter().enumerate() {
            assert!(SUITES[index + 1..].iter().all(|other| other.name != one.name), "{} stands twice", one.name);
        }
    }

    #[test]
    fn exclusions_are_honoured() {
        assert_eq!(weaknesses("HIGH:!aNULL:!MD5"), []);
        assert_eq!(weaknesses("HIGH"), [Weakness::Anonymous]);
        assert_eq!(weaknesses("ALL:!aNULL:!eNULL:!EXPORT:!LOW:!MEDIUM"), []);
        assert_eq!(weaknesses("HIGH:!aNULL:RC4-SHA:!RC4"), []);
        assert_eq!(weaknesses("HIGH:!aNULL:RC4-SHA"), [Weakness::Rc4]);
        assert_eq!(weaknesses("ECDHE+AESGCM:3DES"), [Weakness::Anonymous, Weakness::TripleDes]);
        assert_eq!(weaknesses("ECDHE+AESGCM:DES-CBC3-SHA"), [Weakness::TripleDes]);
        assert!(weaknesses("ALL").contains(&Weakness::Export));
    }

    #[test]
    fn removed_suites_can_come_back_forbidden_ones_cannot() {
        assert_eq!(weaknesses("RC4-SHA:-RC4:RC4-SHA"), [Weakness::Rc4]);
        assert_eq!(weaknesses("RC4-SHA:!RC4:RC4-SHA"), []);
        assert_eq!(weaknesses("HIGH:!aNULL:+3DES"), []);
    }

    #[test]
    fn mozilla_intermediate_is_strong_and_forward_secret() {
        let list = "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384:\
                    ECDHE-RSA-AES256-GCM-SHA384:ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305:\
                    DHE-RSA-AES128-GCM-SHA256:DHE-RSA-AES256-GCM-SHA384:DHE-RSA-CHACHA20-POLY1305";
        assert_eq!(weaknesses(list), []);
        assert_eq!(enabled(list).len(), 9);
        assert!(enabled(list).iter().all(|suite| suite.has_forward_secrecy() && suite.is_aead()));
    }

    proptest! {
        #[test]
        fn never_panics(text in "[A-Za-z0-9:+!@ é-]{0,60}") {
            let _ = weaknesses(&text);
        }
    }
}
