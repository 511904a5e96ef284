//! What the `add_header` lines of a block amount to: names, values, and which of them protect browsers.

use super::nginx_config::Directive;

/// A response header that a block sets.
#[derive(Debug, Clone)]
pub(super) struct Header<'tree> {
    pub directive: Directive<'tree>,
    /// In lower case.
    pub name: String,
    pub value: &'tree str,
    /// Position of the argument that holds the value.
    pub argument: usize,
}

/// The `add_header` lines that stand directly in a block.
pub(super) fn own(level: Directive<'_>) -> Vec<Header<'_>> {
    let added = level.children_named("add_header").filter_map(|directive| {
        let arguments = directive.arguments();
        let (name, value) = (arguments.first()?, arguments.get(1).copied().unwrap_or(""));
        Some(Header { directive, name: name.to_ascii_lowercase(), value, argument: 1 })
    });
    added.collect()
}

/// Headers of the headers-more module, which are inherited whatever stands below.
pub(super) fn more(level: Directive<'_>) -> Vec<Header<'_>> {
    let mut headers = Vec::new();
    for directive in level.children_named("more_set_headers") {
        for (argument, text) in directive.arguments().into_iter().enumerate() {
            if let Some((name, value)) = text.split_once(':') {
                let (name, value) = (name.trim().to_ascii_lowercase(), value.trim());
                headers.push(Header { directive, name, value, argument });
            }
        }
    }
    headers
}

/// Security headers in lower case, and as they are written.
pub(super) const PROTECTIVE: [(&str, &str); 9] = [
    ("strict-transport-security", "Strict-Transport-Security"),
    ("content-security-policy", "Content-Security-Policy"),
    ("x-frame-options", "X-Frame-Options"),
    ("x-content-type-options", "X-Content-Type-Options"),
    ("referrer-policy", "Referrer-Policy"),
    ("permissions-policy", "Permissions-Policy"),
    ("cross-origin-opener-policy", "Cross-Origin-Opener-Policy"),
    ("cross-origin-embedder-policy", "Cross-Origin-Embedder-Policy"),
    ("cross-origin-resource-policy", "Cross-Origin-Resource-Policy"),
];

/// Whether headers of outer levels stay (`add_header_inherit merge`, nginx 1.29.3).
pub(super) fn merges(level: Directive<'_>) -> bool {
    std::iter::once(level)
        .chain(level.ancestors())
        .find_map(|level| level.children_named("add_header_inherit").next())
        .is_some_and(|directive| directive.argument(0) == Some("merge"))
}
