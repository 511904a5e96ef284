//! Images and the Dockerfiles that they are built from.

use super::paths::{Paths, clean, facts, folder_of, join};
use super::server::RunningServer;
use super::service::{Build, Service};
use super::settings::SettingLayer;
use super::{BrokenJoint, Deployment, Role, Stated, role};
use crate::facts::deployment::{
    CommandLine, DeploymentFacts, Dockerfile, ImageBuild, ServerCommand, Stage, Word, servers_of_commands,
};
use crate::model::{FileId, Place, Project};
use crate::query::values::hole::{self, Notation};
use crate::query::values::image;
use crate::query::values::port;
use std::collections::BTreeMap;

/// The user that an image runs as.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImageUser {
    /// As `USER` has it, variables put in.
    pub user: String,
    /// Where.
    pub place: Place,
}

/// A command with the file that it stands in.
#[derive(Debug, Clone)]
pub(super) struct SaidCommand {
    pub file: FileId,
    pub line: CommandLine,
    pub place: Place,
}

/// The Dockerfile of a build: the named one, else `Dockerfile` in the context.
pub(super) fn find_dockerfile<'p>(
    project: &'p Project,
    paths: &Paths,
    context: &str,
    dockerfile: Option<&str>,
) -> Option<(FileId, &'p Dockerfile)> {
    let names: Vec<&str> = dockerfile.map_or_else(|| vec!["Dockerfile", "Containerfile"], |name| vec![name]);
    names.iter().find_map(|name| {
        let id = paths.file(&join(context, name))?;
        dockerfile_of(project, id).map(|facts| (id, facts))
    })
}

/// A file's stages, if it is a Dockerfile.
pub(super) fn dockerfile_of(project: &Project, file: FileId) -> Option<&Dockerfile> {
    match project.file(file).deployment.as_ref()? {
        DeploymentFacts::Dockerfile(dockerfile) => Some(dockerfile),
        _ => None,
    }
}

/// Gives a service what its image brings: role, user, ports, variables. The variables are the weakest: call this first.
pub(super) fn apply_build(project: &Project, service: &mut Service, build: Build) {
    let Some(dockerfile) = dockerfile_of(project, build.file) else { return };
    let file = build.file;
    let chain: Vec<&Stage> = dockerfile.chain(build.stage).collect();
    for stage in chain.iter().rev() {
        service.settings.add(file, &stage.environment, SettingLayer::Image, &|_| None);
    }
    let user = chain.iter().find_map(|stage| stage.user.as_ref());
    service.image_user = user.map(|user| ImageUser { user: user.text.clone(), place: Place { file, span: user.span } });
    for word in chain.iter().flat_map(|stage| &stage.expose) {
        let number = word.text.split('/').next().unwrap_or("");
        for number in port::range(number).into_iter().flatten().take(16) {
            service.exposed.push(Stated::new(number, Place { file, span: word.span }));
        }
    }
    if let Some(base) = dockerfile.base_image(build.stage) {
        service.role = role::of_image(&base.text);
    }
    service.build = Some(build);
}

/// The entrypoint and the command of an image, the nearest of each.
pub(super) fn image_command(project: &Project, build: &Build) -> (Option<SaidCommand>, Option<SaidCommand>) {
    let Some(dockerfile) = dockerfile_of(project, build.file) else { return (None, None) };
    let said = |(line, span): &(CommandLine, _)| SaidCommand {
        file: build.file,
        line: line.clone(),
        place: Place { file: build.file, span: *span },
    };
    let entrypoint = dockerfile.chain(build.stage).find_map(|stage| stage.entrypoint.as_ref()).map(said);
    let command = dockerfile.chain(build.stage).find_map(|stage| stage.command.as_ref()).map(said);
    (entrypoint, command)
}

