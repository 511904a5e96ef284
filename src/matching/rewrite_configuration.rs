//! Pattern text of configuration languages to text that their parsers accept. Words are words there: only what stands in
//! place of an entry, an item or a directive has to change.

use super::rewrite::{ELLIPSIS, MARK};
use crate::syntax::Language;

/// Rewrites a pattern for the parser of a configuration language.
pub(super) fn rewrite_configuration(pattern: &str, language: Language) -> String {
    match language {
        Language::Yaml => rewrite_yaml(pattern),
        Language::Nginx => rewrite_nginx(pattern),
        Language::Json => rewrite_json(pattern),
        Language::Toml | Language::Dotenv | Language::Ini => {
            rewrite_lines(pattern, |indent| format!("{indent}__ellipsis__ = \"...\""))
        }
        Language::Dockerfile => rewrite_dockerfile(pattern),
        _ => pattern.to_owned(),
    }
}

/// The exec form of an instruction is JSON: `CMD ["sh", ...]`.
fn rewrite_dockerfile(pattern: &str) -> String {
    let lines: Vec<String> = pattern
        .lines()
        .map(|line| match line.split_once('[') {
            Some((before, list)) if line.trim_end().ends_with(']') && !before.contains(['"', '\'']) => {
                format!("{before}{}", rewrite_json(&format!("[{list}")))
            }
            _ => line.to_owned(),
        })
        .collect();
    lines.join("\n")
}

fn rewrite_lines(pattern: &str, line: impl Fn(&str) -> String) -> String {
    let lines: Vec<String> = pattern
        .lines()
        .map(|text| {
            let indent = &text[..text.len() - text.trim_start().len()];
            if text.trim() == "..." { line(indent) } else { text.to_owned() }
        })
        .collect();
    lines.join("\n")
}

/// A line of `...` is an entry where its neighbours are entries, an item where they are items.
fn rewrite_yaml(pattern: &str) -> String {
    let indent_of = |line: &str| line.len() - line.trim_start().len();
    let mut items: Vec<usize> =
        pattern.lines().filter(|line| line.trim_start().starts_with("- ")).map(indent_of).collect();
    items.sort_unstable();
    rewrite_lines(pattern, |indent| {
        let dash = if items.binary_search(&indent.len()).is_ok() { "- " } else { "" };
        let value = if dash.is_empty() { format!("{ELLIPSIS}: {ELLIPSIS}") } else { "...".to_owned() };
        format!("{indent}{dash}{value}")
    })
}

/// `...` in place of a directive needs its semicolon.
fn rewrite_nginx(pattern: &str) -> String {
    let mut out = String::with_capacity(pattern.len());
    let mut rest = pattern;
    while let Some(at) = rest.find("...") {
        out.push_str(&rest[..at]);
        let before = out.trim_end().chars().last();
        let is_directive = matches!(before, None | Some('{' | '}' | ';'));
        let is_meta = before == Some('$');
        rest = &rest[at + 3..];
        out.push_str("...");
        if is_directive && !is_meta && !rest.trim_start().starts_with(';') {
            out.push(';');
        }
    }
    out + rest
}

/// JSON has no bare words: operators become strings, `$X` becomes `"μX"` to tell it from `"$X"`, the content of a string.
fn rewrite_json(pattern: &str) -> String {
    let mut out = String::with_capacity(pattern.len());
    let mut chars = pattern.char_indices().peekable();
    let mut in_string = false;
    let mut stack: Vec<char> = Vec::new();
    while let Some((at, c)) = chars.next() {
        match c {
            '"' => in_string = !in_string,
            '\\' if in_string => {
                out.push(c);
                if let Some((_, next)) = chars.next() {
                    out.push(next);
                }
                continue;
            }
            '{' | '[' if !in_string => stack.push(c),
            '}' | ']' if !in_string => {
                stack.pop();
            }
            '.' if !in_string && pattern[at..].starts_with("...") => {
                chars.next();
                chars.next();
                let is_entry = stack.last() == Some(&'{') && !out.trim_end().ends_with(':');
                out.push_str(if is_entry { "\"μ0\": \"...\"" } else { "\"...\"" });
                continue;
            }
            '$' if !in_string => {
                out.push('"');
                out.push(if pattern[at..].starts_with("$...") { '$' } else { MARK });
                while let Some(&(_, next)) = chars.peek()
                    && (next.is_ascii_alphanumeric() || next == '_' || next == '.')
                {
                    out.push(next);
                    chars.next();
                }
                out.push('"');
                continue;
            }
            _ => {}
        }
        out.push(c);
    }
    out
}
