//! Versions of packages and actions: numbers with dots, compared as numbers.
//!
//! Pre-releases, epochs and local parts are cut off: the tables that ask know released versions only.

use std::cmp::Ordering;

/// The numbers of a version; `None` where it does not begin with one. A leading `v` is allowed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Version(Vec<u32>);

impl Version {
    /// Reads `1.2.3`, `v4`, `2.0.0rc1` (2.0.0), `1.0+cu118` (1.0).
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let text = text.strip_prefix(['v', 'V']).unwrap_or(text);
        let mut numbers = Vec::new();
        for part in text.split('.').take(8) {
            let digits = part.find(|character: char| !character.is_ascii_digit()).unwrap_or(part.len());
            if digits == 0 {
                break;
            }
            numbers.push(part[..digits].parse().ok()?);
            if digits < part.len() {
                break;
            }
        }
        (!numbers.is_empty()).then_some(Self(numbers))
    }

    /// Compares only as many numbers as this version has: `v4` is equal to 4.1.2.
    pub fn compare_prefix(&self, other: &Self) -> Ordering {
        let other: Vec<u32> = (0..self.0.len()).map(|at| other.0.get(at).copied().unwrap_or(0)).collect();
        self.0.cmp(&other)
    }
}

impl PartialOrd for Version {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Version {
    /// Missing numbers are 0.
    fn cmp(&self, other: &Self) -> Ordering {
        let number = |version: &Self, at: usize| version.0.get(at).copied().unwrap_or(0);
        (0..self.0.len().max(other.0.len()))
            .map(|at| number(self, at).cmp(&number(other, at)))
            .find(|order| order.is_ne())
            .unwrap_or(Ordering::Equal)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_compared_as_numbers() {
        let version = |text| Version::parse(text).unwrap();
        assert!(version("0.0.18") > version("0.0.7"));
        assert_eq!(version("1.0").cmp(&version("1.0.0")), Ordering::Equal);
        assert!(version("2.0.0rc1") == version("2.0.0") && version("1.0+cu118") == version("1.0"));
        assert!(version("v45").compare_prefix(&version("46.0.1")).is_lt());
        assert!(version("v4").compare_prefix(&version("4.1.3")).is_eq());
        assert!(Version::parse("main").is_none() && Version::parse("").is_none());
        assert!(Version::parse("99999999999.1").is_none());
    }
}
