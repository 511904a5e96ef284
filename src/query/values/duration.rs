//! Durations: nginx `1h30m`, Docker `1m30s`, systemd `5min 20s`, plain seconds.

/// The seconds that a text spells.
///
/// `m` is a minute, `M` a month of 30 days (as nginx has it), a year has 365 days; a number without a unit counts
/// seconds. `infinity` is infinite.
pub fn parse(text: &str) -> Option<f64> {
    let mut rest = text.trim();
    if rest.eq_ignore_ascii_case("infinity") {
        return Some(f64::INFINITY);
    }
    if rest.is_empty() {
        return None;
    }
    let mut total = 0.0;
    while !rest.is_empty() {
        let split = rest.find(|part: char| !part.is_ascii_digit() && part != '.').unwrap_or(rest.len());
        let amount: f64 = rest[..split].parse().ok()?;
        rest = rest[split..].trim_start();
        let split = rest.find(|part: char| !part.is_alphabetic()).unwrap_or(rest.len());
        total += amount * unit_seconds(&rest[..split])?;
        rest = rest[split..].trim_start();
    }
    Some(total)
}

fn unit_seconds(unit: &str) -> Option<f64> {
    const DAY: f64 = 86_400.0;
    if unit == "M" {
        return Some(30.0 * DAY);
    }
    Some(match unit.to_ascii_lowercase().as_str() {
        "ns" | "nsec" => 1e-9,
        "us" | "usec" | "µs" => 1e-6,
        "ms" | "msec" => 1e-3,
        "" | "s" | "sec" | "secs" | "second" | "seconds" => 1.0,
        "m" | "min" | "mins" | "minute" | "minutes" => 60.0,
        "h" | "hr" | "hour" | "hours" => 3600.0,
        "d" | "day" | "days" => DAY,
        "w" | "week" | "weeks" => 7.0 * DAY,
        "month" | "months" => 30.0 * DAY,
        "y" | "year" | "years" => 365.0 * DAY,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn reads_the_notations_of_every_product() {
        assert_eq!(parse("30s"), Some(30.0));
        assert_eq!(parse("90"), Some(90.0));
        assert_eq!(parse("1h30m"), Some(5400.0));
        assert_eq!(parse("1h 30m"), Some(5400.0));
        assert_eq!(parse("5min 20s"), Some(320.0));
        assert_eq!(parse("1500ms"), Some(1.5));
        assert_eq!(parse("1M"), Some(2_592_000.0));
        assert_eq!(parse("180d"), Some(15_552_000.0));
        assert_eq!(parse("infinity"), Some(f64::INFINITY));
        for text in ["", "s", "10 apples", "1.2.3s", "-5s"] {
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