/// What a service runs in the end: an entrypoint of the deployment forgets the image's command, a command of the deployment
/// replaces it.
pub(super) fn final_command(
    image: (Option<SaidCommand>, Option<SaidCommand>),
    entrypoint: Option<SaidCommand>,
    command: Option<SaidCommand>,
) -> (Option<SaidCommand>, Option<SaidCommand>) {
    let (image_entrypoint, image_command) = image;
    match entrypoint {
        Some(entrypoint) => (Some(entrypoint), command),
        None => (image_entrypoint, command.or(image_command)),
    }
}

/// The server that entrypoint and command start together, a script of the repository followed one level.
pub(super) fn start(
    project: &Project,
    paths: &Paths,
    service: &mut Service,
    entrypoint: Option<&SaidCommand>,
    command: Option<&SaidCommand>,
) {
    let whole = match (entrypoint, command) {
        (Some(entrypoint), command) => entrypoint.line.with_arguments(command.map(|command| &command.line)),
        (None, Some(command)) => command.line.clone(),
        (None, None) => return,
    };
    let mut said: Vec<SaidCommand> = entrypoint.into_iter().chain(command).cloned().collect();
    // The command is what people change; it is named first.
    said.reverse();
    let words = whole.commands().into_iter().flatten();
    let first_file = said[0].file;
    service.command = words
        .take(200)
        .map(|word| Stated::new(word.text.clone(), Place { file: first_file, span: word.span }))
        .collect();
    let places: Vec<Place> = said.iter().map(|said| said.place).collect();
    let found = whole
        .server()
        .map(|server| (server, whole_file(&said, &whole)))
        .or_else(|| command.and_then(|command| Some((command.line.server()?, command.file))));
    let (server, file, mut places) = match found {
        Some((server, file)) => (server, file, places),
        None => {
            let Some((server, file, place)) = script_server(project, paths, service, &said) else { return };
            let mut places = places;
            places.push(place);
            (server, file, places)
        }
    };
    places.dedup();
    let mut layers = vec![(file, server)];
    add_configuration(project, paths, service, &mut layers);
    service.role = Role::Application;
    service.server = Some(RunningServer { layers, said: places });
}

/// The file whose words name the server: spans in a joined command line belong to two files.
fn whole_file(said: &[SaidCommand], whole: &CommandLine) -> FileId {
    let Some(server) = whole.server() else { return said[0].file };
    let has = |said: &&SaidCommand| said.line.commands().iter().any(|words| words.contains(&server.program));
    said.iter()
        .find(has)
        .or_else(|| said.iter().find(|said| said.line.server().is_some()))
        .map_or(said[0].file, |said| said.file)
}

/// A server that a script of the image starts: the script is a file that was copied or mounted.
fn script_server(
    project: &Project,
    paths: &Paths,
    service: &Service,
    said: &[SaidCommand],
) -> Option<(ServerCommand, FileId, Place)> {
    for said in said {
        for words in said.line.commands() {
            for word in words.iter().take(6) {
                let is_script =
                    has_extension(&word.text, "sh") || word.text.contains('/') && !word.text.starts_with('-');
                if !is_script {
                    continue;
                }
                let Some(file) = file_in_image(project, paths, service, said.file, &word.text) else { continue };
                let place = Place { file: said.file, span: word.span };
                if let Some(DeploymentFacts::Script(commands)) = project.file(file).deployment.as_ref()
                    && let Some(server) = servers_of_commands(commands).into_iter().next()
                {
                    return Some((server, file, place));
                }
            }
        }
    }
    // `python run.py`
    for said in said {
        for words in said.line.commands() {
            let script = words.iter().skip(1).take(4).find(|word| has_extension(&word.text, "py"));
            let Some(script) = script.filter(|_| words[0].file_name().starts_with("python")) else { continue };
            let Some(file) = file_in_image(project, paths, service, said.file, &script.text) else { continue };
            if let Some(DeploymentFacts::Servers(servers)) = project.file(file).deployment.as_ref()
                && let Some(server) = servers.first()
            {
                return Some((server.clone(), file, Place { file: said.file, span: script.span }));
            }
        }
    }
    None
}

