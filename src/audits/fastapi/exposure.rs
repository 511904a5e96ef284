//! What an application shows to everybody.

use super::super::project::{ProjectAudit, ProjectMatch};
use super::PYTHON;
use crate::model::Project;
use crate::syntax::FileKind;

/// Documentation that is on in an application with protected routes which is deployed from here.
pub(in super::super) const DOCS_EXPOSED: ProjectAudit =
    ProjectAudit { name: "fastapi-docs-exposed", kinds: DEPLOYED, variants: &[], run: docs_exposed };

/// Python, and what shows that the application is deployed.
const DEPLOYED: &[FileKind] = &[
    PYTHON[0],
    PYTHON[1],
    PYTHON[2],
    FileKind::Dockerfile,
    FileKind::Compose,
    FileKind::Kubernetes,
    FileKind::SystemdUnit,
];

fn docs_exposed(project: &Project) -> Vec<ProjectMatch> {
    let model = project.fastapi();
    let is_deployed = project.files().any(|(_, file)| {
        !file.is_test
            && matches!(
                file.kind,
                FileKind::Dockerfile | FileKind::Compose | FileKind::Kubernetes | FileKind::SystemdUnit
            )
    });
    if !is_deployed {
        return Vec::new();
    }
    let mut found = Vec::new();
    for (id, host, app) in model.apps().filter(|(_, host, _)| !host.is_test) {
        let routes = || model.routes.iter().filter(|route| route.root == Some(id));
        let guarded = routes().find_map(|route| route.authentication.as_ref());
        let (Some(guard), Some(openapi), false) = (guarded, &app.docs.openapi, app.docs.is_conditional) else {
            continue;
        };
        let pages: Vec<&str> = app.docs.swagger.iter().chain(&app.docs.redoc).map(|path| &**path).collect();
        // A middleware that guards everything guards these pages, too.
        let is_covered = app.middleware.iter().any(|middleware| {
            middleware.protection.authenticates() && pages.iter().all(|page| middleware.covers(page))
        });
        if pages.is_empty() || is_covered {
            continue;
        }
        let mut one = ProjectMatch::new(host.place, &*host.name);
        one.captures.push(("pages".to_owned(), pages.join(" and ")));
        one.captures.push(("schema".to_owned(), openapi.to_string()));
        one.related.push((guard.place, "routes are protected here".to_owned()));
        found.push(one);
    }
    found
}
