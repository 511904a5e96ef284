//! Jupyter notebooks: the Python in their code cells, with the offsets of the `.ipynb` file.
//!
//! The JSON is read by the JSON front end. Cells that parse are joined to one text, as a notebook is one program: what
//! one cell imports the next one uses. A cell that does not parse stands alone, so that it spoils no other. IPython's
//! own lines (`%magic`, `!command`, `name?`) become comments of the same length.

use super::excerpt::Excerpt;
use super::{Field, Kind, Language, NodeId, Parsed, Tree, json, parse as parse_language, python};
use crate::source::Span;
use std::sync::Arc;

#[cfg(test)]
mod tests;

/// Cell magics whose cells hold Python all the same.
const PYTHON_MAGICS: &[&str] = &[
    "time",
    "timeit",
    "capture",
    "prun",
    "python",
    "python3",
    "pypy",
    "debug",
    "memit",
    "mprun",
    "lprun",
    "matplotlib",
];

/// Cell magics whose cells hold shell text.
const SHELL_MAGICS: &[&str] = &["bash", "sh", "system", "sx", "!"];

/// Parses the code cells of a notebook whose language is Python; others give nothing.
pub fn parse(text: &Arc<str>) -> Vec<Parsed> {
    let notebook = json::parse(Arc::clone(text)).tree;
    let Some(root) = notebook.child(NodeId::ROOT, Field::Item) else { return Vec::new() };
    if !is_python(&notebook, root) {
        return Vec::new();
    }
    let mut program = Excerpt::default();
    let mut apart = Vec::new();
    for cell in code_cells(&notebook, root) {
        let Some(source) = member(&notebook, cell, "source").or_else(|| member(&notebook, cell, "input")) else {
            continue;
        };
        let cell = cell_text(&notebook, source);
        match magic(cell.text()) {
            Some(name) if SHELL_MAGICS.contains(&name) => {
                let mut script = cell;
                script.overwrite(0, b'#');
                apart.push(parsed(Language::Shell, script));
            }
            Some(name) if !PYTHON_MAGICS.contains(&name) => {}
            _ => python_cell(cell, &mut program, &mut apart),
        }
    }
    if !program.text().is_empty() {
        apart.insert(0, parsed(Language::Python, program));
    }
    apart
}

fn python_cell(mut cell: Excerpt, program: &mut Excerpt, apart: &mut Vec<Parsed>) {
    let mut is_sound = python::parse(cell.text().into()).problems.is_empty();
    if !is_sound {
        silence_ipython(&mut cell);
        is_sound = python::parse(cell.text().into()).problems.is_empty();
    }
    if is_sound {
        if !program.text().is_empty() {
            let between = Span::at(program.end());
            program.replace("\n", between);
        }
        program.append(&cell);
    } else {
        apart.push(parsed(Language::Python, cell));
    }
}

fn parsed(language: Language, excerpt: Excerpt) -> Parsed {
    let (text, map) = excerpt.finish();
    let mut parsed = parse_language(language, text);
    parsed.tree = parsed.tree.with_map(map);
    parsed
}

/// The value of a key of a mapping.
fn member(tree: &Tree, mapping: NodeId, name: &str) -> Option<NodeId> {
    if tree.kind(mapping) != Kind::Mapping {
        return None;
    }
    let pair = tree
        .children_by(mapping, Field::Item)
        .find(|&pair| tree.child(pair, Field::Key).is_some_and(|key| tree.label(key) == name))?;
    tree.child(pair, Field::Value)
}

/// Whether the kernel speaks Python; a notebook that does not say is taken to.
fn is_python(tree: &Tree, root: NodeId) -> bool {
    let Some(metadata) = member(tree, root, "metadata") else { return true };
    let at = |group: &str, name: &str| member(tree, metadata, group).and_then(|group| member(tree, group, name));
    [
        at("language_info", "name"),
        at("kernelspec", "language"),
        at("kernelspec", "name"),
        member(tree, metadata, "language"),
    ]
    .into_iter()
    .flatten()
    .next()
    .is_none_or(|language| tree.label(language).to_ascii_lowercase().contains("python"))
}

