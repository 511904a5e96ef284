//! Texts with parts that only the running system knows: `${VAR}`, `$(VAR)`, `{{ template }}`.
//!
//! Expansion puts a *hole* where such a part stands: the variable's name between two [`HOLE`] characters. A part with a
//! default (`${VAR:-default}`) is its default.

/// Marks the begin and the end of a hole (the control character «substitute», which no configuration text holds).
pub const HOLE: char = '\u{1a}';

/// Which notations a text uses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Notation {
    /// `$VAR`, `${VAR...}` with shell defaults, `$$` for a dollar sign, templates.
    Shell,
    /// `${VAR...}`, `$(VAR)` and templates; a lone dollar sign is a character (Kubernetes and most YAML).
    Braces,
    /// Templates only; `$` is part of the language and left alone (nginx, workflow expressions).
    Templates,
}

/// How deep defaults may nest (`${A:-${B:-c}}`); deeper ones are holes.
const MAX_NESTING: usize = 8;

/// How long the inside of brackets may be, in bytes.
const LONGEST: usize = 2048;

/// How many signs that begin no variable a text may have; what follows is taken as it stands.
const MAX_FAILURES: usize = 1000;

/// Whether a text has a hole.
pub fn has(text: &str) -> bool {
    text.contains(HOLE)
}

/// Whether a text is one hole and nothing else; then the name of its variable.
pub fn whole(text: &str) -> Option<&str> {
    let inner = text.strip_prefix(HOLE)?.strip_suffix(HOLE)?;
    (!inner.contains(HOLE)).then_some(inner)
}

/// A value of which nothing is known.
pub fn unknown() -> String {
    format!("{HOLE}{HOLE}")
}

/// The text as people read it: holes as `${NAME}`.
pub fn readable(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut open = false;
    for part in text.split(HOLE) {
        if open {
            out.push_str("${");
            out.push_str(part);
            out.push('}');
        } else {
            out.push_str(part);
        }
        open = !open;
    }
    out
}

/// Replaces variables and templates. `lookup` gives the value of a variable where the file says it.
pub fn expand(text: &str, notation: Notation, lookup: &dyn Fn(&str) -> Option<String>) -> String {
    expand_nested(text, notation, lookup, 0)
}

