//! The map as a graph for Mermaid and for Graphviz.

use super::view::{DeploymentView, MapView};
use std::collections::BTreeSet;
use std::io::{self, Write};

/// Characters of a label that both languages and terminals take as they are; all others become `_`.
fn label(text: &str) -> String {
    let plain = |one: char| one.is_alphanumeric() || " -_./:=~@*+,()".contains(one);
    text.chars().take(120).map(|one| if plain(one) { one } else { '_' }).collect()
}

/// Edges of a deployment without repetitions: from, to, label. Nodes are services by index, and proxies that are none.
fn edges(deployment: &DeploymentView) -> (Vec<String>, BTreeSet<(String, String, String)>) {
    let mut outside = Vec::new();
    let mut edges = BTreeSet::new();
    let id = |name: &str| deployment.services.iter().position(|service| service.name == name);
    for way in &deployment.ways {
        let from = match id(&way.proxy) {
            Some(index) => format!("s{index}"),
            None => {
                if !outside.contains(&way.proxy) {
                    outside.push(way.proxy.clone());
                }
                let index = outside.iter().position(|known| *known == way.proxy).unwrap_or(0);
                format!("p{index}")
            }
        };
        let Some(to) = id(&way.service) else { continue };
        edges.insert((from, format!("s{to}"), label(&way.path)));
    }
    for (index, service) in deployment.services.iter().enumerate() {
        for port in service.published.iter().filter(|port| port.all_addresses == Some(true)) {
            let port = port.outside.map_or_else(|| "?".to_owned(), |port| port.to_string());
            edges.insert(("internet".to_owned(), format!("s{index}"), port));
        }
    }
    (outside, edges)
}

/// Writes a Mermaid flow chart.
///
/// # Errors
/// What the stream says.
pub fn mermaid(map: &MapView, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "flowchart LR")?;
    for (at, deployment) in map.deployments.iter().enumerate() {
        let (outside, edges) = edges(deployment);
        writeln!(out, "  subgraph d{at}[\"{}: {}\"]", deployment.platform, label(&deployment.name))?;
        for (index, service) in deployment.services.iter().enumerate() {
            let app = service.application.as_ref().map_or_else(String::new, |app| format!("<br/>{}", label(app)));
            writeln!(out, "    d{at}s{index}[\"{} ({}){app}\"]", label(&service.name), service.role)?;
        }
        for (index, name) in outside.iter().enumerate() {
            writeln!(out, "    d{at}p{index}([\"{}\"])", label(name))?;
        }
        if edges.iter().any(|(from, ..)| from == "internet") {
            writeln!(out, "    d{at}internet((\"internet\"))")?;
        }
        for (from, to, text) in &edges {
            let text = if text.is_empty() { String::new() } else { format!("|\"{text}\"|") };
            writeln!(out, "    d{at}{from} -->{text} d{at}{to}")?;
        }
        writeln!(out, "  end")?;
    }
    Ok(())
}

/// Writes a Graphviz graph.
///
/// # Errors
/// What the stream says.
pub fn dot(map: &MapView, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "digraph deployments {{\n  rankdir=LR;\n  node [shape=box];")?;
    for (at, deployment) in map.deployments.iter().enumerate() {
        let (outside, edges) = edges(deployment);
        writeln!(
            out,
            "  subgraph cluster_{at} {{\n    label=\"{}: {}\";",
            deployment.platform,
            label(&deployment.name)
        )?;
        for (index, service) in deployment.services.iter().enumerate() {
            let app = service.application.as_ref().map_or_else(String::new, |app| format!("\\n{}", label(app)));
            writeln!(out, "    d{at}s{index} [label=\"{} ({}){app}\"];", label(&service.name), service.role)?;
        }
        for (index, name) in outside.iter().enumerate() {
            writeln!(out, "    d{at}p{index} [label=\"{}\", shape=ellipse];", label(name))?;
        }
        if edges.iter().any(|(from, ..)| from == "internet") {
            writeln!(out, "    d{at}internet [label=\"internet\", shape=circle];")?;
        }
        for (from, to, text) in &edges {
            writeln!(out, "    d{at}{from} -> d{at}{to} [label=\"{text}\"];")?;
        }
        writeln!(out, "  }}")?;
    }
    writeln!(out, "}}")
}
