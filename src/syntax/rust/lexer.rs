//! A lenient lexer for Rust: it never fails, and it agrees with proc-macro2 on every text that proc-macro2 accepts, above
//! all on where strings, characters and comments end. It finds comments, judges nesting before the recursive parser
//! runs, and cuts broken files into items. It knows nothing of grammar.

/// A token and where it stands (byte offsets in the lexed text).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Token {
    pub kind: TokenKind,
    pub start: usize,
    pub end: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TokenKind {
    /// `//` to the end of the line, `/* */` nested, documentation or not.
    Comment,
    /// Identifier or keyword.
    Word,
    /// String, character or number of any form.
    Literal,
    Lifetime,
    /// `(`, `[` or `{`.
    Open(u8),
    /// `)`, `]` or `}`.
    Close(u8),
    /// One character of an operator, or a character that Rust does not know.
    Punct(u8),
}

/// Iterates over the tokens of a text.
#[derive(Debug, Clone)]
pub(super) struct Lexer<'t> {
    text: &'t str,
    bytes: &'t [u8],
    at: usize,
}

impl<'t> Lexer<'t> {
    /// proc-macro2 passes over a byte order mark at the beginning of whatever it is given.
    pub fn new(text: &'t str) -> Self {
        let at = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
        Self { text, bytes: text.as_bytes(), at }
    }

    fn byte(&self, offset: usize) -> u8 {
        self.bytes.get(offset).copied().unwrap_or(0)
    }

    fn char(&self, offset: usize) -> Option<char> {
        self.text.get(offset..)?.chars().next()
    }

    fn skip_whitespace(&mut self) {
        while let Some(&byte) = self.bytes.get(self.at) {
            if byte == b' ' || (0x09..=0x0d).contains(&byte) {
                self.at += 1;
            } else if byte < 0x80 {
                return;
            } else {
                match self.char(self.at) {
                    Some(char) if is_space(char) => self.at += char.len_utf8(),
                    _ => return,
                }
            }
        }
    }

    /// End of the identifier characters from `from` on. Outside of strings and comments every character above ASCII is
    /// either white space or part of an identifier; anything else proc-macro2 refuses.
    fn word_end(&self, from: usize) -> usize {
        let mut at = from;
        while let Some(&byte) = self.bytes.get(at) {
            if byte.is_ascii_alphanumeric() || byte == b'_' {
                at += 1;
            } else if byte < 0x80 {
                break;
            } else {
                match self.char(at) {
                    Some(char) if !is_space(char) => at += char.len_utf8(),
                    _ => break,
                }
            }
        }
        at
    }

    fn line_comment_end(&self) -> usize {
        let rest = &self.bytes[self.at..];
        let end = self.at + rest.iter().position(|&byte| byte == b'\n').unwrap_or(rest.len());
        if end > self.at && self.bytes[end - 1] == b'\r' { end - 1 } else { end }
    }

    fn block_comment_end(&self) -> usize {
        let mut depth = 0_usize;
        let mut at = self.at;
        while at + 1 < self.bytes.len() {
            match (self.bytes[at], self.bytes[at + 1]) {
                (b'/', b'*') => {
                    depth += 1;
                    at += 2;
                }
                (b'*', b'/') => {
                    depth -= 1;
                    at += 2;
                    if depth == 0 {
                        return at;
                    }
                }
                _ => at += 1,
            }
        }
        self.bytes.len()
    }

    /// End of a string whose opening quote stands at `quote`, with its suffix.
    fn cooked_end(&self, quote: usize) -> usize {
        let mut at = quote + 1;
        while let Some(&byte) = self.bytes.get(at) {
            match byte {
                b'"' => return self.word_end(at + 1),
                b'\\' => at += 2,
                _ => at += 1,
            }
        }
        self.bytes.len()
    }

    /// End of a raw string whose hashes or opening quote stand at `from`; `None` when no quote follows the hashes.
    fn raw_end(&self, from: usize) -> Option<usize> {
        let hashes = self.bytes[from..].iter().take_while(|&&byte| byte == b'#').count();
        if self.byte(from + hashes) != b'"' {
            return None;
        }
        let mut at = from + hashes + 1;
        while let Some(found) = self.bytes[at..].iter().position(|&byte| byte == b'"') {
            at += found + 1;
            let closing = self.bytes[at..].iter().take(hashes).take_while(|&&byte| byte == b'#').count();
            if closing == hashes {
                return Some(self.word_end(at + hashes));
            }
        }
        Some(self.bytes.len())
    }

