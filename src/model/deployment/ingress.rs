//! Ingresses: which container a rule leads to.

use super::kubernetes::{Object, Pod, objects_of};
use super::{BrokenJoint, Deployment, Entrance, Way};
use crate::facts::deployment::{Ingress, IngressRule, KubernetesObject, KubernetesSpec};
use crate::model::{FileId, Place, Project};

/// A rule of an Ingress in a manifest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct IngressRef {
    /// The manifest.
    pub file: FileId,
    pub(super) object: usize,
    /// Which of its rules.
    pub rule: usize,
}

impl IngressRef {
    /// The object and what matters of it.
    pub fn get(self, project: &Project) -> Option<(&KubernetesObject, &Ingress)> {
        let object = objects_of(project, self.file).get(self.object)?;
        match &object.spec {
            KubernetesSpec::Ingress(ingress) => Some((object, ingress)),
            _ => None,
        }
    }

    /// The rule itself.
    pub fn rule(self, project: &Project) -> Option<&IngressRule> {
        self.get(project)?.1.rules.get(self.rule)
    }
}

/// Adds the ways that an Ingress opens.
pub(super) fn link_ingress(
    objects: &[Object<'_>],
    object: &KubernetesObject,
    ingress: &Ingress,
    reference: IngressRef,
    pods: &[Pod<'_>],
    deployment: &mut Deployment,
) {
    for (rule, at) in ingress.rules.iter().zip(0..) {
        let place = Place { file: reference.file, span: rule.service.span };
        let mut fail = |reason: String| {
            let wanted = format!("the Service `{}`", rule.service.text);
            deployment.broken.push(BrokenJoint { place, wanted, reason });
        };
        let service = objects.iter().find_map(|(file, _, other)| match &other.spec {
            KubernetesSpec::Service(service)
                if other.name.text == rule.service.text && other.namespace == object.namespace =>
            {
                Some((*file, other, service))
            }
            _ => None,
        });
        let Some((service_file, service_object, service)) = service else {
            fail("no scanned manifest of the same namespace has it".into());
            continue;
        };
        let port = service.ports.iter().find(|port| {
            rule.port
                .as_ref()
                .is_none_or(|wanted| port.port.text == wanted.text || port.name.as_deref() == Some(&wanted.text))
        });
        let Some(port) = port else {
            fail("it has no such port".into());
            continue;
        };
        let target = port.target.as_ref().unwrap_or(&port.port);
        let mut selected =
            pods.iter().filter(|pod| pod.is_selected(object.namespace.as_deref(), &service.selector)).peekable();
        if selected.peek().is_none() {
            fail("its selector means no pod of the scanned manifests".into());
            continue;
        }
        let found = selected.find_map(|pod| pod.container_of_port(&target.text, &deployment.services));
        let Some((index, number)) = found else {
            fail(format!("no container of its pods has the port `{}`", target.text));
            continue;
        };
        deployment.ways.push(Way {
            entrance: Entrance::Ingress(IngressRef { rule: at, ..reference }),
            place,
            via: Some(Place { file: service_file, span: service_object.name.span }),
            target: index,
            port: number,
        });
    }
}
