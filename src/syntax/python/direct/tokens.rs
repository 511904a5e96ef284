//! Tokens of plain Python, one at a time.

use super::{NotPlain, Step};
use crate::source::Span;

/// A token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Token {
    Name,
    Number,
    /// A whole literal that is not formatted.
    Str,
    /// Prefix and opening quotes of an f-string or t-string; what follows is the reader's to take.
    FormattedStart,
    Word(Word),
    /// `+`, `<=`, `**`: by its place among the precedences.
    Operator(Operator),
    /// `+=` and its kin.
    Augment,
    Equals,
    Walrus,
    Arrow,
    Dot,
    Ellipsis,
    Comma,
    Colon,
    Semicolon,
    At,
    Bang,
    Tilde,
    Open(Bracket),
    Close(Bracket),
    /// The end of a logical line.
    Newline,
    End,
}

/// Kinds of brackets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Bracket {
    Round,
    Square,
    Curly,
}

/// Operators between two operands; `not`, `in` and `is` are words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Operator {
    Compare,
    Or,
    Xor,
    And,
    Shift,
    Plus,
    Times,
    Star,
    Power,
}

macro_rules! words {
    ($($word:ident $text:literal),*) => {
        /// Keywords.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(super) enum Word { $($word),* }

        impl Word {
            fn of(text: &[u8]) -> Option<Self> {
                match text {
                    $($text => Some(Self::$word),)*
                    _ => None,
                }
            }
        }
    };
}

words!(
    False b"False", None b"None", True b"True", And b"and", As b"as", Assert b"assert", Async b"async", Await b"await",
    Break b"break", Class b"class", Continue b"continue", Def b"def", Del b"del", Elif b"elif", Else b"else",
    Except b"except", Finally b"finally", For b"for", From b"from", Global b"global", If b"if", Import b"import", In b"in",
    Is b"is", Lambda b"lambda", Nonlocal b"nonlocal", Not b"not", Or b"or", Pass b"pass", Raise b"raise",
    Return b"return", Try b"try", While b"while", With b"with", Yield b"yield"
);

/// The tokens of a text.
pub(super) struct Tokens<'text> {
    text: &'text str,
    bytes: &'text [u8],
    /// Behind the token that is seen now.
    at: usize,
    token: Token,
    start: usize,
    /// Brackets open here: inside them line ends mean nothing.
    open: usize,
    indent: u32,
    comments: Vec<Span>,
}

impl<'text> Tokens<'text> {
    pub fn new(text: &'text str) -> Self {
        Self {
            text,
            bytes: text.as_bytes(),
            at: 0,
            token: Token::Newline,
            start: 0,
            open: 0,
            indent: 0,
            comments: Vec::new(),
        }
    }

    pub const fn token(&self) -> Token {
        self.token
    }

    pub fn span(&self) -> Span {
        Span::from_range(self.start..self.at)
    }

    /// Width of the white space in front of the line; a tab counts eight.
    pub const fn indent(&self) -> u32 {
        self.indent
    }

    pub fn into_comments(self) -> Vec<Span> {
        self.comments
    }

    /// The byte behind the token, 0 at the end.
    pub fn next_byte(&self) -> u8 {
        self.peek(0)
    }

    fn peek(&self, ahead: usize) -> u8 {
        self.bytes.get(self.at + ahead).copied().unwrap_or(0)
    }

    /// The token behind this one.
    pub fn following(&mut self) -> Step<Token> {
        let (at, token, start, open, comments) = (self.at, self.token, self.start, self.open, self.comments.len());
        let result = self.advance();
        let following = self.token;
        (self.at, self.token, self.start, self.open) = (at, token, start, open);
        self.comments.truncate(comments);
        result.map(|()| following)
    }

    /// Goes on from a place that the reader came to by itself.
    pub fn resume(&mut self, at: u32) -> Step<()> {
        self.at = at as usize;
        self.advance()
    }

    /// Enters and leaves brackets that are none to the tokens: those of an f-string's expressions.
    pub fn enter(&mut self) {
        self.open += 1;
    }

    pub fn leave(&mut self) {
        self.open -= 1;
    }

    /// Goes to the first token of the next line that has one, and measures its indentation.
    pub fn begin_line(&mut self) -> Step<()> {
        loop {
            let mut indent = 0;
            loop {
                match self.peek(0) {
                    b' ' => indent += 1,
                    b'\t' => indent += 8,
                    b'\x0c' => indent = 0,
                    _ => break,
                }
                self.at += 1;
            }
            match self.peek(0) {
                b'\n' => self.at += 1,
                b'#' => self.comment()?,
                b'\\' => return Err(NotPlain),
                _ => {
                    self.indent = indent;
                    return self.advance();
                }
            }
        }
    }

