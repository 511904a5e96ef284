//! Booleans in the spellings of YAML 1.1 and 1.2, nginx, systemd, INI and environment variables.

/// The boolean that a text spells; `None` for anything else. An empty text is no boolean.
pub fn parse(text: &str) -> Option<bool> {
    const TRUE: [&str; 8] = ["true", "yes", "on", "1", "y", "t", "enable", "enabled"];
    const FALSE: [&str; 8] = ["false", "no", "off", "0", "n", "f", "disable", "disabled"];
    let text = text.trim();
    if TRUE.iter().any(|spelling| text.eq_ignore_ascii_case(spelling)) {
        Some(true)
    } else if FALSE.iter().any(|spelling| text.eq_ignore_ascii_case(spelling)) {
        Some(false)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_every_spelling() {
        for text in ["true", "True", "YES", " on ", "1", "Enabled"] {
            assert_eq!(parse(text), Some(true), "{text}");
        }
        for text in ["false", "No", "OFF", "0", "disabled"] {
            assert_eq!(parse(text), Some(false), "{text}");
        }
        for text in ["", "2", "truth", "null"] {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
