//! What of a request can reach an nginx value: variables are followed through `set` and `map`, captures to the regular
//! expression that made them. Facts: nginx's variable index, `ngx_http_rewrite_module`, `ngx_http_map_module`.

use super::config::Config;
use crate::model::nginx::{Directive, Piece, pieces};
use regex_syntax::hir::{Hir, HirKind};

/// A piece of a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Part {
    Text(String),
    Input(Input),
    /// Not of the request as far as the file shows, or limited by a guard.
    Other(String),
}

/// A piece that the client chooses.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "independent facts about one text")]
pub(super) struct Input {
    /// The variable as written, with `$`.
    pub name: String,
    /// It is empty or begins with `/` or `?`.
    pub begins_path: bool,
    /// It can hold a line break: it is a decoded path, or a capture of one.
    pub line_break: bool,
    /// It can hold a dot.
    pub dot: bool,
    /// It can hold what ends a host: `/`, `?` or `#`.
    pub ends_host: bool,
    /// It is a capture.
    pub is_capture: bool,
}

/// What a regular expression is applied to.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Subject {
    DecodedPath,
    Host,
    /// Any other text of the request.
    Request,
    /// Not of the request.
    Other,
}

/// How many values a text may have before the rest are left out.
const MOST_VALUES: usize = 16;
/// `set $a $b; set $b $c; ...` is followed this far.
const MOST_STEPS: usize = 5;
/// Values of a `map` that are looked at.
const MOST_ENTRIES: usize = 200;

impl<'m> Config<'m> {
    /// The values that a text can have where `at` stands.
    pub fn values(&self, text: &str, at: Directive<'m>) -> Vec<Vec<Part>> {
        self.expand(text, at, 0)
    }

    fn expand(&self, text: &str, at: Directive<'m>, steps: usize) -> Vec<Vec<Part>> {
        let mut values: Vec<Vec<Part>> = vec![Vec::new()];
        for piece in pieces(text) {
            let alternatives = match piece {
                Piece::Text(text) => vec![vec![Part::Text(text.to_owned())]],
                Piece::Template => vec![vec![Part::Other("template".to_owned())]],
                Piece::Variable(name) => self.variable(name, at, steps),
            };
            let mut longer = Vec::new();
            for value in &values {
                for alternative in &alternatives {
                    if longer.len() < MOST_VALUES {
                        longer.push(value.iter().chain(alternative).cloned().collect());
                    }
                }
            }
            values = longer;
        }
        values
    }

    fn variable(&self, name: &str, at: Directive<'m>, steps: usize) -> Vec<Vec<Part>> {
        let other = || vec![vec![Part::Other(format!("${name}"))]];
        if steps >= MOST_STEPS || Self::is_guarded(name, at) {
            return other();
        }
        if name.len() == 1 && name.as_bytes()[0].is_ascii_digit() {
            let capture = Self::numbered(name.parse().unwrap_or(0), at);
            return vec![vec![capture.unwrap_or_else(|| Part::Other(format!("${name}")))]];
        }
        let server = at.server();
        let sets = self.variables().sets.get(name).into_iter().flatten().filter(|set| set.server() == server);
        let mut values = Vec::new();
        for set in sets.take(MOST_VALUES) {
            if let Some(value) = set.argument(1) {
                values.extend(self.expand(value, *set, steps + 1));
            }
        }
        for map in self.variables().maps.get(name).into_iter().flatten() {
            for entry in map.children().take(MOST_ENTRIES) {
                values.extend(self.map_entry(*map, entry, steps));
            }
        }
        if !values.is_empty() {
            // Values with input first: they are what audits look for, and the list is bounded.
            values.sort_by_key(|value| !value.iter().any(|part| matches!(part, Part::Input(_))));
            values.truncate(MOST_VALUES);
            return values;
        }
        if let Some(capture) = self.named_capture(name, at) {
            return vec![vec![capture]];
        }
        builtin(name).map_or_else(other, |input| vec![vec![Part::Input(input)]])
    }

