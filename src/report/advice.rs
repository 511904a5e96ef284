//! The short answer to "what do I do about it", out of a rule's help text.

/// Words that begin the heading of the section which says what to do.
const HEADINGS: [&str; 9] = ["instead", "how to", "fix", "mend", "remed", "do ", "use ", "recommend", "solution"];

/// The first paragraph of the section of a Markdown help text that says what to do, on one line; `None` when there is no
/// such section or it begins with code.
pub fn advice(help: &str) -> Option<String> {
    let mut lines = help.lines();
    lines.find(|line| {
        let heading = line.trim_start_matches('#');
        heading.len() < line.len() && {
            let heading = heading.trim().to_lowercase();
            HEADINGS.iter().any(|word| heading.starts_with(word))
        }
    })?;
    let mut paragraph = String::new();
    for line in lines.map(str::trim).skip_while(|line| line.is_empty()) {
        if line.is_empty() || line.starts_with("```") || line.starts_with('#') {
            break;
        }
        if !paragraph.is_empty() {
            paragraph.push(' ');
        }
        paragraph.push_str(line);
    }
    let paragraph = paragraph.trim_end_matches(':').to_owned();
    (!paragraph.is_empty()).then_some(paragraph)
}

#[cfg(test)]
mod tests {
    use super::advice;

    #[test]
    fn takes_the_paragraph_that_says_what_to_do() {
        let help = "## Why it matters\n\nIt is bad.\n\n## Instead\n\nPass a list,\nand no shell:\n\n```python\nrun([a])\n```\n";
        assert_eq!(advice(help).as_deref(), Some("Pass a list, and no shell"));
        assert_eq!(advice("## Why\n\nBecause.\n"), None);
        assert_eq!(advice("## How to fix\n```python\nx\n```"), None);
        assert_eq!(advice("Instead of this, do that."), None);
    }
}