/// The code cells, in order; before format 4 they stand in worksheets.
fn code_cells(tree: &Tree, root: NodeId) -> Vec<NodeId> {
    let sheets = member(tree, root, "worksheets").into_iter().flat_map(|sheets| tree.children_by(sheets, Field::Item));
    std::iter::once(root)
        .chain(sheets)
        .filter_map(|holder| member(tree, holder, "cells"))
        .flat_map(|cells| tree.children_by(cells, Field::Item))
        .filter(|&cell| member(tree, cell, "cell_type").is_some_and(|kind| tree.label(kind) == "code"))
        .collect()
}

/// The text of a cell: one string, or a list with a string for each line.
fn cell_text(tree: &Tree, source: NodeId) -> Excerpt {
    let mut excerpt = Excerpt::default();
    for string in tree.subtree(source).filter(|&id| tree.kind(id) == Kind::Str) {
        add_string(tree.text(), tree.span(string), &mut excerpt);
    }
    excerpt
}

/// Adds the content of a JSON string, with its escapes (RFC 8259, section 7) resolved.
fn add_string(text: &str, span: Span, excerpt: &mut Excerpt) {
    let source = text.get(span.range()).unwrap_or("");
    let Some(content) = source.strip_prefix('"') else { return };
    let content = content.strip_suffix('"').unwrap_or(content);
    let start = span.range().start + 1;
    let mut at = 0;
    while at < content.len() {
        let rest = &content[at..];
        let plain = rest.find('\\').unwrap_or(rest.len());
        excerpt.copy(text, Span::from_range(start + at..start + at + plain));
        at += plain;
        if plain < rest.len() {
            let (character, length) = escape(&rest[plain..]);
            let place = Span::from_range(start + at..start + at + length);
            excerpt.replace(character.encode_utf8(&mut [0; 4]), place);
            at += length;
        }
    }
}

/// The character that an escape stands for, and the escape's length. An escape that JSON does not have is its backslash.
fn escape(rest: &str) -> (char, usize) {
    let unit = |at: usize| rest.get(at..at + 4).and_then(|digits| u32::from_str_radix(digits, 16).ok());
    match rest.as_bytes().get(1) {
        Some(b'n') => ('\n', 2),
        Some(b't') => ('\t', 2),
        Some(b'r') => ('\r', 2),
        Some(b'b') => ('\u{8}', 2),
        Some(b'f') => ('\u{c}', 2),
        Some(&byte @ (b'"' | b'\\' | b'/')) => (char::from(byte), 2),
        Some(b'u') => match (unit(2), unit(8)) {
            (Some(high @ 0xD800..=0xDBFF), Some(low @ 0xDC00..=0xDFFF)) if rest[6..].starts_with("\\u") => {
                let code = 0x1_0000 + ((high - 0xD800) << 10) + (low - 0xDC00);
                (char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER), 12)
            }
            (Some(code), _) => (char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER), 6),
            (None, _) => ('\\', 1),
        },
        _ => ('\\', 1),
    }
}

/// The cell magic that a cell begins with: `time` of `%%time`.
fn magic(cell: &str) -> Option<&str> {
    let line = cell.lines().next()?.strip_prefix("%%")?;
    let mut words = line.split_whitespace();
    match words.next()? {
        // `%%script bash --out x`
        "script" => words.next(),
        name => Some(name),
    }
}

/// Makes comments of lines that are IPython's own. Nothing moves.
fn silence_ipython(cell: &mut Excerpt) {
    let text = cell.text().to_owned();
    let mut start = 0;
    let mut continues = false;
    for line in text.split_inclusive('\n') {
        let code = line.trim();
        let indent = line.len() - line.trim_start().len();
        let is_ipython = code.starts_with(['%', '!', '?']) || (code.ends_with('?') && !code.starts_with('#'));
        if is_ipython || (continues && !code.is_empty()) {
            cell.overwrite(start + indent, b'#');
            continues = code.ends_with('\\');
        } else {
            continues = false;
            // `files = !ls` assigns the output of a command: to the tree it is `files = 0`.
            let assigned = line.find("= !").or_else(|| line.find("= %"));
            if let Some(at) = assigned.filter(|at| at + 3 < line.trim_end().len()) {
                cell.overwrite(start + at + 2, b'0');
                cell.overwrite(start + at + 3, b'#');
            }
        }
        start += line.len();
    }
}
