//! The deployment graph: which services run, how requests reach them, and what they are told.
//!
//! Services come from compose files, manifests, units and Procfiles; images lead to Dockerfiles, commands to servers, servers
//! to applications; `proxy_pass`, upstreams and Ingresses lead to services. A repository can hold several deployments
//! (development and production, overlays): each is linked by itself. A joint that cannot be made is kept with the reason
//! ([`BrokenJoint`]), and nothing is concluded from it. This room knows facts and the other models; it knows no rule.

mod application;
mod code;
mod compose;
mod image;
mod ingress;
mod kubernetes;
mod machine;
mod names;
mod paths;
mod proxy;
mod role;
mod server;
mod service;
mod settings;
#[cfg(test)]
mod tests;

pub use application::Application;
pub use code::{Code, SetHeader, Site};
pub use image::ImageUser;
pub use ingress::IngressRef;
pub use machine::include_map;
pub use role::{Datastore, Password, Role};
pub use server::RunningServer;
pub use service::{Build, Publication, Service};
pub use settings::{Setting, SettingLayer, SettingValue};

use super::nginx::DirectiveId;
use super::{FileId, Place, Project};
use paths::Paths;

/// Something that a file says, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stated<T> {
    /// What it says.
    pub value: T,
    /// Where.
    pub place: Place,
}

impl<T> Stated<T> {
    /// A statement.
    pub const fn new(value: T, place: Place) -> Self {
        Self { value, place }
    }
}

/// What runs the services of a deployment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Platform {
    /// Docker compose or a swarm stack.
    Compose,
    /// Kubernetes.
    Kubernetes,
    /// A machine with systemd or supervisord.
    Machine,
    /// A platform that reads a Procfile.
    Procfile,
}

impl Platform {
    /// The name in reports.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Compose => "compose",
            Self::Kubernetes => "kubernetes",
            Self::Machine => "machine",
            Self::Procfile => "procfile",
        }
    }
}

/// One way in which the system of a repository is run.
#[derive(Debug, Clone)]
pub struct Deployment {
    /// The files that make it, as people name it: `docker-compose.yml + docker-compose.prod.yml`.
    pub name: String,
    /// What runs it.
    pub platform: Platform,
    /// Whether its files are for production, as far as their names say: all that are not for development or tests.
    pub is_production: bool,
    /// The files that make it, in order.
    pub files: Vec<FileId>,
    /// Its services, in order.
    pub services: Vec<Service>,
    /// Configurations of an nginx on the machine itself that leads to services: their outermost levels.
    pub host_nginx: Vec<DirectiveId>,
    /// How requests reach services through proxies.
    pub ways: Vec<Way>,
    /// Joints that could not be made.
    pub broken: Vec<BrokenJoint>,
}

/// A joint that could not be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BrokenJoint {
    /// What names the other end.
    pub place: Place,
    /// The end that is looked for: `the service app`.
    pub wanted: String,
    /// Why it was not found.
    pub reason: String,
}

/// Where a request comes in before it is passed on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Entrance {
    /// A block of an nginx configuration that passes requests on.
    Nginx {
        /// The block: a location, or an `if` in one.
        block: DirectiveId,
        /// The service that runs nginx; `None` for nginx on the machine itself.
        proxy: Option<usize>,
    },
    /// A rule of an Ingress.
    Ingress(IngressRef),
}

/// A way from a proxy to a service.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Way {
    /// Where the request comes in.
    pub entrance: Entrance,
    /// What names the service: the host in `proxy_pass`, the name in a rule.
    pub place: Place,
    /// Where a name in between is resolved: the `server` of an upstream, a Service.
    pub via: Option<Place>,
    /// The service, an index into the deployment's.
    pub target: usize,
    /// The port that is called, where it is known.
    pub port: Option<u16>,
}

impl Deployment {
    /// A deployment without services.
    fn new(name: String, platform: Platform, is_production: bool, files: Vec<FileId>) -> Self {
        Self {
            name,
            platform,
            is_production,
            files,
            services: Vec::new(),
            host_nginx: Vec::new(),
            ways: Vec::new(),
            broken: Vec::new(),
        }
    }

    /// Ways to a service.
    pub fn ways_to(&self, service: usize) -> impl Iterator<Item = &Way> {
        self.ways.iter().filter(move |way| way.target == service)
    }

    /// Whether a reverse proxy stands in front of a service, as far as it is known.
    pub fn is_proxied(&self, service: usize) -> bool {
        self.ways_to(service).next().is_some()
    }

    /// The service of a name.
    pub fn service_named(&self, name: &str) -> Option<usize> {
        names::find(&self.services, name)
    }
}

/// All deployments of a project.
#[derive(Debug, Default)]
pub struct Deployments {
    all: Vec<Deployment>,
}

impl Deployments {
    /// Links the deployments of a project.
    pub fn link(project: &Project) -> Self {
        let paths = Paths::new(project);
        let mut all = compose::deployments(project, &paths);
        all.extend(kubernetes::deployments(project, &paths));
        machine::link(project, &paths, &mut all);
        for deployment in &mut all {
            image::share_builds(deployment);
            application::link(project, &paths, deployment);
        }
        all.retain(|deployment| !deployment.services.is_empty());
        Self { all }
    }

    /// In order: compose, Kubernetes, machines, Procfiles, each by its files.
    pub fn iter(&self) -> impl Iterator<Item = &Deployment> {
        self.all.iter()
    }

    /// Those that are not for development or tests.
    pub fn production(&self) -> impl Iterator<Item = &Deployment> {
        self.all.iter().filter(|deployment| deployment.is_production)
    }
}