/// The file of the repository that stands at a path of the image: by `COPY`, by a mount, or by its name below the context.
pub(super) fn file_in_image(
    project: &Project,
    paths: &Paths,
    service: &Service,
    beside: FileId,
    path: &str,
) -> Option<FileId> {
    for (file, mount) in service.mounts.iter().filter(|(_, mount)| mount.is_bind) {
        let Some(source) = mount.source.as_deref() else { continue };
        let source = join(folder_of(project.file(*file).path()), source);
        if let Some(rest) = below(path, &mount.target)
            && let Some(found) = paths.file(&join(&source, rest))
        {
            return Some(found);
        }
    }
    let context = match &service.build {
        Some(build) => build.context.clone(),
        None => folder_of(project.file(beside).path()).to_owned(),
    };
    if let Some(build) = &service.build
        && let Some(dockerfile) = dockerfile_of(project, build.file)
    {
        let chain: Vec<&Stage> = dockerfile.chain(build.stage).collect();
        let workdir = chain.iter().find_map(|stage| stage.workdir.as_ref()).map_or("/", |folder| folder.text.as_str());
        let absolute = join(workdir, path);
        for copy in chain.iter().flat_map(|stage| stage.copies.iter().rev()).filter(|copy| copy.from.is_none()) {
            let target = clean(&copy.target);
            for source in &copy.sources {
                let source = join(&context, &source.text);
                let candidates = [
                    // `COPY . .`, `COPY app /srv/app`
                    below(&absolute, &target).map(|rest| join(&source, rest)),
                    // `COPY start.sh /srv/`
                    below(&absolute, &target)
                        .filter(|rest| *rest == super::paths::name_of(&source))
                        .map(|_| source.clone()),
                ];
                if let Some(found) = candidates.into_iter().flatten().find_map(|path| paths.file(&path)) {
                    return Some(found);
                }
            }
        }
    }
    let relative = path.trim_start_matches('/');
    paths.file(&join(&context, relative)).or_else(|| {
        // Somewhere below the context under its own name, if there is only one.
        let name = super::paths::name_of(path);
        let only = |folder: &str| {
            let mut found = paths.named(name).iter().filter(|(path, _)| super::paths::is_below(path, folder));
            let first = found.next()?;
            found.next().is_none().then_some(first.1)
        };
        // What runs on a machine comes from anywhere in the repository.
        only(&context).or_else(|| service.build.is_none().then(|| only("")).flatten())
    })
}

fn has_extension(path: &str, wanted: &str) -> bool {
    path.rsplit_once('.').is_some_and(|(_, extension)| extension == wanted)
}

/// What is left of a path below a folder.
fn below<'a>(path: &'a str, folder: &str) -> Option<&'a str> {
    if folder == "/" || folder.is_empty() {
        return Some(path.trim_start_matches('/'));
    }
    let rest = path.strip_prefix(folder.trim_end_matches('/'))?;
    if rest.is_empty() { Some("") } else { rest.strip_prefix('/') }
}

/// Adds gunicorn's configuration file: the one that `-c` names, or `gunicorn.conf.py` where it starts.
fn add_configuration(project: &Project, paths: &Paths, service: &Service, layers: &mut Vec<(FileId, ServerCommand)>) {
    use crate::facts::deployment::Server;
    let (file, command) = &layers[0];
    if command.server != Server::Gunicorn {
        return;
    }
    let written = command.config().map_or("gunicorn.conf.py", |word| word.text.as_str());
    let written = written.trim_start_matches("file:").trim_start_matches("python:").to_owned();
    let Some(found) = file_in_image(project, paths, service, *file, &written) else { return };
    if let Some(DeploymentFacts::Servers(servers)) = project.file(found).deployment.as_ref()
        && let Some(server) = servers.iter().find(|server| server.server == Server::Gunicorn)
    {
        layers.push((found, server.clone()));
    }
}

