//! A Dockerfile: its stages with what ends in the image and what the image starts.

use super::command_line::CommandLine;
use super::variable::{Variable, VariableValue};
use super::word::Word;
use crate::query::is_for_development;
use crate::query::variables::DockerVariables;
use crate::source::Span;
use crate::syntax::{Field, Kind, NodeId, Tree};

/// The stages of one Dockerfile.
#[derive(Debug, Clone, Default)]
pub struct Dockerfile {
    /// In order.
    pub stages: Vec<Stage>,
}

/// One stage.
#[derive(Debug, Clone, Default)]
pub struct Stage {
    /// Its `AS` name; empty when it has none.
    pub name: String,
    /// What it is built on, variables put in; a hole where one is unknown.
    pub base: Word,
    /// The earlier stage that it is built on.
    pub base_stage: Option<usize>,
    /// The last `USER`, variables put in.
    pub user: Option<Word>,
    /// The last `CMD`, and where it stands.
    pub command: Option<(CommandLine, Span)>,
    /// The last `ENTRYPOINT`, and where it stands.
    pub entrypoint: Option<(CommandLine, Span)>,
    /// `EXPOSE`.
    pub expose: Vec<Word>,
    /// `ENV`.
    pub environment: Vec<Variable>,
    /// `ARG`.
    pub arguments: Vec<Argument>,
    /// `COPY` and `ADD`.
    pub copies: Vec<Copy>,
    /// Folders by `WORKDIR`, the last one is where the command starts.
    pub workdir: Option<Word>,
    /// Names of variables that `RUN` and `ENV` lines use.
    pub used: Vec<String>,
}

/// `ARG`.
#[derive(Debug, Clone)]
pub struct Argument {
    /// The name.
    pub name: Word,
    /// The default as written.
    pub default: Option<Word>,
}

/// `COPY` or `ADD`.
#[derive(Debug, Clone)]
pub struct Copy {
    /// The instruction.
    pub span: Span,
    /// What is copied, as written.
    pub sources: Vec<Word>,
    /// Where to: absolute, as far as the `WORKDIR` is known.
    pub target: String,
    /// `--from`: another stage or image; `None` for the build context.
    pub from: Option<String>,
}

impl Dockerfile {
    /// The stage that a build without target ends in: the last, but for stages behind it that are named after development
    /// or tests.
    pub fn last_stage(&self) -> Option<usize> {
        self.stages
            .iter()
            .rposition(|stage| !is_for_development(&stage.name))
            .or_else(|| self.stages.len().checked_sub(1))
    }

    /// The stage of a target's name.
    pub fn stage_named(&self, name: &str) -> Option<usize> {
        self.stages
            .iter()
            .position(|stage| !name.is_empty() && stage.name.eq_ignore_ascii_case(name))
            .or_else(|| name.parse().ok().filter(|&index: &usize| index < self.stages.len()))
    }

    /// A stage and the earlier ones that it is built on, itself first.
    pub fn chain(&self, stage: usize) -> impl Iterator<Item = &Stage> {
        // A stage is built on earlier ones only, so the way ends.
        std::iter::successors(self.stages.get(stage), |stage| self.stages.get(stage.base_stage?))
    }

    /// The image that a stage rests on in the end.
    pub fn base_image(&self, stage: usize) -> Option<&Word> {
        self.chain(stage).last().map(|stage| &stage.base)
    }
}

/// Reads a Dockerfile.
pub(super) fn collect(tree: &Tree) -> Dockerfile {
    let variables = DockerVariables::new(tree);
    let mut file = Dockerfile::default();
    for node in tree.children(NodeId::ROOT).filter(|&node| tree.kind(node) == Kind::Stage) {
        let mut stage = Stage { name: tree.label(node).to_owned(), ..Stage::default() };
        for instruction in tree.children(node).filter(|&child| tree.kind(child) == Kind::Instruction) {
            read(tree, &variables, instruction, &mut stage);
        }
        let named = |earlier: &Stage| !earlier.name.is_empty() && earlier.name.eq_ignore_ascii_case(&stage.base.text);
        stage.base_stage = file.stages.iter().rposition(named);
        file.stages.push(stage);
    }
    file
}