    /// The values of one line of a `map`. What a regular expression or a constant key lets through is limited by it.
    fn map_entry(&self, map: Directive<'m>, entry: Directive<'m>, steps: usize) -> Vec<Vec<Part>> {
        let Some(value) = entry.argument(0) else { return Vec::new() };
        if entry.is(&["include", "hostnames", "volatile"]) {
            return Vec::new();
        }
        let source = map.argument(0).unwrap_or("");
        let key = entry.name();
        if key == "default" {
            return self.expand(value, map, steps + 1);
        }
        let Some(regex) = key.strip_prefix('~') else {
            return vec![vec![Part::Other(value.to_owned())]];
        };
        let regex = regex.strip_prefix('*').unwrap_or(regex);
        let parts = pieces(value)
            .into_iter()
            .map(|piece| match piece {
                Piece::Text(text) => Part::Text(text.to_owned()),
                Piece::Template => Part::Other("template".to_owned()),
                Piece::Variable(name) => group(regex, name)
                    .and_then(|group| capture(name, &group, &subject(source)))
                    .unwrap_or_else(|| Part::Other(format!("${name}"))),
            })
            .collect();
        vec![parts]
    }

    /// Whether an `if` around or before a place limits a variable.
    fn is_guarded(name: &str, at: Directive<'m>) -> bool {
        let levels = || at.levels();
        let around = levels().any(|level| {
            level.name() == "if"
                && condition(level)
                    .is_some_and(|(tested, operator, _)| tested == name && matches!(operator, "=" | "~" | "~*"))
        });
        around
            || levels().any(|level| {
                level.before().take(100).any(|before| {
                    before.name() == "if"
                        && condition(before).is_some_and(|(tested, operator, _)| {
                            tested == name && matches!(operator, "!=" | "!~" | "!~*")
                        })
                        && before.children().any(|child| child.is(&["return", "break", "set", "rewrite"]))
                })
            })
    }

    /// `$1` where `at` stands: nginx keeps the groups of the regular expression that matched last.
    fn numbered(number: u32, at: Directive<'m>) -> Option<Part> {
        let name = number.to_string();
        for level in at.levels() {
            if let Some((regex, subject)) = expression(level)
                && let Some(group) = group(regex, &name)
            {
                return capture(&name, &group, &subject).map(|part| at_the_start(part, regex, &name, &subject));
            }
            for before in level.before().take(100).filter(|before| before.is(&["if", "rewrite", "server_name"])) {
                if let Some((regex, subject)) = expression(before)
                    && let Some(group) = group(regex, &name)
                {
                    return capture(&name, &group, &subject).map(|part| at_the_start(part, regex, &name, &subject));
                }
            }
        }
        None
    }

    fn named_capture(&self, name: &str, at: Directive<'m>) -> Option<Part> {
        let server = at.server();
        let makers = self.variables().named_groups.get(name)?;
        // The nearest maker above, else any of the same server.
        let above = makers.iter().find(|maker| at.ancestors().any(|level| level == **maker) || **maker == at);
        let maker = above.or_else(|| makers.iter().find(|maker| maker.server() == server))?;
        maker.arguments().into_iter().find_map(|argument| {
            let regex = argument.strip_prefix('~').unwrap_or(argument);
            let group = group(regex, name)?;
            let (_, subject) = expression(*maker)?;
            capture(name, &group, &subject)
        })
    }
}

/// The variable, operator and operand of an `if ($variable operator "operand")`.
pub(super) fn condition(directive: Directive<'_>) -> Option<(&str, &str, &str)> {
    let arguments = directive.arguments();
    let first = arguments.first()?.trim_start_matches('(');
    // `( $x ~ y )` has the bracket as a word of its own.
    let rest = if first.is_empty() { &arguments[1..] } else { &arguments[..] };
    let variable = rest.first()?.trim_start_matches('(').trim_end_matches(')').strip_prefix('$')?;
    let operator = rest.get(1)?;
    let operand = rest.get(2)?;
    let is_last = rest.len() == 3;
    Some((variable, operator, if is_last { operand.strip_suffix(')').unwrap_or(operand) } else { operand }))
}

