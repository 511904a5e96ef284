use super::*;
use crate::source::Span;
use crate::syntax::{Field, Kind, NodeId, Tree};
use proptest::prelude::*;

fn yaml(text: &str) -> Parsed {
    let parsed = parse(Arc::from(text));
    parsed.tree.check().unwrap_or_else(|error| panic!("{error}\n{text:?}\n{}", parsed.tree.dump()));
    parsed
}

/// The tree without problems.
fn tree(text: &str) -> Tree {
    let parsed = yaml(text);
    assert_eq!(parsed.problems, [], "{text}");
    parsed.tree
}

/// The value at a path of keys and indices below the first document.
fn at(tree: &Tree, path: &[&str]) -> NodeId {
    let mut node = tree.children(tree.root()).next().expect("a document");
    for &step in path {
        node = match tree.kind(node) {
            Kind::Mapping => {
                let pair = tree
                    .children(node)
                    .find(|&pair| tree.child(pair, Field::Key).is_some_and(|key| tree.label(key) == step))
                    .unwrap_or_else(|| panic!("no key {step}\n{}", tree.dump()));
                tree.child(pair, Field::Value).expect("a value")
            }
            _ => tree.children(node).nth(step.parse().expect("an index")).expect("an item"),
        };
    }
    node
}

fn value<'tree>(tree: &'tree Tree, path: &[&str]) -> (Kind, &'tree str, &'tree str) {
    let node = at(tree, path);
    (tree.kind(node), tree.label(node), tree.source(node))
}

#[test]
fn gives_keys_and_values_their_spans() {
    let tree = tree("# head\nservices:\n  web: &w !!map  # note\n    image: \"nginx:1\"\n    ports: [80, '81:81']\n");
    assert_eq!(value(&tree, &["services", "web", "image"]), (Kind::Str, "nginx:1", "\"nginx:1\""));
    assert_eq!(value(&tree, &["services", "web", "ports", "0"]), (Kind::Number, "80", "80"));
    assert_eq!(tree.source(at(&tree, &["services", "web", "ports"])), "[80, '81:81']");
    let web = at(&tree, &["services", "web"]);
    assert_eq!(tree.kind(web), Kind::Mapping);
    assert!(tree.source(web).starts_with("&w !!map"));
    let pair = tree.parent(at(&tree, &["services", "web", "image"])).unwrap();
    assert_eq!(tree.source(pair), "image: \"nginx:1\"");
    let comments: Vec<&str> = tree.comments().iter().map(|span| &tree.text()[span.range()]).collect();
    assert_eq!(comments, ["# head", "# note"]);
}

#[test]
fn types_plain_scalars_by_the_core_schema() {
    for (text, kind) in [
        ("true", Kind::Bool),
        ("False", Kind::Bool),
        ("yes", Kind::Str),
        ("off", Kind::Str),
        ("~", Kind::Null),
        ("null", Kind::Null),
        ("12", Kind::Number),
        ("-1.5e3", Kind::Number),
        ("0o644", Kind::Number),
        ("0xff", Kind::Number),
        (".inf", Kind::Number),
        (".", Kind::Str),
        ("1.2.3", Kind::Str),
        ("22:22", Kind::Str),
        ("'12'", Kind::Str),
        ("!!str 12", Kind::Str),
        ("e5", Kind::Str),
    ] {
        assert_eq!(value(&tree(&format!("a: {text}\n")), &["a"]).0, kind, "{text}");
    }
    assert_eq!(value(&tree("a: TRUE"), &["a"]).1, "true");
}

#[test]
fn empty_values_are_null_behind_their_indicator() {
    let tree = tree("a:\nb:   # later\n\n\nc:\n  -\n  - x\nd: &n\n? e\n");
    for (path, offset) in [(vec!["a"], 2), (vec!["b"], 5), (vec!["c", "0"], 24)] {
        let node = at(&tree, &path);
        assert_eq!(tree.kind(node), Kind::Null, "{path:?}\n{}", tree.dump());
        assert_eq!(tree.span(node), Span::at(offset), "{path:?}\n{}", tree.dump());
    }
    assert_eq!(value(&tree, &["d"]).0, Kind::Null);
    assert_eq!(value(&tree, &["e"]).0, Kind::Null);
}

