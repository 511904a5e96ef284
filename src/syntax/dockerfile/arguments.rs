//! What `ARG` and `ENV` make of the variables in a word, as far as the file itself says.
//!
//! Values given at build time (`--build-arg`) are not known: a declared default stands for them.

use super::lines::escape_of;
use crate::syntax::{Field, Kind, NodeId, Tree};
use std::collections::HashMap;
use std::rc::Rc;

/// Longest value that is worked out; a chain of definitions can double its length in every line.
const MAX_VALUE: usize = 64 * 1024;

/// Most stages that a stage is built upon.
const MAX_STAGES: usize = 64;

/// How deep defaults nest: `${a:-${b:-c}}`.
const MAX_NESTING: usize = 16;

/// The value of a word of a Dockerfile with the variables in it replaced by their defaults; `None` when one has no known
/// value. In FROM only the ARGs before the first stage count, elsewhere the stage's own ARG and ENV before the word.
/// For many words of one file, make [`BuildArguments`] once.
pub fn resolve_args(tree: &Tree, word: NodeId) -> Option<String> {
    BuildArguments::of(tree).resolve(word)
}

/// A variable from an instruction on.
#[derive(Debug)]
struct Definition {
    /// The instruction that defines it.
    instruction: NodeId,
    value: Option<Rc<str>>,
    is_env: bool,
}

type Definitions = HashMap<String, Vec<Definition>>;

#[derive(Debug, Default)]
struct StageScope {
    /// First and behind the last node.
    nodes: (u32, u32),
    name: String,
    /// The stage it is built upon.
    base: Option<usize>,
    definitions: Definitions,
}

/// All ARG and ENV definitions of a Dockerfile.
#[derive(Debug)]
pub struct BuildArguments<'tree> {
    tree: &'tree Tree,
    escape: u8,
    globals: Definitions,
    stages: Vec<StageScope>,
    /// Instructions in order, those inside ONBUILD left out.
    instructions: Vec<NodeId>,
}

impl<'tree> BuildArguments<'tree> {
    /// Reads all definitions of a Dockerfile's tree.
    pub fn of(tree: &'tree Tree) -> Self {
        let escape = escape_of(tree.text());
        let mut this = Self { tree, escape, globals: Definitions::new(), stages: Vec::new(), instructions: Vec::new() };
        for item in tree.children(tree.root()) {
            match tree.kind(item) {
                Kind::Instruction => this.instruction(item, None),
                Kind::Stage => {
                    let nodes = (item.0, tree.subtree_end(item));
                    this.stages.push(StageScope {
                        nodes,
                        name: tree.label(item).to_lowercase(),
                        ..StageScope::default()
                    });
                    let stage = this.stages.len() - 1;
                    for instruction in tree.children(item).filter(|&child| tree.kind(child) == Kind::Instruction) {
                        this.instruction(instruction, Some(stage));
                    }
                }
                _ => {}
            }
        }
        this
    }

    /// The value of a word; see [`resolve_args`].
    pub fn resolve(&self, word: NodeId) -> Option<String> {
        let index = self.instructions.partition_point(|instruction| instruction.0 <= word.0);
        let instruction = *self.instructions.get(index.checked_sub(1)?)?;
        let stage = self.stages.partition_point(|stage| stage.nodes.0 <= word.0);
        let stage = stage.checked_sub(1).filter(|&stage| word.0 < self.stages[stage].nodes.1);
        self.resolve_at(word, instruction, stage)
    }

    fn resolve_at(&self, word: NodeId, instruction: NodeId, stage: Option<usize>) -> Option<String> {
        let is_from = self.tree.label(instruction) == "FROM";
        let stage = stage.filter(|_| !is_from);
        let source = joined(self.tree.source(word), self.escape);
        let mut expansion = Expansion {
            source: &source,
            at: 0,
            escape: char::from(self.escape),
            look_up: &|name| self.look_up(name, instruction, stage),
        };
        expansion.run(None, 0)
    }

    /// `None`: not defined. `Some(None)`: defined, but with a value nobody knows.
    #[expect(clippy::option_option, reason = "undefined and unknown differ in `${name:-default}`")]
    fn look_up(&self, name: &str, before: NodeId, stage: Option<usize>) -> Option<Option<Rc<str>>> {
        let Some(mut stage) = stage else { return visible(&self.globals, name, before).map(|it| it.value.clone()) };
        if let Some(found) = visible(&self.stages[stage].definitions, name, before) {
            return Some(found.value.clone());
        }
        for _ in 0..MAX_STAGES {
            stage = self.stages[stage].base?;
            let definitions = self.stages[stage].definitions.get(name);
            if let Some(found) = definitions.and_then(|all| all.iter().rev().find(|it| it.is_env)) {
                return Some(found.value.clone());
            }
        }
        None
    }

