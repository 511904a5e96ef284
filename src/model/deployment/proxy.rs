//! From nginx to the services behind it.

use super::paths::{clean, folder_of, is_below, join};
use super::service::Service;
use super::{BrokenJoint, Deployment, Entrance, Way, image, names};
use crate::facts::deployment::Mount;
use crate::model::nginx::{Authority, Directive};
use crate::model::{Place, Project};

/// Folders in which nginx looks for its configuration.
const CONFIGURATION: [&str; 4] =
    ["/etc/nginx", "/opt/bitnami/nginx", "/usr/local/openresty/nginx/conf", "/usr/local/nginx/conf"];

/// Paths of the project that a service has where nginx looks: by mount, by `COPY`.
pub(super) fn configured_paths(project: &Project, service: &Service) -> Vec<(String, String)> {
    let mut paths = Vec::new();
    for (file, mount) in service.mounts.iter().filter(|(_, mount)| mount.is_bind && is_configuration(&mount.target)) {
        let Mount { source: Some(source), target, .. } = mount else { continue };
        paths.push((join(folder_of(project.file(*file).path()), source), target.clone()));
    }
    if let Some(build) = &service.build
        && let Some(dockerfile) = image::dockerfile_of(project, build.file)
    {
        for copy in dockerfile.chain(build.stage).flat_map(|stage| &stage.copies) {
            if copy.from.is_none() && is_configuration(&copy.target) {
                let sources = copy.sources.iter();
                paths.extend(sources.map(|source| (join(&build.context, &source.text), copy.target.clone())));
            }
        }
    }
    paths
}

fn is_configuration(target: &str) -> bool {
    CONFIGURATION.iter().any(|folder| is_below(target, folder))
}

/// The configurations that a service runs, of all that a project has.
pub(super) fn roots_of<'m>(project: &Project, service: &Service, roots: &[Directive<'m>]) -> Vec<Directive<'m>> {
    let paths = configured_paths(project, service);
    let claims = |root: &Directive<'m>| {
        let path = clean(root.path());
        paths.iter().any(|(source, _)| is_below(&path, source))
    };
    roots.iter().copied().filter(claims).collect()
}

/// What runs nginx, and where the hosts in its configuration are looked for.
pub(super) struct Side {
    /// The service that runs it; `None` for nginx on the machine.
    pub proxy: Option<usize>,
}

/// A place that a configuration passes requests on to.
pub(super) struct Target<'m> {
    /// The block that does it.
    pub block: Directive<'m>,
    /// Host and port.
    pub authority: Authority<'m>,
    /// Where they are written.
    pub place: Place,
    /// Where the upstream's name is written, when the host is that of its server.
    pub via: Option<Place>,
}

/// All places that a configuration passes requests on to.
pub(super) fn targets(root: Directive<'_>) -> Vec<Target<'_>> {
    let mut targets = Vec::new();
    for block in root.below().filter(|block| block.has_block()) {
        let Some(target) = block.proxy_target() else { continue };
        if target.directive.parent() != Some(block) {
            continue;
        }
        let place = target.directive.argument_place(0);
        match target.upstream {
            Some(upstream) => targets.extend(upstream.servers().map(|(server, authority)| Target {
                block,
                authority,
                place,
                via: Some(server.argument_place(0)),
            })),
            None => targets.push(Target { block, authority: target.authority, place, via: None }),
        }
    }
    targets
}

/// Links what nginx in a container passes on to the services of the same deployment.
pub(super) fn link(deployment: &mut Deployment, side: &Side, root: Directive<'_>) {
    for target in targets(root) {
        let host = target.authority.host;
        let fail = |reason: &str| BrokenJoint {
            place: target.place,
            wanted: format!("the service at `{host}`"),
            reason: reason.to_owned(),
        };
        if target.authority.is_variable() {
            deployment.broken.push(fail("a variable decides which one it is"));
            continue;
        }
        let proxy = side.proxy.map(|proxy| &deployment.services[proxy]);
        let found = if names::is_loopback(host) {
            // In a container that is the container itself, on the host's network the whole machine.
            match proxy.filter(|proxy| proxy.host_network.is_some()) {
                Some(_) => published(deployment, target.authority.port),
                None => Err("in a container this is the container itself"),
            }
        } else {
            match deployment.service_named(host) {
                Some(index) if proxy.is_some_and(|proxy| !proxy.shares_network(&deployment.services[index])) => {
                    Err("the two share no network")
                }
                Some(index) => Ok((index, target.authority.port)),
                None if host.contains('.') => Err("it is outside of this deployment"),
                None => Err("no service of this deployment has that name"),
            }
        };
        match found {
            Ok((index, port)) => deployment.ways.push(Way {
                entrance: Entrance::Nginx { block: target.block.id(), proxy: side.proxy },
                place: target.place,
                via: target.via,
                target: index,
                port,
            }),
            Err(reason) => deployment.broken.push(fail(reason)),
        }
    }
}

/// The service that is reached on a port of the machine, and the port inside.
pub(super) fn published(deployment: &Deployment, port: Option<u16>) -> Result<(usize, Option<u16>), &'static str> {
    let port = port.ok_or("its port is not known")?;
    let by_publication = deployment.services.iter().enumerate().find_map(|(index, service)| {
        let publication = service.published.iter().find(|publication| publication.outside == Some(port))?;
        Some((index, publication.inside))
    });
    by_publication
        .or_else(|| {
            // A service on the machine itself, or on the host's network.
            let listens = |service: &Service| service.networks.is_empty() || service.host_network.is_some();
            let index =
                deployment.services.iter().position(|service| listens(service) && service.ports().contains(&port))?;
            Some((index, Some(port)))
        })
        .ok_or("no service of this deployment is reached on that port")
}
