//! Which user a Dockerfile's image runs as: the user at the end of the last stage, with inherited ones.

use super::docker_stages::{Base, Stages};
use super::{AuditContext, AuditMatch};
use crate::query::is_for_development;
use crate::query::values::image::{ImageReference, Part};
use crate::query::values::{user, wildcard};
use crate::syntax::{Field, Kind};

/// The last stage never says `USER` and its base runs as root, as far as the name tells.
pub fn missing_user(context: &AuditContext<'_>) -> Vec<AuditMatch> {
    let stages = Stages::new(context.tree);
    let Some(last) = stages.last() else { return Vec::new() };
    if is_for_development(context.path) {
        return Vec::new();
    }
    if stages.user(last).is_some() || stages.drops_privileges(last) || starts_server_that_drops(&stages, last) {
        return Vec::new();
    }
    let chain = stages.chain(last);
    let runs_as_root = chain.last().is_some_and(|first| match &first.base {
        Base::Image(image) => is_root_image(image),
        // A stage of files alone is there to be exported or copied from, not to be run.
        Base::Scratch => chain
            .iter()
            .any(|stage| ["CMD", "ENTRYPOINT"].iter().any(|name| stages.instructions(stage, name).next().is_some())),
        Base::Stage(_) | Base::Unreadable => false,
    });
    if !runs_as_root {
        return Vec::new();
    }
    let (stage, tree) = (chain[0], context.tree);
    let captures = vec![("base".to_owned(), tree.label(stage.base_word).to_owned())];
    vec![AuditMatch {
        node: stage.from,
        span: tree.span(stage.base_word),
        captures,
        related: Vec::new(),
        anchor: stages.anchor(stage, "USER"),
        variant: None,
    }]
}

/// The last `USER` of the last stage, or of a stage it is built on, is root.
pub fn run_as_root(context: &AuditContext<'_>) -> Vec<AuditMatch> {
    let stages = Stages::new(context.tree);
    let Some(last) = stages.last() else { return Vec::new() };
    let Some(instruction) = stages.user(last) else { return Vec::new() };
    let tree = context.tree;
    let Some(word) = tree.child(instruction, Field::Argument) else { return Vec::new() };
    let value = stages.variables.expand(tree, tree.label(word), word);
    if user::is_root(&value) != Some(true) || stages.drops_privileges(last) {
        return Vec::new();
    }
    let chain = stages.chain(last);
    let stage = chain.iter().find(|stage| tree.is_within(instruction, stage.node)).unwrap_or(&chain[0]);
    vec![AuditMatch {
        node: instruction,
        span: tree.span(word),
        captures: vec![("user".to_owned(), tree.label(word).to_owned())],
        related: Vec::new(),
        anchor: stages.anchor(stage, "USER"),
        variant: None,
    }]
}

/// Servers whose first process needs root and whose workers run as another user, by their own documentation.
const DROPPING_SERVERS: [&str; 14] = [
    "nginx",
    "openresty",
    "httpd",
    "httpd-foreground",
    "apache2",
    "apache2ctl",
    "apache2-foreground",
    "php-fpm",
    "sshd",
    "dovecot",
    "named",
    "unbound",
    "dnsmasq",
    "crond",
];

/// Whether the image starts a server that gives root up by itself.
fn starts_server_that_drops(stages: &Stages<'_>, last: usize) -> bool {
    let tree = stages.tree;
    let mut starts = stages.chain(last).into_iter().flat_map(|stage| {
        let last_of = |name| stages.instructions(stage, name).next_back();
        [last_of("CMD"), last_of("ENTRYPOINT")].into_iter().flatten().collect::<Vec<_>>()
    });
    starts.any(|instruction| {
        let words = tree.subtree(instruction).filter(|&node| matches!(tree.kind(node), Kind::Word | Kind::Str));
        words.take(3).any(|word| {
            let name = tree.label(word).rsplit('/').next().unwrap_or("");
            DROPPING_SERVERS.contains(&name)
        })
    })
}

/// Images of systems and languages whose containers run as root unless told otherwise, by what their own documentation
/// says (2026). Other people's images may do as they like, so nothing is said about them.
const ROOT_IMAGES: &[&str] = &[
    "alpine",
    "debian",
    "ubuntu",
    "busybox",
    "fedora",
    "centos",
    "centos/centos",
    "rockylinux",
    "rockylinux/rockylinux",
    "almalinux",
    "amazonlinux",
    "archlinux",
    "oraclelinux",
    "opensuse/*",
    "photon",
    "buildpack-deps",
    "ubi8",
    "ubi8/ubi*",
    "ubi9",
    "ubi9/ubi*",
    "ubi10",
    "ubi10/ubi*",
    "python",
    "pypy",
    "node",
    "golang",
    "rust",
    "ruby",
    "php",
    "perl",
    "openjdk",
    "eclipse-temurin",
    "amazoncorretto",
    "maven",
    "gradle",
    "elixir",
    "erlang",
    "swift",
    "dart",
    "julia",
    "r-base",
    "haskell",
    "clojure",
    "dotnet/*",
    "oven/bun",
    "astral-sh/uv",
    "tiangolo/uvicorn-gunicorn*",
    "continuumio/*",
    "nvidia/cuda",
    "pytorch/pytorch",
    "tensorflow/tensorflow",
    "distroless/*",
];

/// Parts of a tag that say that the image drops root, or that its server does for its workers.
const OTHER_USER_TAGS: &[&str] = &["*nonroot*", "*rootless*", "*chiseled*", "*unprivileged*", "*fpm*", "*apache*"];

/// Whether an image's containers run as root, as far as its name tells; false where a variable decides.
fn is_root_image(image: &ImageReference) -> bool {
    let Part::Known(repository) = &image.repository else { return false };
    // Hardened images of these registries carry the same names and another user.
    if matches!(&image.registry, Part::Known(registry) if registry == "cgr.dev" || registry == "dhi.io") {
        return false;
    }
    let tag = match &image.tag {
        Part::Known(tag) => tag.as_str(),
        Part::Missing => "",
        // `python:${VERSION}-slim` is what it is whatever the version; a whole tag may be `nonroot`.
        Part::Unknown => return !wildcard::matches("distroless/*", repository, true) && is_root_name(repository),
    };
    is_root_name(repository)
        && !OTHER_USER_TAGS
            .iter()
            .any(|pattern| wildcard::matches(pattern, repository, true) || wildcard::matches(pattern, tag, true))
}

fn is_root_name(repository: &str) -> bool {
    ROOT_IMAGES.iter().any(|pattern| wildcard::matches(pattern, repository, true))
}
