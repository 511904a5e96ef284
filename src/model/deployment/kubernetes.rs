//! Manifests made into deployments: workloads with the Services and Ingresses that lead to them.

use super::image::{self, SaidCommand};
use super::ingress::{IngressRef, link_ingress};
use super::paths::{Paths, facts, folder_of, join};
use super::service::{Build, Publication, Service};
use super::settings::{Setting, SettingLayer, SettingValue};
use super::{BrokenJoint, Deployment, Platform, Stated, role};
use crate::facts::deployment::{
    Container, DeploymentFacts, KubernetesObject, KubernetesService, KubernetesSpec, VariableValue, Word, Workload,
};
use crate::model::{FileId, Place, Project};
use crate::query::is_for_development;
use crate::query::values::hole::{self, Notation};
use std::collections::{BTreeMap, BTreeSet};

/// How deep kustomizations are followed.
const MAX_DEPTH: usize = 8;

/// Folders that name an environment: each is a deployment of its own.
const ENVIRONMENTS: [&str; 12] =
    ["prod", "production", "live", "prd", "staging", "stage", "dev", "development", "test", "qa", "uat", "preview"];

/// An object and where it stands.
pub(super) type Object<'p> = (FileId, usize, &'p KubernetesObject);

/// The deployments of all manifests.
pub(super) fn deployments(project: &Project, paths: &Paths) -> Vec<Deployment> {
    let elsewhere = image::built_elsewhere(project, paths);
    let mut all = Vec::new();
    for (name, files) in groups(project, paths) {
        let is_production = !is_for_development(&name);
        let mut deployment =
            Deployment::new(name, Platform::Kubernetes, is_production, files.iter().copied().collect());
        let objects: Vec<Object<'_>> = files
            .iter()
            .flat_map(|&file| objects_of(project, file).iter().enumerate().map(move |(at, object)| (file, at, object)))
            .collect();
        link(project, paths, &objects, &elsewhere, &mut deployment);
        all.push(deployment);
    }
    all
}

/// The objects of a file.
pub(super) fn objects_of(project: &Project, file: FileId) -> &[KubernetesObject] {
    match project.file(file).deployment.as_ref() {
        Some(DeploymentFacts::Kubernetes(objects)) => objects,
        _ => &[],
    }
}

/// Files that are applied together, by what they are called in reports.
fn groups(project: &Project, paths: &Paths) -> BTreeMap<String, BTreeSet<FileId>> {
    let mut groups: BTreeMap<String, BTreeSet<FileId>> = BTreeMap::new();
    let mut kustomized: BTreeSet<FileId> = BTreeSet::new();
    let mut referenced: BTreeSet<FileId> = BTreeSet::new();
    let mut roots = Vec::new();
    for (id, path, facts) in facts(project) {
        let DeploymentFacts::Kubernetes(objects) = facts else { continue };
        if is_kustomization(objects) {
            let mut files = BTreeSet::new();
            resources(project, paths, id, 0, &mut files, &mut referenced);
            kustomized.extend(&files);
            roots.push((id, folder_of(path).to_owned(), files));
        }
    }
    for (id, folder, files) in roots {
        if !referenced.contains(&id) {
            groups.insert(if folder.is_empty() { ".".to_owned() } else { folder }, files);
        }
    }
    let mut seen: BTreeMap<(String, String, String), String> = BTreeMap::new();
    for (id, path, facts) in facts(project) {
        let DeploymentFacts::Kubernetes(objects) = facts else { continue };
        if kustomized.contains(&id) || objects.is_empty() || is_kustomization(objects) {
            continue;
        }
        let folder = folder_of(path);
        let parts: Vec<&str> = folder.split('/').collect();
        let mut group = match parts.iter().position(|part| ENVIRONMENTS.contains(&part.to_ascii_lowercase().as_str())) {
            Some(at) => parts[..=at].join("/"),
            None => "manifests".to_owned(),
        };
        // The same object twice: two deployments side by side, each in its folder.
        for object in objects {
            let key =
                (object.kind.text.clone(), object.namespace.clone().unwrap_or_default(), object.name.text.clone());
            let first = seen.entry(key).or_insert_with(|| folder.to_owned());
            if first != folder && !object.name.text.is_empty() && matches!(object.spec, KubernetesSpec::Workload(_)) {
                folder.clone_into(&mut group);
            }
        }
        groups.entry(group).or_default().insert(id);
    }
    groups
}

fn is_kustomization(objects: &[KubernetesObject]) -> bool {
    objects.first().is_some_and(|object| matches!(object.spec, KubernetesSpec::Kustomization(_)))
}

fn resources(
    project: &Project,
    paths: &Paths,
    id: FileId,
    depth: usize,
    files: &mut BTreeSet<FileId>,
    referenced: &mut BTreeSet<FileId>,
) {
    if depth > MAX_DEPTH {
        return;
    }
    let folder = folder_of(project.file(id).path());
    for object in objects_of(project, id) {
        let KubernetesSpec::Kustomization(resources_of) = &object.spec else { continue };
        for resource in resources_of {
            let path = join(folder, &resource.text);
            let nested = ["kustomization.yaml", "kustomization.yml", "Kustomization"];
            if let Some(file) = paths.file(&path) {
                files.insert(file);
            } else if let Some(file) = nested.iter().find_map(|name| paths.file(&join(&path, name)))
                && file != id
            {
                referenced.insert(file);
                resources(project, paths, file, depth + 1, files, referenced);
            }
        }
    }
}