#[test]
fn several_documents_are_several_items() {
    let tree = tree("---\na: 1\n---\n# only a comment\n---\n- b\n...\n");
    let kinds: Vec<Kind> = tree.children(tree.root()).map(|item| tree.kind(item)).collect();
    assert_eq!(kinds, [Kind::Mapping, Kind::Null, Kind::Sequence]);
    assert_eq!(tree.comments().len(), 1);
}

#[test]
fn aliases_point_and_copy_nothing() {
    let tree = tree("base: &base\n  user: root\nweb:\n  <<: *base\n  more: *base\n");
    let merge = at(&tree, &["web", "<<"]);
    assert_eq!((tree.kind(merge), tree.label(merge)), (Kind::Alias, "base"));
    assert_eq!(tree.alias_target(merge), Some(at(&tree, &["base"])));
}

#[test]
fn an_alias_bomb_costs_nothing() {
    let level = |level: usize| {
        let before = format!("*a{}", level - 1);
        format!("a{level}: &a{level} [{}]", [before.as_str(); 9].join(", "))
    };
    let text = format!("a0: &a0 [x]\n{}\n", (1..2000).map(level).collect::<Vec<_>>().join("\n"));
    assert!(tree(&text).len() < 40_000);
}

#[test]
fn an_alias_without_anchor_stays_an_alias() {
    let tree = tree("a: *gone\nb: 1\n");
    assert_eq!(value(&tree, &["a"]), (Kind::Alias, "gone", "*gone"));
    assert_eq!(tree.alias_target(at(&tree, &["a"])), None);
}

#[test]
fn block_scalars_span_from_header_to_last_line() {
    let text = "run: |  # why\n  echo a\n    b\n\n  c\n\nnext: >-\n  x\n  y\n\n  z\nlast: |2\n    q\n";
    let tree = tree(text);
    assert_eq!(value(&tree, &["run"]).1, "echo a\n  b\n\nc\n");
    assert_eq!(value(&tree, &["run"]).2, "|  # why\n  echo a\n    b\n\n  c");
    assert_eq!(value(&tree, &["next"]).1, "x y\nz");
    assert_eq!(value(&tree, &["last"]).1, "  q\n");
    assert_eq!(tree.comments().len(), 1);
}

#[test]
fn content_maps_back_to_the_text() {
    let text = "- |\n  é one\n\n    two\n- >\n  a\n  b\n- \"x\\ty\n   z\"\n- 'it''s'\n- plain\n  more\n- |+\n  k\n\n- |2-\n    d\n";
    let tree = tree(text);
    let doc = tree.children(tree.root()).next().unwrap();
    let mut words = 0;
    for item in tree.children(doc) {
        let (content, map) = scalar_map(&tree, item).unwrap_or_else(|| panic!("{:?}", tree.source(item)));
        assert_eq!(content, tree.label(item));
        for word in ["é one", "two", "a", "b", "x", "y", "z", "it", "s", "plain", "more", "k", "d"] {
            let Some(offset) = content.find(word) else { continue };
            let (from, to) = (u32::try_from(offset).unwrap(), u32::try_from(offset + word.len()).unwrap());
            assert_eq!(&text[map.span(Span::new(from, to)).range()], word, "{content:?}");
            words += 1;
        }
    }
    assert!(words >= 13);
}

#[test]
fn unquoted_templates_are_strings() {
    let text = "image: {{ .Values.image }}:{{ .Values.tag }}\nname: \"{{ include \"x\" . }}\"\nport: {{ .p }} # c\n\
                {{- if .Values.tls }}\nresources:\n  {{- toYaml .Values.resources | nindent 2 }}\n{{- end }}\n\
                args: [\"{{ .a }}\", {{ .b }}]\nconf: |\n  x {{ .y }}\n{{ .z }}\n  w\nempty:\n  {{- if a }}\n  {{- end }}\n";
    let tree = tree(text);
    assert_eq!(value(&tree, &["image"]).1, "{{ .Values.image }}:{{ .Values.tag }}");
    assert_eq!(value(&tree, &["name"]), (Kind::Str, "{{ include \"x\" . }}", "\"{{ include \"x\" . }}\""));
    assert_eq!(value(&tree, &["port"]), (Kind::Str, "{{ .p }}", "{{ .p }}"));
    assert_eq!(value(&tree, &["resources"]).1, "{{- toYaml .Values.resources | nindent 2 }}");
    assert_eq!(value(&tree, &["args", "1"]).1, "{{ .b }}");
    assert_eq!(value(&tree, &["conf"]).1, "x {{ .y }}\n{{ .z }}\nw\n");
    assert_eq!(value(&tree, &["empty"]).0, Kind::Null);
}

