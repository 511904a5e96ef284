//! The `Referrer-Policy` header (Referrer Policy, W3C): a list of which the last known word counts.

const POLICIES: [&str; 8] = [
    "no-referrer",
    "no-referrer-when-downgrade",
    "same-origin",
    "origin",
    "strict-origin",
    "origin-when-cross-origin",
    "strict-origin-when-cross-origin",
    "unsafe-url",
];

/// The policy that a browser follows; `None` where it knows no word of the header.
pub fn effective(header: &str) -> Option<&'static str> {
    header
        .split(',')
        .filter_map(|word| POLICIES.iter().find(|policy| policy.eq_ignore_ascii_case(word.trim())).copied())
        .next_back()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_known_word_counts() {
        assert_eq!(effective("no-referrer, strict-origin-when-cross-origin"), Some("strict-origin-when-cross-origin"));
        assert_eq!(effective("no-referrer, brand-new"), Some("no-referrer"));
        assert_eq!(effective("Unsafe-URL"), Some("unsafe-url"));
        assert_eq!(effective("never"), None);
    }
}