/// Images that one service builds and others only name are the same image.
pub(super) fn share_builds(deployment: &mut Deployment) {
    let built: BTreeMap<String, Build> = deployment
        .services
        .iter()
        .filter_map(|service| Some((repository(&service.image.as_ref()?.value)?, service.build.clone()?)))
        .collect();
    for service in &mut deployment.services {
        if service.build.is_none()
            && let Some(image) = &service.image
            && let Some(build) = repository(&image.value).and_then(|name| built.get(&name))
        {
            service.build = Some(build.clone());
        }
    }
}

/// The name of an image without its tag; `None` where a part of it is unknown.
pub(super) fn repository(text: &str) -> Option<String> {
    use image::Part;
    let reference = image::parse(text)?;
    let Part::Known(repository) = reference.repository else { return None };
    match reference.registry {
        Part::Missing => Some(repository),
        Part::Known(registry) => Some(format!("{registry}/{repository}")),
        Part::Unknown => None,
    }
}

/// Images that scripts and pipelines of the repository build: name without tag, and the build.
pub(super) fn built_elsewhere(project: &Project, paths: &Paths) -> BTreeMap<String, Build> {
    let mut builds = BTreeMap::new();
    for (file, path, facts) in facts(project) {
        let (folder, commands): (&str, Vec<&[Word]>) = match facts {
            DeploymentFacts::Script(commands) => (folder_of(path), commands.iter().map(Vec::as_slice).collect()),
            DeploymentFacts::ImageBuilds(images) => {
                for image in images {
                    let context = clean(image.context.as_ref().map_or(".", |word| &word.text));
                    let dockerfile = image.dockerfile.as_ref().map(|word| word.text.as_str());
                    // A path of a pipeline counts from the repository's top.
                    let found = match dockerfile {
                        Some(dockerfile) => find_dockerfile(project, paths, "", Some(dockerfile)),
                        None => find_dockerfile(project, paths, &context, None),
                    };
                    let Some((id, dockerfile)) = found else { continue };
                    let Some(stage) = dockerfile.last_stage() else { continue };
                    let place = Place { file, span: image.tag.span };
                    if let Some(name) = repository(&hole::expand(&image.tag.text, Notation::Shell, &|_| None)) {
                        builds.entry(name).or_insert(Build { file: id, stage, context, place });
                    }
                }
                continue;
            }
            _ => continue,
        };
        for words in commands {
            let Some(ImageBuild { tag, context: Some(context), dockerfile }) = ImageBuild::of_words(words) else {
                continue;
            };
            // A script is started at its own folder or at the top.
            for base in [folder, ""] {
                let context = join(base, &context.text);
                let found = match &dockerfile {
                    Some(word) => find_dockerfile(project, paths, base, Some(&word.text)),
                    None => find_dockerfile(project, paths, &context, None),
                };
                let Some((id, dockerfile)) = found else { continue };
                let Some(stage) = dockerfile.last_stage() else { continue };
                let name = repository(&hole::expand(&tag.text, Notation::Shell, &|_| None));
                if let Some(name) = name {
                    builds.entry(name).or_insert(Build {
                        file: id,
                        stage,
                        context,
                        place: Place { file, span: tag.span },
                    });
                }
                break;
            }
        }
    }
    builds
}

/// A joint for a build whose Dockerfile is not in the project.
pub(super) fn no_dockerfile(place: Place, context: &str, dockerfile: Option<&str>) -> BrokenJoint {
    let name = dockerfile.unwrap_or("Dockerfile");
    let shown = if context.is_empty() { "the project's folder".to_owned() } else { format!("`{context}`") };
    BrokenJoint {
        place,
        wanted: format!("the Dockerfile `{name}` of the build context {shown}"),
        reason: if hole::has(context) {
            "a variable decides where it is".into()
        } else {
            "no such file was scanned".into()
        },
    }
}
