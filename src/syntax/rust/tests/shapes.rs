//! What each construct becomes.

use super::{statement, tree};
use crate::syntax::{Field, Kind, Tree};

/// The source and its tree, for review side by side.
fn shape(text: &str) -> String {
    format!("{text}\n----\n{}", tree(text).dump())
}

macro_rules! shapes {
    ($($name:ident: $text:expr;)*) => { $(
        #[test]
        fn $name() {
            insta::assert_snapshot!(shape($text));
        }
    )* };
}

shapes! {
    imports: "use std::process::Command;\npub use a::{self, b as c, d::{e, f::*}, g as _};\nuse ::x;\nextern crate y as z;";
    functions: "pub(crate) async unsafe extern \"C\" fn f<'a, T: A + 'a, const N: usize>(&mut self, mut x: &'a [T; N], (a, _): (u8, !)) -> Result<(), Box<dyn E>> where T: Send { x }";
    types: "fn f(a: impl Fn(u8, &str) -> u8 + 'static, b: fn(u8) -> u8, c: *mut T, d: <T as I<Item = u8>>::Item, e: a::B<'_>, f: [u8], g: m!(x), h: _) {}";
    structs: "#[derive(A)]\npub struct S<T> { #[serde(default)] pub a: T, r#type: u8 }\nstruct P(pub u8, T);\nstruct U;\nunion V { a: u8 }\nenum E { A, B(u8), C { x: u8 } = 3 }";
    impls: "unsafe impl<T> Send for a::B<T> {}\nimpl C { const X: u8 = 1; type Y = u8; fn f(self: Box<Self>) {} m!(); }\ntrait D: E + 'static { fn g(&self) where Self: F; type Z; const W: u8; }";
    modules: "#[cfg(test)]\nmod tests { #![allow(x)] use super::*; }\npub mod other;\nextern \"C\" { fn g(a: u8, ...); static H: u8; }\nmacro_rules! m { (a) => { b } }\npub(crate) static mut X: u8 = 0;\ntype A<T> = B<T>;";
    attributes: "#[a]\n#[b::c(d, e = 1, f(g = \"h\"), not(i), 2)]\n#[j = \"k\"]\n#[l(=> m)]\nfn f() {}";
    chains: "Command::new(\"sh\").arg(\"-c\").arg(x).output::<T>().await?.status.0[1] as u8;";
    operators: "a + b * -c == d && !e || f < *g; h = i; j <<= k; ..; l..=m; &mut n; &raw const o; (p, q).r(); ((s)); ();";
    closures: "|| a; move |x: u8, (y, z)| -> u8 { y }; async |mut w| w?;";
    control: "if let Some(x) = y && z { a } else if b { c } else { d }\n'l: loop { break 'l 1; continue 'l }\nwhile let A(b) = c {}\nfor (d, e) in f {}\nmatch g { 1 | 2 => h, A { b, c: ref d, .. } if e => {} [first, .., last] => (), x @ 'a'..='z' => {} _ => return }\nlet Ok(i): R = j else { return Err(k) };";
    blocks: "unsafe { a }\nasync move { b };\nconst { c };\n'x: { d }\n{ e; f }";
    literals: "f(\"a\\n\\\n   b\", r#\"c\"d\"#, b\"\\xffe\", br\"f\", c\"g\", 'h', '\\'', b'i', 1_000u8, 0xff, 1.5e3, true, -1);";
    structures: "A { b: 1, c, ..d }; [1, 2]; [0; N]; a::B::<T>::c; <T>::d(); <T as A>::e; Self::F { 0: g }; super::h;";
    formatting: "println!(\"{} {x:?}\", a.b, x = c,); write!(f, \"..\")?; log::error!(target: \"t\", \"{}\", d); info!(user = %u, ?v, \"m\"); bail!(\"e\");";
    queries: "sqlx::query!(\"select {}\", a); query_as!(User<'_>, r\"x\", b as _);";
    collections: "vec![a; 3]; vec![1, 2]; json!({\"a\": {\"b\": null, c: [1, {\"d\": e()}]}, (f): g}); json!([null]); json!({}); map! { \"a\" => 1, b => c }; doc! { \"x\": y };";
    statements_in_macros: "stream! { yield a; b().await }\nlazy_static! { pub static ref A: B = c(); static ref D: E = f; }\nthread_local! { static X: u8 = 1; }";
    selection: "tokio::select! { biased; Some(x) = rx.recv(), if on => { f(x) } _ = done() => g(), else => h }";
    unread: "html! { <a href=x>{ b }</a> }\nmatches!(a, Some(_) | B..=C if d);\ncfg_if! { if #[cfg(a)] { b } else { c } }\nempty!();";
}

#[test]
fn labels_are_the_names_without_raw_marks() {
    let tree = tree("fn r#fn(r#in: u8) { r#in.r#match(r#type::r#mod) }");
    assert_eq!(tree.label(statement(&tree)), "fn");
    let names: Vec<&str> = tree.ids().map(|id| tree.label(id)).filter(|label| !label.is_empty()).collect();
    assert!(names.iter().all(|name| !name.contains('#')), "{names:?}");
}

/// A node's label is its text wherever the text has it as it is.
#[test]
fn strings_without_escapes_are_labelled_in_place() {
    let labelled = |tree: &Tree| {
        let string = tree.ids().find(|&id| matches!(tree.kind(id), Kind::Str | Kind::Bytes)).unwrap();
        (tree.label(string).to_owned(), tree.label_span(string).is_some())
    };
    assert_eq!(labelled(&tree("\"é\"")), ("é".to_owned(), true));
    assert_eq!(labelled(&tree("r##\"a\"#b\"##")), ("a\"#b".to_owned(), true));
    assert_eq!(labelled(&tree("\"a\\u{e9}\"")), ("aé".to_owned(), false));
    assert_eq!(labelled(&tree("b\"a\\x80\"")), ("a\\x80".to_owned(), false));
    assert_eq!(labelled(&tree("\"\"")).0, "");
}

#[test]
fn spans_are_tight() {
    let text = "#[a] pub fn f() {\n    (x).y(z);\n    let a: u8 = b;\n}";
    let tree = tree(text);
    let function = statement(&tree);
    assert_eq!(tree.source(function), text);
    let body = tree.child(function, Field::Body).unwrap();
    let sources: Vec<&str> = tree.children(body).map(|id| tree.source(id)).collect();
    assert_eq!(sources, ["(x).y(z)", "let a: u8 = b;"]);
}
