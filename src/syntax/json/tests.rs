use super::*;
use proptest::prelude::*;

fn json(text: &str) -> Parsed {
    let parsed = parse(Arc::from(text));
    parsed.tree.check().unwrap_or_else(|error| panic!("{error}\n{text:?}\n{}", parsed.tree.dump()));
    parsed
}

fn shape(text: &str) -> String {
    let parsed = json(text);
    let tree = &parsed.tree;
    let node = |id| format!("{:?}:{:?}:{}", tree.field(id), tree.kind(id), tree.label(id));
    tree.ids().skip(1).map(node).collect::<Vec<_>>().join(" ")
}

#[test]
fn reads_what_editors_write() {
    let parsed = json("{ // c\n \"a\": [1, -2.5e3, true, null,], /* d */ 'b': {c: \"\\u00e9\\n\"}, }");
    assert_eq!(parsed.problems, []);
    assert_eq!(parsed.tree.comments().len(), 2);
    let labels: Vec<&str> = parsed.tree.ids().map(|id| parsed.tree.label(id)).filter(|l| !l.is_empty()).collect();
    assert_eq!(labels, ["a", "1", "-2.5e3", "true", "b", "c", "é\n"]);
    assert_eq!(shape("{\"k\": [1]}"), "Item:Mapping: Item:Pair: Key:Str:k Value:Sequence: Item:Number:1");
}

#[test]
fn spans_cover_the_source() {
    let text = "{\"key\": {\"x\": \"y\"}}";
    let parsed = json(text);
    let pair = parsed.tree.ids().find(|&id| parsed.tree.kind(id) == Kind::Pair).unwrap();
    assert_eq!(parsed.tree.source(pair), "\"key\": {\"x\": \"y\"}");
    let value = parsed.tree.child(pair, Field::Value).unwrap();
    assert_eq!(parsed.tree.source(value), "{\"x\": \"y\"}");
}

#[test]
fn several_values_are_several_items() {
    let parsed = json("{\"a\": 1}\n{\"a\": 2}\n");
    assert_eq!(parsed.problems, []);
    assert_eq!(parsed.tree.children(parsed.tree.root()).count(), 2);
}

#[test]
fn a_mistake_costs_its_place_only() {
    for text in [
        "{\"a\": oops, \"z\": 1}",
        "{\"a\": \"open\n, \"z\": 1}",
        "{\"a\" 2, \"z\": 1}",
        "{\"a\":, \"z\": 1}",
        "{\"a\": [1, 2, \"z\": 1}",
        "{\"a\": {\"b\": 1], \"z\": 1}",
        "{[1]: 2, \"z\": 1}",
        "{\"z\": 1",
        "}{\"z\": 1}",
    ] {
        let parsed = json(text);
        assert!(!parsed.problems.is_empty(), "{text}");
        let z = parsed.tree.ids().any(|id| parsed.tree.label(id) == "z");
        assert!(z, "{text}\n{}", parsed.tree.dump());
    }
    assert_eq!(json("{\"port\": {{ .Values.port }}, \"z\": 1}").problems, []);
}

#[test]
fn depth_is_bounded() {
    let nested = "[".repeat(100_000);
    let parsed = json(&format!("[{nested}{}, \"after\"]", "]".repeat(100_000)));
    assert_eq!(parsed.problems.len(), 1);
    assert!(parsed.tree.ids().any(|id| parsed.tree.label(id) == "after"));
    json(&"{\"a\":".repeat(100_000));
    json(&"{{".repeat(100_000));
    json(&"\"".repeat(100_001));
}

proptest! {
    #[test]
    fn any_text_gives_a_sound_tree(text in any::<String>()) {
        json(&text);
    }

    #[test]
    fn any_mix_of_tokens_gives_a_sound_tree(
        pieces in prop::collection::vec(prop::sample::select(vec![
            "{", "}", "[", "]", ",", ":", "\"a\"", "\"", "'b'", "1", "é", "x", "\\", "// c\n", "/*", "*/", "\n",
            "{{ t }}", "null", "true",
        ]), 0..60)
    ) {
        json(&pieces.concat());
    }
}
