//! How much stack the parser will need for a text, judged from its tokens before the parser runs.
//!
//! syn descends recursively and its trees are dropped recursively, so hostile nesting has to be refused in advance. The
//! estimate is an upper bound made of the constructs that recurse: brackets, angle brackets, prefix operators, closures,
//! right-associative operators, keywords that begin an expression. It knows nothing of their meaning.

use super::lexer::{Token, TokenKind};

/// Bytes of stack per construct: the worst measured in a debug build with its neighbours' share, rounded up.
const BRACKET: u32 = 11_000;
const ANGLE: u32 = 11_000;
const PREFIX: u32 = 6_000;
const ARROW: u32 = 8_000;
const ASSIGN: u32 = 3_000;
const CAPTURE: u32 = 1_500;
/// Each of the two colons of a path separator; `use` trees recurse once a segment.
const COLON: u32 = 600;
/// A link of a left-associative chain costs only when the tree is dropped.
const LINK: u32 = 100;

/// What a file may need and still be parsed on the stack of any thread (2 MiB).
pub(super) const SHALLOW: u32 = 1 << 20;
/// What a file may need to be parsed at all, on a thread with [`DEEP_STACK`] bytes.
pub(super) const DEEP: u32 = 16 << 20;
/// Stack of the thread for deep files; pages that are not touched cost nothing.
pub(super) const DEEP_STACK: usize = 64 << 20;

/// What is open inside one pair of brackets.
#[derive(Debug, Clone, Copy, Default)]
struct Frame {
    /// Constructs that a comma does not end: generic arguments and closures.
    angles: u32,
    closures: u32,
    /// Whether a closure's parameters have begun and not ended.
    parameters: bool,
    /// Constructs that end at a comma or semicolon.
    run: u32,
}

impl Frame {
    fn cost(self) -> u32 {
        self.angles.saturating_mul(ANGLE).saturating_add(self.closures.saturating_mul(PREFIX)).saturating_add(self.run)
    }
}

/// Reads tokens one by one and keeps the largest need seen.
#[derive(Debug, Default)]
pub(super) struct Nesting {
    /// Frames around the current one with the sum of their costs below them.
    outer: Vec<(Frame, u32)>,
    below: u32,
    frame: Frame,
    most: u32,
    /// Whether the token before ended an operand, so that `-` is binary and `|` opens no closure.
    operand: bool,
    /// Whether the token before was `}`: a word behind it begins a new statement.
    after_brace: bool,
    /// The operator character before, where it ended.
    before: (u8, usize),
    /// An operator character here was counted with the one before.
    counted: usize,
}

impl Nesting {
    /// Bytes of stack needed for what was read so far.
    pub fn stack(&self) -> u32 {
        self.most
    }

    /// Takes in a token of `text`.
    pub fn read(&mut self, text: &str, token: Token) {
        let after_brace = std::mem::take(&mut self.after_brace);
        match token.kind {
            TokenKind::Comment => self.after_brace = after_brace,
            TokenKind::Word => {
                let word = &text[token.start..token.end];
                if after_brace && word != "else" && word != "as" {
                    self.frame = Frame::default();
                }
                self.operand = is_operand(word);
                if !self.operand && recurses(word) {
                    self.add(PREFIX);
                } else if word == "as" {
                    self.add(LINK);
                }
            }
            TokenKind::Literal | TokenKind::Lifetime => {
                if after_brace {
                    self.frame = Frame::default();
                }
                self.operand = token.kind == TokenKind::Literal;
            }
            TokenKind::Open(_) => {
                self.outer.push((self.frame, self.below));
                self.below = self.below.saturating_add(self.frame.cost()).saturating_add(BRACKET);
                self.frame = Frame::default();
                self.operand = false;
                self.add(0);
            }
            TokenKind::Close(bracket) => {
                (self.frame, self.below) = self.outer.pop().unwrap_or_default();
                self.operand = true;
                self.after_brace = bracket == b'}';
                self.add(LINK);
            }
            TokenKind::Punct(byte) => self.punct(text.as_bytes(), byte, token.start),
        }
        if !matches!(token.kind, TokenKind::Punct(_)) {
            self.before = (0, 0);
        }
    }

