//! Compound commands: groups, loops, conditions, functions, `[[ ]]` and `(( ))`.

use super::DraftId;
use super::scanner::Scanner;
use super::word::{Parts, Until};
use crate::syntax::{Field, Kind};

impl Scanner<'_, '_> {
    /// The compound command that begins here, if one does, with its redirections.
    pub(super) fn compound(&mut self) -> Option<DraftId> {
        let start = self.at;
        let word = match self.peek()? {
            b'(' if self.looking_at("((") && self.is_arithmetic(start + 2) => {
                return Some(self.with_redirects(Self::arithmetic_command));
            }
            b'(' => "(",
            b'[' if self.is_keyword("[[") => return Some(self.with_redirects(Self::test_command)),
            _ => ["{", "if", "for", "select", "while", "until", "case", "function"]
                .into_iter()
                .find(|word| self.is_keyword(word))?,
        };
        Some(self.with_redirects(|scanner| scanner.group(word)))
    }

    fn with_redirects(&mut self, parse: impl FnOnce(&mut Self) -> DraftId) -> DraftId {
        let command = parse(self);
        loop {
            self.blanks();
            if !self.redirect(command) {
                return command;
            }
            self.end_node(command, self.at);
        }
    }

    fn open_group(&mut self, word: &str, length: usize) -> DraftId {
        let start = self.at;
        self.at += length;
        let group = self.add(Kind::ShellGroup, Field::Item, start, self.at);
        let place = self.draft.span(group);
        self.draft.label(group, word, place);
        group
    }

    fn group(&mut self, word: &'static str) -> DraftId {
        let group = self.open_group(word, word.len());
        if !self.descend(1, group) {
            return group;
        }
        match word {
            "(" => _ = self.closed_list(group, &[")"]),
            "{" => _ = self.closed_list(group, &["}"]),
            "if" => self.conditional(group),
            "while" | "until" => _ = self.closed_list(group, &["do"]) && self.closed_list(group, &["done"]),
            "case" => self.case(group),
            "function" => {
                self.blanks();
                self.item(group);
                self.blanks();
                if self.peek() == Some(b'(') {
                    self.parenthesis(&mut Parts { word: group, label: String::new() });
                }
                self.function_body(group);
            }
            _ => self.for_loop(group),
        }
        self.ascend(1);
        self.end_node(group, self.at);
        group
    }

