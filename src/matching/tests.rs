use super::*;
use crate::flow::{Names, Values};
use crate::syntax::{self, Language};

/// Lines (1-based) on which a pattern matches, with what `$X` is bound to.
fn found(language: Language, pattern: &str, code: &str) -> Vec<(u32, String)> {
    let pattern = Pattern::parse(pattern, language).unwrap_or_else(|error| panic!("{pattern}: {error:?}"));
    let tree = syntax::parse(language, code).tree;
    let names = Names::new(&tree);
    let values = Values::new(&names);
    let index = TreeIndex::new(&tree, &names);
    let context = Context::new(&tree, &names, &values, &index);
    evaluate(&Formula::Pattern(Box::new(pattern)), &context)
        .into_iter()
        .map(|found| {
            let line = u32::try_from(code[..found.span.start as usize].matches('\n').count()).unwrap() + 1;
            let bound = found.bindings.get("$X").map_or(String::new(), |binding| binding.text(&tree).to_owned());
            (line, bound)
        })
        .collect()
}

fn python(pattern: &str, code: &str) -> Vec<u32> {
    let mut lines: Vec<u32> = found(Language::Python, pattern, code).into_iter().map(|(line, _)| line).collect();
    lines.dedup();
    lines
}

#[test]
fn calls_match_with_ellipses_and_keywords_in_any_order() {
    let code = "f(1, 2, key=3)\nf(key=3, other=4)\nf(1)\nf()\n";
    assert_eq!(python("f(...)", code), [1, 2, 3, 4]);
    assert_eq!(python("f(..., key=3, ...)", code), [1, 2]);
    assert_eq!(python("f(1, ...)", code), [1, 3]);
    assert_eq!(python("f($X)", code), [3]);
    assert_eq!(python("f($X, $Y, key=3)", code), [1]);
    assert_eq!(python("f(other=$X, key=$Y)", code), [2]);
    assert_eq!(python("f($...XS)", code), [1, 2, 3, 4]);
}

#[test]
fn imports_are_resolved() {
    let code =
        "import subprocess as sp\nfrom subprocess import run as r, call\nsp.run(a)\nr(b)\ncall(c)\nother.run(d)\n";
    assert_eq!(python("subprocess.run(...)", code), [3, 4]);
    assert_eq!(python("subprocess.$F(...)", code), [3, 4, 5]);
    assert_eq!(python("$M.run(...)", code), [3, 4, 6]);
}

#[test]
fn constants_are_seen_through() {
    let code = "MODE = 'x'\ndef f():\n    key = 'abc'\n    g(key)\n    g(MODE)\n    g('abc')\n    g(\"ab\" + 'c')\n    g(unknown)\n";
    assert_eq!(python("g('abc')", code), [4, 6, 7]);
    assert_eq!(python("g(\"...\")", code), [4, 5, 6, 7]);
    assert_eq!(python("g(\"$X\")", code).len(), 4);
}

#[test]
fn equal_metavariables_mean_equal_code() {
    let code = "if a == a: pass\nif a == b: pass\nif f(x) == f( x ): pass\n";
    assert_eq!(python("$X == $X", code), [1, 3]);
}

#[test]
fn statements_match_in_rows_and_reach_into_blocks() {
    let code = "def f():\n    x = get()\n    log()\n    if x:\n        use(x)\n\ndef g():\n    y = get()\n    use(z)\n";
    assert_eq!(python("$X = get()\n...\nuse($X)", code), [2]);
    assert_eq!(python("def $F(...):\n    ...\n    use(...)\n    ...", code), [1, 7]);
    assert_eq!(python("def f():\n    ...", code), [1]);
}

#[test]
fn definitions_match_with_what_they_leave_out() {
    let code = "@app.get('/x')\n@login\nasync def h(a, b: int = 1, *args) -> str:\n    return a\n\nclass C(Base, metaclass=M):\n    def m(self): pass\n";
    assert_eq!(python("def $F(...):\n    ...", code), [1, 7]);
    assert_eq!(python("@app.get(...)\ndef $F(...):\n    ...", code), [1]);
    assert_eq!(python("@login\ndef $F(..., b=$X, ...):\n    ...", code), [1]);
    assert_eq!(python("class $C(Base, ...):\n    ...", code), [6]);
    assert_eq!(python("class $C:\n    ...", code), [6]);
    assert_eq!(python("return ...", code), [4]);
}

#[test]
fn deep_expressions_chains_and_strings() {
    let code = "if a and check(user.id): pass\nx.filter(1).order().all()\nf('hello world')\nf(f'a{user}b')\n";
    assert_eq!(python("if <... user.id ...>:\n    ...", code), [1]);
    assert_eq!(python("$X. ... .all()", code), [2]);
    assert_eq!(python("f(\"=~/hello/\")", code), [3]);
    assert_eq!(found(Language::Python, "f(\"hello $X\")", code), [(3, "world".to_owned())]);
    assert_eq!(python("f(f\"...{$X}...\")", code), [4]);
    assert_eq!(python("f(f\"...\")", code), [4]);
}

