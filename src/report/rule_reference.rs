//! The rule reference: one Markdown page for each pack, and an index. Made from the rules' own metadata and help.

use crate::findings::RuleMeta;
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// Pages by file name; every call with the same rules gives the same text.
pub fn pages(rules: &[&RuleMeta]) -> BTreeMap<String, String> {
    let mut packs: BTreeMap<&str, Vec<&RuleMeta>> = BTreeMap::new();
    for &rule in rules {
        packs.entry(rule.pack()).or_default().push(rule);
    }
    let mut pages = BTreeMap::new();
    pages.insert("README.md".to_owned(), index(&packs));
    for (pack, mut rules) in packs {
        rules.sort_by(|left, right| left.id.cmp(&right.id));
        pages.insert(format!("{pack}.md"), page(pack, &rules));
    }
    pages
}

fn index(packs: &BTreeMap<&str, Vec<&RuleMeta>>) -> String {
    let total: usize = packs.values().map(Vec::len).sum();
    let mut text = format!(
        "# Rules\n\n{total} rules. Made by `bartizan rules docs docs/rules`; `bartizan explain RULE` shows the same on a \
         terminal.\n\n| pack | rules | in the default profile |\n|---|---:|---:|\n"
    );
    for (pack, rules) in packs {
        let default = rules.iter().filter(|rule| rule.profile == crate::findings::Profile::Default).count();
        let _ = writeln!(text, "| [{pack}]({pack}.md) | {} | {default} |", rules.len());
    }
    text
}

fn page(pack: &str, rules: &[&RuleMeta]) -> String {
    let mut text = format!("# {pack}\n\n| rule | what it finds | severity | profile |\n|---|---|---|---|\n");
    for rule in rules {
        let _ = writeln!(
            text,
            "| [{}](#{}) | {} | {} | {} |",
            rule.id,
            link(&rule.id),
            rule.title.replace('|', "\\|"),
            rule.severity.name(),
            rule.profile.name()
        );
    }
    for rule in rules {
        let cwe: Vec<String> = rule
            .cwe
            .iter()
            .map(|number| format!("[CWE-{number}](https://cwe.mitre.org/data/definitions/{number}.html)"))
            .collect();
        let _ = write!(
            text,
            "\n## {}\n\n{}. Severity {}, confidence {}, profile {}{}{}.\n\n{}\n",
            rule.id,
            rule.title,
            rule.severity.name(),
            rule.confidence.name(),
            rule.profile.name(),
            if cwe.is_empty() { "" } else { ", " },
            cwe.join(", "),
            // One level deeper than the rule's own heading.
            rule.help.trim().replace("\n## ", "\n### ").replacen(
                "## ",
                "### ",
                usize::from(rule.help.trim().starts_with("## "))
            )
        );
        if !rule.references.is_empty() {
            text.push('\n');
            for reference in &rule.references {
                let _ = writeln!(text, "- <{reference}>");
            }
        }
    }
    text
}

/// GitHub's anchor of a heading: lower case, punctuation but hyphens and underscores dropped.
fn link(heading: &str) -> String {
    heading.to_lowercase().chars().filter(|c| c.is_alphanumeric() || matches!(c, '-' | '_')).collect()
}
