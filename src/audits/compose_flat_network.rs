//! Datastores of a compose deployment that share a network with the proxy that faces the internet.

use super::project::{ProjectAudit, ProjectMatch};
use crate::model::Project;
use crate::model::deployment::{Platform, Role, Service};
use crate::syntax::FileKind;

/// A datastore in the proxy's network, where another network is there to keep it apart.
pub const FLAT_NETWORK: ProjectAudit = ProjectAudit {
    name: "compose-flat-network",
    kinds: &[FileKind::Compose, FileKind::Dockerfile],
    variants: &[],
    run,
};

fn run(project: &Project) -> Vec<ProjectMatch> {
    let mut matches: Vec<ProjectMatch> = Vec::new();
    for deployment in project.deployments().iter().filter(|deployment| deployment.platform == Platform::Compose) {
        let proxies: Vec<&Service> = deployment.services.iter().filter(|service| faces_outside(service)).collect();
        for store in deployment.services.iter().filter(|service| matches!(service.role, Role::Datastore(_))) {
            let shared = proxies.iter().find_map(|proxy| {
                let network = store.networks.iter().find(|network| proxy.networks.contains(network))?;
                (!proxy.depends_on.contains(&store.name)).then_some((proxy, network))
            });
            let Some((proxy, network)) = shared else { continue };
            // Somebody has thought of a network for datastores.
            let has_other = deployment.services.iter().any(|service| {
                matches!(service.role, Role::Datastore(_))
                    && service.networks.iter().any(|other| !proxy.networks.contains(other))
            });
            if !has_other || matches.iter().any(|found| found.place == store.place) {
                continue;
            }
            let mut found = ProjectMatch::new(store.place, format!("services/{}", store.name));
            found.captures = vec![
                ("service".to_owned(), store.name.clone()),
                ("proxy".to_owned(), proxy.name.clone()),
                ("network".to_owned(), network.clone()),
            ];
            found
                .related
                .push((proxy.place, format!("`{}` faces the internet and is in the same network.", proxy.name)));
            matches.push(found);
        }
    }
    matches
}

/// Whether a service is a proxy that publishes a port on all addresses.
fn faces_outside(service: &Service) -> bool {
    let published = service.published.iter().any(|port| port.is_on_all_addresses != Some(false));
    service.role.is_proxy() && published && !service.networks.is_empty()
}
