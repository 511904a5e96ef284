//! Lists in one text: `TLSv1.2 TLSv1.3`, `GET, POST`, and command lines in shell quoting.

/// The elements of a list that separates by spaces or commas. Quotes around an element are left out.
pub fn list(text: &str) -> impl Iterator<Item = &str> {
    text.split(|part: char| part.is_whitespace() || part == ',')
        .map(|word| word.trim_matches(['"', '\'']))
        .filter(|word| !word.is_empty())
}

/// The words of a command line: split at spaces, quotes and backslashes resolved as a shell does, variables left alone.
/// Each word comes with the byte range that it covers in the text.
pub fn shell(text: &str) -> Vec<(String, std::ops::Range<usize>)> {
    let mut words = Vec::new();
    let mut word: Option<(String, usize)> = None;
    let mut quote: Option<char> = None;
    let mut characters = text.char_indices();
    while let Some((offset, character)) = characters.next() {
        if quote.is_none() && character.is_whitespace() {
            if let Some((done, start)) = word.take() {
                words.push((done, start..offset));
            }
            continue;
        }
        let (current, _) = word.get_or_insert_with(|| (String::new(), offset));
        match (quote, character) {
            (Some(open), close) if open == close => quote = None,
            (None, '"' | '\'') => quote = Some(character),
            (None | Some('"'), '\\') => {
                if let Some((_, escaped)) = characters.next() {
                    current.push(escaped);
                }
            }
            _ => current.push(character),
        }
    }
    if let Some((done, start)) = word {
        words.push((done, start..text.len()));
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn splits_lists() {
        assert_eq!(list(" TLSv1.2,TLSv1.3  \"x\"").collect::<Vec<_>>(), ["TLSv1.2", "TLSv1.3", "x"]);
    }

    #[test]
    fn splits_command_lines() {
        let text = r#"redis-server --requirepass "a b" --x='y z' \-k"#;
        let words: Vec<_> = shell(text).into_iter().map(|(word, _)| word).collect();
        assert_eq!(words, ["redis-server", "--requirepass", "a b", "--x=y z", "-k"]);
        assert_eq!(&text[shell(text)[2].1.clone()], "\"a b\"");
    }

    proptest! {
        #[test]
        fn ranges_lie_in_the_text(text in "\\PC*") {
            for (_, range) in shell(&text) {
                prop_assert!(text.get(range).is_some());
            }
        }
    }
}
