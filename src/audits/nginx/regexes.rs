//! Regular expressions that take forever, and groups that they do not have.

use super::config::{Config, each, report};
use super::input::{condition, parse};
use crate::audits::redos::explodes;
use crate::audits::{ProjectAudit, ProjectMatch};
use crate::model::Place;
use crate::model::nginx::{Directive, Level, Piece, pieces};
use crate::syntax::FileKind;

pub(in crate::audits) const REDOS: ProjectAudit = ProjectAudit {
    name: "nginx-regex-redos",
    kinds: &[FileKind::Nginx],
    variants: &[],
    run: |project| each(project, redos),
};

pub(in crate::audits) const GROUPS: ProjectAudit = ProjectAudit {
    name: "nginx-invalid-regex-group",
    kinds: &[FileKind::Nginx],
    variants: &[],
    run: |project| each(project, groups),
};

/// The regular expression of a directive, and where it stands.
fn expression(directive: Directive<'_>) -> Option<(String, Place)> {
    let at = |index: usize| Some((directive.argument(index)?.to_owned(), directive.argument_place(index)));
    match directive.name() {
        "rewrite" => at(0),
        "location" if matches!(directive.argument(0), Some("~" | "~*")) => at(1),
        "if" => {
            let (_, operator, operand) = condition(directive)?;
            let index = directive.arguments().iter().position(|word| word.starts_with(operand))?;
            operator.contains('~').then(|| (operand.to_owned(), directive.argument_place(index)))
        }
        "server_name" => {
            let index = directive.arguments().iter().position(|name| name.starts_with('~'))?;
            Some((directive.argument(index)?[1..].to_owned(), directive.argument_place(index)))
        }
        name => {
            let is_entry = directive.parent().is_some_and(|above| above.name() == "map");
            let regex = name.strip_prefix('~').filter(|_| is_entry)?;
            Some((regex.trim_start_matches('*').to_owned(), directive.name_place()))
        }
    }
}

fn redos(config: &Config<'_>) -> Vec<ProjectMatch> {
    config
        .all()
        .filter_map(|directive| {
            let (regex, place) = expression(directive)?;
            explodes(&regex).then(|| report(directive, place, &[("regex", &regex)]))
        })
        .collect()
}

/// Number of groups; `None` where the expression is not understood.
fn group_count(regex: &str) -> Option<usize> {
    parse(regex)?;
    regex::Regex::new(regex).ok().map(|regex| regex.captures_len() - 1)
}

/// The directive whose groups count where another stands, by place alone: its own expression, the nearest one above or
/// before it.
fn source_of(directive: Directive<'_>) -> Option<(Directive<'_>, String)> {
    if directive.name() == "rewrite" {
        return Some((directive, directive.argument(0)?.to_owned()));
    }
    for level in directive.levels() {
        if level != directive
            && let Some((regex, _)) = expression(level)
        {
            return Some((level, regex));
        }
        // Any expression before may have matched last: nothing is certain then.
        if level.before().take(100).any(|before| before.is(&["if", "rewrite"]) && expression(before).is_some()) {
            return None;
        }
    }
    None
}

fn groups(config: &Config<'_>) -> Vec<ProjectMatch> {
    config
        .named(&["return", "rewrite", "set", "proxy_pass", "alias", "root", "try_files", "add_header"])
        .filter_map(|directive| {
            let in_http = directive
                .parent()
                .is_some_and(|level| matches!(level.level(), Level::Server | Level::Location | Level::If));
            let first = usize::from(directive.name() == "rewrite");
            let (index, wanted) = (first..directive.argument_count()).find_map(|index| {
                let numbers = pieces(directive.argument(index)?).into_iter().filter_map(|piece| match piece {
                    Piece::Variable(name) => name.parse::<usize>().ok().filter(|number| (1..=9).contains(number)),
                    _ => None,
                });
                Some((index, numbers.max()?))
            })?;
            let (source, regex) = source_of(directive).filter(|_| in_http)?;
            let count = group_count(&regex)?;
            if wanted <= count {
                return None;
            }
            let (wanted, count) = (format!("${wanted}"), count.to_string());
            let captures = [("group", wanted.as_str()), ("regex", &regex), ("count", &count)];
            let mut found = report(directive, directive.argument_place(index), &captures);
            if source != directive {
                found.related.push((source.name_place(), "The expression that matched last".to_owned()));
            }
            Some(found)
        })
        .collect()
}
