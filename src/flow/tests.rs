use super::*;
use crate::syntax::{self, Field, Kind, Language};

/// The value of the only argument of the last call of `use`.
fn used(language: Language, code: &str) -> Value {
    let tree = syntax::parse(language, code).tree;
    let names = Names::new(&tree);
    let call = tree
        .ids()
        .filter(|&id| tree.kind(id) == Kind::Call)
        .filter(|&id| tree.child(id, Field::Callee).is_some_and(|callee| tree.label(callee) == "use_it"))
        .last()
        .unwrap();
    Values::new(&names).value(tree.child(call, Field::Argument).unwrap())
}

fn python(code: &str) -> Value {
    used(Language::Python, code)
}

fn skeleton(value: Value) -> String {
    match value {
        Value::Text(text) => text.skeleton(),
        other => panic!("no text with holes: {other:?}"),
    }
}

#[test]
fn folds_constants() {
    assert_eq!(python("a = 'x'\nuse_it(a + 'y' * 1)"), Value::string("xy"));
    assert_eq!(python("use_it(f\"{'a'}-{1}\")"), Value::string("a-1"));
    assert_eq!(python("use_it('%s and %d' % ('a', 2))"), Value::string("a and 2"));
    assert_eq!(python("use_it('{} {x}'.format('a', x='b'))"), Value::string("a b"));
    assert_eq!(python("use_it(','.join(['a', 'b']))"), Value::string("a,b"));
    assert_eq!(python("use_it(2 ** 11)"), Value::Constant(Constant::Number(2048.0)));
    assert!(python("T = {'a': 'x', 'b': 'y'}\ndef f(k): use_it(T[k])").is_constant());
    assert!(python("any(use_it(t) for t in ('a', 'b'))").is_constant());
    assert!(python("def f(k):\n    for t in ('a', 'b'):\n        use_it(t)").is_constant());
}

#[test]
fn keeps_what_is_not_known_as_holes() {
    assert_eq!(skeleton(python("def f(x): use_it(f'a{x}b')")), "a{}b");
    assert_eq!(skeleton(python("def f(x):\n    q = 'a'\n    q += x\n    use_it(q)")), "a{}");
    assert_eq!(skeleton(python("def f(x):\n    q = 'a'\n    if x:\n        q = 'b' + x\n    use_it(q)")), "b{}");
    assert_eq!(python("def f(x):\n    q = 'a' + x\n    q = 'b'\n    use_it(q)"), Value::string("b"));
    assert_eq!(python("def f(x): use_it(x)"), Value::UNKNOWN);
}

#[test]
fn branches_that_exclude_each_other_do_not_mix() {
    assert_eq!(
        python("def f(x):\n    if x:\n        q = 'a' + x\n    else:\n        q = 'b'\n        use_it(q)"),
        Value::string("b")
    );
}

#[test]
fn follows_classes_functions_and_lists() {
    let wildcard = |code: &str| python(code).has_text(&|text| text == "*");
    assert!(wildcard("class S:\n    origins: list = ['*']\ns = S()\nuse_it(s.origins)"));
    assert!(wildcard(
        "class S(BaseSettings):\n    origins: list = Field(default_factory=lambda: ['*'])\nuse_it(S().origins)"
    ));
    assert!(wildcard("def origins():\n    return ['*']\nuse_it(origins())"));
    assert!(wildcard("o = ['https://a']\no.append('*')\nuse_it(o)"));
    assert!(wildcard("o = ['https://a'] + ['*']\nuse_it(o)"));
    assert!(!wildcard(
        "def origins(env):\n    if env:\n        return ['https://a']\n    return ['https://b']\nuse_it(origins(1))"
    ));
}

#[test]
fn rust_holes_close_by_type_and_by_iterator() {
    let rust = |code: &str| used(Language::Rust, code);
    let open = |code: &str| matches!(rust(code), Value::Text(text) if text.holes().any(|hole| !hole.numeric));
    assert!(open("fn f(x: &str) { use_it(format!(\"a{x}\")); }"));
    assert!(!open("fn f(x: u32) { use_it(format!(\"a{x}\")); }"));
    assert!(!open("async fn f(Path(id): Path<Uuid>) { use_it(format!(\"a{id}\")); }"));
    assert!(open("async fn f(Path(id): Path<String>) { use_it(format!(\"a{id}\")); }"));
    assert!(!open("fn f(x: &str) { if !ALLOWED.contains(&x) { return; } use_it(format!(\"a{x}\")); }"));
    assert!(!open("fn f(x: &str) { ensure!(x.chars().all(char::is_alphanumeric)); use_it(format!(\"a{x}\")); }"));
    assert!(!open("fn c(s: Sort) -> &'static str { s.0 }\nfn f(s: Sort) { use_it(format!(\"a{}\", c(s))); }"));
    assert_eq!(rust("fn f(n: usize) { use_it(vec![\"?\"; n].join(\",\")); }"), Value::string("?"));
    assert_eq!(
        rust("fn f(ids: &[i64]) { use_it(ids.iter().map(|_| \"?\").collect::<Vec<_>>().join(\",\")); }"),
        Value::string("?")
    );
    assert!(!open("fn f(n: usize) { use_it((1..=n).map(|i| format!(\"${i}\")).collect::<Vec<_>>().join(\",\")); }"));
    assert!(open(
        "fn f(v: &[String]) { use_it(v.iter().map(|x| format!(\"'{x}'\")).collect::<Vec<_>>().join(\",\")); }"
    ));
}
