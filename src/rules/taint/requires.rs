//! `requires`: conditions on the labels that a value carries.

use super::super::formula::Mistake;

/// Nested parentheses and `not`s in one condition.
const MAX_NESTING: usize = 32;

/// A condition on labels.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LabelCondition {
    /// The value carries the label with this number in [`TaintCheck::labels`](super::TaintCheck::labels).
    Has(u8),
    /// It does not hold.
    Not(Box<LabelCondition>),
    /// Both hold.
    And(Box<LabelCondition>, Box<LabelCondition>),
    /// At least one holds.
    Or(Box<LabelCondition>, Box<LabelCondition>),
    /// `True`, `False`.
    Always(bool),
}

impl LabelCondition {
    /// Reads `A and (B or not C)`; `number` gives each label its number.
    pub(super) fn parse(text: &str, number: &mut dyn FnMut(&str) -> Result<u8, Mistake>) -> Result<Self, Mistake> {
        let words = words(text);
        let mut parser = Parser { words: &words, at: 0, depth: 0, number };
        let condition = parser.either()?;
        match parser.words.get(parser.at) {
            None => Ok(condition),
            Some(word) => Err(Mistake::new("requires", format!("`{word}` stands where the condition should end"))),
        }
    }

    /// The labels of a condition that is nothing but `A or B or ...`.
    pub(super) fn any_of(&self) -> Option<Vec<u8>> {
        match self {
            Self::Has(label) => Some(vec![*label]),
            Self::Or(left, right) => {
                let mut labels = left.any_of()?;
                labels.extend(right.any_of()?);
                Some(labels)
            }
            Self::Not(_) | Self::And(..) | Self::Always(_) => None,
        }
    }

    /// Whether it holds for a value that carries the labels for which `has` is true.
    pub fn holds(&self, has: &dyn Fn(u8) -> bool) -> bool {
        match self {
            Self::Has(label) => has(*label),
            Self::Not(inner) => !inner.holds(has),
            Self::And(left, right) => left.holds(has) && right.holds(has),
            Self::Or(left, right) => left.holds(has) || right.holds(has),
            Self::Always(value) => *value,
        }
    }
}

/// Names, and parentheses one by one.
fn words(text: &str) -> Vec<&str> {
    let mut words = Vec::new();
    for piece in text.split_whitespace() {
        let mut rest = piece;
        while let Some(at) = rest.find(['(', ')']) {
            if at > 0 {
                words.push(&rest[..at]);
            }
            words.push(&rest[at..=at]);
            rest = &rest[at + 1..];
        }
        if !rest.is_empty() {
            words.push(rest);
        }
    }
    words
}

struct Parser<'a> {
    words: &'a [&'a str],
    at: usize,
    depth: usize,
    number: &'a mut dyn FnMut(&str) -> Result<u8, Mistake>,
}

impl<'a> Parser<'a> {
    fn take(&mut self, word: &str) -> bool {
        let found = self.words.get(self.at).is_some_and(|next| *next == word);
        self.at += usize::from(found);
        found
    }

    fn either(&mut self) -> Result<LabelCondition, Mistake> {
        let mut left = self.both()?;
        while self.take("or") {
            left = LabelCondition::Or(Box::new(left), Box::new(self.both()?));
        }
        Ok(left)
    }

    fn both(&mut self) -> Result<LabelCondition, Mistake> {
        let mut left = self.one()?;
        while self.take("and") {
            left = LabelCondition::And(Box::new(left), Box::new(self.one()?));
        }
        Ok(left)
    }

    fn one(&mut self) -> Result<LabelCondition, Mistake> {
        self.depth += 1;
        if self.depth > MAX_NESTING {
            return Err(Mistake::new("requires", "this condition is nested too deeply"));
        }
        let condition = if self.take("not") {
            LabelCondition::Not(Box::new(self.one()?))
        } else if self.take("(") {
            let inner = self.either()?;
            if !self.take(")") {
                return Err(Mistake::new("requires", "a `)` is missing"));
            }
            inner
        } else {
            self.label()?
        };
        self.depth -= 1;
        Ok(condition)
    }

    fn label(&mut self) -> Result<LabelCondition, Mistake> {
        let words: &'a [&'a str] = self.words;
        let word = match words.get(self.at) {
            Some(word) if !matches!(*word, "(" | ")" | "and" | "or" | "not") => *word,
            Some(word) => return Err(Mistake::new("requires", format!("`{word}` stands where a label should be"))),
            None => return Err(Mistake::new("requires", "the condition ends where a label should be")),
        };
        self.at += 1;
        match word {
            "True" | "true" => Ok(LabelCondition::Always(true)),
            "False" | "false" => Ok(LabelCondition::Always(false)),
            _ => (self.number)(word).map(LabelCondition::Has),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn holds(text: &str, carried: &[&str]) -> bool {
        let names = ["A", "B", "C"];
        let mut number = |name: &str| {
            names
                .iter()
                .position(|known| *known == name)
                .and_then(|at| u8::try_from(at).ok())
                .ok_or_else(|| Mistake::new("requires", "unknown"))
        };
        let condition = LabelCondition::parse(text, &mut number).expect("a condition");
        condition.holds(&|label| carried.contains(&names[usize::from(label)]))
    }

    #[test]
    fn conditions_hold_as_python_reads_them() {
        assert!(holds("A and B", &["A", "B"]));
        assert!(!holds("A and B", &["A"]));
        assert!(holds("A or B and C", &["A"]), "`and` binds tighter");
        assert!(!holds("(A or B) and C", &["A"]));
        assert!(holds("A and not (B or C)", &["A"]));
        assert!(holds("True", &[]));
    }

    #[test]
    fn mistakes_are_named() {
        let mut none = |_: &str| Ok(0);
        for text in ["", "A and", "(A", "A B", "and A", "not"] {
            assert!(LabelCondition::parse(text, &mut none).is_err(), "{text}");
        }
        let deep = "(".repeat(10_000);
        assert!(LabelCondition::parse(&deep, &mut none).is_err());
    }
}
