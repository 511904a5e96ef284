//! Ranges of comparable values.

use super::compile::SpecError;
use super::value_spec::{NumberRange, TextRange};

/// A range of numbers, sizes in bytes, durations in seconds, or versions by rank.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Range {
    below: Option<f64>,
    above: Option<f64>,
    at_least: Option<f64>,
    at_most: Option<f64>,
    equals: Option<f64>,
}

impl Range {
    pub fn numbers(spec: &NumberRange) -> Self {
        Self {
            below: spec.below,
            above: spec.above,
            at_least: spec.at_least,
            at_most: spec.at_most,
            equals: spec.equals,
        }
    }

    /// A range whose bounds a parser reads.
    pub fn texts(spec: &TextRange, parse: impl Fn(&str) -> Option<f64>, what: &str) -> Result<Self, SpecError> {
        let bound = |key: &str, bound: &Option<super::one_or_many::Scalar>| match bound {
            None => Ok(None),
            Some(text) => {
                parse(&text.0).map(Some).ok_or_else(|| SpecError::new(format!("`{}` is no {what}", text.0)).below(key))
            }
        };
        Ok(Self {
            below: bound("below", &spec.below)?,
            above: bound("above", &spec.above)?,
            at_least: bound("at-least", &spec.at_least)?,
            at_most: bound("at-most", &spec.at_most)?,
            equals: bound("equals", &spec.equals)?,
        })
    }

    #[expect(clippy::float_cmp, reason = "both sides are read from decimal text by the same parser")]
    pub fn contains(&self, value: f64) -> bool {
        self.below.is_none_or(|bound| value < bound)
            && self.above.is_none_or(|bound| value > bound)
            && self.at_least.is_none_or(|bound| value >= bound)
            && self.at_most.is_none_or(|bound| value <= bound)
            && self.equals.is_none_or(|bound| value == bound)
    }
}
