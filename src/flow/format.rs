//! Format strings: `str.format`/`format!` braces and `%` conversions, split into pieces.

/// A piece of a format string.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Piece {
    Literal(String),
    /// A place to fill.
    Field {
        /// Name, index or empty (the next positional argument); attributes and subscripts left on.
        name: String,
        /// Whether the conversion admits numbers only (`%d`, `:d`, `:.2f`).
        numeric: bool,
    },
}

/// Splits a brace format: Python's `str.format` (Python library, "Format String Syntax") and Rust's `std::fmt`.
pub(super) fn braces(format: &str) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut literal = String::new();
    let mut rest = format.chars().peekable();
    while let Some(c) = rest.next() {
        match c {
            '{' | '}' if rest.peek() == Some(&c) => {
                rest.next();
                literal.push(c);
            }
            '{' => {
                let mut field = String::new();
                let mut depth = 1;
                for c in rest.by_ref() {
                    match c {
                        '{' => depth += 1,
                        '}' => depth -= 1,
                        _ => {}
                    }
                    if depth == 0 {
                        break;
                    }
                    field.push(c);
                }
                if !literal.is_empty() {
                    pieces.push(Piece::Literal(std::mem::take(&mut literal)));
                }
                let (name, spec) = field.split_once(':').unwrap_or((&field, ""));
                let name = name.split('!').next().unwrap_or(name).trim();
                pieces.push(Piece::Field { name: name.to_owned(), numeric: is_numeric_spec(spec) });
            }
            _ => literal.push(c),
        }
    }
    if !literal.is_empty() {
        pieces.push(Piece::Literal(literal));
    }
    pieces
}

/// Python's presentation types for numbers; Rust's `{:x}`, `{:e}` too.
fn is_numeric_spec(spec: &str) -> bool {
    spec.ends_with(['d', 'f', 'F', 'g', 'G', 'e', 'E', 'n', 'b', 'o', 'x', 'X']) && !spec.ends_with("{d")
}

/// Splits a `%` format (Python library, "printf-style String Formatting").
pub(super) fn percent(format: &str) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut literal = String::new();
    let mut rest = format.chars().peekable();
    while let Some(c) = rest.next() {
        if c != '%' {
            literal.push(c);
            continue;
        }
        if rest.peek() == Some(&'%') {
            rest.next();
            literal.push('%');
            continue;
        }
        let mut name = String::new();
        if rest.peek() == Some(&'(') {
            rest.next();
            name.extend(rest.by_ref().take_while(|&c| c != ')'));
        }
        while rest.peek().is_some_and(|c| matches!(c, '#' | '0'..='9' | '-' | '+' | ' ' | '.' | '*' | 'l' | 'h' | 'L'))
        {
            rest.next();
        }
        match rest.next() {
            Some(conversion) if conversion.is_ascii_alphabetic() => {
                if !literal.is_empty() {
                    pieces.push(Piece::Literal(std::mem::take(&mut literal)));
                }
                let numeric = !matches!(conversion, 's' | 'r' | 'a' | 'c');
                pieces.push(Piece::Field { name, numeric });
            }
            // Not a conversion: a per cent sign in a text that is no format (LIKE '%x').
            other => {
                literal.push('%');
                literal.extend(other);
            }
        }
    }
    if !literal.is_empty() {
        pieces.push(Piece::Literal(literal));
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    fn field(name: &str, numeric: bool) -> Piece {
        Piece::Field { name: name.to_owned(), numeric }
    }

    #[test]
    fn splits_braces() {
        assert_eq!(
            braces("a {} {{x}} {name!r:>10} {0:d}"),
            [
                Piece::Literal("a ".into()),
                field("", false),
                Piece::Literal(" {x} ".into()),
                field("name", false),
                Piece::Literal(" ".into()),
                field("0", true)
            ]
        );
    }

    #[test]
    fn splits_percent() {
        assert_eq!(
            percent("id = %d and %(name)s 100%%"),
            [
                Piece::Literal("id = ".into()),
                field("", true),
                Piece::Literal(" and ".into()),
                field("name", false),
                Piece::Literal(" 100%".into())
            ]
        );
    }
}
