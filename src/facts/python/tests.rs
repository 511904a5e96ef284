use super::{Bound, ExprKind, ParameterKind, PythonFacts, ScopeId, ScopeKind, StatementKind};
use crate::syntax::{Language, parse};

fn facts(text: &str) -> PythonFacts {
    PythonFacts::collect(&parse(Language::Python, text).tree)
}

#[test]
fn functions_tell_their_parameters() {
    let facts = facts("@a.b(1)\nasync def f(a, /, b: 'list[int]' = 1, *c, d=2, **e) -> X:\n    yield a\n");
    let function = &facts.functions[0];
    assert!(function.is_async && function.is_generator);
    let kinds: Vec<_> = function.parameters.iter().map(|parameter| (&*parameter.name, parameter.kind)).collect();
    assert_eq!(
        kinds,
        [
            ("a", ParameterKind::PositionalOnly),
            ("b", ParameterKind::Plain),
            ("c", ParameterKind::Star),
            ("d", ParameterKind::KeywordOnly),
            ("e", ParameterKind::DoubleStar),
        ]
    );
    let annotation = function.parameters[1].annotation.as_ref().unwrap();
    let ExprKind::Subscript(object, index) = &annotation.kind else { panic!("{annotation:?}") };
    assert_eq!((object.as_name(), index[0].as_name()), (Some("list"), Some("int")));
    assert_eq!(function.decorators[0].as_call().unwrap().callee.dotted().unwrap(), "a.b");
}

#[test]
fn names_are_looked_up_as_python_does() {
    let facts =
        facts("x = 1\nclass C:\n    x = 2\n    def m(self):\n        return x\ndef g():\n    global y\n    y = x\n");
    let method = &facts.functions[0];
    let found = facts.lookup(method.scope, "x");
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].scope, ScopeId::MODULE);
    assert_eq!(facts.bound(ScopeId::MODULE, "y").len(), 1, "a global is the module's");
    assert_eq!(facts.qualified(method.scope), "C.m");
    assert!(matches!(facts.scope(method.parent).kind, ScopeKind::Class(_)));
}

#[test]
fn imports_keep_dots_and_aliases() {
    let facts = facts("import a.b, c as d\nfrom ..e import f as g, h\nfrom . import *\n");
    let imports: Vec<_> = facts.imports.iter().map(|it| (it.from.as_deref(), &*it.name, it.alias.as_deref())).collect();
    assert_eq!(
        imports,
        [
            (None, "a.b", None),
            (None, "c", Some("d")),
            (Some("..e"), "f", Some("g")),
            (Some("..e"), "h", None),
            (Some("."), "*", None)
        ]
    );
    assert_eq!(facts.bound(ScopeId::MODULE, "a")[0].what, Bound::Import(0));
    assert!(facts.bound(ScopeId::MODULE, "b").is_empty());
}

#[test]
fn exports_are_the_strings_of_all() {
    assert_eq!(facts("__all__ = ['a']\n__all__ += ['b']\n").exports.unwrap(), ["a".into(), "b".into()]);
    assert!(facts("__all__ = [*x]\n").exports.is_none());
}

#[test]
fn branches_and_handlers_are_kept() {
    let facts = facts(
        "try:\n    f()\nexcept E as e:\n    raise X(1) from e\nelif_ = 1 if a else 2\nif a:\n    b\nelif c:\n    d\n",
    );
    let StatementKind::Try { handlers, .. } = &facts.body[0].kind else { panic!() };
    assert_eq!(handlers[0].name.as_deref(), Some("e"));
    assert!(matches!(handlers[0].body[0].kind, StatementKind::Raise(Some(_))));
    let StatementKind::If(_, _, otherwise) = &facts.body[2].kind else { panic!() };
    assert!(matches!(otherwise[0].kind, StatementKind::If(..)));
}

#[test]
fn deep_nesting_is_cut() {
    facts(&format!("x = {}1{}\n", "[".repeat(190), "]".repeat(190)));
    let mut branches = String::new();
    for depth in 0..150 {
        branches.push_str(&" ".repeat(depth));
        branches.push_str("if a:\n");
    }
    facts(&branches);
}