    fn instruction(&mut self, instruction: NodeId, stage: Option<usize>) {
        let tree = self.tree;
        self.instructions.push(instruction);
        match (tree.label(instruction), stage) {
            ("FROM", Some(stage)) => {
                let image = tree.child(instruction, Field::Argument);
                let image = image.and_then(|image| self.resolve_at(image, instruction, None));
                let image = image.unwrap_or_default().to_lowercase();
                self.stages[stage].base =
                    self.stages[..stage].iter().rposition(|other| !other.name.is_empty() && other.name == image);
            }
            (keyword @ ("ARG" | "ENV"), _) => {
                let is_env = keyword == "ENV";
                // Every name of one line sees what was before the line.
                let defined: Vec<_> = tree
                    .children_by(instruction, Field::Argument)
                    .filter_map(|argument| self.definition(argument, instruction, stage, is_env))
                    .collect();
                let definitions = stage.map_or(&mut self.globals, |stage| &mut self.stages[stage].definitions);
                for (name, value) in defined {
                    let all = definitions.entry(name).or_default();
                    // ENV hides every later ARG of its name.
                    if is_env || !all.last().is_some_and(|last| last.is_env) {
                        all.push(Definition { instruction, value: value.map(Rc::from), is_env });
                    }
                }
            }
            _ => {}
        }
    }

    fn definition(
        &self,
        argument: NodeId,
        instruction: NodeId,
        stage: Option<usize>,
        is_env: bool,
    ) -> Option<(String, Option<String>)> {
        let tree = self.tree;
        if tree.kind(argument) == Kind::Word {
            // `ARG name`: the ARG of that name before the first stage, if there is one.
            let name = tree.label(argument);
            let value = stage.and_then(|_| self.look_up(name, instruction, None)).flatten();
            return (!is_env).then(|| (name.to_owned(), value.map(|value| value.to_string())));
        }
        let key = tree.label(tree.child(argument, Field::Key)?).to_owned();
        let value = tree.child(argument, Field::Value);
        Some((key, value.and_then(|value| self.resolve_at(value, instruction, stage))))
    }
}

fn visible<'a>(definitions: &'a Definitions, name: &str, before: NodeId) -> Option<&'a Definition> {
    let all = definitions.get(name)?;
    all[..all.partition_point(|it| it.instruction < before)].last()
}

/// A word's source with continued lines joined.
fn joined(source: &str, escape: u8) -> String {
    if !source.contains('\n') {
        return source.to_owned();
    }
    let mut joined = String::with_capacity(source.len());
    let mut continued = false;
    for line in source.split('\n') {
        if continued && (line.trim().is_empty() || line.trim_start().starts_with('#')) {
            continue;
        }
        let content = line.trim_end();
        let piece = content.strip_suffix(char::from(escape));
        continued = piece.is_some();
        joined.push_str(piece.unwrap_or(line));
    }
    joined
}

/// Replaces variables and resolves quotes, as the builder does.
struct Expansion<'a> {
    source: &'a str,
    at: usize,
    escape: char,
    look_up: &'a dyn Fn(&str) -> Option<Option<Rc<str>>>,
}

impl Expansion<'_> {
    fn peek(&self) -> Option<char> {
        self.source[self.at..].chars().next()
    }

    fn next(&mut self) -> Option<char> {
        let char = self.peek()?;
        self.at += char.len_utf8();
        Some(char)
    }

    /// The text up to `until` (not taken) or the end.
    fn run(&mut self, until: Option<char>, nesting: usize) -> Option<String> {
        let mut value = String::new();
        let mut in_double = false;
        while let Some(char) = self.peek() {
            if Some(char) == until && !in_double {
                break;
            }
            self.at += char.len_utf8();
            match char {
                '\'' if !in_double => {
                    let length = self.source[self.at..].find('\'')?;
                    value.push_str(&self.source[self.at..self.at + length]);
                    self.at += length + 1;
                }
                '"' => in_double = !in_double,
                '$' => value.push_str(&self.variable(nesting)?),
                _ if char == self.escape => match self.next() {
                    Some(next) if in_double && !matches!(next, '"' | '$') && next != self.escape => {
                        value.push(char);
                        value.push(next);
                    }
                    Some(next) => value.push(next),
                    None => value.push(char),
                },
                _ => value.push(char),
            }
            if value.len() > MAX_VALUE {
                return None;
            }
        }
        Some(value)
    }

    /// What stands behind `$`.
    fn variable(&mut self, nesting: usize) -> Option<String> {
        let braced = self.peek() == Some('{');
        if braced {
            self.at += 1;
        }
        let rest = &self.source[self.at..];
        let length = rest.bytes().take_while(|&byte| byte.is_ascii_alphanumeric() || byte == b'_').count();
        let name = rest[..length].to_owned();
        self.at += length;
        if name.is_empty() {
            return (!braced && self.peek() != Some('(')).then(|| "$".to_owned());
        }
        let value = (self.look_up)(&name);
        let known = |value: Option<Option<Rc<str>>>| value.flatten().map(|value| value.to_string());
        if !braced {
            return known(value);
        }
        let colon = self.peek() == Some(':');
        if colon {
            self.at += 1;
        }
        let operator = self.next()?;
        if operator == '}' {
            return if colon { None } else { known(value) };
        }
        if nesting == MAX_NESTING || !matches!(operator, '-' | '+' | '?') {
            return None;
        }
        let operand = self.run(Some('}'), nesting + 1);
        if self.next() != Some('}') {
            return None;
        }
        // A name that is declared without a value has none unless the build gives one.
        let text = value.as_ref().and_then(Option::as_deref);
        let is_set = text.is_some_and(|text| !colon || !text.is_empty());
        match operator {
            '-' if is_set => known(value),
            '-' => operand,
            '+' if is_set => operand,
            '+' => Some(String::new()),
            _ => known(value),
        }
    }
}
