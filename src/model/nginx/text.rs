//! Texts with variables, and names of groups in regular expressions.

/// Names of the groups `(?<name>...)` and `(?P<name>...)` of a regular expression.
pub fn group_names(regex: &str) -> impl Iterator<Item = &str> {
    regex.match_indices("(?").filter_map(move |(at, _)| {
        let rest = &regex[at + 2..];
        let rest = rest.strip_prefix('P').unwrap_or(rest).strip_prefix('<')?;
        let (name, _) = rest.split_once('>')?;
        name.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_').then_some(name)
    })
}

/// A piece of a text with variables.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece<'text> {
    /// As it is.
    Text(&'text str),
    /// Without `$` and braces.
    Variable(&'text str),
    /// A tag of a template language.
    Template,
}

/// Cuts a text into constant pieces and variables, as nginx's script compiler does.
pub fn pieces(text: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let bytes = text.as_bytes();
    let (mut from, mut at) = (0, 0);
    while at < bytes.len() {
        let end_of_tag = match (bytes[at], bytes.get(at + 1)) {
            (b'{', Some(b'{')) => text[at..].find("}}").map(|length| at + length + 2),
            (b'<', Some(b'%')) => text[at..].find("%>").map(|length| at + length + 2),
            _ => None,
        };
        let variable = if bytes[at] == b'$' { variable(text, at) } else { None };
        let (piece, end) = match (end_of_tag, variable) {
            (Some(end), _) => (Piece::Template, end),
            (None, Some((name, end))) => (Piece::Variable(name), end),
            (None, None) => {
                at += 1;
                continue;
            }
        };
        if from < at {
            pieces.push(Piece::Text(&text[from..at]));
        }
        pieces.push(piece);
        (from, at) = (end, end);
    }
    if from < text.len() {
        pieces.push(Piece::Text(&text[from..]));
    }
    pieces
}

/// The variable whose `$` stands at an offset, and where it ends.
fn variable(text: &str, dollar: usize) -> Option<(&str, usize)> {
    let rest = &text[dollar + 1..];
    if let Some(braced) = rest.strip_prefix('{') {
        let (name, _) = braced.split_once('}')?;
        return is_name(name).then_some((name, dollar + 3 + name.len()));
    }
    let length = match rest.as_bytes().first()? {
        b'1'..=b'9' => 1,
        _ => rest.bytes().take_while(|byte| byte.is_ascii_alphanumeric() || *byte == b'_').count(),
    };
    (length > 0).then(|| (&rest[..length], dollar + 1 + length))
}

fn is_name(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cuts_texts_at_variables() {
        assert_eq!(
            pieces("https://${host}/a$1b{{ x }}$"),
            [
                Piece::Text("https://"),
                Piece::Variable("host"),
                Piece::Text("/a"),
                Piece::Variable("1"),
                Piece::Text("b"),
                Piece::Template,
                Piece::Text("$"),
            ]
        );
        assert_eq!(pieces(""), []);
        assert_eq!(pieces("é$é"), [Piece::Text("é$é")]);
    }

    #[test]
    fn finds_names_of_groups() {
        assert_eq!(group_names(r"^/(?<user>\w+)/(?P<file>.*)(?<!x)$").collect::<Vec<_>>(), ["user", "file"]);
    }
}