    fn punct(&mut self, text: &[u8], byte: u8, at: usize) {
        let joined = if self.before.1 == at { self.before.0 } else { 0 };
        self.before = (byte, at + 1);
        if self.counted == at && at > 0 {
            return;
        }
        let doubled = text.get(at + 1) == Some(&byte);
        match byte {
            b';' => self.frame = Frame::default(),
            b',' => self.frame.run = 0,
            b'>' if joined == b'=' => self.frame = Frame::default(),
            b'>' if joined == b'-' => self.add(ARROW),
            b'>' => {
                self.frame.angles = self.frame.angles.saturating_sub(1);
                self.operand = true;
                return;
            }
            b'<' => {
                // A number behind it is the last thing that can nest there: a shift or a constant argument.
                let next = text[at + 1..].iter().take(3).find(|&&byte| byte != b' ' && byte != b'<');
                if !next.is_some_and(u8::is_ascii_digit) {
                    self.frame.angles += 1;
                    self.add(0);
                }
            }
            b'|' if std::mem::take(&mut self.frame.parameters) => {}
            b'|' if !self.operand => {
                self.frame.closures += 1;
                self.frame.parameters = true;
                self.add(0);
            }
            b'|' | b'&' if self.operand && doubled => {
                self.counted = at + 1;
                self.add(LINK);
            }
            b'.' if doubled => {
                self.counted = at + 1;
                self.add(if self.operand { LINK } else { PREFIX });
            }
            b'-' | b'*' | b'&' | b'!' if !self.operand => self.add(PREFIX),
            b'=' => self.add(ASSIGN),
            b'@' => self.add(CAPTURE),
            b':' => self.add(COLON),
            b'?' => {
                self.add(LINK);
                return;
            }
            _ => self.add(LINK),
        }
        self.operand = false;
    }

    fn add(&mut self, cost: u32) {
        self.frame.run = self.frame.run.saturating_add(cost);
        self.most = self.most.max(self.below.saturating_add(self.frame.cost()));
    }
}

/// The need of a whole text.
pub(super) fn stack_needed(text: &str) -> u32 {
    let mut nesting = Nesting::default();
    for token in super::lexer::Lexer::new(text) {
        nesting.read(text, token);
    }
    nesting.stack()
}

/// Whether a word can stand for a value or a type. All other keywords are followed by an operand, never by an operator.
fn is_operand(word: &str) -> bool {
    !matches!(
        word,
        "abstract"
            | "as"
            | "async"
            | "auto"
            | "become"
            | "box"
            | "break"
            | "const"
            | "continue"
            | "default"
            | "do"
            | "dyn"
            | "else"
            | "enum"
            | "extern"
            | "fn"
            | "for"
            | "if"
            | "impl"
            | "in"
            | "let"
            | "loop"
            | "macro"
            | "match"
            | "mod"
            | "move"
            | "mut"
            | "pub"
            | "raw"
            | "ref"
            | "return"
            | "safe"
            | "static"
            | "struct"
            | "trait"
            | "try"
            | "type"
            | "union"
            | "unsafe"
            | "use"
            | "where"
            | "while"
            | "yield"
    )
}

/// Keywords behind which the parser descends without a bracket.
fn recurses(word: &str) -> bool {
    matches!(
        word,
        "become"
            | "box"
            | "break"
            | "dyn"
            | "else"
            | "for"
            | "if"
            | "impl"
            | "in"
            | "match"
            | "move"
            | "return"
            | "static"
            | "while"
            | "yield"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ordinary_code_is_shallow() {
        let body = "let x = a.b(&c)?.d::<Vec<u8>>(|e| e < 3 && f || !g, 1 << 4); if x { y() } else { z(); }\n";
        let text = format!("pub fn f<T: A<B>>(a: &T) -> Result<(), E> {{ {} }}\n", body.repeat(50)).repeat(50);
        assert!(stack_needed(&text) < SHALLOW / 8, "{}", stack_needed(&text));
    }

    #[test]
    fn every_way_to_nest_is_seen() {
        for unit in [
            "(",
            "[",
            "{",
            "!",
            "&",
            "&&",
            "-",
            "*",
            "A<",
            "A<B,",
            "A< B, ",
            "|a|",
            "|a,b|",
            "||",
            "return ",
            "if ",
            "a=",
            "a+=",
            "fn()->",
            "*const ",
            "&mut ",
            "&'a ",
            "impl Fn()->",
            "a@",
            "..",
            "for<'a> ",
            "box ",
            "{a};(",
        ] {
            assert!(stack_needed(&unit.repeat(100_000)) > DEEP, "{unit}");
        }
    }
}
