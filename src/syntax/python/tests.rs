use super::{MAX_PROBLEMS, grammar, parse, parse_within};
use crate::syntax::{Field, Kind, MAX_DEPTH, Parsed, Tree};
use proptest::prelude::*;
use std::fmt::Write as _;
use std::sync::Arc;
use std::time::Duration;

/// The source, its tree, its comments and its problems.
fn picture(source: &str) -> String {
    let parsed = checked(source);
    let mut out = format!("{}\n---\n{}", source.trim_end(), parsed.tree.dump());
    for &comment in parsed.tree.comments() {
        let _ = writeln!(out, "comment {}..{}", comment.start, comment.end);
    }
    for problem in &parsed.problems {
        let _ = writeln!(out, "problem {}..{} {}", problem.span.start, problem.span.end, problem.message);
    }
    out
}

/// Parses and checks what every tree owes.
pub(super) fn checked(source: &str) -> Parsed {
    let parsed = parse(source.into());
    if let Err(broken) = parsed.tree.check() {
        panic!("{broken}\n{}", source.chars().take(500).collect::<String>());
    }
    assert!(depth(&parsed.tree) <= MAX_DEPTH, "too deep");
    assert!(parsed.problems.len() <= MAX_PROBLEMS);
    assert!(parsed.problems.is_sorted_by_key(|problem| problem.span.start));
    assert!(parsed.tree.comments().is_sorted_by_key(|span| span.start));
    let length = u32::try_from(source.len()).unwrap();
    assert!(parsed.problems.iter().all(|problem| problem.span.end <= length));
    parsed
}

fn depth(tree: &Tree) -> usize {
    let mut open: Vec<u32> = Vec::new();
    let mut deepest = 0;
    for id in tree.ids() {
        while open.last().is_some_and(|&end| id.0 >= end) {
            open.pop();
        }
        open.push(tree.subtree_end(id));
        deepest = deepest.max(open.len());
    }
    deepest
}

/// Kind of the only statement of a text.
fn only(source: &str) -> Kind {
    let parsed = checked(source);
    assert_eq!(parsed.problems, [], "{source}");
    let statements: Vec<_> = parsed.tree.children_by(parsed.tree.root(), Field::Statement).collect();
    assert_eq!(statements.len(), 1, "{source}");
    parsed.tree.kind(statements[0])
}

#[test]
fn shapes() {
    for (name, source) in [
        ("definitions", include_str!("samples/definitions.py")),
        ("expressions", include_str!("samples/expressions.py")),
        ("imports", include_str!("samples/imports.py")),
        ("matches", include_str!("samples/matches.py")),
        ("python2", include_str!("samples/python2.py")),
        ("splats", include_str!("samples/splats.py")),
        ("statements", include_str!("samples/statements.py")),
        ("strings", include_str!("samples/strings.py")),
        ("errors", include_str!("samples/errors.py")),
    ] {
        insta::assert_snapshot!(name, picture(source));
    }
}

#[test]
fn everything_but_the_errors_parses_without_problems() {
    for source in [
        include_str!("samples/definitions.py"),
        include_str!("samples/expressions.py"),
        include_str!("samples/imports.py"),
        include_str!("samples/matches.py"),
        include_str!("samples/python2.py"),
        include_str!("samples/splats.py"),
        include_str!("samples/statements.py"),
        include_str!("samples/strings.py"),
    ] {
        assert_eq!(checked(source).problems, []);
    }
}