    fn comment(&mut self) -> Step<()> {
        let rest = &self.bytes[self.at..];
        let length = rest.iter().position(|&byte| byte == b'\n' || byte == b'\r').unwrap_or(rest.len());
        if rest.get(length) == Some(&b'\r') {
            return Err(NotPlain);
        }
        self.comments.push(Span::from_range(self.at..self.at + length));
        self.at += length;
        Ok(())
    }

    /// Goes on to the next token.
    pub fn advance(&mut self) -> Step<()> {
        loop {
            match self.peek(0) {
                b' ' | b'\t' | b'\x0c' => self.at += 1,
                b'#' => self.comment()?,
                b'\n' if self.open > 0 => self.at += 1,
                b'\\' if self.peek(1) == b'\n' => self.at += 2,
                _ => break,
            }
        }
        self.start = self.at;
        let Some(&byte) = self.bytes.get(self.at) else {
            // The last line may lack its end.
            self.token = if matches!(self.token, Token::Newline) { Token::End } else { Token::Newline };
            return if self.open == 0 { Ok(()) } else { Err(NotPlain) };
        };
        self.token = match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'_' | 0x80.. => return self.word(),
            b'0'..=b'9' => return self.number(),
            b'.' if self.peek(1).is_ascii_digit() => return self.number(),
            b'"' | b'\'' => return self.string(0),
            b'\n' => self.taken(1, Token::Newline),
            b'(' => self.opened(Bracket::Round),
            b'[' => self.opened(Bracket::Square),
            b'{' => self.opened(Bracket::Curly),
            b')' => self.closed(Bracket::Round)?,
            b']' => self.closed(Bracket::Square)?,
            b'}' => self.closed(Bracket::Curly)?,
            b'.' if self.peek(1) == b'.' && self.peek(2) == b'.' => self.taken(3, Token::Ellipsis),
            b'.' => self.taken(1, Token::Dot),
            b',' => self.taken(1, Token::Comma),
            b';' => self.taken(1, Token::Semicolon),
            b'~' => self.taken(1, Token::Tilde),
            b':' if self.peek(1) == b'=' => self.taken(2, Token::Walrus),
            b':' => self.taken(1, Token::Colon),
            b'=' if self.peek(1) == b'=' => self.taken(2, Token::Operator(Operator::Compare)),
            b'=' => self.taken(1, Token::Equals),
            b'!' if self.peek(1) == b'=' => self.taken(2, Token::Operator(Operator::Compare)),
            b'!' => self.taken(1, Token::Bang),
            b'<' if self.peek(1) == b'>' => return Err(NotPlain),
            b'<' if self.peek(1) == b'<' => self.augmentable(2, Operator::Shift),
            b'>' if self.peek(1) == b'>' => self.augmentable(2, Operator::Shift),
            b'<' | b'>' if self.peek(1) == b'=' => self.taken(2, Token::Operator(Operator::Compare)),
            b'<' | b'>' => self.taken(1, Token::Operator(Operator::Compare)),
            b'-' if self.peek(1) == b'>' => self.taken(2, Token::Arrow),
            b'+' | b'-' => self.augmentable(1, Operator::Plus),
            b'*' if self.peek(1) == b'*' => self.augmentable(2, Operator::Power),
            b'*' => self.augmentable(1, Operator::Star),
            b'/' if self.peek(1) == b'/' => self.augmentable(2, Operator::Times),
            b'/' | b'%' => self.augmentable(1, Operator::Times),
            b'@' if self.peek(1) == b'=' => self.taken(2, Token::Augment),
            b'@' => self.taken(1, Token::At),
            b'|' => self.augmentable(1, Operator::Or),
            b'^' => self.augmentable(1, Operator::Xor),
            b'&' => self.augmentable(1, Operator::And),
            _ => return Err(NotPlain),
        };
        Ok(())
    }

    fn taken(&mut self, length: usize, token: Token) -> Token {
        self.at += length;
        token
    }

    fn augmentable(&mut self, length: usize, operator: Operator) -> Token {
        if self.peek(length) == b'=' {
            self.taken(length + 1, Token::Augment)
        } else {
            self.taken(length, Token::Operator(operator))
        }
    }

    fn opened(&mut self, bracket: Bracket) -> Token {
        self.open += 1;
        self.taken(1, Token::Open(bracket))
    }

    fn closed(&mut self, bracket: Bracket) -> Step<Token> {
        self.open = self.open.checked_sub(1).ok_or(NotPlain)?;
        Ok(self.taken(1, Token::Close(bracket)))
    }

    /// A name, a keyword, or the prefix of a string.
    fn word(&mut self) -> Step<()> {
        let mut ascii = true;
        while let Some(&byte) = self.bytes.get(self.at) {
            match byte {
                b'a'..=b'z' | b'A'..=b'Z' | b'_' | b'0'..=b'9' => {}
                0x80.. => ascii = false,
                _ => break,
            }
            self.at += 1;
        }
        let word = &self.bytes[self.start..self.at];
        if matches!(self.peek(0), b'"' | b'\'') && word.len() <= 2 {
            return self.string(word.len());
        }
        if !ascii && !self.text[self.start..self.at].chars().all(|c| c == '_' || c.is_alphanumeric()) {
            return Err(NotPlain);
        }
        self.token = Word::of(word).map_or(Token::Name, Token::Word);
        Ok(())
    }

    fn digits(&mut self, is_digit: fn(u8) -> bool) {
        while is_digit(self.peek(0)) || (self.peek(0) == b'_' && is_digit(self.peek(1))) {
            self.at += 1;
        }
    }

    fn number(&mut self) -> Step<()> {
        let is_decimal = |byte: u8| byte.is_ascii_digit();
        match (self.peek(0), self.peek(1) | 0x20) {
            (b'0', b'x') => {
                self.at += 2;
                self.digits(|byte| byte.is_ascii_hexdigit());
            }
            (b'0', b'o') => {
                self.at += 2;
                self.digits(|byte| matches!(byte, b'0'..=b'7'));
            }
            (b'0', b'b') => {
                self.at += 2;
                self.digits(|byte| matches!(byte, b'0' | b'1'));
            }
            _ => {
                self.digits(is_decimal);
                if self.peek(0) == b'.' {
                    self.at += 1;
                    self.digits(is_decimal);
                }
                if self.peek(0) | 0x20 == b'e' {
                    let sign = usize::from(matches!(self.peek(1), b'+' | b'-'));
                    if self.peek(1 + sign).is_ascii_digit() {
                        self.at += 1 + sign;
                        self.digits(is_decimal);
                    }
                }
                if self.peek(0) | 0x20 == b'j' {
                    self.at += 1;
                }
            }
        }
        let is_cut = |byte: u8| byte == b'_' || byte == b'.' || byte.is_ascii_alphanumeric() || byte >= 0x80;
        if is_cut(self.peek(0)) || self.at - self.start == 2 && self.bytes[self.start + 1].is_ascii_alphabetic() {
            return Err(NotPlain);
        }
        self.token = Token::Number;
        Ok(())
    }

    /// A string whose prefix, of so many bytes, was taken.
    fn string(&mut self, prefix: usize) -> Step<()> {
        let letters = &self.bytes[self.start..self.start + prefix];
        let has = |letter: u8| letters.iter().any(|byte| byte | 0x20 == letter);
        if !letters.iter().all(|byte| matches!(byte | 0x20, b'r' | b'b' | b'u' | b'f' | b't')) {
            return Err(NotPlain);
        }
        let is_known = match prefix {
            0 | 1 => true,
            _ => has(b'r') && (has(b'b') || has(b'f') || has(b't')),
        };
        if !is_known {
            return Err(NotPlain);
        }
        let quote = self.peek(0);
        let triple = self.peek(1) == quote && self.peek(2) == quote;
        self.at += if triple { 3 } else { 1 };
        if has(b'f') || has(b't') {
            self.token = Token::FormattedStart;
            return Ok(());
        }
        self.token = Token::Str;
        loop {
            let Some(&byte) = self.bytes.get(self.at) else { return Err(NotPlain) };
            self.at += 1;
            match byte {
                b'\\' => {
                    if matches!(self.peek(0), b'\r' | 0) {
                        return Err(NotPlain);
                    }
                    self.at += 1;
                }
                b'\n' if !triple => return Err(NotPlain),
                b'\r' => return Err(NotPlain),
                _ if byte != quote => {}
                _ if !triple => return Ok(()),
                _ if self.peek(0) == quote && self.peek(1) == quote => {
                    self.at += 2;
                    return Ok(());
                }
                _ => {}
            }
        }
    }
}
