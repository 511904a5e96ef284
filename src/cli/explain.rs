//! `bartizan explain RULE`.

use super::args::{ExplainArgs, RuleSourceArgs};
use super::error::CliError;
use super::terminal::{self, Terminal};
use crate::engine::RuleSet;
use crate::findings::RuleMeta;
use crate::report::markdown;
use crate::report::paint::Paint;
use crate::rules::RuleSources;
use crate::source::printable::printable_line;
use crate::suggest;
use std::fmt::Write as _;
use std::process::ExitCode;

pub(super) fn run(args: &ExplainArgs, terminal: &Terminal) -> Result<ExitCode, CliError> {
    let rules = load(&args.sources)?;
    let named = |rule: &&RuleMeta| *rule.id == *args.rule;
    let Some(rule) = rules.rules().map(|rule| &**rule).find(named) else {
        return Err(CliError::Usage(unknown(&args.rule, &rules)));
    };
    terminal::print(&page(rule, terminal.out, terminal.width))?;
    Ok(ExitCode::SUCCESS)
}

/// All rules of the sources, of every profile.
pub(super) fn load(args: &RuleSourceArgs) -> Result<RuleSet, CliError> {
    let sources = RuleSources { builtin: !args.no_builtin, paths: args.rules.clone(), check_kits: false };
    RuleSet::load(&sources).map_err(CliError::Rules)
}

/// What to say about a rule that does not exist: the rules of a class or pack of that name, or the closest id.
fn unknown(name: &str, rules: &RuleSet) -> String {
    let of_class: Vec<&str> = rules
        .rules()
        .filter(|rule| rule.class == name || rule.id.rsplit('/').next() == Some(name))
        .map(|rule| &*rule.id)
        .collect();
    if !of_class.is_empty() {
        return format!("`{name}` is a class of checks, its rules are: {}", of_class.join(", "));
    }
    let mut message = format!("there is no rule `{name}`");
    let ids = rules.rules().flat_map(|rule| [&*rule.id, rule.class.as_str()]);
    if let Some(close) = suggest::closest(name, ids) {
        let _ = write!(message, ": did you mean `{close}`?");
    } else {
        message.push_str("; `bartizan rules list` shows all");
    }
    message
}

fn page(rule: &RuleMeta, paint: Paint, width: usize) -> String {
    let mut page = String::new();
    let _ = writeln!(page, "{}", paint.severity(rule.severity, printable_line(&rule.id)));
    let _ = writeln!(page, "{}\n", paint.bold(printable_line(&rule.title)));
    let mut facts = vec![
        format!("severity {}", rule.severity.name()),
        format!("confidence {}", rule.confidence.name()),
        format!("profile {}", rule.profile.name()),
    ];
    facts.extend(rule.cwe.iter().map(|number| format!("CWE-{number}")));
    if !rule.languages.is_empty() {
        facts.push(rule.languages.join(", "));
    }
    let _ = writeln!(page, "{}\n", paint.dim(printable_line(&facts.join(" \u{b7} "))));
    page.push_str(&markdown::render(&rule.help, paint, width));
    if !rule.references.is_empty() {
        let _ = writeln!(page, "\n{}\n", paint.bold("References"));
        for reference in &rule.references {
            let _ = writeln!(page, "- {}", printable_line(reference));
        }
    }
    page
}
