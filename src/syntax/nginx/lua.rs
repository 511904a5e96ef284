//! Where a `*_by_lua_block { ... }` of the Lua module ends: braces in Lua's strings and comments do not count.

use std::ops::Range;

/// A block of Lua.
#[derive(Debug)]
pub(super) struct LuaBlock {
    /// The code between the braces.
    pub(super) content: Range<usize>,
    /// Offset behind the closing brace, or the end of the text.
    pub(super) end: usize,
    /// Whether there is a closing brace.
    pub(super) closed: bool,
}

/// The block whose opening brace stands at `open`.
pub(super) fn block(text: &str, open: usize) -> LuaBlock {
    let bytes = text.as_bytes();
    let mut at = open + 1;
    let mut depth = 1_usize;
    let mut brackets = LongBrackets { unclosed: [false; LEVELS] };
    while let Some(&byte) = bytes.get(at) {
        match byte {
            b'{' => depth += 1,
            b'}' => {
                depth -= 1;
                if depth == 0 {
                    return LuaBlock { content: open + 1..at, end: at + 1, closed: true };
                }
            }
            b'"' | b'\'' => {
                at = behind_string(bytes, at);
                continue;
            }
            b'-' if bytes.get(at + 1) == Some(&b'-') => {
                at = match brackets.behind(text, at + 2) {
                    Some(end) => end,
                    None => text[at..].find('\n').map_or(bytes.len(), |length| at + length),
                };
                continue;
            }
            b'[' => {
                if let Some(end) = brackets.behind(text, at) {
                    at = end;
                    continue;
                }
            }
            _ => {}
        }
        at += 1;
    }
    LuaBlock { content: open + 1..bytes.len(), end: bytes.len(), closed: false }
}

/// Behind a short string; one that is not closed ends with its line.
fn behind_string(bytes: &[u8], start: usize) -> usize {
    let quote = bytes[start];
    let mut at = start + 1;
    while let Some(&byte) = bytes.get(at) {
        match byte {
            // The byte behind a backslash may be a line end: Lua's string goes on then.
            b'\\' => at += 1,
            b'\n' => return at,
            _ if byte == quote => return at + 1,
            _ => {}
        }
        at += 1;
    }
    bytes.len()
}

/// Levels of long brackets whose missing end is remembered; nobody writes more `=`.
const LEVELS: usize = 8;

/// `[[ ]]`, `[=[ ]=]`, ...
struct LongBrackets {
    /// By level: the text holds no closing bracket any more.
    unclosed: [bool; LEVELS],
}

impl LongBrackets {
    /// Behind the long bracket that opens at `start`, if one does.
    fn behind(&mut self, text: &str, start: usize) -> Option<usize> {
        let rest = text.get(start..)?.strip_prefix('[')?;
        let level = rest.bytes().take_while(|&byte| byte == b'=').count();
        let rest = rest[level..].strip_prefix('[')?;
        if level >= LEVELS || self.unclosed[level] {
            return None;
        }
        let closing = format!("]{}]", "=".repeat(level));
        let Some(length) = rest.find(&closing) else {
            self.unclosed[level] = true;
            return None;
        };
        Some(start + 2 + level + length + closing.len())
    }
}
