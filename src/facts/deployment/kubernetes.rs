//! Objects of Kubernetes manifests: workloads, Services, Ingresses, policies, ConfigMaps and Secrets.
//!
//! Objects as they are written; which Service leads to which pod is for the model to say. Follows the Kubernetes API
//! reference (v1, apps/v1, batch/v1, networking.k8s.io/v1 and its betas, autoscaling).

use super::command_line::CommandLine;
use super::compose::command;
use super::variable::{Variable, VariableValue};
use super::word::Word;
use super::yaml::Yaml;
use crate::source::Span;
use crate::syntax::Tree;

/// Lists in lists: deeper ones are left out.
const MAX_LISTS: usize = 4;

/// One object.
#[derive(Debug, Clone)]
pub struct KubernetesObject {
    /// `kind`.
    pub kind: Word,
    /// `metadata.name`; empty for `generateName`.
    pub name: Word,
    /// `metadata.namespace`.
    pub namespace: Option<String>,
    /// What matters of it.
    pub spec: KubernetesSpec,
}

/// What matters of an object.
#[derive(Debug, Clone)]
pub enum KubernetesSpec {
    /// Something that runs containers.
    Workload(Box<Workload>),
    /// A Service.
    Service(KubernetesService),
    /// An Ingress.
    Ingress(Ingress),
    /// A `NetworkPolicy` that restricts who connects: labels of the pods it is about.
    NetworkPolicy(Vec<(String, String)>),
    /// A `ConfigMap`: keys and values.
    ConfigMap(Vec<(Word, Option<Word>)>),
    /// A Secret: keys and values, those of `data` still encoded.
    Secret(Vec<(Word, Option<Word>)>),
    /// An autoscaler: name of its target, most replicas.
    Autoscaler(String, Option<Word>),
    /// A file of kustomize: paths of resources as written.
    Kustomization(Vec<Word>),
}

/// Something that runs pods.
#[derive(Debug, Clone, Default)]
pub struct Workload {
    /// `replicas`.
    pub replicas: Option<Word>,
    /// Labels of its pods.
    pub labels: Vec<(String, String)>,
    /// Containers that stay; those of `initContainers` are left out.
    pub containers: Vec<Container>,
    /// `hostNetwork: true`.
    pub host_network: Option<Span>,
    /// `runAsUser` of the pod.
    pub run_as_user: Option<Word>,
    /// `runAsNonRoot` of the pod.
    pub run_as_non_root: Option<Word>,
}

/// A container of a pod.
#[derive(Debug, Clone, Default)]
pub struct Container {
    /// Its name.
    pub name: Word,
    /// `image`.
    pub image: Option<Word>,
    /// `command`, and where it stands.
    pub command: Option<(CommandLine, Span)>,
    /// `args`, and where they stand.
    pub args: Option<(CommandLine, Span)>,
    /// `env`.
    pub environment: Vec<Variable>,
    /// Names of `ConfigMap`s in `envFrom`, with their prefix.
    pub config_maps: Vec<(Word, String)>,
    /// Names of Secrets in `envFrom`, with their prefix.
    pub secrets: Vec<(Word, String)>,
    /// Ports that it says it listens on: number and name.
    pub ports: Vec<(Word, Option<String>)>,
    /// `hostPort`s.
    pub host_ports: Vec<(Word, Word)>,
    /// `runAsUser` of the container.
    pub run_as_user: Option<Word>,
    /// `runAsNonRoot` of the container.
    pub run_as_non_root: Option<Word>,
}

/// A Service.
#[derive(Debug, Clone, Default)]
pub struct KubernetesService {
    /// `type`.
    pub service_type: Option<Word>,
    /// Labels of the pods it leads to.
    pub selector: Vec<(String, String)>,
    /// Its ports.
    pub ports: Vec<ServicePort>,
}

/// A port of a Service.
#[derive(Debug, Clone)]
pub struct ServicePort {
    /// `port`.
    pub port: Word,
    /// `targetPort`, number or name.
    pub target: Option<Word>,
    /// Its name.
    pub name: Option<String>,
    /// `nodePort`.
    pub node_port: Option<Word>,
}

/// An Ingress.
#[derive(Debug, Clone, Default)]
pub struct Ingress {
    /// Class by field or annotation.
    pub class: Option<String>,
    /// Annotations.
    pub annotations: Vec<(Word, Word)>,
    /// Where `tls` stands, and its hosts; none means all.
    pub tls: Option<(Span, Vec<String>)>,
    /// Rules in order; a default backend has no path.
    pub rules: Vec<IngressRule>,
}

