//! From bytes to text: byte order marks, UTF-16, and telling text from the rest.

use super::binary::has_binary_magic;
use std::borrow::Cow;

/// How much of a file is looked at to tell text from binary.
const HEAD: usize = 8192;

/// What bytes turned out to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Decoded {
    /// Text, without its byte order mark. `invalid_at` is the offset (bytes in the text) of the first replacement
    /// character that stands for bytes that are no valid text; `encoding` names what the bytes were read as.
    Text { text: String, invalid_at: Option<usize>, encoding: &'static str },
    /// No text.
    Binary,
}

/// Decodes the whole content of a file.
pub(super) fn decode_bytes(bytes: Vec<u8>) -> Decoded {
    if let Some(rest) = bytes.strip_prefix(b"\xff\xfe") {
        return utf16(rest, u16::from_le_bytes, "UTF-16LE");
    }
    if let Some(rest) = bytes.strip_prefix(b"\xfe\xff") {
        return utf16(rest, u16::from_be_bytes, "UTF-16BE");
    }
    if has_binary_magic(&bytes) {
        return Decoded::Binary;
    }
    let head = &bytes[..bytes.len().min(HEAD)];
    if head.contains(&0) {
        return match nul_pattern(head) {
            Some(Endian::Little) => utf16(&bytes, u16::from_le_bytes, "UTF-16LE"),
            Some(Endian::Big) => utf16(&bytes, u16::from_be_bytes, "UTF-16BE"),
            None => Decoded::Binary,
        };
    }
    utf8(bytes)
}

fn utf8(mut bytes: Vec<u8>) -> Decoded {
    if bytes.starts_with(b"\xef\xbb\xbf") {
        bytes.drain(..3);
    }
    let bytes = match String::from_utf8(bytes) {
        Ok(text) => return Decoded::Text { text, invalid_at: None, encoding: "UTF-8" },
        Err(error) => error.into_bytes(),
    };
    let head = &bytes[..bytes.len().min(HEAD)];
    // Latin-1 prose has a few such bytes; a file that is mostly noise is no text.
    let noise = head.iter().filter(|&&byte| byte >= 0x80 || (byte < 0x20 && !byte.is_ascii_whitespace())).count();
    if noise * 10 > head.len() * 3 && String::from_utf8_lossy(head).matches('\u{FFFD}').count() * 10 > head.len() {
        return Decoded::Binary;
    }
    let invalid_at = std::str::from_utf8(&bytes).err().map(|error| error.valid_up_to());
    let text = match String::from_utf8_lossy(&bytes) {
        Cow::Owned(text) => text,
        Cow::Borrowed(text) => text.to_owned(),
    };
    Decoded::Text { text, invalid_at, encoding: "UTF-8" }
}

enum Endian {
    Little,
    Big,
}

/// Text in UTF-16 that is mostly Latin has a NUL in every other byte.
fn nul_pattern(head: &[u8]) -> Option<Endian> {
    let pairs = head.len() / 2;
    let nuls = |offset: usize| head.iter().skip(offset).step_by(2).filter(|&&byte| byte == 0).count();
    let (even, odd) = (nuls(0), nuls(1));
    if pairs < 2 {
        None
    } else if odd * 10 > pairs * 6 && even * 20 < pairs {
        Some(Endian::Little)
    } else if even * 10 > pairs * 6 && odd * 20 < pairs {
        Some(Endian::Big)
    } else {
        None
    }
}

fn utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16, encoding: &'static str) -> Decoded {
    let units = bytes.chunks_exact(2).map(|pair| unit([pair[0], pair[1]]));
    let mut text = String::with_capacity(bytes.len() / 2);
    let mut invalid_at = None;
    for character in char::decode_utf16(units) {
        text.push(character.unwrap_or_else(|_| {
            invalid_at.get_or_insert(text.len());
            char::REPLACEMENT_CHARACTER
        }));
    }
    if bytes.len() % 2 == 1 {
        invalid_at.get_or_insert(text.len());
        text.push(char::REPLACEMENT_CHARACTER);
    }
    Decoded::Text { text, invalid_at, encoding }
}
