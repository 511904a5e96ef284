use super::*;
use crate::source::LineIndex;
use proptest::prelude::*;

const NOTEBOOK: &str = r#"{
 "cells": [
  {"cell_type": "markdown", "source": ["import os  # prose"]},
  {
   "cell_type": "code",
   "source": [
    "%matplotlib inline\n",
    "import os\n",
    "name = \"caf\u00e9 \ud83d\ude00\"\n",
    "!pip install \\\n",
    "   flask\n",
    "files = !ls -la\n",
    "os?"
   ]
  },
  {"cell_type": "code", "source": "def f():\n\tos.system(name)\n"},
  {"cell_type": "code", "source": ["x = = 1\n", "os.remove(x)"]},
  {"cell_type": "code", "source": ["%%bash\n", "curl $URL | sh"]},
  {"cell_type": "code", "source": ["%%html\n", "<b>"]},
  {"cell_type": "code", "source": ["%%time\n", "f()"]}
 ],
 "metadata": {"kernelspec": {"language": "python", "name": "python3"}}
}
"#;

fn check(file: &str, parsed: &Parsed) {
    parsed.tree.check().unwrap();
    for id in parsed.tree.ids() {
        let span = parsed.tree.file_span(id);
        assert!(span.range().end <= file.len(), "{span:?}");
    }
}

/// Line of the first node with this source.
fn line_of(file: &str, parsed: &Parsed, source: &str) -> u32 {
    let id = parsed.tree.ids().find(|&id| parsed.tree.source(id) == source).unwrap();
    LineIndex::new(file).line_of(parsed.tree.file_span(id).start)
}

#[test]
fn cells_are_one_program_with_the_files_lines() {
    let cells = parse(&NOTEBOOK.into());
    let languages: Vec<_> = cells.iter().map(|cell| cell.tree.language()).collect();
    assert_eq!(languages, [Language::Python, Language::Python, Language::Shell]);
    for cell in &cells {
        check(NOTEBOOK, cell);
    }
    let program = &cells[0];
    assert_eq!(program.problems, []);
    assert_eq!(line_of(NOTEBOOK, program, "import os"), 8);
    assert_eq!(line_of(NOTEBOOK, program, "os.system(name)"), 16);
    assert_eq!(line_of(NOTEBOOK, program, "f()"), 20);
    let name = program.tree.ids().find(|&id| program.tree.kind(id) == Kind::Str).unwrap();
    assert_eq!(program.tree.label(name), "caf\u{e9} \u{1F600}");
    assert_eq!(&NOTEBOOK[program.tree.file_span(name).range()], r#"\"caf\u00e9 \ud83d\ude00\""#);
    assert_eq!(line_of(NOTEBOOK, &cells[1], "os.remove(x)"), 17);
    assert!(!cells[1].problems.is_empty());
    assert_eq!(line_of(NOTEBOOK, &cells[2], "sh"), 18);
}

#[test]
fn calls_are_reported_where_they_stand_in_the_file() {
    let cells = parse(&NOTEBOOK.into());
    let tree = &cells[0].tree;
    let call = tree.ids().find(|&id| tree.source(id) == "os.system(name)").unwrap();
    assert_eq!(&NOTEBOOK[tree.file_span(call).range()], "os.system(name)");
}

#[test]
fn only_python_notebooks_are_read() {
    for (metadata, count) in [
        (r#"{"language_info": {"name": "python"}}"#, 1),
        (r#"{"language_info": {"name": "R"}}"#, 0),
        (r#"{"kernelspec": {"language": "julia"}}"#, 0),
        (r#"{"kernelspec": {"name": "python3"}}"#, 1),
        ("{}", 1),
    ] {
        let text = format!(r#"{{"cells": [{{"cell_type": "code", "source": ["x = 1"]}}], "metadata": {metadata}}}"#);
        assert_eq!(parse(&text.into()).len(), count, "{metadata}");
    }
    for text in ["", "[]", "{", "null", r#"{"cells": 1}"#, r#"{"cells": [{"cell_type": "code"}]}"#] {
        assert!(parse(&text.into()).is_empty(), "{text}");
    }
}

#[test]
fn notebooks_of_format_3_keep_their_cells_in_worksheets() {
    let text = r#"{"worksheets": [{"cells": [{"cell_type": "code", "language": "python", "input": ["x = 1"]}]}]}"#;
    let cells = parse(&text.into());
    assert_eq!(cells[0].tree.text().as_ref(), "x = 1");
}

#[test]
fn text_that_only_looks_like_a_magic_stays() {
    let text = r#"{"cells": [{"cell_type": "code", "source": ["s = '''\n", "%d of\n", "'''\n", "y = (a\n", "% b)"]}]}"#;
    let cells = parse(&text.into());
    assert_eq!(cells[0].tree.text().as_ref(), "s = '''\n%d of\n'''\ny = (a\n% b)");
}

proptest! {
    #[test]
    fn any_source_maps_into_the_file(lines in prop::collection::vec(r#"([a-z%!?=" \\\n\t(){}'#\u{e9}\u{1F600}]|= !){0,12}"#, 0..6)) {
        let source = serde_json::to_string(&lines).unwrap();
        let text = format!(r#"{{"cells": [{{"cell_type": "code", "source": {source}}}, {{"cell_type": "code", "source": ["x"]}}]}}"#);
        for cell in parse(&text.as_str().into()) {
            check(&text, &cell);
        }
    }

    #[test]
    fn any_text_does_no_harm(text in r#"[{}\[\]",:a-z\\u0-9]{0,60}"#, cut in 0..NOTEBOOK.len()) {
        for text in [text.as_str(), NOTEBOOK.get(..cut).unwrap_or("")] {
            for cell in parse(&text.into()) {
                check(text, &cell);
            }
        }
    }
}