#[test]
fn entries_below_a_template_belong_to_its_key() {
    let text = "labels: {{- include \"x\" . | nindent 2 }}\n  {{- if .y }}\n  app: web\n  {{- end }}\nnext: {{ .z }}\n";
    let tree = tree(text);
    assert_eq!(value(&tree, &["labels", "app"]).1, "web");
    assert_eq!(value(&tree, &["next"]).1, "{{ .z }}");
}

#[test]
fn expressions_of_github_stay_plain() {
    let tree = tree("if: ${{ github.ref == 'x' &&\n  true }}\nrun: |\n  echo ${{ github.head_ref }}\n");
    assert_eq!(value(&tree, &["if"]).1, "${{ github.ref == 'x' && true }}");
    assert_eq!(value(&tree, &["run"]).1, "echo ${{ github.head_ref }}\n");
}

#[test]
fn what_others_accept_is_accepted() {
    let text = "a:\n    command: [\n  x, # why\n  \"y\"\n]\nb:\n    text: \"one\n  two\n\n  three\"\n    c:\t1\n";
    let tree = tree(text);
    assert_eq!(value(&tree, &["a", "command", "1"]).1, "y");
    assert_eq!(value(&tree, &["b", "text"]).1, "one two\nthree");
    assert_eq!(tree.comments().len(), 1);
    assert_eq!(value(&self::tree("a:\n\tb: 1\n"), &["a", "b"]).1, "1");
}

#[test]
fn one_bad_place_does_not_cost_the_file() {
    let text = "services:\n  web:\n    image: nginx\n    command: [a, b\n    user: x\n  db:\n    image: pg\n    ports:\n      - '1\nvolumes:\n  data: {}\n---\nkind: Pod\n";
    let parsed = yaml(text);
    assert_eq!(value(&parsed.tree, &["services", "web", "image"]).1, "nginx");
    assert_eq!(value(&parsed.tree, &["services", "db", "image"]).1, "pg");
    assert_eq!(value(&parsed.tree, &["volumes", "data"]).0, Kind::Mapping);
    assert_eq!(parsed.tree.children(parsed.tree.root()).count(), 2);
    assert_eq!(parsed.problems.len(), 2, "{:?}\n{}", parsed.problems, parsed.tree.dump());
    assert_eq!(&text[parsed.problems[0].span.range()], "command: [a, b");
    let errors = parsed.tree.ids().filter(|&id| parsed.tree.kind(id) == Kind::Error).count();
    assert_eq!(errors, 2);
}

#[test]
fn entries_that_clash_are_given_up_alone() {
    let parsed = yaml("a: 1\nb:\n    c: 1\n  d: 2\ne: 3\nf: @x\n");
    assert_eq!(value(&parsed.tree, &["a"]).1, "1");
    assert_eq!(value(&parsed.tree, &["e"]).1, "3");
    assert!(!parsed.problems.is_empty());
}

#[test]
fn depth_is_bounded() {
    for text in [
        "[".repeat(100_000),
        "- ".repeat(100_000),
        "{a: ".repeat(190) + &"}".repeat(190),
        "? ".repeat(100_000),
        (0..2000).map(|depth| " ".repeat(depth) + "a:\n").collect(),
    ] {
        let parsed = yaml(&text);
        let depth = parsed.tree.ids().map(|id| parsed.tree.ancestors(id).count()).max().unwrap();
        assert!(depth <= super::super::MAX_DEPTH, "{depth}");
        assert_eq!(parsed.problems.is_empty(), text.len() < 2000, "{:?}", &text[..20]);
    }
}