impl Ingress {
    /// An annotation by the end of its name: `proxy-body-size`.
    pub fn annotation(&self, name: &str) -> Option<&(Word, Word)> {
        self.annotations.iter().find(|(key, _)| key.text.strip_suffix(name).is_some_and(|rest| rest.ends_with('/')))
    }
}

/// A rule of an Ingress.
#[derive(Debug, Clone)]
pub struct IngressRule {
    /// Host; `None` means all.
    pub host: Option<Word>,
    /// Path.
    pub path: Option<Word>,
    /// Name of the Service.
    pub service: Word,
    /// Its port, number or name.
    pub port: Option<Word>,
}

/// Reads the objects of a manifest.
pub(super) fn collect(tree: &Tree) -> Vec<KubernetesObject> {
    let mut objects = Vec::new();
    for document in Yaml::documents(tree) {
        object(document, 0, &mut objects);
    }
    objects
}

/// Reads a file of kustomize.
pub(super) fn kustomization(tree: &Tree) -> Vec<KubernetesObject> {
    let document = Yaml::documents(tree).next();
    let Some(document) = document.filter(|document| document.is_mapping()) else { return Vec::new() };
    let resources: Vec<Word> = ["resources", "bases", "components", "patchesStrategicMerge"]
        .into_iter()
        .filter_map(|key| document.get(key))
        .flat_map(Yaml::words)
        .chain(
            document
                .get("patches")
                .map(Yaml::items)
                .unwrap_or_default()
                .into_iter()
                .filter_map(|it| it.word_of("path")),
        )
        .collect();
    let namespace = document.string("namespace").map(str::to_owned);
    let place = Word::new("Kustomization", Span::at(document.span().start));
    vec![KubernetesObject {
        kind: place.clone(),
        name: Word::new("", place.span),
        namespace,
        spec: KubernetesSpec::Kustomization(resources),
    }]
}

fn object(document: Yaml<'_>, depth: usize, objects: &mut Vec<KubernetesObject>) {
    let Some(kind) = document.word_of("kind") else { return };
    if kind.text.ends_with("List") && depth < MAX_LISTS {
        for item in document.get("items").map(Yaml::items).unwrap_or_default() {
            object(item, depth + 1, objects);
        }
        return;
    }
    let spec = document.get("spec");
    let spec = match kind.text.as_str() {
        "Pod" => document.get("spec").map(|spec| pod(spec, document, None)),
        "Deployment" | "StatefulSet" | "DaemonSet" | "ReplicaSet" | "ReplicationController" | "Rollout" => spec
            .and_then(|spec| {
                Some(pod(spec.path(&["template", "spec"])?, spec.get("template")?, spec.word_of("replicas")))
            }),
        "Job" => spec.and_then(|spec| Some(pod(spec.path(&["template", "spec"])?, spec.get("template")?, None))),
        "CronJob" => spec
            .and_then(|spec| spec.path(&["jobTemplate", "spec", "template"]))
            .and_then(|template| Some(pod(template.get("spec")?, template, None))),
        "Service" => spec.map(|spec| KubernetesSpec::Service(service(spec))),
        "Ingress" => Some(KubernetesSpec::Ingress(ingress(document, spec))),
        "NetworkPolicy" => spec.and_then(|spec| {
            let restricts = spec.get("ingress").is_some()
                || spec.get("policyTypes").is_none_or(|types| types.words().iter().any(|it| it.text == "Ingress"));
            restricts.then(|| {
                KubernetesSpec::NetworkPolicy(
                    spec.path(&["podSelector", "matchLabels"]).map(labels).unwrap_or_default(),
                )
            })
        }),
        "ConfigMap" => Some(KubernetesSpec::ConfigMap(data(document, &["data"]))),
        "Secret" => Some(KubernetesSpec::Secret(data(document, &["stringData", "data"]))),
        "ExternalSecret" | "SealedSecret" | "SecretProviderClass" => Some(KubernetesSpec::Secret(Vec::new())),
        "HorizontalPodAutoscaler" => spec.map(|spec| {
            let target = spec.path(&["scaleTargetRef", "name"]).and_then(Yaml::text).unwrap_or("");
            KubernetesSpec::Autoscaler(target.to_owned(), spec.word_of("maxReplicas"))
        }),
        _ => None,
    };
    let Some(spec) = spec else { return };
    let metadata = document.get("metadata");
    objects.push(KubernetesObject {
        name: metadata.and_then(|metadata| metadata.word_of("name")).unwrap_or_else(|| Word::new("", kind.span)),
        namespace: metadata.and_then(|metadata| metadata.string("namespace")).map(str::to_owned),
        kind,
        spec,
    });
}

