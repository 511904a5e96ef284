//! Compose files made into deployments: `extends`, `include`, override files, profiles, `.env` and `env_file`.

use super::image::{self, SaidCommand, find_dockerfile, no_dockerfile};
use super::paths::{Paths, clean, facts, folder_of, join, name_of};
use super::service::{Build, Publication, Service};
use super::settings::{SettingLayer, values};
use super::{BrokenJoint, Deployment, Platform, Stated, role};
use crate::facts::deployment::{ComposeFile, ComposeService, DeploymentFacts, Published, Word};
use crate::model::{FileId, Place, Project};
use crate::query::is_for_development;
use crate::query::values::hole::{self, Notation};
use crate::query::values::port;
use std::collections::BTreeMap;

/// How deep `extends` and `include` are followed.
const MAX_DEPTH: usize = 8;

/// A service as the files of a deployment have it, the weakest first.
#[derive(Debug, Clone, Default)]
struct Layered<'p> {
    layers: Vec<(FileId, &'p ComposeService)>,
}

type Services<'p> = Vec<(&'p str, Layered<'p>)>;

/// The deployments of all compose files.
pub(super) fn deployments(project: &Project, paths: &Paths) -> Vec<Deployment> {
    let elsewhere = image::built_elsewhere(project, paths);
    let mut folders: BTreeMap<&str, Vec<(FileId, &str, &ComposeFile)>> = BTreeMap::new();
    let mut included: Vec<FileId> = Vec::new();
    for (id, path, facts) in facts(project) {
        let DeploymentFacts::Compose(file) = facts else { continue };
        let targets = file.includes.iter().map(|include| join(folder_of(path), &include.text));
        included.extend(targets.filter_map(|path| paths.file(&path)));
        folders.entry(folder_of(path)).or_default().push((id, path, file));
    }
    let mut all = Vec::new();
    for files in folders.values_mut() {
        files.retain(|(id, ..)| !included.contains(id));
        let has_production_file = files.iter().any(|(_, path, _)| is_named_after_production(name_of(path)));
        for files in combinations(files) {
            let mut deployment = deployment(project, paths, &files, &elsewhere);
            // Beside `docker-compose.prod.yml`, `docker-compose.yml` is the one that developers start.
            let is_named = files.iter().any(|(_, path, _)| is_named_after_production(name_of(path)));
            deployment.is_production &= is_named || !has_production_file || !is_main(name_of(files[0].1));
            all.push(deployment);
        }
    }
    all
}

/// The names that compose itself looks for, the likeliest first.
const MAIN: [&str; 4] = ["compose.yaml", "compose.yml", "docker-compose.yml", "docker-compose.yaml"];

fn is_main(name: &str) -> bool {
    MAIN.contains(&name)
}

/// Which files of a folder are used together: the main file alone or with one that only changes it; others by themselves.
fn combinations<'p>(files: &[(FileId, &'p str, &'p ComposeFile)]) -> Vec<Vec<(FileId, &'p str, &'p ComposeFile)>> {
    let main = MAIN.iter().find_map(|name| files.iter().find(|(_, path, _)| name_of(path) == *name)).or_else(|| {
        // `docker-compose.base.yml`, `compose.common.yml`
        files
            .iter()
            .find(|(_, path, _)| name_of(path).split(['.', '-', '_']).any(|part| matches!(part, "base" | "common")))
    });
    let Some(main) = main else { return files.iter().map(|file| vec![*file]).collect() };
    let mut combinations = Vec::new();
    let mut is_only_a_base = false;
    for file in files.iter().filter(|file| file.0 != main.0) {
        if changes(main.2, file.2) {
            is_only_a_base |= !is_for_development(name_of(file.1)) && is_named_after_production(name_of(file.1));
            combinations.push(vec![*main, *file]);
        } else {
            combinations.push(vec![*file]);
        }
    }
    // A main file that is only run with a production file on top stands for nothing by itself.
    if !is_only_a_base {
        combinations.insert(0, vec![*main]);
    }
    combinations
}

fn is_named_after_production(name: &str) -> bool {
    name.split(['.', '-', '_'])
        .any(|part| matches!(part, "prod" | "production" | "live" | "deploy" | "release" | "prd"))
}

