//! Texts that were made to hurt, and measurements.

use super::tests::checked;
use super::{concrete_tree, hazards, parse};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Texts that grow with `size` and hurt a parser each in its own way.
fn hostile(size: usize) -> Vec<(String, String)> {
    let mut texts = Vec::new();
    for unit in [
        "(",
        "[",
        "{",
        "((",
        ")",
        "a(",
        "a[",
        "x.",
        "{a:",
        "lambda:",
        "not ",
        "-",
        "\"",
        "'''",
        "f\"{",
        "f'{a:",
        "a+",
        "*a,",
        "a if b else ",
        "@",
        "@a\n",
        "\\\n",
        "\\\r\n",
        "\0",
        "\u{1F600}",
        "if a:\n",
        "else:\n",
        "try:\n",
        "def f(",
        "class ",
        "*",
        "a=",
        ":",
        "a:",
        "match a:\n",
        "case ",
        "\\",
        "$",
        "`a`",
        "a b ",
        "1 ",
        "x, ",
        "print >>",
        "async ",
        "await ",
        "with a as ",
        "from . import (",
        "... ",
        "\r",
        "\t",
        "\x0c",
        "%",
        "<a>",
        "[x for x in ",
        "f'''{f'''{",
        "{{",
        "if(",
        "yield ",
        "(a,",
        "a:b=",
        "( x ",
        "[ ) ",
        "{ ]",
        "type X = ",
        "match ",
        "#\n x\n",
        "'''a\n",
        "f'''{a\n",
        "f'{a\n",
        "[a, ",
        "(a=",
        "with (a, ",
        "(a as b,",
        "f'{(a,",
        "a\n b\n",
        "x = (\n",
        "\u{feff}",
        ")\n # c\n",
        "a;",
        "a or ",
        "a<b",
        "if a:b\nelif c:d\n",
        "'a' ",
        "f'a'",
        "{**",
        "a.b().c[",
        "lambda x=",
        "#",
        "# c\n",
        "type X[",
        "class A[T=",
        "\\ \n",
    ] {
        texts.push((format!("{unit:?}"), unit.repeat(size / unit.len())));
    }
    for (before, unit, behind) in [
        ("def f():\n    x\n", "    # c\n", "    y\n"),
        ("def f():\n    x\n", "# c\n", "y\n"),
        (")\n", "# c\n", "y\n"),
        ("x=[ )\n", "# c\n", "y\n"),
        ("x=(\n", "\\\n", "y)\n"),
        ("a", " \\\n\n", "b"),
        ("x\n", "\\\n#\n", "b"),
        ("x='", "\\n", "'"),
        ("x=f'", "{a}", "'"),
        ("x=[", "1,", "]"),
        ("x={", "'a':1,", "}"),
        ("f(", "a=1,", ")"),
        ("'''", "a\n", ""),
        ("f'''{", "a\n", ""),
        ("x = a", "+a", ""),
        ("x = a", ".a()", ""),
        ("x = a", "()", ""),
        ("x = a", "[0]", ""),
        ("x: a", "|a", " = 1"),
        ("import ", "a.", "a"),
        ("", "a = ", "1"),
    ] {
        texts.push((
            format!("{before:?} {unit:?} {behind:?}"),
            format!("{before}{}{behind}", unit.repeat(size / unit.len())),
        ));
    }
    for (open, inside, close) in [
        ("(", "", ")"),
        ("(", "a", ")"),
        ("[", "", "]"),
        ("{a:", "1", "}"),
        ("a(", "1", ")"),
        ("f(a=", "1", ")"),
        ("(a,", "b", ")"),
    ] {
        let count = size / (open.len() + close.len());
        texts.push((format!("nested {open}"), format!("{}{inside}{}", open.repeat(count), close.repeat(count))));
    }
    let nested = (0..100).fold(String::new(), |nested, level| nested + &" ".repeat(level) + "if a:\n");
    texts.push(("unwinding".to_owned(), "if +".repeat(size / 4)));
    texts.push(("nested ifs".to_owned(), format!("{nested}{}x\n", " ".repeat(100))));
    texts
}

#[test]
fn hostile_texts_do_no_harm() {
    for (_, text) in hostile(20_000) {
        checked(&text);
    }
}

#[test]
#[ignore = "needs a release build"]
fn no_hostile_megabyte_takes_long() {
    for (name, text) in hostile(1_000_000) {
        let start = Instant::now();
        let parsed = parse(text.into());
        let took = start.elapsed();
        if took > Duration::from_millis(600) {
            println!("{took:?} {name} {} nodes", parsed.tree.len());
        }
        assert!(took < Duration::from_secs(6), "{name}");
    }
}

/// `BARTIZAN_PYTHON_FOLDER=/usr/lib/python3 cargo test --release --lib python::tests::corpus -- --ignored --nocapture`
#[test]
#[ignore = "measures, and needs a folder of Python files"]
fn corpus() {
    let Ok(folder) = std::env::var("BARTIZAN_PYTHON_FOLDER") else {
        println!("skipped: BARTIZAN_PYTHON_FOLDER is not set");
        return;
    };
    let texts: Vec<(String, Arc<str>)> = walkdir::WalkDir::new(folder)
        .sort_by_file_name()
        .into_iter()
        .flatten()
        .filter(|entry| entry.path().extension().is_some_and(|extension| extension == "py"))
        .filter_map(|entry| {
            Some((entry.path().display().to_string(), std::fs::read_to_string(entry.path()).ok()?.into()))
        })
        .collect();
    let mut taken = 0;
    let fits = |text: &&Arc<str>| {
        taken += text.len();
        taken < 12_000_000
    };
    let sample: Vec<_> = texts.iter().map(|(_, text)| text).take_while(fits).collect();
    let bytes: usize = sample.iter().map(|text| text.len()).sum();
    let time = |name: &str, work: &dyn Fn(&Arc<str>)| {
        let start = Instant::now();
        for text in &sample {
            work(text);
        }
        let took = start.elapsed();
        println!("{name}: {took:?}, {} kB/ms", bytes as u128 / took.as_micros().max(1));
    };
    println!("{} files, {bytes} bytes", sample.len());
    for _ in 0..3 {
        time("tame", &|text| _ = std::hint::black_box(hazards::tame(text)));
        time("parse", &|text| _ = std::hint::black_box(concrete_tree(text.as_bytes(), Duration::MAX)));
        time("parse and lower", &|text| _ = std::hint::black_box(parse(Arc::clone(text))));
    }
    for (path, text) in &texts {
        let parsed = checked(text);
        for problem in parsed.problems.iter().take(1) {
            let line = text[..problem.span.range().start].matches('\n').count() + 1;
            println!("{path}:{line}: {} ({} in all)", problem.message, parsed.problems.len());
        }
    }
}
