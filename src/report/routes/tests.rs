use super::{Filter, RoutesView, difference, html, json, markdown, text, view};
use crate::model::modules::tests::project;
use crate::report::paint::Paint;

const GUARDED: &str = "
from fastapi import FastAPI, Depends, Query
from fastapi.security import HTTPBearer
from slowapi import Limiter
limiter = Limiter(key_func=ip)
app = FastAPI(docs_url=None)
bearer = HTTPBearer()
@app.get('/items/{item_id}', dependencies=[Depends(bearer)])
@limiter.limit('5/minute')
def read(request: Request, item_id: int, q: str = Query('', max_length=50)) -> Item: ...
@app.post('/a|b/<x>')
def odd(name: str = 'x'): ...
";

fn routes(source: &str) -> RoutesView {
    view(&project(&[("main.py", source)]), &[], true)
}

fn written(write: impl FnOnce(&mut Vec<u8>) -> std::io::Result<()>) -> String {
    let mut out = Vec::new();
    write(&mut out).unwrap();
    String::from_utf8(out).unwrap()
}

#[test]
fn every_format_shows_routes_and_guards() {
    let view = routes(GUARDED);
    insta::assert_snapshot!("routes_text", written(|out| text(&view, Paint::default(), out)));
    insta::assert_snapshot!("routes_markdown", written(|out| markdown(&view, out)));
    let page = written(|out| html(&view, out));
    assert!(page.contains("/a|b/&lt;x&gt;") && !page.contains("<x>"), "{page}");
    let again: RoutesView = serde_json::from_str(&written(|out| json(&view, out))).unwrap();
    assert_eq!(again, view);
}

#[test]
fn a_difference_names_what_was_lost() {
    let old = routes(GUARDED);
    let new = routes(
        &GUARDED
            .replace(", dependencies=[Depends(bearer)]", "")
            .replace("@limiter.limit('5/minute')\n", "")
            .replace(", max_length=50", "")
            .replace("/a|b", "/c"),
    );
    let found = difference(&old, &new);
    assert_eq!(found.weakened.len(), 1);
    assert_eq!(
        found.weakened[0].what,
        [
            "lost authentication by `bearer`",
            "lost the rate limit `5/minute`",
            "lost the constraint `max_length=50` on query `q`"
        ]
    );
    assert_eq!((found.added.len(), found.removed.len()), (1, 1));
    assert!(difference(&old, &old).is_empty());
    assert_eq!(difference(&new, &old).strengthened.len(), 1);
}

#[test]
fn filters_choose_routes() {
    let count = |filter: Filter| {
        let mut view = routes(GUARDED);
        filter.apply(&mut view);
        view.routes.len()
    };
    assert_eq!(count(Filter::default()), 2);
    assert_eq!(count(Filter { unauthenticated: true, ..Filter::default() }), 1);
    assert_eq!(count(Filter { methods: vec!["GET".into()], ..Filter::default() }), 1);
    assert_eq!(count(Filter { paths: vec!["/items".into()], ..Filter::default() }), 1);
    assert_eq!(count(Filter { paths: vec!["/items/*".into()], ..Filter::default() }), 1);
    assert_eq!(count(Filter { paths: vec!["/none*".into()], ..Filter::default() }), 0);
}