    /// End of a character whose opening quote stands at `quote`; `None` when it opens a lifetime or stands alone.
    fn char_end(&self, quote: usize) -> Option<usize> {
        let first = self.char(quote + 1)?;
        let mut at = quote + 1 + first.len_utf8();
        if first == '\\' {
            at += self.char(at)?.len_utf8();
            // The longest escape is `\u{10_FFFF}` with underscores; a quote further away belongs to something else.
            let close = self.bytes[at..].iter().take(32).position(|&byte| byte == b'\'')?;
            at += close;
        }
        (self.byte(at) == b'\'').then(|| self.word_end(at + 1))
    }

    fn quote(&self) -> (TokenKind, usize) {
        if let Some(end) = self.char_end(self.at) {
            return (TokenKind::Literal, end);
        }
        let name = if self.bytes[self.at..].starts_with(b"'r#") { self.at + 3 } else { self.at + 1 };
        let end = self.word_end(name);
        if end > name { (TokenKind::Lifetime, end) } else { (TokenKind::Punct(b'\''), self.at + 1) }
    }

    fn number_end(&self) -> usize {
        let end = self.word_end(self.at);
        if self.byte(end) == b'.' && self.byte(end + 1).is_ascii_digit() { self.word_end(end + 1) } else { end }
    }

    /// A word, or the string whose prefix it is.
    fn word(&self) -> (TokenKind, usize) {
        let at = self.at;
        let string = match (self.bytes[at], self.byte(at + 1)) {
            (b'r', b'"' | b'#') => self.raw_end(at + 1),
            (b'b' | b'c', b'"') => Some(self.cooked_end(at + 1)),
            (b'b', b'\'') => self.char_end(at + 1),
            (b'b' | b'c', b'r') if matches!(self.byte(at + 2), b'"' | b'#') => self.raw_end(at + 2),
            _ => None,
        };
        if let Some(end) = string {
            return (TokenKind::Literal, end);
        }
        let name = if self.bytes[at..].starts_with(b"r#") { at + 2 } else { at };
        (TokenKind::Word, self.word_end(name).max(at + 1))
    }
}

/// Rust's pattern white space as proc-macro2 has it, with the two direction marks.
fn is_space(char: char) -> bool {
    char.is_whitespace() || char == '\u{200e}' || char == '\u{200f}'
}

impl Iterator for Lexer<'_> {
    type Item = Token;

    fn next(&mut self) -> Option<Token> {
        self.skip_whitespace();
        let start = self.at;
        let &byte = self.bytes.get(start)?;
        let (kind, end) = match byte {
            b'/' if self.byte(start + 1) == b'/' => (TokenKind::Comment, self.line_comment_end()),
            b'/' if self.byte(start + 1) == b'*' => (TokenKind::Comment, self.block_comment_end()),
            b'"' => (TokenKind::Literal, self.cooked_end(start)),
            b'\'' => self.quote(),
            b'0'..=b'9' => (TokenKind::Literal, self.number_end()),
            b'a'..=b'z' | b'A'..=b'Z' | b'_' | 0x80.. => self.word(),
            b'(' | b'[' | b'{' => (TokenKind::Open(byte), start + 1),
            b')' | b']' | b'}' => (TokenKind::Close(byte), start + 1),
            _ => (TokenKind::Punct(byte), start + 1),
        };
        self.at = end.min(self.bytes.len());
        Some(Token { kind, start, end: self.at })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<(TokenKind, &str)> {
        Lexer::new(text).map(|token| (token.kind, &text[token.start..token.end])).collect()
    }

    #[test]
    fn tells_characters_from_lifetimes() {
        use TokenKind::{Lifetime, Literal, Word};
        assert_eq!(
            words(r"'a 'a' '\'' '\u{1F600}' 'é' b'\\' 'r#x '''"),
            [
                (Lifetime, "'a"),
                (Literal, "'a'"),
                (Literal, r"'\''"),
                (Literal, r"'\u{1F600}'"),
                (Literal, "'é'"),
                (Literal, r"b'\\'"),
                (Lifetime, "'r#x"),
                (Literal, "'''"),
            ]
        );
        assert_eq!(words("r#type")[0], (Word, "r#type"));
    }

    #[test]
    fn knows_where_strings_and_comments_end() {
        use TokenKind::{Comment, Literal, Word};
        assert_eq!(
            words("\"a\\\"(\" r#\"x\"(\"# br\"\\\" /* a /* ( */ b */ c // ) é\nr"),
            [
                (Literal, "\"a\\\"(\""),
                (Literal, "r#\"x\"(\"#"),
                (Literal, "br\"\\\""),
                (Comment, "/* a /* ( */ b */"),
                (Word, "c"),
                (Comment, "// ) é"),
                (Word, "r"),
            ]
        );
        // A suffix belongs to its string, so the `r` opens no raw string.
        assert_eq!(words("\"a\"r\"\\\"(\"").len(), 2);
    }
}
