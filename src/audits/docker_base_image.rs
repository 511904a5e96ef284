//! Images that a Dockerfile takes without a fixed version: `FROM`, `COPY --from`, `RUN --mount=from=`.

use super::docker_stages::{Base, Stages};
use super::{AuditContext, AuditMatch};
use crate::query::is_for_development;
use crate::query::values::hole;
use crate::query::values::image::{ImageReference, Part};
use crate::source::Span;
use crate::syntax::{Field, Kind, NodeId};

/// Images without a tag or with `latest`, and no digest (no variant); a version that only the caller of the build knows
/// (`unknown`); a tag without a digest (`digest`).
pub fn unpinned_base_image(context: &AuditContext<'_>) -> Vec<AuditMatch> {
    let stages = Stages::new(context.tree);
    let tree = context.tree;
    let mut matches = Vec::new();
    let kept: Vec<NodeId> =
        stages.last().map_or_else(Vec::new, |last| stages.chain(last).iter().map(|stage| stage.node).collect());
    for stage in &stages.all {
        // A stage for development is built by `--target` alone.
        if is_for_development(tree.label(stage.node)) && !kept.contains(&stage.node) {
            continue;
        }
        let anchor = stages.anchor(stage, "FROM");
        if let Base::Image(image) = &stage.base {
            matches.extend(judge(context, image, stage.from, tree.span(stage.base_word), anchor));
        }
        for instruction in tree.children(stage.node) {
            for flag in tree.children_by(instruction, Field::Flag) {
                let Some((written, span)) = image_of_flag(context, flag) else { continue };
                let text = stages.variables.expand(tree, &written, flag);
                // A number is a stage too.
                if text.parse::<usize>().is_ok() || hole::whole(&text).is_some() {
                    continue;
                }
                if let Base::Image(image) = stages.base(&text) {
                    let anchor = stages.anchor(stage, tree.label(instruction));
                    matches.extend(judge(context, &image, instruction, span, anchor));
                }
            }
        }
    }
    matches
}

/// The image in `--from=image` and `--mount=type=...,from=image`, and where it stands.
fn image_of_flag(context: &AuditContext<'_>, flag: NodeId) -> Option<(String, Span)> {
    let tree = context.tree;
    let value = tree.child(flag, Field::Value)?;
    let text = tree.label(value);
    match tree.label(flag) {
        "from" => Some((text.to_owned(), tree.span(value))),
        "mount" => {
            let from = text.split(',').find_map(|part| part.trim().strip_prefix("from="))?;
            Some((from.to_owned(), tree.span(value)))
        }
        _ => None,
    }
}

fn is_built_here(image: &ImageReference) -> bool {
    let Part::Known(repository) = &image.repository else { return false };
    image.registry == Part::Missing && !repository.contains('/') && repository.contains('_')
}

fn judge(
    context: &AuditContext<'_>,
    image: &ImageReference,
    node: NodeId,
    span: Span,
    anchor: String,
) -> Option<AuditMatch> {
    let variant = match (&image.tag, &image.digest) {
        (_, Part::Known(_)) => return None,
        (Part::Missing, Part::Missing) if image.repository == Part::Unknown => Some("unknown"),
        // Names of images on Docker Hub without owner have no `_`: compose calls what it has built so.
        (Part::Missing, Part::Missing) if is_built_here(image) => return None,
        (Part::Missing, Part::Missing) => None,
        (Part::Known(tag), _) if tag == "latest" => None,
        (Part::Known(_), Part::Missing) => Some("digest"),
        _ => Some("unknown"),
    };
    debug_assert!(matches!(context.tree.kind(node), Kind::Instruction));
    let written = context.tree.text().get(span.range()).unwrap_or("").to_owned();
    Some(AuditMatch { node, span, captures: vec![("image".to_owned(), written)], related: Vec::new(), anchor, variant })
}
