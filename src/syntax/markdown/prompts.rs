//! Sessions: what was typed is kept, prompts and output are left out.

use crate::source::Span;
use crate::syntax::excerpt::Excerpt;

/// Words for fences that hold a session for certain.
const SESSIONS: &[&str] = &["console", "shell-session", "shellsession", "sh-session", "terminal"];

/// A Python session without its prompts; `None` if there is no `>>>`.
pub(super) fn without_python_prompts(text: &str, lines: &[Span]) -> Option<Excerpt> {
    let first = lines.iter().map(|&line| slice(text, line)).find(|line| !line.trim().is_empty())?;
    if !is_prompt(first, ">>>") {
        return None;
    }
    let mut excerpt = Excerpt::default();
    for &line in lines {
        let source = slice(text, line);
        if is_prompt(source, ">>>") || is_prompt(source, "...") {
            excerpt.copy(text, behind(line, if source[3..].starts_with(' ') { 4 } else { 3 }));
        }
    }
    Some(excerpt)
}

fn is_prompt(line: &str, prompt: &str) -> bool {
    line.strip_prefix(prompt).is_some_and(|rest| rest.is_empty() || rest.starts_with([' ', '\n', '\r']))
}

/// A shell session without its prompts and output; `None` if there is no prompt.
pub(super) fn without_shell_prompts(text: &str, lines: &[Span], word: &str) -> Option<Excerpt> {
    // In a script `# ` begins a comment, in a session it may be root's prompt.
    let has_dollar = lines.iter().any(|&line| slice(text, line).starts_with("$ "));
    let prompts: &[&str] = if has_dollar {
        &["$ "]
    } else if SESSIONS.contains(&word) {
        &["# ", "% "]
    } else {
        return None;
    };
    if !lines.iter().any(|&line| prompts.iter().any(|prompt| slice(text, line).starts_with(prompt))) {
        return None;
    }
    let mut excerpt = Excerpt::default();
    let mut continues = false;
    for &line in lines {
        let source = slice(text, line);
        let prompt = prompts.iter().find(|prompt| source.starts_with(**prompt));
        if prompt.is_none() && !continues {
            continue;
        }
        let piece = behind(line, prompt.map_or(0, |prompt| prompt.len()));
        excerpt.copy(text, piece);
        continues = source.trim_end_matches(['\n', '\r']).ends_with('\\');
    }
    Some(excerpt)
}

fn slice(text: &str, line: Span) -> &str {
    text.get(line.range()).unwrap_or("")
}

fn behind(line: Span, bytes: usize) -> Span {
    Span::from_range((line.range().start + bytes).min(line.range().end)..line.range().end)
}
