//! Numbers as YAML, TOML and INI files write them.

/// The number that a text spells: decimal with optional fraction and exponent, `_` between digits, `0x`, `0o`, `0b`.
pub fn parse(text: &str) -> Option<f64> {
    let text = text.trim();
    let (negative, digits) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let digits = digits.replace('_', "");
    let radix = |radix: u32| u64::from_str_radix(&digits[2..], radix).ok().map(as_float);
    let value = match digits.get(..2) {
        Some("0x" | "0X") => radix(16),
        Some("0o" | "0O") => radix(8),
        Some("0b" | "0B") => radix(2),
        // `inf` and `nan` are words here, not numbers.
        _ if digits.starts_with(|first: char| first.is_ascii_digit() || first == '.') => digits.parse().ok(),
        _ => None,
    }?;
    Some(if negative { -value } else { value })
}

#[expect(clippy::cast_precision_loss, reason = "comparisons need no more than 53 bits")]
const fn as_float(value: u64) -> f64 {
    value as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn reads_numbers() {
        assert_eq!(parse("42"), Some(42.0));
        assert_eq!(parse("-1_000"), Some(-1000.0));
        assert_eq!(parse("0x1F"), Some(31.0));
        assert_eq!(parse("1.5e3"), Some(1500.0));
        assert_eq!(parse("inf"), None);
        assert_eq!(parse("10m"), None);
        assert_eq!(parse("0x"), None);
    }

    proptest! {
        #[test]
        fn never_panics(text in "\\PC*") {
            let _ = parse(&text);
        }
    }
}
