//! Sizes in bytes: nginx `10m`, Docker `512mb`, Kubernetes `512Mi`, systemd `2G`.

/// The number of bytes that a text spells.
///
/// A unit is its first letter: every form of it (`m`, `M`, `mb`, `MB`, `Mi`, `MiB`) counts 1024 at a step, as nginx and
/// Docker do. Kubernetes' decimal `M` is 5 % smaller, which no limit in a rule depends on.
pub fn parse(text: &str) -> Option<f64> {
    let text = text.trim();
    let split = text.find(|part: char| !part.is_ascii_digit() && part != '.').unwrap_or(text.len());
    let (digits, unit) = text.split_at(split);
    let amount: f64 = digits.parse().ok()?;
    let unit = unit.trim().to_ascii_lowercase();
    let power = match unit.trim_end_matches("ib").trim_end_matches(['b', 'i']) {
        "" => 0,
        "k" => 1,
        "m" => 2,
        "g" => 3,
        "t" => 4,
        "p" => 5,
        "e" => 6,
        _ => return None,
    };
    Some(amount * 1024_f64.powi(power))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn reads_the_units_of_every_product() {
        let mebibyte = 1024.0 * 1024.0;
        for text in ["10m", "10M", "10mb", "10 MB", "10Mi", "10MiB", "10485760"] {
            assert_eq!(parse(text), Some(10.0 * mebibyte), "{text}");
        }
        assert_eq!(parse("1.5g"), Some(1536.0 * mebibyte));
        assert_eq!(parse("0"), Some(0.0));
        for text in ["", "m", "10x", "ten", "-1m", "1.2.3k"] {
            assert_eq!(parse(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn never_panics(text in "\\PC*") {
            let _ = parse(&text);
        }
    }
}