    /// A list and the one word that closes it. A missing one is reported, and the group ends there.
    fn closed_list(&mut self, group: DraftId, closer: &'static [&'static str]) -> bool {
        let start = self.at;
        self.list(group, closer);
        self.closing(closer[0], start)
    }

    fn closing(&mut self, word: &str, start: usize) -> bool {
        let found = if word == ")" { self.looking_at(word) } else { self.is_keyword(word) };
        if found {
            self.at += word.len();
        } else {
            self.problem(start.saturating_sub(1), start, format!("compound command is not closed, expected `{word}`"));
        }
        found
    }

    fn conditional(&mut self, group: DraftId) {
        loop {
            if !self.closed_list(group, &["then"]) {
                return;
            }
            let start = self.at;
            self.list(group, &["elif", "else", "fi"]);
            if self.is_keyword("elif") {
                self.at += 4;
            } else if self.is_keyword("else") {
                self.at += 4;
                self.closed_list(group, &["fi"]);
                return;
            } else {
                self.closing("fi", start);
                return;
            }
        }
    }

    /// A word as a part of a compound command.
    fn item(&mut self, group: DraftId) -> bool {
        let before = self.at;
        let word = self.word(Field::Item, Until::Separator);
        if self.at > before {
            self.draft.adopt(group, word);
        }
        self.at > before
    }

    fn for_loop(&mut self, group: DraftId) {
        self.blanks();
        if self.looking_at("((") {
            let word = self.arithmetic_word(Field::Item);
            self.draft.adopt(group, word);
        } else {
            self.item(group);
            self.blank_lines();
            if self.is_keyword("in") {
                self.at += 2;
                loop {
                    self.blanks();
                    if !self.item(group) {
                        break;
                    }
                }
            }
        }
        self.blanks();
        if self.peek() == Some(b';') {
            self.at += 1;
        }
        self.blank_lines();
        if self.is_keyword("{") {
            self.at += 1;
            self.closed_list(group, &["}"]);
        } else {
            let start = self.at;
            if self.closing("do", start) {
                self.closed_list(group, &["done"]);
            }
        }
    }

    fn case(&mut self, group: DraftId) {
        let start = self.at;
        self.blanks();
        self.item(group);
        self.blank_lines();
        if !self.closing("in", start) {
            return;
        }
        loop {
            self.blank_lines();
            if self.is_keyword("esac") || self.at_end() {
                self.closing("esac", start);
                return;
            }
            if self.peek() == Some(b'(') {
                self.at += 1;
            }
            loop {
                self.blanks();
                self.item(group);
                self.blanks();
                if self.peek() != Some(b'|') {
                    break;
                }
                self.at += 1;
            }
            let pattern = self.at;
            if !self.closing(")", pattern) {
                return;
            }
            self.list(group, &[";;", "esac"]);
            if self.looking_at(";;&") {
                self.at += 3;
            } else if self.looking_at(";;") || self.looking_at(";&") {
                self.at += 2;
            }
        }
    }

    /// `name() body`: what was read as a command becomes a group.
    pub(super) fn function(&mut self, start: usize, command: DraftId, name: DraftId) -> DraftId {
        self.draft.set_kind(command, Kind::ShellGroup);
        self.draft.set_field(name, Field::Item);
        let place = self.span(start, start + 1);
        self.draft.label(command, "function", place);
        while self.peek() != Some(b')') && !self.at_end() {
            self.at += 1;
        }
        self.at = (self.at + 1).min(self.bytes.len());
        if self.descend(1, command) {
            self.function_body(command);
            self.ascend(1);
        }
        self.end_node(command, self.at);
        command
    }

    fn function_body(&mut self, group: DraftId) {
        self.blank_lines();
        if let Some(body) = self.compound() {
            self.draft.adopt(group, body);
        } else {
            let at = self.at.min(self.bytes.len());
            self.problem(at.saturating_sub(1), at, "expected the body of a function");
        }
    }

    /// `[[ ... ]]`: a Command with its words; operators and parentheses are words too.
    fn test_command(&mut self) -> DraftId {
        let start = self.at;
        let command = self.add(Kind::Command, Field::Item, start, start + 2);
        let place = self.draft.span(command);
        self.draft.label(command, "[[", place);
        if !self.descend(1, command) {
            return command;
        }
        let word = self.add(Kind::Word, Field::Argument, start, start + 2);
        self.draft.label(word, "[[", place);
        self.draft.adopt(command, word);
        self.at += 2;
        loop {
            self.blank_lines_of_test();
            if self.at_end() {
                self.problem(start, start + 2, "`[[` is not closed, expected `]]`");
                break;
            }
            let before = self.at;
            if self.is_keyword("]]") {
                self.at += 2;
                let word = self.add(Kind::Word, Field::Argument, before, self.at);
                let place = self.draft.span(word);
                self.draft.label(word, "]]", place);
                self.draft.adopt(command, word);
                break;
            }
            let word = self.word(Field::Argument, Until::Blank);
            self.draft.adopt(command, word);
            if self.at == before {
                // Only the depth can stop a word here.
                break;
            }
        }
        self.ascend(1);
        self.end_node(command, self.at);
        command
    }

    fn blank_lines_of_test(&mut self) {
        loop {
            self.blanks();
            if self.peek() != Some(b'\n') {
                return;
            }
            self.line_end();
        }
    }

    /// `(( ... ))`: a Command with the expression as its word.
    fn arithmetic_command(&mut self) -> DraftId {
        let start = self.at;
        let command = self.add(Kind::Command, Field::Item, start, start + 2);
        let place = self.draft.span(command);
        self.draft.label(command, "((", place);
        if self.descend(1, command) {
            let word = self.arithmetic_word(Field::Argument);
            self.draft.adopt(command, word);
            self.ascend(1);
        }
        self.end_node(command, self.at);
        command
    }

    fn arithmetic_word(&mut self, field: Field) -> DraftId {
        let start = self.at;
        let word = self.add(Kind::Word, field, start, start + 2);
        let mut parts = Parts { word, label: "((".to_owned() };
        self.at += 2;
        if self.descend(1, word) {
            self.arithmetic(&mut parts);
            self.ascend(1);
        }
        self.end_word(&parts, start);
        word
    }
}
