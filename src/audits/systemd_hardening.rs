//! Services of systemd that run with hardly any of its protections, drop-ins counted in.

use super::project::{ProjectAudit, ProjectMatch};
use crate::facts::unit::UnitFacts;
use crate::model::{Place, Project};
use crate::query::values::{boolean, command_line};
use crate::syntax::FileKind;

/// One match for a service, with the list of what is missing.
pub const SYSTEMD_HARDENING: ProjectAudit =
    ProjectAudit { name: "systemd-hardening", kinds: &[FileKind::SystemdUnit], variants: &[], run };

/// Protections (systemd.exec(5)), and whether `DynamicUser=` brings them along.
const PROTECTIONS: [(&str, bool); 8] = [
    ("NoNewPrivileges", true),
    ("ProtectSystem", true),
    ("ProtectHome", true),
    ("PrivateTmp", true),
    ("PrivateDevices", false),
    ("RestrictAddressFamilies", false),
    ("SystemCallFilter", false),
    ("CapabilityBoundingSet", false),
];

/// With so many of them a service counts as hardened.
const ENOUGH: usize = 4;

fn run(project: &Project) -> Vec<ProjectMatch> {
    let units: Vec<_> =
        project.files().filter_map(|(id, file)| Some((id, file.path(), file.unit.as_deref()?))).collect();
    let mut matches = Vec::new();
    for &(id, path, unit) in &units {
        let Some(start) = unit.start.filter(|_| !is_drop_in(path)) else { continue };
        let folder = format!("{path}.d/");
        let drop_ins = units.iter().filter(|(_, other, _)| other.starts_with(&folder)).map(|(.., unit)| *unit);
        let mut whole = unit.clone();
        whole.settings.extend(drop_ins.flat_map(|unit| unit.settings.iter().cloned()));
        if matches!(whole.value("Type"), Some("oneshot")) || starts_containers(&whole) {
            continue;
        }
        let missing: Vec<&str> = PROTECTIONS
            .iter()
            .filter(|(name, by_user)| !is_on(&whole, name, *by_user))
            .map(|(name, _)| *name)
            .collect();
        if PROTECTIONS.len() - missing.len() >= ENOUGH {
            continue;
        }
        let mut found = ProjectMatch::new(Place { file: id, span: start }, "Service/ExecStart");
        let list: Vec<String> = missing.iter().map(|name| format!("`{name}`")).collect();
        found.captures.push(("missing".to_owned(), list.join(", ")));
        matches.push(found);
    }
    matches
}

/// `app.service.d/override.conf`.
fn is_drop_in(path: &str) -> bool {
    path.rsplit('/').nth(1).is_some_and(|folder| folder.rsplit('.').next() == Some("d"))
}

fn is_on(unit: &UnitFacts, name: &str, by_user: bool) -> bool {
    if by_user && unit.value("DynamicUser").and_then(boolean::parse) == Some(true) {
        return true;
    }
    match unit.value(name) {
        None => false,
        // An empty set is the tightest one.
        Some(_) if name == "CapabilityBoundingSet" => true,
        Some(value) => !value.is_empty() && boolean::parse(value) != Some(false),
    }
}

/// Whether the unit only asks an engine to run a container, which has protections of its own.
fn starts_containers(unit: &UnitFacts) -> bool {
    let command = unit.value("ExecStart").unwrap_or("").trim_start_matches(['-', '@', ':', '+', '!', '|']);
    let words: Vec<&str> = command.split_whitespace().collect();
    matches!(command_line::program_name(&words), Some("docker" | "podman" | "docker-compose" | "nerdctl"))
}
