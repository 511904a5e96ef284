//! Broken files, statements and snippets.

use super::{count, parse, statement, tree};
use crate::syntax::rust::is_test_code;
use crate::syntax::{Field, Kind, Parsed};

/// Labels of all nodes of a kind.
fn labels(parsed: &Parsed, kind: Kind) -> Vec<&str> {
    parsed.tree.check().unwrap();
    parsed.tree.ids().filter(|&id| parsed.tree.kind(id) == kind).map(|id| parsed.tree.label(id)).collect()
}

/// What stands at a problem.
fn at<'a>(parsed: &Parsed, text: &'a str, index: usize) -> &'a str {
    &text[parsed.problems[index].span.start as usize..]
}

#[test]
fn one_broken_item_costs_only_itself() {
    let text = "use a::b;\nfn f() { g() }\nstruct S { a: , }\nfn h() { i() }\n";
    let parsed = parse(text);
    assert_eq!(labels(&parsed, Kind::FunctionDef), ["f", "h"]);
    assert_eq!(labels(&parsed, Kind::Error).len(), 1);
    assert_eq!(parsed.problems.len(), 1);
    assert!(at(&parsed, text, 0).starts_with(", }"), "{:?}", parsed.problems);
}

#[test]
fn a_broken_statement_costs_only_itself() {
    let text = "impl A {\n    fn f(&self) {\n        a();\n        let x = ;\n        if b { c(); d( d; e() }\n        f(x)\n    }\n    fn g() {}\n}\n";
    let parsed = parse(text);
    assert_eq!(labels(&parsed, Kind::FunctionDef), ["f", "g"]);
    assert_eq!(labels(&parsed, Kind::ImplDef), ["A"]);
    let called: Vec<&str> = parsed
        .tree
        .ids()
        .filter(|&id| parsed.tree.field(id) == Field::Callee)
        .map(|id| parsed.tree.label(id))
        .collect();
    assert_eq!(called, ["a", "c", "f"], "{}", parsed.tree.dump());
}

#[test]
fn what_a_guide_leaves_out_does_not_hide_the_rest() {
    let text = "async fn run(host: String) -> Result<()> {\n    ...\n    Command::new(\"sh\").arg(host).spawn()?;\n    match x {\n        Some(y) => { ... ; g(y) }\n        None => {}\n    }\n}\n";
    let parsed = parse(text);
    assert_eq!(labels(&parsed, Kind::FunctionDef), ["run"]);
    assert_eq!(count(&parsed.tree, Kind::Question), 1, "{}", parsed.tree.dump());
    assert_eq!(count(&parsed.tree, Kind::MatchArm), 2, "{}", parsed.tree.dump());
    // A signature that does not parse still has a body that does.
    let parsed = parse("fn f(...) {\n    a(b);\n}\n");
    assert_eq!(count(&parsed.tree, Kind::Call), 1, "{}", parsed.tree.dump());
}

#[test]
fn a_missing_brace_ends_at_the_next_item() {
    let parsed = parse("fn f() {\n    if a {\n        b();\n\nfn g() {\n    c()\n}\n");
    assert_eq!(labels(&parsed, Kind::FunctionDef), ["f", "g"], "{}", parsed.tree.dump());
    assert_eq!(count(&parsed.tree, Kind::Call), 2);
    let parsed = parse("fn f() { \"open }\nfn g() {}\n");
    assert!(!parsed.problems.is_empty());
}

#[test]
fn offsets_survive_recovery_in_text_above_ascii() {
    let text = "// é\nfn f() { let é = \"ü\"; let x = ; h(\"ö\", é) }\n";
    let parsed = parse(text);
    let call = parsed.tree.ids().find(|&id| parsed.tree.kind(id) == Kind::Call).unwrap();
    assert_eq!(parsed.tree.source(call), "h(\"ö\", é)");
    assert!(at(&parsed, text, 0).starts_with(';'), "{:?}", parsed.problems);
}

#[test]
fn statements_and_snippets_are_texts_too() {
    for (text, kind) in [
        ("Command::new(\"sh\").arg(\"-c\").arg(__x)", Kind::Call),
        ("let x = y", Kind::Assign),
        ("let x = y;", Kind::Assign),
        ("use a::b", Kind::Import),
        ("x.y = z", Kind::Assign),
        ("format!(\"{}\", a)", Kind::MacroCall),
        ("Foo { a: 1, .. }", Kind::StructLiteral),
        ("Vec<&str>", Kind::Subscript),
        ("&'a [u8]", Kind::Unary),
        ("Some(x) | None", Kind::Binary),
        ("ref mut x @ Some(_)", Kind::Capture),
        ("A(x) if x > 1 => { y }", Kind::MatchArm),
        ("unsafe { a }", Kind::KeywordBlock),
        ("if a { b }", Kind::If),
        ("return x", Kind::Return),
        ("async fn f() {}", Kind::FunctionDef),
        ("|x| y // why", Kind::Lambda),
    ] {
        let tree = tree(text);
        assert_eq!(tree.kind(statement(&tree)), kind, "{text}: {}", tree.dump());
        assert_eq!(tree.span(statement(&tree)).start, 0, "{text}");
    }
    let attribute = tree("#[derive(A)]");
    assert_eq!(count(&attribute, Kind::Decorator), 1);
    assert_eq!(tree("let x = 1 // one").span(statement(&tree("let x = 1 // one"))).end, 9);
}

#[test]
fn empty_texts_marks_and_shebangs() {
    for text in ["", " \n", "// a", "\u{feff}", "#!/usr/bin/env run", "#!/usr/bin/env run\n", "\u{feff}#!/x\n// y"] {
        assert_eq!(tree(text).len(), 1, "{text:?}");
    }
    let tree = tree("\u{feff}#!/usr/bin/env run\n/// é\nfn f() {}");
    assert_eq!(tree.source(statement(&tree)), "fn f() {}");
    assert_eq!(tree.comments().len(), 1);
    assert_eq!(count(&super::tree("#![no_std]\nfn f() {}"), Kind::Decorator), 1);
}

#[test]
fn comments_come_in_order_and_not_from_strings() {
    let text = "//! a\n/// b\nfn f() { /* c /* d */ */ \"// e\"; '/'; r#\"/* f\"# } // g\n";
    let tree = tree(text);
    let comments: Vec<&str> = tree.comments().iter().map(|span| &text[span.range()]).collect();
    assert_eq!(comments, ["//! a", "/// b", "/* c /* d */ */", "// g"]);
    assert_eq!(count(&tree, Kind::Decorator), 0);
}

#[test]
fn test_code_is_known() {
    let text = "fn live() { a1() }\n#[cfg(test)] mod tests { fn x() { b1() } }\n#[tokio::test] async fn t() { b2() }\n\
                #[cfg(not(test))] fn n() { a2() }\n#[cfg(all(test, unix))] const C: u8 = b3();\n\
                #[cfg(any(test, feature = \"x\"))] fn o() { a3() }\n#[sqlx::test(fixtures(\"x\"))] fn s() { b4() }\n";
    let tree = tree(text);
    for id in tree.ids().filter(|&id| tree.kind(id) == Kind::Call && tree.field(id) != Field::Value) {
        let name = tree.source(id);
        if name.starts_with(['a', 'b']) && name.ends_with("()") {
            assert_eq!(is_test_code(&tree, id), name.starts_with('b'), "{name}");
        }
    }
    let whole = super::tree("#![cfg(test)]\nfn f() {}");
    assert!(is_test_code(&whole, statement(&whole)));
}