fn link(
    project: &Project,
    paths: &Paths,
    objects: &[Object<'_>],
    elsewhere: &BTreeMap<String, Build>,
    deployment: &mut Deployment,
) {
    // By namespace and name: where each Service leads.
    let mut pods: Vec<Pod<'_>> = Vec::new();
    for (file, _, object) in objects {
        let KubernetesSpec::Workload(workload) = &object.spec else { continue };
        // A patch of an overlay names a workload that another file has whole.
        if workload.containers.iter().all(|container| container.image.is_none()) {
            continue;
        }
        let first = deployment.services.len();
        for container in &workload.containers {
            let service = service(project, paths, objects, (*file, object, workload, container), elsewhere, deployment);
            deployment.services.push(service);
        }
        pods.push(Pod { namespace: object.namespace.as_deref(), workload, services: first..deployment.services.len() });
    }
    for (file, at, object) in objects {
        match &object.spec {
            KubernetesSpec::Service(service) => expose(*file, object, service, &pods, deployment),
            KubernetesSpec::Ingress(ingress) => {
                let reference = IngressRef { file: *file, object: *at, rule: 0 };
                link_ingress(objects, object, ingress, reference, &pods, deployment);
            }
            _ => {}
        }
    }
}

/// A workload's pods and their containers.
pub(super) struct Pod<'p> {
    pub namespace: Option<&'p str>,
    pub workload: &'p Workload,
    /// Its containers, by index into the deployment's services.
    pub services: std::ops::Range<usize>,
}

impl Pod<'_> {
    /// Whether a selector of a namespace means it.
    pub fn is_selected(&self, namespace: Option<&str>, selector: &[(String, String)]) -> bool {
        let same = namespace.unwrap_or("default") == self.namespace.unwrap_or("default");
        same && !selector.is_empty() && selector.iter().all(|label| self.workload.labels.contains(label))
    }

    /// The container that a port of the pod belongs to, and its number.
    pub fn container_of_port(&self, target: &str, services: &[Service]) -> Option<(usize, Option<u16>)> {
        let containers = self.services.clone().zip(&self.workload.containers);
        for (index, container) in containers {
            for (number, name) in &container.ports {
                if number.text == target || name.as_deref() == Some(target) {
                    return Some((index, number.text.parse().ok()));
                }
            }
        }
        let number: Option<u16> = target.parse().ok();
        if let Some(number) = number
            && let Some(index) = self.services.clone().find(|&index| services[index].ports().contains(&number))
        {
            return Some((index, Some(number)));
        }
        // A pod of one container needs no list of ports.
        (self.services.len() == 1 && number.is_some()).then_some((self.services.start, number))
    }
}