fn expand_nested(text: &str, notation: Notation, lookup: &dyn Fn(&str) -> Option<String>, nesting: usize) -> String {
    if !text.contains(['$', '{', '<', HOLE]) {
        return text.to_owned();
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    let mut failures = 0;
    while let Some(at) = rest.find(['$', '{', '<', HOLE]) {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let used = template(rest, &mut out).or_else(|| match notation {
            Notation::Templates => None,
            _ => variable(rest, notation, lookup, nesting, &mut out),
        });
        if let Some(used) = used {
            rest = &rest[used..];
        } else {
            failures += 1;
            if failures > MAX_FAILURES {
                break;
            }
            let first = rest.chars().next().map_or(1, char::len_utf8);
            // A substitute character in the file itself must not look like a hole.
            out.push_str(if rest.starts_with(HOLE) { "\u{fffd}" } else { &rest[..first] });
            rest = &rest[first..];
        }
    }
    // Whatever is left holds no variable, but it may hold substitute characters of the file itself.
    out.push_str(&rest.replace(HOLE, "\u{fffd}"));
    out
}

/// `{{ ... }}`, `${{ ... }}`, `{% ... %}`, `<% ... %>`: how many bytes it takes.
fn template(text: &str, out: &mut String) -> Option<usize> {
    const BRACKETS: [(&str, &str); 4] = [("${{", "}}"), ("{{", "}}"), ("{%", "%}"), ("<%", "%>")];
    let (open, close) = BRACKETS.iter().find(|(open, _)| text.starts_with(open))?;
    let inner = window(&text[open.len()..]);
    let length = inner.find(close)?;
    push_hole(out, &inner[..length]);
    Some(open.len() + length + close.len())
}

/// A variable at the start of a text: how many bytes it takes.
fn variable(
    text: &str,
    notation: Notation,
    lookup: &dyn Fn(&str) -> Option<String>,
    nesting: usize,
    out: &mut String,
) -> Option<usize> {
    let after = text.strip_prefix('$')?;
    if let Some(inner) = after.strip_prefix('{') {
        let length = balanced(inner, '{', '}')?;
        braced(&inner[..length], notation, lookup, nesting, out);
        return Some(length + 3);
    }
    if let Some(inner) = after.strip_prefix('(') {
        let length = balanced(inner, '(', ')')?;
        push_hole(out, &inner[..length]);
        return Some(length + 3);
    }
    if notation != Notation::Shell {
        return None;
    }
    if after.starts_with('$') {
        out.push('$');
        return Some(2);
    }
    let length = name_length(after);
    if length == 0 {
        return None;
    }
    match lookup(&after[..length]) {
        Some(value) => out.push_str(&value),
        None => push_hole(out, &after[..length]),
    }
    Some(length + 1)
}

/// The inside of `${...}`.
fn braced(inner: &str, notation: Notation, lookup: &dyn Fn(&str) -> Option<String>, nesting: usize, out: &mut String) {
    let (name, modifier) = inner.split_at(name_length(inner));
    let known = lookup(name);
    let default = modifier.strip_prefix(":-").or_else(|| modifier.strip_prefix('-'));
    match (known, default) {
        (Some(value), Some(_)) if value.is_empty() && modifier.starts_with(':') => {}
        (Some(value), Some(_)) => return out.push_str(&value),
        (Some(value), None) if modifier.is_empty() => return out.push_str(&value),
        _ => {}
    }
    match default {
        Some(default) if nesting < MAX_NESTING => {
            out.push_str(&expand_nested(default, notation, lookup, nesting + 1));
        }
        _ => push_hole(out, name),
    }
}

/// Offset of the bracket that closes one opened just before the text.
fn balanced(text: &str, open: char, close: char) -> Option<usize> {
    let mut depth = 1_usize;
    for (offset, character) in window(text).char_indices() {
        if character == open {
            depth += 1;
        } else if character == close {
            depth -= 1;
            if depth == 0 {
                return Some(offset);
            }
        }
    }
    None
}

/// The part of a text in which a closing bracket is looked for: brackets that never close must not cost a look at all
/// the text each.
fn window(text: &str) -> &str {
    let mut end = text.len().min(LONGEST);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

fn name_length(text: &str) -> usize {
    text.find(|part: char| !part.is_ascii_alphanumeric() && part != '_').unwrap_or(text.len())
}

fn push_hole(out: &mut String, name: &str) {
    out.push(HOLE);
    // Only a name's characters: separators such as `:` and `/` must not appear to be in the text.
    out.extend(name.trim().chars().filter(|part| part.is_ascii_alphanumeric() || *part == '_'));
    out.push(HOLE);
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn shell(text: &str) -> String {
        readable(&expand(text, Notation::Shell, &|_| None))
    }

    #[test]
    fn a_default_is_the_value() {
        assert_eq!(shell("${TAG:-1.2}"), "1.2");
        assert_eq!(shell("${TAG-1.2}"), "1.2");
        assert_eq!(shell("${A:-${B:-c}}/x"), "c/x");
        assert_eq!(shell("${SOCK:-/var/run/docker.sock}:/s"), "/var/run/docker.sock:/s");
    }

    #[test]
    fn what_is_not_in_the_file_is_a_hole() {
        let expanded = expand("nginx:${TAG}", Notation::Shell, &|_| None);
        assert!(has(&expanded));
        assert_eq!(readable(&expanded), "nginx:${TAG}");
        assert_eq!(whole(&expand("$IMAGE", Notation::Shell, &|_| None)), Some("IMAGE"));
        assert!(has(&expand("${TAG:?set it}", Notation::Shell, &|_| None)));
        assert!(has(&expand("{{ .Values.tag }}", Notation::Templates, &|_| None)));
        assert!(has(&expand("$(HOST)", Notation::Braces, &|_| None)));
    }

    #[test]
    fn dollar_signs_that_are_text_stay() {
        assert_eq!(shell("pa$$word"), "pa$word");
        assert_eq!(expand("a$b", Notation::Braces, &|_| None), "a$b");
        assert_eq!(expand("$host", Notation::Templates, &|_| None), "$host");
        assert_eq!(shell("cost: 5$"), "cost: 5$");
    }

    #[test]
    fn known_variables_are_put_in() {
        let lookup = |name: &str| (name == "V").then(|| "3.12".to_owned());
        assert_eq!(expand("python:$V-slim", Notation::Shell, &lookup), "python:3.12-slim");
        assert_eq!(expand("python:${V:-3}", Notation::Shell, &lookup), "python:3.12");
    }

    proptest! {
        #[test]
        fn never_panics_and_holes_come_in_pairs(text in "[a${}(){%<> :\\-\u{1a}é]{0,40}") {
            for notation in [Notation::Shell, Notation::Braces, Notation::Templates] {
                let expanded = expand(&text, notation, &|_| None);
                prop_assert_eq!(expanded.matches(HOLE).count() % 2, 0);
            }
        }
    }
}