fn labels(value: Yaml<'_>) -> Vec<(String, String)> {
    let entries = value.entries().into_iter();
    entries.filter_map(|(key, value)| Some((key.text, value.text()?.to_owned()))).collect()
}

fn data(document: Yaml<'_>, keys: &[&str]) -> Vec<(Word, Option<Word>)> {
    let maps = keys.iter().filter_map(|key| document.get(key));
    maps.flat_map(Yaml::entries).map(|(key, value)| (key, value.word())).collect()
}

fn pod(spec: Yaml<'_>, template: Yaml<'_>, replicas: Option<Word>) -> KubernetesSpec {
    let context = spec.get("securityContext");
    KubernetesSpec::Workload(Box::new(Workload {
        replicas,
        labels: template.path(&["metadata", "labels"]).map(labels).unwrap_or_default(),
        containers: spec.get("containers").map(Yaml::items).unwrap_or_default().into_iter().map(container).collect(),
        host_network: spec.get("hostNetwork").filter(|it| it.text() == Some("true")).map(Yaml::span),
        run_as_user: context.and_then(|context| context.word_of("runAsUser")),
        run_as_non_root: context.and_then(|context| context.word_of("runAsNonRoot")),
    }))
}

fn container(value: Yaml<'_>) -> Container {
    let context = value.get("securityContext");
    let mut container = Container {
        name: value.word_of("name").unwrap_or_default(),
        image: value.word_of("image"),
        command: value.get("command").and_then(command),
        args: value.get("args").and_then(command),
        run_as_user: context.and_then(|context| context.word_of("runAsUser")),
        run_as_non_root: context.and_then(|context| context.word_of("runAsNonRoot")),
        ..Container::default()
    };
    for item in value.get("env").map(Yaml::items).unwrap_or_default() {
        let Some(name) = item.word_of("name") else { continue };
        let reference = |kind: &str| {
            let reference = item.path(&["valueFrom", kind])?;
            Some((reference.string("name")?.to_owned(), reference.string("key").unwrap_or("").to_owned()))
        };
        let value = if let Some(value) = item.get("value") {
            value.word().map_or(VariableValue::Elsewhere, VariableValue::Written)
        } else if let Some((name, key)) = reference("secretKeyRef") {
            VariableValue::Secret { name, key }
        } else if let Some((name, key)) = reference("configMapKeyRef") {
            VariableValue::ConfigMap { name, key }
        } else {
            VariableValue::Elsewhere
        };
        container.environment.push(Variable { name, value });
    }
    for item in value.get("envFrom").map(Yaml::items).unwrap_or_default() {
        let prefix = item.string("prefix").unwrap_or("").to_owned();
        let name = |kind: &str| item.path(&[kind, "name"]).and_then(Yaml::word);
        container.config_maps.extend(name("configMapRef").map(|name| (name, prefix.clone())));
        container.secrets.extend(name("secretRef").map(|name| (name, prefix.clone())));
    }
    for port in value.get("ports").map(Yaml::items).unwrap_or_default() {
        let Some(number) = port.word_of("containerPort") else { continue };
        container.host_ports.extend(port.word_of("hostPort").map(|host| (host, number.clone())));
        container.ports.push((number, port.string("name").map(str::to_owned)));
    }
    container
}

fn service(spec: Yaml<'_>) -> KubernetesService {
    let ports = spec.get("ports").map(Yaml::items).unwrap_or_default();
    KubernetesService {
        service_type: spec.word_of("type"),
        selector: spec.get("selector").map(labels).unwrap_or_default(),
        ports: ports
            .into_iter()
            .filter_map(|port| {
                Some(ServicePort {
                    port: port.word_of("port")?,
                    target: port.word_of("targetPort"),
                    name: port.string("name").map(str::to_owned),
                    node_port: port.word_of("nodePort"),
                })
            })
            .collect(),
    }
}

