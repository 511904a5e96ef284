//! Here-documents: the lines behind a command, up to its delimiter.

use super::DraftId;
use super::scanner::Scanner;
use super::word::Parts;
use crate::syntax::{Field, Kind};

/// A here-document whose operator was read, and whose body was not.
#[derive(Debug)]
pub(super) struct Pending {
    pub(super) redirect: DraftId,
    pub(super) command: DraftId,
    pub(super) delimiter: String,
    /// Leading tabs do not count (`<<-`).
    pub(super) strip_tabs: bool,
    /// The delimiter was quoted: nothing is expanded.
    pub(super) quoted: bool,
    /// Where the operator stands.
    pub(super) start: usize,
}

/// Programs that run their standard input.
const SHELLS: [&str; 7] = ["sh", "bash", "dash", "ash", "zsh", "ksh", "busybox"];

/// Programs that run the program that their arguments name.
const RUNNERS: [&str; 12] =
    ["sudo", "doas", "env", "exec", "ssh", "docker", "podman", "kubectl", "chroot", "su", "nohup", "time"];

impl Scanner<'_, '_> {
    /// Reads the bodies that wait, from the start of a line on.
    pub(super) fn heredoc_bodies(&mut self) {
        for pending in std::mem::take(&mut self.pending) {
            let start = self.at.min(self.bytes.len());
            let (end, next) = self.heredoc_end(start, &pending);
            self.heredoc(&pending, start, end);
            self.at = next;
        }
    }

    /// Where a body ends, and where the text goes on.
    fn heredoc_end(&mut self, start: usize, pending: &Pending) -> (usize, usize) {
        let mut at = start;
        for line in self.text[start..].split_inclusive('\n') {
            let content = line.trim_end_matches(['\n', '\r']);
            let content = if pending.strip_tabs { content.trim_start_matches('\t') } else { content };
            if content == pending.delimiter {
                return (at, at + line.len());
            }
            at += line.len();
        }
        let message = format!("here-document is not ended by `{}`", pending.delimiter);
        self.problem(pending.start, pending.start + 2, message);
        (at, at)
    }

    fn heredoc(&mut self, pending: &Pending, start: usize, end: usize) {
        let node = self.add(Kind::Heredoc, Field::Heredoc, start, end);
        self.draft.adopt(pending.redirect, node);
        let place = self.draft.span(node);
        let text = self.text;
        if pending.strip_tabs {
            let lines = text[start..end].split_inclusive('\n');
            let content: String = lines.map(|line| line.trim_start_matches('\t')).collect();
            self.draft.label(node, &content, place);
        } else {
            self.draft.label(node, &text[start..end], place);
        }
        if start == end || !self.descend(2, node) {
            return;
        }
        let runs = self.runs_input(pending.command);
        let map = self.map;
        let mut inner = self.inner(&text[..end], map);
        inner.at = start;
        if runs {
            let body = inner.script(Field::Body);
            inner.finish();
            inner.draft.adopt(node, body);
        } else if !pending.quoted {
            inner.expansions(node);
        }
        let rewinds = inner.rewinds;
        self.rewinds = rewinds;
        self.ascend(2);
    }

    /// Variables and substitutions of a body that is text.
    pub(super) fn expansions(&mut self, node: DraftId) {
        let mut parts = Parts { word: node, label: String::new() };
        while let Some(byte) = self.peek() {
            match byte {
                b'\\' => {
                    self.at += 1;
                    self.step();
                }
                b'$' => self.dollar(&mut parts, true),
                b'`' => self.backquoted(&mut parts),
                _ => self.step(),
            }
            parts.label.clear();
        }
    }

    /// Whether a command is a shell that reads its script from standard input.
    fn runs_input(&self, command: DraftId) -> bool {
        let mut arguments = self.draft.children(command, Field::Argument).map(|word| self.draft.label_of(word));
        let Some(first) = arguments.next() else { return false };
        let is_shell = |word: &str| SHELLS.contains(&base_name(word));
        let runs_shell =
            is_shell(first) || (RUNNERS.contains(&base_name(first)) && arguments.by_ref().take(16).any(is_shell));
        if !runs_shell {
            return false;
        }
        let mut takes_value = false;
        for argument in arguments {
            if argument.starts_with("-s") {
                return true;
            }
            if !takes_value && !argument.starts_with(['-', '+']) {
                return false;
            }
            takes_value = argument.starts_with(['-', '+']) && argument.ends_with('o');
        }
        true
    }
}

fn base_name(word: &str) -> &str {
    word.rsplit('/').next().unwrap_or(word)
}
