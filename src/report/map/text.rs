//! The map as a tree of lines.

use super::view::{DeploymentView, MapView, ServiceView};
use crate::source::printable::printable_line as printable;
use std::io::{self, Write};

/// Writes the map for people.
///
/// # Errors
/// What the stream says.
pub fn text(map: &MapView, out: &mut dyn Write) -> io::Result<()> {
    if map.deployments.is_empty() {
        return writeln!(
            out,
            "No deployment was found: no compose file, manifest, unit or Procfile that runs a service."
        );
    }
    for (index, deployment) in map.deployments.iter().enumerate() {
        if index > 0 {
            writeln!(out)?;
        }
        let note = if deployment.production { "" } else { " (development)" };
        writeln!(out, "{}: {}{note}", deployment.platform, printable(&deployment.name))?;
        one(deployment, out)?;
    }
    Ok(())
}

fn one(deployment: &DeploymentView, out: &mut dyn Write) -> io::Result<()> {
    for service in &deployment.services {
        writeln!(
            out,
            "  {} [{}]  {}:{}",
            printable(&service.name),
            service.role,
            printable(&service.place.file),
            service.place.line
        )?;
        for line in details(service) {
            writeln!(out, "      {}", printable(&line))?;
        }
        for way in deployment.ways.iter().filter(|way| way.service == service.name) {
            let host = if way.hosts.is_empty() { "any host".to_owned() } else { way.hosts.join(", ") };
            let port = way.port.map_or_else(String::new, |port| format!(" on port {port}"));
            let line = format!(
                "reached from {} for {host} {}{port}  {}:{}",
                way.proxy, way.path, way.place.file, way.place.line
            );
            writeln!(out, "      {}", printable(&line))?;
        }
    }
    if !deployment.broken.is_empty() {
        writeln!(out, "  not linked:")?;
        for joint in &deployment.broken {
            let line = format!("{}: {}  {}:{}", joint.wanted, joint.reason, joint.place.file, joint.place.line);
            writeln!(out, "      {}", printable(&line))?;
        }
    }
    Ok(())
}

fn details(service: &ServiceView) -> Vec<String> {
    let mut lines = Vec::new();
    match (&service.image, &service.dockerfile) {
        (Some(image), Some(dockerfile)) => lines.push(format!("image {image}, built by {dockerfile}")),
        (Some(image), None) => lines.push(format!("image {image}")),
        (None, Some(dockerfile)) => lines.push(format!("built by {dockerfile}")),
        (None, None) => {}
    }
    if let (Some(server), Some(place)) = (service.server, &service.command) {
        let app =
            service.application.as_ref().map_or_else(|| "an application that was not found".to_owned(), String::clone);
        let many = match (service.workers, service.replicas) {
            (Some(workers), Some(replicas)) => format!(", {workers} workers in each of {replicas} replicas"),
            (Some(workers), None) => format!(", {workers} workers"),
            (None, Some(replicas)) => format!(", {replicas} replicas"),
            (None, None) => String::new(),
        };
        lines.push(format!("runs {server} with {app}{many}  {}:{}", place.file, place.line));
    }
    if !service.listens.is_empty() {
        let ports: Vec<String> = service.listens.iter().map(u16::to_string).collect();
        lines.push(format!("listens on {}", ports.join(", ")));
    }
    for port in &service.published {
        let number = |port: Option<u16>| port.map_or_else(|| "?".to_owned(), |port| port.to_string());
        let address = match port.all_addresses {
            Some(true) => "on all addresses",
            Some(false) => "on one address",
            None => "on an address that a variable decides",
        };
        lines.push(format!("published: {} -> {} {address} ({})", number(port.outside), number(port.inside), port.by));
    }
    lines
}
