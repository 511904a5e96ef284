//! What ends in images: secrets of the build, and the user they run as.

use super::view::{Building as _, Reports, View};
use crate::facts::deployment::{DeploymentFacts, Dockerfile};
use crate::model::Place;
use crate::model::deployment::{Build, Deployment, Service};
use crate::query::values::user;
use crate::secrets::is_secret_name;

pub(super) fn check(view: &View<'_>, reports: &mut Reports) {
    for deployment in &view.deployments {
        for service in &deployment.services {
            if let Some(build) = &service.build
                && let Some(DeploymentFacts::Dockerfile(dockerfile)) = view.project.file(build.file).deployment.as_ref()
            {
                build_arguments(deployment, service, build, dockerfile, reports);
            }
            user_mismatch(deployment, service, reports);
        }
    }
}

/// A secret that compose hands to the build, and that a line of the image's own stages uses.
fn build_arguments(
    deployment: &Deployment,
    service: &Service,
    build: &Build,
    dockerfile: &Dockerfile,
    reports: &mut Reports,
) {
    for (name, _, place) in &service.build_args {
        if !is_secret_name(name) {
            continue;
        }
        let argument = dockerfile.chain(build.stage).find_map(|stage| {
            let argument = stage.arguments.iter().find(|argument| argument.name.text == *name)?;
            stage.used.contains(name).then_some(argument)
        });
        let Some(argument) = argument else { continue };
        let used = Place { file: build.file, span: argument.name.span };
        let Some(found) = reports.add("secret-through-build-arg", *place, deployment, &service.name) else { continue };
        found
            .with("name", name.clone())
            .via(used, "the image's build uses it: it stays in the history")
            .instead_of("compose/secret-in-build-arg", *place)
            .instead_of("docker/secret-in-build-arg", used);
    }
}

/// The deployment takes back the user that the image was given, or asks for one that it does not have.
fn user_mismatch(deployment: &Deployment, service: &Service, reports: &mut Reports) {
    let image = service.image_user.as_ref();
    if let Some(set) = service.user.as_ref().filter(|set| user::is_root(&set.value) == Some(true)) {
        let Some(image) = image.filter(|image| user::is_root(&image.user) == Some(false)) else { return };
        let Some(found) = reports.add("container-user-mismatch", set.place, deployment, &service.name) else { return };
        found
            .with("what", format!("The image runs as `{}`, and this makes it root again", image.user))
            .via(image.place, "the image's user")
            .instead_of("compose/run-as-root", set.place)
            .instead_of("kubernetes/run-as-root", set.place);
        return;
    }
    let Some(non_root) = service.run_as_non_root.filter(|_| service.user.is_none()) else { return };
    let what = match image {
        Some(image) if user::is_root(&image.user) == Some(true) => {
            "The pod must not run as root, and the image does: it will not start".to_owned()
        }
        Some(image) if image.user.split(':').next().is_some_and(|user| user.parse::<u32>().is_err()) => {
            format!(
                "The pod must not run as root, and `{}` is a name that the kubelet cannot check: it will not start",
                image.user
            )
        }
        _ => return,
    };
    let Some(image) = image else { return };
    let Some(found) = reports.add("container-user-mismatch", image.place, deployment, &service.name) else { return };
    found.with("what", what).via(non_root, "`runAsNonRoot` is asked for here");
}