#[test]
fn what_stands_alone_is_what_it_is() {
    for (source, kind) in [
        ("x", Kind::Name),
        ("f(x)", Kind::Call),
        ("x = 1", Kind::Assign),
        ("x == 1", Kind::Compare),
        ("'a'", Kind::Str),
        ("{'a': x}", Kind::Dict),
        ("(a, b)", Kind::Tuple),
        ("a, b", Kind::Tuple),
        ("lambda: x", Kind::Lambda),
        ("return x", Kind::Return),
        ("raise X", Kind::Raise),
        ("import x", Kind::Import),
        ("await x", Kind::Await),
        ("yield x", Kind::Yield),
        ("not x", Kind::Unary),
        ("x if y else z", Kind::Conditional),
        ("[x for x in y]", Kind::Comprehension),
        ("@d(x)\ndef f(): pass", Kind::FunctionDef),
        ("@d\nclass X: pass", Kind::ClassDef),
        ("@d\nasync def f(a): ...", Kind::FunctionDef),
        ("class X(Y): x", Kind::ClassDef),
        ("class X(Y):\n    ...", Kind::ClassDef),
        ("with a as b: c", Kind::With),
        ("with a:\n  ...", Kind::With),
        ("try: a\nexcept X: b", Kind::Try),
        ("if a: b", Kind::If),
        ("if a: b\nelse: c", Kind::If),
        ("for a in b: c", Kind::For),
        ("while a: b", Kind::While),
        ("assert a", Kind::Assert),
        ("...", Kind::EllipsisLiteral),
        ("print(x)", Kind::Call),
        ("exec(x)", Kind::Call),
        ("match(x)", Kind::Call),
        ("type(x)", Kind::Call),
    ] {
        assert_eq!(only(source), kind, "{source}");
    }
}

#[test]
fn a_function_spans_from_its_decorator_to_its_last_statement() {
    let source = "@a\n# between\n@b(1)\ndef f(x):\n    return 1\n    # behind\n\n\ny\n";
    let parsed = checked(source);
    let function = parsed.tree.children(parsed.tree.root()).next().unwrap();
    assert_eq!(parsed.tree.source(function), "@a\n# between\n@b(1)\ndef f(x):\n    return 1");
    assert_eq!(&source[parsed.tree.label_span(function).unwrap().range()], "f");
    assert_eq!(parsed.tree.comments().len(), 2);
}

#[test]
fn labels_that_stand_in_the_text_are_found_there() {
    let source = "secret = 'abc' 'def'\ntoken = 'plain'\nx = 'a\\n'\n";
    let parsed = checked(source);
    let strings: Vec<_> = parsed.tree.ids().filter(|&id| parsed.tree.kind(id) == Kind::Str).collect();
    let labels: Vec<_> = strings.iter().map(|&id| parsed.tree.label(id)).collect();
    assert_eq!(labels, ["abcdef", "plain", "a\n"]);
    assert_eq!(parsed.tree.label_span(strings[0]), None);
    assert_eq!(&source[parsed.tree.label_span(strings[1]).unwrap().range()], "plain");
    assert_eq!(parsed.tree.source(strings[1]), "'plain'");
}

#[test]
fn empty_and_odd_texts_are_modules() {
    for source in ["", "\n", " ", "\0", "\\", "#", "\u{feff}x", "\u{1F600}", "\r", "'", "f'{", "def", "(", ")", ":"] {
        let parsed = checked(source);
        assert_eq!(parsed.tree.kind(parsed.tree.root()), Kind::Module, "{source:?}");
    }
}

#[test]
fn statements_around_an_error_are_kept() {
    let parsed = checked("import os\ndef f(:\n    os.system(x)\n    y = = 1\nos.system(y)\n");
    let calls = parsed.tree.ids().filter(|&id| parsed.tree.kind(id) == Kind::Call).count();
    assert_eq!(calls, 2);
    assert!(!parsed.problems.is_empty());
}

#[test]
fn problems_are_few_however_many_errors_there_are() {
    let parsed = checked(&"x = = 1\n\n".repeat(500));
    assert_eq!(parsed.problems.len(), MAX_PROBLEMS);
    assert_eq!(checked("x = = 1 $ $ $ 2\n").problems.len(), 1);
}

#[test]
fn a_parser_that_runs_out_of_time_gives_an_error_and_works_again() {
    let source: Arc<str> = "x = f(1)\n".repeat(200).into();
    let parsed = parse_within(Arc::clone(&source), Duration::ZERO);
    assert_eq!(parsed.tree.kind(parsed.tree.root()), Kind::Error);
    assert_eq!(parsed.problems.len(), 1);
    assert_eq!(checked(&source).problems, []);
}

