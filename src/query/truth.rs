//! Three-valued logic (Kleene): what depends on a value that is not in the file is neither true nor false.

use std::ops::Not;

/// An answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Truth {
    False,
    Unknown,
    True,
}

impl Truth {
    /// Both hold.
    pub fn and(self, other: impl FnOnce() -> Self) -> Self {
        if self == Self::False { self } else { self.min(other()) }
    }

    /// All hold; true for none. Stops at the first that does not.
    pub fn all(answers: impl IntoIterator<Item = Self>) -> Self {
        answers
            .into_iter()
            .try_fold(Self::True, |sum, next| match sum.min(next) {
                Self::False => Err(Self::False),
                sum => Ok(sum),
            })
            .unwrap_or_else(|early| early)
    }

    /// One holds; false for none. Stops at the first that does.
    pub fn any(answers: impl IntoIterator<Item = Self>) -> Self {
        !Self::all(answers.into_iter().map(Not::not))
    }
}

impl Not for Truth {
    type Output = Self;

    fn not(self) -> Self {
        match self {
            Self::False => Self::True,
            Self::Unknown => Self::Unknown,
            Self::True => Self::False,
        }
    }
}

impl From<bool> for Truth {
    fn from(value: bool) -> Self {
        if value { Self::True } else { Self::False }
    }
}

/// `None` is unknown.
impl From<Option<bool>> for Truth {
    fn from(value: Option<bool>) -> Self {
        value.map_or(Self::Unknown, Self::from)
    }
}

#[cfg(test)]
mod tests {
    use super::Truth::{False, True, Unknown};
    use super::*;

    #[test]
    fn unknown_spreads_only_where_it_decides() {
        assert_eq!(Truth::all([True, Unknown]), Unknown);
        assert_eq!(Truth::all([Unknown, False]), False);
        assert_eq!(Truth::any([Unknown, True]), True);
        assert_eq!(Truth::any([Unknown, False]), Unknown);
        assert_eq!(!Unknown, Unknown);
        assert_eq!((Truth::all([]), Truth::any([])), (True, False));
        assert_eq!(Unknown.and(|| False), False);
    }
}
