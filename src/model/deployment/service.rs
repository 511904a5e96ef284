//! A service of a deployment: what runs, with what it is told and where it is reached.

use super::application::Application;
use super::image::ImageUser;
use super::settings::{Setting, Settings};
use super::{Role, RunningServer, Stated};
use crate::facts::deployment::{Bind, Mount};
use crate::model::nginx::DirectiveId;
use crate::model::{FileId, Place};
use std::collections::BTreeMap;

/// An image that is built from the repository.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Build {
    /// The Dockerfile.
    pub file: FileId,
    /// The stage that the image is.
    pub stage: usize,
    /// The context's folder, as reports show paths; empty for the top.
    pub context: String,
    /// What says so.
    pub place: Place,
}

/// A port that is open to the outside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Publication {
    /// Where that is said.
    pub place: Place,
    /// Whether it is open on every address of the host; `None` where a variable decides.
    pub is_on_all_addresses: Option<bool>,
    /// The port outside; `None` where it is chosen by chance or by a variable.
    pub outside: Option<u16>,
    /// The port of the container; `None` where a variable decides.
    pub inside: Option<u16>,
    /// How it is published: `ports`, `NodePort`, `LoadBalancer`, `hostPort`, `host network`.
    pub by: &'static str,
}

/// A service.
#[derive(Debug, Clone)]
pub struct Service {
    /// Its name: of the compose service, of workload and container, of the unit.
    pub name: String,
    /// Where it is declared.
    pub place: Place,
    /// Other names by which it is reached.
    pub aliases: Vec<String>,
    /// What it is for.
    pub role: Role,
    /// The image, variables put in; holes where one is unknown.
    pub image: Option<Stated<String>>,
    /// How the image is built, where the repository shows it.
    pub build: Option<Build>,
    /// Arguments of the build that compose hands over: name, value where known, place.
    pub build_args: Vec<(String, Option<String>, Place)>,
    /// The server that it starts, where one is known.
    pub server: Option<RunningServer>,
    /// Words of the command that it starts, as far as known: what a datastore is told by flags.
    pub command: Vec<Stated<String>>,
    pub(super) settings: Settings,
    /// Dotenv files that it reads, with the place that names each.
    pub env_files: Vec<(FileId, Place)>,
    /// Ports that are open to the outside.
    pub published: Vec<Publication>,
    /// Ports that the image or the manifest declares.
    pub exposed: Vec<Stated<u16>>,
    /// Networks by name; empty where there is only one.
    pub networks: Vec<String>,
    /// The host's network, and who says so.
    pub host_network: Option<Place>,
    /// Mounts, with the file that says so.
    pub mounts: Vec<(FileId, Mount)>,
    /// User by image and by deployment.
    pub image_user: Option<ImageUser>,
    /// User that the deployment sets.
    pub user: Option<Stated<String>>,
    /// `runAsNonRoot: true`.
    pub run_as_non_root: Option<Place>,
    /// Most replicas that run at a time, where it is said.
    pub replicas: Option<Stated<u32>>,
    /// Labels, as Traefik and its like read them.
    pub labels: Vec<(String, String, Place)>,
    /// The nginx configurations that it runs: their outermost levels.
    pub nginx: Vec<DirectiveId>,
    /// Services that it says it needs.
    pub depends_on: Vec<String>,
    /// The application that the server serves.
    pub application: Option<Application>,
}

impl Service {
    pub(super) fn new(name: String, place: Place) -> Self {
        Self {
            name,
            place,
            aliases: Vec::new(),
            role: Role::Other,
            image: None,
            build: None,
            build_args: Vec::new(),
            server: None,
            command: Vec::new(),
            settings: Settings::default(),
            env_files: Vec::new(),
            published: Vec::new(),
            exposed: Vec::new(),
            networks: Vec::new(),
            host_network: None,
            mounts: Vec::new(),
            image_user: None,
            user: None,
            run_as_non_root: None,
            replicas: None,
            labels: Vec::new(),
            nginx: Vec::new(),
            depends_on: Vec::new(),
            application: None,
        }
    }

    /// Its environment variables.
    pub fn variables(&self) -> &BTreeMap<String, Setting> {
        &self.settings.all
    }

    /// Whether it has variables that no file of the project shows: then nothing can be said about one that is missing.
    pub fn has_unknown_variables(&self) -> bool {
        self.settings.has_unknown
    }

    /// How many worker processes its server starts, where it is said.
    pub fn workers(&self) -> Option<Stated<u32>> {
        self.server.as_ref()?.workers(self.variables())
    }

    /// Whose forwarding headers its server believes; `None` where that is not known.
    pub fn trusted_proxies(&self) -> Option<Stated<String>> {
        self.server.as_ref()?.trusted_proxies(self.variables())
    }

    /// Where its server listens.
    pub fn binds(&self) -> Vec<Stated<Bind>> {
        self.server.as_ref().map(|server| server.binds(self.variables())).unwrap_or_default()
    }

    /// The ports that it listens on, as far as its command says; else those of its kind; else those it declares.
    pub fn ports(&self) -> Vec<u16> {
        let bound: Vec<u16> = self.binds().iter().filter_map(|bind| bind.value.port_number()).collect();
        let mut ports = match (bound.is_empty(), self.role) {
            (false, _) => bound,
            (true, Role::Datastore(store)) => store.ports.to_vec(),
            _ => self.exposed.iter().map(|port| port.value).collect(),
        };
        ports.sort_unstable();
        ports.dedup();
        ports
    }

    /// Whether two services can talk to each other as far as networks say.
    pub fn shares_network(&self, other: &Self) -> bool {
        self.host_network.is_some()
            || other.host_network.is_some()
            || self.networks == other.networks
            || self.networks.iter().any(|network| other.networks.contains(network))
    }

    /// A published port that others than this machine reach.
    pub fn open_port(&self) -> Option<&Publication> {
        self.published.iter().find(|port| port.is_on_all_addresses == Some(true))
    }
}