#[test]
fn dictionaries_match_in_any_order() {
    let code = "d = {'b': 2, 'a': 1}\ne = {'a': 1}\n";
    assert_eq!(python("{..., 'a': $X, ...}", code), [1, 2]);
    assert_eq!(python("{'a': $X}", code), [2]);
    assert_eq!(python("{...}", code), [1, 2]);
}

#[test]
fn typed_metavariables_know_annotations_and_makers() {
    let code = "import sqlite3\nfrom sqlalchemy.orm import Session\ndef f(db: Session):\n    db.execute(q)\nc = sqlite3.connect('x')\nc.execute(q)\nz.execute(q)\n";
    assert_eq!(python("($X: sqlalchemy.orm.Session).execute(...)", code), [4]);
    assert_eq!(python("($X: Session).execute(...)", code), [4]);
    assert_eq!(python("($X: sqlite3.connect).execute(...)", code), [6]);
}

#[test]
fn every_solution_is_found() {
    let bound: Vec<String> =
        found(Language::Python, "f(..., $X, ...)", "f(a, b, c)").into_iter().map(|(_, bound)| bound).collect();
    assert_eq!(bound, ["a", "b", "c"]);
}

#[test]
fn comparisons_compute() {
    let rules = |comparison: &str, code: &str| {
        let pattern = Pattern::parse("f($X)", Language::Python).unwrap();
        let formula = Formula::And(Box::new(And {
            positives: vec![Formula::Pattern(Box::new(pattern))],
            conditions: vec![Condition::Comparison {
                metavariable: Some("$X".to_owned()),
                comparison: Comparison::parse(comparison).unwrap(),
                base: None,
                strip: false,
            }],
            ..And::default()
        }));
        let tree = syntax::parse(Language::Python, code).tree;
        let names = Names::new(&tree);
        let values = Values::new(&names);
        let index = TreeIndex::new(&tree, &names);
        !evaluate(&formula, &Context::new(&tree, &names, &values, &index)).is_empty()
    };
    assert!(rules("$X < 1024", "f(80)"));
    assert!(!rules("$X < 1024", "f(8080)"));
    assert!(rules("$X > 0o755 and $X % 8 == 7", "f(0o777)"));
    assert!(rules("int($X) in [1, 2]", "f('2')"));
    assert!(rules("re.match('^a', $X)", "f('abc')"));
    assert!(!rules("$X == 'b'", "f(unknown)"));
}

fn lines(language: Language, pattern: &str, code: &str) -> Vec<u32> {
    let mut lines: Vec<u32> = found(language, pattern, code).into_iter().map(|(line, _)| line).collect();
    lines.dedup();
    lines
}

#[test]
fn rust_paths_methods_and_macros_match() {
    let code = "use std::process::Command as Cmd;\nfn f(x: &str) {\n    Cmd::new(\"sh\").arg(\"-c\").arg(x).spawn();\n    std::process::Command::new(x);\n    let s = format!(\"a{}\", x);\n    client.danger_accept_invalid_certs(true);\n    sqlx::query::<Db>(&s);\n}\n";
    let rust = |pattern: &str| lines(Language::Rust, pattern, code);
    assert_eq!(rust("std::process::Command::new($X)"), [3, 4]);
    assert_eq!(rust("std::process::Command::new(\"sh\"). ... .arg(\"-c\").arg($X)"), [3]);
    // A chain begins with what it names, under its imported name as well.
    assert_eq!(rust("other::Builder::new(...). ... .new($X)"), [] as [u32; 0]);
    assert_eq!(rust("format!(...)"), [5]);
    assert_eq!(rust("format!(\"a{}\", $X)"), [5]);
    assert_eq!(rust("$C.danger_accept_invalid_certs(true)"), [6]);
    assert_eq!(rust("sqlx::query($X)"), [7]);
    assert_eq!(rust("fn $F(...) { ... }"), [2]);
    assert_eq!(rust("let $X = format!(...);"), [5]);
}

#[test]
fn configuration_patterns_match() {
    let yaml = "services:\n  web:\n    image: nginx:latest\n    privileged: true\n  db:\n    image: postgres\n";
    assert_eq!(lines(Language::Yaml, "privileged: true", yaml), [4]);
    assert_eq!(lines(Language::Yaml, "image: $X:latest", yaml), [3]);
    assert_eq!(lines(Language::Yaml, "$S:\n  ...\n  privileged: true", yaml), [2]);
    let nginx =
        "server {\n  listen 80;\n  location /a {\n    add_header X-A 1 always;\n    proxy_pass http://b;\n  }\n}\n";
    assert_eq!(lines(Language::Nginx, "add_header $N ...;", nginx), [4]);
    assert_eq!(lines(Language::Nginx, "location $P { ... proxy_pass $X; ... }", nginx), [3]);
    let docker = "FROM python:3.12\nRUN pip install x\nUSER root\n";
    assert_eq!(lines(Language::Dockerfile, "USER root", docker), [3]);
    assert_eq!(lines(Language::Dockerfile, "FROM $X:$T", docker), [1]);
    let json = "{\"a\": {\"b\": 1, \"c\": [1, 2]}}";
    assert_eq!(lines(Language::Json, "{\"b\": $X, ...}", json), [1]);
    let toml = "[tool.x]\nverify = false\n";
    assert_eq!(lines(Language::Toml, "verify = false", toml), [2]);
}

