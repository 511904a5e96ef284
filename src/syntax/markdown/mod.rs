//! Markdown: the code in fences, each in its own language, with the offsets of the file.
//!
//! [`scanner`] finds fences as CommonMark 0.31 defines them (section 4.5, with block quotes and list items as
//! containers), [`languages`] says what their info strings mean, [`prompts`] leaves out prompts and the output of
//! sessions. Inline code and indented code are prose to this module.

mod languages;
mod prompts;
mod scanner;

#[cfg(test)]
mod tests;

use super::{Language, Parsed};
use crate::source::{OffsetMap, Span};
use std::sync::Arc;

/// A fenced block of code.
#[derive(Debug, Clone)]
pub struct Fence {
    /// The language its info string or, without one, its content stands for. `None`: none that is read here.
    pub language: Option<Language>,
    /// The info string, trimmed: language, file name, attributes.
    pub info: String,
    /// The whole block in the file, fence lines included.
    pub span: Span,
    /// What is between the fences, without the indentation of lists, the markers of quotes, and prompts.
    pub content: String,
    /// Where the content stands in the file.
    pub map: OffsetMap,
}

/// Every fence of a Markdown text, in order.
pub fn fences(text: &str) -> Vec<Fence> {
    scanner::blocks(text)
        .into_iter()
        .map(|block| {
            let word = languages::word(&block.info);
            let plain = block.content(text);
            let language = languages::language(&word, plain.text());
            let excerpt = match language {
                Some(Language::Python) => prompts::without_python_prompts(text, &block.lines).unwrap_or(plain),
                Some(Language::Shell) => prompts::without_shell_prompts(text, &block.lines, &word).unwrap_or(plain),
                _ => plain,
            };
            let (content, map) = excerpt.finish();
            Fence { language, info: block.info, span: block.span, content, map }
        })
        .collect()
}

/// Parses the fences whose language is known. Guides leave things out, so that problems inside fences are common.
pub fn parse(text: &Arc<str>) -> Vec<Parsed> {
    fences(text)
        .into_iter()
        .filter_map(|fence| {
            let mut parsed = super::parse(fence.language?, fence.content);
            parsed.tree = parsed.tree.with_map(fence.map);
            Some(parsed)
        })
        .collect()
}
