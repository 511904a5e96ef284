//! Users of containers and services: `app`, `1000`, `app:app`, `0:0`.

use super::hole;

/// Whether a user is root; `None` where the value is not in the file. `user:group`, names and numbers are understood;
/// the group alone makes nobody root.
pub fn is_root(text: &str) -> Option<bool> {
    let text = text.trim();
    let user = text.split(':').next().unwrap_or("");
    if user.is_empty() || hole::has(user) {
        return None;
    }
    if user.bytes().all(|byte| byte.is_ascii_digit()) {
        return Some(user.bytes().all(|byte| byte == b'0'));
    }
    Some(user.eq_ignore_ascii_case("root"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_root_by_name_and_number() {
        for text in ["root", "0", "0:0", "root:app", "00", "0:1000"] {
            assert_eq!(is_root(text), Some(true), "{text}");
        }
        for text in ["app", "1000", "1000:0", "rootless"] {
            assert_eq!(is_root(text), Some(false), "{text}");
        }
        assert_eq!(is_root(""), None);
        assert_eq!(is_root("\u{1a}UID\u{1a}:0"), None);
    }
}
