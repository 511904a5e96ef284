//! The short answer to "what do I do about it", out of a rule's help text.

/// Words that begin the heading of the section which says what to do.
const HEADINGS: [&str; 9] = ["instead", "how to", "fix", "mend", "remed", "do ", "use ", "recommend", "solution"];

/// Longer advice is cut at the end of a sentence.
const LENGTH: usize = 240;

/// The first paragraph of prose in the section of a Markdown help text that says what to do, on one line; `None` when
/// there is no such section or nothing but examples in it.
pub fn advice(help: &str) -> Option<String> {
    let mut in_section = false;
    let mut in_code = false;
    let mut paragraph = String::new();
    // An empty line at the end closes the last paragraph.
    for line in help.lines().chain([""]) {
        let trimmed = line.trim();
        let is_fence = trimmed.starts_with("```");
        let heading = if in_code { None } else { heading(line) };
        let ends = is_fence || in_code || heading.is_some() || trimmed.is_empty();
        if !ends && in_section {
            if !paragraph.is_empty() {
                paragraph.push(' ');
            }
            paragraph.push_str(trimmed.trim_start_matches("- "));
        } else if !paragraph.is_empty() {
            if !introduces_example(&paragraph) {
                return Some(shorten(paragraph.trim_end_matches(':')));
            }
            paragraph.clear();
        }
        in_code ^= is_fence;
        if let Some(heading) = heading {
            if in_section {
                return None;
            }
            let heading = heading.to_lowercase();
            in_section = HEADINGS.iter().any(|word| heading.starts_with(word));
        }
    }
    None
}

fn heading(line: &str) -> Option<&str> {
    let text = line.trim_start_matches('#');
    (text.len() < line.len() && text.starts_with(' ')).then(|| text.trim())
}

/// "Bad:", "Good (tracked `.env.example`):" and the like.
fn introduces_example(paragraph: &str) -> bool {
    let word = paragraph.split(|c: char| !c.is_alphanumeric()).next().unwrap_or("");
    ["bad", "good", "example", "examples", "before", "after"].contains(&word.to_lowercase().as_str())
        && paragraph.ends_with(':')
}

/// As many whole sentences as fit, at least one.
fn shorten(paragraph: &str) -> String {
    if paragraph.len() <= LENGTH {
        return paragraph.to_owned();
    }
    let ends = paragraph.match_indices(". ").map(|(index, _)| index + 1);
    let end = ends.clone().take_while(|&end| end <= LENGTH).last().or_else(|| ends.clone().next());
    paragraph[..end.unwrap_or(paragraph.len())].to_owned()
}

#[cfg(test)]
mod tests {
    use super::advice;

    #[test]
    fn takes_the_paragraph_that_says_what_to_do() {
        let help = "## Why it matters\n\nIt is bad.\n\n## Instead\n\nPass a list,\nand no shell:\n\n```python\nrun([a])\n```\n";
        assert_eq!(advice(help).as_deref(), Some("Pass a list, and no shell"));
        assert_eq!(advice("## Why\n\nBecause.\n"), None);
        assert_eq!(advice("Instead of this, do that."), None);
    }

    #[test]
    fn examples_are_no_advice() {
        let help = "## Instead\n\nBad:\n\n```sh\n# use nothing\nx\n```\n\nGood (in production):\n\n```sh\ny\n```\n\nAsk the platform.\n";
        assert_eq!(advice(help).as_deref(), Some("Ask the platform."));
        assert_eq!(advice("## How to fix\n```python\nx\n```"), None);
        assert_eq!(advice("## Why\n```sh\n## Instead\nrm\n```\n"), None);
    }

    #[test]
    fn long_advice_ends_with_a_sentence() {
        let help = format!("## Instead\n\nDo this. {} Then that.", "And so on. ".repeat(40));
        let advice = advice(&help).unwrap();
        assert!(advice.len() <= 240 && advice.ends_with("so on."), "{advice}");
    }
}
