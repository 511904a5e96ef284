//! One instruction: flags, then whatever its kind takes.

use super::exec_form;
use super::lines::{Heredoc, Logical};
use crate::source::{OffsetMap, Span};
use crate::syntax::shell::{self, Dialect};
use crate::syntax::{Field, Kind, NodeId, Problem, TreeBuilder};
use std::collections::HashMap;
use std::ops::Range;

/// What runs the shell form of an instruction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum RunShell {
    Posix,
    /// PowerShell, cmd, or something a `SHELL` instruction names: its text stays as it is.
    Other,
}

/// Programs that read POSIX shell text.
const POSIX_SHELLS: [&str; 7] = ["sh", "bash", "dash", "ash", "zsh", "ksh", "busybox"];

/// Instructions that take `--name=value` first.
const FLAGGED: [&str; 5] = ["FROM", "RUN", "COPY", "ADD", "HEALTHCHECK"];

/// How an instruction's text is read.
enum Form {
    From,
    /// Exec form or shell text.
    Command,
    /// Exec form or words.
    Words,
    /// `name=value ...`, or `name value` where the kind of instruction allows it.
    Pairs {
        spaced: bool,
    },
    /// One word up to the end.
    Whole,
    Healthcheck,
    Onbuild,
    Unknown,
}

fn form(name: &str) -> Form {
    match name {
        "FROM" => Form::From,
        "RUN" | "CMD" | "ENTRYPOINT" => Form::Command,
        "COPY" | "ADD" | "VOLUME" | "SHELL" | "EXPOSE" => Form::Words,
        "ENV" | "LABEL" => Form::Pairs { spaced: true },
        "ARG" => Form::Pairs { spaced: false },
        "WORKDIR" | "USER" | "STOPSIGNAL" | "MAINTAINER" => Form::Whole,
        "HEALTHCHECK" => Form::Healthcheck,
        "ONBUILD" => Form::Onbuild,
        _ => Form::Unknown,
    }
}

pub(super) struct Lowering {
    pub(super) builder: TreeBuilder,
    pub(super) problems: Vec<Problem>,
    escape: u8,
    shell: RunShell,
    /// By lower-case name of a stage: what runs shell text at its end, which stages built on it inherit.
    stage_shells: HashMap<String, RunShell>,
    stage_name: String,
}

impl Lowering {
    pub(super) fn new(builder: TreeBuilder, escape: u8) -> Self {
        Self {
            builder,
            problems: Vec::new(),
            escape,
            shell: RunShell::Posix,
            stage_shells: HashMap::new(),
            stage_name: String::new(),
        }
    }

    /// Opens the Stage that a FROM line begins.
    pub(super) fn stage(&mut self, line: &Logical) -> NodeId {
        self.stage_shells.insert(std::mem::take(&mut self.stage_name), self.shell);
        let words = self.split(line, line.keyword().len());
        let mut names =
            words.iter().map(|range| (&line.text[range.clone()], range)).filter(|(w, _)| !w.starts_with("--"));
        let image = names.next().map_or_else(String::new, |(word, _)| word.to_ascii_lowercase());
        let name = names.next().filter(|(word, _)| word.eq_ignore_ascii_case("AS")).and_then(|_| names.next());
        let is_windows = self.escape == b'`' || image.contains("windows") || image.contains("nanoserver");
        let default = if is_windows { RunShell::Other } else { RunShell::Posix };
        self.shell = self.stage_shells.get(&image).copied().unwrap_or(default);
        let start = line.map.span(Span::from_range(0..1));
        let stage = self.builder.open(Kind::Stage, Field::Item, start);
        if let Some((name, range)) = name {
            self.stage_name = name.to_ascii_lowercase();
            let place = line.map.span(Span::from_range(range.clone()));
            self.label(stage, name, place);
        }
        stage
    }

    /// Adds the instruction that begins at `from` in a logical line.
    pub(super) fn instruction(&mut self, line: &Logical, from: usize, field: Field) -> NodeId {
        let keyword_length = line.text[from..line.length].split([' ', '\t']).next().unwrap_or("").len();
        let keyword = &line.text[from..from + keyword_length];
        let name = keyword.to_ascii_uppercase();
        let place = line.map.span(Span::from_range(from..from + keyword_length));
        let span = line.map.span(Span::from_range(from..line.length));
        let node = self.builder.open(Kind::Instruction, field, span);
        self.label(node, &name, place);
        let mut at = skip_blanks(line, from + keyword_length);
        if FLAGGED.contains(&name.as_str()) {
            at = self.flags(line, at);
        }
        let rest = at..line.length;
        if rest.is_empty() && !matches!(form(&name), Form::Unknown) {
            self.problem(place, format!("{name} without arguments"));
        }
        match form(&name) {
            _ if rest.is_empty() => {}
            Form::From => self.from(line, at),
            Form::Command => self.command(line, &name, rest, node),
            Form::Words => self.words_or_exec(line, &name, rest, node),
            Form::Pairs { spaced } => self.pairs(line, at, spaced),
            Form::Whole => _ = self.word(line, rest, Field::Argument),
            Form::Healthcheck if first_word(line, at).eq_ignore_ascii_case("CMD") => {
                self.instruction(line, at, Field::Body);
            }
            // ONBUILD may not hold another one.
            Form::Onbuild if field == Field::Item && !first_word(line, at).eq_ignore_ascii_case("ONBUILD") => {
                let inner = self.instruction(line, at, Field::Body);
                self.cover(node, inner);
            }
            Form::Healthcheck | Form::Onbuild => self.words(line, at),
            Form::Unknown => {
                self.problem(place, "unknown instruction");
                self.words(line, at);
            }
        }
        self.builder.close(node);
        node
    }

