use super::*;
use crate::syntax::{Field, Kind, MAX_DEPTH, NodeId, Tree};
use proptest::prelude::*;

fn toml(text: &str) -> Parsed {
    let parsed = parse(Arc::from(text));
    parsed.tree.check().unwrap_or_else(|error| panic!("{error}\n{text:?}\n{}", parsed.tree.dump()));
    parsed
}

fn find(tree: &Tree, path: &str) -> Option<NodeId> {
    let mut node = tree.children(tree.root()).next()?;
    for step in path.split('/') {
        node = match tree.kind(node) {
            Kind::Mapping => {
                let pair = tree
                    .children(node)
                    .find(|&pair| tree.child(pair, Field::Key).is_some_and(|key| tree.label(key) == step))?;
                tree.child(pair, Field::Value)?
            }
            Kind::Sequence => tree.children(node).nth(step.parse().ok()?)?,
            _ => return None,
        };
    }
    Some(node)
}

fn value<'tree>(tree: &'tree Tree, path: &str) -> (Kind, &'tree str) {
    let node = find(tree, path).unwrap_or_else(|| panic!("{path}\n{}", tree.dump()));
    (tree.kind(node), tree.label(node))
}

#[test]
fn tables_stand_where_their_path_says() {
    let text = "title = \"x\" # c\n[tool.poetry]\nname = 'n'\n[tool.poetry.dependencies]\npython = \"^3.12\"\n\
                fastapi = { version = \"1\", extras = [\"all\"] }\n[tool.ruff]\nline-length = 120\n\
                [[bin]]\nname = \"a\"\n[bin.more]\nx.y.\"z w\" = true\n[[bin]]\nname = \"b\"\n[tool.poetry.extras]\ne = 1.5\n";
    let parsed = toml(text);
    assert_eq!(parsed.problems, []);
    let tree = &parsed.tree;
    assert_eq!(value(tree, "title"), (Kind::Str, "x"));
    assert_eq!(value(tree, "tool/poetry/dependencies/python"), (Kind::Str, "^3.12"));
    assert_eq!(value(tree, "tool/poetry/dependencies/fastapi/extras/0"), (Kind::Str, "all"));
    assert_eq!(value(tree, "tool/ruff/line-length"), (Kind::Number, "120"));
    assert_eq!(value(tree, "tool/poetry/extras/e"), (Kind::Number, "1.5"));
    assert_eq!(value(tree, "bin/0/more/x/y/z w"), (Kind::Bool, "true"));
    assert_eq!(value(tree, "bin/1/name"), (Kind::Str, "b"));
    assert_eq!(tree.comments().len(), 1);
    let version = find(tree, "tool/poetry/dependencies/fastapi/version").unwrap();
    assert_eq!(tree.source(tree.parent(version).unwrap()), "version = \"1\"");
}

#[test]
fn strings_are_decoded() {
    let tree = toml("a = \"x\\ty\"\nb = '''\none\ntwo'''\nc = \"\"\nd = 2024-01-01\ne = \"\"\"q\\\n  r\"\"\"\n").tree;
    assert_eq!(value(&tree, "a"), (Kind::Str, "x\ty"));
    assert_eq!(value(&tree, "b"), (Kind::Str, "one\ntwo"));
    assert_eq!(value(&tree, "c"), (Kind::Str, ""));
    assert_eq!(value(&tree, "d"), (Kind::Str, "2024-01-01"));
    assert_eq!(value(&tree, "e"), (Kind::Str, "qr"));
}

#[test]
fn a_bad_line_costs_itself() {
    for bad in ["key", "= 1", "key = ", "key = [1, ", "[unclosed", "key = {{ x }}", "a b = 1", "key = 'open", "]"] {
        let text = format!("[one]\nx = 1\n{bad}\n[two]\ny = 2\n[three]\nz = 3\n");
        let parsed = toml(&text);
        assert!(!parsed.problems.is_empty(), "{bad}\n{}", parsed.tree.dump());
        assert_eq!(value(&parsed.tree, "one/x").1, "1", "{bad}");
        assert_eq!(value(&parsed.tree, "three/z").1, "3", "{bad}\n{}", parsed.tree.dump());
    }
}

#[test]
fn depth_is_bounded() {
    for text in [
        format!("a = {}", "[".repeat(100_000)),
        format!("a = {}", "{a = ".repeat(50_000)),
        format!("{} = 1", vec!["a"; 50_000].join(".")),
        format!("[{}]\nx = 1", vec!["a"; 50_000].join(".")),
    ] {
        let parsed = toml(&text);
        let depth = parsed.tree.ids().map(|id| parsed.tree.ancestors(id).count()).max().unwrap();
        assert!(depth <= MAX_DEPTH);
        assert!(!parsed.problems.is_empty());
    }
}

proptest! {
    #[test]
    fn any_text_gives_a_sound_tree(text in any::<String>()) {
        toml(&text);
    }

    #[test]
    fn any_mix_of_tokens_gives_a_sound_tree(
        pieces in prop::collection::vec(prop::sample::select(vec![
            "[", "]", "[[", "]]", "{", "}", "=", ".", ",", "a", "b", "\"", "'", "\"s\"", "\"\"\"", "'''", "1", "é", " ",
            "\n", "# c\n", "\\", "true", "[a.b]\n", "a = 1\n", "[[a]]\n", "a.b = ",
        ]), 0..60)
    ) {
        toml(&pieces.concat());
    }
}
