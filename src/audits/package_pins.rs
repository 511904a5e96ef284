//! Packages with an exact version: in requirements files, lock files and the dependencies of `pyproject.toml`.

use super::dated_tables::PACKAGE_ADVISORIES;
use super::package_advisories::advisory_on;
use super::{Audit, AuditContext, AuditMatch};
use crate::source::Span;
use crate::syntax::requirements::normalise_name;
use crate::syntax::{Field, FileKind, Kind, NodeId, Tree};

/// A version that a published advisory names.
pub const VULNERABLE_PIN: Audit =
    Audit { name: "server-vulnerable-pin", kinds: &[FileKind::Requirements, FileKind::Toml], variants: &[], run };

/// A package and its exact version, where it stands.
struct Pin {
    node: NodeId,
    package: String,
    version: String,
    span: Span,
}

fn run(context: &AuditContext<'_>) -> Vec<AuditMatch> {
    let tree = context.tree;
    let pins = if context.kind == FileKind::Toml { toml_pins(tree) } else { requirement_pins(tree) };
    pins.into_iter()
        .filter_map(|pin| {
            let advisory = advisory_on(&pin.package, &pin.version)?;
            Some(AuditMatch {
                node: pin.node,
                span: pin.span,
                captures: vec![
                    ("package".to_owned(), pin.package.clone()),
                    ("version".to_owned(), pin.version),
                    ("advisory".to_owned(), advisory.id.to_owned()),
                    ("what".to_owned(), advisory.what.to_owned()),
                    ("fixed".to_owned(), advisory.fixed.to_owned()),
                    ("as_of".to_owned(), PACKAGE_ADVISORIES.to_owned()),
                ],
                related: Vec::new(),
                anchor: pin.package,
                variant: None,
            })
        })
        .collect()
}

/// The version in `==1.2.3` and `===1.2.3`; a wildcard admits the fix.
fn exact(specifier: &str) -> Option<&str> {
    let version = specifier.strip_prefix("==")?.trim_start_matches('=').trim();
    (!version.contains('*')).then_some(version)
}

fn requirement_pins(tree: &Tree) -> Vec<Pin> {
    let requirements = tree.children(NodeId::ROOT).filter(|&node| tree.kind(node) == Kind::Requirement);
    requirements
        .filter_map(|node| {
            let (word, version) = tree
                .children_by(node, Field::Argument)
                .find_map(|word| Some((word, exact(tree.label(word))?.to_owned())))?;
            Some(Pin { node, package: tree.label(node).to_owned(), version, span: tree.span(word) })
        })
        .collect()
}

/// `[[package]]` of lock files, and texts that are requirements (`dependencies`, dependency groups).
fn toml_pins(tree: &Tree) -> Vec<Pin> {
    let mut pins = Vec::new();
    let value = |mapping: NodeId, wanted: &str| {
        let mut pairs = tree.children(mapping).filter(|&pair| tree.kind(pair) == Kind::Pair);
        pairs
            .find(|&pair| tree.child(pair, Field::Key).is_some_and(|key| tree.label(key) == wanted))
            .and_then(|pair| tree.child(pair, Field::Value))
    };
    let Some(top) = tree.children(NodeId::ROOT).find(|&node| tree.kind(node) == Kind::Mapping) else { return pins };
    for package in value(top, "package").into_iter().flat_map(|list| tree.children(list)) {
        if tree.kind(package) != Kind::Mapping {
            continue;
        }
        let (Some(name), Some(version)) = (value(package, "name"), value(package, "version")) else { continue };
        let package = normalise_name(tree.label(name));
        pins.push(Pin { node: version, package, version: tree.label(version).to_owned(), span: tree.span(version) });
    }
    let is_list_of_requirements = |pair: NodeId| {
        tree.child(pair, Field::Key)
            .is_some_and(|key| matches!(tree.label(key), "dependencies" | "dev" | "prod" | "test"))
            || tree.ancestors(pair).filter(|&above| tree.kind(above) == Kind::Pair).any(|above| {
                tree.child(above, Field::Key)
                    .is_some_and(|key| matches!(tree.label(key), "optional-dependencies" | "dependency-groups"))
            })
    };
    for pair in tree.ids().filter(|&node| tree.kind(node) == Kind::Pair) {
        let Some(list) = tree.child(pair, Field::Value).filter(|&list| tree.kind(list) == Kind::Sequence) else {
            continue;
        };
        if !is_list_of_requirements(pair) {
            continue;
        }
        for item in tree.children(list).filter(|&item| tree.kind(item) == Kind::Str) {
            let text = tree.label(item);
            let end = text.find(|c: char| !(c.is_alphanumeric() || "-_.".contains(c))).unwrap_or(text.len());
            let rest = text[end..].split(';').next().unwrap_or("").trim();
            let rest =
                rest.strip_prefix('[').and_then(|rest| rest.split_once(']')).map_or(rest, |(_, rest)| rest.trim());
            let Some(version) = rest.split(',').find_map(|part| exact(part.trim())) else { continue };
            let package = normalise_name(&text[..end]);
            pins.push(Pin { node: item, package, version: version.to_owned(), span: tree.span(item) });
        }
    }
    pins
}