    fn label(&mut self, node: NodeId, label: &str, place: Span) {
        if self.builder.text().get(place.range()) == Some(label) {
            self.builder.label_span(node, place);
        } else {
            self.builder.label(node, label);
        }
    }

    fn problem(&mut self, span: Span, message: impl Into<String>) {
        self.problems.push(Problem { span, message: message.into() });
    }

    /// Makes a node reach over a child that was added.
    pub(super) fn cover(&mut self, node: NodeId, child: NodeId) {
        let span = self.builder.span(node).cover(self.builder.span(child));
        self.builder.set_span(node, span);
    }

    fn dialect(&self) -> Dialect {
        Dialect { escape: self.escape, substitutes: false }
    }

    fn word(&mut self, line: &Logical, range: Range<usize>, field: Field) -> NodeId {
        let dialect = self.dialect();
        shell::word_into(&mut self.builder, field, (&line.text, range), &line.map, dialect, &mut self.problems)
    }

    /// `--name=value`, `--name`; gives where the rest begins.
    fn flags(&mut self, line: &Logical, mut at: usize) -> usize {
        while line.text[at..line.length].starts_with("--") {
            let end = self.word_end(line, at);
            let name = at + 2..at + line.text[at..end].find('=').unwrap_or(end - at);
            if name.is_empty() {
                break;
            }
            let flag = self.builder.open(Kind::Flag, Field::Flag, line.map.span(Span::from_range(at..end)));
            let place = line.map.span(Span::from_range(name.clone()));
            self.label(flag, &line.text[name.clone()], place);
            if name.end < end {
                let value = self.word(line, name.end + 1..end, Field::Value);
                self.cover(flag, value);
            }
            self.builder.close(flag);
            at = skip_blanks(line, end);
        }
        at
    }

    fn from(&mut self, line: &Logical, at: usize) {
        self.words(line, at);
    }

    fn words(&mut self, line: &Logical, at: usize) {
        for range in self.split(line, at) {
            self.word(line, range, Field::Argument);
        }
    }

    fn words_or_exec(&mut self, line: &Logical, name: &str, rest: Range<usize>, node: NodeId) {
        if let Some(exec) = exec_form::parse(&line.text, rest.clone()) {
            if name == "SHELL" {
                let program = exec.strings.first().map_or("", |(program, _)| program.as_str());
                self.shell = if is_posix(program) { RunShell::Posix } else { RunShell::Other };
            }
            self.sequence(line, &exec);
        } else {
            if name == "SHELL" {
                let span = line.map.span(Span::from_range(rest.clone()));
                self.problem(span, "expected a JSON array");
            }
            self.words(line, rest.start);
        }
        for heredoc in &line.heredocs {
            let heredoc = self.heredoc(line, heredoc);
            self.cover(node, heredoc);
        }
    }

    fn sequence(&mut self, line: &Logical, exec: &exec_form::ExecForm) {
        let span = line.map.span(Span::from_range(exec.span.clone()));
        let sequence = self.builder.open(Kind::Sequence, Field::Argument, span);
        for (value, range) in &exec.strings {
            let span = line.map.span(Span::from_range(range.clone()));
            let string = self.builder.leaf(Kind::Str, Field::Item, span);
            self.label(string, value, Span::new(span.start + 1, span.end - 1));
        }
        self.builder.close(sequence);
    }

    fn command(&mut self, line: &Logical, name: &str, rest: Range<usize>, node: NodeId) {
        if let Some(exec) = exec_form::parse(&line.text, rest.clone()) {
            self.sequence(line, &exec);
            return;
        }
        let span = line.map.span(Span::from_range(rest.clone()));
        if self.shell == RunShell::Other {
            let raw = self.builder.leaf(Kind::Raw, Field::Body, span);
            self.label(raw, &line.text[rest], span);
            return;
        }
        // `RUN <<EOF` alone: the here-document is the script.
        if let [heredoc] = line.heredocs.as_slice()
            && name == "RUN"
            && heredoc.operator == rest
        {
            self.script_heredoc(line, heredoc, node);
            return;
        }
        let (end, span) = if line.heredocs.is_empty() {
            (line.length, span)
        } else {
            let end = line.text.trim_end().len();
            (end, line.map.span(Span::from_range(rest.start..end)))
        };
        let (text, map) = part(line, rest.start, end);
        let script = shell::parse_into(&mut self.builder, Field::Body, &text, &map, span, &mut self.problems);
        self.cover(node, script);
    }

