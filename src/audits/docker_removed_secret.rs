//! Files with secrets that one layer brings and a later one removes: the first layer keeps them.

use super::docker_stages::Stages;
use super::{Audit, AuditContext, AuditMatch};
use crate::query::values::command_line;
use crate::source::Span;
use crate::syntax::{Field, FileKind, Kind, NodeId, Tree};

/// A file that a `RUN` or a `COPY` of a kept stage makes and another `RUN` removes.
pub const SECRET_REMOVED_LATER: Audit =
    Audit { name: "docker-secret-removed-later", kinds: &[FileKind::Dockerfile], variants: &[], run };

/// Names of files with credentials. What `docker/secret-in-image-file` reports by the source's name is not asked again.
const SECRET_FILES: [&str; 14] = [
    ".netrc",
    ".npmrc",
    ".pypirc",
    ".git-credentials",
    ".pgpass",
    ".dockercfg",
    ".env",
    "id_rsa",
    "id_ed25519",
    "id_ecdsa",
    "id_dsa",
    "pip.conf",
    "auth.json",
    "credentials",
];

/// A secret file in a layer.
struct Made {
    name: String,
    instruction: NodeId,
    span: Span,
}

fn run(context: &AuditContext<'_>) -> Vec<AuditMatch> {
    let tree = context.tree;
    let stages = Stages::new(tree);
    let Some(last) = stages.last() else { return Vec::new() };
    let mut chain = stages.chain(last);
    chain.reverse();
    let mut made: Vec<Made> = Vec::new();
    let mut matches = Vec::new();
    for stage in chain {
        for instruction in tree.children(stage.node).filter(|&child| tree.kind(child) == Kind::Instruction) {
            match tree.label(instruction) {
                "COPY" | "ADD" => made.extend(copied(tree, instruction)),
                "RUN" => {
                    for (name, span) in removed(tree, instruction) {
                        let Some(at) = made.iter().position(|file| file.name == name) else { continue };
                        let file = made.swap_remove(at);
                        if file.instruction == instruction {
                            continue;
                        }
                        matches.push(AuditMatch {
                            node: instruction,
                            span,
                            captures: vec![("file".to_owned(), name)],
                            related: vec![(
                                file.span,
                                "The file is brought in here, and this layer keeps it.".to_owned(),
                            )],
                            anchor: stages.anchor(stage, "RUN"),
                            variant: None,
                        });
                    }
                    made.extend(written(tree, instruction));
                }
                _ => {}
            }
        }
    }
    matches
}

fn base(path: &str) -> &str {
    path.trim_matches(['"', '\'']).rsplit('/').next().unwrap_or("")
}

fn is_secret(path: &str) -> bool {
    SECRET_FILES.contains(&base(path))
}

/// What a `COPY` brings under a name of credentials, though its source has another one.
fn copied(tree: &Tree, instruction: NodeId) -> Option<Made> {
    let from_stage = tree.children_by(instruction, Field::Flag).any(|flag| tree.label(flag) == "from");
    let words: Vec<NodeId> = tree.children_by(instruction, Field::Argument).collect();
    let (&target, sources) = words.split_last()?;
    let by_name = sources.iter().any(|&source| is_secret(tree.label(source)));
    if from_stage || by_name || !is_secret(tree.label(target)) {
        return None;
    }
    Some(Made { name: base(tree.label(target)).to_owned(), instruction, span: tree.span(target) })
}

/// Files of credentials that the commands of a `RUN` write and leave behind.
fn written(tree: &Tree, run: NodeId) -> Vec<Made> {
    let gone: Vec<String> = removed(tree, run).into_iter().map(|(name, _)| name).collect();
    let mut made: Vec<Made> = Vec::new();
    let mut add = |path: &str, span: Span| {
        let name = base(path).to_owned();
        if is_secret(path) && !gone.contains(&name) && made.iter().all(|file| file.name != name) {
            made.push(Made { name, instruction: run, span });
        }
    };
    for node in tree.subtree(run) {
        match tree.kind(node) {
            // `> file` and `>> file`.
            Kind::Redirect if tree.label(node).contains('>') => {
                let target = tree.subtree(node).skip(1).find(|&word| matches!(tree.kind(word), Kind::Word | Kind::Str));
                if let Some(target) = target {
                    add(tree.label(target), tree.span(target));
                }
            }
            Kind::Command => {
                let words: Vec<NodeId> = tree.children_by(node, Field::Argument).collect();
                let labels: Vec<&str> = words.iter().map(|&word| tree.label(word)).collect();
                let writes = matches!(command_line::program_name(&labels), Some("tee" | "curl" | "wget" | "cp" | "mv"));
                if let Some((&last, label)) = words.last().zip(labels.last()).filter(|_| writes) {
                    add(label, tree.span(last));
                }
            }
            _ => {}
        }
    }
    made
}

/// Files that the commands of a `RUN` remove, by name.
fn removed(tree: &Tree, run: NodeId) -> Vec<(String, Span)> {
    let mut found = Vec::new();
    for node in tree.subtree(run).filter(|&node| tree.kind(node) == Kind::Command) {
        let words: Vec<NodeId> = tree.children_by(node, Field::Argument).collect();
        let labels: Vec<&str> = words.iter().map(|&word| tree.label(word)).collect();
        if matches!(command_line::program_name(&labels), Some("rm" | "unlink" | "shred")) {
            let files = words.iter().filter(|&&word| !tree.label(word).starts_with('-')).skip(1);
            found.extend(files.map(|&word| (base(tree.label(word)).to_owned(), tree.span(word))));
        }
    }
    found
}
