//! The rewrite module: `set`, `if`, `rewrite`, `return`, `break`, in the order in which they stand.

use super::super::Directive;
use super::super::location::{Matcher, compiled};
use super::target::{Groups, groups};
use super::{Content, Exchange, OnDisk, Step, Unknown};

impl<'m> Exchange<'m, '_> {
    /// Runs the directives of a block.
    pub(super) fn rewrites(&mut self, block: Directive<'m>) -> Result<Step, Unknown> {
        let mut changed = false;
        let step = self.run_codes(block, &mut changed)?;
        Ok(match step {
            None if changed => Step::Relocate,
            None | Some(Step::Next) => Step::Next,
            Some(step) => step,
        })
    }

    /// `None` when all of them ran; [`Step::Next`] after a `break`.
    fn run_codes(&mut self, block: Directive<'m>, changed: &mut bool) -> Result<Option<Step>, Unknown> {
        for directive in block.children() {
            let step = match directive.name() {
                "set" => {
                    let name = directive.argument(0).unwrap_or("").trim_start_matches('$').to_owned();
                    let value = self.text(directive.argument(1).unwrap_or(""))?;
                    self.known.insert(name, value);
                    None
                }
                "break" => {
                    *changed = false;
                    Some(Step::Next)
                }
                "return" => Some(self.returns(directive)?),
                "rewrite" => self.rewrite(directive, changed)?,
                "if" if self.holds(directive)? => {
                    self.level = directive;
                    if directive.effective("proxy_pass").is_some() {
                        self.handler = directive;
                    }
                    self.run_codes(directive, changed)?
                }
                _ => None,
            };
            if step.is_some() {
                return Ok(step);
            }
        }
        Ok(None)
    }

    fn returns(&mut self, directive: Directive<'m>) -> Result<Step, Unknown> {
        let first = directive.argument(0).unwrap_or("");
        let (status, text) = match (first.parse::<u16>(), directive.argument(1)) {
            (Ok(status), text) => (status, text),
            (Err(_), _) => (302, Some(first)),
        };
        let text = match text {
            Some(text) => Some(self.text(text)?),
            None => None,
        };
        Ok(match (status, text) {
            (444, _) => Step::Done(444, Content::Closed),
            (301 | 302 | 303 | 307 | 308, text) => {
                self.location_header = text;
                Step::Finish(status)
            }
            (status, None) if status >= 400 => Step::Finish(status),
            (status, text) => Step::Done(status, Content::Own(text)),
        })
    }

    fn rewrite(&mut self, directive: Directive<'m>, changed: &mut bool) -> Result<Option<Step>, Unknown> {
        let (Some(written), Some(target)) = (directive.argument(0), directive.argument(1)) else { return Ok(None) };
        let regex = compiled(written, false).ok_or_else(|| Unknown(format!("regular expression `{written}`")))?;
        let Some(found) = groups(&regex, &self.uri) else {
            self.captures.clear();
            return Ok(None);
        };
        self.remember(found);
        let flag = directive.argument(2).unwrap_or("");
        let redirects = ["http://", "https://", "$scheme"].iter().any(|scheme| target.starts_with(scheme));
        let keeps_args = !target.ends_with('?');
        let made = self.text(target.strip_suffix('?').unwrap_or(target))?;
        let (path, own) = match made.split_once('?') {
            Some((path, own)) => (path.to_owned(), Some(own.to_owned())),
            None => (made, None),
        };
        let args = match (own, keeps_args && !self.args.is_empty()) {
            (Some(own), true) => format!("{own}&{}", self.args),
            (Some(own), false) => own,
            (None, true) => self.args.clone(),
            (None, false) => String::new(),
        };
        if redirects || matches!(flag, "redirect" | "permanent") {
            let question = if args.is_empty() { "" } else { "?" };
            self.location_header = Some(format!("{path}{question}{args}"));
            return Ok(Some(Step::Finish(if flag == "permanent" { 301 } else { 302 })));
        }
        if path.is_empty() {
            return Ok(Some(Step::Finish(500)));
        }
        (self.uri, self.args) = (path, args);
        (self.is_internal, self.is_unparsed) = (true, false);
        match flag {
            "last" => Ok(Some(Step::Relocate)),
            "break" => {
                (self.is_location_valid, *changed) = (false, false);
                Ok(Some(Step::Next))
            }
            _ => {
                *changed = true;
                Ok(None)
            }
        }
    }

    fn holds(&mut self, directive: Directive<'m>) -> Result<bool, Unknown> {
        let arguments = directive.arguments();
        let joined: Vec<&str> = arguments.iter().copied().filter(|word| !matches!(*word, "(" | ")")).collect();
        let mut words: Vec<String> = joined.iter().map(|word| (*word).to_owned()).collect();
        if let Some(first) = words.first_mut() {
            *first = first.trim_start_matches('(').to_owned();
        }
        let last_is_bracket = arguments.last() == Some(&")");
        if let (Some(last), false) = (words.last_mut(), last_is_bracket) {
            last.pop();
        }
        match &words[..] {
            [variable] => {
                let value = self.text(variable)?;
                Ok(!value.is_empty() && value != "0")
            }
            [test, path] if test.trim_start_matches('!').starts_with('-') => {
                let path = self.text(path)?;
                let found = self.world.look(&path);
                let holds = match test.trim_start_matches('!') {
                    "-f" => found == OnDisk::File,
                    "-d" => found == OnDisk::Folder,
                    "-e" => found != OnDisk::Absent,
                    other => return Err(Unknown(format!("the test `{other}`"))),
                };
                Ok(holds != test.starts_with('!'))
            }
            [variable, operator, value] if matches!(operator.as_str(), "=" | "!=") => {
                let (left, right) = (self.text(variable)?, self.text(value)?);
                Ok((left == right) == (operator == "="))
            }
            [variable, operator, written] if operator.contains('~') => {
                let text = self.text(variable)?;
                let regex = compiled(written, operator.ends_with('*'))
                    .ok_or_else(|| Unknown(format!("regular expression `{written}`")))?;
                let found = groups(&regex, &text);
                let matches = found.is_some();
                match found {
                    Some(found) => self.remember(found),
                    None => self.captures.clear(),
                }
                Ok(matches != operator.starts_with('!'))
            }
            _ => Err(Unknown(format!("the condition `{}`", arguments.join(" ")))),
        }
    }

    /// Keeps the groups of a match.
    pub(super) fn remember(&mut self, found: Groups) {
        if found.is_empty() {
            return;
        }
        self.captures.clear();
        for (name, value) in found {
            if let Some(name) = name {
                self.known.insert(name, value.clone().unwrap_or_default());
            }
            self.captures.push(value);
        }
    }

    /// The groups of the regular expression that chose a location.
    pub(super) fn take_regex_captures(&mut self) {
        if let Some(Matcher::Regex { regex, ignore_case }) = Matcher::of(self.level)
            && let Some(found) = compiled(regex, ignore_case).and_then(|regex| groups(&regex, &self.uri))
        {
            self.remember(found);
        }
    }
}
