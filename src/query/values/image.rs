//! Container image references: `[registry/]repository[:tag][@digest]`.

use super::hole;

/// A part of a reference that may be absent or unknown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Part {
    /// Not written.
    Missing,
    /// Written, but only the running system knows what.
    Unknown,
    /// Written.
    Known(String),
}

/// An image reference.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImageReference {
    /// Host of the registry; missing for Docker Hub.
    pub registry: Part,
    /// Path in the registry without `library/`: `nginx`, `bitnami/postgresql`.
    pub repository: Part,
    /// The tag.
    pub tag: Part,
    /// The digest (`sha256:...`).
    pub digest: Part,
}

impl ImageReference {
    /// The last component of the repository: `postgresql` of `bitnami/postgresql`.
    pub fn name(&self) -> Option<&str> {
        match &self.repository {
            Part::Known(repository) => repository.rsplit('/').next(),
            _ => None,
        }
    }
}

/// No registry takes longer ones.
const LONGEST: usize = 4096;

/// Reads a reference. `None` for a text that cannot be one (empty, with spaces, a placeholder `<image>`).
pub fn parse(text: &str) -> Option<ImageReference> {
    let text = text.trim();
    let text = text.strip_prefix("docker://").or_else(|| text.strip_prefix("docker-image://")).unwrap_or(text);
    if text.is_empty()
        || text.len() > LONGEST
        || text.contains(|part: char| part.is_whitespace() || "<>".contains(part))
    {
        return None;
    }
    if hole::whole(text).is_some() {
        let unknown = || Part::Unknown;
        return Some(ImageReference { registry: unknown(), repository: unknown(), tag: unknown(), digest: unknown() });
    }
    let (rest, digest) = match text.split_once('@') {
        Some((rest, digest)) => (rest, part(digest)),
        None => (text, Part::Missing),
    };
    // A colon before the last slash belongs to the registry's port.
    let name_start = rest.rfind('/').map_or(0, |slash| slash + 1);
    let (path, tag) = match rest[name_start..].split_once(':') {
        Some((name, tag)) => (&rest[..name_start + name.len()], part(tag)),
        // A hole at the end of the name may bring its own tag: `nginx${SUFFIX}`, `repo/${IMAGE}`.
        None if hole::has(&rest[name_start..]) => (rest, Part::Unknown),
        None => (rest, Part::Missing),
    };
    let (registry, repository) = match path.split_once('/') {
        Some((first, rest)) if first.contains(['.', ':']) || first == "localhost" => (part(first), rest),
        Some((first, rest)) if hole::has(first) => (Part::Unknown, rest),
        _ => (Part::Missing, path),
    };
    let digest = if tag == Part::Unknown && digest == Part::Missing { Part::Unknown } else { digest };
    let repository = repository.strip_prefix("library/").unwrap_or(repository);
    Some(ImageReference { registry, repository: part(repository), tag, digest })
}

fn part(text: &str) -> Part {
    if hole::has(text) {
        Part::Unknown
    } else if text.is_empty() {
        Part::Missing
    } else {
        Part::Known(text.to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::query::values::hole::{Notation, expand};
    use proptest::prelude::*;

    fn read(text: &str) -> ImageReference {
        parse(&expand(text, Notation::Shell, &|_| None)).unwrap()
    }

    fn known(text: &str) -> Part {
        Part::Known(text.to_owned())
    }

    #[test]
    fn takes_references_apart() {
        let plain = read("nginx");
        assert_eq!((plain.repository, plain.tag, plain.digest), (known("nginx"), Part::Missing, Part::Missing));
        let full = read("registry.example.com:5000/team/api:1.2@sha256:abc");
        assert_eq!(full.registry, known("registry.example.com:5000"));
        assert_eq!(full.repository, known("team/api"));
        assert_eq!(full.name(), Some("api"));
        assert_eq!((full.tag, full.digest), (known("1.2"), known("sha256:abc")));
        assert_eq!(read("library/redis:7").repository, known("redis"));
        assert_eq!(read("localhost/x").registry, known("localhost"));
        assert_eq!(read("team/x").registry, Part::Missing);
    }

    #[test]
    fn a_variable_may_hold_what_seems_missing() {
        assert_eq!(read("nginx:${TAG}").tag, Part::Unknown);
        assert_eq!(read("${IMAGE}").tag, Part::Unknown);
        assert_eq!(read("registry/${IMAGE}").tag, Part::Unknown);
        assert_eq!(read("${REGISTRY}/api").tag, Part::Missing);
        assert_eq!(read("nginx:${TAG:-latest}").tag, known("latest"));
    }

    proptest! {
        #[test]
        fn never_panics(text in "\\PC*") {
            let _ = parse(&text);
        }
    }
}
