//! What the map shows, as plain data.

use crate::model::deployment::{Deployment, Entrance, Service, Way};
use crate::model::nginx::Directive;
use crate::model::{Place, Project};
use serde::Serialize;

/// The whole map.
#[derive(Debug, Serialize)]
pub struct MapView {
    /// The version of this format.
    pub version: u32,
    /// In order.
    pub deployments: Vec<DeploymentView>,
}

/// One deployment.
#[derive(Debug, Serialize)]
pub struct DeploymentView {
    /// The files that make it.
    pub name: String,
    /// `compose`, `kubernetes`, `machine` or `procfile`.
    pub platform: &'static str,
    /// Whether its files are not for development or tests.
    pub production: bool,
    /// In order.
    pub services: Vec<ServiceView>,
    /// From proxies to services.
    pub ways: Vec<WayView>,
    /// Joints that could not be made.
    pub broken: Vec<JointView>,
}

/// A place in a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PlaceView {
    /// Path as reports show it.
    pub file: String,
    /// 1-based.
    pub line: u32,
}

/// A service.
#[derive(Debug, Serialize)]
pub struct ServiceView {
    /// Its name.
    pub name: String,
    /// What it is for.
    pub role: &'static str,
    /// Where it is declared.
    pub place: PlaceView,
    /// Its image as far as it is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub image: Option<String>,
    /// The Dockerfile that builds it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dockerfile: Option<String>,
    /// The server that it starts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub server: Option<&'static str>,
    /// Where the server's command stands.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub command: Option<PlaceView>,
    /// The application: file and object.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub application: Option<String>,
    /// Ports that it listens on.
    pub listens: Vec<u16>,
    /// Ports that are open to the outside.
    pub published: Vec<PortView>,
    /// Networks by name.
    pub networks: Vec<String>,
    /// Worker processes, where it is said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub workers: Option<u32>,
    /// Replicas, where it is said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub replicas: Option<u32>,
    /// Names of its environment variables.
    pub variables: Vec<String>,
    /// Whether it has variables that no scanned file shows.
    pub unknown_variables: bool,
}

/// A published port.
#[derive(Debug, Serialize)]
pub struct PortView {
    /// Outside; `null` where it is not known.
    pub outside: Option<u16>,
    /// In the container; `null` where it is not known.
    pub inside: Option<u16>,
    /// Whether every address of the host has it; `null` where it is not known.
    pub all_addresses: Option<bool>,
    /// `ports`, `NodePort`, `LoadBalancer` or `hostPort`.
    pub by: &'static str,
}

/// A way from a proxy to a service.
#[derive(Debug, Serialize)]
pub struct WayView {
    /// Name of the service that runs the proxy; `nginx` on the machine, `ingress`.
    pub proxy: String,
    /// Host names that the way is for.
    pub hosts: Vec<String>,
    /// The path as the proxy has it: `/api/`, `= /x`, `~ \.php$`.
    pub path: String,
    /// The service.
    pub service: String,
    /// The port, where it is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub port: Option<u16>,
    /// What names the service.
    pub place: PlaceView,
}

/// A joint that could not be made.
#[derive(Debug, Serialize)]
pub struct JointView {
    /// What was looked for.
    pub wanted: String,
    /// Why it was not found.
    pub reason: String,
    /// What names it.
    pub place: PlaceView,
}

/// What the map of a project shows.
pub fn view(project: &Project) -> MapView {
    let deployments = project.deployments().iter().map(|deployment| deployment_view(project, deployment)).collect();
    MapView { version: 1, deployments }
}

fn place(project: &Project, place: Place) -> PlaceView {
    let file = project.file(place.file);
    PlaceView { file: file.path().to_owned(), line: file.source.line_of(place.span.start) }
}

fn deployment_view(project: &Project, deployment: &Deployment) -> DeploymentView {
    DeploymentView {
        name: deployment.name.clone(),
        platform: deployment.platform.name(),
        production: deployment.is_production,
        services: deployment.services.iter().map(|service| service_view(project, service)).collect(),
        ways: deployment.ways.iter().map(|way| way_view(project, deployment, way)).collect(),
        broken: deployment
            .broken
            .iter()
            .map(|joint| JointView {
                wanted: joint.wanted.clone(),
                reason: joint.reason.clone(),
                place: place(project, joint.place),
            })
            .collect(),
    }
}

fn service_view(project: &Project, service: &Service) -> ServiceView {
    let path = |file| project.file(file).path().to_owned();
    let mut published: Vec<PortView> = service
        .published
        .iter()
        .map(|port| PortView {
            outside: port.outside,
            inside: port.inside,
            all_addresses: port.is_on_all_addresses,
            by: port.by,
        })
        .collect();
    published.dedup_by(|later, first| (later.outside, later.inside) == (first.outside, first.inside));
    ServiceView {
        name: service.name.clone(),
        role: service.role.name(),
        place: place(project, service.place),
        image: service.image.as_ref().map(|image| crate::query::values::hole::readable(&image.value)),
        dockerfile: service.build.as_ref().map(|build| path(build.file)),
        server: service.server.as_ref().map(|server| server.server().name()),
        command: service.server.as_ref().map(|server| place(project, server.place())),
        application: service.application.as_ref().map(|app| format!("{}:{}", path(app.file), app.object)),
        listens: service.ports(),
        published,
        networks: service.networks.clone(),
        workers: service.workers().map(|workers| workers.value),
        replicas: service.replicas.as_ref().map(|replicas| replicas.value),
        variables: service.variables().keys().cloned().collect(),
        unknown_variables: service.has_unknown_variables(),
    }
}

fn way_view(project: &Project, deployment: &Deployment, way: &Way) -> WayView {
    let (proxy, hosts, path) = match way.entrance {
        Entrance::Nginx { block, proxy } => {
            let name = proxy.map_or_else(|| "nginx".to_owned(), |proxy| deployment.services[proxy].name.clone());
            let block = project.nginx().directive(block);
            let server = block.levels().find(|level| level.name() == "server");
            let hosts = server.into_iter().flat_map(|server| {
                server.children_named("server_name").flat_map(Directive::arguments).collect::<Vec<_>>()
            });
            let path = block.location().map_or_else(String::new, |location| location.arguments().join(" "));
            (name, hosts.map(str::to_owned).collect(), path)
        }
        Entrance::Ingress(reference) => {
            let rule = reference.rule(project);
            let host = rule.and_then(|rule| rule.host.as_ref()).map(|host| host.text.clone());
            let path = rule.and_then(|rule| rule.path.as_ref()).map_or_else(String::new, |path| path.text.clone());
            ("ingress".to_owned(), host.into_iter().collect(), path)
        }
    };
    WayView {
        proxy,
        hosts,
        path,
        service: deployment.services[way.target].name.clone(),
        port: way.port,
        place: place(project, way.place),
    }
}
