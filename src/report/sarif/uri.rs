//! Paths as URI references (RFC 3986).

use std::fmt::Write;

/// A shown path as a percent-encoded URI reference: relative for a relative path, `file:` for an absolute one.
pub(super) fn from_path(path: &str) -> String {
    let path = path.strip_prefix("./").unwrap_or(path);
    let has_drive = matches!(path.as_bytes(), [letter, b':', b'/', ..] if letter.is_ascii_alphabetic());
    let mut uri = String::with_capacity(path.len() + 8);
    if has_drive {
        uri.push_str("file:///");
    } else if path.starts_with('/') {
        uri.push_str("file://");
    }
    for (index, byte) in path.bytes().enumerate() {
        let is_drive_colon = has_drive && index == 1;
        if byte.is_ascii_alphanumeric() || b"/-._~!$&'()*+,;=@".contains(&byte) || is_drive_colon {
            uri.push(char::from(byte));
        } else {
            // A colon is encoded too: in the first segment it would end a scheme.
            let _ = write!(uri, "%{byte:02X}");
        }
    }
    uri
}

#[cfg(test)]
mod tests {
    use super::from_path;

    #[test]
    fn encodes_what_a_path_segment_may_not_hold() {
        assert_eq!(from_path("app/main.py"), "app/main.py");
        assert_eq!(from_path("./a b/100%/c#d?.py"), "a%20b/100%25/c%23d%3F.py");
        assert_eq!(from_path("gr\u{fc}n/\u{1F600}.py"), "gr%C3%BCn/%F0%9F%98%80.py");
        assert_eq!(from_path("a:b/[c].py"), "a%3Ab/%5Bc%5D.py");
        assert_eq!(from_path("../up.py"), "../up.py");
    }

    #[test]
    fn absolute_paths_are_file_uris() {
        assert_eq!(from_path("/srv/a b.py"), "file:///srv/a%20b.py");
        assert_eq!(from_path("C:/srv/a.py"), "file:///C:/srv/a.py");
    }
}