fn read(tree: &Tree, variables: &DockerVariables, instruction: NodeId, stage: &mut Stage) {
    let word = |node: NodeId| {
        let mut word = Word::of(tree, node);
        word.text = variables.expand(tree, &word.text, node);
        word.span = tree.to_file(word.span);
        word
    };
    let first = tree.child(instruction, Field::Argument);
    let line = || {
        let mut line = CommandLine::of_instruction(tree, instruction)?;
        line.map_spans(&|span| tree.to_file(span));
        Some((line, tree.file_span(instruction)))
    };
    match tree.label(instruction) {
        "FROM" => stage.base = first.map(word).unwrap_or_default(),
        "USER" => stage.user = first.map(word),
        "CMD" => stage.command = line(),
        "ENTRYPOINT" => {
            stage.entrypoint = line();
            // Docker forgets the base image's command, not one of this file.
        }
        "WORKDIR" => {
            if let Some(mut next) = first.map(word) {
                if !next.text.starts_with('/') {
                    let above = stage.workdir.as_ref().map_or("", |folder| folder.text.as_str());
                    next.text = format!("{}/{}", above.trim_end_matches('/'), next.text.trim_start_matches("./"));
                }
                stage.workdir = Some(next);
            }
        }
        "EXPOSE" => stage.expose.extend(tree.children_by(instruction, Field::Argument).map(word)),
        "ENV" => {
            for pair in tree.children_by(instruction, Field::Argument).filter(|&node| tree.kind(node) == Kind::Pair) {
                let (Some(key), Some(value)) = (tree.child(pair, Field::Key), tree.child(pair, Field::Value)) else {
                    continue;
                };
                stage.environment.push(Variable { name: word(key), value: VariableValue::Written(word(value)) });
            }
            use_variables(tree, instruction, stage);
        }
        "ARG" => {
            for argument in tree.children_by(instruction, Field::Argument) {
                let name =
                    if tree.kind(argument) == Kind::Pair { tree.child(argument, Field::Key) } else { Some(argument) };
                let Some(name) = name else { continue };
                let default =
                    tree.child(argument, Field::Value).filter(|_| tree.kind(argument) == Kind::Pair).map(word);
                stage.arguments.push(Argument { name: word(name), default });
            }
        }
        "COPY" | "ADD" => stage.copies.extend(copy(tree, instruction, stage, &word)),
        "RUN" => use_variables(tree, instruction, stage),
        _ => {}
    }
}

fn use_variables(tree: &Tree, instruction: NodeId, stage: &mut Stage) {
    for node in tree.subtree(instruction).filter(|&node| tree.kind(node) == Kind::Variable) {
        let name = tree.label(node);
        if !stage.used.iter().any(|known| known == name) && stage.used.len() < 256 {
            stage.used.push(name.to_owned());
        }
    }
}

fn copy(tree: &Tree, instruction: NodeId, stage: &Stage, word: &dyn Fn(NodeId) -> Word) -> Option<Copy> {
    let arguments: Vec<NodeId> = tree.children_by(instruction, Field::Argument).collect();
    let mut words: Vec<Word> = match arguments[..] {
        [list] if tree.kind(list) == Kind::Sequence => tree.children_by(list, Field::Item).map(word).collect(),
        _ => arguments.into_iter().map(word).collect(),
    };
    let target = words.pop()?.text;
    let from = tree
        .children_by(instruction, Field::Flag)
        .find(|&flag| tree.label(flag) == "from")
        .and_then(|flag| tree.child(flag, Field::Value))
        .map(|value| word(value).text);
    let target = if target.starts_with('/') {
        target
    } else {
        let folder = stage.workdir.as_ref().map_or("", |folder| folder.text.as_str());
        format!("{}/{}", folder.trim_end_matches('/'), target.trim_start_matches("./"))
    };
    Some(Copy { span: tree.file_span(instruction), sources: words, target, from })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::syntax::{Language, parse};

    #[test]
    fn reads_what_an_image_starts() {
        let file = collect(
            &parse(
                Language::Dockerfile,
                "ARG V=3.12\nFROM python:$V AS base\nARG TOKEN\nENV A=1 B=2\nRUN pip install --token $TOKEN x\nUSER app\n\
                 FROM base AS run\nWORKDIR /srv\nWORKDIR app\nCOPY . .\nCOPY --from=base /x /y\nEXPOSE 8000 9000/udp\n\
                 CMD [\"uvicorn\", \"a:b\"]\nFROM base AS dev\nCMD flask run\n",
            )
            .tree,
        );
        let last = file.last_stage().unwrap();
        assert_eq!(file.stages[last].name, "run");
        assert_eq!(file.base_image(last).unwrap().text, "python:3.12");
        assert_eq!(file.chain(last).find_map(|stage| stage.user.as_ref()).unwrap().text, "app");
        let run = &file.stages[last];
        assert_eq!(run.workdir.as_ref().unwrap().text, "/srv/app");
        assert_eq!((run.copies[0].target.as_str(), run.copies[1].from.as_deref()), ("/srv/app/.", Some("base")));
        assert_eq!(run.command.as_ref().unwrap().0.server().unwrap().app.unwrap().text, "a:b");
        assert_eq!((file.stages[0].arguments.len(), file.stages[0].used.as_slice()), (1, &["TOKEN".to_owned()][..]));
        assert_eq!(file.stage_named("dev"), Some(2));
    }
}