#[test]
fn hostile_texts_take_linear_time() {
    let started = std::time::Instant::now();
    for text in [
        "a: 'x\n".repeat(20_000),
        "a: [x\n".repeat(20_000),
        "[a: b, ".repeat(20_000),
        "&a ".repeat(40_000),
        "{{ x\n".repeat(20_000),
        "a: {{ x }}\n".repeat(10_000),
        "{% if %}\n".repeat(10_000),
        "a:\n".repeat(30_000),
        format!("[{}]", "a: b, ".repeat(20_000)),
        "é: @\n".repeat(10_000),
        format!("a: \"{}", "\n\n  b".repeat(20_000)),
    ] {
        yaml(&text);
    }
    assert!(started.elapsed().as_secs() < 60, "{:?}", started.elapsed());
}

#[test]
fn tags_keep_the_value() {
    let tree = tree(
        "a: !reference [.x, script]\nb: !vault |\n  $ANSIBLE\nc: !Sub \"${X}\"\nd: !!binary aGk=\ne: ! 12\nf: !include x.yml\n",
    );
    assert_eq!(value(&tree, &["a", "1"]).1, "script");
    assert_eq!(value(&tree, &["b"]), (Kind::Str, "$ANSIBLE\n", "|\n  $ANSIBLE"));
    assert_eq!(value(&tree, &["c"]), (Kind::Str, "${X}", "\"${X}\""));
    assert_eq!(value(&tree, &["d"]).1, "aGk=");
    assert_eq!(value(&tree, &["e"]).0, Kind::Str);
    assert_eq!(value(&tree, &["f"]).1, "x.yml");
}

/// A file as people have it, to be damaged.
const MANIFEST: &str = "apiVersion: v1\nkind: ConfigMap # c\nmetadata:\n  name: 'x'\n  labels: {app: web, tier: \"b\"}\n\
                        data:\n  nginx.conf: |\n    server { listen 80; }\n  list:\n  - a\n  - b: 1\n    c: >-\n      d\n\
                        ---\nservices:\n  web: &web\n    image: {{ .Values.image }}\n    ports: [80, 81]\n  db:\n    <<: *web\n";

fn snippet() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "a: ", "b:", "- ", "\n", "\n  ", "\n    ", "x", "é", "[", "]", "{", "}", ", ", "'", "\"", "|\n", ">-\n", "# c",
        "&a ", "*a", "!!str ", "!t ", "{{ x }}", "{% if %}", "{{", "---\n", "...\n", "\t", "\r\n", "? ", ": ", "<<: ",
        "\\", "%TAG", "@", "0", "\u{feff}", "\0", "|2", "`", "\\\n",
    ]);
    prop::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn any_text_gives_a_sound_tree(text in any::<String>()) {
        prop_assert!(parse(Arc::from(text)).tree.check().is_ok());
    }

    #[test]
    fn any_damage_leaves_a_sound_tree(
        edits in prop::collection::vec((0..MANIFEST.len(), 0..8_usize, "[a-z:'\"{}\\[\\]|&*# \n\t-]{0,3}"), 1..4)
    ) {
        let mut text = MANIFEST.to_owned();
        for (at, length, new) in edits {
            let at = at.min(text.len());
            text.replace_range(at..(at + length).min(text.len()), &new);
        }
        let parsed = parse(Arc::from(text.as_str()));
        prop_assert_eq!(parsed.tree.check(), Ok(()));
        // Something of the file survives whatever happens to one place.
        prop_assert!(parsed.tree.ids().any(|id| parsed.tree.kind(id) == Kind::Pair), "{}", text);
    }

    #[test]
    fn any_mix_of_yaml_gives_a_sound_tree(text in snippet()) {
        let parsed = parse(Arc::from(text.as_str()));
        prop_assert_eq!(parsed.tree.check(), Ok(()));
        for id in parsed.tree.ids() {
            if let Some((content, _)) = scalar_map(&parsed.tree, id) {
                prop_assert_eq!(content.as_str(), parsed.tree.label(id));
            }
        }
    }
}