/// Whether a file only makes sense on top of another: a service of it says neither image nor build, and the other has it.
fn changes(main: &ComposeFile, file: &ComposeFile) -> bool {
    file.services.iter().any(|service| {
        service.image.is_none()
            && service.build.is_none()
            && service.extends.is_none()
            && main.services.iter().any(|known| known.name() == service.name())
    })
}

fn deployment(
    project: &Project,
    paths: &Paths,
    files: &[(FileId, &str, &ComposeFile)],
    elsewhere: &BTreeMap<String, Build>,
) -> Deployment {
    let name = files.iter().map(|(_, path, _)| *path).collect::<Vec<_>>().join(" + ");
    let is_production = files.iter().all(|(_, path, _)| !is_for_development(path));
    let mut deployment =
        Deployment::new(name, Platform::Compose, is_production, files.iter().map(|(id, ..)| *id).collect());
    let mut services: Services<'_> = Vec::new();
    for (id, _, file) in files {
        gather(project, paths, *id, file, 0, &mut services, &mut deployment.broken);
    }
    // Variables in compose files come from `.env` beside the first of them.
    let known = paths
        .file(&join(folder_of(files[0].1), ".env"))
        .and_then(|id| match project.file(id).deployment.as_ref()? {
            DeploymentFacts::Environment(variables) => Some(values(variables)),
            _ => None,
        })
        .unwrap_or_default();
    let mut reader = Reader { project, paths, known, elsewhere, broken: Vec::new() };
    for (name, layered) in &services {
        let service = reader.service(name, layered);
        deployment.services.extend(service);
    }
    deployment.broken.append(&mut reader.broken);
    deployment
}

/// The services of a file and of those that it includes.
fn gather<'p>(
    project: &'p Project,
    paths: &Paths,
    id: FileId,
    file: &'p ComposeFile,
    depth: usize,
    services: &mut Services<'p>,
    broken: &mut Vec<BrokenJoint>,
) {
    for include in &file.includes {
        let path = join(folder_of(project.file(id).path()), &include.text);
        match paths.file(&path).and_then(|found| Some((found, compose_of(project, found)?))) {
            Some((found, included)) if depth < MAX_DEPTH && found != id => {
                gather(project, paths, found, included, depth + 1, services, broken);
            }
            _ => broken.push(BrokenJoint {
                place: Place { file: id, span: include.span },
                wanted: format!("the included file `{}`", include.text),
                reason: "no such compose file was scanned".into(),
            }),
        }
    }
    for service in &file.services {
        let at = match services.iter().position(|(name, _)| *name == service.name()) {
            Some(at) => at,
            None => {
                services.push((service.name(), Layered::default()));
                services.len() - 1
            }
        };
        let mut layers = Vec::new();
        extend(project, paths, id, file, service, 0, &mut layers, broken);
        services[at].1.layers.append(&mut layers);
    }
}

/// A service with those that it extends in front.
#[expect(clippy::too_many_arguments, reason = "one step of a recursion that carries its surroundings")]
fn extend<'p>(
    project: &'p Project,
    paths: &Paths,
    id: FileId,
    file: &'p ComposeFile,
    service: &'p ComposeService,
    depth: usize,
    layers: &mut Vec<(FileId, &'p ComposeService)>,
    broken: &mut Vec<BrokenJoint>,
) {
    if let Some(extends) = service.extends.as_ref().filter(|_| depth < MAX_DEPTH) {
        let (other, other_file) = match &extends.file {
            None => (Some(id), Some(file)),
            Some(path) => {
                let found = paths.file(&join(folder_of(project.file(id).path()), &path.text));
                (found, found.and_then(|found| compose_of(project, found)))
            }
        };
        let base = other_file.and_then(|file| {
            file.services.iter().find(|known| known.name() == extends.service.text && !std::ptr::eq(*known, service))
        });
        match (other, other_file, base) {
            (Some(other), Some(other_file), Some(base)) => {
                extend(project, paths, other, other_file, base, depth + 1, layers, broken);
            }
            _ => broken.push(BrokenJoint {
                place: Place { file: id, span: extends.service.span },
                wanted: format!("the service `{}` that `{}` extends", extends.service.text, service.name()),
                reason: "no scanned compose file has it".into(),
            }),
        }
    }
    layers.push((id, service));
}

