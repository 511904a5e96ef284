//! Machines: units, programs and Procfiles, and the nginx that runs beside them; and what nginx leads to everywhere.

use super::image::{self, SaidCommand};
use super::paths::{Paths, facts, folder_of, name_of};
use super::proxy::{Side, configured_paths, link as link_proxy, published, roots_of, targets};
use super::service::Service;
use super::settings::SettingLayer;
use super::{BrokenJoint, Deployment, Entrance, Platform, Role, Way, names};
use crate::facts::deployment::{DeploymentFacts, Process};
use crate::model::nginx::{Directive, IncludeMap};
use crate::model::{FileId, Place, Project};
use crate::query::is_for_development;
use crate::syntax::FileKind;

/// Where compose files and Dockerfiles put the project's nginx configuration.
pub fn include_map(project: &Project) -> IncludeMap {
    let mut map = IncludeMap::default();
    let paths = Paths::new(project);
    for deployment in super::compose::deployments(project, &paths) {
        for (source, target) in deployment.services.iter().flat_map(|service| configured_paths(project, service)) {
            map.add(&source, &target);
        }
    }
    map
}

/// Adds the deployments of machines, and links every nginx configuration to what it leads to.
pub(super) fn link(project: &Project, paths: &Paths, all: &mut Vec<Deployment>) {
    let nginx = project.nginx();
    let roots: Vec<Directive<'_>> =
        nginx.roots().filter(|root| project.file(root.place().file).part.is_none()).collect();
    let mut free = roots.clone();
    for deployment in all.iter_mut() {
        for proxy in 0..deployment.services.len() {
            if deployment.services[proxy].role != Role::Nginx {
                continue;
            }
            let own = roots_of(project, &deployment.services[proxy], &roots);
            free.retain(|root| !own.contains(root));
            if own.is_empty() {
                deployment.broken.push(BrokenJoint {
                    place: deployment.services[proxy].place,
                    wanted: format!("the nginx configuration of `{}`", deployment.services[proxy].name),
                    reason: "no scanned file is mounted or copied where nginx looks for it".into(),
                });
            }
            for root in own {
                link_proxy(deployment, &Side { proxy: Some(proxy) }, root);
                deployment.services[proxy].nginx.push(root.id());
            }
        }
    }
    let machines = machines(project, paths);
    let first_machine = all.len();
    all.extend(machines);
    for root in free {
        // A snippet that nothing includes stands in no server.
        if !root.below().any(|directive| directive.name() == "server" && directive.has_block()) {
            continue;
        }
        host_nginx(project, root, all, first_machine);
    }
}

fn host_nginx(project: &Project, root: Directive<'_>, all: &mut [Deployment], first_machine: usize) {
    let is_production = !is_for_development(root.path());
    for target in targets(root) {
        let host = target.authority.host;
        let way = |index: usize, port: Option<u16>| Way {
            entrance: Entrance::Nginx { block: target.block.id(), proxy: None },
            place: target.place,
            via: target.via,
            target: index,
            port,
        };
        if let Some(path) = host.strip_prefix("unix:") {
            for deployment in all.iter_mut() {
                let found = deployment
                    .services
                    .iter()
                    .position(|service| service.binds().iter().any(|bind| bind.value.socket.as_deref() == Some(path)));
                if let Some(index) = found {
                    deployment.ways.push(way(index, None));
                    deployment.host_nginx.push(root.id());
                }
            }
            continue;
        }
        if target.authority.is_variable() || !names::is_loopback(host) {
            continue;
        }
        let mut found = false;
        // Units of the same machine first; else containers that publish the port.
        for deployment in all.iter_mut().skip(first_machine) {
            if deployment.platform == Platform::Machine
                && let Ok((index, port)) = published(deployment, target.authority.port)
            {
                deployment.ways.push(way(index, port));
                deployment.host_nginx.push(root.id());
                found = true;
            }
        }
        if found {
            continue;
        }
        match nearest(project, root, all, first_machine, target.authority.port, is_production) {
            Nearest::One(at, index, port) => {
                all[at].ways.push(way(index, port));
                all[at].host_nginx.push(root.id());
                found = true;
            }
            Nearest::Several(at) => {
                all[at].broken.push(BrokenJoint {
                    place: target.place,
                    wanted: format!("the service at `{host}`"),
                    reason: "several deployments are reached on that port".into(),
                });
                found = true;
            }
            Nearest::None => {}
        }
        if !found && let Some(machine) = all.iter_mut().skip(first_machine).find(|it| it.platform == Platform::Machine)
        {
            machine.broken.push(BrokenJoint {
                place: target.place,
                wanted: format!(
                    "what listens on port {}",
                    target.authority.port.map_or_else(|| "?".to_owned(), |port| port.to_string())
                ),
                reason: "no scanned unit, program or container does".into(),
            });
        }
    }
    for deployment in all.iter_mut() {
        deployment.host_nginx.sort_unstable();
        deployment.host_nginx.dedup();
    }
}