/// The regular expression of a directive and what it is applied to.
fn expression(directive: Directive<'_>) -> Option<(&str, Subject)> {
    match directive.name() {
        "location" => {
            let arguments = directive.arguments();
            matches!(arguments.first(), Some(&("~" | "~*"))).then_some(())?;
            Some((arguments.get(1)?, Subject::DecodedPath))
        }
        "rewrite" => Some((directive.argument(0)?, Subject::DecodedPath)),
        "server_name" => {
            Some((directive.arguments().into_iter().find_map(|name| name.strip_prefix('~'))?, Subject::Host))
        }
        "server" => {
            let mut names = directive.children_named("server_name");
            names.find_map(expression)
        }
        "if" => {
            let (variable, operator, operand) = condition(directive)?;
            operator.contains('~').then(|| (operand, subject(&format!("${variable}"))))
        }
        _ => None,
    }
}

fn subject(source: &str) -> Subject {
    match pieces(source)[..] {
        [Piece::Variable("uri" | "document_uri" | "request_filename")] => Subject::DecodedPath,
        [Piece::Variable("host" | "http_host")] => Subject::Host,
        [Piece::Variable(name)] if builtin(name).is_some() => Subject::Request,
        _ => Subject::Other,
    }
}

/// Variables whose value the client chooses.
fn builtin(name: &str) -> Option<Input> {
    let begins_path = matches!(name, "uri" | "document_uri" | "request_uri");
    let of_request = begins_path
        || matches!(name, "args" | "query_string" | "request_body")
        || ["arg_", "http_", "cookie_"].iter().any(|prefix| name.starts_with(prefix));
    of_request.then(|| Input {
        name: format!("${name}"),
        begins_path,
        // Only the path is decoded; nginx refuses control characters in what it passes on as it came.
        line_break: matches!(name, "uri" | "document_uri"),
        dot: true,
        ends_host: true,
        is_capture: false,
    })
}

/// The group of a regular expression with a number or a name.
fn group(regex: &str, wanted: &str) -> Option<Hir> {
    let whole = parse(regex)?;
    let mut open = vec![&whole];
    while let Some(hir) = open.pop() {
        match hir.kind() {
            HirKind::Capture(capture) => {
                if capture.index.to_string() == wanted || capture.name.as_deref() == Some(wanted) {
                    return Some((*capture.sub).clone());
                }
                open.push(&capture.sub);
            }
            HirKind::Repetition(repetition) => open.push(&repetition.sub),
            HirKind::Concat(parts) | HirKind::Alternation(parts) => open.extend(parts),
            _ => {}
        }
    }
    None
}

/// A regular expression as nginx's PCRE reads it; `None` where it has what this parser does not know (lookarounds).
pub(super) fn parse(regex: &str) -> Option<Hir> {
    regex_syntax::ParserBuilder::new().nest_limit(50).build().parse(regex).ok()
}

/// What a group lets through, as input; `None` when it is applied to nothing of the request.
fn capture(name: &str, group: &Hir, subject: &Subject) -> Option<Part> {
    if *subject == Subject::Other {
        return None;
    }
    Some(Part::Input(Input {
        name: format!("${name}"),
        begins_path: begins_path(group),
        line_break: *subject == Subject::DecodedPath && may_hold(group, '\n'),
        dot: may_hold(group, '.'),
        ends_host: *subject != Subject::Host && ['/', '?', '#'].iter().any(|&end| may_hold(group, end)),
        is_capture: true,
    }))
}

/// Paths begin with a slash, and so does the group that a path begins with: `^(.+)/$`.
fn at_the_start(mut part: Part, regex: &str, name: &str, subject: &Subject) -> Part {
    if let Part::Input(input) = &mut part
        && *subject == Subject::DecodedPath
        && name == "1"
        && regex.starts_with("^(")
    {
        input.begins_path = true;
    }
    part
}