fn compose_of(project: &Project, file: FileId) -> Option<&ComposeFile> {
    match project.file(file).deployment.as_ref()? {
        DeploymentFacts::Compose(file) => Some(file),
        _ => None,
    }
}

struct Reader<'p> {
    project: &'p Project,
    paths: &'p Paths,
    known: BTreeMap<String, String>,
    elsewhere: &'p BTreeMap<String, Build>,
    broken: Vec<BrokenJoint>,
}

impl Reader<'_> {
    fn expand(&self, text: &str) -> String {
        hole::expand(text, Notation::Shell, &|name| self.known.get(name).cloned())
    }

    fn service(&mut self, name: &str, layered: &Layered<'_>) -> Option<Service> {
        let layers = &layered.layers;
        let (last, declared) = layers.last()?;
        // A service that a profile has to switch on for debugging or tests is no part of what runs.
        let profiles: Vec<&Word> = layers.iter().flat_map(|(_, layer)| &layer.profiles).collect();
        if !profiles.is_empty() && profiles.iter().all(|profile| is_for_development(&profile.text)) {
            return None;
        }
        let place = Place { file: *last, span: declared.name.as_ref()?.span };
        let mut service = Service::new(name.to_owned(), place);
        let image = layers.iter().rev().find_map(|(file, layer)| Some((*file, layer.image.as_ref()?)));
        if let Some((file, word)) = image {
            let text = self.expand(&word.text);
            service.role = role::of_image(&text);
            service.image = Some(Stated::new(text, Place { file, span: word.span }));
        }
        for (file, layer) in layers {
            let mounts = layer.mounts.iter().filter(|mount| !mount.target.is_empty()).cloned();
            service.mounts.extend(mounts.map(|mut mount| {
                mount.source = mount.source.map(|source| self.expand(&source));
                (*file, mount)
            }));
        }
        self.build(&mut service, layers);
        self.variables(&mut service, layers);
        for (file, layer) in layers {
            service.published.extend(layer.ports.iter().map(|port| self.publication(*file, port)));
            service.aliases.extend(layer.aliases.iter().cloned());
            service.depends_on.extend(layer.depends_on.iter().cloned());
            for word in &layer.expose {
                if let Some(range) = port::range(word.text.split('/').next().unwrap_or("")) {
                    service.exposed.extend(
                        range.take(16).map(|number| Stated::new(number, Place { file: *file, span: word.span })),
                    );
                }
            }
            for label in &layer.labels {
                if let crate::facts::deployment::VariableValue::Written(value) = &label.value {
                    let place = Place { file: *file, span: label.name.span };
                    service.labels.push((label.name.text.clone(), self.expand(&value.text), place));
                }
            }
            if let Some(word) = layer.network_mode.as_ref().filter(|word| word.text == "host") {
                service.host_network = Some(Place { file: *file, span: word.span });
            }
            if let Some(word) = &layer.replicas {
                let number = self.expand(&word.text).parse().ok();
                service.replicas = number.map(|number| Stated::new(number, Place { file: *file, span: word.span }));
            }
            if let Some(word) = &layer.user {
                service.user = Some(Stated::new(self.expand(&word.text), Place { file: *file, span: word.span }));
            }
        }
        let networks = layers.iter().rev().find_map(|(_, layer)| layer.networks.as_ref());
        service.networks = match networks {
            Some(networks) => networks.iter().map(|network| network.text.clone()).collect(),
            None => vec!["default".to_owned()],
        };
        service.networks.sort();
        // An override file that lists the same port again publishes it once.
        service.published.dedup_by(|later, first| {
            later.inside == first.inside && later.outside == first.outside && later.inside.is_some()
        });
        self.start(&mut service, layers);
        Some(service)
    }

    fn build(&mut self, service: &mut Service, layers: &[(FileId, &ComposeService)]) {
        let Some((file, build)) = layers.iter().rev().find_map(|(file, layer)| Some((*file, layer.build.as_ref()?)))
        else {
            if let Some(image) = &service.image
                && let Some(build) = image::repository(&image.value).and_then(|name| self.elsewhere.get(&name))
            {
                image::apply_build(self.project, service, build.clone());
            }
            return;
        };
        // Parts that the last file leaves out come from the earlier ones.
        let builds: Vec<_> =
            layers.iter().rev().filter_map(|(file, layer)| Some((*file, layer.build.as_ref()?))).collect();
        let context = builds.iter().find_map(|(file, build)| Some((*file, build.context.as_ref()?)));
        let dockerfile =
            builds.iter().find_map(|(_, build)| build.dockerfile.as_ref()).map(|word| self.expand(&word.text));
        let target = builds.iter().find_map(|(_, build)| build.target.as_ref()).map(|word| self.expand(&word.text));
        let place = Place { file, span: build.span };
        for (file, build) in &builds {
            for argument in &build.args {
                let name = argument.name.text.clone();
                if service.build_args.iter().any(|(known, ..)| *known == name) {
                    continue;
                }
                let value = match &argument.value {
                    crate::facts::deployment::VariableValue::Written(word) => Some(word.text.clone()),
                    _ => None,
                };
                let span = argument.name.span.cover(argument.span());
                service.build_args.push((name, value, Place { file: *file, span }));
            }
        }
        if build.is_inline {
            return;
        }
        let base = folder_of(self.project.file(context.map_or(file, |(file, _)| file)).path());
        let context = context.map_or_else(|| ".".to_owned(), |(_, word)| self.expand(&word.text));
        if context.contains("://") || hole::has(&context) {
            self.broken.push(no_dockerfile(place, &hole::readable(&context), dockerfile.as_deref()));
            return;
        }
        let context = join(base, &context);
        let Some((id, facts)) = find_dockerfile(self.project, self.paths, &context, dockerfile.as_deref()) else {
            self.broken.push(no_dockerfile(place, &context, dockerfile.as_deref()));
            return;
        };
        let stage = match &target {
            Some(target) => facts.stage_named(target),
            None => facts.last_stage(),
        };
        let Some(stage) = stage else { return };
        image::apply_build(self.project, service, Build { file: id, stage, context: clean(&context), place });
    }

    fn variables(&mut self, service: &mut Service, layers: &[(FileId, &ComposeService)]) {
        let lookup = |name: &str| self.known.get(name).cloned();
        for (file, layer) in layers {
            for word in &layer.env_files {
                let path = hole::expand(&word.text, Notation::Shell, &lookup);
                let found = self.paths.file(&join(folder_of(self.project.file(*file).path()), &path));
                let place = Place { file: *file, span: word.span };
                if service.settings.add_file(self.project, self.paths, *file, &path) {
                    service.env_files.extend(found.map(|found| (found, place)));
                } else {
                    self.broken.push(BrokenJoint {
                        place,
                        wanted: format!("the variables of `{}` in the file `{}`", service.name, hole::readable(&path)),
                        reason: "no such file was scanned".into(),
                    });
                }
            }
        }
        for (file, layer) in layers {
            service.settings.add(*file, &layer.environment, SettingLayer::Service, &lookup);
        }
    }

    fn publication(&self, file: FileId, published: &Published) -> Publication {
        let number = |text: &str| self.expand(text).parse().ok();
        let address = published.address.as_deref().map(|address| self.expand(address));
        Publication {
            place: Place { file, span: published.word.span },
            is_on_all_addresses: match address {
                None => Some(true),
                Some(address) => port::listens_on_all(&address),
            },
            outside: published.host.as_deref().and_then(number),
            inside: number(&published.container),
            by: "ports",
        }
    }

    fn start(&self, service: &mut Service, layers: &[(FileId, &ComposeService)]) {
        let said =
            |ask: &dyn Fn(&ComposeService) -> Option<&(crate::facts::deployment::CommandLine, crate::source::Span)>| {
                layers.iter().rev().find_map(|(file, layer)| {
                    let (line, span) = ask(layer)?;
                    Some(SaidCommand { file: *file, line: line.clone(), place: Place { file: *file, span: *span } })
                })
            };
        let entrypoint = said(&|layer| layer.entrypoint.as_ref());
        let command = said(&|layer| layer.command.as_ref());
        let image = service.build.as_ref().map_or((None, None), |build| image::image_command(self.project, build));
        let (entrypoint, command) = image::final_command(image, entrypoint, command);
        image::start(self.project, self.paths, service, entrypoint.as_ref(), command.as_ref());
    }
}
