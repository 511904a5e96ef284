//! The stages of a Dockerfile and what each is built on: what several audits ask of one file.

use crate::query::is_for_development;
use crate::query::values::image::{self, ImageReference};
use crate::query::variables::DockerVariables;
use crate::syntax::{Field, Kind, NodeId, Tree};

/// What a stage starts from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Base {
    /// An earlier stage, by index.
    Stage(usize),
    /// Nothing (`FROM scratch`).
    Scratch,
    /// An image, with the file's own variables put in.
    Image(ImageReference),
    /// No image that could be read.
    Unreadable,
}

/// One stage.
#[derive(Debug, Clone)]
pub(super) struct Stage {
    pub node: NodeId,
    /// The `FROM` instruction.
    pub from: NodeId,
    /// The word that names the base.
    pub base_word: NodeId,
    pub base: Base,
}

/// All stages of a Dockerfile.
#[derive(Debug)]
pub(super) struct Stages<'tree> {
    pub tree: &'tree Tree,
    pub variables: DockerVariables,
    pub all: Vec<Stage>,
}

impl<'tree> Stages<'tree> {
    pub fn new(tree: &'tree Tree) -> Self {
        let mut stages = Self { tree, variables: DockerVariables::new(tree), all: Vec::new() };
        for node in tree.children(tree.root()).filter(|&child| tree.kind(child) == Kind::Stage) {
            let from = tree.children(node).find(|&child| tree.label(child) == "FROM");
            let Some(from) = from else { continue };
            let Some(base_word) = tree.child(from, Field::Argument) else { continue };
            let text = stages.variables.expand(tree, tree.label(base_word), base_word);
            let base = stages.base(&text);
            stages.all.push(Stage { node, from, base_word, base });
        }
        stages
    }

    /// What a name in `FROM`, `COPY --from` or `--mount=from=` means at the end of the stages read so far.
    pub fn base(&self, text: &str) -> Base {
        if text == "scratch" {
            return Base::Scratch;
        }
        let named = |stage: &Stage| self.tree.label(stage.node).eq_ignore_ascii_case(text);
        if let Some(index) = self.all.iter().rposition(|stage| !text.is_empty() && named(stage)) {
            return Base::Stage(index);
        }
        image::parse(text).map_or(Base::Unreadable, Base::Image)
    }

    /// A stage and the stages it is built on, itself first.
    pub fn chain(&self, stage: usize) -> Vec<&Stage> {
        // A stage is built on earlier ones only, so the way ends.
        std::iter::successors(self.all.get(stage), |stage| match stage.base {
            Base::Stage(index) => self.all.get(index),
            _ => None,
        })
        .collect()
    }

    /// The stage whose image is run: the last one, but for stages that are named after development or tests and stand
    /// behind it to be built by `--target`.
    pub fn last(&self) -> Option<usize> {
        let is_run = |stage: &Stage| !is_for_development(self.tree.label(stage.node));
        self.all.iter().rposition(is_run).or_else(|| self.all.len().checked_sub(1))
    }

    /// Instructions of a stage by name, in order.
    pub fn instructions<'a>(&'a self, stage: &'a Stage, name: &'a str) -> impl DoubleEndedIterator<Item = NodeId> + 'a {
        let all: Vec<_> = self
            .tree
            .children(stage.node)
            .filter(|&child| self.tree.kind(child) == Kind::Instruction && self.tree.label(child) == name)
            .collect();
        all.into_iter()
    }

    /// The last `USER` that holds at the end of a stage.
    pub fn user(&self, stage: usize) -> Option<NodeId> {
        self.chain(stage).into_iter().find_map(|stage| self.instructions(stage, "USER").next_back())
    }

    /// Whether the image gives root up when it starts: a program that does so stands somewhere in the chain.
    pub fn drops_privileges(&self, stage: usize) -> bool {
        const DROPPERS: [&str; 8] =
            ["gosu", "su-exec", "setpriv", "s6-setuidgid", "runuser", "setuidgid", "chpst", "fixuid"];
        let is_dropper = |word: &str| word.split(['/', ' ', '=', '"', '\'', ';']).any(|part| DROPPERS.contains(&part));
        self.chain(stage).into_iter().any(|stage| {
            self.tree
                .subtree(stage.node)
                .any(|node| matches!(self.tree.kind(node), Kind::Word | Kind::Str) && is_dropper(self.tree.label(node)))
        })
    }

    /// The name of a stage in an anchor.
    pub fn anchor(&self, stage: &Stage, instruction: &str) -> String {
        let name = self.tree.label(stage.node);
        format!("{}/{instruction}", if name.is_empty() { "stage" } else { name })
    }
}