#[test]
fn long_chains_keep_their_operands() {
    let sum = checked(&format!("x = {}'end'", "f('a') + ".repeat(5000)));
    assert_eq!(sum.problems.len(), 1);
    assert_eq!(sum.tree.ids().filter(|&id| sum.tree.kind(id) == Kind::Call).count(), 5000);
    let builder = checked(&format!("x{}", ".a('b')[1]".repeat(3000)));
    assert_eq!(builder.tree.ids().filter(|&id| builder.tree.kind(id) == Kind::Str).count(), 3000);
    let short = checked(&format!("x{}", ".a('b')".repeat(150)));
    assert_eq!(short.problems, []);
    let or = checked(&format!("x = {}'end'", "a or ".repeat(5000)));
    assert_eq!(or.tree.ids().filter(|&id| or.tree.kind(id) == Kind::Name).count(), 5001);
}

#[test]
fn long_elif_chains_keep_their_branches() {
    for count in [200, 3000] {
        let source = format!("if a:\n    f()\n{}else:\n    g()\n", "elif b:\n    f()\n".repeat(count));
        let parsed = checked(&source);
        assert_eq!(parsed.problems.len(), usize::from(count > MAX_DEPTH));
        let calls = parsed.tree.ids().filter(|&id| parsed.tree.kind(id) == Kind::Call).count();
        assert_eq!(calls, count + 2);
    }
}

#[test]
fn a_hundred_thousand_brackets_are_one_problem() {
    let source = format!("before = 1\nx = {}a{}\nafter = 2\n", "(".repeat(100_000), ")".repeat(100_000));
    let parsed = checked(&source);
    assert_eq!(parsed.problems.len(), 1);
    assert_eq!(parsed.problems[0].message, "brackets nest deeper than 200 levels");
    assert_eq!(parsed.tree.children_by(parsed.tree.root(), Field::Statement).count(), 3);
}

/// Pieces that Python is made of, and a few that it is not.
pub(super) fn token() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec![
        "x",
        "foo",
        "1",
        "1.5",
        "'s'",
        "f'{x}'",
        "f'",
        "\"",
        "'''",
        "(",
        ")",
        "[",
        "]",
        "{",
        "}",
        ",",
        ":",
        "=",
        "==",
        ".",
        "*",
        "**",
        "+",
        "-",
        "->",
        ":=",
        "@",
        "\n",
        "\n    ",
        "\n  ",
        "\t",
        " ",
        " ",
        "#c\n",
        "\\\n",
        ";",
        "def ",
        "class ",
        "if ",
        "elif ",
        "else",
        "for ",
        " in ",
        "while ",
        "try",
        "except ",
        "finally",
        "with ",
        " as ",
        "match ",
        "case ",
        "_",
        "|",
        "lambda ",
        "yield ",
        "from ",
        "import ",
        "return ",
        "await ",
        "async ",
        "not ",
        " and ",
        " or ",
        " is ",
        "print ",
        "exec ",
        "del ",
        "global ",
        "raise ",
        "assert ",
        "pass",
        "...",
        "type ",
        "None",
        "True",
        "{x!r:>{w}}",
        "b'\\xff'",
        "~",
        "`",
        "$",
        "\u{e9}",
        "\0",
        "\r\n",
        "<>",
        "!",
        "0x",
        "1_0j",
    ])
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn any_text_gives_a_sound_tree(source in any::<String>()) {
        checked(&source);
    }

    #[test]
    fn any_tokens_give_a_sound_tree(tokens in prop::collection::vec(token(), 0..80)) {
        checked(&tokens.concat());
    }

    #[test]
    fn a_cut_and_spliced_program_gives_a_sound_tree(at in 0..4000usize, length in 0..40usize, tokens in prop::collection::vec(token(), 0..4)) {
        let program = concat!(
            include_str!("samples/definitions.py"),
            include_str!("samples/expressions.py"),
            include_str!("samples/matches.py"),
            include_str!("samples/statements.py"),
            include_str!("samples/strings.py"),
        );
        let cut = |at: usize| (at.min(program.len())..=program.len()).find(|&at| program.is_char_boundary(at)).unwrap();
        checked(&format!("{}{}{}", &program[..cut(at)], tokens.concat(), &program[cut(at + length)..]));
    }
}

#[test]
fn the_grammar_is_loaded_once() {
    assert!(std::ptr::eq(grammar::Kinds::shared(), grammar::Kinds::shared()));
}
