//! Response headers that a level sends.

use super::Directive;

/// A response header that nginx adds.
#[derive(Debug, Clone)]
pub struct ResponseHeader<'m> {
    /// Where it is set.
    pub directive: Directive<'m>,
    /// In lower case.
    pub name: String,
    /// As written, variables in it.
    pub value: &'m str,
    /// Position of the argument that holds the value.
    pub argument: usize,
    /// Whether it is sent with errors too.
    pub always: bool,
}

/// Headers that protect browsers, in lower case and as they are written.
pub const SECURITY_HEADERS: [(&str, &str); 9] = [
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

/// Statuses with which `add_header` without `always` sends (documentation of `ngx_http_headers_module`).
const WITHOUT_ALWAYS: [u16; 10] = [200, 201, 204, 206, 301, 302, 303, 304, 307, 308];

impl<'m> Directive<'m> {
    /// The headers that responses of this level carry with a status, or with any of the usual ones.
    pub fn response_headers(self, status: Option<u16>) -> Vec<ResponseHeader<'m>> {
        let added = self.effective("add_header").map_or_else(Vec::new, |effective| effective.directives);
        let mut headers: Vec<_> = added.into_iter().filter_map(added_header).collect();
        for level in self.levels() {
            for header in level.own_more_headers() {
                // Inner levels win.
                if headers.iter().all(|known| known.directive.name() == "add_header" || known.name != header.name) {
                    headers.push(header);
                }
            }
        }
        headers.retain(|header| {
            !header.value.is_empty() && (header.always || status.is_none_or(|status| WITHOUT_ALWAYS.contains(&status)))
        });
        headers
    }

    /// The `add_header` lines that stand directly in this block.
    pub fn own_headers(self) -> Vec<ResponseHeader<'m>> {
        self.children_named("add_header").filter_map(added_header).collect()
    }

    /// Headers of the headers-more module that stand directly in this block; they are inherited whatever stands below.
    pub fn own_more_headers(self) -> Vec<ResponseHeader<'m>> {
        let mut headers = Vec::new();
        for directive in self.children_named("more_set_headers") {
            for (argument, text) in directive.arguments().into_iter().enumerate() {
                if let Some((name, value)) = text.split_once(':') {
                    let (name, value) = (name.trim().to_ascii_lowercase(), value.trim());
                    headers.push(ResponseHeader { directive, name, value, argument, always: true });
                }
            }
        }
        headers
    }
}

fn added_header(directive: Directive<'_>) -> Option<ResponseHeader<'_>> {
    let name = directive.argument(0)?.to_ascii_lowercase();
    let value = directive.argument(1).unwrap_or("");
    let always = directive.argument(2) == Some("always");
    Some(ResponseHeader { directive, name, value, argument: 1, always })
}
