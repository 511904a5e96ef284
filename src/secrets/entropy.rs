//! How random a text looks: Shannon entropy and the classes of its characters.
//!
//! Numbers only; what they mean for a value is judged elsewhere.

/// Shannon entropy of the bytes, in bits a byte; 0 for an empty text.
pub(super) fn shannon(text: &str) -> f64 {
    let mut counts = [0_u32; 256];
    for byte in text.bytes() {
        counts[usize::from(byte)] += 1;
    }
    let total = f64::from(u32::try_from(text.len()).unwrap_or(u32::MAX));
    counts
        .iter()
        .filter(|&&count| count > 0)
        .map(|&count| {
            let share = f64::from(count) / total;
            -share * share.log2()
        })
        .sum()
}

/// How many characters of each class a text has.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Classes {
    pub(super) lower: usize,
    pub(super) upper: usize,
    pub(super) digit: usize,
    pub(super) symbol: usize,
    /// Letters beyond ASCII.
    pub(super) foreign: usize,
}

impl Classes {
    /// Counts.
    pub(super) fn of(text: &str) -> Self {
        let mut classes = Self::default();
        for character in text.chars() {
            let slot = match character {
                'a'..='z' => &mut classes.lower,
                'A'..='Z' => &mut classes.upper,
                '0'..='9' => &mut classes.digit,
                _ if character.is_alphabetic() => &mut classes.foreign,
                _ => &mut classes.symbol,
            };
            *slot += 1;
        }
        classes
    }

    /// ASCII letters.
    pub(super) const fn letters(self) -> usize {
        self.lower + self.upper
    }
}

/// Number of changes between letter, digit and the two cases: `aB3x` has three, `password2024` one.
pub(super) fn class_changes(text: &str) -> usize {
    let class = |byte: u8| match byte {
        b'a'..=b'z' => 0,
        b'A'..=b'Z' => 1,
        b'0'..=b'9' => 2,
        _ => 3,
    };
    let classes: Vec<u8> = text.bytes().map(class).collect();
    classes.windows(2).filter(|pair| pair[0] != pair[1] && pair[0] != 3 && pair[1] != 3).count()
}

/// Whether a run of one character, or of neighbours in the alphabet or on the number row, makes up much of the text:
/// `aaaaaa`, `12345678`, `abcdefgh`. Keys that a generator made do not hold such runs.
pub(super) fn has_long_run(text: &str) -> bool {
    let bytes = text.as_bytes();
    let limit = if bytes.len() >= 16 { 7 } else { 5 };
    let mut same = 1;
    let mut rising = 1;
    for pair in bytes.windows(2) {
        same = if pair[0] == pair[1] { same + 1 } else { 1 };
        let follows = pair[0].is_ascii_alphanumeric()
            && (pair[0].checked_add(1) == Some(pair[1]) || (pair[0] == b'9' && pair[1] == b'0'));
        rising = if follows { rising + 1 } else { 1 };
        if same >= limit || rising >= limit {
            return true;
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn measures_entropy() {
        assert!(shannon("") < f64::EPSILON);
        assert!(shannon("aaaa") < f64::EPSILON);
        assert!((shannon("abcd") - 2.0).abs() < 1e-9);
        assert!(shannon("kX9fLq2vR7mZtB4wYc1N") > 4.0);
    }

    #[test]
    fn sees_runs() {
        for text in ["aaaaaa", "12345678", "x-abcdefgh-xxxxxxxxxx", "7890123456789"] {
            assert!(has_long_run(text), "{text}");
        }
        for text in ["hunter2", "kX9fLq2vR7mZtB4wYc1N", "1223334444"] {
            assert!(!has_long_run(text), "{text}");
        }
    }

    #[test]
    fn counts_changes_of_class() {
        assert_eq!(class_changes("aB3x"), 3);
        assert_eq!(class_changes("password2024"), 1);
        assert_eq!(class_changes("a-b-1"), 0);
    }
}
