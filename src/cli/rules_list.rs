//! `bartizan rules list`.

use super::args::{ListFormat, RulesListArgs};
use super::error::CliError;
use super::explain::load;
use super::terminal::{self, Terminal};
use crate::findings::{Confidence, Profile, RuleMeta, Severity};
use crate::report::paint::Paint;
use crate::source::printable::printable_line;
use serde::Serialize;
use std::fmt::Write as _;
use std::process::ExitCode;

/// A rule in the JSON list.
#[derive(Serialize)]
struct ListedRule<'a> {
    id: &'a str,
    pack: &'a str,
    class: &'a str,
    title: &'a str,
    severity: Severity,
    confidence: Confidence,
    profile: Profile,
    cwe: &'a [u32],
    languages: &'a [String],
    tags: &'a [String],
    references: &'a [String],
    help: &'a str,
}

impl<'a> From<&'a RuleMeta> for ListedRule<'a> {
    fn from(rule: &'a RuleMeta) -> Self {
        Self {
            id: &rule.id,
            pack: rule.pack(),
            class: &rule.class,
            title: &rule.title,
            severity: rule.severity,
            confidence: rule.confidence,
            profile: rule.profile,
            cwe: &rule.cwe,
            languages: &rule.languages,
            tags: &rule.tags,
            references: &rule.references,
            help: &rule.help,
        }
    }
}

pub(super) fn run(args: &RulesListArgs, terminal: &Terminal) -> Result<ExitCode, CliError> {
    let loaded = load(&args.sources)?;
    let mut rules: Vec<&RuleMeta> = loaded
        .rules()
        .map(|rule| &**rule)
        .filter(|rule| args.selectors.is_empty() || args.selectors.iter().any(|selector| selector.matches(rule)))
        .collect();
    rules.sort_by(|a, b| a.id.cmp(&b.id));
    let text = match args.format {
        ListFormat::Json => {
            let list: Vec<ListedRule<'_>> = rules.iter().map(|rule| ListedRule::from(*rule)).collect();
            serde_json::to_string_pretty(&list).map_err(std::io::Error::from)? + "\n"
        }
        ListFormat::Text => table(&rules, terminal.out),
    };
    terminal::print(&text)?;
    Ok(ExitCode::SUCCESS)
}

fn table(rules: &[&RuleMeta], paint: Paint) -> String {
    let mut text = String::new();
    let widest = rules.iter().map(|rule| rule.id.chars().count()).max().unwrap_or(0);
    for rule in rules {
        let profile = rule.profile.name();
        let id = format!("{:widest$}", printable_line(&rule.id));
        let severity = paint.severity(rule.severity, format!("{:8}", rule.severity.name()));
        let _ = writeln!(text, "{id}  {severity}  {profile:7}  {}", printable_line(&rule.title));
    }
    let _ = writeln!(text, "{} rules", rules.len());
    text
}