fn ingress(document: Yaml<'_>, spec: Option<Yaml<'_>>) -> Ingress {
    let mut ingress = Ingress::default();
    if let Some(annotations) = document.path(&["metadata", "annotations"]) {
        let entries = annotations.entries().into_iter();
        ingress.annotations = entries.filter_map(|(key, value)| Some((key, value.word()?))).collect();
    }
    let class = ingress.annotations.iter().find(|(key, _)| key.text == "kubernetes.io/ingress.class");
    ingress.class = class.map(|(_, value)| value.text.clone());
    let Some(spec) = spec else { return ingress };
    ingress.class = spec.string("ingressClassName").map(str::to_owned).or(ingress.class);
    if let Some((key, tls)) = spec.entry("tls") {
        let items = tls.items();
        if !items.is_empty() {
            let hosts = items.into_iter().filter_map(|item| item.get("hosts")).flat_map(Yaml::words);
            ingress.tls = Some((key.span, hosts.map(|host| host.text).collect()));
        }
    }
    if let Some(default) = spec.get("defaultBackend").or_else(|| spec.get("backend")) {
        ingress.rules.extend(backend(default, None, None));
    }
    for rule in spec.get("rules").map(Yaml::items).unwrap_or_default() {
        for path in rule.path(&["http", "paths"]).map(Yaml::items).unwrap_or_default() {
            let Some(target) = path.get("backend") else { continue };
            ingress.rules.extend(backend(target, rule.word_of("host"), path.word_of("path")));
        }
    }
    ingress
}

fn backend(value: Yaml<'_>, host: Option<Word>, path: Option<Word>) -> Option<IngressRule> {
    match value.get("service") {
        Some(service) => {
            let port = service.get("port");
            let port = port.and_then(|port| port.word_of("number").or_else(|| port.word_of("name")));
            Some(IngressRule { host, path, service: service.word_of("name")?, port })
        }
        None => {
            Some(IngressRule { host, path, service: value.word_of("serviceName")?, port: value.word_of("servicePort") })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::syntax::{Language, parse};

    #[test]
    fn reads_workloads_services_and_ways_in() {
        let objects = collect(
            &parse(
                Language::Yaml,
                r#"
kind: Deployment
metadata: {name: web, namespace: shop}
spec:
  replicas: 2
  template:
    metadata: {labels: {app: web}}
    spec:
      securityContext: {runAsUser: 1000}
      containers:
        - name: app
          image: x:1
          command: [uvicorn]
          args: [a:b, --port, "8000"]
          ports: [{containerPort: 8000, name: http}]
          envFrom: [{configMapRef: {name: conf}}, {secretRef: {name: keys}, prefix: K_}]
          env:
            - {name: A, value: "1"}
            - {name: B, valueFrom: {secretKeyRef: {name: keys, key: b}}}
---
kind: List
items:
  - kind: Service
    metadata: {name: web}
    spec: {type: NodePort, selector: {app: web}, ports: [{port: 80, targetPort: http, nodePort: 30080}]}
  - kind: Ingress
    metadata: {name: web, annotations: {nginx.ingress.kubernetes.io/proxy-body-size: 5m}}
    spec:
      tls: [{hosts: [a.example]}]
      rules: [{host: a.example, http: {paths: [{path: /, backend: {service: {name: web, port: {number: 80}}}}]}}]
  - {kind: ConfigMap, metadata: {name: conf}, data: {C: d}}
"#,
            )
            .tree,
        );
        let kinds: Vec<_> = objects.iter().map(|object| object.kind.text.as_str()).collect();
        assert_eq!(kinds, ["Deployment", "Service", "Ingress", "ConfigMap"]);
        let KubernetesSpec::Workload(workload) = &objects[0].spec else { panic!("a workload") };
        let container = &workload.containers[0];
        let line = container.command.as_ref().unwrap().0.with_arguments(container.args.as_ref().map(|(line, _)| line));
        assert_eq!(line.server().unwrap().binds()[0].port_number(), Some(8000));
        assert_eq!(container.config_maps[0].0.text, "conf");
        assert_eq!(container.environment[1].value, VariableValue::Secret { name: "keys".into(), key: "b".into() });
        let KubernetesSpec::Ingress(ingress) = &objects[2].spec else { panic!("an ingress") };
        assert_eq!(ingress.annotation("proxy-body-size").unwrap().1.text, "5m");
        assert_eq!(ingress.rules[0].service.text, "web");
        assert_eq!(ingress.tls.as_ref().unwrap().1, ["a.example"]);
    }
}
