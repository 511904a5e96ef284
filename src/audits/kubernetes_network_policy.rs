//! Pods that no network policy selects: everything in the cluster may connect to them.

use super::project::{ProjectAudit, ProjectMatch};
use crate::facts::deployment::{DeploymentFacts, KubernetesObject, KubernetesSpec, Workload};
use crate::model::{FileId, Place, Project};
use crate::syntax::FileKind;
use std::collections::BTreeMap;

/// One match for a folder and namespace without any policy, or for each workload that its policies leave out.
pub const NETWORK_POLICY: ProjectAudit = ProjectAudit {
    name: "kubernetes-network-policy",
    kinds: &[FileKind::Kubernetes, FileKind::Yaml],
    variants: &[],
    run,
};

/// Policies of network plugins, which this check does not read.
const OTHER_POLICIES: [&str; 4] =
    ["CiliumNetworkPolicy", "CiliumClusterwideNetworkPolicy", "GlobalNetworkPolicy", "AdminNetworkPolicy"];

/// Workloads that run once and serve nobody.
const JOBS: [&str; 2] = ["Job", "CronJob"];

/// Labels that a policy selects pods by.
type Labels<'p> = &'p [(String, String)];

type Served<'p> = (FileId, &'p KubernetesObject, &'p Workload);

fn run(project: &Project) -> Vec<ProjectMatch> {
    let mut policies: Vec<(Option<&str>, Labels<'_>)> = Vec::new();
    let mut groups: BTreeMap<(&str, Option<&str>), Vec<Served<'_>>> = BTreeMap::new();
    for (id, file) in project.files().filter(|(_, file)| file.part.is_none()) {
        let Some(DeploymentFacts::Kubernetes(objects)) = &file.deployment else { continue };
        let text = file.source.text();
        if OTHER_POLICIES.iter().any(|kind| text.contains(kind)) {
            return Vec::new();
        }
        let folder = file.path().rsplit_once('/').map_or("", |(folder, _)| folder);
        for object in objects {
            let namespace = object.namespace.as_deref();
            match &object.spec {
                KubernetesSpec::NetworkPolicy(selector) => policies.push((namespace, selector)),
                KubernetesSpec::Workload(workload) if is_served(object, workload) => {
                    groups.entry((folder, namespace)).or_default().push((id, object, workload));
                }
                _ => {}
            }
        }
    }
    let mut matches = Vec::new();
    for ((_, namespace), workloads) in groups {
        // Without a namespace somebody else (kustomize, helm, kubectl) chooses one.
        let here = |other: Option<&str>| other.is_none() || namespace.is_none() || other == namespace;
        let holding: Vec<_> =
            policies.iter().filter(|(other, _)| here(*other)).map(|(_, selector)| *selector).collect();
        let open: Vec<&Served<'_>> =
            workloads.iter().filter(|(.., one)| !holding.iter().any(|selector| selects(selector, one))).collect();
        let shown = if holding.is_empty() { open.len().min(1) } else { open.len() };
        for (id, object, _) in open.iter().take(shown) {
            let place = Place { file: *id, span: object.name.span };
            let mut found = ProjectMatch::new(place, format!("{}/{}", object.kind.text, object.name.text));
            let what = match open.len() {
                count if holding.is_empty() && count > 1 => {
                    format!("`{}` and {} more workloads", object.name.text, count - 1)
                }
                _ => format!("`{}`", object.name.text),
            };
            found.captures.push(("what".to_owned(), what));
            matches.push(found);
        }
    }
    matches
}

/// Whether other pods can connect to a workload: policies do not hold for those on the node's own network.
fn is_served(object: &KubernetesObject, workload: &Workload) -> bool {
    !JOBS.contains(&object.kind.text.as_str())
        && workload.host_network.is_none()
        && !workload.containers.is_empty()
        && !object.name.text.is_empty()
}

fn selects(selector: Labels<'_>, workload: &Workload) -> bool {
    selector.iter().all(|label| workload.labels.contains(label))
}
