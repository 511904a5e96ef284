//! Help texts on a terminal: the part of Markdown that rules use, laid out for a width.
//!
//! Headings are bold, code blocks indented, inline code coloured, paragraphs and list items wrapped. What is not known is
//! printed as it stands.

use super::paint::Paint;
use crate::source::printable::printable;
use std::fmt::Write as _;

/// Lays out a Markdown text.
pub fn render(markdown: &str, paint: Paint, width: usize) -> String {
    let markdown = printable(markdown);
    let mut out = String::new();
    let mut paragraph: Option<Paragraph> = None;
    let mut fence: Option<String> = None;
    for line in markdown.lines() {
        if let Some(open) = &fence {
            if line.trim_start().starts_with(open.as_str()) {
                fence = None;
            } else {
                push_line(&mut out, &format!("    {}", paint.code(line)), line.is_empty());
            }
            continue;
        }
        let trimmed = line.trim_start();
        let ticks = trimmed.chars().take_while(|&c| c == '`').count();
        let heading = trimmed.chars().take_while(|&c| c == '#').count();
        if ticks >= 3 {
            flush(&mut out, paragraph.take(), paint, width);
            fence = Some("`".repeat(ticks));
        } else if (1..=6).contains(&heading) && trimmed[heading..].starts_with(' ') {
            flush(&mut out, paragraph.take(), paint, width);
            push_line(&mut out, &paint.bold(trimmed[heading..].trim()).to_string(), false);
        } else if trimmed.is_empty() {
            flush(&mut out, paragraph.take(), paint, width);
            push_line(&mut out, "", true);
        } else if trimmed.starts_with('|') {
            // A table is aligned by its author.
            flush(&mut out, paragraph.take(), paint, width);
            push_line(&mut out, line, false);
        } else if let Some((bullet, text)) = list_item(line) {
            flush(&mut out, paragraph.take(), paint, width);
            paragraph = Some(Paragraph { bullet: bullet.to_owned(), text: text.to_owned() });
        } else {
            let open = paragraph.get_or_insert_with(|| Paragraph { bullet: String::new(), text: String::new() });
            if !open.text.is_empty() {
                open.text.push(' ');
            }
            open.text.push_str(trimmed);
        }
    }
    flush(&mut out, paragraph, paint, width);
    out.truncate(out.trim_end().len());
    out.push('\n');
    out
}

/// Text that is wrapped as one.
struct Paragraph {
    /// Indentation and marker of a list item.
    bullet: String,
    text: String,
}

/// Marker (with indentation) and text of a list item.
fn list_item(line: &str) -> Option<(&str, &str)> {
    let indent = line.len() - line.trim_start().len();
    let rest = &line[indent..];
    let marker = if rest.starts_with(['-', '*', '+']) {
        1
    } else {
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        (1..4).contains(&digits).then_some(())?;
        rest[digits..].starts_with(['.', ')']).then_some(digits + 1)?
    };
    rest[marker..].starts_with(' ').then(|| (&line[..=indent + marker], rest[marker..].trim_start()))
}

fn push_line(out: &mut String, line: &str, blank: bool) {
    // One blank line separates as well as two.
    if blank && (out.is_empty() || out.ends_with("\n\n")) {
        return;
    }
    if !blank {
        out.push_str(line.trim_end());
    }
    out.push('\n');
}

fn flush(out: &mut String, paragraph: Option<Paragraph>, paint: Paint, width: usize) {
    let Some(Paragraph { bullet, text }) = paragraph else { return };
    let indent = " ".repeat(bullet.chars().count());
    for (index, line) in textwrap::wrap(&text, width.saturating_sub(indent.len()).max(20)).iter().enumerate() {
        let start = if index == 0 { &bullet } else { &indent };
        let _ = writeln!(out, "{start}{}", inline(line, paint));
    }
}

/// Colours inline code; strong text loses its asterisks. Without colours everything stays as it was written.
fn inline(line: &str, paint: Paint) -> String {
    if !paint.on {
        return line.to_owned();
    }
    let mut out = String::new();
    for (index, part) in line.split('`').enumerate() {
        // A span of code that was wrapped loses its colour on the second line, not its text.
        if index % 2 == 1 {
            let _ = write!(out, "{}", paint.code(part));
        } else {
            for (index, part) in part.split("**").enumerate() {
                let _ = if index % 2 == 1 { write!(out, "{}", paint.bold(part)) } else { write!(out, "{part}") };
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    const HELP: &str = "## Why it matters\n\nA *long* paragraph that goes on and on until it does\nnot fit.\n\n\n\
                        - one `item` that is long enough to be wrapped\n  and goes on\n- two\n\n```python\nrun(cmd)\n\n  x\n```\n";

    #[test]
    fn lays_out_for_a_width() {
        assert_eq!(
            render(HELP, Paint::default(), 30),
            "Why it matters\n\nA *long* paragraph that goes\non and on until it does not\nfit.\n\n\
             - one `item` that is long\n  enough to be wrapped and\n  goes on\n- two\n\n    run(cmd)\n\n      x\n"
        );
    }

    #[test]
    fn colours_headings_and_code() {
        let shown = render("# H\nsay `x` and **y**\n", Paint { on: true }, 80);
        assert_eq!(shown, "\x1b[1mH\x1b[0m\nsay \x1b[36mx\x1b[0m and \x1b[1my\x1b[0m\n");
    }

    #[test]
    fn passes_no_escape_sequence_on() {
        assert!(!render("a \x1b[31m b", Paint::default(), 80).contains('\x1b'));
    }
}
