//! Which origins a regular expression lets in: decided by trying origins, not by reading the expression.

use regex_syntax::hir::{Class, Hir, HirKind};

/// Origins that anybody can have.
const FOREIGN: &[&str] = &[
    "https://attacker.com",
    "https://www.attacker.net",
    "https://attacker.io",
    "https://a-b.attacker.org",
    "https://attacker.dev",
];
/// Domains below which anybody gets a name.
const HOSTING: &[&str] = &[
    "vercel.app",
    "netlify.app",
    "herokuapp.com",
    "github.io",
    "gitlab.io",
    "pages.dev",
    "workers.dev",
    "web.app",
    "firebaseapp.com",
    "onrender.com",
    "fly.dev",
    "railway.app",
    "surge.sh",
    "ngrok.io",
    "ngrok.app",
    "ngrok-free.app",
    "azurewebsites.net",
    "cloudfront.net",
    "amazonaws.com",
    "run.app",
    "repl.co",
    "replit.dev",
    "glitch.me",
    "loca.lt",
    "trycloudflare.com",
    "deno.dev",
    "appspot.com",
];
/// Work that one match may cost; hostile expressions end here.
const MAX_BACKTRACKING: usize = 20_000;
/// Longest expression that is tried.
const MAX_LENGTH: usize = 2_000;
/// Samples taken from one expression.
const MAX_SAMPLES: usize = 24;

/// How an expression is put to an origin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Matching {
    /// It must match all of it: Starlette's `allow_origin_regex` (`re.fullmatch`).
    Whole,
    /// It must match somewhere in it: nginx.
    Anywhere {
        /// `~*`.
        ignore_case: bool,
    },
}

/// What an expression lets in that it should not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Admits {
    /// Any site: this one, for example.
    AnySite(String),
    /// A site that somebody else can get.
    Lookalike {
        /// The origin that gets in.
        origin: String,
        /// Why.
        reason: &'static str,
    },
}

/// What an expression admits beyond the origins that it is meant for; `None` when nothing was found or the expression is
/// not understood.
pub(super) fn admits(expression: &str, matching: Matching) -> Option<Admits> {
    let matcher = Matcher::new(expression, matching)?;
    if let Some(origin) = FOREIGN.iter().find(|origin| matcher.matches(origin)) {
        return Some(Admits::AnySite((*origin).to_owned()));
    }
    if matcher.matches("null") {
        return Some(Admits::Lookalike {
            origin: "null".to_owned(),
            reason: "sandboxed frames and local files send this origin",
        });
    }
    let samples = samples(expression);
    samples.iter().filter(|sample| matcher.matches(sample)).find_map(|sample| lookalike(&matcher, sample))
}

/// Whether an expression only admits texts with a path, which no browser sends as an origin.
pub(super) fn wants_a_path(expression: &str, matching: Matching) -> bool {
    let Some(matcher) = Matcher::new(expression, matching) else { return false };
    let samples: Vec<String> = samples(expression).into_iter().filter(|sample| matcher.matches(sample)).collect();
    !samples.is_empty()
        && samples.iter().all(|sample| {
            let mut parts = sample.splitn(4, '/');
            let origin: Vec<&str> = parts.by_ref().take(3).collect();
            parts.next().is_some_and(|path| !path.is_empty()) && !matcher.matches(&origin.join("/"))
        })
}

struct Matcher(fancy_regex::Regex);

impl Matcher {
    fn new(expression: &str, matching: Matching) -> Option<Self> {
        if expression.len() > MAX_LENGTH {
            return None;
        }
        let written = match matching {
            // Python writes the very end of a text as \Z.
            Matching::Whole => format!("^(?:{})$", expression.replace("\\Z", "\\z")),
            Matching::Anywhere { ignore_case: true } => format!("(?i){expression}"),
            Matching::Anywhere { ignore_case: false } => expression.to_owned(),
        };
        fancy_regex::RegexBuilder::new(&written).backtrack_limit(MAX_BACKTRACKING).build().ok().map(Self)
    }

    fn matches(&self, origin: &str) -> bool {
        self.0.is_match(origin).unwrap_or(false)
    }
}

/// A changed form of an admitted origin that is admitted too and belongs to somebody else.
fn lookalike(matcher: &Matcher, sample: &str) -> Option<Admits> {
    let (scheme, rest) = sample.split_once("://")?;
    let host = rest.split([':', '/']).next().unwrap_or(rest);
    let labels: Vec<&str> = host.split('.').collect();
    let is_address = labels.iter().all(|label| label.chars().all(|c| c.is_ascii_digit()));
    if labels.len() < 2 || is_address || labels.last().is_some_and(|last| matches!(*last, "localhost" | "local")) {
        return None;
    }
    let owned = owner(host);
    let try_host = |changed: &str, reason| {
        let origin = sample.replacen(host, changed, 1);
        (owner(changed) != owned && matcher.matches(&origin)).then_some(Admits::Lookalike { origin, reason })
    };
    let continued = format!("{scheme}://{host}.attacker.net");
    // What follows the host (a port, the path of a referrer) may have to be there.
    for continued in [continued, sample.replacen(host, &format!("{host}.attacker.net"), 1)] {
        if matcher.matches(&continued) {
            return Some(Admits::Lookalike { origin: continued, reason: "the expression is open at its end" });
        }
    }
    let dots = host.match_indices('.').map(|(at, _)| at);
    // The dot before the top-level domain is left: no such domain exists without it.
    for at in dots.take(labels.len().saturating_sub(2)) {
        let mut changed = host.to_owned();
        changed.replace_range(at..=at, "x");
        if let Some(found) = try_host(&changed, "a dot that is not escaped stands for any character") {
            return Some(found);
        }
    }
    if let Some(found) = try_host(&format!("attacker{owned}"), "nothing separates the domain from what stands before") {
        return Some(found);
    }
    if HOSTING.contains(&owned.as_str()) {
        let changed = format!("{scheme}://attacker-site.{owned}");
        if matcher.matches(&changed) {
            return Some(Admits::Lookalike { origin: changed, reason: "anybody gets a name below this domain" });
        }
    }
    None
}

