//! The `Content-Security-Policy` header (CSP level 3): which sources a directive really allows.

/// One policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy<'text> {
    /// Name in lower case and sources as written. The first of a name counts, later ones browsers ignore.
    directives: Vec<(String, Vec<&'text str>)>,
}

/// Reads the policies of a header (separated by commas; a page must satisfy all of them).
pub fn parse(header: &str) -> Vec<Policy<'_>> {
    header.split(',').filter(|text| !text.trim().is_empty()).map(Policy::parse).collect()
}

/// Whether a header's policies all allow a source for a directive.
pub fn allows(header: &str, directive: &str, is_wanted: impl Fn(&str) -> bool) -> bool {
    let policies = parse(header);
    !policies.is_empty() && policies.iter().all(|policy| policy.effective_sources(directive).any(&is_wanted))
}

impl<'text> Policy<'text> {
    fn parse(text: &'text str) -> Self {
        let mut directives: Vec<(String, Vec<&str>)> = Vec::new();
        for directive in text.split(';') {
            let mut words = directive.split_whitespace();
            let Some(name) = words.next().map(str::to_ascii_lowercase) else { continue };
            if directives.len() < 200 && !directives.iter().any(|(known, _)| *known == name) {
                directives.push((name, words.collect()));
            }
        }
        Self { directives }
    }

    /// The sources written for a directive itself.
    pub fn written(&self, directive: &str) -> Option<&[&'text str]> {
        let directive = self.directives.iter().find(|(name, _)| name.eq_ignore_ascii_case(directive))?;
        Some(&directive.1)
    }

    /// The sources that govern a directive: its own, or those of what it falls back to (CSP level 3, 6.8.3). `None`
    /// when nothing governs it, which allows everything.
    pub fn governing(&self, directive: &str) -> Option<&[&'text str]> {
        std::iter::once(directive).chain(fallbacks(directive).iter().copied()).find_map(|name| self.written(name))
    }

    /// The sources that a browser honours: where a nonce or a hash stands, `'unsafe-inline'` is ignored; where
    /// `'strict-dynamic'` stands, hosts, schemes, `'self'` and `'unsafe-inline'` are (CSP level 3, 8.2). Where nothing
    /// governs the directive, everything is allowed: `*` and `'unsafe-inline'`.
    pub fn effective_sources(&self, directive: &str) -> impl Iterator<Item = &'text str> {
        let unrestricted: &[&'text str] = &["*", "'unsafe-inline'"];
        // Frames, forms and the base address have no fallback; absence there is a case of its own for rules.
        let sources = self.governing(directive).unwrap_or(unrestricted).to_vec();
        let is_script = directive.to_ascii_lowercase().starts_with("script") || directive == "default-src";
        let trusted = sources.iter().any(|source| is_nonce_or_hash(source));
        let dynamic = is_script && sources.iter().any(|source| source.eq_ignore_ascii_case("'strict-dynamic'"));
        sources.into_iter().filter(move |source| {
            if source.eq_ignore_ascii_case("'unsafe-inline'") {
                return !trusted && !dynamic;
            }
            !dynamic || (source.starts_with('\'') && !source.eq_ignore_ascii_case("'self'"))
        })
    }
}

fn is_nonce_or_hash(source: &str) -> bool {
    let source = source.trim_start_matches('\'').to_ascii_lowercase();
    ["nonce-", "sha256-", "sha384-", "sha512-"].iter().any(|prefix| source.starts_with(prefix))
}

fn fallbacks(directive: &str) -> &'static [&'static str] {
    match directive.to_ascii_lowercase().as_str() {
        "script-src-elem" | "script-src-attr" => &["script-src", "default-src"],
        "style-src-elem" | "style-src-attr" => &["style-src", "default-src"],
        "worker-src" => &["child-src", "script-src", "default-src"],
        "frame-src" => &["child-src", "default-src"],
        "child-src" | "connect-src" | "font-src" | "img-src" | "manifest-src" | "media-src" | "object-src"
        | "prefetch-src" | "script-src" | "style-src" => &["default-src"],
        _ => &[],
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn allows_source(header: &str, directive: &str, source: &str) -> bool {
        allows(header, directive, |written| written.eq_ignore_ascii_case(source))
    }

    #[test]
    fn falls_back_to_default() {
        assert!(allows_source("default-src 'self' 'unsafe-inline'", "script-src", "'unsafe-inline'"));
        assert!(!allows_source("default-src 'unsafe-inline'; script-src 'self'", "script-src", "'unsafe-inline'"));
        assert!(allows_source("img-src 'self'", "script-src", "*"));
        assert!(!allows_source("frame-ancestors 'none'; default-src 'none'", "script-src", "*"));
    }

    #[test]
    fn nonces_and_strict_dynamic_overrule() {
        for header in [
            "script-src 'unsafe-inline' 'nonce-abc'",
            "script-src 'unsafe-inline' 'sha256-abc='",
            "script-src 'unsafe-inline' 'strict-dynamic' 'nonce-abc' https:",
        ] {
            assert!(!allows_source(header, "script-src", "'unsafe-inline'"), "{header}");
        }
        assert!(!allows_source("script-src 'strict-dynamic' 'nonce-x' https:", "script-src", "https:"));
        assert!(allows_source("script-src 'nonce-x' https:", "script-src", "https:"));
    }

    #[test]
    fn the_first_of_a_name_and_every_policy_count() {
        assert!(!allows_source("script-src 'self'; script-src *", "script-src", "*"));
        assert!(!allows_source("script-src *, script-src 'self'", "script-src", "*"));
    }

    proptest! {
        #[test]
        fn never_panics(text in "\\PC*") {
            let _ = allows(&text, "script-src", |source| source == "*");
        }
    }
}