#[test]
fn handlers_are_found_among_others() {
    let code = "try: a()\nexcept E as e: b()\n\ntry: a()\nexcept V: b()\nexcept E as e: c()\n\ntry: a()\nexcept V: b()\nexcept: c()\n\ntry: a()\nexcept V: b()\nfinally: c()\n";
    assert_eq!(python("try:\n  ...\nexcept E as $X:\n  ...", code), [1, 4]);
    assert_eq!(python("try:\n  ...\nexcept:\n  ...", code), [8]);
    assert_eq!(python("try:\n  ...\nexcept V:\n  ...", code), [4, 8]);
    assert_eq!(python("try:\n  ...\nexcept ...:\n  ...", code), [1, 4, 8]);
    assert_eq!(python("try:\n  ...\nexcept V:\n  ...\nfinally:\n  ...", code), [12]);
}

#[test]
fn expressions_stand_for_statements_that_evaluate_them() {
    let code = "def f():\n    a()\n    return lock()\n\ndef g():\n    a()\n    x = lock()\n\ndef h():\n    a()\n    return 1, lock()\n\ndef i():\n    a()\n    raise lock()\n\ndef j():\n    a()\n    x = lambda: lock()\n";
    assert_eq!(python("a()\n...\nlock()", code), [2, 6, 10]);
    assert_eq!(python("def $F():\n  ...\n  lock()", code), [1, 5, 9]);
}

#[test]
fn an_ellipsis_leaves_the_end_of_a_block_open() {
    let code = "def f():\n    a()\n    b()\n\ndef g():\n    b()\n    a()\n";
    assert_eq!(python("def $F():\n  a()", code), [] as [u32; 0]);
    assert_eq!(python("def $F():\n  ...\n  a()", code), [1, 5]);
    assert_eq!(python("def $F():\n  a()\n  ...", code), [1]);
}

#[test]
fn classes_and_with_statements_name_what_they_ask_for() {
    let code = "class C(A, metaclass=M):\n    b = 2\n    a = 1\n\nwith x as y, z as w:\n    pass\n";
    assert_eq!(python("class $C(A):\n  a = 1\n  b = 2", code), [1]);
    assert_eq!(python("class $C(metaclass=M):\n  ...", code), [1]);
    assert_eq!(python("class $C(B):\n  ...", code), [] as [u32; 0]);
    assert_eq!(python("with z as $W:\n  ...", code), [5]);
    assert_eq!(python("with x as y, z as w:\n  ...", code), [5]);
    assert_eq!(python("with z as $W, x as $Y:\n  ...", code), [] as [u32; 0]);
}

#[test]
fn imports_say_the_same_in_all_forms() {
    let code = "import a.b\nfrom a import b\nfrom a.b import *\nimport a.bc\nfrom a import c as d\n";
    assert_eq!(python("import a.b", code), [1, 2, 3]);
    assert_eq!(python("from a import b", code), [1, 2, 3]);
    assert_eq!(python("import a", code), [1, 2, 3, 4, 5]);
    assert_eq!(python("from a import $X", code), [1, 2, 3, 4, 5]);
    assert_eq!(python("from a import c as $X", code), [5]);
}

#[test]
fn bytes_numbers_and_repetitions_are_constants() {
    let code = "f(b'x' * 16)\nf('a' * 2)\nf('aa')\nf(0x10)\nf(1 << 4)\nf(b'aa')\nf(16.0)\nf(x * 3)\n";
    assert_eq!(python("f(\"...\")", code), [1, 2, 3, 6]);
    assert_eq!(python("f('aa')", code), [2, 3, 6]);
    assert_eq!(python("f(16)", code), [4, 5]);
}

#[test]
fn a_part_of_a_metavariable_is_all_that_its_conditions_see() {
    let pattern = |text: &str| Formula::Pattern(Box::new(Pattern::parse(text, Language::Python).unwrap()));
    let inner = And { positives: vec![pattern("$A")], nots: vec![pattern("<... \"=~/safe/\" ...>")], ..And::default() };
    let formula = Formula::And(Box::new(And {
        positives: vec![pattern("run($X)")],
        conditions: vec![Condition::Pattern {
            metavariable: "$X".to_owned(),
            language: None,
            formula: Formula::And(Box::new(inner)),
            whole: true,
        }],
        ..And::default()
    }));
    let matched = |code: &str| {
        let tree = syntax::parse(Language::Python, code).tree;
        let names = Names::new(&tree);
        let values = Values::new(&names);
        let index = TreeIndex::new(&tree, &names);
        !evaluate(&formula, &Context::new(&tree, &names, &values, &index)).is_empty()
    };
    // The text that the inner `pattern-not` asks for stands around the metavariable, not in it.
    assert!(matched("def f(x):\n    g('safe', run(x))\n"));
    assert!(!matched("run('safe')\n"));
}
