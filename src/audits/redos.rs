//! Whether a backtracking engine (PCRE, Python's `re`) can be made to take exponentially long over a regular expression.
//!
//! Looks for a repetition without end whose body can be split in several ways, by a repetition in it that nothing separates
//! from the next round; and for something behind it that can fail, without which the engine never goes back. Alternatives
//! of single characters count as the class that they are. Expressions that are not understood (lookarounds, possessive
//! quantifiers) count as safe.

use regex_syntax::hir::{Class, ClassUnicode, Hir, HirKind};

/// Longest expression that is looked at.
const LONGEST: usize = 2_000;

/// Whether some text makes matching explode.
pub(super) fn explodes(regex: &str) -> bool {
    if regex.len() > LONGEST {
        return false;
    }
    let Ok(hir) = regex_syntax::ParserBuilder::new().nest_limit(50).build().parse(regex) else { return false };
    is_bad(&hir, false)
}

/// `can_fail`: whether something behind this part may not match.
fn is_bad(hir: &Hir, can_fail: bool) -> bool {
    match hir.kind() {
        HirKind::Capture(capture) => is_bad(&capture.sub, can_fail),
        HirKind::Alternation(parts) => parts.iter().any(|part| is_bad(part, can_fail)),
        HirKind::Concat(parts) => {
            let mut fails_behind = can_fail;
            for part in parts.iter().rev() {
                if is_bad(part, fails_behind) {
                    return true;
                }
                fails_behind |= matches!(part.kind(), HirKind::Look(_)) || !is_nullable(part);
            }
            false
        }
        HirKind::Repetition(repetition) => {
            let has_no_end = repetition.max.is_none_or(|max| max > 50);
            (has_no_end && can_fail && is_ambiguous(&repetition.sub)) || is_bad(&repetition.sub, can_fail || has_no_end)
        }
        _ => false,
    }
}

/// Whether rounds of a repetition can be cut in several ways.
fn is_ambiguous(body: &Hir) -> bool {
    let body = uncaptured(body);
    match body.kind() {
        HirKind::Alternation(parts) => parts.iter().any(|part| has_no_end(part) && is_ambiguous(part)),
        _ => {
            let parts: Vec<&Hir> = match body.kind() {
                HirKind::Concat(parts) => parts.iter().collect(),
                _ => vec![body],
            };
            // A repetition that the rest of the round does not keep apart from the next one.
            parts.iter().enumerate().any(|(index, part)| {
                let part = uncaptured(part);
                let HirKind::Repetition(inner) = part.kind() else { return false };
                if inner.max.is_some_and(|max| max <= 50) {
                    return false;
                }
                let Some(inside) = characters(&inner.sub) else { return false };
                let others = parts.iter().enumerate().filter(|(other, _)| *other != index);
                others.map(|(_, other)| *other).all(|other| {
                    is_nullable(other) || characters(other).is_some_and(|separator| overlap(&inside, &separator))
                })
            })
        }
    }
}

fn uncaptured(mut hir: &Hir) -> &Hir {
    while let HirKind::Capture(capture) = hir.kind() {
        hir = &capture.sub;
    }
    hir
}

fn has_no_end(hir: &Hir) -> bool {
    hir.properties().maximum_len().is_none()
}

fn is_nullable(hir: &Hir) -> bool {
    hir.properties().minimum_len() == Some(0)
}

/// All characters that a part can hold; `None` where bytes make it unclear.
fn characters(hir: &Hir) -> Option<ClassUnicode> {
    let mut all = ClassUnicode::empty();
    let mut open = vec![hir];
    while let Some(hir) = open.pop() {
        match hir.kind() {
            HirKind::Literal(literal) => {
                for character in std::str::from_utf8(&literal.0).ok()?.chars() {
                    all.push(regex_syntax::hir::ClassUnicodeRange::new(character, character));
                }
            }
            HirKind::Class(Class::Unicode(class)) => all.union(class),
            HirKind::Class(Class::Bytes(_)) => return None,
            HirKind::Repetition(repetition) => open.push(&repetition.sub),
            HirKind::Capture(capture) => open.push(&capture.sub),
            HirKind::Concat(parts) | HirKind::Alternation(parts) => open.extend(parts),
            HirKind::Empty | HirKind::Look(_) => {}
        }
    }
    Some(all)
}

fn overlap(left: &ClassUnicode, right: &ClassUnicode) -> bool {
    let mut both = left.clone();
    both.intersect(right);
    !both.ranges().is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nested_quantifiers_explode() {
        for regex in [
            r"^(a+)+$",
            r"^/x/([a-z]+)*/y$",
            r"^(\w+\s?)*$",
            r"^/(.*,)*$",
            r"^([\w.]+)*@x$",
            r"(\d+)*\.html$",
            r"^(?:[^/]+/?)+$",
        ] {
            assert!(explodes(regex), "{regex}");
        }
    }

    #[test]
    fn what_separates_its_rounds_does_not() {
        for regex in [
            r"^(/[^/]+)*$",
            r"^/api/(v\d+/)*users$",
            r"\.(jpe?g|png|gif)$",
            r"^/([a-z0-9-]+)/(.*)$",
            r"^([^.]+\.)*example\.com$",
            r"(curl|wget)",
            r"^(a+)+",
            r"^https?://([a-z0-9-]+\.)*example\.com(:\d+)?$",
            r"^[a-z]+[0-9]+$",
            r"^(?:\d{1,3}\.){3}\d{1,3}$",
            r"^/static/(.*)\.[0-9a-f]{8}\.(css|js)$",
        ] {
            assert!(!explodes(regex), "{regex}");
        }
    }
}