/// A deployment that publishes a port of the machine.
enum Nearest {
    One(usize, usize, Option<u16>),
    /// More than one is as near; the first.
    Several(usize),
    None,
}

/// The compose deployment that a configuration on the machine means by a port: of those that publish it the one whose files
/// lie nearest to the configuration.
fn nearest(
    project: &Project,
    root: Directive<'_>,
    all: &[Deployment],
    first_machine: usize,
    port: Option<u16>,
    is_production: bool,
) -> Nearest {
    let shared = |deployment: &Deployment| {
        let folders =
            |path: &str| folder_of(path).split('/').filter(|it| !it.is_empty()).map(str::to_owned).collect::<Vec<_>>();
        let own = folders(root.path());
        let of = |file: &FileId| {
            let other = folders(project.file(*file).path());
            own.iter().zip(&other).take_while(|(left, right)| left == right).count()
        };
        deployment.files.iter().map(of).max().unwrap_or(0)
    };
    let mut found: Vec<(usize, usize, usize, Option<u16>)> = all
        .iter()
        .enumerate()
        .take(first_machine)
        .filter(|(_, deployment)| deployment.platform == Platform::Compose && deployment.is_production == is_production)
        .filter_map(|(at, deployment)| {
            let (index, inside) = published(deployment, port).ok()?;
            // A proxy in a container is a layer of its own, not what this one is for.
            (!deployment.services[index].role.is_proxy()).then(|| (shared(deployment), at, index, inside))
        })
        .collect();
    found.sort_by_key(|(shared, at, ..)| (std::cmp::Reverse(*shared), *at));
    match found[..] {
        [] => Nearest::None,
        [(_, at, index, port)] => Nearest::One(at, index, port),
        [(first, at, index, port), (second, ..), ..] if first > second => Nearest::One(at, index, port),
        [(_, at, ..), ..] => Nearest::Several(at),
    }
}

/// Deployments of units and programs, and of Procfiles. Only what starts an application counts.
fn machines(project: &Project, paths: &Paths) -> Vec<Deployment> {
    let mut units: Option<Deployment> = None;
    let mut procfiles = Vec::new();
    for (id, path, facts) in facts(project) {
        let DeploymentFacts::Processes(processes) = facts else { continue };
        let is_procfile = project.file(id).kind == FileKind::Procfile;
        let is_production = !is_for_development(path);
        let services: Vec<Service> = processes.iter().map(|process| service(project, paths, id, process)).collect();
        if services.iter().all(|service| service.server.is_none()) && is_procfile {
            continue;
        }
        if is_procfile {
            let mut deployment = Deployment::new(path.to_owned(), Platform::Procfile, is_production, vec![id]);
            deployment.services = services;
            procfiles.push(deployment);
        } else if is_production {
            let machine =
                units.get_or_insert_with(|| Deployment::new("machine".into(), Platform::Machine, true, Vec::new()));
            machine.files.push(id);
            machine.services.extend(services);
        }
    }
    if let Some(machine) = &mut units
        && let Some(first) = machine.files.first()
    {
        let folder = folder_of(project.file(*first).path());
        machine.name = match machine.files.len() {
            1 => project.file(*first).path().to_owned(),
            _ if folder.is_empty() => name_of(project.file(*first).path()).to_owned() + " and others",
            _ => folder.to_owned(),
        };
    }
    units.into_iter().chain(procfiles).collect()
}

fn service(project: &Project, paths: &Paths, file: FileId, process: &Process) -> Service {
    let place = Place { file, span: process.name.span };
    let mut service = Service::new(process.name.text.clone(), place);
    for word in &process.environment_files {
        // `/etc/shop/app.env` is on the machine; a file of that name in the repository may be another one.
        service.settings.has_unknown = true;
        let _ = word;
    }
    service.settings.add(file, &process.environment, SettingLayer::Service, &|_| None);
    if let Some(user) = &process.user {
        service.user = Some(super::Stated::new(user.text.clone(), Place { file, span: user.span }));
    }
    if let Some(line) = &process.command {
        let said = SaidCommand { file, line: line.clone(), place: Place { file, span: process.command_word.span } };
        image::start(project, paths, &mut service, None, Some(&said));
    }
    if project.file(file).kind == FileKind::Procfile {
        // The platform sets variables that no file shows.
        service.settings.has_unknown = true;
    }
    service
}
