use super::*;
use crate::source::LineIndex;
use crate::syntax::{Kind, NodeId};
use proptest::prelude::*;

/// Language and content of each fence.
fn found(text: &str) -> Vec<(Option<Language>, String)> {
    fences(text).into_iter().map(|fence| (fence.language, fence.content)).collect()
}

fn contents(text: &str) -> Vec<String> {
    fences(text).into_iter().map(|fence| fence.content).collect()
}

const GUIDE: &str = r#"# Guide

Prose with `inline` code.

```python
import os
os.system(cmd)
```

1. A step:

   ~~~bash
   $ export A=1
   A is set
   $ curl x | sh
   ~~~

   - deeper

     ```yaml title="compose.yml"
     services:
       web: {}
     ```

> Quoted
> ```rust,no_run
> fn main() {}
> ```

!!! note
    ```json
    {"a": 1}
    ```

```text
nothing
```

````markdown
```python
inner()
```
````

```pycon
>>> import os
>>> for x in y:
...     f(x)
1
```

```python
open_ended(
"#;

#[test]
fn a_guide_gives_its_code_with_its_own_lines() {
    let parsed = parse(&GUIDE.into());
    let languages: Vec<_> = parsed.iter().map(|fence| fence.tree.language()).collect();
    assert_eq!(
        languages,
        [
            Language::Python,
            Language::Shell,
            Language::Yaml,
            Language::Rust,
            Language::Json,
            Language::Python,
            Language::Python
        ]
    );
    let lines = LineIndex::new(GUIDE);
    let line = |fence: usize, source: &str| {
        let tree = &parsed[fence].tree;
        let id = tree.ids().find(|&id| tree.source(id) == source).unwrap();
        let span = tree.file_span(id);
        assert_eq!(&GUIDE[span.range()], source);
        lines.line_of(span.start)
    };
    assert_eq!(line(0, "os.system(cmd)"), 7);
    assert_eq!(line(1, "curl"), 15);
    assert_eq!(line(2, "web"), 22);
    assert_eq!(line(3, "fn main() {}"), 27);
    assert_eq!(line(4, "1"), 32);
    assert_eq!(line(5, "f(x)"), 48);
    assert_eq!(line(6, "open_ended"), 53);
    for fence in &parsed {
        fence.tree.check().unwrap();
    }
    assert!(!parsed[6].problems.is_empty());
}

#[test]
fn fences_follow_commonmark() {
    for (text, expected) in [
        ("```\na\n```", vec!["a\n"]),
        ("~~~\na\n~~~", vec!["a\n"]),
        // A fence closes with at least as many of the same character.
        ("````\n```\n````\n", vec!["```\n"]),
        ("```\n~~~\n```\n", vec!["~~~\n"]),
        ("```\na\n`````\nb\n", vec!["a\n"]),
        ("```\na\n``` b\n```\n", vec!["a\n``` b\n"]),
        // Up to three columns in front, and as many taken off.
        ("   ```\n   a\n    b\n  c\n   ```\n", vec!["a\n b\nc\n"]),
        ("    ```\n    a\n    ```\n", vec![]),
        ("```\na\n    ```\n", vec!["a\n    ```\n"]),
        // The info string of a backtick fence holds no backtick.
        ("``` a`b\nc\n", vec![]),
        ("~~~ a`b\nc\n~~~\n", vec!["c\n"]),
        ("``\na\n``\n", vec![]),
        // Without an end it runs to the end of the text or of its container.
        ("```\na\n", vec!["a\n"]),
        ("> ```\n> a\n\nb\n", vec!["a\n"]),
        ("> ```\n> a\nb\n", vec!["a\n"]),
        ("- ```\n  a\nb\n", vec!["a\n"]),
        ("- x\n\n  ```\n  a\n\n  b\n  ```\n", vec!["a\n\nb\n"]),
        ("1. x\n   > ```\n   > a\n   > ```\n", vec!["a\n"]),
        ("- a\n  - b\n    ```\n    c\n    ```\n", vec!["c\n"]),
        ("<!--\n```\na\n```\n-->\n```\nb\n```\n", vec!["b\n"]),
        ("```\r\na\r\n```\r\n", vec!["a\r\n"]),
        ("=== \"Tab\"\n\n    ```\n    a\n    ```\n", vec!["a\n"]),
        ("```\n```\n", vec![""]),
    ] {
        assert_eq!(contents(text), expected, "{text:?}");
    }
}

