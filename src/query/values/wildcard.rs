//! Names with `*` (any characters, none too) and `?` (one character), for keys, images and paths in rules.

/// Whether a text matches a wildcard pattern as a whole. Takes at most pattern length times text length steps.
pub fn matches(pattern: &str, text: &str, ignore_case: bool) -> bool {
    let same = |left: u8, right: u8| left == right || (ignore_case && left.eq_ignore_ascii_case(&right));
    let (pattern, text) = (pattern.as_bytes(), text.as_bytes());
    let (mut at_pattern, mut at_text) = (0, 0);
    // Where to go on when a later part fails: behind the last `*`, with one more byte of text given to it.
    let mut retry: Option<(usize, usize)> = None;
    while at_text < text.len() {
        match pattern.get(at_pattern) {
            Some(b'*') => {
                retry = Some((at_pattern + 1, at_text));
                at_pattern += 1;
            }
            Some(b'?') => {
                at_pattern += 1;
                at_text += 1;
                while text.get(at_text).is_some_and(|byte| byte & 0b1100_0000 == 0b1000_0000) {
                    at_text += 1;
                }
            }
            Some(&byte) if same(byte, text[at_text]) => {
                at_pattern += 1;
                at_text += 1;
            }
            _ => {
                let Some((behind_star, given)) = retry else { return false };
                retry = Some((behind_star, given + 1));
                at_pattern = behind_star;
                at_text = given + 1;
            }
        }
    }
    pattern[at_pattern..].iter().all(|&byte| byte == b'*')
}

/// Whether a pattern has a wildcard at all.
pub fn is_wildcard(pattern: &str) -> bool {
    pattern.contains(['*', '?'])
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn matches_whole_texts() {
        assert!(matches("*_PASSWORD", "DB_PASSWORD", false));
        assert!(!matches("*_PASSWORD", "DB_PASSWORD_FILE", false));
        assert!(matches("postgres*", "postgres", false));
        assert!(matches("a*b*c", "aXbbYc", false));
        assert!(!matches("a*b*c", "aXbbY", false));
        assert!(matches("?", "é", false));
        assert!(matches("HOST", "host", true));
        assert!(matches("*", "", false));
        assert!(!matches("", "x", false));
    }

    #[test]
    fn many_stars_stay_fast() {
        assert!(!matches(&"*a".repeat(200), &"a".repeat(100).repeat(2)[..199], false));
    }

    proptest! {
        #[test]
        fn never_panics(pattern in "[a*?é]{0,12}", text in "[abé]{0,20}") {
            let _ = matches(&pattern, &text, true);
        }

        #[test]
        fn a_text_matches_itself(text in "[a-z./:_-]{0,30}") {
            prop_assert!(matches(&text, &text, false));
        }
    }
}