    fn script_heredoc(&mut self, line: &Logical, heredoc: &Heredoc, node: NodeId) {
        let child = self.heredoc(line, heredoc);
        let body = &line.text[heredoc.body.clone()];
        let is_shell = body.trim_start().strip_prefix("#!").is_none_or(|line| {
            let mut words = line.lines().next().unwrap_or("").split_whitespace();
            words.next().is_some_and(is_posix) || words.next().is_some_and(is_posix)
        });
        if is_shell && !heredoc.body.is_empty() {
            let (text, map) = part(line, heredoc.body.start, heredoc.body.end);
            let span = self.builder.span(child);
            shell::parse_into(&mut self.builder, Field::Body, &text, &map, span, &mut self.problems);
            self.builder.close(child);
        }
        self.cover(node, child);
    }

    fn heredoc(&mut self, line: &Logical, heredoc: &Heredoc) -> NodeId {
        let body = &line.text[heredoc.body.clone()];
        let stripped: String;
        let label = if heredoc.strip_tabs {
            stripped = body.split_inclusive('\n').map(|line| line.trim_start_matches('\t')).collect();
            &stripped
        } else {
            body
        };
        // The script of a RUN is expanded by its shell, not by the builder.
        let is_run = line.keyword().eq_ignore_ascii_case("RUN");
        let how = (self.dialect(), heredoc.expands && !is_run);
        let body = (line.text.as_str(), heredoc.body.clone());
        shell::heredoc_into(&mut self.builder, body, &line.map, how, label, &mut self.problems)
    }

    fn pairs(&mut self, line: &Logical, at: usize, spaced: bool) {
        let words = self.split(line, at);
        let Some(first) = words.first() else { return };
        if spaced && !line.text[first.clone()].contains('=') {
            let pair = self.builder.open(Kind::Pair, Field::Argument, line.map.span(Span::from_range(at..line.length)));
            self.word(line, first.clone(), Field::Key);
            let value = skip_blanks(line, first.end);
            if value < line.length {
                self.word(line, value..line.length, Field::Value);
            } else {
                self.problem(line.map.span(Span::from_range(first.clone())), "expected `=` and a value");
            }
            self.builder.close(pair);
            return;
        }
        for range in words {
            let Some(equals) = line.text[range.clone()].find('=') else {
                if spaced {
                    self.problem(line.map.span(Span::from_range(range.clone())), "expected `=` and a value");
                }
                self.word(line, range, Field::Argument);
                continue;
            };
            let equals = range.start + equals;
            let pair = self.builder.open(Kind::Pair, Field::Argument, line.map.span(Span::from_range(range.clone())));
            for (part, field) in [(range.start..equals, Field::Key), (equals + 1..range.end, Field::Value)] {
                let child = self.word(line, part, field);
                self.cover(pair, child);
            }
            self.builder.close(pair);
        }
    }

    /// The words from `at` on: blanks in quotes and behind the escape character do not divide.
    fn split(&self, line: &Logical, at: usize) -> Vec<Range<usize>> {
        let mut words = Vec::new();
        let mut at = skip_blanks(line, at);
        while at < line.length {
            let end = self.word_end(line, at);
            words.push(at..end);
            at = skip_blanks(line, end);
        }
        words
    }

    fn word_end(&self, line: &Logical, start: usize) -> usize {
        let bytes = &line.text.as_bytes()[..line.length];
        let mut quote = None;
        let mut at = start;
        while let Some(&byte) = bytes.get(at) {
            match (quote, byte) {
                (None, b' ' | b'\t') => break,
                (Some(b'"') | None, byte) if byte == self.escape => {
                    let escaped = line.text[at + 1..line.length].chars().next();
                    at += escaped.map_or(0, char::len_utf8);
                }
                (Some(open), byte) if open == byte => quote = None,
                (None, b'\'' | b'"') => quote = Some(byte),
                _ => {}
            }
            at += 1;
        }
        at.min(line.length)
    }
}

/// A part of a logical line as a text of its own, with its map. (`RUN` hands its text to the shell without the keyword.)
fn part(line: &Logical, start: usize, end: usize) -> (String, OffsetMap) {
    (line.text[start..end].to_owned(), line.map.part(Span::from_range(start..end)))
}

fn first_word(line: &Logical, at: usize) -> &str {
    line.text[at..line.length].split([' ', '\t']).next().unwrap_or("")
}

fn skip_blanks(line: &Logical, at: usize) -> usize {
    at + line.text.as_bytes()[at..line.length].iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count()
}

fn is_posix(program: &str) -> bool {
    POSIX_SHELLS.contains(&program.rsplit('/').next().unwrap_or(program))
}