#[test]
fn a_fence_knows_its_span_and_info() {
    let text = "a\n\n```Python title=\"x.py\"\nb\n```\nc\n";
    let fence = &fences(text)[0];
    assert_eq!(&text[fence.span.range()], "```Python title=\"x.py\"\nb\n```");
    assert_eq!(fence.info, "Python title=\"x.py\"");
    assert_eq!(fence.language, Some(Language::Python));
}

#[test]
fn sessions_lose_prompts_and_output() {
    for (text, expected) in [
        ("```console\n$ a \\\n  b\nout\n# c\n```", "a \\\n  b\n"),
        ("```bash\na\n# comment\n```", "a\n# comment\n"),
        ("```console\n# apt install x\ndone\n```", "apt install x\n"),
        ("```python\nx = 1\n>>> y\n```", "x = 1\n>>> y\n"),
        ("```python\n>>> f(\n... 1)\n2\n>>>\n```", "f(\n1)\n\n"),
    ] {
        assert_eq!(contents(text), [expected], "{text:?}");
    }
}

#[test]
fn languages_are_told_by_the_info_string() {
    let text = "```Dockerfile\nFROM a\n```\n```conf\nserver {\n  listen 80;\n}\n```\n```ini\n[a]\n```\n```env\nA=1\n```\n```js\nx\n```\n";
    let languages: Vec<_> = found(text).into_iter().map(|(language, _)| language).collect();
    assert_eq!(
        languages,
        [Some(Language::Dockerfile), Some(Language::Nginx), Some(Language::Ini), Some(Language::Dotenv), None]
    );
    assert_eq!(parse(&text.into()).len(), 4);
}

#[test]
fn code_in_a_quoted_list_maps_back_line_by_line() {
    let text = "> - ```python\n>   if x:\n>       f(\"a\")\n>   ```\n";
    let parsed = parse(&text.into());
    let tree = &parsed[0].tree;
    let call = tree.ids().find(|&id| tree.kind(id) == Kind::Call).unwrap();
    assert_eq!(&text[tree.file_span(call).range()], "f(\"a\")");
    let root = tree.file_span(NodeId::ROOT);
    assert_eq!(&text[root.range()], "if x:\n>       f(\"a\")\n");
}

#[test]
fn a_megabyte_of_markers_takes_no_time() {
    for unit in ["> ", "- ", "```\n", "~~~ x\n", "1. ", "> - ", "    ", "`", "\t", "!!! a\n", "<!--\n", "> ```\n"] {
        let text: Arc<str> = unit.repeat(1_000_000 / unit.len()).into();
        let start = std::time::Instant::now();
        fences(&text);
        assert!(start.elapsed().as_secs() < 5, "{unit:?}");
    }
}

proptest! {
    #[test]
    fn any_text_gives_fences_that_lie_in_it(text in "([ \\->`~#$a1.\t\n]|```|```python\n|>>> |\n> |\n  |\u{e9}|\r\n){0,60}") {
        for fence in fences(&text) {
            prop_assert!(fence.span.range().end <= text.len());
            prop_assert!(text.get(fence.span.range()).is_some());
            for (at, byte) in fence.content.bytes().enumerate() {
                let real = fence.map.offset(u32::try_from(at).unwrap());
                prop_assert_eq!(text.as_bytes()[real as usize], byte);
            }
        }
        for fence in parse(&text.into()) {
            prop_assert_eq!(fence.tree.check(), Ok(()));
        }
    }
}
