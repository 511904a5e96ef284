//! Names and values as words: `dbPassword`, `DB_PASSWORD` and `db-password` are all `db`, `password`.
//!
//! Knows letters, not meanings: which words speak of secrets stands in the vocabulary and is judged elsewhere.

use super::vocabulary::{GLUED_HEADS, GLUED_WORDS, PLACEHOLDER_WORDS};
use crate::naming::words_and_numbers;

/// Splits a name into lower-case words at punctuation, at changes of case and between letters and digits; words that
/// are commonly written as one (`apikey`, `dbpassword`) are taken apart.
pub(super) fn words(name: &str) -> Vec<String> {
    let mut found = Vec::new();
    for piece in words_and_numbers(name) {
        push_unglued(&mut found, &piece);
    }
    found
}

fn push_unglued(found: &mut Vec<String>, word: &str) {
    if let Some((_, parts)) = GLUED_WORDS.iter().find(|(glued, _)| *glued == word) {
        found.extend(parts.iter().map(ToString::to_string));
        return;
    }
    for head in GLUED_HEADS {
        if let Some(rest) = word.strip_suffix(head)
            && rest.len() >= 2
        {
            push_unglued(found, rest);
            push_unglued(found, head);
            return;
        }
    }
    found.push(word.to_owned());
}

/// Whether a text, cut at punctuation, consists of nothing but words that people write into placeholders
/// (`super-secret-key`, `changeme`, `mysecretpassword`); digits between and behind them do not count as words.
pub(super) fn is_placeholder_phrase(text: &str) -> bool {
    let mut any = false;
    for word in words_and_numbers(text) {
        if word.bytes().all(|byte| byte.is_ascii_digit()) {
            continue;
        }
        if !splits_into(&word, PLACEHOLDER_WORDS) {
            return false;
        }
        any = true;
    }
    any
}

/// Whether a lower-case word is a sequence of words from the list (dynamic programming over a bounded length).
fn splits_into(word: &str, list: &[&str]) -> bool {
    if word.len() > 80 || !word.is_ascii() {
        return false;
    }
    let mut reachable = vec![false; word.len() + 1];
    reachable[0] = true;
    for start in 0..word.len() {
        if !reachable[start] {
            continue;
        }
        for part in list {
            if word[start..].starts_with(part) {
                reachable[start + part.len()] = true;
            }
        }
    }
    reachable[word.len()]
}

/// Whether a word can be spoken: letters in one case (or capitalised), vowels among them, no long run of consonants.
/// Random letters rarely pass, English and its abbreviations mostly do.
pub(super) fn is_wordlike(word: &str) -> bool {
    if word.is_empty() || !word.bytes().all(|byte| byte.is_ascii_alphabetic()) {
        return false;
    }
    let one_case = word.bytes().skip(1).all(|byte| byte.is_ascii_lowercase())
        || word.bytes().all(|byte| byte.is_ascii_uppercase());
    if !one_case || word.len() > 20 {
        return false;
    }
    if word.len() <= 4 {
        return true;
    }
    let lower = word.to_ascii_lowercase();
    let is_vowel = |byte: u8| matches!(byte, b'a' | b'e' | b'i' | b'o' | b'u' | b'y');
    let vowels = lower.bytes().filter(|&byte| is_vowel(byte)).count();
    let mut consonant_run = 0;
    let mut longest_run = 0;
    for byte in lower.bytes() {
        consonant_run = if is_vowel(byte) { 0 } else { consonant_run + 1 };
        longest_run = longest_run.max(consonant_run);
    }
    let rare = lower.bytes().filter(|byte| matches!(byte, b'q' | b'x' | b'z' | b'j')).count();
    vowels * 8 >= lower.len() && vowels * 10 <= lower.len() * 8 && longest_run <= 5 && rare * 4 <= lower.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn splits_every_spelling_alike() {
        for (name, expected) in [
            ("DB_PASSWORD", "db password"),
            ("dbPassword", "db password"),
            ("db-password", "db password"),
            ("dbpassword", "db password"),
            ("APIKey", "api key"),
            ("apikey", "api key"),
            ("X-Api-Key", "x api key"),
            ("awsSecretAccessKey", "aws secret access key"),
            ("jwtsecret", "jwt secret"),
            ("password2", "password 2"),
            ("spring.datasource.password", "spring datasource password"),
            ("tokenizer", "tokenizer"),
            ("JWTSecretKey", "jwt secret key"),
            ("OAuth2Token", "o auth 2 token"),
            ("", ""),
        ] {
            assert_eq!(words(name).join(" "), expected, "{name}");
        }
    }

    #[test]
    fn recognises_phrases_of_placeholder_words() {
        for text in
            ["changeme", "change-me", "super-secret-key", "mysecretpassword", "your_api_key_here", "dev-secret-123"]
        {
            assert!(is_placeholder_phrase(text), "{text}");
        }
        for text in ["hunter2", "kX9fLq2v", "", "12345", "correcthorsebattery"] {
            assert!(!is_placeholder_phrase(text), "{text}");
        }
    }

    #[test]
    fn tells_words_from_random_letters() {
        for word in ["password", "Bearer", "oauth", "strength", "CLIENT", "rhythm", "jwt"] {
            assert!(is_wordlike(word), "{word}");
        }
        for word in ["xkqzvbnm", "aBcDeFgh", "kqjzxwvt", "hunter2"] {
            assert!(!is_wordlike(word), "{word}");
        }
    }
}
