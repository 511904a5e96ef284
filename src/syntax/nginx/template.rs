//! Tags of template languages in files that become configuration later: `{{ }}`, `{% %}`, `{# #}`, `<% %>`.
//!
//! nginx refuses `{{` outside quotes, so that taking it for a tag changes nothing for real configuration. The tag must
//! be closed; nothing is known about what it says except whether it steers the template or stands for a value.

use std::ops::Range;

/// A tag from its opening to behind its closing.
#[derive(Debug, Clone, Copy)]
pub(in crate::syntax) struct Tag {
    /// Offset behind the closing.
    pub(in crate::syntax) end: usize,
    /// Steers the template (`{% if %}`, `{{ end }}`, `<% %>`, comments) instead of standing for a value.
    pub(in crate::syntax) is_control: bool,
}

/// Opening, closing.
const FORMS: [(&str, &str); 4] = [("{{", "}}"), ("{%", "%}"), ("<%", "%>"), ("{#", "#}")];

/// Words that steer a Go template or Handlebars when they come first in `{{ }}`.
const CONTROL_WORDS: [&str; 12] =
    ["if", "else", "end", "range", "with", "define", "template", "block", "break", "continue", "def", "for"];

/// Finds tags in a text. Where a closing is missing is remembered, so that a text full of openings costs no more.
pub(in crate::syntax) struct Tags<'text> {
    text: &'text str,
    /// By form: a range in which no closing stands.
    unclosed: [Range<usize>; FORMS.len()],
    /// The line that was looked at last.
    line: Range<usize>,
}

/// How far before a quote the tag that it may stand in is searched.
const REACH: usize = 1024;

impl<'text> Tags<'text> {
    pub(in crate::syntax) fn new(text: &'text str) -> Self {
        Self { text, unclosed: [0..0, 0..0, 0..0, 0..0], line: 0..0 }
    }

    /// The tag that opens at `start`. Only where a directive could stand (`first`) may it reach over lines or be a
    /// comment: `{#` elsewhere is a block that begins with a comment.
    pub(in crate::syntax) fn at(&mut self, start: usize, first: bool) -> Option<Tag> {
        let rest = self.text.get(start..)?;
        let form = FORMS.iter().position(|(open, _)| rest.starts_with(open))?;
        let (open, close) = FORMS[form];
        let inside = start + open.len();
        let limit = if first { self.text.len() } else { self.line_end(inside) };
        let known = &self.unclosed[form];
        if (open == "{#" && !first) || (known.contains(&start) && limit <= known.end) {
            return None;
        }
        let Some(length) = self.text[inside..limit].find(close) else {
            self.unclosed[form] = start..limit;
            return None;
        };
        let content = &self.text[inside..inside + length];
        let end = inside + length + close.len();
        // `}}}` closes Handlebars' `{{{ }}}`, and a tag whose content ends in a brace.
        let extra = usize::from(open == "{{" && content.contains('{') && self.text[end..].starts_with('}'));
        Some(Tag { end: end + extra, is_control: is_control(open, content) })
    }

    /// The tag that a closing quote at `close` stands in, of those that opened from `from` on.
    pub(in crate::syntax) fn around(&mut self, from: usize, close: usize) -> Option<Tag> {
        let mut from = from.max(close.saturating_sub(REACH));
        while !self.text.is_char_boundary(from) {
            from += 1;
        }
        let before = &self.text[from..close];
        let open = FORMS.iter().filter_map(|(open, _)| before.rfind(open)).max()?;
        self.at(from + open, false).filter(|tag| tag.end > close)
    }

    fn line_end(&mut self, at: usize) -> usize {
        if !self.line.contains(&at) {
            let end = self.text[at..].find('\n').map_or(self.text.len(), |length| at + length);
            self.line = at..end;
        }
        self.line.end
    }
}

fn is_control(open: &str, content: &str) -> bool {
    match open {
        "{{" => {
            let content = content.trim_start_matches(['-', '~']).trim_start();
            let word = content.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').next().unwrap_or("");
            CONTROL_WORDS.contains(&word)
                || content.starts_with(['#', '/', '!', ')', '^'])
                || (content.starts_with('$') && content.contains(":="))
                || content.starts_with('}')
        }
        "<%" => !content.starts_with('='),
        _ => true,
    }
}
