//! What a file says about how the system runs: services, images, commands, ports, variables.
//!
//! Facts of one file, as it is written; whatever takes two files (override files, `env_file`, a Service and its pods, an
//! image and its Dockerfile) is the deployment model's work. Knows trees; knows no other file.

mod command;
mod command_line;
mod command_options;
mod compose;
mod dockerfile;
mod ignore;
mod image_build;
mod kubernetes;
mod python_server;
mod unit;
mod variable;
mod word;
mod yaml;

pub use command::{Bind, Server, ServerCommand, ServerOption, server_of_words, servers_of_commands};
pub use command_line::{CommandLine, server_commands};
pub use compose::{Build, ComposeFile, ComposeNetwork, ComposeService, Extends, Mount, Published};
pub use dockerfile::{Argument, Copy, Dockerfile, Stage};
pub use ignore::DockerIgnore;
pub use image_build::ImageBuild;
pub use kubernetes::{
    Container, Ingress, IngressRule, KubernetesObject, KubernetesService, KubernetesSpec, ServicePort, Workload,
};
pub use unit::Process;
pub use variable::{Variable, VariableValue};
pub use word::{Word, commands_of_text, split};

use crate::syntax::{FileKind, NodeId, Tree};
use word::commands_of_script;

/// The kinds of files that say something about how a system runs, but for nginx.
pub const DEPLOYMENT_KINDS: &[FileKind] = &[
    FileKind::Compose,
    FileKind::Kubernetes,
    FileKind::Yaml,
    FileKind::Dockerfile,
    FileKind::SystemdUnit,
    FileKind::Supervisord,
    FileKind::Procfile,
    FileKind::Dotenv,
    FileKind::Shell,
    FileKind::Python,
    FileKind::GithubWorkflow,
    FileKind::GitlabCi,
    FileKind::DockerIgnore,
];

/// What one file says about how the system runs.
#[derive(Debug, Clone)]
pub enum DeploymentFacts {
    /// A compose file.
    Compose(Box<ComposeFile>),
    /// Objects of a manifest.
    Kubernetes(Vec<KubernetesObject>),
    /// A Dockerfile.
    Dockerfile(Box<Dockerfile>),
    /// Units, programs, processes.
    Processes(Vec<Process>),
    /// A dotenv file.
    Environment(Vec<Variable>),
    /// Commands of a shell script, each its words.
    Script(Vec<Vec<Word>>),
    /// Servers that a Python file starts or configures.
    Servers(Vec<ServerCommand>),
    /// Images that a pipeline builds.
    ImageBuilds(Vec<ImageBuild>),
    /// A `.dockerignore`.
    Ignore(DockerIgnore),
}

impl DeploymentFacts {
    /// What a file says; `None` when it says nothing about it.
    pub fn collect(tree: &Tree, kind: FileKind, place: &str) -> Option<Self> {
        let name = place.rsplit('/').next().unwrap_or(place);
        let facts = match kind {
            _ if matches!(name, "kustomization.yaml" | "kustomization.yml" | "Kustomization") => {
                Self::Kubernetes(kubernetes::kustomization(tree))
            }
            FileKind::Compose => Self::Compose(Box::new(compose::collect(tree))),
            FileKind::Kubernetes => Self::Kubernetes(kubernetes::collect(tree)),
            FileKind::Dockerfile => Self::Dockerfile(Box::new(dockerfile::collect(tree))),
            FileKind::SystemdUnit | FileKind::Supervisord | FileKind::Procfile => {
                Self::Processes(unit::collect(tree, kind, place))
            }
            FileKind::Dotenv => Self::Environment(unit::variables(tree)),
            FileKind::Shell => {
                let mut commands = commands_of_script(tree, NodeId::ROOT);
                commands.iter_mut().flatten().for_each(|word| word.span = tree.to_file(word.span));
                Self::Script(commands)
            }
            FileKind::Python => {
                let mut servers = python_server::server_commands(tree, place);
                for server in &mut servers {
                    server.map_spans(&|span| tree.to_file(span));
                }
                if servers.is_empty() {
                    return None;
                }
                Self::Servers(servers)
            }
            FileKind::GithubWorkflow | FileKind::GitlabCi => Self::ImageBuilds(image_build::collect(tree)),
            FileKind::DockerIgnore => Self::Ignore(DockerIgnore::new(tree.text())),
            _ => return None,
        };
        Some(facts)
    }
}