fn service(
    project: &Project,
    paths: &Paths,
    objects: &[Object<'_>],
    (file, object, workload, container): (FileId, &KubernetesObject, &Workload, &Container),
    elsewhere: &BTreeMap<String, Build>,
    deployment: &mut Deployment,
) -> Service {
    let place = |word: &Word| Place { file, span: word.span };
    let name = match workload.containers.len() {
        1 => object.name.text.clone(),
        _ => format!("{}/{}", object.name.text, container.name.text),
    };
    let mut service = Service::new(name, place(&container.name));
    if let Some(image) = &container.image {
        let text = hole::expand(&image.text, Notation::Braces, &|_| None);
        service.role = role::of_image(&text);
        if let Some(build) = image::repository(&text).and_then(|name| elsewhere.get(&name)) {
            image::apply_build(project, &mut service, build.clone());
        }
        service.image = Some(Stated::new(text, place(image)));
    }
    variables(objects, (file, object, container), &mut service);
    service.host_network = workload.host_network.map(|span| Place { file, span });
    let user = container.run_as_user.as_ref().or(workload.run_as_user.as_ref());
    service.user = user.map(|user| Stated::new(user.text.clone(), place(user)));
    let non_root = container.run_as_non_root.as_ref().or(workload.run_as_non_root.as_ref());
    service.run_as_non_root = non_root.filter(|word| word.text == "true").map(place);
    service.replicas = replicas(objects, object, workload, file);
    for (port, _) in &container.ports {
        service.exposed.extend(port.text.parse().ok().map(|number| Stated::new(number, place(port))));
    }
    for (host, inside) in &container.host_ports {
        service.published.push(Publication {
            place: place(host),
            is_on_all_addresses: Some(true),
            outside: host.text.parse().ok(),
            inside: inside.text.parse().ok(),
            by: "hostPort",
        });
    }
    let said = |said: &Option<(crate::facts::deployment::CommandLine, crate::source::Span)>| {
        let (line, span) = said.as_ref()?;
        Some(SaidCommand { file, line: line.clone(), place: Place { file, span: *span } })
    };
    let image = service.build.as_ref().map_or((None, None), |build| image::image_command(project, build));
    let (entrypoint, command) = image::final_command(image, said(&container.command), said(&container.args));
    image::start(project, paths, &mut service, entrypoint.as_ref(), command.as_ref());
    if service.server.is_none() && service.build.is_none() && service.role == super::Role::Other {
        deployment.broken.push(BrokenJoint {
            place: service.image.as_ref().map_or(service.place, |image| image.place),
            wanted: format!("what the container `{}` runs", service.name),
            reason: "no command is given, and nothing scanned builds this image".into(),
        });
    }
    service
}

/// The most replicas: of the workload, or of an autoscaler that is about it.
fn replicas(
    objects: &[Object<'_>],
    object: &KubernetesObject,
    workload: &Workload,
    file: FileId,
) -> Option<Stated<u32>> {
    let scaled = objects.iter().find_map(|(file, _, other)| match &other.spec {
        KubernetesSpec::Autoscaler(target, Some(most))
            if *target == object.name.text && other.namespace == object.namespace =>
        {
            Some((*file, most))
        }
        _ => None,
    });
    let (file, word) = scaled.or_else(|| workload.replicas.as_ref().map(|word| (file, word)))?;
    Some(Stated::new(word.text.parse().ok()?, Place { file, span: word.span }))
}

fn variables(
    objects: &[Object<'_>],
    (file, object, container): (FileId, &KubernetesObject, &Container),
    service: &mut Service,
) {
    for (name, prefix) in &container.config_maps {
        match find_data(objects, object, &name.text, false) {
            Some((from, data)) => {
                for (key, value) in data {
                    let value_of = match value {
                        Some(word) => SettingValue::Known(word.text.clone()),
                        None => SettingValue::Known(String::new()),
                    };
                    let span = value.as_ref().map_or(key.span, |word| word.span);
                    let setting =
                        Setting { value: value_of, place: Place { file: from, span }, layer: SettingLayer::EnvFrom };
                    service.settings.all.insert(format!("{prefix}{}", key.text), setting);
                }
            }
            None => service.settings.has_unknown = true,
        }
    }
    for (name, prefix) in &container.secrets {
        match find_data(objects, object, &name.text, true).filter(|(_, data)| !data.is_empty()) {
            Some((from, data)) => {
                for (key, value) in data {
                    let span = value.as_ref().map_or(key.span, |word| word.span);
                    let setting = Setting {
                        value: SettingValue::Secret,
                        place: Place { file: from, span },
                        layer: SettingLayer::EnvFrom,
                    };
                    service.settings.all.insert(format!("{prefix}{}", key.text), setting);
                }
            }
            None => service.settings.has_unknown = true,
        }
    }
    service.settings.add(file, &container.environment, SettingLayer::Service, &|_| None);
    // Values that a ConfigMap of the repository has.
    for variable in &container.environment {
        let VariableValue::ConfigMap { name, key } = &variable.value else { continue };
        let Some((from, data)) = find_data(objects, object, name, false) else { continue };
        if let Some(word) = data.iter().find(|(known, _)| known.text == *key).and_then(|(_, value)| value.as_ref()) {
            let setting = Setting {
                value: SettingValue::Known(word.text.clone()),
                place: Place { file: from, span: word.span },
                layer: SettingLayer::Service,
            };
            service.settings.all.insert(variable.name.text.clone(), setting);
        }
    }
}

type Data<'p> = (FileId, &'p [(Word, Option<Word>)]);

fn find_data<'p>(objects: &[Object<'p>], of: &KubernetesObject, name: &str, is_secret: bool) -> Option<Data<'p>> {
    objects.iter().find_map(|(file, _, object)| match &object.spec {
        KubernetesSpec::ConfigMap(data)
            if !is_secret && object.name.text == name && object.namespace == of.namespace =>
        {
            Some((*file, data.as_slice()))
        }
        KubernetesSpec::Secret(data) if is_secret && object.name.text == name && object.namespace == of.namespace => {
            Some((*file, data.as_slice()))
        }
        _ => None,
    })
}

/// What a Service opens to the outside.
fn expose(
    file: FileId,
    object: &KubernetesObject,
    service: &KubernetesService,
    pods: &[Pod<'_>],
    deployment: &mut Deployment,
) {
    let Some(kind) = &service.service_type else { return };
    let by = match kind.text.as_str() {
        "NodePort" => "NodePort",
        "LoadBalancer" => "LoadBalancer",
        _ => return,
    };
    for port in &service.ports {
        let target = port.target.as_ref().unwrap_or(&port.port);
        for pod in pods.iter().filter(|pod| pod.is_selected(object.namespace.as_deref(), &service.selector)) {
            let Some((index, inside)) = pod.container_of_port(&target.text, &deployment.services) else { continue };
            let outside = if by == "NodePort" { port.node_port.as_ref() } else { Some(&port.port) };
            deployment.services[index].published.push(Publication {
                place: Place { file, span: kind.span },
                is_on_all_addresses: Some(true),
                outside: outside.and_then(|word| word.text.parse().ok()),
                inside,
                by,
            });
        }
    }
}