/// Whether some text that matches can hold a character.
pub(super) fn may_hold(hir: &Hir, character: char) -> bool {
    let mut open = vec![hir];
    while let Some(hir) = open.pop() {
        match hir.kind() {
            HirKind::Literal(literal) => {
                let mut buffer = [0; 4];
                let wanted = character.encode_utf8(&mut buffer).as_bytes();
                if literal.0.windows(wanted.len()).any(|window| window == wanted) {
                    return true;
                }
            }
            HirKind::Class(regex_syntax::hir::Class::Unicode(class)) => {
                if class.ranges().iter().any(|range| (range.start()..=range.end()).contains(&character)) {
                    return true;
                }
            }
            HirKind::Class(regex_syntax::hir::Class::Bytes(_)) => return true,
            HirKind::Repetition(repetition) => open.push(&repetition.sub),
            HirKind::Capture(capture) => open.push(&capture.sub),
            HirKind::Concat(parts) | HirKind::Alternation(parts) => open.extend(parts),
            HirKind::Empty | HirKind::Look(_) => {}
        }
    }
    false
}

/// Whether every text that matches is empty or begins with `/` or `?`.
fn begins_path(hir: &Hir) -> bool {
    match hir.kind() {
        HirKind::Literal(literal) => matches!(literal.0.first(), Some(b'/' | b'?')),
        HirKind::Class(regex_syntax::hir::Class::Unicode(class)) => {
            class.ranges().iter().all(|range| matches!((range.start(), range.end()), ('/', '/') | ('?', '?')))
        }
        HirKind::Class(regex_syntax::hir::Class::Bytes(_)) => false,
        HirKind::Repetition(repetition) => begins_path(&repetition.sub),
        HirKind::Capture(capture) => begins_path(&capture.sub),
        HirKind::Concat(parts) => {
            for part in parts {
                if !begins_path(part) {
                    return false;
                }
                if part.properties().minimum_len().is_some_and(|length| length > 0) {
                    return true;
                }
            }
            true
        }
        HirKind::Alternation(parts) => parts.iter().all(begins_path),
        HirKind::Empty | HirKind::Look(_) => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::FileFacts;
    use crate::model::Project;
    use crate::source::Source;
    use crate::syntax::{FileKind, Language, parse};
    use std::sync::Arc;

    fn first_value(text: &str, directive: &str, argument: usize) -> Vec<Part> {
        let source = Arc::new(Source::new("site.conf", text));
        let tree = parse(Language::Nginx, text).tree;
        let project = Project::link(vec![FileFacts::collect(&source, &tree, FileKind::Nginx, "site.conf", None)]);
        let config = Config::new(project.nginx().roots().collect());
        let at = config.all().find(|one| one.name() == directive).unwrap();
        config.values(at.argument(argument).unwrap(), at).remove(0)
    }

    #[test]
    fn follows_set_and_map() {
        let parts = first_value("server { set $up http://$arg_to; location / { proxy_pass $up; } }", "proxy_pass", 0);
        assert!(matches!(&parts[..], [Part::Text(_), Part::Input(input)] if input.name == "$arg_to"));
        let parts =
            first_value("map $arg_a $b { default one; x two; } server { proxy_pass http://$b; }", "proxy_pass", 0);
        assert!(parts.iter().all(|part| !matches!(part, Part::Input(_))));
    }

    #[test]
    fn knows_what_groups_let_through() {
        let input = |regex: &str| {
            let text = format!("location ~ {regex} {{ return 301 $1; }}");
            match first_value(&text, "return", 1).remove(0) {
                Part::Input(input) => input,
                other => panic!("{other:?}"),
            }
        };
        assert!(input("^/a/([^/]+)$").line_break);
        assert!(!input("^/a/(.*)$").line_break);
        assert!(input("^/a(/.*)?$").begins_path);
        assert!(!input("^/a/(.*)$").begins_path);
        assert!(!input(r"^/a/(\w+)$").dot);
    }

    #[test]
    fn guards_end_it() {
        let parts = first_value(
            "location / { if ($arg_to !~ ^https://x$) { return 403; } return 302 $arg_to; }",
            "location",
            0,
        );
        assert_eq!(parts, [Part::Text("/".to_owned())]);
        let text = "location / { if ($arg_a = b) { return 302 $arg_a; } }";
        assert!(matches!(&first_value(text, "return", 1)[..], [Part::Other(_)]));
    }
}
