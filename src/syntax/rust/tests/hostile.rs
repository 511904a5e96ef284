//! Whatever the text, the parser returns and the tree keeps its invariants.

use super::parse;
use crate::syntax::rust::lexer::{Lexer, TokenKind};
use crate::syntax::rust::nesting::{DEEP, stack_needed};
use proc_macro2::{TokenStream, TokenTree};
use proptest::prelude::*;
use std::time::{Duration, Instant};

const SNIPPETS: &[&str] = &[
    "#![allow(a)] use a::{self, b as c, d::*}; #[derive(A)] pub struct S<'a, T: A + 'a>(pub T, &'a str);",
    "impl<T> A<T> for B where T: C { const X: u8 = 1; type Y = Z; async fn f(&mut self, (a, b): (u8, T)) -> R { a?.b().await } }",
    "fn f() { let Some(x) = y else { return }; match x { A { a, .. } | B(_) if c => 1..=2, n @ 3 => 'l: loop { break 'l } } }",
    "json!({\"a\": [1, {\"b\": null}], c: d}); format!(\"{} {x}\", a, b = c); vec![0; 3]; query!(r#\"x\"#, &a);",
    "tokio::select! { Some(x) = a.b(), if c => { d } else => e } lazy_static! { static ref A: B = c(); }",
    "// a\n/* b /* c */ */ /// d\nfn é(x: char) { '\\'' ; b'\\xff'; \"é\\n\\u{1F600}\"; c\"x\"; br#\"\"#; 1.0e3f32 as u8; <A as B>::c::<{ 1 }>() }",
    "trait A: B + ?Sized { fn f(self: Box<Self>) -> impl Fn(u8) -> !; } extern \"C\" { fn g(a: *const u8, ...); } union U { a: u8 }",
    "macro_rules! m { ($x:expr) => { $x } } if let A = b && c || !d { &mut e } else if f { unsafe { g } } else { async move {} };",
];

const PIECES: &[&str] = &[
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    "<",
    ">",
    ";",
    ",",
    "::",
    ":",
    "=",
    "=>",
    "->",
    "|",
    "&",
    "!",
    "?",
    ".",
    "..",
    "#",
    "'",
    "'a",
    "'a'",
    "\"",
    "\\",
    "r#\"",
    "\"#",
    "b'",
    "/*",
    "*/",
    "//",
    "\n",
    "\r",
    " ",
    "fn",
    "let",
    "if",
    "else",
    "match",
    "impl",
    "use",
    "struct",
    "async",
    "move",
    "dyn",
    "x",
    "é",
    "\u{1F600}",
    "0",
    "1.",
    "...",
    "$x",
    "@",
    "\0",
    "\u{200e}",
    "json!",
    "a!",
    "#[",
    "#![",
    "#!",
    "\u{feff}",
    "static",
    "ref",
    "self",
    "as",
    "unsafe",
    "/**",
    "///",
    "/*!",
    "//!",
    "r",
    "br\"",
    "c\"",
    "'\\''",
    "'\\u{41}'",
    "1e",
    "\u{301}",
    "\u{a0}",
    "$",
    "%",
    "^",
    "+",
    "-",
];

fn keeps_invariants(text: &str) {
    let parsed = parse(text);
    parsed.tree.check().unwrap_or_else(|error| panic!("{error}\n{text}"));
    for id in parsed.tree.ids() {
        let _ = parsed.tree.label(id);
    }
    let ordered = parsed.tree.comments().windows(2).all(|pair| pair[0].end <= pair[1].start);
    assert!(ordered, "{text}");
    for problem in &parsed.problems {
        assert!(text.get(problem.span.range()).is_some(), "{problem:?}\n{text}");
        assert!(!problem.message.is_empty() && !problem.message.ends_with('.'), "{problem:?}");
    }
}

/// The bracket groups of a text that proc-macro2 accepts, with documentation comments left out.
fn groups(stream: TokenStream, text: &str, opens: &mut usize) {
    for tree in stream {
        if let TokenTree::Group(group) = tree
            && !text[group.span().byte_range()].starts_with('/')
        {
            *opens += 1;
            groups(group.stream(), text, opens);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_string(text in any::<String>()) {
        keeps_invariants(&text);
    }

    #[test]
    fn any_tokens(pieces in prop::collection::vec(prop::sample::select(PIECES), 0..40)) {
        keeps_invariants(&pieces.concat());
        keeps_invariants(&pieces.join(" "));
    }

    #[test]
    fn any_mutation(
        snippet in prop::sample::select(SNIPPETS),
        edits in prop::collection::vec((any::<prop::sample::Index>(), 0_usize..6, prop::sample::select(PIECES)), 1..5),
    ) {
        let mut text = snippet.to_owned();
        for (at, length, piece) in edits {
            let mut from = at.index(text.len());
            while !text.is_char_boundary(from) {
                from -= 1;
            }
            let mut to = (from + length).min(text.len());
            while !text.is_char_boundary(to) {
                to += 1;
            }
            text.replace_range(from..to, piece);
        }
        keeps_invariants(&text);
    }

    /// What the lexer takes for a bracket is one for proc-macro2 too: nothing can hide from the estimate of nesting.
    #[test]
    fn the_lexer_sees_every_bracket(pieces in prop::collection::vec(prop::sample::select(PIECES), 0..12), close in any::<bool>()) {
        let mut text = pieces.concat();
        if close {
            let open: Vec<u8> = Lexer::new(&text).filter_map(|token| match token.kind {
                TokenKind::Open(bracket) => Some(bracket),
                _ => None,
            }).collect();
            for bracket in open.into_iter().rev() {
                text.push(match bracket { b'(' => ')', b'[' => ']', _ => '}' });
            }
        }
        if let Ok(stream) = text.parse::<TokenStream>() {
            let mut opens = 0;
            groups(stream, &text, &mut opens);
            let seen = Lexer::new(&text).filter(|token| matches!(token.kind, TokenKind::Open(_))).count();
            prop_assert_eq!(opens, seen, "{}", text);
        }
    }
}

#[test]
fn the_snippets_parse() {
    for snippet in SNIPPETS {
        assert_eq!(parse(snippet).problems, [], "{snippet}");
    }
}

/// A long run of one thing: time must stay linear. The limit is wide because tests run unoptimised.
#[test]
fn a_long_run_of_anything_is_quick() {
    let units = [
        "fn f(a: u8) -> u8 { a.b(c) + 1 }\n",
        "x!{ a } ",
        "é(\"é\"); ",
        "}",
        "{",
        "(",
        "fn f() { a( }\n",
        "fn f() {\n",
        "let x = ;\n",
        "/*",
        "\"",
        "r#\"",
        "'",
        "a!(a!(a!(",
        "#[a]",
        "use a::{",
        "1 << 2, ",
        "a.b",
        "\u{feff}",
        "...",
        "a => b,",
    ];
    for unit in units {
        let text = unit.repeat((1 << 18) / unit.len());
        let start = Instant::now();
        keeps_invariants(&text);
        assert!(start.elapsed() < Duration::from_secs(5), "{unit:?} took {:?}", start.elapsed());
        println!("{unit:?} {:?}, needs {} of {DEEP}", start.elapsed(), stack_needed(&text));
    }
}
