//! Names as words: `dbPassword`, `DB_PASSWORD` and `db-password` are all `db`, `password`.
//!
//! Knows letters, not meanings: what a word speaks of is judged where it matters.

/// Characters of a name that are looked at.
const MAX_LENGTH: usize = 512;

/// The words of a name in small letters, cut at punctuation and at changes of case (`APIKey` is `api`, `key`). Digits stay
/// with the letters before them (`oauth2`).
pub fn words(name: &str) -> Vec<String> {
    split(name, false)
}

/// As [`words`], cut between letters and digits as well (`sha256` is `sha`, `256`).
pub fn words_and_numbers(name: &str) -> Vec<String> {
    split(name, true)
}

fn split(name: &str, are_digits_apart: bool) -> Vec<String> {
    let characters: Vec<char> = name.chars().take(MAX_LENGTH).collect();
    let mut found = Vec::new();
    let mut current = String::new();
    for (index, &character) in characters.iter().enumerate() {
        if !character.is_alphanumeric() {
            flush(&mut found, &mut current);
            continue;
        }
        if let Some(&before) = index.checked_sub(1).and_then(|last| characters.get(last)) {
            let next_is_lower = characters.get(index + 1).is_some_and(|next| next.is_lowercase());
            let was_small = before.is_lowercase() || (!are_digits_apart && before.is_ascii_digit());
            let is_hump = character.is_uppercase() && (was_small || (before.is_uppercase() && next_is_lower));
            let is_number = are_digits_apart && character.is_ascii_digit() != before.is_ascii_digit();
            if is_hump || is_number {
                flush(&mut found, &mut current);
            }
        }
        current.extend(character.to_lowercase());
    }
    flush(&mut found, &mut current);
    found
}

fn flush(found: &mut Vec<String>, current: &mut String) {
    if !current.is_empty() {
        found.push(std::mem::take(current));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_fall_into_words() {
        assert_eq!(words("dbPassword"), ["db", "password"]);
        assert_eq!(words("DB_PASSWORD"), ["db", "password"]);
        assert_eq!(words("X-API-Key"), ["x", "api", "key"]);
        assert_eq!(words("APIKey"), ["api", "key"]);
        assert_eq!(words("oauth2Scheme"), ["oauth2", "scheme"]);
        assert_eq!(words("--"), [] as [String; 0]);
        assert_eq!(words_and_numbers("sha256Sum"), ["sha", "256", "sum"]);
    }
}
