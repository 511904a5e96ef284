//! Lists, pipelines and simple commands.

use super::DraftId;
use super::heredoc::Pending;
use super::scanner::{Scanner, is_name};
use super::word::{Parts, Until};
use crate::syntax::{Field, Kind};

/// Words that close or divide a compound command where a command could begin.
const CLOSING_WORDS: [&str; 8] = ["then", "elif", "else", "fi", "do", "done", "esac", "}"];

impl Scanner<'_, '_> {
    /// The rest of the text as a Script.
    pub(super) fn script(&mut self, field: Field) -> DraftId {
        let start = self.at;
        let script = self.add(Kind::Script, field, start, start);
        if self.descend(1, script) {
            self.list(script, &[]);
            self.ascend(1);
        }
        if self.at > start {
            let end = self.at.min(self.bytes.len());
            self.end_node(script, end);
        }
        script
    }

    /// Commands up to one of the closers (not taken), or up to something that an outer list waits for.
    pub(super) fn list(&mut self, parent: DraftId, closers: &'static [&'static str]) {
        self.closers.push(closers);
        loop {
            self.separators();
            if self.at_end() {
                break;
            }
            if let Some(length) = self.closing_here() {
                if self.is_awaited(self.at, length) {
                    break;
                }
                let message = format!("unexpected `{}`", &self.text[self.at..self.at + length]);
                self.problem(self.at, self.at + length, message);
                self.error(parent, length);
                continue;
            }
            let before = self.at;
            let Some(command) = self.pipeline(parent) else { break };
            self.draft.adopt(parent, command);
            if self.at == before {
                self.problem(before, before + 1, "unexpected character, expected a command");
                self.error(parent, 1);
            }
        }
        self.closers.pop();
    }

    fn error(&mut self, parent: DraftId, length: usize) {
        let start = self.at;
        self.at += length;
        while !self.text.is_char_boundary(self.at) {
            self.at += 1;
        }
        let error = self.add(Kind::Error, Field::Item, start, self.at);
        self.draft.adopt(parent, error);
    }

    /// Steps over all that separates commands.
    fn separators(&mut self) {
        loop {
            self.blank_lines();
            match self.peek() {
                Some(b';') if !matches!(self.peek_at(1), Some(b';' | b'&')) => self.at += 1,
                Some(b'&') if self.peek_at(1) != Some(b'>') => self.at += 1,
                Some(b'|') if self.peek_at(1) == Some(b'|') => self.at += 2,
                _ => return,
            }
        }
    }

    /// Length of a word or operator here that closes something.
    fn closing_here(&self) -> Option<usize> {
        match self.peek()? {
            b')' => Some(1),
            b';' if self.looking_at(";;&") => Some(3),
            b';' => Some(2),
            _ => CLOSING_WORDS.iter().find(|word| self.is_keyword(word)).map(|word| word.len()),
        }
    }

    /// Whether a list that is open waits for what stands here. Nothing outside a parenthesis is closed inside it.
    fn is_awaited(&self, at: usize, length: usize) -> bool {
        let found = &self.text[at..at + length];
        let found = if found.starts_with(';') { ";;" } else { found };
        for closers in self.closers.iter().rev() {
            if closers.contains(&found) {
                return true;
            }
            if closers.contains(&")") {
                return false;
            }
        }
        false
    }

    /// Whether a reserved word stands here.
    pub(super) fn is_keyword(&self, word: &str) -> bool {
        self.looking_at(word) && self.is_word_end(self.at + word.len())
    }

    fn pipeline(&mut self, parent: DraftId) -> Option<DraftId> {
        let start = self.at;
        if !self.descend(1, parent) {
            return None;
        }
        while self.is_keyword("!") {
            self.at += 1;
            self.blanks();
        }
        let first = self.command();
        let mut whole = first;
        loop {
            self.blanks();
            if self.peek() != Some(b'|') || self.peek_at(1) == Some(b'|') {
                break;
            }
            self.at += if self.peek_at(1) == Some(b'&') { 2 } else { 1 };
            self.blank_lines();
            if self.at_end() || self.closing_here().is_some() {
                self.problem(self.at.saturating_sub(1), self.at, "expected a command after `|`");
                break;
            }
            if whole == first {
                whole = self.add(Kind::Pipeline, Field::Item, start, start);
                self.draft.adopt(whole, first);
            }
            let before = self.at;
            let next = self.command();
            if self.at == before {
                break;
            }
            self.draft.adopt(whole, next);
            self.end_node(whole, self.at);
        }
        self.ascend(1);
        Some(whole)
    }

    /// One command, compound or simple.
    pub(super) fn command(&mut self) -> DraftId {
        self.compound().unwrap_or_else(|| self.simple_command())
    }

    fn simple_command(&mut self) -> DraftId {
        let start = self.at;
        let command = self.add(Kind::Command, Field::Item, start, start);
        if !self.descend(1, command) {
            return command;
        }
        let mut end = start;
        let mut name: Option<DraftId> = None;
        loop {
            self.blanks();
            match self.peek() {
                None | Some(b'\n' | b';' | b'|' | b')') => break,
                Some(b'&') if self.peek_at(1) != Some(b'>') => break,
                Some(b'#') => {
                    self.comment();
                    break;
                }
                Some(b'(') => {
                    if let Some(name) = name
                        && self.draft.child_count(command) == 1
                        && self.is_empty_parenthesis()
                    {
                        self.ascend(1);
                        return self.function(start, command, name);
                    }
                    self.problem(self.at, self.at + 1, "unexpected `(`");
                    let at = self.at;
                    let word = self.add(Kind::Word, Field::Argument, at, at);
                    let mut parts = Parts { word, label: String::new() };
                    self.parenthesis(&mut parts);
                    self.end_word(&parts, at);
                    self.draft.adopt(command, word);
                }
                Some(_) if self.redirect(command) => {}
                Some(_) if name.is_none() && self.assignment(command) => {}
                Some(_) => {
                    let before = self.at;
                    let word = self.word(Field::Argument, Until::Separator);
                    if self.at == before {
                        break;
                    }
                    self.draft.adopt(command, word);
                    name.get_or_insert(word);
                    if self.peek() == Some(b'(') && self.draft.label_of(word).ends_with('=') {
                        self.array(command, Field::Argument);
                    }
                }
            }
            end = self.at;
        }
        self.ascend(1);
        if end > start {
            self.end_node(command, end);
        }
        if let Some(name) = name {
            let label = self.draft.label_of(name).to_owned();
            let place = self.draft.label_place(name);
            self.draft.label(command, &label, place);
        }
        command
    }

    fn is_empty_parenthesis(&self) -> bool {
        let rest = self.bytes[self.at + 1..].iter().find(|byte| !matches!(byte, b' ' | b'\t'));
        rest == Some(&b')')
    }

    /// `name=value`, `name+=value`, `name[index]=value`, `name=(values)`.
    fn assignment(&mut self, command: DraftId) -> bool {
        let start = self.at;
        let rest = &self.bytes[start..];
        if !rest.first().is_some_and(|&byte| byte.is_ascii_alphabetic() || byte == b'_') {
            return false;
        }
        let name = rest.iter().take_while(|&&byte| is_name(byte)).count();
        let mut length = name;
        if rest.get(length) == Some(&b'[') {
            let index = rest[length..].iter().take(256).take_while(|byte| !matches!(byte, b']' | b'\n' | b' '));
            length += index.count() + 1;
        }
        length += usize::from(rest.get(length) == Some(&b'+'));
        if rest.get(length) != Some(&b'=') {
            return false;
        }
        let pair = self.add(Kind::Pair, Field::Assignment, start, start + length + 1);
        self.draft.adopt(command, pair);
        let key = self.add(Kind::Word, Field::Key, start, start + name);
        let place = self.draft.span(key);
        let text = self.text;
        self.draft.label(key, &text[start..start + name], place);
        self.draft.adopt(pair, key);
        self.at = start + length + 1;
        if self.peek() == Some(b'(') {
            let list = self.add(Kind::List, Field::Value, self.at, self.at + 1);
            self.draft.adopt(pair, list);
            if self.descend(2, list) {
                self.array(list, Field::Item);
                self.ascend(2);
            }
            self.end_node(list, self.at);
        } else if (!self.is_word_end(self.at) || self.looking_at("<(")) && self.descend(1, pair) {
            let value = self.word(Field::Value, Until::Separator);
            self.draft.adopt(pair, value);
            self.ascend(1);
        }
        self.end_node(pair, self.at);
        true
    }

    /// The words of `(a b c)`.
    fn array(&mut self, parent: DraftId, field: Field) {
        let start = self.at;
        self.at += 1;
        loop {
            self.blank_lines();
            match self.peek() {
                None => return self.problem(start, start + 1, "array is not closed, expected `)`"),
                Some(b')') => {
                    self.at += 1;
                    return;
                }
                Some(_) => {
                    let before = self.at;
                    let word = self.word(field, Until::Separator);
                    if self.at == before {
                        return self.problem(before, before + 1, "unexpected operator in an array");
                    }
                    self.draft.adopt(parent, word);
                }
            }
        }
    }

    /// A redirection, with the operator's file number: `2>file`, `>&2`, `<<EOF`.
    pub(super) fn redirect(&mut self, command: DraftId) -> bool {
        const OPERATORS: [&str; 13] = ["<<<", "<<-", "<<", "<&", "<>", "<", "&>>", "&>", ">>", ">&", ">|", ">", ""];
        let start = self.at;
        let number = self.bytes[start..].iter().take(8).take_while(|byte| byte.is_ascii_digit()).count();
        let at = start + number;
        let rest = &self.bytes[at..];
        let Some(operator) = OPERATORS.iter().find(|operator| rest.starts_with(operator.as_bytes())) else {
            return false;
        };
        if operator.is_empty() || (number == 0 && matches!(rest, [b'<' | b'>', b'(', ..])) {
            return false;
        }
        let operator_end = at + operator.len();
        let redirect = self.add(Kind::Redirect, Field::Redirect, start, operator_end);
        let place = self.draft.span(redirect);
        let text = self.text;
        self.draft.label(redirect, &text[start..operator_end], place);
        self.draft.adopt(command, redirect);
        self.at = operator_end;
        self.blanks();
        let value_start = self.at;
        let has_value = !self.is_word_end(self.at) || self.looking_at("<(") || self.looking_at(">(");
        if !has_value {
            self.problem(start, operator_end, "expected a word after this redirection");
            return true;
        }
        if self.descend(1, redirect) {
            let value = self.word(Field::Value, Until::Separator);
            self.draft.adopt(redirect, value);
            self.ascend(1);
        }
        self.end_node(redirect, self.at);
        if matches!(*operator, "<<" | "<<-") {
            let source = &text[value_start..self.at];
            self.pending.push(Pending {
                redirect,
                command,
                delimiter: source.replace(['\'', '"', '\\'], ""),
                strip_tabs: *operator == "<<-",
                quoted: source.contains(['\'', '"', '\\']),
                start,
            });
        }
        true
    }
}