/// The part of a host that is registered: the last two labels.
fn owner(host: &str) -> String {
    let mut labels: Vec<&str> = host.rsplitn(3, '.').take(2).collect();
    labels.reverse();
    labels.join(".")
}

/// Short texts that an expression matches, one for each way through its alternatives.
fn samples(expression: &str) -> Vec<String> {
    let Ok(hir) = regex_syntax::ParserBuilder::new().nest_limit(50).build().parse(expression) else {
        return Vec::new();
    };
    let mut texts = vec![String::new()];
    extend(&hir, &mut texts);
    for text in &mut texts {
        // `example\.com$` is meant for the end of an origin.
        if !text.contains("://") {
            text.insert_str(0, "https://");
        }
    }
    texts
}

/// Puts what `hir` matches behind every text. Recursion ends at the parser's nest limit.
fn extend(hir: &Hir, texts: &mut Vec<String>) {
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => {}
        HirKind::Literal(literal) => {
            let literal = String::from_utf8_lossy(&literal.0).into_owned();
            for text in texts.iter_mut() {
                text.push_str(&literal);
            }
        }
        HirKind::Class(class) => {
            let character = typical(class);
            for text in texts.iter_mut() {
                text.push(character);
            }
        }
        // What may be missing is there once, so that its place is seen.
        HirKind::Repetition(repetition) => {
            for _ in 0..repetition.min.clamp(1, 8) {
                extend(&repetition.sub, texts);
            }
        }
        HirKind::Capture(capture) => extend(&capture.sub, texts),
        HirKind::Concat(parts) => parts.iter().for_each(|part| extend(part, texts)),
        HirKind::Alternation(options) => {
            let mut all = Vec::new();
            for option in options {
                let mut branch = texts.clone();
                extend(option, &mut branch);
                all.extend(branch);
                if all.len() >= MAX_SAMPLES {
                    break;
                }
            }
            all.truncate(MAX_SAMPLES);
            *texts = all;
        }
    }
    texts.retain(|text| text.len() < MAX_LENGTH);
}

/// A character of a class; for `.` itself the dot, which is what the author meant.
fn typical(class: &Class) -> char {
    let has = |character: char| match class {
        Class::Unicode(class) => class.iter().any(|range| (range.start()..=range.end()).contains(&character)),
        Class::Bytes(class) => {
            u8::try_from(character).is_ok_and(|byte| class.iter().any(|r| (r.start()..=r.end()).contains(&byte)))
        }
    };
    // `.` has the slash in it, `[a-z0-9.-]` has not.
    let order: &[char] = if has('/') { &['.', 'a', '8'] } else { &['a', 'A', '8', '-', '.', ':'] };
    order.iter().copied().find(|&character| has(character)).unwrap_or('a')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn is_any(expression: &str) -> bool {
        matches!(admits(expression, Matching::Whole), Some(Admits::AnySite(_)))
    }

    fn is_weak(expression: &str) -> bool {
        matches!(admits(expression, Matching::Whole), Some(Admits::Lookalike { .. }))
    }

    #[test]
    fn any_site() {
        for expression in
            [".*", "https?://.*", r"^https://.+$", r"https://[\w.-]+(:\d+)?", r"(http|https)://.*\.com", r"^.*\Z"]
        {
            assert!(is_any(expression), "{expression}");
        }
    }

    #[test]
    fn sites_that_somebody_else_can_get() {
        for expression in [
            r"https://.*example\.com",
            r"https://app.example.com",
            r"https://.*.example.com",
            r"https://(www\.)?example\.com.*",
            r"https://.*\.vercel\.app",
            r"https://shop\.example\.com|null",
        ] {
            assert!(is_weak(expression), "{expression}: {:?}", admits(expression, Matching::Whole));
        }
    }

    #[test]
    fn exact_expressions() {
        for expression in [
            r"https://.*\.example\.com",
            r"https://([a-z0-9-]+\.)?example\.com",
            r"^https://(app|admin)\.example\.com(:\d+)?$",
            r"http://(localhost|127\.0\.0\.1)(:\d+)?",
            r"http://localhost:.*",
            r"https://myapp-[a-z0-9]+-team\.vercel\.app",
            r"https://[a-z0-9.-]+\.example\.co",
        ] {
            assert_eq!(admits(expression, Matching::Whole), None, "{expression}");
        }
    }

    proptest! {
        #[test]
        fn never_panics(expression in "\\PC{0,80}") {
            let _ = admits(&expression, Matching::Whole);
            let _ = admits(&expression, Matching::Anywhere { ignore_case: true });
        }
    }
}
