//! File modes: octal (`0777`, `4755`) and symbolic (`a+rwx`, `u+s`), as chmod takes them.

/// What a mode grants that matters to an audit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[expect(clippy::struct_excessive_bools, reason = "a mode is a set of bits")]
pub struct FileMode {
    /// Everybody may write.
    pub world_writable: bool,
    /// The sticky bit is set: only owners may rename and delete (`/tmp`).
    pub sticky: bool,
    /// Runs as its owner.
    pub set_user_id: bool,
    /// Runs as its group.
    pub set_group_id: bool,
}

/// The mode that a text spells. A symbolic mode says only what it adds: what it removes is not granted by it.
pub fn parse(text: &str) -> Option<FileMode> {
    let text = text.trim();
    let octal = text.strip_prefix("0o").unwrap_or(text);
    if !octal.is_empty() && octal.len() <= 6 && octal.bytes().all(|byte| (b'0'..=b'7').contains(&byte)) {
        let bits = u32::from_str_radix(octal, 8).ok()?;
        return Some(FileMode {
            world_writable: bits & 0o002 != 0,
            sticky: bits & 0o1000 != 0,
            set_user_id: bits & 0o4000 != 0,
            set_group_id: bits & 0o2000 != 0,
        });
    }
    let mut mode = FileMode::default();
    for clause in text.split(',') {
        let operator = clause.find(['+', '-', '='])?;
        let (who, rest) = clause.split_at(operator);
        if !who.chars().all(|class| "ugoa".contains(class)) {
            return None;
        }
        let grants = !rest.starts_with('-');
        let permissions = &rest[1..];
        if permissions.is_empty() && rest.starts_with('+') || !permissions.chars().all(|bit| "rwxXstugo".contains(bit))
        {
            return None;
        }
        if !grants {
            continue;
        }
        // Without classes chmod honours the umask, which takes writing from others.
        mode.world_writable |= who.contains(['o', 'a']) && permissions.contains('w');
        mode.sticky |= permissions.contains('t');
        mode.set_user_id |= permissions.contains('s') && (who.is_empty() || who.contains(['u', 'a']));
        mode.set_group_id |= permissions.contains('s') && (who.is_empty() || who.contains(['g', 'a']));
    }
    Some(mode)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn reads_octal_and_symbolic_modes() {
        for text in ["777", "0777", "666", "1777", "a+w", "o+rw", "u=rwx,o=rwx"] {
            assert!(parse(text).unwrap().world_writable, "{text}");
        }
        for text in ["755", "0644", "+x", "g=u", "o-w", "u+w", "+w"] {
            assert!(!parse(text).unwrap().world_writable, "{text}");
        }
        assert!(parse("1777").unwrap().sticky);
        for text in ["4755", "6755", "u+s", "+s", "ug+s"] {
            assert!(parse(text).unwrap().set_user_id, "{text}");
        }
        assert!(!parse("a-s").unwrap().set_user_id);
        for text in ["", "888", "rwx", "app", "x+w"] {
            assert_eq!(parse(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn never_panics(text in "\\PC*") {
            let _ = parse(&text);
        }
    }
}
