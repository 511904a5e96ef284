//! Build arguments that carry secrets: what a step uses of them stays in the image's history, and in its environment.

use super::docker_stages::{Stage, Stages};
use super::{AuditContext, AuditMatch};
use crate::query::values::wildcard;
use crate::syntax::{Field, Kind, NodeId, Tree};

/// Names of secrets.
const SECRET_NAMES: [&str; 13] = [
    "*TOKEN",
    "*PASSWORD",
    "*PASSWD",
    "*_PASS",
    "*_SECRET",
    "SECRET_*",
    "*SECRET_KEY",
    "*API_KEY",
    "*PRIVATE_KEY",
    "*ACCESS_KEY",
    "*CREDENTIALS",
    "*_AUTH",
    "*_PAT",
];

/// Names that only look like it.
const OTHER_NAMES: [&str; 6] = ["*PUBLIC*", "*PUBLISHABLE*", "*_VERSION", "*_FILE", "*_PATH", "*TOKENIZER*"];

/// Arguments named like a secret that a `RUN` or an `ENV` of their stage uses: of a stage that the image is built on (no
/// variant), of another one (`discarded`: only caches and provenance hold it).
pub fn secret_in_build_arg(context: &AuditContext<'_>) -> Vec<AuditMatch> {
    let tree = context.tree;
    let stages = Stages::new(tree);
    let kept: Vec<NodeId> =
        stages.last().map_or_else(Vec::new, |last| stages.chain(last).iter().map(|stage| stage.node).collect());
    let mut matches = Vec::new();
    for stage in &stages.all {
        let variant = if kept.contains(&stage.node) { None } else { Some("discarded") };
        for argument in stages.instructions(stage, "ARG") {
            for word in tree.children_by(argument, Field::Argument) {
                let name_node = tree.child(word, Field::Key).unwrap_or(word);
                let name = tree.label(name_node);
                if !is_secret_name(name) {
                    continue;
                }
                let Some(step) = first_use(tree, stage, argument, name) else { continue };
                // `ENV` keeps the value for every container: that line is the worse one.
                let in_env = tree.ancestors(step).chain([step]).any(|node| tree.label(node) == "ENV");
                let (defined, place) = (tree.span(name_node), tree.span(step));
                let (span, related) = if in_env {
                    (place, (defined, format!("`{name}` is declared here.")))
                } else {
                    (defined, (place, format!("`{name}` is used here.")))
                };
                matches.push(AuditMatch {
                    node: argument,
                    span,
                    captures: vec![("argument".to_owned(), name.to_owned())],
                    related: vec![related],
                    anchor: stages.anchor(stage, &format!("ARG/{name}")),
                    variant,
                });
            }
        }
    }
    matches
}

fn is_secret_name(name: &str) -> bool {
    let is = |pattern: &&str| wildcard::matches(pattern, name, true);
    SECRET_NAMES.iter().any(is) && !OTHER_NAMES.iter().any(is)
}

/// The first `RUN` or `ENV` behind an `ARG` that mentions its variable. A `RUN` sees arguments as environment variables
/// too, but a use by name is what can be proved.
fn first_use(tree: &Tree, stage: &Stage, argument: NodeId, name: &str) -> Option<NodeId> {
    tree.children(stage.node).filter(|&child| child > argument).find_map(|instruction| {
        if !matches!(tree.label(instruction), "RUN" | "ENV" | "LABEL") {
            return None;
        }
        let names = |&node: &NodeId| tree.kind(node) == Kind::Variable && tree.label(node) == name;
        if let Some(variable) = tree.subtree(instruction).find(names) {
            return Some(variable);
        }
        // Heredocs and quoted parts are not always taken apart.
        let text = tree.source(instruction);
        let mentioned = [format!("${{{name}}}"), format!("${name}")].iter().any(|written| {
            text.match_indices(written.as_str()).any(|(at, _)| {
                let behind = text[at + written.len()..].chars().next();
                written.ends_with('}') || !behind.is_some_and(|next| next.is_ascii_alphanumeric() || next == '_')
            })
        });
        mentioned.then_some(instruction)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_secrets_from_their_look_alikes() {
        for name in ["NPM_TOKEN", "DB_PASSWORD", "AWS_SECRET_ACCESS_KEY", "SECRET_KEY", "GITHUB_PAT", "npm_token"] {
            assert!(is_secret_name(name), "{name}");
        }
        for name in ["TOKENIZER_VERSION", "STRIPE_PUBLIC_API_KEY", "TOKEN_FILE", "VERSION", "COMPASS", "TOKENIZER"] {
            assert!(!is_secret_name(name), "{name}");
        }
    }
}
