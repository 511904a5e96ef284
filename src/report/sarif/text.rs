//! Texts within the limits of the consumers, and links in them.

/// GitHub and GitLab cut or drop a longer message.
pub(super) const MESSAGE_CHARACTERS: usize = 2_048;
/// The same for a rule's descriptions.
pub(super) const DESCRIPTION_CHARACTERS: usize = 1_024;
/// The same for a rule's name.
pub(super) const NAME_CHARACTERS: usize = 255;

/// The text when it is short enough, else its beginning and an ellipsis.
pub(super) fn cut(text: &str, characters: usize) -> String {
    // Counted in UTF-16 code units, the largest of the counts that a consumer may use.
    let mut units = 0;
    for (offset, character) in text.char_indices() {
        units += character.len_utf16();
        if units > characters {
            let mut kept: String = text[..offset].to_owned();
            kept.pop();
            kept.push('\u{2026}');
            return kept;
        }
    }
    text.to_owned()
}

/// A link in a message to the related location of that id.
pub(super) fn link(words: &str, id: i64) -> String {
    let mut link = String::from("[");
    for character in words.trim_end_matches('.').chars() {
        match character {
            '[' | ']' | '\\' => link.extend(['\\', character]),
            '\n' | '\r' => link.push(' '),
            _ => link.push(character),
        }
    }
    link + &format!("]({id})")
}

/// The first paragraph of a Markdown text that is no heading, list or code, on one line.
pub(super) fn first_paragraph(markdown: &str) -> Option<String> {
    let mut paragraph = String::new();
    let mut in_code = false;
    for line in markdown.lines().map(str::trim) {
        if line.starts_with("```") {
            in_code = !in_code;
        }
        let is_fence = line.starts_with("```") || in_code;
        let is_block = line.starts_with(['#', '|', '>']) || line.starts_with("- ") || line.starts_with("* ");
        if !is_fence && !is_block && !line.is_empty() {
            if !paragraph.is_empty() {
                paragraph.push(' ');
            }
            paragraph.push_str(line);
        } else if !paragraph.is_empty() {
            break;
        }
    }
    (!paragraph.is_empty()).then_some(paragraph)
}

/// An id in PascalCase: `python/sql-injection` is `PythonSqlInjection`.
pub(super) fn pascal_case(id: &str) -> String {
    let mut name = String::with_capacity(id.len());
    for word in id.split(|c: char| !c.is_alphanumeric()) {
        let mut characters = word.chars();
        name.extend(characters.next().into_iter().flat_map(char::to_uppercase));
        name.extend(characters);
    }
    name
}

/// A sentence that ends as one.
pub(super) fn with_final_stop(text: &str) -> String {
    let text = text.trim_end();
    if text.ends_with(['.', '!', '?', '\u{2026}', ')']) || text.is_empty() {
        text.to_owned()
    } else {
        format!("{text}.")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cuts_by_utf16_units() {
        assert_eq!(cut("abc", 3), "abc");
        assert_eq!(cut("abcd", 3), "ab\u{2026}");
        assert_eq!(cut("\u{1F600}\u{1F600}", 4), "\u{1F600}\u{1F600}");
        assert_eq!(cut("\u{1F600}\u{1F600}a", 4), "\u{1F600}\u{2026}");
    }

    #[test]
    fn links_escape_brackets() {
        assert_eq!(link("where `a[0]` is set.", 1), "[where `a\\[0\\]` is set](1)");
    }

    #[test]
    fn finds_the_first_paragraph() {
        let help = "## Why it matters\n\n```\ncode\n```\nA query that is\n`built` from text.\n\n- more\n";
        assert_eq!(first_paragraph(help).as_deref(), Some("A query that is `built` from text."));
        assert_eq!(first_paragraph("# Only a heading\n"), None);
    }

    #[test]
    fn names_are_pascal_case() {
        assert_eq!(pascal_case("python/sql-injection-built"), "PythonSqlInjectionBuilt");
        assert_eq!(pascal_case("python.lang.security_x.evalUse"), "PythonLangSecurityXEvalUse");
    }

    #[test]
    fn sentences_end() {
        assert_eq!(with_final_stop("SQL built from text"), "SQL built from text.");
        assert_eq!(with_final_stop("Done. "), "Done.");
    }
}
