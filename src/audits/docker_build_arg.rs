//! Build arguments that carry secrets: what a step uses of them stays in the image's history, and in its environment.

use super::docker_stages::{Stage, Stages};
use super::{AuditContext, AuditMatch};
use crate::query::values::wildcard;
use crate::source::Span;
use crate::syntax::{Field, NodeId, Tree};
use rustc_hash::FxHashMap;

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
        let uses = uses(tree, stage);
        for argument in stages.instructions(stage, "ARG") {
            for word in tree.children_by(argument, Field::Argument) {
                let name_node = tree.child(word, Field::Key).unwrap_or(word);
                let name = tree.label(name_node);
                if !is_secret_name(name) {
                    continue;
                }
                let mentions = uses.get(name).map_or(&[][..], Vec::as_slice);
                let first = mentions.partition_point(|mention| mention.instruction < argument);
                let Some(step) = mentions.get(first) else { continue };
                // `ENV` keeps the value for every container: that line is the worse one.
                let in_env = tree.label(step.instruction) == "ENV";
                let (defined, place) = (tree.span(name_node), step.span);
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

/// A place where a step mentions a variable.
#[derive(Debug, Clone, Copy)]
struct Use {
    instruction: NodeId,
    span: Span,
}

/// Where the `RUN`, `ENV` and `LABEL` instructions of a stage mention variables, by name, in order. A `RUN` sees arguments
/// as environment variables too, but a use by name is what can be proved. Read from the text, because heredocs and quoted
/// parts are not always taken apart.
fn uses<'tree>(tree: &'tree Tree, stage: &Stage) -> FxHashMap<&'tree str, Vec<Use>> {
    let mut uses: FxHashMap<&str, Vec<Use>> = FxHashMap::default();
    for instruction in tree.children(stage.node).filter(|&child| matches!(tree.label(child), "RUN" | "ENV" | "LABEL")) {
        let text = tree.source(instruction);
        let start = tree.span(instruction).start as usize;
        for (dollar, _) in text.match_indices('$') {
            let braces = usize::from(text[dollar + 1..].starts_with('{'));
            let rest = &text[dollar + 1 + braces..];
            let length = rest.find(|part: char| !part.is_ascii_alphanumeric() && part != '_').unwrap_or(rest.len());
            let end = dollar + 1 + braces + length;
            let end = if braces == 1 && text[end..].starts_with('}') { end + 1 } else { end };
            let span = Span::from_range(start + dollar..start + end);
            uses.entry(&rest[..length]).or_default().push(Use { instruction, span });
        }
    }
    uses
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
