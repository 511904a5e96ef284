//! Nesting: hostile texts are refused before the parser's recursion can end the process, deep but honest ones are read.

use super::{count, depth, parse};
use crate::syntax::rust::CHAIN_DEPTH;
use crate::syntax::rust::nesting::{DEEP, SHALLOW, stack_needed};
use crate::syntax::{Kind, MAX_DEPTH, Parsed};

/// Parses on a thread with the stack that Rust gives to threads.
fn on_small_stack(text: String) -> Parsed {
    std::thread::Builder::new().stack_size(2 << 20).spawn(move || parse(&text)).unwrap().join().unwrap()
}

/// More of anything than a thread's stack bears, were it parsed.
const LONG: usize = 10_000;

/// Every way to nest or to chain: before, repeated in front, middle, repeated behind, after.
const WAYS: [(&str, &str, &str, &str, &str); 53] = [
    ("fn f() { ", "(", "1", ")", "; }"),
    ("fn f() { ", "[", "1", "]", "; }"),
    ("fn f() { ", "{", "1", "}", " }"),
    ("fn f() { ", "f(", "1", ")", "; }"),
    ("fn f() { ", "if a {", "1", "}", " }"),
    ("fn f() { ", "match a { _ => {", "1", "}}", " }"),
    ("fn f() { ", "A{a:", "1", "}", "; }"),
    ("fn f() { ", "f(|| {", "1", "})", "; }"),
    ("fn f() { ", "f(async move {", "1", "})", "; }"),
    ("fn f() { ", "let x = {", "1", "};", " }"),
    ("", "fn f() {", "", "}", ""),
    ("", "mod f {", "", "}", ""),
    ("fn f() { ", "impl A { fn f() {", "", "}}", " }"),
    ("fn f() { ", "!", "1", "", "; }"),
    ("fn f() { ", "&", "1", "", "; }"),
    ("fn f() { ", "return ", "1", "", "; }"),
    ("fn f() { ", "|a|", "1", "", "; }"),
    ("fn f() { ", "|a,b|", "1", "", "; }"),
    ("fn f() { ", "a=", "1", "", "; }"),
    ("fn f() { ", "if ", "1", "{}", "; }"),
    ("fn f() { 1", "+1", "", "", "; }"),
    ("fn f() { ", "1+", "", "", " }"),
    ("fn f() { a", "&&a", "", "", "; }"),
    ("fn f() { a", ".a", "", "", "; }"),
    ("fn f() { a", ".a()", "", "", "; }"),
    ("fn f() { a", "?", "", "", "; }"),
    ("fn f() { a", "[0]", "", "", "; }"),
    ("fn f() { a", "()", "", "", "; }"),
    ("fn f() { a", " as u8", "", "", "; }"),
    ("fn f() { if a {} ", "else if a {}", "", "", " }"),
    ("type A = ", "A<", "u8", ">", ";"),
    ("type A = ", "A<B,", "u8", ">", ";"),
    ("type A = ", "&", "u8", "", ";"),
    ("type A = ", "*const ", "u8", "", ";"),
    ("type A = ", "fn()->", "u8", "", ";"),
    ("type A = ", "(", "u8", ")", ";"),
    ("type A = ", "[", "u8", "]", ";"),
    ("type A = ", "impl Fn()->", "u8", "", ";"),
    ("type A = ", "<", "u8", " as A>::B", ";"),
    ("use ", "a::", "a", "", ";"),
    ("use ", "a::{", "a", "}", ";"),
    ("fn f() { ", "a::", "a", "", "; }"),
    ("fn f() { let ", "&", "a", "", " = 1; }"),
    ("fn f() { let ", "(", "a", ")", " = 1; }"),
    ("fn f() { let ", "A(", "a", ")", " = 1; }"),
    ("fn f() { let ", "a@", "a", "", " = 1; }"),
    ("fn f() { let ", "A{a:", "a", "}", " = 1; }"),
    ("fn f() { ", "a!(", "a", ")", "; }"),
    ("fn f() { ", "json!({\"a\": ", "a", "})", "; }"),
    ("fn f() { ", "json!([[", "a", "]])", "; }"),
    ("fn f() { ", "a::<{", "a", "}>()", "; }"),
    ("fn f() { match a { ", "(a, b) => {} ", "", "", " } }"),
    ("#[a(", "b(", "", ")", ")] fn f() {}"),
];

fn nested(way: usize, n: usize) -> String {
    let (before, open, middle, close, after) = WAYS[way];
    format!("{before}{}{middle}{}{after}", open.repeat(n), close.repeat(n))
}

/// The largest `n` whose text needs no more stack than `limit`, as the estimate has it: need grows in equal steps.
fn largest(way: usize, limit: u32) -> usize {
    let needed = |n| stack_needed(&nested(way, n));
    let (few, more) = (needed(50), needed(60));
    let step = (more - few) / 10;
    limit.saturating_sub(few).checked_div(step).map_or(LONG, |steps| LONG.min(steps as usize + 50))
}

#[test]
fn no_nesting_overflows_a_small_stack() {
    for (way, (_, unit, ..)) in WAYS.iter().enumerate() {
        // The most that is parsed on the caller's stack, the most that is parsed at all, and far more.
        for n in [largest(way, SHALLOW), largest(way, DEEP), LONG] {
            let parsed = on_small_stack(nested(way, n));
            parsed.tree.check().unwrap_or_else(|error| panic!("{unit} {n}: {error}"));
            assert!(depth(&parsed.tree) <= CHAIN_DEPTH + 2, "{unit} {n}");
        }
    }
}

#[test]
fn what_is_too_deep_is_said() {
    for text in ["(".repeat(100_000), nested(0, 100_000), nested(13, 100_000)] {
        let parsed = on_small_stack(text);
        assert!(!parsed.problems.is_empty());
        assert_eq!(count(&parsed.tree, Kind::Error), 1, "{}", parsed.tree.dump());
    }
}

#[test]
fn one_deep_item_does_not_hide_the_others() {
    let text =
        format!("fn a() {{ x() }}\nfn b() {{ {}1{}; }}\nfn c() {{ y() }}\n", "(".repeat(9_999), ")".repeat(9_999));
    let parsed = on_small_stack(text);
    assert_eq!(count(&parsed.tree, Kind::FunctionDef), 2, "{}", parsed.tree.dump());
    assert_eq!(parsed.problems.len(), 1);
}

#[test]
fn long_chains_are_ordinary_code() {
    let router = format!("fn f() {{ Router::new(){}; }}", ".route(\"/a\", get(b))\n".repeat(500));
    let parsed = on_small_stack(router);
    assert_eq!(parsed.problems, []);
    assert_eq!(count(&parsed.tree, Kind::Call), 1001);
    let sum = on_small_stack(format!("const A: u8 = 1{};", " + 1".repeat(1_000)));
    assert_eq!(sum.problems, []);
    let branches = on_small_stack(format!("fn f() {{ if a {{}} {} }}", "else if b { c() }\n".repeat(1_000)));
    assert_eq!(branches.problems, []);
    assert_eq!(count(&branches.tree, Kind::If), 1_001);
}

#[test]
fn honest_depth_is_read() {
    let n = MAX_DEPTH / 3;
    let parsed = on_small_stack(format!("fn f() {{ {}g(){} }}", "if a { ".repeat(n), " }".repeat(n)));
    assert_eq!(parsed.problems, []);
    assert_eq!(count(&parsed.tree, Kind::If), n);
}
