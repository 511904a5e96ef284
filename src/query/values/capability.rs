//! Linux capabilities as Docker and Kubernetes name them.

/// The name without `CAP_`, in upper case; `ALL` for all of them.
pub fn parse(text: &str) -> Option<String> {
    let name = text.trim().to_ascii_uppercase();
    let name = name.strip_prefix("CAP_").unwrap_or(&name);
    let plain = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'_');
    plain.then(|| name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_both_spellings() {
        assert_eq!(parse("CAP_SYS_ADMIN").as_deref(), Some("SYS_ADMIN"));
        assert_eq!(parse("net_raw").as_deref(), Some("NET_RAW"));
        assert_eq!(parse("all").as_deref(), Some("ALL"));
        assert_eq!(parse("CAP_"), None);
        assert_eq!(parse("${CAP}"), None);
    }
}
